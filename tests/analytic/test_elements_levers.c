/* Levers on the network [7]: what they change over time, to the last tonne where it can be said. */
#include "case.h"
#include "kura/kura.h"

#define METAL(rows) "minerals: {unit: {forms: [metal], lattice_exponent: -20" rows "}}\n"

/* Japan uses 16 t a step: 12 from China, 4 from Australia, which has no spare capacity. */
static const char *pair_of(const char *levers, const char *rest)
{
    return text(
        "format: 1\nname: levers\n"
        "run: {paths: 64, seed: 1, start: 2026-01-05, steps: 60, focus: JPN, per: horizon}\n" METAL(
            "") "network:\n  sites:\n"
                "    c: {mineral: unit, form: metal, country: CHN, kind: mine, output: 12 t/step}\n"
                "    a: {mineral: unit, form: metal, country: AUS, kind: mine, output: 4 t/step}\n"
                "  trade:\n"
                "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 12 t/step, lag_steps: 2}\n"
                "    - {mineral: unit, form: metal, from: AUS, to: JPN, volume: 4 t/step, lag_steps: 4}\n"
                "  demand: [{mineral: unit, form: metal, country: JPN, rate: 16 t/step}]\n"
                "tallies: {required_stock: false, trace_paths: 1}\n%s%s",
        levers, rest);
}

#define CHINA_STOPS "events: [{from: 20, object: restriction/CHN/unit, field: severity, value: 100 %}]\n"
#define TO_AUS(more)                                                                                         \
    "levers: {diversification: {d: {mineral: unit, form: metal, importer: JPN, to: {AUS: 25 %}" more "}}}\n"

/* China stops in step 20.  Japan then lives on 96 t on hand, two cargoes of China, four of Australia, the 2
 * weeks of sales that Australia holds, and what Australia makes and loads in the 36 steps whose cargoes still
 * arrive; 40 steps use 640 t.  With sales of c and a this leaves 640 - (96 + 2 c + 4 a + 2 a + 36 a)
 * unserved. */
static void test_a_stop_after_diversification(void **state)
{
    (void)state;
    run_result r = run_text(pair_of("", CHINA_STOPS), NULL, "levers-before");
    assert_true(summary(&r, "expected_unserved", NULL) == 640 - (96 + 24 + 168));
    drop(&r);
    r = run_text(pair_of(TO_AUS(", capacity: follows"), CHINA_STOPS), NULL, "levers-after");
    assert_steps(&r, "shipment", "arc", "unit/metal/AUS/JPN", 0, 20, 8);
    assert_steps(&r, "shipment", "arc", "unit/metal/CHN/JPN", 0, 20, 8);
    assert_true(summary(&r, "expected_unserved", NULL) == 640 - (96 + 16 + 336));
    drop(&r);
    /* half of it: 10 and 6 */
    r = run_text(pair_of(TO_AUS(", capacity: follows, level: 50 %"), CHINA_STOPS), NULL, "levers-half");
    assert_true(summary(&r, "expected_unserved", NULL) == 640 - (96 + 20 + 252));
    drop(&r);
    /* Australia has no capacity for more, and nothing moves */
    r = run_text(pair_of(TO_AUS(""), CHINA_STOPS), NULL, "levers-existing");
    assert_true(summary(&r, "expected_unserved", NULL) == 640 - (96 + 24 + 168));
    assert_true(numbers(&r, "levers", "done")[0] == 0);
    drop(&r);
}

/* A lever that is over before the end, or does nothing yet, leaves all numbers of the others as they are. */
static void test_idle_levers(void **state)
{
    (void)state;
    static const char *const idle[] = {TO_AUS(", capacity: follows, level: 0 %"),
                                       TO_AUS(", capacity: follows, start: 59, ramp: 5 years"),
                                       TO_AUS(", capacity: follows, cancellation: 50 %, start: 100"),
                                       "levers: {dependence_cap: {x: {importer: JPN, cap: 90 %}}}\n"};
    run_result plain = run_text(pair_of("", CHINA_STOPS), NULL, "levers-none");
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++) {
        run_result r = run_text(pair_of(idle[i], CHINA_STOPS), NULL, "levers-idle");
        for (int64_t t = 0; t < 60; t++)
            assert_step(&r, "unserved", "consumer", "unit/metal/JPN", t,
                        cell(&plain, "unserved", "consumer", "unit/metal/JPN", t));
        drop(&r);
    }
    drop(&plain);
}

/* Nothing goes wrong, and contracts move over a year: nobody is short, and in the end flows and stocks are
 * those of a network that was always so. */
static void test_planned_change_is_smooth(void **state)
{
    (void)state;
    static const char *const hubs[] = {"unit/metal/JPN", "unit/metal/AUS", "unit/metal/CHN"};
    static const char *const sets[] = {"network.sites.a.spare=10 %", "run.steps=400"};
    const char *ramp =
        put_file("levers-ramp.yaml", pair_of(TO_AUS(", capacity: follows, start: 26, ramp: 1 year"), ""));
    const char *done = put_file("levers-always.yaml", pair_of(TO_AUS(", capacity: follows"), ""));
    run_result r = run_file(ramp, sets, 2, NULL, "levers-ramp");
    run_result always =
        run_file(done, sets, 1, NULL, "levers-always"); /* with spare to fill the larger buffer */
    assert_true(summary(&r, "expected_unserved", NULL) == 0);
    for (int h = 0; h < 3; h++) {
        double got = cell(&r, "on_hand", "hub", hubs[h], 399),
               want = cell(&always, "on_hand", "hub", hubs[h], 59);
        if (fabs(got - want) > 16 * 0x1p-20)
            fail_msg("%s ends with %.12g t, at rest %.12g t", hubs[h], got, want);
    }
    for (int64_t t = 0; t < 400; t++) /* the stock of the importer never falls by more than a tenth */
        assert_true(cell(&r, "on_hand", "hub", hubs[0], t) > 0.9 * 96);
    drop(&r);
    drop(&always);
}

/* ---- dependence cap ---- */

static const char *capped(const char *more)
{
    return text(
        "format: 1\nname: levers\n"
        "run: {paths: 64, seed: 1, start: 2026-01-05, steps: 200, focus: JPN, per: horizon}\n" METAL(
            "") "network:\n  sites:\n"
                "    c: {mineral: unit, form: metal, country: CHN, kind: mine, output: 12 t/step, spare: 10 "
                "%%}\n"
                "    a: {mineral: unit, form: metal, country: AUS, kind: mine, output: 4 t/step, spare: 100 "
                "%%}\n"
                "    b: {mineral: unit, form: metal, country: BRA, kind: mine, output: 4 t/step}\n"
                "  trade:\n"
                "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 12 t/step, lag_steps: 2}\n"
                "    - {mineral: unit, form: metal, from: AUS, to: JPN, volume: 4 t/step, lag_steps: 4}\n"
                "    - {mineral: unit, form: metal, from: BRA, to: JPN, volume: 4 t/step, lag_steps: 4}\n"
                "  demand: [{mineral: unit, form: metal, country: JPN, rate: 20 t/step}]\n"
                "levers: {dependence_cap: {x: {importer: JPN, of: CHN, cap: 30 %%%s}}}\n"
                "tallies: {required_stock: false, trace_paths: 1}\n",
        more);
}

/* 6 t of 20 may come from China, Australia can give 8, Brazil has no more than its 4: 2 t a step are missing,
 * no more and no less, once the 120 t of stock and the 8 and 8 t that the two others hold are gone.  Soft,
 * they stay in China; where the others build, each builds half. */
static void test_cap(void **state)
{
    (void)state;
    run_result r = run_text(capped(""), NULL, "levers-cap");
    assert_steps(&r, "unserved", "consumer", "unit/metal/JPN", 100, 200, 2);
    assert_steps(&r, "shipment", "arc", "unit/metal/CHN/JPN", 0, 200, 6);
    double year = 365.25 / 7;
    assert_true(fabs(numbers(&r, "levers", "wanted")[0] - 6 * year) < 1e-9 * year &&
                fabs(numbers(&r, "levers", "uncontracted")[0] - 2 * year) < 1e-9 * year);
    drop(&r);
    r = run_text(capped(", soft: true"), NULL, "levers-cap-soft");
    assert_steps(&r, "unserved", "consumer", "unit/metal/JPN", 0, 200, 0);
    assert_steps(&r, "shipment", "arc", "unit/metal/CHN/JPN", 0, 200, 8);
    assert_true(fabs(numbers(&r, "levers", "kept")[0] - 2 * year) < 1e-9 * year);
    drop(&r);
    r = run_text(capped(", capacity: follows"), NULL, "levers-cap-follows");
    assert_steps(&r, "unserved", "consumer", "unit/metal/JPN", 0, 200, 0);
    assert_steps(&r, "shipment", "arc", "unit/metal/BRA/JPN", 0, 200, 7);
    assert_true(numbers(&r, "levers", "uncontracted")[0] == 0);
    drop(&r);
}

/* ---- investment ---- */

/* China makes 16 and sells 8 to Japan and 8 to Australia; `venture` is a lever on a site in Australia. */
static const char *venture(const char *keys, const char *rest, int paths, int seed)
{
    return text(
        "format: 1\nname: levers\n"
        "run: {paths: %d, seed: %d, start: 2026-01-05, steps: 120, focus: JPN, per: horizon}\n" METAL(
            ", market: {home_priority: [1, 1, 1]}") "network:\n  sites:\n"
                                                    "    c: {mineral: unit, form: metal, country: CHN, kind: "
                                                    "mine, output: 16 t/step}\n"
                                                    "    a: {mineral: unit, form: metal, country: AUS, kind: "
                                                    "mine, output: 8 t/step}\n"
                                                    "  trade: [{mineral: unit, form: metal, from: CHN, to: "
                                                    "JPN, volume: 16 t/step, lag_steps: 2}]\n"
                                                    "  demand:\n"
                                                    "    - {mineral: unit, form: metal, country: JPN, rate: "
                                                    "16 t/step}\n"
                                                    "    - {mineral: unit, form: metal, country: AUS, rate: "
                                                    "8 t/step}\n"
                                                    "levers: {investment: {jv: {mineral: unit, form: metal, "
                                                    "country: AUS, kind: mine, output: 8 t/step,\n"
                                                    "         offtake: {JPN: 100 %%}, offtake_lag: 4 "
                                                    "weeks%s}}}\n"
                                                    "tallies: {required_stock: false, samples: true, "
                                                    "trace_paths: 1}\n%s",
        paths, seed, keys, rest);
}

/* From step 30 on Australia's own mine is lost, and Australia would keep the 8 t of the venture for itself
 * (home priority 1).  The offtake comes first all the same; under coercion it does not, and nothing comes
 * once the buffer is gone. */
static void test_offtake(void **state)
{
    (void)state;
    const char *lost = "events: [{from: 30, object: site/a, field: availability, value: 0 %}]\n";
    run_result r = run_text(venture("", lost, 64, 1), NULL, "levers-offtake");
    assert_steps(&r, "shipment", "arc", "unit/metal/AUS/JPN", 0, 120, 8);
    assert_steps(&r, "unserved", "consumer", "unit/metal/JPN", 0, 120, 0);
    assert_steps(&r, "unserved", "consumer", "unit/metal/AUS", 100, 120, 8);
    drop(&r);
    const char *coercion =
        "hazards: {regimes: {AUS: {tension: 0 /year, coercion: 0 /year, relax: 0 /year, ease: 0 /year, "
        "start: coercion}}}\n"
        "events: [{from: 30, object: site/a, field: availability, value: 0 %}]\n";
    r = run_text(venture("", coercion, 64, 1), NULL, "levers-coercion");
    assert_steps(&r, "shipment", "arc", "unit/metal/AUS/JPN", 0, 30, 8);
    assert_steps(&r, "shipment", "arc", "unit/metal/AUS/JPN", 60, 120, 0);
    drop(&r);
}

/* The site is there when its plan says so, later by its delay, and never when it is cancelled. */
static void test_delay(void **state)
{
    (void)state;
    run_result r = run_text(venture(", start: 20, delay: 10 weeks", "", 64, 1), NULL, "levers-delay");
    assert_steps(&r, "output", "site", "jv", 0, 30, 0);
    for (int64_t t = 30; t < 120; t++) assert_true(cell(&r, "output", "site", "jv", t) == 8);
    assert_true(cell(&r, "inbound_availability", "hub", "unit/metal/JPN", 19) == 1);
    assert_true(cell(&r, "inbound_availability", "hub", "unit/metal/JPN", 25) == 0.75); /* 8 of 16 at half */
    assert_true(cell(&r, "inbound_availability", "hub", "unit/metal/JPN", 30) == 1);
    drop(&r);
}

/* From step 60 on China can make half of its 16 t: Japan is short if and only if the venture was cancelled.
 */
static void test_cancellation(void **state)
{
    (void)state;
    enum { N = 4096 };
    const char *half = "events: [{from: 60, object: site/c, field: availability, value: 50 %}]\n";
    for (int seed = 1; seed <= 5; seed++) {
        run_result r =
            run_text(venture(", start: 20, cancellation: 30 %", half, N, seed), NULL, "levers-cancelled");
        double p = summary(&r, "shortage_probability_any", NULL), z = (p - 0.3) / sqrt(0.3 * 0.7 / N);
        print_message("  seed %d: P(cancelled) %.4f, %+.2f standard errors from 0.3\n", seed, p, z);
        assert_true(fabs(z) <= 4.89);
        drop(&r);
    }
}

/* ---- deep sea ---- */

static const char *sea(const char *levers)
{
    return text(
        "format: 1\nname: levers\n"
        "run: {paths: 64, seed: 1, start: 2026-01-05, steps: 200, focus: JPN, per: horizon}\n"
        "minerals: {unit: {forms: [mud, oxide], lattice_exponent: -20}}\n"
        "network:\n  sites:\n"
        "    m: {mineral: unit, form: mud, country: CHN, kind: mine, output: 20 t/step, spare: 10 %%}\n"
        "    p: {mineral: unit, form: oxide, country: CHN, kind: refine, output: 16 t/step, yield: 80 %%}\n"
        "  trade: [{mineral: unit, form: oxide, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2}]\n"
        "  demand: [{mineral: unit, form: oxide, country: JPN, rate: 16 t/step}]\n"
        "levers: {investment: {%s}}\n"
        "hazards: {outages: {o: {select: {sites: [p]}, mttf: 20 weeks, mttr: {lognormal: {median: 4 weeks, "
        "sigma: 0.5}}}}}\n"
        "tallies: {required_stock: false, trace_paths: 1}\n",
        levers);
}

#define SEABED(more) "s: {mineral: unit, form: mud, country: JPN, kind: seabed, output: 8 t/step" more "}"
#define PLANT                                                                                                \
    ", t: {mineral: unit, form: oxide, country: JPN, kind: refine, yield: 75 %, output: 6 t/step, needs: "   \
    "[s]}"

/* Mud without a plant buys exactly nothing: the same states to the last bit.  With it, 6 t a step at a yield
 * of three quarters ask for 8 t of mud; a plant that needs a seabed that is cancelled runs dry of it. */
static void test_deep_sea(void **state)
{
    (void)state;
    run_result with = run_text(sea(SEABED("")), NULL, "levers-mud"),
               without = run_text(sea(SEABED(", level: 0 %")), NULL, "levers-no-mud");
    assert_string_equal(with.state, without.state);
    double missing = summary(&without, "expected_unserved", NULL);
    assert_true(missing > 0 && summary(&with, "expected_unserved", NULL) == missing);
    drop(&with);
    drop(&without);
    run_result both = run_text(sea(SEABED("") PLANT), NULL, "levers-plant");
    assert_step(&both, "output", "site", "s", 0, 8);
    assert_step(&both, "output", "site", "t", 0, 6);
    assert_true(summary(&both, "expected_unserved", NULL) < missing);
    drop(&both);
    both = run_text(sea(SEABED(", cancellation: 100 %") PLANT), NULL, "levers-dry");
    assert_steps(&both, "output", "site", "s", 0, 200, 0);
    assert_steps(&both, "output", "site", "t", 0, 200, 0);
    drop(&both);
}

/* ---- recycling ---- */

static const char *recycler(const char *demand, const char *keys)
{
    return text("format: 1\nname: levers\n"
                "run: {paths: 64, seed: 1, start: 2026-01-05, steps: 300, focus: JPN, per: horizon}\n" METAL(
                    "") "network:\n  sites:\n"
                        "    c: {mineral: unit, form: metal, country: CHN, kind: mine, output: 16 t/step, "
                        "spare: 10 %%}\n"
                        "  trade: [{mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, "
                        "lag_steps: 2}]\n"
                        "  demand: [{mineral: unit, form: metal, country: JPN, rate: 16 t/step%s}]\n"
                        "levers: {recycling: {r: {mineral: unit, form: metal, country: JPN, collection: 50 "
                        "%%, recovery: 80 "
                        "%%%s}}}\n"
                        "tallies: {required_stock: false, trace_paths: 1}\n",
                demand, keys);
}

/* Constant demand: all that was used comes back, of it 40 %, whatever the lifetimes; over a ramp of two years
 * by quarters.  Growing demand g with exponential lifetimes of mean m steps: what comes back now over what is
 * used now is (1 - q) e^-g / (1 - q e^-g), q = e^(-1/m). */
static void test_recycling(void **state)
{
    (void)state;
    const char *weibull = ", lifetime: {weibull: {scale: 12 years, shape: 2.5}}";
    run_result r = run_text(recycler("", weibull), NULL, "levers-recycling");
    for (int64_t t = 0; t < 300; t += 50)
        assert_true(fabs(cell(&r, "output", "site", "r", t) - 6.4) < 2 * 0x1p-20);
    assert_true(fabs(numbers(&r, "network", "dependence_direct_after")[0] - 1) <
                1e-12); /* of what is imported */
    drop(&r);
    r = run_text(recycler("", text("%s, start: 40, ramp: 104 weeks", weibull)), NULL,
                 "levers-recycling-ramp");
    assert_steps(&r, "output", "site", "r", 0, 53, 0);
    for (int k = 1; k <= 8; k++) {
        double want = 6.4 * k / 8, got = cell(&r, "output", "site", "r", 40 + 13 * k + 6);
        if (fabs(got - want) > 0.01 * 6.4) fail_msg("quarter %d: %.9g t, planned %.9g t", k, got, want);
    }
    assert_true(summary(&r, "expected_unserved", NULL) == 0);
    drop(&r);
    r = run_text(recycler(", growth: 5 %/year", ", lifetime: {exponential: {mean: 6 years}}"), NULL,
                 "levers-recycling-growth");
    double g = log(1.05) * DY, q = exp(-1 / (6 / DY)), share = 0.4 * (1 - q) * exp(-g) / (1 - q * exp(-g));
    for (int64_t t = 0; t < 300; t += 13) { /* the first step of a quarter */
        double use = 16 * exp(g * (double)t), got = cell(&r, "output", "site", "r", t);
        if (fabs(got / use - share) > 1e-3 * share)
            fail_msg("step %d: %.9g of use, exact %.9g", (int)t, got / use, share);
    }
    drop(&r);
    r = run_text(recycler("", text("%s, capacity: 2 t/step", weibull)), NULL, "levers-recycling-capacity");
    assert_steps(&r, "output", "site", "r", 0, 300, 2);
    drop(&r);
}

/* ---- research ---- */

/* The expected yield is 0.7 + 0.5 (0.9 - 0.7) = 0.8: 16 t of metal ask for 20 t of ore instead of 22.86. */
static void test_research(void **state)
{
    (void)state;
    run_result r = run_text(
        "format: 1\nname: levers\n"
        "run: {paths: 64, seed: 1, start: 2026-01-05, steps: 300, focus: JPN, per: horizon}\n"
        "minerals: {unit: {forms: [ore, metal], lattice_exponent: -20}}\n"
        "network:\n  sites:\n"
        "    m: {mineral: unit, form: ore, country: AUS, kind: mine, output: 22.857142 t/step, spare: 10 %}\n"
        "    p: {mineral: unit, form: metal, country: JPN, kind: refine, output: 16 t/step, yield: 70 %}\n"
        "  trade: [{mineral: unit, form: ore, from: AUS, to: JPN, volume: 22.857142 t/step, lag_steps: 2}]\n"
        "  demand: [{mineral: unit, form: metal, country: JPN, rate: 16 t/step}]\n"
        "levers: {research: {y: {sites: [p], yield: 90 %, success: 50 %, start: 10, ramp: 1 year}}}\n"
        "tallies: {required_stock: false, trace_paths: 1}\n",
        NULL, "levers-research");
    assert_true(summary(&r, "expected_unserved", NULL) == 0);
    assert_steps(&r, "output", "site", "p", 0, 300, 16);
    assert_true(fabs(cell(&r, "output", "site", "m", 0) - 16 / 0.7) < 1e-5);
    assert_true(fabs(cell(&r, "output", "site", "m", 299) - 20) < 1e-4);
    drop(&r);
}

/* ---- what explains it ---- */

/* A path told is the path simulated: what was not served, to the last bit. */
static void test_told(void **state)
{
    (void)state;
    const char *half = "events: [{from: 60, object: site/c, field: availability, value: 50 %}]\n";
    const char *file = put_file("levers-told.yaml", venture(", start: 20, cancellation: 30 %", half, 64, 1));
    run_result r = run_file(file, NULL, 0, NULL, "levers-told");
    const double *unserved = samples(&r, "unserved", NULL, NULL);
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    assert_int_equal(kura_scenario_load(file, NULL, 0, &s, &diag, &err), 0);
    kura_diag_fini(&diag);
    for (uint64_t path = 0; path < 8; path++) {
        kura_explain_options options = {0};
        kura_story *story = NULL;
        assert_int_equal(kura_explain(s, path, &options, &story, &err), 0);
        for (int i = 0; i < story->minerals[0].nmetrics; i++)
            if (strcmp(story->minerals[0].metrics[i].name, "unserved") == 0)
                assert_true(story->minerals[0].metrics[i].value == unserved[path]);
        kura_story_free(story);
    }
    kura_scenario_free(s);
    drop(&r);
}

/* ---- mistakes ---- */

/* Each is refused, and the message says what would be right. */
static void test_mistakes(void **state)
{
    (void)state;
#define D(keys) "diversification: {d: {mineral: unit, form: metal, importer: JPN, " keys "}}"
#define I(keys) "investment: {jv: {output: 1 t/step, " keys "}}"
#define NEW "mineral: unit, form: metal, country: AUS, kind: mine"
    static const char *const rows[][2] = {
        {D("to: {BRA: 10 %}"), "unknown country \"BRA\""},
        {D("to: {JPN: 10 %}"), "JPN cannot import from itself"},
        {D("to: {AUS: 70 %, CHN: 40 %}"), "the shares add up to 110 %"},
        {D("to: 30 %"), "must be a mapping, for example {AUS: 30 %}"},
        {D("to: {AUS: 10 %}, from: [AUS, CHN]"), "AUS gives up and receives"},
        {D("to: {AUS: 10 %}, ramp: 1 year"), "a ramp needs a \"start\""},
        {D("to: {AUS: 10 %}, start: 20, end: 20"), "the lever ends before it begins: step 20 to 20"},
        {"dependence_cap: {c: {importer: all, cap: 30 %}}", "not everybody can be below a cap"},
        {"dependence_cap: {c: {importer: CHN, cap: 30 %}}", "lever \"c\" caps nothing"},
        {"investment: {a: {output: 1 t/step, " NEW "}}", "there is a site \"a\" already"},
        {I("mineral: unit, form: metal, country: AUS"), "\"kind\" is missing: say what the new site is"},
        {I("expands: a, kind: mine"), "more of \"a\" has the kind of that site"},
        {I("expands: b"), "unknown site \"b\""},
        {I(NEW ", yield: 50 %"), "only a refinery has a yield"},
        {I("mineral: unit, form: metal, country: AUS, kind: refine"),
         "a refinery cannot make the first form"},
        {I(NEW ", needs: [a]"), "no investment \"a\" is given before this one"},
        {I(NEW ", offtake: {CHN: 50 %}"), "network.trade has no unit/metal from AUS to CHN"},
        {"recycling: {r: {mineral: unit, form: metal, country: JPN, collection: 50 %}}",
         "\"lifetime\" is missing"},
        {"recycling: {r: {mineral: unit, form: metal, country: JPN, collection: 50 %, products: ore, "
         "lifetime: 1 "
         "year}}",
         "unit has no form \"ore\""},
        {"research: {y: {sites: [a], yield: 90 %}}", "site \"a\" takes no input"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kura_scenario *s = NULL;
        kura_diag diag = {0};
        kura_error err = {0};
        int found = 0;
        const char *file = put_file("levers-mistake.yaml", pair_of(text("levers: {%s}\n", rows[i][0]), ""));
        if (!kura_scenario_load(file, NULL, 0, &s, &diag, &err)) fail_msg("not refused: %s", rows[i][0]);
        for (size_t k = 0; k < diag.count; k++) found |= strstr(diag.items[k].message, rows[i][1]) != NULL;
        if (!found) print_messages(&diag);
        if (!found) fail_msg("%s: no message says \"%s\"", rows[i][0], rows[i][1]);
        kura_diag_fini(&diag);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_stop_after_diversification),
                                       cmocka_unit_test(test_idle_levers),
                                       cmocka_unit_test(test_planned_change_is_smooth),
                                       cmocka_unit_test(test_cap),
                                       cmocka_unit_test(test_offtake),
                                       cmocka_unit_test(test_delay),
                                       cmocka_unit_test(test_cancellation),
                                       cmocka_unit_test(test_deep_sea),
                                       cmocka_unit_test(test_recycling),
                                       cmocka_unit_test(test_research),
                                       cmocka_unit_test(test_told),
                                       cmocka_unit_test(test_mistakes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
