/* What is not served, by cause: counting and merging, see causes.h. */
#include "tally/causes.h"
#include "model/draw.h"
#include <string.h>

static size_t cells_of(const km_model *model, const km_causes *c)
{
    return (size_t)c->n + KM_CAUSE_COUNT + (size_t)km_places(model) + 1;
}

static size_t cells_of_all(const km_model *model)
{
    kura_arena scratch = {0};
    const km_causes *all = km_list_causes(model, &scratch);
    size_t n = 0;
    for (int i = 0; i < model->nminerals && all; i++) n += cells_of(model, &all[i]);
    kura_arena_fini(&scratch);
    return n;
}

size_t kura_cause_tally_bytes(const km_model *model)
{
    size_t each = sizeof(kura_acc) + (km_draws(model) ? sizeof(double) : 0);
    return model->scenario->tallies.attribution ? KURA_CAUSE_SUMS * cells_of_all(model) * each : 0;
}

size_t kura_cause_block_bytes(const km_model *model)
{
    return model->scenario->tallies.attribution ? KURA_CAUSE_SUMS * cells_of_all(model) * sizeof(double) : 0;
}

kura_cause_tally *kura_cause_tally_new(const km_model *model, kura_arena *arena)
{
    kura_cause_tally *t = KURA_NEW(arena, kura_cause_tally, 1);
    if (!t) return NULL;
    t->model = model;
    t->causes = km_list_causes(model, arena);
    t->begin = KURA_NEW(arena, size_t, (size_t)model->nminerals + 1);
    if (!t->causes || !t->begin) return NULL;
    for (int i = 0; i < model->nminerals; i++) t->begin[i + 1] = t->begin[i] + cells_of(model, &t->causes[i]);
    t->sums = KURA_NEW(arena, kura_acc, KURA_CAUSE_SUMS * kura_cause_cells(t));
    if (km_draws(model)) t->last = KURA_NEW(arena, double, KURA_CAUSE_SUMS *kura_cause_cells(t));
    return t->sums && (t->last || !km_draws(model)) ? t : NULL;
}

static void add(double *cell, double x, double u)
{
    cell[KURA_CAUSE_X] += x;
    cell[KURA_CAUSE_XX] += x * x;
    cell[KURA_CAUSE_XU] += x * u;
}

/* Where parameters are drawn, the supply of a draw may hang on other things than that of the best figures:
 * causes are found by what they are; one that the best figures do not have counts as the residual. */
static void find_causes(const km_causes *c, const km_causes *own, int *counted_as)
{
    for (int i = 0; i < own->n; i++) {
        const km_cause *x = &own->causes[i];
        int k = i < c->n && c->causes[i].class == x->class && c->causes[i].place == x->place ? i : 0;
        while (k < c->n - 1 && (c->causes[k].class != x->class || c->causes[k].place != x->place)) k++;
        counted_as[i] = k;
    }
}

/* Path by path: amounts of classes and places are sums of those of the causes. */
static void add_path(const kura_cause_tally *t, double *cell, const km_causes *c, const km_causes *own,
                     const kura_attribution *a, int l)
{
    double class[KM_CAUSE_COUNT] = {0}, u = 0, rest = 0;
    int places = km_places(t->model);
    for (int i = 0; i < own->n; i++) {
        class[c->causes[a->counted_as[i]].class] += a->amount[i].v[l];
        u += a->amount[i].v[l];
    }
    if (!(u > 0)) return;
    for (int i = 0; i < own->n; i++)
        if (a->counted_as[i] == c->n - 1)
            rest += a->amount[i].v[l];
        else
            add(cell + KURA_CAUSE_SUMS * a->counted_as[i], a->amount[i].v[l], u);
    add(cell + KURA_CAUSE_SUMS * (c->n - 1), rest, u);
    cell += KURA_CAUSE_SUMS * c->n;
    for (int k = 0; k < KM_CAUSE_COUNT; k++, cell += KURA_CAUSE_SUMS) add(cell, class[k], u);
    for (int p = 0; p < places; p++, cell += KURA_CAUSE_SUMS) {
        double x = 0;
        for (int i = 0; i < own->n; i++)
            if (c->causes[a->counted_as[i]].place == p) x += a->amount[i].v[l];
        add(cell, x, u);
    }
    add(cell, u, u);
}

void kura_cause_tally_add(const kura_cause_tally *t, double *block, int mineral, const kura_attribution *a,
                          int paths)
{
    double *cells = block + KURA_CAUSE_SUMS * t->begin[mineral];
    const km_causes *c = &t->causes[mineral], *own = &a->causes[mineral];
    find_causes(c, own, a->counted_as);
    for (int l = 0; l < paths; l++) add_path(t, cells, c, own, a, l);
}

/* A draw is one unit: the products of its sums. */
static void merge_draw(kura_cause_tally *t, const double *block)
{
    for (int m = 0; m < t->model->nminerals; m++) {
        double all = block[KURA_CAUSE_SUMS * (t->begin[m + 1] - 1) + KURA_CAUSE_X];
        for (size_t cell = t->begin[m]; cell < t->begin[m + 1] && all > 0; cell++) {
            double x = block[KURA_CAUSE_SUMS * cell + KURA_CAUSE_X];
            kura_acc *to = &t->sums[KURA_CAUSE_SUMS * cell];
            kura_acc_add(&to[KURA_CAUSE_X], x);
            kura_acc_add(&to[KURA_CAUSE_XX], x * x);
            kura_acc_add(&to[KURA_CAUSE_XU], x * all);
        }
    }
}

void kura_cause_tally_note_last(kura_cause_tally *t, const double *block)
{
    memcpy(t->last, block, KURA_CAUSE_SUMS * kura_cause_cells(t) * sizeof *block);
}

void kura_cause_tally_merge(kura_cause_tally *t, const double *block)
{
    if (t->last) {
        merge_draw(t, block);
        return;
    }
    for (size_t i = 0; i < KURA_CAUSE_SUMS * kura_cause_cells(t); i++)
        if (block[i] != 0) kura_acc_add(&t->sums[i], block[i]);
}
