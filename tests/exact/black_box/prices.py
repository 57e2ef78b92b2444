"""Prices (MODEL 4.1): moments, quantiles, barriers by characteristic functions, sums, a killed density."""
import math

import numpy as np
from scipy import linalg, stats

from box import YEAR, draws, home, run, scenario

DY = 7 / YEAR


class Law:
    """Parameters of a mean-reverting log price with jumps, and its exact law after n steps."""

    def __init__(self, rng, seed, jumps=True):
        self.base = rng.uniform(20, 900)
        self.spot = self.base * math.exp(rng.normal(0, 0.3))
        self.half_life = {3: 0.1, 4: 1e7, 5: math.inf}.get(seed, rng.uniform(0.1, 3))
        self.sigma = rng.uniform(0.1, 0.45)
        self.rate = rng.uniform(0.3, 2.5) if jumps else 0.0
        self.mu, self.sd = rng.uniform(-0.15, 0.25), rng.uniform(0.03, 0.25)
        self.a = 2 ** (-7 / (self.half_life * YEAR))
        kappa = math.log(2) / self.half_life
        self.s = self.sigma * math.sqrt(-math.expm1(-2 * kappa * DY) / (2 * kappa) if kappa > 0 else DY)
        self.x0 = math.log(self.spot / self.base)

    def key(self):
        key = {
            "initial": f"{self.base!r} USD/t",
            "spot": f"{self.spot!r} USD/t",
            "half_life": "never" if math.isinf(self.half_life) else f"{self.half_life!r} years",
            "volatility": f"{100 * self.sigma!r} %/sqrt(year)",
        }
        if self.rate:
            key["jumps"] = {"rate": f"{self.rate!r} /year", "mean": self.mu, "sd": self.sd}
        return key

    def weights(self, n):
        return self.a ** np.arange(n)

    def mean(self, n):
        return self.x0 * self.a**n + self.rate * DY * self.mu * self.weights(n).sum()

    def variance(self, n):
        return (self.s**2 + self.rate * DY * (self.mu**2 + self.sd**2)) * (self.weights(n) ** 2).sum()

    def exponent(self, u, n):
        """ln E exp(u X) for complex u."""
        w = self.weights(n)[:, None] * np.atleast_1d(u)[None, :]
        jumps = self.rate * DY * np.expm1(w * self.mu + 0.5 * (w * self.sd) ** 2)
        return np.atleast_1d(u) * self.x0 * self.a**n + (0.5 * (w * self.s) ** 2 + jumps).sum(0)

    def below(self, x, n):
        """P(X <= x) by Gil-Pelaez."""
        top = 12 / math.sqrt(self.variance(n))
        nodes, weights = np.polynomial.legendre.leggauss(400)
        u = (nodes + 1) * top * 2
        value = np.imag(np.exp(self.exponent(1j * u, n) - 1j * u * x)) / u
        return 0.5 - (weights * value).sum() * 2 * top / math.pi

    def passes(self, level, n):
        """P(max over steps 0 .. n-1 > level): density of what has stayed at or below, step by step."""
        width = math.sqrt(self.variance(n)) * 9
        low = min(self.x0, 0) - width
        nodes, weights = np.polynomial.legendre.leggauss(300)
        x = low + (level - low) * (nodes + 1) / 2
        w = weights * (level - low) / 2
        k = np.arange(5)
        mass = stats.poisson.pmf(k, self.rate * DY)

        def step(to, origin):
            at = to[:, None] - origin[None, :] * self.a
            return sum(
                m * stats.norm.pdf(at, j * self.mu, math.sqrt(self.s**2 + j * self.sd**2))
                for j, m in zip(k, mass)
                if m > 0
            )

        density = step(x, np.array([self.x0]))[:, 0]
        kernel = step(x, x) * w[None, :]
        for _ in range(n - 1):
            density = kernel @ density
        return 1 - (w * density).sum()


def moments(sheet, seed):
    law = Law(draws("moments", seed), seed, jumps=seed != 3)  # the third alone is Schwartz
    m, n = 20, 52
    out = run(
        scenario(
            4096,
            n,
            seed,
            {"unit": {"forms": ["good"], "price": law.key()}},
            home(),
            tallies={"dump": ["price"], "trace_paths": 4},
        )
    )
    x = np.log(out.mineral("dump/price"))
    early, late = x[m - 1], x[n - 1]
    paths = late.size
    for name, at, k in (("20", early, m), ("52", late, n)):
        sheet.mean(f"mean of the log price after {name} steps", law.mean(k), at)
        sheet.mean(f"variance after {name} steps", law.variance(k), (at - law.mean(k)) ** 2)
        for q in (-1.5, 0.0, 1.5):
            level = law.mean(k) + q * math.sqrt(law.variance(k))
            sheet.share(
                f"P(X <= mean {q:+} sd) after {name} steps", law.below(level, k), np.mean(at <= level), paths
            )
    sheet.mean(
        "autocovariance of steps 20 and 52",
        law.a ** (n - m) * law.variance(m),
        (early - law.mean(m)) * (late - law.mean(n)),
    )
    # every step of every path once more, as one sample: what a step adds
    adds = (x[1:] - law.a * x[:-1] - law.rate * DY * law.mu).ravel()
    sheet.mean("what a step adds, variance", law.variance(1), adds**2)
    sheet.mean("what a step adds, mean", 0, adds)
    exact = math.exp(law.exponent(np.array([1.0]), n)[0].real)
    sheet.chance(
        "summary/price", exact, out.mineral("summary/price")[-1], out.mineral("summary/price_se")[-1]
    )


def volatility(sheet, seed):
    """Regimes of two exporters, chance, and a deeper market together."""
    rng = draws("volatility", seed)
    law = Law(rng, 1, jumps=False)
    law.spot, law.x0, law.sigma = law.base, 0.0, rng.uniform(0.08, 0.2)
    law.s = law.sigma * math.sqrt(
        -math.expm1(-2 * math.log(2) / law.half_life * DY) / (2 * math.log(2) / law.half_life)
    )
    sd, half_life, n = rng.uniform(0.1, 0.5), rng.uniform(5, 60), 40
    base_start, worst = seed % 2 == 0, seed % 3 != 0
    multiples = np.array([rng.uniform(0.8, 1), rng.uniform(1.2, 1.8), rng.uniform(2, 2.6)])
    depth, depth_from, depth_ramp = rng.uniform(0.4, 0.8), 8, 12
    rates = rng.uniform(0.3, 4, (2, 4))
    shares = rng.uniform(0.2, 0.8)
    price = {
        **law.key(),
        "stochastic_volatility": {
            "sd": sd,
            "half_life": f"{half_life!r} weeks",
            "start": "base" if base_start else "stationary",
        },
        "volatility_by_regime": {
            "normal": multiples[0],
            "tension": multiples[1],
            "coercion": multiples[2],
            "exporters": "worst" if worst else "share",
        },
        "market_depth": {"volatility": depth, "start": depth_from, "ramp": f"{depth_ramp} weeks"},
    }
    network = {
        "sites": {},
        "trade": [],
        "demand": [{"mineral": "unit", "form": "good", "country": "JPN", "rate": "16 t/step"}],
    }
    regimes = {}
    for c, (country, part) in enumerate((("CHN", shares), ("AUS", 1 - shares))):
        network["sites"][country] = {
            "mineral": "unit",
            "form": "good",
            "country": country,
            "kind": "mine",
            "output": f"{16 * part!r} t/step",
        }
        network["trade"].append(
            {
                "mineral": "unit",
                "form": "good",
                "from": country,
                "to": "JPN",
                "volume": f"{16 * part!r} t/step",
                "lag_steps": 1,
            }
        )
        regimes[country] = dict(
            zip(("tension", "coercion", "relax", "ease"), (f"{r!r} /year" for r in rates[c]))
        )
    out = run(
        scenario(
            4096,
            n,
            seed,
            {"unit": {"forms": ["good"], "price": price}},
            network,
            hazards={"regimes": regimes},
            tallies={"dump": ["price"]},
        )
    )
    x = np.log(out.mineral("dump/price"))[n - 1]

    def chain(r):
        g = np.array([[-r[0], r[0], 0], [r[2], -r[2] - r[1], r[1]], [0, r[3], -r[3]]])
        return linalg.expm(g * DY)

    p = np.kron(chain(rates[0]), chain(rates[1]))
    both = np.array(
        [[max(u, v) if worst else shares * u + (1 - shares) * v for v in multiples] for u in multiples]
    ).ravel()
    state = np.zeros(9)
    state[0] = 1
    laws = [state := state @ p for _ in range(n)]
    phi = 2 ** (-1 / half_life)
    var = np.array([sd**2 * (1 - phi ** (2 * (k + 1)) if base_start else 1) for k in range(n)])
    deep = 1 + (depth - 1) * np.clip((np.arange(n) - depth_from) / depth_ramp, 0, 1)
    size = law.s**2 * law.a ** (2 * np.arange(n - 1, -1, -1)) * deep**2
    second = fourth = 0.0
    for j in range(n):
        second += size[j] * (laws[j] @ both**2) * math.exp(2 * var[j])
        on = laws[j] * both**2
        for k in range(j, n):
            pair = (on @ both**2) * math.exp(2 * (var[j] + var[k] + 2 * phi ** (k - j) * var[j]))
            fourth += 3 * size[j] * size[k] * pair * (1 if k == j else 2)
            on = on @ p
    sheet.mean("second moment, volatility of regimes, chance and depth", second, x**2)
    sheet.mean("fourth moment, volatility of regimes, chance and depth", fourth, x**4)


def barrier(sheet, seed):
    rng = draws("barrier", seed)
    law = Law(rng, 1 if seed == 4 else seed)
    n = int(rng.integers(26, 80))
    out = run(
        scenario(
            4096,
            n,
            seed,
            {"unit": {"forms": ["good"], "price": law.key()}},
            home(),
            tallies={"dump": ["price"]},
        )
    )
    price = out.mineral("dump/price")
    peak = out.mineral("samples/peak_price")
    sheet.equal("samples/peak_price is the highest of dump/price", price.max(0), peak, 1e-12)
    sheet.equal(
        "samples/mean_price is the mean of dump/price",
        price.mean(0),
        out.mineral("samples/mean_price"),
        1e-12,
    )
    for q in (0.6, 1.3):
        level = max(law.x0, 0) + q * math.sqrt(law.variance(n))
        sheet.share(
            f"P(price passes {q} sd in {n} steps)",
            law.passes(level, n),
            np.mean(price.max(0) > math.exp(level)),
            price.shape[1],
        )


def drift(sheet, seed):
    """A trend: without volatility the price is a difference equation."""
    rng = draws("drift", seed)
    half_life, trend = rng.uniform(0.3, 3), rng.uniform(-0.3, 0.3)
    price = {
        "initial": "100 USD/t",
        "half_life": f"{half_life!r} years",
        "volatility": "0 %/sqrt(year)",
        "drift": f"{trend!r} /year",
    }
    out = run(
        scenario(
            1, 60, seed, {"unit": {"forms": ["good"], "price": price}}, home(), tallies={"dump": ["price"]}
        )
    )
    a = 2 ** (-DY / half_life)
    x, exact = 0.0, []
    for t in range(60):
        x = trend * t * DY + (x - trend * t * DY) * a
        exact.append(x)
    sheet.equal("log price with a trend", exact, np.log(out.mineral("dump/price")[:, 0]), 1e-12)


FAMILIES = [moments, volatility, barrier, drift]
