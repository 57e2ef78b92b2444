#!/usr/bin/env python3
"""Where the time of a run goes, by phase of the model.

    python3 bench/profile.py [--scenario FILE] [--paths 512] [--json FILE]

Samples a whole run with perf.  Each sample is put into its phase by the function it hit: inlined functions are resolved from
debug information, which changes no code (build-profile/, linked at fixed addresses so that they can be looked up).  Without perf:
the clocks around the phases of 64 paths (kura_bench phases), which know neither reading nor writing."""
import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from measure import JAPAN, ROOT, build, machine, run, samples, table  # noqa: E402

# Functions first, from the innermost inlined one outwards; else the file of the outermost.
FUNCTIONS = {
    ("physical.c", "arrive"): "arrivals",
    ("physical.c", "backward"): "backward orders",
    ("physical.c", "produce_without_input"): "production", ("physical.c", "produce_for_use"): "production", ("physical.c", "join_output"): "production",
    ("physical.c", "process"): "production",
    ("physical.c", "order"): "orders to trade",
    ("physical.c", "use_at_home"): "use", ("physical.c", "serve"): "use", ("physical.c", "feed"): "use", ("physical.c", "feed_claims"): "use",
    ("physical.c", "share_out"): "use",
    ("allocate.c", "arc_caps"): "allocation: capacities",
    ("allocate.c", "load"): "allocation: loading", ("allocate.c", "load_by_lag"): "allocation: loading",
    ("allocate.c", "delay_leak"): "allocation: loading",
}
FILES = {
    "drivers.c": "drivers", "spells.c": "drivers", "coupling.c": "drivers", "latent.h": "drivers", "hosts.c": "hosts",
    "availability.c": "availability", "calm.c": "calm steps", "restriction.c": "restrictions", "price.c": "price, demand", "exogenous.c": "exogenous",
    "physical.c": "arrivals", "allocate.c": "allocation: other", "stockpile.c": "stockpiles",
    "observe.c": "tallies", "tally.c": "tallies", "trace.c": "tallies", "acc.c": "tallies", "bundle.c": "balance check",
    "dist.c": "quantiles called by hazards", "special.c": "quantiles called by hazards", "pcg.c": "draws called one by one", "expm.c": "reading, compiling",
}
LAYERS = {"conf": "reading, compiling", "model": "reading, compiling", "base": "reading, compiling", "api": "reading, compiling",
          "tally": "finalising, writing", "io": "finalising, writing", "run": "finalising, writing", "cli": "finalising, writing"}
ROUNDS = {"CONTRACT": "allocation: contract round", "SPOT": "allocation: spot rounds", "LATIN": "allocation: clean-up rounds"}
ALL_ROUNDS = "allocation: rounds"


def record(kura, scenario, paths, scratch):
    """Addresses hit in the program, with the number of times, and hits elsewhere by library."""
    data = os.path.join(scratch, "perf.data")
    run(["perf", "record", "-e", "cpu-clock", "-F", "997", "-o", data, kura, "run", scenario, "--paths", str(paths), "--threads", "1", "--progress", "none",
         "-o", os.path.join(scratch, "x.h5"), "--force"])
    inside, outside = collections.Counter(), collections.Counter()
    for line in run(["perf", "script", "-i", data, "-F", "ip,dso"])["out"].splitlines():
        m = re.match(r"\s*([0-9a-f]+)\s+\((.*)\)\s*$", line)
        if not m:
            continue
        if os.path.basename(m.group(2)) == os.path.basename(kura):
            inside[m.group(1)] += 1
        else:
            outside[os.path.basename(m.group(2))] += 1
    return inside, outside


def chains(kura, addresses):
    """For each address its functions, innermost first, as (function, path, line)."""
    out = subprocess.run(["addr2line", "-e", kura, "-f", "-i", "-a"], input="\n".join("0x" + a for a in addresses), stdout=subprocess.PIPE, text=True, check=True).stdout
    found, now = {}, None
    lines = iter(out.splitlines())
    for line in lines:
        if line.startswith("0x"):
            now = found.setdefault("%x" % int(line, 16), [])
            continue
        path, _, number = next(lines).partition(" ")[0].rpartition(":")
        now.append((re.sub(r"\.(constprop|isra|part|cold).*$", "", line), path, int(number) if number.isdigit() else 0))
    return found


def source_line(path, number, seen={}):
    if path not in seen:
        try:
            with open(path, encoding="utf-8") as f:
                seen[path] = f.read().split("\n")
        except OSError:
            seen[path] = []
    return seen[path][number - 1] if 0 < number <= len(seen[path]) else ""


def kinds_of_rounds(kura):
    """The compiler makes a copy of round_of for each kind of round: [(begin, end, phase)], by the line that calls it."""
    starts = sorted(int(line.split()[0], 16) for line in run(["nm", "--defined-only", kura])["out"].splitlines() if line.split()[1] in "tT")
    calls = {}
    for isa in ("scalar", "baseline", "v3", "v4"):
        code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", "--disassemble=kura_allocate_" + isa, kura], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True).stdout
        for site, target in re.findall(r"^\s*([0-9a-f]+):\s+call\s+([0-9a-f]+) <round_of", code, re.M):
            calls.setdefault(int(target, 16), set()).add(site)
    where = chains(kura, sorted({site for sites in calls.values() for site in sites}))
    found = []
    for target, sites in calls.items():
        kinds = {phase for site in sites for kind, phase in ROUNDS.items() if kind in source_line(*where[site][0][1:])}
        end = next((x for x in starts if x > target), target)
        if len(kinds) == 1:
            found.append((target, end, kinds.pop()))
    return found


def phase_of(chain, address, rounds):
    for begin, end, phase in rounds:
        if begin <= address < end:
            return phase
    for k, (function, path, _) in enumerate(chain):
        name = FUNCTIONS.get((os.path.basename(path), function))
        if name:
            return name
        if function == "round_of":
            caller = chain[k + 1] if k + 1 < len(chain) else None
            call = source_line(caller[1], caller[2]) if caller else ""
            return next((phase for kind, phase in ROUNDS.items() if kind in call), ALL_ROUNDS)
        if function in ("gather", "ask", "ration", "deliver", "trade_alone") and k + 1 == len(chain):
            return ALL_ROUNDS
    path = chain[-1][1] if chain else ""
    return FILES.get(os.path.basename(path)) or LAYERS.get(os.path.basename(os.path.dirname(path)), "other")


def split_rounds(phases, micro, scenario):
    """Where the kinds cannot be told by address, they are divided as their clocks say (kura_bench rounds)."""
    both = phases.pop(ALL_ROUNDS, 0)
    if not both:
        return
    r = samples([micro, "rounds", scenario])[0]
    rest = sum(n for p, n in phases.items() if p in ("allocation: capacities", "allocation: loading", "allocation: other"))
    spot, clean = r["spot_ns"], r["clean_up_ns"]
    whole = r["contract_ns"] + spot + clean
    contract = max(r["contract_ns"] - whole * rest / (rest + both), 0)
    for name, ns in (("contract round", contract), ("spot rounds", spot), ("clean-up rounds", clean)):
        phases["allocation: " + name] += both * ns / (contract + spot + clean)


def phase_of_library(name):
    if re.match(r"lib(hdf5|z|sz|aec)", name):
        return "finalising, writing"
    if name.startswith("[") and name != "[vdso]":
        return "operating system"
    return "C library (memset, memcpy)" if name.startswith("libc.") else "other"


def by_perf(a, scratch):
    folder = build(os.path.join(ROOT, "build-profile"), ["kura_cli", "kura_bench"], "-DCMAKE_C_FLAGS=-g", "-DCMAKE_EXE_LINKER_FLAGS=-no-pie")
    kura = os.path.join(folder, "kura")
    inside, outside = record(kura, a.scenario, a.paths, scratch)
    where = chains(kura, sorted(inside))
    phases, rounds = collections.Counter(), kinds_of_rounds(kura)
    for address, n in inside.items():
        phases[phase_of(where["%x" % int(address, 16)], int(address, 16), rounds)] += n
    for library, n in outside.items():
        phases[phase_of_library(library)] += n
    split_rounds(phases, os.path.join(folder, "bench", "kura_bench"), a.scenario)
    return folder, phases, "perf, %d paths, whole run" % a.paths


def by_clocks(a):
    folder = build(os.path.join(ROOT, "build-bench"), ["kura_cli", "kura_bench", "kura_bench_count"])
    micro = os.path.join(folder, "bench", "kura_bench")
    best = run([micro, "isas"])["out"].split()
    best = [i for i in ("baseline", "v3", "v4") if i in best][-1]
    s = samples([micro, "phases", "3", best, a.scenario])[-1]
    phases = collections.Counter({k: v / 1e6 for k, v in s["phases"].items()})
    phases["physical, rest"] = phases.pop("physical") - sum(s["phases"][k] for k in ("allocation", "release", "refill", "tiers")) / 1e6
    return folder, phases, "clocks, %d paths, simulation only" % s["paths"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scenario", default=JAPAN)
    parser.add_argument("--paths", type=int, default=512)
    parser.add_argument("--json")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder, phases, how = by_perf(a, scratch) if shutil.which("perf") and shutil.which("addr2line") else by_clocks(a)
    m = machine(folder)
    print("%(processor)s (load average %(load_average).1f), %(compiler)s, commit %(commit)s" % m)
    total = sum(phases.values())
    table("Time by phase: " + how, ["phase", "%"], [[p, "%.1f" % (100 * n / total)] for p, n in phases.most_common()])
    if a.json:
        with open(a.json, "w", encoding="utf-8") as f:
            json.dump({"machine": m, "how": how, "share": {p: n / total for p, n in phases.items()}}, f, indent=1)


if __name__ == "__main__":
    main()
