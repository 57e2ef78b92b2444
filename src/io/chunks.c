/* Chunks of what is not in memory, see chunks.h. */
#include "io/chunks.h"
#include "base/encode.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    hid_t dataset;
    const kf_source *source;
    const kura_shape *shape;
    int64_t chunks, items; /* number of chunks, items of one */
    pthread_mutex_t lock;  /* of what follows, and of HDF5 */
    pthread_cond_t turn;
    int64_t next, written; /* chunk to be packed next; number of those in the file */
    int failed;            /* as kura_chunks_write returns */
    int why;               /* errno of the source, 0: no memory */
} job;

size_t kura_chunks_bytes(void)
{
    size_t items = KURA_SOURCE_CHUNK / sizeof(double);
    return kura_encoder_bytes(items) + items * sizeof(double);
}

void kura_chunks_choose(kura_shape *shape, size_t item, hsize_t most)
{
    hsize_t bytes = item, *chunk = shape->chunk;
    for (int d = 0; d < shape->ndims; d++) bytes *= chunk[d] = shape->dims[d];
    for (int d = 0; d < shape->ndims && bytes > most; d++)
        while (chunk[d] > 1 && bytes > most) {
            bytes /= chunk[d];
            chunk[d] = (chunk[d] + 1) / 2;
            bytes *= chunk[d];
        }
}

static hsize_t along(const kura_shape *s, int d) { return (s->dims[d] + s->chunk[d] - 1) / s->chunk[d]; }

/* First element of chunk `number` in every dimension. */
static void begin_of(const kura_shape *s, int64_t number, hsize_t *begin)
{
    for (int d = s->ndims - 1; d >= 0; d--) {
        begin[d] = (hsize_t)number % along(s, d) * s->chunk[d];
        number /= (int64_t)along(s, d);
    }
}

/* The numbers of a chunk row by row; beyond the end of the variable they are 0.  Returns an errno. */
static int gather(const job *j, const hsize_t *begin, double *out)
{
    const kura_shape *s = j->shape;
    int last = s->ndims - 1;
    hsize_t row = s->chunk[last], left = s->dims[last] - begin[last], n = row < left ? row : left;
    memset(out, 0, (size_t)j->items * sizeof *out);
    for (hsize_t r = 0; r < (hsize_t)j->items / row; r++) {
        hsize_t rest = r, at = 0, stride = 1;
        int inside = 1;
        for (int d = last; d >= 0; d--) {
            hsize_t i = begin[d];
            if (d < last) {
                i += rest % s->chunk[d];
                rest /= s->chunk[d];
            }
            inside &= i < s->dims[d];
            at += i * stride;
            stride *= s->dims[d];
        }
        int why = inside ? j->source->read(j->source, (int64_t)at, (int64_t)n, out + r * row) : 0;
        if (why) return why;
    }
    return 0;
}

/* Under the lock. */
static void fail(job *j, int failed, int why)
{
    if (j->failed) return;
    j->why = why;
    j->failed = failed;
}

/* What a thread packs with. */
typedef struct {
    kura_encoder *encoder;
    double *numbers;
    void *packed; /* of sources that come packed */
} bench;

static int bench_open(const job *j, bench *b)
{
    memset(b, 0, sizeof *b);
    if (j->source->read_chunk) return (b->packed = malloc(j->source->chunk_bytes)) != NULL;
    b->encoder = kura_encoder_new((size_t)j->items);
    b->numbers = malloc((size_t)j->items * sizeof(double));
    return b->encoder && b->numbers;
}

static void bench_close(bench *b)
{
    kura_encoder_free(b->encoder);
    free(b->numbers);
    free(b->packed);
}

/* The packed bytes; NULL: `why` says why. */
static const void *pack(const job *j, const bench *b, int64_t number, const hsize_t *begin, size_t *size,
                        int *why)
{
    *why =
        b->packed ? j->source->read_chunk(j->source, number, b->packed, size) : gather(j, begin, b->numbers);
    if (*why) return NULL;
    return b->packed ? b->packed : kura_encode(b->encoder, b->numbers, (size_t)j->items, size);
}

/* Packs a chunk after the other, and puts each into the file when it is its turn.  Threads that wait sleep: a
 * loop of OpenMP with an ordered section would burn as much time as packing takes. */
static void *work_as_thread(void *user)
{
    job *j = user;
    bench b;
    int ready = bench_open(j, &b);
    pthread_mutex_lock(&j->lock);
    if (!ready) fail(j, 1, 0);
    while (!j->failed && j->next < j->chunks) {
        int64_t mine = j->next++;
        hsize_t begin[4] = {0};
        size_t size = 0;
        int why;
        pthread_mutex_unlock(&j->lock);
        begin_of(j->shape, mine, begin);
        const void *bytes = pack(j, &b, mine, begin, &size, &why);
        pthread_mutex_lock(&j->lock);
        if (!bytes) fail(j, 1, why);
        while (!j->failed && j->written != mine) pthread_cond_wait(&j->turn, &j->lock);
        if (!j->failed && H5Dwrite_chunk(j->dataset, H5P_DEFAULT, 0, begin, size, bytes) < 0) fail(j, -1, 0);
        j->written++;
        pthread_cond_broadcast(&j->turn);
    }
    pthread_cond_broadcast(&j->turn);
    pthread_mutex_unlock(&j->lock);
    bench_close(&b);
    return NULL;
}

/* This thread and up to threads - 1 others. */
static void write_chunks(job *j, int threads)
{
    enum { MOST = 64 };
    pthread_t others[MOST];
    int n = 0;
    pthread_mutex_init(&j->lock, NULL);
    pthread_cond_init(&j->turn, NULL);
    while (n < threads - 1 && n < MOST && n + 1 < j->chunks &&
           pthread_create(&others[n], NULL, work_as_thread, j) == 0)
        n++;
    work_as_thread(j);
    for (int i = 0; i < n; i++) pthread_join(others[i], NULL);
    pthread_cond_destroy(&j->turn);
    pthread_mutex_destroy(&j->lock);
}

/* Few numbers, stored as they are. */
static void write_whole(job *j)
{
    double *x = malloc((size_t)j->items * sizeof *x + 1);
    int why = x ? 0 : -1;
    hsize_t row = j->shape->ndims ? j->shape->dims[j->shape->ndims - 1] : 1;
    for (int64_t i = 0; i < j->items && !why; i += (int64_t)row)
        why = j->source->read(j->source, i, (int64_t)row, x + i);
    if (why)
        fail(j, 1, why < 0 ? 0 : why);
    else if (j->items && H5Dwrite(j->dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) < 0)
        fail(j, -1, 0);
    free(x);
}

int kura_chunks_write(hid_t dataset, const kf_source *source, const kura_shape *shape, int threads,
                      kura_error *err)
{
    job j = {.dataset = dataset, .source = source, .shape = shape, .chunks = 1, .items = 1};
    const hsize_t *of = shape->chunk[0] ? shape->chunk : shape->dims;
    for (int d = 0; d < shape->ndims; d++) j.items *= (int64_t)of[d];
    if (shape->chunk[0]) {
        for (int d = 0; d < shape->ndims; d++) j.chunks *= (int64_t)along(shape, d);
        write_chunks(&j, threads);
    } else {
        write_whole(&j);
    }
    if (j.failed == 1 && j.why)
        kura_error_set(err, KURA_E_IO, "cannot read the scratch file: %s", strerror(j.why));
    if (j.failed == 1 && !j.why) kura_error_set(err, KURA_E_MEMORY, "not enough memory to write the result");
    return j.failed;
}
