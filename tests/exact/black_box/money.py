"""Costs and losses (MODEL 7) by hand from the paths written; studies against NumPy on separate runs."""
import copy
import math

import numpy as np
from scipy import stats

from box import YEAR, draws, run, scenario
from levers import imports

DY = 7 / YEAR


def ledger(sheet, seed):
    """A stockpile, a plant, a premium, losses of two sectors, on paths with a restriction and random prices."""
    rng = draws("ledger", seed)
    base, rho, steps, paths = rng.uniform(200, 900), rng.uniform(0.01, 0.09), 100, 8
    network = imports([rng.uniform(8, 20)], [1.0])
    total = float(network["demand"][0]["rate"].split()[0])
    part = rng.uniform(0.3, 0.7)
    network["demand"] = [
        {
            "mineral": "unit",
            "form": "good",
            "country": "JPN",
            "sector": s,
            "rate": f"{r!r} t/step",
            "priority": p,
        }
        for s, r, p in (("a", total * part, 1), ("b", total * (1 - part), 2))
    ]
    premium = rng.uniform(5, 50)
    network["trade"][0]["premium"] = f"{premium!r} USD/t"
    network["sites"]["plant"] = {
        "mineral": "unit",
        "form": "good",
        "country": "JPN",
        "kind": "supply",
        "output": "0 t/step",
        "capacity": "2 t/step",
        "standby": True,
    }
    begin, late, build = int(rng.integers(30, 50)), rng.uniform(2, 20), rng.uniform(10, 80)
    capex, life, fixed, variable = (
        rng.uniform(1e4, 1e5),
        rng.uniform(1, 20),
        rng.uniform(1e3, 1e4),
        rng.uniform(5, 90),
    )
    cancelled, sunk = seed == 5, rng.uniform(0.2, 0.9)
    network["projects"] = {
        "plant": {
            "start": begin,
            "delay": f"{late!r} weeks",
            "cancellation": 1.0 if cancelled else 0.0,
            "cost": {
                "capex": f"{capex!r} USD",
                "construction": f"{build!r} weeks",
                "life": f"{life!r} years",
                "opex_fixed": f"{fixed!r} USD/year",
                "opex_variable": f"{variable!r} USD/t",
                "sunk": sunk,
            },
        }
    }
    storage, share, haircut = rng.uniform(5, 60), rng.uniform(0.01, 0.1), rng.uniform(0.05, 0.5)
    owned = seed == 2
    values = [sorted(rng.uniform(100, 90000, 3)), sorted(rng.uniform(1, 60, 3))]
    depths = [sorted(rng.uniform(0.05, 0.9, 2)), sorted(rng.uniform(0.05, 0.9, 2))]
    costs = {
        "discount_rate": f"{100 * rho!r} %",
        "opening": "owned" if owned else "bought",
        "haircut": haircut,
        "keeping": {"storage": f"{storage!r} USD/t/year", "share": f"{100 * share!r} %/year"},
        "loss": [
            {
                "mineral": "unit",
                "sector": "a",
                "depths": [float(d) for d in depths[0]],
                "values": [f"{v!r} USD/t" for v in map(float, values[0])],
            }
        ],
        "depths": [float(d) for d in depths[1]],
        "multiples": [float(v) for v in values[1]],
    }
    severity = rng.uniform(0.6, 1)
    pile = {
        "owner": "national",
        "country": "JPN",
        "mineral": "unit",
        "form": "good",
        "opening": f"{rng.uniform(10, 60)!r} days",
        "at_most": "4 days/step",
        "delay": "2 weeks",
    }
    price = {"initial": f"{base!r} USD/t", "half_life": "1 year", "volatility": "40 %/sqrt(year)"}
    out = run(
        scenario(
            paths,
            steps,
            seed,
            {"unit": {"forms": ["good"], "price": price}},
            network,
            costs=costs,
            stockpiles={"pile": pile},
            tallies={"trace_paths": paths, "dump": ["price"]},
            events=[
                {
                    "from": 15,
                    "to": 70,
                    "object": "restriction/AUS/unit/JPN",
                    "field": "severity",
                    "value": severity,
                }
            ],
        )
    )
    t = np.arange(steps)
    df, end = (1 + rho) ** (-(t + 0.5) * DY), (1 + rho) ** (-steps * DY)
    p = out.mineral("dump/price") * base
    sites = [s.decode() for s in out["paths/site"]]
    hubs = [h.decode() for h in out["paths/hub"]]
    pile, release = out["paths/stockpile"][0], out["paths/release"][0]
    made = out["paths/output"][[i for i, s in enumerate(sites) if "plant" in s][0]]
    loaded = out["paths/in_transit"][[i for i, h in enumerate(hubs) if "JPN" in h][0]]  # a lag of one step
    opening = pile[0] + release[0]

    def total_of(series):
        return (df[:, None] * series).sum(0) / 1e6

    exact = {
        "cost_purchase": (0 if owned else base) * opening / 1e6,
        "cost_holding": total_of(pile * (storage + share * p) * DY),
        "release_revenue": total_of(release * p),
        "cost_premium": total_of(premium * loaded),
        "price_bill": total_of(np.maximum(p - base, 0) * loaded),
    }
    start = begin if cancelled else begin + late
    first = max(0.0, begin - build)  # as planned: a late plant is paid over a longer time
    spent = capex * np.clip(np.minimum(t + 1, start) - np.maximum(t, first), 0, None) / (start - first)
    exact["cost_capital"] = (df * spent).sum() * (sunk if cancelled else 1) / 1e6 * np.ones(paths)
    works = 0 if cancelled else 1
    running = works * fixed * DY * (t >= math.ceil(start))
    exact["cost_operation"] = (df * running).sum() / 1e6 + total_of(variable * made)
    left = 0 if cancelled else capex * max(0.0, 1 - (steps - start) * DY / life)
    exact["salvage"] = end * (pile[-1] * np.minimum(p[-1], base) * (1 - haircut) + left) / 1e6
    exact["cost"] = (
        sum(
            exact[k]
            for k in ("cost_purchase", "cost_holding", "cost_capital", "cost_operation", "cost_premium")
        )
        - exact["release_revenue"]
        - exact["salvage"]
    )
    lost = np.zeros_like(p)
    consumers = [c.decode() for c in out["paths/consumer"]]
    for sector, d, v in (("a", depths[0], values[0]), ("b", depths[1], [x * base for x in values[1]])):
        at = [i for i, c in enumerate(consumers) if c.endswith(sector)][0]
        want, short = out["paths/demand"][at], out["paths/unserved"][at]
        lost += (
            v[0] * np.minimum(short, d[0] * want)
            + v[1] * (np.clip(short, d[0] * want, d[1] * want) - d[0] * want)
            + v[2] * np.maximum(short - d[1] * want, 0)
        )
    exact["loss"] = total_of(lost)
    for name, value in exact.items():
        sheet.equal(
            f"samples/{name}", value, out.mineral(f"samples/{name}"), max(1e-9, 1e-7 * np.abs(value).max())
        )


def market(seed):
    """Two minerals, their prices and stockpiles, restrictions and outages of chance."""
    minerals, network, piles = {}, {"sites": {}, "trade": [], "demand": []}, {}
    for m, v in (("one", 10.0), ("two", 6.0)):
        minerals[m] = {
            "forms": ["good"],
            "price": {"initial": "30_000 USD/t", "half_life": "1 year", "volatility": "20 %/sqrt(year)"},
        }
        network["sites"]["mine-" + m] = {
            "mineral": m,
            "form": "good",
            "country": "AUS",
            "kind": "mine",
            "output": f"{v} t/step",
        }
        network["trade"].append(
            {
                "mineral": m,
                "form": "good",
                "from": "AUS",
                "to": "JPN",
                "volume": f"{v} t/step",
                "lag_steps": 1,
            }
        )
        network["demand"].append({"mineral": m, "form": "good", "country": "JPN", "rate": f"{v} t/step"})
        piles["pile-" + m] = {
            "owner": "national",
            "country": "JPN",
            "mineral": m,
            "form": "good",
            "opening": "20 days",
        }
    ban = {
        "exporter": "AUS",
        "minerals": ["one", "two"],
        "onset": "0.3 /year",
        "types": {
            "ban": {"duration": {"lognormal": {"median": "14 weeks", "sigma": 0.6}}, "severity": "80 %"}
        },
    }
    return scenario(
        2048,
        104,
        seed,
        minerals,
        network,
        hazards={"restrictions": {"ban": ban}},
        stockpiles=piles,
        costs={},
        run={"per": "year"},
        tallies={"required_stock": True},
    )


POLICIES = {
    "more": {"stockpiles.pile-one.opening": "50 days", "stockpiles.pile-two.opening": "40 days"},
    "swap": {"stockpiles.pile-one.opening": "21 days", "stockpiles.pile-two.opening": "19 days"},
    "calm": {
        "events": [
            {"from": 0, "object": "hazard/restriction/ban", "field": "rate", "op": "multiply", "value": 0.6}
        ]
    },
    "hush": {
        "events": [
            {"from": 0, "object": "hazard/restriction/ban", "field": "rate", "op": "multiply", "value": 0.98}
        ]
    },
    "less": {"stockpiles.pile-one.opening": "10 days", "stockpiles.pile-two.opening": "10 days"},
}


def patched(base, patch):
    out = copy.deepcopy(base)
    for key, value in patch.items():
        at, *rest = key.split(".")
        here = out
        while rest:
            here, at, rest = here[at], rest[0], rest[1:]
        here[at] = value
    return out


def fieller(a, b, z):
    """Kind and ends of {r: |mean a - r mean b| <= z errors} of paired numbers."""
    n = a.size
    va, vb, cab = a.var(ddof=1) / n, b.var(ddof=1) / n, np.cov(a, b)[0, 1] / n
    qa, qb, qc = b.mean() ** 2 - z * z * vb, a.mean() * b.mean() - z * z * cab, a.mean() ** 2 - z * z * va
    disc = qb * qb - qa * qc
    if disc < 0:
        return "all", -math.inf, math.inf
    ends = sorted(((qb - math.sqrt(disc)) / qa, (qb + math.sqrt(disc)) / qa))
    return ("between" if qa > 0 else "outside"), *ends


def study(sheet, seed):
    """Differences, their errors, Fieller sets and the frontier of a study against NumPy on separate runs."""
    base = market(seed)
    both = run(
        {**base, "study": {"policies": {k: {"patch": v} for k, v in POLICIES.items()}, "confidence": "95 %"}}
    )
    apart = {"base": run(base), **{k: run(patched(base, v)) for k, v in POLICIES.items()}}
    names = [p.decode() for p in both["policies/policy"]]
    n, years = 2048, 104 * 7 / YEAR
    z = stats.norm.isf(0.025)

    def forms(result, m):
        x = {
            k: result.mineral(f"samples/{k}", m)
            for k in ("unserved", "demand", "short_steps", "cost", "loss")
        }
        ratio = x["unserved"].mean() / x["demand"].mean()
        var = np.sort(x["unserved"])[math.ceil(0.95 * n) - 1]
        return {
            "loss_of_load_expectation": x["short_steps"] * 7 / years,
            "expected_unserved": x["unserved"] / years,
            "shortage_probability_any": 1.0 * (x["short_steps"] > 0),
            "cost": x["cost"],
            "loss": x["loss"],
            "normalised_expected_unserved": 1e6
            * ((x["unserved"] - ratio * x["demand"]) / x["demand"].mean() + ratio),
            "cvar95_unserved": var + np.maximum(x["unserved"] - var, 0) / 0.05,
        }

    per = {k: {m: forms(r, m) for m in ("one", "two")} for k, r in apart.items()}
    order = [m.decode() for m in both["policies/mineral"]]
    for k in per:
        total = {f: per[k]["one"][f] + per[k]["two"][f] for f in per[k]["one"]}
        total["normalised_expected_unserved"] = total["normalised_expected_unserved"] / 2
        per[k]["all"] = total
    for i, p in enumerate(names):
        for m in ("one", "two", "all"):
            j = order.index(m)
            for f in per[p][m]:
                if m == "all" and f in ("expected_unserved", "cvar95_unserved"):
                    continue
                d = per[p][m][f] - per["base"][m][f]
                near = 1e-9 * max(1.0, abs(per["base"][m][f].mean()))
                sheet.equal(f"{p} {m} {f} difference", d.mean(), both[f"policies/{f}_difference"][i, j], near)
                se = d.std(ddof=1) / math.sqrt(n)
                sheet.equal(
                    f"{p} {m} {f} its error", se, both[f"policies/{f}_difference_se"][i, j], near + 1e-3 * se
                )
        for m in ("one", "all"):
            j = order.index(m)
            cost = per[p][m]["cost"] - per["base"][m]["cost"]
            for name, risk, scale in (
                ("short_day", "loss_of_load_expectation", years),
                ("unserved", "expected_unserved", years),
            ):
                if m == "all" and name == "unserved":
                    continue
                gain = -(per[p][m][risk] - per["base"][m][risk]) * scale
                kind, low, high = fieller(cost, gain, z)
                row = f"policies/cost_per_{name}_avoided"
                sheet.equal(
                    f"{p} {m} {row[9:]}",
                    cost.mean() / gain.mean(),
                    both[row][i, j],
                    1e-6 * abs(cost.mean() / gain.mean()),
                )
                meaning = both.file[row + "_kind"].attrs["flag_meanings"].decode().split()
                value = list(both.file[row + "_kind"].attrs["flag_values"]).index(both[row + "_kind"][i, j])
                sheet.equal(
                    f"{p} {m} {name} Fieller: {kind}, kura: {meaning[value]}",
                    0,
                    0 if kind == meaning[value] else 1,
                    0.5,
                )
                if kind != "all" and kind == meaning[value]:
                    sheet.equal(
                        f"{p} {m} {name} Fieller, lower end", low, both[row + "_lo"][i, j], 2e-3 * abs(low)
                    )
                    sheet.equal(
                        f"{p} {m} {name} Fieller, upper end", high, both[row + "_hi"][i, j], 2e-3 * abs(high)
                    )
    runs = [r.decode() for r in both["frontier/run"]]
    level = 0.05 / 2 / (len(runs) * (len(runs) - 1))  # two differences of every pair
    zb = stats.norm.isf(level)
    for f in ("normalised_expected_unserved", "loss_of_load_expectation"):
        for i, r in enumerate(runs):
            by = []
            for other in runs:
                less = []
                for g in ("cost", f):
                    d = per[other]["all"][g] - per[r]["all"][g]
                    se = d.std(ddof=1) / math.sqrt(n)
                    less.append(0 if (d == 0).all() else (-1 if d.mean() < -zb * se else 1))
                by.append(max(less) <= 0 and min(less) < 0)
            sheet.equal(f"{r} dominated in {f}", any(by), both[f"frontier/{f}_dominated"][i], 0.5)


SEEDS = {"study": (1,)}
FAMILIES = [ledger, study]
