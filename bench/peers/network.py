"""The base flow of make_subset.py as arrays, and the tallies that both peers fill.

Hubs of a form are sorted so that every selection is a slice: importers without sites, importers with some, the others.  In the
subset a hub imports or exports, never both; every exporter sells to every importer; a hub has one user at most, and its sites
differ in size alone."""
import math

import numpy as np

import make_subset as ms

BINS = 64
LOG_MIN, LOG_MAX = math.log(0.05), math.log(50.0)


class Form:
    """Hubs, sites and trade of one form; masses in t a step."""

    def __init__(self, subset, mineral, f):
        output, use, countries = mineral.output[f], mineral.use[f], subset.countries
        market, beta = ms.MARKET, ms.MARKET["beta"]
        sellers = [c for c in countries if any(c == i for i, _ in mineral.volume[f])]
        buyers = sorted((c for c in countries if any(c == j for _, j in mineral.volume[f])), key=lambda c: c in output)
        alone = [c for c in countries if c in output and c not in sellers and c not in buyers]
        self.hubs = buyers + sellers + alone
        self.nbuy, self.nsell, self.nhub = len(buyers), len(sellers), len(self.hubs)
        self.first_site = sum(c not in output for c in buyers)
        assert sorted(self.hubs) == sorted(set(output) | set(use)) and all(c in output for c in sellers)
        col = lambda x: np.array([[x.get(c, 0.0)] for c in self.hubs])
        self.X, self.U0 = col(output), col(use)
        self.v = np.array([mineral.volume[f][i, j] for i in sellers for j in buyers]).reshape(self.nsell, self.nbuy, 1)
        self.lag = np.array([mineral.lag[f][i, j] for i in sellers for j in buyers], dtype=int).reshape(self.nsell, self.nbuy)
        self.M = self.v.sum(axis=0)
        self.E = self.v.sum(axis=1)
        self.y = ms.YIELD[f]
        rest = np.zeros((len(alone), 1))
        imports = np.vstack([self.M, 0 * self.E, rest])
        exports = np.vstack([0 * self.M, self.E, rest])
        supply = self.X + imports
        self.m = self.M / supply[: self.nbuy]
        self.d0 = self.X / self.y
        self.K = self.d0 * (1 + subset.spare)
        self.over_K, self.over_supply = 1 / self.K[self.first_site :], 1 / supply
        self.part = beta * (self.X / supply) / self.y  # of the gap that the sites correct, in input
        self.cover1 = 1 + market["cover"] * subset.week
        self.buffer = subset.buffer * subset.week * exports
        self.cap = market["storage"] * subset.week * (self.U0 + exports)
        self.opening = np.maximum(0, self.cover1 * self.U0 + self.buffer - exports - self.U0)
        under_way = ((self.lag[:, :, None] - 1) * self.v).sum(axis=0)  # P-hat at base demand
        # What belongs to g in the target of a site and in the order (over base imports) of an importer, put together.
        k, n = self.first_site, self.nbuy
        self.pull = (self.d0 + self.part * (self.buffer - self.X))[k:]
        self.base = (self.M - self.U0[:n] + beta * under_way) / self.M
        self.beta_m, self.over_m = beta * self.m, 1 / self.M
        self.in_transit = (self.lag[:, :, None] * self.v).sum(axis=0)
        # Sites hub by hub: their share of it, their capacity, where those of hub j (from first_site on) begin.
        parts = [mineral.parts[f][c] for c in self.hubs[k:]]
        self.nsite = sum(map(len, parts))
        self.site_begin = [sum(map(len, parts[:j])) for j in range(len(parts) + 1)]
        self.share = np.array([w for p in parts for w in p]).reshape(-1, 1)
        self.site_K = self.share * np.repeat(self.K[k:], [len(p) for p in parts], axis=0)
        self.single = self.nsite == len(parts)

    def site_hubs(self):
        return self.hubs[self.first_site :]


class Network:
    """One mineral."""

    def __init__(self, subset, mineral):
        self.mineral = mineral
        self.forms = [Form(subset, mineral, f) for f in range(mineral.nforms)]
        self.ring = 1 + max([int(f.lag.max()) for f in self.forms if f.lag.size] + [0])
        for f, form in enumerate(self.forms):
            form.up = []  # (hub of this form, hub of the next that takes it, from its first_site on)
            if f + 1 < mineral.nforms:
                above = self.forms[f + 1].site_hubs()
                form.up = [(form.hubs.index(c), above.index(c)) for c in above]
        last = self.forms[-1]
        self.watch = last.hubs.index(ms.FOCUS)
        use = float(last.U0[self.watch, 0])
        self.day = subset.step_days / use  # days of use in a tonne
        self.stock = subset.stock_days(mineral) / self.day
        self.release = mineral.release_days / subset.week / self.day
        assert self.stock == 0 or self.watch < last.nbuy, "who has a stockpile imports the final form"
        p = 0.5 ** (subset.step_years / mineral.half_life_years)
        kappa = math.log(2) / mineral.half_life_years
        self.a = p
        self.s = mineral.volatility * math.sqrt((1 - p * p) / (2 * kappa))
        self.jumps = mineral.jump_rate * subset.step_years

    def nsite(self):
        return sum(f.nsite for f in self.forms)


def networks(subset):
    return [Network(subset, m) for m in subset.minerals]


def chain(subset):
    """One-step matrix of the regimes: exp of the generator, by scaling and squaring of its Taylor series."""
    r = {k: x * subset.step_years for k, x in ms.REGIME.items()}
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


def outage_laws(subset):
    """Of mines and plants, times in steps: scale and 1/shape of the Weibull up times, mu and sigma of the down times, loss."""
    laws = []
    for o in ms.OUTAGE:
        mean = o["mttf_years"] / subset.step_years
        median = o["median"] * subset.week
        laws.append((mean / math.gamma(1 + 1 / o["shape"]), 1 / o["shape"], math.log(median), o["sigma"], o["derating"]))
    return laws


def restriction_types(subset):
    """Rows: freeze from, to, severity from, to, median, sigma, half-life of the relaxation; times in steps."""
    w = subset.week
    return np.array(
        [
            [k["freeze"][0] * w, k["freeze"][1] * w, *k["severity"], k["median"] * w, k["sigma"], k["half_life"] * w]
            for k in ms.TYPES
        ]
    )


def onset_probability(subset):
    return [1 - math.exp(-x * subset.step_years) for x in ms.ONSET]


class Tally:
    """What is kept of a run: path metrics, sums and histograms per step."""

    def __init__(self, minerals, steps, paths):
        self.short, self.unserved, self.longest, self.mean_price = (np.zeros((minerals, paths)) for _ in range(4))
        self.short_count = np.zeros((minerals, steps))
        self.stock, self.stock2, self.price, self.price2 = (np.zeros((minerals, steps)) for _ in range(4))
        self.stock_bins = np.zeros((minerals, steps, BINS), dtype=np.int64)
        self.price_bins = np.zeros((minerals, steps, BINS), dtype=np.int64)
