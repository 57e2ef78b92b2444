/* Draws of parameters, thread by thread, see draws.h. */
#include "run/draws.h"
#include <string.h>

kura_status kura_draw_begin(kura_draw_in_hand *hand, kura_tally *tally, uint64_t path, uint64_t counted,
                            kura_error *err)
{
    uint64_t number = path / km_draw_paths(hand->nominal);
    memset(&hand->draw, 0, sizeof hand->draw);
    hand->work = NULL;
    hand->made = 1;
    KURA_TRY(km_draw_make(hand->nominal, number, &hand->draw, err));
    tally->nearer[counted / km_draw_paths(hand->nominal)] = (uint8_t)hand->draw.nearer;
    hand->work = kura_work_new(hand->draw.model);
    return hand->work ? KURA_OK : kura_error_set(err, KURA_E_MEMORY, "not enough memory for a thread");
}

void kura_draw_end(kura_draw_in_hand *hand, kura_count *counts, uint64_t *last)
{
    if (!hand->made) return;
    for (int i = 0; hand->work && i < hand->nominal->nevents; i++) {
        uint64_t sum = hand->work->counts[i].sum;
        counts[i].sum += sum;
        counts[i].squares += sum * sum;
        if (last) last[i] = sum;
    }
    kura_work_free(hand->work);
    km_draw_free(&hand->draw);
    hand->made = 0;
}
