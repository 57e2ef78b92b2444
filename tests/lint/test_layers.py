"""Includes point left only; the command line uses the public header only; results use no libm function whose bits depend on the machine."""
import os
import re
import sys

ROOT = os.environ.get("KURA_SOURCE_DIR", os.path.join(os.path.dirname(__file__), "..", ".."))
LAYERS = ["base", "num", "conf", "model", "sim", "tally", "io", "run", "api", "cli"]
bad = []
for layer in LAYERS:
    for folder, _, files in os.walk(os.path.join(ROOT, "src", layer)):
        for name in sorted(files):
            if not name.endswith((".c", ".h")):
                continue
            path = os.path.join(folder, name)
            for number, line in enumerate(open(path, encoding="utf-8"), 1):
                m = re.match(r'\s*#\s*include\s*["<]([^">]+)[">]', line)
                if not m:
                    continue
                what = m.group(1)
                first = what.split("/")[0]
                where = f"{os.path.relpath(path, ROOT)}:{number}"
                if first in LAYERS and LAYERS.index(first) > LAYERS.index(layer):
                    bad.append(f"{where}: {layer} includes {what}, which lies to its right")
                if layer == "cli" and first in LAYERS and first != "cli":
                    bad.append(f"{where}: the command line must use include/kura only, not {what}")
                if what == "omp.h" and layer != "run":
                    bad.append(f"{where}: only run may include omp.h")
                if first == "hdf5.h" and layer != "io":
                    bad.append(f"{where}: only io may include hdf5.h")
LIBM = re.compile(r"\b(exp|log|pow|sin|cos|tan|erf|erfc|tgamma|lgamma|exp2|log2|log10|expm1|log1p|cbrt|hypot)\s*\(")
for folder, _, files in os.walk(os.path.join(ROOT, "src")):
    layer = os.path.relpath(folder, os.path.join(ROOT, "src")).split(os.sep)[0]
    if layer in ("io", "cli", "api"):  # printing; results are made to the left of io
        continue
    for name in sorted(files):
        if not name.endswith((".c", ".h")):
            continue
        path = os.path.join(folder, name)
        text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group(0).count("\n"), open(path, encoding="utf-8").read(), flags=re.S)
        text = re.sub(r'"(\\.|[^"\\])*"', '""', text)
        for number, line in enumerate(text.split("\n"), 1):
            if LIBM.search(line):
                bad.append(f"{os.path.relpath(path, ROOT)}:{number}: libm function (results would depend on the machine): {line.strip()}")
for message in bad:
    print(message)
sys.exit(1 if bad else 0)
