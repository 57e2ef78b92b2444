/* Binding by descriptor tables: every kind of key from YAML and from a table, defaults, ranges, what is
 * missing or unknown, and what is generated from the same tables. */
#include "conf_test.h"
#include "conf/bind.h"
#include "conf/describe.h"
#include <math.h>

/* ---- a small language ---- */

typedef struct {
    const char *id, *text;
    double flow, three[3];
    int count, choice;
} row;

typedef struct {
    const char *text, *name, **names;
    int nnames, flag, choice, count;
    uint64_t large;
    double time, shares[2], *list;
    int nlist;
    int32_t day;
    struct {
        double rate;
        int given;
    } group;
    row *rows;
    int nrows, nthings;
    row *things;
} thing;

static void group_finish(kura_bind *b, void *record, const kura_node *node)
{
    thing *t = record;
    (void)b;
    t->group.given = node != NULL;
}

static void row_init(kura_bind *b, void *record)
{
    (void)b;
    ((row *)record)->count = 42;
}

#define Q(s, f, u) .kind = KURA_KEY_QUANTITY, .offset = offsetof(s, f), .unit = KURA_UNIT_##u
static const kura_key row_keys[] = {
    {"id", KURA_KEY_NAME, KURA_KEY_ID | KURA_KEY_REQUIRED, offsetof(row, id), .meaning = "id of the row"},
    {"text", KURA_KEY_TEXT, 0, offsetof(row, text), .meaning = "some text"},
    {"flow", Q(row, flow, FLOW), .flags = KURA_KEY_REQUIRED, .range = "0..", .meaning = "a flow"},
    {"three", Q(row, three, SHARE), .length = 3, .fallback = "[50 %, 75 %, 1]", .range = "0..1",
     .meaning = "three shares"},
    {"count", KURA_KEY_COUNT, 0, offsetof(row, count), .range = "1..9", .meaning = "a count"},
    {"choice", KURA_KEY_CHOICE, 0, offsetof(row, choice), .choices = "red=2 green=1 blue=-1",
     .fallback = "blue", .meaning = "a colour"},
    {.name = NULL}};
static const kura_record row_record = {"row", row_keys, sizeof(row), row_init, NULL};

static const kura_key group_keys[] = {
    {"rate", Q(thing, group.rate, RATE), .flags = KURA_KEY_REQUIRED, .meaning = "a rate"}, {.name = NULL}};
static const kura_record group_record = {"group", group_keys, sizeof(thing), NULL, group_finish};

static const kura_key section_keys[] = {{"things", KURA_KEY_RECORDS, KURA_KEY_BY_ID, offsetof(thing, things),
                                         offsetof(thing, nthings), .record = &row_record,
                                         .meaning = "things by id"},
                                        {.name = NULL}};
static const kura_record section_record = {"section", section_keys, 0, NULL, NULL};

static const kura_key thing_keys[] = {
    {"text", KURA_KEY_TEXT, 0, offsetof(thing, text), .choices = "A B C", .meaning = "one of three"},
    {"name", KURA_KEY_NAME, KURA_KEY_REQUIRED, offsetof(thing, name), .meaning = "the name"},
    {"names", KURA_KEY_NAMES, 0, offsetof(thing, names), offsetof(thing, nnames), .meaning = "some names"},
    {"flag", KURA_KEY_FLAG, 0, offsetof(thing, flag), .fallback = "true", .meaning = "a flag"},
    {"choice", KURA_KEY_CHOICE, 0, offsetof(thing, choice), .choices = "order push", .fallback = "push",
     .meaning = "a word"},
    {"count", KURA_KEY_COUNT, 0, offsetof(thing, count), .fallback = "3", .range = "0..8",
     .meaning = "a count"},
    {"large", KURA_KEY_LARGE, 0, offsetof(thing, large), .fallback = "65536", .range = "1..",
     .meaning = "a large count"},
    {"time", Q(thing, time, TIME), .fallback = "6 weeks", .range = "(0 days..1 year", .rule = "R1",
     .meaning = "a time"},
    {"shares", Q(thing, shares, SHARE), .length = 2, .range = "(0..1)", .meaning = "two shares"},
    {"list", KURA_KEY_QUANTITIES, 0, offsetof(thing, list), offsetof(thing, nlist), .unit = KURA_UNIT_NUMBER,
     .fallback = "[1, 2]", .meaning = "numbers"},
    {"day", KURA_KEY_DATE, 0, offsetof(thing, day), .fallback = "1970-01-02", .meaning = "a day"},
    {"group", KURA_KEY_GROUP, 0, 0, .record = &group_record, .fallback = "none", .meaning = "a group"},
    {"rows", KURA_KEY_RECORDS, KURA_KEY_LIST | KURA_KEY_TABLE | KURA_KEY_BY_ID, offsetof(thing, rows),
     offsetof(thing, nrows), .record = &row_record, .meaning = "rows"},
    {"section", KURA_KEY_GROUP, 0, 0, .record = &section_record, .meaning = "a section"},
    {.name = NULL}};
static const kura_record thing_record = {"thing", thing_keys, sizeof(thing), NULL, NULL};

/* ---- help ---- */

static thing bound(bench *b, kura_bind *bind, const char *text)
{
    thing t;
    memset(&t, 0, sizeof t);
    bench_open(b);
    *bind = (kura_bind){.arena = &b->arena, .files = &b->files, .diag = &b->diag, .step_days = 7};
    kura_text_add(&bind->path, "");
    kura_node *root = bench_tree(b, text);
    if (root) kura_bind_record(bind, &thing_record, root, root->at, &t, 0);
    kura_bind_fini(bind);
    return t;
}

static void expect(const char *text, const char *messages)
{
    bench b;
    kura_bind bind;
    bound(&b, &bind, text);
    assert_string_equal(bench_messages(&b), messages);
    bench_close(&b);
}

static void put(const char *path, const char *text) { bench_write(path, text, strlen(text)); }

/* ---- tests ---- */

static void test_all_kinds(void **state)
{
    (void)state;
    bench b;
    kura_bind bind;
    thing t = bound(&b, &bind,
                    "text: B\nname: x-1\nnames: [p, q]\nflag: false\nchoice: order\ncount: 5\nlarge: "
                    "1_000_000\ntime: 3 weeks\n"
                    "shares: [30 %, 0.5]\nlist: [1, 2, 3.5]\nday: 2000-03-01\ngroup: {rate: 2 /year}\n"
                    "rows: [{id: a, flow: 7 t/week, three: [1, 0, 0.5], count: 3, choice: red}]\nsection: "
                    "{things: {k: {flow: 1 t/step, text: T}}}\n");
    assert_string_equal(bench_messages(&b), "");
    assert_string_equal(t.text, "B");
    assert_string_equal(t.name, "x-1");
    assert_int_equal(t.nnames, 2);
    assert_string_equal(t.names[1], "q");
    assert_true(!t.flag && t.choice == 0 && t.count == 5 && t.large == 1000000 && t.time == 21 &&
                t.day == 11017);
    assert_true(t.shares[0] == 0.3 && t.shares[1] == 0.5);
    assert_true(t.nlist == 3 && t.list[2] == 3.5);
    assert_true(t.group.given && t.group.rate == 2);
    assert_int_equal(t.nrows, 1);
    assert_true(t.rows[0].flow == 7 && t.rows[0].three[2] == 0.5 && t.rows[0].count == 3 &&
                t.rows[0].choice == 2);
    assert_string_equal(t.rows[0].id, "a");
    assert_string_equal(t.rows[0].text, "");
    assert_int_equal(t.nthings, 1);
    assert_string_equal(t.things[0].id, "k");
    assert_string_equal(t.things[0].text, "T");
    bench_close(&b);
}

static void test_defaults(void **state)
{
    (void)state;
    bench b;
    kura_bind bind;
    thing t = bound(&b, &bind,
                    "name: x\nrows: [{id: a, flow: 1 t/step}, {id: b, flow: 1 t/step, choice: "
                    "green}]\nsection: {things: {k: {flow: 1 t/step}}}\n");
    assert_string_equal(bench_messages(&b), "");
    assert_true(t.flag == 1 && t.choice == 1 && t.count == 3 && t.large == 65536 && t.time == 42 &&
                t.day == 1);
    assert_true(isnan(t.shares[0]) && isnan(t.shares[1]));
    assert_string_equal(t.text, "");
    assert_true(t.nnames == 0 && t.nlist == 2 && t.list[1] == 2);
    assert_true(!t.group.given);
    assert_true(t.rows[0].three[0] == 0.5 && t.rows[0].three[1] == 0.75 && t.rows[0].three[2] == 1);
    assert_true(t.rows[0].choice == -1 && t.rows[0].count == 42 && t.rows[1].choice == 1);
    static const char *const want[] = {"flag = true",
                                       "choice = push",
                                       "count = 3",
                                       "large = 65536",
                                       "time = 6 weeks",
                                       "list = [1, 2]",
                                       "day = 1970-01-02",
                                       "group = none",
                                       "rows.*.three = [50 %, 75 %, 1]",
                                       "rows.*.choice = blue (1 of 2 rows)",
                                       "section.things.k.three = [50 %, 75 %, 1]",
                                       "section.things.k.choice = blue"};
    assert_int_equal(bind.ndefaults, sizeof want / sizeof *want);
    for (int i = 0; i < bind.ndefaults; i++) {
        char line[100];
        snprintf(line, sizeof line, "%s = %s", bind.defaults[i].key, bind.defaults[i].value);
        assert_string_equal(line, want[i]);
    }
    bench_close(&b);
}

static void test_null_is_left_out(void **state)
{
    (void)state;
    bench b;
    kura_bind bind;
    thing t =
        bound(&b, &bind,
              "name: x\ncount: null\ngroup: ~\nrows:\nsection: {things: {k: null, l: {flow: 2 t/step}}}\n");
    assert_string_equal(bench_messages(&b), "");
    assert_true(t.count == 3 && !t.group.given && t.nrows == 0 && t.nthings == 1);
    assert_string_equal(t.things[0].id, "l");
    bench_close(&b);
}

/* The same rows as list, mapping by id and table. */
static void test_table_equals_list(void **state)
{
    (void)state;
    static const char *const forms[] = {"name: x\nrows: [{id: a, flow: 3 t/year, three: [10 %, 20 %, 30 %]}, "
                                        "{id: b, text: 'p, q', flow: 4 t/year, count: 2, choice: red}]\n",
                                        "name: x\nrows: {a: {flow: 3 t/year, three: 10 %;20 %;30 %}, b: "
                                        "{text: 'p, q', flow: 4 t/year, count: 2, choice: red}}\n",
                                        "name: x\nrows: r.csv\n", "name: x\nrows: r2.csv\n"};
    put("r.csv",
        "id,text,flow [t/year],three [%],count,choice,note\na,,3,10; 20;30,,,z\nb,\"p, q\",4,,2,red,\n");
    put("r2.csv",
        "choice,flow,id,text,three,count\n,3 t/year,a,,10 %;20 %;30 %,\nred,4 t/year,b,\"p, q\",,2\n");
    for (int i = 0; i < 4; i++) {
        bench b;
        kura_bind bind;
        thing t = bound(&b, &bind, forms[i]);
        assert_string_equal(bench_messages(&b), "");
        assert_int_equal(t.nrows, 2);
        assert_string_equal(t.rows[0].id, "a");
        assert_string_equal(t.rows[1].text, "p, q");
        assert_true(t.rows[0].flow == 3.0 * 7 / 365.25 && t.rows[1].flow == 4.0 * 7 / 365.25);
        assert_true(t.rows[0].three[0] == 0.1 && t.rows[0].three[1] == 0.2 && t.rows[0].three[2] == 0.3 &&
                    t.rows[1].three[2] == 1);
        assert_true(t.rows[0].count == 42 && t.rows[1].count == 2 && t.rows[0].choice == -1 &&
                    t.rows[1].choice == 2);
        bench_close(&b);
    }
}

static void test_errors(void **state)
{
    (void)state;
    expect("nam: x\n", "t:1:1: error: unknown key \"nam\" in the scenario; did you mean \"name\"?\n"
                       "t:1:1: error: \"name\" is missing in the scenario (the name)\n");
    expect("name: x\ntext: D\n", "t:2:7: error: unknown word \"D\" for \"text\"; it can be A, B, C\n");
    expect("name: a b\n",
           "t:1:7: error: \"a b\" is no name; names are made of a-z, 0-9, _ and - (at most 100)\n");
    expect("name: [a]\n", "t:1:7: error: name must be a name, for example \"some-name\"; found a list\n");
    expect("name: x\nflag: yes\n", "t:2:7: error: \"yes\" given where true or false is expected\n");
    expect("name: x\nchoice: pusch\n",
           "t:2:9: error: unknown word \"pusch\" for \"choice\"; did you mean \"push\"?\n");
    expect("name: x\ncount: 9\n", "t:2:8: error: 9 given where at most 8 is expected\n");
    expect("name: x\nlarge: 0\n", "t:2:8: error: 0 given where at least 1 is expected\n");
    expect("name: x\ntime: 0 days\n",
           "t:2:7: error: \"time\" must be above 0 days and at most 1 year; found \"0 days\"\n");
    expect("name: x\ntime: 13 months\n",
           "t:2:7: error: \"time\" must be above 0 days and at most 1 year; found \"13 months\"\n");
    expect("name: x\nshares: [1, 0.5]\n",
           "t:2:10: error: \"shares\" must be above 0 % and below 100 %; found \"1\"\n");
    expect("name: x\nshares: 0.5\n", "t:2:9: error: \"shares\" has 1 numbers; 2 are expected\n");
    expect("name: x\nlist: []\n", "t:2:7: error: the list \"list\" is empty\n");
    expect("name: x\nnames: [a, B, a]\n",
           "t:2:12: error: \"B\" is no name; names are made of a-z, 0-9, _ and - (at most 100)\n"
           "t:2:15: error: \"a\" is in the list twice\n");
    expect("name: x\nday: 2026-13-01\n",
           "t:2:6: error: \"2026-13-01\" is no date; write year-month-day, for example 2026-01-31\n");
    expect("name: x\ngroup: 3\n",
           "t:2:8: error: group must be a mapping, for example {rate: ...}; found text\n"
           "t:2:8: error: \"rate\" is missing in group (a rate)\n");
    expect("name: x\nrows: {a: {id: b, flow: 1 t/step}}\n",
           "t:2:12: error: \"id\" inside a mapping by id; the key of the mapping gives it\n");
    expect("name: x\nrows: [{id: a, flow: 1 t/step}, {id: a, flow: 1 t/step}, {flow: 1 t/step}]\n",
           "t:2:38: error: row \"a\" is given twice; the first is in line 2\nt:2:58: error: \"id\" is "
           "missing in rows.3 (id of the row)\n");
    expect("name: x\nrows: [3, {id: a}]\n",
           "t:2:8: error: rows.1 must be a mapping, for example {text: ...}; found text\n"
           "t:2:11: error: \"flow\" is missing in rows.2 (a flow)\n");
    expect("name: x\nsection: {things: [a]}\n",
           "t:2:19: error: section.things must be a mapping by id; found a list\n");
    expect("name: x\nsection: {things: {'a b': {flow: 1 t/step}}}\n",
           "t:2:20: error: \"a b\" is no name; names are made of a-z, 0-9, _ and - (at most 100)\n");
}

static void test_table_errors(void **state)
{
    (void)state;
    put("e1.csv", "id,flow [USD/t],wat,text [t]\na,1,2,3\n");
    expect("name: x\nrows: e1.csv\n",
           "e1.csv:1: error: column \"flow [USD/t]\": unit \"USD/t\" given where a flow is expected; write "
           "for example \"flow [t/year]\"\n"
           "e1.csv:1: error: column \"wat\": unknown column; it can be id, text, flow, three, count, choice "
           "(a column that starts with \"#\" is carried but not read)\n"
           "e1.csv:1: error: column \"text [t]\": \"text\" has no unit; write the header \"text\"\n");
    put("e2.csv", "id,text\na,b\n");
    expect("name: x\nrows: e2.csv\n", "e2.csv:1: error: the table has no column \"flow\" (a flow)\n");
    put("e3.csv", "id,flow\na,1\n");
    expect("name: x\nrows: e3.csv\n", "e3.csv:1: error: column \"flow\": the header gives no unit where a "
                                      "flow is expected; write for example \"flow [t/year]\"\n");
    put("e4.csv", "id,flow [t/year],count\na,-1,0\nb,,\na,x,2\n");
    expect("name: x\nrows: e4.csv\n",
           "e4.csv:4: error: column \"id\": row \"a\" is given twice; the first is in line 2\n"
           "e4.csv:2: error: column \"flow [t/year]\": \"flow\" must be at least 0; found \"-1 t/year\"\n"
           "e4.csv:2: error: column \"count\": 0 given where at least 1 is expected\n"
           "e4.csv:3: error: the row has no \"flow\" (a flow)\n"
           "e4.csv:4: error: column \"flow [t/year]\": \"x\" given where a flow is expected; write for "
           "example \"1_200 t/year\"\n");
}

/* After 50 errors no more are kept, however many rows are wrong. */
static void test_stops_at_fifty(void **state)
{
    (void)state;
    kura_text text = {0};
    bench b;
    kura_bind bind;
    kura_text_add(&text, "name: x\nrows:\n");
    for (int i = 0; i < 500; i++) kura_text_printf(&text, "  - {id: r%d, flow: %d}\n", i, i);
    bound(&b, &bind, text.data);
    assert_int_equal(b.diag.count, 50);
    assert_int_equal(b.diag.errors, 50);
    assert_string_equal(b.diag.items[0].source, "  - {id: r0, flow: 0}");
    kura_text_fini(&text);
    bench_close(&b);
}

static void test_find(void **state)
{
    (void)state;
    assert_string_equal(kura_record_find(&thing_record, "time")->name, "time");
    assert_string_equal(kura_record_find(&thing_record, "section.things.any.flow")->name, "flow");
    assert_null(kura_record_find(&thing_record, "section.things.any"));
    assert_null(kura_record_find(&thing_record, "section.flow"));
    assert_null(kura_record_find(&thing_record, "time.x"));
    assert_null(kura_record_find(&thing_record, ""));
}

static void test_describe(void **state)
{
    (void)state;
    kura_text out = {0};
    char hint[100] = "";
    assert_int_equal(kura_describe_key(&thing_record, "time", &out, hint, sizeof hint), 1);
    assert_string_equal(out.data, "time\n    a time\n    a duration, for example 7 days; above 0 days and at "
                                  "most 1 year; default 6 weeks\n"
                                  "    rule of configs/MODEL.md: R1\n");
    kura_text_fini(&out);
    assert_int_equal(kura_describe_key(&thing_record, "section.things.k.three", &out, hint, sizeof hint), 1);
    assert_string_equal(out.data, "section.things.ID.three\n    three shares\n    a list of 3, each a share, "
                                  "for example 50 %; at least 0 and at most 1; "
                                  "default [50 %, 75 %, 1]\n");
    kura_text_fini(&out);
    assert_int_equal(kura_describe_key(&thing_record, "section.things.ID", &out, hint, sizeof hint), 1);
    assert_ptr_equal(strstr(out.data, "section.things\n"), out.data);
    kura_text_fini(&out);
    assert_int_equal(kura_describe_key(&thing_record, "time.ID", &out, hint, sizeof hint), 0); /* no ids */
    assert_string_equal(hint, "; did you mean \"time\"?");
    assert_int_equal(kura_describe_key(&thing_record, "flow", &out, hint, sizeof hint), 2);
    kura_text_fini(&out);
    assert_int_equal(kura_describe_key(&thing_record, "section.tings", &out, hint, sizeof hint), 0);
    assert_string_equal(hint, "; did you mean \"things\"?");
    kura_text_fini(&out);
    kura_describe_list(&thing_record, &out);
    assert_non_null(strstr(out.data, "section.things.ID.flow                          a flow [required]\n"));
    assert_null(strstr(out.data, "section.things.ID.id"));
    kura_text_fini(&out);
}

static void test_schema(void **state)
{
    (void)state;
    kura_text out = {0};
    kura_describe_schema(&thing_record, "a \"thing\"", NULL, &out);
    assert_non_null(strstr(out.data, "\"title\": \"a \\\"thing\\\"\""));
    assert_non_null(
        strstr(out.data, "\"choice\": {\"description\": \"a word\", \"enum\": [\"order\", \"push\"]}"));
    assert_non_null(
        strstr(out.data,
               "\"time\": {\"description\": \"a time\", \"allOf\": [{\"$ref\": \"#/definitions/time\"}]}"));
    kura_text_fini(&out);
}

static int enter(void **state)
{
    (void)state;
    bench_enter("bind.tmp");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_kinds),        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_null_is_left_out), cmocka_unit_test(test_table_equals_list),
        cmocka_unit_test(test_errors),           cmocka_unit_test(test_table_errors),
        cmocka_unit_test(test_stops_at_fifty),   cmocka_unit_test(test_find),
        cmocka_unit_test(test_describe),         cmocka_unit_test(test_schema)};
    return cmocka_run_group_tests(tests, enter, NULL);
}
