#!/usr/bin/env python3
"""kura against the same model in NumPy and Numba: first do they agree, then how long do they take.

    python3 bench/peers/compare.py [--kura build/kura] [--shape all] [--minerals N] [--steps N] [--runs 9] [--json FILE]
    python3 bench/peers/compare.py --runs 0        # agreement alone

Agreement: per seed, kura and a peer run independent paths; every difference over its standard error must be within 4.89
(level 1e-6 a comparison), and the distance over all minerals together inside the 1e-3 band of its chi-square law.
Time: programs run in turn, so that a machine whose speed drifts slows all alike; ratios are taken inside a round.
Exit 0 agreed, 1 not, 77 skipped (NumPy, Numba or h5py missing)."""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

try:
    import h5py
    import numpy as np
    import numba
except ImportError as missing:
    print("skipped: %s" % missing)
    sys.exit(77)

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import make_subset as ms  # noqa: E402
import numba_peer  # noqa: E402
import numpy_peer  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LEVEL = 4.89  # two-sided 1e-6
BAND = 3.29  # two-sided 1e-3
PATHS = {"trade": 2048, "sites": 2048, "prices": 8192}  # of a run that is timed
BARS = {"NumPy": (10, 25), "Numba": (5, 10)}  # how much slower a peer was to be, at least and aimed at
METRICS = ("LOLE", "EUE", "P(any)", "P(long)", "mean price")


# ---- running kura ----


def run_kura(a, scenario, folder, paths, seed=1, threads=1):
    """Path of the result, (wall, CPU) seconds of the whole process."""
    out = os.path.join(folder, "kura.h5")
    command = [
        a.kura,
        "run",
        scenario,
        "--paths",
        str(paths),
        "--seed",
        str(seed),
        "--threads",
        str(threads),
        "--isa",
        "auto",
        "--progress",
        "none",
        "-o",
        out,
        "--force",
    ]
    before = time.perf_counter()
    p = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    message = p.stderr.read().decode()
    _, status, use = os.wait4(p.pid, 0)
    if status:
        sys.exit("kura failed:\n" + message)
    return out, (time.perf_counter() - before, use.ru_utime + use.ru_stime)


def read_kura(path, long):
    """The path metrics in the order of METRICS, (minerals, paths), and curves and histograms."""
    with h5py.File(path, "r") as f:
        x, s = f["samples"], f["summary"]
        short, longest = x["short_steps"][:], x["longest_deep_spell"][:]
        n = short.shape[1]
        metrics = [short, x["unserved"][:], short > 0, longest >= long, x["mean_price"][:]]
        return metrics, {
            "short": s["shortage_probability"][:],
            "stock": s["stock_days"][:],
            "stock var": s["stock_days_se"][:] ** 2 * (n - 1),
            "price": s["price"][:],
            "price var": s["price_se"][:] ** 2 * (n - 1),
            "stock bins": f["histograms/stock_count"][:],
            "price bins": f["histograms/price_count"][:],
            "n": n,
        }


def read_peer(t, long):
    n = t.short.shape[1]
    mean = t.price / n
    return (
        [t.short, t.unserved, t.short > 0, t.longest >= long, t.mean_price],
        {
            "short": t.short_count / n,
            "stock": t.stock / n,
            "stock var": t.stock2 / n - (t.stock / n) ** 2,
            "price": 1 + mean,
            "price var": t.price2 / n - mean * mean,
            "stock bins": t.stock_bins,
            "price bins": t.price_bins,
            "n": n,
        },
    )


# ---- agreement ----


def as_normal(x, k):
    """A chi-square number of k degrees of freedom as a standard normal one (Wilson and Hilferty)."""
    return ((x / k) ** (1 / 3) - (1 - 2 / (9 * k))) / np.sqrt(2 / (9 * k))


def over_error(difference, variance):
    return np.divide(difference, np.sqrt(variance), out=np.zeros_like(difference), where=variance > 0)


def histogram_distance(a, b):
    """Two-sample chi-square of counts, rare bins put together, as a standard normal number."""
    order = np.argsort(-(a + b), kind="stable")
    a, b = a[order].astype(float), b[order].astype(float)
    full = max(int(np.sum((a + b) * min(a.sum(), b.sum()) / (a.sum() + b.sum()) >= 10)), 1)
    a, b = np.append(a[:full], a[full:].sum()), np.append(b[:full], b[full:].sum())
    keep = (a + b) * min(a.sum(), b.sum()) / (a.sum() + b.sum()) >= 5
    if keep.sum() < 2:
        return 0.0
    na, nb, a, b = a.sum(), b.sum(), a[keep], b[keep]
    x = np.sum((np.sqrt(nb / na) * a - np.sqrt(na / nb) * b) ** 2 / (a + b))
    return float(as_normal(x, keep.sum() - 1))


def log_variance(bins):
    """Variance of the log price in squared widths of a bin, and the variance of that estimate, from counts (..., bins)."""
    n, x = bins.sum(axis=-1), np.arange(bins.shape[-1])
    mean = (bins * x).sum(axis=-1) / n
    centred = x - mean[..., None]
    variance, fourth = ((bins * centred**k).sum(axis=-1) / n for k in (2, 4))
    return variance, (fourth - variance**2) / n


def compare_one(kura, peer, steps):
    """Rows (what, largest |z|, number of comparisons, limit)."""
    rows = []
    for name, x, y in zip(METRICS, kura[0], peer[0]):
        x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        d = x.mean(axis=1) - y.mean(axis=1)
        cov = np.atleast_2d(np.cov(x)) / x.shape[1] + np.atleast_2d(np.cov(y)) / y.shape[1]
        rows.append((name, over_error(d, np.diag(cov)), LEVEL))
        alive = np.diag(cov) > 0
        if alive.any():
            q = d[alive] @ np.linalg.solve(cov[np.ix_(alive, alive)], d[alive])
            rows.append((name + ", all minerals", np.array([as_normal(q, alive.sum())]), BAND))
    k, p = kura[1], peer[1]
    n, m = k["n"], p["n"]
    at = np.linspace(0, steps - 1, 6).astype(int)[1:]
    share = (n * k["short"] + m * p["short"]) / (n + m)
    enough = share * min(n, m) >= 20  # below it the normal law is no measure of counts
    rows.append(
        (
            "P(short) per step",
            over_error(k["short"] - p["short"], np.where(enough, share * (1 - share) * (1 / n + 1 / m), 0))[:, at],
            LEVEL,
        )
    )
    for what in ("stock", "price"):
        rows.append(
            (
                "mean %s per step" % what,
                over_error(k[what] - p[what], k[what + " var"] / n + p[what + " var"] / m)[:, at],
                LEVEL,
            )
        )
    (v, s), (u, r) = (log_variance(c["price bins"][:, at]) for c in (k, p))
    rows.append(("variance of log price per step", over_error(v - u, s + r), LEVEL))
    for what in ("stock", "price"):
        z = np.array(
            [[histogram_distance(k[what + " bins"][i, t], p[what + " bins"][i, t]) for t in at] for i in range(len(k["price"]))]
        )
        rows.append(("histogram of %s per step" % what, z, LEVEL))
    return [(name, float(np.abs(z).max()), int(z.size), limit) for name, z, limit in rows]


def agree(a, subset, scenario, folder):
    """Largest distances per comparison over the seeds; True when all are inside."""
    worst, numbers = {}, {}
    for seed in a.seeds:
        path, _ = run_kura(a, scenario, folder, a.agree_paths, seed, a.threads)
        kura = read_kura(path, subset.long)
        for name, run in (
            ("NumPy", lambda: numpy_peer.simulate(subset, a.agree_paths, seed, min(1024, a.agree_paths))[0]),
            ("Numba", lambda: numba_peer.simulate(subset, a.agree_paths, seed, a.threads)[0]),
        ):
            for what, z, n, limit in compare_one(kura, read_peer(run(), subset.long), subset.steps):
                key = name, what
                worst[key] = max(worst.get(key, (0, limit)), (z, limit))
                numbers[key] = numbers.get(key, 0) + n
    seeds = ", ".join(map(str, a.seeds))
    print("%s: largest distance in standard errors, %d paths each, seeds %s" % (subset.name, a.agree_paths, seeds))
    bad = 0
    for (name, what), (z, limit) in worst.items():
        fails = not z <= limit  # NaN fails
        bad += fails
        print(
            "  %-6s %-32s %5d comparisons  %6.2f of %.2f%s"
            % (name, what, numbers[name, what], z, limit, "  DOES NOT AGREE" if fails else "")
        )
    print("all %d agree" % sum(numbers.values()) if not bad else "%d do not agree" % bad)
    return not bad, [
        {"peer": n, "what": w, "comparisons": numbers[n, w], "largest": z, "limit": l} for (n, w), (z, l) in worst.items()
    ]


def make_mistake(subset, text):
    """Changes one rule of the peers, after kura's scenario is written: RULE.key=value, or a mineral's number=factor."""
    rule, value = text.split("=")
    rule, _, key = rule.partition(".")
    if rule == "parts":  # all sites of a hub as one
        for m in subset.minerals:
            m.parts = [{c: [1.0] for c in form} for form in m.parts]
    elif hasattr(subset.minerals[0], rule):
        for m in subset.minerals:
            setattr(m, rule, getattr(m, rule) * float(value))
    elif rule == "ONSET":
        ms.ONSET = tuple(x * float(value) for x in ms.ONSET)
    else:
        group = getattr(ms, rule)
        (group[-1] if isinstance(group, list) else group)[key] = float(value)


# ---- time ----


def machine():
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as f:
            lines = f.read().splitlines()
        name = next((x.split(":", 1)[1].strip() for x in lines if x.startswith("model name")), name)
        number = next((x.split(":", 1)[1].strip() for x in lines if x.startswith("model\t")), "")
    except OSError:
        number = ""
    return {
        "processor": name,
        "model": number,
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
    }


def quantlib_prices(steps, paths=500):
    """ns a step of one price path without jumps, or None."""
    try:
        import QuantLib as ql
    except ImportError:
        return None
    process = ql.OrnsteinUhlenbeckProcess(0.3, 0.3, 0.0, 0.0)
    uniform = ql.UniformRandomSequenceGenerator(steps, ql.UniformRandomGenerator(1))
    generator = ql.GaussianPathGenerator(
        process, steps * 7 / 365.25, steps, ql.GaussianRandomSequenceGenerator(uniform), False
    )
    generator.next()
    before = time.process_time()
    for _ in range(paths):
        generator.next()
    return 1e9 * (time.process_time() - before) / (paths * steps)


def measure(a, subset, scenario, folder):
    """CPU and wall seconds a path of every program, round by round; the peers' own floors, of the same rounds."""
    block = a.block
    if block == 0:
        block, seconds = numpy_peer.best_block(subset)
        print("NumPy, CPU ms a path by block of paths: " + ", ".join("%d: %.2f" % (b, 1e3 * s) for b, s in seconds.items()))
    paths = a.paths or PATHS[subset.name]
    blocks = max(1, paths // block)
    counts = numpy_peer.simulate(subset, block, 1, block)[2]
    cells = len(subset.minerals) * subset.steps

    def numpy_floor():
        return block, (sum(numpy_peer.floor(counts, block, subset.steps).values()),) * 2

    def numba_floor():
        return 1e9 / cells, (numba_peer.floor(subset)[0],) * 2

    programs = {
        "kura, 1 thread": lambda: (paths, run_kura(a, scenario, folder, paths)[1]),
        "kura, 2 threads": lambda: (paths, run_kura(a, scenario, folder, paths, threads=2)[1]),
        "NumPy, blocks of %d" % block: lambda: (blocks * block, numpy_peer.simulate(subset, blocks * block, 1, block)[1]),
        "Numba, 1 thread": lambda: (paths, numba_peer.simulate(subset, paths, 1, 1)[1]),
        "Numba, 2 threads": lambda: (paths, numba_peer.simulate(subset, paths, 1, 2)[1]),
        "floor of NumPy": numpy_floor,
        "floor of Numba": numba_floor,
        "kura, start and end": lambda: (paths, run_kura(a, scenario, folder, 64)[1]),
    }
    numba_peer.simulate(subset, 128, 1, 2)  # compiled before the clock runs
    seconds = {name: [] for name in programs}
    for _ in range(a.runs):
        for name, run in programs.items():
            n, (wall, cpu) = run()
            seconds[name].append((wall / n, cpu / n))
    return seconds


def quartiles(ratios):
    r = sorted(ratios)
    return [statistics.median(r), r[len(r) // 4], r[-1 - len(r) // 4]]


def verdict(ratio, bar):
    return "reaches the aim" if ratio >= bar[1] else "met" if ratio >= bar[0] else "missed"


def bars(subset, seconds):
    """Peers over kura on the same threads, against what was hoped for; peers over the cost of their draws alone."""
    out = []
    print()
    for name, rows in seconds.items():
        peer = name.split(",")[0]
        if peer not in BARS:
            continue
        base = seconds["kura, 2 threads" if "2 threads" in name else "kura, 1 thread"]
        ratio = quartiles([x[1] / y[1] for x, y in zip(rows, base)])
        over = quartiles([x[1] / y[1] for x, y in zip(rows, seconds["floor of " + peer])])
        bar = BARS[peer]
        say = verdict(ratio[0], bar)
        row = {"program": name, "cpu_over_kura": ratio, "bar": bar[0], "aim": bar[1], "verdict": say, "over_own_floor": over}
        out.append(row)
        print(
            "%s, %s: %.2f (%.2f-%.2f) times kura's CPU, bar %d, aim %d: %s; %.1f (%.1f-%.1f) times its own floor%s"
            % (subset.name, name, *ratio, *bar, say, *over, "" if over[0] <= 4 else ", more than 4")
        )
    return out


def report(a, subset, seconds):
    mineral_steps, object_steps = len(subset.minerals) * subset.steps, subset.objects() * subset.steps
    print(
        "\n%-22s %12s %12s %14s %13s   %s"
        % (
            "program",
            "CPU ms/path",
            "wall ms/path",
            "CPU ns/mineral",
            "CPU ns/object",
            "CPU, wall over kura's, same threads (quartiles)",
        )
    )
    table = {}
    for name, rows in seconds.items():
        base = seconds["kura, 2 threads" if "2 threads" in name else "kura, 1 thread"]
        ratio = [quartiles(x[k] / y[k] for x, y in zip(rows, base)) for k in (1, 0)]
        wall, cpu = (statistics.median(x[k] for x in rows) for k in (0, 1))
        table[name] = {
            "cpu_s_per_path": cpu,
            "wall_s_per_path": wall,
            "ns_per_mineral_step": 1e9 * cpu / mineral_steps,
            "ns_per_object_step": 1e9 * cpu / object_steps,
            "cpu_ratio": ratio[0],
            "wall_ratio": ratio[1],
            "rounds": rows,
        }
        print(
            "%-22s %12.3f %12.3f %14.0f %13.1f   %.2f (%.2f-%.2f), %.2f (%.2f-%.2f)"
            % (name, 1e3 * cpu, 1e3 * wall, 1e9 * cpu / mineral_steps, 1e9 * cpu / object_steps, *ratio[0], *ratio[1])
        )
    return table


def one_shape(a, name):
    """Agreement and time of one shape; a dictionary for the report."""
    subset = ms.build(name, a.minerals, a.countries, a.steps)
    result = {"minerals": len(subset.minerals), "steps": subset.steps, "objects": subset.objects()}
    print("\n%s: %d minerals, %d steps of %g days, %d objects" % (name, *list(result.values())[:2], subset.step_days, subset.objects()))
    result["paths"] = a.paths or PATHS[name]
    with tempfile.TemporaryDirectory() as folder:
        scenario = ms.write(subset, folder)
        if a.mistake:
            make_mistake(subset, a.mistake)
        result["agrees"], result["agreement"] = agree(a, subset, scenario, folder)
        if a.runs > 0:
            seconds = measure(a, subset, scenario, folder)
            result["time"] = report(a, subset, seconds)
            result["bars"] = bars(subset, seconds)
    sys.stdout.flush()
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kura", default=os.environ.get("KURA_BINARY", os.path.join(ROOT, "build", "kura")))
    ms.add_size(parser, ("all",) + tuple(ms.SHAPES))
    parser.add_argument("--paths", type=int, default=0, help="of a timed run; 0: as the shape has it")
    for name, default in (("runs", 9), ("agree-paths", 4096), ("threads", 2)):
        parser.add_argument("--" + name, type=int, default=default)
    parser.add_argument("--block", type=int, default=0, help="paths a block of the NumPy peer; 0: the fastest of 64 to 4096")
    parser.add_argument("--seeds", default="1,2,3,4,5")
    parser.add_argument("--mistake", help="a rule of the peers made wrong, for the test of the test")
    parser.add_argument("--json")
    a = parser.parse_args()
    a.seeds = [int(x) for x in a.seeds.split(",")]
    result = {"machine": machine()}
    print(
        "%(processor)s (model %(model)s), %(cores)d cores, load %(load).1f, Python %(python)s, NumPy %(numpy)s, Numba %(numba)s"
        % result["machine"]
    )
    result["shapes"] = {name: one_shape(a, name) for name in (ms.SHAPES if a.shape == "all" else [a.shape])}
    if a.runs > 0:
        result["quantlib_ns_per_price_step"] = quantlib_prices(260)
        if result["quantlib_ns_per_price_step"]:
            print("QuantLib, one price without jumps alone: %.0f ns a step" % result["quantlib_ns_per_price_step"])
    if a.json:
        with open(a.json, "w", encoding="utf-8") as f:
            json.dump(result, f, indent=1)
    return 0 if all(r["agrees"] for r in result["shapes"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
