/* levers.thrifting: that a programme does something, and that no user is in two [7.4]. */
#include "model/read_internal.h"
#include <limits.h>
#include <math.h>
#include <string.h>

static int given(const kura_node *node, const char *key) { return kura_node_get(node, key) != NULL; }

/* A limit is raised where there is one: prices must be able to replace the mineral. */
static void check_limits(kura_bind *b, const sc_thrifting *x, const kura_node *node)
{
    const reading *r = reading_of(b);
    for (int m = 0; m < r->sc->data.nminerals && x->minerals; m++) {
        const sc_mineral *k = &r->sc->data.minerals[m];
        if (!x->minerals[m] || (isnan(x->limit) && isnan(x->lag_days))) continue;
        if (!k->price.given)
            KURA_BIND_ERROR(b, kura_bind_at(node, "minerals"),
                            "%s has no price that substitution could answer; give it a \"price\", or "
                            "\"saves\" instead of \"limit\"",
                            k->id);
        else if (!isnan(x->limit) && x->limit < k->response.sub_limit)
            KURA_BIND_ERROR(b, kura_bind_at(node, "limit"),
                            "the limit (%g %%) is below that of %s (%g %%); a programme can only raise it",
                            100 * x->limit, k->id, 100 * k->response.sub_limit);
        else if (isnan(x->limit) && !(k->response.sub_limit > 0))
            KURA_BIND_ERROR(b, kura_bind_at(node, "lag"),
                            "%s has no substitution that could be hastened; give \"limit\" too", k->id);
        else if (isnan(x->lag_days) && !(k->response.sub_limit > 0))
            KURA_BIND_ERROR(b, kura_bind_at(node, "limit"),
                            "%s has no substitution whose lag could hold; give \"lag\" too", k->id);
    }
}

void read_thrifting_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_thrifting *x = record;
    x->where = read_where(node);
    if (x->start_step == INT_MAX) x->start_step = 0;
    if (!node) return;
    read_warn_idle(b, x->start_step, INT_MAX, node);
    if (isnan(x->limit) && isnan(x->lag_days) && !(x->saves > 0))
        KURA_BIND_ERROR(b, node->at, "the programme \"%s\" has no effect; give \"limit\" or \"saves\"",
                        x->id);
    if (given(node, "ramp") && !(x->saves > 0))
        KURA_BIND_ERROR(b, kura_bind_at(node, "ramp"), "\"ramp\" has no effect without \"saves\"");
    if (!reading_of(b)->minerals_unsure) check_limits(b, x, node);
}

static int share_users(const kura_scenario_data *d, const sc_thrifting *a, const sc_thrifting *b, int m)
{
    if (!a->minerals[m] || !b->minerals[m]) return 0;
    for (int c = 0; c < d->ncountries; c++)
        if ((!a->countries || a->countries[c]) && (!b->countries || b->countries[c])) return 1;
    return 0;
}

static void complain(reading *r, const sc_thrifting *x, const char *text)
{
    kura_source source = {.path = x->where.file ? x->where.file : ""};
    kura_report(r->bind.diag, KURA_DIAG_ERROR, (kura_pos){&source, x->where.line, x->where.column, NULL},
                "%s", text);
}

void read_check_thrifting(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    for (int i = 0; i < d->nthrifting; i++) {
        const sc_thrifting *x = &d->thrifting[i];
        if (kura_names_find(&r->sites, x->id) >= 0)
            complain(r, x,
                     kura_arena_printf(&r->work,
                                       "the programme \"%s\" has the id of a site, and so its "
                                       "random numbers; give it another one",
                                       x->id));
        for (int j = 0; j < i; j++)
            for (int m = 0; m < d->nminerals; m++)
                if (share_users(d, x, &d->thrifting[j], m))
                    complain(
                        r, x,
                        kura_arena_printf(&r->work,
                                          "the programmes \"%s\" and \"%s\" are for the same users of %s; a "
                                          "user takes part in one",
                                          d->thrifting[j].id, x->id, d->minerals[m].id));
    }
}
