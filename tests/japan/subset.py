"""The scenario of Japan with some of its minerals only, and the hosts of these: the same futures of what is kept, to the bit, in
a fraction of the time.  Draws are addressed by name, so what is left out changes nothing else; of shocks the hits stay, at
probability 0 where they meet nothing, since they are drawn by their number.

By hand:  python3 tests/japan/subset.py PATHS MINERAL[,MINERAL...] POLICY...
prints what policies of configs/japan/policies change of these minerals."""
import csv
import os
import re
import subprocess
import sys
import tempfile

try:
    import h5py
    import yaml
except ImportError as missing:
    print("skipped: %s" % missing)
    sys.exit(77)

ROOT = os.environ.get("KURA_SOURCE_DIR") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
KURA = os.environ.get("KURA_BINARY") or os.path.join(ROOT, "build", "kura")
JAPAN = os.path.join(os.path.abspath(ROOT), "configs", "japan")


class Plain(yaml.SafeDumper):
    """Without aliases, which the language does not have."""

    def ignore_aliases(self, data):
        return True


def write(path, tree):
    with open(path, "w", encoding="utf-8") as f:
        yaml.dump(tree, f, Dumper=Plain, sort_keys=False, allow_unicode=True, width=1000)


def read(*name):
    with open(os.path.join(JAPAN, *name), encoding="utf-8") as f:
        return yaml.safe_load(f)


def rows(*name):
    with open(os.path.join(JAPAN, *name), newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def merge(into, what):
    for key, value in what.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


SITES = {s["id"]: s for s in rows("network", "sites.csv")}


def with_hosts(minerals):
    kept = set(minerals)
    while True:
        more = {SITES[h["host"]]["mineral"] for h in rows("network", "hosts.csv") if SITES[h["site"]]["mineral"] in kept}
        if more <= kept:
            return kept
        kept |= more


def site_matches(site, select):
    return (site["mineral"] in select.get("minerals", [site["mineral"]]) and site["form"] in select.get("forms", [site["form"]]) and
            site["country"] in select.get("countries", [site["country"]]) and site["kind"] in select.get("kinds", [site["kind"]]) and
            site["id"] in select.get("sites", [site["id"]]))


def narrowed(select, kept):
    """The selection without what is gone; None where nothing is left."""
    select = dict(select)
    if "minerals" in select:
        select["minerals"] = [m for m in select["minerals"] if m in kept]
    if "sites" in select:
        select["sites"] = [s for s in select["sites"] if SITES[s]["mineral"] in kept]
    found = any(s["mineral"] in kept and site_matches(s, select) for s in SITES.values())
    for key, column in (("countries", "country"), ("forms", "form"), ("kinds", "kind")):
        if key in select:
            select[key] = [x for x in select[key] if any(s["mineral"] in kept and s[column] == x for s in SITES.values())]
    return select if found else None


def hazards(kept):
    all_of_them = read("hazards.yaml")
    merge(all_of_them, read("hazards_other_exporters.yaml"))
    h = all_of_them["hazards"]
    countries = {s["country"] for s in SITES.values() if s["mineral"] in kept}
    h["regimes"] = {c: r for c, r in h["regimes"].items() if c in countries}
    forms = {m: set(read("minerals.yaml")["minerals"][m]["forms"]) for m in kept}
    for name, r in list(h["restrictions"].items()):
        given = r["minerals"]
        r["minerals"] = [m for m in given if m in kept]
        r["in_force"] = [f for f in r.get("in_force", []) if f["mineral"] in kept]
        if r.get("forms", "all") != "all":
            r["forms"] = [f for f in r["forms"] if any(f in forms[m] for m in r["minerals"])]
        if not r["in_force"]:
            del r["in_force"]
        if not r["minerals"] or r["exporter"] not in countries:
            del h["restrictions"][name]
    for name, o in list(h["outages"].items()):
        o["select"] = narrowed(o["select"], kept)
        if o["select"] is None:
            del h["outages"][name]
    for name, s in list(h["shocks"].items()):
        hits = [(hit, narrowed(hit["select"], kept)) for hit in s["hits"]]
        left = [select for hit, select in hits if select]
        s["hits"] = [dict(hit, select=select) if select else {"select": left[0], "probability": 0} for hit, select in hits if left]
        if not left:
            del h["shocks"][name]
    return h, all_of_them["correlation"]


def scenario(minerals):
    """The whole scenario as one tree, of these minerals and their hosts."""
    kept = with_hosts(minerals)
    tree = read("japan.yaml")
    del tree["include"], tree["data_notes"], tree["network"]["corrections"]
    tree["name"] = "japan-subset"
    tree["minerals"] = {m: v for m, v in read("minerals.yaml")["minerals"].items() if m in kept}
    tree["hazards"], tree["correlation"] = hazards(kept)

    def table(name, keep):
        out = []
        for row in rows(*name.split("/")):
            if keep(row):
                out.append({re.sub(r" \[.*\]$", "", k): quantity(k, v) for k, v in row.items()
                            if v != "" and k not in ("note", "source")})
        return out

    of_kept = lambda row: row["mineral"] in kept
    tree["network"] = {n: table("network/%s.csv" % n, of_kept) for n in ("hubs", "trade", "demand")}
    for t in tree["network"]["trade"]:
        if "routes" in t:
            t["routes"] = t["routes"].split(";")
    tree["network"]["sites"] = {s.pop("id"): s for s in table("network/sites.csv", of_kept)}
    hosts = table("network/hosts.csv", lambda row: SITES[row["site"]]["mineral"] in kept)
    if hosts:
        tree["network"]["hosts"] = hosts
    tree["stockpiles"] = {s.pop("id"): s for s in table("stockpiles.csv", of_kept)}
    tree["costs"] = read("costs.yaml")["costs"]
    tree["costs"]["loss"] = [x for x in tree["costs"]["loss"] if x["mineral"] in kept]
    passages = {r for t in tree["network"]["trade"] for r in t.get("routes", [])}
    tree["hazards"]["chokepoints"] = {k: v for k, v in tree["hazards"]["chokepoints"].items() if k in passages}
    return {k: v for k, v in tree.items() if v not in ({}, [], None)}


def quantity(column, value):
    unit = re.search(r" \[(.*)\]$", column)
    return "%s %s" % (value, unit.group(1)) if unit else int(value) if re.fullmatch(r"\d+", value) else value


def policy(name, minerals):
    """The patch of a policy file as far as it concerns these minerals."""
    kept, patch = with_hosts(minerals), {}

    def concerns(key, value):
        if not isinstance(value, dict):
            return True
        if "mineral" in value:
            return value["mineral"] in kept
        if "expands" in value:
            return SITES[value["expands"]]["mineral"] in kept
        if isinstance(value.get("minerals"), list):
            value["minerals"] = [m for m in value["minerals"] if m in kept]
            return bool(value["minerals"])
        return True

    piles = {s["id"]: s["mineral"] for s in rows("stockpiles.csv")}
    for key, value in read("policies", name + ".yaml")["patch"].items():
        part = key.split(".")
        if part[0] == "minerals" and part[1] not in kept or part[0] == "stockpiles" and piles.get(part[1], next(iter(kept))) not in kept:
            continue
        if len(part) == 2 and part[0] == "levers":
            value = {k: v for k, v in value.items() if concerns(k, v)}
            if not value:
                continue
        elif not concerns(key, value):
            continue
        patch[key] = value
    return patch


class Study:
    """Runs the subset and its policies on the same paths, and reads the differences."""

    def __init__(self, folder, minerals, policies, paths, change=None, edit=None):
        self.minerals = minerals
        base = os.path.join(folder, "base.yaml")
        whole = scenario(minerals)
        if edit:
            edit(whole)
        write(base, whole)
        tree = {"format": 1, "name": "signs", "base": base,
                "patch": dict({"run.paths": paths, "tallies": {"required_stock": False}}, **(change or {}))}
        for name, patch in policies.items():
            write(os.path.join(folder, name + ".yaml"), {"format": 1, "name": name, "title": name, "base": base, "patch": patch})
        tree["patch"]["study"] = {"policies": [name + ".yaml" for name in policies]}
        study, out = os.path.join(folder, "study.yaml"), os.path.join(folder, "study.h5")
        write(study, tree)
        done = subprocess.run([KURA, "run", study, "-o", out, "--force", "--progress", "none"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise SystemExit("kura run: " + done.stderr[-3000:])
        with h5py.File(out) as h5:
            g = h5["policies"]
            self.policy = [p.decode() for p in g["policy"][:]]
            self.mineral = [m.decode() for m in g["mineral"][:]]
            self.number = {k: g[k][:] for k in g if g[k].dtype.kind == "f"}

    def base(self, name, mineral):
        return float(self.number[name + "_base"][self.mineral.index(mineral)])

    def of(self, name, policy, mineral):
        return float(self.number[name][self.policy.index(policy), self.mineral.index(mineral)])


def main(paths, minerals, *policies):
    minerals = minerals.split(",")
    with tempfile.TemporaryDirectory() as folder:
        s = Study(folder, minerals, {p: policy(p, minerals) for p in policies}, int(paths))
    for p in policies:
        for m in minerals:
            for number in ("normalised_expected_unserved", "gross_normalised_expected_unserved", "expected_unserved"):
                print("%s, %s: %s %.6g, difference %+.4g +- %.2g" % (p, m, number, s.base(number, m), s.of(number + "_difference", p, m),
                                                                     s.of(number + "_difference_se", p, m)))


if __name__ == "__main__":
    main(*sys.argv[1:])
