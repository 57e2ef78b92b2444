#!/usr/bin/env python3
"""The scenario of the comparison with peers: staged networks, restrictions, outages, prices, one stockpile a mineral.

    python3 bench/peers/make_subset.py FOLDER [--minerals 20] [--countries 5] [--steps 260]

writes FOLDER/subset.yaml and its tables for kura.  The peers take the same numbers in memory from build(): one generator, so
that neither reads the other's files.  Names and sizes are drawn by a generator of fixed seed; a mineral is the same whatever
the number of minerals.  Masses are in t, rates a year, times in weekly steps."""
import argparse
import csv
import os
import random

STEP_DAYS = 7.0
STEP_YEARS = STEP_DAYS / 365.25
FORMS = ["ore", "refined", "product"]
COUNTRIES = ["CHN", "JPN", "AUS", "USA", "EUR", "ROW"]
FOCUS = "JPN"

# Who may mine, refine, make products, use; the range of the weight of each.  Who is not among the countries asked for drops out.
ROLES = [
    {"CHN": (40, 60), "AUS": (20, 40), "USA": (8, 15), "ROW": (10, 30)},
    {"CHN": (50, 75), "JPN": (8, 16), "EUR": (6, 12), "USA": (5, 10)},
    {"CHN": (48, 65), "JPN": (6, 12), "EUR": (6, 12)},
    {"CHN": (22, 34), "JPN": (18, 28), "USA": (14, 24), "EUR": (12, 22), "ROW": (4, 10)},
]
YIELD = [1.0, 0.9, 0.95]
SPARE = 0.15
MARKET = {"cover": 6.0, "buffer": 3.0, "storage": 52.0, "beta": 0.125, "smoothing": 13.0, "home": (0.5, 0.75, 1.0)}
REGIME = {"tension": 0.25, "coercion": 0.4, "relax": 0.6, "ease": 1.0}
OUTAGE = [  # mines, plants: Weibull up times (shape 1 is exponential), lognormal down times, share lost
    {"mttf_years": 3.0, "shape": 1.0, "median": 5.0, "sigma": 0.8, "derating": 1.0},
    {"mttf_years": 2.0, "shape": 1.5, "median": 3.0, "sigma": 0.6, "derating": 0.8},
]
RESTRICTORS = ["CHN", "AUS"]
ONSET = (0.03, 0.15, 0.6)
TYPES = [
    {
        "name": "embargo",
        "share": (0.4, 0.4, 0.6),
        "freeze": (0.0, 0.0),
        "severity": (1.0, 1.0),
        "median": 13.0,
        "sigma": 0.9,
        "half_life": 8.0,
    },
    {
        "name": "licence",
        "share": (0.6, 0.6, 0.4),
        "freeze": (5.0, 9.0),
        "severity": (0.3, 0.9),
        "median": 52.0,
        "sigma": 0.8,
        "half_life": 13.0,
    },
]
TRIGGER = {"on": 0.07, "off": 0.03, "delay": 4, "minimum": 4}
LONG = {"depth": 0.05, "weeks": 4}
THRESHOLD = 0.001


class Mineral:
    """Base flow and parameters of one mineral; masses in t a step, hubs (form, country) as dictionaries."""

    def __init__(self, index, countries):
        rng = random.Random(1000003 * (index + 1))
        self.id = "m%02d" % index
        self.nforms = 3 if index % 2 == 0 else 2
        self.demand = 10 ** rng.uniform(3.5, 6) * STEP_YEARS
        self.half_life_years = rng.uniform(1.0, 4.0)
        self.volatility = rng.uniform(0.2, 0.4)
        self.jump_rate, self.jump_mean, self.jump_sd = rng.uniform(0.2, 0.8), rng.uniform(0.0, 0.3), rng.uniform(0.1, 0.3)
        self.elasticity = rng.uniform(0.05, 0.25)
        self.stock_days = rng.choice([20, 40, 60])
        self.release_days = rng.choice([3, 5])
        self.output, self.use, self.volume, self.lag = [], [], [], []
        total = self.demand
        for form in reversed(range(self.nforms)):
            last = form == self.nforms - 1
            used = (
                self._share(rng, ROLES[3], countries, total)
                if last
                else {c: x / YIELD[form + 1] for c, x in self.output[0].items()}
            )
            made = self._share(rng, ROLES[form], countries, sum(used.values()))
            self.use.insert(0, used)
            self.output.insert(0, made)
        for form in range(self.nforms):
            net = {c: self.output[form].get(c, 0.0) - self.use[form].get(c, 0.0) for c in countries}
            sells = {c: x for c, x in net.items() if x > 0}
            buys = {c: -x for c, x in net.items() if x < 0}
            world = sum(sells.values())
            self.volume.append({(i, j): sells[i] * buys[j] / world for i in sells for j in buys})
            self.lag.append({arc: rng.randint(2, 9) for arc in self.volume[form]})

    @staticmethod
    def _share(rng, role, countries, total):
        weight = {c: rng.uniform(*role[c]) for c in role}  # drawn for all, so that fewer countries move no other number
        weight = {c: w for c, w in weight.items() if c in countries}
        return {c: total * w / sum(weight.values()) for c, w in weight.items()}


class Subset:
    def __init__(self, minerals=20, countries=5, steps=260):
        if not 3 <= countries <= len(COUNTRIES):
            raise ValueError("%d countries: 3 to %d would be right" % (countries, len(COUNTRIES)))
        self.countries = COUNTRIES[:countries]
        self.steps = steps
        self.minerals = [Mineral(i, self.countries) for i in range(minerals)]
        self.regimes = [c for c in self.countries if c != FOCUS]  # the restrictors come first

    def objects(self):
        """Sites, hubs and arcs of all minerals: what one step has to pass through."""
        hubs = sum(len(set(m.output[f]) | set(m.use[f])) for m in self.minerals for f in range(m.nforms))
        return hubs + sum(len(x) for m in self.minerals for x in m.output + m.volume)


def build(minerals=20, countries=5, steps=260):
    return Subset(minerals, countries, steps)


def _table(folder, name, header, rows):
    with open(os.path.join(folder, name), "w", newline="", encoding="utf-8") as f:
        out = csv.writer(f)
        out.writerow(header)
        out.writerows(rows)


def _percent(x):
    return "%r %%" % (100 * x)


def _restriction(exporter):
    lines = [
        "    %s:" % exporter.lower(),
        "      exporter: %s" % exporter,
        "      minerals: all",
        "      onset: {normal: %g /year, tension: %g /year, coercion: %g /year}" % ONSET,
        "      types:",
    ]
    for k in TYPES:
        share = "{normal: %g, tension: %g, coercion: %g}" % k["share"]
        freeze = "{uniform: {min: %g weeks, max: %g weeks}}" % k["freeze"] if k["freeze"][1] > 0 else "0 weeks"
        severity = "{uniform: {min: %g, max: %g}}" % k["severity"] if k["severity"][0] < k["severity"][1] else "100 %"
        lines.append(
            "        %s: {share: %s, freeze: %s, severity: %s, duration: {lognormal: {median: %g weeks, sigma: %g}}, "
            "relaxation_half_life: %g weeks}" % (k["name"], share, freeze, severity, k["median"], k["sigma"], k["half_life"])
        )
    return lines


def write(subset, folder):
    """Writes subset.yaml and its tables; returns the path of the scenario."""
    year = 1 / STEP_YEARS
    sites, trade, demand, piles = [], [], [], []
    for m in subset.minerals:
        for f in range(m.nforms):
            for c, x in m.output[f].items():
                sites.append(
                    [
                        "%s_%s_%s" % (m.id, FORMS[f], c),
                        m.id,
                        FORMS[f],
                        c,
                        "refine" if f else "mine",
                        repr(x * year),
                        100 * SPARE,
                        repr(100 * YIELD[f]),
                    ]
                )
            for (i, j), v in m.volume[f].items():
                trade.append([m.id, FORMS[f], i, j, repr(v * year), m.lag[f][i, j]])
        for c, x in m.use[-1].items():
            demand.append([m.id, FORMS[m.nforms - 1], c, "all", repr(x * year)])
        piles.append(
            [
                "stock-" + m.id,
                "national",
                FOCUS,
                m.id,
                FORMS[m.nforms - 1],
                "%d days" % m.stock_days,
                "%d days/step" % m.release_days,
                "%d weeks" % TRIGGER["delay"],
                "%d weeks" % TRIGGER["minimum"],
                100 * TRIGGER["on"],
                100 * TRIGGER["off"],
            ]
        )
    _table(
        folder, "sites.csv", ["id", "mineral", "form", "country", "kind", "output [t/year]", "spare [%]", "yield [%]"], sites
    )
    _table(folder, "trade.csv", ["mineral", "form", "from", "to", "volume [t/year]", "lag_steps"], trade)
    _table(folder, "demand.csv", ["mineral", "form", "country", "sector", "rate [t/year]"], demand)
    _table(
        folder,
        "stockpiles.csv",
        ["id", "owner", "country", "mineral", "form", "opening", "at_most", "delay", "minimum", "on [%]", "off [%]"],
        piles,
    )
    lines = [
        "# Written by bench/peers/make_subset.py.",
        "format: 1",
        "name: subset",
        "title: Subset of the language that the peers express too",
        "run: {paths: 1024, seed: 1, start: 2026-01-05, step: 7 days, steps: %d, focus: %s, spin_up: false}"
        % (subset.steps, FOCUS),
        "countries: [%s]" % ", ".join(subset.countries),
        "market: {production: order, cover: %g weeks, producer_buffer: %g weeks, storage: %g weeks,"
        " inventory_gain: %g, pipeline_gain: %g,"
        % (MARKET["cover"], MARKET["buffer"], MARKET["storage"], MARKET["beta"], MARKET["beta"]),
        "         use_smoothing: %d, home_priority: [%g, %g, %g], firm: 100 %%, spot_rounds: 0, cleanup_rounds: 0}"
        % ((MARKET["smoothing"],) + MARKET["home"]),
        "minerals:",
    ]
    for m in subset.minerals:
        lines += [
            "  %s:" % m.id,
            "    forms: [%s]" % ", ".join(FORMS[: m.nforms]),
            "    price: {initial: 1000 USD/t, half_life: %r years, volatility: %r %%/sqrt(year),"
            % (m.half_life_years, 100 * m.volatility),
            "            jumps: {rate: %r /year, mean: %r, sd: %r}}" % (m.jump_rate, m.jump_mean, m.jump_sd),
            "    demand_response: {elasticity: %r}" % m.elasticity,
        ]
    lines += ["network: {sites: sites.csv, trade: trade.csv, demand: demand.csv}", "hazards:", "  regimes:"]
    for c in subset.regimes:
        lines.append(
            "    %s: {tension: %g /year, coercion: %g /year, relax: %g /year, ease: %g /year}"
            % (c, REGIME["tension"], REGIME["coercion"], REGIME["relax"], REGIME["ease"])
        )
    lines.append("  restrictions:")
    for c in RESTRICTORS:
        lines += _restriction(c) if c in subset.countries else []
    lines.append("  outages:")
    for name, kind, o in zip(("mine", "plant"), ("mine", "refine"), OUTAGE):
        lines.append(
            "    %s: {select: {kinds: [%s]}, mttf: %g years, shape: %g,"
            " mttr: {lognormal: {median: %g weeks, sigma: %g}}, derating: %s, start: up}"
            % (name, kind, o["mttf_years"], o["shape"], o["median"], o["sigma"], _percent(o["derating"]))
        )
    lines += [
        "stockpiles: stockpiles.csv",
        "tallies: {threshold: %s, required_stock: false, long_shortage: {depth: %s, duration: %d weeks}}"
        % (_percent(THRESHOLD), _percent(LONG["depth"]), LONG["weeks"]),
    ]
    path = os.path.join(folder, "subset.yaml")
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--minerals", type=int, default=20)
    parser.add_argument("--countries", type=int, default=5)
    parser.add_argument("--steps", type=int, default=260)
    a = parser.parse_args()
    os.makedirs(a.folder, exist_ok=True)
    subset = build(a.minerals, a.countries, a.steps)
    print("%s: %d minerals, %d steps, %d objects" % (write(subset, a.folder), a.minerals, a.steps, subset.objects()))


if __name__ == "__main__":
    main()
