/* Sharing in proportion under limits, see water_filling.h. */
#include "model/water_filling.h"
#include <math.h>

double km_water_fill(int n, const double *v, const double *most, double total, double *x)
{
    double left = total;
    for (int i = 0; i < n; i++) x[i] = -1; /* not yet at its limit */
    for (int again = 1; again;) {          /* each pass but the last puts one more at its limit */
        double sum = 0;
        again = 0;
        for (int i = 0; i < n; i++)
            if (x[i] < 0) sum += v[i];
        double level = sum > 0 ? left / sum : 0, rest = left;
        for (int i = 0; i < n; i++) {
            if (x[i] >= 0 || !(level * v[i] > most[i])) continue;
            x[i] = most[i];
            rest -= most[i];
            again = 1;
        }
        left = rest;
        if (again) continue;
        for (int i = 0; i < n; i++)
            if (x[i] < 0) x[i] = level * v[i];
        if (sum > 0) left = 0;
    }
    return left > 0 ? left : 0;
}

void km_to_lattice(int n, const double *most, double *x)
{
    double sum = 0, rest;
    for (int i = 0; i < n; i++) sum += x[i];
    rest = floor(sum + 0.5);
    for (int i = 0; i < n; i++) {
        x[i] = floor(x[i] < most[i] ? x[i] : most[i]);
        rest -= x[i];
    }
    for (int again = 1; again && rest > 0;) {
        again = 0;
        for (int i = 0; i < n && rest > 0; i++) {
            if (!(x[i] > 0) || x[i] + 1 > most[i]) continue;
            x[i] += 1;
            rest -= 1;
            again = 1;
        }
    }
}
