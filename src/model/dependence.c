/* Dependence of imports, see dependence.h. */
#include "model/dependence.h"
#include "num/math.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 1000 };

/* What the sites of a hub make, by origin. */
static void add_own(const km_mineral *m, const km_hub *hub, int n, const double *origin, double *sum)
{
    for (int s = hub->site_begin; s < hub->site_end; s++) {
        const km_site *site = &m->sites[s];
        if (!site->refine) {
            sum[hub->country] += site->x0;
            continue;
        }
        const double *feed = origin + (size_t)site->feed_hub * (size_t)n;
        for (int i = 0; i < n; i++) sum[i] += site->x0 * feed[i];
    }
}

static void add_imports(const km_mineral *m, const km_hub *hub, int n, const double *origin, double *sum)
{
    for (int a = hub->arc_begin; a < hub->arc_end; a++) {
        const double *from = origin + (size_t)m->arcs[a].from * (size_t)n;
        for (int i = 0; i < n; i++) sum[i] += m->arcs[a].net * from[i];
    }
}

/* Shares of what came in; the change against what they were. */
static double settle(int n, double *sum, double *origin)
{
    double total = 0, change = 0;
    for (int i = 0; i < n; i++) total += sum[i];
    for (int i = 0; i < n; i++) {
        double share = total > 0 ? sum[i] / total : 0;
        change = kura_max(change, fabs(share - origin[i]));
        origin[i] = share;
        sum[i] = 0;
    }
    return change;
}

int km_origins(const km_mineral *m, int countries, double *origin)
{
    int n = countries;
    double *sum = calloc((size_t)n + 1, sizeof *sum);
    if (!sum) return -1;
    memset(origin, 0, (size_t)m->nhubs * (size_t)n * sizeof *origin);
    for (int form = 0; form < m->nforms; form++) {
        double change = 1;
        for (int round = 0; round < ROUNDS && change > 1e-12;
             round++) { /* trade within a form may go round */
            change = 0;
            for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1]; h++) {
                add_own(m, &m->hubs[h], n, origin, sum);
                add_imports(m, &m->hubs[h], n, origin, sum);
                change = kura_max(change, settle(n, sum, origin + (size_t)h * (size_t)n));
            }
        }
    }
    free(sum);
    return 0;
}

void km_import_shares(const km_mineral *m, int hub, int countries, const double *origin, double *direct,
                      double *through)
{
    const km_hub *h = &m->hubs[hub];
    double need = h->M + h->uncontracted;
    for (int i = 0; i < countries; i++) direct[i] = through[i] = 0;
    for (int a = h->arc_begin; a < h->arc_end && h->M > 0; a++) {
        const km_arc *arc = &m->arcs[a];
        const double *of = origin + (size_t)arc->from * (size_t)countries;
        direct[m->hubs[arc->from].country] += arc->net / need;
        for (int i = 0; i < countries; i++) through[i] += arc->net / need * of[i];
    }
}

double km_concentration(int n, const double *share)
{
    double sum = 0;
    for (int i = 0; i < n; i++) sum += share[i] * share[i];
    return sum;
}
