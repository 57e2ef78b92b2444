/* Series, see series.h. */
#include "tally/series.h"

static const double *of_array(const kura_series *series, uint64_t block, double *out)
{
    (void)out;
    return (const double *)series->user + block * KURA_SERIES_BLOCK;
}

kura_series kura_series_of(const double *x) { return (kura_series){.user = x, .block = of_array}; }

double kura_series_at(const kura_series *series, uint64_t i)
{
    double room[KURA_SERIES_BLOCK];
    return series->block(series, i / KURA_SERIES_BLOCK, room)[i % KURA_SERIES_BLOCK];
}
