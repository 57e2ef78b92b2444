/* Pooled stocks [6.6] and stocks of certain sectors [6.2]: step by step, and what they are without the
 * element. */
#include "duo.h"

/* Two importers of 16 t a step each, two steps away; what they hold is gone after the first step. */
#define TWO_MINE                                                                                             \
    "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 32 t/step, spare: 100 %}\n"
#define TWO_TRADE                                                                                            \
    "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2}\n"              \
    "    - {mineral: unit, form: metal, from: CHN, to: USA, volume: 16 t/step, lag_steps: 2}\n"
#define TWO_DEMAND                                                                                           \
    "    - {mineral: unit, form: metal, country: JPN, rate: 16 t/step}\n"                                    \
    "    - {mineral: unit, form: metal, country: USA, rate: 16 t/step}\n"
#define EMPTY                                                                                                \
    "  hubs: [{mineral: unit, form: metal, country: JPN, opening: 0 t}, {mineral: unit, form: metal, "       \
    "country: USA, opening: 0 t}]\n"
#define WEATHER                                                                                              \
    "events:\n"                                                                                              \
    "  - {from: 2, to: 9, object: restriction/CHN/unit/JPN, field: severity, value: 100 %}\n"                \
    "  - {from: 5, to: 12, object: restriction/CHN/unit/USA, field: severity, value: 60 %}\n"                \
    "  - {from: 16, to: 20, object: restriction/CHN/unit/USA, field: severity, value: 100 %}\n"              \
    "  - {from: 24, to: 30, object: restriction/CHN/unit/JPN, field: severity, value: 90 %}\n"

static const char *two(const char *stocks, const char *events)
{
    return text("%s%s", network_of("", TWO_MINE, TWO_TRADE, TWO_DEMAND EMPTY, events), stocks);
}

static const char *const hubs[] = {"unit/metal/JPN", "unit/metal/USA"};
static const char *const arcs[] = {"unit/metal/CHN/JPN", "unit/metal/CHN/USA"};
static const char *const parts[] = {"pool/JPN", "pool/USA"};

/* The rule in plain C: each member draws what it lacks up to its share of what may be released, then a part
 * of the rest goes to those who still lack, in proportion; what is drawn arrives `lag` steps later. */
static void test_pool(void **state)
{
    (void)state;
    static const struct {
        double opening, floor, at_most, share[2], solidarity;
        int lag[2];
    } rows[] = {{200, 0, 1e9, {0.5, 0.5}, 0, {0, 0}},   {200, 40, 1e9, {0.25, 0.5}, 1, {0, 0}},
                {500, 0, 20, {0.5, 0.25}, 0.5, {0, 0}}, {90, 0, 8, {0.9375, 0.0625}, 1, {0, 0}},
                {1000, 0, 1e9, {0.5, 0.5}, 0, {2, 0}},  {1000, 0, 24, {0.5, 0.5}, 1, {3, 1}},
                {60, 10, 1e9, {0.5, 0.5}, 0.75, {1, 4}}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        run_result r =
            run_text(two(text("stockpiles: {pool: {owner: joint, country: USA, mineral: unit, form: metal, "
                              "opening: %g t, "
                              "floor: %g t, at_most: %g t/step, trigger: always, solidarity: %g, members: "
                              "[{country: JPN, "
                              "share: %g, lag: %d weeks}, {country: USA, share: %g, lag: %d weeks}]}}\n",
                              rows[i].opening, rows[i].floor, rows[i].at_most, rows[i].solidarity,
                              rows[i].share[0], rows[i].lag[0], rows[i].share[1], rows[i].lag[1]),
                         WEATHER),
                     NULL, "pools-pool");
        double S = rows[i].opening, I[2] = {0}, sent[2][DUO_STEPS + 8] = {0}, total = 0;
        for (int t = 0; t < DUO_STEPS; t++) {
            double open = fmin(rows[i].at_most, fmax(0, S - rows[i].floor)), lack[2], x[2], sum = 0, out = 0;
            for (int k = 0; k < 2; k++) {
                I[k] += t < 2 ? 16 : cell(&r, "shipment", "arc", arcs[k], t - 2);
                lack[k] = fmax(0, 16 - I[k]);
                x[k] = fmin(lack[k], floor(rows[i].share[k] * open * 0x1p20) / 0x1p20);
                lack[k] -= x[k];
                sum += lack[k];
                out += x[k];
            }
            double rest = floor(rows[i].solidarity * (open - out) * 0x1p20) / 0x1p20,
                   theta = sum > rest ? rest / sum : 1;
            for (int k = 0; k < 2; k++) {
                x[k] += floor(lack[k] * theta * 0x1p20) / 0x1p20;
                S -= x[k];
                total += x[k];
                sent[k][t + rows[i].lag[k]] = x[k];
                I[k] += sent[k][t];
                assert_step(&r, "release", "tier", parts[k], t, x[k]);
                assert_step(&r, "unserved", "consumer", hubs[k], t, fmax(0, 16 - I[k]));
                I[k] = fmax(0, I[k] - 16);
                assert_step(&r, "on_hand", "hub", hubs[k], t, I[k]);
            }
            assert_step(&r, "stockpile", "tier", "pool", t, S);
        }
        assert_true(total > 0);
        drop(&r);
    }
}

/* One member with all of it, at no distance, is the same as a stock of its own. */
static void test_single_member(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "owner: joint", "owner: joint, members: [{country: JPN, share: 100 %}]",
        "owner: joint, solidarity: 40 %, members: [{country: JPN, share: 100 %}]",
        "owner: joint, solidarity: 100 %, members: [{country: JPN, share: 50 %}]"};
    double unserved = -1;
    for (int i = 0; i < 4; i++) {
        run_result r = run_text(two(text("stockpiles: {s: {%s, country: JPN, mineral: unit, form: metal, "
                                         "opening: 70 t, delay: 1 week, "
                                         "at_most: 12 t/step}}\n",
                                         keys[i]),
                                    WEATHER),
                                NULL, "pools-single");
        double u = summary(&r, "expected_unserved", NULL);
        if (i == 0)
            unserved = u;
        else
            assert_true(u == unserved && u > 0); /* solidarity 100 % of the unused half is the other half */
        drop(&r);
    }
    run_result r = run_text(two("", WEATHER), NULL, "pools-single");
    assert_true(summary(&r, "expected_unserved", NULL) > unserved);
    drop(&r);
}

/* Nothing happens: the pool stays as it is, to the last bit, over 200 steps. */
static void test_pool_at_rest(void **state)
{
    (void)state;
    const char *sets[] = {"run.steps=200", "run.paths=1", "tallies.trace_paths=1"};
    run_result r = run_file(
        put_file("pools-rest.yaml",
                 text("%s%s", network_of("", TWO_MINE, TWO_TRADE, TWO_DEMAND, ""),
                      "stockpiles: {pool: {owner: joint, country: USA, mineral: unit, form: metal, "
                      "opening: 28 days, trigger: always, solidarity: 50 %, members: [{country: JPN, "
                      "share: 50 %, lag: 3 weeks}, {country: USA, share: 50 %}]}}\n")),
        sets, 3, NULL, "pools-rest");
    assert_steps(&r, "stockpile", "tier", "pool", 0, 200, 128); /* 28 days of 32 t a week */
    for (int k = 0; k < 2; k++) {
        assert_steps(&r, "on_hand", "hub", hubs[k], 0, 200, 96);
        assert_steps(&r, "release", "tier", parts[k], 0, 200, 0);
    }
    drop(&r);
}

/* Under independent cuts one stock of 160 t serves two importers better in the mean than two of 80 t, on the
 * same paths [6.6]. */
static void test_pooling_gain(void **state)
{
    (void)state;
    static const char *const stocks[] = {
        "  j: {owner: national, country: JPN, mineral: unit, form: metal, opening: 80 t, trigger: always}\n"
        "  u: {owner: national, country: USA, mineral: unit, form: metal, opening: 80 t, trigger: always}\n",
        "  p: {owner: joint, country: USA, mineral: unit, form: metal, opening: 160 t, trigger: always, "
        "solidarity: 100 %, members: [{country: JPN, share: 50 %}, {country: USA, share: 50 %}]}\n",
        "  p: {owner: joint, country: USA, mineral: unit, form: metal, opening: 160 t, trigger: always, "
        "members: [{country: JPN, share: 50 %}, {country: USA, share: 50 %}]}\n"};
    enum { N = 4096 };
    static double u[3][N];
    for (int i = 0; i < 3; i++) {
        for (int focus = 0; focus < 2; focus++) {
            const char *hazards =
                "hazards:\n  outages: {cut: {mttf: 60 weeks, mttr: {exponential: {mean: 8 weeks}}}}\n";
            const char *sets[] = {focus ? "run.focus=USA" : "run.focus=JPN", "run.paths=4096",
                                  "tallies.trace_paths=0"};
            run_result r = run_file(
                put_file(
                    "pools-gain.yaml",
                    text("%sstockpiles:\n%s",
                         network_of("",
                                    "    a: {mineral: unit, form: metal, country: AUS, kind: mine, output: "
                                    "16 t/step, spare: 100 %}\n"
                                    "    c: {mineral: unit, form: metal, country: CHN, kind: mine, output: "
                                    "16 t/step, spare: 100 %}\n",
                                    "    - {mineral: unit, form: metal, from: AUS, to: JPN, volume: 16 "
                                    "t/step, lag_steps: 2}\n"
                                    "    - {mineral: unit, form: metal, from: CHN, to: USA, volume: 16 "
                                    "t/step, lag_steps: 2}\n",
                                    TWO_DEMAND EMPTY, hazards),
                         stocks[i])),
                sets, 3, NULL, "pools-gain");
            int64_t n;
            const double *x = samples(&r, "unserved", NULL, &n);
            assert_true(n == N);
            for (int p = 0; p < N; p++) u[i][p] = x[p] + (focus ? u[i][p] : 0);
            drop(&r);
        }
    }
    static double gain[N];
    for (int p = 0; p < N; p++) gain[p] = u[0][p] - u[1][p];
    moments m = moments_of(gain, N, 1);
    print_message("pooling saves %.4g t of %.4g t, +- %.2g t\n", m.mean, moments_of(u[0], N, 1).mean, m.se);
    assert_true(m.mean > 4 * m.se);
    for (int p = 0; p < N; p++) gain[p] = u[2][p] - u[1][p]; /* solidarity never costs in the mean */
    m = moments_of(gain, N, 1);
    assert_true(m.mean > 4 * m.se);
}

/* ---- sectors ---- */

/* Two sectors of 8 t, of one class.  A stock kept for chips gives to them alone, before what there is for all
 * is shared. */
static void test_sectors(void **state)
{
    (void)state;
    static const char *const keys[] = {", sectors: [chips]", ", sectors: [chips, cars]", "",
                                       ", sectors: [cars]"};
    double unserved[4][2] = {{0}};
    for (int i = 0; i < 4; i++) {
        run_result r = run_text(
            text("%sstockpiles: {s: {owner: national, country: JPN, mineral: unit, form: metal, opening: 40 "
                 "t, "
                 "trigger: always, at_most: 6 t/step%s}}\n",
                 network_of(
                     "", DUO_MINE, DUO_TRADE,
                     "    - {mineral: unit, form: metal, country: JPN, sector: chips, rate: 8 t/step}\n"
                     "    - {mineral: unit, form: metal, country: JPN, sector: cars, rate: 8 t/step}\n"
                     "  hubs: [{mineral: unit, form: metal, country: JPN, opening: 0 t}]\n",
                     "events: [{from: 0, object: restriction/CHN/unit, field: severity, value: 75 %}]\n"),
                 keys[i]),
            NULL, "pools-sectors");
        double S = 40, dust = 0; /* what rounding leaves on hand */
        for (int t = 0; t < 30; t++) {
            double here = dust + (t < 2 ? 16 : 4);
            if (t >= 2) assert_step(&r, "shipment", "arc", ARC, t - 2, 4);
            double x = fmin(fmin(16 - here, 6), S), own = i == 0 || i == 3 ? fmin(x, 8) : x;
            S -= own;
            assert_step(&r, "release", "tier", "s", t, own);
            assert_step(&r, "stockpile", "tier", "s", t, S);
            double open[2] = {8, 8}; /* chips, cars */
            if (i == 0) open[0] -= own;
            if (i == 3) open[1] -= own;
            if (i == 1) open[0] -= own / 2, open[1] -= own / 2;
            double common = i == 2 ? here + own : here, sum = open[0] + open[1],
                   theta = sum > common ? common / sum : 1;
            for (int k = 0; k < 2; k++) {
                double grant = floor(open[k] * theta * 0x1p20) / 0x1p20, u = open[k] - grant;
                assert_step(&r, "unserved", "consumer", k ? HUB "/cars" : HUB "/chips", t, u);
                unserved[i][k] += u;
                common -= grant;
            }
            dust = common;
        }
        drop(&r);
    }
    assert_true(unserved[0][0] < unserved[2][0] && unserved[0][1] > unserved[2][1]);
    assert_true(unserved[3][0] == unserved[0][1] && unserved[3][1] == unserved[0][0]);
    assert_true(fabs(unserved[1][0] - unserved[2][0]) < 1e-4 && fabs(unserved[1][1] - unserved[2][1]) < 1e-4);
}

/* ---- classes of priority ---- */

/* Nine classes of 2 t: 7 t serve the first three and half of the fourth; the order of rows is irrelevant. */
static void test_nine_classes(void **state)
{
    (void)state;
    for (int reversed = 0; reversed < 3; reversed++) { /* the third time all in one class */
        char rows[4096] = "";
        for (int k = 1; k <= 9; k++)
            snprintf(rows + strlen(rows), sizeof rows - strlen(rows),
                     "    - {mineral: unit, form: metal, country: JPN, sector: s%d, rate: 2 t/step, "
                     "priority: %d}\n",
                     reversed == 1 ? 10 - k : k,
                     reversed == 2   ? 5
                     : reversed == 1 ? 10 - k
                                     : k);
        run_result r = run_text(
            network_of(
                "", "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 18 t/step}\n",
                "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 18 t/step, lag_steps: 1}\n",
                text("%s  hubs: [{mineral: unit, form: metal, country: JPN, opening: 0 t}]\n", rows),
                "events: [{from: 0, object: arc/unit/metal/CHN/JPN, field: availability, value: 0.3889}]\n"),
            NULL, "pools-classes");
        double here = cell(&r, "shipment", "arc", ARC, 0);
        assert_true(here > 6.9 && here < 7.1);
        for (int k = 1; k <= 9; k++) {
            double u =
                reversed == 2 ? 2 - floor(2 * (here / 18) * 0x1p20) / 0x1p20 : fmin(2, fmax(0, 2 * k - here));
            assert_step(&r, "unserved", "consumer", text(HUB "/s%d", k), 1, u);
        }
        drop(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pool),         cmocka_unit_test(test_single_member),
        cmocka_unit_test(test_pool_at_rest), cmocka_unit_test(test_pooling_gain),
        cmocka_unit_test(test_sectors),      cmocka_unit_test(test_nine_classes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
