"""Differences of two runs as `kura compare A.h5 B.h5` and a study give them, against NumPy: from /samples alone, by textbook
formulas in two passes, and for quantiles by a paired bootstrap over paths.  Skipped without h5py or numpy."""
import os
import subprocess
import sys

try:
    import h5py
    import numpy as np
except ImportError:
    print("skipped: python3-h5py and python3-numpy are not installed")
    sys.exit(77)

ROOT, KURA, TMP = os.environ["KURA_SOURCE_DIR"], os.environ["KURA_BINARY"], os.environ["KURA_TEST_TMP"]
ELEMENTS = os.path.join(ROOT, "configs/elements")
N, STEP, BOOT = 4096, 7.0, 400


def run(name, file):
    path = os.path.join(TMP, "numpy-%s.h5" % name)
    subprocess.run([KURA, "run", os.path.join(ELEMENTS, file), "--paths", str(N), "-o", path, "--force", "--progress", "none"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return h5py.File(path, "r")


study, base = run("study", "study.yaml"), run("base", "policies/two-minerals.yaml")
policies = {"stock": run("stock", "policies/stock.yaml"), "diplomacy": run("diplomacy", "policies/diplomacy.yaml")}
names = [x.decode() for x in study["policies/policy"][()]]
minerals = [x.decode() for x in base["samples/mineral"][()]]
years = float(np.ravel(base.attrs["horizon_years"])[0])
bad = 0


def check(what, got, want, tolerance):
    global bad
    fine = np.isclose(got, want, rtol=tolerance, atol=1e-12 + tolerance * 1e-3)
    bad += not fine
    print("%-64s %.10g, NumPy %.10g%s" % (what, got, want, "" if fine else "   DIFFERS"))


def error(x):
    return np.sqrt(np.sum((x - x.mean()) ** 2) / (len(x) * (len(x) - 1)))


def cvar(x):
    v = np.sort(x)[int(np.ceil(0.95 * len(x))) - 1]
    return v + np.maximum(x - v, 0).mean() / 0.05, v + np.maximum(x - v, 0) / 0.05


def quantile(x, q):
    return np.sort(x)[int(np.ceil(q * len(x) - 1e-9)) - 1]


rng = np.random.default_rng(1)
draws = [rng.integers(0, N, N) for _ in range(BOOT)]
confidence = study["policies/confidence"][()]
for policy, file in policies.items():
    p = names.index(policy)
    for m, mineral in enumerate(minerals):
        def of(name):
            return study["policies/" + name][p, m]
        a = {k: base["samples/" + k][m] for k in base["samples"] if base["samples/" + k].ndim == 2}
        b = {k: file["samples/" + k][m] for k in file["samples"] if file["samples/" + k].ndim == 2}
        label = "%s, %s: " % (policy, mineral)
        d = STEP / years * (b["short_steps"] - a["short_steps"])
        check(label + "LOLE", of("loss_of_load_expectation_difference"), d.mean(), 1e-11)
        check(label + "error of LOLE", of("loss_of_load_expectation_difference_se"), error(d), 1e-9)
        short = (b["short_steps"] > 0) * 1.0 - (a["short_steps"] > 0)
        check(label + "P(shortage)", of("shortage_probability_any_difference"), short.mean(), 1e-11)
        check(label + "error of P(shortage)", of("shortage_probability_any_difference_se"), error(short), 1e-9)
        r = [x["unserved"].sum() / x["demand"].sum() for x in (a, b)]
        form = [1e6 * (x["unserved"] - k * x["demand"]) / x["demand"].mean() for x, k in zip((a, b), r)]
        check(label + "NEUE", of("normalised_expected_unserved_difference"), 1e6 * (r[1] - r[0]), 1e-9)
        check(label + "error of NEUE", of("normalised_expected_unserved_difference_se"), error(form[1] - form[0]), 1e-9)
        c = [cvar(x["unserved"]) for x in (a, b)]
        check(label + "CVaR", of("cvar95_unserved_difference"), c[1][0] - c[0][0], 1e-9)
        check(label + "error of CVaR", of("cvar95_unserved_difference_se"), error(c[1][1] - c[0][1]), 1e-7)
        changed = np.count_nonzero(b["unserved"] != a["unserved"])
        check(label + "paths that differ", of("expected_unserved_difference_paths"), changed, 0)
        if mineral != "gallium":
            continue
        use = base["adequacy/base_use"][m]
        x, y = (np.where(k["irreducible"] > 0, np.inf, k["required_stock"]) / use * 365.25 for k in (a, b))
        for level in (0.9, 0.95):  # an error of an error by 400 draws: 4 %; that of a density by its interval: some 5 %
            j = int(np.argmin(abs(confidence - level)))
            check(label + "stock %g" % level, of("required_stock_days_difference")[j], quantile(y, level) - quantile(x, level), 1e-9)
            boot = np.std([quantile(y[i], level) - quantile(x[i], level) for i in draws], ddof=1)
            check(label + "error of stock %g, bootstrap" % level, of("required_stock_days_difference_se")[j], boot, 0.2)
sys.exit(1 if bad else 0)
