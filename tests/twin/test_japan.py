"""The exogenous layer of the Japan scenario, all minerals, paths 0 to 23, recomputed with NumPy: see test_exogenous.py.
Takes 3 GB of memory and minutes; skipped (77) where less is free."""
import sys

from test_exogenous import main

NEEDED = 4 << 20  # KiB


def available():
    """KiB, or None where /proc does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return None


if __name__ == "__main__":
    free = available()
    if free is not None and free < NEEDED:
        print("skipped: %d MB of memory are free, %d are needed" % (free >> 10, NEEDED >> 10))
        sys.exit(77)
    sys.exit(main(["japan"], "exogenous_japan"))
