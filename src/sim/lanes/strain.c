/* What one form's rounds leave open, over 64 lanes; see sim/strain.h. */
#include "sim/lanes/lanes.h"
#include "sim/strain.h"

#define DUST 16.0 /* quanta: below it nothing is short [R8.1] */

/* Orders of the hubs that can import. */
static void orders(const km_mineral *m, const lane *r, int form, lane *sum)
{
    LANES(l) sum->v[l] = 0;
    for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1]; h++)
        if (m->hubs[h].arc_end > m->hubs[h].arc_begin) {
            const double *want = r[h].v;
            LANES(l) sum->v[l] += want[l];
        }
}

void kura_strain_open(const km_mineral *m, kura_work *w, int form)
{
    int begin = m->hub_begin[form], end = m->hub_begin[form + 1];
    memcpy(&w->strain->a[begin], &w->a[begin], (size_t)(end - begin) * sizeof(lane));
}

void kura_strain_contract(const km_mineral *m, kura_work *w, int form)
{
    orders(m, w->r, form, &w->strain->left);
}

void kura_strain_close(const km_mineral *m, kura_work *w, const kura_state *s, int form, int tick)
{
    kura_strain *strain = w->strain;
    lane sum[KURA_STRAIN_SUMS];
    orders(m, s->W, form, &sum[KURA_ORDERED]);
    sum[KURA_OPEN_CONTRACT] = strain->left;
    orders(m, w->r, form, &sum[KURA_OPEN]);
    for (int i = 0; i < KURA_STRAIN_SUMS; i++) LANES(l) strain->sum[i].v[l] += sum[i].v[l];
    if (!any_above(&sum[KURA_OPEN], DUST)) return;
    for (int l = 0; l < L; l++) {
        const double x[] = {sum[KURA_ORDERED].v[l], sum[KURA_OPEN_CONTRACT].v[l], sum[KURA_OPEN].v[l]};
        if (x[KURA_OPEN] > DUST)
            kura_strain_take(strain, m, form, tick - m->spin - m->burn, l, x, s->W, s->ship);
    }
}
