/* Runs of the engine, kept in memory, and their comparison.  Nothing here fails a test: functions return
 * nonzero and say why, because the same code also runs against engines that are wrong on purpose (twins/). */
#ifndef KURA_TEST_WORLD_H
#define KURA_TEST_WORLD_H

#include "random_model.h"
#include "model/read.h"
#include "run/run.h"

typedef struct {
    kura_arena arena;
    kura_scenario_data *data;
    km_model *model;
    kura_frame *frame;
    kura_run_record record;
    int T, n; /* steps, traced paths */
} meta_world;

enum { META_WHY = 400 };
extern char meta_why[META_WHY]; /* what the last function that returned nonzero had to say */
__attribute__((format(printf, 1, 2))) int meta_say(const char *format, ...); /* returns 1 */
extern const char *meta_isa;                                                 /* NULL: the best there is */

int meta_run(meta_world *w, const char *yaml); /* `w` is zero */
int meta_run_file(meta_world *w, const char *path, const char *const *sets, size_t nsets);
void meta_drop(meta_world *w);

/* The series of one object in /paths, [step][path]; NULL when there is none. */
const double *meta_series(const meta_world *w, const char *name, const char *dim, const char *object);
/* Labels of a dimension of /paths. */
const char *const *meta_labels(const meta_world *w, const char *dim, int *n);
/* One metric of a mineral over paths in /samples. */
const double *meta_sample(const meta_world *w, const char *name, const char *mineral);
/* "m0/ore/JPN"; valid until eight more were made. */
const char *meta_name(int mineral, int form, int country);

/* The name that an object of `a` has in `b`; NULL: it is left out.  A NULL function: the same names. */
typedef const char *meta_rename(const char *variable, const char *object, const void *user);

/* Every object of `a` in /paths has in `b` the same series, masses times `scale`; to the last bit, or
 * (tolerance > 0) to within `tolerance` t, other numbers to within 1e-5. */
int meta_same_paths(const meta_world *a, const meta_world *b, double scale, double tolerance,
                    meta_rename *rename, const void *user);
/* The same for /samples, to the last bit. */
int meta_same_samples(const meta_world *a, const meta_world *b, double scale);

/* Sum over consumers of `country` (META_NONE: of all) of what was not served on path p. */
double meta_unserved(const meta_world *w, int country, int p);

/* What the models reached. */
#define META_COVERAGE(X)                                                                                     \
    X(releases)                                                                                              \
    X(bans) X(ties) X(zero_capacities) X(traders) X(several_forms) X(detours) X(tiers_at_several_forms)      \
        X(yields_below_1) X(closed_arcs) X(shortages) X(full_stores) X(second_class) X(declared_arcs)        \
            X(caps) X(outages) X(shocks) X(estimated_arcs) X(corrected_flows) X(recyclers) X(floors)         \
                X(growth) X(qualified) X(regimes) X(process_lags) X(losses_on_the_way) X(decay) X(refill)    \
                    X(by_products)
typedef struct {
#define META_FIELD(name) long name;
    META_COVERAGE(META_FIELD)
#undef META_FIELD
} meta_coverage;
void meta_cover(meta_coverage *c, const meta_world *w);

#endif
