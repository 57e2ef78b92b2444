#!/usr/bin/env python3
"""By-products follow their hosts in the Japan scenario, on scripted events without any other hazard.

Smelters of zinc in China and in the rest of the world at 30 % for half a year: Chinese germanium and indium make less, within
the limit that the host's output leaves; lithium and gallium do not notice, to the bit.  Chinese alumina at 30 %: gallium
makes less and grows dearer; copper's by-products do not notice.  With network.hosts=null neither event moves any by-product."""
import csv
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
JAPAN = os.path.join(ROOT, "configs", "japan")
FROM, TO, LEFT = 26, 52, 0.30
bad = []


def expect(what, ok, *figures):
    print("ok   " if ok else "WRONG", what, *figures)
    if not ok:
        bad.append(what)


def table(name):
    with open(os.path.join(JAPAN, "network", name), newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def run(name, sites=(), *options):
    events = ["{from: %d, to: %d, object: site/%s, field: availability, value: %g %%}" % (FROM, TO, s, 100 * LEFT) for s in sites]
    out = os.path.join(TMP, "hosts-%s.h5" % name)
    subprocess.run([KURA, "run", os.path.join(JAPAN, "japan.yaml"), "-o", out, "--force", "--progress", "none", "--paths", "32",
                    "--set", "hazards=null", "--set", "run.horizon=2 years", "--set", "events=[%s]" % ", ".join(events),
                    "--set", "tallies={trace_paths: 4, required_stock: false}", *options],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with h5py.File(out, "r") as f:
        names = lambda k: [n.decode() for n in f[k][:]]
        result = (dict(zip(names("paths/site"), f["paths/output"][:])), dict(zip(names("paths/mineral"), f["paths/log_price"][:])))
    os.unlink(out)
    return result


def fall(site, now, before):
    """Output of a site in the second half of the event, relative to the same paths without it."""
    return now[0][site][FROM + 13:TO].sum() / before[0][site][FROM + 13:TO].sum() - 1


calm = run("calm")
free = run("calm-free", (), "--set", "network.hosts=null")
zinc = ["zinc_refined_CHN", "zinc_refined_ROW"]
cut, cut_free = run("zinc", zinc), run("zinc-free", zinc, "--set", "network.hosts=null")
for site in ("germanium_refined_CHN", "indium_refined_CHN"):
    x = fall(site, cut, calm)
    expect("zinc at 30 %%: %s makes less" % site, x < -0.05, "%+.3f" % x)
    expect("but not without hosts", np.array_equal(cut_free[0][site], free[0][site]))
for site in ("lithium_refined_CHN", "gallium_refined_CHN", "selenium_refined_CHN"):
    expect("zinc at 30 %%: %s does not notice" % site, np.array_equal(cut[0][site], calm[0][site]))

# What a host leaves: free part + the sum of headroom x share x base x host's output / its base (growth on the free part).
base = {s["id"]: float(s["output [t/year]"]) for s in table("sites.csv")}
spare = {s["id"]: float(s["spare [%]"]) / 100 for s in table("sites.csv")}
hosts = table("hosts.csv")
step_base = {s: calm[0][s][0].mean() for s in base}
checked = 0
for site in sorted({h["site"] for h in hosts if h["host"] in zinc}):
    rows = [h for h in hosts if h["site"] == site]
    per_step = base[site] * 7 / 365.25
    growth = 1.06 ** (np.arange(cut[0][site].shape[0]) * 7 / 365.25)[:, None]
    limit = (1 - sum(float(h["share [%]"]) for h in rows) / 100) * per_step * (1 + spare[site]) * growth
    for h in rows:
        ratio = cut[0][h["host"]] / (base[h["host"]] * 7 / 365.25)
        share = float(h["share [%]"]) / 100
        limit = limit + share * np.minimum(per_step * (1 + spare[site]) * growth, float(h["headroom"]) * per_step * ratio)
    over = (cut[0][site] / limit).max()
    checked += 1
    expect("%s stays within what its hosts leave" % site, over < 1 + 1e-4, "%.5f" % over)
expect("by-products of zinc checked", checked >= 5, checked)

alumina = ["aluminium_alumina_CHN"]
cut, cut_free = run("alumina", alumina), run("alumina-free", alumina, "--set", "network.hosts=null")
x = fall("gallium_refined_CHN", cut, calm)
dearer = (cut[1]["gallium"] - calm[1]["gallium"])[TO - 1]
expect("Chinese alumina at 30 %: gallium makes less", x < -0.2, "%+.3f" % x)
expect("and grows dearer", (dearer > 0.01).all(), dearer)
expect("but not without hosts", np.array_equal(cut_free[0]["gallium_refined_CHN"], free[0]["gallium_refined_CHN"])
       and np.array_equal(cut_free[1]["gallium"], free[1]["gallium"]))
for site in ("selenium_refined_JPN", "indium_refined_CHN", "lithium_refined_CHN"):
    expect("Chinese alumina at 30 %%: %s does not notice" % site, np.array_equal(cut[0][site], calm[0][site]))
sys.exit(1 if bad else 0)
