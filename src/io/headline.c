/* The headline table, see headline.h.  Its columns are rows of a table here. */
#include "io/headline.h"
#include "io/bracket.h"
#include "base/error.h"
#include "base/text.h"
#include "io/costs.h"
#include "io/checks.h"
#include "io/ignorance.h"
#include "io/stopping.h"
#include "io/table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum {
    WORD,     /* a string */
    ERROR,    /* <name> and <name>_se */
    INTERVAL, /* <name>, <name>_lo, <name>_hi */
    RANGE,    /* <name>_lo, <name>_hi: what is not known leaves open */
    OPEN,     /* the same in /adequacy, at one confidence */
    STOCK     /* /adequacy, at one confidence: <name>, <name>_lo, <name>_hi, irreducible */
} column_kind;

typedef struct {
    const char *heading, *name;
    column_kind kind;
    const char *meaning; /* NULL: the variable's long name */
} column;

#define CONFIDENCE 0.95

static const column columns[] = {
    {"data", "data_grade", WORD, "data: grade of the input data, A best."},
    {"LOLE", "loss_of_load_expectation", ERROR, "LOLE: expected days with a shortage."},
    {"LOLE 5-95 %", "loss_of_load_expectation_ignorance", RANGE,
     "LOLE 5-95 %: where LOLE lies with 90 % as far as the inputs are known, without sampling error; none "
     "seen: the draws differ "
     "no more than their few paths do."},
    {"P(shortage)", "shortage_probability_any", INTERVAL,
     "P(shortage): probability of a shortage within the horizon."},
    {"P(long)", "long_shortage_probability", INTERVAL, NULL /* the file says what long is */},
    {"NEUE", "normalised_expected_unserved", ERROR, "NEUE: expected unserved share of demand."},
    {"NEUE 5-95 %", "normalised_expected_unserved_ignorance", RANGE, "NEUE 5-95 %: the same of NEUE."},
    {"gross", "gross_normalised_expected_unserved", ERROR,
     "gross: the same of demand before high prices destroyed part of it."},
    {"CVaR95", "cvar95_unserved", ERROR, "CVaR95: mean unserved amount in the worst 5 % of paths."},
    {"stock 95 %", "required_stock_days", STOCK,
     "stock 95 %: days of use in stock that cover every need at the form held, not at later ones, in 95 % of "
     "paths; >max: more than the largest stock counted; irreducible: no size does; n/a: no stockpile is "
     "there, or too few paths."},
    {"stock 5-95 %", "required_stock_days_ignorance", OPEN, "stock 5-95 %: the same of the stock 95 %."},
    {"checked 95 %", "required_stock_checked_days", STOCK,
     "checked 95 %: the same found by runs with stocks in place, interpolated; >tried: more than the largest "
     "one."},
    {"cost", "cost", ERROR,
     "cost: of policies and stocks; all money is real, summed over the horizon and discounted to its start."},
    {"loss", "loss", ERROR, "loss: of users by unserved demand."},
    {"CVaR95 loss", "cvar95_loss", ERROR, "CVaR95 loss: its mean in the worst 5 % of paths."},
    {"price bill", "price_bill", ERROR,
     "price bill: paid for imports above the base price, no loss but a transfer."},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* What the cells are made from.  order: minerals by falling risk; shown: the columns that the result has. */
typedef struct {
    const kf_group *summary, *adequacy;
    int64_t n;
    const char *const *minerals;
    const char *const *report; /* NULL in older files */
    int64_t *order, rows;
    int shown[COLUMNS], nshown;
} headline;

/* ---- looking up ---- */

/* The data of a double variable over exactly these dimensions; NULL when there is none. */
static const double *doubles(const kf_group *group, const char *name, const char *suffix, int ndims,
                             const char *second)
{
    char full[128];
    snprintf(full, sizeof full, "%s%s", name, suffix);
    const kf_variable *var = kura_frame_find_var(group, full);
    if (!var || var->type != KF_F64 || var->ndims != ndims || strcmp(var->dims[0], "mineral") != 0)
        return NULL;
    return ndims < 2 || strcmp(var->dims[1], second) == 0 ? var->data : NULL;
}

static const double *per_mineral(const headline *h, const char *name, const char *suffix)
{
    return doubles(h->summary, name, suffix, 1, NULL);
}

/* Row of `mineral` in /adequacy, which may order them otherwise; -1 when absent. */
static int64_t adequacy_row(const headline *h, const char *mineral)
{
    const kf_variable *names = h->adequacy ? kura_frame_find_var(h->adequacy, "mineral") : NULL;
    if (!names || names->type != KF_STRING) return -1;
    int64_t n = kura_frame_size(h->adequacy, names);
    for (int64_t i = 0; i < n; i++)
        if (strcmp(((const char *const *)names->data)[i], mineral) == 0) return i;
    return -1;
}

static int64_t confidence_index(const headline *h)
{
    const kf_variable *levels = h->adequacy ? kura_frame_find_var(h->adequacy, "confidence") : NULL;
    if (!levels || levels->type != KF_F64) return -1;
    int64_t n = kura_frame_size(h->adequacy, levels);
    for (int64_t i = 0; i < n; i++)
        if (fabs(((const double *)levels->data)[i] - CONFIDENCE) < 1e-9) return i;
    return -1;
}

static const kf_variable *variable_of(const headline *h, const column *c)
{
    char full[128];
    snprintf(full, sizeof full, "%s%s", c->name, c->kind == RANGE || c->kind == OPEN ? "_lo" : "");
    return kura_frame_find_var(c->kind == STOCK || c->kind == OPEN ? h->adequacy : h->summary, full);
}

/* Is a range known of any mineral?  Draws of few paths have no quantile of their own. */
static int is_any_open(const headline *h, const column *c)
{
    const double *lo = doubles(h->adequacy, c->name, "_lo", 2, "confidence");
    int64_t n = kura_frame_dim_size(h->adequacy, "confidence"), level = confidence_index(h);
    for (int64_t i = 0; lo && level >= 0 && i < kura_frame_dim_size(h->adequacy, "mineral"); i++)
        if (!isnan(lo[i * n + level])) return 1;
    return 0;
}

static int is_there(const headline *h, const column *c)
{
    if (c->kind == STOCK)
        return h->adequacy && doubles(h->adequacy, c->name, "", 2, "confidence") && confidence_index(h) >= 0;
    if (c->kind == OPEN)
        return h->adequacy && doubles(h->adequacy, c->name, "_hi", 2, "confidence") && is_any_open(h, c);
    if (c->kind == RANGE) return per_mineral(h, c->name, "_lo") && per_mineral(h, c->name, "_hi");
    if (c->kind != WORD) return per_mineral(h, c->name, "") != NULL;
    const kf_variable *var = variable_of(h, c);
    return var && var->type == KF_STRING && var->ndims == 1 && strcmp(var->dims[0], "mineral") == 0;
}

/* ---- cells ---- */

static int is_percent(const kf_variable *var) { return strcmp(var->units, "1") == 0; }

/* UDUNITS as people write them. */
static const char *units_of(const headline *h, const column *c)
{
    if (c->kind == WORD) return "";
    const kf_variable *v = variable_of(h, c);
    return is_percent(v) ? "%" : kura_plain_units(v->units);
}

/* A number for which the file holds no error. */
static void put_bare(double x, char *buffer)
{
    char number[KURA_CELL_BYTES];
    kura_format_number(x, number);
    snprintf(buffer, KURA_CELL_BYTES, "~%.90s", number);
}

static void put_number(const headline *h, const column *c, int64_t i, char *buffer)
{
    double scale = is_percent(variable_of(h, c)) ? 100 : 1;
    const double *x = per_mineral(h, c->name, ""), *se = per_mineral(h, c->name, "_se");
    const double *lo = per_mineral(h, c->name, "_lo"), *hi = per_mineral(h, c->name, "_hi");
    if (c->kind == INTERVAL && lo && hi)
        kura_format_interval(scale * x[i], scale * lo[i], scale * hi[i], "inf", buffer);
    else if (c->kind == ERROR && se)
        kura_format_error(scale * x[i], scale * se[i], buffer);
    else
        put_bare(scale * x[i], buffer);
}

static void put_stock(const headline *h, const column *c, int64_t i, char *buffer)
{
    int64_t row = adequacy_row(h, h->minerals[i]);
    if (row < 0) return;
    int64_t at = row * kura_frame_dim_size(h->adequacy, "confidence") + confidence_index(h);
    const double *x = doubles(h->adequacy, c->name, "", 2, "confidence");
    const double *lo = doubles(h->adequacy, c->name, "_lo", 2, "confidence");
    const double *hi = doubles(h->adequacy, c->name, "_hi", 2, "confidence");
    const kf_variable *flag = kura_frame_find_var(h->adequacy, "irreducible");
    int first = strcmp(c->name, "required_stock_days") == 0;
    const char *beyond = first ? ">max" : ">tried";
    int irreducible = first && flag && flag->type == KF_I8 && flag->ndims == 2 &&
                      strcmp(flag->dims[1], "confidence") == 0 && ((const int8_t *)flag->data)[at] == 1;
    if (irreducible)
        snprintf(buffer, KURA_CELL_BYTES, "irreducible");
    else if (lo && hi)
        kura_format_interval(x[at], lo[at], hi[at], beyond, buffer);
    else if (isinf(x[at]))
        snprintf(buffer, KURA_CELL_BYTES, "%s", beyond);
    else
        put_bare(x[at], buffer);
}

static void put_open(const headline *h, const column *c, int64_t i, char *buffer)
{
    int64_t row = adequacy_row(h, h->minerals[i]);
    if (row < 0) return;
    int64_t at = row * kura_frame_dim_size(h->adequacy, "confidence") + confidence_index(h);
    double lo = doubles(h->adequacy, c->name, "_lo", 2, "confidence")[at],
           hi = doubles(h->adequacy, c->name, "_hi", 2, "confidence")[at];
    if (isinf(hi))
        snprintf(buffer, KURA_CELL_BYTES, isinf(lo) ? "irreducible" : "from %.3g", lo);
    else
        kura_format_range(lo, hi, buffer);
}

static const char *headline_cell(const void *user, int64_t row, int64_t col, char *buffer)
{
    const headline *h = user;
    *buffer = 0;
    if (col == 0) return row == -2 ? "mineral" : row < 0 ? "" : h->minerals[h->order[row]];
    const column *c = &columns[h->shown[col - 1]];
    if (row == -2) return c->heading;
    if (row == -1) return units_of(h, c);
    int64_t i = h->order[row];
    if (c->kind == WORD) return ((const char *const *)variable_of(h, c)->data)[i];
    if (c->kind == STOCK)
        put_stock(h, c, i, buffer);
    else if (c->kind == OPEN)
        put_open(h, c, i, buffer);
    else if (c->kind == RANGE)
        kura_format_range(per_mineral(h, c->name, "_lo")[i], per_mineral(h, c->name, "_hi")[i], buffer);
    else
        put_number(h, c, i, buffer);
    return buffer;
}

/* ---- the page ---- */

/* "JPN, 10 years from 2025-01-06, 100000 paths, seed 20250101", as far as the root attributes tell. */
static void print_about(const kura_frame *frame, FILE *to)
{
    static const struct {
        const char *name, *join, *before, *after;
    } facts[] = {{"focus", ", ", "", ""},
                 {"horizon_years", ", ", "", " years"},
                 {"start", " ", "from ", ""},
                 {"paths", ", ", "", " paths"},
                 {"seed_text", ", ", "seed ", ""}};
    char number[KURA_CELL_BYTES];
    int any = 0;
    const kf_attr *title = kura_frame_find_attr(frame->nattrs, frame->attrs, "title");
    if (title && title->kind == KF_ATTR_TEXT && *title->text) kura_print_wrapped(title->text, to);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        const kf_attr *a = kura_frame_find_attr(frame->nattrs, frame->attrs, facts[i].name);
        if (!a || (a->kind == KF_ATTR_TEXT && !*a->text)) continue;
        if (a->kind != KF_ATTR_TEXT)
            kura_format_number(a->kind == KF_ATTR_F64 ? a->f64[0] : a->i32[0], number);
        fprintf(to, "%s%s", any++ ? facts[i].join : "", facts[i].before);
        kura_print_clean(a->kind == KF_ATTR_TEXT ? a->text : number, to);
        fputs(facts[i].after, to);
    }
    fputs(any ? "\n\n" : title ? "\n" : "", to);
}

static void print_legend(const headline *h, FILE *to)
{
    kura_text text = {0};
    kura_text_add(&text, "±: standard error; [ ]: 95 % interval; ~: no error in the file.");
    for (int i = 0; i < h->nshown; i++) {
        const column *c = &columns[h->shown[i]];
        if (c->meaning)
            kura_text_printf(&text, " %s", c->meaning);
        else
            kura_text_printf(&text, " %s: %s.", c->heading, variable_of(h, c)->long_name);
    }
    putc('\n', to);
    if (text.data) kura_print_wrapped(text.data, to);
    kura_text_fini(&text);
}

/* Minerals that the scenario keeps out of headlines, by reason. */
static void print_left_out(const headline *h, const char *report, const char *why, FILE *to)
{
    kura_text text = {0};
    int n = 0;
    for (int64_t i = 0; i < h->n && h->report; i++)
        if (strcmp(h->report[i], report) == 0)
            kura_text_printf(&text, "%s%s", n++ ? ", " : "", h->minerals[i]);
    if (n) kura_text_printf(&text, ": %s.", why);
    if (n && text.data) kura_print_wrapped(text.data, to);
    kura_text_fini(&text);
}

/* Stockpiles whose release reads the state of the model: not the exogenous trigger that theory asks for
 * [R6.2]. */
static void print_triggers(const kura_frame *frame, FILE *to)
{
    const kf_group *network = kura_frame_find(frame, "network");
    const kf_variable *names = network ? kura_frame_find_var(network, "tier") : NULL;
    const kf_variable *triggers = network ? kura_frame_find_var(network, "tier_trigger") : NULL;
    kura_text text = {0};
    int n = 0;
    if (!names || !triggers || names->type != KF_STRING || triggers->type != KF_STRING) return;
    for (int64_t i = 0; i < kura_frame_size(network, names); i++) {
        const char *word = ((const char *const *)triggers->data)[i];
        if (strcmp(word, "shortage") != 0 && strcmp(word, "cover") != 0) continue;
        kura_text_printf(&text, "%s%s", n++ ? ", " : "", ((const char *const *)names->data)[i]);
    }
    if (n)
        kura_text_printf(
            &text, ": released by what is seen of shortage or stock, so that a larger stock elsewhere can "
                   "delay it.");
    if (n && text.data) kura_print_wrapped(text.data, to);
    kura_text_fini(&text);
}

/* Minerals in the table whose required stock leaves something out (bit of the flag). */
static void print_optimistic(const headline *h, int bit, const char *why, FILE *to)
{
    const kf_variable *v = h->adequacy ? kura_frame_find_var(h->adequacy, "required_stock_leaves_out") : NULL;
    kura_text text = {0};
    int64_t n = 0, with_stock = 0,
            columns_of = h->adequacy ? kura_frame_dim_size(h->adequacy, "confidence") : 0;
    const double *days = doubles(h->adequacy, "required_stock_days", "", 2, "confidence");
    if (!v || v->type != KF_I8 || kura_frame_size(h->adequacy, v) != h->n) return;
    for (int64_t i = 0; i < h->rows; i++) with_stock += days && !isnan(days[h->order[i] * columns_of]);
    for (int64_t i = 0; i < h->rows; i++)
        if (((const int8_t *)v->data)[h->order[i]] & bit)
            kura_text_printf(&text, "%s%s", n++ ? ", " : "", h->minerals[h->order[i]]);
    if (n > 1 && n == with_stock) {
        kura_text_fini(&text);
        text = (kura_text){0};
        kura_text_add(&text, "stock 95 % is optimistic");
    } else if (n) {
        kura_text_add(&text, ": stock 95 % is optimistic");
    }
    kura_text_printf(&text, ": %s.", why);
    if (n && text.data) kura_print_wrapped(text.data, to);
    kura_text_fini(&text);
}

/* Falling LOLE; unknown last; equal ones as in the file. */
static void sort_by_risk(headline *h)
{
    const double *risk = per_mineral(h, "loss_of_load_expectation", "");
    for (int64_t i = 0; i < h->n; i++) {
        if (h->report && strcmp(h->report[i], "headline") != 0) continue;
        int64_t j = h->rows++;
        double r = risk && !isnan(risk[i]) ? risk[i] : -INFINITY;
        for (; j > 0; j--) {
            double before = risk && !isnan(risk[h->order[j - 1]]) ? risk[h->order[j - 1]] : -INFINITY;
            if (before >= r) break;
            h->order[j] = h->order[j - 1];
        }
        h->order[j] = i;
    }
}

kura_status kura_io_headline(const kura_frame *frame, FILE *to, kura_error *err)
{
    headline h = {.summary = kura_frame_find(frame, "summary"),
                  .adequacy = kura_frame_find(frame, "adequacy")};
    const kf_variable *minerals = h.summary ? kura_frame_find_var(h.summary, "mineral") : NULL;
    if (!minerals || minerals->type != KF_STRING)
        return kura_error_set(err, KURA_E_SCENARIO, "the result has no summary of minerals");
    h.n = kura_frame_size(h.summary, minerals);
    h.minerals = minerals->data;
    const kf_variable *report = kura_frame_find_var(h.summary, "report");
    if (report && report->type == KF_STRING && kura_frame_size(h.summary, report) == h.n)
        h.report = report->data;
    h.order = calloc((size_t)h.n + 1, sizeof *h.order);
    if (!h.order) return kura_error_set(err, KURA_E_MEMORY, "not enough memory");
    sort_by_risk(&h);
    for (int c = 0; c < COLUMNS; c++)
        if (is_there(&h, &columns[c])) h.shown[h.nshown++] = c;
    print_about(frame, to);
    kura_table table = {
        .rows = h.rows, .columns = 1 + h.nshown, .headings = 2, .left = 1, .cell = headline_cell, .user = &h};
    if (h.nshown && columns[h.shown[0]].kind == WORD) table.left = 2;
    kura_table_print(&table, to);
    print_legend(&h, to);
    kura_io_print_costs(frame, to);
    kura_io_print_stopping(frame, to);
    kura_io_print_bracket(frame, to);
    kura_io_print_ignorance(frame, h.order, h.rows, to);
    print_triggers(frame, to);
    print_optimistic(&h, 1, "it is asked of runs with empty stockpiles, whose higher prices take demand away",
                     to);
    print_optimistic(&h, 2, "what its shelf life takes is not counted", to);
    print_left_out(&h, "host", "not shown, simulated for the by-products that come from them", to);
    print_left_out(&h, "no_data", "not shown, the figures are too poor for a headline", to);
    kura_io_print_checks(frame, to);
    free(h.order);
    return ferror(to) ? kura_error_set(err, KURA_E_IO, "cannot write the table") : KURA_OK;
}
