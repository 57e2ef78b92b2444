"""A scenario as `kura check --print-resolved` prints it, read by PyYAML and csv: texts to numbers in steps and shares."""
import csv
import datetime
import math
import os
import re

import numpy as np
import yaml

from laws import Law, normal_quantile

DAYS = {"hour": 1 / 24, "h": 1 / 24, "day": 1.0, "d": 1.0, "week": 7.0, "w": 7.0, "month": 365.25 / 12, "year": 365.25}
QUANTITY = re.compile(r"^\s*([-+0-9._eE]+?)\s*([A-Za-z%/].*)?$")


def split(text):
    found = QUANTITY.match(text)
    if not found:
        raise ValueError("no quantity: %r" % (text,))
    return float(found.group(1).replace("_", "")), (found.group(2) or "").strip()


def share(text, default=None):
    if text in (None, ""):
        return default
    number, unit = split(text)
    return number / 100 if unit.startswith("%") else number


number = share


def unit_days(unit):
    return DAYS[unit] if unit in DAYS else DAYS[unit.rstrip("s")]


def days(text, default=0.0):
    if text in (None, ""):
        return default
    n, unit = split(text)
    return n * unit_days(unit)


def per_year(text, default=0.0):
    """A rate, in events a year."""
    if text in (None, ""):
        return default
    n, unit = split(text)
    over, _, time = unit.partition("/")
    return n * (0.01 if over.strip() == "%" else 1) * 365.25 / unit_days(time.strip())


def flow(text, step):
    """Mass a day, in the unit of mass that is written; `step` in days."""
    if text in (None, ""):
        return 0.0
    n, unit = split(text)
    time = unit.partition("/")[2].strip()
    return n / (step if time == "step" else unit_days(time))


def words(value):
    """A list, or a text with semicolons; None when absent or `all`."""
    if value in (None, "", "all"):
        return None
    return list(value) if isinstance(value, list) else [w.strip() for w in value.split(";")]


def law(value, scale, default=None):
    """`scale` turns days into steps; None: the law of a share."""
    size = share if scale is None else lambda text: days(text) / scale
    if value is None:
        return None if default is None else Law("constant", default)
    if not isinstance(value, dict):
        return Law("constant", size(value))
    (kind, of), = value.items()
    if kind == "constant":
        return Law("constant", size(of if not isinstance(of, dict) else of["value"]))
    if kind == "uniform":
        return Law("uniform", size(of["min"]), size(of["max"]))
    if kind == "normal":
        return Law("normal", size(of["mean"]), size(of["sd"]))
    if kind == "lognormal":
        sigma = number(of["sigma"]) if "sigma" in of else math.log(size(of["p90"]) / size(of["median"])) / normal_quantile(0.9)
        return Law("lognormal", size(of["median"]), sigma)
    if kind == "exponential":
        return Law("exponential", size(of["mean"]))
    if kind == "weibull":
        return Law("weibull", size(of["scale"]), number(of["shape"]))
    if "alpha" in of:
        return Law("beta", number(of["alpha"]), number(of["beta"]))
    mean = share(of["mean"])
    total = number(of["concentration"]) if "concentration" in of else mean * (1 - mean) / share(of["sd"]) ** 2 - 1
    return Law("beta", mean * total, (1 - mean) * total)


def triple(value, read, default):
    """By regime: one value for all three, or {normal, tension, coercion}."""
    if value is None:
        return [default] * 3
    if isinstance(value, dict):
        return [read(value.get(k), 0.0) for k in ("normal", "tension", "coercion")]
    if isinstance(value, list):
        return [read(v, default) for v in value]
    return [read(value, default)] * 3


def strip_unit(header):
    return re.match(r"^([^\[]*?)\s*(?:\[(.*)\])?$", header).groups()


class Scenario:
    def __init__(self, text, folder):
        self.tree = yaml.load(text, Loader=yaml.BaseLoader)
        self.folder = folder
        run = self.tree.get("run") or {}
        self.seed = int(run.get("seed", "1"))
        self.start = self.date(run.get("start", "2026-01-01"))
        self.step = days(run.get("step", "7 days"))
        self.years = self.step / 365.25
        self.steps = int(run["steps"]) if "steps" in run else math.floor(days(run.get("horizon", "10 years")) / self.step + 0.5)
        self.burn = math.floor(days(run.get("burn_in")) / self.step + 0.5)
        self.minerals = self.tree["minerals"]
        if self.tree.get("levers"):
            raise ValueError("this program does not know levers")
        self.network = self.tree["network"]
        self.sites = self.by_id("sites")
        self.trade = self.rows(self.network.get("trade"))
        self.hosts = self.rows(self.network.get("hosts"))
        self.host_indices = self.network.get("host_indices") or {}
        hazards = self.tree.get("hazards") or {}
        self.regimes = hazards.get("regimes") or {}
        self.restrictions = hazards.get("restrictions") or {}
        self.outages = hazards.get("outages") or {}
        self.shocks = hazards.get("shocks") or {}
        self.chokepoints = hazards.get("chokepoints") or {}
        self.correlation = self.tree.get("correlation") or {}
        self.projects = {k: v for k, v in self.by_id("projects", "site").items()}
        self.countries = words(self.tree.get("countries")) or sorted(
            {x["country"] for x in self.sites.values()} | {x[k] for x in self.trade for k in ("from", "to")}
            | {x["country"] for x in self.rows(self.network.get("demand"))})
        self.events = self.rows(self.tree.get("events")) + self.series()

    @staticmethod
    def date(text):
        return datetime.date.fromisoformat(text)

    def rows(self, value):
        """Rows of a table: a list, a mapping by id, or a CSV file whose units are put behind the numbers."""
        if value is None:
            return []
        if isinstance(value, dict):
            return [dict(v or {}, id=k) for k, v in value.items()]
        if isinstance(value, list):
            return value
        with open(os.path.join(self.folder, value), newline="", encoding="utf-8") as f:
            table = list(csv.reader(f))
        head, out = [strip_unit(h) for h in table[0]], []
        for line in table[1:]:
            out.append({name: cell + (" " + unit if unit else "") for (name, unit), cell in zip(head, line) if cell != ""})
        return out

    def by_id(self, section, key="id"):
        return {x[key] if key in x else x["id"]: x for x in self.rows(self.network.get(section))}

    def at(self, text, default):
        """The step of a date or step number [R1.2]; steps count from the start of the run."""
        if text in (None, ""):
            return default
        if "-" not in text[1:]:
            return int(text)
        return math.floor((self.date(text) - self.start).days / self.step)

    def profile(self, name):
        """Mean of a profile over each step from the start of the burn-in on, rows weighted by the time they share with it."""
        x = self.tree["profiles"][name]
        table = self.rows(x["file"])
        column = x.get("column") or next(iter(table[0]))
        values = [share(row[column]) for row in table]
        begin = self.date(x["start"]) if "start" in x else self.start
        repeat = x.get("repeat") == "true"
        out = np.zeros(self.burn + self.steps)
        for t in range(len(out)):
            a, b = (t - self.burn) * self.step, (t - self.burn + 1) * self.step  # days from the start of the run
            row = self.row_at(x["period"], begin, a)
            while self.row_begin(x["period"], begin, row) < b:
                first, last = (self.row_begin(x["period"], begin, r) for r in (row, row + 1))
                value = values[row % len(values) if repeat else min(max(row, 0), len(values) - 1)]
                out[t] += value * (min(last, b) - max(first, a)) / self.step
                row += 1
        return out

    def row_begin(self, period, begin, row):
        """Days from the start of the run to the beginning of a row: months and years are those of the calendar."""
        if period in ("month", "year"):
            months = begin.year * 12 + (begin.month - 1 if period == "month" else 0) + row * (1 if period == "month" else 12)
            return float((datetime.date(months // 12, months % 12 + 1, 1) - self.start).days)
        return (begin - self.start).days + row * DAYS[period]

    def row_at(self, period, begin, day):
        """The row that holds a day."""
        row = math.floor((day - (begin - self.start).days) / DAYS[period])
        while self.row_begin(period, begin, row) > day:
            row -= 1
        while self.row_begin(period, begin, row + 1) <= day:
            row += 1
        return row

    def series(self):
        """Each column of a series is an event a step, with `set` (rates multiply)."""
        out = []
        for row in self.rows(self.tree.get("series")):
            for column, value in row.items():
                if column == "step" or column.startswith("#"):
                    continue
                place, field = column.rsplit("/", 1)
                out.append({"from": row["step"], "to": str(int(row["step"]) + 1), "object": place, "field": field,
                            "op": "multiply" if field == "rate" else "set", "value": value})
        return out

    def selects(self, select, site):
        x = self.sites[site]
        for key, has in (("minerals", x["mineral"]), ("forms", x["form"]), ("countries", x["country"]), ("kinds", x["kind"]),
                         ("sites", site)):
            wanted = words((select or {}).get(key))
            if wanted is not None and has not in wanted:
                return False
        return True
