/* New capacity of by-products [2.5]: what a lever builds hangs on no host, and whoever reads the result must
 * know. */
#include "model/compile_internal.h"
#include <string.h>

static int has_host(const kura_scenario_data *sc, int site)
{
    for (int i = 0; i < sc->nhosts; i++)
        if (sc->hosts[i].site == site) return 1;
    return 0;
}

/* Is the site more of a by-product: of the site that its investment expands, or of what its country makes of
 * the form, where a supplier follows? */
static int of_by_product(const kura_scenario_data *sc, const sc_site *built)
{
    const char *expands =
        built->lever == SC_LEVER_INVESTMENT ? sc->investments[built->lever_index].expands : NULL;
    int follows = built->lever == SC_LEVER_DIVERSIFICATION || built->lever == SC_LEVER_DEPENDENCE_CAP;
    for (int i = 0; i < sc->nsites; i++) {
        const sc_site *s = &sc->sites[i];
        int here = s->mineral == built->mineral && s->form == built->form && s->country == built->country;
        if (((expands && strcmp(s->id, expands) == 0) || (follows && here)) && has_host(sc, i)) return 1;
    }
    return 0;
}

static int same_lever(const sc_site *a, const sc_site *b)
{
    return a->lever == b->lever && a->lever_index == b->lever_index;
}

/* Once a lever, whose sites stand together. */
static void warn(compile_ctx *c, const sc_site *first, int n)
{
    if (n)
        kura_diag_add(c->diag, KURA_DIAG_WARNING, first->where.file, first->where.line, first->where.column,
                      NULL,
                      "the new site \"%s\" is bound to no host, though %s is a by-product there: it makes "
                      "what is planned whatever the host does%s",
                      first->id, c->sc->minerals[first->mineral].id,
                      n > 1 ? " (more sites of this lever as well)" : "");
}

void km_tell_unbound(compile_ctx *c)
{
    const kura_scenario_data *sc = c->sc;
    const sc_site *first = NULL;
    int n = 0;
    for (int i = 0; i < sc->nsites; i++) {
        const sc_site *s = &sc->sites[i];
        if (s->lever == SC_LEVER_NONE) continue;
        if (has_host(sc, i))
            kura_diag_add(c->diag, KURA_DIAG_ERROR, s->where.file, s->where.line, s->where.column, NULL,
                          "the site \"%s\" of a lever makes nothing in the base flow, so no host could say "
                          "how much of it there is; leave its row out of network.hosts",
                          s->id);
        else if (of_by_product(sc, s)) {
            if (n && !same_lever(first, s)) warn(c, first, n), n = 0;
            if (!n++) first = s;
        }
    }
    warn(c, first, n);
}
