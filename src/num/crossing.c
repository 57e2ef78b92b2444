/* Roots of a line of estimates and their confidence set, see crossing.h. */
#include "num/crossing.h"
#include <math.h>

/* ---- roots ---- */

static int sign(double x) { return (x > 0) - (x < 0); }

static void add_root(kura_crossing *c, double root, int rises)
{
    if (c->roots++) return;
    c->root = root;
    c->rises = rises;
}

static void find_roots(const kura_line *l, kura_crossing *c)
{
    int before = 0; /* last sign that was not 0 */
    for (int i = 0; i < l->n; i++) {
        int now = sign(l->g[i]);
        if (now == 0) {
            int next = 0;
            for (int k = i + 1; k < l->n && !next; k++) next = sign(l->g[k]);
            if (i == 0 || l->g[i - 1] != 0) add_root(c, l->x[i], next > before);
            continue;
        }
        if (i > 0 && sign(l->g[i - 1]) * now < 0) {
            double t = l->g[i - 1] / (l->g[i - 1] - l->g[i]);
            add_root(c, l->x[i - 1] + t * (l->x[i] - l->x[i - 1]), now > 0);
        }
        before = now;
    }
}

/* ---- the set ---- */

static int is_in(const kura_line *l, int i, double z) { return l->g[i] * l->g[i] <= z * z * l->v[i]; }

static void add_piece(kura_crossing *c, kura_piece *pieces, double lo, double hi)
{
    if (c->npieces && pieces[c->npieces - 1].hi >= lo)
        pieces[c->npieces - 1].hi = hi;
    else
        pieces[c->npieces++] = (kura_piece){lo, hi};
}

/* Roots of a t^2 + 2 b t + c within (0, 1), ascending; their number. */
static int inner_roots(double a, double b, double c, double *t)
{
    double rest = b * b - a * c, all[2];
    int n = 0, found = 0;
    if (rest < 0) return 0;
    double q = -(b + (b < 0 ? -sqrt(rest) : sqrt(rest)));
    if (q != 0) all[n++] = c / q;
    if (a != 0) all[n++] = q / a;
    if (n == 2 && all[0] > all[1]) {
        double x = all[0];
        all[0] = all[1], all[1] = x;
    }
    for (int i = 0; i < n; i++)
        if (all[i] > 0 && all[i] < 1) t[found++] = all[i];
    return found;
}

/* (g0 + t d)^2 <= z^2 ((1 - t) v0 + t v1 - t (1 - t) w) for t in [0, 1]. */
static void add_segment(const kura_line *l, int i, double z, kura_crossing *c, kura_piece *pieces)
{
    double zz = z * z, g = l->g[i], d = l->g[i + 1] - g, v = l->v[i], e = l->v[i + 1] - v, w = l->w[i], t[2];
    double x = l->x[i], h = l->x[i + 1] - x;
    int in = is_in(l, i, z), out = is_in(l, i + 1, z);
    int n = inner_roots(d * d - zz * w, g * d - 0.5 * zz * (e - w), g * g - zz * v, t);
    if (in && out) { /* a hole, or none */
        double hole = n == 2 ? t[0] : 1, end = n == 2 ? t[1] : 1;
        add_piece(c, pieces, x, hole < 1 ? x + hole * h : l->x[i + 1]);
        if (end < 1) add_piece(c, pieces, x + end * h, l->x[i + 1]);
    } else if (in) {
        add_piece(c, pieces, x, n ? x + t[0] * h : x);
    } else if (out) {
        add_piece(c, pieces, n ? x + t[n - 1] * h : l->x[i + 1], l->x[i + 1]);
    } else if (n == 2) {
        add_piece(c, pieces, x + t[0] * h, x + t[1] * h);
    }
}

kura_crossing kura_crossing_of(const kura_line *line, double z, kura_piece *pieces)
{
    kura_crossing c = {0, NAN, 0, 0, 0, 0};
    if (line->n < 1) return c;
    find_roots(line, &c);
    for (int i = 0; i + 1 < line->n; i++) add_segment(line, i, z, &c, pieces);
    c.open_lo = is_in(line, 0, z);
    c.open_hi = is_in(line, line->n - 1, z);
    return c;
}
