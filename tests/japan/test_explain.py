"""`kura explain` of paths of the Japan scenario gives the very numbers that a run stored of them: all metrics of all minerals, as
JSON, for the worst path of gallium, the worst of all minerals and one more, of a run of 1,024 paths."""
import json
import os
import subprocess
import sys

try:
    import h5py
    import numpy as np
except ImportError:
    print("skipped: python3-h5py is not installed")
    sys.exit(77)

ROOT, KURA, TMP = (os.environ[k] for k in ("KURA_SOURCE_DIR", "KURA_BINARY", "KURA_TEST_TMP"))
SCENARIO = os.path.join(ROOT, "configs/japan/japan.yaml")
bad = []


def kura(*arguments):
    return subprocess.run([KURA, *arguments], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")


def expect(what, ok, *figures):
    if not ok:
        print("WRONG", what, *figures)
        bad.append(what)


out = os.path.join(TMP, "explain.h5")
kura("run", SCENARIO, "-o", out, "--force", "--progress", "none", "--paths", "1024")
with h5py.File(out, "r") as f:
    names = [n.decode() for n in f["samples/mineral"][:]]
    report = [r.decode() for r in f["summary/report"][:]]
    samples = {k: v[:] for k, v in f["samples"].items() if v.ndim == 2}
gallium = names.index("gallium")
share = samples["unserved"] / samples["demand"]
share[~(samples["demand"] > 0)] = 0
total = share[[r == "headline" for r in report]].mean(axis=0)
worst = {"gallium": int(np.argmax(samples["unserved"][gallium])), None: int(np.argmax(total))}

for mineral, path in worst.items():
    told = kura("explain", out, "--worst", "3", "--format", "json", *(["--mineral", mineral] if mineral else []))
    first = json.loads(told.stdout.splitlines()[0])
    expect("worst path", first["path"] == path, mineral, first, path)
    expect("no doubt", "doubt" not in first and told.stderr == "", first, told.stderr)
    expect("command", first["replay"].startswith(f"kura explain {SCENARIO} --path {path}"), first["replay"])

for path in {*worst.values(), 777}:
    text = kura("explain", SCENARIO, "--path", str(path), "--mineral", "gallium", "--format", "json").stdout
    story = json.loads(text)
    expect("all minerals", sorted(m["id"] for m in story["minerals"]) == sorted(names))
    for m in story["minerals"]:
        i = names.index(m["id"])
        for name, value in samples.items():
            expect("equal", m["metrics"][name] == value[i, path], path, m["id"], name, m["metrics"][name], value[i, path])
        if m["id"] == "gallium":
            expect("weeks", sum(s["unserved_t"] for s in m["steps"]) == m["metrics"]["unserved"])
    plain = kura("explain", SCENARIO, "--path", str(path)).stdout
    expect("80 columns", max(map(len, plain.splitlines())) <= 80, path, max(plain.splitlines(), key=len))
    print(f"path {path}: {story['minerals_short']} minerals short, {len(names) * len(samples)} numbers compared")
os.remove(out)
sys.exit(1 if bad else 0)
