"""Scenarios with every kind of hazard, drawn from a fixed seed: two supply chains for each mineral, numbers at random."""
import random

MINERALS = ("alpha", "beta", "gamma")
BUYERS = ("JPN", "USA")


def network(r):
    """Two chains from mine to metal a mineral, one of them buys ore of the other; every volume is given."""
    sites, trade, demand = [], [], []
    for m, rival in zip(MINERALS, ("AUS", "RUS", "AUS")):
        def site(name, form, country, kind, output, more=""):
            sites.append("    %s-%s: {mineral: %s, form: %s, country: %s, kind: %s, output: %d t/step, spare: 20 %%, plants: %d%s}"
                         % (m, name, m, form, country, kind, output, r.choice([1, 1, 2, 3]), more))

        def arc(form, a, b, volume, routes):
            trade.append("    - {mineral: %s, form: %s, from: %s, to: %s, volume: %d t/step, lag: %d days%s}"
                         % (m, form, a, b, volume, r.choice([14, 60, 21]), ", routes: [%s]" % routes if routes else ""))

        site("mine", "ore", "CHN", "mine", 12)
        site("rival", "ore", rival, "mine", 12)
        site("works", "metal", "CHN", "refine", 16)
        site("smelter", "metal", rival, "refine", 8)
        site("new", "ore", rival, "mine", 0, ", capacity: 4 t/step, standby: true")
        sites[-1] = sites[-1].replace(", spare: 20 %", "")
        arc("ore", rival, "CHN", 4, r.choice(["", "strait"]))
        arc("metal", "CHN", "JPN", 12, r.choice(["", "strait", "strait, canal"]))
        arc("metal", "CHN", "USA", 4, "canal")
        arc("metal", rival, "JPN", 8, "strait" if m == "alpha" else "")
        demand += ["    - {mineral: %s, form: metal, country: %s, rate: %d t/step}" % (m, c, n) for c, n in (("JPN", 20), ("USA", 4))]
    return "network:\n  sites:\n%s\n  trade:\n%s\n  demand:\n%s\n" % ("\n".join(sites), "\n".join(trade), "\n".join(demand))


def span(r, weeks, positive=False):
    """A law of times of about so many weeks; only positive ones have an equilibrium."""
    laws = ["{lognormal: {median: %.3g weeks, sigma: 0.7}}" % weeks,
                     "{lognormal: {median: %.3g days, p90: %.3g days}}" % (7 * weeks, 20 * weeks),
                     "{exponential: {mean: %.4g days}}" % (7 * weeks), "{weibull: {scale: %.3g weeks, shape: 1.7}}" % weeks,
                     "{uniform: {min: %.3g days, max: %.3g weeks}}" % (weeks, 2 * weeks), "%.4g weeks" % weeks,
                    "{normal: {mean: %.3g weeks, sd: %.3g weeks}}" % (weeks, weeks / 4)]
    return r.choice(laws[:-1] if positive else laws)


def part(r):
    """A law of shares."""
    return r.choice(["{beta: {mean: %d %%, concentration: 5}}" % r.randint(20, 80), "{beta: {alpha: 1.5, beta: 2.5}}",
                     "{beta: {mean: 0.4, sd: 0.2}}", "{uniform: {min: 10 %, max: 90 %}}", "%d %%" % r.randint(20, 90),
                     "{normal: {mean: 50 %, sd: 40 %}}", "{exponential: {mean: 40 %}}"])


def by_regime(r, low, high):
    if r.random() < 0.3:
        return "%.3g /year" % r.uniform(low, high)
    return "{normal: %.3g /year, tension: %.3g /year, coercion: %.3g /month}" % (
        r.uniform(low, high) / 2, r.uniform(low, high), r.uniform(low, high) / 6)


def types(r, notice):
    out = []
    for name in ("licence", "stop", "quota"):
        more = ", notice: %d weeks" % r.randint(3, 20) if notice and name != "quota" else ""
        if name != "quota":
            more += ", target: JPN"
        if name == "licence":
            more += ", escalation: {probability: %d %%, to: stop}" % r.randint(20, 80)
        if r.random() < 0.7:
            more += ", relaxation_half_life: %d weeks" % r.randint(2, 20)
        if r.random() < 0.6:
            more += ", freeze: " + span(r, 5)
        out.append("        %s: {share: {normal: %d %%, tension: %.2f, coercion: %.2f}, severity: %s, duration: %s%s}"
                   % (name, r.randint(10, 90), r.random() + 0.1, r.random() + 0.1, part(r), span(r, 20), more))
    return "\n".join(out)


def hazards(r, seed, steps):
    loads = seed != 4
    coupled = seed in (2, 5)
    out = ["hazards:", "  regimes:"]
    for iso, start in (("CHN", r.choice(["normal", "tension", "coercion"])), ("AUS", "stationary"), ("RUS", "stationary")):
        ease = "coercion_spell: " + span(r, 30, True) if iso != "AUS" else "ease: %.2f /year" % r.uniform(0.5, 3)
        if iso == "CHN" and seed % 2:
            ease = "ease: 0.1 /month"
        out.append("    %s: {tension: %.2f /year, coercion: %.2f /year, relax: %.2f /year, direct: %.2f /year, %s, start: %s,"
                   " availability: [1, 0.9, %.2f]}" % (iso, r.uniform(.3, 1), r.uniform(.3, 1), r.uniform(.5, 2), r.uniform(0, .2),
                                                      ease, start, r.uniform(.3, .8)))
    out.append("  restrictions:")
    for name, iso, minerals, forms in (("metals", "CHN", "[alpha, beta]", "[metal]"), ("rest", "CHN", "[gamma]", "all"),
                                       ("ores", "RUS", "all", "[ore, metal]"), ("answer", "AUS", "[alpha, gamma]", "all")):
        if iso == "RUS":
            minerals = "[beta]"
        more = ""
        if coupled:
            ways = ["minerals: %.1f" % r.uniform(1, 4)] if iso != "RUS" else []
            ways += ["importers: %.1f" % r.uniform(0.5, 2)] if iso != "AUS" else []
            more += "\n      contagion: {%s%s}" % (", ".join(ways), r.choice(["", ", most: 5"]))
            if iso == "CHN":
                more += "\n      retaliation: {against: AUS, factor: %.1f}" % r.uniform(2, 8)
        kinds = types(r, iso != "RUS")
        if iso == "AUS":  # sells to China and Japan
            kinds = kinds.replace("target: JPN", "target: all") if seed % 2 else kinds
        if seed in (1, 3) and name == "metals":
            more += "\n      in_force: [{mineral: alpha, type: licence, since: 2025-06-15}, {mineral: beta, type: stop, age: %d weeks," \
                    " severity: 35 %%}]" % r.randint(0, 30)
        out.append("    %s:\n      exporter: %s\n      minerals: %s\n      forms: %s\n      onset: %s%s\n      types:\n%s"
                   % (name, iso, minerals, forms, by_regime(r, 0.2, 2), more, kinds))
    out.append("  outages:")
    for name, select, law in (
            ("mines", "{kinds: [mine]}", "mttf: %.2f years" % r.uniform(.3, 1)),
            ("works", "{kinds: [refine], countries: [CHN, AUS]}", "mttf: %.1f months, shape: %.2f" % (r.uniform(4, 12), r.uniform(.6, 2.5))),
            ("fires", "{sites: [alpha-works, beta-smelter]}", "uptime: " + span(r, 30, True)),
            ("strikes", "{minerals: [gamma], forms: [metal]}", "uptime: {lognormal: {median: 9 months, sigma: 0.5}}")):
        out.append("    %s: {select: %s, label: %s, %s, mttr: %s, derating: %s, units: %s, start: %s, mode: %s}" % (
            name, select, name, law, span(r, 4, True), part(r), r.choice(["plants", "site"]),
            r.choice(["stationary", "stationary", "up", "down"]), r.choice(["average", "average", "point"])))
    out.append("  shocks:")
    for name, iso, process, overlap in (("power", "CHN", "step", "longest"), ("quake", "WLD", "step", "add"),
                                        ("cuts", "AUS", "continuous", "add"), ("flood", "RUS", "continuous", "longest")):
        select = "" if iso == "WLD" else "countries: [%s]" % iso
        out.append("    %s: {country: %s, rate: %.2f /year, severity: %s, duration: %s, process: %s, overlap: %s%s,\n"
                   "            hits: [{select: {%s}, probability: %d %%}, {select: {kinds: [mine, refine], minerals: [beta, alpha], forms: [ore]}, probability: 60 %%}]}"
                   % (name, iso, r.uniform(.5, 4), part(r), span(r, 5), process, overlap,
                      ", mode: %s" % r.choice(["average", "point"]) if process == "continuous" else "", select, r.choice([100, 40])))
    out.append("  chokepoints:")
    for name in ("strait", "canal"):
        out.append("    %s: {rate: %.2f /year, duration: %s, capacity_loss: %s, detour: %d days,\n             degraded: {rate: %.2f /year,"
                   " duration: %s, capacity_loss: %s, detour: %d days}}" % (name, r.uniform(.3, 2), span(r, 8), part(r), r.randint(0, 40),
                                                                         r.uniform(.5, 3), span(r, 6), part(r), r.randint(5, 20)))
    if loads:
        out.append("correlation:\n  factors: [tension, cycle, climate]\n  loadings:\n    regime/*: {tension: 0.6, climate: -0.2}\n"
                   "    onset/CHN/*: {tension: 0.5}\n    onset/RUS/beta: {cycle: 0.3}\n    price/*: {cycle: 0.5, tension: 0.2}\n"
                   "    common/CHN/power: {climate: 0.7}\n    common/WLD/quake: {cycle: 0.4}\n    route/strait: {climate: 0.4, tension: 0.4}\n"
                   "  persistence: {tension: %.2f}\n  t: {%s: %d}" % (r.uniform(.3, .95), r.choice(["tension", "climate"]),
                                                                      r.choice([3, 4, 5, 6, 8, 10])))
    return "\n".join(out) + "\n"


def events(r, steps):
    def some():
        a = r.randint(0, steps - 20)
        return "from: %d, to: %d" % (a, a + r.randint(5, steps // 2))

    rows = ["hazard/%s, field: rate, op: multiply, value: %.2f" % (x, r.uniform(0, 4)) for x in
            ("regime/CHN", "restriction/metals", "shock/power", "shock/cuts", "chokepoint/strait", "regime/RUS")]
    rows += ["site/alpha-mine, field: availability, op: multiply, value: 50 %", "site/beta-works, field: availability, value: 70 %",
             "country/AUS, field: availability, op: add, value: -0.2", "country/AUS, field: regime, value: 2",
             "country/JPN, field: regime, value: 1",
             "arc/alpha/metal/CHN/JPN, field: availability, op: multiply, value: 60 %", "arc/alpha/metal/CHN/JPN, field: lag, op: add, value: 2",
             "restriction/CHN/alpha, field: severity, op: add, value: 0.3", "restriction/CHN/beta/JPN, field: severity, value: 80 %",
             "price/alpha, field: level, op: multiply, value: 150 %", "price/beta, field: level, value: 250 %"]
    out = ["  - {%s, object: %s}" % (some(), x) for x in rows]
    out.append("  - {from: 60, to: 80, object: restriction/CHN/gamma/USA, field: severity, value: 100 %, announced: 52}")
    return "events:\n" + "\n".join(out) + "\n"


def baskets(seed, paths):
    """A by-product that comes along with an activity outside the network: its output shows the activity."""
    r = random.Random(seed)
    return ("""format: 1
name: baskets
run: {paths: %d, seed: %d, start: 2026-01-05, step: 7 days, steps: 200, focus: JPN}
minerals: {alpha: {forms: [metal]}, beta: {forms: [metal]}}
network:
  hubs: [{mineral: alpha, form: metal, country: CHN, storage: 1 Mt}, {mineral: beta, form: metal, country: CHN, storage: 1 Mt}]
  sites:
    alpha-works: {mineral: alpha, form: metal, country: CHN, kind: mine, output: 16 t/step, spare: 20 %%}
    beta-works: {mineral: beta, form: metal, country: CHN, kind: mine, output: 16 t/step, spare: 20 %%}
  trade:
    - {mineral: alpha, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag: 14 days}
    - {mineral: beta, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag: 14 days}
  demand:
    - {mineral: alpha, form: metal, country: JPN, rate: 16 t/step}
    - {mineral: beta, form: metal, country: JPN, rate: 16 t/step}
  host_indices: {smelting: {sd: %d %%, half_life: %d weeks}, brine: {sd: %d %%, half_life: 2 years, growth: %.1f %%/year}}
  hosts: [{site: alpha-works, host: smelting, mode: basket}, {site: beta-works, host: brine, mode: basket}]
hazards:
  outages: {works: {select: {minerals: [beta]}, mttf: 20 weeks, mttr: {exponential: {mean: 5 weeks}}, start: up}}
""" % (paths, seed, r.randint(5, 40), r.randint(10, 100), r.randint(5, 40), r.uniform(-3, 3)))


# What makes prices more or less volatile, of some minerals of some seeds; without numbers from `r`, which others use.
NERVOUS = {(1, "alpha"): ", stochastic_volatility: {sd: 0.4, half_life: 20 weeks}",
           (2, "beta"): ", stochastic_volatility: {sd: 0.6, half_life: 5 weeks, start: base}, market_depth: {volatility: 0.5, start: 2026-06-01}",
           (4, "alpha"): ", market_depth: {volatility: 1.5, start: 20, ramp: 90 days}"}


def price(r):
    """Spot, half-life, volatility, drift: of a price that reverts to something."""
    spot, half_life = r.randint(500, 2000), r.choice(["2 years", "9 months", "never"])
    volatility, drift = r.randint(10, 60), r.uniform(-.1, .1)
    return spot, half_life, volatility, 0 if half_life == "never" else drift


def scenario(seed, paths):
    r = random.Random(seed)
    step, steps = {1: ("7 days", 200), 2: ("7 days", 160), 3: ("14 days", 120), 4: ("1 day", 300), 5: ("30 days", 120)}[seed]
    burn = ", burn_in: 40 weeks" if seed in (2, 5) else ""
    head = ("format: 1\nname: generated-%d\nrun: {paths: %d, seed: %d, start: 2026-01-05, step: %s, steps: %d, focus: JPN%s}\n"
            % (seed, paths, seed, step, steps, burn))
    minerals = "minerals:\n"
    for m in MINERALS:
        minerals += ("  %s: {forms: [ore, metal], price: {initial: 1000 USD/t, spot: %d USD/t, half_life: %s, volatility: %d %%/sqrt(year),"
                     " drift: %.2f /year, jumps: {rate: %.1f /year, mean: 0.3, sd: 0.2}, scarcity: %d%s}}\n"
                     % (m, *price(r), r.uniform(0, 3), r.choice([1, 4]), NERVOUS.get((seed, m), "")))
    works = network(r)
    works += "  projects:\n"
    for m in MINERALS:
        works += ("    %s-new: {start: %s, delay: %s, cancellation: %d %%, ramp: %d weeks}\n"
                  % (m, r.choice(["2026-03-01", "10"]), span(r, 20), r.randint(10, 60), r.randint(0, 30)))
    return (head + minerals + works + hazards(r, seed, steps) + events(r, steps)
            + "tallies: {trace_paths: %d, required_stock: false, samples: false}\n" % paths)
