/* A story in plain words, wrapped for a terminal. */
#include "cli/explain.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { TOLD_IN_FULL = 5, TABLE_ROWS = 60 };

static int width_of(FILE *to)
{
    struct winsize size;
    if (!isatty(fileno(to)) || ioctl(fileno(to), TIOCGWINSZ, &size) || size.ws_col == 0) return 80;
    return size.ws_col < 60 ? 60 : size.ws_col > 120 ? 120 : size.ws_col;
}

/* A word with the unit behind it; what stands in brackets is one word. */
static size_t word_length(const char *p)
{
    size_t n = p[0] == '[' ? strcspn(p, "]") : strcspn(p, " ");
    while (p[n] == ' ' && (p[n + 1] == '%' || (p[n + 1] == 't' && strchr(" ;,.", p[n + 2]))))
        n += 1 + strcspn(p + n + 1, " ");
    return p[n] == ']' ? n + 1 : n;
}

/* Words of `text` in lines of at most `width`, all but the first (which begins with `head`) indented. */
static void wrap(FILE *to, int width, const char *head, int indent, const char *text)
{
    int column = fprintf(to, "%s", head);
    const char *p = text;
    int first = 1;
    while (*p) {
        size_t n = word_length(p);
        int shown = 0;
        for (size_t i = 0; i < n; i++) shown += ((unsigned char)p[i] & 0xC0) != 0x80;
        if (!first && column + 1 + shown > width) {
            column = fprintf(to, "\n%*s", indent, "") - 1;
            first = 1;
        }
        if (!first) column += fprintf(to, " ");
        fwrite(p, 1, n, to);
        column += shown;
        first = 0;
        p += n;
        while (*p == ' ') p++;
    }
    fputc('\n', to);
}

/* ---- words ---- */

typedef struct {
    char v[48];
} word;

static word date_of(const kura_story *s, int step)
{
    word w;
    char date[24];
    kura_story_date(s, step, date);
    snprintf(w.v, sizeof w.v, "%s", date);
    return w;
}

static word mass(double t)
{
    word w;
    if (isnan(t))
        snprintf(w.v, sizeof w.v, "-");
    else
        snprintf(w.v, sizeof w.v, fabs(t) >= 999.5 ? "%.0f" : "%.3g", t);
    return w;
}

static word percent(double x)
{
    word w;
    x *= 100;
    if (isnan(x))
        snprintf(w.v, sizeof w.v, "-");
    else
        snprintf(w.v, sizeof w.v, fabs(x) < 9.95 && x != floor(x) ? "%.2g %%" : "%.0f %%", x);
    return w;
}

/* "27 weeks", "1 day", "3 steps" */
static word steps(const kura_story *s, double n)
{
    word w;
    const char *unit = s->step_days == 7 ? "week" : s->step_days == 1 ? "day" : "step";
    if (fabs(s->step_days * 24 - 1) < 1e-6) unit = "hour";
    snprintf(w.v, sizeof w.v, "%.0f %s%s", n, unit, n == 1 ? "" : "s");
    return w;
}

static double metric(const kura_story_mineral *m, const char *name)
{
    for (int i = 0; i < m->nmetrics; i++)
        if (strcmp(m->metrics[i].name, name) == 0) return m->metrics[i].value;
    return NAN;
}

/* ---- parts ---- */

static void headline(const kura_story *s, const kura_story_mineral *m, int width, FILE *to)
{
    char line[512];
    double n = metric(m, "short_steps"), spells = metric(m, "spells");
    fprintf(to, "\n%s\n", m->id);
    for (size_t i = 0; i < strlen(m->id); i++) fputc('=', to);
    fputc('\n', to);
    if (!m->nmetrics) return;
    if (n > 0)
        snprintf(line, sizeof line,
                 "Short for %s of %d, in %.0f spell%s, first on %s; %s t of %s t demanded (%s) not served.",
                 steps(s, n).v, s->steps, spells, spells == 1 ? "" : "s",
                 date_of(s, (int)metric(m, "first_shortage")).v, mass(metric(m, "unserved")).v,
                 mass(metric(m, "demand")).v, percent(m->unserved_share).v);
    else if (metric(m, "unserved") > 0)
        snprintf(
            line, sizeof line,
            "No shortage on this path; %s t of %s t demanded not served, below the threshold of a shortage.",
            mass(metric(m, "unserved")).v, mass(metric(m, "demand")).v);
    else
        snprintf(line, sizeof line, "No shortage on this path; %s t demanded, all of it served.",
                 mass(metric(m, "demand")).v);
    wrap(to, width, "", 0, line);
}

static void tell_event(const kura_story *s, const kura_story_event *e, int width, FILE *to)
{
    char head[64], end[96] = "", line[1400];
    int spans = e->kind != KURA_STORY_STOCKPILE && e->kind != KURA_STORY_PRICE &&
                e->kind != KURA_STORY_SHORTAGE && !(e->kind == KURA_STORY_PROJECT && e->loss == 0);
    snprintf(head, sizeof head, "  %-10s  ", date_of(s, e->from).v);
    if (spans && e->to >= s->steps)
        snprintf(end, sizeof end, "; to the end of the run");
    else if (spans)
        snprintf(end, sizeof end, "; until %s", date_of(s, e->to).v);
    size_t n = strlen(end);
    if (e->weight > 0 && e->kind != KURA_STORY_REGIME)
        snprintf(end + n, sizeof end - n, " [%s of supply]", percent(e->weight).v);
    snprintf(line, sizeof line, "%s%s", e->what, end);
    wrap(to, width, head, (int)strlen(head), line);
}

static void tell_events(const kura_story *s, const kura_story_mineral *m, int all, int width, FILE *to)
{
    int left = 0;
    fprintf(to, "\nWhat happened\n");
    for (int i = 0; i < m->nevents; i++) {
        if (all || m->events[i].important)
            tell_event(s, &m->events[i], width, to);
        else
            left++;
    }
    if (!m->nevents) fprintf(to, "  nothing\n");
    if (left) fprintf(to, "  %d lesser event%s: --mineral %s\n", left, left == 1 ? "" : "s", m->id);
}

static void tell_suppliers(const kura_story *s, const kura_story_shortage *x, int all, FILE *to)
{
    int left = 0, form = 4;
    for (int i = 0; i < x->nsuppliers; i++)
        if ((int)strlen(x->suppliers[i].form) > form) form = (int)strlen(x->suppliers[i].form);
    fprintf(to, "  Supply from %s to %s, means over these %s:\n", date_of(s, x->trouble).v,
            date_of(s, x->to).v, steps(s, x->to - x->trouble).v);
    fprintf(to, "    %-7s %-*s %12s %7s %10s %7s %10s\n", "from", form, "form", "base t/year", "share",
            "contracted", "lowest", "delivered");
    for (int i = 0; i < x->nsuppliers; i++) {
        const kura_story_supplier *u = &x->suppliers[i];
        if (!all && u->share < 0.02 && u->base_t_per_year > 0) {
            left++;
            continue;
        }
        fprintf(to, "    %-7s %-*s %12s %7s %10s %7s %10s\n", u->own ? "at home" : u->exporter, form, u->form,
                u->base_t_per_year > 0 ? mass(u->base_t_per_year).v : "new", percent(u->share).v,
                percent(u->contracted).v, percent(u->worst).v,
                u->base_t_per_year > 0 ? percent(u->delivered).v : "-");
    }
    if (left) fprintf(to, "    and %d below 2 %% of supply\n", left);
}

static void tell_shortage(const kura_story *s, const kura_story_shortage *x, int all, int width, FILE *to)
{
    char line[2048];
    size_t n = 0;
    fprintf(to, "\nShortage from %s to %s\n", date_of(s, x->from).v,
            x->to >= s->steps ? "the end" : date_of(s, x->to).v);
    n += (size_t)snprintf(
        line + n, sizeof line - n,
        "Short for %s, %s t of %s t (%s) not served, at worst %s on %s. The strain on supply began on %s, "
        "when users held %s of use",
        steps(s, x->short_steps).v, mass(x->unserved_t).v, mass(x->demand_t).v,
        percent(x->demand_t > 0 ? x->unserved_t / x->demand_t : 0).v, percent(x->worst_share).v,
        date_of(s, x->worst).v, date_of(s, x->trouble).v,
        isnan(x->cover_days) ? "no days" : steps(&(kura_story){.step_days = 1}, x->cover_days).v);
    if (x->released_t > 0)
        n += (size_t)snprintf(line + n, sizeof line - n, "; stockpiles gave %s t", mass(x->released_t).v);
    if (x->peak_price >= 1.25)
        n += (size_t)snprintf(line + n, sizeof line - n, "; the price reached %.3g times its base",
                              x->peak_price);
    if (x->destroyed > 0.005)
        n += (size_t)snprintf(line + n, sizeof line - n, "%s took up to %s of demand away",
                              x->peak_price >= 1.25 ? " and" : "; prices", percent(x->destroyed).v);
    snprintf(line + n, sizeof line - n, ".");
    wrap(to, width, "  ", 2, line);
    n = 0;
    line[0] = 0;
    for (int i = 0; i < x->nends && n < sizeof line; i++)
        n += (size_t)snprintf(line + n, sizeof line - n, "%s%s", i ? "; " : "", x->ends[i]);
    if (x->nends) wrap(to, width, x->to >= s->steps ? "  The end: " : "  Why it ended: ", 2, line);
    tell_suppliers(s, x, all, to);
}

/* Steps are counted in weeks or days; two of them are times. */
static word value_of(const kura_story *s, const kura_story_metric *x)
{
    word w;
    if (strncmp(x->name, "first", 5) == 0 || strcmp(x->name, "stock_exhausted") == 0)
        snprintf(w.v, sizeof w.v, "%s", x->value >= s->steps ? "never" : date_of(s, (int)x->value).v);
    else if (strcmp(x->units, "step") == 0)
        return steps(s, x->value);
    else if (strcmp(x->units, "1e6 USD") == 0 && isfinite(x->value))
        snprintf(w.v, sizeof w.v, "%.40s MUSD", mass(x->value).v);
    else if (strcmp(x->units, "1e6 USD") == 0)
        snprintf(w.v, sizeof w.v, "no price");
    else
        snprintf(w.v, sizeof w.v, "%.40s%s%.3s", mass(x->value).v, strcmp(x->units, "1") ? " " : "",
                 strcmp(x->units, "1") ? x->units : "");
    return w;
}

static void tell_totals(const kura_story *s, const kura_story_mineral *m, int all, int width, FILE *to)
{
    static const char *const few[] = {
        "short_steps",        "unserved",       "gross_unserved", "spells", "first_shortage", "max_depth",
        "longest_deep_spell", "required_stock", "irreducible",    "cost",   "loss",           "price_bill"};
    fprintf(to, "\nTotals of the path, as in /samples\n");
    for (int i = 0; i < m->nmetrics; i++) {
        const kura_story_metric *x = &m->metrics[i];
        int told = all;
        for (size_t k = 0; k < sizeof few / sizeof *few; k++) told |= strcmp(few[k], x->name) == 0;
        if (!told) continue;
        char head[128], what[160];
        const char *rule = strstr(x->text, " ["); /* of the specification */
        snprintf(head, sizeof head, "  %-20s %12s  ", x->name, value_of(s, x).v);
        snprintf(what, sizeof what, "%.*s", (int)(rule ? (size_t)(rule - x->text) : strlen(x->text)),
                 x->text);
        wrap(to, width, head, (int)strlen(head), what);
    }
}

/* Rows of one or more steps from `from` to `to`: sums of flows, stocks at the end, means of prices. */
static void tell_table(const kura_story *s, const kura_story_mineral *m, int from, int to_step, FILE *to)
{
    int every = (to_step - from + TABLE_ROWS - 1) / TABLE_ROWS;
    if (every < 1) every = 1;
    fprintf(to, "\nThe %s from %s, tonnes%s%s\n", s->step_days == 7 ? "weeks" : "steps", date_of(s, from).v,
            every > 1 ? "; each row is " : "", every > 1 ? steps(s, every).v : "");
    fprintf(to, "  %-10s %7s %7s %7s %7s %7s %7s %7s %7s\n", "", "demand", "served", "missing", "on hand",
            "arrived", "output", "release", "price");
    for (int t = from; t < to_step; t += every) {
        kura_story_row sum = {0};
        int n = 0;
        for (int k = t; k < t + every && k < to_step; k++, n++) {
            const kura_story_row *r = &m->rows[k];
            sum.demand_t += r->demand_t;
            sum.unserved_t += r->unserved_t;
            sum.arrivals_t += r->arrivals_t;
            sum.output_t += r->output_t;
            sum.released_t += r->released_t;
            sum.on_hand_t = r->on_hand_t;
            sum.price += r->price;
        }
        char price[32] = "-";
        if (!isnan(sum.price)) snprintf(price, sizeof price, "%.3g", sum.price / n);
        fprintf(to, "  %-10s %7s %7s %7s %7s %7s %7s %7s %7s\n", date_of(s, t).v, mass(sum.demand_t).v,
                mass(sum.demand_t - sum.unserved_t).v, sum.unserved_t > 0 ? mass(sum.unserved_t).v : "0",
                mass(sum.on_hand_t).v, mass(sum.arrivals_t).v, mass(sum.output_t).v, mass(sum.released_t).v,
                price);
    }
}

static void tell_tables(const kura_story *s, const kura_story_mineral *m, int width, FILE *to)
{
    int around = (int)ceil(56 / s->step_days), done = 0;
    if (!m->rows) return;
    if (!m->nshortages) tell_table(s, m, 0, s->steps, to);
    for (int i = 0; i < m->nshortages; i++) {
        int from = m->shortages[i].from - around, end = m->shortages[i].to + around;
        if (from < done) from = done;
        if (end > s->steps) end = s->steps;
        if (i + 1 < m->nshortages && end > m->shortages[i + 1].from) end = m->shortages[i + 1].from;
        tell_table(s, m, from, end, to);
        done = end;
    }
    wrap(to, width, "  ", 2,
         "on hand: at the end, without stockpiles; output: at home; release: of stockpiles; price: times its "
         "base");
}

static void tell_mineral(const kura_story *s, const kura_story_mineral *m, int detail, int width, FILE *to)
{
    headline(s, m, width, to);
    tell_events(s, m, detail, width, to);
    for (int i = 0; i < m->nshortages; i++) tell_shortage(s, &m->shortages[i], detail, width, to);
    if (detail) tell_tables(s, m, width, to);
    tell_totals(s, m, detail, width, to);
}

static void tell_rest(const kura_story *s, int told, int width, FILE *to)
{
    if (s->nshort <= told) return;
    fprintf(to, "\nAlso short, told by --mineral:\n");
    for (int i = told; i < s->nshort; i++) {
        const kura_story_mineral *m = &s->minerals[i];
        char line[256], head[64];
        snprintf(head, sizeof head, "  %-12s ", m->id);
        snprintf(line, sizeof line, "%s from %s, %s t (%s of demand) not served%s",
                 steps(s, metric(m, "short_steps")).v, date_of(s, (int)metric(m, "first_shortage")).v,
                 mass(metric(m, "unserved")).v, percent(m->unserved_share).v,
                 m->headline ? "" : "; not in the headline");
        wrap(to, width, head, (int)strlen(head), line);
    }
}

void cli_story_text(const kura_story *s, const char *mineral, FILE *to)
{
    int width = width_of(to), told = 0;
    char line[1024];
    snprintf(line, sizeof line,
             "Path %llu of %s, seed %llu: %d of %d minerals ran short for %s in %s from %s.",
             (unsigned long long)s->path, s->scenario, (unsigned long long)s->seed, s->nshort, s->nminerals,
             s->focus, steps(s, s->steps).v, date_of(s, 0).v);
    wrap(to, width, "", 0, line);
    if (s->path < s->paths && s->paths_at_most)
        wrap(
            to, width, "", 0,
            "The scenario's run stops at a precision: this path is part of its result only if that many were "
            "simulated.");
    if (s->path >= s->paths) {
        snprintf(line, sizeof line,
                 "The scenario's run has paths 0 to %llu: this one is not part of its result, unless that "
                 "was run with "
                 "more paths.",
                 (unsigned long long)(s->paths - 1));
        wrap(to, width, "", 0, line);
    }
    for (int i = 0; i < s->nminerals; i++) {
        const kura_story_mineral *m = &s->minerals[i];
        if (mineral ? strcmp(m->id, mineral) != 0
                    : !m->told || i >= TOLD_IN_FULL || (!m->headline && i < s->nshort))
            continue;
        tell_mineral(s, m, mineral != NULL, width, to);
        told = i + 1;
    }
    if (!mineral) tell_rest(s, told, width, to);
}
