/* All elements at once: random small scenarios with outages, restrictions and scripted events.  The engine
 * checks the balance of masses on every path and ends well; the same scenario gives the same numbers with any
 * number of threads, with any instruction set and with its minerals listed in another order. */
#include "case.h"

enum { SCENARIOS = 240, FEW = 64, MANY = 1100 /* more than a block: threads share the work */ };

/* ---- chance, from a fixed seed ---- */

static uint64_t chance_state;

static uint32_t chance(uint32_t n) /* 0 .. n-1 */
{
    chance_state = chance_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(chance_state >> 33) % n;
}
static int yes(uint32_t percent) { return chance(100) < percent; }
static const char *one_of(const char *const *list, uint32_t n) { return list[chance(n)]; }

/* ---- a scenario ---- */

enum { PART = 1 << 13, MINERALS = 3 };
static const char *const ids[MINERALS] = {"copper", "cobalt", "nickel"};

typedef struct {
    char mineral[MINERALS][PART / 8], sites[PART], trade[PART], demand[PART], hosts[PART], stocks[PART];
} parts;

__attribute__((format(printf, 2, 3))) static void add(char *to, const char *format, ...)
{
    size_t n = strlen(to);
    va_list args;
    va_start(args, format);
    int k = vsnprintf(to + n, PART - n, format, args);
    va_end(args);
    assert_true(k >= 0 && (size_t)k < PART - n);
}

#define MAYBE(percent, ...) (yes(percent) ? text(__VA_ARGS__) : "")

static void mineral_of(parts *p, int i)
{
    const char *id = ids[i];
    snprintf(
        p->mineral[i], sizeof p->mineral[i],
        "  %s:\n    forms: [ore, metal]\n"
        "    market: {production: %s, panic: %d, cover: %u weeks, firm: %u %%, home_priority: [%s]}\n"
        "    price: {initial: 100 USD/t, half_life: 1 year, volatility: 30 %%/sqrt(year), scarcity: %d}\n"
        "    demand_response: {elasticity: 0.%u}\n",
        id, yes(15) ? "push" : "order", yes(40) ? 1 : 0, 2 + chance(8), 10 * chance(11),
        yes(50) ? "0.5, 0.75, 1" : "0, 0.5, 1", yes(50) ? 3 : 1, chance(3));
    unsigned big = 8 + chance(20), half = big / 2;
    add(p->sites,
        "    %s-AUS: {mineral: %s, form: ore, country: AUS, kind: mine, output: %u t/step, spare: %u %%%s}\n",
        id, id, 3 * big, 5 * chance(8), MAYBE(30, ", lag: %u days", 7 * (1 + chance(4))));
    add(p->sites,
        "    %s-CHN: {mineral: %s, form: metal, country: CHN, kind: refine, output: %u t/step, spare: %u %%, "
        "yield: %u %%, plants: 2%s}\n",
        id, id, 2 * big, 5 * chance(8), 70 + chance(31), MAYBE(40, ", lag: %u days", chance(40)));
    add(p->sites,
        "    %s-JPN: {mineral: %s, form: metal, country: JPN, kind: refine, output: %u t/step, spare: 10 "
        "%%%s}\n",
        id, id, half, MAYBE(30, ", lag: 3 weeks"));
    if (i == 0 || yes(60))
        add(p->sites,
            "    %s-USA: {mineral: %s, form: metal, country: USA, kind: refine, owner: JPN, output: %u "
            "t/step, "
            "spare: 30 %%, yield: 90 %%, lag: %u weeks}\n",
            id, id, chance(4), chance(6));
    if (yes(60))
        add(p->sites,
            "    %s-idle: {mineral: %s, form: metal, country: JPN, kind: %s, standby: true, output: 0 "
            "t/step, "
            "capacity: %u t/step}\n",
            id, id, yes(50) ? "refine" : "recycle", 1 + chance(9));
    add(p->trade, "    - {mineral: %s, form: ore, from: AUS, to: CHN, lag: 20 days%s}\n", id,
        MAYBE(40, ", loss: 0.%u %%", chance(99)));
    add(p->trade, "    - {mineral: %s, form: ore, from: AUS, to: JPN, lag: 30 days, routes: [strait]%s}\n",
        id, MAYBE(40, ", loss: %u %%", chance(30)));
    add(p->trade,
        "    - {mineral: %s, form: metal, from: CHN, to: JPN, volume: %u t/step, lag: 10 days, routes: "
        "[strait]%s%s}\n",
        id, big, MAYBE(40, ", loss: %u %%", chance(20)),
        yes(60) ? text(", leak: %u %%%s%s", 1 + chance(99), yes(60) ? ", leak_via: USA" : "",
                       MAYBE(60, ", leak_lag: %u weeks", chance(9)))
                : "");
    add(p->trade, "    - {mineral: %s, form: metal, from: CHN, to: USA, volume: %u t/step, lag: 25 days}\n",
        id, half);
    add(p->trade, "    - {mineral: %s, form: metal, from: USA, to: JPN, volume: 0 t/step, lag: 20 days}\n",
        id);
    static const char *const sectors[] = {"chips", "cars", "arms"};
    for (int k = 0; k < 3; k++)
        add(p->demand,
            "    - {mineral: %s, form: metal, country: JPN, sector: %s, rate: %u t/step, priority: %u%s}\n",
            id, sectors[k], 1 + chance(half), 1 + chance(9), MAYBE(30, ", growth: %u %%/year", chance(8)));
    add(p->demand, "    - {mineral: %s, form: metal, country: CHN, rate: %u t/step, priority: %u}\n", id,
        half, 1 + chance(3));
    add(p->demand, "    - {mineral: %s, form: metal, country: USA, rate: %u t/step}\n", id, half);
}

static void stock_of(parts *p, int i, int k)
{
    static const char *const triggers[] = {"inbound", "shortage", "cover", "always"};
    const char *trigger = one_of(triggers, 4), *form = yes(35) ? "ore" : "metal";
    int metal = strcmp(form, "metal") == 0, aged = yes(30);
    add(p->stocks,
        "  %s-%d: {owner: %s, country: JPN, mineral: %s, form: %s, opening: %u t, floor: %u t, delay: %u "
        "weeks, "
        "minimum: %u weeks, trigger: %s%s%s",
        ids[i], k, yes(50) ? "national" : "private", ids[i], form, 20 + chance(200), chance(20), chance(6),
        chance(6), trigger, MAYBE(50, ", at_most: %u t/step", 1 + chance(30)),
        MAYBE(30, ", release_at: %u days", chance(40)));
    if (metal && yes(40)) add(p->stocks, ", sectors: [chips%s]", yes(40) ? ", arms" : "");
    if (strcmp(trigger, "always") != 0 && yes(60))
        add(p->stocks, ", target: %u t, refill: {at_most: %u t/step, price_below: %s}", 60 + chance(200),
            1 + chance(9), yes(50) ? "3" : "1.1");
    if (aged)
        add(p->stocks, ", shelf_life: %u weeks%s%s, opening_age: %s", 1 + chance(60),
            MAYBE(50, ", rotation: 0.%u /year", chance(9)),
            metal ? MAYBE(50, ", reprocessing: %u %%", 40 + chance(61)) : "", yes(50) ? "mixed" : "fresh");
    else
        add(p->stocks, "%s", MAYBE(40, ", half_life: %u weeks", 1 + chance(300)));
    add(p->stocks, "}\n");
}

static void pool_of(parts *p, int i)
{
    add(p->stocks,
        "  %s-pool: {owner: joint, country: USA, mineral: %s, form: metal, opening: %u t, delay: %u weeks, "
        "trigger: %s%s%s, solidarity: %u %%, members: [{country: JPN, share: %u %%, lag: %u weeks}, "
        "{country: "
        "USA, share: 40 %%}%s]}\n",
        ids[i], ids[i], 50 + chance(200), chance(5), yes(60) ? "inbound" : "always",
        MAYBE(60, ", at_most: %u t/step", 1 + chance(40)), MAYBE(40, ", half_life: 100 weeks"),
        10 * chance(11), 10 + chance(40), chance(7),
        MAYBE(50, ", {country: CHN, share: 10 %%, lag: 2 weeks}"));
}

static void hosts_of(parts *p)
{
    int n = 0;
    if (yes(50))
        add(p->hosts, "    - {site: cobalt-AUS, host: copper-AUS, mode: basket}\n"), n++;
    else if (yes(70))
        add(p->hosts, "    - {site: cobalt-AUS, host: copper-AUS, share: %u %%, headroom: 1.%u}\n",
            10 + chance(60), chance(9)),
            n++;
    if (yes(60))
        add(p->hosts, "    - {site: nickel-AUS, host: %s, share: %u %%, headroom: 1.%u}\n",
            yes(50) ? "cobalt-AUS" : "copper-CHN", 10 + chance(50), chance(5)),
            n++;
    add(p->hosts, "    - {site: nickel-CHN, host: steel, share: %u %%}\n", 10 + chance(90));
}

/* The scenario drawn with `seed`, its minerals from the one with number `first` on. */
static const char *scenario_of(uint64_t seed, int first)
{
    static parts p;
    memset(&p, 0, sizeof p);
    chance_state = seed * 977 + 5;
    for (int k = 0; k < 8; k++) chance(2);
    for (int i = 0; i < MINERALS; i++) {
        mineral_of(&p, i);
        for (uint32_t k = 0, n = chance(4); k < n; k++) stock_of(&p, i, (int)k);
        if (yes(50)) pool_of(&p, i);
    }
    hosts_of(&p);
    char minerals[PART] = "";
    for (int i = 0; i < MINERALS; i++)
        add(minerals, "%s", p.mineral[(first + (first ? MINERALS - i : i)) % MINERALS]);
    const char *in_force = MAYBE(25, "      in_force: [{mineral: cobalt, type: ban, since: 2025-11-01}]\n");
    const char *burn_in = MAYBE(25, ", burn_in: %u weeks", 1 + chance(20));
    if (in_force[0]) burn_in = ""; /* the burn-in would outlive it: an error */
    return text(
        "format: 1\nname: mixture\n"
        "run: {paths: %d, seed: 3, start: 2026-01-05, step: 7 days, steps: 60, focus: JPN, per: horizon%s}\n"
        "minerals:\n%snetwork:\n  sites:\n%s  trade:\n%s  demand:\n%s"
        "  host_indices: {steel: {sd: %u %%, half_life: %u weeks, growth: %u %%/year}}\n  hosts:\n%s"
        "hazards:\n"
        "  regimes: {CHN: {tension: 1 /year, coercion: 1 /year, relax: 1 /year, ease: 1 /year, start: "
        "stationary}}\n"
        "  restrictions:\n"
        "    control:\n"
        "      exporter: CHN\n"
        "      minerals: all\n"
        "      onset: {normal: 0.5 /year, tension: 1 /year, coercion: 3 /year}\n"
        "      types:\n"
        "        ban: {share: 50 %%, severity: {beta: {mean: 60 %%, sd: 20 %%}}, duration: {lognormal: "
        "{median: "
        "10 weeks, sigma: 0.8}}, relaxation_half_life: 4 weeks, target: JPN}\n"
        "        all: {share: 50 %%, freeze: 3 weeks, severity: 70 %%, duration: 12 weeks}\n%s"
        "  outages:\n"
        "    plant: {select: {kinds: [refine, recycle]}, mttf: 1 year, mttr: {lognormal: {median: 4 weeks, "
        "sigma: "
        "0.8}}}\n"
        "    pit: {select: {kinds: [mine]}, mttf: 1 year, mttr: {exponential: {mean: 6 weeks}}, derating: "
        "{uniform: {min: 20 %%, max: 100 %%}}}\n"
        "  shocks: {ally: {country: USA, rate: 1 /year, severity: 50 %%, duration: 8 weeks, hits: "
        "[{probability: "
        "100 %%}]}}\n"
        "  chokepoints: {strait: {rate: 1 /year, duration: 6 weeks, capacity_loss: 50 %%, detour: 2 weeks}}\n"
        "%s%s"
        "events:\n"
        "  - {from: 10, to: 14, object: arc/copper/metal/CHN/JPN, field: availability, value: 20 %%}\n"
        "  - {from: 30, to: 36, object: demand/cobalt/metal/JPN, field: factor, value: 1.3}\n"
        "  - {from: 20, to: 40, object: country/USA, field: availability, value: 60 %%}\n"
        "tallies: {trace_paths: 3}\n",
        FEW, burn_in, minerals, p.sites, p.trade, p.demand, chance(80), 1 + chance(60), chance(4), p.hosts,
        in_force, p.stocks[0] ? "stockpiles:\n" : "", p.stocks);
}

/* ---- the same numbers ---- */

static const char *strongest(const char *path)
{
    static const char *found;
    static const char *const sets[] = {"v4", "v3", "baseline"};
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    kura_run_plan plan;
    if (found) return found;
    assert_int_equal(kura_scenario_load(path, NULL, 0, &s, &diag, &err), KURA_OK);
    for (int i = 0; i < 3 && !found; i++) {
        kura_run_options o = {.isa = sets[i]};
        if (kura_run_estimate(s, &o, &plan, &err) == KURA_OK) found = sets[i];
    }
    kura_diag_fini(&diag);
    kura_scenario_free(s);
    assert_non_null(found);
    return found;
}

static const struct {
    const char *name, *dim;
} traces[] = {{"on_hand", "hub"},       {"in_transit", "hub"},  {"order", "hub"},        {"output", "site"},
              {"shipment", "arc"},      {"stockpile", "tier"},  {"release", "tier"},     {"trigger", "tier"},
              {"unserved", "consumer"}, {"demand", "consumer"}, {"log_price", "mineral"}};

static void assert_same_series(const run_result *a, const run_result *b, int seed)
{
    for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) {
        const kura_frame *f = a->frame;
        const kf_group *g = kura_frame_find(f, "paths");
        if (!kura_frame_find_var(g, traces[i].name)) continue;
        const char *const *names = variable(a, "paths", traces[i].dim)->data;
        int64_t n = size_of(a, "paths", traces[i].dim);
        for (int64_t k = 0; k < n; k++)
            if (memcmp(series(a, traces[i].name, traces[i].dim, names[k]),
                       series(b, traces[i].name, traces[i].dim, names[k]),
                       (size_t)(steps_of(a) * traced(a)) * sizeof(double)) != 0)
                fail_msg("scenario %d: %s of %s depends on the order of minerals", seed, traces[i].name,
                         names[k]);
    }
    for (int i = 0; i < MINERALS; i++) {
        int64_t n;
        const double *x = samples(a, "unserved", ids[i], &n), *y = samples(b, "unserved", ids[i], NULL);
        assert_memory_equal(x, y, (size_t)n * sizeof *x);
    }
}

static void test_mixture(void **state)
{
    (void)state;
    double unserved = 0, released = 0;
    for (int seed = 0; seed < SCENARIOS; seed++) {
        const char *yaml = scenario_of((uint64_t)seed, 0);
        uint64_t paths = seed % 30 == 0 ? MANY : FEW;
        kura_run_options plain = {
            .paths = paths, .threads = 1, .isa = strongest(put_file("mixture-isa.yaml", yaml))};
        kura_run_options other = {.paths = paths, .threads = 3, .isa = "baseline"};
        run_result a = run_text(yaml, &plain, "elements-mixture"),
                   b = run_text(yaml, &other, "elements-mixture");
        if (strcmp(a.digest, b.digest) != 0) fail_msg("scenario %d: another digest with three threads", seed);
        drop(&b);
        kura_run_options same = {.paths = paths};
        b = run_text(scenario_of((uint64_t)seed, 1 + seed % 2), &same, "elements-mixture");
        assert_same_series(&a, &b, seed);
        for (int i = 0; i < MINERALS; i++) unserved += summary(&a, "expected_unserved", ids[i]);
        if (kura_frame_find_var(kura_frame_find(a.frame, "paths"), "release"))
            for (int64_t k = 0, n = size_of(&a, "paths", "release"); k < n; k++)
                released += numbers(&a, "paths", "release")[k];
        drop(&a);
        drop(&b);
    }
    assert_true(unserved > 0 && released > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_mixture)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
