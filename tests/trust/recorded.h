/* Reading allocation_instances.txt: 20 instances of the allocation with the answers of independent programs.
 */
#ifndef KURA_TEST_RECORDED_H
#define KURA_TEST_RECORDED_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "allocation.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    network n;
    situation s;
    double lp, X[3][MOST][MOST];
    int id;
} recorded;

static inline int read_instance(FILE *in, recorded *q)
{
    char line[256];
    memset(q, 0, sizeof *q);
    do
        if (!fgets(line, sizeof line, in)) return 0;
    while (line[0] == '#');
    double capacity[MOST], sum[MOST] = {0};
    network *n = &q->n;
    assert_int_equal(sscanf(line, "instance %d %d %d", &q->id, &n->nS, &n->nJ), 3);
    assert_int_equal(fscanf(in, " lp %lf capacity", &q->lp), 1);
    for (int i = 0; i < n->nS; i++) assert_int_equal(fscanf(in, "%lf", &capacity[i]), 1);
    assert_int_equal(fscanf(in, " supply"), 0);
    for (int i = 0; i < n->nS; i++) assert_int_equal(fscanf(in, "%lf", &q->s.a[i]), 1);
    assert_int_equal(fscanf(in, " want"), 0);
    for (int j = 0; j < n->nJ; j++) assert_int_equal(fscanf(in, "%lf", &q->s.r[j]), 1);
    for (int i = 0; i < n->nS; i++)
        for (int j = 0; j < n->nJ; j++) {
            int open;
            double firm, *x[3] = {&q->X[0][i][j], &q->X[1][i][j], &q->X[2][i][j]};
            assert_int_equal(fscanf(in, "%d %lf %lf %lf %lf %lf %lf", &open, &n->physical[i][j], &n->v[i][j],
                                    &firm, x[0], x[1], x[2]),
                             7);
            n->declared[i][j] = (uint8_t)open;
            n->phi[i][j] = firm / 256;
            n->Cexp[i] = 0x1p45; /* caps are as given */
            q->s.omega[j] = 1;
            n->M[j] = 0x1p20; /* contract shares are flows over 2^20 of base imports */
            if (open) sum[j] += capacity[i];
        }
    for (int i = 0; i < n->nS; i++)
        for (int j = 0; j < n->nJ; j++) n->F[i][j] = n->declared[i][j] ? capacity[i] / sum[j] : 0;
    assert_true(fgets(line, sizeof line, in) != NULL);
    return 1;
}

static inline FILE *open_recorded(void)
{
    FILE *in = fopen(KURA_SOURCE_DIR "/tests/trust/allocation_instances.txt", "r");
    assert_non_null(in);
    return in;
}

#endif
