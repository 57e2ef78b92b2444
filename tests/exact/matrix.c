#include "matrix.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double *exact_array(size_t n)
{
    double *x = calloc(n ? n : 1, sizeof *x);
    if (!x) {
        fprintf(stderr, "exact reference: no memory for %zu numbers\n", n);
        abort();
    }
    return x;
}

static void multiply(int n, const long double *a, const long double *b, long double *out)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            long double sum = 0;
            for (int k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
            out[i * n + j] = sum;
        }
}

void exact_exponential(int n, const double *A, double x, double *out)
{
    size_t size = (size_t)n * (size_t)n * sizeof(long double);
    long double *B = malloc(size), *term = malloc(size), *sum = malloc(size), *next = malloc(size), norm = 0;
    if (!B || !term || !sum || !next) abort();
    for (int i = 0; i < n * n; i++) {
        B[i] = (long double)A[i] * x;
        norm = fmaxl(norm, fabsl(B[i]));
    }
    int halvings = 0;
    for (norm *= n; norm > 0.25L; norm /= 2) halvings++;
    for (int i = 0; i < n * n; i++) B[i] = ldexpl(B[i], -halvings);
    for (int i = 0; i < n * n; i++) sum[i] = term[i] = i % (n + 1) == 0;
    for (int k = 1; k <= 24; k++) { /* 0.25^24 / 24! is far below the last bit */
        multiply(n, term, B, next);
        for (int i = 0; i < n * n; i++) sum[i] += term[i] = next[i] / k;
    }
    for (; halvings > 0; halvings--) {
        multiply(n, sum, sum, next);
        memcpy(sum, next, size);
    }
    for (int i = 0; i < n * n; i++) out[i] = (double)sum[i];
    free(B), free(term), free(sum), free(next);
}

void exact_move(int n, int width, const double *P, const double *from, double *to)
{
    size_t w = (size_t)width;
    memset(to, 0, (size_t)n * w * sizeof *to);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double p = P[i * n + j];
            const double *x = from + (size_t)i * w;
            double *y = to + (size_t)j * w;
            if (p != 0)
                for (size_t k = 0; k < w; k++) y[k] += p * x[k];
        }
}

static void swap_rows(size_t n, double *a, double *b)
{
    for (size_t j = 0; j < n; j++) {
        double x = a[j];
        a[j] = b[j];
        b[j] = x;
    }
}

int exact_solve(int order, double *A, double *b)
{
    size_t n = (size_t)order;
    for (size_t k = 0; k < n; k++) {
        size_t pivot = k;
        for (size_t i = k + 1; i < n; i++)
            if (fabs(A[i * n + k]) > fabs(A[pivot * n + k])) pivot = i;
        if (A[pivot * n + k] == 0) return -1;
        if (pivot != k) swap_rows(n, A + pivot * n, A + k * n), swap_rows(1, b + pivot, b + k);
        for (size_t i = k + 1; i < n; i++) {
            double factor = A[i * n + k] / A[k * n + k];
            if (factor == 0) continue;
            for (size_t j = k; j < n; j++) A[i * n + j] -= factor * A[k * n + j];
            b[i] -= factor * b[k];
        }
    }
    for (size_t k = n; k-- > 0;) {
        for (size_t j = k + 1; j < n; j++) b[k] -= A[k * n + j] * b[j];
        b[k] /= A[k * n + k];
    }
    return 0;
}

void exact_stationary_rates(int n, const double *G, double *pi)
{
    double *A = exact_array((size_t)n * (size_t)n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) A[j * n + i] = j == n - 1 ? 1 : G[i * n + j];
    for (int j = 0; j < n; j++) pi[j] = j == n - 1;
    if (exact_solve(n, A, pi)) {
        fprintf(stderr, "exact reference: the chain has more than one stationary law\n");
        abort();
    }
    free(A);
}

void exact_stationary_chain(int n, const double *P, double *pi)
{
    double *G = exact_array((size_t)n * (size_t)n);
    for (int i = 0; i < n * n; i++) G[i] = P[i] - (i % (n + 1) == 0);
    exact_stationary_rates(n, G, pi);
    free(G);
}
