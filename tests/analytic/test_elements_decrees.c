/* Restrictions: targets, notice, escalation, contagion and retaliation [3.2].  Exact answers; taken out,
 * nothing of it is left. */
#include "duo.h"
#include "model/model.h"
#include "model/read.h"
#include "sim/work.h"

#define ALWAYS "onset: 1000000 /year"
#define NEVER "onset: 0 /year"

/* ---- targets ---- */

#define THREE_TRADE                                                                                          \
    DUO_TRADE                                                                                                \
    "    - {mineral: unit, form: metal, from: CHN, to: USA, volume: 8 t/step, lag_steps: 2}\n"               \
    "    - {mineral: unit, form: metal, from: CHN, to: KOR, volume: 4 t/step, lag_steps: 2}\n"
#define THREE_DEMAND                                                                                         \
    DUO_DEMAND                                                                                               \
    "    - {mineral: unit, form: metal, country: USA, rate: 8 t/step}\n"                                     \
    "    - {mineral: unit, form: metal, country: KOR, rate: 4 t/step}\n"
#define THREE_MINE                                                                                           \
    "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 28 t/step, spare: 100 %}\n"

/* A bloc: exactly its members lose half, whatever their order and however written. */
static void test_targets(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        double jpn, usa, kor;
    } rows[] = {{"", 8, 4, 2},
                {", target: all", 8, 4, 2},
                {", target: JPN", 8, 8, 4},
                {", target: [JPN, KOR]", 8, 8, 2},
                {", target: \"KOR;JPN\"", 8, 8, 2},
                {", target: [USA]", 16, 4, 4}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        run_result r =
            run_text(network_of("", THREE_MINE, THREE_TRADE, THREE_DEMAND,
                                text("hazards: {restrictions: {ban: {exporter: CHN, minerals: all, " ALWAYS
                                     ", types: {b: {severity: 50 %%, duration: 1000 weeks%s}}}}}\n",
                                     rows[k].target)),
                     NULL, "decrees-targets");
        assert_steps(&r, "shipment", "arc", "unit/metal/CHN/JPN", 0, DUO_STEPS, rows[k].jpn);
        assert_steps(&r, "shipment", "arc", "unit/metal/CHN/USA", 0, DUO_STEPS, rows[k].usa);
        assert_steps(&r, "shipment", "arc", "unit/metal/CHN/KOR", 0, DUO_STEPS, rows[k].kor);
        drop(&r);
    }
}

/* Two types with overlapping blocs: where both hit, the harder one counts. */
static void test_overlapping_blocs(void **state)
{
    (void)state;
    run_result r = run_text(
        network_of(
            "", THREE_MINE, THREE_TRADE, THREE_DEMAND,
            "hazards: {restrictions: {ban: {exporter: CHN, minerals: all, " NEVER ", types: {"
            "a: {severity: 50 %, duration: 1000 weeks, target: [JPN, USA]}, "
            "b: {severity: 75 %, duration: 1000 weeks, target: [USA, KOR]}}, "
            "in_force: [{mineral: unit, type: a, age: 0 days}, {mineral: unit, type: b, age: 0 days}]}}}\n"),
        NULL, "decrees-blocs");
    assert_steps(&r, "shipment", "arc", "unit/metal/CHN/JPN", 0, DUO_STEPS, 8);
    assert_steps(&r, "shipment", "arc", "unit/metal/CHN/USA", 0, DUO_STEPS, 2);
    assert_steps(&r, "shipment", "arc", "unit/metal/CHN/KOR", 0, DUO_STEPS, 1);
    drop(&r);
}

/* ---- escalation ---- */

/* An onset in step 4 only. */
#define ONCE "onset: {normal: 0 /year, tension: 1000000 /year, coercion: 0 /year}"
#define AT_FOUR "events: [{from: 4, to: 5, object: country/CHN, field: regime, value: 1}]\n"

static double escalated(int k, int s)
{
    static const double second[] = {0, 0.75, 0.5};
    static const int length[] = {0, 4, 6};
    if (s < 0) return 0;
    if (s < 2) return 1;
    if (s < 5) return 0.5;
    s -= 5;
    if (s < length[k]) return second[k];
    if (k == 2) return 0; /* the milder type ends at once */
    double x = (k ? 0.75 : 0.5) * exp2(-(s - length[k]) / 2.0);
    return x < 0.02 ? 0 : x;
}

/* Freeze 2, plateau 3 at one half, then 4 steps at three quarters and relaxation from there; to a milder type
 * never below the first severity, with the end of that type; without it the profile of one plateau. */
static void test_escalation(void **state)
{
    (void)state;
    static const char *const ways[] = {"", ", escalation: {probability: 100 %, to: hard}",
                                       ", escalation: {probability: 100 %, to: mild}"};
    for (int k = 0; k < 4; k++) {
        run_result r = run_text(
            duo(text(
                "hazards: {restrictions: {ban: {exporter: CHN, minerals: all, " ONCE ", types: {"
                "soft: {share: 1, freeze: 2 weeks, severity: 50 %%, duration: 3 weeks, relaxation_half_life: "
                "2 weeks%s}, "
                "hard: {share: 0, freeze: 9 weeks, severity: 75 %%, duration: 4 weeks, relaxation_half_life: "
                "2 weeks},"
                "mild: {share: 0, severity: 25 %%, duration: 6 weeks}}}}}\n" AT_FOUR,
                k == 3 ? ", escalation: {probability: 0 %, to: hard}" : ways[k])),
            NULL, "decrees-escalation");
        for (int t = 0; t < DUO_STEPS; t++) {
            double want = escalated(k == 3 ? 0 : k, t - 4),
                   Z = cell(&r, "inbound_availability", "hub", HUB, t);
            if (!(fabs(Z - (1 - want)) <= 0x1p-24 + 1e-15))
                fail_msg("way %d, step %d: Z = %.12g, expected %.12g", k, t, Z, 1 - want);
        }
        drop(&r);
    }
}

/* It comes with its probability; also for a restriction in force, whose first plateau is outlived. */
static void test_escalation_share(void **state)
{
    (void)state;
    enum { N = 16384 };
    for (int k = 0; k < 2; k++) {
        const char *begin = k ? NEVER : ONCE;
        const char *given = k ? ", in_force: [{mineral: unit, type: soft, age: 1 week}]" : "";
        const char *yaml =
            duo(text("hazards: {restrictions: {ban: {exporter: CHN, minerals: all, %s, types: {"
                     "soft: {share: 1, severity: 50 %%, duration: 3 weeks, escalation: {probability: 30 %%, "
                     "to: hard}}, "
                     "hard: {share: 0, severity: 100 %%, duration: 4 weeks}}%s}}}\n" AT_FOUR,
                     begin, given));
        const char *const sets[] = {"run.paths=16384", "tallies.trace_paths=16384"};
        run_result r = run_file(put_file("decrees-share.yaml", yaml), sets, 2, NULL, "decrees-share");
        int step = k ? 2 : 7; /* the first after the plateau */
        const double *Z = series(&r, "inbound_availability", "hub", HUB) + step * traced(&r);
        double n = 0;
        for (int p = 0; p < N; p++) {
            assert_true(Z[p] == 0 || Z[p] == 1);
            n += Z[p] == 0;
        }
        compare(NULL, k ? "escalated, in force" : "escalated", n / N, 0.3, sqrt(0.21 / N));
        drop(&r);
    }
}

/* ---- notice ---- */

/* The flags of JPN on the first bundle: [step] 1 = all lanes, 0 = none. */
typedef struct {
    int steps, hub;
    double flag[DUO_STEPS], Z[DUO_STEPS];
} watched;

static void watch_step(void *user, const kura_view *view)
{
    watched *w = user;
    const km_mineral *m = &view->model->minerals[view->mineral];
    int hub = -1;
    for (int h = 0; h < m->nhubs; h++)
        if (strcmp(view->model->scenario->countries[m->hubs[h].country], "JPN") == 0) hub = h;
    w->Z[view->t] = view->exo->Z[hub].v[0];
    w->flag[view->t] = m->has_notice ? view->exo->notice[hub].v[0] : -1;
    for (int l = 0; l < KURA_LANES; l++) {
        if (m->has_notice) assert_true(view->exo->notice[hub].v[l] == w->flag[view->t]);
        assert_true(view->exo->Z[hub].v[l] == w->Z[view->t]);
    }
    w->steps++;
}
static void watch_end(void *user, const kura_view *view) { (void)user, (void)view; }

static watched watch(const char *yaml)
{
    watched w = {0};
    kura_arena arena = {0};
    kura_diag diag = {0};
    kura_error err = {0};
    kura_scenario_data *sc;
    km_model *model;
    if (kura_scenario_read(put_file("decrees-notice.yaml", yaml), NULL, 0, &arena, &sc, &diag, &err) ||
        kura_model_compile(sc, 1, &model, &diag, &err)) {
        print_messages(&diag);
        fail_msg("%s", err.message);
    }
    kura_work *work = kura_work_new(model);
    kura_observer observer = {&w, watch_step, watch_end};
    assert_non_null(work);
    work->paths = KURA_LANES;
    assert_int_equal(kura_bundle_for(kura_isa_best())(model, work, 0, &observer), KURA_OK);
    kura_work_free(work);
    kura_model_free(model);
    kura_diag_fini(&diag);
    kura_arena_fini(&arena);
    return w;
}

static void assert_watched(const watched *w, int announced, int from, double flag)
{
    assert_int_equal(w->steps, DUO_STEPS);
    for (int t = 0; t < DUO_STEPS; t++) {
        double want = flag < 0 ? -1 : t >= announced && t < from ? 1 : 0;
        if (w->flag[t] != want || w->Z[t] != (t >= from ? 0.5 : 1))
            fail_msg("step %d: announced %g, Z = %g", t, w->flag[t], w->Z[t]);
    }
}

/* Hit in step 4, in force 6 weeks later; without notice at once and no flag. */
static void test_notice(void **state)
{
    (void)state;
    static const struct {
        const char *notice;
        int from;
    } rows[] = {{", notice: 6 weeks", 10}, {", notice: 40 days", 10}, {"", 4}};
    for (int k = 0; k < 3; k++) {
        const char *yaml = duo(text("hazards: {restrictions: {ban: {exporter: CHN, minerals: all, " ONCE
                                    ", types: {b: {severity: 50 %%, duration: 1000 weeks%s}}}}}\n" AT_FOUR,
                                    rows[k].notice));
        watched w = watch(yaml);
        assert_watched(&w, 4, rows[k].from, k < 2 ? 1 : -1);
        run_result r = run_text(yaml, NULL, "decrees-notice"); /* counted once, from the hit */
        assert_steps(&r, "shipment", "arc", ARC, 0, rows[k].from, 16);
        assert_steps(&r, "shipment", "arc", ARC, rows[k].from, DUO_STEPS, 8);
        drop(&r);
    }
}

/* Only importers that are aimed at are warned. */
static void test_notice_of_others(void **state)
{
    (void)state;
    watched w =
        watch(network_of("", THREE_MINE, THREE_TRADE, THREE_DEMAND,
                         "hazards: {restrictions: {ban: {exporter: CHN, minerals: all, " ONCE
                         ", types: {b: {severity: 50 %, duration: 1000 weeks, notice: 6 weeks, target: "
                         "[USA, KOR]}}}}}\n" AT_FOUR));
    for (int t = 0; t < DUO_STEPS; t++) assert_true(w.flag[t] == 0 && w.Z[t] == 1);
}

static void test_scripted_notice(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        watched w = watch(
            duo(text("events: [{from: 10, object: restriction/CHN/unit, field: severity, value: 50 %%%s}]\n",
                     k == 0   ? ", announced: 4"
                     : k == 1 ? ", announced: 2026-02-02"
                              : "")));
        assert_watched(&w, 4, 10, k < 2 ? 1 : -1);
    }
}

/* ---- contagion and retaliation ---- */

/* Minerals a and b of CHN, c of USA; each is restricted with 2 % a step and for ever. */
static const char *coupled(const char *a, const char *b, const char *c, int seed)
{
    double rate = -log1p(-0.02) / DY;
    return text("format: 1\n"
                "name: coupled\n"
                "run: {paths: 65536, seed: %d, step: 7 days, steps: 30, focus: JPN, per: horizon}\n"
                "market: {production: push, cover: 0 weeks}\n"
                "minerals: {a: {forms: [good]}, b: {forms: [good]}, c: {forms: [good]}}\n"
                "network:\n  sites:\n"
                "    a: {mineral: a, form: good, country: CHN, kind: mine, output: 10 t/step}\n"
                "    b: {mineral: b, form: good, country: CHN, kind: mine, output: 10 t/step}\n"
                "    c: {mineral: c, form: good, country: USA, kind: mine, output: 20 t/step}\n"
                "  trade:\n"
                "    - {mineral: a, form: good, from: CHN, to: JPN, volume: 10 t/step, lag_steps: 1}\n"
                "    - {mineral: b, form: good, from: CHN, to: JPN, volume: 10 t/step, lag_steps: 1}\n"
                "    - {mineral: c, form: good, from: USA, to: JPN, volume: 10 t/step, lag_steps: 1}\n"
                "    - {mineral: c, form: good, from: USA, to: CHN, volume: 10 t/step, lag_steps: 1}\n"
                "  demand:\n"
                "    - {mineral: a, form: good, country: JPN, rate: 10 t/step}\n"
                "    - {mineral: b, form: good, country: JPN, rate: 10 t/step}\n"
                "    - {mineral: c, form: good, country: JPN, rate: 10 t/step}\n"
                "    - {mineral: c, form: good, country: CHN, rate: 10 t/step}\n"
                "hazards:\n  restrictions:\n"
                "    ra: {exporter: CHN, minerals: [a], onset: %.17g /year, %s}\n"
                "    rb: {exporter: CHN, minerals: [b], onset: %.17g /year, %s}\n"
                "    rc: {exporter: USA, minerals: [c], onset: %.17g /year, %s}\n"
                "tallies: {required_stock: false}\n",
                seed, rate, a, rate, b, rate, c);
}
#define TYPES "types: {ban: {duration: 5000 weeks}}"

/* P(a, b, c restricted up to step t), by all 8 states: rates times A, chi[i][j] what j adds to i. */
static void joint_law(double out[8], double chi[3][3], double most, int t)
{
    double rate = -log1p(-0.02), p[8] = {1};
    for (int s = 0; s <= t; s++) {
        double next[8] = {0};
        for (int from = 0; from < 8; from++)
            for (int to = 0; to < 8; to++) {
                double x = p[from];
                for (int i = 0; i < 3; i++) {
                    double more = 0;
                    for (int j = 0; j < 3; j++) more += from >> j & 1 ? chi[i][j] : 0;
                    double hit = -expm1(-rate * (1 + fmin(most, more)));
                    x *= from >> i & 1 ? (to >> i & 1) : to >> i & 1 ? hit : 1 - hit;
                }
                next[to] += x;
            }
        memcpy(p, next, sizeof p);
    }
    memcpy(out, p, sizeof p);
}

/* Restricted up to step 28 iff short in step 29; the joint law over the three minerals. */
static void assert_joint(const char *yaml, double chi[3][3], double most, scores *s)
{
    double want[8];
    run_result r = run_text(yaml, NULL, "decrees-coupled");
    int64_t n;
    const double *x[3] = {samples(&r, "short_steps", "a", &n), samples(&r, "short_steps", "b", &n),
                          samples(&r, "short_steps", "c", &n)};
    double count[8] = {0};
    for (int64_t p = 0; p < n; p++) count[(x[0][p] > 0) + 2 * (x[1][p] > 0) + 4 * (x[2][p] > 0)]++;
    joint_law(want, chi, most, 28);
    for (int k = 0; k < 8; k++)
        compare(k == 3 ? s : NULL, text("P(a %d, b %d, c %d)", k & 1, k >> 1 & 1, k >> 2),
                count[k] / (double)n, want[k], sqrt(want[k] * (1 - want[k]) / (double)n));
    drop(&r);
}

static void test_contagion(void **state)
{
    (void)state;
    double both[3][3] = {{0, 6, 0}, {6, 0, 0}, {0, 0, 0}}, one[3][3] = {{0, 6, 0}, {0, 0, 0}, {0, 0, 0}},
           none[3][3] = {{0}}, answer[3][3] = {{0, 6, 9}, {0, 0, 0}, {0, 0, 0}}, a[8], b[8];
    scores s = {0};
    assert_joint(coupled(TYPES, TYPES, TYPES, 380), none, INFINITY, &s);
    assert_joint(coupled("contagion: {minerals: 6}, " TYPES, "contagion: {minerals: 6}, " TYPES, TYPES, 381),
                 both, INFINITY, &s);
    assert_joint(coupled("contagion: {minerals: 6}, " TYPES, TYPES, TYPES, 382), one, INFINITY, &s);
    assert_joint(coupled("contagion: {minerals: 6}, retaliation: {against: USA, factor: 9}, " TYPES, TYPES,
                         TYPES, 383),
                 answer, INFINITY, &s);
    assert_joint(coupled("contagion: {minerals: 6, most: 7}, retaliation: {against: USA, factor: 9}, " TYPES,
                         TYPES, TYPES, 384),
                 answer, 7, &s);
    joint_law(a, none, INFINITY, 28);
    joint_law(b, both, INFINITY, 28);
    assert_true(b[3] > 1.5 * a[3]); /* the pair comes together more often than by chance */
    assert_scores(&s, "coupled restrictions");
}

/* A restriction of USA that is not aimed at CHN is no reason to retaliate. */
static void test_retaliation_target(void **state)
{
    (void)state;
    double none[3][3] = {{0}}, answer[3][3] = {{0, 0, 9}, {0, 0, 0}, {0, 0, 0}};
    const char *way = "retaliation: {against: USA, factor: 9}, " TYPES;
    assert_joint(coupled(way, TYPES, "types: {ban: {target: [CHN, JPN], duration: 5000 weeks}}", 385), answer,
                 INFINITY, NULL);
    assert_joint(
        coupled(way, TYPES,
                "types: {jp: {share: 1, target: JPN, duration: 5000 weeks}, cn: {share: 0, target: CHN, "
                "duration: 5000 weeks}}",
                386),
        none, INFINITY, NULL);
}

/* Importers: a hit on USA makes another one more likely, which may be on JPN. */
static void test_importers(void **state)
{
    (void)state;
    enum { N = 65536 };
    double rate = -log1p(-0.02), p[2][2] = {{1, 0}, {0, 0}}; /* [USA hit][JPN hit] */
    for (int t = 0; t <= 28; t++) {
        double next[2][2] = {{0}};
        for (int u = 0; u < 2; u++)
            for (int j = 0; j < 2; j++) {
                double hit = -expm1(-rate * (1 + 8 * (u + j)));
                next[u][j] += p[u][j] * (1 - hit);
                next[1][j] += p[u][j] * hit / 2;
                next[u][1] += p[u][j] * hit / 2;
            }
        memcpy(p, next, sizeof p);
    }
    for (int with = 0; with < 2; with++) {
        run_result r = run_text(
            text("format: 1\n"
                 "name: importers\n"
                 "run: {paths: %d, seed: 390, step: 7 days, steps: 30, focus: JPN, per: horizon}\n"
                 "market: {production: push, cover: 0 weeks}\n"
                 "minerals: {a: {forms: [good]}}\n"
                 "network:\n"
                 "  sites: {a: {mineral: a, form: good, country: CHN, kind: mine, output: 20 t/step}}\n"
                 "  trade:\n"
                 "    - {mineral: a, form: good, from: CHN, to: JPN, volume: 10 t/step, lag_steps: 1}\n"
                 "    - {mineral: a, form: good, from: CHN, to: USA, volume: 10 t/step, lag_steps: 1}\n"
                 "  demand:\n"
                 "    - {mineral: a, form: good, country: JPN, rate: 10 t/step}\n"
                 "    - {mineral: a, form: good, country: USA, rate: 10 t/step}\n"
                 "hazards: {restrictions: {r: {exporter: CHN, minerals: [a], onset: %.17g /year, %stypes: {"
                 "j: {target: JPN, duration: 5000 weeks}, u: {target: USA, duration: 5000 weeks}}}}}\n"
                 "tallies: {required_stock: false}\n",
                 N, rate / DY, with ? "contagion: {importers: 8}, " : ""),
            NULL, "decrees-importers");
        const double *x = samples(&r, "short_steps", "a", NULL);
        double n = 0, want = with ? p[0][1] + p[1][1] : 1 - pow(1 + expm1(-rate) / 2, 29);
        for (int i = 0; i < N; i++) n += x[i] > 0;
        compare(NULL, with ? "P(JPN hit), contagion" : "P(JPN hit), none", n / N, want,
                sqrt(want * (1 - want) / N));
        drop(&r);
    }
}

/* A contagion too small to be seen goes through the joint pass and changes no bit; decrees of all kinds. */
static void test_joint_pass_bits(void **state)
{
    (void)state;
    char digest[2][65];
    for (int k = 0; k < 2; k++) {
        const char *yaml = duo(text(
            "hazards:\n  regimes: {CHN: {tension: 2 /year, coercion: 2 /year, relax: 2 /year, ease: 2 "
            "/year}}\n"
            "  restrictions: {ban: {exporter: CHN, minerals: all, onset: {normal: 1 /year, tension: 3 /year, "
            "coercion: 9 /year}, %stypes: {"
            "a: {target: JPN, freeze: 2 weeks, severity: {beta: {mean: 50 %%, sd: 20 %%}}, duration: "
            "{exponential: "
            "{mean: 4 weeks}}, relaxation_half_life: 3 weeks, escalation: {probability: 40 %%, to: c}},"
            "b: {notice: 3 weeks, duration: 2 weeks}, c: {target: JPN, duration: 5 weeks, severity: 90 %%}}, "
            "in_force: [{mineral: unit, type: a, age: 2 weeks}]}}\n"
            "correlation: {factors: [f], loadings: {onset/*: {f: 0.5}}}\n",
            k ? "contagion: {importers: 1e-300}, " : ""));
        run_result r = run_text(yaml, NULL, "decrees-bits");
        const double *Z = series(&r, "inbound_availability", "hub", HUB);
        static double first[DUO_PATHS * DUO_STEPS];
        int moved = 0;
        for (int i = 0; i < DUO_PATHS * DUO_STEPS; i++) {
            moved += Z[i] < 1;
            if (k)
                assert_true(Z[i] == first[i]);
            else
                first[i] = Z[i];
        }
        assert_true(moved > 500);
        memcpy(digest[k], r.digest, sizeof digest[k]);
        drop(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_targets),
                                       cmocka_unit_test(test_overlapping_blocs),
                                       cmocka_unit_test(test_escalation),
                                       cmocka_unit_test(test_escalation_share),
                                       cmocka_unit_test(test_notice),
                                       cmocka_unit_test(test_notice_of_others),
                                       cmocka_unit_test(test_scripted_notice),
                                       cmocka_unit_test(test_contagion),
                                       cmocka_unit_test(test_retaliation_target),
                                       cmocka_unit_test(test_importers),
                                       cmocka_unit_test(test_joint_pass_bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
