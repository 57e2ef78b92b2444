"""A slow simulator of the physical step of one mineral, written from the specification alone, and a generator of random
balanced networks with scripted inputs.  It shares nothing with the engine: every mass is a whole number of quanta in a
Python float (an IEEE double), every formula is evaluated in the order and bracketing of the golden step.

    reference.py             checks the simulator against trace.csv of the golden step
    reference.py SEED DIR    writes random network SEED as a scenario into DIR
"""
import csv
import math
import os
import random
import sys
from collections import Counter

INF = math.inf


def fl(x):
    return float(math.floor(x))


def clip(x, a, b):
    return min(max(x, a), b)


def input_for(output, y):
    """The smallest whole d with floor(y d) = output."""
    d = max(0, int(output / y) - 3)
    while math.floor(y * float(d)) < output:
        d += 1
    assert math.floor(y * float(d)) == output and (d == 0 or math.floor(y * float(d - 1)) < output), (output, y, d)
    return float(d)


class Site:
    def __init__(self, name, country, form, kind, x0, y=1.0, K=None, spec=None, k_cell=None):
        self.name, self.c, self.f, self.kind, self.x0, self.y = name, country, form, kind, float(x0), y
        self.takes_input = kind == "refine"
        self.d0 = input_for(self.x0, y) if self.takes_input else self.x0
        self.spec, self.k_cell = spec, k_cell  # how the capacity is written into the table
        if K is not None:
            self.K = float(K)
        elif spec == "spare":
            self.K = fl(self.d0 * (1.0 + k_cell))
        elif spec == "input_capacity":
            self.K = float(k_cell)
        elif spec == "capacity":
            self.K = input_for(float(k_cell), y) if self.takes_input else float(k_cell)
        else:
            self.K = self.d0


class Arc:
    def __init__(self, form, i, j, lag, v, phys=INF, phi=0.5):
        self.f, self.i, self.j, self.lag, self.v, self.phys, self.phi = form, i, j, lag, float(v), float(phys), phi


class Consumer:
    def __init__(self, country, form, D0, cls, sector=""):
        self.c, self.f, self.D0, self.cls, self.sector = country, form, float(D0), cls, sector


class Tier:
    def __init__(self, name, owner, country, form, opening, cap, floor, delay, minimum, on=0.07, off=0.03):
        self.name, self.owner, self.c, self.f = name, owner, country, form
        self.opening, self.cap, self.floor = float(opening), float(cap), float(floor)
        self.delay, self.minimum, self.on, self.off = delay, minimum, on, off


class Market:
    def __init__(self):
        self.cover, self.b, self.storage_weeks = 6.0, 3.0, 52.0
        self.beta_i = self.beta_p = 0.125
        self.n_use = 13.0
        self.h = [0.5, 0.75, 1.0]
        self.spot, self.latin = 3, 4
        self.Q, self.R = 26.0, 26.0
        self.on, self.off = 0.07, 0.03


class Hub:
    """Base quantities of form f in country c."""

    def least_storage(self):
        """The smallest storage in which the base flow is not bound by space.  H + B is too little when refineries share
        the space: shares go by input, and the space for x0 holds only floor(x0 / y) of input."""
        target = fl((1.0 + self.cover) * self.U0) + fl(self.b * self.E)

        def enough(sites, space, fed):
            total = sum(s.d0 for s in sites)
            return all(s.d0 == 0 or fl((space * (s.d0 / total)) / s.y if fed else space * (s.d0 / total)) >= s.d0 for s in sites)

        least = target
        for sites, before, fed in ((self.free, target - self.X0, False),
                                   (self.fed, target - sum((s.x0 for s in self.fed), 0.0), True)):
            total = sum(s.d0 for s in sites)
            space = max([0.0] + [fl(total * s.y) - 2.0 for s in sites if s.d0 > 0])
            while not enough(sites, space, fed):
                space += 1.0
            least = max(least, before + space)
        return least


class Network:
    def __init__(self, countries, forms, market, sites, arcs, consumers, tiers, cap=None, C=None, cover=None, buffer=None):
        self.countries, self.forms, self.market = countries, forms, market
        self.sites, self.arcs, self.consumers, self.tiers = sites, arcs, consumers, tiers
        self.cap, self.C, self.cover, self.buffer = cap or {}, C or {}, cover or {}, buffer or {}
        self.script = {}       # (kind, index, field) -> list over t
        self.exponent = -20
        self.build()

    def build(self):
        m = self.market
        F, nc = len(self.forms), len(self.countries)
        self.hub = {}
        for f in range(F):
            for c in range(nc):
                h = self.hub[f, c] = Hub()
                h.sites = [s for s in self.sites if (s.f, s.c) == (f, c)]
                h.free = [s for s in h.sites if not s.takes_input]
                h.fed = [s for s in h.sites if s.takes_input]
                h.feeds = [s for s in self.sites if s.takes_input and (s.f - 1, s.c) == (f, c)]
                h.consumers = [k for k in self.consumers if (k.f, k.c) == (f, c)]
                h.into = sorted((a for a in self.arcs if (a.f, a.j) == (f, c)), key=lambda a: a.i)
                h.out = sorted((a for a in self.arcs if (a.f, a.i) == (f, c)), key=lambda a: a.j)
                rank = {"private": 0, "national": 1, "joint": 2}
                h.tiers = sorted((s for s in self.tiers if (s.f, s.c) == (f, c)), key=lambda s: rank[s.owner])
                h.X0 = sum((s.x0 for s in h.sites), 0.0)
                h.M = sum((a.v for a in h.into), 0.0)
                h.E = sum((a.v for a in h.out), 0.0)
                h.U0 = sum((k.D0 for k in h.consumers), 0.0) + sum((s.d0 for s in h.feeds), 0.0)
                assert h.X0 + h.M == h.U0 + h.E, ("not balanced", f, c, h.X0, h.M, h.U0, h.E)
                for s in h.sites:
                    s.s = s.x0 / (h.X0 + h.M) if h.X0 + h.M > 0 else 0.0
                h.m = h.M / (h.X0 + h.M) if h.M > 0 else 0.0
                h.ret = max(0.0, 1.0 - h.E / h.X0) if h.X0 > 0 else 0.0
                h.cover = self.cover.get((f, c), m.cover)
                h.b = self.buffer.get((f, c), m.b)
                h.least = h.least_storage()
                h.cap = float(self.cap.get((f, c), m.storage_weeks * (h.U0 + h.E)))
                spare = sum((fl(s.y * s.K) - s.x0 for s in h.sites), 0.0)
                h.C = float(self.C.get((f, c), h.E + spare))
                h.exists = bool(h.sites or h.feeds or h.consumers or h.into or h.out or h.tiers)
        for f in range(F):
            for c in range(nc):
                h = self.hub[f, c]
                total = sum((self.hub[f, a.i].C for a in h.into), 0.0)
                h.F = [self.hub[f, a.i].C / total if total > 0 else 0.0 for a in h.into]
                h.latin = [k for k, _ in sorted(enumerate(h.into), key=lambda ka: (-h.F[ka[0]], ka[1].i))]
                h.tied = [sum(1 for g in h.F if g == h.F[k]) > 1 for k in range(len(h.into))]


def simulate(net, steps, seen=None):
    """The trace: (variable, label index) -> list over t; masses in quanta.  seen counts what was reached."""
    m = net.market
    seen = seen if seen is not None else Counter()
    F, nc = len(net.forms), len(net.countries)
    forms, cs = range(F), range(nc)
    hub = net.hub

    def given(kind, obj, field, base):
        values = net.script.get((kind, obj, field))
        return (lambda t: values[t]) if values is not None else (lambda t: base)

    ks = {s: given("country", s.c, "availability", 1.0) if ("country", s.c, "availability") in net.script
          else given("site", s.name, "availability", 1.0) for s in net.sites}
    ka_ = {a: given("arc", (a.f, a.i, a.j), "availability", 1.0) for a in net.arcs}
    la_ = {a: given("arc", (a.f, a.i, a.j), "lag", 0) for a in net.arcs}
    dm = {k: given("demand", (k.f, k.c, k.sector), "factor", 1.0) for k in net.consumers}
    reg = [given("country", c, "regime", 0) for c in cs]

    # start: state of step -1
    onhand, Ubar, transit = {}, {}, {}
    pipe = {a: {} for a in net.arcs}
    for key, h in hub.items():
        Ubar[key] = h.U0
        onhand[key] = fl((1.0 + h.cover) * h.U0) + fl(h.b * h.E) - h.E - h.U0
        transit[key] = 0.0
        h.q, h.need, h.e = 0.0, 0, 0.0
        for a in h.into:
            for t in range(a.lag):
                pipe[a][t] = a.v
                transit[key] += a.v
    S = {s: s.opening for s in net.tiers}
    state = {s: 0 for s in net.tiers}
    e = {s: 0.0 for s in net.tiers}
    t_on, t_rel = {}, {}
    out = {}

    def put(variable, label, x):
        out.setdefault((variable, label), []).append(x)

    D0_final = sum((k.D0 for k in net.consumers if k.f == F - 1), 0.0)
    for t in range(steps):
        mass_before = sum(onhand.values()) + sum(transit.values()) + sum(S.values())
        made = lost = used = 0.0
        # S1
        D = {k: fl(k.D0 * dm[k](t)) for k in net.consumers}
        g = sum((D[k] for k in net.consumers if k.f == F - 1), 0.0) / D0_final
        seen["world demand moved"] += g != 1.0
        ka = {a: ka_[a](t) for a in net.arcs}
        la = {a: la_[a](t) for a in net.arcs}
        avail = {s: fl(s.K * ks[s](t)) for s in net.sites}
        A, Z = {}, {}
        for f in forms:
            for c in cs:
                h = hub[f, c]
                K = sum((s.K for s in h.sites), 0.0)
                kb = sum((avail[s] for s in h.sites), 0.0) / K if K > 0 else 1.0
                if f == 0:
                    A[f, c] = kb
                    continue
                p = hub[f - 1, c]
                if p.X0 + p.M == 0:
                    fa = 1.0
                else:
                    feed = fl(p.X0 * A[f - 1, c])
                    for a in p.into:
                        feed += fl((a.v * ka[a]) * A[f - 1, a.i])
                    fa = feed / (p.X0 + p.M)
                A[f, c] = kb * fa
            for c in cs:
                h = hub[f, c]
                Z[f, c] = sum((fl((a.v * ka[a]) * A[f, a.i]) for a in h.into), 0.0) / h.M if h.M > 0 else 1.0
        for key, h in hub.items():
            h.e = h.e + ((1.0 - Z[key]) - h.e) / 4.0
            if h.e >= m.on:
                h.need = 1
            elif h.e <= m.off:
                h.need = 0
            h.q = min(h.q + 1.0, m.Q + m.R) if h.need else max(h.q - 1.0, 0.0)
            seen["qualification at its limit"] += h.q == m.Q + m.R
        for s in net.tiers:
            z = min(Z[f, s.c] for f in range(s.f, F))
            gap = [f for f in range(s.f, F) if not hub[f, s.c].exists]
            seen["trigger looks past a form without a hub"] += bool(gap) and min(Z[f, s.c] for f in range(s.f, gap[0])) > z
            e[s] = e[s] + ((1.0 - z) - e[s]) / 4.0
            if state[s] == 2 and e[s] <= s.off and t - t_rel[s] >= s.minimum:
                state[s] = 0
                seen["tier stops"] += 1
            elif state[s] == 2 and e[s] <= s.off:
                seen["tier held open by its minimum length"] += 1
            if state[s] == 1 and e[s] <= s.off:
                state[s] = 0
                seen["pending decision dropped"] += 1
            if state[s] == 0 and e[s] >= s.on:
                state[s] = 1
                t_on[s] = t
                seen["tier pending"] += 1
            if state[s] == 1 and t - t_on[s] >= s.delay:
                state[s] = 2
                t_rel[s] = t
                seen["tier authorised"] += 1
        # S3
        for a in net.arcs:
            x = pipe[a].pop(t, 0.0)
            onhand[a.f, a.j] += x
            transit[a.f, a.j] -= x
        # S4
        U, H, B, T, want, Xstar = {}, {}, {}, {}, {}, {}
        for f in reversed(forms):
            for c in cs:
                h, key = hub[f, c], (f, c)
                U[key] = sum((D[k] for k in h.consumers), 0.0) + sum((T[s] for s in h.feeds), 0.0)
                Ubar[key] = Ubar[key] + (U[key] - Ubar[key]) / m.n_use
                H[key] = fl((1.0 + h.cover) * Ubar[key])
                B[key] = fl((h.b * h.E) * g)
                Xhat = sum((fl(s.x0 * g) for s in h.sites), 0.0)
                gap = (H[key] + B[key]) - (onhand[key] + Xhat)
                Xstar[key] = 0.0
                for s in h.sites:
                    y = s.y if s.takes_input else 1.0
                    raw = fl(s.d0 * g + ((m.beta_i * s.s) * gap) / y)
                    want[s] = max(0.0, raw)
                    T[s] = min(want[s], avail[s])
                    Xstar[key] += fl(y * want[s])
                    seen["capacity binds"] += T[s] < want[s]
                    seen["site wants nothing (surplus)"] += raw < 0
                    seen["zero capacity"] += s.K == 0
        # S5
        x = {s: 0.0 for s in net.sites}
        for key, h in hub.items():
            total = sum((T[s] for s in h.free), 0.0)
            sp = max(0.0, h.cap - onhand[key])
            for s in h.free:
                x[s] = min(T[s], fl(sp * (T[s] / total))) if total > 0 else 0.0
                seen["storage bounds a site without input"] += x[s] < T[s]
                seen["recycler produces"] += s.f > 0 and x[s] > 0
            for s in h.free:
                onhand[key] += x[s]
                made += x[s]
        for f in forms:
            for c in cs:  # a
                for s in hub[f, c].fed:
                    onhand[f, c] += x[s]
            for c in cs:  # b
                for s in hub[f, c].tiers:
                    R = 0.0
                    if state[s] == 2:
                        need, left = max(0.0, U[f, c] - onhand[f, c]), max(0.0, S[s] - s.floor)
                        R = min(need, s.cap, left)
                        seen["release"] += R > 0
                        seen["release bounded by its cap"] += R == s.cap < min(need, left)
                        seen["release bounded by its floor"] += R == left < min(need, s.cap)
                    S[s] -= R
                    onhand[f, c] += R
                    put("release", s, R)
            a_, r, u, W = {}, {}, {}, {}
            for c in cs:  # c
                h, key = hub[f, c], (f, c)
                O = onhand[key]
                regime = int(reg[c](t))
                hold = min(O, fl(m.h[regime] * H[key]))
                seen["regime %d" % regime] += h.E > 0
                a_[c] = O - hold
                made_here = sum((x[s] for s in h.sites), 0.0)
                if h.X0 == 0:
                    L, O_ = H[key] + B[key], O
                elif h.E > 0:
                    L, O_ = H[key], min(O, H[key])
                else:
                    L, O_ = H[key], O
                Phat = sum(((a.lag + la[a] - 1) * fl(a.v * g) for a in h.into), 0.0)
                raw = ((((fl(h.M * g) + (U[key] - fl(h.U0 * g))) + h.ret * (Xstar[key] - made_here))
                        + (m.beta_i * h.m) * (L - O_)) + m.beta_p * (Phat - transit[key]))
                W[c] = r[c] = fl(max(0.0, raw))
                if h.M > 0:
                    seen["order of a trader"] += h.X0 == 0 and h.E > 0 and W[c] > 0 and W[c] != h.M
                    seen["order of a producing exporter"] += h.X0 > 0 and h.E > 0 and W[c] != h.M
                    seen["order of a pure importer"] += h.E == 0 and W[c] != h.M
                    seen["lost output replaced by imports"] += h.ret > 0 and Xstar[key] != made_here
                seen["order of zero"] += raw < 0
                put("order", key, W[c])
            loaded = {}
            for c in cs:  # d
                h = hub[f, c]
                w = clip((h.q - m.Q) / m.R, 0.0, 1.0)
                for a in h.into:
                    if a.v > 0:
                        u[a] = a.phys if ka[a] == 1.0 else min(a.phys, fl(ka[a] * a.v))
                        seen["ban"] += ka[a] == 0.0
                        seen["partial restriction"] += 0.0 < ka[a] < 1.0
                    else:
                        u[a] = min(a.phys, fl(ka[a] * fl(w * hub[f, a.i].C)))
                        seen["qualification ramp open in part"] += 0 < w < 1
                    loaded[a] = 0.0
            for rnd in range(1 + m.spot + m.latin):
                p1, p2 = {}, {}
                for c in cs:
                    h = hub[f, c]
                    for k, a in enumerate(h.into):
                        if rnd == 0:
                            p = min(u[a], a.v * (r[c] / h.M)) if h.M > 0 else 0.0
                        elif rnd <= m.spot:
                            p = min(u[a], h.F[k] * r[c])
                        else:
                            l = rnd - m.spot - 1
                            p = min(u[a], r[c]) if l < len(h.into) and h.latin[l] == k else 0.0
                            seen["tie in the Latin order"] += p > 0 and h.tied[k]
                        seen["physical cap binds"] += p > 0 and p == u[a] and loaded[a] + u[a] == a.phys
                        p1[a] = fl(a.phi * p)
                        p2[a] = fl(p - p1[a])
                shipped = {}
                for c in cs:
                    arcs = hub[f, c].out
                    P1 = sum((p1[a] for a in arcs), 0.0)
                    P2 = sum((p2[a] for a in arcs), 0.0)
                    t1 = a_[c] / P1 if P1 > a_[c] else 1.0
                    rem = max(0.0, a_[c] - P1)
                    t2 = rem / P2 if P2 > rem else 1.0
                    seen["firm class rationed"] += 0 < t1 < 1 and len(arcs) > 1
                    seen["free class rationed"] += 0 < t2 < 1 and len(arcs) > 1
                    seen["unequal firm fractions in one ration"] += 0 < t2 < 1 and len({a.phi for a in arcs}) > 1
                    for a in arcs:
                        shipped[a] = fl(p1[a] * t1 + p2[a] * t2)
                for a, mass in shipped.items():
                    a_[a.i] -= mass
                    r[a.j] -= mass
                    u[a] -= mass
                    loaded[a] += mass
                    assert a_[a.i] >= 0 and r[a.j] >= 0 and u[a] >= 0
                    seen["spot trade"] += 0 < rnd <= m.spot and mass > 0
                    seen["clean-up trade"] += rnd > m.spot and mass > 0
            for a, mass in loaded.items():
                onhand[f, a.i] -= mass
                transit[f, a.j] += mass
                slot = t + a.lag + la[a]
                seen["detour"] += la[a] > 0 and mass > 0
                seen["more than 32 steps at sea"] += a.lag + la[a] > 32 and mass > 0
                seen["cargo overtakes"] += mass > 0 and any(s > slot and z > 0 for s, z in pipe[a].items())
                pipe[a][slot] = pipe[a].get(slot, 0.0) + mass
                seen["shipment after qualification"] += a.v == 0 and mass > 0
                put("shipment", a, mass)
            for c in cs:  # e
                h, key = hub[f, c], (f, c)
                claims = []
                if h.feeds:
                    n = hub[f + 1, c]
                    sp = max(0.0, n.cap - onhand[f + 1, c])
                    total = sum((T[s] for s in h.feeds), 0.0)
                    for s in h.feeds:
                        d = min(T[s], fl((sp * (T[s] / total)) / s.y)) if total > 0 else 0.0
                        seen["storage bounds a refinery"] += d < T[s]
                        claims.append((1, s, d))
                claims += [(k.cls, k, D[k]) for k in h.consumers]
                for cls in (1, 2):
                    mine = [(who, q) for n_, who, q in claims if n_ == cls]
                    if not mine:
                        continue
                    total, rest = sum((q for _, q in mine), 0.0), onhand[key]
                    th = rest / total if total > rest else 1.0
                    seen["home use rationed, class %d" % cls] += 0 < th < 1
                    seen["feed and consumers share a shortage"] += 0 < th < 1 and len({type(w) for w, _ in mine}) > 1
                    for who, q in mine:
                        d = fl(q * th)
                        onhand[key] -= d
                        if isinstance(who, Site):
                            x[who] = fl(who.y * d)
                            lost += d - x[who]
                        else:
                            put("unserved", who, D[who] - d)
                            put("demand", who, D[who])
                            used += d
                            seen["unserved"] += d < D[who]
                assert onhand[key] >= 0
        mass_after = sum(onhand.values()) + sum(transit.values()) + sum(S.values())
        assert mass_after == mass_before + made - lost - used, "mass balance of the reference"
        for key in hub:
            put("on_hand", key, onhand[key])
            put("in_transit", key, transit[key])
            put("use_average", key, Ubar[key])
            put("inbound_availability", key, Z[key])
            put("qualification", key, hub[key].q)
        for s in net.sites:
            put("output", s, x[s])
        for s in net.tiers:
            put("stockpile", s, S[s])
            put("trigger", s, float(state[s]))
            put("inbound_loss", s, e[s])
    return out


# ---- the golden step -------------------------------------------------------------------------------------------------

def rows(path):
    with open(path, newline="") as f:
        return list(csv.DictReader(f))


def golden(folder):
    quanta = 2.0 ** 20
    countries, forms = ["CHN", "AUS", "JPN", "USA", "ROW"], ["ore", "oxide", "metal"]
    C, Fm = {c: i for i, c in enumerate(countries)}, {f: i for i, f in enumerate(forms)}
    t = os.path.join(folder, "network")
    m = Market()
    m.Q, m.R = 10.0, 8.0
    sites = []
    for r in rows(t + "/sites.csv"):
        refine = r["kind"] == "refine"
        cell = r["input_capacity [t/step]"] if refine else r["capacity [t/step]"]
        sites.append(Site(r["id"], C[r["country"]], Fm[r["form"]], r["kind"], float(r["output [t/step]"]) * quanta,
                          float(r["yield"]), float(cell) * quanta))
    arcs = [Arc(Fm[r["form"]], C[r["from"]], C[r["to"]], int(r["lag_steps"]), float(r["volume [t/step]"]) * quanta,
                float(r["cap [t/step]"]) * quanta, 0.6) for r in rows(t + "/trade.csv")]
    consumers = [Consumer(C[r["country"]], Fm[r["form"]], float(r["rate [t/step]"]) * quanta, int(r["priority"]))
                 for r in rows(t + "/demand.csv")]
    tiers = [Tier(r["id"], r["owner"], C[r["country"]], Fm[r["form"]], float(r["opening [t]"]) * quanta,
                  float(r["at_most [t/step]"]) * quanta, float(r["floor [t]"]) * quanta, int(r["delay [weeks]"]),
                  int(r["minimum [weeks]"])) for r in rows(t + "/stockpiles.csv")]
    hubs = rows(t + "/hubs.csv")
    cap = {(Fm[r["form"]], C[r["country"]]): float(r["storage [t]"]) * quanta for r in hubs}
    weight = {(Fm[r["form"]], C[r["country"]]): float(r["export_capacity [t/step]"]) * quanta for r in hubs}
    net = Network(countries, forms, m, sites, arcs, consumers, tiers, cap, weight)
    series = rows(t + "/series.csv")
    for column in series[0]:
        if column == "step":
            continue
        p = column.split("/")
        values = [float(r[column]) for r in series]
        if p[0] == "site":
            net.script["site", p[1], p[2]] = values
        elif p[0] == "country":
            net.script["country", C[p[1]], p[2]] = values
        elif p[0] == "arc":
            net.script["arc", (Fm[p[2]], C[p[3]], C[p[4]]), p[5]] = [int(v) for v in values] if p[5] == "lag" else values
        else:
            net.script["demand", (Fm[p[2]], C[p[3]], ""), p[4]] = values
    return net


def check_golden(folder):
    """(cells compared, cells that differ)"""
    net = golden(folder)
    out = simulate(net, 160)
    mass = {"I": "on_hand", "P": "in_transit", "Ubar": "use_average", "W": "order", "x": "output", "ship": "shipment",
            "S": "stockpile", "rel": "release", "unserved": "unserved"}
    plain = {"Z": "inbound_availability", "qual": "qualification", "fsm": "trigger", "e": "inbound_loss"}
    C = {c: i for i, c in enumerate(net.countries)}
    site = {s.name: s for s in net.sites}
    tier = {s.name.lower(): s for s in net.tiers}
    arc = {(a.f, a.i, a.j): a for a in net.arcs}
    consumer = {(k.f, k.c): k for k in net.consumers}
    cells = wrong = 0
    for t, row in enumerate(rows(os.path.join(folder, "trace.csv"))):
        for name, text in row.items():
            cells += 1
            if name == "t":
                wrong += int(text) != t
                continue
            head, _, obj = name.partition("_")
            variable = mass.get(head) or plain[head]
            if variable == "output":
                label = site[obj]
            elif variable in ("stockpile", "release", "trigger", "inbound_loss"):
                label = tier[obj.lower()]
            else:
                p = obj.split("_")
                key = (int(p[0][1:]),) + tuple(C[c] for c in p[1:])
                label = arc[key] if variable == "shipment" else consumer[key] if variable == "unserved" else key
            got = out[variable, label][t] * (2.0 ** -20 if head in mass else 1.0)
            if got != float(text):
                wrong += 1
                if wrong <= 10:
                    print("%s t=%d: reference %r, trace %s" % (name, t, got, text))
    return cells, wrong


# ---- random networks ---------------------------------------------------------------------------------------------------

CODES = ["CHN", "AUS", "JPN", "USA", "ROW", "CHL", "COD", "KOR", "DEU", "ZAF"]
KINDS_FREE = {0: ["mine", "mine", "supply"], 1: ["recycle", "supply", "recycle"]}


def split(rng, total, n):
    """total (a whole number) in n random whole parts, possibly zero."""
    cuts = sorted(rng.randint(0, int(total)) for _ in range(n - 1))
    edges = [0] + cuts + [int(total)]
    return [edges[i + 1] - edges[i] for i in range(n)]


def random_market(rng):
    m = Market()
    if rng.random() < 0.7:
        m.cover = rng.choice([0.0, 0.5, 1.0, 2.0, 4.0, 6.5, 8.0])
        m.b = rng.choice([1.0, 1.5, 2.0, 3.0, 5.0])
        m.beta_i = rng.choice([0.0, 0.0625, 0.1, 0.125, 0.3, 0.5])
        m.beta_p = rng.choice([0.0, 0.125, 0.2, 0.5])
        m.n_use = float(rng.choice([1, 2, 7, 13, 30]))
        m.h = rng.choice([[0.5, 0.75, 1.0], [0.0, 0.33, 0.9], [0.1, 0.7, 1.0], [1.0, 0.5, 0.2]])
        m.spot, m.latin = rng.choice([0, 1, 3, 3, 8]), rng.choice([0, 1, 2, 4, 4, 6])
        m.on, m.off = rng.choice([(0.07, 0.03), (0.2, 0.05), (0.01, 0.001)])
    m.Q, m.R = float(rng.choice([0, 1, 3, 6, 10])), float(rng.choice([1, 3, 8]))
    return m


def random_network(seed, steps):
    rng = random.Random(seed)
    nc, F = rng.randint(2, 6), rng.randint(1, 4)
    scale = rng.choice([40, 5000, 10 ** 7, 10 ** 7, 3 * 10 ** 9])
    codes = rng.sample(CODES, nc)
    lonely = rng.random() < 0.05  # nobody trades
    spare_arcs = rng.choice([0, 1, 2])  # unqualified arcs; without them some countries lack a form
    m = random_market(rng)
    consumers, sites, arcs = [], [], []

    def amount(rel=1.0):
        return max(1, int(scale * rel * rng.uniform(0.05, 1.0)))

    for f in range(F):
        for c in range(nc):
            if rng.random() < (0.85 if f == F - 1 else 0.25):
                sectors = [""] if rng.random() < 0.7 else ["alpha", "beta"][:rng.randint(1, 2)]
                for s in sectors:
                    consumers.append(Consumer(c, f, amount(1.0 if f == F - 1 else 0.2), rng.choice([1, 1, 2]), s))
    if not any(k.f == F - 1 for k in consumers):
        consumers.append(Consumer(rng.randrange(nc), F - 1, amount(), 1))
    n = 0
    for f in reversed(range(F)):
        use = [int(sum(k.D0 for k in consumers if (k.f, k.c) == (f, c))
                   + sum(s.d0 for s in sites if s.takes_input and (s.f - 1, s.c) == (f, c))) for c in range(nc)]
        flow = {}
        exports = [0] * nc
        order = rng.sample(range(nc), nc)  # buyers first; sellers are later in this order
        producers = set(rng.sample(order, rng.randint(1, nc))) | {order[-1]}
        if lonely:
            producers = set(order)
        elif rng.random() < 0.5 and nc > 2:
            producers -= set(order[1:-1][:rng.randint(1, nc - 2)])  # room for traders
        for pos, c in enumerate(order):
            need = use[c] + exports[c]
            sellers = order[pos + 1:]
            if not sellers or need == 0:
                continue
            share = 0 if lonely else rng.choice([0, 0, rng.random(), rng.random(), 1])
            want = need if c not in producers else int(need * share)
            if want == 0:
                continue
            chosen = rng.sample(sellers, rng.randint(1, min(len(sellers), 3)))
            for i, part in zip(chosen, split(rng, want, len(chosen))):
                flow[i, c] = flow.get((i, c), 0) + part
                exports[i] += part
        for _ in range(0 if lonely else rng.randint(0, nc)):  # flows in circles, and both ways
            i, j = rng.sample(range(nc), 2)
            x0 = use[j] + exports[j] - sum(v for (a, b), v in flow.items() if b == j)
            if i in producers and x0 > 0:
                extra = rng.choice([x0, rng.randint(0, x0)]) if rng.random() < 0.3 else rng.randint(0, x0) // 2
                flow[i, j] = flow.get((i, j), 0) + extra
                exports[i] += extra
        for _ in range(0 if lonely else rng.randint(0, spare_arcs * nc)):  # declared, not qualified
            i, j = rng.sample(range(nc), 2)
            flow.setdefault((i, j), 0)
        for (i, j), v in flow.items():
            phys = INF if rng.random() < 0.6 else v + (0 if rng.random() < 0.3 else amount(0.1))
            phi = rng.choice([0.5, 0.5, 0.0, 1.0, 0.25, 0.6, round(rng.random(), 3)])
            arcs.append(Arc(f, i, j, rng.choice([1, 1, 2, 3, 4, 5, 8, 12, 12, 40]), v, phys, phi))
        for c in range(nc):
            x0 = use[c] + exports[c] - sum(v for (a, b), v in flow.items() if b == c)
            assert x0 >= 0
            count = rng.choice([1, 1, 2, 3]) if x0 else rng.choice([0, 0, 0, 1])
            for part in split(rng, x0, count) if count else []:
                refine = f > 0 and rng.random() < 0.75
                kind = "refine" if refine else rng.choice(KINDS_FREE[min(f, 1)])
                y = rng.choice([1.0, 0.5, round(rng.uniform(0.4, 1.0), 2), round(rng.uniform(0.4, 1.0), 4)]) if refine else 1.0
                spec = rng.choice(["spare", "spare", "capacity", "input_capacity", None])
                if spec == "input_capacity" and not refine:
                    spec = "capacity"
                d0 = input_for(part, y) if refine else part
                cell = None
                if spec == "spare":
                    cell = rng.choice([0.0, 0.1, 0.25, round(rng.random(), 3), 1.0])
                elif spec:
                    cell = int((d0 if spec == "input_capacity" else part) * rng.choice([1.0, 1.05, rng.uniform(1.0, 1.6)]))
                    cell = max(cell, int(d0 if spec == "input_capacity" else part))
                n += 1
                sites.append(Site("s%d_%s" % (n, codes[c]), c, f, kind, part, y, None, spec, cell))
    sites.reverse()
    rng.shuffle(sites)
    rng.shuffle(arcs)
    rng.shuffle(consumers)
    net = Network(codes, ["form%d" % f for f in range(F)], m, sites, arcs, consumers, [])
    net.exponent = rng.choice([-20, -20, -14, -26])
    few = rng.choice([None, 1, 2]) # weights from few values: ties
    for key, h in net.hub.items():
        if not h.exists:
            continue
        if rng.random() < 0.3:
            net.cover[key] = rng.choice([0.0, 1.0, 3.5, 10.0])
        if rng.random() < 0.3:
            net.buffer[key] = rng.choice([1.0, 2.0, 4.5])
        target = fl((1.0 + net.cover.get(key, m.cover)) * h.U0) + fl(net.buffer.get(key, m.b) * h.E)
        p = rng.random()
        h.cover, h.b = net.cover.get(key, m.cover), net.buffer.get(key, m.b)
        least = h.least_storage()
        if p < 0.35:
            net.cap[key] = least
        elif p < 0.55:
            net.cap[key] = least + amount(0.05)
        elif p < 0.6 or m.storage_weeks * (h.U0 + h.E) < least:
            net.cap[key] = target if rng.random() < 0.5 else least
        if few:
            net.C[key] = float(rng.choice([0, int(scale * 0.1) + 1, int(scale * 0.1) + 1, int(scale * 0.3) + 1][few - 1:]))
        elif rng.random() < 0.3:
            net.C[key] = float(amount(0.3))
    tiers = []
    places = [key for key, h in net.hub.items() if h.U0 > 0 and any(net.hub[f, key[1]].M > 0 for f in range(key[0], F))]
    chosen = rng.sample(places, min(len(places), rng.randint(1, 4)))
    over_gap = [key for key in places if any(not net.hub[f, key[1]].exists for f in range(key[0], F))]
    chosen += [key for key in over_gap if key not in chosen]
    for key in chosen:
        for owner in rng.choice([["national"], ["private", "national"], ["national", "private", "joint"]]):
            U0 = net.hub[key].U0
            on, off = rng.choice([(0.07, 0.03), (0.07, 0.03), (0.15, 0.1), (0.02, 0.0)])
            tiers.append(Tier("%s%d" % (owner[0], len(tiers)), owner, key[1], key[0], int(U0 * rng.uniform(0.2, 8)),
                              INF if rng.random() < 0.2 else int(U0 * rng.uniform(0.05, 0.7)), int(U0 * rng.choice([0, 0, 0.2])),
                              rng.choice([0, 0, 1, 2, 5, 9]), rng.choice([0, 1, 4, 9]), on, off))
    net.tiers = tiers
    net.build()
    net.rests = all(h.cap >= h.least for h in net.hub.values())
    random_script(rng, net, steps)
    return net


def random_script(rng, net, steps):
    quiet = rng.choice([0, 0, 5, 30])

    def episodes(base, values, often):
        line = [base] * steps
        if rng.random() < 0.1:  # another value in every step
            for t in range(quiet, steps):
                line[t] = values()
            return line
        for _ in range(often):
            a = rng.randrange(quiet, steps)
            v = values()
            for t in range(a, min(steps, a + rng.choice([1, 2, 5, 10, 25, 60]))):
                line[t] = v
        return line

    def availability():
        return rng.choice([0.0, 0.0, 0.5, 1.0, 0.999999, round(rng.random(), 3), rng.random()])

    style = rng.choice(["all"] * 6 + ["trade", "lags", "demand", "regimes"])
    whole = {c for c in sorted({s.c for s in net.sites}) if style == "all" and rng.random() < 0.15}
    for c in sorted(whole):
        net.script["country", c, "availability"] = episodes(1.0, availability, rng.randint(1, 2))
    for s in net.sites:
        if style == "all" and s.c not in whole and rng.random() < 0.4:
            net.script["site", s.name, "availability"] = episodes(1.0, availability, rng.randint(1, 3))
    for a in net.arcs:
        if style in ("all", "trade") and rng.random() < 0.5:
            net.script["arc", (a.f, a.i, a.j), "availability"] = episodes(1.0, availability, rng.randint(1, 3))
        if style in ("all", "lags") and rng.random() < 0.4:
            net.script["arc", (a.f, a.i, a.j), "lag"] = episodes(0, lambda: rng.choice([0, 1, 2, 4, 9, 35]), rng.randint(1, 3))
    for c in range(len(net.countries)):
        if style in ("all", "regimes") and rng.random() < 0.6:
            net.script["country", c, "regime"] = episodes(0, lambda: rng.choice([0, 1, 2]), rng.randint(1, 4))
    for k in net.consumers:
        if style in ("all", "demand") and rng.random() < 0.5:
            net.script["demand", (k.f, k.c, k.sector), "factor"] = episodes(
                1.0, lambda: rng.choice([1.0, 0.7, 1.3, 1.1, 0.0, round(rng.uniform(0.3, 2.0), 3)]), rng.randint(1, 3))


def write_scenario(net, folder, steps, paths=3, name="random"):
    os.makedirs(folder, exist_ok=True)
    q = 2.0 ** net.exponent

    def t(x):
        return repr(x * q)

    def table(file, header, lines):
        with open(os.path.join(folder, file), "w", newline="") as f:
            w = csv.writer(f, lineterminator="\n")
            w.writerow(header)
            w.writerows(lines)

    m, cs, fs = net.market, net.countries, net.forms
    lines = []
    for s in net.sites:
        cells = {"capacity": "", "input_capacity": "", "spare": ""}
        if s.spec == "spare":
            cells["spare"] = repr(s.k_cell)
        elif s.spec:
            cells[s.spec] = t(float(s.k_cell))
        lines.append([s.name, "rock", fs[s.f], cs[s.c], s.kind, t(s.x0), cells["capacity"], cells["input_capacity"],
                      cells["spare"], repr(s.y) if s.takes_input else ""])
    table("sites.csv", ["id", "mineral", "form", "country", "kind", "output [t/step]", "capacity [t/step]",
                        "input_capacity [t/step]", "spare", "yield"], lines)
    table("trade.csv", ["mineral", "form", "from", "to", "lag_steps", "volume [t/step]", "cap [t/step]", "firm"],
          [["rock", fs[a.f], cs[a.i], cs[a.j], a.lag, t(a.v), "" if a.phys == INF else t(a.phys),
            "" if a.phi == 0.5 else repr(a.phi)] for a in net.arcs])
    table("demand.csv", ["mineral", "form", "country", "sector", "rate [t/step]", "priority"],
          [["rock", fs[k.f], cs[k.c], k.sector, t(k.D0), k.cls] for k in net.consumers])
    hubs = []
    for key, h in net.hub.items():
        if h.exists and any(key in d for d in (net.cap, net.C, net.cover, net.buffer)):
            hubs.append(["rock", fs[key[0]], cs[key[1]],
                         "%r" % net.cover[key] if key in net.cover else "",
                         t(net.cap[key]) if key in net.cap else "", t(net.C[key]) if key in net.C else "",
                         "%r" % net.buffer[key] if key in net.buffer else ""])
    if hubs:
        table("hubs.csv", ["mineral", "form", "country", "cover [weeks]", "storage [t]", "export_capacity [t/step]",
                           "producer_buffer [weeks]"], hubs)
    if net.tiers:
        table("stockpiles.csv", ["id", "owner", "country", "mineral", "form", "opening [t]", "at_most [t/step]", "floor [t]",
                                 "delay [weeks]", "minimum [weeks]", "on", "off"],
              [[s.name, s.owner, cs[s.c], "rock", fs[s.f], t(s.opening), "" if s.cap == INF else t(s.cap), t(s.floor),
                s.delay, s.minimum, repr(s.on), repr(s.off)] for s in net.tiers])
    if net.script:
        names = []
        for kind, obj, field in net.script:
            if kind == "site":
                text = obj
            elif kind == "country":
                text = cs[obj]
            else:
                f, *rest = obj
                text = "rock/" + fs[f] + "".join("/" + (cs[r] if isinstance(r, int) else r) for r in rest if r != "")
            names.append("%s/%s/%s" % (kind, text, field))
        table("series.csv", ["step"] + names, [[i] + [repr(v[i]) for v in net.script.values()] for i in range(steps)])
    focus = cs[next(k.c for k in net.consumers if k.f == len(fs) - 1)]
    y = ["format: 1", "name: %s" % name,
         "run: {paths: %d, seed: 1, start: 2026-01-05, step: 7 days, steps: %d, focus: %s, per: horizon}" % (paths, steps, focus),
         "countries: [%s]" % ", ".join(cs), "market:", "  cover: %r weeks" % m.cover, "  producer_buffer: %r weeks" % m.b,
         "  inventory_gain: %r" % m.beta_i, "  pipeline_gain: %r" % m.beta_p, "  use_smoothing: %r" % m.n_use,
         "  home_priority: %r" % m.h, "  spot_rounds: %d" % m.spot, "  cleanup_rounds: %d" % m.latin,
         "  qualification: {wait: %d weeks, ramp: %d weeks}" % (m.Q, m.R), "  loss_on: %r" % m.on, "  loss_off: %r" % m.off,
         "minerals:", "  rock: {forms: [%s], lattice_exponent: %d}" % (", ".join(fs), net.exponent),
         "network:", "  sites: sites.csv", "  trade: trade.csv" if net.arcs else "  trade: []", "  demand: demand.csv"]
    if hubs:
        y.append("  hubs: hubs.csv")
    if net.tiers:
        y.append("stockpiles: stockpiles.csv")
    if net.script:
        y.append("series: series.csv")
    y.append("tallies: {trace_paths: %d, required_stock: false}" % paths)
    path = os.path.join(folder, "scenario.yaml")
    with open(path, "w") as f:
        f.write("\n".join(y) + "\n")
    return path


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(write_scenario(random_network(int(sys.argv[1]), 100), sys.argv[2], 100))
    else:
        cells, wrong = check_golden(os.path.dirname(os.path.abspath(__file__)))
        print("golden step: %d cells, %d differ" % (cells, wrong))
        sys.exit(wrong != 0)
