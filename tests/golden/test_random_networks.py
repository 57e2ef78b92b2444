"""Random networks through the engine and through reference.py (written from the specification alone): every cell of
/paths equal, in every lane and instruction set; the mass balance read from /paths alone; constant states without scripts.

    test_random_networks.py [FIRST LAST]    networks FIRST..LAST instead of the default ones
"""
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

try:
    import h5py
    import numpy as np
except ImportError as missing:
    print("skipped: %s" % missing)
    sys.exit(77)

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import reference as ref  # noqa: E402

STEPS, PATHS, QUIET_STEPS = 100, 9, 40  # 9 paths: more than the lanes of one bundle
FIRST, LAST = 1, 60
HUB = ("on_hand", "in_transit", "use_average", "order", "inbound_availability", "qualification")
TIER = ("stockpile", "release", "trigger", "inbound_loss")
NOT_MASS = ("inbound_availability", "qualification", "trigger", "inbound_loss")
FEATURES = """release|release bounded by its cap|release bounded by its floor|tier pending|tier authorised|tier stops
tier held open by its minimum length|pending decision dropped|ban|partial restriction|tie in the Latin order
shipment after qualification|qualification ramp open in part|qualification at its limit|storage bounds a site without input
storage bounds a refinery|recycler produces|capacity binds|zero capacity|site wants nothing (surplus)|order of zero
order of a trader|order of a producing exporter|order of a pure importer|lost output replaced by imports|detour
cargo overtakes|physical cap binds|firm class rationed|free class rationed|unequal firm fractions in one ration
spot trade|clean-up trade|home use rationed, class 1|home use rationed, class 2|feed and consumers share a shortage
unserved|world demand moved|regime 0|regime 1|regime 2|1 forms|2 forms|3 forms|4 forms|2 countries|6 countries
several sites in a hub|free and fed sites in one hub|trader hub
trader hub with sites without capacity|no arcs|storage of exactly H + B|country availability|more than 32 steps at sea
networks that rest without scripts|arc without a firm part|arc without a free part
trigger looks past a form without a hub""".replace("\n", "|").split("|")

KURA = os.environ.get("KURA_BINARY")
ROOT = os.environ.get("KURA_SOURCE_DIR", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))


def kura(scenario, output, isa, *more):
    p = subprocess.run([KURA, "run", scenario, "--force", "--threads", "1", "--progress", "none", "-o", output]
                       + (["--isa", isa] if isa else []) + list(more), capture_output=True, text=True)
    if p.returncode != 0:
        raise RuntimeError("kura run %s: exit %d\n%s" % (scenario, p.returncode, p.stderr[-2000:]))
    with h5py.File(output, "r") as f:
        g = f["paths"]
        names = {d: [s.decode() for s in g[d][:]] for d in ("hub", "site", "arc", "tier", "consumer") if d in g}
        data = {v: g[v][:] for v in HUB + TIER + ("output", "shipment", "unserved", "demand") if v in g}
    return names, data


def labels(net):
    cs, fs = net.countries, net.forms
    name = {}
    for (f, c) in net.hub:
        name["hub", (f, c)] = "rock/%s/%s" % (fs[f], cs[c])
    for s in net.sites:
        name["site", s] = s.name
    for a in net.arcs:
        name["arc", a] = "rock/%s/%s/%s" % (fs[a.f], cs[a.i], cs[a.j])
    for s in net.tiers:
        name["tier", s] = s.name
    for k in net.consumers:
        name["consumer", k] = "rock/%s/%s" % (fs[k.f], cs[k.c]) + ("/" + k.sector if k.sector else "")
    return name


def dimension(variable):
    return ("hub" if variable in HUB else "tier" if variable in TIER else "site" if variable == "output"
            else "arc" if variable == "shipment" else "consumer")


def compare(net, out, names, data, what):
    """cells compared; the differences, earliest first"""
    q = 2.0 ** net.exponent
    label = labels(net)
    where = {d: {n: i for i, n in enumerate(v)} for d, v in names.items()}
    cells, wrong, absent = 0, [], []
    for (variable, obj), values in out.items():
        d = dimension(variable)
        name = label[d, obj]
        if name not in where.get(d, {}):
            absent.append((d, name))
            if any(v != 0 for v in values) and variable not in NOT_MASS:
                wrong.append((-1, "%s: %s %s is not in /paths" % (what, variable, name)))
            continue
        want = np.array(values) * (1.0 if variable in NOT_MASS else q)
        got = data[variable][where[d][name]]
        cells += got.size
        same = got == want[:, None]
        if not same.all():
            t, n = np.argwhere(~same)[0]
            wrong.append((int(t), "%s: %s %s t=%d path %d: %r, reference %r (%d cells)"
                          % (what, variable, name, t, n, got[t, n] / (1.0 if variable in NOT_MASS else q),
                             want[t] / (1.0 if variable in NOT_MASS else q), int((~same).sum()))))
    known = {(dimension(v), label[dimension(v), o]) for v, o in out}
    for d, v in names.items():
        for n in v:
            if (d, n) not in known:
                wrong.append((-1, "%s: %s %s of /paths is not in the network" % (what, d, n)))
    return cells, sorted(wrong)


def balance(net, names, data, what):
    """From /paths alone, in quanta: what leaves a hub for its refineries must be an input that gives exactly their output."""
    scale = 2.0 ** -net.exponent
    label = labels(net)
    where = {d: {n: i for i, n in enumerate(v)} for d, v in names.items()}

    def col(variable, obj):
        d = dimension(variable)
        return data[variable][where[d][label[d, obj]]][:, 0] * scale

    bad, checks = [], 0
    for key, h in net.hub.items():
        if label["hub", key] not in where["hub"]:
            continue
        start = ref.fl((1.0 + h.cover) * h.U0) + ref.fl(h.b * h.E) - h.E - h.U0
        stock = np.concatenate([[start], col("on_hand", key)])
        sea = np.concatenate([[sum(a.v * a.lag for a in h.into)], col("in_transit", key)])
        total = np.zeros(len(stock) - 1)
        loaded = sum((col("shipment", a) for a in h.into), total)
        arrived = sea[:-1] + loaded - sea[1:]
        sent = sum((col("shipment", a) for a in h.out), total)
        made = sum((col("output", s) for s in h.sites), total)
        freed = sum((col("release", s) for s in h.tiers), total)
        served = sum((col("demand", k) - col("unserved", k) for k in h.consumers), total)
        for s in h.tiers:
            left = np.concatenate([[s.opening], col("stockpile", s)])
            bad += ["%s: tier %s t=%d" % (what, s.name, t) for t in np.nonzero(left[:-1] - left[1:] != col("release", s))[0]]
        fed = stock[:-1] + arrived + made + freed - sent - served - stock[1:]
        low, high = total.copy(), total.copy()
        for s in h.feeds:
            for t, x in enumerate(col("output", s)):
                least = ref.input_for(x, s.y)
                most = least
                while np.floor(s.y * (most + 1)) == x:
                    most += 1
                low[t] += least
                high[t] += most
        checks += len(fed)
        bad += ["%s: hub %s t=%d: %r quanta left for refineries that took %r to %r"
                % (what, label["hub", key], t, fed[t], low[t], high[t])
                for t in np.nonzero((fed < low) | (fed > high) | (arrived < 0))[0]]
    return checks, bad


def constant(net, names, data, what):
    bad = []
    for variable in HUB + TIER + ("output", "shipment", "unserved"):
        if variable not in data:
            continue
        x = data[variable]
        moved = np.argwhere(x != x[:, :1, :1])
        if len(moved):
            i, t, n = moved[0]
            bad.append("%s: %s %s moves at t=%d without a script" % (what, variable, names[dimension(variable)][i], t))
        if variable in ("unserved", "release", "trigger", "inbound_loss", "qualification") and (x[:, 0] != 0).any():
            bad.append("%s: %s is not zero without a script" % (what, variable))
        if variable == "inbound_availability" and (x != 1).any():
            bad.append("%s: inbound availability is not 1 without a script" % what)
    hub = {n: i for i, n in enumerate(names["hub"])}
    for key, h in net.hub.items():
        i = hub.get(labels(net)["hub", key])
        if i is not None:
            want = ref.fl((1.0 + h.cover) * h.U0) + ref.fl(h.b * h.E) - h.E - h.U0
            if (data["on_hand"][i] != want * 2.0 ** net.exponent).any() or (data["order"][i] != h.M * 2.0 ** net.exponent).any():
                bad.append("%s: hub %s does not rest at its base" % (what, names["hub"][i]))
    return bad


def one(seed, folder):
    seen = Counter()
    net = ref.random_network(seed, STEPS)
    path = ref.write_scenario(net, os.path.join(folder, "n%d" % seed), STEPS, PATHS)
    result = os.path.join(folder, "n%d.h5" % seed)
    seen["%d forms" % len(net.forms)] += 1
    seen["%d countries" % len(net.countries)] += 1
    seen["no arcs"] += not net.arcs
    for h in net.hub.values():
        seen["several sites in a hub"] += len(h.sites) > 1
        seen["free and fed sites in one hub"] += bool(h.free and h.fed)
        seen["trader hub"] += h.X0 == 0 and h.E > 0
        dead = bool(h.sites) and sum(s.K for s in h.sites) == 0
        seen["trader hub with sites without capacity"] += h.X0 == 0 and h.E > 0 and dead
        seen["storage of exactly H + B"] += h.least > h.cap
    seen["country availability"] += sum(kind == "country" and field == "availability" for kind, _, field in net.script)
    seen["networks that rest without scripts"] += net.rests
    seen["arc without a firm part"] += sum(a.phi == 0 for a in net.arcs)
    seen["arc without a free part"] += sum(a.phi == 1 for a in net.arcs)
    out = ref.simulate(net, STEPS, seen)
    cells, wrong = 0, []
    for isa in ("baseline", None):
        names, data = kura(path, result, isa)
        n, bad = compare(net, out, names, data, "network %d, isa %s" % (seed, isa or "default"))
        cells += n
        wrong += [text for _, text in bad[:6]]
        checks, bad = balance(net, names, data, "network %d, mass balance, isa %s" % (seed, isa or "default"))
        wrong += bad[:3]
    quiet = ["--set", "run.steps=%d" % QUIET_STEPS] + (["--set", "series=null"] if net.script else [])
    names, data = kura(path, result, None, *quiet)
    net.script = {}
    n, bad = compare(net, ref.simulate(net, QUIET_STEPS), names, data, "network %d without scripts" % seed)
    cells += n
    wrong += [text for _, text in bad[:6]]
    if net.rests:
        wrong += constant(net, names, data, "network %d" % seed)[:3]
    os.remove(result)
    return cells, checks, wrong, seen


def main():
    if not KURA:
        print("skipped: KURA_BINARY is not set")
        return 77
    first, last = (int(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) == 3 else (FIRST, LAST)
    begin = time.time()
    cells, wrong = ref.check_golden(os.path.join(ROOT, "tests", "golden"))
    print("golden step: %d cells, %d differ from trace.csv" % (cells, wrong))
    failures = ["the reference does not reproduce the golden step"] if wrong or cells != 24480 else []
    seen, cells, checks = Counter(), 0, 0
    base = os.environ.get("KURA_TEST_TMP")
    if base:
        os.makedirs(base, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=base, prefix="random_networks_") as folder:
        with ProcessPoolExecutor(max_workers=2) as pool:
            for seed, job in [(s, pool.submit(one, s, folder)) for s in range(first, last + 1)]:
                try:
                    n, k, bad, s = job.result()
                except (AssertionError, RuntimeError, OSError, KeyError) as error:
                    failures.append("network %d: %s: %s" % (seed, type(error).__name__, error))
                    continue
                cells += n
                checks += k
                failures += bad
                seen.update(s)
    print("%d networks x %d steps x %d paths, 2 instruction sets: %d cells, %d balances of a hub and step"
          % (last - first + 1, STEPS, PATHS, cells, checks))
    for feature in FEATURES:
        print("  %-42s %d" % (feature, seen[feature]))
        if not seen[feature] and len(sys.argv) < 3:
            failures.append("never reached: %s" % feature)
    for text in failures[:60]:
        print("FAIL", text)
    print("%d failures, %.1f s" % (len(failures), time.time() - begin))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
