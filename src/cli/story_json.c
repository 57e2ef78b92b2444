/* A story as one JSON object.  Times are given twice: as a step and as a date. */
#include "cli/explain.h"
#include <math.h>
#include <string.h>

static void text(const char *s, FILE *to)
{
    fputc('"', to);
    for (; s && *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            fprintf(to, "\\%c", c);
        else if (c < 0x20)
            fprintf(to, "\\u%04x", c);
        else
            fputc(c, to);
    }
    fputc('"', to);
}

static void number(const char *name, double x, FILE *to)
{
    if (isfinite(x))
        fprintf(to, ", \"%s\": %.17g", name, x);
    else
        fprintf(to, ", \"%s\": null", name);
}

static void string(const char *name, const char *value, FILE *to)
{
    fprintf(to, ", \"%s\": ", name);
    text(value, to);
}

static void moment(const kura_story *s, const char *name, int step, FILE *to)
{
    char date[24];
    kura_story_date(s, step, date);
    fprintf(to, ", \"%s\": %d, \"%s_date\": \"%s\"", name, step, name, date);
}

static void event(const kura_story *s, const kura_story_event *e, FILE *to)
{
    fprintf(to, "{\"kind\": \"%s\"", kura_story_kind_name(e->kind));
    moment(s, "from", e->from, to);
    moment(s, "to", e->to, to);
    string("object", e->object, to);
    string("what", e->what, to);
    number("weight", e->weight, to);
    number("loss", e->loss, to);
    fprintf(to, ", \"important\": %s}", e->important ? "true" : "false");
}

static void shortage(const kura_story *s, const kura_story_shortage *x, FILE *to)
{
    fprintf(to, "{\"spells\": %d, \"short_steps\": %d", x->spells, x->short_steps);
    moment(s, "trouble", x->trouble, to);
    moment(s, "from", x->from, to);
    moment(s, "to", x->to, to);
    moment(s, "worst", x->worst, to);
    number("worst_share", x->worst_share, to);
    number("unserved_t", x->unserved_t, to);
    number("demand_t", x->demand_t, to);
    number("cover_days", x->cover_days, to);
    number("released_t", x->released_t, to);
    number("peak_price", x->peak_price, to);
    number("destroyed_share", x->destroyed, to);
    fprintf(to, ", \"ended_because\": [");
    for (int i = 0; i < x->nends; i++) {
        fputs(i ? ", " : "", to);
        text(x->ends[i], to);
    }
    fprintf(to, "], \"suppliers\": [");
    for (int i = 0; i < x->nsuppliers; i++) {
        const kura_story_supplier *u = &x->suppliers[i];
        fprintf(to, "%s{\"own_output\": %s", i ? ", " : "", u->own ? "true" : "false");
        string("exporter", u->exporter, to);
        string("form", u->form, to);
        number("base_t_per_year", u->base_t_per_year, to);
        number("share", u->share, to);
        number("contracted", u->contracted, to);
        number("contracted_worst", u->worst, to);
        number("delivered", u->delivered, to);
        fputc('}', to);
    }
    fprintf(to, "]}");
}

static void rows(const kura_story *s, const kura_story_mineral *m, FILE *to)
{
    fprintf(to, ", \"steps\": [");
    for (int t = 0; t < s->steps; t++) {
        const kura_story_row *r = &m->rows[t];
        char date[24];
        kura_story_date(s, t, date);
        fprintf(to, "%s{\"step\": %d, \"date\": \"%s\"", t ? ", " : "", t, date);
        number("demand_t", r->demand_t, to);
        number("gross_demand_t", r->gross_demand_t, to);
        number("unserved_t", r->unserved_t, to);
        number("on_hand_t", r->on_hand_t, to);
        number("arrivals_t", r->arrivals_t, to);
        number("output_t", r->output_t, to);
        number("stockpiles_t", r->stockpiles_t, to);
        number("released_t", r->released_t, to);
        number("contracted", r->contracted, to);
        number("price", r->price, to);
        fputc('}', to);
    }
    fputc(']', to);
}

static void mineral_object(const kura_story *s, const kura_story_mineral *m, int detail, FILE *to)
{
    fprintf(to, "{\"id\": ");
    text(m->id, to);
    string("name", m->name, to);
    string("data_grade", m->grade, to);
    fprintf(to, ", \"headline\": %s", m->headline ? "true" : "false");
    number("unserved_share", m->unserved_share, to);
    number("base_demand_t_per_year", m->base_t_per_year, to);
    number("base_price_usd_per_t", m->base_price, to);
    fprintf(to, ", \"metrics\": {");
    for (int i = 0; i < m->nmetrics; i++) {
        if (i) fputs(", ", to);
        text(m->metrics[i].name, to);
        if (isfinite(m->metrics[i].value))
            fprintf(to, ": %.17g", m->metrics[i].value);
        else
            fputs(": null", to);
    }
    fputc('}', to);
    if (m->told) {
        fprintf(to, ", \"shortages\": [");
        for (int i = 0; i < m->nshortages; i++) {
            fputs(i ? ", " : "", to);
            shortage(s, &m->shortages[i], to);
        }
        fprintf(to, "], \"events\": [");
        for (int i = 0; i < m->nevents; i++) {
            fputs(i ? ", " : "", to);
            event(s, &m->events[i], to);
        }
        fputc(']', to);
    }
    if (m->told && detail && m->rows) rows(s, m, to);
    fputc('}', to);
}

void cli_story_json(const kura_story *s, const char *mineral, FILE *to)
{
    fprintf(to, "{\"path\": %llu", (unsigned long long)s->path);
    fprintf(to, ", \"seed\": \"%llu\"", (unsigned long long)s->seed);
    string("scenario", s->scenario, to);
    string("title", s->title, to);
    string("focus", s->focus, to);
    fprintf(to, ", \"paths\": %llu, \"in_result\": %s, \"steps\": %d", (unsigned long long)s->paths,
            s->path >= s->paths ? "false"
            : s->paths_at_most  ? "null"
                                : "true",
            s->steps);
    number("step_days", s->step_days, to);
    char date[24];
    kura_story_date(s, 0, date);
    string("start", date, to);
    if (s->failure) string("failure", s->failure, to);
    fprintf(to, ", \"minerals_short\": %d, \"minerals\": [", s->nshort);
    for (int i = 0; i < s->nminerals; i++) {
        fputs(i ? ", " : "", to);
        mineral_object(s, &s->minerals[i], mineral && strcmp(mineral, s->minerals[i].id) == 0, to);
    }
    fprintf(to, "]}\n");
}

void cli_worst_json(const kura_worst *w, const char *mineral, FILE *to)
{
    for (int i = 0; i < w->nitems; i++) {
        fprintf(to, "{\"path\": %llu", (unsigned long long)w->items[i].path);
        if (mineral) string("mineral", mineral, to);
        number("unserved_t", w->items[i].unserved_t, to);
        number("unserved_share", w->items[i].unserved_share, to);
        string("short", w->items[i].minerals, to);
        fprintf(to, ", \"replay\": ");
        size_t n = strlen(w->replay) + 128;
        char line[4096];
        snprintf(line, n < sizeof line ? n : sizeof line, "%s --path %llu%s%s", w->replay,
                 (unsigned long long)w->items[i].path, mineral ? " --mineral " : "", mineral ? mineral : "");
        text(line, to);
        if (w->doubt) string("doubt", w->doubt, to);
        fprintf(to, "}\n");
    }
}
