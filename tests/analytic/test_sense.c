/* What makes no sense in a scenario, or can do nothing in it, is refused or said: levers that never act,
 * ignorance of nothing, an empty portfolio [7, R0.6]. */
#include "case.h"

static const char world[] =
    "format: 1\n"
    "name: sense\n"
    "run: {paths: 64, seed: 1, start: 2026-01-05, step: 7 days, steps: 104, focus: JPN}\n"
    "minerals: {tin: {forms: [ore, metal]}}\n"
    "network:\n"
    "  sites:\n"
    "    mine: {mineral: tin, form: ore, country: AUS, kind: mine, output: 50 t/step}\n"
    "    works: {mineral: tin, form: metal, country: AUS, kind: refine, output: 40 t/step, yield: 80 %%}\n"
    "    more: {mineral: tin, form: metal, country: CHN, kind: mine, output: 60 t/step, spare: 50 %%}\n"
    "  trade:\n"
    "    - {mineral: tin, form: metal, from: AUS, to: JPN, volume: 40 t/step, lag: 14 days}\n"
    "    - {mineral: tin, form: metal, from: CHN, to: JPN, volume: 60 t/step, lag: 14 days}\n"
    "  demand: [{mineral: tin, form: metal, country: JPN, rate: 100 t/step}]\n"
    "hazards:\n"
    "  regimes: {CHN: {tension: 0.3 /year, coercion: 0.5 /year, relax: 0.3 /year, ease: 0.5 /year}}\n"
    "  restrictions: {ban: {exporter: CHN, minerals: [tin], onset: 0.5 /year, types: {ban: {duration: 26 "
    "weeks, "
    "severity: 50 %%, target: JPN}}}}\n"
    "stockpiles:\n"
    "  s: {owner: national, country: JPN, mineral: tin, form: metal, opening: 30 days, half_life: 3 years}\n"
    "%s\n";

/* The scenario with one section more gives exactly one message, of that severity, with a line in the section;
 * NULL: none at all. */
static void says(const char *section, kura_severity severity, const char *message)
{
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    int set = strncmp(section, "minerals.", 9) == 0; /* as an option */
    const char *file = put_file("sense.yaml", text(world, set ? "" : section));
    kura_status st = kura_scenario_load(file, &section, set ? 1 : 0, &s, &diag, &err);
    int found = 0, others = 0;
    for (size_t i = 0; i < diag.count; i++) {
        if (diag.items[i].severity == KURA_DIAG_NOTE) continue;
        if (message && diag.items[i].severity == severity && diag.items[i].line > (set ? 0 : 18) &&
            strstr(diag.items[i].message, message))
            found++;
        else
            others++;
    }
    if (found != (message != NULL) || others || (st != KURA_OK) != (message && severity == KURA_DIAG_ERROR)) {
        print_messages(&diag);
        fail_msg("%s: %s", section, message ? message : "nothing should be said");
    }
    kura_diag_fini(&diag);
    kura_scenario_free(s);
}

static void warns(const char *section, const char *message) { says(section, KURA_DIAG_WARNING, message); }
static void refuses(const char *section, const char *message) { says(section, KURA_DIAG_ERROR, message); }
static void silent(const char *section) { says(section, KURA_DIAG_NOTE, NULL); }

#define INVEST(more)                                                                                         \
    "levers: {investment: {x: {mineral: tin, form: metal, country: CHN, kind: mine, output: 10 t/step, "     \
    "offtake: {JPN: 100 %}" more "}}}"
#define RESEARCH(more) "levers: {research: {x: {" more "}}}"
#define RECYCLE(more)                                                                                        \
    "levers: {recycling: {x: {mineral: tin, form: metal, country: JPN, lifetime: " more "}}}"
#define MOVE(more)                                                                                           \
    "levers: {diversification: {x: {mineral: tin, form: metal, importer: JPN, to: {CHN: 20 %}" more "}}}"
#define POLICY(kind, more) "levers: {" kind ": {x: {" more "}}}"

static void test_levers_on_the_network(void **state)
{
    (void)state;
    silent("");
    silent(INVEST(""));
    silent(INVEST(", start: 2026-06-01, ramp: 1 year"));
    warns(INVEST(", level: 0 %"), "lever \"x\" does nothing: its level is 0 %");
    warns(INVEST(", start: 52, ramp: 2 years"), "lever \"x\" reaches only 49.8 % of its size");
    warns(INVEST(", start: 2050-01-01"), "the lever begins after the run");
    warns(INVEST(", end: 0"), "the lever ends before the run begins");
    warns(INVEST(", cancellation: 100 %"), "lever \"x\" builds nothing: its cancellation is 100 %");
    warns(INVEST(", delay: 3 years"), "its delay is longer than what is left of the run");
    warns(INVEST(", start: 52, delay: {uniform: {min: 1 year, max: 2 years}}"), "its delay is longer");
    silent(INVEST(", delay: {uniform: {min: 0 years, max: 9 years}}"));
    silent(RESEARCH("sites: [works], yield: 90 %"));
    refuses(RESEARCH("sites: [works], yield: 70 %"),
            "research \"x\" raises no yield: that of \"works\" is 80 % and it would reach 70 %");
    refuses(RESEARCH("sites: [works], yield: 80 %"), "research \"x\" raises no yield");
    refuses(RESEARCH("sites: [], yield: 90 %"), "the list \"sites\" is empty; name what it is about");
    warns(RESEARCH("sites: [works], yield: 90 %, success: 0 %"),
          "research \"x\" does nothing: its success is 0");
    silent(RECYCLE("2 years, collection: 30 %"));
    warns(RECYCLE("2 years, collection: 0 %"), "recycling \"x\" does nothing: its collection is 0 %");
    refuses(RECYCLE("0 days, collection: 30 %"),
            "the lifetime of products in recycling \"x\" must be above 0");
    silent(MOVE(""));
    silent(MOVE(", capacity: follows, delay: 1 year"));
    warns(MOVE(", delay: 1 year"),
          "\"delay\" and \"cancellation\" of lever \"x\" have no effect: it builds nothing");
    warns("levers: {dependence_cap: {x: {importer: JPN, cap: 100 %}}}",
          "no supplier can have more than its cap");
}

static void test_policies(void **state)
{
    (void)state;
    silent(POLICY("diplomacy", "countries: [CHN], effect: 30 %"));
    silent(POLICY("diplomacy", "countries: [CHN], onset: 0.5, against: JPN"));
    warns(POLICY("diplomacy", "countries: [CHN], effect: 0 %"), "all its multiples are 1");
    refuses(POLICY("diplomacy", "countries: [AUS], effect: 30 %"),
            "levers.diplomacy.x finds no regime and no restriction to act on");
    warns(POLICY("diplomacy", "countries: [CHN], onset: 0.5, against: AUS"),
          "no restriction that it acts on is aimed at the country of \"against\"");
    warns(POLICY("diplomacy", "countries: [CHN], effect: 30 %, start: 2050-01-01"),
          "the lever begins after the run");
    warns(POLICY("diplomacy", "countries: [CHN], effect: 30 %, ramp: 20 years"),
          "reaches only 9.97 % of its size");
    silent(POLICY("thrifting", "minerals: [tin], saves: 5 %"));
    warns(POLICY("thrifting", "minerals: [tin], saves: 5 %, success: 0 %"), "its success is 0 %");
    warns(POLICY("thrifting", "minerals: [tin], saves: 5 %, delay: 5 years"), "its delay is longer");
    warns(POLICY("thrifting", "minerals: [tin], saves: 5 %, countries: [AUS]"),
          "levers.thrifting.x: nobody in its countries uses tin");
    silent(POLICY("nationalism", "countries: [CHN], export_share: 50 %"));
    warns(POLICY("nationalism", "countries: [CHN], export_share: 100 %"), "no limit, no priority");
    warns(POLICY("nationalism", "countries: [JPN], export_share: 50 %"), "export none of its minerals");
    warns(POLICY("nationalism", "countries: [AUS], onset: 2"), "no restriction whose onset it could raise");
    silent(POLICY("keeping", "half_life: 2"));
    warns(POLICY("keeping", "half_life: 1"), "its multiple of the half-life is 1");
    warns(POLICY("stock", "minerals: [tin], days: 60 days, at_most: 1 day/step, start: 2050-01-01"),
          "the lever begins after the run");
}

static void test_other_sections(void **state)
{
    (void)state;
    silent("ignorance: {grades: default}");
    silent("ignorance: {grades: {A: 5 %, B: 0 %, C: 0 %, D: 30 %}}");
    warns("ignorance: {grades: {A: 5 %}}",
          "grades that are not given take their default, B 10 %, C 15 %, D 30 %");
    warns("ignorance: {inner: 128}", "\"ignorance\" has no effect: nothing is unknown");
    refuses("ignorance: {grades: default, applies_to: []}", "the list \"applies_to\" is empty; leave it out");
    warns("ignorance: {applies_to: [demand], draw: true}",
          "\"applies_to\" has no effect: no grade has a spread");
    refuses("checks: {c: {quantity: exports, mineral: tin, country: CHN, observed: -1 t}}",
            "\"observed\" of check \"c\" is negative");
    refuses("study: {policies: {a: {patch: {run.title: x}}}, portfolios: {}}",
            "a portfolio is of two policies");
    refuses("study: {policies: {a: {patch: {stockpiles.s.opening: 60 days}}, b: {patch: "
            "{stockpiles.s.opening: 90 "
            "days}}}, portfolios: {of: [a, b], at_most: 1}}",
            "a portfolio is of two policies or more");
    refuses("costs: {}\nlevers: {diplomacy: {x: {countries: [CHN], effect: 30 %, cost: {sunk: 20 %}}}}",
            "there is no \"capex\" that would be paid");
}

#define PRICE "minerals.tin.price={initial: 20_000 USD/t, half_life: 1 year, volatility: "

static void test_minerals(void **state)
{
    (void)state;
    silent("minerals.tin.demand_response={elasticity: 0}");
    warns("minerals.tin.demand_response={elasticity: 0.2}", "it has no \"price\" that demand could answer");
    warns("minerals.tin.cycle_exposure=2", "there is no \"demand_cycle\"");
    silent(PRICE "20 %/sqrt(year), market_depth: {volatility: 0.5, start: 52}}");
    warns(PRICE "20 %/sqrt(year), market_depth: {volatility: 0.5, start: 520}}",
          "\"market_depth\" begins after the run");
    warns(PRICE "20 %/sqrt(year), market_depth: {volatility: 1, start: 52}}", "its volatility is 1");
    warns(PRICE "0 %/sqrt(year), stochastic_volatility: {sd: 0.5, half_life: 1 year}}",
          "what multiplies the volatility of tin has no effect: it is 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_levers_on_the_network),
                                       cmocka_unit_test(test_policies), cmocka_unit_test(test_minerals),
                                       cmocka_unit_test(test_other_sections)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
