/* Draws of parameters, thread by thread, see draws.h. */
#include "run/draws.h"
#include <string.h>

kura_status kura_draws_fit(const km_model *model, uint64_t paths, kura_error *err)
{
    uint64_t of = km_draw_paths(model);
    if (of == 1 || (paths % of == 0 && paths >= 2 * of)) return KURA_OK;
    return kura_error_set(err, KURA_E_USAGE,
                          "%llu paths are no whole number of draws of what is not known: give a multiple of "
                          "ignorance.inner (%llu), at least %llu; or ignorance.draw=false",
                          (unsigned long long)paths, (unsigned long long)of, (unsigned long long)(2 * of));
}

kura_status kura_draw_begin(kura_draw_in_hand *hand, kura_tally *tally, uint64_t path, kura_error *err)
{
    uint64_t number = path / km_draw_paths(hand->nominal);
    memset(&hand->draw, 0, sizeof hand->draw);
    hand->work = NULL;
    hand->made = 1;
    KURA_TRY(km_draw_make(hand->nominal, number, &hand->draw, err));
    tally->nearer[number] = (uint8_t)hand->draw.nearer;
    hand->work = kura_work_new(hand->draw.model);
    return hand->work ? KURA_OK : kura_error_set(err, KURA_E_MEMORY, "not enough memory for a thread");
}

void kura_draw_end(kura_draw_in_hand *hand, kura_count *counts)
{
    if (!hand->made) return;
    for (int i = 0; hand->work && counts && i < hand->nominal->nevents; i++) {
        uint64_t sum = hand->work->counts[i].sum;
        counts[i].sum += sum;
        counts[i].squares += sum * sum;
    }
    kura_work_free(hand->work);
    km_draw_free(&hand->draw);
    hand->made = 0;
}
