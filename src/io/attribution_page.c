/* The page of /attribution: the first causes of every mineral that is short, in per cent of what is not
 * served [8.10]. */
#include "io/attribution_page.h"
#include "base/error.h"
#include "io/table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 4, LINE = 512 };

typedef struct {
    int64_t minerals, classes, places, rows, *order;
    const char *const *mineral, *const *class, *const *place;
    const double *share, *se; /* [mineral][class][place] */
} page;

static const void *data_of(const kf_group *g, const char *name, kf_type type, int64_t size)
{
    const kf_variable *v = kura_frame_find_var(g, name);
    return v && v->type == type && kura_frame_size(g, v) == size ? v->data : NULL;
}

static int read_page(const kf_group *g, page *p)
{
    p->minerals = kura_frame_dim_size(g, "mineral");
    p->classes = kura_frame_dim_size(g, "class");
    p->places = kura_frame_dim_size(g, "place");
    if (p->minerals < 0 || p->classes < 0 || p->places < 0) return 0;
    int64_t cells = p->minerals * p->classes * p->places;
    p->mineral = data_of(g, "mineral", KF_STRING, p->minerals);
    p->class = data_of(g, "class", KF_STRING, p->classes);
    p->place = data_of(g, "place", KF_STRING, p->places);
    p->share = data_of(g, "share_by_cause", KF_F64, cells);
    p->se = data_of(g, "share_by_cause_se", KF_F64, cells);
    return p->mineral && p->class && p->place && p->share && p->se;
}

static int is_short(const page *p, int64_t mineral)
{
    double sum = 0;
    for (int64_t i = 0; i < p->classes * p->places; i++)
        sum += p->share[mineral * p->classes * p->places + i];
    return sum > 0;
}

/* "restriction CHN 62±3 %, outage AUS 20±2 %": the largest, down to 1 %. */
static const char *causes(const page *p, int64_t mineral, char *buffer)
{
    int64_t cells = p->classes * p->places, begin = mineral * cells, told[SHOWN];
    size_t at = 0;
    buffer[0] = 0;
    for (int n = 0; n < SHOWN; n++) {
        int64_t best = -1;
        for (int64_t i = 0; i < cells; i++) {
            int seen = 0;
            for (int k = 0; k < n; k++) seen |= told[k] == i;
            if (!seen && (best < 0 || p->share[begin + i] > p->share[begin + best])) best = i;
        }
        if (best < 0 || p->share[begin + best] < 0.01) break;
        told[n] = best;
        const char *class = p->class[best / p->places], *place = p->place[best % p->places];
        int none = strcmp(place, "none") == 0;
        char se[16] = "";
        if (!isnan(p->se[begin + best])) snprintf(se, sizeof se, "±%.0f", 100 * p->se[begin + best]);
        at += (size_t)snprintf(buffer + at, LINE - at, "%s%.20s%s%.20s %.0f%s %%", n ? ", " : "", class,
                               none ? "" : " ", none ? "" : place, 100 * p->share[begin + best], se);
    }
    return buffer;
}

kura_status kura_io_attribution(const kura_frame *frame, FILE *to, kura_error *err)
{
    const kf_group *g = kura_frame_find(frame, "attribution");
    page p;
    char line[LINE];
    memset(&p, 0, sizeof p);
    if (!g || !read_page(g, &p)) return kura_error_set(err, KURA_E_SCENARIO, "the result has no attribution");
    fprintf(to, "What is not served, by cause (share of expected_unserved ± its standard error):\n\n");
    for (int64_t i = 0; i < p.minerals; i++)
        if (is_short(&p, i)) fprintf(to, "%-14s %s\n", p.mineral[i], causes(&p, i, line));
    putc('\n', to);
    kura_print_wrapped(
        "Losses of supply along the chain of the focus country, weighted by the share of its "
        "base supply that passes them and smoothed over its stocks and ways, share what is not "
        "served in proportion to ln of what is left. Shares are blame, not what would be saved "
        "without the cause.",
        to);
    return ferror(to) ? kura_error_set(err, KURA_E_IO, "cannot write the table") : KURA_OK;
}
