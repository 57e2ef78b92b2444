#!/usr/bin/env python3
"""Why some policies of Japan do not have the sign that was expected (configs/japan/policies/README.md): one mechanism after the
other, with it and without it.  Small scenarios by exact answers; the rest on the minerals concerned and their hosts, on the same
futures as the study.

Exit 0 passed, 77 skipped (h5py, NumPy or PyYAML missing), anything else failed."""
import os
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from subset import KURA, Study, h5py, hazards, policy, read, rows, scenario, write, yaml

PATHS = 256
NEUE, GROSS, EUE = "normalised_expected_unserved", "gross_normalised_expected_unserved", "expected_unserved"
failed = []


def expect(holds, what):
    print(("ok     " if holds else "FAILED ") + what)
    if not holds:
        failed.append(what)


def study(*given, **more):
    with tempfile.TemporaryDirectory() as folder:
        return Study(folder, *given, **more)


def difference(s, number, name, mineral):
    return s.of(number + "_difference", name, mineral), s.of(number + "_difference_se", name, mineral)


def paths_that_differ(s, name, mineral):
    return s.of(NEUE + "_difference_paths", name, mineral)


# ---- the part of the scenario that is run here is the scenario ----


def same_futures():
    """One mineral alone and as one of six: equal to the bit."""
    alone = study(["antimony"], {"g7-dependence-cap": policy("g7-dependence-cap", ["antimony"])}, 128)
    among = study(["lithium", "antimony", "ree_heavy"], {"g7-dependence-cap": policy("g7-dependence-cap", ["antimony"])}, 128)
    for number in (NEUE, GROSS, "loss_of_load_expectation", "mean_price"):
        a, b = alone.base(number, "antimony"), among.base(number, "antimony")
        expect(a == b and a > 0, "antimony has the same %s alone and among others: %r, %r" % (number, a, b))


# ---- a cap, and a target, that nothing exceeds ----


def share_of_china(mineral):
    last = read("minerals.yaml")["minerals"][mineral]["forms"][-1]
    bought = {r["from"]: float(r["volume [t/year]"]) for r in rows("network", "trade.csv")
              if r["mineral"] == mineral and r["form"] == last and r["to"] == "JPN" and r["volume [t/year]"]}
    return bought.get("CHN", 0) / sum(bought.values())


def not_binding():
    """The cap of 65 % on gallium, antimony and tungsten; 60 and 90 days where 90 are held."""
    cap = policy("g7-dependence-cap", ["gallium"])
    caps = ["gallium", "antimony", "tungsten"]
    held = {"graphite": "national-graphite", "antimony": "national-antimony"}
    opening = lambda days: {"stockpiles.%s.opening" % s: days for s in held.values()}
    target = lambda name: policy(name, list(held))
    lower = {"levers.dependence_cap.g7": dict(cap["levers.dependence_cap.g7"], cap="20 %")}
    s = study(caps + ["graphite"], {"g7-dependence-cap": cap, "cap-20": lower, "stock-60": target("stock-60"), "stock-90": target("stock-90"),
                                    "held-30": opening("30 days"), "held-30-then-60": dict(opening("30 days"), **target("stock-60")),
                                    "held-60": opening("60 days")}, PATHS)
    for m in caps:
        share = share_of_china(m)
        expect(0.2 < share < 0.65 and paths_that_differ(s, "g7-dependence-cap", m) == 0,
               "%s: China has %.0f %% of the imports, a cap of 65 %% moves no path" % (m, 100 * share))
        expect(paths_that_differ(s, "cap-20", m) > PATHS / 4, "%s: a cap of 20 %% moves %d of %d paths" %
               (m, paths_that_differ(s, "cap-20", m), PATHS))
    expect(share_of_china("graphite") > 0.65 and difference(s, NEUE, "g7-dependence-cap", "graphite")[0] < 0,
           "graphite: China has %.0f %%, the cap of 65 %% lowers NEUE" % (100 * share_of_china("graphite")))
    days = {r["mineral"]: float(r["opening [days]"]) for r in rows("stockpiles.csv")}
    for m in held:
        expect(days[m] == 90, "%s: 90 days are held" % m)
        for p in ("stock-60", "stock-90"):
            expect(paths_that_differ(s, p, m) == 0, "%s: %s moves no path" % (m, p))
        a, b, c = (s.of(EUE, p, m) for p in ("held-30", "held-30-then-60", "held-60"))
        expect(b < a and b == c, "%s: with 30 days held a target of 60 lowers what is not served from %.4g to %.4g t a year, as 60 held do" %
               (m, a, b))


# ---- ore ----


def ore_is_metal():
    """Magnesium has one form, so a stock of its first form is a stock of what is used."""
    expect(read("minerals.yaml")["minerals"]["magnesium"]["forms"] == ["refined"], "magnesium: its first form is its last")
    s = study(["magnesium", "antimony"], {p: policy(p, ["magnesium", "antimony"]) for p in ("stock-180", "stock-180-as-ore")}, PATHS)
    for number in (NEUE, GROSS, "loss_of_load_expectation", "mean_price"):
        a, b = (s.of(number, p, "magnesium") for p in ("stock-180", "stock-180-as-ore"))
        expect(a == b, "magnesium: 180 days as ore are 180 days: %s %r, %r" % (number, a, b))
    expect(difference(s, NEUE, "stock-180-as-ore", "magnesium")[0] < 0, "magnesium: they lower NEUE")
    expect(paths_that_differ(s, "stock-180-as-ore", "antimony") == 0 and paths_that_differ(s, "stock-180", "antimony") > 0,
           "antimony, which has ore: the same days move no path as ore, and some as metal")


MINES, REFINERIES = "mines-abroad-without-refining", "mines-abroad-with-refining"


def mines_abroad():
    """What ore of Australia changes for heavy rare earths is what Myanmar's ore may suffer."""
    m = "ree_heavy"
    p = {n: policy(n, [m]) for n in (MINES, REFINERIES)}
    myanmar = {"hazards.restrictions.mmr-ore-dominant": None, "hazards.shocks.border-mmr": None, "hazards.shocks.unrest-mmr": None}
    no_outages = {"hazards.outages.%s" % o: None for o in hazards({m})[0]["outages"]}
    s = study([m], p, 2 * PATHS)
    d, se = difference(s, NEUE, MINES, m)
    base = s.base(NEUE, m)
    expect(d < -4 * se, "mines abroad lower NEUE of heavy rare earths by %.1f %% of it: %+.0f +- %.0f ppm" % (-100 * d / base, d, se))
    r, rse = difference(s, NEUE, REFINERIES, m)
    expect(r < -4 * rse and r < 5 * d, "with refineries beside them: %+.0f +- %.0f ppm" % (r, rse))
    s = study([m], p, 2 * PATHS, myanmar)
    calm, se = difference(s, NEUE, MINES, m)
    expect(abs(calm) < 0.001 * s.base(NEUE, m) and s.base(NEUE, m) > 0.8 * base,
           "without Myanmar's own hazards: %+.2f +- %.2f of %.0f ppm" % (calm, se, s.base(NEUE, m)))
    r, rse = difference(s, NEUE, REFINERIES, m)
    expect(r < -4 * rse, "but with refineries: %+.0f +- %.0f ppm" % (r, rse))
    s = study([m], {MINES: p[MINES]}, PATHS, dict(myanmar, **no_outages))
    expect(difference(s, NEUE, MINES, m)[0] == 0 and s.base(NEUE, m) > 0.8 * base,
           "and without outages of mines and works: nothing, to the last digit")


def lithium_mines():
    """What a lithium mine of Canada changes is what other mines may suffer: ore restrictions and outages."""
    p = {MINES: policy(MINES, ["lithium"])}
    h = hazards({"lithium"})[0]
    calm = {"hazards.restrictions.%s" % r: None for r in h["restrictions"] if not r.startswith("china")}
    calm.update({"hazards.outages.%s" % o: None for o in h["outages"]})
    s, t = study(["lithium"], p, PATHS), study(["lithium"], p, PATHS, calm)
    expect(paths_that_differ(s, MINES, "lithium") > 0, "lithium: a mine in Canada moves %d of %d paths" % (paths_that_differ(s, MINES, "lithium"), PATHS))
    expect(t.base(GROSS, "lithium") > 0 and difference(t, NEUE, MINES, "lithium")[0] == 0,
           "lithium: without ore restrictions and outages nothing more or less is missing")


def ore_for_malaysia():
    """Light rare earths: the ore of Australia is refined in Malaysia too.  With Chinese restrictions as the only hazard, and no
    answer to prices, it is that which helps: a mine as large in Canada, whose ore has no way but to China, does little."""
    m = "ree_light"
    p = policy(MINES, [m])["levers.investment"]["ree-light"]
    elsewhere = dict({k: v for k, v in p.items() if k != "expands"}, mineral=m, form="mine", country="CAN", kind="mine")
    h = hazards({m})[0]
    still = {"minerals.%s.demand_response" % m: None}
    still.update({"hazards.restrictions.%s" % r: None for r in h["restrictions"] if r != "china-strategic"})
    still.update({"hazards.%s.%s" % (kind, x): None for kind in ("outages", "shocks") for x in h[kind]})
    s = study([m], {"australia": {"levers.investment": {"ree-light": p}}, "canada": {"levers.investment": {"ree-light": elsewhere}}}, 1024, still)
    d, se = difference(s, NEUE, "australia", m)
    e, ese = difference(s, NEUE, "canada", m)
    expect(d < -3 * se and d < -0.5 * s.base(NEUE, m), "light rare earths: ore of Australia, refined in Malaysia too: %+.0f +- %.0f of %.0f ppm" %
           (d, se, s.base(NEUE, m)))
    expect(abs(e) < 0.1 * abs(d), "ore that only China buys: %+.0f +- %.0f ppm" % (e, ese))


# ---- who buys where ----


def utilities():
    """Uranium: two years of use are held.  With as little as other users hold it is short, and enrichment helps."""
    p = {"nuclear-fuel-enrichment": policy("nuclear-fuel-enrichment", ["uranium"])}

    def days(days):
        def edit(tree):
            hub, = [h for h in tree["network"]["hubs"] if h["mineral"] == "uranium"]
            expect(hub["cover"] == "730 days", "uranium: users hold two years of use")
            hub["cover"] = days
        return edit

    s = study(["uranium"], p, PATHS)
    expect(s.base(GROSS, "uranium") > 0 or s.base(NEUE, "uranium") == 0, "uranium is computed")
    expect(s.base(NEUE, "uranium") == 0 and difference(s, NEUE, "nuclear-fuel-enrichment", "uranium")[0] == 0,
           "with them nothing is missing, and nothing can fall")
    s = study(["uranium"], p, PATHS, edit=days("42 days"))
    d, se = difference(s, NEUE, "nuclear-fuel-enrichment", "uranium")
    expect(d < -4 * se < 0, "with six weeks NEUE is %.0f ppm, and enrichment changes it by %+.0f +- %.0f" % (s.base(NEUE, "uranium"), d, se))


def one_works_for_all():
    """Nickel sulphate of Canada under contract for ten thousand tonnes a year: all that Japan imports, 2,000 t of six countries,
    comes from one works.  Under contract for half of it there are seven suppliers."""
    p = policy("canada-battery-metals", ["nickel"])
    bought = {r["from"]: float(r["volume [t/year]"]) for r in rows("network", "trade.csv")
              if (r["mineral"], r["form"], r["to"]) == ("nickel", "sulphate", "JPN")}
    works = p["levers.investment"]["nickel-works-CAN"]
    expect(sum(bought.values()) == 2000 and sum(v > 0 for v in bought.values()) == 6 and works["offtake"] == {"JPN": "50 %"} and
           works["output"] == "20_000 t/year", "nickel: Japan imports 2,000 t of sulphate from six countries")
    s = study(["nickel"], {"works": p, "half": {"levers.investment": {"nickel-works-CAN": dict(works, offtake={"JPN": "5 %"})}}}, 1024,
              {"minerals.nickel.demand_response": None})
    d, se = difference(s, NEUE, "works", "nickel")
    e, ese = difference(s, NEUE, "half", "nickel")
    expect(d > 3 * se, "nickel: all of it from one works raises NEUE: %+.1f +- %.1f ppm" % (d, se))
    expect(e < -4 * ese, "nickel: half of it lowers NEUE: %+.1f +- %.1f ppm" % (e, ese))


# ---- prices ----


def calm_prices():
    """A market that is deeper moves what is bought only because users answer prices."""
    minerals = ["gallium", "antimony", "graphite", "magnesium"]
    p = {"futures-market-depth": policy("futures-market-depth", minerals)}
    kept = scenario(minerals)["minerals"]
    s = study(minerals, p, PATHS)
    t = study(minerals, p, PATHS, {"minerals.%s.demand_response" % m: None for m in kept})
    for m in minerals:
        d, se = difference(s, GROSS, "futures-market-depth", m)
        expect(d < -4 * se, "%s: calmer prices take less demand away: gross NEUE %+.0f +- %.0f ppm" % (m, d, se))
        expect(paths_that_differ(s, "futures-market-depth", m) > 0, "%s: so what is missing differs on some paths" % m)
        expect(paths_that_differ(t, "futures-market-depth", m) == 0 and t.base(NEUE, m) > 0,
               "%s: with no answer to prices on none" % m)


def calmer_for_all():
    """Stocks of allies calm the price, at which Japan's users buy more and replace less.  With no answer to prices they help."""
    minerals = ["graphite", "ree_heavy", "tungsten"]
    p = {n: policy(n, minerals) for n in ("allied-stocks", "allied-pool")}
    s = study(minerals, p, PATHS)
    t = study(minerals, p, PATHS, {"minerals.%s.demand_response" % m: None for m in minerals})
    for m in ("graphite", "tungsten"):
        price, price_se = difference(s, "mean_price", "allied-stocks", m)
        expect(price < -4 * price_se, "%s: stocks of allies lower the price by %.4f +- %.4f of the base price" % (m, -price, price_se))
    for m in ("graphite", "ree_heavy"):
        d, se = difference(s, NEUE, "allied-stocks", m)
        e, ese = difference(t, NEUE, "allied-stocks", m)
        expect(d > 4 * se, "%s: stocks of allies raise NEUE: %+.0f +- %.0f ppm" % (m, d, se))
        expect(e < -2 * ese, "%s: with no answer to prices they lower it: %+.2f +- %.2f ppm" % (m, e, ese))
    e, ese = difference(t, NEUE, "allied-pool", "ree_heavy")
    expect(e < -4 * ese, "ree_heavy: with no answer to prices the pool lowers NEUE: %+.0f +- %.0f ppm" % (e, ese))
    gain = s.of(NEUE, "allied-pool", "ree_heavy") - s.of(NEUE, "allied-stocks", "ree_heavy")
    expect(gain < 0, "ree_heavy: the same tonnes pooled lower NEUE by %.0f ppm" % -gain)


# ---- a pool ----

TWO = """format: 1
name: two-allies
run: {paths: 1, seed: 1, start: 2026-01-05, step: 7 days, steps: 40, focus: %s, per: horizon}
minerals: {unit: {forms: [metal], lattice_exponent: -20}}
network:
  sites: {mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 32 t/step, spare: 100 %%}}
  trade:
    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2}
    - {mineral: unit, form: metal, from: CHN, to: USA, volume: 16 t/step, lag_steps: 2}
  demand:
    - {mineral: unit, form: metal, country: JPN, rate: 16 t/step}
    - {mineral: unit, form: metal, country: USA, rate: 16 t/step}
  hubs: [{mineral: unit, form: metal, country: JPN, cover: 0 days, opening: 0 t}, {mineral: unit, form: metal, country: USA, cover: 0 days, opening: 0 t}]
tallies: {required_stock: false}
events:
%s
stockpiles:
%s
"""
ALONE = """  japan: {owner: national, country: JPN, mineral: unit, form: metal, opening: 56 t, trigger: always}
  allies: {owner: national, country: USA, mineral: unit, form: metal, opening: 56 t, trigger: always}"""
POOLED = """  both: {owner: joint, country: JPN, mineral: unit, form: metal, opening: 112 t, trigger: always, solidarity: 100 %,
    members: [{country: JPN, share: 50 %}, {country: USA, share: 50 %}]}"""
STOP = "  - {from: %d, to: %d, object: restriction/CHN/unit/%s, field: severity, value: 100 %%}"


def unserved(stocks, events, focus):
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, "two.yaml"), os.path.join(folder, "two.h5")
        with open(path, "w", encoding="utf-8") as f:
            f.write(TWO % (focus, "\n".join(STOP % e for e in events), stocks))
        subprocess.run([KURA, "run", path, "-o", out, "--progress", "none"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with h5py.File(out) as h5:
            return float(h5["samples/unserved"][0, 0])


def pool_of_two():
    """Each uses 16 t a week, 56 t are held for each.  Six weeks without supply for one take 96 t: 40 t are missing with its own
    stock and none with the pool.  Six weeks for the ally and six more for both: alone Japan misses 40 t and the ally 136 t; of the
    pool the ally has drawn 96 t by then, more than its own, and of the 16 t left each has half: Japan misses 88 t, the ally too."""
    for events, own, pooled in (([(4, 10, "JPN")], (40, 0), (0, 0)), ([(4, 16, "USA"), (10, 16, "JPN")], (40, 136), (88, 88))):
        for stocks, want in ((ALONE, own), (POOLED, pooled)):
            got = tuple(unserved(stocks, events, c) for c in ("JPN", "USA"))
            expect(got == want, "two allies, %s, %s: %s t missing, %s expected" %
                   ("; ".join("%s in %d-%d" % (c, a, b) for a, b, c in events), "a pool" if stocks is POOLED else "a stock each", got, want))


def no_required_stock_of_a_pool():
    """What stock would do is not asked of a pool: where no size did before, the table says n/a."""
    slow = ALONE.replace("56 t, ", "56 t, at_most: 1 t/step, ")
    base = TWO.replace("paths: 1,", "paths: 256,").replace("required_stock: false", "required_stock: true")
    patch = {"stockpiles.japan": None, "stockpiles.allies": None, "stockpiles.both": yaml.safe_load(POOLED)["both"]}
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "two.yaml"), "w", encoding="utf-8") as f:
            f.write(base % ("JPN", STOP % (4, 10, "JPN"), slow))
        write(os.path.join(folder, "pool.yaml"), {"format": 1, "name": "pool", "base": "two.yaml", "patch": patch})
        write(os.path.join(folder, "study.yaml"), {"format": 1, "name": "study", "base": "two.yaml", "patch": {"study": {"policies": ["pool.yaml"]}}})
        out = os.path.join(folder, "study.h5")
        subprocess.run([KURA, "run", os.path.join(folder, "study.yaml"), "-o", out, "--progress", "none"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        text = subprocess.run([KURA, "compare", out], check=True, stdout=subprocess.PIPE, text=True).stdout
        with h5py.File(out) as h5:
            with_it, before = (float(h5["policies/required_stock_days" + x][:].ravel()[0]) for x in ("", "_base"))
    expect(before == float("inf") and with_it != with_it, "no stock suffices at first, of the pool it is not asked: %r, %r" % (before, with_it))
    line = [x for x in text.splitlines() if x.startswith("unit ")]
    expect(line and line[0].endswith(" n/a") and "nan" not in text, "the table says n/a: %s" % line)


def pool_of_allies():
    """The same tonnes in one pool leave less missing in Japan and at its allies together; Japan's part of it is drawn by allies
    who lack more days.  With Chinese restrictions aimed at Japan alone they do not."""
    minerals = ["graphite", "tungsten", "antimony", "silicon", "magnesium"]
    p = {n: policy(n, minerals) for n in ("allied-stocks", "allied-pool")}
    still = {"minerals.%s.demand_response" % m: None for m in scenario(minerals)["minerals"]}
    missing = {c: study(minerals, p, PATHS, dict(still, **{"run.focus": c})) for c in ("JPN", "ROW")}
    for m in minerals:
        gain = {c: s.of(EUE, "allied-pool", m) - s.of(EUE, "allied-stocks", m) for c, s in missing.items()}
        expect(sum(gain.values()) < 0, "%s: one pool instead of two stocks: Japan %+.1f, allies %+.1f, together %+.1f t a year" %
               (m, gain["JPN"], gain["ROW"], sum(gain.values())))

    def at_japan_only(tree):
        for r in tree["hazards"]["restrictions"].values():
            if r["exporter"] == "CHN":
                for t in r["types"].values():
                    t["target"] = "JPN"

    aimed = study(minerals[:2], {n: policy(n, minerals[:2]) for n in p}, PATHS, {k: v for k, v in still.items() if k.split(".")[1] in minerals[:2]},
                  edit=at_japan_only)
    for m in minerals[:2]:
        d, se = difference(missing["JPN"], EUE, "allied-pool", m)
        expect(d > 4 * se, "%s: the pool costs Japan %+.1f +- %.1f t a year" % (m, d, se))
        e, ese = difference(aimed, EUE, "allied-pool", m)
        expect(e < 4 * ese and e < 0.02 * d, "%s: not where China restricts exports to Japan alone: %+.2f +- %.2f t a year" % (m, e, ese))


for part in (same_futures, not_binding, ore_is_metal, mines_abroad, lithium_mines, ore_for_malaysia, utilities, one_works_for_all, calm_prices, calmer_for_all, pool_of_two,
             no_required_stock_of_a_pool, pool_of_allies):
    begin = time.monotonic()
    part()
    if os.environ.get("KURA_TEST_TIMES"):
        print("        %s: %.1f s" % (part.__name__, time.monotonic() - begin))
sys.exit(1 if failed else 0)
