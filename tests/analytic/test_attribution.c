/* What is not served by cause [8.10]: shares worked out from what is left, and sums that close.
 *
 * Statistical comparisons: seeds 1 to 5, |z| <= 4.89. */
#include "case.h"

#define LIMIT 4.89

static double class_of(const run_result *r, const char *name, const char *class)
{
    return numbers(r, "attribution", name)[label(r, "attribution", "class", class)];
}
static double cause_of(const run_result *r, const char *class, const char *place)
{
    int64_t places = size_of(r, "attribution", "place");
    return numbers(r, "attribution", "share_by_cause")[label(r, "attribution", "class", class) * places +
                                                       label(r, "attribution", "place", place)];
}

/* Classes, places and causes of every mineral sum to EUE. */
static void assert_closes(const run_result *r)
{
    int64_t n = size_of(r, "attribution", "mineral");
    for (int64_t m = 0; m < n; m++) {
        static const char *const by[] = {"class", "place", "cause"};
        double eue = numbers(r, "summary", "expected_unserved")[m];
        for (int k = 0; k < 3; k++) {
            int64_t cells = size_of(r, "attribution", text("unserved_by_%s", by[k])) / n;
            const double *x = numbers(r, "attribution", text("unserved_by_%s", by[k])) + m * cells;
            double sum = 0;
            for (int64_t i = 0; i < cells; i++) {
                assert_true(x[i] >= 0);
                sum += x[i];
            }
            if (!(fabs(sum - eue) <= 1e-12 * eue)) fail_msg("by %s: %.17g, EUE %.17g", by[k], sum, eue);
        }
    }
}

/* ---- two causes at the same time, no stock: ln by ln ---- */

static const char *const two_suppliers =
    "format: 1\nname: blame\n"
    "run: {paths: 64, seed: 1, step: 7 days, steps: 40, focus: JPN, per: horizon}\n"
    "market: {production: push, cover: 0 weeks, inventory_gain: 0, pipeline_gain: 0, spot_rounds: 0, "
    "cleanup_rounds: 0}\n"
    "minerals:\n  unit: {forms: [good]}\n"
    "network:\n  sites:\n"
    "    m-CHN: {mineral: unit, form: good, country: CHN, kind: mine, output: 60 t/step}\n"
    "    m-AUS: {mineral: unit, form: good, country: AUS, kind: mine, output: 40 t/step}\n"
    "  trade:\n"
    "    - {mineral: unit, form: good, from: CHN, to: JPN, volume: 60 t/step, lag_steps: 1}\n"
    "    - {mineral: unit, form: good, from: AUS, to: JPN, volume: 40 t/step, lag_steps: 1}\n"
    "  demand:\n    - {mineral: unit, form: good, country: JPN, rate: 100 t/step}\n"
    "tallies: {threshold: 0 %, required_stock: false, attribution: true}\n";

static void test_logarithms(void **state)
{
    (void)state;
    static const struct {
        double severity, availability; /* China holds back; what is left of Australia's way */
    } rows[] = {{0.5, 0.2}, {1, 0.5}, {0.25, 1}};
    for (int i = 0; i < 3; i++) {
        run_result r = run_text(
            text("%sevents:\n"
                 "  - {from: 10, to: 20, object: restriction/CHN/unit, field: severity, value: %g}\n"
                 "  - {from: 10, to: 20, object: arc/unit/good/AUS/JPN, field: availability, value: %g}\n",
                 two_suppliers, rows[i].severity, rows[i].availability),
            NULL, "blame");
        double left = 1 - rows[i].severity;
        double chn = -0.6 * log(left > 1e-6 ? left : 1e-6), aus = -0.4 * log(rows[i].availability);
        double want = chn / (chn + aus);
        print_message("  %.17g, by hand %.17g\n", cause_of(&r, "restriction", "CHN"), want);
        assert_true(summary(&r, "expected_unserved", NULL) > 0);
        assert_true(fabs(cause_of(&r, "restriction", "CHN") - want) < 1e-12);
        assert_true(fabs(cause_of(&r, "script", "AUS") - (1 - want)) < 1e-12);
        assert_true(class_of(&r, "share_by_class", "residual") == 0);
        assert_true(class_of(&r, "share_by_class_se", "restriction") == 0);
        assert_closes(&r);
        drop(&r);
    }
}

/* ---- the memory: stocks delay the shortage, and the earlier of two losses fades ---- */

static void test_memory(void **state)
{
    (void)state;
    /* 200 t are 2 steps of use, one step on the way and the step itself: a memory of 4 steps.  China holds
     * back 54 t a step in steps 10 to 13, Australia 36 t in 14 and 15; each is missed a step later.  The
     * stock is gone in step 14. */
    const char *yaml = text(
        "%sstockpiles:\n"
        "  firm: {owner: private, country: JPN, mineral: unit, form: good, opening: 200 t, trigger: always}\n"
        "events:\n  - {from: 10, to: 14, object: restriction/CHN/unit, field: severity, value: 87.5 %%}\n"
        "  - {from: 14, to: 16, object: restriction/AUS/unit, field: severity, value: 87.5 %%}\n",
        two_suppliers);
    run_result r = run_text(yaml, NULL, "memory");
    assert_true(numbers(&r, "attribution", "memory")[0] == 28);
    double u[40] = {0}, stock = 200, total = 0, chn = 0, a = 0, b = 0;
    for (int t = 0; t < 40;
         t++) { /* smoothed losses by hand; what is not served by the balance of the stock */
        double missing = (t >= 11 && t < 15 ? 52.5 : 0) + (t >= 15 && t < 17 ? 35 : 0);
        double served = missing < stock ? missing : stock;
        stock -= served;
        u[t] = missing - served;
        a += ((t >= 10 && t < 14 ? 0.6 * log(8) : 0) - a) / 4;
        b += ((t >= 14 && t < 16 ? 0.4 * log(8) : 0) - b) / 4;
        if (!(u[t] > 0)) continue;
        total += u[t];
        chn += u[t] * a / (a + b);
    }
    print_message("  unserved %.10g, by hand %.10g; China %.15g, by hand %.15g\n",
                  summary(&r, "expected_unserved", NULL), total, cause_of(&r, "restriction", "CHN"),
                  chn / total);
    assert_true(total > 0 && fabs(summary(&r, "expected_unserved", NULL) - total) < 1e-12);
    assert_true(fabs(cause_of(&r, "restriction", "CHN") - chn / total) < 1e-12);
    assert_closes(&r);
    drop(&r);
}

/* What users keep themselves bridges a loss like any stock: 14 days, one step on the way, the step itself. */
static void test_memory_of_users(void **state)
{
    (void)state;
    run_result r = run_text(
        "format: 1\nname: memory\n"
        "run: {paths: 64, seed: 1, step: 7 days, steps: 20, focus: JPN}\n"
        "minerals: {unit: {forms: [good]}}\n"
        "market: {cover: 0 days}\n"
        "network:\n"
        "  sites: {c: {mineral: unit, form: good, country: CHN, kind: mine, output: 100 t/step}}\n"
        "  trade: [{mineral: unit, form: good, from: CHN, to: JPN, volume: 100 t/step, lag_steps: 1}]\n"
        "  demand: [{mineral: unit, form: good, country: JPN, rate: 100 t/step, inventory: 14 days}]\n"
        "events: [{from: 5, to: 15, object: restriction/CHN/unit, field: severity, value: 100 %}]\n"
        "tallies: {attribution: true}\n",
        NULL, "memory-users");
    assert_true(numbers(&r, "attribution", "memory")[0] == 28);
    assert_true(summary(&r, "expected_unserved", NULL) > 0);
    assert_closes(&r);
    drop(&r);
}

/* ---- an outage of one plant, a shock on the other: the law of a step ---- */

static void test_outage_and_shock(void **state)
{
    (void)state;
    /* 60 t of 100 are lost half with probability a = 2/22, 40 t by 30 % with probability s in any step. */
    double a = 2.0 / 22, s = 1 - exp(-4 * DY), la = 0.6 * log(2), ls = -0.4 * log(0.7);
    double by_outage = a * (1 - s) * 30 + a * s * 42 * la / (la + ls),
           by_shock = (1 - a) * s * 12 + a * s * 42 * ls / (la + ls);
    for (int seed = 1; seed <= 5; seed++) {
        run_result r = run_text(
            text("format: 1\nname: law\nrun: {paths: 2048, seed: %d, step: 7 days, steps: 40, per: horizon}\n"
                 "market: {production: push}\nminerals:\n  unit: {forms: [good]}\nnetwork:\n"
                 "  hubs:\n    - {mineral: unit, form: good, country: JPN, storage: none}\n  sites:\n"
                 "    big: {mineral: unit, form: good, country: JPN, kind: mine, output: 60 t/step}\n"
                 "    small: {mineral: unit, form: good, country: JPN, kind: recycle, output: 40 t/step}\n"
                 "  demand:\n    - {mineral: unit, form: good, country: JPN, rate: 100 t/step}\n"
                 "hazards:\n"
                 "  outages: {plant: {select: {kinds: [mine]}, mttf: 20 weeks, mttr: {exponential: {mean: 2 "
                 "weeks}}, derating: 50 %%, mode: point}}\n"
                 "  shocks: {quake: {country: JPN, rate: 4 /year, severity: 30 %%, duration: 7 days, hits: "
                 "[{select: {kinds: [recycle]}}]}}\n"
                 "tallies: {threshold: 0 %%, required_stock: false, attribution: true}\n",
                 seed),
            NULL, "law");
        double x[] = {class_of(&r, "unserved_by_class", "outage"),
                      class_of(&r, "unserved_by_class", "shock")};
        double se[] = {class_of(&r, "unserved_by_class_se", "outage"),
                       class_of(&r, "unserved_by_class_se", "shock")};
        double want[] = {40 * by_outage, 40 * by_shock};
        double share = class_of(&r, "share_by_class", "outage"),
               share_se = class_of(&r, "share_by_class_se", "outage");
        double z[] = {(x[0] - want[0]) / se[0], (x[1] - want[1]) / se[1],
                      (share - by_outage / (by_outage + by_shock)) / share_se};
        print_message("  outage %.6g, exact %.6g (%+.2f); shock %.6g, exact %.6g (%+.2f); share (%+.2f)\n",
                      x[0], want[0], z[0], x[1], want[1], z[1], z[2]);
        for (int k = 0; k < 3; k++) assert_true(fabs(z[k]) <= LIMIT);
        assert_closes(&r);
        drop(&r);
    }
}

/* ---- sums close on everything that the language has, for any number of threads ---- */

static void test_closes(void **state)
{
    (void)state;
    static const char *const files[] = {"by-product", "tolling",    "projects",     "routes",
                                        "shocks",     "escalation", "pooled-stock", "leak"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *sets[] = {"tallies.attribution=true", "run.paths=1088"};
        char digest[65] = "";
        for (int threads = 1; threads <= 2; threads++) {
            kura_run_options options = {.threads = threads};
            run_result r = run_file(text("%s/configs/elements/%s.yaml", KURA_SOURCE_DIR, files[i]), sets, 2,
                                    &options, "closes");
            assert_closes(&r);
            if (digest[0]) assert_string_equal(digest, r.digest);
            memcpy(digest, r.digest, sizeof digest);
            drop(&r);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logarithms),      cmocka_unit_test(test_memory),
        cmocka_unit_test(test_memory_of_users), cmocka_unit_test(test_outage_and_shock),
        cmocka_unit_test(test_closes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
