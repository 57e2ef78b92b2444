"""Simulated restrictions and outages over 36 years (start as in 1990) against the record of 1990-2025, by class.

H0: the record is one draw from the model.  For each class |record - mean| <= 4 sd, where the variance is the Poisson variance
of the record plus, for the classes driven by a regime, the variance between paths; and the mean itself must lie within
the factor stated (a hazard table that is off by 2 fails).  The rates were fitted to this record, so this is a check of
the engine and of the tables, not a validation.  Counts of the record: configs/japan/data (calibration), counted by the
closure study: mineral-events.
Nationalist exporters: their rates are those after 2010 and hold for the 16 years 2010-2025 only.
The record of Russia, of outages and of wars was counted on the first 26 minerals, so only these are counted here too; that of
Chinese group B, of nationalists and of power rationing was extended to the minerals added later (derivations in the table)."""
import collections
import csv
import os
import subprocess
import sys

try:
    import h5py
except ImportError:
    print("skipped: python3-h5py is not installed")
    sys.exit(77)

ROOT, KURA, TMP = (os.environ[k] for k in ("KURA_SOURCE_DIR", "KURA_BINARY", "KURA_TEST_TMP"))
PATHS, YEARS = 512, 36
out = os.path.join(TMP, "record.h5")
subprocess.run(
    [KURA, "run", os.path.join(ROOT, "configs/japan/japan.yaml"), "--paths", str(PATHS), "-o", out, "--force", "--progress", "none",
     "--set", "run.horizon=36 years", "--set", "tallies={samples: false, required_stock: false}",
     "--set", "hazards.regimes.CHN.start=normal", "--set", "hazards.regimes.RUS.start=normal",
     "--set", "hazards.restrictions.china-strategic.in_force=null", "--set", "hazards.restrictions.china-graphite.in_force=null",
     "--set", "hazards.restrictions.cod-ore-dominant.in_force=null"],
    check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

FIRST = """lithium cobalt nickel graphite manganese ree_light ree_heavy gallium germanium indium antimony tungsten molybdenum
vanadium chromium titanium magnesium tantalum niobium platinum palladium fluorspar bismuth tellurium silicon uranium""".split()
NO_DATA = ("cesium", "rubidium", "thallium")  # nobody keeps their record
minerals_of = collections.defaultdict(set)  # country -> minerals with a site there
for row in csv.DictReader(open(os.path.join(ROOT, "configs/japan/network/sites.csv"), encoding="utf-8")):
    if row["mineral"] in FIRST:
        minerals_of[row["country"]].add(row["mineral"])

count, variance = collections.Counter(), collections.Counter()
with h5py.File(out, "r") as f:
    for label, mean, se in zip(f["events/event"][:], f["events/expected_events"][:], f["events/expected_events_se"][:]):
        kind, name, mineral = (label.decode().split("/") + [""])[:3]
        weight = 1
        if mineral in NO_DATA:
            continue
        if kind == "restriction":
            if name in ("china-strategic", "china-graphite"): cls = "china group A"
            elif name == "china-other": cls = "china group B"
            elif name == "russia":
                if mineral not in FIRST: continue
                cls = "russia"
            elif name.endswith("-any"): cls = "other exporters"
            else:
                cls, weight = "nationalists 2010-2025", 16 / YEARS
        elif kind == "outage":
            if not name.startswith("significant") or mineral not in FIRST: continue
            cls = "significant outages"
        elif kind == "shock" and name.startswith("unrest-"):
            cls, weight = "war and unrest", len(minerals_of[name[7:].upper()])
        elif kind == "shock" and name == "power-rationing": cls = "power rationing"
        else: continue
        count[cls] += weight * mean
        variance[cls] += (weight * se) ** 2 * PATHS
os.unlink(out)

# record; factor within which the mean must lie.  War: Ukraine hit five minerals at once in 2022, hence the wide factor.
RECORD = {"china group A": (23, 1.6), "china group B": (5, 2.0), "russia": (9, 1.6), "nationalists 2010-2025": (11, 1.5),
          "other exporters": (0, None), "significant outages": (38, 1.25), "war and unrest": (16, 2.5), "power rationing": (7, 1.6)}
bad = 0
for cls, (record, factor) in RECORD.items():
    mean = count[cls]
    sd = (record + variance[cls]) ** 0.5
    ok = abs(record - mean) <= 4 * max(sd, 1) and (factor is None or record / factor <= mean <= record * factor)
    bad += not ok
    print("%-24s model %6.2f  sd of paths %5.2f  record %3d  %s" % (cls, mean, variance[cls] ** 0.5, record, "ok" if ok else "WRONG"))
sys.exit(1 if bad else 0)
