/* Open orders and their sample, see strain.h. */
#include "sim/strain.h"
#include "num/pcg.h"
#include <stdlib.h>
#include <string.h>

static void size_of(const km_mineral *m, int *hubs, int *arcs)
{
    *hubs = *arcs = 0;
    for (int f = 0; f < m->nforms; f++) {
        int h = m->hub_begin[f + 1] - m->hub_begin[f], a = m->arc_form_begin[f + 1] - m->arc_form_begin[f];
        if (h > *hubs) *hubs = h;
        if (a > *arcs) *arcs = a;
    }
}

/* A good 64-bit hash of two words; any bijective mixer would do. */
static uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t x = a ^ (b + UINT64_C(0x9e3779b97f4a7c15) + (a << 6) + (a >> 2));
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static uint64_t key_of(const km_model *model, const km_mineral *m)
{
    uint64_t key = model->seed;
    for (const char *c = m->id; *c; c++) key = mix(key, (unsigned char)*c);
    return key;
}

/* With `s` NULL only counts bytes. */
static size_t build(const km_model *model, kura_strain *s)
{
    size_t bytes = sizeof *s, most_hubs = 1;
    int most = model->scenario->tallies.bracket;
    kura_strain_mineral *minerals =
        s ? KURA_NEW(&s->arena, kura_strain_mineral, (size_t)model->nminerals) : NULL;
    bytes += sizeof *minerals * (size_t)model->nminerals;
    if (s && !minerals) return 0;
    for (int i = 0; i < model->nminerals; i++) {
        const km_mineral *m = &model->minerals[i];
        int hubs, arcs;
        size_of(m, &hubs, &arcs);
        if ((size_t)m->nhubs > most_hubs) most_hubs = (size_t)m->nhubs;
        size_t each = 2 * (size_t)hubs + (size_t)arcs;
        bytes += (size_t)most * (sizeof(kura_strained) + each * sizeof(double));
        if (!s) continue;
        minerals[i].key = key_of(model, m);
        minerals[i].most = most;
        minerals[i].items = KURA_NEW(&s->arena, kura_strained, (size_t)most);
        double *room = KURA_NEW(&s->arena, double, (size_t)most *each + 1);
        if (!minerals[i].items || !room) return 0;
        for (int k = 0; k < most; k++) {
            kura_strained *item = &minerals[i].items[k];
            item->a = room + (size_t)k * each;
            item->r = item->a + hubs;
            item->u = item->r + hubs;
        }
    }
    bytes += most_hubs * sizeof(lane);
    if (!s) return bytes;
    s->minerals = minerals;
    s->nminerals = model->nminerals;
    s->a = KURA_NEW(&s->arena, lane, most_hubs);
    return s->a ? bytes : 0;
}

size_t kura_strain_bytes(const km_model *model) { return build(model, NULL); }

kura_strain *kura_strain_new(const km_model *model)
{
    kura_strain *s = calloc(1, sizeof *s);
    if (s && !build(model, s)) {
        kura_strain_free(s);
        return NULL;
    }
    return s;
}

void kura_strain_free(kura_strain *strain)
{
    if (!strain) return;
    kura_arena_fini(&strain->arena);
    free(strain);
}

void kura_strain_start(kura_strain *s, int mineral, uint64_t first_path, uint64_t paths)
{
    s->mineral = mineral;
    s->first_path = first_path;
    s->paths = paths;
    memset(s->sum, 0, sizeof s->sum);
}

void kura_strain_end(kura_strain *s, const km_mineral *m)
{
    kura_strain_mineral *k = &s->minerals[s->mineral];
    for (int l = 0; l < KURA_LANES && s->first_path + (uint64_t)l < s->paths; l++)
        for (int i = 0; i < KURA_STRAIN_SUMS; i++) {
            double x = s->sum[i].v[l] * m->quantum;
            kura_acc_add(&k->sum[i], x);
            for (int j = 0; j <= i; j++) kura_acc_add(&k->product[i][j], x * (s->sum[j].v[l] * m->quantum));
        }
}

static void swap(kura_strained *a, kura_strained *b)
{
    kura_strained c = *a;
    *a = *b;
    *b = c;
}

/* Puts an item in place of the root, or of the leaf that was added, of the heap. */
static void sift_down(kura_strained *items, int n, int i)
{
    for (;;) {
        int child = 2 * i + 1;
        if (child >= n) return;
        if (child + 1 < n && items[child + 1].hash > items[child].hash) child++;
        if (items[child].hash <= items[i].hash) return;
        swap(&items[i], &items[child]);
        i = child;
    }
}

static void sift_up(kura_strained *items, int i)
{
    for (int parent; i > 0 && items[parent = (i - 1) / 2].hash < items[i].hash; i = parent)
        swap(&items[i], &items[parent]);
}

/* Room for an item of this hash, or NULL when the sample is full of smaller ones. */
static kura_strained *room_for(kura_strain_mineral *k, uint64_t hash)
{
    if (k->n < k->most) return &k->items[k->n];
    return k->most && hash < k->items[0].hash ? &k->items[0] : NULL;
}

static void placed(kura_strain_mineral *k)
{
    if (k->n < k->most)
        sift_up(k->items, k->n++);
    else
        sift_down(k->items, k->n, 0);
}

void kura_strain_take(kura_strain *s, const km_mineral *m, int form, int step, int l,
                      const double sums[KURA_STRAIN_SUMS], const lane *wants, const lane *caps)
{
    kura_strain_mineral *k = &s->minerals[s->mineral];
    uint64_t path = s->first_path + (uint64_t)l;
    if (path >= s->paths) return;
    k->strained++;
    uint64_t hash = mix(mix(k->key, path), ((uint64_t)step << 8) + (uint64_t)form);
    kura_strained *item = room_for(k, hash);
    if (!item) return;
    item->hash = hash;
    item->path = path;
    item->form = form;
    item->step = step;
    item->want = sums[KURA_ORDERED];
    item->contract = sums[KURA_OPEN_CONTRACT];
    item->open = sums[KURA_OPEN];
    for (int h = m->hub_begin[form], i = 0; h < m->hub_begin[form + 1]; h++, i++) {
        item->a[i] = s->a[h].v[l];
        item->r[i] = wants[h].v[l];
    }
    for (int a = m->arc_form_begin[form], i = 0; a < m->arc_form_begin[form + 1]; a++, i++)
        item->u[i] = caps[a].v[l];
    placed(k);
}

void kura_strain_merge(kura_strain *to, const kura_strain *from, const km_model *model)
{
    for (int i = 0; i < to->nminerals; i++) {
        kura_strain_mineral *k = &to->minerals[i];
        const kura_strain_mineral *o = &from->minerals[i];
        int hubs, arcs;
        size_of(&model->minerals[i], &hubs, &arcs);
        k->strained += o->strained;
        for (int p = 0; p < KURA_STRAIN_SUMS; p++) {
            kura_acc_merge(&k->sum[p], &o->sum[p]);
            for (int q = 0; q <= p; q++) kura_acc_merge(&k->product[p][q], &o->product[p][q]);
        }
        for (int n = 0; n < o->n; n++) {
            const kura_strained *x = &o->items[n];
            kura_strained *item = room_for(k, x->hash);
            if (!item) continue;
            kura_strained own = *item;
            *item = *x;
            item->a = own.a, item->r = own.r, item->u = own.u;
            memcpy(item->a, x->a, (size_t)hubs * sizeof(double));
            memcpy(item->r, x->r, (size_t)hubs * sizeof(double));
            memcpy(item->u, x->u, (size_t)arcs * sizeof(double));
            placed(k);
        }
    }
}

static int by_hash(const void *a, const void *b)
{
    uint64_t x = ((const kura_strained *)a)->hash, y = ((const kura_strained *)b)->hash;
    return x < y ? -1 : x > y;
}

void kura_strain_sort(kura_strain_mineral *k)
{
    if (k->n) qsort(k->items, (size_t)k->n, sizeof *k->items, by_hash);
}
