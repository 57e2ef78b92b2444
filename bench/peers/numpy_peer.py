#!/usr/bin/env python3
"""The subset in NumPy, as a competent researcher writes it: blocks of paths, float64, one core.

    python3 bench/peers/numpy_peer.py [--shape trade] [--paths 1024] [--block 512] [--minerals N] [--steps N] [--seed 1]

Everything is an array (objects, paths) and every operation works on all hubs, sites or arcs of a form and all paths of a
block at once; work arrays are allocated once.  Rare events (outages, restrictions, jumps) are drawn by their number, not by
step.  --block auto times 64 to 4096 paths and takes the best."""
import argparse
import time

import numpy as np

import make_subset as ms
from network import BINS, LOG_MAX, LOG_MIN, Tally, chain, networks, onset_probability, outage_laws, restriction_types

TINY = 1e-300


class Counts:
    """Numbers drawn and functions taken, for the floor below which no program of this kind can get."""

    def __init__(self):
        self.normal = self.uniform = self.exponential = self.exp = 0


class FormState:
    """State and work arrays of one form, (objects, paths)."""

    def __init__(self, form, ring, paths):
        nE, nI, nS = form.nsell, form.nbuy, form.nhub - form.first_site
        hub = lambda n: np.zeros((n, paths))
        self.I, self.U, self.H, self.w = (hub(form.nhub) for _ in range(4))
        self.ship, self.theta, self.away, self.ke = (hub(nE) for _ in range(4))
        self.P, self.arrived, self.W, self.q, self.inflow = (hub(nI) for _ in range(5))
        self.d, self.T, self.x, self.gap, self.A = (hub(nS) for _ in range(5))
        self.site = hub(form.nsite)
        self.feed = hub(nS)  # look-through of the feed of the sites, written by the form below
        self.p = np.zeros((nE, nI, paths))
        self.gather = np.zeros((nE * nI, paths))
        self.ring = np.zeros((ring, nE, nI, paths))


class Block:
    """One block of paths: drivers, then mineral by mineral over the whole horizon."""

    def __init__(self, subset, paths, rng):
        self.subset, self.paths, self.rng, self.T = subset, paths, rng, subset.steps
        self.nets = networks(subset)
        self.laws, self.types = np.array(outage_laws(subset)), restriction_types(subset)
        self.states = [[FormState(f, n.ring, paths) for f in n.forms] for n in self.nets]
        self.P = chain(subset)
        self.c1 = self.P[:, 0].copy()
        self.c2 = self.P[:, 0] + self.P[:, 1]
        self.onset = np.array(onset_probability(subset))
        self.regime = np.zeros((self.T, len(subset.regimes), paths), dtype=np.int8)
        self.home = np.zeros((len(subset.countries), self.T, paths))
        self.home[:] = ms.MARKET["home"][0]
        sites = max(n.nsite() for n in self.nets)
        self.working = np.zeros((sites, paths))
        self.diff = np.zeros((self.T + 2) * sites * paths if subset.hazards else 0)
        self.X, self.D, self.price, self.stock, self.lost = (np.zeros((self.T, paths)) for _ in range(5))
        self.row = [np.zeros(paths) for _ in range(3)]
        self.flag = [np.zeros(paths, dtype=bool) for _ in range(4)]
        self.counts = Counts()

    # ---- drivers ----

    def draw_regimes(self):
        """One transition a step by one uniform, high is worse."""
        n = len(self.subset.regimes)
        state = np.zeros((n, self.paths), dtype=np.int8)
        u = self.rng.random((self.T, n, self.paths))
        self.counts.uniform += u.size
        for t in range(self.T):
            state = (u[t] > self.c1[state]).astype(np.int8) + (u[t] > self.c2[state])
            self.regime[t] = state
        home = np.array(ms.MARKET["home"])
        for i, c in enumerate(self.subset.regimes):
            np.take(home, self.regime[:, i], out=self.home[self.subset.countries.index(c)], mode="clip")

    def draw_price(self, net):
        """Schwartz log price with jumps: a Poisson number of jumps thrown at random on the cells of the block."""
        rng, X, m = self.rng, self.X, net.mineral
        rng.standard_normal(out=X)
        X *= net.s
        n = rng.poisson(net.jumps * X.size)
        at = rng.integers(0, X.size, n)
        np.add.at(X.reshape(-1), at, m.jump_mean + m.jump_sd * rng.standard_normal(n))
        self.counts.normal += X.size + n
        self.counts.uniform += n
        row = self.row[0]
        row[:] = 0
        for now in X:
            row *= net.a
            now += row
            np.maximum(now, LOG_MIN, out=now)
            np.minimum(now, LOG_MAX, out=now)
            row[:] = now
        np.exp(X, out=self.price)
        np.maximum(X, np.log(0.1), out=self.D)
        np.minimum(self.D, np.log(20.0), out=self.D)
        self.D *= -m.elasticity
        np.exp(self.D, out=self.D)  # demand over its base, and the activity of the world
        self.counts.exp += 2 * X.size

    def draw_outages(self, net):
        """Second differences of the lost capacity of every site: a stretch is four numbers, its steps come by summing."""
        rng, B, T = self.rng, self.paths, self.T
        law = np.repeat(self.laws[np.minimum(1, np.arange(len(net.forms)))], [f.nsite for f in net.forms], axis=0)
        scale, power, mu, sigma, lost = law.T
        lost = lost * np.concatenate([f.site_K for f in net.forms])[:, 0]
        width = len(law) * B
        diff = self.diff[: (T + 2) * width]
        diff.fill(0)
        column, now = np.arange(width), np.zeros(width)
        while column.size:
            site = column // B
            up = rng.standard_exponential(column.size)
            bent = np.flatnonzero(power[site] != 1)
            up[bent] **= power[site[bent]]
            now += scale[site] * up
            self.counts.exponential += column.size
            self.counts.exp += 2 * bent.size  # a power
            keep = now < T
            column, now, site = column[keep], now[keep], site[keep]
            end = now + np.exp(mu[site] + sigma[site] * rng.standard_normal(column.size))
            self.counts.normal += column.size
            self.counts.exp += column.size
            for when, sign in ((now, 1), (np.minimum(end, T), -1)):
                step = when.astype(np.int64)
                part = (when - step) * lost[site] * sign
                at = step * width + column
                diff[at] += lost[site] * sign - part
                diff[at + width] += part
            keep = end < T
            column, now = column[keep], end[keep]
        return diff.reshape(T + 2, len(law), B)

    def draw_restriction(self, country):
        """Share of the trade that is left, (steps, paths), or None: candidates by gaps, thinned by the regime."""
        rng, B, T = self.rng, self.paths, self.T
        regime = self.regime[:, self.subset.regimes.index(country)]
        cells, most = T * B, self.onset.max()
        gaps = rng.geometric(most, int(cells * most * 1.3 + 60))
        at = np.cumsum(gaps) - 1
        while at[-1] < cells:
            at = np.concatenate([at, at[-1] + np.cumsum(rng.geometric(most, 60))])
        at = at[at < cells]
        self.counts.uniform += 2 * gaps.size
        t, path = at // B, at % B
        r = regime[t, path]
        hit = rng.random(at.size) * most < self.onset[r]
        t, path, r = t[hit], path[hit], r[hit]
        if not t.size:
            return None
        share = np.array(ms.TYPES[0]["share"])
        freeze, most_freeze, severity, most_severity, median, sigma, half = self.types[
            (rng.random(t.size) > share[r]).astype(np.int64)
        ].T
        freeze = freeze + rng.random(t.size) * (most_freeze - freeze)
        severity = severity + rng.random(t.size) * (most_severity - severity)
        duration = np.maximum(1, median * np.exp(sigma * rng.standard_normal(t.size)))
        ends = np.minimum(T - t, np.ceil(freeze + duration + half * np.log2(severity / 0.02)).astype(np.int64) + 1)
        self.counts.uniform += 3 * t.size
        self.counts.normal += t.size
        self.counts.exp += t.size
        left = np.ones(cells)
        for number in range(int(np.bincount(path, minlength=B).max())):  # the first of every path, then the second ...
            now = self._nth(path, number)
            length = ends[now]
            age = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
            e = np.repeat(now, length)
            after = np.maximum(0, age - freeze[e] - duration[e])
            sigma = severity[e] * np.exp2(-after / half[e])
            self.counts.exp += sigma.size
            sigma[sigma < 0.02] = 0
            sigma[age < freeze[e]] = 1
            cell = (t[e] + age) * B + path[e]
            left[cell] = np.minimum(left[cell], 1 - sigma)
        return left.reshape(T, B)

    @staticmethod
    def _nth(path, number):
        order = np.argsort(path, kind="stable")
        p = path[order]
        first = np.searchsorted(p, p, side="left")
        return order[np.arange(p.size) - first == number]

    # ---- one mineral ----

    def start(self, net, states):
        for form, s in zip(net.forms, states):
            s.I[:] = form.opening
            s.H[:] = form.cover1 * form.U0
            s.U[:] = 0
            s.P[:] = form.in_transit
            s.ring[:] = 0
            for i in range(form.nsell):
                for j in range(form.nbuy):
                    s.ring[-form.lag[i, j] :, i, j] = form.v[i, j]  # loaded in the steps -lag .. -1
            s.rows = np.arange(s.gather.shape[0])
            s.flat = s.ring.reshape(-1, self.paths)
            s.feed[:] = 1

    def inbound(self, net, states, kappas, t):
        """Contracted supply of the final form, by look-through of the feed; only where it triggers a stockpile."""
        first = 0
        for f, form in enumerate(net.forms):
            s, n, k = states[f], form.nbuy, form.first_site
            kav = self.working[first : first + form.nsite]
            first += form.nsite
            if form.single:
                A = np.multiply(kav, form.over_K, out=s.A)
            else:
                A = s.A
                for j, (i0, i1) in enumerate(zip(form.site_begin, form.site_begin[1:])):
                    np.add.reduce(kav[i0:i1], axis=0, out=A[j])
                A *= form.over_K
            if f:
                A *= s.feed
            for i, c in enumerate(form.hubs[n : n + form.nsell]):
                if kappas.get(c) is not None:
                    np.multiply(A[i + n - k], kappas[c][t], out=s.ke[i])
                else:
                    np.copyto(s.ke[i], A[i + n - k])
            np.multiply(s.ke[:, None], form.v, out=s.p)
            np.add.reduce(s.p, axis=0, out=s.inflow)
            if not form.up:
                continue
            above = states[f + 1].feed
            for hub, site in form.up:
                own = hub - k
                if own >= 0:
                    np.multiply(A[own], form.X[hub], out=above[site])
                    if hub < n:
                        above[site] += s.inflow[hub]
                else:
                    above[site] = s.inflow[hub]
                above[site] *= form.over_supply[hub]

    def trigger(self, net, state, Z, t):
        """Average of the loss; idle, pending, releasing."""
        e, pending, releasing, t_on, t_rel = state
        yes, no, idle, _ = self.flag
        loss = self.row[1]
        np.subtract(1, Z, out=loss)
        loss -= e
        loss *= 0.25
        e += loss
        np.less_equal(e, ms.TRIGGER["off"], out=no)
        np.less_equal(t_rel, t - self.subset.minimum, out=yes)
        yes &= no
        np.greater(releasing, yes, out=releasing)
        np.greater(pending, no, out=pending)
        np.greater_equal(e, ms.TRIGGER["on"], out=yes)
        np.logical_or(pending, releasing, out=idle)
        np.greater(yes, idle, out=yes)
        if yes.any():
            t_on[yes] = t
            pending |= yes
        np.less_equal(t_on, t - self.subset.delay, out=yes)
        yes &= pending
        if yes.any():
            t_rel[yes] = t
            releasing |= yes
            np.greater(pending, yes, out=pending)

    def backward(self, net, states, g):
        """Use, target stock and targets of the sites, last form first."""
        keep, n, end = 1 - 1 / self.subset.smoothing, self.subset.smoothing, net.nsite()
        for f in reversed(range(len(net.forms))):
            form, s = net.forms[f], states[f]
            if form.up:
                for hub, site in form.up:
                    s.U[hub] = states[f + 1].T[site]
            else:
                np.multiply(form.U0, g, out=s.U)
            np.multiply(s.U, form.cover1 / n, out=s.w)  # the average of use, times 1 + cover
            s.H *= keep
            s.H += s.w
            k = form.first_site
            np.subtract(s.H[k:], s.I[k:], out=s.d)
            s.d *= form.part[k:]
            np.multiply(form.pull, g, out=s.gap)
            s.d += s.gap
            np.maximum(s.d, 0, out=s.d)
            kav = self.working[end - form.nsite : end]
            end -= form.nsite
            if form.single:
                np.minimum(s.d, kav, out=s.T)
                continue
            for j, (i0, i1) in enumerate(zip(form.site_begin, form.site_begin[1:])):
                np.multiply(form.share[i0:i1], s.d[j], out=s.site[i0:i1])
            np.minimum(s.site, kav, out=s.site)
            for j, (i0, i1) in enumerate(zip(form.site_begin, form.site_begin[1:])):
                np.add.reduce(s.site[i0:i1], axis=0, out=s.T[j])

    def order(self, form, s, g):
        """Orders over base imports."""
        n, k = form.nbuy, form.first_site
        np.subtract(s.H[:n], s.I[:n], out=s.W)
        s.W *= form.beta_m
        s.W += s.U[:n]
        np.multiply(s.P, ms.MARKET["beta"], out=s.q)
        s.W -= s.q
        if n > k:  # lost output is replaced
            made = np.multiply(s.d[: n - k], form.y, out=s.gap[: n - k])
            made -= s.x[: n - k]
            s.W[k:] += made
        s.W *= form.over_m
        np.multiply(form.base, g, out=s.q)
        s.W += s.q
        np.maximum(s.W, 0, out=s.W)

    def trade(self, form, s, caps, t):
        """Contract round: every exporter shares what it can spare."""
        n, end = form.nbuy, form.nbuy + form.nsell
        for i, c in enumerate(form.hubs[n:end]):
            np.multiply(s.H[n + i], self.home[self.subset.countries.index(c), t], out=s.away[i])
            if caps.get(c) is None:
                s.p[i] = s.W
            else:
                np.minimum(s.W, caps[c][t], out=s.p[i])
        I = s.I[n:end]
        np.subtract(I, s.away, out=s.away)
        np.maximum(s.away, 0, out=s.away)
        s.p *= form.v
        np.add.reduce(s.p, axis=1, out=s.ship)
        np.maximum(s.ship, TINY, out=s.theta)
        np.divide(s.away, s.theta, out=s.theta)
        np.minimum(s.theta, 1, out=s.theta)
        loaded = s.ring[t % s.ring.shape[0]]
        np.multiply(s.p, s.theta[:, None], out=loaded)
        s.ship *= s.theta
        I -= s.ship
        np.add.reduce(loaded, axis=0, out=s.inflow)
        s.P += s.inflow

    def run_mineral(self, net, states, tally, index, first):
        T, B, paths, hazards = self.T, self.paths, slice(first, first + self.paths), self.subset.hazards
        self.draw_price(net)
        diff = self.draw_outages(net) if hazards else None
        kappas = {c: self.draw_restriction(c) for c in self.subset.restrictors}
        caps = {c: None if k is None else np.where(k < 1, k, np.inf) for c, k in kappas.items()}
        self.start(net, states)
        working = self.working[: net.nsite()]  # capacity, site by site
        working[:] = np.concatenate([f.site_K for f in net.forms])
        fsm = (
            np.zeros(B),
            np.zeros(B, dtype=bool),
            np.zeros(B, dtype=bool),
            np.zeros(B, dtype=np.int32),
            np.zeros(B, dtype=np.int32),
        )
        stock, releasing = np.full(B, net.stock), fsm[2]
        last, watch = states[-1], net.watch
        need = self.row[2]
        for t in range(T):
            if hazards:
                working -= diff[t]
            if net.stock:
                self.inbound(net, states, kappas, t)
                np.divide(last.inflow[watch], net.forms[-1].M[watch], out=self.row[0])
                self.trigger(net, fsm, self.row[0], t)
            g = self.D[t]
            for form, s in zip(net.forms, states):  # arrivals
                if not form.nbuy:
                    continue
                slot = (t - form.lag).reshape(-1) % net.ring * s.rows.size + s.rows
                s.flat.take(slot, axis=0, out=s.gather, mode="clip")
                np.add.reduce(s.gather.reshape(s.p.shape), axis=0, out=s.arrived)
                s.P -= s.arrived
                s.I[: form.nbuy] += s.arrived
            self.backward(net, states, g)
            for f, (form, s) in enumerate(zip(net.forms, states)):
                k = form.first_site
                if f == 0:  # mines; the sites of later forms have made x from their feed
                    np.subtract(form.cap[k:], s.I[k:], out=s.x)
                    np.maximum(s.x, 0, out=s.x)
                    np.minimum(s.x, s.T, out=s.x)
                s.I[k:] += s.x
                if s is last and net.stock:
                    np.subtract(s.U[watch], s.I[watch], out=need)
                    np.maximum(need, 0, out=need)
                    np.minimum(need, net.release, out=need)
                    np.minimum(need, stock, out=need)
                    need *= releasing
                    stock -= need
                    s.I[watch] += need
                if form.nbuy:
                    self.order(form, s, g)
                    self.trade(form, s, caps, t)
                if form.up:
                    up, s2 = net.forms[f + 1], states[f + 1]
                    np.subtract(up.cap[up.first_site :], s2.I[up.first_site :], out=s2.gap)
                    np.maximum(s2.gap, 0, out=s2.gap)
                    s2.gap /= up.y
                    np.minimum(s2.gap, s2.T, out=s2.gap)
                    for hub, site in form.up:
                        np.minimum(s2.gap[site], s.I[hub], out=s2.x[site])
                        s.I[hub] -= s2.x[site]
                    s2.x *= up.y
                else:
                    np.minimum(s.U, s.I, out=s.w)
                    np.subtract(s.U[watch], s.w[watch], out=self.lost[t])
                    s.I -= s.w
            np.add(last.I[watch], stock, out=self.stock[t])
        self.observe(net, tally, index, paths)

    def observe(self, net, tally, i, paths):
        """Tallies of the whole horizon at once; only runs of steps need a loop."""
        T = self.T
        use = 1 / net.day * self.subset.step_days
        depth = np.multiply(self.D, use, out=self.D)
        np.divide(self.lost, depth, out=depth)
        short = depth > ms.THRESHOLD
        tally.short[i, paths] = np.add.reduce(short, axis=0)
        tally.short_count[i] += np.add.reduce(short, axis=1)
        tally.unserved[i, paths] = np.add.reduce(self.lost, axis=0)
        deep = depth > ms.DEEP
        run, most = np.zeros(self.paths, dtype=np.int16), np.zeros(self.paths, dtype=np.int16)
        for t in range(T):
            run += 1
            run *= deep[t]
            np.maximum(most, run, out=most)
        tally.longest[i, paths] = most
        days = np.multiply(self.stock, net.day, out=self.stock)
        tally.stock[i] += np.add.reduce(days, axis=1)
        tally.stock2[i] += np.einsum("tb,tb->t", days, days)
        self.count(tally.stock_bins[i], self.stock_bins(days))
        price = self.price
        tally.mean_price[i, paths] = np.add.reduce(price, axis=0) / T
        price -= 1
        tally.price[i] += np.add.reduce(price, axis=1)
        tally.price2[i] += np.einsum("tb,tb->t", price, price)
        self.X -= LOG_MIN
        self.X *= BINS / (LOG_MAX - LOG_MIN)
        self.count(tally.price_bins[i], np.clip(self.X, 0, BINS - 1, out=self.X).astype(np.intp))

    @staticmethod
    def stock_bins(days):
        """One bin below a quarter day, then four linear bins an octave: the leading bits of a double."""
        bits = (days * 4).view(np.int64)
        bits >>= 50
        bits -= (1023 << 2) - 1
        return np.clip(bits, 0, BINS - 1, out=bits)

    def count(self, bins, index):
        index += np.arange(self.T)[:, None] * BINS
        bins += np.bincount(index.reshape(-1), minlength=self.T * BINS).reshape(self.T, BINS)

    def run(self, tally, first):
        if self.subset.regimes:
            self.draw_regimes()
        for i, net in enumerate(self.nets):
            self.run_mineral(net, self.states[i], tally, i, first)


def simulate(subset, paths, seed, block=512):
    """Runs the subset; returns tally, seconds, and the counts of what was drawn."""
    if paths % block:
        raise ValueError("%d paths in blocks of %d: whole blocks would be right" % (paths, block))
    tally = Tally(len(subset.minerals), subset.steps, paths)
    b = Block(subset, block, np.random.Generator(np.random.SFC64(seed)))
    before, cpu = time.perf_counter(), time.process_time()
    for first in range(0, paths, block):
        b.run(tally, first)
    return tally, (time.perf_counter() - before, time.process_time() - cpu), b.counts


def floor(counts, block, steps):
    """CPU seconds for the same numbers and functions alone, in arrays of the same size."""
    rng, x = np.random.Generator(np.random.SFC64(1)), np.ones(block * steps)
    cost = lambda draw: min(_timed(draw) for _ in range(5)) / x.size
    normal, uniform = cost(lambda: rng.standard_normal(out=x)), cost(lambda: rng.random(out=x))
    exponential = cost(lambda: rng.standard_exponential(out=x))
    x[:] = rng.standard_normal(x.size)
    y = np.empty_like(x)
    exp = cost(lambda: np.exp(x, out=y))
    return {
        "random": counts.normal * normal + counts.uniform * uniform + counts.exponential * exponential,
        "exp": counts.exp * exp,
    }


def _timed(f):
    before = time.process_time()
    f()
    return time.process_time() - before


def best_block(subset, seed=1):
    seconds = {}
    for block in (64, 256, 512, 1024, 2048, 4096):
        _, (_, cpu), _ = simulate(subset, block, seed, block)
        seconds[block] = cpu / block
    return min(seconds, key=seconds.get), seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ms.add_size(parser)
    for name, default in (("paths", 1024), ("seed", 1)):
        parser.add_argument("--" + name, type=int, default=default)
    parser.add_argument("--block", default="512")
    a = parser.parse_args()
    subset = ms.build(a.shape, a.minerals, a.countries, a.steps)
    if a.block == "auto":
        block, seconds = best_block(subset)
        print("CPU ms a path by block: " + ", ".join("%d: %.3f" % (b, 1e3 * s) for b, s in seconds.items()))
    else:
        block = int(a.block)
    tally, (wall, cpu), counts = simulate(subset, a.paths, a.seed, block)
    low = floor(counts, block, subset.steps)
    per = 1e9 / (a.paths * len(subset.minerals) * subset.steps)
    print("NumPy, blocks of %d: %.2f s wall, %.2f s CPU, %.0f ns CPU a mineral-step" % (block, wall, cpu, cpu * per))
    print(
        "random numbers alone %.1f ns, exp alone %.1f ns a mineral-step: total %.1f times their sum"
        % (low["random"] * per, low["exp"] * per, cpu / sum(low.values()))
    )
    print(
        "LOLE days/year of the first minerals:",
        np.round(tally.short[:5].mean(axis=1) * 365.25 / subset.steps, 2),
    )


if __name__ == "__main__":
    main()
