/* One form's allocation in plain C, one instance at a time, from sections 5.2 and 5.3 of the specification;
 * random instances; the optimum by maximum flow.  Shares no line with the engine's rounds. */
#ifndef KURA_TEST_ALLOCATION_H
#define KURA_TEST_ALLOCATION_H

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { MOST = 10 }; /* suppliers, importers */

typedef struct {
    int nS, nJ, family;
    uint8_t declared[MOST][MOST], varies[MOST][MOST];
    double v[MOST][MOST], F[MOST][MOST], phi[MOST][MOST], physical[MOST][MOST];
    double Cexp[MOST], M[MOST];
} network;

typedef struct {
    int kind;
    double a[MOST], r[MOST], kappa[MOST][MOST], omega[MOST];
} situation;

typedef struct {
    double a[MOST], r[MOST], u0[MOST][MOST], u[MOST][MOST], x[MOST][MOST], delivered[MOST], total;
    int short_in_contract, short_ever, capped_in_contract;
} outcome;

/* The rule, and mistakes that the properties must catch. */
typedef enum { RULE, ADAPTIVE, NEAREST, VARIANTS } variant;

/* Caps [A7]. */
static inline double cap_of(const network *n, const situation *s, int i, int j)
{
    double kappa = n->varies[i][j] ? s->kappa[i][j] : 1;
    if (!n->declared[i][j]) return 0;
    if (n->v[i][j] > 0)
        return kappa == 1 ? n->physical[i][j] : fmin(n->physical[i][j], floor(kappa * n->v[i][j]));
    return fmin(n->physical[i][j], floor(kappa * floor(s->omega[j] * n->Cexp[i])));
}

/* p is what importer j asks of supplier i in this round.  Returns 1 when a supplier was short. */
static inline int round_plain(const network *n, outcome *o, double p[MOST][MOST], variant wrong)
{
    int was_short = 0;
    for (int i = 0; i < n->nS; i++) {
        double P1 = 0, P2 = 0, p1[MOST], p2[MOST];
        for (int j = 0; j < n->nJ; j++) {
            double q = fmin(o->u[i][j], p[i][j]);
            p1[j] = floor(n->phi[i][j] * q);
            p2[j] = floor(q - p1[j]);
            P1 += p1[j];
            P2 += p2[j];
        }
        double rem = fmax(0, o->a[i] - P1);
        double theta1 = P1 > o->a[i] ? o->a[i] / P1 : 1, theta2 = P2 > rem ? rem / P2 : 1;
        was_short |= P1 + P2 > o->a[i];
        for (int j = 0; j < n->nJ; j++) {
            double x = p1[j] * theta1 + p2[j] * theta2;
            x = wrong == NEAREST ? floor(x + 0.5) : floor(x);
            p[i][j] = x;
        }
    }
    for (int i = 0; i < n->nS; i++)
        for (int j = 0; j < n->nJ; j++) {
            o->a[i] -= p[i][j];
            o->r[j] -= p[i][j];
            o->u[i][j] -= p[i][j];
            o->x[i][j] += p[i][j];
            o->delivered[j] += p[i][j];
            o->total += p[i][j];
        }
    return was_short;
}

/* The supplier that importer j prefers at rank k: falling F, ties by position; -1 when there is none. */
static inline int preferred(const network *n, int j, int k)
{
    for (int i = 0; i < n->nS; i++) {
        int before = 0;
        if (!n->declared[i][j]) continue;
        for (int o = 0; o < n->nS; o++)
            before += n->declared[o][j] && (n->F[o][j] > n->F[i][j] || (n->F[o][j] == n->F[i][j] && o < i));
        if (before == k) return i;
    }
    return -1;
}

static inline outcome allocate_plain(const network *n, const situation *s, int spot, int latin, variant wrong)
{
    outcome o;
    double p[MOST][MOST];
    memset(&o, 0, sizeof o);
    memcpy(o.a, s->a, sizeof o.a);
    memcpy(o.r, s->r, sizeof o.r);
    for (int i = 0; i < n->nS; i++)
        for (int j = 0; j < n->nJ; j++) o.u[i][j] = o.u0[i][j] = cap_of(n, s, i, j);
    memset(p, 0, sizeof p);
    for (int i = 0; i < n->nS; i++)
        for (int j = 0; j < n->nJ; j++) {
            p[i][j] = n->M[j] > 0 ? n->v[i][j] * (o.r[j] / n->M[j]) : 0;
            o.capped_in_contract |= p[i][j] > o.u[i][j] || !(n->M[j] > 0);
        }
    o.short_ever = o.short_in_contract = round_plain(n, &o, p, wrong);
    for (int k = 0; k < spot; k++) {
        for (int j = 0; j < n->nJ; j++) {
            double sum = 0;
            for (int i = 0; i < n->nS; i++) sum += n->declared[i][j] ? o.a[i] : 0;
            for (int i = 0; i < n->nS; i++)
                p[i][j] = wrong != ADAPTIVE              ? n->F[i][j] * o.r[j]
                          : sum > 0 && n->declared[i][j] ? o.a[i] / sum * o.r[j]
                                                         : 0;
        }
        o.short_ever |= round_plain(n, &o, p, wrong);
    }
    for (int k = 0; k < latin; k++) {
        memset(p, 0, sizeof p);
        for (int j = 0; j < n->nJ; j++) {
            int i = preferred(n, j, k);
            if (i >= 0) p[i][j] = o.r[j];
        }
        o.short_ever |= round_plain(n, &o, p, wrong);
    }
    return o;
}

/* ---- the optimum: maximum flow in whole quanta, shortest augmenting paths in levels ---- */

typedef struct {
    int n;
    int64_t cap[2 * MOST + 2][2 * MOST + 2];
    int level[2 * MOST + 2];
} flow;

static inline int64_t push(flow *f, int at, int64_t most)
{
    if (at == f->n - 1) return most;
    int64_t sent = 0;
    for (int to = 0; to < f->n && sent < most; to++)
        if (f->cap[at][to] > 0 && f->level[to] == f->level[at] + 1) {
            int64_t left = most - sent, x = push(f, to, f->cap[at][to] < left ? f->cap[at][to] : left);
            f->cap[at][to] -= x;
            f->cap[to][at] += x;
            sent += x;
        }
    if (!sent) f->level[at] = -1;
    return sent;
}

static inline int levels(flow *f)
{
    int queue[2 * MOST + 2], head = 0, tail = 0;
    memset(f->level, -1, sizeof f->level);
    f->level[0] = 0;
    queue[tail++] = 0;
    while (head < tail) {
        int at = queue[head++];
        for (int to = 0; to < f->n; to++)
            if (f->cap[at][to] > 0 && f->level[to] < 0) {
                f->level[to] = f->level[at] + 1;
                queue[tail++] = to;
            }
    }
    return f->level[f->n - 1] >= 0;
}

static inline double optimum(const network *n, const situation *s)
{
    static flow f;
    int64_t total = 0, most = (int64_t)1 << 62;
    memset(&f, 0, sizeof f);
    f.n = n->nS + n->nJ + 2;
    for (int i = 0; i < n->nS; i++) f.cap[0][1 + i] = (int64_t)s->a[i];
    for (int j = 0; j < n->nJ; j++) f.cap[1 + n->nS + j][f.n - 1] = (int64_t)s->r[j];
    for (int i = 0; i < n->nS; i++)
        for (int j = 0; j < n->nJ; j++)
            f.cap[1 + i][1 + n->nS + j] = (int64_t)fmin(cap_of(n, s, i, j), fmin(s->a[i], s->r[j]));
    while (levels(&f)) total += push(&f, 0, most);
    return (double)total;
}

/* The certificate of 5.3 P6: unmet importers, suppliers that still reach them, importers that could give back
 * what they got from these, and so on.  `closure` 0 stops after the first pass (a mistake). */
static inline double certificate(const network *n, const outcome *o, int closure)
{
    uint8_t J[MOST] = {0}, I[MOST] = {0};
    double unmet = 0, left = 0;
    for (int j = 0; j < n->nJ; j++) {
        J[j] = o->r[j] > 0;
        unmet += o->r[j];
    }
    for (int more = 1; more; more = more && closure) {
        more = 0;
        for (int i = 0; i < n->nS; i++)
            for (int j = 0; j < n->nJ; j++)
                if (J[j] && !I[i] && o->u[i][j] > 0) I[i] = 1, more = 1;
        for (int i = 0; i < n->nS; i++)
            for (int j = 0; j < n->nJ; j++)
                if (I[i] && !J[j] && o->x[i][j] > 0) J[j] = 1, more = 1;
    }
    for (int i = 0; i < n->nS; i++) left += I[i] ? o->a[i] : 0;
    return fmin(unmet, left);
}

/* ---- random instances ---- */

typedef struct {
    uint64_t x;
} dice;

static inline uint64_t throw_bits(dice *d) /* splitmix64 */
{
    uint64_t z = d->x += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}
static inline double throw_share(dice *d) { return (double)(throw_bits(d) >> 11) * 0x1p-53; }
static inline int throw_int(dice *d, int from, int to)
{
    return from + (int)(throw_bits(d) % (uint64_t)(to - from + 1));
}
static inline int chance(dice *d, double p) { return throw_share(d) < p; }
static inline double throw_mass(dice *d, double from, double to) /* log-uniform between powers of two */
{
    return floor(exp2(from + (to - from) * throw_share(d)));
}

typedef enum {
    PLAIN,    /* sparse, capacities within a factor 64, some caps */
    COMPLETE, /* every trade open and without cap */
    ONE_SUPPLIER,
    ONE_IMPORTER,
    EQUAL,        /* equal capacities: equal weights, ties everywhere */
    NO_CONTRACTS, /* declared trades only */
    TIGHT,        /* caps of no, one or few quanta */
    HUGE_RATIOS,  /* capacities from one quantum to 2^40 */
    CHAIN,        /* each importer has two neighbours: greedy rules lose most here */
    NO_TRADES,
    FAMILIES
} family;

static const char *const family_names[] = {
    "sparse",       "complete, slack caps", "one supplier", "one importer",    "equal weights",
    "no contracts", "tight caps",           "huge ratios",  "chain of trades", "no trades"};

typedef enum {
    MIXED,
    NO_SUPPLY,
    NO_WANT,
    ALL_CLOSED,
    QUANTUM_SUPPLY,
    QUANTUM_WANT,
    AT_BASE,
    SHORT_OF_ALL,
    PLENTY,
    EQUAL_PARTS,
    KINDS
} kind;

static inline int open_in(family f, dice *d, int i, int j, int nJ, double density)
{
    switch (f) {
    case COMPLETE:
        return 1;
    case CHAIN:
        return i == j || i == (j + 1) % nJ;
    case NO_TRADES:
        return 0;
    default:
        return chance(d, density);
    }
}

static inline network random_network(dice *d, family f)
{
    network n;
    memset(&n, 0, sizeof n);
    n.family = (int)f;
    n.nS = f == ONE_SUPPLIER ? 1 : throw_int(d, 2, 8);
    n.nJ = f == ONE_IMPORTER ? 1 : throw_int(d, 2, 8);
    if (chance(d, 0.05)) n.nS = f == ONE_SUPPLIER ? 1 : MOST, n.nJ = f == ONE_IMPORTER ? 1 : MOST;
    double base = throw_int(d, 5, 34), density = 0.25 + 0.75 * throw_share(d),
           same = throw_mass(d, base, base + 6);
    for (int i = 0; i < n.nS; i++)
        n.Cexp[i] = f == EQUAL         ? same
                    : f == HUGE_RATIOS ? throw_mass(d, 0, 40)
                                       : throw_mass(d, base, base + 6);
    for (int j = 0; j < n.nJ; j++) {
        double weight[MOST] = {0}, sum = 0;
        int contracts = f != NO_CONTRACTS && !chance(d, 0.1);
        for (int i = 0; i < n.nS; i++) {
            n.physical[i][j] = 0x1p52;
            if (!(n.declared[i][j] = (uint8_t)open_in(f, d, i, j, n.nJ, density))) continue;
            weight[i] = n.Cexp[i] * (f == EQUAL || chance(d, 0.7) ? 1 : throw_share(d));
            sum += weight[i];
            if (contracts && chance(d, 0.8))
                n.v[i][j] = f == EQUAL ? floor(same / 4) : floor(n.Cexp[i] * throw_share(d) / n.nJ);
            n.varies[i][j] = f != COMPLETE && chance(d, 0.6);
            n.phi[i][j] = chance(d, 0.3) ? (double)throw_int(d, 0, 1) : throw_int(d, 0, 256) / 256.0;
            if (f == TIGHT)
                n.physical[i][j] = throw_int(d, 0, 3);
            else if (f != COMPLETE && chance(d, 0.25))
                n.physical[i][j] = floor(n.Cexp[i] * throw_share(d));
            n.M[j] += n.v[i][j];
        }
        for (int i = 0; i < n.nS; i++) n.F[i][j] = sum > 0 ? weight[i] / sum : 0;
    }
    return n;
}

static inline situation random_situation(dice *d, const network *n, kind k)
{
    situation s;
    double all = 0, plenty = 0.2 + 1.8 * throw_share(d);
    int complete = n->family == COMPLETE;
    memset(&s, 0, sizeof s);
    s.kind = (int)k;
    for (int i = 0; i < n->nS; i++) all += n->Cexp[i];
    for (int i = 0; i < n->nS; i++) {
        double x = n->Cexp[i] * throw_share(d);
        if (k == NO_SUPPLY) x = 0;
        if (k == QUANTUM_SUPPLY) x = throw_int(d, 0, 1);
        if (k == SHORT_OF_ALL) x *= 1e-6 * throw_share(d);
        if (k == PLENTY) x = n->Cexp[i];
        if (k == EQUAL_PARTS) x = floor(all / n->nS / 2);
        if (k == MIXED && chance(d, 0.1)) x = 0;
        if (complete) x = fmin(x, n->Cexp[i]);
        s.a[i] = floor(x);
    }
    for (int j = 0; j < n->nJ; j++) {
        double x = n->M[j] > 0 && chance(d, 0.7) ? n->M[j] * (0.5 + throw_share(d))
                                                 : all * throw_share(d) / n->nJ / plenty;
        if (k == AT_BASE && n->M[j] > 0) x = n->M[j];
        if (k == NO_WANT) x = 0;
        if (k == QUANTUM_WANT) x = throw_int(d, 0, 1);
        if (k == SHORT_OF_ALL) x = fmin(x * 1e6, 0x1p40);
        if (k == EQUAL_PARTS) x = floor(all / n->nJ / 2);
        if (k == MIXED && chance(d, 0.1)) x = 0;
        s.r[j] = floor(x);
        s.omega[j] = complete || chance(d, 0.4) ? 1 : chance(d, 0.5) ? 0 : throw_share(d);
        for (int i = 0; i < n->nS; i++)
            s.kappa[i][j] = k == ALL_CLOSED ? 0 : chance(d, 0.5) ? 1 : chance(d, 0.25) ? 0 : throw_share(d);
    }
    return s;
}

#endif
