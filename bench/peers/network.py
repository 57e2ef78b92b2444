"""The base flow of make_subset.py as arrays, and the tallies that both peers fill.

Hubs of a form are sorted so that every selection is a slice: importers without a site, importers with one, exporters.  In the
subset a hub imports or exports, never both; every exporter sells to every importer; a hub has one site and one user at most."""
import math

import numpy as np

import make_subset as ms

BINS = 64
LOG_MIN, LOG_MAX = math.log(0.05), math.log(50.0)
STEPS_PER_YEAR = 1 / ms.STEP_YEARS


class Form:
    """Hubs, sites and trade of one form; masses in t a step."""

    def __init__(self, mineral, f, countries):
        output, use = mineral.output[f], mineral.use[f]
        sellers = [c for c in countries if any(c == i for i, _ in mineral.volume[f])]
        buyers = sorted((c for c in countries if any(c == j for _, j in mineral.volume[f])), key=lambda c: c in output)
        self.hubs = buyers + sellers
        self.nbuy, self.nhub = len(buyers), len(self.hubs)
        self.first_site = sum(c not in output for c in buyers)
        assert sorted(self.hubs) == sorted(set(output) | set(use)) and all(c in output for c in sellers)
        col = lambda x: np.array([[x.get(c, 0.0)] for c in self.hubs])
        self.X, self.U0 = col(output), col(use)
        self.v = np.array([[[mineral.volume[f][i, j]] for j in buyers] for i in sellers])
        self.lag = np.array([[mineral.lag[f][i, j] for j in buyers] for i in sellers])
        self.M = self.v.sum(axis=0)
        self.E = self.v.sum(axis=1)
        self.y = ms.YIELD[f]
        imports = np.vstack([self.M, 0 * self.E])
        exports = np.vstack([0 * self.M, self.E])
        supply = self.X + imports
        self.supply = supply
        self.m = self.M / supply[: self.nbuy]
        self.d0 = self.X / self.y
        self.K = self.d0 * (1 + ms.SPARE)
        self.part = ms.MARKET["beta"] * (self.X / supply) / self.y  # of the gap that a site corrects, in input
        self.cover1 = 1 + ms.MARKET["cover"]
        self.buffer = ms.MARKET["buffer"] * exports
        self.cap = ms.MARKET["storage"] * (self.U0 + exports)
        self.opening = np.maximum(0, self.cover1 * self.U0 + self.buffer - exports - self.U0)
        under_way = ((self.lag[:, :, None] - 1) * self.v).sum(axis=0)  # P-hat at base demand
        # What belongs to g in the target of a site and in the order (over base imports) of an importer, put together.
        k, n, beta = self.first_site, self.nbuy, ms.MARKET["beta"]
        self.pull = (self.d0 + self.part * (self.buffer - self.X))[k:]
        self.base = (self.M - self.U0[:n] + beta * under_way) / self.M
        self.beta_m, self.over_m = beta * self.m, 1 / self.M
        self.in_transit = (self.lag[:, :, None] * self.v).sum(axis=0)

    def sites(self):
        return self.hubs[self.first_site :]


class Network:
    """One mineral."""

    def __init__(self, mineral, countries):
        self.mineral = mineral
        self.forms = [Form(mineral, f, countries) for f in range(mineral.nforms)]
        self.ring = 1 + max(int(f.lag.max()) for f in self.forms)
        for f, form in enumerate(self.forms):
            form.up = []  # (hub of this form, site of the next) of the same country
            if f + 1 < mineral.nforms:
                above = self.forms[f + 1].sites()
                form.up = [(form.hubs.index(c), above.index(c)) for c in above]
        last = self.forms[-1]
        self.watch = last.hubs.index(ms.FOCUS)
        assert self.watch < last.nbuy, "the focus country imports the final form"
        use = float(last.U0[self.watch, 0])
        self.day = ms.STEP_DAYS / use  # days of use in a tonne
        self.stock = mineral.stock_days / self.day
        self.release = mineral.release_days / self.day
        p = 0.5 ** (ms.STEP_YEARS / mineral.half_life_years)
        kappa = math.log(2) / mineral.half_life_years
        self.a = p
        self.s = mineral.volatility * math.sqrt((1 - p * p) / (2 * kappa))
        self.jumps = mineral.jump_rate * ms.STEP_YEARS


def chain():
    """One-step matrix of the regimes: exp of the generator, by scaling and squaring of its Taylor series."""
    r = {k: x * ms.STEP_YEARS for k, x in ms.REGIME.items()}
    G = np.array(
        [[-r["tension"], r["tension"], 0], [r["relax"], -r["relax"] - r["coercion"], r["coercion"]], [0, r["ease"], -r["ease"]]]
    )
    P, term = np.eye(3), np.eye(3)
    for n in range(1, 20):
        term = term @ G / 1024 / n
        P = P + term
    for _ in range(10):
        P = P @ P
    return P


def weibull_scale(o):
    return o["mttf_years"] * STEPS_PER_YEAR / math.gamma(1 + 1 / o["shape"])


def onset_probability():
    return [1 - math.exp(-x * ms.STEP_YEARS) for x in ms.ONSET]


class Tally:
    """What is kept of a run: path metrics, sums and histograms per step."""

    def __init__(self, minerals, steps, paths):
        self.short, self.unserved, self.longest, self.mean_price = (np.zeros((minerals, paths)) for _ in range(4))
        self.short_count = np.zeros((minerals, steps))
        self.stock, self.stock2, self.price, self.price2 = (np.zeros((minerals, steps)) for _ in range(4))
        self.stock_bins = np.zeros((minerals, steps, BINS), dtype=np.int64)
        self.price_bins = np.zeros((minerals, steps, BINS), dtype=np.int64)
