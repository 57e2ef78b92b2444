/* What differences of runs spread by over draws of the inputs [8.9]: the figure of a draw is its mean of the
 * linear form; of a ratio the form is that of the draw's own ratio, so that its mean is the difference of the
 * two ratios of the draw. */
#include "tally/compare_internal.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = KURA_SERIES_BLOCK };

/* The ratio of the draw, paths `first` to first + unit, and 1 / mean of its denominator. */
static void measure_draw(const kura_linear *l, int mineral, uint64_t first, uint64_t unit, kura_measure *out)
{
    kura_series a = kura_member_metric(l->member, mineral, l->number->a),
                b = kura_member_metric(l->member, mineral, l->number->b);
    double rooms[2][BLOCK], x = 0, y = 0;
    const double *over = a.block(&a, first / BLOCK, rooms[0]), *under = b.block(&b, first / BLOCK, rooms[1]);
    for (uint64_t p = first % BLOCK, k = 0; k < unit; k++, p++) x += over[p], y += under[p];
    out->at = y > 0 ? x / y : 0;
    out->slope = y > 0 ? (double)unit / y : 0;
}

/* The linear form with the ratios of the draw, in `own`. */
static kura_linear of_draw(const kura_linear *l, kura_measure *own, uint64_t first, uint64_t unit)
{
    int n = l->member->nminerals;
    kura_linear out = *l;
    memcpy(own, l->each, ((size_t)n + 1) * sizeof *own);
    for (int i = 0; i < n; i++)
        if (l->mineral == i || (l->mineral == n && l->member->minerals[i].headline && isfinite(own[i].value)))
            measure_draw(l, i, first, unit, &own[i]);
    out.each = own;
    return out;
}

static void figure_of(const double *d, uint64_t n, double *x, double *noise)
{
    double sum = 0, squares = 0;
    for (uint64_t i = 0; i < n; i++) sum += d[i] - d[0];
    *x = d[0] + sum / (double)n;
    for (uint64_t i = 0; i < n; i++) squares += (d[i] - *x) * (d[i] - *x);
    *noise = squares / ((double)n * (double)(n - 1));
}

/* x and noise of every draw; `own` is room for the measures of a draw, NULL where they are those of all. */
static void figures(const kura_linear *of, const kura_linear *than, uint64_t unit, uint64_t draws, double *x,
                    double *noise, kura_measure *own)
{
    uint64_t N = of->member->paths;
    size_t n = (size_t)of->member->nminerals + 1;
    double room[BLOCK];
    for (uint64_t o = 0; o < draws; o++) {
        uint64_t first = o * unit;
        kura_linear a = own ? of_draw(of, own, first, unit) : *of,
                    b = own ? of_draw(than, own + n, first, unit) : *than;
        kura_pair_of pair = {kura_linear_series(&a), kura_linear_series(&b), 1, 1, N};
        kura_series s = kura_difference_series(&pair);
        const double *d = s.block(&s, first / BLOCK, room);
        uint64_t in_block = own ? 1 : BLOCK / unit; /* draws that this reading serves */
        for (uint64_t k = 0; k < in_block && o + k < draws; k++)
            figure_of(d + (first + k * unit) % BLOCK, unit, &x[o + k], &noise[o + k]);
        o += in_block - 1;
    }
}

kura_spread kura_spread_of_difference(const kura_linear *of, const kura_linear *than, uint64_t unit)
{
    kura_spread out = {NAN, NAN, NAN, NAN, NAN};
    kura_form form = kura_recipe_of(of->number->id)->form;
    uint64_t draws = of->member->paths / unit;
    size_t n = (size_t)of->member->nminerals + 1;
    if (form == KURA_FORM_CVAR || form == KURA_FORM_QUANTILE || draws < 2 || BLOCK % unit) return out;
    double *x = malloc(3 * (size_t)draws * sizeof *x);
    kura_measure *own = malloc(2 * n * sizeof *own);
    if (x && own) {
        figures(of, than, unit, draws, x, x + draws, form == KURA_FORM_RATIO ? own : NULL);
        out = kura_spread_of(draws, unit, x, x + draws, x + 2 * draws);
    }
    free(x);
    free(own);
    return out;
}
