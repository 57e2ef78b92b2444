/* Stock of the users' own [A11]. */
#include "model/compile_internal.h"
#include <math.h>

kura_status km_compile_own(compile_ctx *c, km_mineral *m)
{
    for (int i = 0; i < m->nconsumers; i++) {
        km_consumer *k = &m->consumers[i];
        const sc_demand *in = &c->sc->demands[k->scenario_demand];
        k->inventory = in->inventory_days / c->model->step_days;
        k->own = floor(k->inventory * k->D0);
        m->any_own |= k->inventory > 0;
        if (k->inventory > 0 && m->hubs[k->hub].no_storage)
            kura_diag_add(c->diag, KURA_DIAG_ERROR, in->where.file, in->where.line, 0, NULL,
                          "an \"inventory\" where the hub has no storage (storage: none) could never be "
                          "filled again; leave it out");
    }
    return KURA_OK;
}
