/* The allocation of one form over its trades: properties P1 to P6 of the specification (5.3) on 102,400
 * random instances, the lane kernels against plain C bit for bit, and the distance to the optimum.
 *
 * 1,600 networks (ten families, see allocation.h), 64 situations each: one a lane, as the engine runs 64
 * paths.  All masses are whole numbers of quanta up to 2^45, so every comparison is one of whole numbers;
 * nothing here is statistical.  Four settings: contracts only, three spot rounds, the engine's default (three
 * spot rounds, four of clean-up), and full clean-up (as many rounds as an importer has suppliers), for which
 * P5 is a theorem. */
#include "recorded.h"
#include "trust.h"
#include "sim/work.h"
#include <stdio.h>
#include <stdlib.h>
#ifdef KURA_TEST_GLPK
#include <glpk.h>
#endif

enum { NETWORKS = 1600, LANES = KURA_LANES, INSTANCES = NETWORKS * LANES, HUBS = 2 * MOST + 1, RING = 5 };
enum { CONTRACT_ONLY, THREE_SPOT, DEFAULT, CLEANED, SETTINGS };
static const char *const setting_names[] = {"contract only", "three spot rounds", "default", "full clean-up"};
static const int spot_of[] = {0, 3, 3, 3}, latin_of[] = {0, 0, 4, MOST};

/* ---- the engine's kernels, on a model built by hand ---- */

typedef void allocate_fn(const km_mineral *, kura_work *, kura_state *, int form, int tick);
allocate_fn kura_allocate_baseline;
#ifndef KURA_BASELINE_ONLY
allocate_fn kura_allocate_scalar;
#endif
#if defined(__x86_64__) && !defined(KURA_BASELINE_ONLY)
allocate_fn kura_allocate_v3, kura_allocate_v4;
static allocate_fn *const kernels[] = {kura_allocate_baseline, kura_allocate_v3, kura_allocate_v4,
                                       kura_allocate_scalar};
static const kura_isa kernel_isa[] = {KURA_ISA_BASELINE, KURA_ISA_V3, KURA_ISA_V4, KURA_ISA_SCALAR};
#elif !defined(KURA_BASELINE_ONLY)
static allocate_fn *const kernels[] = {kura_allocate_baseline, kura_allocate_scalar};
static const kura_isa kernel_isa[] = {KURA_ISA_BASELINE, KURA_ISA_SCALAR};
#else
static allocate_fn *const kernels[] = {kura_allocate_baseline};
static const kura_isa kernel_isa[] = {KURA_ISA_BASELINE};
#endif
enum { KERNELS = sizeof kernels / sizeof *kernels };

typedef struct {
    int supplier[MOST], importer[MOST]; /* hubs */
} places;

/* Hubs in any order; an importer may share a hub with a supplier that it does not buy from. */
static places throw_places(dice *d, const network *n)
{
    places p;
    int hub[HUBS], count = n->nS + n->nJ;
    uint8_t taken[MOST] = {0};
    for (int k = 0; k < count; k++) hub[k] = 1 + k;
    for (int k = count - 1; k > 0; k--) {
        int o = throw_int(d, 0, k), swap = hub[k];
        hub[k] = hub[o];
        hub[o] = swap;
    }
    for (int i = 0; i < n->nS; i++) p.supplier[i] = hub[i];
    for (int j = 0; j < n->nJ; j++) {
        int i = throw_int(d, 0, n->nS - 1);
        p.importer[j] = hub[n->nS + j];
        if (!n->declared[i][j] && !taken[i] && chance(d, 0.5)) {
            taken[i] = 1;
            p.importer[j] = p.supplier[i];
        }
    }
    return p;
}

typedef struct {
    km_mineral m;
    km_hub hubs[HUBS];
    km_arc arcs[1 + MOST * MOST];
    int hub_begin[3], arc_begin[3], arc_of[MOST][MOST];
    kura_work w;
    kura_state s;
    lane a[HUBS], r[HUBS], fill[HUBS], P1[HUBS], P2[HUBS], I[HUBS], P[HUBS], omega[HUBS], ring[HUBS * RING], gone;
    lane u[1 + MOST * MOST], p1[1 + MOST * MOST], p2[1 + MOST * MOST], ship[1 + MOST * MOST],
        kappa[1 + MOST * MOST];
    double v_t[1 + MOST * MOST], Cexp_t[HUBS];
    int trades[1 + MOST * MOST], asked[HUBS];
} world;

static world z; /* the model of the call in hand */

/* Form 0 has a hub and a trade of its own that must stay as they are; the instance is form 1. */
static void build(const network *n, const places *p, int spot, int latin)
{
    memset(&z, 0, sizeof z);
    z.m.hubs = z.hubs;
    z.m.arcs = z.arcs;
    z.m.hub_begin = z.hub_begin;
    z.m.arc_form_begin = z.arc_begin;
    z.m.spot_rounds = spot;
    z.m.latin_rounds = latin;
    z.m.ring = RING;
    z.hub_begin[1] = z.arc_begin[1] = 1;
    z.hub_begin[2] = n->nS + n->nJ + 1;
    z.hubs[0].arc_end = 1;
    z.arcs[0] = (km_arc){.v = 1, .physical = 1, .firm = 1, .spot = 1, .lag = 1};
    int arcs = 1;
    for (int i = 0; i < n->nS; i++) z.Cexp_t[p->supplier[i]] = n->Cexp[i];
    for (int h = 1; h < z.hub_begin[2]; h++) {
        z.hubs[h] = (km_hub){.form = 1, .arc_begin = arcs, .arc_end = arcs};
        int j = 0;
        while (j < n->nJ && p->importer[j] != h) j++;
        if (j == n->nJ) continue;
        z.hubs[h].Mo = z.hubs[h].contracted = n->M[j];
        for (int k = 0, i; (i = preferred(n, j, k)) >= 0; k++) {
            z.arc_of[i][j] = arcs;
            z.v_t[arcs] = n->v[i][j];
            z.arcs[arcs++] = (km_arc){.from = p->supplier[i],
                                      .to = h,
                                      .v = n->v[i][j],
                                      .contract = n->v[i][j],
                                      .net = n->v[i][j],
                                      .physical = n->physical[i][j],
                                      .firm = n->phi[i][j],
                                      .spot = n->F[i][j],
                                      .varies = n->varies[i][j],
                                      .lag = 1 + (i + j) % 3};
        }
        z.hubs[h].arc_end = arcs;
    }
    z.arc_begin[2] = arcs;
    z.w.a = z.a, z.w.r = z.r, z.w.u = z.u, z.w.fill = z.fill, z.w.p1 = z.p1, z.w.p2 = z.p2, z.w.P1 = z.P1, z.w.P2 = z.P2;
    z.w.trades = z.trades, z.w.asked = z.asked;
    z.w.exo.kappa = z.kappa, z.w.exo.omega = z.omega, z.w.exo.v_t = z.v_t, z.w.exo.Cexp_t = z.Cexp_t;
    z.s.ship = z.ship, z.s.I = z.I, z.s.P = z.P, z.s.ring = z.ring, z.s.gone = &z.gone;
}

static void fill(const network *n, const places *p, const situation *s)
{
    for (int l = 0; l < LANES; l++) {
        for (int i = 0; i < n->nS; i++) z.a[p->supplier[i]].v[l] = z.I[p->supplier[i]].v[l] = s[l].a[i];
        for (int j = 0; j < n->nJ; j++) {
            z.r[p->importer[j]].v[l] = s[l].r[j];
            z.omega[p->importer[j]].v[l] = s[l].omega[j];
        }
        for (int i = 0; i < n->nS; i++)
            for (int j = 0; j < n->nJ; j++)
                if (n->declared[i][j]) z.kappa[z.arc_of[i][j]].v[l] = s[l].kappa[i][j];
    }
}

/* What is shipped leaves the exporter's stock and is on the way to the importer, in the slot of its lag. */
static void check_transit(const network *n, const places *p, int l)
{
    double on_way[HUBS] = {0}, ring[HUBS] = {0};
    for (int i = 0; i < n->nS; i++)
        for (int j = 0; j < n->nJ; j++)
            if (n->declared[i][j]) on_way[p->importer[j]] += z.ship[z.arc_of[i][j]].v[l];
    for (int h = 0; h < z.hub_begin[2]; h++) {
        for (int k = 0; k < RING; k++) ring[h] += z.ring[h * RING + k].v[l];
        assert_true(z.P[h].v[l] == on_way[h] && ring[h] == on_way[h]);
    }
    for (int i = 0; i < n->nS; i++) assert_true(z.I[p->supplier[i]].v[l] == z.a[p->supplier[i]].v[l]);
    assert_true(z.ship[0].v[l] == 0);
}

static void read_back(const network *n, const places *p, const situation *s, outcome *o)
{
    for (int l = 0; l < LANES; l++) {
        memset(&o[l], 0, sizeof o[l]);
        for (int i = 0; i < n->nS; i++) o[l].a[i] = z.a[p->supplier[i]].v[l];
        for (int j = 0; j < n->nJ; j++) o[l].r[j] = z.r[p->importer[j]].v[l];
        for (int i = 0; i < n->nS; i++)
            for (int j = 0; j < n->nJ; j++) {
                o[l].u0[i][j] = cap_of(n, &s[l], i, j);
                if (!n->declared[i][j]) continue;
                o[l].u[i][j] = z.u[z.arc_of[i][j]].v[l];
                o[l].x[i][j] = z.ship[z.arc_of[i][j]].v[l];
                o[l].delivered[j] += o[l].x[i][j];
                o[l].total += o[l].x[i][j];
            }
        check_transit(n, p, l);
    }
}

static void allocate_engine(int kernel, const network *n, const places *p, const situation *s, int spot,
                            int latin, outcome *o)
{
    build(n, p, spot, latin);
    fill(n, p, s);
    kernels[kernel](&z.m, &z.w, &z.s, 1, 3);
    read_back(n, p, s, o);
}

static int kernel_runs(int k) { return kura_isa_present(kernel_isa[k]); }

/* Bit for bit: residual supply, want and caps, flows. */
static int same(const network *n, const outcome *x, const outcome *y)
{
    if (memcmp(x->a, y->a, sizeof x->a) || memcmp(x->r, y->r, sizeof x->r)) return 0;
    for (int i = 0; i < n->nS; i++)
        for (int j = 0; j < n->nJ; j++)
            if (x->x[i][j] != y->x[i][j] || (n->declared[i][j] && x->u[i][j] != y->u[i][j])) return 0;
    return 1;
}

/* ---- the properties ---- */

typedef struct {
    long fractions, negative, created; /* P1 */
    long kernels, order, lanes;        /* P3 */
    long monotone, monotone_twin;      /* P2 */
    double worst_drop;
    long open_left, below_half, complete_gap, never_short; /* P5 */
    long open_left_twin, complete, literal, literal_gap, contract, contract_gap;
    long uncertified, certified_twin, wrong_zero; /* P6 */
    long nearest_twin, more_rounds, compared;
    double gap[SETTINGS], worst[SETTINGS], sparse_gap[SETTINGS], certificate[SETTINGS];
    long exact[SETTINGS], with_optimum, sparse;
    double worst_complete;
    long families[FAMILIES], kinds[KINDS], ties, unit_caps, empty;
} findings;

static int whole(double x) { return x >= 0 && (x == floor(x)); }

/* P1 */
static void check_mass(const network *n, const situation *s, const outcome *o, findings *f)
{
    double out[MOST] = {0}, in[MOST] = {0};
    for (int i = 0; i < n->nS; i++)
        for (int j = 0; j < n->nJ; j++) {
            f->fractions += !whole(o->x[i][j]);
            f->negative += n->declared[i][j] && !whole(o->u[i][j]);
            f->created += n->declared[i][j] && o->u[i][j] != o->u0[i][j] - o->x[i][j];
            out[i] += o->x[i][j];
            in[j] += o->x[i][j];
        }
    for (int i = 0; i < n->nS; i++) f->negative += !whole(o->a[i]), f->created += o->a[i] != s->a[i] - out[i];
    for (int j = 0; j < n->nJ; j++) f->negative += !whole(o->r[j]), f->created += o->r[j] != s->r[j] - in[j];
}

static int has_mistake(const network *n, const situation *s, const outcome *o)
{
    findings f = {0};
    check_mass(n, s, o, &f);
    return f.fractions + f.negative + f.created > 0;
}

/* A supplier that was rationed keeps less than a quantum for each offer it got in that round. */
static int out_degree(const network *n, int i)
{
    int k = 0;
    for (int j = 0; j < n->nJ; j++) k += n->declared[i][j];
    return k;
}

/* P5, first part: number of open ways from a supplier that has something to an importer that lacks. */
static int open_ways(const network *n, const outcome *o)
{
    int ways = 0;
    for (int i = 0; i < n->nS; i++)
        for (int j = 0; j < n->nJ; j++)
            ways += o->r[j] > 0 && o->u[i][j] > 0 && o->a[i] >= 1 + out_degree(n, i);
    return ways;
}

static void check_maximal(const network *n, const situation *s, const outcome *o, double best, int was_short,
                          findings *f)
{
    double dust = 0, supply = 0, want = 0;
    f->open_left += open_ways(n, o);
    for (int i = 0; i < n->nS; i++) {
        if (o->a[i] <= out_degree(n, i)) dust += o->a[i];
        supply += s->a[i];
    }
    for (int j = 0; j < n->nJ; j++) want += s->r[j];
    f->below_half += 2 * o->total + dust < best;
    if (n->family == COMPLETE) {
        double bound = n->nS * n->nJ;
        f->complete++;
        f->complete_gap += best != fmin(supply, want) || best - o->total > bound;
        if (best - o->total > f->worst_complete) f->worst_complete = best - o->total;
    }
    f->never_short += !was_short && o->total != best;
}

/* Gaps are taken where rounding down to quanta does not matter. */
static int counts(double best) { return best >= 0x1p14; }

/* P6 */
static void check_certificate(const network *n, const outcome *o, double best, int setting, findings *f)
{
    double c = certificate(n, o, 1);
    f->uncertified += best - o->total > c || o->total > best;
    f->wrong_zero += c == 0 && best != o->total;
    f->certified_twin += best - o->total > certificate(n, o, 0);
    if (counts(best)) f->certificate[setting] += fmin(1, c / best);
}

static void count_gap(const network *n, const outcome *o, double best, int setting, findings *f)
{
    if (!counts(best)) return;
    double gap = (best - o->total) / best;
    f->gap[setting] += gap;
    if (gap > f->worst[setting]) f->worst[setting] = gap;
    f->exact[setting] += best - o->total <= n->nS * n->nJ;
    if (n->family == PLAIN) f->sparse_gap[setting] += gap;
}

/* More supply, or less want of some importers.  Returns those whose want is as before. */
static situation improved(dice *d, const network *n, const situation *s, uint8_t *watched)
{
    situation t = *s;
    memset(watched, 1, MOST);
    if (chance(d, 0.5)) {
        for (int i = 0; i < n->nS; i++)
            if (chance(d, 0.4))
                t.a[i] += floor(chance(d, 0.5) ? n->Cexp[i] * throw_share(d) : throw_int(d, 0, 3));
    } else {
        for (int j = 0; j < n->nJ; j++)
            if (chance(d, 0.4)) {
                t.r[j] = chance(d, 0.2) ? 0 : floor(t.r[j] * throw_share(d));
                watched[j] = 0;
            }
    }
    return t;
}

static double largest_drop(const network *n, const outcome *before, const outcome *after,
                           const uint8_t *watched)
{
    double most = 0;
    for (int j = 0; j < n->nJ; j++)
        if (watched[j]) most = fmax(most, before->delivered[j] - after->delivered[j]);
    return most;
}

/* P2: n K quanta, n the hubs and K the rounds. */
static void check_monotone(dice *d, const network *n, const places *p, const situation *s, int spot,
                           int latin, const outcome *before, findings *f)
{
    static situation better[LANES];
    static outcome after[LANES];
    uint8_t watched[LANES][MOST];
    double bound = (n->nS + n->nJ) * (1 + spot + latin);
    for (int l = 0; l < LANES; l++) better[l] = improved(d, n, &s[l], watched[l]);
    allocate_engine(0, n, p, better, spot, latin, after);
    for (int l = 0; l < LANES; l++) {
        double drop = largest_drop(n, &before[l], &after[l], watched[l]);
        f->monotone += drop > bound;
        f->worst_drop = fmax(f->worst_drop, drop);
        outcome x = allocate_plain(n, &s[l], spot, latin, ADAPTIVE),
                y = allocate_plain(n, &better[l], spot, latin, ADAPTIVE);
        f->monotone_twin += largest_drop(n, &x, &y, watched[l]) > bound;
    }
}

static void check_order(dice *d, const network *n, const situation *s, int spot, int latin, const outcome *o,
                        findings *f)
{
    static situation turned[LANES];
    static outcome x[LANES];
    places p = throw_places(d, n);
    int by = throw_int(d, 1, LANES - 1);
    for (int l = 0; l < LANES; l++) turned[(l + by) % LANES] = s[l];
    allocate_engine(KERNELS > 1 && kernel_runs(1), n, &p, turned, spot, latin, x);
    for (int l = 0; l < LANES; l++) f->order += !same(n, &o[l], &x[(l + by) % LANES]);
}

static void check_setting(const network *n, const places *p, const situation *s, int spot, int latin,
                          int setting, const double *best, outcome *o, findings *f)
{
    static outcome other[LANES];
    allocate_engine(0, n, p, s, spot, latin, o);
    for (int k = 1; k < KERNELS; k++) {
        if (!kernel_runs(k)) continue;
        allocate_engine(k, n, p, s, spot, latin, other);
        for (int l = 0; l < LANES; l++) f->lanes += !same(n, &o[l], &other[l]);
    }
    for (int l = 0; l < LANES; l++) {
        outcome plain = allocate_plain(n, &s[l], spot, latin, RULE);
        f->compared++;
        f->kernels += !same(n, &plain, &o[l]);
        check_mass(n, &s[l], &o[l], f);
        if (setting < 0) continue;
        check_certificate(n, &o[l], best[l], setting, f);
        count_gap(n, &o[l], best[l], setting, f);
        if (setting == CLEANED) check_maximal(n, &s[l], &o[l], best[l], plain.short_ever, f);
        if (setting == CLEANED && !plain.short_in_contract) {
            int off = best[l] - o[l].total > n->nS * n->nJ;
            f->literal++;
            f->literal_gap += off;
            f->contract += !plain.capped_in_contract;
            f->contract_gap += off && !plain.capped_in_contract;
        }
        if (setting == THREE_SPOT) f->open_left_twin += open_ways(n, &o[l]) > 0;
        if (setting == DEFAULT) {
            outcome wrong = allocate_plain(n, &s[l], spot, latin, NEAREST),
                    more = allocate_plain(n, &s[l], spot + 1, latin, RULE);
            f->nearest_twin += has_mistake(n, &s[l], &wrong);
            f->more_rounds += !same(n, &more, &o[l]);
        }
    }
}

static void count_instances(const network *n, const situation *s, const double *best, findings *f)
{
    for (int l = 0; l < LANES; l++) {
        f->families[n->family]++;
        f->kinds[s[l].kind]++;
        f->with_optimum += counts(best[l]);
        f->empty += best[l] == 0;
        f->sparse += n->family == PLAIN && counts(best[l]);
        int tie = 0, unit = 0;
        for (int j = 0; j < n->nJ; j++)
            for (int i = 0; i < n->nS; i++) {
                unit |= cap_of(n, &s[l], i, j) == 1;
                for (int k = 0; k < i; k++)
                    tie |= n->declared[i][j] && n->declared[k][j] && n->F[i][j] == n->F[k][j];
            }
        f->ties += tie;
        f->unit_caps += unit;
    }
}

static void draw(dice *d, int number, network *n, situation *s)
{
    *n = random_network(d, number % 2 ? PLAIN : (family)(number / 2 % FAMILIES));
    for (int l = 0; l < LANES; l++) s[l] = random_situation(d, n, l % 2 ? MIXED : (kind)(l / 2 % KINDS));
}

static void run_network(int number, findings *f)
{
    static situation s[LANES];
    static outcome o[SETTINGS][LANES], any[LANES];
    dice d = {0x6b757261u + (uint64_t)number * 0x10001u};
    network n;
    double best[LANES];
    draw(&d, number, &n, s);
    places p = throw_places(&d, &n);
    for (int l = 0; l < LANES; l++) best[l] = optimum(&n, &s[l]);
    count_instances(&n, s, best, f);
    for (int k = 0; k < SETTINGS; k++) check_setting(&n, &p, s, spot_of[k], latin_of[k], k, best, o[k], f);
    int spot = throw_int(&d, 0, 8), latin = throw_int(&d, 0, 16);
    check_setting(&n, &p, s, spot, latin, -1, best, any, f);
    check_order(&d, &n, s, spot, latin, any, f);
    check_order(&d, &n, s, spot_of[DEFAULT], latin_of[DEFAULT], o[DEFAULT], f);
    check_monotone(&d, &n, &p, s, spot_of[DEFAULT], latin_of[DEFAULT], o[DEFAULT], f);
    check_monotone(&d, &n, &p, s, spot_of[CONTRACT_ONLY], latin_of[CONTRACT_ONLY], o[CONTRACT_ONLY], f);
    check_monotone(&d, &n, &p, s, spot, latin, any, f);
}

static const trust_topic topic = {.family = "Allocation",
                                  .run = "random instances",
                                  .source =
                                      "tests/trust/allocation.h, GLPK, tests/trust/allocation_instances.txt"};

static void none(long count, const char *claim)
{
    trust_equal(&topic, 0, (double)count, 0, "%s (violations)", claim);
    if (count) fail_msg("%s: %ld violations", claim, count);
}

/* A mistake made on purpose must be seen. */
static void seen(long count, const char *claim)
{
    trust_twin(&topic, 0, (double)count, count > 0, "%s (times seen)", claim);
    if (!count) fail_msg("the mistake was not seen: %s", claim);
}

static void report_cover(const findings *f)
{
    print_message("%d instances, %ld comparisons with plain C\n", INSTANCES, f->compared);
    for (int k = 0; k < FAMILIES; k++) {
        print_message("  %-22s %7ld\n", family_names[k], f->families[k]);
        assert_true(f->families[k] >= 1000);
    }
    for (int k = 0; k < KINDS; k++) assert_true(f->kinds[k] >= 1000);
    print_message("  with ties %ld, with caps of one quantum %ld, nothing can flow %ld\n", f->ties,
                  f->unit_caps, f->empty);
    assert_true(f->ties >= 1000 && f->unit_caps >= 1000 && f->empty >= 1000);
}

static void report_gaps(const findings *f)
{
    double n = (double)f->with_optimum;
    for (int k = 0; k < SETTINGS; k++) {
        print_message(
            "gap to the optimum, %-18s mean %6.3f %%, largest %6.2f %%, none %5.2f %%, certified %6.3f %%; "
            "sparse networks only: mean %6.3f %%\n",
            setting_names[k], 100 * f->gap[k] / n, 100 * f->worst[k], 100 * (double)f->exact[k] / n,
            100 * f->certificate[k] / n, 100 * f->sparse_gap[k] / (double)f->sparse);
    }
}

static void test_properties(void **state)
{
    (void)state;
    static findings f;
    for (int k = 0; k < NETWORKS; k++) run_network(k, &f);
    report_cover(&f);
    report_gaps(&f);
    none(f.kernels, "P3 the lane kernel is the plain rule, bit for bit");
    none(f.lanes, "P3 every instruction set gives the same bits");
    none(f.fractions, "P1 flows are whole quanta, none negative");
    none(f.negative, "P1 residual supply, want and caps are whole quanta, none negative");
    none(f.created, "P1 what leaves is what arrives, to the last quantum");
    none(f.monotone, "P2 more supply or less want elsewhere lowers no delivery by more than n K quanta");
    trust_band(&topic, 0, f.worst_drop, 0, f.worst_drop <= 2,
               "P2 largest drop of a delivery, quanta (from rounding down)");
    none(f.order, "P3 order of hubs and lanes changes no bit");
    none(f.open_left,
         "P5 with full clean-up no open way is left from a supplier that has to an importer that lacks");
    none(f.below_half, "P5 with full clean-up the total is at least half the optimum");
    none(f.complete_gap, "P5 complete graph with slack caps: total = min(supply, want) to a quantum a trade");
    trust_band(&topic, 0, f.worst_complete, 0, f.complete_gap == 0,
               "P5 complete graph: largest distance to the optimum, quanta");
    none(f.never_short, "P5 where no supplier is ever short the total is the optimum exactly");
    none(f.uncertified, "P6 the certificate bounds optimum - total, all settings");
    none(f.wrong_zero, "P6 a certificate of 0 means the optimum");
    print_message("%ld instances without a short supplier or a binding cap in the contract round\n",
                  f.contract);
    assert_true(f.contract >= 1000);
    none(f.contract_gap,
         "P5 no supplier short and no cap binding in the contract round: the optimum, to a quantum a trade");
    print_message(
        "note: with binding caps or importers without contracts that is not so: %ld of %ld instances\n",
        f.literal_gap, f.literal);
    seen(f.monotone_twin, "spot weights that follow the supply left (against P2)");
    seen(f.nearest_twin, "rounding to the nearest quantum (against P1)");
    seen(f.open_left_twin, "no clean-up (against P5)");
    seen(f.certified_twin, "certificate without closure (against P6)");
    seen(f.more_rounds, "one spot round more (against P4)");
}

/* P4: what a call costs is a matter of the rounds and trades, not of the numbers: the result after more
 * rounds goes on from that after fewer, so no round is repeated until something settles. */
static void test_rounds_are_fixed(void **state)
{
    (void)state;
    static situation s[LANES];
    static outcome o[LANES];
    dice d = {4};
    long differ = 0;
    for (int k = 0; k < 40; k++) {
        network n;
        draw(&d, k, &n, s);
        places p = throw_places(&d, &n);
        for (int spot = 0; spot <= 8; spot++)
            for (int latin = 0; latin <= 16; latin++) {
                allocate_engine(0, &n, &p, s, spot, latin, o);
                for (int l = 0; l < LANES; l += 7) {
                    outcome plain = allocate_plain(&n, &s[l], spot, latin, RULE);
                    differ += !same(&n, &plain, &o[l]);
                }
            }
    }
    none(differ, "P4 exactly 1 + spot + clean-up rounds are done, for 0 to 8 and 0 to 16 of them");
}

/* ---- instances with the answer of an independent program ---- */

static void compare_recorded(const recorded *q, double *distance, double gap[3], double worst[3])
{
    static situation s[LANES];
    static outcome o[LANES];
    dice d = {1};
    places p = throw_places(&d, &q->n);
    for (int l = 0; l < LANES; l++) s[l] = q->s;
    double best = optimum(&q->n, &q->s);
    if (best != q->lp) fail_msg("instance %d: optimum %.0f, recorded %.0f quanta", q->id, best, q->lp);
    for (int k = 0; k < 3; k++) {
        allocate_engine(0, &q->n, &p, s, k ? 3 : 0, k == 2 ? q->n.nS : 0, o);
        for (int i = 0; i < q->n.nS; i++)
            for (int j = 0; j < q->n.nJ; j++) {
                double off = fabs(o[0].x[i][j] - q->X[k][i][j]) * 0x1p-20;
                *distance = fmax(*distance, off);
                if (!(off <= 1e-5))
                    fail_msg("instance %d, setting %d, trade %d %d: %.17g, recorded %.17g quanta", q->id, k,
                             i, j, o[0].x[i][j], q->X[k][i][j]);
            }
        gap[k] += (best - o[0].total) / best / 20;
        worst[k] = fmax(worst[k], (best - o[0].total) / best);
    }
}

static void test_recorded(void **state)
{
    (void)state;
    static recorded q;
    double distance = 0, gap[3] = {0}, worst[3] = {0};
    int count = 0;
    FILE *in = open_recorded();
    for (; read_instance(in, &q); count++) compare_recorded(&q, &distance, gap, worst);
    fclose(in);
    assert_int_equal(count, 20);
    trust_equal(&topic, 0, distance, 1e-5,
                "20 recorded instances, three settings: largest distance of a flow, t");
    trust_equal(&topic, 20, count, 0, "recorded optima (HiGHS) reproduced by maximum flow, to the quantum");
    static const char *const names[] = {"contract only", "with spot", "with clean-up"};
    for (int k = 0; k < 3; k++)
        print_message("recorded instances, %-14s mean gap %.3f %%, largest %.2f %%\n", names[k], 100 * gap[k],
                      100 * worst[k]);
}

/* ---- GLPK ---- */

#ifdef KURA_TEST_GLPK
/* Maximal total flow by the simplex method, in units of `unit` quanta. */
static double optimum_glpk(const network *n, const situation *s, double unit)
{
    glp_prob *lp = glp_create_prob();
    glp_set_obj_dir(lp, GLP_MAX);
    glp_add_rows(lp, n->nS + n->nJ);
    for (int i = 0; i < n->nS; i++) glp_set_row_bnds(lp, 1 + i, GLP_UP, 0, s->a[i] / unit);
    for (int j = 0; j < n->nJ; j++) glp_set_row_bnds(lp, 1 + n->nS + j, GLP_UP, 0, s->r[j] / unit);
    glp_add_cols(lp, n->nS * n->nJ);
    for (int i = 0; i < n->nS; i++)
        for (int j = 0; j < n->nJ; j++) {
            int column = 1 + i * n->nJ + j, rows[3] = {0, 1 + i, 1 + n->nS + j};
            double one[3] = {0, 1, 1}, cap = cap_of(n, s, i, j) / unit;
            if (cap > 0)
                glp_set_col_bnds(lp, column, cap < KM_NO_CAP ? GLP_DB : GLP_LO, 0, cap < KM_NO_CAP ? cap : 0);
            else
                glp_set_col_bnds(lp, column, GLP_FX, 0, 0);
            glp_set_obj_coef(lp, column, 1);
            glp_set_mat_col(lp, column, 2, rows, one);
        }
    glp_smcp how;
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    assert_int_equal(glp_simplex(lp, &how), 0);
    assert_int_equal(glp_get_status(lp), GLP_OPT);
    double best = glp_get_obj_val(lp) * unit;
    glp_delete_prob(lp);
    return best;
}

static void test_glpk(void **state)
{
    (void)state;
    static situation s[LANES];
    static recorded q;
    double worst = 0;
    int count = 0, recorded_count = 0;
    for (int k = 0; count < 1000; k++) {
        dice d = {0x6b757261u + (uint64_t)k * 0x10001u};
        network n;
        draw(&d, k, &n, s);
        if (n.family == HUGE_RATIOS)
            continue; /* ratios of 2^40 are beyond the tolerances of a simplex in doubles */
        for (int l = 0; l < LANES; l += 5) {
            double best = optimum(&n, &s[l]);
            if (!(best > 0) || s[l].kind == SHORT_OF_ALL) continue;
            double off = fabs(optimum_glpk(&n, &s[l], best) - best) / best;
            worst = fmax(worst, off);
            if (!(off <= 1e-9)) fail_msg("network %d, lane %d: GLPK is off by %g", k, l, off);
            count++;
        }
    }
    trust_equal(&topic, 0, worst, 1e-9, "%d instances: maximum flow against GLPK, largest relative distance",
                count);
    FILE *in = open_recorded();
    for (worst = 0; read_instance(in, &q); recorded_count++) {
        double lp = optimum_glpk(&q.n, &q.s, 0x1p20) * 0x1p-20;
        worst = fmax(worst, fabs(lp - q.lp * 0x1p-20));
    }
    fclose(in);
    trust_equal(&topic, 0, worst, 1e-7, "%d recorded instances: GLPK against the recorded optimum, t",
                recorded_count);
    assert_true(recorded_count == 20 && worst <= 1e-7);
}
#else
static void test_glpk(void **state)
{
    (void)state;
    print_message("skipped: GLPK (libglpk-dev) was not there when the tests were built\n");
    skip();
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_properties),
                                       cmocka_unit_test(test_rounds_are_fixed),
                                       cmocka_unit_test(test_recorded), cmocka_unit_test(test_glpk)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
