/* M9: steps of 7, 3.5 and 1.75 days give nearly the same, and the nearer the shorter.
 *
 * Outages are drawn in continuous time, so the same outages happen on every grid: common random numbers, no
 * sampling error to speak of.  Gains and the smoothing of use are per step and are scaled with it. */
#include "rules.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

static const double most = 0.02; /* from 7 to 3.5 days */

static int judge(const char *what, const double v[3], int converges)
{
    double first = v[1] / v[0] - 1, second = v[2] / v[1] - 1;
    printf("  %-28s %.6g, %.6g, %.6g: %+.3f %%, then %+.3f %%\n", what, v[0], v[1], v[2], 100 * first,
           100 * second);
    if (!(v[0] > 0)) return meta_say("%s: nothing happens", what);
    if (!(fabs(first) < most)) return meta_say("%s changes by %.3f %%", what, 100 * first);
    if (!(fabs(second) < most)) return meta_say("%s changes by %.3f %%", what, 100 * second);
    if (converges && !(fabs(second) < 0.75 * fabs(first) + 5e-4))
        return meta_say("%s does not converge: %.3f %%, then %.3f %%", what, 100 * first, 100 * second);
    return 0;
}

static double sum_of(const meta_world *w, const char *name, const char *mineral)
{
    const double *x = meta_sample(w, name, mineral);
    double sum = 0;
    for (uint64_t p = 0; p < w->record.paths; p++) sum += x[p];
    return sum;
}

/* ---- the reference network: default rules, long outages at the main supplier, a stockpile with its trigger
 * ---- */

static const char *reference(int parts, int push)
{
    static char text[4096];
    double days = 7.0 / parts, gain = push ? 0 : 0.125 / parts;
    snprintf(
        text, sizeof text,
        "format: 1\nname: reference\n"
        "run: {paths: 1024, seed: 11, step: %g days, horizon: 20 years, focus: JPN, per: year}\n"
        "market: {production: %s, inventory_gain: %g, pipeline_gain: %g, use_smoothing: %d, cover: 6 weeks}\n"
        "minerals: {unit: {forms: [ore, metal]}}\n"
        "network:\n  sites:\n"
        "    c: {mineral: unit, form: ore, country: CHN, kind: mine, output: 600 t/year, spare: 20 %%}\n"
        "    a: {mineral: unit, form: ore, country: AUS, kind: mine, output: 500 t/year, spare: 20 %%}\n"
        "    rc: {mineral: unit, form: metal, country: CHN, kind: refine, output: 600 t/year, spare: 20 %%}\n"
        "    rj: {mineral: unit, form: metal, country: JPN, kind: refine, output: 400 t/year, spare: 20 %%, "
        "yield: 80 %%}\n"
        "  trade:\n"
        "    - {mineral: unit, form: ore, from: AUS, to: JPN, volume: 500 t/year, lag: 21 days}\n"
        "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 300 t/year, lag: 14 days}\n"
        "  demand:\n"
        "    - {mineral: unit, form: metal, country: JPN, rate: 700 t/year}\n"
        "    - {mineral: unit, form: metal, country: CHN, rate: 300 t/year}\n"
        "stockpiles: {s: {owner: national, country: JPN, mineral: unit, form: metal, opening: 40 days, "
        "delay: 4 weeks}}\n"
        "hazards:\n  outages:\n"
        "    strife: {select: {countries: [CHN], kinds: [mine]}, mttf: 8 years, mttr: {lognormal: {median: "
        "60 weeks, sigma: 0.6}}, units: site}\n"
        "    storm: {select: {countries: [AUS], kinds: [mine]}, mttf: 10 years, mttr: {lognormal: {median: "
        "60 weeks, sigma: 0.5}}, derating: "
        "{uniform: {min: 50 %%, max: 100 %%}}, units: site}\n",
        days, push ? "push" : "order", gain, gain, 13 * parts);
    return text;
}

static int on_reference(int number)
{
    double unserved[3], shortage[3];
    for (int k = 0; k < 3; k++) {
        meta_world w = {0};
        int bad = meta_run(&w, reference(1 << k, number));
        if (!bad) {
            double years = 20.0 * (double)w.record.paths;
            unserved[k] = sum_of(&w, "unserved", "unit") / years;
            shortage[k] = sum_of(&w, "short_steps", "unit") * 7 / (1 << k) / years;
        }
        meta_drop(&w);
        if (bad) return 1;
    }
    return judge(number ? "push: EUE, t/year" : "order-driven: EUE, t/year", unserved, 1) |
           judge(number ? "push: LOLE, days/year" : "order-driven: LOLE, days/year", shortage, 1);
}

/* ---- random models ---- */

static meta_model model;
static double unserved_sum[3], shortage_sum[3];
static long beyond;

static int never_sold(const meta_arc *a, const void *user) { return (void)user, a->volume == 0; }

static int on_random(int number)
{
    double unserved[3] = {0};
    meta_make(&model, (uint64_t)number, META_MONOTONE);
    model.regimes = model.restricting = 0;
    model.shocks = model.routes = model.scripts = model.correlation = 0;
    for (int i = 0; i < model.nsites; i++) model.sites[i].from = model.sites[i].to = 0;
    for (int i = 0; i < model.ntiers; i++)
        model.tiers[i].always = 1; /* the average of the trigger is over four steps of any length */
    meta_drop_arcs(&model, never_sold, NULL);
    model.rate[0] = 5; /* outages of 20 weeks */
    for (int k = 0; k < 3; k++) {
        meta_world w = {0};
        model.parts = 1 << k;
        int bad = meta_run(&w, meta_compose(&model, (meta_style){0}));
        for (int i = 0; i < w.n && !bad; i++) unserved[k] += meta_unserved(&w, META_NONE, i);
        for (int i = 0; i < model.nminerals && !bad; i++)
            shortage_sum[k] += sum_of(&w, "short_steps", i ? "m1" : "m0") / (1 << k);
        meta_drop(&w);
        if (bad) return 1;
        unserved_sum[k] += unserved[k];
    }
    beyond += fabs(unserved[1] / unserved[0] - 1) >= most;
    return 0;
}

static int pooled(void)
{
    printf("  EUE of all countries changes by 2 %% or more on %ld models\n", beyond);
    int bad = judge("EUE, all models", unserved_sum, 1) | judge("LOLE of JPN, all models", shortage_sum, 0);
    for (int k = 0; k < 3; k++) unserved_sum[k] = shortage_sum[k] = 0;
    beyond = 0;
    return bad;
}

const meta_rule meta_rules_time[] = {
    {"M9",
     "< 2 % and converging, 7, 3.5 and 1.75 days, reference network, order-driven and push: EUE and LOLE", 2,
     on_reference, NULL, 0},
    {"M9-random", "< 2 %, MP, outages only: LOLE and (converging) EUE of all models together", 200, on_random,
     pooled, 1},
    {0}};
