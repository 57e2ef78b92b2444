/* 20,000 mutants of a scenario and its tables, from a fixed seed: none may crash or hang, every one either
 * reads or says why not; and what reads, printed and read again, is the same.  (Run it under ASan and UBSan.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../unit/model/test_read_dump.h"
#include "model/read.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MUTANTS = 20000, LARGEST = 1 << 14 };

static const char scenario[] =
    "format: 1\nname: fuzz\ntitle: \"A \\u00e9 scenario\"\ninclude: [part.yaml]\n"
    "run: {paths: 1_024, seed: 7, start: 2026-01-05, step: 7 days, horizon: 2 years, focus: JPN}\n"
    "market: {cover: 5 weeks, home_priority: [40 %, 50 %, 60 %], qualification: {wait: 10 weeks}}\n"
    "minerals:\n  ga:\n    forms: [crude, refined]\n    price: {initial: 400_000 USD/t, half_life: never, "
    "volatility: 26 %/sqrt(year), scarcity: 4}\n"
    "    demand_response: {elasticity: 0.15, substitution: {limit: 20 %, lag: 3 years}}\n"
    "network:\n  sites: sites.csv\n  trade: trade.csv\n  demand: [{mineral: ga, form: refined, country: JPN, "
    "rate: 2e2 t/year, growth: 2 %/year}]\n"
    "hazards:\n  regimes:\n    CHN: {tension: 0.11 /year, coercion: 0.25 /year, relax: 0.15 /year, ease: "
    "0.47 /year, start: stationary}\n"
    "  restrictions:\n    r:\n      exporter: CHN\n      minerals: all\n      onset: {normal: 0.008 /year, "
    "tension: 0.055 /year, coercion: 0.45 /year}\n"
    "      types:\n        a: {share: 75 %, severity: {beta: {mean: 50 %, sd: 20 %}}, duration: {lognormal: "
    "{median: 24 months, p90: 5 years}}}\n"
    "        b: {share: 25 %, duration: 3 months, target: JPN}\n      in_force: [{mineral: ga, type: a, "
    "since: 2023-08-01}]\n"
    "correlation: {factors: [t, c], loadings: {regime/CHN: {t: 0.6}, price/*: {c: 0.4}}}\n"
    "stockpiles: {s: {owner: national, country: JPN, mineral: ga, form: refined, opening: 90 days, at_most: "
    "7 days/step}}\n"
    "events:\n  - {from: 2026-07-01, to: 80, object: restriction/CHN/ga, field: severity, value: 100 %}\n  - "
    "{from: 3, object: site/b, field: availability, op: add, value: -0.1}\n";
static const char part[] = "hazards:\n  outages:\n    o: {select: {kinds: [mine, refine]}, mttf: 3 years, "
                           "mttr: {exponential: {mean: 4 weeks}}}\n"
                           "  shocks: {p: {country: CHN, rate: 0.1 /year, severity: 50 %, duration: 8 weeks, "
                           "hits: [{select: {minerals: [ga]}, probability: 50 %}]}}\n"
                           "  chokepoints: {m: {rate: 0.01 /year, duration: 3 months, detour: 4 "
                           "days}}\ntallies: {threshold: 0.1 %}\n";
static const char sites[] =
    "id,mineral,form,country,kind,output [t/year],spare [%],yield [%],capacity_by_regime [t/year],note\n"
    "a,ga,crude,CHN,mine,600,10,,,\"x, \"\"y\"\"\"\nb,ga,refined,CHN,refine,500,,95,500;400; "
    "300,\nc,ga,refined,AUS,recycle,30,,,,\n";
static const char trade[] = "mineral,form,from,to,volume [t/year],lag [days],routes,firm "
                            "[%]\nga,refined,CHN,JPN,200,14,m,60\nga,refined,AUS,JPN,,21,,\n";

static const struct {
    const char *name, *text;
} files[] = {{"f.yaml", scenario}, {"part.yaml", part}, {"sites.csv", sites}, {"trade.csv", trade}};
enum { FILES = sizeof files / sizeof *files };

static const char *const tokens[] = {"[",
                                     "]",
                                     "{",
                                     "}",
                                     ":",
                                     ": ",
                                     "- ",
                                     "? ",
                                     "&a ",
                                     "*a",
                                     "!",
                                     "!!str ",
                                     "%",
                                     "#",
                                     " #",
                                     "\"",
                                     "'",
                                     "|\n",
                                     ">\n",
                                     "\t",
                                     "\n",
                                     "\r\n",
                                     "\r",
                                     ",",
                                     ";",
                                     "---\n",
                                     "...\n",
                                     "<<: ",
                                     "null",
                                     "~",
                                     "1e999",
                                     "nan",
                                     "inf",
                                     "-",
                                     "0x1F",
                                     "1_000",
                                     "1e-5",
                                     "999999999999999999999",
                                     "JPN",
                                     "CHN",
                                     "all",
                                     "include: [f.yaml]\n",
                                     "base: part.yaml\n",
                                     "patch: {run.paths: 3}\n",
                                     "\xC3\xA9",
                                     "\xFF",
                                     "\xE2\x80\xA8",
                                     "\\",
                                     "/",
                                     "*",
                                     " days",
                                     " t/year",
                                     "..",
                                     "."};

/* ---- mutants ---- */

static uint64_t seed = 20260105;

static unsigned draw(unsigned n) /* splitmix64 */
{
    uint64_t z = (seed += 0x9E3779B97F4A7C15u);
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (unsigned)((z ^ z >> 31) % n);
}

typedef struct {
    char text[LARGEST];
    size_t size;
} mutant;

static void insert(mutant *m, size_t at, const char *text, size_t n)
{
    if (m->size + n > LARGEST) return;
    memmove(m->text + at + n, m->text + at, m->size - at);
    memcpy(m->text + at, text, n);
    m->size += n;
}

static void mutate(mutant *m)
{
    char copy[64];
    size_t at = draw((unsigned)m->size + 1), n = 1 + draw(40);
    size_t left = m->size - at;
    const char *token = tokens[draw(sizeof tokens / sizeof *tokens)];
    if (n > left) n = left;
    size_t digit = at;
    while (digit < m->size && (m->text[digit] < '0' || m->text[digit] > '9')) digit++;
    switch (draw(9)) {
    case 0:
        if (left) m->text[at] = (char)(m->text[at] ^ 1 << draw(8));
        break;
    case 1:
        if (left) m->text[at] = (char)draw(256);
        break;
    case 2:
        memmove(m->text + at, m->text + at + n, left - n), m->size -= n;
        break;
    case 3:
        memcpy(copy, m->text + at, n), insert(m, draw((unsigned)m->size + 1), copy, n);
        break;
    case 4:
        insert(m, at, token, strlen(token));
        break;
    case 5:
        if (left)
            memmove(m->text + at, m->text + at + 1, left - 1), m->size--, insert(m, at, token, strlen(token));
        break;
    default:
        if (digit < m->size) m->text[digit] = (char)('0' + draw(10));
        break; /* often still a scenario */
    }
}

static void put(const char *path, const char *text, size_t size)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

/* ---- reading ---- */

static kura_status read_file(const char *path, kura_text *dump, kura_text *resolved, int mutant_number)
{
    kura_arena arena = {0};
    kura_diag diag = {0};
    kura_error err = {0};
    kura_scenario_data *d;
    kura_status status = kura_scenario_read(path, NULL, 0, &arena, &d, &diag, &err);
    int sane = status == KURA_OK ? d != NULL && diag.errors == 0
                                 : d == NULL && diag.errors > 0 && err.message[0] &&
                                       (status == KURA_E_SCENARIO || status == KURA_E_NO_INPUT);
    if (!sane) fail_msg("mutant %d: status %d, %d errors", mutant_number, (int)status, diag.errors);
    if (d) {
        dump_scenario(d, dump);
        kura_text_add(resolved, d->resolved);
    }
    kura_diag_fini(&diag);
    kura_arena_fini(&arena);
    return status;
}

static int check(int number)
{
    kura_text first = {0}, second = {0}, resolved = {0}, ignored = {0};
    int reads = read_file("f.yaml", &first, &resolved, number) == KURA_OK;
    if (reads) {
        put("again.yaml", resolved.data, resolved.size);
        if (read_file("again.yaml", &second, &ignored, number))
            fail_msg("mutant %d: printed, it does not read back:\n%s", number, resolved.data);
        if (strcmp(first.data, second.data) != 0)
            fail_msg("mutant %d: printed, it reads back as another scenario:\n%s", number, resolved.data);
    }
    kura_text_fini(&first);
    kura_text_fini(&second);
    kura_text_fini(&resolved);
    kura_text_fini(&ignored);
    return reads;
}

static void test_mutants(void **state)
{
    (void)state;
    static mutant m;
    int reads = 0;
    for (int i = 0; i < FILES; i++) put(files[i].name, files[i].text, strlen(files[i].text));
    assert_true(check(-1));
    for (int i = 0; i < MUTANTS; i++) {
        int f = draw(2) ? 0 : 1 + (int)draw(FILES - 1);
        m.size = strlen(files[f].text);
        memcpy(m.text, files[f].text, m.size);
        for (int n = draw(2) ? 1 : 2 + (int)draw(3); n > 0; n--) mutate(&m);
        put(files[f].name, m.text, m.size);
        reads += check(i);
        put(files[f].name, files[f].text, strlen(files[f].text));
    }
    print_message("%d of %d mutants still read\n", reads, MUTANTS);
    assert_true(reads > MUTANTS / 50 && reads < MUTANTS / 2); /* neither all broken nor all harmless */
}

static int enter(void **state)
{
    (void)state;
    if (mkdir(KURA_TEST_TMP "/fuzz.tmp", 0777) && errno != EEXIST) return -1;
    return chdir(KURA_TEST_TMP "/fuzz.tmp");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_mutants)};
    return cmocka_run_group_tests(tests, enter, NULL);
}
