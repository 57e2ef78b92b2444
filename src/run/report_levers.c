/* What levers did to the base flow, and on whom imports depend before and after them: for the result and for
 * `kura check` [7.2]. */
#include "base/error.h"
#include "model/dependence.h"
#include "run/run.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- dependence ---- */

/* Rows of importer and supplier, and of importers, while they are collected. */
typedef struct {
    kura_frame *frame;
    const km_model *model;
    int n, room, importers, importers_room;
    const char **pair, **importer;
    double *share[4], *hhi[4]; /* direct, looked through; before, after */
} dependence;

static const km_mineral *side(const km_mineral *m, int after) { return after ? km_last(m) : m; }

/* Is the importer of interest: the focus, or whose trade a lever moves? */
static int of_interest(const km_model *model, int country)
{
    const kura_scenario_data *sc = model->scenario;
    int is = country == model->focus;
    for (int i = 0; i < sc->ndiversifications; i++) is |= sc->diversifications[i].importer == country;
    for (int i = 0; i < sc->ndependence_caps; i++) is |= sc->dependence_caps[i].importers[country];
    return is;
}

static int imports(const km_mineral *m, int hub) { return m->hubs[hub].M > 0 || km_last(m)->hubs[hub].M > 0; }

static const char *place(kura_arena *a, const km_model *model, const km_mineral *m, int hub)
{
    return kura_arena_printf(a, "%s/%s/%s", m->id, m->forms[m->hubs[hub].form],
                             model->scenario->countries[m->hubs[hub].country]);
}

/* Origins of a mineral before and after levers, [2][hubs][countries]; NULL: no memory. */
static double *origins_of(const km_model *model, const km_mineral *m)
{
    size_t n = (size_t)m->nhubs * (size_t)model->scenario->ncountries;
    double *origin = calloc(2 * n + 1, sizeof *origin);
    int bad = !origin || km_origins(m, model->scenario->ncountries, origin);
    if (!bad && m->nepochs) bad = km_origins(km_last(m), model->scenario->ncountries, origin + n);
    if (!bad && !m->nepochs) memcpy(origin + n, origin, n * sizeof *origin);
    if (!bad) return origin;
    free(origin);
    return NULL;
}

/* Shares [4][countries] of an importing hub: direct and looked through, before and after; NULL: no memory. */
static double *shares_of(const km_model *model, const km_mineral *m, int hub, const double *origin)
{
    int n = model->scenario->ncountries;
    double *share = calloc((size_t)n * 4 + 1, sizeof *share);
    for (int after = 0; share && after < 2; after++)
        km_import_shares(side(m, after), hub, n, origin + (size_t)after * (size_t)m->nhubs * (size_t)n,
                         share + after * n, share + (2 + after) * n);
    return share;
}

static void add_importer(dependence *d, const km_mineral *m, int hub, const double *origin)
{
    int n = d->model->scenario->ncountries;
    kura_arena *a = &d->frame->arena;
    double *share = shares_of(d->model, m, hub, origin);
    const char *name = place(a, d->model, m, hub);
    if (!share) d->frame->arena.failed = 1;
    for (int k = 0; share && k < 4; k++) d->hhi[k][d->importers] = km_concentration(n, share + k * n);
    d->importer[d->importers++] = name;
    for (int i = 0; share && i < n; i++) {
        double most = 0;
        for (int k = 0; k < 4; k++) most = fmax(most, share[k * n + i]);
        if (!(most > 1e-9)) continue;
        for (int k = 0; k < 4; k++) d->share[k][d->n] = share[k * n + i];
        d->pair[d->n++] = kura_arena_printf(a, "%s/%s", name, d->model->scenario->countries[i]);
    }
    free(share);
}

static kura_status report_dependence(kura_frame *frame, const km_model *model, kura_error *err)
{
    static const char *const when[] = {"", "_after"}, *const text[] = {"", ", after all levers"};
    dependence d = {.frame = frame, .model = model};
    size_t hubs = 0;
    for (int i = 0; i < model->nminerals; i++)
        for (int h = 0; h < model->minerals[i].nhubs; h++)
            hubs += of_interest(model, model->minerals[i].hubs[h].country) && imports(&model->minerals[i], h);
    if (!hubs) return KURA_OK;
    size_t pairs = hubs * (size_t)model->scenario->ncountries;
    d.pair = KURA_NEW(&frame->arena, const char *, pairs);
    d.importer = KURA_NEW(&frame->arena, const char *, hubs);
    for (int k = 0; k < 4; k++) {
        d.share[k] = KURA_NEW(&frame->arena, double, pairs);
        d.hhi[k] = KURA_NEW(&frame->arena, double, hubs);
    }
    if (frame->arena.failed) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    for (int i = 0; i < model->nminerals && !frame->arena.failed; i++) {
        const km_mineral *m = &model->minerals[i];
        double *origin = origins_of(model, m);
        if (!origin) frame->arena.failed = 1;
        for (int h = 0; origin && h < m->nhubs; h++)
            if (of_interest(model, m->hubs[h].country) && imports(m, h)) add_importer(&d, m, h, origin);
        free(origin);
    }
    kf_group *group = kura_frame_group(frame, "network");
    kura_frame_dim_labels(frame, group, "importer", d.importers, d.importer);
    if (d.n) kura_frame_dim_labels(frame, group, "dependence", d.n, d.pair);
    for (int k = 0; k < 4; k++) {
        const char *kind = k < 2 ? "direct" : "through",
                   *words = k < 2 ? "supplier" : "origin of the material";
        kura_arena *a = &frame->arena;
        int after = k % 2;
        kura_frame_var(
            frame, group, kura_arena_printf(a, "concentration_%s%s", kind, when[after]), KF_F64, "importer",
            d.hhi[k], "1",
            kura_arena_printf(a, "sum of squares of shares in imports, by %s%s", words, text[after]), "7.2",
            NULL);
        if (d.n)
            kura_frame_var(frame, group, kura_arena_printf(a, "dependence_%s%s", kind, when[after]), KF_F64,
                           "dependence", d.share[k], "1",
                           kura_arena_printf(a, "share in base imports, by %s%s", words, text[after]), "7.2",
                           NULL);
    }
    return frame->arena.failed ? kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result")
                               : KURA_OK;
}

/* ---- what levers did ---- */

static void report_surplus(kura_frame *frame, kf_group *group, const km_model *model)
{
    int any = 0;
    for (int i = 0; i < model->neffects; i++) any |= model->effects[i].surplus > 0;
    double *x = any ? KURA_NEW(&frame->arena, double, (size_t)model->neffects) : NULL;
    for (int i = 0; x && i < model->neffects; i++) x[i] = model->effects[i].surplus;
    if (x)
        kura_frame_var(
            frame, group, "surplus", KF_F64, "lever", x, "t year-1",
            "what comes along with a host and nobody takes: to stock, beyond the store thrown away", "2.5",
            NULL);
}

static void report_effects(kura_frame *frame, const km_model *model)
{
    static const char *const names[] = {"wanted", "done", "uncontracted", "kept"};
    static const char *const texts[] = {
        "what the lever was to move or make when most of it is done",
        "what of it found a supplier or a buyer", "what nobody is to supply: it will be missing",
        "what stayed where it was: not moved, or capacity that nobody orders from"};
    int n = model->neffects;
    const char **label = KURA_NEW(&frame->arena, const char *, (size_t)n);
    double *x[4];
    for (int k = 0; k < 4; k++) x[k] = KURA_NEW(&frame->arena, double, (size_t)n);
    if (frame->arena.failed || !n) return;
    for (int i = 0; i < n; i++) {
        const km_lever_effect *e = &model->effects[i];
        label[i] = kura_arena_printf(&frame->arena, "%s/%s", e->lever, e->object);
        x[0][i] = e->wanted, x[1][i] = e->done, x[2][i] = e->uncontracted, x[3][i] = e->kept;
    }
    kf_group *group = kura_frame_group(frame, "levers");
    kura_frame_dim_labels(frame, group, "lever", n, label);
    report_surplus(frame, group, model);
    for (int k = 0; k < 4; k++)
        kura_frame_var(frame, group, names[k], KF_F64, "lever", x[k], "t year-1", texts[k], "7", NULL);
}

static void report_epochs(kura_frame *frame, const km_model *model)
{
    int32_t *n = KURA_NEW(&frame->arena, int32_t, (size_t)model->nminerals);
    const char **id = KURA_NEW(&frame->arena, const char *, (size_t)model->nminerals);
    int any = 0;
    for (int i = 0; n && id && i < model->nminerals; i++) {
        id[i] = model->minerals[i].id;
        any |= (n[i] = model->minerals[i].nepochs) > 0;
    }
    if (!any) return;
    kf_group *group = kura_frame_group(frame, "levers");
    kura_frame_dim_labels(frame, group, "mineral", model->nminerals, id);
    kura_frame_var(frame, group, "epochs", KF_I32, "mineral", n, "1",
                   "base flows that levers make of the first", "7", NULL);
}

kura_status kura_report_levers(kura_frame *frame, const km_model *model, kura_error *err)
{
    report_effects(frame, model);
    report_epochs(frame, model);
    KURA_TRY(kura_report_base_flows(frame, model, err));
    return report_dependence(frame, model, err);
}

/* ---- for people ---- */

static void print_effect(const km_lever_effect *e, FILE *to)
{
    if (strcmp(e->lever, "open") == 0) {
        fprintf(to, "  %s: %.4g t a year have no supplier with capacity left and will be missing\n",
                e->object, e->uncontracted);
        return;
    }
    if (e->surplus > 0) {
        fprintf(to, "  %s: %.4g t a year come along with their host and find no buyer\n", e->object,
                e->surplus);
        return;
    }
    if (strncmp(e->lever, "research/", 9) == 0) {
        fprintf(to, "  %s, %s: %.4g t a year less feed for the base output\n", e->lever, e->object, e->done);
        return;
    }
    fprintf(to, "  %s, %s: %.4g of %.4g t a year", e->lever, e->object, e->done, e->wanted);
    if (e->uncontracted > 0)
        fprintf(to, "; %.4g find no other supplier and will be missing", e->uncontracted);
    if (e->kept > 0.0005 * e->wanted)
        fprintf(to, "; %.4g %s", e->kept,
                strncmp(e->lever, "investment/", 11) == 0 || strncmp(e->lever, "recycling/", 10) == 0
                    ? "are capacity that nobody orders from"
                    : "stay where they were");
    fprintf(to, "\n");
}

static void print_shares(const km_model *model, const double *before, const double *after, FILE *to)
{
    int n = 0;
    for (int i = 0; i < model->scenario->ncountries; i++)
        if (before[i] >= 0.005 || after[i] >= 0.005)
            fprintf(to, "%s%s %.0f -> %.0f %%", n++ ? ", " : " ", model->scenario->countries[i],
                    100 * before[i], 100 * after[i]);
}

static void print_dependence(const km_model *model, const km_mineral *m, int hub, const double *origin,
                             FILE *to)
{
    int n = model->scenario->ncountries;
    kura_arena a = {0};
    double *share = shares_of(model, m, hub, origin);
    if (share) {
        fprintf(to, "  %s:", place(&a, model, m, hub));
        print_shares(model, share, share + n, to);
        fprintf(to, "; concentration %.2f -> %.2f; by origin", km_concentration(n, share),
                km_concentration(n, share + n));
        print_shares(model, share + 2 * n, share + 3 * n, to);
        fprintf(to, "\n");
    }
    free(share);
    kura_arena_fini(&a);
}

void kura_print_levers(const km_model *model, FILE *to)
{
    int any = 0;
    for (int i = 0; i < model->nminerals; i++) any |= model->minerals[i].nepochs > 0;
    if (!any) return;
    fprintf(to, "\nLevers on the network, when most of each is done:\n");
    for (int i = 0; i < model->neffects; i++) print_effect(&model->effects[i], to);
    fprintf(to, "Suppliers of imports before and after all levers:\n");
    for (int i = 0; i < model->nminerals; i++) {
        const km_mineral *m = &model->minerals[i];
        double *origin = m->nepochs ? origins_of(model, m) : NULL;
        for (int h = 0; origin && h < m->nhubs; h++)
            if (of_interest(model, m->hubs[h].country) && imports(m, h))
                print_dependence(model, m, h, origin, to);
        free(origin);
    }
}
