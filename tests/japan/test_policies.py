#!/usr/bin/env python3
"""The policies of Japan: every file can be run alone; ore without a refinery buys exactly nothing where others refine, and
something once there is one; so do mines abroad with a refinery beside them; paired errors are as much
smaller than independent ones as they should be.

Exit 0 passed, 77 skipped (h5py or PyYAML missing), anything else failed."""
import glob
import os
import subprocess
import sys
import tempfile

try:
    import h5py
    import yaml
except ImportError as missing:
    print("skipped: %s" % missing)
    sys.exit(77)

KURA = os.environ["KURA_BINARY"]
JAPAN = os.path.join(os.environ["KURA_SOURCE_DIR"], "configs", "japan")
REFINED_ABROAD = ("lithium", "ree_light", "ree_heavy", "antimony", "tungsten", "tantalum")
failed = []


def expect(holds, what):
    if not holds:
        failed.append(what)
        print("FAILED: " + what)


def read(path):
    with open(path, encoding="utf-8") as f:
        return yaml.safe_load(f)


files = sorted(glob.glob(os.path.join(JAPAN, "policies", "*.yaml")))
members = read(os.path.join(JAPAN, "study.yaml"))["patch"]["study"]["policies"]
expect(sorted(os.path.basename(f) for f in files) == sorted(os.path.basename(m) for m in members), "the study has every policy")
for f in files:
    name = os.path.basename(f)[:-5]
    tree = read(f)
    expect(tree["name"] == name, "%s: its name is %s" % (name, tree["name"]))
    expect(tree["policy"].get("expect") and tree["policy"].get("reason"), "%s says what is expected and why" % name)
    done = subprocess.run([KURA, "check", f], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    expect(done.returncode == 0, "kura check %s: %s" % (name, done.stderr[-300:]))

with tempfile.TemporaryDirectory() as folder:
    study, out = os.path.join(folder, "study.yaml"), os.path.join(folder, "study.h5")
    chosen = ["stock-60", "stock-180-as-ore", "stock-180-as-ore-and-refinery", "diplomacy", "mines-abroad-without-refining",
              "mines-abroad-with-refining"]
    with open(study, "w", encoding="utf-8") as f:
        f.write("format: 1\nname: few\nbase: %s\npatch:\n  run.paths: 256\n  study:\n    policies: [%s]\n" %
                (os.path.join(JAPAN, "japan-costs.yaml"), ", ".join(os.path.join(JAPAN, "policies", c + ".yaml") for c in chosen)))
    subprocess.run([KURA, "run", study, "-o", out, "--progress", "none"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with h5py.File(out) as h5:
        g = h5["policies"]
        policies = [p.decode() for p in g["policy"][:]]
        minerals = [m.decode() for m in g["mineral"][:]]

        def number(suffix, policy, mineral):
            return float(g["normalised_expected_unserved_" + suffix][policies.index(policy), minerals.index(mineral)])

        for m in REFINED_ABROAD:
            d = number("difference", "stock-180-as-ore", m)
            expect(d == 0, "ore of %s buys nothing: NEUE %+g ppm" % (m, d))
        for m in ("antimony", "ree_heavy"):
            d, se = number("difference", "stock-180-as-ore-and-refinery", m), number("difference_se", "stock-180-as-ore-and-refinery", m)
            print("ore of %s with works to refine it: NEUE %+.0f +- %.0f ppm" % (m, d, se))
            expect(d < -4 * se < 0, "ore of %s counts with works to refine it: %+g +- %g ppm" % (m, d, se))
        # Heavy rare earths lose 5 % of it, for what Myanmar's own ore suffers (test_policy_signs.py).
        for m, most in (("lithium", 0.05), ("ree_heavy", 0.1)):
            base = float(g["normalised_expected_unserved_base"][minerals.index(m)])
            d = number("difference", "mines-abroad-without-refining", m)
            r, se = number("difference", "mines-abroad-with-refining", m), number("difference_se", "mines-abroad-with-refining", m)
            print("mines abroad for %s: NEUE %.0f %+.1f ppm, with refineries beside them %+.0f +- %.0f ppm" % (m, base, d, r, se))
            expect(abs(d) <= most * base, "mines abroad for %s buy about nothing: %+g of %g ppm" % (m, d, base))
            expect(r < -1.96 * se and r < -0.3 * base, "mines abroad for %s count with refineries: %+g +- %g of %g ppm" % (m, r, se, base))
        for policy, least in (("stock-60", 5), ("diplomacy", 1.3)):
            ratio = number("unpaired_se", policy, "all") / number("difference_se", policy, "all")
            print("%s: independent runs would have an error %.1f times as large" % (policy, ratio))
            expect(ratio >= least, "%s: paired errors are %.2f times smaller, at least %g are expected" % (policy, ratio, least))

sys.exit(1 if failed else 0)
