/* The golden step through the ordinary engine: a scenario file and CSV tables in, /paths out, every cell
 * equal. The columns of trace.csv are named QUANTITY_OBJECT: I, P, Ubar, W, Z, qual (hub fF_ISO), x (site),
 * ship (fF_I_J), S, fsm, e, rel (tier), unserved (consumer fF_ISO). */
#include "frame_util.h"
#include "num/isa.h"

static const char *const forms[] = {"ore", "oxide", "metal"};

/* "f1_CHN" -> "golden/oxide/CHN", "f1_CHN_JPN" -> "golden/oxide/CHN/JPN" */
static void object(const char *name, char *out, size_t n)
{
    char copy[64];
    snprintf(copy, sizeof copy, "%s", name + 3);
    for (char *p = copy; *p; p++)
        if (*p == '_') *p = '/';
    snprintf(out, n, "golden/%s/%s", forms[name[1] - '0'], copy);
}

typedef struct {
    const char *prefix, *variable, *dim;
    int hub_like; /* the object is written fF_... */
} quantity;

static const quantity quantities[] = {
    {"I_", "on_hand", "hub", 1},
    {"P_", "in_transit", "hub", 1},
    {"Ubar_", "use_average", "hub", 1},
    {"W_", "order", "hub", 1},
    {"Z_", "inbound_availability", "hub", 1},
    {"qual_", "qualification", "hub", 1},
    {"x_", "output", "site", 0},
    {"ship_", "shipment", "arc", 1},
    {"S_", "stockpile", "tier", 0},
    {"fsm_", "trigger", "tier", 0},
    {"e_", "inbound_loss", "tier", 0},
    {"rel_", "release", "tier", 0},
    {"unserved_", "unserved", "consumer", 1},
};

static const double *column_of(const run_result *r, const char *name)
{
    for (size_t i = 0; i < sizeof quantities / sizeof *quantities; i++) {
        const quantity *q = &quantities[i];
        size_t n = strlen(q->prefix);
        if (strncmp(name, q->prefix, n) != 0) continue;
        char text[96];
        if (q->hub_like)
            object(name + n, text, sizeof text);
        else {
            snprintf(text, sizeof text, "%s", name + n);
            if (strcmp(q->dim, "tier") == 0)
                for (char *p = text; *p; p++)
                    if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 32);
        }
        return numbers(r, "paths", q->variable) + label(r, "paths", q->dim, text) * 160;
    }
    fail_msg("column %s is not known", name);
    return NULL;
}

static void test_every_cell(void **state)
{
    (void)state;
    for (int k = 0; k < KURA_ISA_COUNT; k++) {
        const char *isa = kura_isa_name((kura_isa)k);
        if (!kura_isa_present((kura_isa)k)) {
            print_message("instruction set %s is absent\n", isa);
            continue;
        }
        kura_run_options options = {.isa = isa};
        run_result r = run_file(KURA_SOURCE_DIR "/tests/golden/golden.yaml", NULL, 0, &options, "golden");
        FILE *f = fopen(KURA_SOURCE_DIR "/tests/golden/trace.csv", "r");
        assert_non_null(f);
        static char line[1 << 16];
        static const double *column[512];
        static char names[512][64];
        int columns = 0, wrong = 0;
        long cells = 0;
        assert_non_null(fgets(line, sizeof line, f));
        for (char *p = strtok(line, ",\r\n"); p; p = strtok(NULL, ",\r\n")) {
            snprintf(names[columns], sizeof names[0], "%s", p);
            column[columns] = strcmp(p, "t") == 0 ? NULL : column_of(&r, p);
            columns++;
        }
        for (int t = 0; fgets(line, sizeof line, f); t++) {
            char *p = line;
            for (int c = 0; c < columns; c++) {
                double want = strtod(p, &p);
                if (*p == ',') p++;
                cells++;
                if (!column[c]) { /* the step itself */
                    wrong += want != t;
                    continue;
                }
                if (column[c][t] != want && wrong++ < 10)
                    print_message("%s t=%d: %.17g, expected %.17g\n", names[c], t, column[c][t], want);
            }
        }
        fclose(f);
        print_message("isa %s: %ld cells, %d wrong\n", isa, cells, wrong);
        assert_int_equal(cells, 24480);
        assert_int_equal(wrong, 0);
        drop(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_cell)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
