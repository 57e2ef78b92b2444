/* When a project begins on a path [3.6]: drawn by address, so the simulation and the accounts of the path
 * agree without handing anything on. */
#ifndef KURA_SIM_PROJECT_H
#define KURA_SIM_PROJECT_H

#include "model/model.h"
#include "num/dist.h"
#include "num/math.h"
#include <math.h>

/* Steps from the beginning of the simulation; infinite when it is cancelled (high U). */
static inline double kura_project_start(const km_project *p, uint64_t path)
{
    double delay = kura_max(0, kura_dist_quantile(&p->delay, kura_stream_uniform(&p->stream, path, 0)));
    return kura_stream_uniform(&p->stream, path, 1) > 1 - p->cancellation ? INFINITY : p->start + delay;
}

#endif
