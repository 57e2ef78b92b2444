/* Tables of policies, see compare_table.h.  Every cell is a difference to the base on the same paths. */
#include "io/compare_table.h"
#include "base/error.h"
#include "base/text.h"
#include "conf/suggest.h"
#include "io/study_pages.h"
#include "io/table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STOCK "required_stock_days"

typedef struct {
    const kf_group *group;
    int64_t npolicies, nminerals, nlevels, level; /* level: 95 % of the required stock */
    int64_t listed;                               /* policies in a table of all */
    const char *const *policies, *const *titles, *const *minerals, *const *reports;
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
                  .listed = kura_frame_dim_size(g, "policy"),
                  .nminerals = kura_frame_dim_size(g, "mineral"),
                  .nlevels = kura_frame_dim_size(g, "confidence"),
                  .level = -1,
                  .policies = data_of(g, "policy", KF_STRING),
                  .titles = data_of(g, "policy_title", KF_STRING),
                  .minerals = data_of(g, "mineral", KF_STRING),
                  .reports = data_of(g, "mineral_report", KF_STRING),
                  .fresh = ""};
    const double *levels = data_of(g, "confidence", KF_F64);
    for (int64_t i = 0; levels && i < t->nlevels; i++)
        if (fabs(levels[i] - 0.95) < 1e-9) t->level = i;
    return t->policies && t->titles && t->minerals && t->npolicies > 0 && t->nminerals > 0 ? 0 : -1;
}

static int is_all(const tables *t, int64_t mineral) { return mineral == t->nminerals - 1; }

static const char *units_of(const tables *t, const char *number, int all)
{
    const known_number *k = find_known(number);
    const kf_variable *v = part_of(t, number, "_difference");
    if (k && k->percent && !all) return "%";
    return v ? kura_plain_units(v->units) : "";
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
    if (isinf(with) && isinf(without))
        snprintf(out, KURA_CELL_BYTES, "irreducible");
    else if (isnan(with) || isnan(without))
        snprintf(out, KURA_CELL_BYTES, "n/a");
    else if (isinf(with))
        snprintf(out, KURA_CELL_BYTES, "%.0f to irreducible", without);
    else
        snprintf(out, KURA_CELL_BYTES, "irreducible to %.0f", with);
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
    } else if (d == 0 && paths == 0) {
        snprintf(out, KURA_CELL_BYTES, "0");
    } else {
        kura_format_error(s * d, s * se, text);
        snprintf(out, KURA_CELL_BYTES, "%s%.80s%s", d > 0 ? "+" : "", text, paths < 10 ? " ?" : "");
    }
}

/* "-1.2 [-2.1,-0.3]"; nothing where no path differs; without an interval, and "?", where few do. */
static void put_interval(const tables *t, const char *number, int64_t policy, int64_t mineral, char *out)
{
    double s = scale_of(t, number, mineral), d = s * at(t, number, "_difference", policy, mineral);
    double se = at(t, number, "_difference_se", policy, mineral);
    if (put_irreducible(t, number, policy, mineral, out)) return;
    if (isnan(d))
        snprintf(out, KURA_CELL_BYTES, "n/a");
    else if (d == 0 && se == 0)
        snprintf(out, KURA_CELL_BYTES, "0");
    else if (at(t, number, "_difference_paths", policy, mineral) < 10)
        snprintf(out, KURA_CELL_BYTES, "%.2g ?", d);
    else
        kura_format_interval(d, s * at(t, number, "_difference_lo", policy, mineral),
                             s * at(t, number, "_difference_hi", policy, mineral), "inf", out);
}

/* Three digits with k, M, G: what a tonne costs goes from hundreds to thousands of millions. */
static const char *short_number(double x, char out[20])
{
    static const char *const suffix[] = {"", "k", "M", "G", "T"};
    int k = 0;
    for (double size = fabs(x); size >= 999.5 && k < 4; size /= 1000, x /= 1000) k++;
    snprintf(out, 20, "%.3g%s", x, suffix[k]);
    return out;
}

/* What a unit of `risk` avoided costs, with Fieller's set, in USD.  Of a policy that adds to the risk the
   ratio is no price: a saving over an increase would look like a bargain. */
static void put_bought(const tables *t, const char *name, const char *risk, int64_t policy, int64_t mineral,
                       char *out)
{
    enum { USD = 1000000 /* of the file's million */ };
    char kind_name[160], x[20], lo[20], hi[20];
    snprintf(kind_name, sizeof kind_name, "%.80s%s_kind", name, t->fresh);
    const int8_t *kind = data_of(t->group, kind_name, KF_I8);
    int which = kind ? kind[policy * t->nminerals + mineral] : 0;
    short_number(USD * at(t, name, "", policy, mineral), x);
    short_number(USD * at(t, name, "_lo", policy, mineral), lo);
    short_number(USD * at(t, name, "_hi", policy, mineral), hi);
    *out = 0;
    if (which == 1 && at(t, risk, "_difference", policy, mineral) > 0)
        snprintf(out, KURA_CELL_BYTES, "avoids none");
    else if (which == 1)
        snprintf(out, KURA_CELL_BYTES, "%s [%s,%s]", x, lo, hi);
    if (which == 2) snprintf(out, KURA_CELL_BYTES, "[>%s or <%s]", hi, lo);
    if (which == 3) snprintf(out, KURA_CELL_BYTES, "[any]");
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

#define PER_TONNE "cost_per_unserved_avoided" /* no number of its own: a ratio of two */

static int is_there(const tables *t, const char *column)
{
    const char *open = range_of(column);
    const char *part = open                             ? "_difference_ignorance_lo"
                       : strcmp(column, PER_TONNE) == 0 ? ""
                                                        : "_difference";
    return part_of(t, open ? open : column, part) != NULL;
}

static void choose_columns(tables *t, const char *const *from, size_t n, const char **room)
{
    t->ncolumns = 0;
    t->columns = room;
    for (size_t i = 0; i < n; i++)
        if (is_there(t, from[i])) room[t->ncolumns++] = from[i];
}

static void print_total(tables *t, FILE *to)
{
    const char *room[sizeof total_columns / sizeof *total_columns];
    choose_columns(t, total_columns, sizeof total_columns / sizeof *total_columns, room);
    kura_table table = {.rows = t->listed + 1,
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
    double fresh = fact(t->group, "fresh_paths"), choices = fact(t->group, "choices");
    fprintf(to, "Policies: all headline minerals together, difference to the base on the same paths\n\n");
    print_total(t, to);
    if (isnan(fresh)) return;
    fprintf(to, "\nAgain on %.0f fresh paths, which had no part in choosing\n\n", fresh);
    t->fresh = "_fresh";
    if (choices >= 0 && choices < (double)t->npolicies) t->listed = (int64_t)choices;
    print_total(t, to);
    t->fresh = "";
    t->listed = t->npolicies;
}

static void print_legend(const tables *t, FILE *to)
{
    char text[768];
    snprintf(
        text, sizeof text,
        "±: standard error of the paired difference; [ ]: its %g %% interval; 0: no path differs; ?: fewer "
        "than 10 paths do, too few for an error; error times less: how many times larger the error of "
        "LOLE's difference would be with independent runs. LOLE is summed over minerals, NEUE averaged. "
        "A tonne avoided costs: what the policy adds to cost over what it takes off unserved demand, with "
        "Fieller's interval; [>a or <b] and [any] say that it is not resolved whether anything is avoided, "
        "avoids none that the policy adds to it; "
        "k, M, G: thousands, millions, thousand millions.",
        100 * fact(t->group, "confidence_of_differences"));
    putc('\n', to);
    kura_print_wrapped(text, to);
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

/* ---- one policy, mineral by mineral; one mineral, policy by policy ---- */

static const char *const with_costs[] = {"loss_of_load_expectation",
                                         "LOLE 5-95 %",
                                         "normalised_expected_unserved",
                                         "NEUE 5-95 %",
                                         STOCK,
                                         "cost",
                                         PER_TONNE};
static const char *const without_costs[] = {"loss_of_load_expectation",
                                            "LOLE 5-95 %",
                                            "shortage_probability_any",
                                            "normalised_expected_unserved",
                                            "NEUE 5-95 %",
                                            "cvar95_unserved",
                                            STOCK};
enum { WIDE = 140, USUAL = sizeof with_costs / sizeof *with_costs };
_Static_assert(USUAL == sizeof without_costs / sizeof *without_costs, "tables with and without costs");

static void choose_usual(tables *t, const char **room)
{
    choose_columns(t, is_there(t, PER_TONNE) ? with_costs : without_costs, USUAL, room);
}

static const char *heading_of(const char *column)
{
    const known_number *k = find_known(column);
    return k ? k->heading : strcmp(column, PER_TONNE) == 0 ? "a tonne avoided costs" : column;
}

static void put_change(const tables *t, const char *column, int64_t policy, int64_t mineral, char *out)
{
    const char *open = range_of(column);
    if (open)
        put_range(t, open, policy, mineral, out);
    else if (strcmp(column, PER_TONNE) == 0)
        put_bought(t, PER_TONNE, "expected_unserved", policy, mineral, out);
    else
        put_interval(t, column, policy, mineral, out);
}

static const char *unit_of_column(const tables *t, const char *column, int all)
{
    const char *open = range_of(column);
    return strcmp(column, PER_TONNE) == 0 ? "USD/t" : units_of(t, open ? open : column, all);
}

static const char *mineral_cell(const void *user, int64_t row, int64_t col, char *out)
{
    const tables *t = user;
    *out = 0;
    if (col == 0) return row == -2 ? "mineral" : row < 0 ? "" : t->minerals[t->order[row]];
    const char *number = t->columns[col - 1];
    if (row == -2) return heading_of(number);
    if (row == -1) return unit_of_column(t, number, 0);
    put_change(t, number, t->policy, t->order[row], out);
    return out;
}

static int moves(const tables *t, int64_t policy, int64_t mineral)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (at(t, known[i].name, "_difference_paths", policy, mineral) > 0) return 1;
    return 0;
}

static int is_headline(const tables *t, int64_t mineral)
{
    return !t->reports || strcmp(t->reports[mineral], "headline") == 0;
}

/* Moves, but nobody would notice: under 0.1 ppm of demand, a hundredth of a day, a thousand dollars. */
static int is_dust(const tables *t, int64_t policy, int64_t mineral)
{
    double cost = at(t, "cost", "_difference", policy, mineral);
    return fabs(at(t, "normalised_expected_unserved", "_difference", policy, mineral)) < 0.1 &&
           fabs(at(t, "loss_of_load_expectation", "_difference", policy, mineral)) < 0.01 &&
           fabs(at(t, STOCK, "_difference", policy, mineral)) < 0.01 && (isnan(cost) || fabs(cost) < 1e-3);
}

/* By the size of the change of NEUE, then in the order of the file.  Counts what is left out: minerals that
 * do not move, and dust. */
static void sort_moving(tables *t, int all, int64_t *still, int64_t *dust)
{
    t->rows = *still = *dust = 0;
    for (int64_t i = 0; i + 1 < t->nminerals; i++) {
        if (!all && !is_headline(t, i)) continue;
        if (!moves(t, t->policy, i)) {
            ++*still;
            continue;
        }
        if (!all && is_dust(t, t->policy, i)) {
            ++*dust;
            continue;
        }
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

static void print_left_out(int64_t n, const char *one, const char *many, const char *what, FILE *to)
{
    if (n) fprintf(to, "%lld %s %s\n", (long long)n, n == 1 ? one : many, what);
}

static void print_policy(tables *t, int64_t policy, int all, FILE *to)
{
    const char *room[USUAL];
    t->policy = policy;
    int64_t still, dust;
    sort_moving(t, all, &still, &dust);
    choose_usual(t, room);
    fprintf(to, "\n%s%s%s\n\n", t->policies[policy], t->titles[policy][0] ? ": " : "", t->titles[policy]);
    kura_table table = {.rows = t->rows,
                        .columns = t->ncolumns + 1,
                        .headings = 2,
                        .left = 1,
                        .width = WIDE,
                        .cell = mineral_cell,
                        .user = t};
    if (t->rows) kura_table_print(&table, to);
    print_left_out(dust, "mineral moves", "minerals move",
                   "by less than 0.1 ppm, 0.01 days and 1000 USD (--all)", to);
    print_left_out(still, "mineral does", "minerals do", "not move on any path", to);
}

static const char *of_mineral_cell(const void *user, int64_t row, int64_t col, char *out)
{
    const tables *t = user;
    *out = 0;
    if (col == 0) return row == -2 ? "policy" : row < 0 ? "" : row == 0 ? "base" : t->policies[row - 1];
    const char *number = t->columns[col - 1];
    if (row == -2) return heading_of(number);
    if (row == -1) return unit_of_column(t, number, is_all(t, t->policy));
    if (row > 0)
        put_change(t, number, row - 1, t->policy, out);
    else if (strcmp(number, PER_TONNE) != 0 && !range_of(number))
        put_value(t, number, "_base", 0, t->policy, out);
    return out;
}

static void print_mineral(tables *t, int64_t mineral, int all, FILE *to)
{
    enum { MOST = sizeof known / sizeof *known + sizeof ranges / sizeof *ranges + 1 };
    const char *names[MOST], *room[MOST + USUAL];
    size_t n = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        names[n++] = known[i].name;
        for (size_t k = 0; k < sizeof ranges / sizeof *ranges; k++)
            if (strcmp(ranges[k][1], known[i].name) == 0) names[n++] = ranges[k][0];
    }
    names[n++] = PER_TONNE;
    if (all)
        choose_columns(t, names, n, room);
    else
        choose_usual(t, room);
    t->policy = mineral; /* the cells know it by this name */
    fprintf(to, "%s: difference to the base on the same paths\n\n", t->minerals[mineral]);
    kura_table table = {.rows = t->npolicies + 1,
                        .columns = t->ncolumns + 1,
                        .headings = 2,
                        .left = 1,
                        .width = WIDE,
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

static void print_days_bought(const tables *t, int64_t policy, FILE *to)
{
    static const char name[] = "cost_per_short_day_avoided";
    char cell[KURA_CELL_BYTES];
    if (!part_of(t, name, "")) return;
    fprintf(to,
            "\nWhat a day of shortage avoided costs, all headline minerals together, USD (Fieller's %g %% "
            "interval)\n\n",
            100 * fact(t->group, "confidence_of_differences"));
    for (int64_t p = 0; p < t->npolicies; p++) {
        if (policy >= 0 && p != policy) continue;
        put_bought(t, name, "loss_of_load_expectation", p, t->nminerals - 1, cell);
        if (*cell) fprintf(to, "  %s: %s\n", t->policies[p], cell);
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

int kura_io_has_policies(const kura_frame *frame)
{
    tables t;
    return !open_tables(frame, &t);
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

static void print_questions(const kura_frame *frame, const kura_compare_options *o, FILE *to)
{
    kura_io_print_leave_out(frame, o->mineral, to);
    if (o->mineral) return;
    kura_io_print_causes(frame, o->all, to);
    kura_io_print_break_even(frame, to);
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
        double choices = fact(t.group, "choices"); /* behind them the runs that other questions need */
        for (int64_t p = 0; p < t.npolicies; p++)
            if (policy < 0 ? o->all || !((double)p >= choices) : p == policy) print_policy(&t, p, o->all, to);
        print_expectations(&t, o->policy, to);
        print_days_bought(&t, policy, to);
        print_frontier(frame, to);
        putc('\n', to);
        print_total_and_fresh(&t, to);
    }
    if (!o->metric) print_legend(&t, to);
    if (!o->metric && !o->policy) print_questions(frame, o, to);
    free(t.order);
    return ferror(to) ? kura_error_set(err, KURA_E_IO, "cannot write the table") : KURA_OK;
}
