/* Trees: structure and positions, what is refused, limits, printing and reading back. */
#include "conf_test.h"

static const kura_node *at(const kura_node *map, const char *key)
{
    const kura_node *n = kura_node_get(map, key);
    assert_non_null(n);
    return n;
}

static void expect(const char *text, const char *messages)
{
    bench b;
    bench_open(&b);
    assert_null(bench_tree(&b, text));
    assert_string_equal(bench_messages(&b), messages);
    bench_close(&b);
}

static void position(const kura_node *n, int line, int column)
{
    assert_int_equal(n->at.line, line);
    assert_int_equal(n->at.column, column);
}

static void test_structure(void **state)
{
    (void)state;
    bench b;
    bench_open(&b);
    kura_node *t = bench_tree(
        &b, "a: 1\nb:\n  c: [x, 'y z', \"q\\n\"]\n  d: {e: ~, f: }\ng: no\nh: 0x1F\ni: |\n  two\n  lines\n");
    assert_non_null(t);
    assert_int_equal(t->kind, KURA_NODE_MAP);
    assert_int_equal(t->count, 5);
    assert_string_equal(at(t, "a")->text, "1");
    const kura_node *c = at(at(t, "b"), "c");
    assert_int_equal(c->kind, KURA_NODE_LIST);
    assert_int_equal(c->count, 3);
    assert_string_equal(c->items[1]->text, "y z");
    assert_true(c->items[1]->quoted && !c->items[0]->quoted);
    assert_string_equal(c->items[2]->text, "q\n");
    assert_null(kura_node_get(at(at(t, "b"), "d"), "e"));
    assert_non_null(kura_node_find(at(at(t, "b"), "d"), "e"));
    assert_null(kura_node_get(at(at(t, "b"), "d"), "f"));
    assert_string_equal(at(t, "g")->text, "no"); /* not a boolean */
    assert_string_equal(at(t, "h")->text, "0x1F");
    assert_string_equal(at(t, "i")->text, "two\nlines\n");
    assert_null(kura_node_find(t, "z"));
    position(at(t, "b"), 3, 3);
    position(c, 3, 6);
    position(c->items[1], 3, 10);
    position(at(t, "g"), 5, 4);
    bench_close(&b);
}

static void test_null(void **state)
{
    (void)state;
    bench b;
    bench_open(&b);
    kura_node *t = bench_tree(&b, "a: null\nb: ~\nc:\nd: 'null'\ne: ''\nf: Null\n");
    assert_null(kura_node_get(t, "a"));
    assert_null(kura_node_get(t, "b"));
    assert_null(kura_node_get(t, "c"));
    assert_non_null(kura_node_get(t, "d"));
    assert_non_null(kura_node_get(t, "e"));
    assert_non_null(kura_node_get(t, "f"));
    bench_close(&b);
}

static void test_columns_count_code_points(void **state)
{
    (void)state;
    bench b;
    bench_open(&b);
    kura_node *t = bench_tree(&b, "{\xE9\x8A\x85: 1, \xF0\x9F\x98\x80: 2, x: 3}");
    position(at(t, "x"), 1, 17);
    assert_int_equal(kura_node_find(t, "x")->at.column, 14);
    bench_close(&b);
    expect("\xE9\x8A\x85: &a 1\n",
           "t:1:4: error: anchors (&a) are not read; put what is shared into a file and \"include\" it\n");
}

static void test_line_ends(void **state)
{
    (void)state;
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    for (int i = 0; i < 3; i++) {
        char text[64];
        bench b;
        bench_open(&b);
        snprintf(text, sizeof text, "a: 1%sb: 2%s%sc: 3", ends[i], ends[i], ends[i]);
        kura_node *t = bench_tree(&b, text);
        assert_non_null(t);
        position(at(t, "b"), 2, 4);
        position(at(t, "c"), 4, 4);
        bench_close(&b);
    }
}

static void test_byte_order_mark(void **state)
{
    (void)state;
    bench b;
    bench_open(&b);
    bench_enter("tree.tmp");
    bench_write("bom.yaml",
                "\xEF\xBB\xBF"
                "a: &x 1\n",
                11);
    kura_source *s = kura_files_open_main(&b.files, "bom.yaml");
    assert_non_null(s);
    assert_string_equal(s->text, "a: &x 1\n");
    assert_null(kura_tree_read(&b.arena, &b.diag, s, 0, 0, 0));
    assert_int_equal(b.diag.items[0].column, 4);
    assert_string_equal(b.diag.items[0].source, "a: &x 1");
    bench_close(&b);
}

static void test_refused(void **state)
{
    (void)state;
    expect("a: *b",
           "t:1:4: error: aliases (*b) are not read; put what is shared into a file and \"include\" it\n");
    expect("a: !x 1", "t:1:4: error: tags (!x) are not read; every value gets its type from its key\n");
    expect("a: !!int 1", "t:1:4: error: tags (!!int) are not read; every value gets its type from its key\n");
    expect("a: ! 1", "t:1:4: error: tags (!) are not read; every value gets its type from its key\n");
    expect("a: {<<: b}",
           "t:1:5: error: merge keys (<<) are not read; use \"include\" or \"base\" to share settings\n");
    expect("a: 1\n---\nb: 2\n",
           "t:2:1: error: a second document (---) in one file; put it into a file of its own\n");
    expect("? [a]\n: b\n",
           "t:1:3: error: a key must be plain text, as in \"name: value\"; found a list as a key\n");
    expect("a: 1\nb: 2\na: 3\n", "t:3:1: error: key \"a\" is given twice; the first is in line 1\n");
    expect("", "t:1:1: error: the file is empty\n");
}

static void test_errors_are_gathered(void **state)
{
    (void)state;
    expect("a: &x 1\nb: *x\nb: !t 2\n",
           "t:1:4: error: anchors (&x) are not read; put what is shared into a file and \"include\" it\n"
           "t:2:4: error: aliases (*x) are not read; put what is shared into a file and \"include\" it\n"
           "t:3:4: error: tags (!t) are not read; every value gets its type from its key\n"
           "t:3:1: error: key \"b\" is given twice; the first is in line 2\n");
}

/* A mapping of 1000 keys with three doubles: every one is found, with the line of its first. */
static void test_duplicates_in_a_large_mapping(void **state)
{
    (void)state;
    bench b;
    kura_text text = {0};
    bench_open(&b);
    for (int i = 0; i < 1000; i++) kura_text_printf(&text, "k%d: %d\n", i, i);
    kura_text_add(&text, "k7: x\nk999: x\nk7: x\n");
    assert_null(bench_tree(&b, text.data));
    assert_string_equal(bench_messages(&b),
                        "t:1001:1: error: key \"k7\" is given twice; the first is in line 8\n"
                        "t:1002:1: error: key \"k999\" is given twice; the first is in line 1000\n"
                        "t:1003:1: error: key \"k7\" is given twice; the first is in line 8\n");
    kura_text_fini(&text);
    bench_close(&b);
}

static void test_large_mapping(void **state)
{
    (void)state;
    bench b;
    kura_text text = {0};
    bench_open(&b);
    for (int i = 0; i < 5000; i++) kura_text_printf(&text, "k%d: v%d\n", i, i);
    kura_node *t = bench_tree(&b, text.data);
    assert_non_null(t);
    for (int i = 0; i < 5000; i++) {
        char key[16], value[16];
        snprintf(key, sizeof key, "k%d", i);
        snprintf(value, sizeof value, "v%d", i);
        assert_string_equal(at(t, key)->text, value);
    }
    assert_null(kura_node_find(t, "k5000"));
    kura_text_fini(&text);
    bench_close(&b);
}

static void nested(const char *open, int times, const char *close, const char *messages)
{
    kura_text text = {0};
    kura_text_add(&text, "a: ");
    for (int i = 0; i < times; i++) kura_text_add(&text, open);
    for (int i = 0; close && i < times; i++) kura_text_add(&text, close);
    bench b;
    bench_open(&b);
    kura_node *t = bench_tree(&b, text.data);
    assert_true((t != NULL) == (messages[0] == 0));
    assert_string_equal(bench_messages(&b), messages);
    bench_close(&b);
    kura_text_fini(&text);
}

static void test_depth(void **state)
{
    (void)state;
    nested("[", 63, "]", "");
    nested("[", 64, "]", "t:1:67: error: more than 64 levels of nesting; is a bracket missing?\n");
    nested("[", 100000, NULL, "t:1:67: error: more than 64 levels of nesting; is a bracket missing?\n");
    nested("{a: ", 100000, NULL, "t:1:256: error: more than 64 levels of nesting; is a bracket missing?\n");
    nested("[\n", 100000, NULL, "t:64:1: error: more than 64 levels of nesting; is a bracket missing?\n");
}

static void test_long_scalar(void **state)
{
    (void)state;
    bench b;
    char *text = malloc((2 << 20) + 8);
    assert_non_null(text);
    memcpy(text, "a: ", 3);
    memset(text + 3, 'x', 2 << 20);
    text[3 + (1 << 20)] = 0;
    bench_open(&b);
    kura_node *t = bench_tree(&b, text);
    assert_non_null(t);
    assert_int_equal(strlen(at(t, "a")->text), 1 << 20);
    text[3 + (1 << 20)] = 'x';
    text[3 + (1 << 20) + 1] = 0;
    assert_null(bench_tree(&b, text));
    assert_string_equal(bench_messages(&b), "t:1:4: error: a text of more than 1 MiB; is a quote missing?\n");
    bench_close(&b);
    free(text);
}

static int same(const kura_node *a, const kura_node *b)
{
    if (a->kind != b->kind) return 0;
    if (a->kind == KURA_NODE_TEXT)
        return strcmp(a->text, b->text) == 0 && kura_node_is_null(a) == kura_node_is_null(b);
    if (a->count != b->count) return 0;
    for (int i = 0; i < a->count; i++) {
        if (a->kind == KURA_NODE_LIST && !same(a->items[i], b->items[i])) return 0;
        if (a->kind == KURA_NODE_MAP && strcmp(a->entries[i].key, b->entries[i].key) != 0) return 0;
        if (a->kind == KURA_NODE_MAP && !same(a->entries[i].value, b->entries[i].value)) return 0;
    }
    return 1;
}

static void test_printing(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "a: 1\n",
        "a: {b: {c: [1, 2, 3]}}\n",
        "a: []\nb: {}\nc: ''\n",
        "- a\n",
        "[[1, 2], [3], []]\n",
        "[{a: 1, b: [x, {y: z}]}, q]\n",
        "a: 'it: is # quoted'\nb: \"x\\ty\\nz\"\nc: '\"'\nd: 'a\\b'\n",
        "'k: 1': v\n'#': v\n'': v\n'null': v\n",
        "a: 26 %/sqrt(year)\nb: 30_000 USD/t\nc: regime/CHN\nd: -5\ne: '- x'\nf: '[x]'\ng: '{x}'\n",
        "a: 'null'\nb: '~'\nc: ' x '\nd: '...'\n",
        "a: \"\\u2028 \\u0085 \\x7f \\uFEFF \xE9\x8A\x85\"\n",
        "a: |\n  text\n   with lines\n\n  x\nb: >\n  folded\n  text\n",
        "'*': 1\n'&': 2\n'!': 3\n'%': 4\n'@': 5\n",
        "price/*: {cycle: 0.4}\n",
        "a: 'true'\nb: 1e3\nc: 2026-01-05\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        bench b;
        kura_text out = {0};
        bench_open(&b);
        kura_node *first = bench_tree(&b, texts[i]);
        assert_non_null(first);
        kura_tree_print(first, &out);
        kura_node *again = bench_tree(&b, out.data);
        if (!again || !same(first, again))
            fail_msg("text %zu comes back changed:\n%s%s", i, out.data, bench_messages(&b));
        kura_text_fini(&out);
        bench_close(&b);
    }
}

/* Null entries are left out, everything else keeps its order. */
static void test_printed_form(void **state)
{
    (void)state;
    bench b;
    kura_text out = {0};
    bench_open(&b);
    kura_node *t = bench_tree(
        &b, "run: {paths: 10, seed: null}\nm: {g: {forms: [a, b]}}\ne: [{x: 1, y: 2}, {x: 3}]\nn: {a: ~}\n");
    kura_tree_print(t, &out);
    assert_string_equal(
        out.data,
        "run:\n  paths: 10\nm:\n  g:\n    forms: [a, b]\ne:\n  - x: 1\n    y: 2\n  - x: 3\nn: {}\n");
    kura_text_fini(&out);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_structure),
                                       cmocka_unit_test(test_null),
                                       cmocka_unit_test(test_columns_count_code_points),
                                       cmocka_unit_test(test_line_ends),
                                       cmocka_unit_test(test_byte_order_mark),
                                       cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_errors_are_gathered),
                                       cmocka_unit_test(test_duplicates_in_a_large_mapping),
                                       cmocka_unit_test(test_large_mapping),
                                       cmocka_unit_test(test_depth),
                                       cmocka_unit_test(test_long_scalar),
                                       cmocka_unit_test(test_printing),
                                       cmocka_unit_test(test_printed_form)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
