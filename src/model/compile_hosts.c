/* By-products and hosts [2.5, R2.2]: which series of activity a site follows, and the order in which minerals
 * are simulated. */
#include "model/compile_internal.h"
#include "num/math.h"
#include <math.h>

static km_site *site_of(compile_ctx *c, int scenario_site)
{
    km_mineral *m = &c->model->minerals[c->sc->sites[scenario_site].mineral];
    return &m->sites[c->site_mineral_index[scenario_site]];
}

static kura_status make_indices(compile_ctx *c)
{
    km_model *model = c->model;
    model->nhost_indices = model->nactivities = c->sc->nhost_indices;
    model->host_indices = KURA_NEW(&model->arena, km_host_index, (size_t)model->nhost_indices);
    KM_ALLOC(c, model->host_indices);
    for (int i = 0; i < model->nhost_indices; i++) {
        const sc_host_index *in = &c->sc->host_indices[i];
        km_host_index *x = &model->host_indices[i];
        const char *key = kura_arena_printf(&model->arena, "host/%s", in->id);
        KM_ALLOC(c, key);
        kura_stream_init(&x->stream, model->seed, key);
        x->a = kura_exp(-0.693147180559945309417 * (model->step_days / in->half_life_days));
        x->s = in->sd * sqrt(1 - x->a * x->a);
        KURA_TRY(km_growth_path(c, in->growth, &x->growth));
    }
    return KURA_OK;
}

double km_usual_capacity(const km_site *site)
{
    double lost = 0;
    if (site->basket) return site->d0;
    for (int i = 0; i < site->nhosts; i++)
        lost += kura_max(0, floor(site->hosts[i].share * site->K) + floor(-site->hosts[i].most));
    return kura_max(0, site->K - lost);
}

/* The rows of one by-product. */
static kura_status bind_site(compile_ctx *c, int scenario_site)
{
    km_site *site = site_of(c, scenario_site);
    int n = 0;
    for (int i = 0; i < c->sc->nhosts; i++) n += c->sc->hosts[i].site == scenario_site;
    if (!n) return KURA_OK;
    site->hosts = KURA_NEW(&c->model->arena, km_host, (size_t)n);
    KM_ALLOC(c, site->hosts);
    for (int i = 0; i < c->sc->nhosts; i++) {
        const sc_host *in = &c->sc->hosts[i];
        if (in->site != scenario_site) continue;
        km_host *h = &site->hosts[site->nhosts++];
        h->share = in->share;
        h->most = in->headroom * in->share * (site->d0 > 0 ? site->d0 : site->K);
        site->basket |= in->basket;
        c->model->minerals[c->sc->sites[scenario_site].mineral].hubs[site->hub].basket |= in->basket;
        h->series = in->index;
        if (in->host < 0) continue;
        km_site *host = site_of(c, in->host);
        if (host->activity < 0) host->activity = c->model->nactivities++;
        h->series = host->activity;
        c->model->minerals[c->sc->sites[in->host].mineral].is_host = 1;
        if (host->x0 == 0)
            kura_diag_add(
                c->diag, KURA_DIAG_ERROR, in->where.file, in->where.line, 0, NULL,
                "the host \"%s\" makes nothing in the balanced base flow, so \"%s\" cannot follow it",
                host->id, site->id);
    }
    c->model->minerals[c->sc->sites[scenario_site].mineral].has_hosts = 1;
    return KURA_OK;
}

/* Minerals in the order of the scenario, each after its hosts; the reader has refused circles. */
static kura_status order(compile_ctx *c)
{
    km_model *model = c->model;
    int n = model->nminerals, placed = 0;
    unsigned char *done = KURA_NEW(&model->arena, unsigned char, (size_t)n + 1);
    model->order = KURA_NEW(&model->arena, int, (size_t)n + 1);
    KM_ALLOC(c, done && model->order);
    for (int pass = 0; pass < n && placed < n; pass++)
        for (int i = 0; i < n; i++) {
            int ready = !done[i];
            for (int k = 0; k < c->sc->nhosts && ready; k++) {
                const sc_host *h = &c->sc->hosts[k];
                if (c->sc->sites[h->site].mineral == i && h->host >= 0)
                    ready &= done[c->sc->sites[h->host].mineral];
            }
            if (!ready) continue;
            model->order[placed++] = i;
            done[i] = 1;
        }
    return KURA_OK;
}

/* When a series is written and last read, as places in the order of the minerals. */
typedef struct {
    int from, to;
} lifetime;

static lifetime *lifetimes_of(km_model *model)
{
    lifetime *life = KURA_NEW(&model->arena, lifetime, (size_t)model->nactivities + 1);
    for (int k = 0; life && k < model->nactivities; k++) life[k] = (lifetime){-1, -1}; /* as of an index */
    for (int place = 0; life && place < model->nminerals; place++) {
        const km_mineral *m = &model->minerals[model->order[place]];
        for (int b = 0; b < m->nsites; b++) {
            if (m->sites[b].activity >= 0) life[m->sites[b].activity] = (lifetime){place, place};
            for (int h = 0; h < m->sites[b].nhosts; h++) life[m->sites[b].hosts[h].series].to = place;
        }
    }
    return life;
}

/* Each series takes the first room that no other has at its time. */
static kura_status share_rooms(compile_ctx *c)
{
    km_model *model = c->model;
    const lifetime *life = lifetimes_of(model);
    int *room = model->activity_room = KURA_NEW(&model->arena, int, (size_t)model->nactivities + 1);
    KM_ALLOC(c, life && room);
    for (int k = 0; k < model->nactivities; k++) {
        for (int taken = 1; taken;) {
            taken = 0;
            for (int i = 0; i < k && !taken; i++)
                taken = room[i] == room[k] && life[i].from <= life[k].to && life[k].from <= life[i].to;
            room[k] += taken;
        }
        if (room[k] >= model->nactivity_rooms) model->nactivity_rooms = room[k] + 1;
    }
    return KURA_OK;
}

kura_status km_compile_hosts(compile_ctx *c)
{
    KURA_TRY(make_indices(c));
    for (int i = 0; i < c->model->nminerals; i++)
        for (int s = 0; s < c->model->minerals[i].nsites; s++) c->model->minerals[i].sites[s].activity = -1;
    for (int i = 0; i < c->sc->nsites; i++) KURA_TRY(bind_site(c, i));
    for (int i = 0; i < c->model->nminerals; i++) {
        km_mineral *m = &c->model->minerals[i];
        if (m->has_hosts) km_capacity_to_export(c, m);
        for (int s = 0; s < m->nsites; s++) m->sites[s].usual = km_usual_capacity(&m->sites[s]);
    }
    KURA_TRY(order(c));
    return share_rooms(c);
}
