"""The exogenous layer of one path, from configs/MODEL.md sections 3, 4.1 and 10: whatever happens whether or not anybody
runs short.  Steps count from the start of the burn-in; arrays have one entry a step.

Nothing here is shared with the engine but the text of the scenario: units, laws, chains and streams are made anew."""
import math

import numpy as np
from scipy import linalg

import laws
from laws import Law
from scenario import days, flow, law, number, per_year, share, split, triple, words
from streams import Streams

LOWEST, HIGHEST = math.log(0.05), math.log(50)  # of the log price
OVER = 0.02  # a restriction that relaxes ends below this severity


def clamp01(x):
    return np.minimum(1.0, np.maximum(0.0, x))


def spread(loss, begin, end, amount, point):
    """Adds what is lost from `begin` to `end` to the steps: by the share of the step, or where the step begins inside."""
    end = min(end, len(loss))
    t = math.ceil(begin) if point else math.floor(begin)
    while t < end:
        loss[t] += amount * (1.0 if point else min(end, t + 1) - max(begin, t))
        t += 1


class Dependence:
    """Loadings of drivers on factors [3.7]."""

    def __init__(self, correlation):
        self.factors = words(correlation.get("factors")) or []
        self.persistence = {k: number(v) for k, v in (correlation.get("persistence") or {}).items()}
        self.freedom = {k: number(v) for k, v in (correlation.get("t") or {}).items()}
        self.loadings = [(d, f, number(v)) for d, x in (correlation.get("loadings") or {}).items() for f, v in x.items()]

    def of(self, driver):
        out = {f: v for d, f, v in self.loadings if d == driver or d.endswith("*") and driver.startswith(d[:-1])}
        strongest = max(sorted(out), key=lambda f: abs(out[f]), default=None)
        return out, strongest if strongest in self.freedom else None


class Script:
    """Events on one thing, in the order of the scenario: (from, to, op, value)."""

    def __init__(self):
        self.items = []

    def on(self, x):
        x = x.copy()
        for begin, end, op, value in self.items:
            part = slice(max(0, begin), max(0, end))
            x[part] = value if op == "set" else x[part] * value if op == "multiply" else x[part] + value
        return clamp01(x) if self.items else x


class Type:
    """A type of a restriction."""

    def __init__(self, given, countries, step):
        self.share = triple(given.get("share"), number, 1.0)
        self.freeze = law(given.get("freeze"), step, 0.0)
        self.severity = law(given.get("severity"), None, 1.0)
        self.duration = law(given.get("duration"), step)
        self.half_life = days(given.get("relaxation_half_life")) / step
        target = given.get("target")
        self.aimed = words([target] if isinstance(target, str) and ";" not in target and target != "all" else target)
        self.targets = frozenset(self.aimed or countries)
        self.notice = math.floor(days(given.get("notice")) / step + 0.5)
        up = given.get("escalation") or {}
        self.escalation, self.to = share(up.get("probability"), 0.0), up.get("to")


class Profile:
    """Severity by age of one restriction: stop, plateau, perhaps a second one, halving."""

    def __init__(self, of, types, uniform, severity=None, lived=None):
        self.freeze = max(0.0, of.freeze.quantile(uniform(4)))
        self.severity = float(clamp01(of.severity.quantile(uniform(2)))) if severity is None else severity
        if lived is None:
            self.duration = max(1.0, of.duration.quantile(uniform(3)))
        else:  # in its plateau already: it has outlived that
            self.duration = max(1.0, of.duration.quantile_above(max(0.0, lived - self.freeze), uniform(3)))
        self.half_life, self.second = of.half_life, 0.0
        self.last = self.severity
        if of.escalation > 0 and uniform(6) > 1 - of.escalation:
            to = types[of.to]
            self.second = max(1.0, to.duration.quantile(uniform(7)))
            self.last = max(self.severity, float(clamp01(to.severity.quantile(uniform(2)))))
            self.half_life = to.half_life

    def at(self, age):
        """Severity, or None when it is over."""
        if age < self.freeze:
            return 1.0
        after = age - self.freeze - self.duration
        if after < 0:
            return self.severity
        if after < self.second:
            return self.last
        relaxed = self.last * 0.5 ** ((after - self.second) / self.half_life) if self.half_life > 0 else 0.0
        return relaxed if relaxed >= OVER else None


class Decree:
    """A restriction of one mineral."""

    def __init__(self, world, name, given, mineral):
        s = world.s
        self.name, self.mineral, self.exporter = name, mineral, given["exporter"]
        self.key = "onset/%s/%s" % (self.exporter, mineral)
        self.label = "restriction/%s/%s" % (name, mineral)
        self.forms = words(given.get("forms"))
        self.onset = triple(given.get("onset"), per_year, 0.0)
        self.types = {k: Type(v or {}, s.countries, s.step) for k, v in given["types"].items()}
        total = [sum(t.share[r] for t in self.types.values()) for r in range(3)]
        self.chance = [[t.share[r] / total[r] if total[r] > 0 else 1 / len(self.types) for t in self.types.values()]
                       for r in range(3)]
        near = given.get("contagion") or {}
        self.by_minerals, self.by_importers = number(near.get("minerals"), 0.0), number(near.get("importers"), 0.0)
        self.most = number(near.get("most"), math.inf)
        back = given.get("retaliation") or {}
        self.against, self.factor = back.get("against"), number(back.get("factor"), 0.0)
        self.in_force = [f for f in given.get("in_force") or [] if f["mineral"] == mineral]
        self.ages = [((s.start - s.date(f["since"])).days if "since" in f else days(f["age"])) / s.step for f in self.in_force]
        self.rate = world.rates["restriction", name]
        self.latent = world.dependence.of(self.key)

    def tabulated(self):
        return any(t.severity.tabulated for t in self.types.values())


class Part:
    """A part of the network that a shock reaches, or a state of a chokepoint."""

    def __init__(self, world, key, label, given, probability=1.0, reach="", loss=1.0, kind="shock", name=""):
        s = world.s
        self.key, self.label, self.reach, self.probability = key, label, reach, probability
        self.rate = per_year(given.get("rate"))
        self.multiples = world.rates[kind, name]
        self.severity = law(given.get("severity" if kind == "shock" else "capacity_loss"), None, loss)
        self.duration = law(given.get("duration"), s.step, 1.0)
        self.continuous = given.get("process") == "continuous"
        self.add = given.get("overlap") == "add"
        self.point = given.get("mode") == "point"
        self.detour = math.floor(days(given.get("detour")) / s.step + 0.5)
        free = self.continuous or label.endswith("/degraded")
        self.latent = ({}, None) if free else world.dependence.of(key)
        if self.continuous:
            self.key += "/continuous"


class Outage:
    def __init__(self, world, name, given):
        s = world.s
        self.name, self.given = name, given
        shape = number(given.get("shape"), 1.0)
        if "uptime" in given:
            self.up = law(given["uptime"], s.step)
        elif shape == 1:
            self.up = Law("exponential", days(given["mttf"]) / s.step)
        else:
            self.up = Law("weibull", days(given["mttf"]) / s.step / math.gamma(1 + 1 / shape), shape)
        self.down = law(given["mttr"], s.step)
        self.derating = law(given.get("derating"), None, 1.0)
        self.label = "/" + given["label"] if given.get("label") else ""
        self.start = given.get("start", "stationary")
        self.point = given.get("mode") == "point"
        self.available = self.up.mean() / (self.up.mean() + self.down.mean())

    def tabulated_time(self):
        return self.start == "stationary" and (self.up.tabulated_residual or self.down.tabulated_residual)


class World:
    """What paths share: the scenario in numbers."""

    def __init__(self, scenario):
        self.s = s = scenario
        self.T = s.burn + s.steps
        self.bases, self.chains, self.seasons = {}, {}, {}
        self.dependence = Dependence(s.correlation)
        self.read_events()
        self.decrees = [Decree(self, n, x, m) for m in s.minerals for n, x in s.restrictions.items()
                        if words(x["minerals"]) is None or m in words(x["minerals"])]
        self.outages = [Outage(self, n, x) for n, x in s.outages.items()]
        self.read_spells()
        self.arcs = {"/".join(x[k] for k in ("mineral", "form", "from", "to")): x for x in s.trade}

    # ---- events ----

    def read_events(self):
        s = self.s
        self.rates, self.scripts, self.severities = Table(lambda: np.ones(self.T)), Table(Script), []
        self.price_set = Table(lambda: np.full(self.T, np.nan))
        self.price_jump = Table(lambda: np.zeros(self.T))
        for e in s.events:
            begin, end = s.at(e.get("from"), 0) + s.burn, min(s.at(e.get("to"), s.steps), s.steps) + s.burn
            what, op, value, field = e["object"].split("/"), e.get("op", "set"), share(e["value"]), e["field"]
            steps = slice(max(0, begin), max(0, end))
            if what[0] == "hazard":
                self.rates[what[1], what[2]][steps] *= value
            elif what[0] == "price":
                if op == "set":
                    self.price_set[what[1]][steps] = math.log(value)
                elif 0 <= begin < end:
                    self.price_jump[what[1]][begin] += math.log(value)
            elif what[0] == "restriction":
                told = s.at(e.get("announced"), s.steps) + s.burn
                self.severities.append((what[1], what[2], what[3:], (begin, end, op, value), told))
            else:
                self.scripts[what[0], "/".join(what[1:]), field].items.append((begin, end, op, value))

    def severity_events(self, x):
        """(event, step in which it is announced) of those that restrict a trade."""
        return [(e, told) for exporter, mineral, importer, e, told in self.severities
                if exporter == x["from"] and mineral == x["mineral"] and importer in ([], [x["to"]])]

    # ---- shocks and chokepoints ----

    def select_name(self, select):
        """The name of what a shock hits, in the order of the scenario."""
        s, out = self.s, ""
        for what, order in (("minerals", list(s.minerals)), ("countries", s.countries),
                            ("kinds", ["mine", "refine", "recycle", "supply"]), ("sites", list(s.sites)), ("forms", None)):
            chosen = words(select.get(what))
            if chosen is not None:
                out += "/" + what + "".join(":" + x for x in (chosen if order is None else order) if x in chosen)
        return out

    def read_spells(self):
        s = self.s
        self.shocks, self.routes = [], {}
        for name, x in s.shocks.items():
            key = "common/%s/%s" % (x["country"], name)
            for hit in x["hits"]:
                select = dict(hit.get("select") or {})
                if x["country"] != "WLD":  # a shock of a country hits its sites only
                    select["countries"] = [x["country"]]
                part = self.select_name(select)
                reach = key + ("/continuous" if x.get("process") == "continuous" else "") + "/reach" + part
                p = Part(self, key, "shock/" + name + part, x, share(hit.get("probability"), 1.0), reach, 1.0, "shock", name)
                self.shocks.append((p, {b for b in s.sites if s.selects(select, b)}))
        for name, x in s.chokepoints.items():
            closed = Part(self, "route/" + name, "chokepoint/" + name, x, loss=0.0, kind="chokepoint", name=name)
            second = x.get("degraded") and Part(self, "route/%s/degraded" % name, "chokepoint/%s/degraded" % name,
                                                x["degraded"], loss=0.0, kind="chokepoint", name=name)
            self.routes[name] = (closed, second or None)

    # ---- regimes ----

    def chain(self, iso, multiple):
        """One step with the rates of getting worse multiplied; coercion of a drawn time is left by its own law."""
        if (iso, multiple) not in self.chains:
            x = self.s.regimes[iso]
            tension, coercion, direct = (per_year(x.get(k)) * multiple for k in ("tension", "coercion", "direct"))
            relax, ease = per_year(x.get("relax")), per_year(x.get("ease"))
            g = np.array([[-tension - direct, tension, direct], [relax, -relax - coercion, coercion], [0, ease, -ease]])
            self.chains[iso, multiple] = linalg.expm(g * self.s.years)
        return self.chains[iso, multiple]

    def long_run(self, iso, spell):
        p = self.chain(iso, 1.0).copy()
        rest = None
        if spell:  # that of a chain with the same mean time in coercion, in whole steps
            tail = [1.0]
            while tail[-1] > 1e-16:
                tail.append(spell.above(len(tail)))
            mean = sum(tail)
            p[2] = [0, 1 / mean, 1 - 1 / mean]
            rest = np.cumsum(tail) / mean
        a = np.vstack([p.T - np.eye(3), np.ones(3)])
        return np.linalg.lstsq(a, np.array([0, 0, 0, 1.0]), rcond=None)[0], rest

    def season(self, name):
        if name not in self.seasons:
            self.seasons[name] = self.s.profile(name)
        return self.seasons[name]

    def path(self, number_of_path):
        return Path(self, number_of_path)


class Table(dict):
    """A dictionary that makes what is missing, and can be asked without making it."""

    def __init__(self, make):
        super().__init__()
        self.make = make

    def __missing__(self, key):
        self[key] = self.make()
        return self[key]


class Path:
    """One future.  After construction: regime[iso], available[site], openness[arc], detour[arc], announced[hub],
    log_price[mineral] without the scarcity premium, activity[host index], counts[label]."""

    def __init__(self, world, path):
        self.w, self.s, self.T = world, world.s, world.T
        self.r = Streams(self.s.seed, path, world.bases)
        self.counts = Table(int)
        self.draw_factors()
        self.regime = {iso: self.draw_regime(iso) for iso in self.s.countries if iso in self.s.regimes
                       or ("country", iso, "regime") in world.scripts}
        self.losses = {p.label: self.draw_part(p)[0] for p, _ in world.shocks}
        self.draw_routes()
        self.available = {site: self.draw_site(site) for site in self.s.sites}
        self.draw_restrictions()
        self.openness, self.detour = {}, {}
        for label in world.arcs:
            self.draw_arc(label)
        self.announced = self.draw_announced()
        self.activity = {k: self.draw_activity(k, x) for k, x in self.s.host_indices.items()}
        self.log_price = {m: self.draw_price(m, x["price"]) for m, x in self.s.minerals.items() if (x or {}).get("price")}

    def hit(self, t):
        """Does what happens at t count?  Not in the burn-in."""
        return t >= self.s.burn

    # ---- factors [3.7] ----

    def draw_factors(self):
        self.factor, self.stretch = {}, {}
        d = self.w.dependence
        for g in d.factors:
            u = self.r.steps("factor/" + g, 8, self.T)
            z = laws.normal_quantile(u[:, 0])
            rho = d.persistence.get(g, 0.0)
            for t in range(1, self.T if rho else 0):
                z[t] = rho * z[t - 1] + math.sqrt(1 - rho * rho) * z[t]
            self.factor[g] = z
            if g in d.freedom:
                self.stretch[g] = np.sqrt(d.freedom[g] / laws.chi2_quantile(u[:, 7], d.freedom[g]))

    def uniform(self, latent, u):
        """The uniform number of a driver: as drawn, or of its latent variable."""
        loadings, t = latent
        if not loadings:
            return u
        z = math.sqrt(1 - sum(x * x for x in loadings.values())) * laws.normal_quantile(u)
        for g, loading in loadings.items():
            z = z + loading * self.factor[g]
        if t is None:
            return laws.normal_cdf(z)
        return laws.student_cdf(z * self.stretch[t], self.w.dependence.freedom[t])

    # ---- regimes [3.1] ----

    def draw_regime(self, iso):
        out = np.zeros(self.T, dtype=int)
        if iso in self.s.regimes:
            self.walk(iso, self.s.regimes[iso], out)
        for begin, end, _, value in self.script("country", iso, "regime").items:
            out[max(0, begin):max(0, end)] = int(value)
        return out

    def script(self, *what):
        return self.w.scripts.get(what) or Script()

    def walk(self, iso, x, out):
        key = "regime/" + iso
        u = self.uniform(self.w.dependence.of(key), self.r.steps(key, 2, self.T)[:, 0])
        multiples = self.w.rates["regime", iso]
        spell = law(x.get("coercion_spell"), self.s.step)
        start, left, entries = x.get("start", "normal"), 0, 0

        def enter():
            nonlocal entries
            entries += 1
            return math.ceil(max(1.0, spell.quantile(self.r.event(key + "/spell", 1, entries - 1, 0))))

        if start == "stationary":
            pi, rest = self.w.long_run(iso, spell)
            first = self.r.event(key + "/init", 1, 0, 0)
            state = int(first > pi[0]) + int(first > pi[0] + pi[1])
            if spell and state == 2:
                left = int(np.searchsorted(rest, self.r.event(key + "/init", 1, 1, 0)))
        else:
            state = ["normal", "tension", "coercion"].index(start)
            if spell and state == 2:
                left = enter()
        for t in range(self.T):
            if spell and state == 2:
                state, left = (2, left - 1) if left > 0 else (1, 0)
            else:
                p = self.w.chain(iso, multiples[t])[state]
                state = int(u[t] > p[0]) + int(u[t] > p[0] + p[1])
                if spell and state == 2:
                    left = enter() - 1
            out[t] = state

    # ---- shocks and chokepoints [3.4, 3.5] ----

    def happenings(self, p):
        """(from, to, severity) of the events of a part, in order."""
        def draw(index, slot):
            return self.r.event(p.key, 4, index, slot)

        def reaches(index):
            return p.probability >= 1 or self.r.event(p.reach, 1, index, 0) > 1 - p.probability

        hazard = p.rate * p.multiples * self.s.years
        if p.continuous:
            now, e = 0.0, 0
            while True:
                now = self.after(now, -math.log1p(-draw(e, 0)), hazard)
                if now >= self.T:
                    return
                if reaches(e):
                    self.counts[p.label] += self.hit(now)
                    yield now, now + max(0.0, p.duration.quantile(draw(e, 2))), float(clamp01(p.severity.quantile(draw(e, 1))))
                e += 1
        u = self.uniform(p.latent, self.r.steps(p.key, 4, self.T)[:, 0])
        for t in np.flatnonzero((u > np.exp(-hazard)) & (hazard > 0)):
            if reaches(int(t)):
                self.counts[p.label] += self.hit(t)
                severity = float(clamp01(p.severity.quantile(draw(int(t), 1))))
                yield int(t), int(t) + max(1, math.ceil(p.duration.quantile(draw(int(t), 2)))), severity

    @staticmethod
    def after(now, left, hazard):
        """When `left` expected events have gone by."""
        T = len(hazard)
        while now < T:
            t = math.floor(now)
            room = hazard[t] * (t + 1 - now)
            if left < room:
                return now + left / hazard[t]
            left, now = left - room, float(t + 1)
        return now

    def draw_part(self, p):
        """Loss and activity of a part by step."""
        loss, active = np.zeros(self.T), np.zeros(self.T, dtype=bool)
        self.counts[p.label] += 0
        events = list(self.happenings(p))
        times = sorted({x for e in events for x in e[:2]})
        for begin, end in zip(times, times[1:]):
            severity = self.together(p, events, begin)
            if severity is not None:
                spread(loss, begin, end, severity, p.continuous and p.point)
                if not p.continuous:
                    active[begin:end] = True
        return np.minimum(1.0, loss), active

    @staticmethod
    def together(p, events, now):
        """The severity at a time: of those active the sum, or the hardest of the chain of overlaps that it belongs to."""
        if p.add:
            active = [x for begin, end, x in events if begin <= now < end]
            return min(1.0, sum(active)) if active else None
        worst, until = None, 0
        for begin, end, severity in events:
            if begin > now:
                break
            worst = max(worst, severity) if worst is not None and until > begin else severity
            until = max(until, end)
        return worst if until > now else None

    def draw_routes(self):
        self.route_open, self.route_detour = {}, {}
        for name, (closed, degraded) in self.w.routes.items():
            loss, active = self.draw_part(closed)
            detour = np.where(active, closed.detour, 0)
            if degraded:
                second, slow = self.draw_part(degraded)
                loss = np.where(active, loss, second)
                detour = np.where(~active & slow, degraded.detour, detour)
            self.route_open[name], self.route_detour[name] = 1 - loss, detour

    # ---- sites [3.3, 3.6] ----

    def draw_site(self, site):
        x, s = self.s.sites[site], self.s
        out = self.by_regime(x["country"])
        for o in self.w.outages:
            if s.selects(o.given.get("select"), site):
                out = out * self.draw_outage(o, site, x)
        for p, reached in self.w.shocks:
            if site in reached:
                out = out * (1 - self.losses[p.label])
        if site in s.projects:
            out = out * self.draw_project(site, s.projects[site])
        out = self.script("country", x["country"], "availability").on(out)
        out = self.script("site", site, "availability").on(out)
        return out * self.w.season(x["profile"]) if x.get("profile") else out

    def by_regime(self, iso):
        """The share that a country's regime leaves."""
        if iso not in self.s.regimes:
            return np.ones(self.T)
        return np.array(triple(self.s.regimes[iso].get("availability"), number, 1.0))[self.regime[iso]]

    def draw_outage(self, o, site, x):
        plants = 1 if o.given.get("units") == "site" else int(x.get("plants", "1"))
        loss, label = np.zeros(self.T), "outage/%s/%s" % (o.name, x["mineral"])
        self.counts[label] += 0
        for n in range(plants):
            unit = site + o.label + ("/%d" % (n + 1) if plants > 1 else "")
            for begin, end, derating in self.failures(o, unit):
                self.counts[label] += begin >= 0 and self.hit(begin)
                spread(loss, max(0.0, begin), end, derating / plants, o.point)
        return np.maximum(0.0, 1 - loss)

    def failures(self, o, unit):
        """(from, to, share lost); what lasts since before the start begins at -1."""
        def up(e):
            return max(0.0, o.up.quantile(self.r.event("outage.up/" + unit, 2, e, 0)))

        def down(e):
            return max(0.0, o.down.quantile(self.r.event("outage.down/" + unit, 2, e, 0)))

        def derating(e):
            return float(clamp01(o.derating.quantile(self.r.event("outage.down/" + unit, 2, e, 1))))

        ups, downs, now, wait = 0, 0, 0.0, None
        if o.start == "down":
            now, downs = down(0), 1
            yield -1.0, now, derating(0)
        elif o.start == "stationary":
            u = self.r.event("outage.init/" + unit, 2, 0, 1)
            if self.r.event("outage.init/" + unit, 2, 0, 0) > o.available:
                now, downs = o.down.residual_quantile(u), 1
                yield -1.0, now, derating(0)
            elif o.up.kind != "exponential":
                wait = o.up.residual_quantile(u)  # in place of the first time up
        while True:
            now += up(ups) if wait is None else wait
            ups, wait = ups + 1, None
            if now >= self.T:
                return
            length = down(downs)
            yield now, now + length, derating(downs)
            now += length
            downs += 1

    def draw_project(self, site, x):
        key, step = "project/" + site, self.s.step
        if self.r.event(key, 4, 0, 1) > 1 - share(x.get("cancellation"), 0.0):
            return np.zeros(self.T)
        begin = self.s.at(x.get("start"), 0) + self.s.burn
        begin += max(0.0, law(x.get("delay"), step, 0.0).quantile(self.r.event(key, 4, 0, 0)))
        ramp, t = days(x.get("ramp")) / step, np.arange(self.T)
        return np.where(t < begin, 0.0, clamp01((t - begin) / ramp) if ramp > 0 else 1.0)

    # ---- restrictions [3.2] ----

    def draw_restrictions(self):
        decrees = self.w.decrees
        self.severity = [Table(lambda: np.zeros(self.T)) for _ in decrees]
        self.notice = [Table(lambda: np.zeros(self.T, dtype=bool)) for _ in decrees]
        self.until = [Table(int) for _ in decrees]  # first step in which the last one aimed so is over
        for i, d in enumerate(decrees):
            self.counts[d.label] += 0
            for f, age in zip(d.in_force, d.ages):
                key = "%s/in_force/%s" % (d.key, f["type"])
                p = Profile(d.types[f["type"]], d.types, lambda slot: self.r.event(key, 8, 0, slot),
                            share(f.get("severity")), age)
                self.write(i, d.types[f["type"]], p, 0, 0, age)
        drawn = [self.uniform(d.latent, self.r.steps(d.key, 8, self.T)[:, 0]) for d in decrees]
        if any(d.by_minerals or d.by_importers or d.factor for d in decrees):
            for t in range(self.T):
                for i in [i for i, d in enumerate(decrees) if self.begins(d, t, drawn[i][t], self.more(i, t))]:
                    self.strike(i, t)
            return
        for i, d in enumerate(decrees):
            for t in np.flatnonzero(drawn[i] > math.exp(-max(d.onset) * d.rate.max() * self.s.years)):
                if self.begins(d, t, drawn[i][t], 1.0):
                    self.strike(i, int(t))

    def regime_of(self, d, t):
        return int(self.regime[d.exporter][t]) if d.exporter in self.regime else 0

    def begins(self, d, t, u, multiple):
        rate = d.onset[self.regime_of(d, t)] * d.rate[t] * multiple
        return rate > 0 and u > math.exp(-rate * self.s.years)

    def more(self, i, t):
        """What multiplies the rate, as of the step before."""
        own, before = self.w.decrees[i], max(t - 1, 0)

        def active(j, who=None, aimed=False):
            return any(self.until[j][k, a] > before for k, a in list(self.until[j])
                       if (who is None or who in k) and (a or not aimed))

        others = [(j, d) for j, d in enumerate(self.w.decrees) if j != i and d.exporter == own.exporter]
        minerals = {d.mineral for j, d in others if active(j)} - {own.mineral}
        importers = [c for c in self.s.countries if active(i, c, True)]
        back = any(d.exporter == own.against and active(j, own.exporter) for j, d in enumerate(self.w.decrees))
        return 1 + min(own.most, own.by_minerals * len(minerals) + own.by_importers * len(importers) + own.factor * back)

    def strike(self, i, t):
        d = self.w.decrees[i]
        held = any(x[t] > 0 for x in self.severity[i].values()) or any(x[t] for x in self.notice[i].values())
        self.counts[d.label] += self.hit(t) and not held
        u, chance = self.r.event(d.key, 8, t, 1), d.chance[self.regime_of(d, t)]
        types, total = list(d.types.values()), 0.0
        for kind, p in zip(types, chance):
            total += p
            if u <= total:
                break
        profile = Profile(kind, d.types, lambda slot: self.r.event(d.key, 8, t, slot))
        self.write(i, kind, profile, t, t + kind.notice, 0.0)

    def write(self, i, kind, profile, told, begin, age):
        """Announced in step `told`, in force from `begin`, then `age` old."""
        aim = (kind.targets, kind.aimed is not None)
        self.notice[i][aim][told:begin] = True
        x, t = self.severity[i][aim], begin
        while t < self.T:
            now = profile.at(max(0.0, age + (t - begin)))
            if now is None:
                break
            x[t] = max(x[t], now)
            t += 1
        self.until[i][aim] = max(self.until[i][aim], t)

    # ---- trade ----

    def aimed_at(self, tables, x):
        """The series that hit a trade."""
        for d, series in zip(self.w.decrees, tables):
            if d.exporter == x["from"] and d.mineral == x["mineral"] and (d.forms is None or x["form"] in d.forms):
                yield from (v for (targets, _), v in series.items() if x["to"] in targets)

    def draw_arc(self, label):
        x, severity = self.w.arcs[label], np.zeros(self.T)
        for v in self.aimed_at(self.severity, x):
            severity = np.maximum(severity, v)
        script = Script()
        script.items = [e for e, _ in self.w.severity_events(x)]
        severity = script.on(severity)
        way, longer = np.ones(self.T), np.zeros(self.T)
        for r in words(x.get("routes")) or []:
            way = np.minimum(way, self.route_open[r])
            longer = np.maximum(longer, self.route_detour[r])
        out = self.by_regime(x["from"]) * (1 - severity) * way
        out = self.script("arc", label, "availability").on(out)
        added = np.zeros(self.T)
        for begin, end, op, value in self.script("arc", label, "lag").items:
            part = slice(max(0, begin), max(0, end))
            added[part] = value + (added[part] if op == "add" else 0)
        self.openness[label], self.detour[label] = out, longer + added

    def draw_announced(self):
        """By hub: a restriction of some trade that comes in is announced and not yet in force."""
        out = Table(lambda: np.zeros(self.T, dtype=bool))
        for x in self.w.arcs.values():
            hub = out["/".join((x["mineral"], x["form"], x["to"]))]
            if number(x.get("volume"), 1.0) == 0:
                continue
            for v in self.aimed_at(self.notice, x):
                hub |= v
            for (begin, _, _, _), told in self.w.severity_events(x):
                hub[max(0, told):max(0, begin)] = True
        return out

    # ---- hosts outside the network [2.5] ----

    def draw_activity(self, name, x):
        """Single precision by definition [R0.2]; step 0 has the long-run law."""
        z = laws.normal_quantile(self.r.steps("host/" + name, 4, self.T)[:, 0])
        a, sd = 0.5 ** (self.s.step / days(x["half_life"])), share(x["sd"])
        for t in range(self.T):
            z[t] = a * z[t - 1] + math.sqrt(1 - a * a) * z[t] if t else z[t]
        years = np.maximum(0, np.arange(self.T) - self.s.burn) * self.s.years
        return (np.exp(sd * z) * (1 + per_year(x.get("growth"))) ** years).astype(np.float32).astype(float)

    # ---- prices [4.1] ----

    def exports(self, mineral):
        """Share of each country in the trade of a mineral, all forms, by the volumes as given."""
        out = Table(float)
        for x in self.s.trade:
            if x["mineral"] == mineral:
                out[x["from"]] += flow(x.get("volume"), self.s.step)
        total = sum(out.values())
        return {c: v / total for c, v in out.items() if v > 0}

    def volatility(self, mineral, x, u):
        """What multiplies the normal shock of each step: regimes of exporters, chance, depth of the market."""
        v, by, chance, depth = np.ones(self.T), x.get("volatility_by_regime"), x.get("stochastic_volatility"), x.get("market_depth")
        if by:
            of = np.array([number(by.get(r), 1.0) for r in ("normal", "tension", "coercion")])
            share = {c: w for c, w in self.exports(mineral).items() if c in self.regime}
            if by.get("exporters", "worst") == "worst":
                v = of[np.max([self.regime[c] for c in share], axis=0).astype(int)]
            else:
                v = of[0] + sum(w * (of[np.asarray(self.regime[c]).astype(int)] - of[0]) for c, w in share.items())
        if chance:
            phi, sd = 2.0 ** (-self.s.step / days(chance["half_life"])), number(chance["sd"])
            h = laws.normal_quantile(u) * sd * math.sqrt(1 - phi * phi)
            if chance.get("start", "stationary") == "stationary":
                h[0] /= math.sqrt(1 - phi * phi)
            for t in range(1, self.T):
                h[t] += phi * h[t - 1]
            v = v * np.exp(h)
        if depth:
            since = np.arange(self.T) - self.s.burn - self.s.at(depth.get("start"), 0)
            ramp = days(depth.get("ramp")) / self.s.step
            there = np.clip(since / ramp, 0, 1) if ramp > 0 else (since >= 0).astype(float)
            v = v * (1 + (number(depth["volatility"]) - 1) * there)
        return v

    def draw_price(self, mineral, x):
        s, w, key = self.s, self.w, "price/" + mineral
        u = self.r.steps(key, 4, self.T)
        radius = np.sqrt(-2 * np.log(u[:, 0]))
        zeta, xi = radius * np.cos(2 * np.pi * u[:, 1]), radius * np.sin(2 * np.pi * u[:, 1])
        loadings, _ = w.dependence.of(key)
        zeta = zeta * math.sqrt(1 - sum(v * v for v in loadings.values()))
        for g, loading in loadings.items():
            zeta = zeta + loading * self.factor[g]
        zeta = zeta * self.volatility(mineral, x, u[:, 3])
        volatility, half_life = share(x.get("volatility"), 0.0), x.get("half_life", "never")
        if half_life == "never":
            a, sd = 1.0, volatility * math.sqrt(s.years)
        else:
            kappa = math.log(2) / (days(half_life) / 365.25)
            a = math.exp(-kappa * s.years)
            sd = volatility * math.sqrt(-math.expm1(-2 * kappa * s.years) / (2 * kappa))
        jumps = x.get("jumps") or {}
        n = laws.poisson_quantile(u[:, 2], per_year(jumps.get("rate")) * s.years)
        shock = sd * zeta + n * number(jumps.get("mean"), 0.0) + np.sqrt(n) * number(jumps.get("sd"), 0.0) * xi
        drift = per_year(x.get("drift")) * s.years
        now = math.log(split(x["spot"])[0] / split(x["initial"])[0]) if "spot" in x else 0.0
        out = np.zeros(self.T)
        jump, fixed = w.price_jump.get(mineral), w.price_set.get(mineral)
        for t in range(self.T):
            mean = drift * max(0, t - s.burn)
            now = mean + (now - mean) * a + shock[t] + (jump[t] if jump is not None else 0.0)
            if fixed is not None and not math.isnan(fixed[t]):
                now = fixed[t]
            now = out[t] = min(max(now, LOWEST), HIGHEST)
        return out
