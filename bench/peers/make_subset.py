#!/usr/bin/env python3
"""The scenarios of the comparison with peers: staged networks, restrictions, outages, prices, one stockpile a mineral.

    python3 bench/peers/make_subset.py FOLDER [--shape trade] [--minerals N] [--countries 5] [--steps N]

writes FOLDER/subset.yaml and its tables for kura.  The peers take the same numbers in memory from build(): one generator, so
that neither reads the other's files.  Names and sizes are drawn by a generator of fixed seed; a mineral is the same whatever
the number of minerals.  Masses are in t, rates a year, times in weeks; what the model counts in steps is in steps.

Shapes: trade (many countries, every exporter sells to every importer, weekly steps), sites (many sites a stage in few
countries, few trades, monthly steps), prices (a price, a mine and a user a mineral, weekly steps, no hazards)."""
import argparse
import csv
import os
import random

FORMS = ["ore", "refined", "product"]
COUNTRIES = ["CHN", "JPN", "AUS", "USA", "EUR", "ROW"]
FOCUS = "JPN"

# Roles: who may mine, refine, make products, use; the range of the weight of each, and how many sites.  Of the shape trade who
# is not among the countries asked for drops out.
SHAPES = {
    "trade": {
        "minerals": 20,
        "countries": ["CHN", "JPN", "AUS", "USA", "EUR"],
        "step_days": 7.0,
        "steps": 260,
        "stages": (3, 2),  # forms of the minerals in turn
        "roles": [
            {"CHN": (40, 60, 1), "AUS": (20, 40, 1), "USA": (8, 15, 1), "ROW": (10, 30, 1)},
            {"CHN": (50, 75, 1), "JPN": (8, 16, 1), "EUR": (6, 12, 1), "USA": (5, 10, 1)},
            {"CHN": (48, 65, 1), "JPN": (6, 12, 1), "EUR": (6, 12, 1)},
            {"CHN": (22, 34, 0), "JPN": (18, 28, 0), "USA": (14, 24, 0), "EUR": (12, 22, 0), "ROW": (4, 10, 0)},
        ],
        "lag": (2, 9),
        "spare": 0.15,
        "buffer": 3.0,  # weeks; at least a step
        "smoothing": 13.0,  # steps
        "trigger": (4, 4),  # delay and minimum, steps
        "long": 4,
        "hazards": True,
    },
    "sites": {
        "minerals": 30,
        "countries": ["CHN", "JPN", "AUS"],
        "step_days": 30.0,
        "steps": 120,
        "stages": (3,),
        "roles": [
            {"CHN": (35, 50, 4), "AUS": (40, 55, 4)},
            {"CHN": (60, 75, 4), "JPN": (20, 30, 2)},
            {"CHN": (60, 70, 3), "JPN": (15, 25, 3)},
            {"CHN": (35, 45, 0), "JPN": (45, 60, 0)},
        ],
        "lag": (1, 2),
        "spare": 0.15,
        "buffer": 9.0,
        "smoothing": 3.0,
        "trigger": (1, 1),
        "long": 2,
        "hazards": True,
    },
    "prices": {
        "minerals": 20,
        "countries": ["JPN"],
        "step_days": 7.0,
        "steps": 260,
        "stages": (1,),
        "roles": [{"JPN": (1, 2, 1)}, {}, {}, {"JPN": (1, 2, 0)}],
        "lag": (1, 1),
        "spare": 0.05,
        "buffer": 3.0,
        "smoothing": 13.0,
        "trigger": (4, 4),
        "long": 4,
        "hazards": False,
    },
}
YIELD = [1.0, 0.9, 0.95]
MARKET = {"cover": 6.0, "storage": 52.0, "beta": 0.125, "home": (0.5, 0.75, 1.0)}
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
TRIGGER = {"on": 0.07, "off": 0.03}
DEEP = 0.05
THRESHOLD = 0.001


class Mineral:
    """Base flow and parameters of one mineral; masses in t a step, hubs (form, country) as dictionaries."""

    def __init__(self, index, countries, shape):
        rng = random.Random(1000003 * (index + 1))
        self.id = "m%02d" % index
        self.nforms = shape["stages"][index % len(shape["stages"])]
        self.demand = 10 ** rng.uniform(3.5, 6) * shape["step_days"] / 365.25
        self.half_life_years = rng.uniform(1.0, 4.0)
        self.volatility = rng.uniform(0.2, 0.4)
        self.jump_rate, self.jump_mean, self.jump_sd = rng.uniform(0.2, 0.8), rng.uniform(0.0, 0.3), rng.uniform(0.1, 0.3)
        self.elasticity = rng.uniform(0.05, 0.25)
        self.stock_days = rng.choice([20, 40, 60])
        self.release_days = rng.choice([3, 5])  # a week
        self.output, self.use, self.volume, self.lag = [], [], [], []
        roles, total = shape["roles"], self.demand
        for form in reversed(range(self.nforms)):
            last = form == self.nforms - 1
            used = (
                self._share(rng, roles[3], countries, total)
                if last
                else {c: x / YIELD[form + 1] for c, x in self.output[0].items()}
            )
            made = self._share(rng, roles[form], countries, sum(used.values()))
            self.use.insert(0, used)
            self.output.insert(0, made)
        for form in range(self.nforms):
            net = {c: self.output[form].get(c, 0.0) - self.use[form].get(c, 0.0) for c in countries}
            sells = {c: x for c, x in net.items() if x > 1e-9 * total}
            buys = {c: -x for c, x in net.items() if x < -1e-9 * total}
            world = sum(sells.values())
            self.volume.append({(i, j): sells[i] * buys[j] / world for i in sells for j in buys})
            self.lag.append({arc: rng.randint(*shape["lag"]) for arc in self.volume[form]})
        self.parts = []  # of the output of a country, site by site
        for form in range(self.nforms):
            self.parts.append({})
            for c in self.output[form]:
                weight = [rng.uniform(0.5, 1.5) for _ in range(roles[form][c][2])]
                self.parts[form][c] = [w / sum(weight) for w in weight]

    @staticmethod
    def _share(rng, role, countries, total):
        weight = {c: rng.uniform(*role[c][:2]) for c in role}  # drawn for all: fewer countries move no other number
        weight = {c: w for c, w in weight.items() if c in countries}
        return {c: total * w / sum(weight.values()) for c, w in weight.items()}


class Subset:
    def __init__(self, shape="trade", minerals=0, countries=0, steps=0):
        self.name, self.shape = shape, SHAPES[shape]
        self.countries = self.shape["countries"]
        if countries and shape == "trade":
            if not 3 <= countries <= len(COUNTRIES):
                raise ValueError("%d countries: 3 to %d would be right" % (countries, len(COUNTRIES)))
            self.countries = COUNTRIES[:countries]
        self.steps = steps or self.shape["steps"]
        self.step_days = self.shape["step_days"]
        self.step_years = self.step_days / 365.25
        self.week = 7 / self.step_days  # steps
        self.minerals = [Mineral(i, self.countries, self.shape) for i in range(minerals or self.shape["minerals"])]
        self.hazards = self.shape["hazards"]
        self.regimes = [c for c in self.countries if c != FOCUS] if self.hazards else []  # the restrictors come first
        self.restrictors = [c for c in RESTRICTORS if c in self.regimes]
        self.spare, self.buffer, self.smoothing, self.long = (self.shape[k] for k in ("spare", "buffer", "smoothing", "long"))
        self.delay, self.minimum = self.shape["trigger"]

    def stock_days(self, mineral):
        """Of the stockpile; the shape without trade has none, since it would never be triggered."""
        return mineral.stock_days if self.hazards else 0

    def objects(self):
        """Sites, hubs and arcs of all minerals: what one step has to pass through."""
        hubs = sum(len(set(m.output[f]) | set(m.use[f])) for m in self.minerals for f in range(m.nforms))
        sites = sum(len(p) for m in self.minerals for parts in m.parts for p in parts.values())
        return hubs + sites + sum(len(x) for m in self.minerals for x in m.volume)


def build(shape="trade", minerals=0, countries=0, steps=0):
    """0: as the shape has it."""
    return Subset(shape, minerals, countries, steps)


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


def _hazards(subset):
    lines = ["hazards:", "  regimes:"]
    for c in subset.regimes:
        lines.append(
            "    %s: {tension: %g /year, coercion: %g /year, relax: %g /year, ease: %g /year}"
            % (c, REGIME["tension"], REGIME["coercion"], REGIME["relax"], REGIME["ease"])
        )
    lines.append("  restrictions:")
    for c in subset.restrictors:
        lines += _restriction(c)
    lines.append("  outages:")
    for name, kind, o in zip(("mine", "plant"), ("mine", "refine"), OUTAGE):
        lines.append(
            "    %s: {select: {kinds: [%s]}, mttf: %g years, shape: %g,"
            " mttr: {lognormal: {median: %g weeks, sigma: %g}}, derating: %s, start: up}"
            % (name, kind, o["mttf_years"], o["shape"], o["median"], o["sigma"], _percent(o["derating"]))
        )
    return lines


def write(subset, folder):
    """Writes subset.yaml and its tables; returns the path of the scenario."""
    year = 1 / subset.step_years
    sites, trade, demand, piles = [], [], [], []
    for m in subset.minerals:
        for f in range(m.nforms):
            for c, x in m.output[f].items():
                for k, part in enumerate(m.parts[f][c]):
                    kind = "refine" if f else "mine"
                    name = "%s_%s_%s_%d" % (m.id, FORMS[f], c, k)
                    sites.append([name, m.id, FORMS[f], c, kind, repr(x * part * year), 100 * subset.spare, repr(100 * YIELD[f])])
            for (i, j), v in m.volume[f].items():
                trade.append([m.id, FORMS[f], i, j, repr(v * year), m.lag[f][i, j]])
        for c, x in m.use[-1].items():
            demand.append([m.id, FORMS[m.nforms - 1], c, "all", repr(x * year)])
        if not subset.stock_days(m):
            continue
        piles.append(
            [
                "stock-" + m.id,
                "national",
                FOCUS,
                m.id,
                FORMS[m.nforms - 1],
                "%d days" % m.stock_days,
                "%r days/step" % (m.release_days / subset.week),
                "%g days" % (subset.delay * subset.step_days),
                "%g days" % (subset.minimum * subset.step_days),
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
        "run: {paths: 1024, seed: 1, start: 2026-01-05, step: %g days, steps: %d, focus: %s, spin_up: false}"
        % (subset.step_days, subset.steps, FOCUS),
        "countries: [%s]" % ", ".join(subset.countries),
        "market: {production: order, cover: %g weeks, producer_buffer: %g weeks, storage: %g weeks,"
        " inventory_gain: %g, pipeline_gain: %g,"
        % (MARKET["cover"], subset.buffer, MARKET["storage"], MARKET["beta"], MARKET["beta"]),
        "         use_smoothing: %d, home_priority: [%g, %g, %g], firm: 100 %%, spot_rounds: 0, cleanup_rounds: 0}"
        % ((subset.smoothing,) + MARKET["home"]),
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
    trades = ", trade: trade.csv" if trade else ""
    lines.append("network: {sites: sites.csv%s, demand: demand.csv}" % trades)
    if subset.hazards:
        lines += _hazards(subset) + ["stockpiles: stockpiles.csv"]
    lines.append(
        "tallies: {threshold: %s, required_stock: false, long_shortage: {depth: %s, duration: %g days}}"
        % (_percent(THRESHOLD), _percent(DEEP), subset.long * subset.step_days)
    )
    path = os.path.join(folder, "subset.yaml")
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    return path


def add_size(parser, shapes=tuple(SHAPES)):
    parser.add_argument("--shape", choices=shapes, default=shapes[0])
    for name in ("minerals", "countries", "steps"):
        parser.add_argument("--" + name, type=int, default=0, help="0: as the shape has it")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    add_size(parser)
    a = parser.parse_args()
    os.makedirs(a.folder, exist_ok=True)
    subset = build(a.shape, a.minerals, a.countries, a.steps)
    size = len(subset.minerals), subset.steps, subset.objects()
    print("%s: %d minerals, %d steps, %d objects" % ((write(subset, a.folder),) + size))


if __name__ == "__main__":
    main()
