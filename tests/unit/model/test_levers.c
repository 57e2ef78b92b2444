/* Levers on the network [7]: sharing under limits, outflow by lifetimes, base flows of all epochs, dependence
 * looked through. */
#include "frame_util.h"
#include "model/dependence.h"
#include "model/model.h"
#include "model/outflow.h"
#include "model/read.h"
#include "model/water_filling.h"
#include "num/pcg.h"

typedef struct {
    kura_stream stream;
    uint64_t n;
} source;

static double uniform(source *s) { return kura_stream_uniform(&s->stream, 0, s->n++); }

static source source_of(uint64_t seed)
{
    source s = {.n = 0};
    kura_stream_init(&s.stream, seed, "test/levers");
    return s;
}

/* ---- sharing under limits ---- */

/* Sum of min(most, level v). */
static double filled(int n, const double *v, const double *most, double level)
{
    double sum = 0;
    for (int i = 0; i < n; i++) sum += fmin(most[i], level * v[i]);
    return sum;
}

/* The level found by bisection: no order of passes, no notion of who is capped. */
static double brute_level(int n, const double *v, const double *most, double total)
{
    double low = 0, high = 1;
    while (filled(n, v, most, high) < total && high < 1e15) high *= 2;
    for (int k = 0; k < 200; k++) {
        double mid = 0.5 * (low + high);
        if (filled(n, v, most, mid) < total)
            low = mid;
        else
            high = mid;
    }
    return high;
}

static void test_water_filling(void **state)
{
    (void)state;
    enum { N = 12 };
    int infeasible = 0, bound = 0;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        source s = source_of(seed);
        for (int k = 0; k < 2000; k++) {
            int n = 1 + (int)(uniform(&s) * N);
            double v[N], most[N], x[N], total = 0, room = 0;
            for (int i = 0; i < n; i++) {
                v[i] = uniform(&s) < 0.15 ? 0 : floor(1e6 * uniform(&s));
                most[i] = uniform(&s) < 0.3 ? 1e15 : floor(2 * v[i] * uniform(&s));
                total += v[i];
                room += v[i] > 0 ? most[i] : 0;
            }
            double rest = km_water_fill(n, v, most, total, x), sum = 0;
            if (room < total) { /* infeasible: everybody at the limit, the rest is left */
                infeasible++;
                for (int i = 0; i < n; i++) assert_true(x[i] == (v[i] > 0 ? most[i] : 0));
                assert_true(fabs(rest - (total - room)) <= 1e-9 * (1 + total));
                continue;
            }
            double level = brute_level(n, v, most, total);
            for (int i = 0; i < n; i++) {
                double want = fmin(most[i], level * v[i]);
                bound += v[i] > 0 && x[i] == most[i];
                sum += x[i];
                if (fabs(x[i] - want) > 1e-9 * (1 + total))
                    fail_msg("seed %d, case %d: %.12g, by bisection %.12g", (int)seed, k, x[i], want);
            }
            assert_true(fabs(rest) <= 1e-9 * (1 + total) && fabs(sum - total) <= 1e-9 * (1 + total));
        }
    }
    assert_true(infeasible > 500 && bound > 5000); /* both kinds were met */
}

/* Whole numbers, the same sum, nobody above the limit, none further than the number of entries from its
 * share.
 */
static void test_lattice(void **state)
{
    (void)state;
    enum { N = 9 };
    source s = source_of(1);
    for (int k = 0; k < 5000; k++) {
        int n = 1 + (int)(uniform(&s) * N);
        double v[N], most[N], x[N], whole[N], total = 0, sum = 0;
        for (int i = 0; i < n; i++) {
            v[i] = floor(1e4 * uniform(&s));
            most[i] = v[i];
            total += v[i];
        }
        total = floor(total * uniform(&s));
        assert_true(km_water_fill(n, v, most, total, x) == 0);
        memcpy(whole, x, sizeof whole);
        km_to_lattice(n, most, whole);
        for (int i = 0; i < n; i++) {
            assert_true(whole[i] == floor(whole[i]) && whole[i] <= most[i] && fabs(whole[i] - x[i]) <= n);
            sum += whole[i];
        }
        assert_true(sum == total);
    }
}

/* ---- outflow ---- */

static kura_dist law(kura_dist_kind kind, double a, double b)
{
    kura_dist d;
    kura_error err = {0};
    assert_int_equal(kura_dist_init(&d, NULL, kind, a, b, &err), 0);
    return d;
}

static void assert_close(double got, double want)
{
    if (fabs(got - want) > 1e-9 * fabs(want)) fail_msg("%.15g, exact %.15g", got, want);
}

/* Constant inflow comes back in full, whatever the lifetimes; of a constant lifetime, what went in then; of
 * exponential ones, geometric sums with the growth before and after the start. */
static void test_outflow(void **state)
{
    (void)state;
    kura_dist laws[] = {law(KURA_DIST_WEIBULL, 600, 2.5), law(KURA_DIST_EXPONENTIAL, 300, 0),
                        law(KURA_DIST_LOGNORMAL, log(400), 0.4), law(KURA_DIST_CONSTANT, 90, 0)};
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++)
        for (int t = 0; t <= 500; t += 250) assert_close(km_outflow(&laws[i], 0, 0, t), 1);
    const double before = 0.001, after = -0.0004, mean = 300;
    for (int t = 0; t <= 520; t += 130) {
        assert_close(km_outflow(&laws[3], before, after, t),
                     t >= 90 ? exp(after * (t - 90)) : exp(before * (t - 90)));
        /* w_k = q^(k-1) (1 - q); steps k <= t are after the start */
        double q = exp(-1 / mean), a = q * exp(-after), b = q * exp(-before);
        double recent = (1 - q) / q * exp(after * t) * a * (1 - pow(a, t)) / (1 - a);
        double old = (1 - q) / q * exp(before * t) * pow(b, t + 1) / (1 - b);
        assert_close(km_outflow(&laws[1], before, after, t), recent + old);
    }
}

/* ---- base flows of all epochs ---- */

typedef struct {
    kura_arena arena;
    kura_diag diag;
    kura_scenario_data *sc;
    km_model *model;
} compiled;

static compiled compile(const char *path, const char *const *sets, size_t n)
{
    compiled c = {0};
    kura_error err = {0};
    if (kura_scenario_read(path, sets, n, &c.arena, &c.sc, &c.diag, &err) ||
        kura_model_compile(c.sc, 1, &c.model, &c.diag, &err)) {
        print_messages(&c.diag);
        fail_msg("%s: %s", path, err.message);
    }
    return c;
}

static void drop_model(compiled *c)
{
    kura_model_free(c->model);
    kura_diag_fini(&c->diag);
    kura_arena_fini(&c->arena);
}

static double residual(const km_mineral *m, int h)
{
    const km_hub *hub = &m->hubs[h];
    double X = 0, M = 0, E = 0, U = 0;
    for (int s = 0; s < m->nsites; s++) {
        if (m->sites[s].hub == h) X += m->sites[s].x0;
        if (m->sites[s].refine && m->sites[s].feed_hub == h) U += m->sites[s].d0;
    }
    for (int k = 0; k < m->nconsumers; k++)
        if (m->consumers[k].hub == h) U += m->consumers[k].D0;
    for (int a = 0; a < m->narcs; a++) {
        if (m->arcs[a].to == h) M += m->arcs[a].v - floor(m->arcs[a].loss * m->arcs[a].v);
        if (m->arcs[a].from == h) E += m->arcs[a].v;
    }
    assert_true(X == hub->X && M == hub->M && E == hub->E && U == hub->U0);
    return X + M + hub->uncontracted - U - E - hub->surplus;
}

/* Input that the hosts of a by-product leave it in the base. */
static double with_hosts(const km_site *x)
{
    double lost = 0;
    for (int i = 0; i < x->nhosts; i++)
        lost += fmax(0, floor(x->hosts[i].share * x->K) - ceil(x->hosts[i].most));
    return x->K - lost;
}

/* Sums are those of sites, arcs and consumers, every hub closes to the quantum, nothing is negative, the
 * input of a refinery is the least that does, capacity that was there stays. */
static void check_epochs(const km_model *model)
{
    int epochs = 0;
    for (int i = 0; i < model->nminerals; i++) {
        const km_mineral *base = &model->minerals[i], *before = base;
        for (int k = 0; k < base->nepochs; k++, before = &base->epochs[k - 1]) {
            const km_mineral *m = &base->epochs[k];
            epochs++;
            for (int h = 0; h < m->nhubs; h++)
                if (residual(m, h) != 0)
                    fail_msg("%s, epoch %d, hub %d: %.17g quanta open", m->id, k, h, residual(m, h));
            for (int s = 0; s < m->nsites; s++) {
                const km_site *x = &m->sites[s];
                assert_true(x->x0 >= 0 && x->x0 == floor(x->x0) && x->hub == base->sites[s].hub);
                assert_true(x->fixed || x->K >= before->sites[s].K);
                assert_true(!x->basket || x->x0 == base->sites[s].x0); /* comes with its host [2.5] */
                if (x->nhosts && !x->basket) assert_true(x->d0 <= with_hosts(x));
                if (x->refine && x->d0 > 0)
                    assert_true(floor(x->yield * x->d0) == x->x0 && floor(x->yield * (x->d0 - 1)) < x->x0);
            }
            for (int a = 0; a < m->narcs; a++) {
                const km_arc *x = &m->arcs[a];
                assert_true(x->v >= 0 && x->v == floor(x->v) && x->offtake >= 0 && x->offtake <= x->v);
                assert_true(x->contract == x->v - x->offtake && x->from == base->arcs[a].from);
                if (x->quota >= 0 && !(x->v <= x->quota))
                    fail_msg("epoch %d, arc %s-%s form %d: %.17g above its quota %.17g", k,
                             model->scenario->countries[m->hubs[x->from].country],
                             model->scenario->countries[m->hubs[x->to].country], m->hubs[x->from].form, x->v,
                             x->quota);
            }
        }
    }
    assert_true(epochs >= 2);
}

static void test_epochs_close(void **state)
{
    (void)state;
    static const char *const files[] = {"diversification", "dependence-cap", "investment",
                                        "deep-sea",        "recycling",      "research"};
    static const char *const sets[][1] = {{"levers.dependence_cap.g7.capacity=follows"},
                                          {"levers.dependence_cap.g7.soft=true"}};
    char path[512];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/configs/elements/%s.yaml", KURA_SOURCE_DIR, files[i]);
        compiled c = compile(path, NULL, 0);
        check_epochs(c.model);
        drop_model(&c);
        for (int k = 0; k < 2 && i == 1; k++) {
            c = compile(path, sets[k], 1);
            check_epochs(c.model);
            drop_model(&c);
        }
    }
}

/* Three forms, losses on the way, traders, several levers at once. */
static const char mixed[] =
    "format: 1\nname: mixed\n"
    "run: {paths: 1, steps: 300, focus: JPN}\n"
    "minerals: {x: {forms: [ore, oxide, metal]}}\n"
    "network:\n"
    "  sites:\n"
    "    m1: {mineral: x, form: ore, country: CHN, kind: mine, output: 61.7 t/step, spare: 12 %}\n"
    "    m2: {mineral: x, form: ore, country: CHN, kind: mine, output: 11.1 t/step, spare: 12 %}\n"
    "    m3: {mineral: x, form: ore, country: AUS, kind: mine, output: 30.3 t/step, spare: 40 %}\n"
    "    o1: {mineral: x, form: oxide, country: CHN, kind: refine, output: 53 t/step, yield: 81.3 %, spare: "
    "9 %}\n"
    "    o2: {mineral: x, form: oxide, country: MYS, kind: refine, output: 19 t/step, yield: 77.7 %, spare: "
    "30 %}\n"
    "    e1: {mineral: x, form: metal, country: CHN, kind: refine, output: 31 t/step, yield: 93 %, spare: 8 "
    "%}\n"
    "    e2: {mineral: x, form: metal, country: JPN, kind: refine, output: 20 t/step, yield: 91 %, spare: 8 "
    "%}\n"
    "    e3: {mineral: x, form: metal, country: VNM, kind: refine, output: 9 t/step, yield: 90 %, spare: 60 "
    "%}\n"
    "  trade:\n"
    "    - {mineral: x, form: ore, from: AUS, to: MYS, lag: 21 days, loss: 1.3 %}\n"
    "    - {mineral: x, form: ore, from: AUS, to: CHN, lag: 21 days}\n"
    "    - {mineral: x, form: oxide, from: CHN, to: JPN, lag: 14 days, loss: 0.7 %}\n"
    "    - {mineral: x, form: oxide, from: MYS, to: JPN, lag: 14 days}\n"
    "    - {mineral: x, form: oxide, from: CHN, to: VNM, lag: 14 days}\n"
    "    - {mineral: x, form: oxide, from: MYS, to: VNM, lag: 14 days}\n"
    "    - {mineral: x, form: metal, from: CHN, to: JPN, lag: 14 days}\n"
    "    - {mineral: x, form: metal, from: VNM, to: JPN, lag: 14 days, loss: 2.1 %}\n"
    "    - {mineral: x, form: metal, from: CHN, to: SGP, lag: 14 days}\n"
    "    - {mineral: x, form: metal, from: SGP, to: ROW, lag: 14 days, loss: 0.1 %}\n"
    "    - {mineral: x, form: metal, from: VNM, to: ROW, lag: 14 days}\n"
    "  demand:\n"
    "    - {mineral: x, form: metal, country: JPN, rate: 33.3 t/step, growth: 2 %/year}\n"
    "    - {mineral: x, form: metal, country: ROW, rate: 14.6 t/step}\n"
    "    - {mineral: x, form: metal, country: CHN, rate: 11.9 t/step}\n"
    "levers:\n"
    "  investment:\n"
    "    pit: {mineral: x, form: ore, country: AUS, kind: mine, output: 9.7 t/step, start: 20, ramp: 1 "
    "year}\n"
    "    works: {mineral: x, form: oxide, country: AUS, kind: refine, yield: 79 %, output: 7.1 t/step, "
    "start: 30,\n"
    "            ramp: 1 year, offtake: {JPN: 60 %, VNM: 30 %}, offtake_lag: 21 days, needs: [pit],\n"
    "            delay: {lognormal: {median: 20 weeks, sigma: 0.5}}, cancellation: 15 %}\n"
    "    more: {expands: e2, output: 2.3 t/step, start: 50, end: 200}\n"
    "  recycling:\n"
    "    scrap: {mineral: x, form: metal, country: JPN, collection: 21 %, lifetime: {weibull: {scale: 8 "
    "years,\n"
    "            shape: 2}}, start: 10, ramp: 2 years}\n"
    "  diversification:\n"
    "    oxide: {mineral: x, form: oxide, importer: JPN, from: CHN, to: {MYS: 11 %}, start: 60, ramp: 1 "
    "year}\n"
    "    metal: {mineral: x, form: metal, importer: JPN, to: {VNM: 13.3 %}, start: 70, ramp: 1 year,\n"
    "            capacity: follows, cancellation: 10 %}\n"
    "  dependence_cap:\n"
    "    cap: {importer: [JPN, ROW], of: [CHN, SGP], cap: 37 %, forms: [oxide, metal], start: 90, ramp: 1 "
    "year}\n"
    "  research:\n"
    "    better: {sites: [o2, works], yield: 83.3 %, success: 70 %, start: 100, ramp: 1 year}\n"
    "tallies: {required_stock: false}\n";

static void test_many_levers_close(void **state)
{
    (void)state;
    static const char *const sets[] = {"levers.dependence_cap.cap.soft=true",
                                       "levers.dependence_cap.cap.capacity=follows",
                                       "levers.dependence_cap.cap.cap=0 %", "network.sites.m3.spare=0 %"};
    const char *path = put_file("levers-mixed.yaml", mixed);
    compiled c = compile(path, NULL, 0);
    check_epochs(c.model);
    assert_true(c.model->minerals[0].nepochs > 20 && c.model->minerals[0].nepochs <= 40);
    drop_model(&c);
    for (size_t k = 0; k < sizeof sets / sizeof *sets; k++) {
        c = compile(path, &sets[k], 1);
        check_epochs(c.model);
        drop_model(&c);
    }
    static const char *const indices = "network.host_indices={z: {sd: 10 %, half_life: 1 year}}";
    static const char *const hosts[] = {
        "network.hosts=[{site: m1, host: z, mode: basket}]",
        "network.hosts=[{site: m3, host: z, mode: basket}]",
        "network.hosts=[{site: m3, host: z, share: 70 %, headroom: 1.1}, {site: m2, host: z, mode: basket}]",
        "network.hosts=[{site: e3, host: z, share: 100 %}, {site: m1, host: z, mode: basket}]"};
    for (size_t k = 0; k < sizeof hosts / sizeof *hosts; k++)
        for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
            const char *const both[] = {indices, hosts[k], sets[i]};
            c = compile(path, both, 3);
            check_epochs(c.model);
            drop_model(&c);
        }
}

/* ---- dependence ---- */

/* Japan buys 60 from China and 40 from Malaysia; Malaysia refines 30 of Chinese ore and 10 of Australian; a
 * quarter of what China makes is of Australian ore.  So 60 x 3/4 + 40 x 3/4 = 75 % were mined in China. */
static void test_looked_through(void **state)
{
    (void)state;
    const char *path =
        put_file("levers-through.yaml",
                 "format: 1\nname: through\nrun: {paths: 1, steps: 1, focus: JPN}\nminerals: {x: {forms: "
                 "[ore, metal]}}\n"
                 "network:\n  sites:\n"
                 "    a: {mineral: x, form: ore, country: CHN, kind: mine, output: 75 t/step}\n"
                 "    b: {mineral: x, form: ore, country: AUS, kind: mine, output: 25 t/step}\n"
                 "    c: {mineral: x, form: metal, country: CHN, kind: refine, output: 60 t/step}\n"
                 "    d: {mineral: x, form: metal, country: MYS, kind: refine, output: 40 t/step}\n"
                 "  trade:\n"
                 "    - {mineral: x, form: ore, from: CHN, to: MYS, volume: 30 t/step, lag: 7 days}\n"
                 "    - {mineral: x, form: ore, from: AUS, to: MYS, volume: 10 t/step, lag: 7 days}\n"
                 "    - {mineral: x, form: ore, from: AUS, to: CHN, volume: 15 t/step, lag: 7 days}\n"
                 "    - {mineral: x, form: metal, from: CHN, to: JPN, volume: 60 t/step, lag: 7 days}\n"
                 "    - {mineral: x, form: metal, from: MYS, to: JPN, volume: 40 t/step, lag: 7 days}\n"
                 "  demand: [{mineral: x, form: metal, country: JPN, rate: 100 t/step}]\n");
    compiled c = compile(path, NULL, 0);
    const km_mineral *m = &c.model->minerals[0];
    double *origin = calloc((size_t)(m->nhubs * c.sc->ncountries), sizeof *origin), direct[8], through[8];
    int jpn = -1;
    for (int h = 0; h < m->nhubs; h++)
        if (strcmp(c.sc->countries[m->hubs[h].country], "JPN") == 0) jpn = h;
    assert_int_equal(km_origins(m, c.sc->ncountries, origin), 0);
    km_import_shares(m, jpn, c.sc->ncountries, origin, direct, through);
    for (int i = 0; i < c.sc->ncountries; i++) {
        const char *iso = c.sc->countries[i];
        double want_direct = strcmp(iso, "CHN") == 0 ? 0.6 : strcmp(iso, "MYS") == 0 ? 0.4 : 0;
        double want = strcmp(iso, "CHN") == 0 ? 0.75 : strcmp(iso, "AUS") == 0 ? 0.25 : 0;
        assert_true(fabs(direct[i] - want_direct) < 1e-6 && fabs(through[i] - want) < 1e-6);
    }
    assert_true(fabs(km_concentration(c.sc->ncountries, direct) - 0.52) < 1e-6);
    free(origin);
    drop_model(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_water_filling),     cmocka_unit_test(test_lattice),
        cmocka_unit_test(test_outflow),           cmocka_unit_test(test_epochs_close),
        cmocka_unit_test(test_many_levers_close), cmocka_unit_test(test_looked_through)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
