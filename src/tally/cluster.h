/* Errors where paths come in clusters: those of one draw of what is not known [R0.6] are alike, so that the
 * draw, not the path, is the independent unit.
 *
 * Means: variance of the sums of draws.  Shares and quantiles: intervals of an effective number of
 * independent paths, n over the design effect (variance with clusters over that of as many independent paths,
 * between 1 and the size of a draw), times (1.96/t)^2 with t of Student's law for draws - 1 degrees of
 * freedom.  A share of 0 or 1 says nothing of its design effect: it is taken as the size of a draw.
 * Reference: Korn & Graubard, Survey Methodology 24, 1998; Woodruff, JASA 47, 1952. */
#ifndef KURA_TALLY_CLUSTER_H
#define KURA_TALLY_CLUSTER_H

#include "tally/estimate.h"

static inline int kura_is_clustered(const kura_series *x) { return x->cluster > 1; }

/* Variance of the mean of term(x, parameter), which is `mean`; NaN of fewer than two draws. */
typedef double kura_term(double x, double parameter);
double kura_cluster_variance(uint64_t n, const kura_series *x, kura_term *term, double parameter,
                             double mean);
/* Variance of sum a / sum b = r times (mean of b)^2: of the mean of a - r b. */
double kura_cluster_ratio_variance(uint64_t n, const kura_series *a, const kura_series *b, double r);
/* The same from sums: of all paths, of squares of the sums of draws, and of the last draw, which may be cut
 * short by the number of paths. */
typedef struct {
    double all, squares, last;
} kura_cluster_sums;
double kura_cluster_variance_of(uint64_t n, uint64_t cluster, kura_cluster_sums sums);
/* Covariance of two means from sums: `products` of the sums of draws; `squares` are not read. */
double kura_cluster_covariance_of(uint64_t n, uint64_t cluster, kura_cluster_sums a, kura_cluster_sums b,
                                  double products);
/* Half the width of a 95 % interval in standard errors: Student's for draws - 1 degrees of freedom, or of the
 * normal law without draws. */
double kura_cluster_width(uint64_t n, uint64_t cluster);

/* What stands in place of the normal quantile for a mean of n paths: Student's that leaves `tail` above it, for
 * draws - 1 degrees of freedom; NaN of a single draw.  Only where paths come in clusters. */
double kura_cluster_student(uint64_t n, uint64_t cluster, double tail);

/* Effective number of independent paths of a share p whose variance is given. */
double kura_cluster_effective(uint64_t n, uint64_t cluster, double p, double variance);
/* Wilson interval of a share among an effective number of paths. */
kura_interval kura_cluster_interval(double p, double effective);
kura_interval kura_cluster_share(uint64_t n, const kura_series *x, double limit);
/* Share of `sums.all` among n with its interval. */
kura_interval kura_cluster_proportion(uint64_t n, uint64_t cluster, kura_cluster_sums sums);

/* Of the numbers of paths with x > t, for t = 0 ... T-1; x whole, 0 ... T. */
void kura_cluster_survivors(uint64_t n, const kura_series *x, size_t T, kura_cluster_sums *sums);

/* As kura_estimate_quantile_of and kura_estimate_cvar_of; `paths` is the series before it was sorted. */
int kura_cluster_quantile(uint64_t n, const kura_series *sorted, const kura_series *paths, double q,
                          kura_interval *out);
kura_estimate kura_cluster_cvar(uint64_t n, const kura_series *sorted, const kura_series *paths, double alpha,
                                double *var);
/* Ranks of quantiles of n paths whose clusters may be as bad as one path each: for counts in bins. */
uint64_t kura_cluster_least(uint64_t n, uint64_t cluster);
#endif
