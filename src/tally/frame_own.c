/* A frame that owns its strings, so that a result may outlive the scenario it came from. */
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
