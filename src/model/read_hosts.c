/* By-products and their hosts [2.5]: that a row binds a site to a site of another mineral, that shares add
 * up, and that no mineral is its own host. */
#include "model/read_internal.h"
#include <string.h>

void read_host_index_finish(kura_bind *b, void *record, const kura_node *node)
{
    (void)b;
    ((sc_host_index *)record)->where = read_where(node);
}

void read_host_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_host *h = record;
    const kura_scenario_data *d = &reading_of(b)->sc->data;
    h->where = read_where(node);
    if (!node || h->site < 0 || reading_of(b)->network_unsure) return;
    const sc_site *site = &d->sites[h->site];
    if (h->host >= 0 && d->sites[h->host].mineral == site->mineral)
        KURA_BIND_ERROR(b, kura_bind_at(node, "host"),
                        "the host \"%s\" makes the same mineral as \"%s\"; a host is a site of another one",
                        d->sites[h->host].id, site->id);
    if (h->host >= 0 && !(d->sites[h->host].output > 0))
        KURA_BIND_ERROR(b, kura_bind_at(node, "host"),
                        "the host \"%s\" has no base output that a by-product could follow",
                        d->sites[h->host].id);
    if (!h->basket) return;
    if (!(site->output > 0))
        KURA_BIND_ERROR(b, kura_bind_at(node, "site"),
                        "\"%s\" has no base output, so that nothing of it would come in the basket",
                        site->id);
    if (site->standby)
        KURA_BIND_ERROR(b, kura_bind_at(node, "site"),
                        "\"%s\" comes in a basket, whose host drives it; it cannot stand by", site->id);
    if (site->kind == SC_SITE_REFINE)
        KURA_BIND_ERROR(
            b, kura_bind_at(node, "mode"),
            "\"%s\" takes input, so its host cannot drive it; mode basket is for kinds mine, recycle "
            "and supply",
            site->id);
    if (kura_node_get(node, "share") || kura_node_get(node, "headroom"))
        KURA_BIND_ERROR(b, kura_bind_at(node, kura_node_get(node, "share") ? "share" : "headroom"),
                        "a basket has neither share nor headroom: its output follows the host's in the "
                        "proportion of the base outputs");
}

static void error_at(reading *r, const sc_host *h, const char *text)
{
    kura_diag_add(r->bind.diag, KURA_DIAG_ERROR, h->where.file, h->where.line, h->where.column, NULL, "%s",
                  text ? text : "not enough memory");
}

static void check_shares(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    for (int i = 0; i < d->nhosts; i++) {
        const sc_host *h = &d->hosts[i];
        double sum = 0;
        int first = 1;
        for (int j = 0; j < d->nhosts; j++) {
            const sc_host *o = &d->hosts[j];
            if (o->site != h->site) continue;
            first &= j >= i;
            sum += o->share;
            if (j < i && o->host == h->host && o->index == h->index)
                error_at(r, h,
                         kura_arena_printf(&r->work,
                                           "the host of \"%s\" is given twice; the first is in line %d",
                                           d->sites[h->site].id, o->where.line));
            else if (j < i && (o->basket || h->basket))
                error_at(r, h,
                         kura_arena_printf(&r->work,
                                           "\"%s\" comes in the basket of one host; it can have no other",
                                           d->sites[h->site].id));
        }
        if (first && sum > 1 + 1e-9 && !h->basket)
            error_at(r, h,
                     kura_arena_printf(&r->work, "the hosts of \"%s\" carry %.6g %% of it; at most 100 %%",
                                       d->sites[h->site].id, 100 * sum));
    }
}

/* A by-product can only follow a host that is simulated before it [R2.2]. */
static void check_cycles(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    int n = d->nminerals;
    unsigned char *after = KURA_NEW(&r->work, unsigned char, (size_t)n *(size_t)n + 1);
    if (!after) return;
    for (int i = 0; i < d->nhosts;
         i++) { /* rows are added one by one, so that the one which closes a cycle is named */
        if (d->hosts[i].host < 0) continue;
        int host = d->sites[d->hosts[i].host].mineral, mineral = d->sites[d->hosts[i].site].mineral;
        if (after[mineral * n + host]) {
            error_at(r, &d->hosts[i],
                     kura_arena_printf(
                         &r->work,
                         "%s is a host of %s here, but comes from it elsewhere: hosts must not go in "
                         "a circle",
                         d->minerals[host].id, d->minerals[mineral].id));
            return;
        }
        for (int a = 0; a < n; a++) /* `after`: what is simulated after what, closed under composition */
            for (int b = 0; b < n; b++)
                if ((a == mineral || after[mineral * n + a]) && (b == host || after[b * n + host]))
                    after[b * n + a] = 1;
    }
}

void read_check_hosts(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    check_shares(r);
    check_cycles(r);
    for (int i = 0; i < d->nhost_indices; i++) {
        int used = 0;
        for (int j = 0; j < d->nhosts; j++) used |= d->hosts[j].index == i;
        const sc_where *w = &d->host_indices[i].where;
        if (!used)
            kura_diag_add(r->bind.diag, KURA_DIAG_ERROR, w->file, w->line, w->column, NULL,
                          "nothing comes from the host index \"%s\"; it would never act",
                          d->host_indices[i].id);
    }
}
