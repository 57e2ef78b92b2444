/* The optimum of an allocation, see allocation_optimum.h. */
#include "exact/allocation_optimum.h"
#include "trust/allocation.h"
#include <math.h>

double exact_maximum_flow(int suppliers, int importers, const double *supply, const double *want,
                          const double *cap, const uint8_t *open)
{
    network n;
    situation s;
    if (suppliers > MOST || importers > MOST) return NAN;
    memset(&n, 0, sizeof n);
    memset(&s, 0, sizeof s);
    n.nS = suppliers, n.nJ = importers;
    memcpy(s.a, supply, (size_t)suppliers * sizeof *supply);
    memcpy(s.r, want, (size_t)importers * sizeof *want);
    for (int i = 0; i < suppliers; i++)
        for (int j = 0; j < importers; j++) {
            n.declared[i][j] = open[i * importers + j];
            n.physical[i][j] = cap[i * importers + j];
            n.v[i][j] =
                1; /* a trade with a base volume and nothing restricted: its cap is the physical one */
        }
    return optimum(&n, &s);
}

#ifdef KURA_EXACT_GLPK
#include <glpk.h>

static void add_trade(glp_prob *lp, int column, int supplier_row, int importer_row, double cap)
{
    int rows[3] = {0, supplier_row, importer_row};
    double one[3] = {0, 1, 1};
    if (cap > 0)
        glp_set_col_bnds(lp, column, cap < 1e300 ? GLP_DB : GLP_LO, 0, cap < 1e300 ? cap : 0);
    else
        glp_set_col_bnds(lp, column, GLP_FX, 0, 0);
    glp_set_obj_coef(lp, column, 1);
    glp_set_mat_col(lp, column, 2, rows, one);
}

double exact_lp(int suppliers, int importers, const double *supply, const double *want, const double *cap,
                const uint8_t *open)
{
    glp_prob *lp = glp_create_prob();
    glp_smcp how;
    glp_set_obj_dir(lp, GLP_MAX);
    glp_add_rows(lp, suppliers + importers);
    glp_add_cols(lp, suppliers * importers);
    for (int i = 0; i < suppliers; i++) glp_set_row_bnds(lp, 1 + i, GLP_UP, 0, supply[i]);
    for (int j = 0; j < importers; j++) glp_set_row_bnds(lp, 1 + suppliers + j, GLP_UP, 0, want[j]);
    for (int i = 0; i < suppliers; i++)
        for (int j = 0; j < importers; j++) {
            int at = i * importers + j;
            add_trade(lp, 1 + at, 1 + i, 1 + suppliers + j, open[at] ? cap[at] : 0);
        }
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    int failed = glp_simplex(lp, &how) || glp_get_status(lp) != GLP_OPT;
    double best = failed ? NAN : glp_get_obj_val(lp);
    glp_delete_prob(lp);
    return best;
}
int exact_lp_present(void) { return 1; }
#else
double exact_lp(int suppliers, int importers, const double *supply, const double *want, const double *cap,
                const uint8_t *open)
{
    (void)suppliers, (void)importers, (void)supply, (void)want, (void)cap, (void)open;
    return NAN;
}
int exact_lp_present(void) { return 0; }
#endif
