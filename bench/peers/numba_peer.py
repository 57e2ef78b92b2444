#!/usr/bin/env python3
"""The subset in Numba, as a competent researcher writes it: compiled loops over paths, one path at a time, in parallel.

    python3 bench/peers/numba_peer.py [--shape trade] [--paths 2048] [--threads 1] [--minerals N] [--steps N] [--seed 1]

Own generator (xoshiro256++) and ziggurat normals, both inlined; rare events by their waiting times; prices, stocks and orders
of one step in registers and in arrays that fit the first-level cache; fastmath."""
import argparse
import math
import sys
import time
from collections import namedtuple

import numpy as np

try:
    import numba as nb
except ImportError as missing:
    print("skipped: %s" % missing)
    sys.exit(77)

import make_subset as ms
from network import BINS, LOG_MAX, LOG_MIN, Tally, chain, networks, onset_probability, outage_laws, restriction_types

inline = nb.njit(inline="always", fastmath=True, error_model="numpy")
compiled = nb.njit(fastmath=True, error_model="numpy", cache=True)

# ---- random numbers ----

U64 = np.uint64
ZIG_R, ZIG_V, ZIG_N = 3.442619855899, 9.91256303526217e-3, 128


def _ziggurat():
    """Edges of 128 layers of equal area under the normal curve, and the ratios of neighbours (Doornik's form)."""
    x = np.zeros(ZIG_N + 1)
    f = math.exp(-0.5 * ZIG_R * ZIG_R)
    x[0], x[1] = ZIG_V / f, ZIG_R
    for i in range(2, ZIG_N):
        x[i] = math.sqrt(-2 * math.log(ZIG_V / x[i - 1] + f))
        f = math.exp(-0.5 * x[i] * x[i])
    return x, x[1:] / x[:-1]


ZIG_X, ZIG_RATIO = _ziggurat()


@inline
def next_bits(s):
    s0, s1, s2, s3 = s[0], s[1], s[2], s[3]
    sum_ = s0 + s3
    result = ((sum_ << U64(23)) | (sum_ >> U64(41))) + s0
    t = s1 << U64(17)
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s[0], s[1], s[2], s[3] = s0, s1, s2, (s3 << U64(45)) | (s3 >> U64(19))
    return result


@inline
def uniform(s):
    """In (0, 1)."""
    return (nb.float64(next_bits(s) >> U64(12)) + 0.5) * (1.0 / 4503599627370496.0)


@compiled
def normal_slow(s, i, u, x):
    """The few draws outside a layer; 0 is for none."""
    if i == 0:
        while True:
            a = math.log(uniform(s)) / ZIG_R
            b = math.log(uniform(s))
            if -2 * b >= a * a:
                return a - ZIG_R if u < 0 else ZIG_R - a
    z = u * x[i]
    f0 = math.exp(-0.5 * (x[i] * x[i] - z * z))
    f1 = math.exp(-0.5 * (x[i + 1] * x[i + 1] - z * z))
    return z if f1 + uniform(s) * (f0 - f1) < 1.0 else 0.0


@inline
def normal(s, x, ratio):
    z = 0.0
    while z == 0.0:
        bits = next_bits(s)
        i = nb.int64(bits & U64(127))
        u = nb.float64(bits >> U64(11)) * (2.0 / 9007199254740992.0) - 1.0
        z = u * x[i] if abs(u) < ratio[i] else normal_slow(s, i, u, x)
    return z


@compiled
def seed_state(s, seed, block):
    """SplitMix64 from seed and block."""
    z = U64(seed) * U64(0x9E3779B97F4A7C15) + U64(block) * U64(0xD1342543DE82EF95)
    for k in range(4):
        z += U64(0x9E3779B97F4A7C15)
        y = (z ^ (z >> U64(30))) * U64(0xBF58476D1CE4E5B9)
        y = (y ^ (y >> U64(27))) * U64(0x94D049BB133111EB)
        s[k] = y ^ (y >> U64(31))


# ---- the model as arrays; masses in t a step ----

HUB = "below restrictor regime U0 over_K y yover part pull beta_m over_m base cover cap opening in_transit X over_supply".split()
SITE = "share K".split()
ARC = "source target lag v".split()
MINERAL = "nforms ring watch a s jumps jump_mean jump_sd elasticity stock release day use over_watch single".split()
LAW = "scale power mu sigma lost".split()
Arrays = namedtuple(
    "Arrays",
    ["nhub", "nsite", "hub_begin", "with_sites", "export_begin", "export_end", "arc_begin", "sites_of"]
    + ["h_" + x for x in HUB]
    + ["s_" + x for x in SITE]
    + ["a_" + x for x in ARC]
    + ["m_" + x for x in MINERAL]
    + ["o_" + x for x in LAW]
    + ["leave", "worse", "home", "onset", "first_type", "types", "rules", "zig_x", "zig_ratio"],
)
UNSIGNED = {"below", "restrictor", "regime", "source", "target", "watch"}  # as indices they need no test for negative ones
INTEGER = {"lag", "nforms", "ring"}


def flatten(subset):
    nets = networks(subset)
    restrictors, n = subset.restrictors, len(subset.minerals)
    most_hubs = max(sum(f.nhub for f in net.forms) for net in nets)
    most_arcs = max(sum(f.v.size for f in net.forms) for net in nets)
    table = lambda names, *shape: {
        x: np.zeros((n,) + shape, dtype=np.uintp if x in UNSIGNED else np.int64 if x in INTEGER else np.float64) for x in names
    }
    H, A, M = table(HUB, most_hubs), table(ARC, most_arcs), table(MINERAL)
    S = table(SITE, max(net.nsite() for net in nets))
    nhub, nsite = np.zeros(n, dtype=np.uintp), np.zeros(n, dtype=np.uintp)
    hub_begin, with_sites, export_begin, export_end, arc_begin = (np.zeros((n, 5), dtype=np.uintp) for _ in range(5))
    sites_of = np.zeros((n, most_hubs + 1), dtype=np.uintp)
    for i, net in enumerate(nets):
        m, last = net.mineral, net.forms[-1]
        first, a, b = 0, 0, 0
        for f, form in enumerate(net.forms):
            hub_begin[i, f], arc_begin[i, f] = first, a
            with_sites[i, f], export_begin[i, f] = first + form.first_site, first + form.nbuy
            export_end[i, f] = first + form.nbuy + form.nsell
            next_hub = first + form.nhub
            for hub, site in form.up:
                H["below"][i, next_hub + net.forms[f + 1].first_site + site] = first + hub
            for h in range(form.nhub):
                sites_of[i, first + h] = b + (form.site_begin[h - form.first_site] if h >= form.first_site else 0)
            S["share"][i, b : b + form.nsite] = form.share[:, 0]
            S["K"][i, b : b + form.nsite] = form.site_K[:, 0]
            b += form.nsite
            for h, c in enumerate(form.hubs):
                k, buys, site = first + h, h < form.nbuy, h >= form.first_site
                put = dict(
                    restrictor=restrictors.index(c) if c in restrictors else len(restrictors),
                    regime=subset.regimes.index(c) if c in subset.regimes else len(subset.regimes),
                    U0=form.U0[h, 0],
                    over_K=1 / form.K[h, 0] if site else 0,
                    y=form.y,
                    yover=1 / form.y,
                    part=form.part[h, 0],
                    pull=form.pull[h - form.first_site, 0] if site else 0,
                    beta_m=form.beta_m[h, 0] if buys else 0,
                    over_m=form.over_m[h, 0] if buys else 0,
                    base=form.base[h, 0] if buys else 0,
                    cover=form.cover1 / subset.smoothing,
                    cap=form.cap[h, 0],
                    opening=form.opening[h, 0],
                    in_transit=form.in_transit[h, 0] if buys else 0,
                    X=form.X[h, 0],
                    over_supply=form.over_supply[h, 0],
                )
                for x in put:
                    H[x][i, k] = put[x]
            for sells in range(form.nsell):  # sorted by exporter
                for buys in range(form.nbuy):
                    A["source"][i, a], A["target"][i, a] = first + form.nbuy + sells, first + buys
                    A["lag"][i, a], A["v"][i, a] = form.lag[sells, buys], form.v[sells, buys, 0]
                    a += 1
            first = next_hub
        for x in (hub_begin, with_sites, export_begin, export_end):
            x[i, len(net.forms) :] = first
        arc_begin[i, len(net.forms) :] = a
        nhub[i], nsite[i] = first, b
        sites_of[i, first:] = b
        put = dict(
            nforms=len(net.forms),
            ring=net.ring,
            watch=hub_begin[i, len(net.forms) - 1] + net.watch,
            a=net.a,
            s=net.s,
            jumps=net.jumps,
            jump_mean=m.jump_mean,
            jump_sd=m.jump_sd,
            elasticity=m.elasticity,
            stock=net.stock,
            release=net.release,
            day=net.day,
            use=subset.step_days / net.day,
            over_watch=1 / last.M[net.watch, 0] if net.stock else 0,
            single=all(f.single for f in net.forms),
        )
        for x in MINERAL:
            M[x][i] = put[x]
    laws = np.array(outage_laws(subset)).T
    P = chain(subset)
    k = ms.TRIGGER
    rules = np.array(
        [
            ms.MARKET["beta"],
            1 - 1 / subset.smoothing,
            ms.THRESHOLD,
            ms.DEEP,
            k["on"],
            k["off"],
            subset.delay,
            subset.minimum,
            subset.hazards,
        ]
    )
    types = restriction_types(subset)
    types[:, 4] = np.log(types[:, 4])
    return Arrays(
        nhub,
        nsite,
        hub_begin,
        with_sites,
        export_begin,
        export_end,
        arc_begin,
        sites_of,
        *[H[x] for x in HUB],
        *[S[x] for x in SITE],
        *[A[x] for x in ARC],
        *[M[x] for x in MINERAL],
        *[np.ascontiguousarray(x) for x in laws],
        1 - np.diag(P),
        np.array([P[k, k + 1 :].sum() / (1 - P[k, k]) for k in range(3)]),
        np.array(ms.MARKET["home"]),
        np.array(onset_probability(subset)),
        np.array(ms.TYPES[0]["share"]),
        types,
        rules,
        ZIG_X,
        ZIG_RATIO
    )


# Numbers of nature only: a compiled function that is kept does not notice that a global has changed.
ONE = np.uintp(1)
LN_LOW, LN_HIGH = math.log(0.1), math.log(20.0)
BIN_WIDTH = BINS / (LOG_MAX - LOG_MIN)


@compiled
def draw_regime(s, out, leave, worse, P):
    """Waits until the next change, then where to."""
    T, t, state = out.size, 0, 0
    while t < T:
        wait = nb.int64(min(math.log(uniform(s)) / math.log(1 - leave[state]), 1e9))
        for k in range(t, min(T, t + wait)):
            out[k] = state
        t += wait
        if t >= T:
            break
        u = uniform(s) * leave[state]  # which of the other states
        for other in range(3):
            if other != state:
                u -= P[state, other]
                if u < 0 or other == 2 or (state == 2 and other == 1):
                    state = other
                    break
        out[t] = state
        t += 1


@compiled
def draw_outage(s, diff, b, k, K, m, T):
    """Second differences of the capacity lost at site b of capacity K; k is the law."""
    now = 0.0
    lost = m.o_lost[k] * K
    while True:
        e = -math.log(uniform(s))
        now += m.o_scale[k] * (e if m.o_power[k] == 1.0 else e ** m.o_power[k])
        if now >= T:
            return
        end = now + math.exp(m.o_mu[k] + m.o_sigma[k] * normal(s, m.zig_x, m.zig_ratio))
        t = nb.int64(now)
        part = (now - t) * lost
        diff[t, b] += lost - part
        diff[t + 1, b] += part
        now = end
        if now >= T:
            return
        t = nb.int64(now)
        part = (now - t) * lost
        diff[t, b] -= lost - part
        diff[t + 1, b] -= part


@compiled
def draw_restriction(s, left, regime, m):
    """Share of the trade that is left in every step."""
    T = left.size
    for t in range(T):
        left[t] = 1.0
    most = m.onset[2]
    scale = 1 / math.log(1 - most)
    t = -1
    while True:
        t += 1 + nb.int64(min(math.log(uniform(s)) * scale, 1e9))
        if t >= T:
            return
        r = regime[t]
        if uniform(s) * most >= m.onset[r]:
            continue
        k = m.types[0 if uniform(s) < m.first_type[r] else 1]
        freeze = k[0] + uniform(s) * (k[1] - k[0])
        severity = k[2] + uniform(s) * (k[3] - k[2])
        stays = freeze + max(1.0, math.exp(k[4] + k[5] * normal(s, m.zig_x, m.zig_ratio)))
        decay, relaxing = 0.5 ** (1 / k[6]), -1.0
        for j in range(t, T):
            age = j - t
            sigma = 1.0 if age < freeze else severity
            if age >= stays:
                relaxing = severity * 0.5 ** ((age - stays) / k[6]) if relaxing < 0 else relaxing * decay
                sigma = relaxing
                if sigma < 0.02:
                    break
            left[j] = min(left[j], 1 - sigma)


Work = namedtuple("Work", "I H U P goal d x A feed kav inflow open offered theta arc left ring diff box bits")


@compiled
def run_mineral(s, m, i, T, w, regime, path_tally, curves, stock_bins, price_bins):
    """One mineral on one path.  curves: short count, stock, stock^2, price, price^2 of every step."""
    # everything the loop needs as a local: an array taken out of a tuple in the loop costs a count of references
    n, nforms, R, watch = m.nhub[i], m.m_nforms[i], m.m_ring[i], m.m_watch[i]
    below, restrictor, country = m.h_below[i], m.h_restrictor[i], m.h_regime[i]
    source, target, v, lag = m.a_source[i], m.a_target[i], m.a_v[i], m.a_lag[i]
    share, K, sites_of, hazards = m.s_share[i], m.s_K[i], m.sites_of[i], m.rules[8] > 0
    U0, over_K, y, yover, part, pull, cap, X0 = (
        m.h_U0[i],
        m.h_over_K[i],
        m.h_y[i],
        m.h_yover[i],
        m.h_part[i],
        m.h_pull[i],
        m.h_cap[i],
        m.h_X[i],
    )
    beta_m, over_m, base, cover, over_supply = m.h_beta_m[i], m.h_over_m[i], m.h_base[i], m.h_cover[i], m.h_over_supply[i]
    hubs, sites, exporters, sellers, arcs = m.hub_begin[i], m.with_sites[i], m.export_begin[i], m.export_end[i], m.arc_begin[i]
    I, H, U, P, goal, d, x, A, feed, kav = w.I, w.H, w.U, w.P, w.goal, w.d, w.x, w.A, w.feed, w.kav
    inflow, open_, offered, theta, asked, left, ring, diff = w.inflow, w.open, w.offered, w.theta, w.arc, w.left, w.ring, w.diff
    box, bits, zig_x, zig_ratio, home = w.box, w.bits, m.zig_x, m.zig_ratio, m.home
    a_, s_, jump_mean, jump_sd, wait, elasticity = (
        m.m_a[i],
        m.m_s[i],
        m.m_jump_mean[i],
        m.m_jump_sd[i],
        1 / m.m_jumps[i],
        m.m_elasticity[i],
    )
    beta, keep, threshold, deep, on, off = m.rules[0], m.rules[1], m.rules[2], m.rules[3], m.rules[4], m.rules[5]
    delay, minimum = nb.int64(m.rules[6]), nb.int64(m.rules[7])
    release, day, over_watch = m.m_release[i], m.m_day[i], m.m_over_watch[i]

    for r in range(left.shape[0] - 1):
        draw_restriction(s, left[r], regime[r], m)  # the restrictors are the first of the regimes
    nsite, single = m.nsite[i], m.m_single[i] > 0
    kav[:nsite] = K[:nsite]
    if hazards:
        diff[:, :nsite] = 0
        for f in range(nforms):
            for b in range(sites_of[sites[f]], sites_of[hubs[f + 1]]):
                draw_outage(s, diff, b, 0 if f == 0 else 1, K[b], m, T)
    for h in range(n):
        I[h], P[h], feed[h] = m.h_opening[i, h], m.h_in_transit[i, h], 1.0
        H[h] = cover[h] * (1 / (1 - keep)) * U0[h]
        U[h] = A[h] = d[h] = x[h] = inflow[h] = 0.0
    ring[:R, :n] = 0
    for a in range(arcs[nforms]):
        for k in range(lag[a]):
            ring[k, target[a]] += v[a]
    stock, average, state, t_on, t_rel = m.m_stock[i], 0.0, 0, 0, 0
    X, next_jump, lost = 0.0, -math.log(uniform(s)) * wait, 0.0
    short_steps, unserved, run, longest, sum_price, slot = 0, 0.0, 0, 0, 0.0, 0
    for t in range(T):
        if hazards:
            # capacities; contracted supply of the final form by look-through of the feed
            for b in range(nsite):
                kav[b] -= diff[t, b]
            for f in range(nforms):
                if single:
                    for h in range(sites[f], hubs[f + 1]):
                        A[h] = kav[sites_of[h]] * over_K[h] * feed[h]
                else:
                    for h in range(sites[f], hubs[f + 1]):
                        can = 0.0
                        for b in range(sites_of[h], sites_of[h + ONE]):
                            can += kav[b]
                        A[h] = can * over_K[h] * feed[h]
                for h in range(hubs[f], exporters[f]):
                    inflow[h] = 0.0
                for h in range(exporters[f], sellers[f]):
                    k = left[restrictor[h], t]
                    open_[h] = k if k < 1 else 1e300
                    theta[h] = k * A[h]
                for a in range(arcs[f], arcs[f + 1]):
                    inflow[target[a]] += v[a] * theta[source[a]]
                for b in range(sites[f + 1], hubs[f + 2]):
                    h = below[b]
                    feed[b] = (X0[h] * A[h] + inflow[h]) * over_supply[h]
            # trigger
            average += ((1 - inflow[watch] * over_watch) - average) * 0.25
            if state == 2 and average <= off and t - t_rel >= minimum:
                state = 0
            if state == 1 and average <= off:
                state = 0
            if state == 0 and average >= on:
                state, t_on = 1, t
            if state == 1 and t - t_on >= delay:
                state, t_rel = 2, t
        # price and demand
        X = X * a_ + s_ * normal(s, zig_x, zig_ratio)
        while next_jump < t + 1:
            X += jump_mean + jump_sd * normal(s, zig_x, zig_ratio)
            next_jump -= math.log(uniform(s)) * wait
        X = min(max(X, LOG_MIN), LOG_MAX)
        price = math.exp(X)
        g = math.exp(-elasticity * min(max(X, LN_LOW), LN_HIGH))
        # arrivals, use, targets: last form first
        for f in range(nforms - 1, -1, -1):
            for h in range(hubs[f], exporters[f]):
                came = ring[slot, h]
                ring[slot, h] = 0.0
                I[h] += came
                P[h] -= came
            if f == nforms - 1:
                for h in range(hubs[f], hubs[f + 1]):
                    U[h] = U0[h] * g
            for b in range(sites[f + 1], hubs[f + 2]):
                U[below[b]] = goal[b]
            for h in range(hubs[f], hubs[f + 1]):
                H[h] = H[h] * keep + cover[h] * U[h]
            for h in range(sites[f], hubs[f + 1]):
                d[h] = max(0.0, pull[h] * g + part[h] * (H[h] - I[h]))
            if single:
                for h in range(sites[f], hubs[f + 1]):
                    goal[h] = min(d[h], kav[sites_of[h]])
            else:
                for h in range(sites[f], hubs[f + 1]):
                    can = 0.0
                    for b in range(sites_of[h], sites_of[h + ONE]):
                        can += min(share[b] * d[h], kav[b])
                    goal[h] = can
        # first form to last: production, release, orders, trade, use at home
        for h in range(sites[0], hubs[1]):
            x[h] = min(goal[h], max(0.0, cap[h] - I[h]))
        for f in range(nforms):
            for h in range(sites[f], hubs[f + 1]):
                I[h] += x[h]
            if f == nforms - 1 and state == 2:
                give = min(min(max(0.0, U[watch] - I[watch]), release), stock)
                stock -= give
                I[watch] += give
            for h in range(hubs[f], exporters[f]):  # orders over base imports; lost output is replaced
                W = U[h] + beta_m[h] * (H[h] - I[h]) - beta * P[h] + (y[h] * d[h] - x[h])
                inflow[h] = max(0.0, base[h] * g + W * over_m[h])
            for h in range(exporters[f], sellers[f]):
                offered[h] = 0.0
            for a in range(arcs[f], arcs[f + 1]):
                ask = v[a] * min(inflow[target[a]], open_[source[a]])
                asked[a] = ask
                offered[source[a]] += ask
            for h in range(exporters[f], sellers[f]):
                spare = max(0.0, I[h] - home[regime[country[h], t]] * H[h])
                theta[h] = spare / offered[h] if offered[h] > spare else 1.0
                I[h] -= offered[h] * theta[h]
            for a in range(arcs[f], arcs[f + 1]):
                j = target[a]
                ship = asked[a] * theta[source[a]]
                P[j] += ship
                k = slot + lag[a]
                ring[k if k < R else k - R, j] += ship
            for b in range(sites[f + 1], hubs[f + 2]):
                h = below[b]
                take = min(min(goal[b], max(0.0, cap[b] - I[b]) * yover[b]), I[h])
                I[h] -= take
                x[b] = y[b] * take
        f = nforms - 1
        lost = max(0.0, U[watch] - I[watch])
        for h in range(hubs[f], hubs[f + 1]):
            I[h] = max(0.0, I[h] - U[h])
        slot = slot + 1 if slot + 1 < R else 0
        # tallies
        depth = lost / U[watch]
        is_short = 1 if depth > threshold else 0
        short_steps += is_short
        unserved += lost
        run = run + 1 if depth > deep else 0
        longest = max(longest, run)
        sum_price += price
        days = (I[watch] + stock) * day
        price -= 1
        curves[t, 0] += is_short
        curves[t, 1] += days
        curves[t, 2] += days * days
        curves[t, 3] += price
        curves[t, 4] += price * price
        box[0] = days * 4
        stock_bins[t, min((bits[0] >> 50) - (1023 << 2) + 1, BINS - 1) if days * 4 >= 1 else 0] += 1
        price_bins[t, min(nb.int64((X - LOG_MIN) * BIN_WIDTH), BINS - 1)] += 1
    path_tally[0], path_tally[1], path_tally[2], path_tally[3] = short_steps, unserved, longest, sum_price / T


@compiled
def run_thread(
    thread, threads, arrays, P, T, paths, nregimes, nrestrictors, block, seed, path_tally, curves, stock_bins, price_bins
):
    m = Arrays(*arrays)
    M, most, sites = m.h_U0.shape[0], max(m.h_U0.shape[1], m.s_K.shape[1]), m.s_K.shape[1]
    z = np.zeros((14, most))
    box = np.zeros(1)
    w = Work(
        z[0],
        z[1],
        z[2],
        z[3],
        z[4],
        z[5],
        z[6],
        z[7],
        z[8],
        z[9],
        z[10],
        z[11],
        z[12],
        z[13],
        np.zeros(m.a_v.shape[1]),
        np.ones((nrestrictors + 1, T)),  # the last row: who restricts nothing
        np.zeros((m.m_ring.max(), most)),
        np.zeros((T + 2, sites)),
        box,
        box.view(np.int64),
    )
    s = np.zeros(4, dtype=np.uint64)
    regime = np.zeros((block, nregimes + 1, T), dtype=np.int8)  # the last row: who has none
    for b in range(thread, paths // block, threads):
        seed_state(s, seed, b)
        for p in range(block):
            for r in range(nregimes):
                draw_regime(s, regime[p, r], m.leave, m.worse, P)
        for i in range(M):  # minerals outside: their histograms stay in the cache
            for p in range(block):
                run_mineral(s, m, i, T, w, regime[p], path_tally[i, b * block + p], curves[i], stock_bins[i], price_bins[i])


@nb.njit(parallel=True, fastmath=True, error_model="numpy", cache=True)
def run_all(arrays, P, T, paths, nregimes, nrestrictors, threads, block, seed, path_tally, curves, stock_bins, price_bins):
    """Threads take blocks of paths in turn; a block has its own stream, so their number moves nothing but rounding."""
    for thread in nb.prange(threads):
        run_thread(
            thread,
            threads,
            arrays,
            P,
            T,
            paths,
            nregimes,
            nrestrictors,
            block,
            seed,
            path_tally,
            curves[thread],
            stock_bins[thread],
            price_bins[thread],
        )


def simulate(subset, paths, seed, threads=1, block=64):
    if paths % block:
        raise ValueError("%d paths in blocks of %d: whole blocks would be right" % (paths, block))
    m, n, T = flatten(subset), len(subset.minerals), subset.steps
    nrestrictors = len(subset.restrictors)
    assert subset.restrictors == subset.regimes[:nrestrictors]  # so that a restrictor's regime has its own number
    path_tally = np.zeros((n, paths, 4))
    curves = np.zeros((threads, n, T, 5))
    stock_bins, price_bins = (np.zeros((threads, n, T, BINS), dtype=np.int32) for _ in range(2))
    nb.set_num_threads(threads)
    before, cpu = time.perf_counter(), time.process_time()
    run_all(
        tuple(m),
        chain(subset),
        T,
        paths,
        len(subset.regimes),
        nrestrictors,
        threads,
        block,
        seed,
        path_tally,
        curves,
        stock_bins,
        price_bins,
    )
    seconds = time.perf_counter() - before, time.process_time() - cpu
    tally = Tally(n, T, paths)
    tally.short, tally.unserved, tally.longest, tally.mean_price = (np.ascontiguousarray(path_tally[:, :, k]) for k in range(4))
    tally.short_count, tally.stock, tally.stock2, tally.price, tally.price2 = (curves.sum(axis=0)[:, :, k] for k in range(5))
    tally.stock_bins[:], tally.price_bins[:] = stock_bins.sum(axis=0), price_bins.sum(axis=0)
    return tally, seconds


@compiled
def many_normals(s, n, x, ratio):
    y = 0.0
    for _ in range(n):
        y += normal(s, x, ratio)
    return y


@compiled
def many_exp(n, x):
    y = 0.0
    for k in range(n):
        y += math.exp(x[k & 1023])
    return y


@compiled
def many_log(s, n):
    y = 0.0
    for _ in range(n):
        y += math.log(uniform(s))
    return y


def floor(subset):
    """CPU ns a mineral-step of the numbers and functions alone: a normal and two exp a step, and the expected events."""
    s, n = np.array([1, 2, 3, 4], dtype=np.uint64), 2000000
    x = np.random.default_rng(1).standard_normal(1024)
    cost = []
    for f in (lambda: many_normals(s, n, ZIG_X, ZIG_RATIO), lambda: many_exp(n, x), lambda: many_log(s, n)):
        f()
        best = math.inf
        for _ in range(5):
            before = time.process_time()
            f()
            best = min(best, time.process_time() - before)
        cost.append(1e9 * best / n)
    M, T = len(subset.minerals), subset.steps
    logs = sum(m.jump_rate for m in subset.minerals) / M * subset.step_years
    normals, exps = 1 + logs, 2
    if subset.hazards:
        sites = [
            sum(f.nsite for net in networks(subset) for k, f in enumerate(net.forms) if (k > 0) == plant) / M
            for plant in (False, True)
        ]
        # Failures of a site and step: a waiting time, a normal, an exp each; a Weibull power counts as log and exp; one log
        # more ends the horizon.
        rate = [subset.step_years / o["mttf_years"] for o in ms.OUTAGE]
        failures = sum(k * r for k, r in zip(sites, rate))
        normals += failures
        exps += failures + sites[1] * rate[1]
        logs += failures + sum(sites) / T + sites[1] * (rate[1] + 1 / T)
        logs += 2 * len(subset.restrictors) * (onset_probability(subset)[2] + 1 / T)
    return cost[0] * normals + cost[1] * exps + cost[2] * logs, cost


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ms.add_size(parser)
    for name, default in (("paths", 2048), ("threads", 1), ("seed", 1)):
        parser.add_argument("--" + name, type=int, default=default)
    a = parser.parse_args()
    subset = ms.build(a.shape, a.minerals, a.countries, a.steps)
    simulate(subset, 64 * a.threads, 99, a.threads)  # compiles, or loads what was compiled
    tally, (wall, cpu) = simulate(subset, a.paths, a.seed, a.threads)
    per = 1e9 / (a.paths * len(subset.minerals) * subset.steps)
    low, cost = floor(subset)
    print("Numba, %d thread(s): %.2f s wall, %.2f s CPU, %.0f ns CPU a mineral-step" % (a.threads, wall, cpu, cpu * per))
    print(
        "normal %.1f ns, exp %.1f ns, uniform and log %.1f ns; all of them alone %.1f ns a mineral-step: total %.1f times that"
        % (*cost, low, cpu * per / low)
    )
    print(
        "LOLE days/year of the first minerals:",
        np.round(tally.short[:5].mean(axis=1) * 365.25 / subset.steps, 2),
    )


if __name__ == "__main__":
    main()
