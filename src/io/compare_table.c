/* Tables of policies, see compare_table.h.  Every cell is a difference to the base on the same paths. */
#include "io/compare_table.h"
#include "base/error.h"
#include "base/text.h"
#include "conf/suggest.h"
#include "io/table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 12 };
#define STOCK "required_stock_days"

typedef struct {
    const kf_group *group;
    int64_t npolicies, nminerals, nlevels, level; /* level: 95 % of the required stock */
    const char *const *policies, *const *titles, *const *minerals;
    const char *fresh; /* "" or "_fresh" */
    /* of the table in hand */
    int64_t policy, rows, *order;
    const char *const *columns; /* names of numbers */
    int64_t ncolumns;
} tables;

/* Columns of what ignorance leaves open of a difference, beside the number [8.9]. */
static const char *const ranges[][2] = {{"LOLE 5-95 %", "loss_of_load_expectation"},
                                        {"NEUE 5-95 %", "normalised_expected_unserved"}};

/* The number whose range a column is, NULL. */
static const char *range_of(const char *column)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (strcmp(ranges[i][0], column) == 0) return ranges[i][1];
    return NULL;
}

typedef struct {
    const char *name, *heading, *total; /* total: heading over all minerals, NULL = not formed */
    int percent;                        /* of one mineral */
} known_number;
static const known_number known[] = {
    {"loss_of_load_expectation", "LOLE", "LOLE, sum", 0},
    {"loss_of_load_events", "shortages", "shortages", 0},
    {"shortage_probability_any", "P(shortage)", "minerals short", 1},
    {"long_shortage_probability", "P(long)", "short for long", 1},
    {"expected_unserved", "EUE", NULL, 0},
    {"normalised_expected_unserved", "NEUE", "NEUE, mean", 0},
    {"gross_normalised_expected_unserved", "gross", "gross, mean", 0},
    {"cvar95_unserved", "CVaR95", NULL, 0},
    {STOCK, "stock 95 %", "stock 95 %, mean", 0},
    {"mean_price", "mean price", "mean price", 0},
    {"peak_price", "peak price", "peak price", 0},
    {"cost", "cost", "cost", 0},
    {"loss", "loss", "loss", 0},
    {"price_bill", "price bill", "price bill", 0},
    {"cvar95_loss", "CVaR95 loss", "CVaR95 loss", 0},
};

static const known_number *find_known(const char *name)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0) return &known[i];
    return NULL;
}

/* ---- looking up ---- */

static const void *data_of(const kf_group *g, const char *name, kf_type type)
{
    const kf_variable *v = g ? kura_frame_find_var(g, name) : NULL;
    return v && v->type == type ? v->data : NULL;
}

static const kf_variable *part_of(const tables *t, const char *number, const char *part)
{
    char name[160];
    snprintf(name, sizeof name, "%.80s%s%s", number, t->fresh, part);
    const kf_variable *v = kura_frame_find_var(t->group, name);
    return v && v->type == KF_F64 ? v : NULL;
}

/* One number; NaN where there is none.  Of the required stock that at 95 %. */
static double at(const tables *t, const char *number, const char *part, int64_t policy, int64_t mineral)
{
    const kf_variable *v = part_of(t, number, part);
    if (!v) return NAN;
    int is_base = v->ndims > 0 && strcmp(v->dims[0], "mineral") == 0;
    int64_t i = (is_base ? 0 : policy * t->nminerals) + mineral;
    if (strcmp(v->dims[v->ndims - 1], "confidence") == 0) {
        if (t->level < 0) return NAN;
        i = i * t->nlevels + t->level;
    }
    return ((const double *)v->data)[i];
}

static int open_tables(const kura_frame *frame, tables *t)
{
    const kf_group *g = kura_frame_find(frame, "policies");
    if (!g) return -1;
    *t = (tables){.group = g,
                  .npolicies = kura_frame_dim_size(g, "policy"),
                  .nminerals = kura_frame_dim_size(g, "mineral"),
                  .nlevels = kura_frame_dim_size(g, "confidence"),
                  .level = -1,
                  .policies = data_of(g, "policy", KF_STRING),
                  .titles = data_of(g, "policy_title", KF_STRING),
                  .minerals = data_of(g, "mineral", KF_STRING),
                  .fresh = ""};
    const double *levels = data_of(g, "confidence", KF_F64);
    for (int64_t i = 0; levels && i < t->nlevels; i++)
        if (fabs(levels[i] - 0.95) < 1e-9) t->level = i;
    return t->policies && t->titles && t->minerals && t->npolicies > 0 && t->nminerals > 0 ? 0 : -1;
}

static int is_all(const tables *t, int64_t mineral) { return mineral == t->nminerals - 1; }

static const char *units_of(const tables *t, const char *number, int all)
{
    static const char *const plain[][2] = {{"1", ""},
                                           {"1e-6", "ppm"},
                                           {"d", "days"},
                                           {"d year-1", "days/year"},
                                           {"1 year-1", "/year"},
                                           {"t year-1", "t/year"}};
    const known_number *k = find_known(number);
    const kf_variable *v = part_of(t, number, "_difference");
    if (k && k->percent && !all) return "%";
    for (size_t i = 0; v && i < sizeof plain / sizeof *plain; i++)
        if (strcmp(plain[i][0], v->units) == 0) return plain[i][1];
    return v ? v->units : "";
}

/* ---- cells ---- */

static double scale_of(const tables *t, const char *number, int64_t mineral)
{
    const known_number *k = find_known(number);
    return k && k->percent && !is_all(t, mineral) ? 100 : 1;
}

/* Where one of the two has no finite figure. */
static int put_irreducible(const tables *t, const char *number, int64_t policy, int64_t mineral, char *out)
{
    double with = at(t, number, "", policy, mineral), without = at(t, number, "_base", policy, mineral);
    if (!isinf(with) && !isinf(without)) return 0;
    if (isinf(with))
        snprintf(out, KURA_CELL_BYTES, "irreducible");
    else
        snprintf(out, KURA_CELL_BYTES, "from irreducible to %.3g", with);
    return 1;
}

/* "+1.23±0.45"; nothing where no path differs; "?" behind it where few do. */
static void put_difference(const tables *t, const char *number, int64_t policy, int64_t mineral, char *out)
{
    char text[KURA_CELL_BYTES];
    double s = scale_of(t, number, mineral), d = at(t, number, "_difference", policy, mineral);
    double se = at(t, number, "_difference_se", policy, mineral),
           paths = at(t, number, "_difference_paths", policy, mineral);
    if (put_irreducible(t, number, policy, mineral, out)) return;
    if (isnan(d)) {
        snprintf(out, KURA_CELL_BYTES, "n/a");
    } else if (d == 0 && se == 0) {
        snprintf(out, KURA_CELL_BYTES, "0");
    } else {
        kura_format_error(s * d, s * se, text);
        snprintf(out, KURA_CELL_BYTES, "%s%.80s%s", d > 0 ? "+" : "", text, paths < 10 ? " ?" : "");
    }
}

/* Where the difference lies with 90 % as far as the inputs are known. */
static void put_range(const tables *t, const char *number, int64_t policy, int64_t mineral, char *out)
{
    double s = scale_of(t, number, mineral);
    if (at(t, number, "_difference_paths", policy, mineral) == 0)
        snprintf(out, KURA_CELL_BYTES, "0");
    else
        kura_format_range(s * at(t, number, "_difference_ignorance_lo", policy, mineral),
                          s * at(t, number, "_difference_ignorance_hi", policy, mineral), out);
}

static void put_value(const tables *t, const char *number, const char *part, int64_t policy, int64_t mineral,
                      char *out)
{
    char se[16];
    double s = scale_of(t, number, mineral), x = at(t, number, part, policy, mineral);
    snprintf(se, sizeof se, "%s_se", part);
    if (isinf(x))
        snprintf(out, KURA_CELL_BYTES, "irreducible");
    else
        kura_format_error(s * x, s * at(t, number, se, policy, mineral), out);
}

/* ---- all minerals together ---- */

static const char *const total_columns[] = {"loss_of_load_expectation",
                                            "LOLE 5-95 %",
                                            "shortage_probability_any",
                                            "normalised_expected_unserved",
                                            "NEUE 5-95 %",
                                            "cost",
                                            "loss",
                                            "cvar95_loss",
                                            "price_bill"};

/* How many times larger the error of independent runs would be, of LOLE. */
static double gain_of(const tables *t, int64_t policy, int64_t mineral)
{
    return at(t, "loss_of_load_expectation", "_unpaired_se", policy, mineral) /
           at(t, "loss_of_load_expectation", "_difference_se", policy, mineral);
}

static const char *total_cell(const void *user, int64_t row, int64_t col, char *out)
{
    const tables *t = user;
    int64_t all = t->nminerals - 1;
    *out = 0;
    if (col == 0) return row == -2 ? "policy" : row < 0 ? "" : row == 0 ? "base" : t->policies[row - 1];
    if (col == t->ncolumns + 1) {
        if (row < 0) return row == -2 ? "error" : "times less";
        double gain = row ? gain_of(t, row - 1, all) : NAN;
        if (isfinite(gain)) snprintf(out, KURA_CELL_BYTES, "%.1f", gain);
        return out;
    }
    const char *number = t->columns[col - 1], *open = range_of(number);
    if (open && row < 0) return row == -2 ? number : units_of(t, open, 1);
    if (open) {
        if (row > 0) put_range(t, open, row - 1, all, out);
        return out;
    }
    if (row > 0 && t->fresh[0] && isnan(at(t, "loss_of_load_expectation", "", row - 1, all)))
        return col == 1 ? "dominated" : "";
    if (row == -2) return find_known(number)->total;
    if (row == -1) return units_of(t, number, 1);
    if (row == 0)
        put_value(t, number, "_base", 0, all, out);
    else
        put_difference(t, number, row - 1, all, out);
    return out;
}

static void choose_columns(tables *t, const char *const *from, size_t n, const char **room)
{
    t->ncolumns = 0;
    t->columns = room;
    for (size_t i = 0; i < n; i++)
        if (range_of(from[i]) ? part_of(t, range_of(from[i]), "_difference_ignorance_lo")
                              : part_of(t, from[i], "_difference"))
            room[t->ncolumns++] = from[i];
}

static void print_total(tables *t, FILE *to)
{
    const char *room[sizeof total_columns / sizeof *total_columns];
    choose_columns(t, total_columns, sizeof total_columns / sizeof *total_columns, room);
    kura_table table = {.rows = t->npolicies + 1,
                        .columns = t->ncolumns + 2,
                        .headings = 2,
                        .left = 1,
                        .cell = total_cell,
                        .user = t};
    kura_table_print(&table, to);
}

static double fact(const kf_group *g, const char *name)
{
    const kf_attr *a = kura_frame_find_attr(g->nattrs, g->attrs, name);
    return a && a->kind == KF_ATTR_F64 ? a->f64[0] : NAN;
}

static void print_total_and_fresh(tables *t, FILE *to)
{
    double fresh = fact(t->group, "fresh_paths");
    fprintf(to, "Policies: all headline minerals together, difference to the base on the same paths\n\n");
    print_total(t, to);
    if (isnan(fresh)) return;
    fprintf(to, "\nAgain on %.0f fresh paths, which had no part in choosing\n\n", fresh);
    t->fresh = "_fresh";
    print_total(t, to);
    t->fresh = "";
}

static void print_legend(const tables *t, FILE *to)
{
    putc('\n', to);
    kura_print_wrapped(
        "±: standard error of the paired difference; 0: no path differs; ?: fewer than 10 paths "
        "do, too few for the error; error times less: how many times larger the error of LOLE's difference "
        "would be with independent runs. LOLE is summed over minerals, NEUE averaged.",
        to);
    if (part_of(t, ranges[0][1], "_difference_ignorance_lo"))
        kura_print_wrapped(
            "5-95 %: where the difference lies with 90 % as far as the inputs are known, without "
            "sampling error; none seen: the draws differ no more than their few paths do.",
            to);
}

/* ---- what was expected ---- */

static void print_expectations(const tables *t, const char *policy, FILE *to)
{
    static const char *const words[] = {"does not move", "falls", "rises"};
    static const char *const holds[] = {"not resolved", "yes", "NO"};
    const char *const *of = data_of(t->group, "expectation_policy", KF_STRING),
                      *const *number = data_of(t->group, "expectation_number", KF_STRING),
                      *const *mineral = data_of(t->group, "expectation_mineral", KF_STRING);
    const int8_t *direction = data_of(t->group, "expectation_direction", KF_I8),
                 *is = data_of(t->group, "expectation_holds", KF_I8);
    int64_t n = kura_frame_dim_size(t->group, "expectation");
    int any = 0;
    if (!of || !number || !mineral || !direction || !is) return;
    for (int64_t i = 0; i < n; i++) {
        if (policy && strcmp(of[i], policy) != 0) continue;
        if (direction[i] < 0 || direction[i] > 2 || is[i] < 0 || is[i] > 2) continue;
        if (!any++) fputs("\nExpected, and whether it holds outside the interval\n\n", to);
        fprintf(to, "  %-12s %s: %s %s, %s\n", holds[is[i]], of[i], number[i], words[direction[i]],
                strcmp(mineral[i], "all") == 0 ? "all together" : mineral[i]);
    }
}

/* ---- one policy, mineral by mineral ---- */

static const char *const mineral_columns[] = {"loss_of_load_expectation",
                                              "LOLE 5-95 %",
                                              "shortage_probability_any",
                                              "normalised_expected_unserved",
                                              "NEUE 5-95 %",
                                              "cvar95_unserved",
                                              STOCK};

static const char *mineral_cell(const void *user, int64_t row, int64_t col, char *out)
{
    const tables *t = user;
    *out = 0;
    if (col == 0) return row == -2 ? "mineral" : row < 0 ? "" : t->minerals[t->order[row]];
    const char *number = t->columns[col - 1], *open = range_of(number);
    const known_number *k = find_known(number);
    if (row == -2) return k ? k->heading : number;
    if (row == -1) return units_of(t, open ? open : number, 0);
    if (open) {
        put_range(t, open, t->policy, t->order[row], out);
        return out;
    }
    put_difference(t, number, t->policy, t->order[row], out);
    return out;
}

static int moves(const tables *t, int64_t policy, int64_t mineral)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (at(t, known[i].name, "_difference_paths", policy, mineral) > 0) return 1;
    return 0;
}

/* By the size of the change of NEUE, then in the order of the file. */
static void sort_moving(tables *t)
{
    t->rows = 0;
    for (int64_t i = 0; i + 1 < t->nminerals; i++) {
        if (!moves(t, t->policy, i)) continue;
        double x = fabs(at(t, "normalised_expected_unserved", "_difference", t->policy, i));
        int64_t j = t->rows++;
        for (; j > 0; j--) {
            double before =
                fabs(at(t, "normalised_expected_unserved", "_difference", t->policy, t->order[j - 1]));
            if (!(x > before) && !(isnan(before) && !isnan(x))) break;
            t->order[j] = t->order[j - 1];
        }
        t->order[j] = i;
    }
}

static void print_policy(tables *t, int64_t policy, int all, FILE *to)
{
    const char *room[sizeof mineral_columns / sizeof *mineral_columns];
    t->policy = policy;
    sort_moving(t);
    int64_t moving = t->rows, still = t->nminerals - 1 - moving;
    if (!all && t->rows > MOST_ROWS) t->rows = MOST_ROWS;
    choose_columns(t, mineral_columns, sizeof mineral_columns / sizeof *mineral_columns, room);
    fprintf(to, "\n%s%s%s\n\n", t->policies[policy], t->titles[policy][0] ? ": " : "", t->titles[policy]);
    kura_table table = {.rows = t->rows,
                        .columns = t->ncolumns + 1,
                        .headings = 2,
                        .left = 1,
                        .cell = mineral_cell,
                        .user = t};
    if (t->rows) kura_table_print(&table, to);
    if (moving > t->rows) fprintf(to, "... and %lld more (--all)\n", (long long)(moving - t->rows));
    if (still == 1) fputs("1 mineral does not move on any path\n", to);
    if (still > 1) fprintf(to, "%lld minerals do not move on any path\n", (long long)still);
}

/* ---- one mineral: policies by numbers ---- */

static const char *of_mineral_cell(const void *user, int64_t row, int64_t col, char *out)
{
    const tables *t = user;
    *out = 0;
    if (col == 0) return row == -2 ? "policy" : row < 0 ? "" : row == 0 ? "base" : t->policies[row - 1];
    const char *number = t->columns[col - 1], *open = range_of(number);
    const known_number *k = find_known(number);
    if (row == -2) return k ? k->heading : number;
    if (row == -1) return units_of(t, open ? open : number, is_all(t, t->policy));
    if (open) {
        if (row > 0) put_range(t, open, row - 1, t->policy, out);
        return out;
    }
    if (row == 0)
        put_value(t, number, "_base", 0, t->policy, out);
    else
        put_difference(t, number, row - 1, t->policy, out);
    return out;
}

static void print_mineral(tables *t, int64_t mineral, int all, FILE *to)
{
    enum { MOST = sizeof known / sizeof *known + sizeof ranges / sizeof *ranges };
    const char *names[MOST], *room[MOST];
    size_t n = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int usual = 0;
        for (size_t k = 0; k < sizeof mineral_columns / sizeof *mineral_columns; k++)
            usual |= strcmp(mineral_columns[k], known[i].name) == 0;
        if (all || usual) names[n++] = known[i].name;
        for (size_t k = 0; k < sizeof ranges / sizeof *ranges; k++)
            if (strcmp(ranges[k][1], known[i].name) == 0) names[n++] = ranges[k][0];
    }
    choose_columns(t, names, n, room);
    t->policy = mineral; /* the cells know it by this name */
    fprintf(to, "%s: difference to the base on the same paths\n\n", t->minerals[mineral]);
    kura_table table = {.rows = t->npolicies + 1,
                        .columns = t->ncolumns + 1,
                        .headings = 2,
                        .left = 1,
                        .cell = of_mineral_cell,
                        .user = t};
    kura_table_print(&table, to);
}

/* ---- one number: minerals by policies ---- */

static const char *number_cell(const void *user, int64_t row, int64_t col, char *out)
{
    const tables *t = user;
    const char *number = t->columns[0];
    *out = 0;
    if (col == 0) return row == -1 ? "mineral" : t->minerals[t->order[row]];
    if (row == -1) return col == 1 ? "base" : t->policies[col - 2];
    int64_t mineral = t->order[row];
    double s = scale_of(t, number, mineral);
    if (col == 1)
        put_value(t, number, "_base", 0, mineral, out);
    else if (!put_irreducible(t, number, col - 2, mineral, out))
        kura_format_interval(s * at(t, number, "_difference", col - 2, mineral),
                             s * at(t, number, "_difference_lo", col - 2, mineral),
                             s * at(t, number, "_difference_hi", col - 2, mineral), "inf", out);
    return out;
}

static void print_number(tables *t, const char *number, int64_t mineral, int all, FILE *to)
{
    t->rows = 0;
    for (int64_t i = 0; i < t->nminerals; i++) {
        int any = all || is_all(t, i);
        for (int64_t p = 0; p < t->npolicies && !any; p++) any = at(t, number, "_difference_paths", p, i) > 0;
        if (mineral >= 0 ? i == mineral : any) t->order[t->rows++] = i;
    }
    t->columns = &number;
    const char *units = units_of(t, number, 0);
    fprintf(to, "%s%s%s%s: difference to the base, %g %% interval\n\n", number, units[0] ? " (" : "", units,
            units[0] ? ")" : "", 100 * fact(t->group, "confidence_of_differences"));
    kura_table table = {.rows = t->rows,
                        .columns = t->npolicies + 2,
                        .headings = 1,
                        .left = 1,
                        .cell = number_cell,
                        .user = t};
    kura_table_print(&table, to);
    if (find_known(number) && find_known(number)->percent)
        fputs("all: expected number of minerals, not per cent\n", to);
}

/* ---- costs ---- */

static void print_bought(const tables *t, FILE *to)
{
    static const char *const names[] = {"cost_per_unserved_avoided", "cost_per_short_day_avoided"};
    static const char *const texts[] = {"Cost of a tonne of unserved demand avoided",
                                        "Cost of a day of shortage avoided"};
    for (int k = 0; k < 2; k++) {
        char kind_name[64];
        snprintf(kind_name, sizeof kind_name, "%s_kind", names[k]);
        const int8_t *kind = data_of(t->group, kind_name, KF_I8);
        if (!kind) continue;
        const kf_variable *v = part_of(t, names[k], "");
        fprintf(to, "\n%s, %s (Fieller's interval)\n\n", texts[k], v ? v->units : "");
        for (int64_t p = 0; p < t->npolicies; p++)
            for (int64_t i = 0; i < t->nminerals; i++) {
                double x = at(t, names[k], "", p, i), lo = at(t, names[k], "_lo", p, i),
                       hi = at(t, names[k], "_hi", p, i);
                int which = kind[p * t->nminerals + i];
                if (!which || (!moves(t, p, i) && !is_all(t, i))) continue;
                fprintf(to, "  %s, %s: ", t->policies[p], t->minerals[i]);
                if (which == 1)
                    fprintf(to, "%.4g [%.4g,%.4g]\n", x, lo, hi);
                else if (which == 2)
                    fprintf(to, "%.4g; below %.4g or above %.4g: what is avoided is not resolved\n", x, lo,
                            hi);
                else
                    fprintf(to, "%.4g; any number: what is avoided is not resolved\n", x);
            }
    }
}

static void print_frontier(const kura_frame *frame, FILE *to)
{
    const kf_group *g = kura_frame_find(frame, "frontier");
    const char *const *run = data_of(g, "run", KF_STRING);
    if (!g || !run) return;
    fputs("\nDominated: another policy costs less and leaves less risk, beyond simultaneous intervals\n\n",
          to);
    for (int v = 0; v < g->nvariables; v++) {
        const char *name = g->variables[v].name;
        size_t n = strlen(name), end = strlen("_dominated_by");
        if (n < end || strcmp(name + n - end, "_dominated_by") != 0) continue;
        const char *const *by = g->variables[v].data;
        kura_text text = {0};
        int any = 0;
        kura_text_printf(&text, "%.*s:", (int)(n - end), name);
        for (int64_t i = 0; i < kura_frame_dim_size(g, "run"); i++)
            if (by[i][0]) kura_text_printf(&text, "%s %s by %s", any++ ? "," : "", run[i], by[i]);
        if (!any) kura_text_add(&text, " none");
        if (text.data) kura_print_wrapped(text.data, to);
        kura_text_fini(&text);
    }
}

/* ---- the page ---- */

void kura_io_print_policies(const kura_frame *frame, FILE *to)
{
    tables t;
    if (open_tables(frame, &t)) return;
    putc('\n', to);
    print_total_and_fresh(&t, to);
    print_legend(&t, to);
}

static kura_status find_label(const char *const *labels, int64_t n, const char *wanted, const char *what,
                              int64_t *out, kura_error *err)
{
    kura_suggestion near = {.wanted = wanted};
    *out = -1;
    if (!wanted) return KURA_OK;
    for (int64_t i = 0; i < n; i++) {
        if (strcmp(labels[i], wanted) == 0) *out = i;
        kura_suggest(&near, labels[i]);
    }
    if (*out >= 0) return KURA_OK;
    return kura_error_set(err, KURA_E_USAGE, "there is no %s \"%.100s\"%s", what, wanted,
                          kura_suggest_hint(&near).text);
}

static kura_status find_number(const tables *t, const char *wanted, kura_error *err)
{
    kura_suggestion near = {.wanted = wanted};
    kura_text list = {0};
    if (!wanted || part_of(t, wanted, "_difference")) return KURA_OK;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!part_of(t, known[i].name, "_difference")) continue;
        kura_suggest(&near, known[i].name);
        kura_text_printf(&list, "%s%s", list.size ? ", " : "; it can be ", known[i].name);
    }
    kura_error_set(err, KURA_E_USAGE, "policies are not compared by \"%.100s\"%s", wanted,
                   near.best   ? kura_suggest_hint(&near).text
                   : list.data ? list.data
                               : "");
    kura_text_fini(&list);
    return KURA_E_USAGE;
}

kura_status kura_io_compare(const kura_frame *frame, const kura_compare_options *o, FILE *to, kura_error *err)
{
    tables t;
    int64_t policy, mineral;
    if (open_tables(frame, &t))
        return kura_error_set(
            err, KURA_E_SCENARIO,
            "the result compares no policies: it was not made with a study; two results can "
            "be compared by \"kura compare A.h5 B.h5\"");
    KURA_TRY(find_label(t.policies, t.npolicies, o->policy, "policy", &policy, err));
    KURA_TRY(find_label(t.minerals, t.nminerals, o->mineral, "mineral", &mineral, err));
    KURA_TRY(find_number(&t, o->metric, err));
    t.order = calloc((size_t)t.nminerals, sizeof *t.order);
    if (!t.order) return kura_error_set(err, KURA_E_MEMORY, "not enough memory");
    if (o->metric) {
        print_number(&t, o->metric, mineral, o->all, to);
    } else if (mineral >= 0) {
        print_mineral(&t, mineral, o->all, to);
    } else {
        print_total_and_fresh(&t, to);
        for (int64_t p = 0; p < t.npolicies; p++)
            if (policy < 0 || p == policy) print_policy(&t, p, o->all, to);
        print_expectations(&t, o->policy, to);
        print_bought(&t, to);
        print_frontier(frame, to);
    }
    if (!o->metric) print_legend(&t, to);
    free(t.order);
    return ferror(to) ? kura_error_set(err, KURA_E_IO, "cannot write the table") : KURA_OK;
}
