"""Builds, runs and sums up: what the benchmarks share."""
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
JAPAN = os.path.join(ROOT, "configs", "japan", "japan.yaml")


def build(folder, targets, *options):
    """A Release build of this tree; quiet unless it fails."""
    log = []
    make = ["-G", "Ninja"] if subprocess.call(["sh", "-c", "command -v ninja >/dev/null"]) == 0 else []
    fresh = not os.path.exists(os.path.join(folder, "CMakeCache.txt"))
    for command in (["cmake", "-S", ROOT, "-B", folder] + (make if fresh else []) + ["-DCMAKE_BUILD_TYPE=Release", "-DKURA_BUILD_TESTS=OFF"] + list(options),
                    ["cmake", "--build", folder, "--parallel", str(os.cpu_count()), "--target"] + targets):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        log.append(done.stdout)
        if done.returncode:
            sys.exit("%s failed:\n%s" % (" ".join(command), done.stdout[-3000:]))
    return folder


def run(command):
    """Runs to the end; user and system CPU seconds, wall seconds, greatest resident size in bytes, output, messages."""
    before = time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        out = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0) # the usage of this child alone
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        errors.seek(0)
        err = errors.read()
    if process.returncode:
        sys.exit("%s failed:\n%s" % (" ".join(command), err[-3000:]))
    return {"user_s": usage.ru_utime, "system_s": usage.ru_stime, "wall_s": time.perf_counter() - before, "resident_bytes": usage.ru_maxrss * 1024,
            "out": out, "err": err}


def samples(command):
    """The lines of JSON that a program of bench/ prints."""
    return [json.loads(line) for line in run(command)["out"].splitlines()]


def spread(values):
    """Median and quartiles."""
    values = sorted(values)
    if len(values) < 2:
        return {"median": values[0], "lower": values[0], "upper": values[0], "n": len(values)}
    lower, median, upper = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": median, "lower": lower, "upper": upper, "n": len(values)}


def cell(s, digits=2):
    if s["n"] == 1:
        return "%.*f" % (digits, s["median"])
    return "%.*f [%.*f-%.*f]" % (digits, s["median"], digits, s["lower"], digits, s["upper"])


def table(title, head, rows):
    """Columns as wide as they must be; the first to the left, the others to the right."""
    rows = [[str(x) for x in row] for row in [head] + rows]
    width = [max(len(row[k]) for row in rows) for k in range(len(head))]
    print("\n" + title)
    for row in rows:
        print("  " + "  ".join(x.ljust(w) if k == 0 else x.rjust(w) for k, (x, w) in enumerate(zip(row, width))))
    sys.stdout.flush()


def first_line(command):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.split("\n")[0].strip()
    except OSError:
        return ""


def cache_value(folder, name):
    with open(os.path.join(folder, "CMakeCache.txt"), encoding="utf-8") as f:
        m = re.search(r"^%s:[A-Z]+=(.*)$" % name, f.read(), re.M)
    return m.group(1) if m else ""


def machine(folder):
    """Where the figures were taken."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as f:
            model = re.search(r"^model name\s*:\s*(.*)$", f.read(), re.M).group(1)
    except (OSError, AttributeError):
        pass
    compiler = cache_value(folder, "CMAKE_C_COMPILER")
    return {"processor": model, "cores": os.cpu_count(), "system": platform.platform(), "compiler": first_line([compiler, "--version"]),
            "commit": first_line(["git", "-C", ROOT, "describe", "--always", "--dirty"]), "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
            "load_average": os.getloadavg()[0]}
