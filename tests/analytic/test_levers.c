/* Levers that leave the network as it is: national stock [7.8], thrifting [7.4], nationalism [7.11], research
 * [7.9].  Where a lever says what other keys can say as well, the states of all paths are the same to the
 * last bit; where not, every step is recomputed. */
#include "duo.h"

static run_result run_duo(const char *mineral, const char *sites, const char *trade, const char *demand,
                          const char *rest, const char *name)
{
    return run_text(network_of(mineral, sites, trade, demand, rest), NULL, name);
}

#define BANS                                                                                                 \
    "hazards:\n"                                                                                             \
    "  regimes: {CHN: {tension: 2 /year, coercion: 4 /year, relax: 2 /year, ease: 4 /year}}\n"               \
    "  restrictions: {ban: {exporter: CHN, minerals: [unit], onset: {normal: 1 /year, tension: 3 /year, "    \
    "coercion: 8 /year}, types: {x: {severity: 80 %, duration: {lognormal: {median: 6 weeks, sigma: "        \
    "0.6}}}}}}\n"

static void assert_same(const char *what, const char *a, const char *b, int same)
{
    run_result x = run_text(a, NULL, "levers-a"), y = run_text(b, NULL, "levers-b");
    if ((strcmp(x.state, y.state) == 0) != same) fail_msg("%s: %s", what, same ? "differ" : "are the same");
    drop(&x);
    drop(&y);
}

/* ---- stock ---- */

#define STOCKS(text_) "stockpiles: {" text_ "}\n"
#define NATIONAL(id, opening)                                                                                \
    id ": {owner: national, country: JPN, mineral: unit, form: metal, opening: " opening "}"

static void test_stock_from_the_first_day(void **state)
{
    (void)state;
    const char *plain = duo(BANS STOCKS(NATIONAL("keep", "60 days")));
    assert_same("created",
                duo(BANS "levers: {stock: {more: {minerals: all, days: 60 days, opening: true}}}\n"),
                duo(BANS STOCKS(NATIONAL("more-unit", "60 days"))), 1);
    assert_same(
        "raised",
        duo(BANS STOCKS(NATIONAL("keep", "20 days")) "levers: {stock: {more: {minerals: [unit], "
                                                     "country: JPN, days: 60 days, opening: true}}}\n"),
        plain, 1);
    assert_same(
        "high enough",
        duo(BANS STOCKS(NATIONAL("keep", "60 days")) "levers: {stock: {more: {minerals: all, days: 30 "
                                                     "days, opening: true}}}\n"),
        plain, 1);
    assert_same("nothing", duo(BANS), plain, 0);
}

/* From step 6 on at most 3 t a step, up to 56 t; a ban stops it; nobody lacks anything for it, and what is
 * bought is what arrives. */
static void test_stock_is_bought(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) { /* from nothing; on top; with a ban; too dear */
        const char *lever =
            text("levers: {stock: {more: {minerals: all, days: 24.5 days, at_most: %s, start: 6%s}}}\n",
                 i == 2 ? "1.3125 days/step" : "3 t/step", i == 3 ? ", price_below: 0.9" : "");
        run_result r =
            run_duo("", DUO_MINE, DUO_TRADE, DUO_DEMAND,
                    text("%s%s%s", i == 1 ? STOCKS(NATIONAL("keep", "8 t")) : "", lever,
                         i == 2 ? "events: [{from: 12, to: 18, object: restriction/CHN/unit, field: "
                                  "severity, value: 10 %}]\n"
                                : ""),
                    "levers-buy");
        const char *tier = i == 1 ? "keep" : "more-unit";
        double last = i == 1 ? 8 : 0, first = last;
        int bought = 0;
        for (int t = 0; t < DUO_STEPS; t++) {
            double S = cell(&r, "stockpile", "tier", tier, t);
            /* ordered in 6, loaded when the mine has made it on top, two steps on the way */
            if (t < 8) assert_true(S == first);
            if (S < last || S - last > 3) fail_msg("case %d, step %d: %g after %g", i, t, S, last);
            if (t == 8 && i != 3) assert_true(S > first);
            if (t >= 14 && t < 20 && i == 2) assert_true(S == last); /* nothing is loaded in 12 .. 17 */
            bought += S > last;
            last = S;
            assert_step(&r, "unserved", "consumer", HUB, t, 0);
        }
        if (i == 3)
            assert_true(last == first);
        else
            assert_true(last <= 56 && last > (i == 2 ? 55 : 56 - 1e-5)); /* 24.5 days at 16 t a week */
        if (i != 3) assert_true(bought >= (i == 1 ? 16 : 18));           /* 48 or 56 t at 3 t */
        drop(&r);
    }
}

/* 60 days of metal held as ore: divided by the yields on the way, 80 % and 50 %; none where there is no use.
 */
static void test_stock_as_ore(void **state)
{
    (void)state;
    static const char *const forms[] = {"ore", "oxide", "metal", "first"};
    static const double yields[] = {0.8 * 0.5, 0.5, 1, 0.8 * 0.5};
    for (int i = 0; i < 4; i++) {
        run_result r = run_text(
            text(
                "format: 1\n"
                "name: levers\n"
                "run: {paths: 3, seed: 1, step: 7 days, steps: 10, focus: JPN}\n"
                "minerals:\n"
                "  unit: {forms: [ore, oxide, metal], lattice_exponent: -20}\n"
                "  host: {forms: [ore], report: host}\n"
                "network:\n"
                "  sites:\n"
                "    mine: {mineral: unit, form: ore, country: CHN, kind: mine, output: 40 t/step, spare: 50 "
                "%%}\n"
                "    host-mine: {mineral: host, form: ore, country: JPN, kind: mine, output: 1 t/step}\n"
                "    oxide: {mineral: unit, form: oxide, country: JPN, kind: refine, output: 32 t/step, "
                "yield: 80 %%}\n"
                "    metal: {mineral: unit, form: metal, country: JPN, kind: refine, output: 16 t/step, "
                "yield: 50 %%}\n"
                "  trade: [{mineral: unit, form: ore, from: CHN, to: JPN, volume: 40 t/step, lag_steps: 2}]\n"
                "  demand:\n"
                "    - {mineral: unit, form: metal, country: JPN, rate: 16 t/step}\n"
                "    - {mineral: host, form: ore, country: JPN, rate: 1 t/step}\n"
                "levers: {stock: {deep: {minerals: all, days: 60 days, form: %s, opening: true}}}\n"
                "tallies: {required_stock: false, trace_paths: 1}\n",
                forms[i]),
            NULL, "levers-ore");
        double want = floor(60 * (16 / 7.0 / yields[i]) * 0x1p20) / 0x1p20;
        assert_int_equal(size_of(&r, "network", "tier_opening"), 1); /* hosts are not stocked by `all` */
        assert_true(fabs(numbers(&r, "network", "tier_opening")[0] - want) <= 0x1p-20);
        assert_string_equal(((const char *const *)variable(&r, "network", "tier_hub")->data)[0],
                            text("unit/%s/JPN", i == 3 ? "ore" : forms[i]));
        drop(&r);
    }
}

/* ---- thrifting ---- */

#define RESPONSE                                                                                             \
    ", price: {initial: 100 USD/t, half_life: never, volatility: 0 %/sqrt(year), spot: 200 USD/t},\n"        \
    "  demand_response: {elasticity: 0.25, substitution: {limit: 20 %, lag: 40 weeks, irreversible: 50 %, "  \
    "smoothing: 4 weeks}}"
#define FLOOR(x) (floor((x)*0x1p20) / 0x1p20)

/* Adopted in step 9.5: from step 10 on the limit is 60 % and the lag 10 weeks, and 10 % are saved, over four
 * steps.  JPN takes part, KOR does not. */
static void test_thrifting_by_hand(void **state)
{
    (void)state;
    run_result r = run_duo(
        RESPONSE, DUO_MINE,
        DUO_TRADE "    - {mineral: unit, form: metal, from: CHN, to: KOR, volume: 8 t/step, lag_steps: 1}\n",
        DUO_DEMAND "    - {mineral: unit, form: metal, country: KOR, rate: 8 t/step}\n",
        "levers: {thrifting: {lean: {minerals: [unit], countries: [JPN], limit: 60 %, lag: 10 weeks, saves: "
        "10 "
        "%, ramp: 4 weeks, start: 4, delay: 38.5 days}}}\n"
        "events: [{from: 25, object: price/unit, field: level, value: 1}]\n",
        "levers-thrifting");
    double sub = 0, top = 0, own = 0, own_top = 0, pibar = 1;
    for (int t = 0; t < DUO_STEPS; t++) {
        double pi = t < 25 ? 2 : 1, answer = pow(pi, -0.25);
        pibar += (pi - pibar) / 4;
        int there = t >= 9.5;
        double limit = there ? 0.6 : 0.2, up = there ? 0.1 : 1 / 40.0, down = 1 / 120.0;
        own = pibar > 1.25 ? own + (limit - own) * up : own - (own - 0.5 * own_top) * down;
        sub = pibar > 1.25 ? sub + (0.2 - sub) / 40 : sub - (sub - 0.5 * top) * down;
        own_top = fmax(own, own_top), top = fmax(sub, top);
        double saved = 0.1 * fmin(1, fmax(0, t - 9.5) / 4), D = 16 * (1 - saved) * answer * (1 - own);
        double got = cell(&r, "demand", "consumer", HUB, t),
               kor = cell(&r, "demand", "consumer", "unit/metal/KOR", t);
        if (fabs(got - D) > 0x1p-19) fail_msg("step %d: demand %.9g, expected %.9g", t, got, D);
        assert_true(fabs(kor - 8 * answer * (1 - sub)) <= 0x1p-19);
    }
    assert_true(own > 0.3 && sub < 0.1);
    drop(&r);
}

/* Gross demand falls by what is saved and by what is replaced beyond what prices alone would replace. */
static void test_thrifting_gross(void **state)
{
    (void)state;
    static const char *const levers[] = {"", "saves: 25 %", "limit: 60 %, lag: 10 weeks"};
    double own = 0, sub = 0, less = 0, net[3];
    for (int t = 0; t < DUO_STEPS; t++) { /* the price is twice its base: own from step 0 on */
        double pibar = 1 + (1 - pow(0.75, t + 1));
        if (pibar > 1.25) own += (0.6 - own) * 0.1, sub += (0.2 - sub) / 40;
        less += 16 * (own - sub);
    }
    const double want[] = {16.0 * DUO_STEPS, 12.0 * DUO_STEPS, 16.0 * DUO_STEPS - less};
    for (int i = 0; i < 3; i++) {
        run_result r = run_duo(RESPONSE, DUO_MINE, DUO_TRADE, DUO_DEMAND,
                               text("%s%s%s\nevents: [{from: 0, object: arc/unit/metal/CHN/JPN, field: "
                                    "availability, value: 0}]\n",
                                    i ? "levers: {thrifting: {lean: {minerals: [unit], " : "", levers[i],
                                    i ? "}}}" : ""),
                               "levers-gross");
        double gross = summary(&r, "gross_expected_unserved", NULL) * 1e6 /
                       summary(&r, "gross_normalised_expected_unserved", NULL);
        net[i] = summary(&r, "expected_unserved", NULL);
        if (fabs(gross - want[i]) > 1e-4)
            fail_msg("%s: gross demand %.9g, expected %.9g", levers[i], gross, want[i]);
        drop(&r);
    }
    assert_true(less > 50 && net[1] < net[0] && net[2] < net[0]);
}

/* Success 60 %, lognormal delay: the share of paths that have adopted by a step. */
static void test_thrifting_adoption(void **state)
{
    (void)state;
    enum { N = 1024 };
    scores s = {0};
    for (int seed = 1; seed <= 5; seed++) {
        run_result r = run_text(
            text(
                "format: 1\n"
                "name: levers\n"
                "run: {paths: %d, seed: %d, step: 7 days, steps: 40, focus: JPN}\n"
                "minerals: {unit: {forms: [metal]}}\n"
                "network:\n"
                "  sites: {mine: {mineral: unit, form: metal, country: JPN, kind: mine, output: 16 t/step}}\n"
                "  demand: [{mineral: unit, form: metal, country: JPN, rate: 16 t/step}]\n"
                "levers: {thrifting: {lean: {minerals: [unit], saves: 50 %%, success: 60 %%, start: 5, "
                "delay: "
                "{lognormal: {median: 10 weeks, sigma: 0.7}}}}}\n"
                "tallies: {required_stock: false, trace_paths: %d}\n",
                N, seed, N),
            NULL, "levers-adoption");
        const double *D = series(&r, "demand", "consumer", HUB);
        for (int t = 0; t < 40; t += 13) {
            double p = t > 5 ? 0.6 * normal_cdf(log((t - 5) / 10.0) / 0.7) : 0, n = 0;
            for (int i = 0; i < N; i++) n += D[t * N + i] < 9;
            compare(t == 26 ? &s : NULL, text("adopted by step %d", t), n, N * p, sqrt(N * p * (1 - p)));
        }
        drop(&r);
    }
    assert_scores(&s, "adoptions");
}

/* ---- nationalism ---- */

static void test_nationalism(void **state)
{
    (void)state;
#define CUT "events: [{from: 5, to: 20, object: site/mine, field: availability, value: 60 %}]\n"
    const char *priority = ", market: {home_priority: [0.9, 0.95, 1]}";
    /* CHN alone exports and uses some itself; what JPN keeps for itself matters to nobody */
    static const char use[] = DUO_DEMAND "    - {mineral: unit, form: metal, country: CHN, rate: 8 t/step}\n";
    static const char mine[] =
        "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 24 t/step, spare: 10 %}\n";
    assert_same("home priority",
                network_of("", mine, DUO_TRADE, use,
                           BANS CUT
                           "levers: {nationalism: {n: {countries: [CHN], home_priority: [0.9, 95 %, 1]}}}\n"),
                network_of(priority, mine, DUO_TRADE, use, BANS CUT), 1);
    assert_same("home priority is never lowered",
                network_of("", mine, DUO_TRADE, use,
                           BANS CUT
                           "levers: {nationalism: {n: {countries: [CHN], home_priority: [0.1, 0, 0.2]}}}\n"),
                network_of("", mine, DUO_TRADE, use, BANS CUT), 1);
    assert_same("home priority matters", network_of(priority, mine, DUO_TRADE, use, BANS CUT),
                network_of("", mine, DUO_TRADE, use, BANS CUT), 0);
    assert_same(
        "onset", duo(BANS "levers: {nationalism: {n: {countries: [CHN], onset: 3, start: 10, end: 30}}}\n"),
        duo(BANS "events: [{from: 10, to: 30, object: hazard/restriction/ban, field: rate, op: multiply, "
                 "value: 3}]\n"),
        1);
    assert_same(
        "export share",
        duo(BANS "levers: {nationalism: {n: {countries: [CHN], export_share: 60 %, start: 10, end: 30}}}\n"),
        duo(BANS "events: [{from: 10, to: 30, object: arc/unit/metal/CHN/JPN, field: availability, op: "
                 "multiply, value: 0.6}]\n"),
        1);
    assert_same("elsewhere",
                duo(BANS "levers: {nationalism: {n: {countries: [JPN], export_share: 0 %, onset: 9}}}\n"),
                duo(BANS), 1);
}

/* Half of the way after four of eight steps: the priority protects that much more of what CHN uses. */
static void test_nationalism_ramp(void **state)
{
    (void)state;
    run_result r = run_duo(
        ", market: {cover: 0 days, producer_buffer: 7 days, inventory_gain: 0, pipeline_gain: 0}",
        "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 24 t/step}\n", DUO_TRADE,
        DUO_DEMAND "    - {mineral: unit, form: metal, country: CHN, rate: 8 t/step}\n"
                   "  hubs: [{mineral: unit, form: metal, country: CHN, opening: 0 t}]\n",
        "levers: {nationalism: {n: {countries: [CHN], home_priority: [1, 1, 1], start: 2, ramp: 8 weeks}}}\n",
        "levers-ramp");
    /* without a store CHN has 24 t before trade and protects h of its use of 8 t (cover 0): JPN wants 16 t,
       which is what is left with h = 1; so nothing moves, and with less production it would */
    assert_steps(&r, "shipment", "arc", ARC, 0, DUO_STEPS, 16);
    drop(&r);
    r = run_duo(
        ", market: {cover: 0 days, producer_buffer: 7 days, inventory_gain: 0, pipeline_gain: 0}",
        "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 24 t/step}\n", DUO_TRADE,
        DUO_DEMAND "    - {mineral: unit, form: metal, country: CHN, rate: 8 t/step}\n"
                   "  hubs: [{mineral: unit, form: metal, country: CHN, opening: 0 t}]\n",
        "levers: {nationalism: {n: {countries: [CHN], home_priority: [1, 1, 1], start: 2, ramp: 8 weeks}}}\n"
        "events: [{from: 0, object: site/mine, field: availability, value: 50 %}]\n",
        "levers-ramp");
    /* 12 t are made: max(0, 12 - h 8) may leave, h = 0.5 rising to 1 in steps 2 to 10 */
    for (int t = 0; t < 20; t++) {
        double h = 0.5 + 0.5 * fmin(1, fmax(0, t - 2) / 8.0);
        assert_step(&r, "shipment", "arc", ARC, t, FLOOR(12 - FLOOR(h * 8)));
    }
    drop(&r);
}

/* ---- research ---- */

static void test_keeping(void **state)
{
    (void)state;
#define DECAYS(half_life)                                                                                    \
    STOCKS("s: {owner: national, country: JPN, mineral: unit, form: metal, opening: 90 days, "               \
           "half_life: " half_life "}")
    assert_same("from the start", duo(BANS DECAYS("1 year") "levers: {keeping: {r: {half_life: 3}}}\n"),
                duo(BANS DECAYS("3 years")), 1);
    run_result r =
        run_duo("", DUO_MINE, DUO_TRADE, DUO_DEMAND,
                DECAYS("40 weeks") "levers: {keeping: {r: {half_life: 5, start: 10, ramp: 10 weeks}}}\n",
                "levers-keeping");
    double S = FLOOR(90 * 16 / 7.0);
    for (int t = 0; t < DUO_STEPS; t++) {
        double L = fmin(1, fmax(0, t - 10) / 10.0), rate = 1 - exp2(-1 / (40 * (1 + 4 * L)));
        S -= FLOOR(rate * S);
        if (fabs(cell(&r, "stockpile", "tier", "s", t) - S) > 1e-4) fail_msg("step %d", t);
    }
    drop(&r);
    /* and so does the stock that is asked for: what is needed in a step is kept from the start */
    double asked[3];
    static const char *const keys[] = {DECAYS("20 weeks") "levers: {keeping: {r: {half_life: 3}}}\n",
                                       DECAYS("60 weeks"), DECAYS("20 weeks")};
    for (int i = 0; i < 3; i++) {
        const char *set[] = {"tallies.required_stock=true", "tallies.trace_paths=0", "run.paths=256",
                             "tallies.confidence=[80 %]"};
        run_result q = run_file(put_file("levers-asked.yaml", duo(text("%s%s", BANS, keys[i]))), set, 4, NULL,
                                "levers-asked");
        asked[i] = numbers(&q, "adequacy", "required_stock_days")[0];
        drop(&q);
    }
    print_message("stock asked for: %.9g, %.9g, %.9g days\n", asked[0], asked[1], asked[2]);
    assert_true(asked[1] > 0 && fabs(asked[0] / asked[1] - 1) < 1e-9 && asked[2] > 1.05 * asked[1]);
#undef DECAYS
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stock_from_the_first_day),
                                       cmocka_unit_test(test_stock_is_bought),
                                       cmocka_unit_test(test_stock_as_ore),
                                       cmocka_unit_test(test_thrifting_by_hand),
                                       cmocka_unit_test(test_thrifting_gross),
                                       cmocka_unit_test(test_thrifting_adoption),
                                       cmocka_unit_test(test_nationalism),
                                       cmocka_unit_test(test_nationalism_ramp),
                                       cmocka_unit_test(test_keeping)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
