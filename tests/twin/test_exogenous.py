"""The exogenous layer recomputed with NumPy and SciPy, path by path, from the same random streams: see README.md.

    test_exogenous.py [CASE ...]     cases: generated-1 ... generated-5, an example of configs/elements, japan (test_japan.py)

Exit 77 (skipped) when NumPy, SciPy, h5py or PyYAML is missing."""
import contextlib
import os
import re
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
    import scipy
    import yaml  # noqa: F401
    from numpy.random import PCG64DXSM  # noqa: F401
except ImportError as error:
    print("skipped: NumPy with PCG64DXSM, SciPy, h5py and PyYAML are needed:", error)
    sys.exit(77)

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import exogenous  # noqa: E402
import generate  # noqa: E402
import laws  # noqa: E402
import streams  # noqa: E402
from scenario import Scenario, split  # noqa: E402
import math  # noqa: E402

KURA = os.environ.get("KURA_BINARY", "build/kura")
SOURCE = os.environ.get("KURA_SOURCE_DIR", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
EXACT = 1e-12  # of a number of the size of 1: the difference of two libraries' exp, log and inverse normal
TABLE = 1e-9   # of a share where kura reads a beta quantile from a table
LIFE = 3e-9    # of a time where it reads the rest of a life from one

EXAMPLES = os.path.join(SOURCE, "configs", "elements")


def is_known(name):
    """Levers and inputs that are drawn are not for this program: the first change the network, the second every path."""
    with open(os.path.join(EXAMPLES, name), encoding="utf-8") as f:
        return not re.search(r"^(levers|ignorance):", f.read(), re.M)


ELEMENTS = sorted(name[:-5] for name in os.listdir(EXAMPLES) if name.endswith(".yaml") and is_known(name))
GENERATED = {"generated-%d" % n: (generate.scenario, n) for n in range(1, 6)}
BASKETS = {"baskets-%d" % n: (generate.baskets, n) for n in range(1, 6)}
GENERATED_PATHS, ELEMENT_PATHS, JAPAN_PATHS = 24, 16, 24
QUANTUM = 2e-10  # of an output: it is rounded down to the lattice
SERIES = ("regime", "availability", "openness", "detour", "announced", "log_price", "scarcity")
OBJECTS = ("country", "site", "arc", "hub", "mineral")


class Case:
    """A run of kura and the scenario behind it."""

    def __init__(self, name, file, paths):
        self.name, self.paths = name, paths
        sets = ["run.paths=%d" % paths, "tallies={trace_paths: %d, required_stock: false, samples: false}" % paths]
        options = [x for s in sets for x in ("--set", s)]
        text = subprocess.run([KURA, "check", file, "--print-resolved", *options], capture_output=True, text=True, check=True).stdout
        with tempfile.TemporaryDirectory() as folder:
            result = os.path.join(folder, "result.h5")
            subprocess.run([KURA, "run", file, "-o", result, *options], capture_output=True, text=True, check=True)
            more = ("output",) if name in BASKETS else ()
            with h5py.File(result, "r") as f:
                self.paths_of = {k: f["paths"][k][()] for k in SERIES + more + OBJECTS if k in f["paths"]}
                self.events = {k: v[()] for k, v in f["events"].items()} if "events" in f else {}
        self.scenario = Scenario(text, os.path.dirname(file))
        self.world = exogenous.World(self.scenario)

    def labels(self, dimension):
        return [x.decode() if isinstance(x, bytes) else x for x in self.paths_of.get(dimension, [])]

    def kura(self, series, row, path):
        return self.paths_of[series][row, :, path]


class Tally:
    """Values compared of one series: how many, how far apart at most, the first that is too far."""

    def __init__(self, tolerance):
        self.tolerance, self.values, self.worst, self.first, self.moves = tolerance, 0, 0.0, None, False

    def compare(self, mine, theirs, where):
        mine, theirs = np.asarray(mine, dtype=float), np.asarray(theirs, dtype=float)
        far = np.abs(mine - theirs) / np.maximum(1.0, np.abs(theirs))
        far = np.where(np.isnan(far), np.inf, far)
        self.values += mine.size
        self.moves |= bool(np.any(theirs != theirs.flat[0])) if theirs.size > 1 else bool(np.any(theirs))
        self.worst = max(self.worst, float(far.max(initial=0.0)))
        if self.first is None and self.worst > self.tolerance:
            t = int(np.argmax(far > self.tolerance))
            self.first = "%s, step %d: twin %.17g, kura %.17g" % (where, t, mine.flat[t], theirs.flat[t])

    @property
    def holds(self):
        return self.worst <= self.tolerance


def site_precision(world, site):
    """A time from a table is at most the run, so its error is at most that many steps."""
    outages = [o for o in world.outages if world.s.selects(o.given.get("select"), site)]
    if any(o.tabulated_time() for o in outages):
        return LIFE * world.T
    beta = any(o.derating.tabulated for o in outages) or any(p.severity.tabulated for p, at in world.shocks if site in at)
    return TABLE if beta else EXACT


def arc_precision(world, label):
    x = world.arcs[label]
    parts = [p for r in (exogenous.words(x.get("routes")) or []) for p in world.routes[r] if p]
    decrees = [d for d in world.decrees if d.exporter == x["from"] and d.mineral == x["mineral"]]
    return TABLE if any(p.severity.tabulated for p in parts) or any(d.tabulated() for d in decrees) else EXACT


def compare_path(case, path, tallies, sums):
    """One path of the twin against the series of kura."""
    world, burn = case.world, case.scenario.burn
    twin = world.path(path)

    def put(series, tolerance, mine, theirs, row):
        name = series + (", shares from tables" if tolerance == TABLE else ", times from tables" if tolerance > QUANTUM else "")
        tallies.setdefault(name, Tally(tolerance)).compare(mine, theirs, "%s of %s, path %d" % (series, row, path))

    for row, iso in enumerate(case.labels("country")):
        put("regime", 0.0, twin.regime[iso][burn:], case.kura("regime", row, path), iso)
    for row, site in enumerate(case.labels("site")):
        put("availability", site_precision(world, site), twin.available[site][burn:], case.kura("availability", row, path), site)
        if "output" in case.paths_of:
            host, base = next(x["host"] for x in case.scenario.hosts if x["site"] == site), split(case.scenario.sites[site]["output"])[0]
            put("output over base", QUANTUM, (twin.activity[host] * twin.available[site])[burn:], case.kura("output", row, path) / base,
                site)
    for row, arc in enumerate(case.labels("arc")):
        put("openness", arc_precision(world, arc), twin.openness[arc][burn:], case.kura("openness", row, path), arc)
        put("detour", 0.0, twin.detour[arc][burn:], case.kura("detour", row, path), arc)
    for row, hub in enumerate(case.labels("hub")):
        told = twin.announced.get(hub, np.zeros(world.T))
        put("announced", 0.0, told[burn:], case.kura("announced", row, path), hub)
    for row, mineral in enumerate(case.labels("mineral")):
        if mineral in twin.log_price:
            premium = math.log(split((case.scenario.minerals[mineral]["price"].get("scarcity")) or "1")[0])
            theirs, first = case.kura("log_price", row, path), 0
            if premium:  # the scarcity of the step before is fed back: it is in the file, but for what was before the start
                theirs = theirs - premium * np.concatenate([[0.0], case.kura("scarcity", row, path)[:-1]])
                first = 1
            put("log price", EXACT, twin.log_price[mineral][burn + first:], theirs[first:], mineral)
    for label, n in twin.counts.items():
        both = sums.setdefault(label, [0, 0])
        both[0] += n
        both[1] += n * n


def compare_events(case, sums, tallies):
    """Counts over all paths: the sum from the mean, the sum of squares from the standard error."""
    N = case.paths
    tally = tallies.setdefault("events", Tally(1e-10))
    labels = [x.decode() if isinstance(x, bytes) else x for x in case.events.get("event", [])]
    for i, label in enumerate(labels):
        total, squares = sums.get(label, (0, 0))
        mean = case.events["expected_events"][i]
        tally.compare([total], [mean * N], "events of " + label)
        tally.compare([math.sqrt(max(0.0, squares / N - (total / N) ** 2) / (N - 1))], [case.events["expected_events_se"][i]],
                      "spread of the events of " + label)


def compare(case, paths=None):
    tallies, sums = {}, {}
    for path in range(case.paths) if paths is None else paths:
        compare_path(case, path, tallies, sums)
    if paths is None:
        compare_events(case, sums, tallies)
    return tallies, sums


# ---- mistakes made on purpose ----

@contextlib.contextmanager
def patched(owner, name, value):
    kept = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, kept)


def mistakes():
    steps, event, generator = streams.Streams.steps, streams.Streams.event, streams.Streams._generator
    profile, expm = exogenous.Profile.__init__, exogenous.linalg.expm
    begins = exogenous.Path.begins

    def next_path(self, key):
        self.path += 1
        try:
            return generator(self, key)
        finally:
            self.path -= 1

    def exchanged(self, of, types, uniform, *more):
        profile(self, of, types, lambda slot: uniform({2: 3, 3: 2}.get(slot, slot)), *more)

    def rate_as_probability(self, d, t, u, multiple):
        return u > 1 - d.onset[self.regime_of(d, t)] * d.rate[t] * multiple * self.s.years

    return (
        ("number of a step one too high", streams.Streams, "steps", lambda s, key, n, T: steps(s, key, n, T + 1)[1:]),
        ("number of an event one too high", streams.Streams, "event", lambda s, key, n, e, slot: event(s, key, n, e + 1, slot)),
        ("path p + 1 for path p", streams.Streams, "_generator", next_path),
        ("severity and duration in each other's slot", exogenous.Profile, "__init__", exchanged),
        ("onset with probability rate times step", exogenous.Path, "begins", rate_as_probability),
        ("chain I + G dy instead of exp(G dy)", exogenous.linalg, "expm", lambda g: np.eye(3) + g),
        ("equilibrium start by the law itself", laws.Law, "residual_quantile", laws.Law.quantile),
        ("Gaussian instead of t copula", exogenous.laws, "student_cdf", lambda z, nu: laws.normal_cdf(z)),
        ("jump count rounded down to 1", exogenous.laws, "poisson_quantile",
         lambda u, mean: np.minimum(1, laws_poisson(u, mean))),
        ("notice of no length", exogenous.Path, "write", lambda s, i, k, p, told, begin, age: write(s, i, k, p, told, told, age)),
    )


laws_poisson, write = laws.poisson_quantile, exogenous.Path.write


# ---- rows of the trust page ----

class Rows:
    def __init__(self, program):
        folder = os.environ.get("KURA_TRUST_DIR")
        self.file = open(os.path.join(folder, program + ".tsv"), "w", encoding="utf-8") if folder else None

    def put(self, sort, run, exact, kura, tolerance, holds, claim):
        if self.file:
            row = [sort, "Exogenous layer against NumPy", run, "%.17g" % exact, "%.17g" % kura, "%.17g" % tolerance, "0",
                   "holds" if holds else "FAILS", claim, "tests/twin, the same streams by NumPy", "tests/twin",
                   "tests/twin/test_exogenous.py " + run]
            self.file.write("\t".join(row) + "\n")
            self.file.flush()


def report(case, tallies, happened, rows):
    ok = True
    for series, t in sorted(tallies.items()):
        if not t.values:
            continue
        claim = "%d values of %s on %d paths: largest deviation" % (t.values, series, case.paths)
        print("trust: %s: %s | exact 0 | kura %.3g | within %.2g%s" % (case.name, claim, t.worst, t.tolerance, "" if t.holds else " | FAILS"))
        if t.first:
            print("  first: %s" % t.first)
        rows.put("equal", case.name, 0, t.worst, t.tolerance, t.holds, claim)
        ok &= t.holds
    print("  %s: %d events" % (case.name, happened))
    return ok


def report_coverage(case, tallies, sums):
    """Every kind of hazard strikes, every series moves and every regime is met: else little is compared."""
    missing = [k for k, t in tallies.items() if not t.moves]
    missing += [k for k in ("restriction", "outage", "shock", "chokepoint")
                if not sum(n for label, (n, _) in sums.items() if label.split("/")[0] == k)]
    missing += ["regime %d" % r for r in range(3) if not np.any(case.paths_of["regime"] == r)]
    if missing:
        print("  %s: does not reach %s" % (case.name, ", ".join(missing)))
    return not missing


def report_mistakes(cases, rows):
    """Each mistake must show in some generated scenario, within its first paths."""
    ok = True
    for name, owner, attribute, wrong in mistakes():
        seen = {}
        for case in cases:
            with patched(owner, attribute, wrong):
                case.world.chains.clear()
                tallies, _ = compare(case, range(4))
            case.world.chains.clear()
            seen = {k.split(",")[0]: sum(t.worst for n, t in tallies.items() if n.startswith(k.split(",")[0]))
                    for k, t in tallies.items() if not t.holds}
            if seen:
                break
        print("trust: %s: twin: %s | %s" % (case.name, name, "seen in " + ", ".join(sorted(seen)) if seen else "NOT SEEN"))
        rows.put("twin", case.name, 0, max(seen.values(), default=0), 0, bool(seen), name)
        ok &= bool(seen)
    return ok


def make(name, folder):
    if name in GENERATED or name in BASKETS:
        write_scenario, seed = {**GENERATED, **BASKETS}[name]
        file = os.path.join(folder, name + ".yaml")
        with open(file, "w", encoding="utf-8") as f:
            f.write(write_scenario(seed, GENERATED_PATHS))
        return Case(name, file, GENERATED_PATHS)
    if name == "japan":
        return Case(name, os.path.join(SOURCE, "configs", "japan", "japan.yaml"), JAPAN_PATHS)
    return Case(name, os.path.join(SOURCE, "configs", "elements", name + ".yaml"), ELEMENT_PATHS)


def main(names, program="exogenous"):
    rows, ok, values, worst, generated = Rows(program), True, 0, 0.0, []
    with tempfile.TemporaryDirectory() as folder:
        for name in names or [*GENERATED, *BASKETS, *ELEMENTS]:
            case = make(name, folder)
            tallies, sums = compare(case)
            ok &= report(case, tallies, sum(x[0] for x in sums.values()), rows)
            values += sum(t.values for t in tallies.values())
            worst = max([worst] + [t.worst for t in tallies.values() if t.tolerance <= EXACT])
            if name in GENERATED:
                generated.append(case)
                ok &= report_coverage(case, tallies, sums)
        if generated and not names:
            ok &= report_mistakes(generated, rows)
    print("%d values compared, NumPy %s, SciPy %s; largest deviation without tables %.3g" % (values, np.__version__,
                                                                                             scipy.__version__, worst))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
