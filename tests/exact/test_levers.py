#!/usr/bin/env python3
"""Levers on the network [7] once more, in NumPy from their definitions, on random scenarios (seeds 1 to 5): contracts under a
dependence cap, diversification over its ramp, what recycling recovers, dependence looked through.  Compared are the base flows
that the result lists (/levers), the shares of /network, and what is shipped and made on the path, which has no hazards.

    test_levers.py [SEED ...]

Exit 0 passed, 77 skipped (h5py or NumPy missing), anything else failed."""
import math
import os
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError as missing:
    print("skipped: %s" % missing)
    sys.exit(77)

KURA = os.environ["KURA_BINARY"]
COUNTRIES = ["CHN", "AUS", "BRA", "CAN", "IDN", "MYS", "NOR", "USA"]
QUARTER = 13  # steps of 7 days nearest to a quarter: the distance of epochs
YEAR = 365.25 / 7
TOLERANCE = 1e-7  # of the importer's imports: the lattice is finer
compared = 0
HEAD = """format: 1
name: levers
run: {paths: 1, seed: 1, start: 2026-01-05, step: 7 days, steps: %d, focus: JPN}
market: {spot_rounds: 0, cleanup_rounds: 0, cover: 0 days, producer_buffer: 7 days, inventory_gain: 0, pipeline_gain: 0}
minerals: {unit: {forms: [%s]}}
tallies: {required_stock: false, trace_paths: 1}
"""


class Result:
    """Base flows over time and the path of one run."""

    def __init__(self, text, folder):
        scenario, out = os.path.join(folder, "levers.yaml"), os.path.join(folder, "levers.h5")
        with open(scenario, "w", encoding="utf-8") as f:
            f.write(text)
        p = subprocess.run([KURA, "run", scenario, "--force", "--threads", "1", "--progress", "none", "-o", out], capture_output=True, text=True)
        if p.returncode:
            raise RuntimeError("%s\n%s" % (p.stderr[-1500:], text))
        with h5py.File(out) as f:
            def strings(group, name):
                return [x.decode() for x in f[group][name][:]] if group in f and name in f[group] else []
            self.labels = {d: strings("paths", d) for d in ("arc", "site", "hub", "consumer")}
            self.paths = {v: f["paths"][v][:, :, 0] for v in ("shipment", "output", "unserved", "demand")}
            self.net = {k: (f["network"][k][:] if f["network"][k].dtype.kind == "f" else strings("network", k)) for k in f["network"]}
            self.flow_label, self.flow_step = strings("levers", "base_flow"), (list(f["levers"]["base_flow_step"][:]) if "levers" in f and "base_flow" in f["levers"] else [])
            self.flows = {}
            for dim, figure, first, label in (("trade", "volume", "arc_volume", "arc"), ("output", "output", "site_output", "site")):
                now = dict(zip(self.net[label], self.net[first] / YEAR))
                change = "%s_change" % dim
                names, flow = strings("levers", change), strings("levers", change + "_base_flow")
                value = f["levers"][change + "_" + figure][:] / YEAR if names else []
                table = [now]
                for k in self.flow_label:
                    now = dict(now)
                    now.update({n: x for n, w, x in zip(names, flow, value) if w == k})
                    table.append(now)
                self.flows[label] = table
            self.levers = {k: (f["levers"][k][:] if k != "lever" else None) for k in ("wanted", "done", "uncontracted", "kept")} if self.flow_label and "lever" in f["levers"] else {}
            self.lever = strings("levers", "lever")

    def at(self, label, name, t):
        """Base figure of an arc or site in step t."""
        return self.flows[label][sum(s <= t for s in self.flow_step)][name]

    def effect(self, what, lever):
        return sum(x for n, x in zip(self.lever, self.levers[what]) if n == lever) / YEAR


def near(what, got, want, scale):
    global compared
    compared += 1
    if not abs(got - want) <= TOLERANCE * scale:
        raise AssertionError("%s: %.12g, by its definition %.12g" % (what, got, want))


def epochs_of(start, ramp, steps):
    """First steps of the base flows of one lever: a quarter apart over the ramp, then its end; and how much of it is done by then."""
    first = [t for t in range(start, steps) if (t - start) % QUARTER == 0 and t < start + ramp]
    done = math.ceil(start + ramp)
    first += [done] if done < steps else []
    return {t: min(1, (t - start) / ramp) if ramp else 1.0 for t in first}


def done_at(epochs, t):
    past = [s for s in epochs if s <= t]
    return epochs[max(past)] if past else 0.0


def market(rng):
    """Suppliers of Japan with random volumes and, much or little, spare capacity."""
    n = int(rng.integers(2, 7))
    names = COUNTRIES[:n]
    v = np.floor(1000 * rng.random(n) ** 2) / 8 + 0.125
    return names, v, np.floor(rng.choice([10, 150]) * rng.random(n)) / 100


def sellers(names, v, spare):
    text = "network:\n  sites:\n"
    for c, x, s in zip(names, v, spare):
        text += "    m-%s: {mineral: unit, form: metal, country: %s, kind: mine, output: %r t/step, spare: %r}\n" % (c, c, float(x), float(s))
    text += "  trade:\n"
    for c, x in zip(names, v):
        text += "    - {mineral: unit, form: metal, from: %s, to: JPN, volume: %r t/step, lag_steps: 1}\n" % (c, float(x))
    return text + "  demand: [{mineral: unit, form: metal, country: JPN, rate: %r t/step}]\n" % float(v.sum())


# ---- (i) dependence cap ----

def fill(v, limit, total):
    """min(limit, level v) that sums to total; what stays open where even all limits are too little."""
    room = limit[v > 0].sum()
    if room < total:
        return np.where(v > 0, limit, 0), total - room
    low, high = 0.0, 1.0
    while np.minimum(limit, high * v).sum() < total:
        high *= 2
    for _ in range(200):
        level = (low + high) / 2
        low, high = (level, high) if np.minimum(limit, level * v).sum() < total else (low, level)
    return np.minimum(limit, high * v), 0.0


def cap_case(rng, folder):
    names, v, spare = market(rng)
    n, M = len(names), v.sum()
    cap, mode = max(0.02, round(v.max() / M * (0.3 + 0.75 * rng.random()), 3)), rng.choice(["hard", "soft", "follows"])
    start, ramp, steps = int(rng.integers(3, 15)), int(rng.integers(0, 70)), 110
    of = [c for i, c in enumerate(names) if rng.random() < 0.6 or i == np.argmax(v)]
    text = HEAD % (steps, "metal") + sellers(names, v, spare) + (
        "levers: {dependence_cap: {c: {importer: JPN, of: [%s], cap: %r, start: %d, ramp: %d days%s}}}\n" %
        (", ".join(of), float(cap), start, 7 * ramp, {"hard": "", "soft": ", soft: true", "follows": ", capacity: follows"}[mode]))
    r, epochs, share = Result(text, folder), epochs_of(start, ramp, steps), v / M
    bound = open_seen = 0
    for t in sorted(epochs):
        kappa = np.where(share > cap, share + epochs[t] * (cap - share), cap)
        limit = np.where(np.isin(names, of), kappa * M, np.inf)
        if mode != "follows":
            limit = np.minimum(limit, v * (1 + spare))
        if epochs[t] == 0 or not (v > limit * (1 + 1e-12)).any():
            x, left = v, 0.0
        else:
            bound += 1
            x, left = fill(v, limit, M)
            if mode == "soft" and left > 0:
                gave = np.maximum(v - limit, 0)
                x, left = x + left * gave / gave.sum(), 0.0
        open_seen += left > 1e-6 * M
        for c, y in zip(names, x):
            name = "unit/metal/%s/JPN" % c
            near("cap, step %d, base flow of %s" % (t, c), r.at("arc", name, t), y, M)
            near("cap, step %d, shipped from %s" % (t, c), r.paths["shipment"][r.labels["arc"].index(name), t], y, M)
        if t + 2 < steps and done_at(epochs, t + 2) == epochs[t]:  # what is loaded in t arrives in t + 1
            near("cap, step %d, not served" % (t + 2), r.paths["unserved"][0, t + 2], left, M)
    for t in range(steps):  # and between the epochs nothing moves
        for c in names:
            name = "unit/metal/%s/JPN" % c
            near("cap, shipped in step %d" % t, r.paths["shipment"][r.labels["arc"].index(name), t], r.at("arc", name, t), M)
    return "cap", bound > 0, open_seen > 0


# ---- (ii) diversification ----

def diversification_case(rng, folder):
    names, v, spare = market(rng)
    n, M = len(names), v.sum()
    to = list(rng.choice(names, size=int(rng.integers(1, max(2, n - 1))), replace=False))
    rest = [c for c in names if c not in to]
    giving = [c for c in rest if rng.random() < 0.7] or rest
    of = {c: i for i, c in enumerate(names)}
    most = sum(v[of[c]] for c in giving) / M
    share = {c: max(1e-6, math.floor(1e6 * most * rng.random() / len(to)) / 1e6) for c in to}
    level = round(0.3 + 0.7 * rng.random(), 2)
    start, ramp, steps = int(rng.integers(3, 15)), int(rng.integers(0, 70)), 100
    text = HEAD % (steps, "metal") + sellers(names, v, spare) + (
        "levers: {diversification: {d: {mineral: unit, form: metal, importer: JPN, from: [%s], to: {%s}, level: %r, start: %d, ramp: %d days}}}\n" %
        (", ".join(giving), ", ".join("%s: %r" % (c, s) for c, s in share.items()), float(level), start, 7 * ramp))
    r, epochs, limited = Result(text, folder), epochs_of(start, ramp, steps), 0
    for t in range(steps):
        L = level * done_at(epochs, t)
        gain = np.zeros(n)
        for c, s in share.items():  # share(t) = (1 - L) share0 + L share1, as far as the supplier has capacity
            gain[of[c]] = min(L * s * M, v[of[c]] * spare[of[c]])
            limited += L > 0 and L * s * M > v[of[c]] * spare[of[c]]
        x = v + gain
        give = np.array([v[i] if c in giving else 0 for i, c in enumerate(names)])
        x -= gain.sum() * give / give.sum()
        for c, y in zip(names, x):
            name = "unit/metal/%s/JPN" % c
            near("diversification, step %d, %s" % (t, c), r.at("arc", name, t), y, M)
            near("diversification, step %d, shipped from %s" % (t, c), r.paths["shipment"][r.labels["arc"].index(name), t], y, M)
    return "diversification", any(e > 0 for e in epochs.values()), limited > 0


# ---- (iii) recycling ----

def outflow(scale, shape, before, after, t):
    """Share of today's use at the start that reaches its end in step t: inflow exp(growth), lifetimes Weibull, without a beginning."""
    k = np.arange(1, 60 * int(scale))
    F = lambda x: -np.expm1(-(x / scale) ** shape)
    inflow = np.where(t - k >= 0, np.exp(after * (t - k)), np.exp(before * (t - k)))
    return float(np.sum(inflow * (F(k) - F(k - 1))))


def recycling_case(rng, folder):
    names, v, spare = market(rng)
    M, steps = v.sum(), 156
    scale, shape = round(2 + 15 * rng.random(), 2), round(0.8 + 2.5 * rng.random(), 2)
    before, after = round(-0.02 + 0.1 * rng.random(), 3), round(-0.03 + 0.08 * rng.random(), 3)
    collection, recovery = round(0.1 + 0.4 * rng.random(), 2), round(0.5 + 0.5 * rng.random(), 2)
    start, ramp = int(rng.integers(0, 15)), int(rng.integers(0, 90))
    capacity = round(float(M * 0.25 * rng.random()), 3) if rng.random() < 0.5 else math.inf
    text = (HEAD % (steps, "metal") + sellers(names, v, spare)).replace(
        "country: JPN, rate: %r t/step" % float(M), "country: JPN, rate: %r t/step, growth: %r /year" % (float(M), after))
    text += ("levers: {recycling: {r: {mineral: unit, form: metal, country: JPN, collection: %r, recovery: %r, lifetime: {weibull: {scale: %r years, "
             "shape: %r}}, growth_before: %r /year, start: %d, ramp: %d days%s}}}\n" %
             (collection, recovery, scale, shape, before, start, 7 * ramp, "" if math.isinf(capacity) else ", capacity: %r t/step" % capacity))
    r, limited = Result(text, folder), 0
    assert r.flow_step[0] == start and max(np.diff(r.flow_step), default=0) <= QUARTER
    for t in r.flow_step:
        L = min(1, (t - start) / ramp) if ramp else 1.0
        made = L * collection * recovery * M * outflow(scale * YEAR, shape, math.log1p(before) / YEAR, math.log1p(after) / YEAR, t)
        limited += made > capacity
        made = min(made, capacity)
        G = math.exp(math.log1p(after) / YEAR * t)  # base flows are those of the start, and grow with demand
        near("recycling, step %d, made" % t, r.paths["output"][r.labels["site"].index("r"), t], made, M)
        near("recycling, step %d, base output" % t, r.at("site", "r", t), made / G, M)
        for c, y in zip(names, v * (1 - made / G / M)):  # in place of imports, in proportion
            near("recycling, step %d, base flow of %s" % (t, c), r.at("arc", "unit/metal/%s/JPN" % c, t), y, M)
    return "recycling", True, limited > 0


# ---- (iv) dependence looked through ----

def through_case(rng, folder):
    forms, n = ["ore", "oxide", "metal"][:int(rng.integers(2, 4))], int(rng.integers(3, 6))
    names = COUNTRIES[:n] + ["JPN"]
    use = {c: 1 + 10 * rng.random() for c in names}  # of the last form; each form is made where the dice fall, as much as is used
    rows, text = [], HEAD % (30, ", ".join(forms)) + "network:\n  sites:\n"
    demand = "".join("    - {mineral: unit, form: %s, country: %s, rate: %r t/step}\n" % (forms[-1], c, x) for c, x in use.items())
    trade = ""
    for f in reversed(range(len(forms))):
        makers = [c for c in names if c != "JPN" and rng.random() < 0.6] or [names[0]]
        part = rng.random(len(makers)) + 0.1
        made = dict(zip(makers, sum(use.values()) * part / part.sum()))
        for i in names:  # who makes less than it uses buys from all others; some who make nothing sell on
            for j in names:
                resold = 0.3 * use.get(i, 0) if i not in made and rng.random() < 0.3 and j != "JPN" else 0
                if i != j and (resold > 0 or made.get(j, 0) > use.get(j, 0)):
                    trade += "    - {mineral: unit, form: %s, from: %s, to: %s, lag_steps: 1}\n" % (forms[f], j, i)
                if i != j and resold > 0 and j not in made and names.index(j) < names.index(i):
                    trade = trade[:trade.rindex("lag_steps")] + "volume: %r t/step, lag_steps: 1}\n" % resold
        use = {}
        for c, x in made.items():
            y = 0.7 + 0.3 * rng.random() if f else 1
            use[c] = x / y
            kind = "refine, yield: %r" % y if f else "mine"
            rows.append("    %s-%d: {mineral: unit, form: %s, country: %s, kind: %s, output: %r t/step, spare: 200 %%}\n" % (c, f, forms[f], c, kind, x))
    text += "".join(rows) + "  trade:\n" + trade + "  demand:\n" + demand
    text += ("levers: {diversification: {d: {mineral: unit, form: %s, importer: JPN, to: {%s: 25 %%}, start: 10, lag: 7 days, capacity: follows}}}\n" %
             (forms[-1], names[1]))
    r = Result(text, folder)
    assert len(r.flow_label) == 1
    last, spread = forms[-1], 0.0
    for after, table in ((0, 0), (1, 1)):
        volume, output = r.flows["arc"][table], r.flows["site"][table]
        at = {c: i for i, c in enumerate(names)}
        origin = None
        for f in forms:
            # hub i holds (own output + imports): (X + M) o_i = sum of own output x (feed's origin, or itself) + sum of imports x o_j
            A, b = np.zeros((len(names), len(names))), np.zeros((len(names), len(names)))
            for c, i in at.items():
                X = 0.0
                for s, hub in zip(r.net["site"], r.net["site_hub"]):
                    if hub == "unit/%s/%s" % (f, c):
                        X += output[s]
                share = np.eye(len(names))[i] if f == forms[0] else origin[i]
                b[i] += X * share
                A[i, i] += X * round(share.sum())  # what has no feed after the lever is not made, and not in the mixture
            for a, x in volume.items():
                _, form, source, target = a.split("/")
                if form == f:
                    A[at[target], at[target]] += x
                    A[at[target], at[source]] -= x
            empty = np.diag(A) == 0
            A[empty, empty] = 1
            origin = np.linalg.solve(A, b)
            imports = {c: {} for c in names}
            for a, x in volume.items():
                _, form, source, target = a.split("/")
                if form == f:
                    imports[target][source] = x
            for c in ("JPN",):
                M = sum(imports[c].values())
                if not M > 0:
                    continue
                direct = np.array([imports[c].get(s, 0) / M for s in names])
                through = sum(imports[c].get(s, 0) / M * origin[at[s]] for s in names)
                suffix, hub = "_after" if after else "", "unit/%s/%s" % (f, c)
                shares = {k: dict(zip(r.net["dependence"], r.net["dependence_%s%s" % (k, suffix)])) for k in ("direct", "through")}
                for i, s in enumerate(names):
                    for kind, x in (("direct", direct), ("through", through)):
                        near("%s dependence of %s on %s%s" % (kind, hub, s, suffix), shares[kind].get("%s/%s" % (hub, s), 0.0), x[i], 1)
                k = r.net["importer"].index(hub)
                near("concentration of %s%s" % (hub, suffix), r.net["concentration_direct" + suffix][k], (direct ** 2).sum(), 1)
                near("concentration by origin of %s%s" % (hub, suffix), r.net["concentration_through" + suffix][k], (through ** 2).sum(), 1)
                near("origins of %s%s" % (hub, suffix), through.sum(), 1, 1)
                spread = max(spread, abs(direct - through).max())
    names_of = [a for a in r.labels["arc"] if a.startswith("unit/%s/" % last) and a.endswith("/JPN")]
    to = "unit/%s/%s/JPN" % (last, names[1])
    M, had = sum(r.at("arc", a, 0) for a in names_of), r.at("arc", to, 0)
    near("moved", r.at("arc", to, 29) - had, min(0.25 * M, M - had), M)
    return "through", spread > 0.01, False


def main():
    seeds = [int(x) for x in sys.argv[1:]] or [1, 2, 3, 4, 5]
    met = {}
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            rng = np.random.default_rng(seed)
            for case, n in ((cap_case, 6), (diversification_case, 4), (recycling_case, 4), (through_case, 3)):
                for k in range(n):
                    try:
                        kind, acts, limit = case(rng, folder)
                    except Exception as bad:
                        print("FAILED: seed %d, %s %d: %s" % (seed, case.__name__, k, bad))
                        return 1
                    was = met.setdefault(kind, [0, 0, 0])
                    met[kind] = [was[0] + 1, was[1] + acts, was[2] + limit]
    print("%d figures compared; kind: scenarios, of which it acts, of which something limits it: %s" % (compared, met))
    # the scenarios must meet what they are for: caps that bind, shares open, capacities that end, traders in between
    enough = len(seeds) < 5 or (met["cap"][1] >= 15 and met["cap"][2] >= 5 and met["diversification"][2] >= 3 and
                                met["recycling"][2] >= 3 and met["through"][1] >= 8)
    if not enough:
        print("FAILED: too few of the scenarios are of the kinds that they are to test")
    return 0 if enough else 1


sys.exit(main())
