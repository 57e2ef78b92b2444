"""Joint shortages, blame, single losses, stocks that suffice (MODEL 6.7, 8), ignorance (R0.6)."""
import math

import numpy as np

from box import YEAR, draws, home, run, scenario
from levers import imports

DY = 7 / YEAR


def failing(mineral, rate):
    """A mine at home without any stock behind it."""
    network = home(mineral, rate, "0 %")
    network["hubs"] = [{"mineral": mineral, "form": "good", "country": "JPN", "storage": "none"}]
    return network


def merge(*networks):
    out = {"sites": {}, "demand": [], "hubs": []}
    for n in networks:
        out["sites"].update(n["sites"])
        out["demand"] += n["demand"]
        out["hubs"] += n["hubs"]
    return out


PUSH = {"forms": ["good"], "market": {"production": "push"}}


def ignorance(sheet, seed):
    """Unserved demand is linear in a derating that is not known; a price that is not, drawn beside it."""
    rng = draws("ignorance", seed)
    up, down, steps, paths, inner = rng.uniform(0.3, 2), rng.uniform(4, 20), 104, 4096, 64
    low, high = rng.uniform(0.2, 0.5), rng.uniform(0.6, 1)
    median, sigma = rng.uniform(20, 300), rng.uniform(0.2, 0.6)
    base = scenario(
        paths,
        steps,
        seed,
        {
            "unit": {
                **PUSH,
                "price": {
                    "initial": {"lognormal": {"median": f"{median!r} USD/t", "sigma": sigma}},
                    "half_life": "never",
                    "volatility": "0 %/sqrt(year)",
                },
            }
        },
        failing("unit", 16),
        ignorance={"inner": inner},
        costs={},
        hazards={
            "outages": {
                "mine": {
                    "select": {"kinds": ["mine"]},
                    "mttf": f"{up!r} years",
                    "mttr": {"exponential": {"mean": f"{down!r} weeks"}},
                    "derating": {"uniform": {"min": low, "max": high}},
                }
            }
        },
    )
    base["hazards"]["outages"]["mine"]["derating"] = {"constant": {"uniform": {"min": low, "max": high}}}
    out = run(base)
    known = run({**base, "ignorance": {"inner": inner, "draw": False}})
    names = [p.decode() for p in out["ignorance/parameter"]]
    z, price = (
        out["ignorance/value"][[i for i, n in enumerate(names) if k in n][0]] for k in ("derating", "initial")
    )
    if z.max() > 1:
        z = z / 100
    y = known.mineral("samples/unserved") / ((low + high) / 2)  # of a derating of 1
    x = out.mineral("samples/unserved")
    of = np.arange(paths) // inner
    sheet.equal("unserved is derating times downtime, path by path", z[of] * y, x, 1e-6)
    n = paths // inner
    per = x.reshape(n, inner)
    xo, s2 = per.mean(1), per.var(1, ddof=1)
    v = max(0.0, xo.var(ddof=1) - (s2 / inner).mean())
    for name, value in (
        ("_se", xo.std(ddof=1) / math.sqrt(n)),
        ("_ignorance_sd", math.sqrt(v)),
        ("_ignorance_share", v / (v + s2.mean())),
    ):
        sheet.equal(
            "expected_unserved" + name, value, out.mineral("summary/expected_unserved" + name), 1e-6 * value
        )
    lam, mu = 1 / (up * YEAR / 7), 1 / down
    k, u = lam + mu, lam / (lam + mu)
    mean = 16 * u * steps
    var = 256 * 2 * u * (1 - u) / k**2 * (k * steps - 1 + math.exp(-k * steps))
    ez, vz = (low + high) / 2, (high - low) ** 2 / 12
    sheet.chance(
        "expected unserved",
        ez * mean,
        out.mineral("summary/expected_unserved"),
        out.mineral("summary/expected_unserved_se"),
    )
    sheet.chance(
        "spread by ignorance",
        math.sqrt(vz) * mean,
        out.mineral("summary/expected_unserved_ignorance_sd"),
        out.mineral("summary/expected_unserved_ignorance_sd_se"),
    )
    sheet.mean("variance of a path within draws", (vz + ez**2) * var, s2)
    sheet.mean("mean logarithm of the price", math.log(median), np.log(price))
    sheet.mean("its variance", sigma**2, (np.log(price) - math.log(median)) ** 2)


def together(sheet, seed):
    """Two minerals that fail by themselves, two on one regime."""
    rng = draws("together", seed)
    up, down = rng.uniform(0.3, 2, 2), rng.uniform(3, 20, 2)
    worse, better, steps, paths = rng.uniform(0.3, 2), rng.uniform(2, 6), 104, 4096
    networks = [failing(m, 16) for m in "abcd"]
    for m, n in zip("cd", networks[2:]):
        n["sites"]["mine-" + m].pop("spare")
        n["sites"]["mine-" + m]["capacity_by_regime"] = ["16 t/step", "9 t/step", "9 t/step"]
    outages = {
        m: {
            "select": {"minerals": [m]},
            "mttf": f"{up[i]!r} years",
            "mttr": {"exponential": {"mean": f"{down[i]!r} weeks"}},
            "mode": "point",
        }
        for i, m in enumerate("ab")
    }
    regime = {
        "tension": f"{worse!r} /year",
        "coercion": "0 /year",
        "relax": f"{better!r} /year",
        "ease": "1 /year",
        "start": "stationary",
    }
    out = run(
        scenario(
            paths,
            steps,
            seed,
            {m: PUSH for m in "abcd"},
            merge(*networks),
            hazards={"outages": outages, "regimes": {"JPN": regime}},
        )
    )
    lam, mu = np.append(7 / (up * YEAR), worse * DY), np.append(1 / down, better * DY)
    bad = lam / (lam + mu)
    stay = 1 - bad * (1 - np.exp(-(lam + mu)))  # up at one step and the next
    p = {"step": bad, "year": 1 - (1 - bad) * stay**51, "path": 1 - (1 - bad) * stay**103}
    within = [w.decode() for w in out["joint/within"]]
    order = [m.decode() for m in out["joint/mineral"]]
    for i, w in enumerate(within):
        a, b, c = p[w.split()[-1]]

        def row(name, exact, *at):
            error = out["joint/" + name + "_se"][(i, *at)]
            if not error:  # every path alike: the error that so many paths would have
                error = math.sqrt(max(exact * (1 - exact), 1e-12) / paths)
            sheet.chance(f"{name} within a {w}", exact, out["joint/" + name][(i, *at)], error)

        j = [order.index(m) for m in "abcd"]
        row("both_short", a * b, j[0], j[1])
        row("both_short", a * c, j[0], j[2])
        row("both_short", c, j[2], j[3])
        row(
            "expected_number_short",
            a + b + 2 * c,
        )
        none, one, two = (1 - a) * (1 - b), a + b - 2 * a * b, a * b
        number = [(1 - c) * none, (1 - c) * one, (1 - c) * two + c * none, c * one, c * two]
        for k in range(1, 5):
            row("number_short", sum(number[k:]), k - 1)
        ratio = out["joint/odds_ratio"][i, j[0], j[1]]
        error = (
            math.log(out["joint/odds_ratio_hi"][i, j[0], j[1]] / out["joint/odds_ratio_lo"][i, j[0], j[1]])
            / 2
            / 1.959964
        )
        sheet.chance(f"odds of a and b within a {w}", 0, math.log(ratio), error)
    c = out.mineral("samples/unserved", "c")
    beyond = np.mean(c > np.sort(c)[math.ceil(0.95 * paths) - 1])  # less than 5 % where paths tie
    sheet.equal("tail dependence of c and d", beyond / 0.05, out["joint/tail_dependence"][j[2], j[3]], 1e-9)


def blame(sheet, seed):
    """Two scripted restrictions, one after the other, against some weeks of stock: shares by weight and log."""
    rng = draws("blame", seed)
    volume, lag, cover = rng.uniform(4, 12, 2), int(rng.integers(1, 4)), int(rng.integers(1, 4))
    steps = 40
    first, second = 5, int(5 + rng.integers(0, 5))
    until = int(rng.integers(16, 30))
    severity = rng.uniform(0.5, 0.99, 2)
    if seed == 5:
        severity[1] = 0.0
    events = [
        {"from": f, "to": u, "object": f"restriction/{c}/unit/JPN", "field": "severity", "value": float(s)}
        for f, u, c, s in ((first, until, "AUS", severity[0]), (second, 38, "BRA", severity[1]))
        if s
    ]
    market = {"cover": f"{cover} weeks", "producer_buffer": "0 weeks"}
    out = run(
        scenario(
            1,
            steps,
            seed,
            {"unit": {"forms": ["good"], "market": market}},
            imports(volume, [0, 0], lag),
            events=events,
            tallies={"attribution": True, "dump": ["unserved"]},
        )
    )
    u = out.mineral("dump/unserved")[:, 0]
    n = 1 + cover + lag
    t = np.arange(steps)
    log = np.zeros((2, steps))
    log[0, (t >= first) & (t < until)] = -math.log(max(1e-6, 1 - severity[0])) * volume[0] / volume.sum()
    log[1, (t >= second) & (t < 38)] = -math.log(max(1e-6, 1 - severity[1])) * volume[1] / volume.sum()
    memory, share = np.zeros(2), np.zeros(2)
    for s in t:
        memory += (log[:, s] - memory) / n
        if u[s] > 0:
            share += u[s] * memory / memory.sum()
    sheet.equal("memory, days", 7 * n, out.mineral("attribution/memory"), 1e-6)
    place = [p.decode() for p in out["attribution/place"]]
    given = out.mineral("attribution/unserved_by_place")
    for c, s in zip(("AUS", "BRA"), share):
        sheet.equal(f"unserved because of {c}", s, given[place.index(c)] if c in place else 0.0, 1e-6)


def lost(sheet, seed):
    """Every supplier lost for a time: the stock lasts so long, and that much is missing."""
    rng = draws("lost", seed)
    volume, lag, cover = rng.uniform(2, 10, 3), int(rng.integers(1, 5)), rng.uniform(1, 8)
    countries = ("AUS", "BRA", "CHN")
    market = {
        "cover": f"{cover!r} weeks",
        "producer_buffer": "0 weeks",
        "inventory_gain": 0,
        "pipeline_gain": 0,
    }
    out = run(
        scenario(
            1,
            200,
            seed,
            {"unit": {"forms": ["good"], "lattice_exponent": -20, "market": market}},
            imports(volume, [0, 0, 0], lag),
            tallies={"n_minus_1": True},
        )
    )
    kinds = [k for k in out["n_minus_1/loss_kind"]]
    attrs = out.file["n_minus_1/loss_kind"].attrs
    if "flag_meanings" in attrs:
        kinds = [attrs["flag_meanings"].decode().split()[list(attrs["flag_values"]).index(k)] for k in kinds]
    else:
        kinds = [k.decode() for k in kinds]
    objects = [o.decode() for o in out["n_minus_1/loss_object"]]
    weeks = out["n_minus_1/duration"] / 7
    stock = cover * volume.sum()
    for i, (kind, name) in enumerate(zip(kinds, objects)):
        which = [k for k, c in enumerate(countries) if c in name]
        if not which:
            continue
        v = volume[which[0]]
        gone = np.maximum(weeks * v - stock, 0)
        sheet.equal(f"missing without {kind} {name}", gone, out["n_minus_1/unserved"][i], 1e-3)
        at = 7.0 * (lag + math.floor(stock / v))
        sheet.equal(
            f"first shortage without {kind} {name}",
            np.where(gone > 0, at, np.nan),
            out["n_minus_1/first_shortage"][i],
            1e-6,
        )
        sheet.equal(
            f"time to survive without {kind} {name}",
            7.0 * math.floor(stock / v),
            out["n_minus_1/time_to_survive"][i],
            1e-6,
        )
    index = sum(v for v in volume if 52 * v > stock) / volume.sum()
    sheet.equal(
        "N-1 index of sites, a year", index, out["n_minus_1/index_sites"][0][list(weeks).index(52)], 1e-9
    )


def enough(sheet, seed):
    """One outage from the start on, of exponential length: what stock suffices, foretold and tried out."""
    rng = draws("enough", seed)
    mean, rate, paths = rng.uniform(3, 14), rng.uniform(5, 30), 4096
    pile = {
        "owner": "national",
        "country": "JPN",
        "mineral": "unit",
        "form": "good",
        "opening": "0 days",
        "trigger": "always",
        "delay": "0 weeks",
    }
    network = home(rate=rate, spare="0 %")
    network["hubs"] = [
        {"mineral": "unit", "form": "good", "country": "JPN", "cover": "0 weeks", "opening": "0 t"}
    ]
    out = run(
        scenario(
            paths,
            200,
            seed,
            {"unit": {"forms": ["good"], "market": {"production": "push"}}},
            network,
            stockpiles={"pile": pile},
            hazards={
                "outages": {
                    "mine": {
                        "select": {"kinds": ["mine"]},
                        "mttf": "1_000_000 years",
                        "start": "down",
                        "mttr": {"exponential": {"mean": f"{mean!r} weeks"}},
                    }
                }
            },
            tallies={"required_stock": True, "check_required": True},
        )
    )
    need = out.mineral("samples/required_stock")
    for q in (0.5, 0.8, 0.9, 0.95, 0.99):
        sheet.share(
            f"P(a stock for {q:.0%} suffices)", q, np.mean(need <= -mean * rate * math.log(1 - q)), paths
        )
    sheet.mean("mean of the required stock", mean * rate, need)
    tried, given = out.mineral("adequacy/tried_days"), out.mineral("adequacy/tried_adequacy")
    for d, g in zip(tried, given):
        if np.isfinite(d):
            sheet.share(f"P({d:.1f} days suffice), tried out", -math.expm1(-d / 7 / mean), g, paths)
    sheet.equal("tried less foretold", 0, np.nan_to_num(out.mineral("adequacy/tried_difference")), 1e-12)


FAMILIES = [ignorance, together, blame, lost, enough]
