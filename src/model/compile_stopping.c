/* run.stop_when: is there anything to watch [8.13]? */
#include "base/error.h"
#include "model/compile_internal.h"

int km_can_watch(const km_model *model, sc_watch w, int mineral)
{
    const km_mineral *m = &model->minerals[mineral];
    return w == SC_WATCH_STOCK ? m->has_drun : m->base_focus_demand > 0;
}

/* With nothing to watch a run would never stop, and never say why. */
void km_check_stopping(compile_ctx *c)
{
    const sc_stop *s = &c->sc->run.stop;
    if (!s->given) return;
    for (int w = 0; w < SC_WATCH_COUNT; w++)
        for (int i = 0; s->watch[w] && i < c->model->nminerals; i++)
            if (s->watched[i] && km_can_watch(c->model, (sc_watch)w, i)) return;
    kura_diag_add(c->diag, KURA_DIAG_ERROR, s->where.file ? s->where.file : "", s->where.line,
                  s->where.column, NULL,
                  "stop_when has nothing to watch: a mineral needs demand in the focus country (%s), for "
                  "required_stock_days a stockpile there; name such minerals in stop_when.minerals, or other "
                  "numbers in stop_when.watch",
                  c->model->focus >= 0 ? c->sc->countries[c->model->focus] : "none");
}
