/* Dump: a series of every path, mineral and step, of the focus country (tallies.dump).
 *
 * Too large to be kept in memory: a thread collects what 64 paths of a mineral give, packs it (base/encode.h)
 * and appends it to a scratch file, beside which an index says where each chunk lies.  The writer copies the
 * chunks in their order, so the result does not depend on threads. */
#ifndef KURA_TALLY_DUMP_H
#define KURA_TALLY_DUMP_H

#include "base/error.h"
#include "sim/state.h"
#include "tally/frame.h"

typedef struct kura_dump kura_dump;             /* what all threads share */
typedef struct kura_dump_bench kura_dump_bench; /* of one thread */

/* For at most `most` paths.  Sets *out to NULL where nothing is asked for.  `folder` as for
 * kura_scratch_open. */
kura_status kura_dump_new(const km_model *model, uint64_t most, const char *folder, kura_dump **out,
                          kura_error *err);
void kura_dump_free(kura_dump *dump); /* NULL is fine */
/* KURA_E_IO or KURA_E_MEMORY when a thread could not put its chunk away. */
kura_status kura_dump_status(const kura_dump *dump, kura_error *err);

/* NULL: no memory. */
kura_dump_bench *kura_dump_bench_new(kura_dump *dump);
void kura_dump_bench_free(kura_dump_bench *bench); /* NULL is fine */
size_t kura_dump_bench_bytes(const km_model *model);
/* Takes a step; lanes of paths from `paths` on are padding. */
void kura_dump_step(kura_dump_bench *bench, const kura_view *view, uint64_t paths);

/* Adds /dump to the frame, which must keep the dump. */
kura_status kura_dump_report(const kura_dump *dump, kura_frame *frame, uint64_t paths, kura_error *err);

/* Bytes before packing. */
double kura_dump_raw_bytes(const km_model *model, uint64_t paths);
/* Chunks that it is written in: one a series, mineral, bundle and piece of the horizon. */
double kura_dump_chunks(const km_model *model, uint64_t paths);

#endif
