/* Merging: include, base, patch, --set, tables changed row by row, positions, cycles. */
#include "conf_test.h"
#include "conf/merge.h"

static int whole(const char *dotted) { return strcmp(dotted, "law") == 0; }

static void put(const char *path, const char *text) { bench_write(path, text, strlen(text)); }

/* The merged tree as YAML, or the messages. */
static const char *merged(bench *b, const char *path, const char *const *sets, size_t nsets)
{
    bench_open(b);
    kura_node *t = kura_merge_load(&b->files, path, sets, nsets, whole);
    if (!t) return bench_messages(b);
    kura_text out = {0};
    kura_tree_print(t, &out);
    const char *text = kura_arena_strdup(&b->arena, out.data);
    kura_text_fini(&out);
    return text;
}

static void expect(const char *path, const char *const *sets, size_t nsets, const char *text)
{
    bench b;
    assert_string_equal(merged(&b, path, sets, nsets), text);
    bench_close(&b);
}

static void test_include(void **state)
{
    (void)state;
    put("i1.yaml", "a: {x: 1, y: 1, z: 1}\nb: [1, 2]\nlaw: {constant: 1}\n");
    put("i2.yaml", "a: {y: 2, z: 2, w: 2}\nb: [3]\n");
    put("m.yaml", "include: [i1.yaml, i2.yaml]\na: {z: 3}\nlaw: {beta: 2}\nc: 3\n");
    expect("m.yaml", NULL, 0, "a:\n  x: 1\n  y: 2\n  z: 3\n  w: 2\nb: [3]\nlaw:\n  beta: 2\nc: 3\n");
    put("m.yaml", "include: i1.yaml\na: null\nb: ~\n");
    expect("m.yaml", NULL, 0, "law:\n  constant: 1\n");
}

static void test_base_and_patch(void **state)
{
    (void)state;
    put("base.yaml", "a: {x: 1, y: {p: 1, q: 2}}\nb: 1\n");
    put("m.yaml", "base: base.yaml\nb: 2\npatch:\n  a.y: {r: 3}\n  a.x: null\n  c.d.e: 4\n");
    expect("m.yaml", NULL, 0, "a:\n  y:\n    r: 3\nb: 2\nc:\n  d:\n    e: 4\n");
    put("m2.yaml", "base: m.yaml\npatch: {b: null}\n"); /* a base of a base */
    expect("m2.yaml", NULL, 0, "a:\n  y:\n    r: 3\nc:\n  d:\n    e: 4\n");
}

static void test_set(void **state)
{
    (void)state;
    put("m.yaml", "a: {x: 1}\nb: 2\n");
    const char *const sets[] = {"a.x=2", "a.y=[1, 2]", "b=null", "c={d: 7 days}", "a.x=3"};
    expect("m.yaml", sets, 5, "a:\n  x: 3\n  y: [1, 2]\nc:\n  d: 7 days\n");
    bench b;
    const char *const bad[] = {"a.x=2", "a.z=", "a", "=1", "a..x=1", "a.q=&x 1"};
    assert_string_equal(
        merged(&b, "m.yaml", bad, 6),
        "--set:2:1: error: nothing to remove at \"a.z\"\n"
        "--set:3:1: error: \"a\" is no \"key=value\"; write for example --set run.paths=1024\n"
        "--set:4:1: error: \"=1\" is no \"key=value\"; write for example --set run.paths=1024\n"
        "--set:5:1: error: \"a..x\" is no dotted key; write for example \"run.paths\"\n"
        "--set:6:5: error: anchors (&x) are not read; put what is shared into a file and \"include\" it\n");
    assert_string_equal(b.diag.items[4].source, "a.q=&x 1");
    bench_close(&b);
}

static void test_positions(void **state)
{
    (void)state;
    put("frag.yaml", "\na:\n  x: 1\n  y: 1\n");
    put("m.yaml", "include: frag.yaml\na: {y: 2}\n");
    bench b;
    bench_open(&b);
    const char *const sets[] = {"a.q=1", "a.z= 3"};
    kura_node *t = kura_merge_load(&b.files, "m.yaml", sets, 2, whole), *a = kura_node_get(t, "a");
    static const struct {
        const char *key, *file;
        int line, column;
    } want[] = {{"x", "frag.yaml", 3, 6}, {"y", "m.yaml", 2, 8}, {"q", "--set", 1, 5}, {"z", "--set", 2, 6}};
    for (size_t i = 0; i < 4; i++) {
        const kura_node *n = kura_node_get(a, want[i].key);
        assert_non_null(n);
        assert_string_equal(n->at.source->path, want[i].file);
        assert_int_equal(n->at.line, want[i].line);
        assert_int_equal(n->at.column, want[i].column);
    }
    bench_close(&b);
}

/* Names are relative to the file that names them; the merged tree sees them from the main file. */
static void test_folders(void **state)
{
    (void)state;
    mkdir("sub", 0777);
    mkdir("sub/deep", 0777);
    put("sub/m.yaml", "include: deep/f.yaml\n");
    put("sub/deep/f.yaml", "include: ../../g.yaml\n");
    put("g.yaml", "g: 1\n");
    bench b;
    assert_string_equal(merged(&b, "sub/m.yaml", NULL, 0), "g: 1\n");
    assert_int_equal(b.files.count, 3);
    assert_string_equal(b.files.items[0]->name, "m.yaml");
    assert_string_equal(b.files.items[1]->name, "deep/f.yaml");
    assert_string_equal(b.files.items[2]->name, "deep/../../g.yaml");
    assert_string_equal(b.files.items[2]->path, "sub/deep/../../g.yaml");
    bench_close(&b);
}

static void test_tables(void **state)
{
    (void)state;
    put("t.csv", "id,x [t/year],y\na,1,2\nb,3,\n");
    put("base.yaml", "t: t.csv\nu: u.csv\n");
    put("m.yaml", "base: base.yaml\npatch: {t.a.x: 5 t/year, t.c: {x: 7 t/year}, t.b.x: null}\n");
    expect("m.yaml", NULL, 0,
           "t:\n  a:\n    x: 5 t/year\n    y: 2\n  b: {}\n  c:\n    x: 7 t/year\nu: u.csv\n");
    put("m.yaml", "include: base.yaml\nt: {b: {y: 9}}\n");
    expect("m.yaml", NULL, 0,
           "t:\n  a:\n    x: 1 t/year\n    y: 2\n  b:\n    x: 3 t/year\n    y: 9\nu: u.csv\n");
    put("t.csv", "id,x\na,1\na,2\n,3\n");
    expect("m.yaml", NULL, 0, "t.csv:4: error: the row has no id\n");
    put("t.csv", "id,x\na,1\na,2\n");
    expect("m.yaml", NULL, 0,
           "t.csv:3: error: column \"id\": \"a\" is given twice; the first is in line 2\n");
    put("t.csv", "name,x\na,1\n");
    expect("m.yaml", NULL, 0,
           "m.yaml:2:4: error: the rows of \"t.csv\" have no column \"id\", so they cannot be changed one by "
           "one; give another table instead\n");
}

static void test_cycles(void **state)
{
    (void)state;
    put("c1.yaml", "include: c2.yaml\n");
    put("c2.yaml", "base: ./c1.yaml\n");
    expect("c1.yaml", NULL, 0,
           "c2.yaml:1:7: error: the file includes itself: \"c1.yaml\" is being read already\n");
    put("d1.yaml", "include: [d2.yaml, d2.yaml]\n"); /* twice the same is no cycle */
    put("d2.yaml", "a: 1\n");
    expect("d1.yaml", NULL, 0, "a: 1\n");
    for (int i = 0; i < 20; i++) {
        char name[32], text[48];
        snprintf(name, sizeof name, "n%d.yaml", i);
        snprintf(text, sizeof text, "include: n%d.yaml\n", i + 1);
        put(name, i < 19 ? text : "a: 1\n");
    }
    expect("n4.yaml", NULL, 0, "a: 1\n");
    expect("n3.yaml", NULL, 0,
           "n18.yaml:1:10: error: too many files include each other (at most 16 deep, 1000 in all)\n");
}

static void test_no_files(void **state)
{
    (void)state;
    expect("none.yaml", NULL, 0, "none.yaml: error: cannot read the file: no such file\n");
    expect(".", NULL, 0, ".: error: cannot read the file: it is a folder\n");
    expect("/dev/null", NULL, 0, "/dev/null: error: cannot read the file: it is no plain file\n");
    put("m.yaml", "include: [x.yaml, sub, 'm.yaml/x']\nbase: [1]\n");
    expect("m.yaml", NULL, 0, "m.yaml:2:7: error: \"base\" names files; found a list\n");
    put("m.yaml", "include: [x.yaml, sub, 'm.yaml/x', {a: b}]\n");
    expect("m.yaml", NULL, 0,
           "m.yaml:1:11: error: cannot read \"x.yaml\": no such file\n"
           "m.yaml:1:19: error: cannot read \"sub\": it is a folder\n"
           "m.yaml:1:24: error: cannot read \"m.yaml/x\": a part of its path is no folder\n"
           "m.yaml:1:36: error: \"include\" names files; found a mapping\n");
}

static int enter(void **state)
{
    (void)state;
    bench_enter("merge.tmp");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_include), cmocka_unit_test(test_base_and_patch),
                                       cmocka_unit_test(test_set),     cmocka_unit_test(test_positions),
                                       cmocka_unit_test(test_folders), cmocka_unit_test(test_tables),
                                       cmocka_unit_test(test_cycles),  cmocka_unit_test(test_no_files)};
    return cmocka_run_group_tests(tests, enter, NULL);
}
