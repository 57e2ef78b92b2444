/* kura_bench_count SCENARIO: how many uniform numbers, normals, exp and log one path costs, counted on the
 * first bundle.  Its kernels, and the distributions that they call, are compiled from the same files with
 * count.h in front. */
#include "count.h"
#include "load.h"
#include "sim/work.h"
#include <stdio.h>

unsigned long long bench_calls[CALLS];
kura_bundle_fn kura_bundle_counted;

static void nothing(void *user, const kura_view *view) { (void)user, (void)view; }

int main(int argc, char **argv)
{
    static const char *const names[CALLS] = {"draws_lane", "draws_single", "normal", "sincos", "exp", "log"};
    if (argc != 2) {
        fprintf(stderr, "kura_bench_count SCENARIO\n");
        return 64;
    }
    bench_scenario s = bench_load(argv[1]);
    kura_observer observer = {NULL, nothing, nothing};
    kura_work *work = kura_work_new(s.model);
    if (!work) return 71;
    work->paths = KURA_LANES;
    for (int i = 0; i < CALLS; i++) bench_calls[i] = 0; /* compiling the model draws nothing, but takes exp */
    if (kura_bundle_counted(s.model, work, 0, &observer)) {
        fprintf(stderr, "%s\n", work->error.message);
        return 70;
    }
    printf("{\"what\": \"count\", \"scenario\": \"%s\"", argv[1]);
    for (int i = 0; i < CALLS; i++) printf(", \"%s\": %.3f", names[i], (double)bench_calls[i] / KURA_LANES);
    printf("}\n");
    kura_work_free(work);
    bench_unload(&s);
    return 0;
}
