/* Totals of costs and losses, see costs.h. */
#include "io/costs.h"
#include "base/text.h"
#include "io/table.h"
#include <math.h>
#include <string.h>

static const double *doubles(const kf_group *summary, const char *name, const char *suffix)
{
    char full[96];
    snprintf(full, sizeof full, "%s%s", name, suffix);
    const kf_variable *v = kura_frame_find_var(summary, full);
    return v && v->type == KF_F64 ? v->data : NULL;
}

static void add_total(const kf_group *summary, const char *name, const char *called, kura_text *out)
{
    char cell[KURA_CELL_BYTES];
    const double *x = doubles(summary, name, ""), *se = doubles(summary, name, "_se");
    if (!x || !se) return;
    kura_format_error(*x, *se, cell);
    kura_text_printf(out, " %s %s%s", called, cell, strcmp(called, "CVaR95 of the loss") == 0 ? "." : ",");
}

/* Minerals of the headline for which something has no figure. */
static void print_unknown(const kf_group *summary, FILE *to)
{
    const kf_variable *names = kura_frame_find_var(summary, "mineral"),
                      *report = kura_frame_find_var(summary, "report");
    const double *cost = doubles(summary, "cost", ""), *loss = doubles(summary, "loss", "");
    kura_text text = {0};
    int n = 0;
    if (!names || names->type != KF_STRING || !report || report->type != KF_STRING || !cost || !loss) return;
    for (int64_t i = 0; i < kura_frame_size(summary, names); i++)
        if (strcmp(((const char *const *)report->data)[i], "headline") == 0 &&
            (isnan(cost[i]) || isnan(loss[i])))
            kura_text_printf(&text, "%s%s", n++ ? ", " : "", ((const char *const *)names->data)[i]);
    if (n) kura_text_add(&text, ": without a price there is no cost or loss; not in the totals.");
    if (n && text.data) kura_print_wrapped(text.data, to);
    kura_text_fini(&text);
}

void kura_io_print_costs(const kura_frame *frame, FILE *to)
{
    const kf_group *summary = kura_frame_find(frame, "summary");
    kura_text text = {0};
    if (!summary || !doubles(summary, "total_cost", "")) return;
    kura_text_add(&text, "All headline minerals, million USD over the horizon, discounted to its start:");
    add_total(summary, "total_cost", "cost", &text);
    add_total(summary, "total_loss", "loss", &text);
    add_total(summary, "total_price_bill", "price bill", &text);
    add_total(summary, "total_cvar95_loss", "CVaR95 of the loss", &text);
    if (text.data) kura_print_wrapped(text.data, to);
    kura_text_fini(&text);
    print_unknown(summary, to);
}
