"""The pages of checks in configs/japan/hindcasts/README.md are those that `kura run` prints, word for word."""
import glob
import os
import subprocess
import sys

ROOT, KURA = os.environ["KURA_SOURCE_DIR"], os.environ["KURA_BINARY"]
FOLDER = os.path.join(ROOT, "configs/japan/hindcasts")


def page(scenario):
    """From the count of verdicts to the last row of the table."""
    out = subprocess.run([KURA, "run", scenario], capture_output=True, text=True, check=True).stdout
    begin = out.index("Checks against the record")
    return out[begin : out.index("10-90 %: the band", begin)].strip()


readme = open(os.path.join(FOLDER, "README.md"), encoding="utf-8").read()
scenarios = sorted(glob.glob(os.path.join(FOLDER, "*.yaml")))
bad = [] if len(scenarios) == 4 else ["%d scenarios, 4 expected" % len(scenarios)]
for scenario in scenarios:
    found = page(scenario)
    if found not in readme:
        bad.append("%s is not as in README.md:\n%s" % (os.path.basename(scenario), found))
print("\n".join(bad) or "the pages of %d hindcasts are as in README.md" % len(scenarios))
sys.exit(1 if bad else 0)
