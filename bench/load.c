/* Loading, see load.h. */
#include "load.h"
#include "base/error.h"
#include "model/read.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bench_scenario bench_load(const char *path)
{
    bench_scenario s;
    kura_diag diag = {0};
    kura_error err = {0};
    memset(&s, 0, sizeof s);
    kura_status st = kura_scenario_read(path, NULL, 0, &s.arena, &s.data, &diag, &err);
    if (!st) st = kura_model_compile(s.data, s.data->run.seed, &s.model, &diag, &err);
    if (st) {
        fprintf(stderr, "%s: %s\n", path, err.message);
        exit(st == KURA_E_NO_INPUT ? 66 : 65);
    }
    kura_diag_fini(&diag);
    return s;
}

void bench_unload(bench_scenario *scenario)
{
    kura_model_free(scenario->model);
    kura_arena_fini(&scenario->arena);
}
