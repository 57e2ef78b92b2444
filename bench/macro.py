#!/usr/bin/env python3
"""Macro benchmark: the Japan scenario as a whole process, as ratios within one run.

    python3 bench/macro.py [--kura build/kura] [--paths 2048] [--runs 5] [--json bench.json]

Variants are run in turn, A B C A B C ..., so that a machine whose speed drifts slows all alike; a ratio is the median over the
rounds of the ratio inside a round.  Python 3, standard library only."""
import argparse
import json
import os
import platform
import statistics
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kura", default=os.path.join(ROOT, "build", "kura"))
    parser.add_argument("--scenario", default=os.path.join(ROOT, "configs", "japan", "japan.yaml"))
    parser.add_argument("--paths", type=int, default=2048)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json")
    a = parser.parse_args()
    variants = {"1 thread": ["--threads", "1"], "2 threads": ["--threads", "2"], "1 thread, isa v3": ["--threads", "1", "--isa", "v3"],
                "1 thread, isa baseline": ["--threads", "1", "--isa", "baseline"],
                "1 thread, no required stock": ["--threads", "1", "--set", "tallies.required_stock=false"]}
    seconds = {v: [] for v in variants}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(a.runs):
            for name, options in variants.items():
                command = [a.kura, "run", a.scenario, "--paths", str(a.paths), "--progress", "none", "-o",
                           os.path.join(folder, "x.h5"), "--force"] + options
                before = time.perf_counter()
                done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                if done.returncode == 0:
                    seconds[name].append(time.perf_counter() - before)
    base = seconds["1 thread"]
    result = {"machine": platform.processor() or platform.machine(), "paths": a.paths, "runs": a.runs, "variants": {}}
    print("%-30s %10s %10s %22s" % ("variant", "median s", "paths/s", "time / 1 thread (spread)"))
    for name, s in seconds.items():
        if not s:
            print("%-30s %10s" % (name, "absent"))
            continue
        ratio = [x / y for x, y in zip(s, base)]
        result["variants"][name] = {"seconds": s, "ratio_median": statistics.median(ratio)}
        print("%-30s %10.2f %10.0f %10.3f (%.3f-%.3f)" % (name, statistics.median(s), a.paths / statistics.median(s),
                                                         statistics.median(ratio), min(ratio), max(ratio)))
    if a.json:
        with open(a.json, "w", encoding="utf-8") as f:
            json.dump(result, f, indent=1)


main()
