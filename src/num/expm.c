/* Matrix exponential and stationary law, see expm.h. */
#include "num/expm.h"
#include "num/math.h"

#define N KURA_EXPM_MAX
#define PADE_DEGREE 8 /* for norms up to 1/2 the truncation is below 1e-21 */

typedef struct {
    double v[N][N];
} matrix;

static matrix product(int n, const matrix *a, const matrix *b)
{
    matrix c = {{{0}}};
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++)
            for (int j = 0; j < n; j++) c.v[i][j] += a->v[i][k] * b->v[k][j];
    return c;
}

static double norm(int n, const matrix *a)
{
    double largest = 0.0;
    for (int i = 0; i < n; i++) {
        double sum = 0.0;
        for (int j = 0; j < n; j++) sum += fabs(a->v[i][j]);
        largest = kura_max(sum, largest);
    }
    return largest;
}

/* b := a^-1 b by elimination with partial pivoting; a is used up. */
static void solve(int n, matrix *a, matrix *b)
{
    for (int k = 0; k < n; k++) {
        int p = k;
        for (int i = k + 1; i < n; i++)
            if (fabs(a->v[i][k]) > fabs(a->v[p][k])) p = i;
        for (int j = 0; j < n; j++) {
            double t = a->v[k][j], s = b->v[k][j];
            a->v[k][j] = a->v[p][j];
            a->v[p][j] = t;
            b->v[k][j] = b->v[p][j];
            b->v[p][j] = s;
        }
        for (int i = k + 1; i < n; i++) {
            double f = a->v[i][k] / a->v[k][k];
            for (int j = k; j < n; j++) a->v[i][j] -= f * a->v[k][j];
            for (int j = 0; j < n; j++) b->v[i][j] -= f * b->v[k][j];
        }
    }
    for (int i = n - 1; i >= 0; i--)
        for (int j = 0; j < n; j++) {
            double s = b->v[i][j];
            for (int k = i + 1; k < n; k++) s -= a->v[i][k] * b->v[k][j];
            b->v[i][j] = s / a->v[i][i];
        }
}

void kura_expm(int n, const double *a, double *out)
{
    matrix x = {{{0}}}, power = {{{0}}}, over = {{{0}}}, under = {{{0}}};
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) x.v[i][j] = a[i * n + j];
    int squarings = 0;
    double scale = 1.0;
    for (double size = norm(n, &x); size * scale > 0.5 && squarings < 1024; squarings++) scale *= 0.5;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) x.v[i][j] *= scale;
    for (int i = 0; i < n; i++) power.v[i][i] = over.v[i][i] = under.v[i][i] = 1.0;
    double c = 1.0;
    for (int k = 1; k <= PADE_DEGREE; k++) {
        c *= (double)(PADE_DEGREE - k + 1) / (double)(k * (2 * PADE_DEGREE - k + 1));
        power = product(n, &x, &power);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) {
                over.v[i][j] += c * power.v[i][j];
                under.v[i][j] += (k % 2 ? -c : c) * power.v[i][j];
            }
    }
    solve(n, &under, &over);
    for (int s = 0; s < squarings; s++) over = product(n, &over, &over);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) out[i * n + j] = over.v[i][j];
}

void kura_stationary(int n, const double *p, double *pi)
{
    double a[N][N], leave[N];
    int first = 0; /* states below it are transient */
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) a[i][j] = p[i * n + j];
    for (int k = n - 1; k > 0; k--) {
        leave[k] = 0.0; /* flow from k to the states below, those above being censored */
        for (int j = 0; j < k; j++) leave[k] += a[k][j];
        if (!(leave[k] > 0.0)) {
            first = k;
            break;
        }
        for (int i = 0; i < k; i++)
            for (int j = 0; j < k; j++)
                if (i != j) a[i][j] += a[i][k] * a[k][j] / leave[k];
    }
    double sum = 1.0;
    for (int k = 0; k <= first; k++) pi[k] = k == first ? 1.0 : 0.0;
    for (int k = first + 1; k < n; k++) {
        pi[k] = 0.0;
        for (int i = first; i < k; i++) pi[k] += pi[i] * a[i][k];
        pi[k] /= leave[k];
        sum += pi[k];
    }
    for (int k = 0; k < n; k++) pi[k] /= sum;
}
