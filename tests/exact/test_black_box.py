"""Scenarios drawn from seeds 1 to 5, written from the documentation alone, against exact answers (black_box).

Alone: KURA_BINARY=build/kura python3 tests/exact/test_black_box.py [-v] [FAMILY ...]; -v prints all figures."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "black_box"))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
try:
    import h5py  # noqa: F401
    import numpy  # noqa: F401
    from scipy import stats
except ImportError as missing:
    print(f"skipped: {missing}; on Debian: apt-get install python3-h5py python3-numpy python3-scipy")
    sys.exit(77)

import box
import demand
import levers
import money
import prices
import risk

MODULES = (prices, demand, levers, money, risk)


def main(words):
    sheet, wanted = box.Sheet(), [w for w in words if w != "-v"]
    for module in MODULES:
        for family in module.FAMILIES:
            if wanted and family.__name__ not in wanted:
                continue
            began = sum(os.times()[:4])
            for seed in getattr(module, "SEEDS", {}).get(family.__name__, range(1, 6)):
                sheet.family, sheet.seed = family.__name__, seed
                family(sheet, seed)
            if "-v" in words:
                print(f"{family.__name__}: {sum(os.times()[:4]) - began:.1f} s")
    failures = sheet.failures()
    for row in sheet.rows if "-v" in words else failures:
        print("%-15s %d  %-62s exact %14.9g kura %14.9g %+9.3g %s" % row)
    # Figures of a run go together, so the sum is wider than chi-square: factor 4 in the degrees of freedom.
    low, high = (4 * stats.chi2.ppf(q, max(sheet.count, 1) / 4) for q in (1e-4, 1 - 1e-4))
    print(
        f"{len(sheet.rows)} figures, {len(failures)} apart; {sheet.count} of chance, sum of squares {sheet.squares:.1f}"
        f" (between {low:.0f} and {high:.0f})"
    )
    return bool(failures) or not (wanted or low < sheet.squares < high)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
