/* Fieller's interval, see fieller.h. */
#include "num/fieller.h"
#include <math.h>

/* {R: A R^2 - 2 B R + C <= 0} with A = e^2 - z^2 var_e, B = e c - z^2 cov, C = c^2 - z^2 var_c.  `rest` is
 * B^2 - A C with its terms e^2 c^2 taken out, which would leave rounding where errors are small. */
kura_fieller_set kura_fieller(double c, double e, double var_c, double cov, double var_e, double z)
{
    double zz = z * z, A = e * e - zz * var_e, B = e * c - zz * cov, C = c * c - zz * var_c;
    double rest = zz * (c * c * var_e - 2 * e * c * cov + e * e * var_c - zz * (var_c * var_e - cov * cov));
    kura_fieller_set s = {e != 0 ? c / e : NAN, NAN, NAN, KURA_FIELLER_NONE};
    if (!isfinite(A) || !isfinite(B) || !isfinite(C) || (e == 0 && var_e == 0)) return s;
    if (A == 0 || (A < 0 && rest <= 0)) { /* A = 0: half a line, told as all of it */
        s.kind = KURA_FIELLER_ALL;
        s.lo = -INFINITY, s.hi = INFINITY;
        return s;
    }
    double root = sqrt(rest > 0 ? rest : 0), one = (B - root) / A, two = (B + root) / A;
    s.kind = A > 0 ? KURA_FIELLER_INTERVAL : KURA_FIELLER_OUTSIDE;
    s.lo = one < two ? one : two;
    s.hi = one < two ? two : one;
    return s;
}
