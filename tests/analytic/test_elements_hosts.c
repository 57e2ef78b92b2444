/* By-products and their hosts [2.5]: limits, shares, headroom, baskets, host indices, and that the order of
 * minerals is irrelevant. */
#include "duo.h"

#define FLOOR(x) (floor((x)*0x1p20) / 0x1p20)

/* A host (zinc) and a by-product (indium), each CHN to JPN and of 16 t a step; `hosts` are the rows that tie
 * them.  Both mines can make twice that. */
static const char *pair(const char *minerals, const char *hosts, const char *rest)
{
    return text(
        "format: 1\nname: pair\n"
        "run: {paths: 70, seed: 5, start: 2026-01-05, step: 7 days, steps: 40, focus: JPN, per: horizon}\n"
        "minerals:\n%s"
        "network:\n  sites:\n"
        "    smelter: {mineral: zinc, form: metal, country: CHN, kind: mine, output: 16 t/step, spare: 100 "
        "%%}\n"
        "    other: {mineral: lead, form: metal, country: CHN, kind: mine, output: 16 t/step, spare: 100 "
        "%%}\n"
        "    works: {mineral: indium, form: metal, country: CHN, kind: mine, output: 16 t/step, spare: 100 "
        "%%}\n"
        "  trade:\n"
        "    - {mineral: zinc, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2}\n"
        "    - {mineral: lead, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2}\n"
        "    - {mineral: indium, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2}\n"
        "  demand:\n"
        "    - {mineral: zinc, form: metal, country: JPN, rate: 16 t/step}\n"
        "    - {mineral: lead, form: metal, country: JPN, rate: 16 t/step}\n"
        "    - {mineral: indium, form: metal, country: JPN, rate: 16 t/step}\n"
        "%s"
        "tallies: {required_stock: false, trace_paths: 70}\n%s",
        minerals, hosts, rest);
}
#define ZINC "  zinc: {forms: [metal], lattice_exponent: -20, report: host}\n"
#define LEAD "  lead: {forms: [metal], lattice_exponent: -20, report: host}\n"
#define INDIUM "  indium: {forms: [metal], lattice_exponent: -20}\n"
#define ALL ZINC LEAD INDIUM
#define HAZARDS                                                                                              \
    "hazards: {outages: {o: {mttf: 20 weeks, mttr: {exponential: {mean: 6 weeks}}, derating: {uniform: "     \
    "{min: "                                                                                                 \
    "30 %, max: 100 %}}}}}\n"

/* What zinc and lead make is tied to nothing below; `demand` changes what is wanted of them. */
#define STRIKE                                                                                               \
    "events:\n"                                                                                              \
    "  - {from: 4, to: 30, object: site/smelter, field: availability, value: 12.5 %}\n"                      \
    "  - {from: 10, to: 22, object: site/other, field: availability, value: 25 %}\n"                         \
    "  - {from: 6, to: 30, object: demand/indium/metal/JPN, field: factor, value: 1.5}\n"

/* The rule in plain C.  The works can make 32 t; of the share that hangs on a host no more than headroom x
 * share x 16 x (what the host makes / 16). */
static void test_limit(void **state)
{
    (void)state;
    static const struct {
        const char *rows;
        double share[2], headroom[2];
    } cases[] = {{"    - {site: works, host: smelter}\n", {1, 0}, {1, 1}},
                 {"    - {site: works, host: smelter, share: 50 %}\n", {0.5, 0}, {1, 1}},
                 {"    - {site: works, host: smelter, share: 75 %, headroom: 1.5}\n", {0.75, 0}, {1.5, 1}},
                 {"    - {site: works, host: smelter, share: 50 %}\n    - {site: works, host: other, share: "
                  "25 %, headroom: 2}\n",
                  {0.5, 0.25},
                  {1, 2}}};
    double unserved[5];
    for (int i = 0; i < 5; i++) {
        run_result r = run_text(pair(ALL, i < 4 ? text("  hosts:\n%s", cases[i].rows) : "", STRIKE), NULL,
                                "hosts-limit");
        unserved[i] = summary(&r, "expected_unserved", "indium");
        int bound = 0;
        for (int t = 0; t < 40 && i < 4; t++) {
            double a = cell(&r, "output", "site", "smelter", t), b = cell(&r, "output", "site", "other", t);
            double most = 32;
            most -= fmax(0, cases[i].share[0] * 32 - cases[i].headroom[0] * cases[i].share[0] * a);
            most -= fmax(0, cases[i].share[1] * 32 - cases[i].headroom[1] * cases[i].share[1] * b);
            double x = cell(&r, "output", "site", "works", t);
            if (x > most + 1e-4) fail_msg("case %d, step %d: %g of at most %g", i, t, x, most);
            bound += fabs(x - most) < 1e-4;
            if (t == 4) assert_true(a == 4); /* an eighth of 32 t */
        }
        assert_true(i == 4 || bound >= 3);
        drop(&r);
    }
    assert_true(unserved[0] > unserved[1] && unserved[1] > unserved[4] && unserved[4] == 0);
    assert_true(unserved[2] < unserved[0]);
}

static void assert_same_indium(const run_result *a, const run_result *b)
{
    static const char *const names[][3] = {
        {"output", "site", "works"},          {"on_hand", "hub", "indium/metal/JPN"},
        {"order", "hub", "indium/metal/JPN"}, {"unserved", "consumer", "indium/metal/JPN"},
        {"output", "site", "smelter"},        {"on_hand", "hub", "zinc/metal/JPN"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_memory_equal(series(a, names[i][0], names[i][1], names[i][2]),
                            series(b, names[i][0], names[i][1], names[i][2]),
                            (size_t)(steps_of(a) * traced(a)) * sizeof(double));
}

/* A host that gives a thousand times what is recovered never binds; the order of minerals changes nothing. */
static void test_never_binds(void **state)
{
    (void)state;
    run_result plain = run_text(pair(ALL, "", HAZARDS), NULL, "hosts-plain");
    run_result wide =
        run_text(pair(ALL, "  hosts: [{site: works, host: smelter, share: 100 %, headroom: 1000}]\n",
                      "hazards: {outages: {o: {mttf: 20 weeks, mttr: {exponential: {mean: 6 weeks}}, "
                      "derating: {uniform: {min: 30 %, max: 99 %}}}}}\n"),
                 NULL, "hosts-wide");
    run_result same =
        run_text(pair(ALL, "",
                      "hazards: {outages: {o: {mttf: 20 weeks, mttr: {exponential: {mean: 6 weeks}}, "
                      "derating: {uniform: {min: 30 %, max: 99 %}}}}}\n"),
                 NULL, "hosts-same");
    assert_same_indium(&wide, &same);
    drop(&wide);
    drop(&same);
    static const char *const orders[] = {ALL, INDIUM LEAD ZINC, LEAD INDIUM ZINC};
    run_result first = {0};
    for (int i = 0; i < 3; i++) {
        run_result r = run_text(pair(orders[i],
                                     "  hosts: [{site: works, host: smelter, share: 80 %}, {site: smelter, "
                                     "host: other, mode: basket}]\n",
                                     HAZARDS),
                                NULL, "hosts-order");
        if (i)
            assert_same_indium(&first, &r);
        else
            first = r;
        if (i == 0)
            assert_true(summary(&r, "expected_unserved", "indium") >
                        summary(&plain, "expected_unserved", "indium"));
        if (i) drop(&r);
    }
    drop(&first);
    drop(&plain);
}

/* A basket comes in proportion to the host, wanted or not; what the store cannot hold is thrown away.  Zinc
 * is wanted half as much again, so there is half as much again of indium. */
static void test_basket(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        run_result r =
            run_text(pair(ALL,
                          text("%s  hubs: [{mineral: indium, form: metal, country: CHN, storage: 60 t}]\n",
                               with ? "  hosts: [{site: works, host: smelter, mode: basket}]\n" : ""),
                          "events: [{from: 2, to: 20, object: demand/zinc/metal/JPN, field: factor, value: "
                          "1.5}, {from: 25, to: "
                          "30, object: site/smelter, field: availability, value: 0}]\n"),
                     NULL, "hosts-basket");
        double I = 32, thrown = 0;
        for (int t = 0; t < 40; t++) {
            double zinc = cell(&r, "output", "site", "smelter", t),
                   x = cell(&r, "output", "site", "works", t);
            if (!with) {
                assert_true(x == 16);
                continue;
            }
            double want = FLOOR(16 * (double)(float)(zinc / 16));
            assert_step(&r, "output", "site", "works", t, want);
            I += x - cell(&r, "shipment", "arc", "indium/metal/CHN/JPN", t);
            thrown += fmax(0, I - 60);
            I = fmin(60, I);
            assert_step(&r, "on_hand", "hub", "indium/metal/CHN", t, I);
        }
        assert_true(with ? thrown > 20 : thrown == 0);
        drop(&r);
    }
}

/* Nothing happens for 200 steps, to the last bit. */
static void test_at_rest(void **state)
{
    (void)state;
    static const char *const hosts[] = {
        "  hosts: [{site: works, host: smelter}]\n",
        "  hosts: [{site: works, host: smelter, mode: basket}]\n",
        "  hosts: [{site: works, host: smelter, share: 50 %, headroom: 1.3}, {site: works, host: other, "
        "share: 50 %}]\n",
        "  host_indices: {steel: {sd: 0 %, half_life: 1 year}}\n  hosts: [{site: works, host: steel}]\n"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        const char *sets[] = {"run.steps=200", "run.paths=2", "tallies.trace_paths=2"};
        run_result r =
            run_file(put_file("hosts-rest.yaml", pair(ALL, hosts[i], "")), sets, 3, NULL, "hosts-rest");
        static const char *const ids[] = {"zinc", "lead", "indium"};
        for (int k = 0; k < 3; k++) {
            assert_steps(&r, "on_hand", "hub", text("%s/metal/JPN", ids[k]), 0, 200, 96);
            assert_steps(&r, "on_hand", "hub", text("%s/metal/CHN", ids[k]), 0, 200, 32);
            assert_true(summary(&r, "expected_unserved", ids[k]) == 0);
        }
        assert_steps(&r, "output", "site", "works", 0, 200, 16);
        /* nor does anybody look for other suppliers: half of what the works could make no host ever gave [B3] */
        assert_steps(&r, "inbound_availability", "hub", "indium/metal/JPN", 0, 200, 1);
        drop(&r);
    }
}

/* ---- host index ---- */

/* With production pushed to capacity the by-product shows exp(h): log-normal with standard deviation `sd`,
 * and an autocorrelation that halves in a half-life. */
static void test_index_law(void **state)
{
    (void)state;
    enum { STEPS = 40, LAG = 10 };
    const char *yaml =
        "format: 1\nname: index\n"
        "run: {paths: 8192, seed: 11, start: 2026-01-05, step: 7 days, steps: 40, focus: JPN, per: horizon}\n"
        "market: {production: push}\n"
        "minerals: {unit: {forms: [metal], lattice_exponent: -30}}\n"
        "network:\n"
        "  sites: {works: {mineral: unit, form: metal, country: JPN, kind: mine, output: 16 t/step}}\n"
        "  demand: [{mineral: unit, form: metal, country: JPN, rate: 16 t/step}]\n"
        "  host_indices: {steel: {sd: 30 %, half_life: 70 days}}\n"
        "  hosts: [{site: works, host: steel, mode: basket}]\n"
        "tallies: {required_stock: false, trace_paths: 8192}\n";
    run_result r = run_text(yaml, NULL, "hosts-index");
    int64_t n = traced(&r);
    const double *x = series(&r, "output", "site", "works");
    static double h[2][8192], cross[8192];
    for (int first = 0; first < 2; first++) {
        int t0 = first ? STEPS - 1 - LAG : 0;
        for (int64_t p = 0; p < n; p++) {
            h[0][p] = log(x[t0 * n + p] / 16);
            h[1][p] = log(x[(t0 + LAG) * n + p] / 16);
            cross[p] = h[0][p] * h[1][p];
        }
        moments m = moments_of(h[0], n, 1), c = moments_of(cross, n, 1);
        compare(NULL, "mean of h", m.mean, 0, m.se);
        compare(NULL, "variance of h", m.variance, 0.09, m.variance_se);
        compare(NULL, "covariance over a half-life", c.mean, 0.045, c.se);
    }
    drop(&r);
    const char *sets[] = {"network.host_indices.steel.sd=0 %"};
    r = run_file(put_file("hosts-index.yaml", yaml), sets, 1, NULL, "hosts-index");
    assert_steps(&r, "output", "site", "works", 0, STEPS, 16);
    drop(&r);
}

/* A trend of the index: with growth of 20 % a year its basket grows with it. */
static void test_index_growth(void **state)
{
    (void)state;
    run_result r = run_text(pair(ALL,
                                 "  host_indices: {steel: {sd: 0 %, half_life: 1 year, growth: 20 %/year}}\n "
                                 " hosts: [{site: works, host: "
                                 "steel, mode: basket}]\n",
                                 ""),
                            NULL, "hosts-growth");
    for (int t = 0; t < 40; t++)
        assert_true(fabs(cell(&r, "output", "site", "works", t) - 16 * pow(1.2, t * DY)) < 1e-5);
    drop(&r);
}

/* `report` is carried to the result. */
static void test_report(void **state)
{
    (void)state;
    run_result r = run_text(pair(ZINC "  lead: {forms: [metal], report: no_data}\n" INDIUM, "", ""), NULL,
                            "hosts-report");
    const char *const *report = variable(&r, "summary", "report")->data;
    assert_string_equal(report[label(&r, "summary", "mineral", "zinc")], "host");
    assert_string_equal(report[label(&r, "summary", "mineral", "lead")], "no_data");
    assert_string_equal(report[label(&r, "summary", "mineral", "indium")], "headline");
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_limit),     cmocka_unit_test(test_never_binds),
                                       cmocka_unit_test(test_basket),    cmocka_unit_test(test_at_rest),
                                       cmocka_unit_test(test_index_law), cmocka_unit_test(test_index_growth),
                                       cmocka_unit_test(test_report)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
