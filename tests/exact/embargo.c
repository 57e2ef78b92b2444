#include "embargo.h"

static int least(int a, int b) { return a < b ? a : b; }

exact_embargo_figures exact_embargo_run(const exact_embargo *x)
{
    exact_embargo_figures r = {.first = -1};
    int firm = x->firm, reserve = x->reserve;
    for (int t = 0; t < x->steps; t++) {
        int cut = t >= x->from + x->lag && t < x->from + x->lag + x->length;
        int need = cut ? x->demand : 0, own = least(need, firm);
        firm -= own;
        need -= own;
        int covered = t >= x->from + x->delay ? least(need, x->cap) : 0, given = least(covered, reserve);
        reserve -= given;
        r.required += covered;
        r.irreducible += need - covered;
        r.unserved += need - given;
        if (need == given) continue;
        if (r.first < 0) r.first = t;
        r.short_steps++;
    }
    return r;
}
