/* Tables: cells, units, positions, quoting, line ends, and everything that is no table. */
#include "conf_test.h"
#include "conf/csv.h"

static kura_csv *read_table(bench *b, const char *text)
{
    kura_source *s = kura_files_text(&b->files, "t.csv", 1, text);
    return s ? kura_csv_read(&b->arena, &b->diag, s) : NULL;
}

static void expect(const char *text, const char *messages)
{
    bench b;
    bench_open(&b);
    assert_null(read_table(&b, text));
    assert_string_equal(bench_messages(&b), messages);
    bench_close(&b);
}

static const char *cell(const kura_csv *t, int row, const char *column)
{
    const kura_node *n = kura_node_get(t->rows->items[row], column);
    return n ? n->text : NULL;
}

static void test_table(void **state)
{
    (void)state;
    bench b;
    bench_open(&b);
    kura_csv *t = read_table(&b, "id, output [t/year] ,note,#x,source\na,1,n,y,s\nb,,,,\n");
    assert_non_null(t);
    assert_int_equal(t->ncolumns, 5);
    assert_int_equal(t->rows->count, 2);
    assert_string_equal(cell(t, 0, "output"), "1");
    assert_null(cell(t, 1, "output"));
    assert_null(cell(t, 0, "note"));
    assert_null(cell(t, 0, "source"));
    const kura_column *c = kura_csv_column(t, "output");
    assert_string_equal(c->label, "output [t/year]");
    assert_string_equal(c->unit, "t/year");
    assert_null(kura_csv_column(t, "id")->unit);
    assert_null(kura_csv_column(t, "note"));
    const kura_node *n = kura_node_get(t->rows->items[0], "output");
    assert_string_equal(n->unit, "t/year");
    assert_string_equal(n->at.label, "output [t/year]");
    assert_int_equal(n->at.line, 2);
    bench_close(&b);
}

static void test_quotes(void **state)
{
    (void)state;
    bench b;
    bench_open(&b);
    kura_csv *t =
        read_table(&b, "a,b\n\"x, y\",\"he said \"\"no\"\"\"\n\"two\nlines\",z\n \"s\" , t \nlast,\"\"\n");
    assert_non_null(t);
    assert_string_equal(cell(t, 0, "a"), "x, y");
    assert_string_equal(cell(t, 0, "b"), "he said \"no\"");
    assert_string_equal(cell(t, 1, "a"), "two\nlines");
    assert_string_equal(cell(t, 2, "a"), "s");
    assert_string_equal(cell(t, 2, "b"), "t");
    assert_int_equal(t->rows->items[2]->at.line, 5); /* after the two lines */
    assert_null(cell(t, 3, "b"));
    bench_close(&b);
}

static void test_line_ends(void **state)
{
    (void)state;
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    for (int i = 0; i < 3; i++) {
        char text[64];
        bench b;
        bench_open(&b);
        snprintf(text, sizeof text, "a,b%s1,2%s%s3,4", ends[i], ends[i], ends[i]);
        kura_csv *t = read_table(&b, text);
        assert_non_null(t);
        assert_int_equal(t->rows->count, 2);
        assert_string_equal(cell(t, 1, "b"), "4");
        assert_int_equal(t->rows->items[1]->at.line, 4);
        bench_close(&b);
    }
}

static void test_byte_order_mark(void **state)
{
    (void)state;
    bench b;
    bench_open(&b);
    bench_enter("csv.tmp");
    bench_write("bom.csv",
                "\xEF\xBB\xBF"
                "id\nx\n",
                8);
    kura_pos nowhere = {NULL, 0, 0, NULL};
    kura_source *s = kura_files_open(&b.files, "bom.csv", nowhere);
    assert_non_null(s);
    kura_csv *t = kura_csv_read(&b.arena, &b.diag, s);
    assert_non_null(t);
    assert_string_equal(cell(t, 0, "id"), "x");
    /* sha256 of the bytes of the file, mark included */
    assert_string_equal(s->sha256, "ac4de0cdc3a27718fe9529923944a574174c6e4b2652525aae6b7b7cc560971f");
    bench_close(&b);
}

static void test_no_tables(void **state)
{
    (void)state;
    expect("", "t.csv:1: error: the table is empty; its first line names the columns\n");
    expect("\n\n", "t.csv:1: error: the table is empty; its first line names the columns\n");
    expect("a,b\n", "t.csv:1: error: the table has a header but no row\n");
    expect("a,b\n,\n", "t.csv:1: error: the table has a header but no row\n");
    expect("a,b\n1\n1,2,3\n4,5\n", "t.csv:2: error: the row has 1 fields where the header has 2\n"
                                   "t.csv:3: error: the row has 3 fields where the header has 2; a field "
                                   "with a comma must be in quotes\n");
    expect("a,a [t]\n1,2\n",
           "t.csv:1: error: column \"a [t]\": the table has this column twice, as columns 1 and 2\n");
    expect("a,,b\n1,2,3\n", "t.csv:1: error: column 2 has no name\n");
    expect("a [t,b t],c [t] x,[t],d []\n1,2,3,4,5\n",
           "t.csv:1: error: column \"a [t\": the header is no \"name\" or \"name [unit]\"\n"
           "t.csv:1: error: column \"b t]\": the header is no \"name\" or \"name [unit]\"\n"
           "t.csv:1: error: column \"c [t] x\": the header is no \"name\" or \"name [unit]\"\n"
           "t.csv:1: error: column \"[t]\": the header is no \"name\" or \"name [unit]\"\n"
           "t.csv:1: error: column \"d []\": the header is no \"name\" or \"name [unit]\"\n");
    expect("a;b\n1;2\n",
           "t.csv:1: error: the columns are separated by semicolons; write a comma between them\n");
    expect("a\tb\n1\t2\n", "t.csv:1: error: the columns are separated by tabs; write a comma between them\n");
    expect("a,b\n\"x,1\n", "t.csv:2: error: a quoted field is not closed\n");
    expect("a,b\nx\"y,1\n", "t.csv:2: error: a quote inside a field; put the whole field in quotes and write "
                            "\"\" for the inner one\n");
    expect("a,b\n\"x\"y,1\n",
           "t.csv:2: error: text after the closing quote of a field; write \"\" for a quote inside quotes\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table), cmocka_unit_test(test_quotes), cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_byte_order_mark), cmocka_unit_test(test_no_tables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
