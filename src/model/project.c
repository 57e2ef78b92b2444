/* When a project starts on a path [3.6]. */
#include "model/model.h"
#include "num/math.h"
#include <math.h>

double km_project_start(const km_project *p, uint64_t path)
{
    double start = p->start;
    if (p->given) {
        double delay = kura_max(0, kura_dist_quantile(&p->delay, kura_stream_uniform(&p->stream, path, 0)));
        start = kura_stream_uniform(&p->stream, path, 1) > 1 - p->cancellation ? INFINITY : p->start + delay;
    }
    for (int i = 0; i < p->nneeds; i++) start = kura_max(start, km_project_start(p->needs[i], path));
    return start;
}
