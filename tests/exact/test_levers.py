#!/usr/bin/env python3
"""Levers on the network [7] once more, in NumPy from their definitions, on random scenarios (seeds 1 to 5):
contracts under a dependence cap, diversification over its ramp, what recycling recovers, dependence looked
through.  Compared are the base flows that the result lists (/levers), the shares of /network, and what is
shipped and made on the path, which has no hazards.

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
market: {spot_rounds: 0, cleanup_rounds: 0, cover: 0 days, producer_buffer: 7 days,
         inventory_gain: 0, pipeline_gain: 0}
minerals: {unit: {forms: [%s]}}
tallies: {required_stock: false, trace_paths: 1}
"""
ARC = "    - {mineral: unit, form: %s, from: %s, to: %s, %slag_steps: 1}\n"
SITE = "    %s: {mineral: unit, form: %s, country: %s, kind: %s, output: %r t/step, spare: %r}\n"


class Result:
    """Base flows over time, shares of imports, and the path of one run."""

    def __init__(self, text, folder):
        scenario, out = os.path.join(folder, "levers.yaml"), os.path.join(folder, "levers.h5")
        with open(scenario, "w", encoding="utf-8") as f:
            f.write(text)
        p = subprocess.run([KURA, "run", scenario, "--force", "--threads", "1", "--progress", "none", "-o", out],
                           capture_output=True, text=True)
        if p.returncode:
            raise RuntimeError("%s\n%s" % (p.stderr[-1500:], text))
        with h5py.File(out) as f:
            def read(group):
                return {k: ([x.decode() for x in v[:]] if v.dtype.kind == "O" else v[()])
                        for k, v in f[group].items() if v.dtype.kind in "Ofi"}
            self.net, self.levers, self.paths = read("network"), read("levers"), read("paths")
        self.flow_step = list(self.levers.get("base_flow_step", []))
        self.arcs = self.flows("trade_change", "volume", self.net["arc"], self.net["arc_volume"])
        self.sites = self.flows("output_change", "output", self.net["site"], self.net["site_output"])

    def flows(self, change, figure, names, first):
        """The figure of every object, base flow by base flow, in t/step."""
        table = [dict(zip(names, first / YEAR))]
        for flow in self.levers.get("base_flow", []):
            rows = zip(self.levers.get(change, []), self.levers.get(change + "_base_flow", []),
                       self.levers.get("%s_%s" % (change, figure), []))
            table.append(dict(table[-1]))
            table[-1].update({n: x / YEAR for n, w, x in rows if w == flow})
        return table

    def at(self, table, name, t):
        """Base figure of an object in step t."""
        return table[sum(s <= t for s in self.flow_step)][name]

    def on_path(self, series, dim, name, t):
        return self.paths[series][self.paths[dim].index(name), t, 0]

    def effect(self, what, lever):
        return sum(x for n, x in zip(self.levers["lever"], self.levers[what]) if n == lever) / YEAR


def near(what, got, want, scale):
    global compared
    compared += 1
    if not abs(got - want) <= TOLERANCE * scale:
        raise AssertionError("%s: %.12g, by its definition %.12g" % (what, got, want))


def near_arc(what, r, country, t, want, M):
    """A trade with Japan in step t: as the base flow has it, and as it is shipped."""
    name = "unit/metal/%s/JPN" % country
    near("%s, step %d, base flow of %s" % (what, t, country), r.at(r.arcs, name, t), want, M)
    near("%s, step %d, shipped from %s" % (what, t, country), r.on_path("shipment", "arc", name, t), want, M)


def epochs_of(start, ramp, steps):
    """First steps of the base flows of one lever, a quarter apart over the ramp, then its end; and how much of
    it is done by then."""
    first = [t for t in range(start, steps) if (t - start) % QUARTER == 0 and t < start + ramp]
    first += [start + ramp] if start + ramp < steps else []
    return {t: min(1, (t - start) / ramp) if ramp else 1.0 for t in first}


def done_at(epochs, t):
    past = [s for s in epochs if s <= t]
    return epochs[max(past)] if past else 0.0


def market(rng):
    """Suppliers of Japan with random volumes and, much or little, spare capacity."""
    n = int(rng.integers(2, 7))
    v = np.floor(1000 * rng.random(n) ** 2) / 8 + 0.125
    return COUNTRIES[:n], v, np.floor(rng.choice([10, 150]) * rng.random(n)) / 100


def sellers(names, v, spare, growth=""):
    text = "network:\n  sites:\n"
    text += "".join(SITE % ("m-" + c, "metal", c, "mine", float(x), float(s)) for c, x, s in zip(names, v, spare))
    text += "  trade:\n"
    text += "".join(ARC % ("metal", c, "JPN", "volume: %r t/step, " % float(x)) for c, x in zip(names, v))
    return text + ("  demand: [{mineral: unit, form: metal, country: JPN, rate: %r t/step%s}]\n" %
                   (float(v.sum()), growth))


# ---- dependence cap ----

def fill(v, limit, total):
    """min(limit, level v) that sums to total; what stays open where even all limits are too little."""
    if limit[v > 0].sum() < total:
        return np.where(v > 0, limit, 0), total - limit[v > 0].sum()
    low, high = 0.0, 1.0
    while np.minimum(limit, high * v).sum() < total:
        high *= 2
    for _ in range(200):
        level = (low + high) / 2
        low, high = (level, high) if np.minimum(limit, level * v).sum() < total else (low, level)
    return np.minimum(limit, high * v), 0.0


def capped(v, spare, of, cap, done, mode):
    """Contracts under a cap that is done in part: those moved, what stays open and what stays where it was."""
    M, share = v.sum(), v / v.sum()
    limit = np.where(of, np.where(share > cap, share + done * (cap - share), cap) * M, np.inf)
    if mode != "follows":
        limit = np.minimum(limit, v * (1 + spare))
    if done == 0 or not (v > limit * (1 + 1e-12)).any():
        return v, 0.0, 0.0, 0.0
    x, left = fill(v, limit, M)
    gave = np.maximum(v - limit, 0)
    if mode != "soft":
        return x, left, 0.0, gave.sum()
    return x + left * gave / gave.sum(), 0.0, left, gave.sum()


def cap_case(rng, folder):
    names, v, spare = market(rng)
    cap = max(0.02, round(v.max() / v.sum() * (0.3 + 0.75 * rng.random()), 3))
    mode, M, steps = rng.choice(["hard", "soft", "follows"]), v.sum(), 110
    start, ramp = int(rng.integers(3, 15)), int(rng.integers(0, 70))
    of = np.array([rng.random() < 0.6 or i == np.argmax(v) for i in range(len(names))])
    how = {"hard": "", "soft": ", soft: true", "follows": ", capacity: follows"}[mode]
    r = Result(HEAD % (steps, "metal") + sellers(names, v, spare) + (
        "levers: {dependence_cap: {c: {importer: JPN, of: [%s], cap: %r, start: %d, ramp: %d days%s}}}\n" %
        (", ".join(np.array(names)[of]), float(cap), start, 7 * ramp, how)), folder)
    epochs, opened, moved = epochs_of(start, ramp, steps), 0, 0
    for t in range(steps):
        x, left, kept, wanted = capped(v, spare, of, cap, done_at(epochs, t), mode)
        opened, moved = opened + (left > 1e-6 * M), moved + (wanted > 0)
        for c, y in zip(names, x):
            near_arc("cap", r, c, t, y, M)
        if t + 1 < steps:  # what is loaded in t arrives in t + 1
            near("cap, step %d, not served" % (t + 1), r.paths["unserved"][0, t + 1, 0], left, M)
    if wanted > 0:  # the effect told is that of the last base flow
        for what, y in (("wanted", wanted), ("done", wanted - left - kept), ("uncontracted", left), ("kept", kept)):
            near("cap, %s" % what, r.effect(what, "dependence_cap/c/unit/metal/JPN"), y, M)
    return "cap", moved > 0, opened > 0


# ---- diversification ----

def diversification_case(rng, folder):
    names, v, spare = market(rng)
    n, M, steps, limited = len(names), v.sum(), 100, 0
    to = list(rng.choice(names, size=int(rng.integers(1, max(2, n - 1))), replace=False))
    rest = [c for c in names if c not in to]
    giving = [c for c in rest if rng.random() < 0.7] or rest
    give = np.array([v[i] if c in giving else 0 for i, c in enumerate(names)])
    share = {c: max(1e-6, math.floor(1e6 * give.sum() / M * rng.random() / len(to)) / 1e6) for c in to}
    level, start, ramp = round(0.3 + 0.7 * rng.random(), 2), int(rng.integers(3, 15)), int(rng.integers(0, 70))
    r = Result(HEAD % (steps, "metal") + sellers(names, v, spare) + (
        "levers: {diversification: {d: {mineral: unit, form: metal, importer: JPN, from: [%s], to: {%s}, "
        "level: %r, start: %d, ramp: %d days}}}\n" %
        (", ".join(giving), ", ".join("%s: %r" % x for x in share.items()), level, start, 7 * ramp)), folder)
    epochs = epochs_of(start, ramp, steps)
    for t in range(steps):
        # share(t) = (1 - L) share0 + L share1, as far as the supplier has capacity
        wanted = np.array([level * done_at(epochs, t) * share.get(c, 0) * M for c in names])
        gain = np.minimum(wanted, v * spare)
        limited += (wanted > gain).any()
        for c, y in zip(names, v + gain - gain.sum() * give / give.sum()):
            near_arc("diversification", r, c, t, y, M)
    lever = "diversification/d/unit/metal/JPN"
    near("diversification, wanted", r.effect("wanted", lever), wanted.sum(), M)
    near("diversification, done", r.effect("done", lever), gain.sum(), M)
    return "diversification", True, limited > 0


# ---- recycling ----

def outflow(scale, shape, before, after, t):
    """What reaches the end of its life in step t, over the use at the start: the inflow exp(growth), without a
    beginning, and Weibull lifetimes."""
    k = np.arange(1, 60 * int(scale))
    gone = -np.expm1(-(np.arange(0, 60 * int(scale)) / scale) ** shape)
    return float(np.sum(np.where(t - k >= 0, np.exp(after * (t - k)), np.exp(before * (t - k))) * np.diff(gone)))


def recycling_case(rng, folder):
    names, v, spare = market(rng)
    M, steps, limited = v.sum(), 156, 0
    scale, shape = round(2 + 15 * rng.random(), 2), round(0.8 + 2.5 * rng.random(), 2)
    before, after = round(-0.02 + 0.1 * rng.random(), 3), round(-0.03 + 0.08 * rng.random(), 3)
    collection, recovery = round(0.1 + 0.4 * rng.random(), 2), round(0.5 + 0.5 * rng.random(), 2)
    start, ramp = int(rng.integers(0, 15)), int(rng.integers(0, 90))
    most = round(float(M * 0.25 * rng.random()), 3) if rng.random() < 0.5 else math.inf
    r = Result(HEAD % (steps, "metal") + sellers(names, v, spare, ", growth: %r /year" % after) + (
        "levers: {recycling: {r: {mineral: unit, form: metal, country: JPN, collection: %r, recovery: %r, "
        "lifetime: {weibull: {scale: %r years, shape: %r}}, growth_before: %r /year, start: %d, ramp: %d days%s}}}\n"
        % (collection, recovery, scale, shape, before, start, 7 * ramp,
           "" if math.isinf(most) else ", capacity: %r t/step" % most)), folder)
    assert r.flow_step[0] == start and max(np.diff(r.flow_step), default=0) <= QUARTER
    rates = [math.log1p(before) / YEAR, math.log1p(after) / YEAR]
    for t in r.flow_step:
        L = min(1, (t - start) / ramp) if ramp else 1.0
        made = L * collection * recovery * M * outflow(scale * YEAR, shape, *rates, t)
        limited += made > most
        made, G = min(made, most), math.exp(rates[1] * t)  # base flows are those of the start, and grow with demand
        near("recycling, step %d, made" % t, r.on_path("output", "site", "r", t), made, M)
        near("recycling, step %d, base output" % t, r.at(r.sites, "r", t), made / G, M)
        for c, y in zip(names, v * (1 - made / G / M)):  # in place of imports, in proportion
            near("recycling, step %d, %s" % (t, c), r.at(r.arcs, "unit/metal/%s/JPN" % c, t), y, M)
    return "recycling", True, limited > 0


# ---- dependence looked through ----

def layered_network(rng, forms, names):
    """Each form is made where the dice fall, as much as is used of it; who makes less than it uses buys from all
    who make more, and some who make nothing sell on."""
    use = {c: 1 + 10 * rng.random() for c in names}
    demand = "".join("    - {mineral: unit, form: %s, country: %s, rate: %r t/step}\n" % (forms[-1], c, x)
                     for c, x in use.items())
    sites = trade = ""
    for f in reversed(range(len(forms))):
        makers = [c for c in names if c != "JPN" and rng.random() < 0.6] or [names[0]]
        part = rng.random(len(makers)) + 0.1
        made = dict(zip(makers, sum(use.values()) * part / part.sum()))
        for i in names:
            for j in names:
                trader = j not in made and j != "JPN" and i not in made and names.index(j) < names.index(i)
                if trader and rng.random() < 0.3:
                    trade += ARC % (forms[f], j, i, "volume: %r t/step, " % (0.3 * use.get(i, 0)))
                elif i != j and made.get(j, 0) > use.get(j, 0):
                    trade += ARC % (forms[f], j, i, "")
        use = {}
        for c, x in made.items():
            y = 0.7 + 0.3 * rng.random() if f else 1
            use[c] = x / y
            kind = "refine, yield: %r" % y if f else "mine"
            sites += SITE % ("%s-%d" % (c, f), forms[f], c, kind, x, 2)
    return "network:\n  sites:\n" + sites + "  trade:\n" + trade + "  demand:\n" + demand


def imports_of(volume, form, country):
    rows = [(a.split("/"), x) for a, x in volume.items()]
    return {a[2]: x for a, x in rows if a[1] == form and a[3] == country}


def origins(r, volume, output, form, first, below, names):
    """Where what each hub holds comes from: (X + M) o_i = sum of own output x (origin of its feed, or the country
    itself) + sum of imports x o_j.  What has no feed is not made and not in the mixture."""
    A, b = np.zeros((len(names), len(names))), np.zeros((len(names), len(names)))
    for i, c in enumerate(names):
        X = sum(output[s] for s, hub in zip(r.net["site"], r.net["site_hub"]) if hub == "unit/%s/%s" % (form, c))
        share = np.eye(len(names))[i] if first else below[i]
        b[i] += X * share
        A[i, i] += X * round(share.sum())
        for source, x in imports_of(volume, form, c).items():
            A[i, i] += x
            A[i, names.index(source)] -= x
    empty = np.diag(A) == 0
    A[empty, empty] = 1
    return np.linalg.solve(A, b)


def compare_dependence(r, hub, suffix, names, direct, through):
    for kind, x in (("direct", direct), ("through", through)):
        told = dict(zip(r.net["dependence"], r.net["dependence_%s%s" % (kind, suffix)]))
        for c, y in zip(names, x):
            near("%s dependence of %s on %s%s" % (kind, hub, c, suffix), told.get("%s/%s" % (hub, c), 0.0), y, 1)
        k = r.net["importer"].index(hub)
        near("concentration of %s, %s%s" % (hub, kind, suffix), r.net["concentration_%s%s" % (kind, suffix)][k],
             (x ** 2).sum(), 1)
    near("all origins of %s%s" % (hub, suffix), through.sum(), 1, 1)


def through_case(rng, folder):
    forms = ["ore", "oxide", "metal"][:int(rng.integers(2, 4))]
    names = COUNTRIES[:int(rng.integers(3, 6))] + ["JPN"]
    r = Result(HEAD % (30, ", ".join(forms)) + layered_network(rng, forms, names) + (
        "levers: {diversification: {d: {mineral: unit, form: %s, importer: JPN, to: {%s: 25 %%}, start: 10, "
        "lag: 7 days, capacity: follows}}}\n" % (forms[-1], names[1])), folder)
    spread = 0.0
    for table, suffix in ((0, ""), (-1, "_after")):
        volume, output, origin = r.arcs[table], r.sites[table], None
        for f in forms:
            origin = origins(r, volume, output, f, f == forms[0], origin, names)
            bought = imports_of(volume, f, "JPN")
            direct = np.array([bought.get(c, 0.0) for c in names])
            if direct.sum() > 0:
                direct /= direct.sum()
                compare_dependence(r, "unit/%s/JPN" % f, suffix, names, direct, direct @ origin)
                spread = max(spread, abs(direct - direct @ origin).max())
    before, after = (imports_of(r.arcs[k], forms[-1], "JPN") for k in (0, -1))
    M, had = sum(before.values()), before.get(names[1], 0)
    near("moved", after.get(names[1], 0) - had, min(0.25 * M, M - had), M)
    return "through", spread > 0.01, False


def main():
    seeds, met = [int(x) for x in sys.argv[1:]] or [1, 2, 3, 4, 5], {}
    cases = ((cap_case, 6), (diversification_case, 4), (recycling_case, 4), (through_case, 3))
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            rng = np.random.default_rng(seed)
            for case, k in [(case, k) for case, n in cases for k in range(n)]:
                try:
                    kind, acts, limit = case(rng, folder)
                except (AssertionError, RuntimeError) as bad:
                    print("FAILED: seed %d, %s %d: %s" % (seed, case.__name__, k, bad))
                    return 1
                met[kind] = [a + b for a, b in zip(met.get(kind, [0, 0, 0]), (1, acts, limit))]
    print("%d figures compared; scenarios, of these acting, limited: %s" % (compared, met))
    # caps that bind, shares that stay open, capacities that end, traders in between: all have to be met
    enough = len(seeds) < 5 or (met["cap"][1] >= 25 and met["cap"][2] >= 5 and met["diversification"][2] >= 5 and
                                met["recycling"][2] >= 3 and met["through"][1] >= 10)
    if not enough:
        print("FAILED: too few of the scenarios are of the kinds that they are to test")
    return 0 if enough else 1


sys.exit(main())
