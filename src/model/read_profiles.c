/* Profiles [1, 2.3, 4.3]: tables of demand or availability by hour, day, week, month or year, averaged over
 * the steps of the run. */
#include "model/read_internal.h"
#include "conf/csv.h"
#include "conf/suggest.h"
#include "num/calendar.h"
#include "num/profile.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- the table ---- */

/* The column of the values: the one that is named, or the only one. */
static const kura_column *find_column(kura_bind *b, const kura_csv *t, const sc_profile *p,
                                      const kura_node *node)
{
    kura_suggestion s = {.wanted = p->column};
    const kura_column *only = NULL;
    int n = 0;
    for (int i = 0; i < t->ncolumns; i++)
        if (t->columns[i].read) {
            only = &t->columns[i];
            kura_suggest(&s, only->name);
            n++;
        }
    if (p->column[0]) {
        const kura_column *c = kura_csv_column(t, p->column);
        if (c && c->read) return c;
        KURA_BIND_ERROR(b, kura_bind_at(node, "column"), "the table \"%s\" has no column \"%s\"%s", p->file,
                        kura_quote(p->column).text, kura_suggest_hint(&s).text);
        return NULL;
    }
    if (n == 1) return only;
    KURA_BIND_ERROR(b, kura_bind_at(node, "file"),
                    "the table \"%s\" has %d columns; say with \"column\" which one is read", p->file, n);
    return NULL;
}

/* Does the unit in the header fit the kind of the profile? */
static int check_unit(kura_bind *b, const sc_profile *p, const kura_column *c)
{
    int flow = c->unit && kura_quantity_fits(KURA_UNIT_FLOW, "1", c->unit);
    if (p->absolute && !flow)
        KURA_BIND_ERROR(b, c->at, "an absolute profile needs a flow; write for example \"%s [t/day]\"",
                        c->name);
    else if (!p->absolute && c->unit && !kura_quantity_fits(KURA_UNIT_SHARE, "1", c->unit))
        KURA_BIND_ERROR(b, c->at, "a relative profile has no unit, or %%; %s",
                        flow ? "write \"kind: absolute\" for a flow" : "take the unit away");
    else
        return 0;
    return -1;
}

static double *read_values(kura_bind *b, const sc_profile *p, const kura_csv *t, const kura_column *c)
{
    kura_key value = {.name = c->name};
    int errors = b->diag->errors, n = t->rows->count;
    double *values = KURA_NEW(b->files->work, double, (size_t)n);
    for (int i = 0; values && i < n && !kura_diag_full(b->diag); i++) {
        const kura_node *row = t->rows->items[i], *cell = kura_node_get(row, c->name);
        if (!cell)
            KURA_BIND_ERROR(b, ((kura_pos){t->source, row->at.line, 0, c->label}),
                            "the cell is empty; a profile has a value in every row");
        else
            kura_bind_quantity(b, &value, p->absolute ? KURA_UNIT_FLOW : KURA_UNIT_SHARE, "0..", cell,
                               &values[i]);
    }
    return b->diag->errors > errors ? NULL : values;
}

/* ---- the time it covers ---- */

static const char *const rows_of[] = {"hourly", "daily", "weekly", "monthly", "yearly"};

static int check_span(kura_bind *b, const sc_profile *p, const kura_profile *table, const kura_steps *run,
                      const kura_node *node)
{
    char from[11], to[11];
    int64_t first, last;
    if (p->repeat) return 0;
    kura_date_format(run->start_day, from);
    kura_date_format(p->start_day, to);
    kura_profile_span(table, run, &first, &last);
    if (first < 0)
        KURA_BIND_ERROR(b, kura_bind_at(node, "start"),
                        "the profile begins on %s, after the start of the run (%s); begin earlier, or write "
                        "\"repeat: true\"",
                        to, from);
    else if (last >= table->n) {
        double end = run->start_day + run->step_days * (double)run->end;
        kura_date_format((int32_t)ceil(end - 1e-9), to);
        KURA_BIND_ERROR(b, kura_bind_at(node, "file"),
                        "the table \"%s\" has %lld %s rows; the run from %s to %s needs %lld; add rows, or "
                        "write \"repeat: true\"",
                        p->file, (long long)table->n, rows_of[p->period], from, to, (long long)last + 1);
    } else
        return 0;
    return -1;
}

static void average(kura_bind *b, sc_profile *p, const double *values, int n, const kura_node *node)
{
    const sc_run *run = &reading_of(b)->sc->data.run;
    kura_profile table = {(kura_period)p->period, p->start_day, p->repeat, n, values};
    kura_steps steps = {run->start_day, run->step_days, -run->burn_in, run->steps},
               tallied = {run->start_day, run->step_days, 0, run->steps};
    if (!kura_steps_have_dates(&steps)) {
        KURA_BIND_ERROR(b, node->at, "a run with a profile must lie within the years 1 to 9999");
        return;
    }
    if (check_span(b, p, &table, &tallied, node)) return;
    double *means = KURA_NEW(b->arena, double, (size_t)(run->burn_in + run->steps)), sum = 0;
    if (!means) return;
    kura_profile_means(&table, &steps, means);
    for (int t = run->burn_in; t < run->burn_in + run->steps; t++) sum += means[t];
    p->mean = sum / run->steps;
    p->largest = 0;
    for (int t = 0; t < run->burn_in + run->steps; t++)
        if (means[t] > p->largest) p->largest = means[t];
    p->values = means;
}

void read_profile_init(kura_bind *b, void *record)
{
    sc_profile *p = record;
    (void)b;
    p->period = -1;
}

void read_profile_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_profile *p = record;
    p->where = read_where(node);
    if (!kura_node_get(node, "start")) p->start_day = reading_of(b)->sc->data.run.start_day;
    kura_node *name = kura_node_get(node, "file");
    if (!p->file[0] || p->period < 0 || reading_of(b)->run_unsure) return;
    kura_source *source = kura_files_open(b->files, p->file, name->at);
    kura_csv *t = source ? kura_csv_read(b->files->work, b->diag, source) : NULL;
    const kura_column *c = t ? find_column(b, t, p, node) : NULL;
    if (!c || check_unit(b, p, c)) return;
    name->text = source->name; /* as seen from the main file */
    double *values = read_values(b, p, t, c);
    if (values) average(b, p, values, t->rows->count, node);
}

/* ---- who uses them ---- */

static int read_profile(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    const kura_scenario_data *d = &reading_of(b)->sc->data;
    const char *text = kura_bind_text(b, node, "the id of a profile", "winter-load");
    kura_suggestion s = {.wanted = text};
    (void)key, (void)record;
    for (int i = 0; text && i < d->nprofiles; i++) {
        if (strcmp(d->profiles[i].id, text) == 0) {
            *(int *)field = i;
            d->profiles[i].used = 1;
            return 0;
        }
        kura_suggest(&s, d->profiles[i].id);
    }
    if (text && (d->nprofiles || !reading_of(b)->sections_unsure))
        KURA_BIND_ERROR(b, node->at, "unknown profile \"%s\"%s", kura_quote(text).text,
                        s.best ? kura_suggest_hint(&s).text : "; it is not in \"profiles\"");
    return -1;
}

static void absent_profile(const kura_key *key, void *field)
{
    (void)key;
    *(int *)field = -1;
}

void read_check_profiles(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    for (int i = 0; i < d->nprofiles; i++)
        if (!d->profiles[i].used)
            kura_diag_add(r->bind.diag, KURA_DIAG_WARNING, d->profiles[i].where.file,
                          d->profiles[i].where.line, d->profiles[i].where.column, NULL,
                          "no demand and no site has the profile \"%s\"", d->profiles[i].id);
}

const kura_type type_profile = {"profile",     "the id of a profile",
                                "winter-load", "{\"type\": \"string\", \"pattern\": \"^[A-Za-z0-9_-]+$\"}",
                                read_profile,  absent_profile};
