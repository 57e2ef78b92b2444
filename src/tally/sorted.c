/* Sorting with bounded memory, see sorted.h. */
#include "tally/sorted.h"
#include "base/scratch.h"
#include "tally/estimate.h"
#include <stdlib.h>
#include <string.h>

enum { RUN = 1 << 16, BLOCK = KURA_SERIES_BLOCK, PIECE = 512 /* of a run, while runs are merged */ };

/* Where the merge stands in a run. */
typedef struct {
    uint64_t next, end; /* in the file, numbers */
    size_t at, have;    /* in `room` */
    double *room;       /* [PIECE] */
} run;

struct kura_sorted {
    uint64_t n, most;
    double *memory; /* a run, or all when they are no more than one; while runs are merged what was merged */
    run *runs;
    double *rooms;
    size_t nruns;
    kura_scratch file; /* runs, then behind `most` numbers what was merged */
    int *why;
};

static size_t most_runs(uint64_t n) { return n > RUN ? (size_t)((n + RUN - 1) / RUN) : 0; }

size_t kura_sorted_bytes(uint64_t n)
{
    return sizeof(kura_sorted) + (size_t)(n < RUN ? n : RUN) * sizeof(double) +
           most_runs(n) * (sizeof(run) + PIECE * sizeof(double));
}

kura_status kura_sorted_new(uint64_t n, const char *folder, kura_sorted **out, kura_error *err)
{
    kura_sorted *s = calloc(1, sizeof *s);
    kura_status st = KURA_OK;
    size_t runs = most_runs(n);
    if (s) {
        s->most = n;
        s->why = calloc(1, sizeof *s->why);
        s->memory = malloc((size_t)(n < RUN ? n : RUN) * sizeof(double) + 1);
        s->runs = calloc(runs + 1, sizeof *s->runs);
        s->rooms = malloc((runs + 1) * PIECE * sizeof(double));
    }
    if (!s || !s->why || !s->memory || !s->runs || !s->rooms)
        st = kura_error_set(err, KURA_E_MEMORY, "not enough memory to sort");
    for (size_t i = 0; i < runs && !st; i++) s->runs[i].room = s->rooms + i * PIECE;
    if (runs && !st) st = kura_scratch_open(&s->file, folder, err);
    if (st) kura_sorted_free(s);
    *out = st ? NULL : s;
    return st;
}

void kura_sorted_free(kura_sorted *sorted)
{
    if (!sorted) return;
    kura_scratch_close(&sorted->file);
    free(sorted->why);
    free(sorted->memory);
    free(sorted->runs);
    free(sorted->rooms);
    free(sorted);
}

static void note(const kura_sorted *s, int why)
{
    if (why && !*s->why) *s->why = why;
}

static void put(const kura_sorted *s, uint64_t at, size_t n, const double *x)
{
    note(s, kura_scratch_write(&s->file, at * sizeof *x, x, n * sizeof *x));
}

static void take(const kura_sorted *s, uint64_t at, size_t n, double *x)
{
    int why = kura_scratch_read(&s->file, at * sizeof *x, x, n * sizeof *x);
    note(s, why);
    if (why) memset(x, 0, n * sizeof *x);
}

/* The run that begins with number `first`, in memory. */
static size_t sort_run(kura_sorted *s, uint64_t first, const kura_series *series)
{
    double room[BLOCK];
    size_t n = (size_t)(s->n - first < RUN ? s->n - first : RUN);
    for (size_t i = 0; i < n; i += BLOCK) {
        const double *x = series->block(series, (first + i) / BLOCK, room);
        memcpy(s->memory + i, x, (n - i < BLOCK ? n - i : BLOCK) * sizeof *x);
    }
    kura_sort(n, s->memory);
    return n;
}

/* The number the run offers; 0 when it is empty. */
static int offer(const kura_sorted *s, run *r, double *x)
{
    if (r->at == r->have) {
        if (r->next == r->end) return 0;
        r->have = (size_t)(r->end - r->next < PIECE ? r->end - r->next : PIECE);
        take(s, r->next, r->have, r->room);
        r->next += r->have;
        r->at = 0;
    }
    *x = r->room[r->at];
    return 1;
}

/* Sinks the run at `i` of a heap whose top offers the least. */
static void sink(run *heap, size_t n, size_t i)
{
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= n) return;
        if (child + 1 < n && heap[child + 1].room[heap[child + 1].at] < heap[child].room[heap[child].at])
            child++;
        if (heap[i].room[heap[i].at] <= heap[child].room[heap[child].at]) return;
        run swap = heap[i];
        heap[i] = heap[child];
        heap[child] = swap;
        i = child;
    }
}

static void merge(kura_sorted *s)
{
    size_t live = s->nruns, have = 0;
    uint64_t done = 0;
    double x;
    for (size_t i = 0; i < live; i++) offer(s, &s->runs[i], &x); /* none is empty */
    for (size_t i = live; i-- > 0;) sink(s->runs, live, i);
    while (live > 0) {
        run *top = &s->runs[0];
        s->memory[have++] = top->room[top->at++];
        if (have == RUN || done + have == s->n) {
            put(s, s->most + done, have, s->memory);
            done += have;
            have = 0;
        }
        if (!offer(s, top, &x)) {
            run swap = *top;
            *top = s->runs[--live];
            s->runs[live] = swap; /* keeps its room */
        }
        sink(s->runs, live, 0);
    }
}

kura_status kura_sorted_fill(kura_sorted *sorted, uint64_t n, const kura_series *series, kura_error *err)
{
    sorted->n = n;
    sorted->nruns = most_runs(n);
    for (uint64_t first = 0; first < n; first += RUN) {
        size_t m = sort_run(sorted, first, series);
        if (!sorted->nruns) return KURA_OK;
        put(sorted, first, m, sorted->memory);
        run *r = &sorted->runs[first / RUN];
        r->next = first;
        r->end = first + m;
        r->at = r->have = 0;
    }
    merge(sorted);
    return kura_sorted_status(sorted, err);
}

static const double *block_of(const kura_series *series, uint64_t block, double *out)
{
    const kura_sorted *s = series->user;
    uint64_t first = block * BLOCK;
    if (!s->nruns) return s->memory + first;
    take(s, s->most + first, (size_t)(s->n - first < BLOCK ? s->n - first : BLOCK), out);
    return out;
}

kura_series kura_sorted_series(const kura_sorted *sorted)
{
    return (kura_series){.user = sorted, .block = block_of};
}

kura_status kura_sorted_status(const kura_sorted *sorted, kura_error *err)
{
    return *sorted->why ? kura_scratch_error(&sorted->file, *sorted->why, err) : KURA_OK;
}
