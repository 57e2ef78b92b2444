/* Loss of single objects [8.11]: step responses worked out on paper, and the same losses as scripted events.
 */
#include "case.h"

#define CONFIG(name) KURA_SOURCE_DIR "/configs/analytic/" name ".yaml"

/* kura_n_minus_1 of a scenario file. */
static run_result lose_of(const char *mineral, int threads, const char *path, const char *const *sets,
                          size_t n, const double *weeks, int nweeks, const char *from)
{
    run_result r = {0};
    kura_scenario *s = NULL;
    kura_result *result = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    kura_n_minus_1_options options = {
        .weeks = weeks, .nweeks = nweeks, .from = from, .threads = threads, .mineral = mineral};
    if (kura_scenario_load(path, sets, n, &s, &diag, &err)) fail_msg("%s: %s", path, err.message);
    if (kura_n_minus_1(s, &options, &result, &err)) fail_msg("%s: %s", path, err.message);
    snprintf(r.path, sizeof r.path, "%s/n-minus-1.h5", KURA_TEST_TMP);
    if (kura_result_write(result, r.path, 1, 1, &err)) fail_msg("%s: %s", r.path, err.message);
    if (kura_io_read(r.path, NULL, &r.frame, &err)) fail_msg("%s: %s", r.path, err.message);
    if (kura_file_digest(r.path, r.digest, &err)) fail_msg("%s: %s", r.path, err.message);
    kura_diag_fini(&diag);
    kura_result_free(result);
    kura_scenario_free(s);
    return r;
}

static run_result lose_by(int threads, const char *path, const char *const *sets, size_t n,
                          const double *weeks, int nweeks, const char *from)
{
    return lose_of(NULL, threads, path, sets, n, weeks, nweeks, from);
}

static run_result lose(const char *path, const char *const *sets, size_t n, const double *weeks, int nweeks,
                       const char *from)
{
    return lose_by(2, path, sets, n, weeks, nweeks, from);
}

static double of(const run_result *r, const char *name, const char *loss, int time)
{
    int64_t times = size_of(r, "n_minus_1", "duration");
    return numbers(r, "n_minus_1", name)[label(r, "n_minus_1", "loss", loss) * times + time];
}

static double survives(const run_result *r, const char *loss)
{
    return numbers(r, "n_minus_1", "time_to_survive")[label(r, "n_minus_1", "loss", loss)];
}

static int secure(const run_result *r, const char *suffix, const char *loss, int time)
{
    int64_t times = size_of(r, "n_minus_1", "duration");
    const int8_t *x = variable(r, "n_minus_1", text("secure%s", suffix))->data;
    return x[label(r, "n_minus_1", "loss", loss) * times + time];
}

static void expect(const char *what, double value, double want)
{
    if (!(value == want || (isnan(value) && isnan(want))))
        fail_msg("%s: %.17g, expected %.17g", what, value, want);
}

/* The embargo of configs/analytic/embargo.yaml (family DETERM: d = 8 t a step, lag l, firm stock S, national
 * stock N released at r a step after a decision of dd steps, embargo of L steps) as the loss of all exports.
 * By hand: arrivals stop for L steps from step l on; S lasts S/d steps, and so on. */
static void test_embargo(void **state)
{
    (void)state;
    static const struct {
        int L, S, N, r, delay;
        double unserved, first, steps; /* t; steps after the loss began; of shortage */
    } rows[] = {{20, 40, 64, 8, 0, 56, 17, 7},
                {20, 40, 64, 4, 0, 60, 9, 15},
                {20, 16, 64, 8, 10, 80, 6, 10},
                {5, 40, 0, 0, 0, 0, NAN, 0}};
    for (int i = 0; i < 4; i++) {
        double weeks[] = {rows[i].L};
        const char *sets[] = {
            "events=null",
            text("network.hubs=[{mineral: unit, form: good, country: JPN, opening: %d t}]", rows[i].S),
            rows[i].N ? text("stockpiles.national={owner: national, country: JPN, mineral: unit, form: good, "
                             "opening: %d t, at_most: %d t/step, delay: %d weeks}",
                             rows[i].N, rows[i].r, rows[i].delay)
                      : "stockpiles=null"};
        run_result r = lose(CONFIG("embargo"), sets, 3, weeks, 1, "2026-03-12"); /* step 10 */
        const char *all = "unit/exports/CHN";
        expect("unserved", of(&r, "unserved", all, 0), rows[i].unserved);
        expect("share", of(&r, "unserved_share", all, 0), rows[i].unserved / (8.0 * rows[i].L));
        expect("first shortage", of(&r, "first_shortage", all, 0), 7 * rows[i].first);
        expect("secure", secure(&r, "", all, 0), rows[i].steps == 0);
        /* arrivals come back 4 steps after the end of the loss */
        expect("recovery", of(&r, "recovery", all, 0), rows[i].steps > 0 ? 28 : NAN);
        /* without the national stock: the firm stock alone */
        double bare = 4 + rows[i].S / 8;
        int bridged = rows[i].L <= rows[i].S / 8;
        expect("first shortage without", of(&r, "first_shortage_without_stockpile", all, 0),
               bridged ? NAN : 7 * bare);
        expect("unserved without", of(&r, "unserved_without_stockpile", all, 0),
               bridged ? 0 : 8.0 * rows[i].L - rows[i].S);
        /* a loss of n steps takes n arrivals: bridged as long as none of its steps is short */
        double survive = rows[i].steps > 0 ? 7 * (rows[i].first - 4) : INFINITY;
        expect("time to survive", survives(&r, all), survive);
        expect("supply share", numbers(&r, "n_minus_1", "supply_share")[label(&r, "n_minus_1", "loss", all)],
               1);
        drop(&r);
    }
}

/* Two suppliers over two routes, a refinery, a national stock: every loss equals a run with the same loss as
 * events, to the last bit. */
static const char *const network =
    "format: 1\nname: losses\n"
    "run: {paths: 64, seed: 1, start: 2026-01-05, step: 7 days, steps: 100, focus: JPN, per: horizon}\n"
    "minerals:\n  metal: {forms: [ore, refined], price: {initial: 1000 USD/t, half_life: 1 year, "
    "volatility: 40 %/sqrt(year), scarcity: 4}, demand_response: {elasticity: 0.5}}\n"
    "network:\n  sites:\n"
    "    mine-CHN: {mineral: metal, form: ore, country: CHN, kind: mine, output: 60 t/step, spare: 10 %}\n"
    "    mine-AUS: {mineral: metal, form: ore, country: AUS, kind: mine, output: 50 t/step, spare: 10 %}\n"
    "    works-CHN: {mineral: metal, form: refined, country: CHN, kind: refine, output: 60 t/step, spare: 10 "
    "%}\n"
    "    works-JPN: {mineral: metal, form: refined, country: JPN, kind: refine, output: 50 t/step, spare: 10 "
    "%}\n"
    "  trade:\n"
    "    - {mineral: metal, form: ore, from: AUS, to: JPN, volume: 50 t/step, lag_steps: 3, routes: "
    "[malacca]}\n"
    "    - {mineral: metal, form: refined, from: CHN, to: JPN, volume: 40 t/step, lag_steps: 1}\n"
    "  demand:\n"
    "    - {mineral: metal, form: refined, country: JPN, rate: 90 t/step}\n"
    "    - {mineral: metal, form: refined, country: CHN, rate: 20 t/step}\n"
    "hazards:\n"
    "  chokepoints: {malacca: {rate: 0.5 /year, duration: {constant: 8 weeks}, capacity_loss: 50 %}}\n"
    "  outages: {works: {select: {kinds: [refine]}, mttf: 1 year, mttr: {exponential: {mean: 4 weeks}}}}\n"
    "  restrictions: {ban: {exporter: CHN, minerals: [metal], onset: 0.5 /year, types: {ban: {duration: "
    "{constant: 26 weeks}}}}}\n"
    "stockpiles:\n"
    "  national: {owner: national, country: JPN, mineral: metal, form: refined, opening: 300 t, at_most: 60 "
    "t/step, delay: 2 weeks}\n";

static void test_as_events(void **state)
{
    (void)state;
    static const struct {
        const char *loss, *events;
        double share;
    } cases[] = {
        {"metal/site/works-JPN", "{from: 20, to: 46, object: site/works-JPN, field: availability, value: 0}",
         50 / 90.0},
        {"metal/country/CHN",
         "{from: 20, to: 46, object: country/CHN, field: availability, value: 0}, {from: 20, to: 46, object: "
         "arc/metal/refined/CHN/JPN, field: availability, value: 0}",
         40 / 90.0},
        {"metal/exports/AUS",
         "{from: 20, to: 46, object: arc/metal/ore/AUS/JPN, field: availability, value: 0}", 50 / 90.0},
        {"metal/route/malacca",
         "{from: 20, to: 46, object: arc/metal/ore/AUS/JPN, field: availability, value: 0}", 50 / 90.0},
    };
    double weeks[] = {26, 16};
    const char *file = put_file("losses.yaml", network);
    run_result r = lose(file, NULL, 0, weeks, 2, "2026-05-25"); /* step 20 */
    for (int i = 0; i < 4; i++) {
        const char *sets[] = {"hazards=null", "minerals.metal.price=null",
                              "minerals.metal.demand_response=null", text("events=[%s]", cases[i].events)};
        run_result e = run_file(file, sets, 4, NULL, "losses-events");
        double unserved = summary(&e, "expected_unserved", NULL);
        double first = samples(&e, "first_shortage", NULL, NULL)[0];
        print_message("  %-24s %.6g t, first in step %g\n", cases[i].loss, unserved, first);
        assert_true(unserved > 0);
        expect("unserved", of(&r, "unserved", cases[i].loss, 0), unserved);
        expect("first", of(&r, "first_shortage", cases[i].loss, 0), 7 * (first - 20));
        assert_true(
            fabs(numbers(&r, "n_minus_1", "supply_share")[label(&r, "n_minus_1", "loss", cases[i].loss)] -
                 cases[i].share) < 1e-6);
        drop(&e);
    }
    /* capacity: CHN has 60 of 110 t of mines and of works, each form counts half */
    for (int d = 0; d < 2; d++) {
        static const struct {
            const char *loss;
            double capacity;
        } countries[] = {{"metal/country/CHN", (60 / 110.0 + 60 / 110.0) / 2},
                         {"metal/country/AUS", (50 / 110.0) / 2},
                         {"metal/country/JPN", (50 / 110.0) / 2}};
        double index = numbers(&r, "n_minus_1", "index_countries")[d], want = 0;
        for (int i = 0; i < 3; i++) want += secure(&r, "", countries[i].loss, d) ? 0 : countries[i].capacity;
        print_message("  index of countries, %g weeks: %.6g, by hand %.6g\n", weeks[d], index, want);
        assert_true(fabs(index - want) < 1e-6 && (d ? want > 0 && want < 0.9 : want > 0.9));
    }
    drop(&r);
}

/* More losses than one bundle carries, by one thread and by three: the same result; and in a run on request.
 */
static void test_threads(void **state)
{
    (void)state;
    double weeks[20];
    char digest[65] = "";
    const char *file = put_file("losses.yaml", network), *sets[] = {"tallies.n_minus_1=true"};
    for (int i = 0; i < 20; i++) weeks[i] = 2 * (i + 1);
    for (int threads = 1; threads <= 3; threads += 2) {
        run_result r = lose_by(threads, file, NULL, 0, weeks, 20, NULL);
        assert_true(kura_frame_dim_size(kura_frame_find(r.frame, "n_minus_1"), "loss") * 20 > 2 * 63);
        if (digest[0]) assert_string_equal(digest, r.digest);
        memcpy(digest, r.digest, sizeof digest);
        drop(&r);
    }
    run_result run = run_file(file, sets, 1, NULL, "losses-run"), alone = lose(file, NULL, 0, NULL, 0, NULL);
    int64_t n = size_of(&alone, "n_minus_1", "unserved");
    assert_true(n > 0 && n == size_of(&run, "n_minus_1", "unserved"));
    assert_memory_equal(numbers(&run, "n_minus_1", "unserved"), numbers(&alone, "n_minus_1", "unserved"),
                        (size_t)n * sizeof(double));
    drop(&run), drop(&alone);
}

/* Losses meet the base flow that levers have made by then; diplomacy, without anything to act on, is no bar.
 * Nothing is late, so what the ban of all exports leaves is the output of the new mine. */
static void test_levers(void **state)
{
    (void)state;
    const char *const sets[] = {
        "levers.investment.pit={mineral: unit, form: metal, country: AUS, kind: mine, output: 4 t/step, "
        "offtake: {JPN: 100 %}, offtake_lag: 2 weeks, start: 4}",
        "levers.diplomacy.talks={countries: [CHN], effect: 50 %}",
        "hazards={regimes: {CHN: {tension: 1 /year, coercion: 1 /year, relax: 1 /year, ease: 1 /year}}}"};
    const char *file =
        put_file("losses-levers.yaml",
                 "format: 1\nname: levers\n"
                 "run: {paths: 64, seed: 1, start: 2026-01-05, step: 7 days, steps: 150, focus: "
                 "JPN, per: horizon}\n"
                 "minerals: {unit: {forms: [metal], lattice_exponent: -20}}\n"
                 "network:\n"
                 "  hubs: [{mineral: unit, form: metal, country: JPN, cover: 0 days}]\n"
                 "  sites: {mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: "
                 "16 t/step}}\n"
                 "  trade: [{mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, "
                 "lag_steps: 2}]\n"
                 "  demand: [{mineral: unit, form: metal, country: JPN, rate: 16 t/step}]\n");
    static const double weeks[] = {26};
    double unserved[2];
    for (int levers = 0; levers < 2; levers++) {
        run_result r = lose(file, sets, levers ? 3 : 0, weeks, 1, "2026-07-06");
        unserved[levers] =
            numbers(&r, "n_minus_1", "unserved")[label(&r, "n_minus_1", "loss", "unit/exports/CHN")];
        drop(&r);
    }
    print_message("  unserved %.4f without, %.4f with levers\n", unserved[0], unserved[1]);
    assert_true(unserved[0] == 26 * 16 && unserved[1] == 26 * 12);
}

/* Indium has a site more than zinc, so that lanes of the two lose different things. */
static const char *const metals =
    "format: 1\nname: metals\n"
    "run: {paths: 64, seed: 1, start: 2026-01-05, step: 7 days, steps: 150, focus: JPN, per: horizon}\n"
    "minerals:\n  zinc: {forms: [metal]}\n  indium: {forms: [metal]}\n"
    "network:\n  sites:\n"
    "    indium-AUS: {mineral: indium, form: metal, country: AUS, kind: mine, output: 2 t/step, spare: 5 %}\n"
    "    zinc-CHN: {mineral: zinc, form: metal, country: CHN, kind: mine, output: 100 t/step, spare: 5 %}\n"
    "    indium-CHN: {mineral: indium, form: metal, country: CHN, kind: mine, output: 10 t/step, spare: 5 "
    "%}\n"
    "  trade:\n"
    "    - {mineral: zinc, form: metal, from: CHN, to: JPN, volume: 40 t/step, lag_steps: 2}\n"
    "    - {mineral: indium, form: metal, from: AUS, to: JPN, volume: 2 t/step, lag_steps: 2}\n"
    "    - {mineral: indium, form: metal, from: CHN, to: JPN, volume: 6 t/step, lag_steps: 2}\n"
    "  demand:\n"
    "    - {mineral: zinc, form: metal, country: CHN, rate: 60 t/step}\n"
    "    - {mineral: zinc, form: metal, country: JPN, rate: 40 t/step}\n"
    "    - {mineral: indium, form: metal, country: CHN, rate: 4 t/step}\n"
    "    - {mineral: indium, form: metal, country: JPN, rate: 8 t/step}\n"
    "  hosts:\n    - {site: indium-CHN, host: zinc-CHN, share: 80 %, headroom: 1.05}\n";

/* What a host loses on its lanes does not reach its by-product: alone or with its host, the same figures. */
static void test_by_product(void **state)
{
    (void)state;
    static const char *const names[] = {"unserved", "first_shortage", "recovery", "worst_share"};
    const char *file = put_file("metals.yaml", metals);
    run_result all = lose_of(NULL, 2, file, NULL, 0, NULL, 0, NULL),
               one = lose_of("indium", 2, file, NULL, 0, NULL, 0, NULL);
    const char *const *losses = variable(&one, "n_minus_1", "loss")->data;
    int64_t n = kura_frame_dim_size(kura_frame_find(one.frame, "n_minus_1"), "loss");
    assert_true(n > 0 && n < kura_frame_dim_size(kura_frame_find(all.frame, "n_minus_1"), "loss"));
    for (int64_t i = 0; i < n; i++)
        for (int k = 0; k < 4; k++)
            for (int d = 0; d < 4; d++)
                expect(losses[i], of(&all, names[k], losses[i], d), of(&one, names[k], losses[i], d));
    drop(&all), drop(&one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_embargo), cmocka_unit_test(test_as_events),
                                       cmocka_unit_test(test_threads), cmocka_unit_test(test_levers),
                                       cmocka_unit_test(test_by_product)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
