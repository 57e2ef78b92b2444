/* Prices apart under a restriction [4.5]: what is stopped is dear where it would have gone and cheap where it
 * stays.  Of each country of the mineral, averages of what its inbound supply lacks and of how much of its
 * output its own restrictions stop; nothing here reads stocks, so both runs of a path share it. */
#include "sim/lanes/lanes.h"

void kura_wedge_start(const km_mineral *m, kura_work *w)
{
    for (int c = 0; c < m->price.wedge.ncountries; c++) LANES(l)
    w->exo.import_wedge[c].v[l] = w->exo.export_wedge[c].v[l] = w->exo.wedge[c].v[l] = 0;
}

/* Share of what a hub has (output and imports) that restrictions of its country keep from leaving. */
static void stopped_exports(const km_mineral *m, kura_work *w, int t, lane *stopped)
{
    for (int h = 0; h < m->nhubs; h++) LANES(l) stopped[h].v[l] = 0;
    for (int a = 0; a < m->narcs; a++) {
        const km_arc *arc = &m->arcs[a];
        const km_hub *from = &m->hubs[arc->from];
        if (!(arc->v > 0) || (!arc->nseries && !arc->severity_script.mul)) continue;
        lane sigma;
        double share = arc->v / (from->X + from->M), *x = stopped[arc->from].v;
        kura_arc_severity(m, arc, w, t, &sigma);
        LANES(l) x[l] += share * sigma.v[l];
    }
}

/* Of the forms that a country has, the one that is worst off counts: as for stockpiles [6.3]. */
static void drive(const km_mineral *m, const kura_work *w, const lane *stopped, int country, lane *import,
                  lane *export)
{
    const km_wedge *k = &m->price.wedge;
    LANES(l) import->v[l] = export->v[l] = 0;
    for (int h = 0; h < m->nhubs; h++) {
        if (k->of_hub[h] != country) continue;
        const double *Z = w->exo.Z[h].v, *x = stopped[h].v;
        int imports = m->hubs[h].Mo > 0;
        LANES(l)
        {
            double lacking = imports ? kura_clamp01(1 - Z[l]) : 0;
            import->v[l] = kura_max(import->v[l], lacking);
            export->v[l] = kura_max(export->v[l], kura_clamp01(x[l]));
        }
    }
}

void kura_wedge_step(const km_mineral *m, kura_work *w, int t)
{
    const km_wedge *k = &m->price.wedge;
    if (!k->given) return;
    lane *stopped = w->P1; /* scratch, [hub] */
    stopped_exports(m, w, t, stopped);
    for (int c = 0; c < k->ncountries; c++) {
        lane import, export;
        double *in = w->exo.import_wedge[c].v, *out = w->exo.export_wedge[c].v, *wedge = w->exo.wedge[c].v;
        drive(m, w, stopped, c, &import, &export);
        LANES(l)
        {
            in[l] = in[l] + (k->importer * import.v[l] - in[l]) / k->n;
            out[l] = out[l] + (k->origin * export.v[l] - out[l]) / k->n;
            wedge[l] = in[l] - out[l];
        }
    }
}
