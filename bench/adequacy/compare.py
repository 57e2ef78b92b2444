#!/usr/bin/env python3
"""kura against two programs of generation adequacy on the Roy Billinton Test System: do they agree, and how long do they take.

    python3 bench/adequacy/compare.py [--build FOLDER] [--rounds 9] [--json FILE]
    python3 bench/adequacy/compare.py --rounds 0       # agreement alone

Agreement: LOLE, EUE and LOLF of all seeds together, against the exact figures and, of the programs, against kura; |z| at most
4.89 (level 1e-6 a comparison).  Time: CPU of whole processes a simulated year, one thread each, programs in turn; ratios are
taken inside a round.  Exit 0 agreed, 1 not.  Python 3, standard library only."""
import argparse
import json
import math
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from measure import ROOT, build, cell, machine, run, samples, spread, table  # noqa: E402

SCENARIO = os.path.join(ROOT, "configs", "reliability", "rbts.yaml")
LOAD = os.path.join(ROOT, "configs", "reliability", "load.csv")
EXACT = {"lole": 1.091560473, "eue": 9.861350704, "lolf": 0.2180692404}  # configs/reliability/README.md
SHOWN = {"lole": "expected_short_steps", "eue": "expected_unserved", "lolf": "loss_of_load_events"}
LEVEL = 4.89
BAR = 3  # hourly over kura, at least


class Programs:
    """Where they are, and one run of each."""

    def __init__(self, folder, scratch, mistake):
        self.folder, self.result = folder, os.path.join(scratch, "rbts.h5")
        self.kura = os.path.join(folder, "kura")
        self.last = [str(mistake)] if mistake != 1 else []

    def command(self, name, years, seed):
        if name == "kura":
            return [self.kura, "run", SCENARIO, "--paths", str(years), "--seed", str(seed), "--threads", "1", "--progress", "none", "-o",
                    self.result, "--force"]
        return [os.path.join(self.folder, "bench", "adequacy_" + name), LOAD, str(years), str(seed)] + self.last

    def figures(self, name, years, seed):
        """LOLE, EUE, LOLF and their standard errors."""
        if name != "kura":
            return samples(self.command(name, years, seed))[0]
        run(self.command(name, years, seed))
        out = {}
        for k, variable in SHOWN.items():
            for suffix in ("", "_se"):
                shown = run([self.kura, "show", self.result, "summary/" + variable + suffix])["out"]
                out[k + suffix] = float(re.search(r"^power\s+([0-9.e+-]+)", shown, re.M).group(1))
        return out


def pooled(programs, name, years, seeds):
    """Means over the seeds."""
    each = [programs.figures(name, years, s) for s in seeds]
    out = {k: sum(e[k] for e in each) / len(each) for k in EXACT}
    out.update({k + "_se": math.sqrt(sum(e[k + "_se"] ** 2 for e in each)) / len(each) for k in EXACT})
    return out


def agree(programs, years, seeds):
    """Prints all comparisons; the number of those too far apart."""
    found = {name: pooled(programs, name, n, seeds) for name, n in years.items()}
    rows, far, out = [], 0, []
    for name, f in found.items():
        for k in EXACT:
            for against, value, se in [("exact", EXACT[k], 0)] + ([("kura", found["kura"][k], found["kura"][k + "_se"])] if name != "kura" else []):
                z = (f[k] - value) / math.hypot(f[k + "_se"], se)
                far += abs(z) > LEVEL
                rows.append([name, k.upper(), "%.5g" % f[k], "%.2g" % f[k + "_se"], against, "%.10g" % value, "%.2f" % z, "" if abs(z) <= LEVEL else "DOES NOT AGREE"])
                out.append({"program": name, "figure": k, "value": f[k], "se": f[k + "_se"], "against": against, "reference": value, "z": z})
    table("Agreement, seeds %s together; years a seed: %s" % (", ".join(map(str, seeds)), ", ".join("%s %d" % x for x in years.items())),
          ["", "", "value", "error", "against", "", "z", ""], rows)
    return far, out


def times(programs, years, rounds):
    """CPU seconds a year of every program and round."""
    cost = {name: [] for name in years}
    for r in range(rounds):
        for name, n in years.items():
            used = run(programs.command(name, n, r + 1))
            cost[name].append((used["user_s"] + used["system_s"]) / n)
    ratio = {name: spread([x / y for x, y in zip(v, cost["kura"])]) for name, v in cost.items()}
    table("Time, %d rounds in turn: CPU of whole processes, one thread" % rounds, ["", "years", "us a year", "years a second", "CPU over kura's"],
          [[name, years[name], cell(spread([1e6 * x for x in v])), "%.0f" % (1 / spread(v)["median"]), cell(ratio[name])] for name, v in cost.items()])
    print("  hourly over kura: %.2f, bar %d; kura over event: %.2f" % (ratio["hourly"]["median"], BAR, 1 / ratio["event"]["median"]))
    return {"years": years, "seconds_a_year": cost, "cpu_over_kura": ratio}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", help="use this build folder as it is")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seeds", default="1,2,3,4,5", help="of the agreement")
    parser.add_argument("--repair", type=float, default=1, help="times of repair of the two programs are so much longer: a mistake, which must be noticed")
    parser.add_argument("--json", help="write all figures to this file")
    a = parser.parse_args()
    folder = a.build or build(os.path.join(ROOT, "build-bench"), ["kura_cli", "adequacy_hourly", "adequacy_event"])
    with tempfile.TemporaryDirectory() as scratch:
        programs = Programs(folder, scratch, a.repair)
        far, comparisons = agree(programs, {"kura": 8192, "hourly": 2000, "event": 40000}, [int(s) for s in a.seeds.split(",")])
        found = {"machine": machine(folder), "agreement": comparisons}
        if a.rounds > 0 and not far:
            found["time"] = times(programs, {"kura": 65536, "hourly": 4096, "event": 262144}, a.rounds)
    if a.json:
        with open(a.json, "w", encoding="utf-8") as f:
            json.dump(found, f, indent=1)
    sys.exit(1 if far else 0)


if __name__ == "__main__":
    main()
