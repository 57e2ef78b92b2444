/* On whom imports depend: shares of suppliers, directly and looked through to where the material was mined
 * [7.2]. */
#ifndef KURA_MODEL_DEPENDENCE_H
#define KURA_MODEL_DEPENDENCE_H

#include "model/model.h"

/* Origin of what is in each hub, in the base flows: origin[hub * countries + country], shares that sum to 1
 * where anything comes in, else 0.  From the first form up: what sites make out of nothing is of their
 * country, what refineries make is of the origin of their feed, imports are of that of the exporter's hub.
 * Nonzero: no memory. */
int km_origins(const km_mineral *m, int countries, double *origin);

/* Shares of the countries in what a hub is to import (what nobody supplies is nobody's share): of its
 * suppliers, and of the origins of what they send. */
void km_import_shares(const km_mineral *m, int hub, int countries, const double *origin, double *direct,
                      double *through);

/* Sum of squares of shares (Herfindahl-Hirschman index, 0 to 1). */
double km_concentration(int n, const double *share);

#endif
