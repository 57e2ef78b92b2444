/* A scenario file, compiled for its own seed. */
#ifndef KURA_BENCH_LOAD_H
#define KURA_BENCH_LOAD_H

#include "model/model.h"

typedef struct {
    kura_arena arena;
    kura_scenario_data *data;
    km_model *model;
} bench_scenario;

/* Ends the program with the messages of the reader when the scenario cannot be used. */
bench_scenario bench_load(const char *path);
void bench_unload(bench_scenario *scenario);

#endif
