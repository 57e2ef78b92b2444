#!/usr/bin/env python3
"""Speed of kura, as medians and quartiles of runs in turn.

    python3 bench/bench.py [--quick] [--json FILE]

Builds what it needs in build-bench/ and build-onelane/.  Python 3, standard library only.  What the tables mean:
bench/README.md."""
import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ladder  # noqa: E402
from measure import JAPAN, ROOT, build, cell, machine, run, samples, spread, table  # noqa: E402

KERNELS = ("draw", "exp", "log", "normal", "sincos")
ORDER = ("scalar", "baseline", "v3", "v4")


class Bench:
    """One run of the suite: programs, instruction sets, how much to do, and what was found."""

    def __init__(self, a, scratch):
        self.a, self.scratch, self.found = a, scratch, {}
        self.folder = a.build or build(os.path.join(ROOT, "build-bench"), ["kura_cli", "kura_bench", "kura_bench_count", "kura_bench_output", "adequacy_hourly", "adequacy_event"])
        self.micro = os.path.join(self.folder, "bench", "kura_bench")
        self.kura = os.path.join(self.folder, "kura")
        present = run([self.micro, "isas"])["out"].split()
        self.isas = [i for i in ORDER if i in present]
        self.best = self.isas[-1]
        self.repetitions = a.repetitions or (1 if a.smoke else 3 if a.quick else 9)

    def bundles(self, verb, isas, *scenarios, repetitions=None):
        return samples([self.micro, verb, str(repetitions or self.repetitions), ",".join(isas)] + list(scenarios))

    # ---- machine and kernels ----

    def machine(self):
        m = self.found["machine"] = machine(self.folder)
        print("%(processor)s, %(cores)d cores (load average %(load_average).1f), %(compiler)s, commit %(commit)s, %(date)s" % m)
        print("instruction sets: %s; %d repetitions in turn; figures are medians [quartiles] of CPU time" % (", ".join(self.isas), self.repetitions))

    def kernels(self):
        got = samples([self.micro, "kernels", str(2 if self.a.smoke else max(9, self.repetitions)), ",".join(self.isas)])
        self.found["kernels_ns"] = {i: {w: spread([s["ns"] for s in got if s["what"] == w and s["isa"] == i]) for w in KERNELS} for i in self.isas}
        table("Kernels: ns a number", ["", "uniform", "exp", "log", "normal (inverse)", "sine, cosine"],
              [[i] + [cell(self.found["kernels_ns"][i][w]) for w in KERNELS] for i in self.isas])

    # ---- the parts of a step, on networks that have little else ----

    def objects(self):
        nodes, many, steps = 8, 9, 52 if self.a.smoke else 208
        plain = dict(hazards=False, neighbours=0, nodes=nodes, steps=steps)
        one = ladder.write(self.scratch, "mines-1", sites=1, **plain)
        nine = ladder.write(self.scratch, "mines-%d" % many, sites=many, **plain)
        trade = ladder.write(self.scratch, "trade", nodes=17, neighbours=4, steps=steps)
        rounds = samples([self.micro, "rounds", trade])[0]
        arcs = sum(rounds[k] for k in ("contract", "spot", "clean_up"))
        got = self.bundles("phases", self.isas, one, nine, trade)
        out = {}
        for isa in self.isas:
            row = {"site": [], "hub": [], "arc-round": [], "tally": []}
            for r in range(self.repetitions):
                a, b, c = ([s for s in got if s["isa"] == isa and s["repetition"] == r and s["scenario"] == f][0] for f in (one, nine, trade))
                lanes = a["lanes"]
                site = (b["phases"]["physical"] - a["phases"]["physical"]) / (b["site_steps"] - a["site_steps"]) / lanes
                row["site"].append(site)
                row["hub"].append(a["phases"]["physical"] / a["hub_steps"] / lanes - site)
                row["arc-round"].append(c["phases"]["allocation"] / arcs / lanes)
                row["tally"].append(c["phases"]["tally"] / (c["steps"] * c["minerals"]) / lanes)
            out[isa] = {k: spread(v) for k, v in row.items()}
        self.found["objects_ns"] = out
        table("Parts of a step: ns a path", ["", "mine", "hub, its consumer", "arc-round, caps and loading", "tally a mineral-step"],
              [[i] + [cell(out[i][k]) for k in ("site", "hub", "arc-round", "tally")] for i in self.isas])

    def physical(self):
        subject = JAPAN + ":largest"
        rounds = samples([self.micro, "rounds", subject])[0]
        arcs = sum(rounds[k] for k in ("contract", "spot", "clean_up"))
        got = self.bundles("phases", self.isas, subject)
        objects = got[0]["site_steps"] + got[0]["hub_steps"] + arcs
        row = {i: [s["phases"]["physical"] / objects / s["lanes"] for s in got if s["isa"] == i] for i in self.isas}
        self.found["physical"] = {"mineral": got[0]["mineral"], "rounds": rounds, "ns": {i: spread(v) for i, v in row.items()},
                                  "ratio": {i: spread([x / y for x, y in zip(v, row[self.best])]) for i, v in row.items()}}
        table("Physical layer: ns an object-step (site, hub, arc-round that is run), %s of the Japan scenario" % got[0]["mineral"],
              ["", "ns", "time / %s" % self.best],
              [[i, cell(self.found["physical"]["ns"][i]), cell(self.found["physical"]["ratio"][i])] for i in self.isas])

    # ---- the Japan scenario ----

    def japan_process(self):
        """Whole processes with one and two threads, in turn."""
        paths, more = (2048, []) if not self.a.quick else (2048, ["--set", "run.horizon=26 weeks"])
        rounds = 1 if self.a.quick else min(self.repetitions, 3)
        got = {1: [], 2: []}
        for _ in range(rounds):
            for threads in got:
                got[threads].append(run([self.kura, "run", JAPAN, "--paths", str(paths), "--threads", str(threads), "--progress", "none", "-o",
                                         os.path.join(self.scratch, "x.h5"), "--force"] + more))
        rows, out = [], {"paths": paths, "options": more}
        for threads, runs in got.items():
            for r in runs:
                r.pop("out"), r.pop("err")
            cpu, wall = spread([r["user_s"] for r in runs]), spread([r["wall_s"] for r in runs])
            out["%d threads" % threads] = runs
            rows.append(["%d" % threads, cell(cpu), cell(wall), "%.0f" % (paths / cpu["median"]), "%.0f" % (paths / wall["median"]),
                         "%.0f" % (max(r["resident_bytes"] for r in runs) / 1e6)])
        busy = spread([one["user_s"] / two["user_s"] for one, two in zip(got[1], got[2])])
        shared = spread([one["wall_s"] / two["wall_s"] / 2 for one, two in zip(got[1], got[2])])
        grown = (max(r["resident_bytes"] for r in got[2]) - max(r["resident_bytes"] for r in got[1])) / 1e6
        out.update(efficiency_cpu=busy, efficiency_wall=shared, second_thread_mb=grown)
        self.found["japan_process"] = out
        table("Japan, whole processes of %d paths%s" % (paths, ", half a year only" if more else ", ten years"),
              ["threads", "CPU s", "wall s", "paths a CPU second", "paths a second", "resident MB"], rows)
        print("  two threads against one: CPU work kept %s (1: the threads do not hinder each other), wall efficiency %s (tells little on a loaded machine);"
              " the second thread added %.0f MB resident" % (cell(busy), cell(shared), grown))

    def japan_bundles(self):
        """64 paths on one thread, without reading the scenario and writing the result: instruction sets and the one-lane build."""
        repetitions = 1 if self.a.quick else min(self.repetitions, 5)
        onelane = None if self.a.smoke else build(os.path.join(ROOT, "build-onelane"), ["kura_bench"], "-DKURA_LANES=1",
                                                  "-DCMAKE_C_FLAGS=" + ("-march=x86-64-v2" if platform.machine() in ("x86_64", "AMD64") else ""))
        seconds, first = {i: [] for i in self.isas + (["one lane"] if onelane else [])}, None
        for _ in range(repetitions):
            for s in self.bundles("bundles", self.isas, JAPAN, repetitions=1):
                first = first or s
                seconds[s["isa"]].append(s["cpu_ns"] / 1e9)
            if onelane:
                one = os.path.join(onelane, "bench", "kura_bench")
                seconds["one lane"].append(samples([one, "bundles", "1", "baseline", JAPAN])[0]["cpu_ns"] / 1e9)
        rounds = samples([self.micro, "rounds", JAPAN])[0]
        arcs = sum(rounds[k] for k in ("contract", "spot", "clean_up"))
        objects = (rounds["site_steps"] + rounds["hub_steps"] + arcs) * first["lanes"] / first["paths"]
        ratio = {k: spread([x / y for x, y in zip(v, seconds[self.best])]) for k, v in seconds.items()}
        self.found["japan"] = {"paths": first["paths"], "seconds": seconds, "ratio": ratio, "objects_a_path": objects, "rounds": rounds,
                               "thread_bytes": first["thread_bytes"], "mineral_steps": first["minerals"] * first["steps"]}
        table("Japan, %d paths of ten years, one thread, simulation only" % first["paths"],
              ["", "CPU s", "paths/s", "million object-steps/s", "ns an object-step", "time / %s" % self.best],
              [[k, cell(spread(v)), "%.1f" % (first["paths"] / spread(v)["median"]), "%.0f" % (objects * first["paths"] / spread(v)["median"] / 1e6),
                "%.2f" % (spread(v)["median"] / first["paths"] / objects * 1e9), cell(ratio[k])] for k, v in seconds.items()])
        print("  %.2f million object-steps a path (%.1f %% of them arc-rounds); workspace and tallies of a thread %.1f MB"
              % (objects / 1e6, 100 * arcs / (rounds["site_steps"] + rounds["hub_steps"] + arcs), first["thread_bytes"] / 1e6))

    def floor(self):
        """What the random numbers and functions of a Japan path would cost alone."""
        count = samples([os.path.join(self.folder, "bench", "kura_bench_count"), JAPAN])[0]
        numbers = {"draw": count["draws_lane"] + count["draws_single"], "normal": count["normal"], "sincos": count["sincos"], "exp": count["exp"],
                   "log": count["log"]}
        own = self.found["kernels_ns"][self.best]
        ns = {k: n * own[k]["median"] for k, n in numbers.items()}
        path = spread(self.found["japan"]["seconds"][self.best])["median"] / self.found["japan"]["paths"] * 1e9
        self.found["floor"] = {"calls_a_path": numbers, "single_draws": count["draws_single"], "ns": ns, "path_ns": path, "ratio": path / sum(ns.values())}
        table("Floor: random numbers and functions of one Japan path, %s" % self.best, ["", "calls", "us"],
              [[k, "%.0f" % n, "%.1f" % (ns[k] / 1e3)] for k, n in numbers.items()] + [["all", "", "%.1f" % (sum(ns.values()) / 1e3)], ["a path", "", "%.1f" % (path / 1e3)]])
        print("  the path costs %.1f times its floor" % self.found["floor"]["ratio"])

    # ---- how cost grows ----

    def ladder(self):
        base = dict(minerals=2, nodes=8, steps=52) if self.a.smoke else dict(minerals=4, nodes=12, steps=104)
        rungs, files = {}, []
        for axis in base:
            for factor in (1, 2, 4):
                size = dict(base, **{axis: base[axis] * factor})
                name = "m%(minerals)d-n%(nodes)d-t%(steps)d" % size
                path = os.path.join(self.scratch, name + ".yaml")
                if path not in files:
                    files.append(ladder.write(self.scratch, name, **size))
                rungs[axis, factor] = (path, size)
        got = self.bundles("bundles", [self.best], *files)
        ns = {f: [s["cpu_ns"] for s in got if s["scenario"] == f] for f in files}
        rows, out = [], {}
        for (axis, factor), (path, size) in rungs.items():
            ratio = spread([x / y for x, y in zip(ns[path], ns[rungs[axis, 1][0]])])
            each = spread([x / got[0]["paths"] / (size["minerals"] * size["nodes"] * size["steps"]) for x in ns[path]])
            out["%s x%d" % (axis, factor)] = {"size": size, "ratio": ratio, "ns_a_mineral_node_step": each}
            rows.append(["%s x %d" % (axis, factor), "%(minerals)d x %(nodes)d x %(steps)d" % size, cell(ratio), cell(each, 1)])
        rows += self.ladder_of_paths(rungs["minerals", 1][0], base, out)
        self.found["ladder"] = out
        table("Ladder: a ring of countries, one mine, one consumer, two trades each; restrictions and outages",
              ["", "minerals x countries x steps", "time / base", "ns a mineral-country-step"], rows)

    def ladder_of_paths(self, scenario, base, out):
        rows, cpu = [], {}
        sizes = (1024, 2048) if self.a.smoke else (1024, 4096) if self.a.quick else (1024, 4096, 16384)
        for _ in range(min(self.repetitions, 3)):
            for paths in sizes:
                r = run([self.kura, "run", scenario, "--paths", str(paths), "--threads", "1", "--progress", "none", "-o",
                         os.path.join(self.scratch, "x.h5"), "--force"])
                cpu.setdefault(paths, []).append((r["user_s"], r["resident_bytes"]))
        for paths in sizes:
            ratio = spread([x[0] / y[0] for x, y in zip(cpu[paths], cpu[sizes[0]])])
            each = spread([x[0] * 1e9 / paths / (base["minerals"] * base["nodes"] * base["steps"]) for x in cpu[paths]])
            out["paths %d" % paths] = {"ratio": ratio, "ns_a_mineral_node_step": each, "resident_bytes": max(x[1] for x in cpu[paths])}
            rows.append(["paths %d, whole process, %.0f MB" % (paths, max(x[1] for x in cpu[paths]) / 1e6),
                         "%(minerals)d x %(nodes)d x %(steps)d" % base, cell(ratio), cell(each, 1)])
        return rows

    # ---- memory and output ----

    def memory(self):
        """The largest resident memory of one small scenario with few and with many paths, and of Japan where it is asked for."""
        small = ladder.write(self.scratch, "memory", minerals=1, nodes=3, steps=26)
        many = 20000 if self.a.smoke else 200000 if self.a.quick else 1000000
        runs = [(small, 10000, t) for t in (1, 2)] + [(small, many, t) for t in (1, 2)]
        if not (self.a.smoke or self.a.quick):
            runs += [(JAPAN, 1024, 2), (JAPAN, 4096, 2)]
        out = []
        for scenario, paths, threads in runs:
            r = run([self.kura, "run", scenario, "--paths", str(paths), "--threads", str(threads), "--progress", "none", "-o",
                     os.path.join(self.scratch, "x.h5"), "--force"])
            planned = float(re.search(r"memory: about (\d+) MB", r["err"]).group(1))
            out.append({"scenario": os.path.basename(scenario), "paths": paths, "threads": threads, "resident_mb": r["resident_bytes"] / 1e6, "planned_mb": planned})
        of = {(m["paths"], m["threads"]): m["resident_mb"] for m in out if m["scenario"] == "memory.yaml"}
        grown = max(abs(of[many, t] - of[10000, t]) for t in (1, 2))
        self.found["memory"] = {"runs": out, "many": many, "grown_mb": grown}
        table("Memory of whole processes, MB", ["", "paths", "threads", "planned", "resident"],
              [[m["scenario"], m["paths"], m["threads"], "%.0f" % m["planned_mb"], "%.1f" % m["resident_mb"]] for m in out])

    def output(self):
        """What merging tallies, making the result and writing it take of a run of many paths."""
        scenario = ladder.write(self.scratch, "output", minerals=2, nodes=4, steps=26) if self.a.smoke else JAPAN
        paths = 4096 if self.a.smoke else 20000 if self.a.quick else 100000
        got = [samples([os.path.join(self.folder, "bench", "kura_bench_output"), scenario, str(paths), "2", os.path.join(self.scratch, "x.h5")])[0]
               for _ in range(1 if self.a.smoke else 3)]
        parts = {k: spread([g[k + "_ns"] / 1e9 for g in got]) for k in ("merge", "finalise", "write", "wall")}
        share = spread([(g["merge_ns"] + g["finalise_ns"] + g["write_ns"]) / (g["path_ns"] * paths) for g in got])
        self.found["output"] = {"samples": got, "share": share, "seconds": parts}
        table("After the paths: CPU seconds for %d of them, %s" % (paths, os.path.basename(scenario)),
              ["", "merging", "making the result", "writing", "wall s of the three", "% of simulating", "file MB"],
              [["", cell(parts["merge"]), cell(parts["finalise"]), cell(parts["write"]), cell(parts["wall"], 1), "%.2f" % (100 * share["median"]),
                "%.0f" % (got[0]["file_bytes"] / 1e6)]])

    def dump(self):
        """A series of every path (tallies.dump): CPU time of whole processes with and without, in turn."""
        scenario, paths = (ladder.write(self.scratch, "dump", minerals=2, nodes=4, steps=52), 1024) if self.a.smoke else (JAPAN, 192)
        kinds, rounds = ("none", "unserved", "stock_days", "price"), 1 if self.a.smoke else self.repetitions
        cpu, size = {k: [] for k in kinds}, {}
        for _ in range(rounds):
            for k in kinds:
                file = os.path.join(self.scratch, "x.h5")
                r = run([self.kura, "run", scenario, "--paths", str(paths), "--threads", "1", "--progress", "none", "-o", file, "--force"]
                        + ([] if k == "none" else ["--set", "tallies.dump=" + k]))
                cpu[k].append(r["user_s"] + r["system_s"])
                size[k] = os.path.getsize(file)
        more = {k: spread([x / y - 1 for x, y in zip(cpu[k], cpu["none"])]) for k in kinds[1:]}
        self.found["dump"] = {"paths": paths, "cpu_s": cpu, "more": more, "file_bytes": size}
        table("A series of every path: %d paths, %s" % (paths, os.path.basename(scenario)), ["", "CPU s", "% more than none", "file MB"],
              [[k, cell(spread(cpu[k])), "" if k == "none" else "%.1f [%.1f-%.1f]" % tuple(100 * more[k][q] for q in ("median", "lower", "upper")),
                "%.1f" % (size[k] / 1e6)] for k in kinds])

    # ---- other programs ----

    def peers(self):
        """The same model in other programs: bench/peers/compare.py, where it is present."""
        program = os.path.join(ROOT, "bench", "peers", "compare.py")
        if not os.path.exists(program):
            print("\nPeers: bench/peers is not there")
            return
        result = os.path.join(self.scratch, "peers.json")
        debian = "/usr/bin/python3"  # the one that has Debian's NumPy and Numba
        python = debian if os.path.exists(debian) else sys.executable
        quick = ["--runs", "3", "--seeds", "1"] if self.a.quick else ["--runs", "5"]
        sys.stdout.flush()
        done = subprocess.run([python, program, "--kura", self.kura, "--json", result] + quick)
        if done.returncode == 77:
            print("\nPeers: skipped")
        elif done.returncode == 0 and os.path.exists(result):
            with open(result, encoding="utf-8") as f:
                self.found["peers"] = json.load(f)
        else:
            print("\nPeers: %s ended with %d" % (program, done.returncode))

    def adequacy(self):
        """Generation adequacy against two C programs: bench/adequacy/compare.py."""
        result = os.path.join(self.scratch, "adequacy.json")
        program = os.path.join(ROOT, "bench", "adequacy", "compare.py")
        sys.stdout.flush()
        done = subprocess.run([sys.executable, program, "--build", self.folder, "--json", result, "--rounds", str(self.repetitions)])
        if done.returncode:
            sys.exit("bench: %s ended with %d" % (program, done.returncode))
        with open(result, encoding="utf-8") as f:
            self.found["adequacy"] = json.load(f)

    def check(self):
        """What must hold of the figures on any machine."""
        bad = []
        for isa, row in self.found["kernels_ns"].items():
            bad += ["%s of %s takes no time" % (what, isa) for what, s in row.items() if not s["median"] > 0]
        bad += ["a physical step of %s takes no time" % isa for isa, s in self.found["physical"]["ns"].items() if not s["median"] > 0]
        r = self.found["physical"]["rounds"]
        bad += ["no %s round was run" % k for k in ("contract", "spot", "clean_up") if not r[k] > 0]
        if r["contract"] > r["loaded"]:
            bad.append("more trades in a contract round than there are")
        count = os.path.join(self.folder, "bench", "kura_bench_count")
        calm, stormy = (samples([count, ladder.write(self.scratch, "count", hazards=h, steps=52)])[0] for h in (False, True))
        if calm["draws_lane"] + calm["draws_single"] != 0:
            bad.append("a scenario without anything random draws numbers")
        if stormy["sincos"] != 52:  # one pair of normals a step of the price
            bad.append("52 steps of one price take %g pairs of normals" % stormy["sincos"])
        size = self.found["dump"]["file_bytes"]
        bad += ["a dump of %s adds nothing to the file" % k for k in size if k != "none" and not size[k] > size["none"]]
        if not self.found["memory"]["grown_mb"] < 4:
            bad.append("memory grows with the paths")
        if bad:
            sys.exit("bench: " + "; ".join(bad))

    def bars(self):
        """What was set as goals before the engine was written."""
        f, best = self.found, self.best
        rows = [["physical layer, ns an object-step (%s)" % best, "%.2f" % f["physical"]["ns"][best]["median"], "3", "1.5"],
                ["a path / its floor", "%.1f" % f["floor"]["ratio"], "5", "3.5"],
                ["CPU work kept by two threads", "%.2f" % f["japan_process"]["efficiency_cpu"]["median"], "0.95", "0.99"],
                ["workspace and tallies of a thread, MB", "%.1f" % (f["japan"]["thread_bytes"] / 1e6), "24", "12"],
                ["memory of %d paths over that of 10,000, MB" % f["memory"]["many"], "%.1f" % f["memory"]["grown_mb"], "0 (noise 1.5)", ""],
                ["merging and writing, %% of a run of %d paths" % f["output"]["samples"][0]["paths"], "%.2f" % (100 * f["output"]["share"]["median"]), "1", ""],
                ["a series of every path, % more CPU (the worst of three)", "%.1f" % (100 * max(m["median"] for m in f["dump"]["more"].values())), "20", ""]]
        if "one lane" in f["japan"]["ratio"]:
            rows.insert(0, ["lanes (%s) against one lane" % best, "%.2f" % f["japan"]["ratio"]["one lane"]["median"], "4", "6"])
        if "scalar" in f["japan"]["ratio"]:
            rows.insert(0, ["%s against scalar" % best, "%.2f" % f["japan"]["ratio"]["scalar"]["median"], "", ""])
        table("Against the bars", ["", "measured", "at least (most)", "aim"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a minute or two instead of a quarter of an hour; wider quartiles")
    parser.add_argument("--smoke", action="store_true", help="seconds: kernels, parts of a step, physical layer, ladder; for the test")
    parser.add_argument("--build", help="use this build folder as it is")
    parser.add_argument("--repetitions", type=int, help="of everything short (9; quick 3)")
    parser.add_argument("--json", help="write all samples and figures to this file")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        b = Bench(a, scratch)
        parts = [b.machine, b.kernels, b.objects, b.physical]
        parts += [b.ladder, b.memory, b.output, b.dump, b.check] if a.smoke else [
            b.japan_bundles, b.floor, b.japan_process, b.ladder, b.memory, b.output, b.dump, b.bars, b.adequacy, b.peers]
        for part in parts:
            part()
        if a.json:
            with open(a.json, "w", encoding="utf-8") as f:
                json.dump(b.found, f, indent=1)


if __name__ == "__main__":
    main()
