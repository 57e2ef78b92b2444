/* What is known not to hold, each on the smallest model that shows it: such a rule fails here when the deviation
 * is gone; then the rule proper should take over, and the entry go.  The first three were faults of the engine,
 * found by the random models and mended; they stay as they were found. */
#include "rules.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 1, 2))) static const char *text(const char *format, ...)
{
    static char ring[4][8192];
    static int next;
    char *out = ring[next++ % 4];
    va_list args;
    va_start(args, format);
    vsnprintf(out, sizeof ring[0], format, args);
    va_end(args);
    return out;
}

#define HEAD "format: 1\nname: deviation\nrun: {paths: 1, steps: %d, focus: JPN, per: horizon}\n"
#define MP "market: {production: push, inventory_gain: 0, pipeline_gain: 0%s}\n"
#define UNIT "minerals: {unit: {forms: [metal], lattice_exponent: -20}}\n"
#define TRACE "tallies: {trace_paths: 1}\n"

static double at(const meta_world *w, const char *name, const char *dim, const char *object, int t)
{
    return meta_series(w, name, dim, object)[t];
}

/* ---- M6: two sites of equal output, and a base flow to correct: the first in the table once grew ---- */

static int equal_sites(int number)
{
    meta_world w[2];
    memset(w, 0, sizeof w);
    double first[2] = {0};
    int bad = 0;
    (void)number;
    for (int k = 0; k < 2 && !bad; k++) {
        const char *mine = "    %c: {mineral: unit, form: metal, country: JPN, kind: mine, output: 4 t/step, "
                           "spare: %d %%}\n";
        char one[128], two[128];
        snprintf(one, sizeof one, mine, 'a', 0), snprintf(two, sizeof two, mine, 'b', 50);
        bad = meta_run(&w[k], text(HEAD UNIT "network:\n  sites:\n%s%s  trade: []\n  demand: [{mineral: "
                                             "unit, form: metal, country: JPN, rate: 10 t/step}]\n" TRACE,
                                   10, k ? two : one, k ? one : two));
        if (!bad) first[k] = at(&w[k], "output", "site", "a", 0);
        meta_drop(&w[k]);
    }
    printf("  M6: a and b of 4 t a step, 10 wanted: a makes %g t when it comes first in the table, %g t when "
           "b does\n",
           first[0], first[1]);
    return bad || (first[0] != first[1] ? meta_say("the order of rows matters") : 0);
}

/* ---- M6: two stockpiles of one owner in one hub: the first in the table was once drawn on first ---- */

static int equal_stockpiles(int number)
{
    meta_world w[2];
    memset(w, 0, sizeof w);
    double u[2][4] = {{0}};
    int bad = 0;
    (void)number;
    for (int k = 0; k < 2 && !bad; k++) {
        const char *slow = "  a: {owner: national, country: JPN, mineral: unit, form: metal, opening: 20 t, "
                           "at_most: 5 t/step, trigger: always}\n";
        const char *fast = "  b: {owner: national, country: JPN, mineral: unit, form: metal, opening: 20 t, "
                           "trigger: always}\n";
        bad = meta_run(
            &w[k],
            text(HEAD MP UNIT
                 "network:\n"
                 "  hubs: [{mineral: unit, form: metal, country: JPN, opening: 0 t}]\n"
                 "  sites: {a: {mineral: unit, form: metal, country: AUS, kind: mine, output: 10 t/step}}\n"
                 "  trade: [{mineral: unit, form: metal, from: AUS, to: JPN, volume: 0 t/step, lag_steps: "
                 "1}]\n"
                 "  demand: [{mineral: unit, form: metal, country: JPN, rate: 10 t/step}]\n"
                 "stockpiles:\n%s%s" TRACE,
                 4, "", k ? fast : slow, k ? slow : fast));
        for (int t = 0; t < 4 && !bad; t++) u[k][t] = at(&w[k], "unserved", "consumer", "unit/metal/JPN", t);
        meta_drop(&w[k]);
    }
    printf("  M6: two stockpiles of 20 t, the slow one first: unserved %g, %g, %g, %g t; the fast one first: "
           "%g, %g, %g, %g t\n",
           u[0][0], u[0][1], u[0][2], u[0][3], u[1][0], u[1][1], u[1][2], u[1][3]);
    return bad || (memcmp(u[0], u[1], sizeof u[0]) ? meta_say("the order of rows matters") : 0);
}

/* ---- M4: the base flow behind a trader once did not balance, and nothing said so ---- */

static int idle_trader(int number)
{
    meta_world w = {0};
    (void)number;
    int bad = meta_run(
        &w, text(HEAD UNIT
                 "network:\n  sites:\n"
                 "    a: {mineral: unit, form: metal, country: AUS, kind: mine, output: 8 t/step}\n"
                 "    j: {mineral: unit, form: metal, country: JPN, kind: mine, output: 1 t/step}\n"
                 "  trade:\n"
                 "    - {mineral: unit, form: metal, from: AUS, to: KOR, volume: 8 t/step, lag_steps: 1}\n"
                 "    - {mineral: unit, form: metal, from: KOR, to: JPN, volume: 8 t/step, lag_steps: 1}\n"
                 "  demand: [{mineral: unit, form: metal, country: JPN, rate: 4 t/step}]\n" TRACE,
                 20));
    double before = 0, after = 0;
    int known = 0;
    if (!bad) {
        before = at(&w, "on_hand", "hub", "unit/metal/KOR", 0),
        after = at(&w, "on_hand", "hub", "unit/metal/KOR", 19);
        for (int i = 0; i < w.model->ncorrections; i++)
            known |= strstr(w.model->corrections[i].text, "AUS") != NULL;
        for (int h = 0; h < w.model->minerals[0].nhubs; h++) {
            const km_hub *x = &w.model->minerals[0].hubs[h];
            printf("  M4: %s: output %g + imports %g = use %g + exports %g t a step\n",
                   w.data->countries[x->country], x->X * 0x1p-20, x->M * 0x1p-20, x->U0 * 0x1p-20,
                   x->E * 0x1p-20);
        }
        printf("  M4: the trader's stock goes from %g t to %g t in 19 steps without any hazard; listed: %s\n",
               before, after, known ? "yes" : "no");
    }
    meta_drop(&w);
    return bad || (before != after || !known ? meta_say("the trader does not rest, or nobody says why") : 0);
}

/* ---- M1: a hub with both mines and imports orders less when its stock holds back less output ---- */

static int own_and_imports(int number)
{
    meta_world w[2];
    memset(w, 0, sizeof w);
    double worse = 0;
    int bad = 0, where = 0;
    (void)number;
    for (int k = 0; k < 2 && !bad; k++)
        bad = meta_run(
            &w[k],
            text(HEAD MP UNIT
                 "network:\n"
                 "  hubs: [{mineral: unit, form: metal, country: JPN, opening: %d t, storage: 16 t}, "
                 "{mineral: unit, form: metal, country: AUS, opening: 0 t}, {mineral: unit, form: metal, "
                 "country: KOR, opening: 0 t}]\n"
                 "  sites:\n"
                 "    j: {mineral: unit, form: metal, country: JPN, kind: mine, output: 8 t/step}\n"
                 "    a: {mineral: unit, form: metal, country: AUS, kind: mine, output: 8 t/step}\n"
                 "  trade:\n"
                 "    - {mineral: unit, form: metal, from: AUS, to: JPN, volume: 4 t/step, lag_steps: 1}\n"
                 "    - {mineral: unit, form: metal, from: AUS, to: KOR, volume: 4 t/step, lag_steps: 1}\n"
                 "  demand:\n"
                 "    - {mineral: unit, form: metal, country: JPN, rate: 8 t/step}\n"
                 "    - {mineral: unit, form: metal, country: KOR, rate: 6 t/step}\n" TRACE,
                 10, "", k ? 16 : 4));
    for (int t = 0; t < 10 && !bad; t++) {
        double d = at(&w[1], "unserved", "consumer", "unit/metal/KOR", t) -
                   at(&w[0], "unserved", "consumer", "unit/metal/KOR", t);
        if (d > worse) worse = d, where = t;
    }
    printf("  M1: 12 t more in JPN, which has a mine and imports: KOR gets %g t less in step %d\n", worse,
           where);
    meta_drop(&w[0]), meta_drop(&w[1]);
    return bad || (worse < 1e-3 ? meta_say("nobody is worse off") : 0);
}

/* ---- M2: a better mine keeps a stockpile shut ---- */

static int shut_stockpile(int number)
{
    meta_world w[2];
    memset(w, 0, sizeof w);
    double u[2] = {0};
    int bad = 0;
    (void)number;
    for (int k = 0; k < 2 && !bad; k++) {
        bad = meta_run(
            &w[k],
            text(HEAD MP UNIT
                 "network:\n"
                 "  hubs: [{mineral: unit, form: metal, country: JPN, opening: 0 t}, {mineral: unit, form: "
                 "metal, country: AUS, opening: 0 t}]\n"
                 "  sites: {a: {mineral: unit, form: metal, country: AUS, kind: mine, output: 10 t/step}}\n"
                 "  trade: [{mineral: unit, form: metal, from: AUS, to: JPN, volume: 10 t/step, lag_steps: "
                 "1}]\n"
                 "  demand: [{mineral: unit, form: metal, country: JPN, rate: 10 t/step}]\n"
                 "stockpiles: {s: {owner: national, country: JPN, mineral: unit, form: metal, opening: 100 "
                 "t, delay: 0 weeks}}\n"
                 "events: [{from: 0, to: 20, object: site/a, field: availability, value: %g}]\n" TRACE,
                 20, "", k ? 0.94 : 0.90));
        for (int t = 0; t < 20 && !bad; t++) u[k] += at(&w[k], "unserved", "consumer", "unit/metal/JPN", t);
        meta_drop(&w[k]);
    }
    printf("  M2: availability 90 %%: %.4g t unserved in 20 steps, the stockpile opens; 94 %%: %.4g t, it "
           "does not\n",
           u[0], u[1]);
    return bad || (!(u[1] > u[0] + 1) ? meta_say("the better mine is better") : 0);
}

/* ---- M3: a faster release is gone sooner ---- */

static int early_release(int number)
{
    meta_world w[2];
    memset(w, 0, sizeof w);
    double u[2][4] = {{0}};
    int bad = 0;
    (void)number;
    for (int k = 0; k < 2 && !bad; k++) {
        bad = meta_run(
            &w[k],
            text(HEAD MP UNIT
                 "network:\n"
                 "  hubs: [{mineral: unit, form: metal, country: JPN, opening: 0 t}]\n"
                 "  sites: {a: {mineral: unit, form: metal, country: AUS, kind: mine, output: 10 t/step}}\n"
                 "  trade: [{mineral: unit, form: metal, from: AUS, to: JPN, volume: 0 t/step, lag_steps: "
                 "1}]\n"
                 "  demand: [{mineral: unit, form: metal, country: JPN, rate: 10 t/step}]\n"
                 "stockpiles: {s: {owner: national, country: JPN, mineral: unit, form: metal, opening: 12 t, "
                 "at_most: %d t/step, trigger: always}}\n" TRACE,
                 4, "", k ? 10 : 4));
        for (int t = 0; t < 4 && !bad; t++) u[k][t] = at(&w[k], "unserved", "consumer", "unit/metal/JPN", t);
        meta_drop(&w[k]);
    }
    printf("  M3: 12 t, 4 t a step: unserved %g, %g, %g t; 10 t a step: %g, %g, %g t\n", u[0][0], u[0][1],
           u[0][2], u[1][0], u[1][1], u[1][2]);
    return bad || (!(u[1][2] > u[0][2]) ? meta_say("no step is worse") : 0);
}

const meta_rule meta_rules_deviations[] = {
    {"deviation-M6", "two equal sites in one hub whose base flow is corrected: the order of rows matters", 1,
     equal_sites, NULL, 0},
    {"deviation-M6-stockpiles", "two stockpiles of one owner in one hub: the order of rows matters", 1,
     equal_stockpiles, NULL, 0},
    {"deviation-M4", "a trader whose buyer is cut keeps importing: the base flow does not balance", 1,
     idle_trader, NULL, 0},
    {"deviation-M1", "MP is not enough for M1: a hub with own sites and imports", 1, own_and_imports, NULL,
     0},
    {"deviation-M2", "MP is not enough for M2: the trigger reads the availability of mines", 1,
     shut_stockpile, NULL, 0},
    {"deviation-M3", "a larger release cap is not better in every step", 1, early_release, NULL, 0},
    {0}};
