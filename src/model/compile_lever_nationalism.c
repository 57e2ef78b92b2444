/* Resource nationalism [7.11]: home priority by regime over time, and a limit on exports.  (The onset rates
 * are in compile_levers.c.) */
#include "model/compile_internal.h"
#include "num/math.h"
#include <math.h>

static int concerns(const sc_nationalism *x, int country, int mineral)
{
    return x->countries[country] && (!x->minerals || x->minerals[mineral]);
}

/* What may leave acts like the script of a trade, so that stockpiles and new suppliers see it coming [6.3].
 */
kura_status km_limit_exports(compile_ctx *c)
{
    for (int i = 0; i < c->sc->nnationalism; i++) {
        const sc_nationalism *x = &c->sc->nationalism[i];
        double *share = NULL;
        if (isnan(x->export_share)) continue;
        KURA_TRY(km_multiply_table(c, &share, &x->when, x->export_share, KM_BLEND_LINEAR));
        for (int a = 0; a < c->sc->narcs; a++)
            if (concerns(x, c->sc->arcs[a].from, c->sc->arcs[a].mineral))
                KURA_TRY(km_multiply_script(c, &c->arc_script[a], share));
    }
    return KURA_OK;
}

kura_status km_raise_home_priority(compile_ctx *c, km_mineral *m)
{
    int T = c->model->steps;
    for (int i = 0; i < c->sc->nnationalism; i++) {
        const sc_nationalism *x = &c->sc->nationalism[i];
        for (int h = 0; h < m->nhubs && !isnan(x->home[0]); h++) {
            if (!concerns(x, m->hubs[h].country, m->scenario_mineral)) continue;
            double *home = (double *)m->hubs[h].home;
            if (!home) {
                m->hubs[h].home = home = KURA_NEW(&c->model->arena, double, (size_t)T * 3);
                KM_ALLOC(c, home);
                for (int t = 0; t < 3 * T; t++) home[t] = m->home[t % 3];
            }
            for (int t = 0; t < 3 * T; t++) { /* of several cases the one that raises it most */
                double usual = m->home[t % 3], more = kura_max(0, x->home[t % 3] - usual);
                home[t] = kura_max(home[t], usual + km_intensity(c, &x->when, t / 3) * more);
            }
        }
    }
    return KURA_OK;
}
