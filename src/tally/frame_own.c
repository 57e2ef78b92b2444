/* A frame that owns what it holds: its strings, so that a result may outlive the scenario it came from, and
 * the numbers of its sources. */
#include "tally/frame.h"

void kura_frame_own_strings(kura_frame *frame)
{
    for (int g = 0; g < frame->ngroups; g++) {
        kf_group *group = &frame->groups[g];
        for (int v = 0; v < group->nvariables; v++) {
            kf_variable *var = &group->variables[v];
            if (var->type != KF_STRING) continue;
            int64_t n = kura_frame_size(group, var);
            const char *const *from = var->data;
            const char **to = KURA_NEW(&frame->arena, const char *, n > 0 ? (size_t)n : 0);
            if (!to) return;
            for (int64_t i = 0; i < n; i++) to[i] = kura_arena_strdup(&frame->arena, from[i] ? from[i] : "");
            var->data = to;
        }
    }
}

static int load(kura_frame *frame, const kf_group *group, kf_variable *var)
{
    int64_t n = kura_frame_size(group, var), row = 1;
    double *x = n < 0 ? NULL : KURA_NEW(&frame->arena, double, (size_t)n);
    if (!x) return -1;
    if (var->ndims) row = kura_frame_dim_size(group, var->dims[var->ndims - 1]);
    for (int64_t i = 0; i < n; i += row) {
        int why = var->source->read(var->source, i, row, x + i);
        if (why) return why;
    }
    var->data = x;
    var->source = NULL;
    return 0;
}

int kura_frame_load(kura_frame *frame)
{
    for (int g = 0; g < frame->ngroups; g++)
        for (int v = 0; v < frame->groups[g].nvariables; v++) {
            kf_variable *var = &frame->groups[g].variables[v];
            int why = var->source && !var->source->read_chunk ? load(frame, &frame->groups[g], var) : 0;
            if (why) return why;
        }
    return 0;
}
