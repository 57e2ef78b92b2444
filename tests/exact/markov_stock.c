#include "markov_stock.h"
#include "matrix.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int least(int a, int b) { return a < b ? a : b; }

/* The law of (state, cell) before the first step: all in `cell`. */
static double *opening_law(const exact_stock *s, int width, int cell)
{
    double *law = exact_array((size_t)s->states * (size_t)width);
    for (int r = 0; r < s->states; r++) law[(size_t)r * (size_t)width + (size_t)cell] = s->start[r];
    return law;
}

static double total(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i];
    return sum;
}

/* ---- the stock over its horizon ---- */

/* One step of the stock in the law `from` of (state, was short, stock), after the chain has moved. */
static void settle(const exact_stock *s, const double *from, double *to, exact_stock_figures *out)
{
    int K = s->store;
    memset(to, 0, (size_t)s->states * 2 * (size_t)(K + 1) * sizeof *to);
    for (int r = 0; r < s->states; r++)
        for (int was = 0; was < 2; was++)
            for (int S = 0; S <= K; S++) {
                double p = from[(r * 2 + was) * (K + 1) + S];
                int v = S + s->balance[r], is_short = v < 0;
                if (p == 0) continue;
                to[(r * 2 + is_short) * (K + 1) + (is_short ? 0 : least(v, K))] += p;
                if (!is_short) continue;
                out->short_steps += p;
                out->unserved += -v * p;
                out->events += was ? 0 : p;
            }
}

/* Paths without a shortage so far: law of (state, stock), moved and settled by one step with transitions P.
 */
static void survive(const exact_stock *s, const double *P, double *law, double *moved)
{
    int K = s->store;
    exact_move(s->states, K + 1, P, law, moved);
    memset(law, 0, (size_t)s->states * (size_t)(K + 1) * sizeof *law);
    for (int r = 0; r < s->states; r++)
        for (int S = 0; S <= K; S++) {
            int v = S + s->balance[r];
            if (v >= 0) law[r * (K + 1) + least(v, K)] += moved[r * (K + 1) + S];
        }
}

/* Total of the law of the paths without a shortage; `first` gets the sum over the steps, unless NULL. */
static double survival(const exact_stock *s, const double *P, double *first)
{
    size_t n = (size_t)s->states * (size_t)(s->store + 1);
    double *law = opening_law(s, s->store + 1, s->opening), *moved = exact_array(n), sum = 0;
    for (int t = 0; t < s->steps; t++) {
        survive(s, P, law, moved);
        if (first) sum += total(law, n);
    }
    double left = total(law, n);
    if (first) *first = sum;
    free(law), free(moved);
    return left;
}

void exact_stock_horizon(const exact_stock *s, exact_stock_figures *out)
{
    int K = s->store, width = 2 * (K + 1);
    size_t n = (size_t)s->states * (size_t)width;
    double *law = opening_law(s, width, s->opening), *moved = exact_array(n);
    memset(out, 0, sizeof *out);
    for (int t = 0; t < s->steps; t++) {
        exact_move(s->states, width, s->transition, law, moved);
        settle(s, moved, law, out);
    }
    for (size_t i = 0; i < n; i++) out->end += law[i] * (double)(i % (size_t)(K + 1));
    out->any = 1 - survival(s, s->transition, &out->first);
    free(law), free(moved);
}

double exact_stock_long_shortage(const exact_stock *s, double depth, int length)
{
    int K = s->store, width = length * (K + 1); /* (deep steps in a row so far, stock) */
    size_t n = (size_t)s->states * (size_t)width;
    double *law = opening_law(s, width, s->opening), *moved = exact_array(n), hit = 0;
    for (int t = 0; t < s->steps; t++) {
        exact_move(s->states, width, s->transition, law, moved);
        memset(law, 0, n * sizeof *law);
        for (size_t i = 0; i < n; i++) {
            int r = (int)(i / (size_t)width), run = (int)(i % (size_t)width) / (K + 1),
                S = (int)(i % (size_t)(K + 1));
            int v = S + s->balance[r], next = -v > depth ? run + 1 : 0;
            if (next == length)
                hit += moved[i];
            else
                law[r * width + next * (K + 1) + (v < 0 ? 0 : least(v, K))] += moved[i];
        }
    }
    free(law), free(moved);
    return hit;
}

/* ---- without end ---- */

double exact_stock_first_passage(const exact_stock *s)
{
    int K = s->store, n = s->states * (K + 1);
    double *A = exact_array((size_t)n * (size_t)n), *m = exact_array((size_t)n), mean = 0;
    for (int r = 0; r < s->states; r++) /* m = 1 + (moves that leave no shortage) m */
        for (int S = 0; S <= K; S++) {
            size_t row = (size_t)(r * (K + 1) + S);
            m[row] = 1;
            A[row * (size_t)n + row] += 1;
            for (int q = 0; q < s->states; q++) {
                int v = S + s->balance[q];
                if (v >= 0)
                    A[row * (size_t)n + (size_t)(q * (K + 1) + least(v, K))] -=
                        s->transition[r * s->states + q];
            }
        }
    if (exact_solve(n, A, m)) abort();
    for (int r = 0; r < s->states; r++) mean += s->start[r] * m[r * (K + 1) + s->opening];
    free(A), free(m);
    return mean;
}

void exact_stock_stationary(const exact_stock *s, double *probability, double *unserved)
{
    int K = s->store, n = s->states * (K + 1);
    double *P = exact_array((size_t)n * (size_t)n), *pi = exact_array((size_t)n);
    for (int r = 0; r < s->states; r++)
        for (int S = 0; S <= K; S++)
            for (int q = 0; q < s->states; q++) {
                int v = S + s->balance[q], to = v < 0 ? 0 : least(v, K);
                P[(size_t)(r * (K + 1) + S) * (size_t)n + (size_t)(q * (K + 1) + to)] +=
                    s->transition[r * s->states + q];
            }
    exact_stationary_chain(n, P, pi);
    *probability = *unserved = 0;
    for (int r = 0; r < s->states; r++)
        for (int S = 0; S <= K; S++)
            for (int q = 0; q < s->states; q++) {
                double p = pi[r * (K + 1) + S] * s->transition[r * s->states + q];
                int v = S + s->balance[q];
                if (v >= 0) continue;
                *probability += p;
                *unserved += -v * p;
            }
    free(P), free(pi);
}

int exact_stock_required_store(const exact_stock *s, double q, int most)
{
    int lo = -1, hi = most + 1; /* P(no shortage) rises with the store */
    while (hi - lo > 1) {
        int K = (lo + hi) / 2;
        exact_stock full = *s;
        full.store = full.opening = K;
        if (survival(&full, s->transition, NULL) >= q)
            hi = K;
        else
            lo = K;
    }
    return hi > most ? -1 : hi;
}

/* ---- with a reserve ---- */

double exact_stock_need(const exact_stock *s, int cap, int most, double *law)
{
    int K = s->store, width = (most + 1) * (K + 1); /* (given so far, stock) */
    size_t n = (size_t)s->states * (size_t)width;
    double *now = opening_law(s, width, s->opening), *moved = exact_array(n), beyond = 0;
    for (int t = 0; t < s->steps; t++) {
        exact_move(s->states, width, s->transition, now, moved);
        memset(now, 0, n * sizeof *now);
        for (size_t i = 0; i < n; i++) {
            int r = (int)(i / (size_t)width), M = (int)(i % (size_t)width) / (K + 1),
                S = (int)(i % (size_t)(K + 1));
            int v = S + s->balance[r], need = v < 0 ? -v : 0;
            if (moved[i] == 0) continue;
            if (cap >= 0 && need > cap)
                beyond += moved[i];
            else
                now[(size_t)r * (size_t)width +
                    (size_t)(least(M + need, most) * (K + 1) + (v < 0 ? 0 : least(v, K)))] += moved[i];
        }
    }
    memset(law, 0, (size_t)(most + 1) * sizeof *law);
    for (size_t i = 0; i < n; i++) law[i % (size_t)width / (size_t)(K + 1)] += now[i];
    free(now), free(moved);
    return beyond;
}

/* One step of stock and reserve; `only`: paths with a shortage leave the law. */
static void settle_reserved(const exact_stock *s, int amount, int cap, const double *from, double *to,
                            int only, exact_stock_figures *out)
{
    int K = s->store, width = (amount + 1) * (K + 1);
    size_t n = (size_t)s->states * (size_t)width;
    memset(to, 0, n * sizeof *to);
    for (size_t i = 0; i < n; i++) {
        int r = (int)(i / (size_t)width), N = (int)(i % (size_t)width) / (K + 1),
            S = (int)(i % (size_t)(K + 1));
        int v = S + s->balance[r], need = v < 0 ? -v : 0, given = least(need, least(cap, N));
        if (from[i] == 0 || (only && need > given)) continue;
        to[(size_t)r * (size_t)width + (size_t)((N - given) * (K + 1) + (v < 0 ? 0 : least(v, K)))] +=
            from[i];
        if (need == given) continue;
        out->short_steps += from[i];
        out->unserved += (need - given) * from[i];
    }
}

void exact_stock_reserved(const exact_stock *s, int amount, int cap, exact_stock_figures *out)
{
    int width = (amount + 1) * (s->store + 1), cell = amount * (s->store + 1) + s->opening;
    size_t n = (size_t)s->states * (size_t)width;
    double *law = opening_law(s, width, cell), *alive = opening_law(s, width, cell), *moved = exact_array(n);
    memset(out, 0, sizeof *out);
    for (int t = 0; t < s->steps; t++) {
        exact_move(s->states, width, s->transition, law, moved);
        settle_reserved(s, amount, cap, moved, law, 0, out);
        exact_move(s->states, width, s->transition, alive, moved);
        settle_reserved(s, amount, cap, moved, alive, 1, out);
        out->first += total(alive, n);
    }
    out->any = 1 - total(alive, n);
    free(law), free(alive), free(moved);
}

/* ---- two stocks, other weights ---- */

void exact_stock_joint(const exact_stock *a, const exact_stock *b, exact_stock_pair *out)
{
    int A = a->store + 1, B = b->store + 1, width = A * B;
    size_t n = (size_t)a->states * (size_t)width;
    double *law = opening_law(a, width, a->opening * B + b->opening), *moved = exact_array(n);
    memset(out, 0, sizeof *out);
    for (int t = 0; t < a->steps; t++) {
        exact_move(a->states, width, a->transition, law, moved);
        memset(law, 0, n * sizeof *law);
        for (size_t i = 0; i < n; i++) {
            int r = (int)(i / (size_t)width), cell = (int)(i % (size_t)width);
            int v = cell / B + a->balance[r], w = cell % B + b->balance[r];
            law[(size_t)r * (size_t)width +
                (size_t)((v < 0 ? 0 : least(v, A - 1)) * B + (w < 0 ? 0 : least(w, B - 1)))] += moved[i];
            if (v < 0 && w < 0)
                out->both += moved[i];
            else if (v < 0)
                out->only_first += moved[i];
            else if (w < 0)
                out->only_second += moved[i];
        }
    }
    free(law), free(moved);
}

void exact_stock_tilted(const exact_stock *s, const double *other, exact_stock_weights *out)
{
    int n = s->states;
    double *kernel = exact_array((size_t)(n * n)); /* the second moment of a step's weight, p^2 / q */
    for (int i = 0; i < n * n; i++)
        kernel[i] = other[i] > 0 ? s->transition[i] * s->transition[i] / other[i] : 0;
    double *all = opening_law(s, 1, 0), *moved = exact_array((size_t)n);
    for (int t = 0; t < s->steps; t++) {
        exact_move(n, 1, kernel, all, moved);
        memcpy(all, moved, (size_t)n * sizeof *all);
    }
    out->event = 1 - survival(s, s->transition, NULL);
    out->other_event = 1 - survival(s, other, NULL);
    out->weight2 = total(all, (size_t)n);
    out->event2 = out->weight2 - survival(s, kernel, NULL);
    out->variance_ratio = out->event * (1 - out->event) / (out->event2 - out->event * out->event);
    free(kernel), free(all), free(moved);
}
