/* Availability, see availability.h. */
#include "exact/availability.h"
#include <math.h>
#include <stdlib.h>

/* ---- two states ---- */

double exact_two_states(double mttf, double mttr) { return mttf / (mttf + mttr); }

double exact_two_states_at(double mttf, double mttr, double t)
{
    double A = exact_two_states(mttf, mttr);
    return A + (1 - A) * exp(-(1 / mttf + 1 / mttr) * t);
}

/* (2/T^2) integral of (T - u) A (1 - A) exp(-s u). */
double exact_two_states_var_average(double mttf, double mttr, double T)
{
    double A = exact_two_states(mttf, mttr), s = 1 / mttf + 1 / mttr, x = s * T;
    return A * (1 - A) * 2 * (x + expm1(-x)) / (x * x);
}

double exact_two_states_failures(double mttf, double mttr, double T) { return T / (mttf + mttr); }

double exact_two_states_var_count(double mttf, double mttr, int T)
{
    double A = exact_two_states(mttf, mttr), s = 1 / mttf + 1 / mttr, sum = T;
    for (int h = 1; h < T; h++) sum += 2 * (T - h) * exp(-s * h);
    return A * (1 - A) * sum;
}

void exact_two_states_count(double mttf, double mttr, int T, double *probability)
{
    double A = exact_two_states(mttf, mttr), keep = exp(-(1 / mttf + 1 / mttr));
    double *up = calloc((size_t)T + 2, sizeof *up), *down = calloc((size_t)T + 2, sizeof *down);
    up[0] = A, down[1] = 1 - A; /* by the number of times down so far, this one included */
    for (int t = 1; t < T; t++)
        for (int k = t + 1; k >= 0; k--) {
            double to_up = up[k] * (A + (1 - A) * keep) + down[k] * A * (1 - keep);
            double from_up = k ? up[k - 1] * (1 - A) * (1 - keep) : 0;
            double from_down = k ? down[k - 1] * (1 - A + A * keep) : 0;
            up[k] = to_up;
            down[k] = from_up + from_down;
        }
    for (int k = 0; k <= T; k++) probability[k] = up[k] + down[k];
    free(up);
    free(down);
}

/* ---- alternating renewal ---- */

double exact_renewal_availability(const exact_renewal *r)
{
    double up = exact_law_mean(&r->up);
    return up / (up + exact_law_mean(&r->down));
}

double exact_renewal_cycles(const exact_renewal *r)
{
    return 1 / (exact_law_mean(&r->up) + exact_law_mean(&r->down));
}

/* For cell j of a grid of width h: integral of f(t - s) dF(s) = near f_(n-j) + far f_(n-j-1), f linear. */
typedef struct {
    double *near, *far;
} cells;

typedef double partial_moment(const exact_law *law, int k, double x);

static cells cells_of(const exact_law *law, partial_moment *partial, double h, int n)
{
    cells c = {malloc((size_t)n * sizeof(double)), malloc((size_t)n * sizeof(double))};
    double F = partial(law, 0, 0), M = partial(law, 1, 0);
    for (int j = 0; j < n; j++) {
        double nextF = partial(law, 0, (j + 1) * h), nextM = partial(law, 1, (j + 1) * h);
        double mass = nextF - F, offset = (nextM - M) / h - j * mass;
        c.near[j] = mass - offset;
        c.far[j] = offset;
        F = nextF, M = nextM;
    }
    return c;
}

static void free_cells(cells *c)
{
    free(c->near);
    free(c->far);
}

/* Integral over the cells that lie wholly in the past of f_n, that is without the unknown f_n itself. */
static double past(const cells *c, const double *f, int n)
{
    double sum = 0;
    for (int j = 0; j < n; j++) sum += c->far[j] * f[n - j - 1];
    for (int j = 1; j < n; j++) sum += c->near[j] * f[n - j];
    return sum;
}

static double convolve(const cells *c, const double *f, int n)
{
    return n ? past(c, f, n) + c->near[0] * f[n] : 0;
}

/* U_n = g_n + (D * F_up)_n, D_n = (U * F_down)_n. */
typedef struct {
    int n;
    double h, *U, *D;
    cells up, down;
} solution;

typedef enum { STATE, FAILURES } what;

static solution solve(const exact_renewal *r, double t, int n, what of)
{
    solution s = {
        n,   t / n, malloc(((size_t)n + 1) * sizeof(double)), malloc(((size_t)n + 1) * sizeof(double)),
        {0}, {0}};
    s.up = cells_of(&r->up, exact_law_partial, s.h, n);
    s.down = cells_of(&r->down, exact_law_partial, s.h, n);
    for (int i = 0; i <= n; i++) {
        double F = exact_law_cdf(&r->up, i * s.h), g = of == STATE ? 1 - F : F;
        double a = i ? s.up.near[0] : 0, b = i ? s.down.near[0] : 0;
        double U0 = g + (i ? past(&s.up, s.D, i) : 0), D0 = i ? past(&s.down, s.U, i) : 0;
        s.U[i] = (U0 + a * D0) / (1 - a * b);
        s.D[i] = D0 + b * s.U[i];
    }
    return s;
}

static void free_solution(solution *s)
{
    free(s->U);
    free(s->D);
    free_cells(&s->up);
    free_cells(&s->down);
}

/* From the equilibrium residual of an up time, or of a down time. */
static void from_residual(const exact_renewal *r, const solution *s, what of, double *up, double *down)
{
    cells cu = cells_of(&r->up, exact_residual_partial, s->h, s->n),
          cd = cells_of(&r->down, exact_residual_partial, s->h, s->n);
    for (int i = 0; i <= s->n; i++) {
        double F = exact_residual_partial(&r->up, 0, i * s->h);
        up[i] = (of == STATE ? 1 - F : F) + convolve(&cu, s->D, i);
        down[i] = convolve(&cd, s->U, i);
    }
    free_cells(&cu);
    free_cells(&cd);
}

typedef enum { AT, BOTH, AVERAGE } question;

static double answer(const exact_renewal *r, exact_start start, double t, int n, what of, question q)
{
    solution s = solve(r, t, n, of);
    double A = exact_renewal_availability(r), result = s.U[n];
    if (start == EXACT_STATIONARY) {
        double *up = malloc(((size_t)n + 1) * sizeof *up), *down = malloc(((size_t)n + 1) * sizeof *down);
        from_residual(r, &s, of, up, down);
        if (q == AT) result = A * up[n] + (1 - A) * down[n];
        if (q == BOTH) result = A * up[n];
        if (q == AVERAGE) { /* (2/T^2) integral of (T - u) cov(u), cov = A (1 - A) (up - down), by trapezia */
            result = 0;
            for (int i = 0; i < n; i++) result += (i ? 1 : 0.5) * (1 - (double)i / n) * (up[i] - down[i]);
            result *= A * (1 - A) * 2 / n;
        }
        free(up);
        free(down);
    }
    free_solution(&s);
    return result;
}

/* Errors fall with the square of the grid: two extrapolations, whose distance is the error stated. */
static exact_value extrapolate(const exact_renewal *r, exact_start start, double t, what of, question q)
{
    if (t <= 0) return (exact_value){answer(r, start, 1e-9, 1, of, q), 0};
    double shortest = fmin(exact_law_mean(&r->up), exact_law_mean(&r->down));
    int n = (int)fmin(2048, fmax(256, ceil(64 * t / shortest)));
    double a = answer(r, start, t, n, of, q), b = answer(r, start, t, 2 * n, of, q),
           c = answer(r, start, t, 4 * n, of, q);
    double coarse = b + (b - a) / 3, fine = c + (c - b) / 3;
    return (exact_value){fine, fabs(fine - coarse)};
}

exact_value exact_renewal_at(const exact_renewal *r, exact_start start, double t)
{
    return extrapolate(r, start, t, STATE, AT);
}
exact_value exact_renewal_failures(const exact_renewal *r, exact_start start, double t)
{
    return extrapolate(r, start, t, FAILURES, AT);
}
exact_value exact_renewal_both_up(const exact_renewal *r, double t)
{
    return extrapolate(r, EXACT_STATIONARY, t, STATE, BOTH);
}
exact_value exact_renewal_var_average(const exact_renewal *r, double T)
{
    return extrapolate(r, EXACT_STATIONARY, T, STATE, AVERAGE);
}
