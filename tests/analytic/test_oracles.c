/* A store in continuous time and one outage against days of cover, as the scenario files of configs/analytic.
 *
 * Every statistical comparison: H0 "the engine's expectation is the reference", 4 standard errors two-sided,
 * fixed seeds. */
#include "case.h"

#define CONFIG(name) KURA_SOURCE_DIR "/configs/analytic/" name ".yaml"

/* ---- a store between a source that fails and a steady use ---- */

typedef struct {
    int K;
    double shortage, full, events, mean; /* shares of time; a day; t */
} stationary_law;

static const char *store(int K, double h)
{
    return text("network.hubs=[{mineral: unit, form: good, country: JPN, storage: %.17g t, opening: %d t}]",
                K + h, K);
}

enum { FIGURES = 4 };
static const char *const figures[FIGURES] = {"unserved a day", "P(shortage)", "short steps", "events a day"};

/* Long paths: what accumulates. */
static void run_long(const stationary_law *law, double h, double value[FIGURES], double se[FIGURES])
{
    const char *sets[] = {text("run.step=%.17g days", h), store(law->K, h),
                          text("run.seed=%d", 470 + law->K)};
    run_result r = run_file(CONFIG("fluid"), sets, 3, NULL, "oracles-fluid");
    double days = (double)steps_of(&r) * h;
    assert_true(days == 146104);
    value[0] = summary(&r, "expected_unserved", NULL) / days;
    se[0] = summary(&r, "expected_unserved_se", NULL) / days;
    value[1] = numbers(&r, "summary", "loss_of_load_by_depth")[3] / days; /* deeper than 50 % */
    se[1] = numbers(&r, "summary", "loss_of_load_by_depth_se")[3] / days;
    value[2] = summary(&r, "expected_short_steps", NULL) * h / days;
    se[2] = summary(&r, "expected_short_steps_se", NULL) * h / days;
    value[3] = (summary(&r, "loss_of_load_events", NULL) - law->shortage) / days; /* begun before the start */
    se[3] = summary(&r, "loss_of_load_events_se", NULL) / days;
    drop(&r);
}

/* The end of one step long after the start, on many paths: full and mean stock. */
static void run_instant(const stationary_law *law, double h, scores *s)
{
    const char *sets[] = {text("run.step=%.17g days", h),
                          store(law->K, h),
                          text("run.seed=%d", 480 + law->K),
                          "run.horizon=null",
                          "run.steps=1",
                          "run.paths=32768",
                          "tallies.trace_paths=32768"};
    run_result r = run_file(CONFIG("fluid"), sets, 7, NULL, "oracles-fluid-end");
    int64_t n = traced(&r), full = 0;
    const double *I = series(&r, "on_hand", "hub", "unit/good/JPN");
    for (int64_t p = 0; p < n; p++) full += I[p] > law->K - 1e-6; /* dust of the lattice */
    moments m = moments_of(I, n, 1);
    compare(s, "P(full)", (double)full / (double)n, law->full, sqrt(law->full * (1 - law->full) / (double)n));
    compare(NULL, "mean stock", m.mean, law->mean, m.se);
    drop(&r);
}

/* The times of failure and repair are the same for every length of step, so the figures differ by what the
 * step does alone: in proportion to it.  Half the step must take away half of the error, within a tenth. */
static void check_halving(const char *what, const double x[4])
{
    for (int i = 0; i < 2; i++) {
        double ratio = (x[i + 1] - x[i + 2]) / (x[i] - x[i + 1]);
        print_message("  %-20s error halves by %.3f\n", what, ratio);
        if (!(fabs(ratio - 0.5) < 0.1))
            fail_msg("%s: the error falls by %.3f where 0.5 is expected", what, ratio);
    }
}

static void test_fluid(void **state)
{
    (void)state;
    static const stationary_law laws[] = {
        {60, 0.06729320293200147, 0.6854008572501894, 0.0003738511274000082, 48.54887588190115},
        {180, 0.04473388039061199, 0.4598076318362946, 0.00024852155772562217, 127.45844385029758}};
    static const double steps[] = {14, 7, 3.5, 1.75};
    scores all = {0};
    for (int k = 0; k < 2; k++) {
        const stationary_law *law = &laws[k];
        double exact[FIGURES] = {law->shortage, law->shortage, law->shortage, law->events};
        double value[FIGURES][4], se[FIGURES];
        for (int i = 0; i < 4; i++) {
            double x[FIGURES];
            run_long(law, steps[i], x, se);
            print_message("K = %d, steps of %g days:", law->K, steps[i]);
            for (int f = 0; f < FIGURES; f++) {
                value[f][i] = x[f];
                print_message(" %s %+.2f %%", figures[f], 100 * (x[f] / exact[f] - 1));
            }
            print_message("\n");
        }
        for (int f = 0; f < FIGURES; f++) {
            if (f != 1) check_halving(figures[f], value[f]); /* f = 1 has hardly an error to halve */
            double limit = 2 * value[f][3] - value[f][2];
            compare(NULL, text("%s, limit of short steps", figures[f]), limit, exact[f], se[f]);
            if (f == 2) continue; /* every step touched: 0.9 of a step more a shortage */
            compare(f == 3 ? &all : NULL, text("%s, steps of 1.75 days", figures[f]), value[f][3], exact[f],
                    se[f]);
        }
        double touched = (value[2][3] - value[1][3]) / (1.75 * law->events);
        print_message("  steps touched beyond the share of time: %.3f a shortage\n", touched);
        assert_true(fabs(touched - 10.0 / 11) < 0.1);
        run_instant(law, 1.75, &all);
    }
    assert_scores(&all, "fluid");
}

/* ---- one outage against days of cover ---- */

static void test_exponential_cover(void **state)
{
    (void)state;
    static const int covers[] = {0, 18, 42, 60, 90, 180, 365};
    static const struct {
        int mean, paths;
        double probability[7], unserved[7]; /* P_shortage_given_event, E_unserved_days_given_event */
    } rows[] = {{30,
                 262144,
                 {1, 0.5488116360940264, 0.2465969639416065, 0.1353352832366127, 0.049787068367863944,
                  0.0024787521766663585, 5.200963470939485e-06},
                 {30, 16.464349082820792, 7.397908918248195, 4.060058497098381, 1.4936120510359183,
                  0.07436256529999076, 0.00015602890412818457}},
                {180,
                 32768,
                 {1, 0.9048374180359595, 0.7918895663367816, 0.7165313105737893, 0.6065306597126334,
                  0.36787944117144233, 0.1316277023877386},
                 {180, 162.87073524647272, 142.5401219406207, 128.97563590328207, 109.17551874827402,
                  66.21829941085961, 23.69298642979295}}};
    scores s = {0}, u = {0};
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 7; k++) {
            double p = rows[i].probability[k], n = rows[i].paths;
            const char *sets[] = {
                text("network.hubs=[{mineral: unit, form: good, country: JPN, storage: %d t, opening: %d t}]",
                     covers[k] + 1, covers[k]),
                text("hazards.outages.failure.mttr={exponential: {mean: %d days}}", rows[i].mean),
                text("run.steps=%d", 15 * rows[i].mean), text("run.seed=%d", 490 + 10 * i + k),
                text("run.paths=%d", rows[i].paths)};
            run_result r = run_file(CONFIG("exponential-cover"), sets, 5, NULL, "oracles-cover");
            double any = summary(&r, "shortage_probability_any", NULL);
            print_message("mean %d days, cover %d days\n", rows[i].mean, covers[k]);
            if (covers[k] == 0)
                assert_true(any == 1);
            else if (p * n < 20) /* 1.4 expected: more than 12 has probability 1e-8 */
                assert_true(any * n <= 12);
            else
                compare(&s, "P(shortage)", any, p, sqrt(p * (1 - p) / n));
            if (p * n >= 20)
                compare(&u, "unserved days", summary(&r, "expected_unserved", NULL), rows[i].unserved[k],
                        summary(&r, "expected_unserved_se", NULL));
            assert_true(summary(&r, "loss_of_load_events", NULL) == any); /* one event a path */
            drop(&r);
        }
    assert_scores(&s, "cover, P");
    assert_scores(&u, "cover, unserved");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fluid),
                                       cmocka_unit_test(test_exponential_cover)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
