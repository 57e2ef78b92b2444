/* Broken scenarios and tables: each is one change to a scenario without fault, and must give exactly these
 * messages, with file, line and column.  Nothing may crash, hang or read as if it were right.
 *
 * A fault replaces `find` in `file` by `put` (a NULL `find`: the whole file), and may bring further files
 * along. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"
#include "kura/kura.h"
#include "model/read.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char scenario[] =
    "format: 1\n"
    "name: faults\n"
    "title: A small scenario\n"
    "run: {paths: 1024, seed: 7, start: 2026-01-05, step: 7 days, horizon: 2 years, focus: JPN}\n"
    "minerals:\n"
    "  gallium:\n"
    "    forms: [refined]\n"
    "    price: {initial: 400_000 USD/t, half_life: 3 years, volatility: 26 %/sqrt(year), scarcity: 4}\n"
    "  neodymium: {price: {initial: 90_000 USD/t, half_life: 2 years, volatility: 30 %/sqrt(year)},\n"
    "    forms: [ore, oxide],\n"
    "    demand_response: {elasticity: 0.15, substitution: {limit: 20 %, lag: 3 years}}}\n"
    "network:\n"
    "  sites: sites.csv\n"
    "  trade: trade.csv\n"
    "  demand: demand.csv\n"
    "hazards:\n"
    "  regimes:\n"
    "    CHN: {tension: 0.11 /year, coercion: 0.25 /year, relax: 0.15 /year, ease: 0.47 /year}\n"
    "  restrictions:\n"
    "    strategic:\n"
    "      exporter: CHN\n"
    "      minerals: [gallium]\n"
    "      forms: [refined]\n"
    "      onset: {normal: 0.008 /year, tension: 0.055 /year, coercion: 0.45 /year}\n"
    "      types:\n"
    "        licence: {share: 75 %, severity: {beta: {mean: 50 %, sd: 20 %}}, duration: {lognormal: {median: "
    "24 months, sigma: 1.0}}}\n"
    "        embargo: {share: 25 %, duration: 3 months, target: JPN}\n"
    "      in_force: [{mineral: gallium, type: licence, since: 2023-08-01}]\n"
    "  outages:\n"
    "    plant: {select: {kinds: [mine, refine]}, mttf: 3 years, mttr: {lognormal: {median: 4 weeks, sigma: "
    "0.8}}}\n"
    "  shocks:\n"
    "    power: {country: CHN, rate: 0.1 /year, severity: 50 %, duration: 8 weeks, hits: [{select: "
    "{minerals: [gallium]}, probability: 50 %}]}\n"
    "  chokepoints:\n"
    "    strait: {rate: 0.01 /year, duration: 3 months, capacity_loss: 70 %, detour: 4 days}\n"
    "correlation:\n"
    "  factors: [tension, cycle]\n"
    "  loadings: {regime/CHN: {tension: 0.6}, price/*: {cycle: 0.4}}\n"
    "stockpiles:\n"
    "  national-ga: {owner: national, country: JPN, mineral: gallium, form: refined, opening: 90 days, "
    "at_most: 7 days/step}\n"
    "events:\n"
    "  - {from: 2026-07-01, to: 2026-09-01, object: restriction/CHN/gallium, field: severity, value: 100 %}\n"
    "tallies: {threshold: 0.1 %}\n";
static const char sites[] = "id,mineral,form,country,kind,output [t/year],spare [%],plants\n"
                            "ga_CHN,gallium,refined,CHN,mine,600,10,4\n"
                            "ga_AUS,gallium,refined,AUS,recycle,30,,\n"
                            "ore_AUS,neodymium,ore,AUS,mine,900,,1\n"
                            "ox_CHN,neodymium,oxide,CHN,refine,800,20,2\n";
static const char trade[] = "mineral,form,from,to,volume [t/year],lag [days],routes,firm [%]\n"
                            "gallium,refined,CHN,JPN,200,14,strait,\n"
                            "gallium,refined,AUS,JPN,,21,,\n"
                            "neodymium,ore,AUS,CHN,900,21,,\n"
                            "neodymium,oxide,CHN,JPN,300,14,strait,60\n";
static const char demand[] = "mineral,form,country,sector,rate [t/year],growth [%/year],priority\n"
                             "gallium,refined,JPN,chips,200,2,1\n"
                             "gallium,refined,CHN,,400,,\n"
                             "neodymium,oxide,JPN,magnets,300,3,1\n"
                             "neodymium,oxide,CHN,magnets,500,3,2\n";

typedef struct {
    const char *name, *file, *find, *put, *messages;
    struct {
        const char *name, *text;
    } more[2];
} fault;

#define NOTHING_MORE                                                                                         \
    {                                                                                                        \
        {NULL, NULL}, { NULL, NULL }                                                                         \
    }
static const fault faults[] = {
    {"empty file", "x.yaml", NULL, "", "x.yaml:1:1: error: the file is empty\n", NOTHING_MORE},
    {"only a comment", "x.yaml", NULL, "# nothing\n", "x.yaml:1:1: error: the file is empty\n", NOTHING_MORE},
    {"null document", "x.yaml", NULL, "---\n",
     "x.yaml:2:1: error: the file must be a mapping, lines of \"key: value\"; found nothing\n", NOTHING_MORE},
    {"a list as scenario", "x.yaml", NULL,
     "- a\n"
     "- b\n",
     "x.yaml:1:1: error: the file must be a mapping, lines of \"key: value\"; found a list\n", NOTHING_MORE},
    {"a text as scenario", "x.yaml", NULL, "hello\n",
     "x.yaml:1:1: error: the file must be a mapping, lines of \"key: value\"; found text\n", NOTHING_MORE},
    {"bad UTF-8", "x.yaml", "A small",
     "A sm\xFF"
     "all",
     "x.yaml:3:12: error: byte 0xFF is not UTF-8; save the file as UTF-8\n", NOTHING_MORE},
    {"UTF-16", "x.yaml", NULL,
     "\xFF\xFE"
     "f\x00",
     "x.yaml:1:1: error: the file is UTF-16; save it as UTF-8\n", NOTHING_MORE},
    {"control character", "x.yaml", "A small", "A\x07small",
     "x.yaml:3:9: error: U+0007 is a control character; remove it\n", NOTHING_MORE},
    {"BOM inside", "x.yaml", "A small", "A\xEF\xBB\xBFsmall",
     "x.yaml:3:9: error: U+FEFF is a byte order mark inside the text; remove it\n", NOTHING_MORE},
    {"line separator", "x.yaml", "A small", "A\xE2\x80\xA8small",
     "x.yaml:3:9: error: U+2028 is an invisible line separator; use an ordinary line end\n", NOTHING_MORE},
    {"overlong UTF-8", "x.yaml", "A small", "A\xC0\x80small",
     "x.yaml:3:9: error: byte 0xC0 is not UTF-8; save the file as UTF-8\n", NOTHING_MORE},
    {"surrogate in UTF-8", "x.yaml", "A small", "A\xED\xA0\x80small",
     "x.yaml:3:9: error: byte 0xED is not UTF-8; save the file as UTF-8\n", NOTHING_MORE},
    {"unclosed bracket", "x.yaml",
     "forms: [refined]\n"
     "    price",
     "forms: [refined\n"
     "    price",
     "x.yaml:8:10: error: a comma or \"]\" is missing (in the list that begins in line 7)\n", NOTHING_MORE},
    {"unclosed brace", "x.yaml", "tallies: {threshold: 0.1 %}", "tallies: {threshold: 0.1 %",
     "x.yaml:43:1: error: a comma or \"}\" is missing (in the mapping that begins in line 42)\n",
     NOTHING_MORE},
    {"unclosed quote", "x.yaml", "title: A small scenario", "title: \"A small scenario",
     "x.yaml:43:1: error: the text in quotes is not closed (in the text that begins in line 3)\n",
     NOTHING_MORE},
    {"two colons", "x.yaml", "title: A small scenario", "title: A small: scenario",
     "x.yaml:3:15: error: a \": \" where no key can stand; put the text in quotes, or begin a new line\n",
     NOTHING_MORE},
    {"tab indentation", "x.yaml", "  gallium:\n", "\x09gallium:\n",
     "x.yaml:6:1: error: a value cannot begin with this character; put it in quotes (and indent with spaces, "
     "not tabs)\n",
     NOTHING_MORE},
    {"at sign", "x.yaml", "title: A small", "title: @small",
     "x.yaml:3:8: error: a value cannot begin with this character; put it in quotes (and indent with spaces, "
     "not tabs)\n",
     NOTHING_MORE},
    {"bad indentation", "x.yaml", "  sites: sites.csv", "   sites: sites.csv",
     "x.yaml:14:3: error: a key is expected here; check the indentation of this line and the lines above (in "
     "the mapping that begins in line 1)\n",
     NOTHING_MORE},
    {"key without value", "x.yaml", "title: A small scenario", "title",
     "x.yaml:3:1: error: a key without \": value\"\n", NOTHING_MORE},
    {"anchor", "x.yaml", "title: A small scenario", "title: &t A small scenario",
     "x.yaml:3:8: error: anchors (&t) are not read; put what is shared into a file and \"include\" it\n",
     NOTHING_MORE},
    {"alias", "x.yaml", "title: A small scenario", "title: *t",
     "x.yaml:3:8: error: aliases (*t) are not read; put what is shared into a file and \"include\" it\n",
     NOTHING_MORE},
    {"tag", "x.yaml", "title: A small scenario", "title: !!str A small scenario",
     "x.yaml:3:8: error: tags (!!str) are not read; every value gets its type from its key\n", NOTHING_MORE},
    {"merge key", "x.yaml", "run: {", "run: {<<: {paths: 3}, ",
     "x.yaml:4:7: error: merge keys (<<) are not read; use \"include\" or \"base\" to share settings\n",
     NOTHING_MORE},
    {"two documents", "x.yaml", "minerals:\n",
     "---\n"
     "minerals:\n",
     "x.yaml:5:1: error: a second document (---) in one file; put it into a file of its own\n", NOTHING_MORE},
    {"duplicate key", "x.yaml", "title: A small",
     "name: other\n"
     "title: A small",
     "x.yaml:3:1: error: key \"name\" is given twice; the first is in line 2\n", NOTHING_MORE},
    {"duplicate key in a mapping", "x.yaml", "seed: 7,", "seed: 7, step: 1 day,",
     "x.yaml:4:61: error: key \"step\" is given twice; the first is in line 4\n", NOTHING_MORE},
    {"list as key", "x.yaml", "title: A small scenario", "[a, b]: c",
     "x.yaml:3:1: error: a key must be plain text, as in \"name: value\"; found a list as a key\n",
     NOTHING_MORE},
    {"mapping as key", "x.yaml", "title: A small scenario",
     "? {a: b}\n"
     ": c",
     "x.yaml:3:3: error: a key must be plain text, as in \"name: value\"; found a mapping as a key\n",
     NOTHING_MORE},
    {"unknown escape", "x.yaml", "title: A small scenario", "title: \"A \\q scenario\"",
     "x.yaml:3:11: error: an unknown escape after \"\\\"; use single quotes for plain backslashes\n",
     NOTHING_MORE},
    {"NUL escape", "x.yaml", "title: A small scenario", "title: \"A \\0 scenario\"",
     "x.yaml:3:8: error: a text with a NUL character\n", NOTHING_MORE},
    {"unknown key", "x.yaml", "run: {paths", "run: {path",
     "x.yaml:4:7: error: unknown key \"path\" in run; did you mean \"paths\"?\n", NOTHING_MORE},
    {"unknown top key", "x.yaml", "hazards:\n", "hazard:\n",
     "x.yaml:16:1: error: unknown key \"hazard\" in the scenario; did you mean \"hazards\"?\n", NOTHING_MORE},
    {"unknown key in a section", "x.yaml", "  outages:\n", "  outage:\n",
     "x.yaml:29:3: error: unknown key \"outage\" in hazards; did you mean \"outages\"?\n", NOTHING_MORE},
    {"unknown key without neighbour", "x.yaml", "seed: 7", "wibble: 7",
     "x.yaml:4:20: error: unknown key \"wibble\" in run; it can be paths, seed, start, step, horizon, steps, "
     "burn_in, focus, per, spin_up, stop_when\n",
     NOTHING_MORE},
    {"stop_when: relative above 1", "x.yaml", "focus: JPN}", "focus: JPN, stop_when: {relative: 200 %}}",
     "x.yaml:4:114: error: \"relative\" must be at least 0 % and at most 100 %; found \"200 %\"\n",
     NOTHING_MORE},
    {"stop_when: relative with a unit", "x.yaml", "focus: JPN}", "focus: JPN, stop_when: {relative: 5 t}}",
     "x.yaml:4:114: error: unit \"t\" given where a share is expected; write for example \"50 %\"\n",
     NOTHING_MORE},
    {"stop_when: unknown key", "x.yaml", "focus: JPN}", "focus: JPN, stop_when: {relativ: 5 %}}",
     "x.yaml:4:104: error: unknown key \"relativ\" in run.stop_when; did you mean \"relative\"?\n",
     NOTHING_MORE},
    {"stop_when: what cannot be watched", "x.yaml", "focus: JPN}",
     "focus: JPN, stop_when: {watch: [loss_of_load_expectations]}}",
     "x.yaml:4:112: error: \"loss_of_load_expectations\" cannot be watched; did you mean "
     "\"loss_of_load_expectation\"?\n",
     NOTHING_MORE},
    {"stop_when: nothing watched", "x.yaml", "focus: JPN}", "focus: JPN, stop_when: {watch: []}}",
     "x.yaml:4:111: error: the list \"watch\" is empty; to simulate run.paths without looking leave out "
     "stop_when\n",
     NOTHING_MORE},
    {"stop_when: unknown mineral", "x.yaml", "focus: JPN}", "focus: JPN, stop_when: {minerals: [galium]}}",
     "x.yaml:4:114: error: unknown mineral \"galium\"; did you mean \"gallium\"?\n", NOTHING_MORE},
    {"stop_when: no mineral", "x.yaml", "focus: JPN}", "focus: JPN, stop_when: {minerals: []}}",
     "x.yaml:4:114: error: the list \"minerals\" is empty\n", NOTHING_MORE},
    {"stop_when: precision without time", "x.yaml", "focus: JPN}",
     "focus: JPN, stop_when: {absolute: {loss_of_load_expectation: 3 days}}}",
     "x.yaml:4:141: error: unit \"days\" given where a duration per time is expected; write for example "
     "\"0.1 days/year\"\n",
     NOTHING_MORE},
    {"stop_when: precision below 0", "x.yaml", "focus: JPN}",
     "focus: JPN, stop_when: {absolute: {normalised_expected_unserved: -1 %}}}",
     "x.yaml:4:145: error: \"normalised_expected_unserved\" must be at least 0 %; found \"-1 %\"\n",
     NOTHING_MORE},
    {"stop_when: precision of what is no number of the result", "x.yaml", "focus: JPN}",
     "focus: JPN, stop_when: {absolute: {lole: 1 days/year}}}",
     "x.yaml:4:115: error: unknown key \"lole\" in run.stop_when.absolute; it can be "
     "loss_of_load_expectation, expected_unserved, normalised_expected_unserved, shortage_probability_any, "
     "long_shortage_probability, cvar95_unserved, required_stock_days\n",
     NOTHING_MORE},
    {"stop_when: confidence that is not tallied", "x.yaml", "focus: JPN}",
     "focus: JPN, stop_when: {watch: [required_stock_days], confidence: 97 %}}",
     "x.yaml:4:146: error: the required stock is watched at 97 %, which is not in tallies.confidence\n",
     NOTHING_MORE},
    {"stop_when: shortages with a fraction", "x.yaml", "focus: JPN}",
     "focus: JPN, stop_when: {shortage_paths: 1.5}}",
     "x.yaml:4:120: error: \"1.5\" is no whole number; write for example \"1\"\n", NOTHING_MORE},
    {"stop_when: no shortages", "x.yaml", "focus: JPN}", "focus: JPN, stop_when: {shortage_paths: 0}}",
     "x.yaml:4:120: error: 0 given where at least 1 is expected\n", NOTHING_MORE},
    {"stop_when: no mapping", "x.yaml", "focus: JPN}", "focus: JPN, stop_when: 5 %}",
     "x.yaml:4:103: error: run.stop_when must be a mapping, for example {relative: ...}; found text\n",
     NOTHING_MORE},
    {"missing format", "x.yaml", "format: 1\n", "",
     "x.yaml:1:1: error: \"format\" is missing in the scenario (version of this language: 1)\n",
     NOTHING_MORE},
    {"wrong format", "x.yaml", "format: 1\n", "format: 2\n",
     "x.yaml:1:9: error: 2 given where 1 is expected\n", NOTHING_MORE},
    {"missing key", "x.yaml", "mttf: 3 years, ", "",
     "x.yaml:30:12: error: neither \"mttf\" (mean time to failure) nor \"uptime\" (a distribution) is given; "
     "give "
     "one of them\n",
     NOTHING_MORE},
    {"missing minerals", "x.yaml", NULL,
     "format: 1\n"
     "name: a\n",
     "x.yaml:1:1: error: \"minerals\" is missing in the scenario (what is traded)\n", NOTHING_MORE},
    {"section as text", "x.yaml", "tallies: {threshold: 0.1 %}", "tallies: all",
     "x.yaml:42:10: error: tallies must be a mapping, for example {threshold: ...}; found text\n",
     NOTHING_MORE},
    {"section as list", "x.yaml",
     "run: {paths: 1024, seed: 7, start: 2026-01-05, step: 7 days, horizon: 2 years, focus: JPN}",
     "run: [1, 2]", "x.yaml:4:6: error: run must be a mapping, for example {paths: ...}; found a list\n",
     NOTHING_MORE},
    {"mapping as value", "x.yaml", "seed: 7", "seed: {a: 1}",
     "x.yaml:4:26: error: run.seed must be a whole number, for example \"12\"; found a mapping\n",
     NOTHING_MORE},
    {"bad name", "x.yaml", "name: faults", "name: my faults",
     "x.yaml:2:7: error: \"my faults\" is no name; names are made of A-Z, a-z, 0-9, _ and - (at most 100)\n",
     NOTHING_MORE},
    {"bad id", "x.yaml", "  gallium:\n", "  Gallium:\n",
     "x.yaml:6:3: error: \"Gallium\" is no name; names are made of a-z, 0-9, _ and - (at most 100)\n",
     NOTHING_MORE},
    {"unit of another kind", "x.yaml", "400_000 USD/t", "400 kt",
     "x.yaml:8:22: error: unit \"kt\" given where money per mass is expected; write for example \"30_000 "
     "USD/t\"\n",
     NOTHING_MORE},
    {"missing unit", "x.yaml", "400_000 USD/t", "400_000",
     "x.yaml:8:22: error: \"400_000\" has no unit where money per mass is expected; write for example "
     "\"30_000 USD/t\"\n",
     NOTHING_MORE},
    {"misspelt unit", "x.yaml", "half_life: 3 years", "half_life: 3 yaers",
     "x.yaml:8:48: error: unknown unit \"yaers\" where a duration is expected; did you mean \"years\"?\n",
     NOTHING_MORE},
    {"NaN", "x.yaml", "elasticity: 0.15", "elasticity: .nan",
     "x.yaml:11:35: error: \".nan\" is no finite number; write for example \"0.5\"\n", NOTHING_MORE},
    {"infinity", "x.yaml", "elasticity: 0.15", "elasticity: inf",
     "x.yaml:11:35: error: \"inf\" is no finite number; write for example \"0.5\"\n", NOTHING_MORE},
    {"too large", "x.yaml", "elasticity: 0.15", "elasticity: 1e999",
     "x.yaml:11:35: error: \"1e999\" is too large for a number\n", NOTHING_MORE},
    {"too small", "x.yaml", "elasticity: 0.15", "elasticity: 1e-999",
     "x.yaml:11:35: error: \"1e-999\" is too small for a number\n", NOTHING_MORE},
    {"hexadecimal", "x.yaml", "elasticity: 0.15", "elasticity: 0x1F",
     "x.yaml:11:35: error: \"0x1F\" is no decimal number; write for example \"0.5\"\n", NOTHING_MORE},
    {"octal", "x.yaml", "paths: 1024", "paths: 0o17",
     "x.yaml:4:14: error: \"0o17\" is no whole number; write for example \"1\"\n", NOTHING_MORE},
    {"leading zero", "x.yaml", "elasticity: 0.15", "elasticity: 015",
     "x.yaml:11:35: error: \"015\" begins with 0; write the number without leading zeros\n", NOTHING_MORE},
    {"decimal comma", "x.yaml", "elasticity: 0.15", "elasticity: \"0,15\"",
     "x.yaml:11:35: error: \"0,15\" has a comma; write a decimal point, and '_' to group digits, as in "
     "\"30_000.5\"\n",
     NOTHING_MORE},
    {"unit where none applies", "x.yaml", "scarcity: 4", "scarcity: 4 x",
     "x.yaml:8:96: error: \"x\" after the number where a plain number is expected; write for example "
     "\"0.5\"\n",
     NOTHING_MORE},
    {"not a number", "x.yaml", "elasticity: 0.15", "elasticity: low",
     "x.yaml:11:35: error: \"low\" given where a plain number is expected; write for example \"0.5\"\n",
     NOTHING_MORE},
    {"no whole number", "x.yaml", "paths: 1024", "paths: 10.5",
     "x.yaml:4:14: error: \"10.5\" is no whole number; write for example \"1\"\n", NOTHING_MORE},
    {"negative count", "x.yaml", "paths: 1024", "paths: -5",
     "x.yaml:4:14: error: \"-5\" is no whole number; write for example \"1\"\n", NOTHING_MORE},
    {"no paths", "x.yaml", "paths: 1024", "paths: 0",
     "x.yaml:4:14: error: 0 given where at least 1 is expected\n", NOTHING_MORE},
    {"step too long", "x.yaml", "step: 7 days", "step: 32 days",
     "x.yaml:4:54: error: \"step\" must be at least 1 hour and at most 31 days; found \"32 days\"\n",
     NOTHING_MORE},
    {"step too short", "x.yaml", "step: 7 days", "step: 0.5 hours",
     "x.yaml:4:54: error: \"step\" must be at least 1 hour and at most 31 days; found \"0.5 hours\"\n",
     NOTHING_MORE},
    {"horizon and steps", "x.yaml", "horizon: 2 years", "horizon: 2 years, steps: 104",
     "x.yaml:4:80: error: \"horizon\" and \"steps\" are both given; give one of them\n", NOTHING_MORE},
    {"horizon below a step", "x.yaml", "horizon: 2 years", "horizon: 1 day",
     "x.yaml:4:71: error: the horizon is shorter than half a step\n", NOTHING_MORE},
    {"too many steps", "x.yaml", "step: 7 days, horizon: 2 years", "step: 1 hour, horizon: 10000 years",
     "x.yaml:4:71: error: the horizon has 87660000 steps; at most 10000000 are possible\n", NOTHING_MORE},
    {"bad date", "x.yaml", "start: 2026-01-05", "start: 2026-02-30",
     "x.yaml:4:36: error: \"2026-02-30\" is no date; write year-month-day, for example 2026-01-31\n",
     NOTHING_MORE},
    {"date as text", "x.yaml", "start: 2026-01-05", "start: 5 January 2026",
     "x.yaml:4:36: error: \"5 January 2026\" is no date; write year-month-day, for example 2026-01-31\n",
     NOTHING_MORE},
    {"bad flag", "x.yaml", "threshold: 0.1 %", "required_stock: yes",
     "x.yaml:42:27: error: \"yes\" given where true or false is expected\n", NOTHING_MORE},
    {"bad choice", "x.yaml", "focus: JPN", "per: yaer",
     "x.yaml:4:85: error: unknown word \"yaer\" for \"per\"; did you mean \"year\"?\n", NOTHING_MORE},
    {"threshold above range", "x.yaml", "threshold: 0.1 %", "threshold: 60 %",
     "x.yaml:42:22: error: \"threshold\" must be at least 0 % and at most 50 %; found \"60 %\"\n",
     NOTHING_MORE},
    {"a long shortage that is none", "x.yaml", "threshold: 0.1 %", "threshold: 10 %",
     "x.yaml:42:22: error: a step is short beyond 10 % of demand, but a long shortage is deeper than 5 %; "
     "give "
     "tallies.long_shortage.depth at least 10 %\n",
     NOTHING_MORE},
    {"confidence 100 %", "x.yaml", "threshold: 0.1 %", "confidence: [50 %, 100 %]",
     "x.yaml:42:30: error: \"confidence\" must be above 0 % and below 100 %; found \"100 %\"\n",
     NOTHING_MORE},
    {"empty list", "x.yaml", "threshold: 0.1 %", "confidence: []",
     "x.yaml:42:23: error: the list \"confidence\" is empty\n", NOTHING_MORE},
    {"mapping where a list is expected", "x.yaml",
     "forms: [refined]\n"
     "    price",
     "forms: {a: b}\n"
     "    price",
     "x.yaml:7:12: error: \"forms\" must be a list, for example [a, b]; found a mapping\n", NOTHING_MORE},
    {"wrong length of a list", "x.yaml", "tallies:",
     "market: {home_priority: [0.5, 1]}\n"
     "tallies:",
     "x.yaml:42:25: error: \"home_priority\" has 2 numbers; 3 are expected, for example [0.5, 0.75, 1]\n",
     NOTHING_MORE},
    {"gain above a half", "x.yaml", "tallies:",
     "market: {inventory_gain: 0.75}\n"
     "tallies:",
     "x.yaml:42:26: error: \"inventory_gain\" must be at least 0 and at most 0.5; found \"0.75\"\n",
     NOTHING_MORE},
    {"loss_off above loss_on", "x.yaml", "tallies:",
     "market: {loss_off: 8 %}\n"
     "tallies:",
     "x.yaml:42:20: error: \"loss_off\" (8 %) must be below \"loss_on\" (7 %)\n", NOTHING_MORE},
    {"scarcity below 1", "x.yaml", "scarcity: 4", "scarcity: 0.5",
     "x.yaml:8:96: error: \"scarcity\" must be at least 1 and at most 20; found \"0.5\"\n", NOTHING_MORE},
    {"substitution above 1", "x.yaml", "limit: 20 %", "limit: 120 %",
     "x.yaml:11:63: error: \"limit\" must be at least 0 % and at most 100 %; found \"120 %\"\n",
     NOTHING_MORE},
    {"price range without 1", "x.yaml", "elasticity: 0.15", "elasticity: 0.15, price_range: [2, 20]",
     "x.yaml:11:54: error: \"price_range\" must enclose 1, the base price; write for example [0.1, 20]\n",
     NOTHING_MORE},
    {"form twice", "x.yaml", "[ore, oxide]", "[ore, ore]",
     "x.yaml:10:18: error: \"ore\" is in the list twice\n", NOTHING_MORE},
    {"negative rate", "x.yaml", "tension: 0.11 /year", "tension: -0.11 /year",
     "x.yaml:18:20: error: \"tension\" must be at least 0; found \"-0.11 /year\"\n", NOTHING_MORE},
    {"rate without time", "x.yaml", "rate: 0.01 /year", "rate: 0.01",
     "x.yaml:34:20: error: \"0.01\" has no unit where a rate is expected; write for example \"0.12 /year\"\n",
     NOTHING_MORE},
    {"unknown country", "x.yaml", "focus: JPN", "focus: JPM",
     "x.yaml:4:87: error: unknown country \"JPM\"; did you mean \"JPN\"?\n", NOTHING_MORE},
    {"country not a code", "x.yaml", "focus: JPN", "focus: Japan",
     "x.yaml:4:87: error: \"Japan\" is no country code; write three capitals (ISO 3166 alpha-3 or a group), "
     "for example JPN\n",
     NOTHING_MORE},
    {"country not listed", "x.yaml", "minerals:\n",
     "countries: [CHN, JPN]\n"
     "minerals:\n",
     "sites.csv:3: error: column \"country\": unknown country \"AUS\"; it is not in \"countries\"\n"
     "sites.csv:4: error: column \"country\": unknown country \"AUS\"; it is not in \"countries\"\n"
     "trade.csv:3: error: column \"from\": unknown country \"AUS\"; it is not in \"countries\"\n"
     "trade.csv:4: error: column \"from\": unknown country \"AUS\"; it is not in \"countries\"\n",
     NOTHING_MORE},
    {"country twice", "x.yaml", "minerals:\n",
     "countries: [CHN, JPN, AUS, CHN]\n"
     "minerals:\n",
     "x.yaml:5:28: error: country \"CHN\" is in the list twice\n", NOTHING_MORE},
    {"unknown mineral", "x.yaml", "mineral: gallium, form: refined", "mineral: galium, form: refined",
     "x.yaml:39:57: error: unknown mineral \"galium\"; did you mean \"gallium\"?\n", NOTHING_MORE},
    {"unknown form", "x.yaml", "mineral: gallium, form: refined", "mineral: gallium, form: raffined",
     "x.yaml:39:72: error: gallium has no form \"raffined\"; did you mean \"refined\"?\n", NOTHING_MORE},
    {"unknown form of a restriction", "x.yaml", "      forms: [refined]", "      forms: [metal]",
     "x.yaml:23:15: error: no mineral has a form \"metal\"\n", NOTHING_MORE},
    {"form of another mineral", "x.yaml", "      forms: [refined]", "      forms: [oxide]",
     "x.yaml:23:14: error: none of the minerals of \"strategic\" has a form \"oxide\"\n", NOTHING_MORE},
    {"unknown kind", "x.yaml", "kinds: [mine, refine]", "kinds: [mine, refinery]",
     "x.yaml:30:36: error: \"refinery\" is no kind of site; did you mean \"refine\"?\n", NOTHING_MORE},
    {"unknown site", "x.yaml", "select: {kinds: [mine, refine]}", "select: {sites: [ga_CHM]}",
     "x.yaml:30:30: error: unknown site \"ga_CHM\"; did you mean \"ga_CHN\"?\n", NOTHING_MORE},
    {"unknown type in force", "x.yaml", "type: licence, since", "type: license, since",
     "x.yaml:28:43: error: restriction \"strategic\" has no type \"license\"; did you mean \"licence\"?\n",
     NOTHING_MORE},
    {"unknown factor", "x.yaml", "{tension: 0.6}", "{tensoin: 0.6}",
     "x.yaml:37:27: error: unknown factor \"tensoin\"; did you mean \"tension\"?\n", NOTHING_MORE},
    {"unknown driver", "x.yaml", "regime/CHN:", "regime/CHM:",
     "x.yaml:37:14: error: \"regime/CHM\" is no driver of this scenario; did you mean \"regime/CHN\"?\n",
     NOTHING_MORE},
    {"driver without neighbour", "x.yaml", "regime/CHN:", "weather/CHN:",
     "x.yaml:37:14: error: \"weather/CHN\" is no driver of this scenario; drivers are regime/ISO, "
     "onset/ISO/MINERAL (restrictions), price/MINERAL, "
     "common/ISO/ID (shocks by step), route/ID (chokepoints) and macro (the demand cycle)\n",
     NOTHING_MORE},
    {"pattern without driver", "x.yaml", "price/*", "onset/AUS/*",
     "x.yaml:37:42: error: \"onset/AUS/*\" is no driver of this scenario; drivers are regime/ISO, "
     "onset/ISO/MINERAL (restrictions), price/MINERAL, "
     "common/ISO/ID (shocks by step), route/ID (chokepoints) and macro (the demand cycle)\n",
     NOTHING_MORE},
    {"outage that selects nothing", "x.yaml", "select: {kinds: [mine, refine]}", "select: {countries: [JPN]}",
     "x.yaml:30:21: error: the outage \"plant\" selects no site; it would never act\n", NOTHING_MORE},
    {"shock that selects nothing", "x.yaml", "hits: [{select: {minerals: [gallium]}",
     "hits: [{select: {forms: [ore]}",
     "x.yaml:32:95: error: the shock \"power\" selects no site; it would never act\n", NOTHING_MORE},
    {"shock beyond its country", "x.yaml", "hits: [{select: {minerals: [gallium]}",
     "hits: [{select: {countries: [AUS]}",
     "x.yaml:32:107: error: a shock of CHN cannot hit sites of AUS; write a shock of WLD\n", NOTHING_MORE},
    {"shock without hits", "x.yaml", "hits: [{select: {minerals: [gallium]}, probability: 50 %}]", "hits: []",
     "x.yaml:32:85: error: the shock \"power\" hits nothing\n", NOTHING_MORE},
    {"restriction without trade", "x.yaml", "exporter: CHN", "exporter: JPN",
     "x.yaml:22:17: error: the restriction \"strategic\" finds no trade: JPN exports no gallium in these "
     "forms\n",
     NOTHING_MORE},
    {"restriction on a mineral not exported", "x.yaml",
     "minerals: [gallium]\n"
     "      forms: [refined]",
     "minerals: [gallium, neodymium]\n"
     "      forms: [refined, ore]",
     "x.yaml:22:17: error: the restriction \"strategic\" finds no trade: CHN exports no neodymium in these "
     "forms\n",
     NOTHING_MORE},
    {"target without trade", "x.yaml", "target: JPN", "target: AUS",
     "x.yaml:27:60: error: the type \"embargo\" finds no trade: CHN exports none of these minerals to AUS\n",
     NOTHING_MORE},
    {"two restrictions on one mineral", "x.yaml", "  outages:\n",
     "    second: {exporter: CHN, minerals: all, onset: 0.1 /year, types: {quota: {share: 100 %, duration: 1 "
     "year}}}\n"
     "  outages:\n",
     "x.yaml:29:13: error: \"strategic\" and \"second\" both restrict gallium from CHN; one restriction with "
     "several types can say the same\n",
     NOTHING_MORE},
    {"shares all zero", "x.yaml",
     "licence: {share: 75 %, severity: {beta: {mean: 50 %, sd: 20 %}}, duration: {lognormal: {median: 24 "
     "months, sigma: 1.0}}}\n"
     "        embargo: {share: 25 %",
     "licence: {share: {normal: 1, tension: 0, coercion: 0}, duration: 1 year}\n"
     "        embargo: {share: {normal: 1, tension: 1, coercion: 0}",
     "x.yaml:26:9: error: the shares of the types of \"strategic\" are all 0 in regime coercion; one must be "
     "above 0\n",
     NOTHING_MORE},
    {"two outages of one site", "x.yaml", "  shocks:\n",
     "    strike: {select: {sites: [ga_CHN]}, mttf: 9 years, mttr: 3 weeks}\n"
     "  shocks:\n",
     "x.yaml:31:13: error: \"plant\" and \"strike\" both select site \"ga_CHN\" under the same label, so "
     "they would fail together; give one of them a \"label\"\n",
     NOTHING_MORE},
    {"chokepoint on no route", "trade.csv", NULL,
     "mineral,form,from,to,volume [t/year],lag [days]\n"
     "gallium,refined,CHN,JPN,200,14\n"
     "gallium,refined,AUS,JPN,,21\n"
     "neodymium,ore,AUS,CHN,900,21\n"
     "neodymium,oxide,CHN,JPN,300,14\n",
     "x.yaml:34:13: error: the chokepoint \"strait\" is on no route of network.trade; it would never act\n",
     NOTHING_MORE},
    {"chokepoint without effect", "x.yaml", ", capacity_loss: 70 %, detour: 4 days", "",
     "x.yaml:34:13: error: the chokepoint \"strait\" has no effect; give \"capacity_loss\", \"detour\" or "
     "both\n",
     NOTHING_MORE},
    {"since after the start", "x.yaml", "since: 2023-08-01", "since: 2027-08-01",
     "x.yaml:28:59: error: 2027-08-01 is after the start of the run (2026-01-05); for later changes write an "
     "event\n",
     NOTHING_MORE},
    {"since and age", "x.yaml", "since: 2023-08-01", "since: 2023-08-01, age: 2 years",
     "x.yaml:28:18: error: \"since\" and \"age\" are both given; give one of them\n", NOTHING_MORE},
    {"neither since nor age", "x.yaml", ", since: 2023-08-01", "",
     "x.yaml:28:18: error: neither \"since\" (a date) nor \"age\" (a duration) is given; give one of them\n",
     NOTHING_MORE},
    {"in force on another mineral", "x.yaml", "{mineral: gallium, type: licence",
     "{mineral: neodymium, type: licence",
     "x.yaml:28:28: error: neodymium is none of the minerals of the restriction \"strategic\"\n",
     NOTHING_MORE},
    {"severity above 1", "x.yaml", "type: licence, since", "type: licence, severity: 120 %, since",
     "x.yaml:28:62: error: \"severity\" must be at least 0 % and at most 100 %; found \"120 %\"\n",
     NOTHING_MORE},
    {"loadings too large", "x.yaml", "{tension: 0.6}", "{tension: 0.9, cycle: 0.5}",
     "x.yaml:37:41: error: the squares of the loadings of regime/CHN add up to 1.06; they may not exceed "
     "0.98\n",
     NOTHING_MORE},
    {"loading twice", "x.yaml", "price/*: {cycle: 0.4}", "price/*: {cycle: 0.4}, price/gallium: {cycle: 0.1}",
     "x.yaml:37:81: error: price/gallium gets factor \"cycle\" twice, from \"price/*\" and "
     "\"price/gallium\"\n",
     NOTHING_MORE},
    {"five factors", "x.yaml", "[tension, cycle]", "[tension, cycle, c, d, e]",
     "x.yaml:36:12: error: 5 factors; at most 4 are possible\n", NOTHING_MORE},
    {"two laws", "x.yaml", "mttr: {lognormal: {median: 4 weeks, sigma: 0.8}}",
     "mttr: {lognormal: {median: 4 weeks, sigma: 0.8}, constant: 3 weeks}",
     "x.yaml:30:67: error: a distribution has one law, for example {lognormal: {median: 8 months, p90: 20 "
     "months}}; found 2\n",
     NOTHING_MORE},
    {"unknown law", "x.yaml", "mttr: {lognormal:", "mttr: {lognorm:",
     "x.yaml:30:68: error: unknown law \"lognorm\"; did you mean \"lognormal\"?\n", NOTHING_MORE},
    {"beta of a duration", "x.yaml", "mttr: {lognormal: {median: 4 weeks, sigma: 0.8}}",
     "mttr: {beta: {mean: 50 %, sd: 20 %}}",
     "x.yaml:30:68: error: a beta law is for shares; for durations take lognormal, weibull or uniform\n",
     NOTHING_MORE},
    {"law without parameter", "x.yaml", "median: 4 weeks, sigma: 0.8", "sigma: 0.8",
     "x.yaml:30:68: error: \"median\" is missing in hazards.outages.plant.mttr.lognormal (median)\n",
     NOTHING_MORE},
    {"sigma and p90", "x.yaml", "median: 4 weeks, sigma: 0.8", "median: 4 weeks, sigma: 0.8, p90: 9 weeks",
     "x.yaml:30:79: error: a lognormal law has a median and either sigma or p90, for example {median: 8 "
     "months, p90: 20 months}\n",
     NOTHING_MORE},
    {"p90 below median", "x.yaml", "median: 4 weeks, sigma: 0.8", "median: 4 weeks, p90: 3 weeks",
     "x.yaml:30:102: error: p90 must be above the median\n", NOTHING_MORE},
    {"negative sigma", "x.yaml", "median: 4 weeks, sigma: 0.8", "median: 4 weeks, sigma: -0.8",
     "x.yaml:30:104: error: \"sigma\" must be at least 0 and at most 5; found \"-0.8\"\n", NOTHING_MORE},
    {"max below min", "x.yaml", "duration: 8 weeks", "duration: {uniform: {min: 8 weeks, max: 4 weeks}}",
     "x.yaml:32:100: error: max is below min\n", NOTHING_MORE},
    {"beta impossible", "x.yaml", "{mean: 50 %, sd: 20 %}", "{mean: 50 %, sd: 50 %}",
     "x.yaml:26:49: error: a beta law with this mean and sd has alpha = 0, beta = 0; both must be between "
     "0.05 and 100000\n",
     NOTHING_MORE},
    {"beta mixed", "x.yaml", "{mean: 50 %, sd: 20 %}", "{mean: 50 %, alpha: 2}",
     "x.yaml:26:49: error: a beta law has alpha and beta, or mean and sd, or mean and concentration, for "
     "example {mean: 60 %, sd: 20 %}\n",
     NOTHING_MORE},
    {"beta alpha not positive", "x.yaml", "{mean: 50 %, sd: 20 %}", "{alpha: 0, beta: 2}",
     "x.yaml:26:57: error: \"alpha\" must be at least 0.05 and at most 100000; found \"0\"\n", NOTHING_MORE},
    {"severity as a duration", "x.yaml", "severity: 50 %", "severity: 5 weeks",
     "x.yaml:32:54: error: unit \"weeks\" given where a share is expected; write for example \"50 %\"\n",
     NOTHING_MORE},
    {"severity above 100 %", "x.yaml", "severity: 50 %", "severity: 150 %",
     "x.yaml:32:54: error: \"severity\" must be at least 0 % and at most 100 %; found \"150 %\"\n",
     NOTHING_MORE},
    {"distribution as list", "x.yaml", "duration: 8 weeks", "duration: [8 weeks, 9 weeks]",
     "x.yaml:32:70: error: a distribution is a value or a mapping, for example {lognormal: {median: 8 "
     "months, p90: 20 months}}; found a list\n",
     NOTHING_MORE},
    {"stockpile without a hub", "x.yaml", "country: JPN, mineral: gallium, form: refined",
     "country: AUS, mineral: neodymium, form: oxide",
     "x.yaml:39:16: error: the stockpile \"national-ga\" is at neodymium/oxide/AUS, where there is no site, "
     "trade or demand\n",
     NOTHING_MORE},
    {"off above on", "x.yaml", "opening: 90 days", "opening: 90 days, on: 5 %, off: 6 %",
     "x.yaml:39:113: error: \"off\" (6 %) must be below \"on\" (5 %)\n", NOTHING_MORE},
    {"opening without unit", "x.yaml", "opening: 90 days", "opening: 90",
     "x.yaml:39:90: error: \"90\" given where a duration or a mass is expected; write for example \"7 days\" "
     "or \"500 t\"\n",
     NOTHING_MORE},
    {"floor above opening", "x.yaml", "opening: 90 days", "opening: 90 days, floor: 100 days",
     "x.yaml:39:106: error: the floor is above the opening stock\n", NOTHING_MORE},
    {"at most as a mass", "x.yaml", "at_most: 7 days/step", "at_most: 7 t",
     "x.yaml:39:108: error: \"7 t\" given where a duration per time or a flow is expected; write for example "
     "\"7 days/step\" or \"1_200 t/year\"\n",
     NOTHING_MORE},
    {"unknown owner", "x.yaml", "owner: national", "owner: nation",
     "x.yaml:39:24: error: unknown word \"nation\" for \"owner\"; did you mean \"national\"?\n",
     NOTHING_MORE},
    {"event without object", "x.yaml", "object: restriction/CHN/gallium, ", "",
     "x.yaml:41:5: error: \"object\" is missing in events.1 (site/ID, country/ISO, arc/MINERAL/FORM/FROM/TO, "
     "demand/MINERAL/FORM/COUNTRY[/SECTOR], restriction/EXPORTER/MINERAL[/IMPORTER], price/MINERAL, "
     "hazard/regime/ISO, hazard/restriction/ID, hazard/shock/ID, hazard/chokepoint/ID)\n",
     NOTHING_MORE},
    {"unknown object", "x.yaml", "object: restriction/CHN/gallium", "object: restricton/CHN/gallium",
     "x.yaml:41:48: error: \"restricton/CHN/gallium\" names no object; did you mean \"restriction\"?\n",
     NOTHING_MORE},
    {"object of the wrong form", "x.yaml", "object: restriction/CHN/gallium", "object: restriction/gallium",
     "x.yaml:41:48: error: \"restriction/gallium\" must be of the form restriction/EXPORTER/MINERAL or "
     "restriction/EXPORTER/MINERAL/IMPORTER\n",
     NOTHING_MORE},
    {"object that does not exist", "x.yaml", "object: restriction/CHN/gallium, field: severity",
     "object: site/ga_CHM, field: availability",
     "x.yaml:41:48: error: there is no site \"site/ga_CHM\"; did you mean \"ga_CHN\"?\n", NOTHING_MORE},
    {"arc that does not exist", "x.yaml", "object: restriction/CHN/gallium, field: severity",
     "object: arc/gallium/refined/JPN/CHN, field: availability",
     "x.yaml:41:48: error: there is no trade \"arc/gallium/refined/JPN/CHN\"\n", NOTHING_MORE},
    {"demand that does not exist", "x.yaml", "object: restriction/CHN/gallium, field: severity",
     "object: demand/gallium/refined/AUS, field: factor",
     "x.yaml:41:48: error: there is no demand \"demand/gallium/refined/AUS\"; did you mean "
     "\"gallium/refined/CHN\"?\n",
     NOTHING_MORE},
    {"restriction of nothing", "x.yaml", "object: restriction/CHN/gallium", "object: restriction/JPN/gallium",
     "x.yaml:41:48: error: JPN exports no gallium that could be restricted\n", NOTHING_MORE},
    {"country without sites", "x.yaml", "object: restriction/CHN/gallium, field: severity",
     "object: country/JPN, field: availability",
     "x.yaml:41:48: error: there is no site in JPN whose availability could change\n", NOTHING_MORE},
    {"wrong field", "x.yaml", "field: severity", "field: availability",
     "x.yaml:41:80: error: a restriction has no field \"availability\"; it has severity\n", NOTHING_MORE},
    {"regime by share", "x.yaml", "object: restriction/CHN/gallium, field: severity, value: 100 %",
     "object: country/CHN, field: regime, value: 50 %",
     "x.yaml:41:83: error: a regime is 0 (normal), 1 (tension) or 2 (coercion); found 0.5\n", NOTHING_MORE},
    {"regime multiplied", "x.yaml", "object: restriction/CHN/gallium, field: severity, value: 100 %",
     "object: country/CHN, field: regime, value: 1, op: multiply",
     "x.yaml:41:90: error: a regime can only be set\n", NOTHING_MORE},
    {"availability above 1", "x.yaml", "object: restriction/CHN/gallium, field: severity, value: 100 %",
     "object: site/ga_CHN, field: availability, value: 1.5",
     "x.yaml:41:89: error: an availability is between 0 and 100 %; found 1.5\n", NOTHING_MORE},
    {"from after to", "x.yaml", "to: 2026-09-01", "to: 2026-06-01",
     "x.yaml:41:28: error: the event is over before it begins: step 25 to 21 (\"to\" is exclusive)\n",
     NOTHING_MORE},
    {"from is no date", "x.yaml", "from: 2026-07-01", "from: July 2026",
     "x.yaml:41:12: error: \"July 2026\" is no date or number of a step; write for example 2026-01-31 or "
     "52\n",
     NOTHING_MORE},
    {"event outside the run", "x.yaml", "from: 2026-07-01, to: 2026-09-01",
     "from: 2036-07-01, to: 2036-09-01",
     "x.yaml:41:12: warning: the event lies outside the run, which has steps 0 to 103\n", NOTHING_MORE},
    {"missing table", "x.yaml", "sites: sites.csv", "sites: site.csv",
     "x.yaml:13:10: error: cannot read \"site.csv\": no such file\n", NOTHING_MORE},
    {"empty table", "sites.csv", NULL, "",
     "sites.csv:1: error: the table is empty; its first line names the columns\n", NOTHING_MORE},
    {"header only", "sites.csv", NULL, "id,mineral,form,country,kind,output [t/year]\n",
     "sites.csv:1: error: the table has a header but no row\n", NOTHING_MORE},
    {"missing column", "sites.csv", "output [t/year],", "# output,",
     "sites.csv:1: error: the table has no column \"output\" (output of the base flow, in contained mass)\n",
     NOTHING_MORE},
    {"unknown column", "sites.csv", "plants\n", "plant\n",
     "sites.csv:1: error: column \"plant\": unknown column; did you mean \"plants\"? (a column that starts "
     "with \"#\" is carried but not read)\n",
     NOTHING_MORE},
    {"column twice", "sites.csv", "plants\n", "spare [%]\n",
     "sites.csv:1: error: column \"spare [%]\": the table has this column twice, as columns 7 and 8\n",
     NOTHING_MORE},
    {"column without name", "sites.csv", ",plants\n", ",\n", "sites.csv:1: error: column 8 has no name\n",
     NOTHING_MORE},
    {"broken header", "sites.csv", "output [t/year]", "output [t/year",
     "sites.csv:1: error: column \"output [t/year\": the header is no \"name\" or \"name [unit]\"\n",
     NOTHING_MORE},
    {"header without unit", "sites.csv", "output [t/year]", "output",
     "sites.csv:1: error: column \"output\": the header gives no unit where a flow is expected; write for "
     "example \"output [t/year]\"\n",
     NOTHING_MORE},
    {"header with a wrong unit", "sites.csv", "output [t/year]", "output [USD/t]",
     "sites.csv:1: error: column \"output [USD/t]\": unit \"USD/t\" given where a flow is expected; write "
     "for example \"output [t/year]\"\n",
     NOTHING_MORE},
    {"header with an unknown unit", "sites.csv", "output [t/year]", "output [t/yaer]",
     "sites.csv:1: error: column \"output [t/yaer]\": unknown unit \"t/yaer\" where a flow is expected; did "
     "you mean \"year\"?\n",
     NOTHING_MORE},
    {"unit where none applies in a header", "sites.csv", "plants\n", "plants [t]\n",
     "sites.csv:1: error: column \"plants [t]\": \"plants\" has no unit; write the header \"plants\"\n",
     NOTHING_MORE},
    {"ragged row, short", "sites.csv", "mine,600,10,4", "mine,600,10",
     "sites.csv:2: error: the row has 7 fields where the header has 8\n", NOTHING_MORE},
    {"ragged row, long", "sites.csv", "mine,600,10,4", "mine,1,600,10,4",
     "sites.csv:2: error: the row has 9 fields where the header has 8; a field with a comma must be in "
     "quotes\n",
     NOTHING_MORE},
    {"semicolons", "sites.csv", NULL,
     "id;mineral;form\n"
     "a;b;c\n",
     "sites.csv:1: error: the columns are separated by semicolons; write a comma between them\n",
     NOTHING_MORE},
    {"unclosed quote in a table", "sites.csv", "ga_AUS,", "\"ga_AUS,",
     "sites.csv:3: error: a quoted field is not closed\n", NOTHING_MORE},
    {"quote inside a field", "sites.csv", "ga_AUS,", "ga\"AUS,",
     "sites.csv:3: error: a quote inside a field; put the whole field in quotes and write \"\" for the inner "
     "one\n",
     NOTHING_MORE},
    {"text after a quote", "sites.csv", "ga_AUS,", "\"ga\"AUS,",
     "sites.csv:3: error: text after the closing quote of a field; write \"\" for a quote inside quotes\n",
     NOTHING_MORE},
    {"bad UTF-8 in a table", "sites.csv", "ga_AUS,",
     "ga\xE9"
     "AUS,",
     "sites.csv:3:3: error: byte 0xE9 is not UTF-8; save the file as UTF-8\n", NOTHING_MORE},
    {"bad cell", "sites.csv", "mine,600,10,4", "mine,6OO,10,4",
     "sites.csv:2: error: column \"output [t/year]\": \"6OO\" is no number\n", NOTHING_MORE},
    {"cell with a unit", "sites.csv", "mine,600,10,4", "mine,600 t/year,10,4",
     "sites.csv:2: error: column \"output [t/year]\": \"600 t/year\" where the header gives the unit; write "
     "the number alone\n",
     NOTHING_MORE},
    {"negative output", "sites.csv", "mine,600,10,4", "mine,-600,10,4",
     "sites.csv:2: error: column \"output [t/year]\": \"output\" must be at least 0; found \"-600 t/year\"\n",
     NOTHING_MORE},
    {"empty cell of a required column", "sites.csv", "CHN,mine,600", "CHN,,600",
     "sites.csv:2: error: the site has no \"kind\" (refine turns the form before into `form`; the others "
     "take no input)\n",
     NOTHING_MORE},
    {"site twice", "sites.csv", "ga_AUS,", "ga_CHN,",
     "sites.csv:3: error: column \"id\": site \"ga_CHN\" is given twice; the first is in line 2\n",
     NOTHING_MORE},
    {"site of an unknown mineral", "sites.csv", "ga_AUS,gallium", "ga_AUS,galium",
     "sites.csv:3: error: column \"mineral\": unknown mineral \"galium\"; did you mean \"gallium\"?\n",
     NOTHING_MORE},
    {"refinery of the first form", "sites.csv", "ore,AUS,mine", "ore,AUS,refine",
     "sites.csv:4: error: column \"form\": a refinery cannot make \"ore\", the first form of neodymium, out "
     "of anything; take kind mine, recycle, supply or seabed\n",
     NOTHING_MORE},
    {"yield of a mine", "sites.csv", NULL,
     "id,mineral,form,country,kind,output [t/year],yield [%]\n"
     "a,gallium,refined,CHN,mine,600,90\n"
     "b,gallium,refined,AUS,supply,1,100\n"
     "o,neodymium,oxide,CHN,refine,800,90\n"
     "r,neodymium,ore,AUS,mine,800,\n",
     "sites.csv:2: error: column \"yield [%]\": a site of kind mine takes no input, so it has no yield\n",
     NOTHING_MORE},
    {"yield of zero", "sites.csv", NULL,
     "id,mineral,form,country,kind,output [t/year],yield [%]\n"
     "a,gallium,refined,CHN,mine,600,\n"
     "b,gallium,refined,AUS,supply,1,100\n"
     "o,neodymium,oxide,CHN,refine,800,0\n"
     "r,neodymium,ore,AUS,mine,800,\n",
     "sites.csv:4: error: column \"yield [%]\": \"yield\" must be above 0 % and at most 100 %; found \"0 "
     "%\"\n",
     NOTHING_MORE},
    {"capacity below output", "sites.csv", "spare [%]", "capacity [t/year]",
     "sites.csv:2: error: column \"capacity [t/year]\": the capacity is below the output\n"
     "sites.csv:5: error: column \"capacity [t/year]\": the capacity is below the output\n",
     NOTHING_MORE},
    {"capacity and spare", "sites.csv", NULL,
     "id,mineral,form,country,kind,output [t/year],spare [%],capacity [t/year]\n"
     "a,gallium,refined,CHN,mine,600,10,700\n"
     "b,gallium,refined,AUS,supply,1,,\n"
     "o,neodymium,oxide,CHN,refine,800,,\n"
     "r,neodymium,ore,AUS,mine,800,,\n",
     "sites.csv:2: error: column \"spare [%]\": \"capacity\" and \"spare\" are both given; give one of "
     "them\n",
     NOTHING_MORE},
    {"trade twice", "trade.csv", "gallium,refined,AUS,JPN", "gallium,refined,CHN,JPN",
     "trade.csv:3: error: the trade gallium/refined/CHN/JPN is given twice; the first is in line 2\n",
     NOTHING_MORE},
    {"trade with itself", "trade.csv", "gallium,refined,AUS,JPN", "gallium,refined,AUS,AUS",
     "trade.csv:3: error: column \"to\": the trade goes from AUS to itself\n", NOTHING_MORE},
    {"trade without lag", "trade.csv", "AUS,JPN,,21", "AUS,JPN,,",
     "trade.csv:3: error: the trade has no \"lag\" (transit time) and no \"lag_steps\"; give one of them\n",
     NOTHING_MORE},
    {"lag twice", "trade.csv", NULL,
     "mineral,form,from,to,volume [t/year],lag [days],lag_steps,routes\n"
     "gallium,refined,CHN,JPN,200,14,2,strait\n"
     "gallium,refined,AUS,JPN,,21,,\n"
     "neodymium,ore,AUS,CHN,1,2,,\n"
     "neodymium,oxide,CHN,JPN,1,2,,\n",
     "trade.csv:2: error: column \"lag_steps\": \"lag\" and \"lag_steps\" are both given; give one of them\n",
     NOTHING_MORE},
    {"unknown route", "trade.csv", "14,strait,\n", "14,straight,\n",
     "trade.csv:2: error: column \"routes\": unknown chokepoint \"straight\"; did you mean \"strait\"?\n",
     NOTHING_MORE},
    {"route twice", "trade.csv", "14,strait,\n", "14,strait;strait,\n",
     "trade.csv:2: error: column \"routes\": chokepoint \"strait\" is in the list twice\n", NOTHING_MORE},
    {"firm above 1", "trade.csv", "strait,60", "strait,160",
     "trade.csv:5: error: column \"firm [%]\": \"firm\" must be at least 0 % and at most 100 %; found \"160 "
     "%\"\n",
     NOTHING_MORE},
    {"demand twice", "demand.csv", "gallium,refined,CHN,,", "gallium,refined,JPN,chips,",
     "demand.csv:3: error: the demand gallium/refined/JPN/chips is given twice; the first is in line 2\n",
     NOTHING_MORE},
    {"priority 10", "demand.csv", "magnets,500,3,2", "magnets,500,3,10",
     "demand.csv:5: error: column \"priority\": 10 given where at most 9 is expected\n", NOTHING_MORE},
    {"hub without anything", "x.yaml", "  sites: sites.csv",
     "  hubs: [{mineral: neodymium, form: oxide, country: AUS, cover: 8 weeks}]\n"
     "  sites: sites.csv",
     "x.yaml:13:10: error: the hub neodymium/oxide/AUS does not exist: no site, trade or demand is there\n",
     NOTHING_MORE},
    {"hub twice", "x.yaml", "  sites: sites.csv",
     "  hubs:\n"
     "    - {mineral: gallium, form: refined, country: JPN, cover: 8 weeks}\n"
     "    - {mineral: gallium, form: refined, country: JPN}\n"
     "  sites: sites.csv",
     "x.yaml:15:7: error: the hub gallium/refined/JPN is given twice; the first is in line 14\n",
     NOTHING_MORE},
    {"hub without storage that follows orders", "x.yaml", "  sites: sites.csv",
     "  hubs: [{mineral: gallium, form: refined, country: JPN, storage: none}]\n"
     "  sites: sites.csv",
     "x.yaml:13:67: error: a hub without storage needs \"production: push\" in the market of gallium\n",
     NOTHING_MORE},
    {"hub without storage that exports", "x.yaml",
     "network:\n"
     "  sites: sites.csv",
     "market: {production: push}\n"
     "network:\n"
     "  hubs: [{mineral: gallium, form: refined, country: CHN, storage: none}]\n"
     "  sites: sites.csv",
     "x.yaml:14:10: error: the hub gallium/refined/CHN has no storage, so it cannot export\n", NOTHING_MORE},
    {"hub without storage and a process lag", "x.yaml",
     "network:\n"
     "  sites: sites.csv",
     "market: {production: push}\n"
     "network:\n"
     "  hubs: [{mineral: gallium, form: refined, country: JPN, storage: none}]\n"
     "  sites: {ga_CHN: {mineral: gallium, form: refined, country: CHN, kind: mine, output: 600 t/year},\n"
     "          ga_JPN: {mineral: gallium, form: refined, country: JPN, kind: recycle, output: 6 t/year, "
     "lag: 7 days}}",
     "x.yaml:16:19: error: what site \"ga_JPN\" makes is ready later, but the hub gallium/refined/JPN has no "
     "storage; leave out \"lag\"\n",
     NOTHING_MORE},
    {"storage with a word", "x.yaml", "  sites: sites.csv",
     "  hubs: [{mineral: gallium, form: refined, country: JPN, storage: much}]\n"
     "  sites: sites.csv",
     "x.yaml:13:67: error: \"much\" given where a mass is expected; write for example \"500 t\"\n",
     NOTHING_MORE},
    {"table as mapping by id", "x.yaml", "trade: trade.csv", "trade: {a: {mineral: gallium}}",
     "x.yaml:14:10: error: network.trade must be the name of a table or a list; found a mapping\n",
     NOTHING_MORE},
    {"unknown profile",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 1 t/year, profile: laod}]\n"
     "profiles: {load: {file: load.csv, period: month}}",
     "x.yaml:15:85: error: unknown profile \"laod\"; did you mean \"load\"?\n",
     {{"load.csv", "load\n"
                   "1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n"}}},
    {"profile that nothing has",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 1 t/year}]\n"
     "profiles: {load: {file: load.csv, period: month}}",
     "x.yaml:16:18: warning: no demand and no site has the profile \"load\"\n",
     {{"load.csv", "load\n"
                   "1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n"}}},
    {"profile without table", "x.yaml", "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 1 t/year, profile: load}]\n"
     "profiles: {load: {file: lod.csv, period: month}}",
     "x.yaml:16:25: error: cannot read \"lod.csv\": no such file\n", NOTHING_MORE},
    {"profile without period",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 1 t/year, profile: load}]\n"
     "profiles: {load: {file: load.csv}}",
     "x.yaml:16:18: error: \"period\" is missing in profiles.load (time of a row: hour, day or week from "
     "`start` on, month or year of the calendar)\n",
     {{"load.csv", "load\n"
                   "1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n"}}},
    {"profile with an unknown period",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 1 t/year, profile: load}]\n"
     "profiles: {load: {file: load.csv, period: quarter}}",
     "x.yaml:16:43: error: unknown word \"quarter\" for \"period\"; it can be hour, day, week, month, year\n",
     {{"load.csv", "load\n"
                   "1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n"}}},
    {"profile too short",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 1 t/year, profile: load}]\n"
     "profiles: {load: {file: load.csv, period: month}}",
     "x.yaml:16:25: error: the table \"load.csv\" has 24 monthly rows; the run from 2026-01-05 to 2028-01-03 "
     "needs 25; add rows, or write \"repeat: true\"\n",
     {{"load.csv", "load\n"
                   "1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n"}}},
    {"hourly profile too short",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 1 t/year, profile: load}]\n"
     "profiles: {load: {file: load.csv, period: hour}}",
     "x.yaml:16:25: error: the table \"load.csv\" has 2 hourly rows; the run from 2026-01-05 to 2028-01-03 "
     "needs 17472; add rows, or write \"repeat: true\"\n",
     {{"load.csv", "load\n"
                   "1\n1\n"}}},
    {"profile that begins late",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 1 t/year, profile: load}]\n"
     "profiles: {load: {file: load.csv, period: month, start: 2026-02-01}}",
     "x.yaml:16:57: error: the profile begins on 2026-02-01, after the start of the run (2026-01-05); begin "
     "earlier, or write \"repeat: true\"\n",
     {{"load.csv",
       "load\n"
       "1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n"}}},
    {"profile of several columns",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 1 t/year, profile: load}]\n"
     "profiles: {load: {file: load.csv, period: month}}",
     "x.yaml:16:25: error: the table \"load.csv\" has 2 columns; say with \"column\" which one is read\n",
     {{"load.csv", "t,load\n"
                   "1,1\n"}}},
    {"profile with an unknown column",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 1 t/year, profile: load}]\n"
     "profiles: {load: {file: load.csv, period: month, column: laod}}",
     "x.yaml:16:58: error: the table \"load.csv\" has no column \"laod\"; did you mean \"load\"?\n",
     {{"load.csv", "load\n"
                   "1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n"}}},
    {"profile with an empty cell",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 1 t/year, profile: load}]\n"
     "profiles: {load: {file: load.csv, period: month, column: load, repeat: true}}",
     "load.csv:3: error: column \"load\": the cell is empty; a profile has a value in every row\n",
     {{"load.csv", "t,load\n"
                   "1,1\n"
                   "2,\n"}}},
    {"profile with a word",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 1 t/year, profile: load}]\n"
     "profiles: {load: {file: load.csv, period: month, repeat: true}}",
     "load.csv:3: error: column \"load\": \"high\" given where a share is expected; write for example \"50 "
     "%\"\n",
     {{"load.csv", "load\n"
                   "1\n"
                   "high\n"}}},
    {"profile below 0",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 1 t/year, profile: load}]\n"
     "profiles: {load: {file: load.csv, period: month, repeat: true}}",
     "load.csv:2: error: column \"load\": \"load\" must be at least 0 %; found \"-1\"\n",
     {{"load.csv", "load\n"
                   "-1\n"}}},
    {"relative profile with a flow",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 1 t/year, profile: load}]\n"
     "profiles: {load: {file: load.csv, period: month, repeat: true}}",
     "load.csv:1: error: column \"load [t/day]\": a relative profile has no unit, or %; write \"kind: "
     "absolute\" for a flow\n",
     {{"load.csv", "load [t/day]\n"
                   "1\n1\n"}}},
    {"relative profile with a mass",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 1 t/year, profile: load}]\n"
     "profiles: {load: {file: load.csv, period: month, repeat: true}}",
     "load.csv:1: error: column \"load [t]\": a relative profile has no unit, or %; take the unit away\n",
     {{"load.csv", "load [t]\n"
                   "1\n1\n"}}},
    {"absolute profile without a unit",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 1 t/year, profile: load}]\n"
     "profiles: {load: {file: load.csv, period: month, kind: absolute, repeat: true}}",
     "load.csv:1: error: column \"load\": an absolute profile needs a flow; write for example \"load "
     "[t/day]\"\n",
     {{"load.csv", "load\n"
                   "1\n1\n"}}},
    {"absolute profile with a mass",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 1 t/year, profile: load}]\n"
     "profiles: {load: {file: load.csv, period: month, kind: absolute, repeat: true}}",
     "load.csv:1: error: column \"load [t]\": an absolute profile needs a flow; write for example \"load "
     "[t/day]\"\n",
     {{"load.csv", "load [t]\n"
                   "1\n1\n"}}},
    {"absolute profile and growth",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, growth: 2 %/year, profile: load}]\n"
     "profiles: {load: {file: load.csv, period: month, kind: absolute, repeat: true}}",
     "x.yaml:15:68: error: growth with the absolute profile \"load\", which is the demand itself; leave one "
     "out\n",
     {{"load.csv", "load [t/day]\n"
                   "1\n1\n"}}},
    {"absolute profile and no rate",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, rate: 0 t/year, profile: load}]\n"
     "profiles: {load: {file: load.csv, period: month, kind: absolute, repeat: true}}",
     "x.yaml:15:66: error: the rate must be above 0 with the absolute profile \"load\"; or leave it out\n",
     {{"load.csv", "load [t/day]\n"
                   "1\n1\n"}}},
    {"demand without rate",
     "x.yaml",
     "demand: demand.csv",
     "demand: [{mineral: gallium, form: refined, country: JPN, profile: load}]\n"
     "profiles: {load: {file: load.csv, period: month, repeat: true}}",
     "x.yaml:15:12: error: \"rate\" is missing in network.demand.1 (demand in the base year)\n",
     {{"load.csv", "load\n"
                   "1\n1\n"}}},
    {"demand without rate in a table", "demand.csv", "JPN,chips,200,2", "JPN,chips,,2",
     "demand.csv:2: error: the demand has no \"rate\" (demand in the base year)\n", NOTHING_MORE},
    {"site with a profile above 1",
     "x.yaml",
     "network:\n"
     "  sites: sites.csv",
     "profiles: {load: {file: load.csv, period: month, repeat: true}}\n"
     "network:\n"
     "  sites: {ga_CHN: {mineral: gallium, form: refined, country: CHN, kind: mine, output: 600 t/year, "
     "profile: load}}",
     "x.yaml:14:108: error: profile \"load\" goes up to 1.25; that of a site is an availability, at most 1\n",
     {{"load.csv", "load\n"
                   "1.25\n"}}},
    {"site with an absolute profile",
     "x.yaml",
     "network:\n"
     "  sites: sites.csv",
     "profiles: {load: {file: load.csv, period: month, kind: absolute, repeat: true}}\n"
     "network:\n"
     "  sites: {ga_CHN: {mineral: gallium, form: refined, country: CHN, kind: mine, output: 600 t/year, "
     "profile: load}}",
     "x.yaml:14:108: error: profile \"load\" is absolute; that of a site is relative, a share of its "
     "capacity\n",
     {{"load.csv", "load [t/day]\n"
                   "1\n"}}},
    {"series without step",
     "x.yaml",
     "tallies:",
     "series: s.csv\n"
     "tallies:",
     "s.csv:1: error: the table has no column \"step\"\n",
     {{"s.csv", "t,site/ga_CHN/availability\n"
                "0,1\n"}}},
    {"series with a gap",
     "x.yaml",
     "tallies:",
     "series: s.csv\n"
     "tallies:",
     "s.csv:3: error: column \"step\": the steps must be 0, 1, 2, ... without gaps; step 1 is expected "
     "here\n",
     {{"s.csv", "step,site/ga_CHN/availability\n"
                "0,1\n"
                "2,1\n"}}},
    {"series with an unknown site",
     "x.yaml",
     "tallies:",
     "series: s.csv\n"
     "tallies:",
     "s.csv:1: error: column \"site/ga_CHM/availability\": there is no site \"site/ga_CHM\"; did you mean "
     "\"ga_CHN\"?\n",
     {{"s.csv", "step,site/ga_CHM/availability\n"
                "0,1\n"}}},
    {"series with an unknown column",
     "x.yaml",
     "tallies:",
     "series: s.csv\n"
     "tallies:",
     "s.csv:1: error: column \"site/ga_CHN/available\": unknown column; the columns are \"step\" and "
     "OBJECT/FIELD, for example \"site/mine-1/availability\"\n",
     {{"s.csv", "step,site/ga_CHN/available\n"
                "0,1\n"}}},
    {"series out of range",
     "x.yaml",
     "tallies:",
     "series: s.csv\n"
     "tallies:",
     "s.csv:3: error: column \"site/ga_CHN/availability [%]\": an availability is between 0 and 100 %; found "
     "1.2\n"
     "s.csv:4: error: column \"site/ga_CHN/availability [%]\": the cell is empty; a series has a value in "
     "every step\n",
     {{"s.csv", "step,site/ga_CHN/availability [%]\n"
                "0,100\n"
                "1,120\n"
                "2,\n"}}},
    {"missing include", "x.yaml", "title: A",
     "include: [none.yaml]\n"
     "title: A",
     "x.yaml:3:11: error: cannot read \"none.yaml\": no such file\n", NOTHING_MORE},
    {"include cycle",
     "x.yaml",
     "title: A",
     "include: [a.yaml]\n"
     "title: A",
     "b.yaml:1:11: error: the file includes itself: \"a.yaml\" is being read already\n",
     {{"a.yaml", "include: b.yaml\n"}, {"b.yaml", "include: [./a.yaml]\n"}}},
    {"includes itself", "x.yaml", "title: A",
     "include: [x.yaml]\n"
     "title: A",
     "x.yaml:3:11: error: the file includes itself: \"x.yaml\" is being read already\n", NOTHING_MORE},
    {"include as mapping", "x.yaml", "title: A",
     "include: {a: b}\n"
     "title: A",
     "x.yaml:3:10: error: \"include\" names files; found a mapping\n", NOTHING_MORE},
    {"error in an include",
     "x.yaml",
     "title: A",
     "include: [a.yaml]\n"
     "title: A",
     "a.yaml:2:3: error: unknown key \"thresold\" in tallies; did you mean \"threshold\"?\n",
     {{"a.yaml", "tallies:\n"
                 "  thresold: 1 %\n"}}},
    {"patch without base", "x.yaml", "title: A",
     "patch: {run.paths: 3}\n"
     "title: A",
     "x.yaml:3:1: error: \"patch\" changes a \"base\", which is not given; to change this file itself, write "
     "the keys in their sections\n",
     NOTHING_MORE},
    {"patch of nothing",
     "x.yaml",
     NULL,
     "base: b.yaml\n"
     "patch: {run.pahts: null}\n",
     "x.yaml:2:9: error: nothing to remove at \"run.pahts\"; did you mean \"paths\"?\n",
     {{"b.yaml", scenario}}},
    {"patch of a list",
     "x.yaml",
     NULL,
     "base: b.yaml\n"
     "patch: {events.0.value: 3}\n",
     "x.yaml:2:9: error: the items of a list cannot be changed one by one (\"events.0.value\"); give the "
     "whole list\n",
     {{"b.yaml", scenario}}},
    {"patch of a table without ids",
     "x.yaml",
     NULL,
     "base: b.yaml\n"
     "patch: {network.trade.a.volume: 3 t/year}\n",
     "x.yaml:2:9: error: the rows of \"trade.csv\" have no column \"id\", so they cannot be changed one by "
     "one; give another table instead\n",
     {{"b.yaml", scenario}}},
    {"patch with a bad value",
     "x.yaml",
     NULL,
     "base: b.yaml\n"
     "patch:\n"
     "  network.sites.ga_CHN.output: 30 USD/t\n",
     "x.yaml:3:32: error: unit \"USD/t\" given where a flow is expected; write for example \"1_200 "
     "t/year\"\n",
     {{"b.yaml", scenario}}},
    {"patch with an empty part",
     "x.yaml",
     NULL,
     "base: b.yaml\n"
     "patch: {run..paths: 3}\n",
     "x.yaml:2:9: error: \"run..paths\" is no dotted key; write for example \"run.paths\"\n",
     {{"b.yaml", scenario}}},
    {"two ways out of coercion", "x.yaml", "ease: 0.47 /year", "ease: 0.47 /year, coercion_spell: 2 years",
     "x.yaml:18:107: error: \"ease\" and \"coercion_spell\" are both given; give one of them\n",
     NOTHING_MORE},
    {"no way out of coercion", "x.yaml", ", ease: 0.47 /year", "",
     "x.yaml:18:10: error: neither \"ease\" (a rate) nor \"coercion_spell\" (a duration) is given; give one "
     "of "
     "them\n",
     NOTHING_MORE},
    {"a spell as a rate", "x.yaml", "ease: 0.47 /year", "coercion_spell: 2 /year",
     "x.yaml:18:89: error: unit \"/year\" given where a duration is expected; write for example \"7 days\"\n",
     NOTHING_MORE},
    {"two laws of the up time", "x.yaml", "mttf: 3 years",
     "mttf: 3 years, uptime: {exponential: {mean: 1 year}}",
     "x.yaml:30:69: error: \"mttf\" and \"uptime\" are both given; give one of them\n", NOTHING_MORE},
    {"shape of an up time", "x.yaml", "mttf: 3 years", "uptime: 3 years, shape: 2",
     "x.yaml:30:70: error: \"shape\" belongs to \"mttf\"; write \"uptime: {weibull: {scale: ..., shape: "
     "...}}\"\n",
     NOTHING_MORE},
    {"up time of length 0", "x.yaml", "mttf: 3 years", "uptime: 0 days",
     "x.yaml:30:54: error: the mean of \"uptime\" must be above 0\n", NOTHING_MORE},
    {"normal up time with a stationary start", "x.yaml", "mttf: 3 years",
     "uptime: {normal: {mean: 1 year, sd: 1 year}}",
     "x.yaml:30:54: error: a normal law has negative values, so that it has no stationary start; take "
     "lognormal, weibull or uniform, or \"start: up\"\n",
     NOTHING_MORE},
    {"normal time to repair with a stationary start", "x.yaml",
     "mttr: {lognormal: {median: 4 weeks, sigma: 0.8}}", "mttr: {normal: {mean: 4 weeks, sd: 1 week}}",
     "x.yaml:30:67: error: a normal law has negative values, so that it has no stationary start; take "
     "lognormal, weibull or uniform, or \"start: up\"\n",
     NOTHING_MORE},
    {"bloc with an importer without trade", "x.yaml", "target: JPN", "target: [JPN, AUS]",
     "x.yaml:27:60: error: the type \"embargo\" finds no trade: CHN exports none of these minerals to AUS\n",
     NOTHING_MORE},
    {"empty bloc", "x.yaml", "target: JPN", "target: []",
     "x.yaml:27:60: error: the list \"target\" is empty; leave it out to select all\n", NOTHING_MORE},
    {"bloc with a word", "x.yaml", "target: JPN", "target: [JPN, Korea]",
     "x.yaml:27:66: error: \"Korea\" is no country code; write three capitals (ISO 3166 alpha-3 or a group), "
     "for "
     "example JPN\n",
     NOTHING_MORE},
    {"escalation to an unknown type", "x.yaml", "target: JPN", "escalation: {probability: 50 %, to: licenc}",
     "x.yaml:27:88: error: restriction \"strategic\" has no type \"licenc\"; did you mean \"licence\"?\n",
     NOTHING_MORE},
    {"escalation to other targets", "x.yaml", "target: JPN",
     "target: JPN, escalation: {probability: 50 %, to: licence}",
     "x.yaml:27:101: error: \"embargo\" and \"licence\" have different targets; a restriction that escalates "
     "hits "
     "the same importers\n",
     NOTHING_MORE},
    {"escalation without probability", "x.yaml", "target: JPN", "escalation: {to: licence}",
     "x.yaml:27:64: error: \"probability\" is missing in "
     "hazards.restrictions.strategic.types.embargo.escalation "
     "(that the restriction tightens when its time is over)\n",
     NOTHING_MORE},
    {"notice as a share", "x.yaml", "target: JPN", "notice: 20 %",
     "x.yaml:27:60: error: unit \"%\" given where a duration is expected; write for example \"7 days\"\n",
     NOTHING_MORE},
    {"contagion without effect", "x.yaml", "exporter: CHN\n", "exporter: CHN\n      contagion: {most: 3}\n",
     "x.yaml:22:18: error: the contagion has no effect; give \"minerals\", \"importers\" or both, above 0\n",
     NOTHING_MORE},
    {"contagion of one mineral", "x.yaml", "exporter: CHN\n",
     "exporter: CHN\n      contagion: {minerals: 3}\n",
     "x.yaml:21:7: error: the contagion of \"strategic\" between minerals would never act: CHN restricts "
     "only one "
     "mineral\n",
     NOTHING_MORE},
    {"contagion of importers without target", "x.yaml", ", target: JPN}\n      in_force",
     "}\n      contagion: {importers: 3}\n      in_force",
     "x.yaml:21:7: error: the contagion of \"strategic\" between importers would never act: none of its "
     "types has a "
     "\"target\"\n",
     NOTHING_MORE},
    {"retaliation against itself", "x.yaml", "exporter: CHN\n",
     "exporter: CHN\n      retaliation: {against: CHN, factor: 3}\n",
     "x.yaml:22:30: error: CHN cannot retaliate against itself\n", NOTHING_MORE},
    {"retaliation against nothing", "x.yaml", "exporter: CHN\n",
     "exporter: CHN\n      retaliation: {against: AUS, factor: 3}\n",
     "x.yaml:21:7: error: the retaliation of \"strategic\" would never act: no restriction of AUS hits "
     "exports to "
     "CHN\n",
     NOTHING_MORE},
    {"announcement after the beginning", "x.yaml", "field: severity",
     "field: severity, announced: 2026-08-01",
     "x.yaml:41:101: error: the announcement (step 29) must be before the beginning (step 25)\n",
     NOTHING_MORE},
    {"announcement of an outage", "x.yaml", "object: restriction/CHN/gallium, field: severity",
     "object: site/ga_CHN, field: availability, announced: 2026-06-01",
     "x.yaml:41:93: error: only a severity can be announced\n", NOTHING_MORE},
    {"project of an unknown site", "x.yaml", "  demand: demand.csv\n",
     "  demand: demand.csv\n  projects: {ga_AUT: {start: 2027-01-01}}\n",
     "x.yaml:16:14: error: unknown site \"ga_AUT\"; did you mean \"ga_AUS\"?\n", NOTHING_MORE},
    {"two projects of a site", "x.yaml", "  demand: demand.csv\n",
     "  demand: demand.csv\n  projects: [{site: ga_AUS, start: 0}, {site: ga_AUS, start: 0}]\n",
     "x.yaml:16:47: error: project \"ga_AUS\" is given twice; the first is in line 16\n", NOTHING_MORE},
    {"project without start", "x.yaml", "  demand: demand.csv\n",
     "  demand: demand.csv\n  projects: {ga_AUS: {ramp: 3 weeks}}\n",
     "x.yaml:16:22: error: \"start\" is missing in network.projects.ga_AUS (date or step at which it is "
     "planned to "
     "start)\n",
     NOTHING_MORE},
    {"level of a mineral without price", "x.yaml", NULL,
     "format: 1\nname: x\nrun: {paths: 64, steps: 9, focus: JPN}\nminerals: {tin: {forms: [metal]}}\n"
     "network:\n  sites: {m: {mineral: tin, form: metal, country: JPN, kind: mine, output: 9 t/year}}\n"
     "  demand: [{mineral: tin, form: metal, country: JPN, rate: 9 t/year}]\n"
     "events: [{from: 1, to: 3, object: price/tin, field: level, value: 2}]\n",
     "x.yaml:8:35: error: tin has no \"price\" that could change\n", NOTHING_MORE},
    {"level added to", "x.yaml", "object: restriction/CHN/gallium, field: severity, value: 100 %",
     "object: price/gallium, field: level, op: add, value: 2",
     "x.yaml:41:81: error: a price level can only be set or multiplied\n", NOTHING_MORE},
    {"level of 0", "x.yaml", "object: restriction/CHN/gallium, field: severity, value: 100 %",
     "object: price/gallium, field: level, value: 0",
     "x.yaml:41:84: error: a price level is a multiple of the base price between 0.05 and 50; found 0\n",
     NOTHING_MORE},
    {"rate that is set", "x.yaml", "object: restriction/CHN/gallium, field: severity, value: 100 %",
     "object: hazard/regime/CHN, field: rate, value: 2",
     "x.yaml:41:5: error: a rate can only be multiplied; write \"op: multiply\"\n", NOTHING_MORE},
    {"rate below 0", "x.yaml", "object: restriction/CHN/gallium, field: severity, value: 100 %",
     "object: hazard/shock/power, field: rate, op: multiply, value: -1",
     "x.yaml:41:102: error: a multiple of a rate is at least 0; found -1\n", NOTHING_MORE},
    {"rate of an unknown hazard", "x.yaml", "object: restriction/CHN/gallium, field: severity, value: 100 %",
     "object: hazard/chokepoint/strat, field: rate, op: multiply, value: 2",
     "x.yaml:41:48: error: there is no chokepoint \"strat\" in hazards; did you mean \"strait\"?\n",
     NOTHING_MORE},
    {"rate of a regime that is not there", "x.yaml",
     "object: restriction/CHN/gallium, field: severity, value: 100 %",
     "object: hazard/regime/JPN, field: rate, op: multiply, value: 2",
     "x.yaml:41:48: error: there is no regime \"JPN\" in hazards\n", NOTHING_MORE},
    {"rate of an unknown kind of hazard", "x.yaml",
     "object: restriction/CHN/gallium, field: severity, value: 100 %",
     "object: hazard/chokpoint/strait, field: rate, op: multiply, value: 2",
     "x.yaml:41:48: error: \"hazard/chokpoint/strait\" must be of the form hazard/regime/ISO, "
     "hazard/restriction/ID, hazard/shock/ID or hazard/chokepoint/ID; did you mean \"chokepoint\"?\n",
     NOTHING_MORE},
    {"severity of a hazard", "x.yaml", "object: restriction/CHN/gallium, field: severity, value: 100 %",
     "object: hazard/restriction/strategic, field: severity, value: 1",
     "x.yaml:41:85: error: a hazard has no field \"severity\"; it has rate\n", NOTHING_MORE},
    {"persistence of an unknown factor", "x.yaml", "price/*: {cycle: 0.4}}\n",
     "price/*: {cycle: 0.4}}\n  persistence: {cylce: 0.5}\n",
     "x.yaml:38:17: error: unknown factor \"cylce\"; did you mean \"cycle\"?\n", NOTHING_MORE},
    {"persistence of 1", "x.yaml", "price/*: {cycle: 0.4}}\n",
     "price/*: {cycle: 0.4}}\n  persistence: {cycle: 1}\n",
     "x.yaml:38:24: error: \"persistence\" must be at least -0.9999 and at most 0.9999; found \"1\"\n",
     NOTHING_MORE},
    {"degrees of freedom", "x.yaml", "price/*: {cycle: 0.4}}\n",
     "price/*: {cycle: 0.4}}\n  t: {tension: 7}\n",
     "x.yaml:38:16: error: the degrees of freedom can be 3, 4, 5, 6, 8 or 10; found 7\n", NOTHING_MORE},
    {"t of prices only", "x.yaml", "price/*: {cycle: 0.4}}\n", "price/*: {cycle: 0.4}}\n  t: {cycle: 4}\n",
     "x.yaml:38:14: error: no driver but prices and the demand cycle has a loading on factor \"cycle\"; "
     "\"t\" would never act\n",
     NOTHING_MORE},
    {"t as a number", "x.yaml", "price/*: {cycle: 0.4}}\n", "price/*: {cycle: 0.4}}\n  t: 4\n",
     "x.yaml:38:6: error: \"t\" must be a mapping, for example {tension: 4}; found text\n", NOTHING_MORE},
    {"loading of an unknown route", "x.yaml", "regime/CHN: {tension: 0.6}", "route/strat: {tension: 0.6}",
     "x.yaml:37:14: error: \"route/strat\" is no driver of this scenario; did you mean \"route/strait\"?\n",
     NOTHING_MORE},
    {"mode of shocks by step", "x.yaml", "severity: 50 %, duration: 8 weeks",
     "severity: 50 %, mode: point, duration: 8 weeks",
     "x.yaml:32:66: error: \"mode\" needs \"process: continuous\"; shocks by step last whole steps\n",
     NOTHING_MORE},
    {"unknown overlap", "x.yaml", "severity: 50 %, duration: 8 weeks",
     "severity: 50 %, overlap: sum, duration: 8 weeks",
     "x.yaml:32:69: error: unknown word \"sum\" for \"overlap\"; it can be longest, add\n", NOTHING_MORE},
    {"degraded state without effect", "x.yaml", "detour: 4 days",
     "degraded: {rate: 1 /year, duration: 1 week}",
     "x.yaml:34:83: error: the degraded state has no effect; give \"capacity_loss\", \"detour\" or both\n",
     NOTHING_MORE},
    {"degraded state without rate", "x.yaml", "detour: 4 days",
     "degraded: {duration: 1 week, detour: 7 days}",
     "x.yaml:34:83: error: \"rate\" is missing in hazards.chokepoints.strait.degraded (times a year)\n",
     NOTHING_MORE},
    /* by-products, sites, trade and stockpiles */
    {"host of the same mineral", "x.yaml", "  demand: demand.csv\n",
     "  demand: demand.csv\n"
     "  hosts:\n"
     "    - {site: ox_CHN, host: ore_AUS}\n",
     "x.yaml:17:28: error: the host \"ore_AUS\" makes the same mineral as \"ox_CHN\"; a host is a site of "
     "another one\n",
     NOTHING_MORE},
    {"host without output",
     "x.yaml",
     "  demand: demand.csv\n",
     "  demand: demand.csv\n"
     "  hosts:\n"
     "    - {site: ox_CHN, host: ga_AUS}\n",
     "x.yaml:17:28: error: the host \"ga_AUS\" has no base output that a by-product could follow\n",
     {{"sites.csv", "id,mineral,form,country,kind,output [t/year],capacity [t/year],owner,standby\n"
                    "ga_CHN,gallium,refined,CHN,mine,600,,,\n"
                    "ga_AUS,gallium,refined,AUS,recycle,0,,,\n"
                    "ore_AUS,neodymium,ore,AUS,mine,900,,,\n"
                    "ox_CHN,neodymium,oxide,CHN,refine,800,,,\n"},
      {NULL, NULL}}},
    {"basket of a refinery", "x.yaml", "  demand: demand.csv\n",
     "  demand: demand.csv\n"
     "  hosts:\n"
     "    - {site: ox_CHN, host: ga_CHN, mode: basket}\n",
     "x.yaml:17:42: error: \"ox_CHN\" takes input, so its host cannot drive it; mode basket is for kinds "
     "mine, recycle and supply\n",
     NOTHING_MORE},
    {"basket with a share", "x.yaml", "  demand: demand.csv\n",
     "  demand: demand.csv\n"
     "  hosts:\n"
     "    - {site: ga_CHN, host: ore_AUS, mode: basket, share: 50 %}\n",
     "x.yaml:17:58: error: a basket has neither share nor headroom: its output follows the host's in the "
     "proportion of the base outputs\n",
     NOTHING_MORE},
    {"basket with headroom", "x.yaml", "  demand: demand.csv\n",
     "  demand: demand.csv\n"
     "  hosts:\n"
     "    - {site: ga_CHN, host: ore_AUS, mode: basket, headroom: 1.5}\n",
     "x.yaml:17:61: error: a basket has neither share nor headroom: its output follows the host's in the "
     "proportion of the base outputs\n",
     NOTHING_MORE},
    {"host given twice", "x.yaml", "  demand: demand.csv\n",
     "  demand: demand.csv\n"
     "  hosts:\n"
     "    - {site: ga_CHN, host: ore_AUS, share: 20 %}\n"
     "    - {site: ga_CHN, host: ore_AUS, share: 20 %}\n",
     "x.yaml:18:7: error: the host of \"ga_CHN\" is given twice; the first is in line 17\n", NOTHING_MORE},
    {"basket and another host", "x.yaml", "  demand: demand.csv\n",
     "  demand: demand.csv\n"
     "  hosts:\n"
     "    - {site: ga_CHN, host: ore_AUS, mode: basket}\n"
     "    - {site: ga_CHN, host: ox_CHN, share: 20 %}\n",
     "x.yaml:18:7: error: \"ga_CHN\" comes in the basket of one host; it can have no other\n", NOTHING_MORE},
    {"hosts above 100 %", "x.yaml", "  demand: demand.csv\n",
     "  demand: demand.csv\n"
     "  hosts:\n"
     "    - {site: ga_CHN, host: ore_AUS, share: 60 %}\n"
     "    - {site: ga_CHN, host: ox_CHN, share: 60 %}\n",
     "x.yaml:17:7: error: the hosts of \"ga_CHN\" carry 120 % of it; at most 100 %\n", NOTHING_MORE},
    {"hosts in a circle", "x.yaml", "  demand: demand.csv\n",
     "  demand: demand.csv\n"
     "  hosts:\n"
     "    - {site: ga_CHN, host: ore_AUS}\n"
     "    - {site: ox_CHN, host: ga_AUS}\n",
     "x.yaml:18:7: error: gallium is a host of neodymium here, but comes from it elsewhere: hosts must not "
     "go in a circle\n",
     NOTHING_MORE},
    {"host index without use", "x.yaml", "  demand: demand.csv\n",
     "  demand: demand.csv\n"
     "  host_indices: {steel: {sd: 10 %, half_life: 1 year}}\n",
     "x.yaml:16:25: error: nothing comes from the host index \"steel\"; it would never act\n", NOTHING_MORE},
    {"host that does not exist", "x.yaml", "  demand: demand.csv\n",
     "  demand: demand.csv\n"
     "  hosts:\n"
     "    - {site: ga_CHN, host: ore_AUT}\n",
     "x.yaml:17:28: error: unknown host \"ore_AUT\"; did you mean \"ore_AUS\"?\n", NOTHING_MORE},
    {"half-life and shelf life", "x.yaml", "at_most: 7 days/step",
     "at_most: 7 days/step, half_life: 1 year, shelf_life: 1 year",
     "x.yaml:39:132: error: \"half_life\" and \"shelf_life\" are both given; give one of them\n",
     NOTHING_MORE},
    {"rotation without shelf life", "x.yaml", "at_most: 7 days/step",
     "at_most: 7 days/step, rotation: 0.5 /year",
     "x.yaml:39:131: error: \"rotation\" has no effect without \"shelf_life\"\n", NOTHING_MORE},
    {"reprocessing without shelf life", "x.yaml", "at_most: 7 days/step",
     "at_most: 7 days/step, reprocessing: 50 %",
     "x.yaml:39:135: error: \"reprocessing\" has no effect without \"shelf_life\"\n"
     "x.yaml:39:135: error: there is no form before the first one; spoilt material can only be written off\n",
     NOTHING_MORE},
    {"age without shelf life", "x.yaml", "at_most: 7 days/step", "at_most: 7 days/step, opening_age: mixed",
     "x.yaml:39:134: error: \"opening_age\" has no effect without \"shelf_life\"\n", NOTHING_MORE},
    {"reprocessing of the first form", "x.yaml", "at_most: 7 days/step",
     "at_most: 7 days/step, shelf_life: 1 year, reprocessing: 50 %",
     "x.yaml:39:155: error: there is no form before the first one; spoilt material can only be written off\n",
     NOTHING_MORE},
    {"target without refill", "x.yaml", "at_most: 7 days/step", "at_most: 7 days/step, target: 100 days",
     "x.yaml:39:129: error: \"target\" has no effect without \"refill\"\n", NOTHING_MORE},
    {"refill of a stock that always releases", "x.yaml", "at_most: 7 days/step",
     "at_most: 7 days/step, trigger: always, refill: {at_most: 1 t/step}",
     "x.yaml:39:146: error: a stock that always releases is never refilled; take another trigger\n",
     NOTHING_MORE},
    {"target below the floor", "x.yaml", "at_most: 7 days/step",
     "at_most: 7 days/step, floor: 30 days, target: 20 days, refill: {at_most: 1 t/step}",
     "x.yaml:39:145: error: the target is below the floor\n", NOTHING_MORE},
    {"solidarity without members", "x.yaml", "at_most: 7 days/step", "at_most: 7 days/step, solidarity: 50 %",
     "x.yaml:39:133: error: \"solidarity\" has no effect without \"members\"\n", NOTHING_MORE},
    {"members of a national stock", "x.yaml", "at_most: 7 days/step",
     "at_most: 7 days/step, members: [{country: JPN, share: 50 %}]",
     "x.yaml:39:130: error: only a joint stock has members; write \"owner: joint\"\n", NOTHING_MORE},
    {"pool with sectors", "x.yaml",
     "owner: national, country: JPN, mineral: gallium, form: refined, opening: 90 days, at_most: 7 days/step",
     "owner: joint, country: JPN, mineral: gallium, form: refined, opening: 90 days, members: [{country: "
     "JPN, share: 50 %}], sectors: [chips]",
     "x.yaml:39:145: error: a pooled stock serves its members as a whole\n", NOTHING_MORE},
    {"pool with release_at", "x.yaml",
     "owner: national, country: JPN, mineral: gallium, form: refined, opening: 90 days, at_most: 7 days/step",
     "owner: joint, country: JPN, mineral: gallium, form: refined, opening: 90 days, members: [{country: "
     "JPN, share: 50 %}], release_at: 7 days",
     "x.yaml:39:148: error: a pooled stock is asked for what members lack only\n", NOTHING_MORE},
    {"pool with trigger shortage", "x.yaml",
     "owner: national, country: JPN, mineral: gallium, form: refined, opening: 90 days, at_most: 7 days/step",
     "owner: joint, country: JPN, mineral: gallium, form: refined, opening: 90 days, members: [{country: "
     "JPN, share: 50 %}], trigger: shortage",
     "x.yaml:39:145: error: a pooled stock has the trigger inbound or always\n", NOTHING_MORE},
    {"pool with trigger cover", "x.yaml",
     "owner: national, country: JPN, mineral: gallium, form: refined, opening: 90 days, at_most: 7 days/step",
     "owner: joint, country: JPN, mineral: gallium, form: refined, opening: 90 days, members: [{country: "
     "JPN, share: 50 %}], trigger: cover",
     "x.yaml:39:145: error: a pooled stock has the trigger inbound or always\n", NOTHING_MORE},
    {"member twice", "x.yaml",
     "owner: national, country: JPN, mineral: gallium, form: refined, opening: 90 days, at_most: 7 days/step",
     "owner: joint, country: JPN, mineral: gallium, form: refined, opening: 90 days, members: [{country: "
     "JPN, share: 20 %}, {country: JPN, share: 20 %}]",
     "x.yaml:39:105: error: JPN is a member twice\n", NOTHING_MORE},
    {"member without a hub", "x.yaml",
     "owner: national, country: JPN, mineral: gallium, form: refined, opening: 90 days, at_most: 7 days/step",
     "owner: joint, country: JPN, mineral: neodymium, form: oxide, opening: 90 days, members: [{country: "
     "JPN, share: 20 %}, {country: AUS, share: 20 %}]",
     "x.yaml:39:105: error: the member AUS could not use it: there is no site, trade or demand at "
     "neodymium/oxide/AUS\n",
     NOTHING_MORE},
    {"entitlements above 100 %", "x.yaml",
     "owner: national, country: JPN, mineral: gallium, form: refined, opening: 90 days, at_most: 7 days/step",
     "owner: joint, country: JPN, mineral: gallium, form: refined, opening: 90 days, members: [{country: "
     "JPN, share: 70 %}, {country: CHN, share: 70 %}]",
     "x.yaml:39:105: error: the entitlements sum to 140 %; at most 100 %\n", NOTHING_MORE},
    {"sector that does not exist", "x.yaml", "at_most: 7 days/step", "at_most: 7 days/step, sectors: [chipz]",
     "x.yaml:39:130: error: no demand of the sector \"chipz\" is where \"national-ga\" stands; did you mean "
     "\"chips\"?\n",
     NOTHING_MORE},
    {"standby with output", "sites.csv", NULL,
     "id,mineral,form,country,kind,output [t/year],capacity [t/year],owner,standby\n"
     "ga_CHN,gallium,refined,CHN,mine,600,,,\n"
     "ga_AUS,gallium,refined,AUS,recycle,30,60,,true\n"
     "ore_AUS,neodymium,ore,AUS,mine,900,,,\n"
     "ox_CHN,neodymium,oxide,CHN,refine,800,,,\n",
     "sites.csv:3: error: column \"output [t/year]\": a site on standby makes nothing in the base flow; its "
     "output must be 0\n",
     NOTHING_MORE},
    {"standby without capacity", "sites.csv", NULL,
     "id,mineral,form,country,kind,output [t/year],capacity [t/year],owner,standby\n"
     "ga_CHN,gallium,refined,CHN,mine,600,,,\n"
     "ga_AUS,gallium,refined,AUS,recycle,0,,,true\n"
     "ore_AUS,neodymium,ore,AUS,mine,900,,,\n"
     "ox_CHN,neodymium,oxide,CHN,refine,800,,,\n",
     "sites.csv:3: error: column \"standby\": a site on standby needs a capacity above 0\n", NOTHING_MORE},
    {"owner at home", "sites.csv", NULL,
     "id,mineral,form,country,kind,output [t/year],capacity [t/year],owner,standby\n"
     "ga_CHN,gallium,refined,CHN,mine,600,,,\n"
     "ga_AUS,gallium,refined,AUS,recycle,30,,,\n"
     "ore_AUS,neodymium,ore,AUS,mine,900,,,\n"
     "ox_CHN,neodymium,oxide,CHN,refine,800,,CHN,\n",
     "sites.csv:5: error: column \"owner\": the owner is the site's own country; leave it out\n",
     NOTHING_MORE},
    {"owner of a mine", "sites.csv", NULL,
     "id,mineral,form,country,kind,output [t/year],capacity [t/year],owner,standby\n"
     "ga_CHN,gallium,refined,CHN,mine,600,,JPN,\n"
     "ga_AUS,gallium,refined,AUS,recycle,30,,,\n"
     "ore_AUS,neodymium,ore,AUS,mine,900,,,\n"
     "ox_CHN,neodymium,oxide,CHN,refine,800,,,\n",
     "sites.csv:2: error: column \"owner\": only a refinery can work for an owner abroad, not a mine\n",
     NOTHING_MORE},
    {"leak_via without leak", "trade.csv", NULL,
     "mineral,form,from,to,volume [t/year],lag [days],leak [%],leak_via,leak_lag [days]\n"
     "gallium,refined,CHN,JPN,200,14,,AUS,\n"
     "gallium,refined,AUS,JPN,,21,,,\n"
     "neodymium,ore,AUS,CHN,900,21,,,\n"
     "neodymium,oxide,CHN,JPN,300,14,,,\n",
     "trade.csv:2: error: column \"leak_via\": nothing leaks: give the share as \"leak\"\n", NOTHING_MORE},
    {"leak_lag without leak", "trade.csv", NULL,
     "mineral,form,from,to,volume [t/year],lag [days],leak [%],leak_via,leak_lag [days]\n"
     "gallium,refined,CHN,JPN,200,14,,,30\n"
     "gallium,refined,AUS,JPN,,21,,,\n"
     "neodymium,ore,AUS,CHN,900,21,,,\n"
     "neodymium,oxide,CHN,JPN,300,14,,,\n",
     "trade.csv:2: error: column \"leak_lag [days]\": nothing leaks: give the share as \"leak\"\n",
     NOTHING_MORE},
    {"leak of nothing", "trade.csv", NULL,
     "mineral,form,from,to,volume [t/year],lag [days],leak [%],leak_via,leak_lag [days]\n"
     "gallium,refined,CHN,JPN,0,14,20,,\n"
     "gallium,refined,AUS,JPN,,21,,,\n"
     "neodymium,ore,AUS,CHN,900,21,,,\n"
     "neodymium,oxide,CHN,JPN,300,14,,,\n",
     "trade.csv:2: error: column \"leak [%]\": a trade without base volume has nothing that could leak past "
     "a restriction\n",
     NOTHING_MORE},
    {"leak via nowhere", "trade.csv", NULL,
     "mineral,form,from,to,volume [t/year],lag [days],leak [%],leak_via,leak_lag [days]\n"
     "gallium,refined,CHN,JPN,200,14,20,AUS,\n"
     "gallium,refined,AUS,JPN,,21,,,\n"
     "neodymium,ore,AUS,CHN,900,21,,,\n"
     "neodymium,oxide,CHN,JPN,300,14,,,\n",
     "trade.csv:2: error: nothing can leak via AUS: there is no trade of gallium/refined from CHN to AUS\n",
     NOTHING_MORE},
    {"burn-in and horizon too long", "x.yaml", "step: 7 days, horizon: 2 years",
     "step: 1 hour, horizon: 600 years, burn_in: 600 years",
     "x.yaml:4:91: error: burn-in and horizon have 10519200 steps; at most 10000000 are possible\n",
     NOTHING_MORE},
};

static const struct {
    const char *name, *sets[2];
    int n;
    const char *messages;
} set_faults[] = {
    {"set without value",
     {"run.paths"},
     1,
     "--set:1:1: error: \"run.paths\" is no \"key=value\"; write for example --set run.paths=1024\n"},
    {"set with a bad value",
     {"run.paths=many"},
     1,
     "--set:1:11: error: \"many\" is no whole number; write for example \"1\"\n"},
    {"set of an unknown key",
     {"run.pahts=3"},
     1,
     "--set:1:1: error: unknown key \"pahts\" in run; did you mean \"paths\"?\n"},
    {"set with bad YAML",
     {"run.paths=[1"},
     1,
     "--set:1:13: error: a comma or \"]\" is missing (in the list that begins in line 1)\n"},
    {"set removes a required key",
     {"hazards.outages.plant.mttf=null"},
     1,
     "x.yaml:30:12: error: neither \"mttf\" (mean time to failure) nor \"uptime\" (a distribution) is given; "
     "give "
     "one of them\n"},
    {"second set is wrong",
     {"run.paths=1024", "run.step=7 dys"},
     2,
     "--set:2:10: error: unknown unit \"dys\" where a duration is expected; did you mean \"days\"?\n"},
};

/* ---- files ---- */

static void put(const char *path, const char *text, size_t size)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

static void put_all(void)
{
    put("x.yaml", scenario, strlen(scenario));
    put("sites.csv", sites, strlen(sites));
    put("trade.csv", trade, strlen(trade));
    put("demand.csv", demand, strlen(demand));
}

static const char *original(const char *file)
{
    return file[0] == 'x' ? scenario : file[0] == 's' ? sites : file[0] == 't' ? trade : demand;
}

static void put_fault(const fault *f)
{
    put_all();
    for (int i = 0; i < 2 && f->more[i].name; i++)
        put(f->more[i].name, f->more[i].text, strlen(f->more[i].text));
    if (!f->find) {
        put(f->file, f->put, strlen(f->put));
        return;
    }
    const char *text = original(f->file), *at = strstr(text, f->find);
    if (!at) fail_msg("%s: \"%s\" is not in %s", f->name, f->find, f->file);
    kura_text changed = {0};
    kura_text_add_n(&changed, text, (size_t)(at - text));
    kura_text_add(&changed, f->put);
    kura_text_add(&changed, at + strlen(f->find));
    put(f->file, changed.data, changed.size);
    kura_text_fini(&changed);
}

/* ---- reading ---- */

static kura_status read_scenario(const char *path, const char *const *sets, int n, kura_text *messages)
{
    static const char *const words[] = {"error", "warning", "note"};
    kura_arena arena = {0};
    kura_diag diag = {0};
    kura_error err = {0};
    kura_scenario_data *data = (kura_scenario_data *)&arena;
    kura_status status = kura_scenario_read(path, sets, (size_t)n, &arena, &data, &diag, &err);
    kura_text_add(messages, "");
    for (size_t i = 0; i < diag.count; i++) {
        const kura_diag_message *m = &diag.items[i];
        kura_text_add(messages, m->file);
        if (m->line) kura_text_printf(messages, ":%d", m->line);
        if (m->column) kura_text_printf(messages, ":%d", m->column);
        kura_text_printf(messages, ": %s: %s\n", words[m->severity], m->message);
    }
    assert_true((data != NULL) == (status == KURA_OK));
    assert_true((diag.errors > 0) == (status != KURA_OK));
    if (status) assert_true(err.code == status && err.message[0]);
    kura_diag_fini(&diag);
    kura_arena_fini(&arena);
    return status;
}

static int differs(const char *name, const char *path, const char *const *sets, int n, const char *expected)
{
    kura_text got = {0};
    kura_status status = read_scenario(path, sets, n, &got);
    int different = strcmp(got.data, expected) != 0;
    if (different)
        print_error("%s (status %d) gives\n%sinstead of\n%s\n", name, (int)status, got.data, expected);
    kura_text_fini(&got);
    return different;
}

/* ---- tests ---- */

static void test_without_fault(void **state)
{
    (void)state;
    put_all();
    assert_false(differs("without fault", "x.yaml", NULL, 0, ""));
}

static void test_faults(void **state)
{
    (void)state;
    int bad = 0;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        put_fault(&faults[i]);
        bad += differs(faults[i].name, "x.yaml", NULL, 0, faults[i].messages);
    }
    assert_int_equal(bad, 0);
}

static void test_set_faults(void **state)
{
    (void)state;
    int bad = 0;
    put_all();
    for (size_t i = 0; i < sizeof set_faults / sizeof *set_faults; i++)
        bad += differs(set_faults[i].name, "x.yaml", set_faults[i].sets, set_faults[i].n,
                       set_faults[i].messages);
    assert_int_equal(bad, 0);
}

/* What only the balanced network shows: found when the scenario is compiled. */
static void test_compile_faults(void **state)
{
    (void)state;
    static const fault faulty[] = {
        {"host that the balance leaves nothing", "x.yaml", "  demand: demand.csv\n",
         "  demand: demand.csv\n  hosts:\n    - {site: ore_AUS, host: ga_AUS}\n",
         "x.yaml:17: error: the host \"ga_AUS\" makes nothing in the balanced base flow, so \"ore_AUS\" "
         "cannot follow it\n",
         NOTHING_MORE},
        {"floor in mass above an opening in days", "x.yaml", "at_most: 7 days/step", "floor: 60 t",
         "x.yaml:39: error: stockpile \"national-ga\": its floor (60 t) is above its opening stock (49.2813 "
         "t)\n",
         NOTHING_MORE},
        {"target in mass below a floor in days", "x.yaml", "at_most: 7 days/step",
         "floor: 60 days, target: 20 t, refill: {at_most: 1 t/step}",
         "x.yaml:39: error: stockpile \"national-ga\": its floor (32.8542 t) is above its target (20 t)\n",
         NOTHING_MORE},
        {"reprocessing without the form before", "x.yaml",
         "mineral: gallium, form: refined, opening: 90 days, at_most: 7 days/step",
         "mineral: neodymium, form: oxide, opening: 90 days, shelf_life: 1 year, reprocessing: 50 %",
         "x.yaml:39: error: stockpile \"national-ga\": spoilt material cannot be reprocessed, nothing in JPN "
         "has to do with ore\n",
         NOTHING_MORE},
        {"leak past no restriction", "trade.csv", NULL,
         "mineral,form,from,to,volume [t/year],lag [days],routes,leak [%]\n"
         "gallium,refined,CHN,JPN,200,14,strait,\ngallium,refined,AUS,JPN,,21,,\nneodymium,ore,AUS,CHN,900,"
         "21,,\n"
         "neodymium,oxide,CHN,JPN,300,14,strait,20\n",
         "trade.csv:5: error: no restriction can stop this trade, so nothing can leak past one\n",
         NOTHING_MORE}};
    int bad = 0;
    for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++) {
        kura_scenario *compiled = NULL;
        kura_diag diag = {0};
        kura_error err = {0};
        kura_text got = {0};
        put_fault(&faulty[i]);
        assert_int_equal(kura_scenario_load("x.yaml", NULL, 0, &compiled, &diag, &err), KURA_E_SCENARIO);
        assert_null(compiled);
        for (size_t k = 0; k < diag.count; k++)
            if (diag.items[k].severity == KURA_DIAG_ERROR)
                kura_text_printf(&got, "%s:%d: error: %s\n", diag.items[k].file, diag.items[k].line,
                                 diag.items[k].message);
        if (!got.data || strcmp(got.data, faulty[i].messages) != 0) {
            print_error("%s gives\n%sinstead of\n%s\n", faulty[i].name, got.data ? got.data : "",
                        faulty[i].messages);
            bad++;
        }
        kura_text_fini(&got);
        kura_diag_fini(&diag);
    }
    assert_int_equal(bad, 0);
}

static void test_no_file(void **state)
{
    (void)state;
    kura_text text = {0};
    assert_int_equal(read_scenario("none.yaml", NULL, 0, &text), KURA_E_NO_INPUT);
    assert_string_equal(text.data, "none.yaml: error: cannot read the file: no such file\n");
    kura_text_fini(&text);
    assert_int_equal(read_scenario(".", NULL, 0, &text), KURA_E_NO_INPUT);
    assert_string_equal(text.data, ".: error: cannot read the file: it is a folder\n");
    kura_text_fini(&text);
    assert_int_equal(read_scenario("/dev/zero", NULL, 0, &text), KURA_E_NO_INPUT);
    assert_string_equal(text.data, "/dev/zero: error: cannot read the file: it is no plain file\n");
    kura_text_fini(&text);
    assert_int_equal(read_scenario("", NULL, 0, &text), KURA_E_NO_INPUT);
    assert_string_equal(text.data, ": error: cannot read the file: no such file\n");
    kura_text_fini(&text);
    unlink("fifo");
    assert_int_equal(mkfifo("fifo", 0666), 0); /* nobody writes: must not wait */
    assert_int_equal(read_scenario("fifo", NULL, 0, &text), KURA_E_NO_INPUT);
    assert_string_equal(text.data, "fifo: error: cannot read the file: it is no plain file\n");
    kura_text_fini(&text);
}

/* The same short text again and again. */
static void repeated(const char *head, const char *part, size_t times, const char *messages)
{
    size_t n = strlen(part), begin = strlen(head);
    char *text = malloc(begin + n * times);
    assert_non_null(text);
    memcpy(text, head, begin);
    for (size_t i = 0; i < times; i++) memcpy(text + begin + i * n, part, n);
    put("x.yaml", text, begin + n * times);
    free(text);
    assert_false(differs(part, "x.yaml", NULL, 0, messages));
}

static void test_monsters(void **state)
{
    (void)state;
    repeated("a: ", "[", 100000,
             "x.yaml:1:67: error: more than 64 levels of nesting; is a bracket missing?\n");
    repeated("a: ", "{a: ", 100000,
             "x.yaml:1:256: error: more than 64 levels of nesting; is a bracket missing?\n");
    repeated("", "- ", 100000,
             "x.yaml:1:129: error: more than 64 levels of nesting; is a bracket missing?\n");
    repeated(
        "", "? ", 100000,
        "x.yaml:1:3: error: a key must be plain text, as in \"name: value\"; found a mapping as a key\n");
    repeated(
        "", "a: ", 100000,
        "x.yaml:1:5: error: a \": \" where no key can stand; put the text in quotes, or begin a new line\n");
    repeated("title: ", "x", 1500000, "x.yaml:1:8: error: a text of more than 1 MiB; is a quote missing?\n");
    repeated("", "# x\n", 1000000, "x.yaml:1:1: error: the file is empty\n");
    repeated(
        "format: 1\nname: a\nminerals: {}\ndata_notes:\n", "  - a\n", 2100000,
        "x.yaml:1999996:5: error: more than 2,000,000 values in one file; put large tables into CSV files\n");
    repeated("", "x", (64 << 20) + 1, "x.yaml: error: cannot read the file: it is larger than 64 MiB\n");
}

static void test_nul_byte(void **state)
{
    (void)state;
    put("x.yaml", "format: 1\nname\0: x\n", 19);
    assert_false(differs("NUL byte", "x.yaml", NULL, 0,
                         "x.yaml:2:5: error: U+0000 is a NUL byte; is this a text file?\n"));
}

static int enter(void **state)
{
    (void)state;
    if (mkdir(KURA_TEST_TMP "/faults.tmp", 0777) && errno != EEXIST) return -1;
    return chdir(KURA_TEST_TMP "/faults.tmp");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_fault), cmocka_unit_test(test_faults),
        cmocka_unit_test(test_set_faults),    cmocka_unit_test(test_compile_faults),
        cmocka_unit_test(test_no_file),       cmocka_unit_test(test_monsters),
        cmocka_unit_test(test_nul_byte)};
    return cmocka_run_group_tests(tests, enter, NULL);
}
