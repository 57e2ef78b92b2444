"""Demand and capacities that answer prices (MODEL 4.3 to 4.5), path by path from the prices written."""
import math

import numpy as np

from box import YEAR, draws, home, run, run_file, scenario

DY = 7 / YEAR
QUANTUM = 2.0**-20


def wild_price(rng):
    return {
        "initial": "50 USD/t",
        "half_life": f"{rng.uniform(0.3, 1)!r} years",
        "volatility": "55 %/sqrt(year)",
        "jumps": {"rate": "4 /year", "mean": 0.1, "sd": 0.5},
    }


def response(sheet, seed):
    """Elasticity, bounds of price and demand, substitution that comes back in part, adjustment by degrees."""
    rng = draws("response", seed)
    elasticity, own = rng.uniform(0.1, 0.9, 2)
    low, high = rng.uniform(0.5, 0.8), rng.uniform(1.5, 3)
    limit, lag, release = rng.uniform(0.1, 0.5), rng.uniform(5, 40), rng.uniform(20, 80)
    threshold, stays, smoothing = rng.uniform(1.05, 1.4), rng.uniform(0, 1), rng.uniform(3, 20)
    most, least = rng.uniform(1.05, 1.3), rng.uniform(0.5, 0.8)
    growth = rng.uniform(-0.03, 0.05)
    key = {
        "elasticity": elasticity,
        "price_range": [low, high],
        "substitution": {
            "limit": limit,
            "lag": f"{lag!r} weeks",
            "release_lag": f"{release!r} weeks",
            "threshold": threshold,
            "irreversible": stays,
            "smoothing": f"{smoothing!r} weeks",
        },
    }
    if seed != 3:
        key["adjustment"] = {"half_life": f"{lag / 4!r} weeks"} if seed % 2 else {"share": 0.9}
    if seed in (1, 3):
        key["demand_range"] = [least, most]
    else:
        least, most = 0.3, 1.5
    network = home(rate=16, spare="900 %")
    network["demand"][0].update(sector="a", growth=f"{100 * growth!r} %/year")
    network["demand"].append(
        {
            **network["demand"][0],
            "sector": "b",
            "rate": "8 t/step",
            "elasticity": own,
            "substitution": limit / 2,
        }
    )
    network["sites"]["mine-unit"]["output"] = "24 t/step"
    steps = 150
    out = run(
        scenario(
            64,
            steps,
            seed,
            {
                "unit": {
                    "forms": ["good"],
                    "lattice_exponent": -20,
                    "price": wild_price(rng),
                    "market": {"production": "push"},
                    "demand_response": key,
                }
            },
            network,
            tallies={"dump": ["price", "demand"]},
        )
    )
    price, given = out.mineral("dump/price"), out.mineral("dump/demand")
    lam = 1 - 2 ** (-4 / lag) if seed % 2 else 1 - (1 - 0.9) ** DY
    lam = 1.0 if seed == 3 else lam
    smooth, s, top = np.ones(64), np.zeros(64), np.zeros(64)
    over = {"a": np.zeros(64), "b": np.zeros(64)}
    exact = np.empty_like(given)
    for t in range(steps):
        pi = price[t]
        smooth = smooth + (np.clip(pi, low, high) - smooth) / smoothing
        s = np.where(smooth > threshold, s + (limit - s) / lag, s - (s - stays * top) / release)
        top = np.maximum(top, s)
        held = np.clip(pi, low, high)
        exact[t] = 0
        for sector, rate, e, part in (("a", 16, elasticity, 1.0), ("b", 8, own, 0.5)):
            target = -e * np.log(held) + np.log1p(-s * part)
            over[sector] = over[sector] + lam * (target - over[sector])
            a = np.clip(np.exp(over[sector]), least, most)
            over[sector] = np.log(a)
            exact[t] += rate * (1 + growth) ** (t * DY) * a
    sheet.equal("demand of two sectors, path by path", exact, given, 4 * QUANTUM)


def cycle(sheet, seed):
    """The cycle of two minerals, one of whose price shares a factor with it."""
    rng = draws("cycle", seed)
    sd, half_life = rng.uniform(0.03, 0.1), rng.uniform(0.3, 3)
    b, le, lp = rng.uniform(0.3, 1.8), rng.uniform(0.3, 0.8), rng.uniform(-0.8, 0.8)
    stationary = seed % 2
    m, n = 15, 45
    phi, a = 2 ** (-DY / half_life), 2 ** (-DY / 0.7)
    s = 0.3 * math.sqrt((1 - a * a) / (2 * math.log(2) / 0.7))
    network = home()
    price = {"initial": "50 USD/t", "half_life": "0.7 years", "volatility": "30 %/sqrt(year)"}
    out = run(
        scenario(
            4096,
            n,
            seed,
            {
                "unit": {
                    "forms": ["good"],
                    "cycle_exposure": b,
                    "price": price,
                    "market": {"production": "push"},
                }
            },
            network,
            demand_cycle={
                "sd": f"{100 * sd!r} %",
                "half_life": f"{half_life!r} years",
                "start": "stationary" if stationary else "base",
            },
            correlation={"factors": ["f"], "loadings": {"macro": {"f": le}, "price/unit": {"f": lp}}},
            tallies={"dump": ["price", "demand"]},
        )
    )
    x = np.log(out.mineral("dump/price"))[n - 1]
    demand = np.log(out.mineral("dump/demand") / 16) / b

    def var(k):
        return sd**2 * (1 if stationary else 1 - phi ** (2 * k))

    sheet.mean("mean of the cycle", 0, demand[n - 1])
    sheet.mean("variance after 15 steps", var(m), demand[m - 1] ** 2)
    sheet.mean("variance after 45 steps", var(n), demand[n - 1] ** 2)
    sheet.mean("autocovariance", phi ** (n - m) * var(m), demand[n - 1] * demand[m - 1])
    shared = le * lp * sd * math.sqrt(1 - phi * phi) * s * sum((phi * a) ** k for k in range(n))
    sheet.mean("covariance with the log price", shared, demand[n - 1] * x)
    sheet.mean("mean demand", 16 * math.exp(b * b * var(n) / 2), 16 * np.exp(b * demand[n - 1]))


def answers(price, quantum, power, more, after, left, recovery, restart, cost, lag, gain, top, smoothing):
    """Output of a mine of 20 t a step that makes all it can, by the prices (step, path) over their base."""
    steps, paths = price.shape
    before = np.vstack([np.ones(paths), price[:-1]])
    low = high = np.zeros(paths)
    closed, until = np.zeros(paths, bool), np.full(paths, -1)
    mean, joined, begun = np.ones(paths), np.zeros(paths), []
    made = np.empty_like(price)
    for t in range(steps):
        pi = before[t]
        mean = mean + (pi - mean) / smoothing
        begun.append(np.minimum(top, gain * np.maximum(mean - 1, 0)) * DY)
        if t >= lag:
            joined = joined + begun[t - lag]
        below = pi < cost
        low = np.where(below & ~closed, low + 1, 0)  # counted while it is open
        high = np.where(below, 0, high + 1)
        start = ~closed & (low >= after)
        until = np.where(closed & (until < 0) & (high >= recovery), t + restart, until)
        opened = closed & (until >= 0) & (t >= until)
        closed = (closed | start) & ~opened
        until = np.where(closed, until, -1)
        full = 20 * (1 + joined) * np.minimum(1 + more, pi**power)
        made[t] = np.floor(full * np.where(closed, left, 1) / quantum) * quantum
    return made


def shipped(sheet, seed):
    """configs/analytic/supply-response.yaml."""
    del seed
    out = run_file("configs/analytic/supply-response.yaml")
    exact = answers(out.mineral("dump/price"), 2.0**-30, 0.2, 0.1, 10, 0.3, 5, 8, 0.7, 30, 0.08, 0.1, 4)
    sheet.equal("output of the mine", exact, out["paths/output"][0], 2.0**-29)
    some = {4: 20, 13: 17.4110, 14: 5.2233, 45: 6.6, 56: 6.6, 57: 22, 76: 22.0053, 99: 22.6958}
    sheet.equal("as its first lines say", list(some.values()), [exact[t, 0] for t in some], 5e-5)


def capacity(sheet, seed):
    """Utilisation, closure and restart, expansion of a mine that pushes out all it can."""
    rng = draws("capacity", seed)
    power, more = rng.uniform(0.05, 0.6), rng.uniform(0.02, 0.3)
    after, recovery, restart = (int(rng.integers(*r)) for r in ((4, 30), (2, 15), (3, 40)))
    left, cost = rng.uniform(0.1, 0.7), 50 * rng.uniform(0.8, 1.1)
    lag, gain, top = int(rng.integers(10, 80)), rng.uniform(0.05, 0.5), rng.uniform(0.05, 0.2)
    smoothing = rng.uniform(4, 40)
    steps, paths = 200, 64
    key = {
        "elasticity": power,
        "utilisation": more,
        "closure": {
            "after": f"{after} weeks",
            "left": left,
            "recovery": f"{recovery} weeks",
            "restart": f"{restart} weeks",
        },
        "expansion": {
            "lag": f"{lag} weeks",
            "gain": f"{100 * gain!r} %/year",
            "at_most": f"{100 * top!r} %/year",
            "smoothing": f"{smoothing!r} weeks",
        },
    }
    network = home(rate=16, spare="25 %", cash_cost=f"{cost!r} USD/t")
    network["hubs"] = [{"mineral": "unit", "form": "good", "country": "JPN", "storage": "16_000_000 t"}]
    price = {
        **wild_price(rng),
        "volatility": "40 %/sqrt(year)",
        "jumps": {"rate": "1 /year", "mean": 0.1, "sd": 0.4},
    }
    out = run(
        scenario(
            paths,
            steps,
            seed,
            {
                "unit": {
                    "forms": ["good"],
                    "lattice_exponent": -20,
                    "price": price,
                    "market": {"production": "push"},
                    "supply_response": key,
                }
            },
            network,
            tallies={"trace_paths": paths, "dump": ["price"]},
        )
    )
    price, given = out.mineral("dump/price"), out["paths/output"][0]
    exact = answers(
        price, QUANTUM, power, more, after, left, recovery, restart, cost / 50, lag, gain, top, smoothing
    )
    sheet.equal("output of a mine that answers the price", exact, given, 2 * QUANTUM)


def wedge(sheet, seed):
    """Restrictions of two exporters by script: the price inside the importer, demand at both ends."""
    rng = draws("wedge", seed)
    up, down, lag, elasticity = (
        rng.uniform(0.2, 1.2),
        rng.uniform(0.1, 0.6),
        rng.uniform(1.5, 9),
        rng.uniform(0.1, 0.9),
    )
    volume, own = rng.uniform(2, 10, 2), rng.uniform(2, 10, 2)
    steps = 60
    network = {
        "sites": {},
        "trade": [],
        "demand": [{"mineral": "unit", "form": "good", "country": "JPN", "rate": f"{volume.sum()!r} t/step"}],
    }
    events, severity = [], np.zeros((2, steps))
    for i, c in enumerate(("AUS", "CHN")):
        network["sites"][c] = {
            "mineral": "unit",
            "form": "good",
            "country": c,
            "kind": "mine",
            "output": f"{volume[i] + own[i]!r} t/step",
            "spare": "900 %",
        }
        network["trade"].append(
            {
                "mineral": "unit",
                "form": "good",
                "from": c,
                "to": "JPN",
                "volume": f"{volume[i]!r} t/step",
                "lag_steps": 2,
            }
        )
        network["demand"].append(
            {"mineral": "unit", "form": "good", "country": c, "rate": f"{own[i]!r} t/step"}
        )
        start, end = sorted(rng.choice(np.arange(2, 50), 2, replace=False))
        severity[i, start:end] = rng.uniform(0.2, 1)
        events.append(
            {
                "from": int(start),
                "to": int(end),
                "object": f"restriction/{c}/unit/JPN",
                "field": "severity",
                "value": float(severity[i, start]),
            }
        )
    price = {
        "initial": "50 USD/t",
        "half_life": "1 year",
        "volatility": "30 %/sqrt(year)",
        "wedge": {"importer": up, "origin": down, "lag": f"{lag!r} weeks"},
    }
    out = run(
        scenario(
            16,
            steps,
            seed,
            {
                "unit": {
                    "forms": ["good"],
                    "lattice_exponent": -20,
                    "price": price,
                    "demand_response": {"elasticity": elasticity},
                }
            },
            network,
            events=events,
            tallies={"dump": ["price", "focus_price"], "trace_paths": 16},
        )
    )
    market, seen = out.mineral("dump/price"), out.mineral("dump/focus_price")
    z = ((1 - severity) * volume[:, None]).sum(0) / volume.sum()
    stopped = severity * (volume / (volume + own))[:, None]
    names = [c.decode() for c in out["paths/consumer"]]
    inside, at_home, exact, priced = 0.0, np.zeros(2), np.zeros((3, steps, 16)), np.zeros((steps, 16))
    for t in range(steps):
        inside += (up * (1 - z[t]) - inside) / lag
        at_home += (down * stopped[:, t] - at_home) / lag
        priced[t] = market[t] * math.exp(inside)
        exact[0, t] = volume.sum() * priced[t] ** -elasticity
        for i in range(2):
            exact[1 + i, t] = own[i] * (market[t] * math.exp(-at_home[i])) ** -elasticity
    sheet.equal("price inside the importer", priced, seen, 1e-5)
    for i, c in enumerate(("JPN", "AUS", "CHN")):
        where = [k for k, name in enumerate(names) if c in name][0]
        sheet.equal(f"demand in {c}", exact[i], out["paths/demand"][where], 4e-5)


def net_and_gross(sheet, seed):
    """A mine that fails by script while the price is high: what is missing, and what the price took away."""
    rng = draws("net", seed)
    level, e, cut, steps = rng.uniform(1.2, 3), rng.uniform(0.1, 0.8), rng.uniform(0.2, 0.9), 30
    network = home(rate=16, spare="0 %")
    network["hubs"] = [{"mineral": "unit", "form": "good", "country": "JPN", "storage": "none"}]
    events = [
        {"from": 5, "to": 20, "object": "price/unit", "field": "level", "value": level},
        {"from": 10, "to": 28, "object": "site/mine-unit", "field": "availability", "value": cut},
    ]
    price = {"initial": "50 USD/t", "half_life": "never", "volatility": "0 %/sqrt(year)"}
    out = run(
        scenario(
            2,
            steps,
            seed,
            {
                "unit": {
                    "forms": ["good"],
                    "price": price,
                    "market": {"production": "push"},
                    "demand_response": {"elasticity": e},
                }
            },
            network,
            events=events,
        )
    )
    t = np.arange(steps)
    pi = np.where((t >= 5) & (t < 20), level, 1.0)
    # a level that is set holds while the event lasts, then the price goes on from there
    pi = np.where(t >= 20, level, pi)
    demand = 16 * pi**-e
    made = np.where((t >= 10) & (t < 28), 16 * cut, 16.0)
    net, gross = np.maximum(demand - made, 0), 16 - np.minimum(demand, made)
    for name, value in (
        ("unserved", net.sum()),
        ("gross_unserved", gross.sum()),
        ("demand", demand.sum()),
        ("gross_demand", 16.0 * steps),
        ("short_steps", (net > demand * 1e-3).sum()),
        ("gross_short_steps", (gross > 16e-3).sum()),
    ):
        sheet.equal(f"samples/{name}", value, out.mineral(f"samples/{name}"), 1e-7)
    sheet.equal(
        "NEUE", net.sum() / demand.sum() * 1e6, out.mineral("summary/normalised_expected_unserved"), 1e-3
    )
    sheet.equal(
        "gross NEUE",
        gross.sum() / 16 / steps * 1e6,
        out.mineral("summary/gross_normalised_expected_unserved"),
        1e-3,
    )


SEEDS = {"shipped": (1,)}
FAMILIES = [response, cycle, shipped, capacity, wedge, net_and_gross]
