/* The footer on stopping, see stopping.h. */
#include "io/stopping.h"
#include "base/text.h"
#include "io/table.h"
#include <math.h>
#include <string.h>

enum { NO, YES }; /* of the flags */

typedef struct {
    const kf_group *group;
    const char *const *minerals, *const *watched;
    const int8_t *converged; /* [mineral][watched] */
    int64_t nminerals, nwatched, looks;
} stopping;

static const void *data_of(const kf_group *g, const char *name, kf_type type)
{
    const kf_variable *v = kura_frame_find_var(g, name);
    return v && v->type == type ? v->data : NULL;
}

static double fact(const kf_group *g, const char *name)
{
    const kf_attr *a = kura_frame_find_attr(g->nattrs, g->attrs, name);
    return a && a->kind == KF_ATTR_F64 ? a->f64[0] : 0;
}

static int open_group(const kura_frame *frame, stopping *s)
{
    const kf_group *g = kura_frame_find(frame, "stopping");
    if (!g) return 1;
    *s = (stopping){.group = g,
                    .minerals = data_of(g, "mineral", KF_STRING),
                    .watched = data_of(g, "watched", KF_STRING),
                    .converged = data_of(g, "converged", KF_I8),
                    .nminerals = kura_frame_dim_size(g, "mineral"),
                    .nwatched = kura_frame_dim_size(g, "watched"),
                    .looks = kura_frame_dim_size(g, "paths")};
    return !s->minerals || !s->watched || !s->converged || s->looks < 1;
}

/* What the footer needs of one watched number. */
typedef struct {
    const char *name, *units;
    const double *half, *allowed; /* [mineral][look] */
    const int8_t *met;
} number;

static const void *look_of(const stopping *s, const char *name, const char *suffix, kf_type type)
{
    char full[128];
    snprintf(full, sizeof full, "%.60s%s", name, suffix);
    return data_of(s->group, full, type);
}

static int find_number(const stopping *s, const char *name, number *x)
{
    const kf_variable *value = kura_frame_find_var(s->group, name);
    *x = (number){name, value ? value->units : "", look_of(s, name, "_half_width", KF_F64),
                  look_of(s, name, "_allowed", KF_F64), look_of(s, name, "_met", KF_I8)};
    return !x->half || !x->allowed || !x->met;
}

/* The last look: "gallium 0.35 of 0.12". */
static void add_missed(const stopping *s, const number *x, int64_t m, int first, kura_text *text)
{
    int64_t last = (m + 1) * s->looks - 1;
    kura_text_printf(text, "%s%s ", first ? " " : ", ", s->minerals[m]);
    if (isnan(x->half[last]))
        kura_text_add(text, "(no figure yet)");
    else
        kura_text_printf(text, "%.3g of %.3g", x->half[last], x->allowed[last]);
    if (x->met[last] == YES) kura_text_add(text, " (at one look only)");
}

/* A watched number and the minerals for which it is not precise enough. */
static void print_missed(const stopping *s, int64_t w, FILE *to)
{
    number x;
    kura_text text = {0};
    int n = 0;
    if (find_number(s, s->watched[w], &x)) return;
    kura_text_printf(&text, "%s not reached, half-width of what is allowed", x.name);
    int share = strcmp(x.units, "1") == 0;
    kura_text_printf(&text, " (%s)", share ? "as a share: 0.01 is 1 %" : kura_plain_units(x.units));
    kura_text_add(&text, ":");
    for (int64_t m = 0; m < s->nminerals; m++)
        if (s->converged[m * s->nwatched + w] == NO) add_missed(s, &x, m, n++ == 0, &text);
    if (n && text.data) kura_print_wrapped(text.data, to);
    kura_text_fini(&text);
}

void kura_io_print_stopping(const kura_frame *frame, FILE *to)
{
    stopping s;
    kura_text text = {0};
    int64_t n = 0, reached = 0;
    if (open_group(frame, &s)) return;
    for (int64_t i = 0; i < s.nminerals * s.nwatched; i++) {
        n += s.converged[i] == NO || s.converged[i] == YES;
        reached += s.converged[i] == YES;
    }
    double used = fact(s.group, "paths_used"), most = fact(s.group, "paths_most");
    int all = n > 0 && reached == n;
    kura_text_printf(&text, "%s %.0f of at most %.0f paths: ", all ? "Stopped after" : "Simulated", used,
                     most);
    if (all)
        kura_text_printf(&text, "all %lld watched numbers", (long long)n);
    else
        kura_text_printf(&text, "%lld of %lld watched numbers", (long long)reached, (long long)n);
    kura_text_printf(&text, " reached their precision (%g %% of the number, or its absolute one).",
                     100 * fact(s.group, "relative"));
    putc('\n', to);
    if (text.data) kura_print_wrapped(text.data, to);
    kura_text_fini(&text);
    for (int64_t w = 0; w < s.nwatched; w++) print_missed(&s, w, to);
}
