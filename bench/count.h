/* Put in front of every kernel of kura_bench_count (-include): counts calls of the functions of num.
 *
 * A macro that names itself is not expanded again, so the call inside is the real one. */
#ifndef KURA_BENCH_COUNT_H
#define KURA_BENCH_COUNT_H

#include "num/lane_draw.h"
#include "num/math.h"
#include "num/pcg.h"

typedef enum {
    CALL_LANE_DRAW,
    CALL_SINGLE_DRAW,
    CALL_NORMAL,
    CALL_PAIR,
    CALL_EXP,
    CALL_LOG,
    CALLS
} bench_call;
extern unsigned long long bench_calls[CALLS];

#define kura_lane_uniform(ls, out) (bench_calls[CALL_LANE_DRAW] += KURA_LANES, kura_lane_uniform(ls, out))
#define kura_lane_uniform_at(ls, l, n) (bench_calls[CALL_SINGLE_DRAW]++, kura_lane_uniform_at(ls, l, n))
#define kura_stream_uniform(s, p, i) (bench_calls[CALL_SINGLE_DRAW]++, kura_stream_uniform(s, p, i))
#define kura_norm_inv(x) (bench_calls[CALL_NORMAL]++, kura_norm_inv(x))
#define kura_sincos_2pi(x, s, c) (bench_calls[CALL_PAIR]++, kura_sincos_2pi(x, s, c))
#define kura_exp(x) (bench_calls[CALL_EXP]++, kura_exp(x))
#define kura_log(x) (bench_calls[CALL_LOG]++, kura_log(x))
/* What they are made of. */
#define kura_expm1(x) (bench_calls[CALL_EXP]++, bench_calls[CALL_LOG]++, kura_expm1(x))
#define kura_log1p(x) (bench_calls[CALL_LOG]++, kura_log1p(x))
#define kura_norm_cdf_lane(x) (bench_calls[CALL_EXP]++, kura_norm_cdf_lane(x))

#endif
