/* kura.h: the public interface of kura, a Monte Carlo risk engine for critical-mineral supply.
 *
 * Caveats first
 *  - A run of more than 1024 paths keeps its per-path metrics in a nameless scratch file, 152 bytes a path
 * and mineral at most, until its result is freed; memory does not grow with the paths (kura_run_estimate says
 * how much is needed).
 *  - Results depend on the scenario, the seed and the number of paths (with run.stop_when the most); never on
 *    threads, machine, compiler or instruction set.  Equal digests mean equal numbers.
 *  - Probabilities are statements about the scenario's assumptions.  Data grades are carried to the result;
 * read them.
 *
 * Lifecycle:  kura_scenario_load -> kura_run -> kura_result_write / kura_result_table -> *_free.
 * Ownership:  what a function returns through `out` belongs to the caller, who frees it with the matching
 * _free. free(NULL) is fine.  Strings returned by accessors live as long as their object. Threads:    objects
 * may be used by one thread at a time; different objects are independent.  kura_run starts its own threads.
 * Errors:     every call returns a kura_status (kura_status.h); a NULL `err` is allowed. */
#ifndef KURA_H
#define KURA_H

#include "kura/kura_status.h"
#include "kura/kura_story.h"
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KURA_BLOCK_PATHS 1024 /* paths a block: looks of run.stop_when and fresh paths begin with one */

const char *kura_version(void);

typedef struct kura_scenario kura_scenario;
typedef struct kura_result kura_result;

/* Reads, merges, checks and compiles the scenario in `path`.  `sets` are n texts "dotted.key=value" applied
 * last. All problems found are added to `diag` (errors, and warnings and notes such as base flows that did
 * not balance). Returns KURA_E_SCENARIO when there was an error, KURA_E_NO_INPUT when a file could not be
 * read. */
kura_status kura_scenario_load(const char *path, const char *const *sets, size_t n, kura_scenario **out,
                               kura_diag *diag, kura_error *err);
void kura_scenario_free(kura_scenario *scenario);
/* The merged scenario as YAML, as the engine will run it. */
const char *kura_scenario_resolved(const kura_scenario *scenario);

typedef struct {
    const char *name, *title;
    int minerals, hubs, sites, arcs, steps;
    uint64_t paths, seed;
    int paths_at_most; /* 1: the run may stop at fewer than `paths` (run.stop_when) */
    int corrections;   /* base flows that had to be corrected; listed as notes in the diagnostics */
} kura_scenario_info;
void kura_scenario_describe(const kura_scenario *scenario, kura_scenario_info *info);
/* Prints to `to` the base flows that did not balance with their corrections, and the stockpiles that serve
 * less than their days of use say because they cannot be converted fast enough. */
void kura_scenario_print_corrections(const kura_scenario *scenario, FILE *to);

typedef struct {
    uint64_t paths; /* 0 = the scenario's; with run.stop_when the most */
    int threads;    /* 0 = all processors */
    int has_seed;   /* 1: use `seed` instead of the scenario's */
    uint64_t seed;
    const char *isa;       /* NULL or "auto", else "scalar", "baseline", "v3", "v4" */
    uint64_t memory_limit; /* bytes; 0 = the physical memory of the machine */
    /* Called up to ten times a second, never by two threads at once; return nonzero to stop.  paths_total is
     * the most that may come; the last call has paths_done = paths_total.  May be NULL. */
    int (*progress)(void *user, uint64_t paths_done, uint64_t paths_total, double seconds);
    void *user;
    const char *command_line; /* for /provenance, may be NULL */
    const char *scratch;      /* folder of the scratch file; NULL: that of TMPDIR, else /tmp */
} kura_run_options;

/* total = program + model + the largest of: tallies and threads; tallies and the result; writing it. */
typedef struct {
    uint64_t bytes_total, bytes_program, bytes_model;
    uint64_t bytes_tallies;    /* sums and counts, shared by the threads */
    uint64_t bytes_per_thread; /* given back before the result is made */
    uint64_t bytes_results;    /* the result, HDF5 and what writing takes */
    uint64_t bytes_machine;    /* the limit */
    uint64_t bytes_disk;       /* of the scratch files, at most */
    uint64_t bytes_disk_free;  /* where they will stand; 0: not known */
    int threads;
    const char *isa;
    int fits;
} kura_run_plan;

/* What a run would need; changes nothing. */
kura_status kura_run_estimate(const kura_scenario *scenario, const kura_run_options *options,
                              kura_run_plan *plan, kura_error *err);
/* Adds warnings of what a run with these options may never reach (precisions of run.stop_when). */
void kura_run_warnings(const kura_scenario *scenario, const kura_run_options *options, kura_diag *diag);
/* Runs the scenario.  KURA_E_MEMORY when the estimate exceeds the limit, KURA_E_INTERRUPTED when progress
 * said stop. */
kura_status kura_run(const kura_scenario *scenario, const kura_run_options *options, kura_result **out,
                     kura_error *err);
void kura_result_free(kura_result *result);

/* Writes the result as HDF5 (netCDF-4 conventions).  The file appears under its name only when complete:
 * x.part, flush, fsync, rename.  An existing file is refused unless `force`.  `reproducible` leaves
 * /provenance out. */
kura_status kura_result_write(const kura_result *result, const char *path, int force, int reproducible,
                              kura_error *err);
/* Prints the headline table with standard errors. */
kura_status kura_result_print(const kura_result *result, FILE *to, kura_error *err);

/* The same table from a file; and single variables: `what` NULL = headline table, else "group" or
 * "group/variable". */
kura_status kura_file_show(const char *path, const char *what, FILE *to, kura_error *err);
/* SHA-256 over all content but /provenance, as 64 hexadecimal digits. */
kura_status kura_file_digest(const char *path, char digest[65], kura_error *err);
/* Hash of the full state in which every path ended, as 32 hexadecimal digits; "" when the file has none
 * (written with `reproducible` or by an older version).  Equal hashes mean that all paths are equal to the
 * last bit. */
kura_status kura_file_state_hash(const char *path, char hash[33], kura_error *err);
/* Checks that a result could be written to `path` (folder writable, not existing unless `force`), before a
 * long run. */
kura_status kura_output_check(const char *path, int force, kura_error *err);

#define KURA_PATHS_MOST (UINT64_C(1) << 40) /* paths are numbered from 0 to this less one */

typedef struct {
    const char *mineral; /* tell of this one in any case; NULL: of those that ran short */
    int has_seed;        /* 1: use `seed` instead of the scenario's */
    uint64_t seed;
    const char *isa; /* as for a run */
} kura_explain_options;

/* Replays one path (the bundle of 64 that holds it: about a second for 40 minerals over ten years) and tells
 * its story.  The path may lie beyond the paths of the scenario's run.  KURA_E_USAGE for an unknown mineral
 * or a path that has no number.  A path on which the simulation fails gives KURA_OK and a story with
 * `failure`. */
kura_status kura_explain(const kura_scenario *scenario, uint64_t path, const kura_explain_options *options,
                         kura_story **out, kura_error *err);
void kura_story_free(kura_story *story);

/* The `most` worst paths of a result by unserved demand: of one mineral, or (NULL) of all headline minerals
 * by their mean share of demand; paths without shortage are left out.  KURA_E_SCENARIO when the file has no
 * /samples, KURA_E_USAGE for an unknown mineral. */
kura_status kura_file_worst(const char *path, const char *mineral, int most, kura_worst **out,
                            kura_error *err);
void kura_worst_free(kura_worst *worst);

typedef struct {
    const double *weeks; /* how long objects are lost; none: 4, 13, 26 and 52 */
    int nweeks;
    const char *mineral; /* only this one; NULL: all that the focus country uses */
    const char *from;    /* date on which the losses begin, "2027-01-31"; NULL: the start of the run */
    int threads;         /* 0 = all processors */
    const char *isa;     /* as for a run */
} kura_n_minus_1_options;

/* Loses each site, country, export and route in turn, without any hazard: what the focus country would lack,
 * when first, for how long, and how long a loss it survives.  The result has the group /n_minus_1 only.
 * KURA_E_USAGE for an unknown mineral or a date outside the horizon. */
kura_status kura_n_minus_1(const kura_scenario *scenario, const kura_n_minus_1_options *options,
                           kura_result **out, kura_error *err);

typedef struct {
    const char *metric, *mineral,
        *policy; /* a number of the result, a mineral or "all", a policy; NULL: usual */
    int all;     /* 1: leave nothing out */
} kura_compare_options;

/* Prints what the policies of a study change: of a result of a study (`other` NULL), or of `other` less
 * `path`, two results with the same seed and paths, from their /samples.  KURA_E_SCENARIO when they cannot be
 * compared, KURA_E_USAGE for a policy, mineral or number that is not there. */
kura_status kura_file_compare(const char *path, const char *other, const kura_compare_options *options,
                              FILE *to, kura_error *err);

/* Explains a key of the scenario language, or all of them (key NULL); the JSON Schema with `schema`. */
kura_status kura_describe(const char *key, int schema, FILE *to, kura_error *err);

/* Checks this build on this machine: no contraction, known answers of the generator and functions, every
 * instruction set present gives the same bits.  Prints one line a check; KURA_E_INTERNAL when one failed. */
kura_status kura_selfcheck(FILE *to, kura_error *err);

#ifdef __cplusplus
}
#endif
#endif
