/* What is wrong with a supply response or a lever is said where it stands, with what would be right. */
#include "frame_util.h"

static const char world[] =
    "format: 1\n"
    "name: levers\n"
    "run: {paths: 2, step: 7 days, steps: 5, focus: JPN}\n"
    "minerals:\n"
    "  unit: {forms: [ore, metal]%s}\n"
    "  other: {forms: [metal], price: {initial: 1 USD/t, half_life: 1 year, volatility: 1 %%/sqrt(year)}}\n"
    "network:\n"
    "  sites:\n"
    "    mine: {mineral: unit, form: ore, country: CHN, kind: mine, output: 16 t/step%s}\n"
    "    works: {mineral: unit, form: metal, country: CHN, kind: refine, output: 16 t/step}\n"
    "    pit: {mineral: other, form: metal, country: CHN, kind: mine, output: 1 t/step}\n"
    "  trade: [{mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2}]\n"
    "  demand:\n"
    "    - {mineral: unit, form: metal, country: JPN, rate: 16 t/step}\n"
    "    - {mineral: other, form: metal, country: CHN, rate: 1 t/step}\n"
    "hazards:\n"
    "  regimes: {CHN: {tension: 1 /year, coercion: 1 /year, relax: 1 /year, ease: 1 /year}}\n"
    "  restrictions: {ban: {exporter: CHN, minerals: [unit], onset: 1 /year, types: {x: {duration: 9 "
    "weeks}}}}\n"
    "%s\n";
#define PRICE ", price: {initial: 100 USD/t, half_life: never, volatility: 0 %/sqrt(year)}"

static const struct {
    const char *mineral, *site, *rest, *says; /* "" = all is well */
} rows[] = {
    {PRICE ", supply_response: {elasticity: 0.1, utilisation: 10 %}", "", "", ""},
    {PRICE ", supply_response: {}", "", "", "has no effect; give \"elasticity\", \"closure\" or"},
    {PRICE ", supply_response: {utilisation: 10 %}", "", "", "has no effect without it"},
    {", supply_response: {elasticity: 0.1}", "", "", "has a supply_response but no price"},
    {PRICE ", supply_response: {closure: {}}", "", "", "none of its sites that answer has a \"cash_cost\""},
    {PRICE ", supply_response: {closure: {}}", ", cash_cost: 90 USD/t", "", ""},
    {PRICE ", supply_response: {closure: {}, kinds: [refine]}", ", cash_cost: 90 USD/t", "", "\"cash_cost\""},
    {PRICE ", supply_response: {elasticity: 0.1, countries: [JPN]}", "", "", "selects no site"},
    {PRICE ", supply_response: {expansion: {gain: 5 %/year}}", "", "", "lag"},
    {"", "", "levers: {diplomacy: {d: {countries: [CHN], effect: 30 %}}}", ""},
    {"", "", "levers: {diplomacy: {d: {countries: [CHN]}}}",
     "give \"effect\", or \"up\", \"down\", \"onset\""},
    {"", "", "levers: {diplomacy: {d: {effect: 30 %}}}", "acts on nothing; give \"countries\""},
    {"", "", "levers: {diplomacy: {d: {countries: [CHN], effect: 30 %, up: 0.5}}}", "both given"},
    {"", "", "levers: {diplomacy: {d: {countries: [CHN], up: 1.5}}}", "1.5"},
    {"", "", "levers: {diplomacy: {d: {countries: [JPN], effect: 30 %}}}",
     "finds no regime and no restriction"},
    {"", "", "levers: {diplomacy: {d: {countries: [CHN], against: JPN, onset: 0.5}}}", ""},
    {"", "", "levers: {diplomacy: {d: {restrictions: [bann], onset: 0.5}}}", "did you mean \"ban\""},
    {"", "", "levers: {diplomacy: {d: {countries: [CHN], effect: 9 %, start: 3, end: 3}}}",
     "not after the start"},
    {"", "", "levers: {thrifting: {d: {minerals: [unit], saves: 10 %}}}", ""},
    {"", "", "levers: {thrifting: {d: {minerals: [unit], saves: 10 %, start: 9}}}", "begins after the run"},
    {"", "", "levers: {nationalism: {n: {countries: [CHN], onset: 2, start: 5}}}", "begins after the run"},
    {"", "", "levers: {dependence_cap: {d: {importer: JPN, cap: 90 %, end: 1990-01-01}}}",
     "ends before the run begins"},
    {"", "", "levers: {thrifting: {d: {minerals: [unit]}}}", "give \"limit\" or \"saves\""},
    {"", "", "levers: {thrifting: {d: {minerals: [unit], limit: 10 %, lag: 1 year}}}", "no price"},
    {"", "", "levers: {thrifting: {d: {minerals: [other], limit: 10 %}}}", "give \"lag\" too"},
    {"", "", "levers: {thrifting: {mine: {minerals: [unit], saves: 10 %}}}", "has the id of a site"},
    {"", "", "levers: {thrifting: {a: {minerals: [unit], saves: 1 %}, b: {minerals: [unit], saves: 1 %}}}",
     "for the same users of unit"},
    {"", "", "levers: {nationalism: {n: {countries: [CHN], onset: 2}}}", ""},
    {"", "", "levers: {nationalism: {n: {countries: [CHN]}}}", "give \"home_priority\", \"onset\""},
    {"", "", "levers: {keeping: {r: {half_life: 2}}}", "finds no stockpile with a \"half_life\""},
    {"", "", "levers: {stock: {s: {minerals: all, days: 60 days, opening: true}}}", ""},
    {"", "", "levers: {stock: {s: {minerals: all, days: 60 days}}}", "how fast does \"s\" buy?"},
    {"", "", "levers: {stock: {s: {minerals: all, days: 60 days, opening: true, start: 3}}}", "goes without"},
    {"", "", "levers: {stock: {s: {minerals: [other], days: 60 days, opening: true}}}", "JPN uses none"},
    {"", "", "levers: {stock: {s: {minerals: all, days: 60 days, form: ore, at_most: 1 day/step}}}",
     "leaves out unit: no trade brings ore to JPN"},
    {"", "", "levers: {stock: {s: {minerals: [unit], days: 60 days, form: salt, opening: true}}}",
     "it has no form \"salt\""},
    {"", "",
     "levers: {stock: {a: {minerals: all, days: 60 days, opening: true}, b: {minerals: all, days: 9 days, "
     "opening: true}}}",
     "raise the same stock of unit"},
    {"", "", "levers: {tariff: {s: {}}}", "tariff"}};

static void test_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[1 << 13];
        snprintf(text, sizeof text, world, rows[i].mineral, rows[i].site, rows[i].rest);
        kura_scenario *s = NULL;
        kura_diag diag = {0};
        kura_error err = {0};
        kura_status st = kura_scenario_load(put_file("read-levers.yaml", text), NULL, 0, &s, &diag, &err);
        int found = 0, warned = 0;
        for (size_t k = 0; k < diag.count; k++) {
            found |= rows[i].says[0] && strstr(diag.items[k].message, rows[i].says) != NULL;
            warned |= diag.items[k].severity == KURA_DIAG_WARNING;
            if (diag.items[k].severity == KURA_DIAG_ERROR) assert_true(diag.items[k].line > 0);
        }
        if ((rows[i].says[0] != 0) != found || (st == KURA_OK) != (!rows[i].says[0] || warned)) {
            print_messages(&diag);
            fail_msg("row %d (%s%s%s): %s", (int)i, rows[i].mineral, rows[i].site, rows[i].rest,
                     st ? "refused" : "accepted");
        }
        kura_scenario_free(s);
        kura_diag_fini(&diag);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_messages)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
