"""Levers (MODEL 7): recycling, caps, diversification, investments, diplomacy, nationalism, stocks."""
import math

import numpy as np
from scipy import integrate, linalg, stats

from box import YEAR, draws, home, run, run_file, scenario

DY = 7 / YEAR


def imports(volumes, spare, lag=1, own=0.0, countries=("AUS", "BRA", "CHN", "IND", "RUS", "ZAF")):
    """Japan buys the volumes from countries that make no more than these, the spare apart."""
    network = {
        "sites": {},
        "trade": [],
        "demand": [
            {
                "mineral": "unit",
                "form": "good",
                "country": "JPN",
                "rate": f"{float(sum(volumes)) + own!r} t/step",
            }
        ],
    }
    for c, v, s in zip(countries, volumes, spare):
        network["sites"][c] = {
            "mineral": "unit",
            "form": "good",
            "country": c,
            "kind": "mine",
            "output": f"{float(v)!r} t/step",
            "spare": f"{100 * float(s)!r} %",
        }
        network["trade"].append(
            {
                "mineral": "unit",
                "form": "good",
                "from": c,
                "to": "JPN",
                "volume": f"{float(v)!r} t/step",
                "lag_steps": lag,
            }
        )
    return network


def after(out):
    """Suppliers' shares of Japan's imports after all levers."""
    names = [d.decode() for d in out["network/dependence"]]
    return {n.split("/")[-1]: s for n, s in zip(names, out["network/dependence_direct_after"])}


def output_of(out, name):
    """What a site makes, by step and path."""
    site = [s.decode() for s in out["paths/site"]]
    return out["paths/output"][[i for i, s in enumerate(site) if name in s][0]]


def returns(law, growth, before, steps):
    """Outflow of products over the demand of the start, with the law of lifetimes in steps."""
    k = np.arange(1, 9000)
    left, out = law(k) - law(k - 1), []
    for t in range(steps):
        epoch = t // 13 * 13  # seen at the first step of a quarter; in between it grows like all capacities
        then = (epoch - k) * DY
        flow = (np.where(then >= 0, 1 + growth, 1 + before) ** then * left).sum()
        out.append(flow * (1 + growth) ** ((t - epoch) * DY))
    return np.array(out)


def shipped(sheet, seed):
    """configs/analytic/recycling.yaml."""
    del seed
    out = run_file("configs/analytic/recycling.yaml")
    law = stats.weibull_min(2.5, scale=9 * YEAR / 7).cdf
    exact = 0.45 * 40 * returns(law, 0.02, 0.05, 104)
    sheet.equal("recycled, step by step", exact, output_of(out, "scrap")[:, 0], 1e-7)
    sheet.equal("as its first lines say", [12.3532, 12.5042, 13.4460], exact[[0, 13, 91]], 5e-5)


def recycling(sheet, seed):
    rng = draws("recycling", seed)
    scale, shape = rng.uniform(60, 400), rng.uniform(1, 4)
    growth, before = rng.uniform(0.015, 0.05), rng.uniform(0, 0.08)
    collection, recovery = rng.uniform(0.2, 0.8, 2)
    demand, steps = rng.uniform(20, 60), 150
    law = {"weibull": {"scale": f"{scale!r} weeks", "shape": shape}}
    made = stats.weibull_min(shape, scale=scale).cdf
    if seed == 5:
        law, made = f"{int(scale)} weeks", lambda k: 1.0 * (k >= int(scale))
    network = imports([demand], [9.0])
    network["demand"][0]["growth"] = f"{100 * growth!r} %/year"
    network["hubs"] = [{"mineral": "unit", "form": "good", "country": "JPN", "storage": "9_000_000 t"}]
    lever = {
        "mineral": "unit",
        "form": "good",
        "country": "JPN",
        "collection": collection,
        "recovery": recovery,
        "lifetime": law,
        "growth_before": f"{100 * before!r} %/year",
    }
    out = run(
        scenario(
            1,
            steps,
            seed,
            {"unit": {"forms": ["good"], "lattice_exponent": -20}},
            network,
            levers={"recycling": {"scrap": lever}},
            tallies={"trace_paths": 1},
        )
    )
    exact = collection * recovery * demand * returns(made, growth, before, steps)
    sheet.equal("recycled, step by step", exact, output_of(out, "scrap")[:, 0], 1e-5)


def fill(volume, limit, total):
    """Water-filling: min(limit, x volume) summing to the total, or all limits."""
    if limit.sum() <= total:
        return limit.copy()
    low, high = 0.0, 1.0
    while np.minimum(limit, high * volume).sum() < total:
        high *= 2
    for _ in range(200):
        mid = (low + high) / 2
        low, high = (mid, high) if np.minimum(limit, mid * volume).sum() < total else (low, mid)
    return np.minimum(limit, high * volume)


def cap(sheet, seed):
    rng = draws("cap", seed)
    n = int(rng.integers(3, 7))
    volume = rng.uniform(0.5, 10, n)
    spare = rng.uniform(0, 1.5, n) if seed != 2 else rng.uniform(0, 0.1, n)
    largest = volume.max() / volume.sum()
    limit = (
        1 / n + rng.uniform(0.05, 0.5) * (largest - 1 / n) if seed != 3 else 0.5 / n
    )  # the third has no solution
    follows = seed >= 4
    countries = ("AUS", "BRA", "CHN", "IND", "RUS", "ZAF")[:n]
    of = list(countries) if seed % 2 else [countries[int(volume.argmax())]]
    total = volume.sum()
    lever = {"importer": "JPN", "of": of, "cap": float(limit), **({"capacity": "follows"} if follows else {})}
    out = run(
        scenario(
            64,
            20,
            seed,
            {"unit": {"forms": ["good"]}},
            imports(volume, spare),
            levers={"dependence_cap": {"g7": lever}},
        )
    )
    most = np.full(n, math.inf) if follows else volume * (1 + spare)
    for i, c in enumerate(countries):
        if c in of:
            most[i] = min(most[i], limit * total)
    exact = fill(volume, np.minimum(most, 1e9), total)
    shares = after(out)
    given = np.array([shares.get(c, 0.0) for c in countries])
    sheet.equal("shares after a cap", exact / total, given, 1e-8)
    sheet.equal("left open", total - exact.sum(), out["levers/uncontracted"][0] * DY, 1e-6)
    sheet.equal(
        "concentration", ((exact / total) ** 2).sum(), out["network/concentration_direct_after"][0], 1e-8
    )


def diversification(sheet, seed):
    rng = draws("diversification", seed)
    volume, spare = rng.uniform(2, 10, 4), np.array([0.1, rng.uniform(0, 2), rng.uniform(0, 2), 0.1])
    total = volume.sum()
    a, b = rng.uniform(0.05, 0.3, 2)
    level = 1.0 if seed != 2 else 0.5
    sources = ["AUS", "IND"] if seed % 2 else ["AUS"]
    lever = {
        "mineral": "unit",
        "form": "good",
        "importer": "JPN",
        "from": sources,
        "to": {"CHN": b, "BRA": a},
        "level": level,
    }
    out = run(
        scenario(
            64,
            20,
            seed,
            {"unit": {"forms": ["good"]}},
            imports(volume, spare),
            levers={"diversification": {"away": lever}},
        )
    )
    origin = np.array([1.0, 0, 0, 1.0 if seed % 2 else 0]) * volume
    # one after the other as written: China first, Brazil gets what is left
    second = min(level * b * total, volume[2] * spare[2], origin.sum())
    moved = np.array([min(level * a * total, volume[1] * spare[1], origin.sum() - second), second])
    exact = volume - origin / origin.sum() * moved.sum() + np.array([0, *moved, 0])
    shares = after(out)
    given = np.array([shares.get(c, 0.0) for c in ("AUS", "BRA", "CHN", "IND")])
    sheet.equal("shares after diversification", exact / total, given, 1e-8)


def investment(sheet, seed):
    """A plant that comes late or never, needing another one: how much of it is there, step by step."""
    rng = draws("investment", seed)
    median, sigma = rng.uniform(5, 30), rng.uniform(0.3, 1)
    low, high = 2, rng.uniform(20, 50)
    ramp, cancel, other = rng.uniform(4, 30), *rng.uniform(0.05, 0.5, 2)
    network = imports([20], [1.0])
    network["hubs"] = [{"mineral": "unit", "form": "good", "country": "JPN", "storage": "9_000_000 t"}]
    common = {"mineral": "unit", "form": "good", "country": "JPN", "kind": "supply", "start": 5}
    levers = {
        "first": {
            **common,
            "output": "2 t/step",
            "ramp": "0 weeks",
            "cancellation": other,
            "delay": {"uniform": {"min": f"{low} weeks", "max": f"{high!r} weeks"}},
        },
        "plant": {
            **common,
            "output": "8 t/step",
            "ramp": f"{ramp!r} weeks",
            "cancellation": cancel,
            "needs": ["first"],
            "delay": {"lognormal": {"median": f"{median!r} weeks", "sigma": sigma}},
        },
    }
    paths = 512
    out = run(
        scenario(
            paths,
            100,
            seed,
            {"unit": {"forms": ["good"]}},
            network,
            levers={"investment": levers},
            tallies={"trace_paths": paths},
        )
    )
    made = output_of(out, "plant") / 8
    delay = stats.lognorm(sigma, scale=median)
    first = stats.uniform(low, high - low)
    for t in (60, 99):
        # the plant's own ramp from start + delay on, counted from the later of the two
        def there(t=t):
            both = integrate.quad(
                lambda d: delay.cdf(d) * first.cdf(d), max(t - 5 - ramp, 0), t - 5, limit=200
            )[0]
            return both / min(ramp, t - 5) * min(1.0, (t - 5) / ramp) * (1 - cancel) * (1 - other)

        sheet.mean(f"expected share of the plant at step {t}", there(), made[t])
        sheet.share(
            f"P(plant has begun) at step {t}",
            delay.cdf(t - 5) * first.cdf(t - 5) * (1 - cancel) * (1 - other),
            np.mean(made[t] > 0),
            paths,
        )


def diplomacy(sheet, seed):
    """Days in tension of a chain whose rates a lever moves over its ramp, from a start or the long run."""
    rng = draws("diplomacy", seed)
    worse, better = rng.uniform(0.3, 2), rng.uniform(0.3, 3)
    up, down, onset = rng.uniform(0.1, 0.9), rng.uniform(1, 4), 10
    ramp, steps = rng.uniform(5, 60), 104
    end = 80 if seed == 3 else None
    effect = rng.uniform(0.1, 0.6)
    lever = {"countries": ["JPN"], "start": onset, "ramp": f"{ramp!r} weeks"}
    lever.update({"effect": effect} if seed == 4 else {"up": up, "down": down})
    if seed == 4:
        up, down = 1 - effect, 1 / (1 - effect)
    if end:
        lever["end"] = end
    network = home(spare="0 %", capacity_by_regime=["16 t/step", "12 t/step", "12 t/step"])
    network["sites"]["mine-unit"].pop("spare")
    network["hubs"] = [{"mineral": "unit", "form": "good", "country": "JPN", "storage": "none"}]
    start = "stationary" if seed % 2 else "normal"
    regime = {
        "tension": f"{worse!r} /year",
        "relax": f"{better!r} /year",
        "coercion": "0 /year",
        "ease": "0.5 /year",
        "start": start,
    }
    paths = 4096
    out = run(
        scenario(
            paths,
            steps,
            seed,
            {"unit": {"forms": ["good"], "market": {"production": "push"}}},
            network,
            hazards={"regimes": {"JPN": regime}},
            levers={"diplomacy": {"talks": lever}},
        )
    )
    state = np.array([better, worse]) / (better + worse) if seed % 2 else np.array([1.0, 0.0])
    mean, second, both = (
        0.0,
        0.0,
        np.zeros(2),
    )  # both: expected earlier steps in tension, split by the state now
    series = []
    for t in range(steps):
        part = min(1.0, max(0.0, (t - onset) / ramp)) if end is None or t < end else 0.0
        u, d = 1 + part * (up - 1), 1 / (1 + part * (1 / down - 1))
        p = linalg.expm(np.array([[-worse * u, worse * u], [better * d, -better * d]]) * DY)
        state, both = state @ p, both @ p
        second += 2 * both[1] + state[1]
        both = both + np.array([0, state[1]])
        mean += state[1]
        series.append(state[1])
    short = out.mineral("samples/short_steps")
    sheet.mean("steps in tension", mean, short)
    sheet.mean("square of them", second, short**2)
    for t in (steps // 3, steps - 1):
        sheet.share(
            f"P(tension) in step {t}", series[t], out.mineral("summary/shortage_probability")[t], paths
        )


def nationalism(sheet, seed):
    """At most a share of exports leaves, over a ramp; and restrictions begin more often."""
    rng = draws("nationalism", seed)
    share, ramp, start, lag, steps = rng.uniform(0.2, 0.9), rng.uniform(3, 40), 6, int(rng.integers(1, 4)), 80
    rate, multiple = rng.uniform(0.1, 0.5), rng.uniform(1.5, 4)
    lever = {
        "countries": ["CHN"],
        "export_share": share,
        "onset": multiple,
        "start": start,
        "ramp": f"{ramp!r} weeks",
    }
    network = imports([16], [0], lag, countries=("CHN",))
    ban = {
        "exporter": "CHN",
        "minerals": ["unit"],
        "onset": f"{rate!r} /year",
        "types": {"ban": {"duration": "10 years", "severity": "100 %"}},
    }
    market = {"production": "push", "cover": "0 weeks", "producer_buffer": "0 weeks"}
    paths = 4096
    out = run(
        scenario(
            paths,
            steps,
            seed,
            {"unit": {"forms": ["good"], "lattice_exponent": -20, "market": market}},
            network,
            hazards={"restrictions": {"stop": ban}},
            levers={"nationalism": {"first": lever}},
            tallies={"dump": ["unserved"]},
        )
    )
    lost = out.mineral("dump/unserved")
    t = np.arange(steps)
    part = np.clip((t - start) / ramp, 0, 1) * (t >= start)
    missing = np.concatenate([np.zeros(lag), 16 * part * (1 - share)])[:steps]
    spared = lost[-1] < 15.9
    sheet.equal("what does not leave", missing[:, None] * np.ones(spared.sum()), lost[:, spared], 1e-4)
    loaded = np.arange(steps - lag)
    exact = math.exp(-rate * DY * (1 + part[loaded] * (multiple - 1)).sum())
    sheet.share("P(no restriction so far)", exact, spared.mean(), paths)


def stock(sheet, seed):
    """A stock that is there, and one that is bought step by step."""
    rng = draws("stock", seed)
    days, most, start, lag = (
        rng.uniform(20, 200),
        rng.uniform(0.5, 3),
        int(rng.integers(0, 15)),
        int(rng.integers(1, 4)),
    )
    steps = 150
    network = imports([16], [2.0], lag)
    for opening in (True, False):
        lever = {"minerals": "all", "days": f"{days!r} days"}
        lever.update({"opening": True} if opening else {"at_most": f"{most!r} days/step", "start": start})
        out = run(
            scenario(
                1,
                steps,
                seed,
                {"unit": {"forms": ["good"], "lattice_exponent": -20}},
                network,
                levers={"stock": {"reserve": lever}},
                tallies={"trace_paths": 1},
            )
        )
        t = np.arange(steps)
        exact = np.full(steps, days * 16 / 7)
        if not opening:
            exact = np.minimum(days, most * np.clip(t - start - lag + 1, 0, None)) * 16 / 7
        sheet.equal(
            "stock that is there" if opening else "stock that is bought",
            exact,
            out["paths/stockpile"][0, :, 0],
            1e-3,
        )


def offtake(sheet, seed):
    """The exporter keeps all it has for itself, but for what a plant of Japan makes there."""
    rng = draws("offtake", seed)
    firm, plant, runs, lag = (
        rng.uniform(0.3, 1),
        rng.uniform(2, 8),
        rng.uniform(0.1, 1),
        int(rng.integers(1, 4)),
    )
    coercion = seed == 5
    network = imports([10.0], [0.0], lag, countries=("CHN",))
    network["sites"]["AUS"] = {**network["sites"]["CHN"], "country": "AUS"}
    network["demand"].append({"mineral": "unit", "form": "good", "country": "AUS", "rate": "10 t/step"})
    market = {"cover": "0 weeks", "producer_buffer": "1 week", "home_priority": [1, 1, 1]}
    lever = {
        "mineral": "unit",
        "form": "good",
        "country": "AUS",
        "kind": "mine",
        "output": f"{plant!r} t/step",
        "offtake": {"JPN": firm},
        "offtake_lag": f"{lag} weeks",
    }
    hazards = {
        "regimes": {
            "AUS": {
                "tension": "0 /year",
                "coercion": "0 /year",
                "relax": "0 /year",
                "ease": "0 /year",
                "start": "coercion" if coercion else "tension",
            }
        }
    }
    steps, cut = 30, 12
    out = run(
        scenario(
            1,
            steps,
            seed,
            {"unit": {"forms": ["good"], "lattice_exponent": -20, "market": market}},
            network,
            hazards=hazards,
            levers={"investment": {"venture": lever}},
            events=[
                {"from": cut, "object": "site/AUS", "field": "availability", "value": 0},
                {"from": cut, "object": "site/CHN", "field": "availability", "value": 0},
                {"from": cut, "object": "site/venture", "field": "availability", "value": runs},
            ],
            tallies={"dump": ["unserved"]},
        )
    )
    t = np.arange(steps)
    exact = np.where(t < cut + lag, 0, 10 - (0 if coercion else firm * plant * runs))
    sheet.equal("missing beside a firm quantity", exact, out.mineral("dump/unserved")[:, 0], 1e-4)


SEEDS = {"shipped": (1,)}
FAMILIES = [shipped, recycling, cap, diversification, investment, diplomacy, nationalism, stock, offtake]
