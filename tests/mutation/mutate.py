#!/usr/bin/env /usr/bin/python3
"""Mutation testing of num, sim and tally: one small mistake at a time, and whether a test sees it (README.md).

  mutate.py list                          places by file and operator
  mutate.py run   --work DIR --out CSV    draws, builds and tests mutants; begins again where CSV ends
  mutate.py again --work DIR --out CSV --from CSV [--suite wide]     the survivors of a run once more
  mutate.py table CSV [CSV ...]           what was caught; later files replace rows of earlier ones

DIR gets a copy of the tree and a build of it (a shared library, one copy of the lane kernels); the tree is never changed.
"""
import argparse
import collections
import csv
import fcntl
import glob
import hashlib
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

import places

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAYERS = ("num", "sim", "tally")
FIELDS = ["stratum", "draw", "file", "line", "column", "operator", "before", "after", "result", "caught_by", "seconds"]
# Tests that the engine cannot change, or that build an engine of their own.
NOT_ASKED = ("lint.", "repro.compilers", "metamorphic.twin.", "japan.derive", "readers.full_disk", "mutation.")
# A mutant that changes a type shall not compile, so that it is drawn again.
FLAGS = ("-O1 -march=native -w -Werror=incompatible-pointer-types -Werror=int-conversion "
         "-Werror=implicit-function-declaration")


def sources(root):
    found = []
    for layer in LAYERS:
        for end in ("c", "h"):
            found += glob.glob(f"{root}/src/{layer}/**/*.{end}", recursive=True)
    return sorted(os.path.relpath(f, root) for f in found)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def all_places(root):
    return [(f, p) for f in sources(root) for p in places.places(read(os.path.join(root, f)))]


def fingerprint(root):
    h = hashlib.sha256()
    for f in sources(root):
        h.update(f.encode() + b"\0" + read(os.path.join(root, f)).encode() + b"\0")
    return h.hexdigest()[:16]


def strata(n, count):
    """`count` runs of nearly equal length over the places in the order of files and lines."""
    return [(k * n // count, (k + 1) * n // count) for k in range(count)]


def draws(found, seed, count):
    """Strata in a random order; in each its places in a random order, with the mistake made there."""
    order = list(range(count))
    random.Random(f"{seed} order").shuffle(order)
    bounds = strata(len(found), count)
    for k in order:
        r = random.Random(f"{seed} stratum {k}")
        here = list(range(*bounds[k]))
        r.shuffle(here)
        yield k, [(found[i][0], found[i][1], r.choice(found[i][1].afters)) for i in here]


def mutated(text, place, after):
    return text[:place.begin] + after + text[place.end:]


# ---- the copy of the tree and its build ----

def copy_tree(work):
    """Brings DIR/tree up to the tree, touching only what differs."""
    target = os.path.join(work, "tree")
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True,
                            check=True).stdout.split("\n")
    wanted = {f for f in listed if f and os.path.isfile(os.path.join(ROOT, f))}
    for folder, _, names in os.walk(target):
        for name in names:
            rel = os.path.relpath(os.path.join(folder, name), target)
            if rel not in wanted:
                os.remove(os.path.join(target, rel))
    for f in sorted(wanted):
        a, b = os.path.join(ROOT, f), os.path.join(target, f)
        if os.path.isfile(b) and open(a, "rb").read() == open(b, "rb").read():
            continue
        os.makedirs(os.path.dirname(b), exist_ok=True)
        shutil.copy(a, b)
    return target


class Build:
    def __init__(self, work, suite, sanitize=False):
        self.sanitize, self.work, self.tree, self.dir = sanitize, work, copy_tree(work), os.path.join(work, "build")
        launcher = ["-DCMAKE_C_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
        run = subprocess.run(["cmake", "-S", self.tree, "-B", self.dir, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=None",
                              "-DBUILD_SHARED_LIBS=ON", "-DKURA_BASELINE_ONLY=ON",
                              "-DCMAKE_LINK_DEPENDS_NO_SHARED=ON", f"-DCMAKE_C_FLAGS={FLAGS}", *launcher,
                              "-DKURA_SANITIZE=" + ("address,undefined" if sanitize else "")],
                             capture_output=True, text=True)
        if run.returncode:
            sys.exit(run.stdout + run.stderr)
        self.tests = self.list_tests(suite)
        self.targets = sorted(t for t in self.all_targets() if not t.startswith("twin_"))
        self.saved = os.path.join(work, "saved")
        self.restore()
        if not self.make():
            sys.exit("the unchanged tree does not build:\n" + self.log[-3000:])
        self.tests = self.list_tests(suite)
        self.object_file = os.path.realpath(os.path.join(self.dir, "src", "libkura.so"))
        self.learn_commands()
        self.original = self.hash()

    def all_targets(self):
        listed = subprocess.run(["cmake", "--build", self.dir, "--target", "help"], capture_output=True, text=True,
                                check=True).stdout
        names = {line.split(":")[0].strip() for line in listed.split("\n")}
        return {n for n in names if n.startswith(("t_", "tool_", "twin_")) and "/" not in n and "." not in n} | {
            n for n in ("kura", "kura_cli", "metamorphic", "second") if n in names}

    def make(self):
        run = subprocess.run(["cmake", "--build", self.dir, "-j1", "--target", *self.targets], capture_output=True, text=True)
        self.log = run.stdout + run.stderr
        return run.returncode == 0

    def learn_commands(self):
        """What makes each object and program, and which objects read which file: so that a mutant costs one compilation
        and one link, without asking the build system."""
        lines = subprocess.run(["ninja", "-C", self.dir, "-t", "commands", *self.targets], capture_output=True, text=True,
                               check=True).stdout.split("\n")
        self.command, self.objects_of = {}, {}
        for line in lines:
            made = re.search(r" -o (\S+)", line)
            if made:
                self.command[made.group(1)] = line
                if not made.group(1).endswith(".o"):
                    self.objects_of[made.group(1)] = [w for w in line.split() if w.endswith(".o") and w != made.group(1)]
        self.readers, current = collections.defaultdict(list), None
        deps = subprocess.run(["ninja", "-C", self.dir, "-t", "deps"], capture_output=True, text=True, check=True).stdout
        for line in deps.split("\n"):
            if line and not line.startswith(" "):
                current = line.split(":")[0]
            elif line.strip() and current in self.command:
                self.readers[os.path.realpath(os.path.join(self.dir, line.strip()))].append(current)
        self.shared = os.path.relpath(self.object_file, os.path.realpath(self.dir))

    def remake(self, path):
        """Runs the command of one object or program; keeps what was there for `restore`."""
        kept, file = os.path.join(self.saved, path), os.path.join(self.dir, path)
        if not os.path.exists(kept):
            os.makedirs(os.path.dirname(kept), exist_ok=True)
            shutil.copy2(file, kept)
        run = subprocess.run(self.command[path], shell=True, cwd=self.dir, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        return run.returncode == 0

    def remake_library(self, file):
        """Whether the library compiles with the changed file."""
        mine = [o for o in self.readers[os.path.realpath(file)] if o in self.objects_of[self.shared]]
        return all(self.remake(o) for o in mine) and (not mine or self.remake(self.shared))

    def remake_test(self, test, file):
        """The same for the program of a test, when it includes the changed header.  None: it does not."""
        program = os.path.relpath(os.path.realpath(test["command"][0]), os.path.realpath(self.dir))
        mine = [o for o in self.readers[os.path.realpath(file)] if o in self.objects_of.get(program, [])]
        if not mine:
            return None
        return all(self.remake(o) for o in mine) and self.remake(program)

    def restore(self):
        for folder, _, names in os.walk(self.saved):
            for name in names:
                kept = os.path.join(folder, name)
                shutil.copy2(kept, os.path.join(self.dir, os.path.relpath(kept, self.saved)))
        shutil.rmtree(self.saved, ignore_errors=True)

    def hash(self):
        return hashlib.sha256(open(self.object_file, "rb").read()).hexdigest()

    def list_tests(self, suite):
        listed = json.loads(subprocess.run(["ctest", "--test-dir", self.dir, "--show-only=json-v1"], capture_output=True,
                                           text=True, check=True).stdout)
        out = []
        for t in listed["tests"]:
            p = {x["name"]: x["value"] for x in t["properties"]}
            labels = p.get("LABELS", [])
            if t["name"].startswith(NOT_ASKED) or "command" not in t or "long" in labels:
                continue
            if suite == "quick" and "slow" in labels:
                continue
            out.append({"name": t["name"], "command": t["command"], "sanitize": self.sanitize,
                        "env": dict(e.split("=", 1) for e in p.get("ENVIRONMENT", [])),
                        "cwd": p.get("WORKING_DIRECTORY", self.dir)})
        return out


# ---- running tests ----

def run_test(test, cpu, log):
    """Exit status; "timeout" beyond `cpu` seconds of processor time, or ten times that by the clock."""
    def limits():
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (int(cpu) + 1, int(cpu) + 2))
        if not test.get("sanitize"):
            resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    env = {**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive", "UBSAN_OPTIONS": "halt_on_error=1",
           **test["env"]}
    child = subprocess.Popen(test["command"], env=env, cwd=test["cwd"], stdin=subprocess.DEVNULL, stdout=log,
                             stderr=subprocess.STDOUT, preexec_fn=limits)
    status = "timeout"
    try:
        status = child.wait(timeout=10 * cpu + 60)
    except subprocess.TimeoutExpired:
        pass
    finally:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()
    return "timeout" if status in (-signal.SIGXCPU, -signal.SIGKILL) else status


def baseline(build, path, longest):
    """Processor seconds of every test on the unchanged engine, measured anew when its program is; tests that fail or skip
    there are not asked."""
    known = json.load(open(path)) if os.path.exists(path) else {}
    asked = []
    for t in build.tests:
        made = int(os.path.getmtime(t["command"][0])) if t["command"][0].startswith(build.dir) else 0
        if t["name"] not in known or known[t["name"]][2:] != [made]:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            with open(os.path.join(build.work, "test.log"), "wb") as log:
                status = run_test(t, 900, log)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            known[t["name"]] = [after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, status, made]
            json.dump(known, open(path, "w"), indent=1)
            if status:
                print(f"not asked: {t['name']} (status {status} on the unchanged engine)", flush=True)
        if known[t["name"]][1] == 0 and known[t["name"]][0] <= longest:
            asked.append({**t, "cpu": known[t["name"]][0]})
    return asked


def order(tests, file, budget):
    """Unit tests of the layer, the golden step, tests of elements and closed forms, the others; each by time, as far as
    `budget` seconds on the unchanged engine go."""
    layer = file.split("/")[1] + "."

    def rank(t):
        kind = 0 if t["name"].startswith(layer) else 1 if t["name"] == "golden.golden" else \
            2 if t["name"].startswith(("analytic.", "repro.", "second.")) else 3
        return kind, t["cpu"]
    asked, total = [], 0
    for t in sorted(tests, key=rank):
        total += t["cpu"]
        if total <= budget:
            asked.append(t)
    return asked


def ask(build, t):
    """What test t says of the mutant that is built: "" or by whom it is caught."""
    with open(os.path.join(build.work, "test.log"), "wb") as log:
        status = run_test(t, 5 * t["cpu"] + 3, log)
    if not status:
        return ""
    return t["name"] + (" (timeout)" if status == "timeout" else f" (signal {-status})" if status < 0 else "")


def judge(build, tests, path):
    """(result, caught by) of the changed file."""
    asked, header = order(tests, os.path.relpath(path, build.tree), build.budget), path.endswith(".h")
    layer = os.path.relpath(path, build.tree).split("/")[1] + "."
    for t in asked if header else []: # unit tests that include the header know before the library is made
        if t["name"].startswith(layer):
            made = build.remake_test(t, path)
            if made is not None and not made:
                return "does not compile", ""
            by = ask(build, t) if made else ""
            if by:
                return "caught", by
    if not build.remake_library(path):
        return "does not compile", ""
    if build.hash() == build.original and not header:
        return "equal code", ""
    for t in asked:
        if header and build.remake_test(t, path) is False:
            return "does not compile", ""
        by = ask(build, t)
        if by:
            return "caught", by
    return "survived", ""


def try_mutant(build, tests, file, place, after):
    path = os.path.join(build.tree, file)
    stat, text = os.stat(path), read(path)
    try:
        with open(path, "w", encoding="utf-8") as f:
            f.write(mutated(text, place, after))
        return judge(build, tests, path)
    finally:
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        build.restore()


# ---- tables ----

def row_of(k, n, file, place, after, text):
    line = places.line_of(text)(place.begin)
    column = place.begin - (text.rfind("\n", 0, place.begin) + 1) + 1
    squeeze = lambda s: " ".join(s.split())
    return {"stratum": k, "draw": n, "file": file, "line": line, "column": column, "operator": place.operator,
            "before": squeeze(place.before), "after": squeeze(after)}


def rows(path):
    if not os.path.exists(path):
        return []
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(line for line in f if not line.startswith("#")))


def append(path, row, mark):
    new = not os.path.exists(path)
    with open(path, "a", newline="", encoding="utf-8") as f:
        w = csv.DictWriter(f, FIELDS, lineterminator="\n")
        if new:
            f.write(f"# {mark}\n")
            w.writeheader()
        w.writerow(row)


def table(paths):
    found = {}
    for path in paths:
        for r in rows(path):
            found[r["stratum"], r["draw"]] = r
    by = collections.defaultdict(collections.Counter)
    for r in found.values():
        for key in ("total", r["file"].split("/")[1], r["operator"]):
            by[key][r["result"]] += 1
    print(f"{'':12}{'mutants':>8}{'caught':>8}{'survived':>9}{'share':>8}   (equal code, does not compile)")
    for key in sorted(by, key=lambda k: (k == "total", k not in LAYERS, k)):
        c = by[key]
        n = c["caught"] + c["survived"]
        print(f"{key:12}{n:8}{c['caught']:8}{c['survived']:9}{100 * c['caught'] / max(n, 1):7.1f}%   "
              f"({c['equal code']}, {c['does not compile']})")
    for r in sorted(found.values(), key=lambda r: (r["file"], int(r["line"]))):
        if r["result"] == "survived":
            print(f"survived: {r['file']}:{r['line']}:{r['column']} {r['operator']}: {r['before']} -> {r['after']}")


# ---- commands ----

def run(a):
    mark = f"sources {fingerprint(ROOT)}, seed {a.seed}, {a.count} strata"
    if os.path.exists(a.out) and mark not in read(a.out).split("\n")[0]:
        sys.exit(f"{a.out} was drawn from other sources or with another seed: {read(a.out).split(chr(10))[0]}")
    done = rows(a.out)
    finished = {r["stratum"] for r in done if r["result"] in ("caught", "survived")}
    tried = {(r["stratum"], r["draw"]) for r in done}
    build = Build(a.work, "quick")
    build.budget = a.budget
    tests = baseline(build, os.path.join(a.work, "baseline.json"), a.longest)
    print(f"{len(tests)} tests, {sum(t['cpu'] for t in tests):.0f} s on the unchanged engine", flush=True)
    found, end = all_places(ROOT), time.time() + 60 * a.minutes
    for k, candidates in draws(found, a.seed, a.count):
        for n, (file, place, after) in enumerate(candidates):
            if str(k) in finished:
                break
            if (str(k), str(n)) in tried:
                continue
            if time.time() > end:
                return print("time limit reached; the same command goes on")
            start = time.time()
            row = row_of(k, n, file, place, after, read(os.path.join(ROOT, file)))
            row["result"], row["caught_by"] = try_mutant(build, tests, file, place, after)
            row["seconds"] = f"{time.time() - start:.1f}"
            append(a.out, row, mark)
            print(*row.values(), flush=True)
            if row["result"] in ("caught", "survived"):
                finished.add(str(k))
    table([a.out])


def again(a):
    mark = f"sources {fingerprint(ROOT)}, seed {a.seed}, {a.count} strata"
    build = Build(a.work, a.suite, a.sanitize)
    build.budget = a.budget
    if a.tests:
        build.tests = [t for t in build.tests if any(w in t["name"] for w in a.tests.split(","))]
    tests = baseline(build, os.path.join(a.work, "baseline.json"), a.longest)
    survivors = {(r["stratum"], r["draw"]) for r in rows(a.source) if r["result"] == "survived"}
    for path in [a.out]:
        survivors -= {(r["stratum"], r["draw"]) for r in rows(path)}
    if a.strata:
        survivors = {(k, n) for k, n in survivors if k in a.strata.split(",")}
    end = time.time() + 60 * a.minutes
    for k, candidates in draws(all_places(ROOT), a.seed, a.count):
        for n, (file, place, after) in enumerate(candidates):
            if (str(k), str(n)) not in survivors or time.time() > end:
                continue
            start = time.time()
            row = row_of(k, n, file, place, after, read(os.path.join(ROOT, file)))
            row["result"], row["caught_by"] = try_mutant(build, tests, file, place, after)
            row["seconds"] = f"{time.time() - start:.1f}"
            append(a.out, row, mark)
            print(*row.values(), flush=True)
    table([a.source, a.out])


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped; the same command goes on"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["list", "run", "again", "table"])
    parser.add_argument("files", nargs="*")
    parser.add_argument("--work", help="folder of its own, outside of the tree")
    parser.add_argument("--out", help="table of results; goes on where it ends")
    parser.add_argument("--from", dest="source", help="table whose survivors are tried again")
    parser.add_argument("--strata", help="of `again`: only these, by commas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=220, help="mutants: one of each of so many strata")
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--longest", type=float, default=1e9, help="leave out tests that take more seconds than this")
    parser.add_argument("--budget", type=float, default=1e9, help="seconds of tests a mutant, most telling ones first")
    parser.add_argument("--suite", choices=["quick", "wide"], default="quick", help="wide: with the slow tests")
    parser.add_argument("--sanitize", action="store_true",
                        help="of `again`: AddressSanitizer and UndefinedBehaviorSanitizer, as the continuous integration has")
    parser.add_argument("--tests", help="only tests whose name has one of these words, by commas")
    a = parser.parse_args()
    if a.command == "list":
        by = collections.Counter((f, p.operator) for f, p in all_places(ROOT))
        for (f, operator), n in sorted(by.items()):
            print(f"{n:6} {operator:12} {f}")
        print(f"{sum(by.values()):6} places, sources {fingerprint(ROOT)}")
    elif a.command == "table":
        table(a.files)
    elif not a.work or not a.out:
        parser.error("--work and --out are needed")
    else:
        os.makedirs(a.work, exist_ok=True)
        lock = open(os.path.join(a.work, "lock"), "w") # two at a time would test each other's mutants
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"{a.work} is in use by another run")
        (run if a.command == "run" else again)(a)


if __name__ == "__main__":
    main()
