/* M7: one supplier split into two halves.
 *
 * The halves share regimes, shocks, bans and scripts, since those are drawn per country, kind or object; they
 * cannot share outages, because the key of an outage always holds the id of the site (`label` only adds to
 * it).  So the exact part runs without outages, and the statistical part with outages alone. */
#include "rules.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static meta_model whole, halves;

static void halve(meta_model *m, int site)
{
    meta_site *a = &m->sites[site], *b = &m->sites[m->nsites++];
    a->output /= 2;
    if (a->input_capacity > 0) a->input_capacity /= 2;
    *b = *a;
    strcat(b->id, "b");
}

static int alone(const meta_model *m, int site)
{
    const meta_site *s = &m->sites[site];
    int n = 0;
    for (int i = 0; i < m->nsites; i++)
        n += m->sites[i].mineral == s->mineral && m->sites[i].form == s->form &&
             m->sites[i].country == s->country;
    return n == 1;
}

/* ---- all random numbers shared ----
 *
 * Every supplier that is alone in its hub is split; where two stand, the correction of the base flow goes to
 * the larger one, which need not be the same after the split. */

static const char *not_split(const char *variable, const char *object, const void *user)
{
    (void)user;
    if (!strcmp(variable, "output")) return NULL;
    return object;
}

static int same_sums(const meta_world *a, const meta_world *b, double tolerance)
{
    for (int i = 0; i < whole.nsites; i++) {
        char twin[40];
        snprintf(twin, sizeof twin, "%sb", whole.sites[i].id);
        const double *x = meta_series(a, "output", "site", whole.sites[i].id),
                     *y = meta_series(b, "output", "site", whole.sites[i].id),
                     *z = meta_series(b, "output", "site", twin);
        for (int c = 0; c < a->T * a->n; c++)
            if (!(fabs(x[c] - y[c] - (z ? z[c] : 0)) <= tolerance))
                return meta_say("output of %s, step %d, path %d: %.17g, split %.17g", whole.sites[i].id,
                                c / a->n, c % a->n, x[c], y[c] + (z ? z[c] : 0));
    }
    return 0;
}

static int shared(int number)
{
    meta_world a = {0}, b = {0};
    meta_make(&whole, (uint64_t)number, number % 2 ? META_DEFAULT : META_MONOTONE);
    whole.outages = 0;
    whole.by_product[0] = 0; /* it would bind one half only */
    whole.exponent = -30;
    halves = whole;
    for (int i = 0, n = halves.nsites; i < n; i++)
        if (alone(&whole, i)) halve(&halves, i);
    double tolerance = 1e-5; /* 10^4 quanta */
    int bad = meta_run(&a, meta_compose(&whole, (meta_style){0})) ||
              meta_run(&b, meta_compose(&halves, (meta_style){0})) ||
              meta_same_paths(&a, &b, 1, tolerance, not_split, NULL) || same_sums(&a, &b, tolerance);
    meta_drop(&a), meta_drop(&b);
    return bad;
}

/* ---- outages of their own ---- */

static double z_sum, chi, ratio_sum, ratio_squares;
static int z_n;

static void path_sums(const meta_world *w, const char *id, double *sum)
{
    const double *x = meta_series(w, "output", "site", id);
    for (int c = 0; x && c < w->T * w->n; c++) sum[c % w->n] += x[c];
}

static void moments(const double *x, int n, double *mean, double *variance)
{
    double s = 0, q = 0;
    for (int i = 0; i < n; i++) s += x[i];
    s /= n;
    for (int i = 0; i < n; i++) q += (x[i] - s) * (x[i] - s);
    *mean = s, *variance = q / (n - 1);
}

static int independent(int number)
{
    enum { N = 256 };
    meta_world a = {0}, b = {0};
    int site = 0;
    meta_make(&whole, (uint64_t)number, META_MONOTONE);
    whole.regimes = whole.restricting = 0;
    whole.shocks = whole.routes = whole.scripts = whole.correlation = 0;
    whole.mines_only = 1;
    whole.paths = N;
    for (int i = 0; i < whole.nhubs; i++)
        whole.hubs[i].storage = 1 << 20; /* a full store would tie the output */
    for (int i = 0; i < whole.nsites; i++) whole.sites[i].plants = 1;
    while (site < whole.nsites - 1 && !(whole.sites[site].output > 0 && whole.sites[site].kind == META_MINE))
        site++;
    if (!(whole.sites[site].output > 0)) whole.sites[site].output = 5;
    halves = whole;
    halve(&halves, site);
    int bad = meta_run(&a, meta_compose(&whole, (meta_style){0})) ||
              meta_run(&b, meta_compose(&halves, (meta_style){0}));
    if (!bad) {
        double x[N] = {0}, y[N] = {0}, mx, my, vx, vy;
        char twin[40];
        snprintf(twin, sizeof twin, "%sb", whole.sites[site].id);
        path_sums(&a, whole.sites[site].id, x);
        path_sums(&b, whole.sites[site].id, y);
        path_sums(&b, twin, y);
        moments(x, N, &mx, &vx), moments(y, N, &my, &vy);
        if (!(vx > 0 && vy > 0))
            bad = meta_say("no variance of the output of %s", whole.sites[site].id);
        else {
            double d[N], md, vd; /* one half keeps the random numbers of the whole: a paired difference */
            for (int i = 0; i < N; i++) d[i] = y[i] - x[i];
            moments(d, N, &md, &vd);
            double z = vd > 1e-12 * vx ? md / sqrt(vd / N) : 0, ratio = vy / vx;
            z_sum += z, chi += z * z, ratio_sum += ratio, ratio_squares += ratio * ratio, z_n++;
            if (!(fabs(z) < 5))
                bad = meta_say("mean output %.8g, split %.8g: %.2f standard errors", mx, my, z);
        }
    }
    meta_drop(&a), meta_drop(&b);
    return bad;
}

/* Halves that fail independently: the variance of the sum is half of that of the whole. */
static int pooled(void)
{
    double z = z_sum / sqrt(z_n), ratio = ratio_sum / z_n,
           se = sqrt((ratio_squares / z_n - ratio * ratio) / (z_n - 1));
    printf("  mean output: %.2f standard errors, chi-square %.1f of %d; variance of the halves over that of "
           "the whole %.4f +- %.4f, 0.5 expected\n",
           z, chi, z_n, ratio, se);
    int n = z_n,
        bad = !(fabs(z) < 4) || !(fabs(chi - n) < 5 * sqrt(2.0 * n)) || !(fabs(ratio - 0.5) < 5 * se + 0.01);
    z_sum = chi = ratio_sum = ratio_squares = z_n = 0;
    return bad ? meta_say("means or variances are not those of independent halves") : 0;
}

const meta_rule meta_rules_split[] = {
    {"M7",
     "= to 10^4 quanta of 1e-9 t, suppliers halved, all random numbers shared: every cell, outputs in sum",
     200, shared, NULL, 0},
    {"M7-independent", "a mine halved, outages of their own: mean output equal, variance half", 200,
     independent, pooled, 1},
    {0}};
