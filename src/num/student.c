/* Student's t and tabulated chi-square quantiles, see student.h. */
#include "num/student.h"
#include "num/math.h"
#include "num/normal.h"
#include "num/special.h"

#define TABLE_Z 8.5
#define TABLE_CELLS 544
#define TABLE_STEP (2.0 * TABLE_Z / TABLE_CELLS) /* 1/32 */
#define INV_ROOT_2PI 0x1.9884533d43651p-2

double kura_student_tail(double nu, double t)
{
    double p, q, s = nu + t * t;
    kura_beta_pq(0.5 * nu, 0.5, nu / s, t * t / s, &p, &q);
    return 0.5 * p;
}

/* Density at t, from x^(nu/2) y^(1/2) / B with x = nu/(nu+t^2): dP(T > t)/dt = - that / t. */
static double density(double nu, double t)
{
    double s = nu + t * t;
    return kura_beta_weight(0.5 * nu, 0.5, nu / s, t * t / s) / t;
}

/* Newton's method on the logarithm of the tail, kept inside a bracket. */
double kura_student_quantile(double nu, double p)
{
    double tail = p < 0.5 ? p : 1 - p, lo = 0, hi = 1;
    if (tail == 0.5) return 0;
    while (kura_student_tail(nu, hi) > tail) hi *= 2;
    double t = 0.5 * hi, ln = kura_log(tail);
    for (int i = 0; i < 200; i++) {
        double now = kura_student_tail(nu, t), error = kura_log(now) - ln;
        if (error > 0)
            lo = t;
        else
            hi = t;
        double next = t + error * now / density(nu, t);
        if (!(next > lo && next < hi)) next = 0.5 * (lo + hi);
        double move = fabs(next - t);
        t = next;
        if (move <= 1e-15 * t) break;
    }
    return p < 0.5 ? -t : t;
}

/* y = ln x with P(x) = Phi(z), and its first two derivatives by z in steps of the table; `start` is near y.
 * With g = phi(z)/(x f(x)): y' = g, y'' = -g (z + (nu/2 - x/2) g). */
static void node(double nu, double z, double start, double *out)
{
    double k = 0.5 * nu, ln_gamma = kura_lgamma(k), y = start, want = kura_log(kura_norm_cdf(-fabs(z)));
    for (int i = 0; i < 100; i++) {
        double h = 0.5 * kura_exp(y), p, q;
        kura_gamma_pq(k, h, &p, &q);
        double mine = z < 0 ? p : q, density = kura_exp(k * kura_log(h) - h - ln_gamma); /* x f(x) */
        double move = (kura_log(mine) - want) * mine / density;
        if (fabs(move) > 1) move = move > 0 ? 1 : -1;
        y += z < 0 ? -move : move;
        if (fabs(move) <= 1e-15 * (1 + fabs(y))) break;
    }
    double x = kura_exp(y), h = 0.5 * x;
    double g = kura_exp(-0.5 * z * z) * INV_ROOT_2PI / kura_exp(k * kura_log(h) - h - ln_gamma);
    out[0] = y;
    out[1] = g * TABLE_STEP;
    out[2] = -g * (z + (k - h) * g) * (TABLE_STEP * TABLE_STEP);
}

int kura_chi2_init(kura_chi2 *c, kura_arena *arena, double nu)
{
    double *nodes = KURA_NEW(arena, double, 3 * (TABLE_CELLS + 1));
    if (!nodes) return -1;
    int middle = TABLE_CELLS / 2;
    node(nu, 0, kura_log(nu), nodes + 3 * middle);
    for (int side = -1; side <= 1; side += 2)
        for (int i = 1; i <= middle; i++) {
            const double *last = nodes + 3 * (middle + side * (i - 1));
            node(nu, side * i * TABLE_STEP, last[0] + side * last[1], nodes + 3 * (middle + side * i));
        }
    c->nodes = nodes;
    return 0;
}

double kura_chi2_quantile(const kura_chi2 *c, double u)
{
    double z = kura_norm_inv(u),
           x = (kura_min(kura_max(z, -TABLE_Z), TABLE_Z) + TABLE_Z) * (1.0 / TABLE_STEP);
    int i = (int)kura_min(x, TABLE_CELLS - 1);
    const double *n = c->nodes + 3 * i;
    double t = x - i, d = n[3] - n[0];
    /* Hermite's polynomial: n0 + n1 t + n2/2 t^2 + t^3 (a + b (t-1) + e (t-1)^2) */
    double a = d - n[1] - 0.5 * n[2];               /* value at 1 */
    double b = n[4] - n[1] - n[2] - 3 * a;          /* slope at 1 */
    double e = 0.5 * (n[5] - n[2] - 6 * a - 6 * b); /* curvature at 1 */
    double s = t - 1;
    return kura_exp(n[0] + t * (n[1] + t * (0.5 * n[2] + t * (a + s * (b + s * e)))));
}
