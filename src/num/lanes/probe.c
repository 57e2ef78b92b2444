/* Probe of the lane kernels, see probe.h.  Lane loops as the engine writes them; each result is hashed by its
 * raw bits, in the order of paths (FNV-1a over 64-bit words), so that any difference in any bit shows, and
 * the number of lanes none. */
#include "num/lanes/probe.h"
#include "num/lane_draw.h"
#include "num/lanes/isa.h"
#include "num/math.h"

#define ROUNDS 64
#define PATHS 64 /* of the known answers: as many bundles as it takes */
#define BUNDLES (PATHS / KURA_LANES)

_Static_assert(PATHS % KURA_LANES == 0, "the probe takes whole bundles");

static uint64_t hash(uint64_t h, const double *x, int n)
{
    for (int l = 0; l < n; l++) h = (h ^ kura_bits(x[l])) * 0x100000001b3u;
    return h;
}

/* One round of one bundle; sines and cosines are hashed when all paths have theirs. */
static void probe(kura_lane_stream *one, kura_lane_stream *seven, uint64_t *out, double *sine, double *cosine)
{
    double u[KURA_LANES], w[KURA_LANES], x[KURA_LANES], y[KURA_LANES];
    kura_lane_uniform(one, u);
    kura_lane_uniform(seven, w);
    out[0] = hash(out[0], u, KURA_LANES);
    out[1] = hash(out[1], w, KURA_LANES);
    for (int l = 0; l < KURA_LANES; l++) x[l] = kura_exp(1440.0 * u[l] - 720.0);
    out[2] = hash(out[2], x, KURA_LANES);
    for (int l = 0; l < KURA_LANES; l++) y[l] = kura_log((w[l] < 0.5 ? x[l] : u[l]) + 0x1p-1000);
    out[3] = hash(out[3], y, KURA_LANES);
    for (int l = 0; l < KURA_LANES; l++) x[l] = kura_norm_inv(u[l] < 0.25 ? w[l] * 0x1p-40 : w[l]);
    out[4] = hash(out[4], x, KURA_LANES);
    for (int l = 0; l < KURA_LANES; l++) y[l] = kura_norm_cdf_lane(40.0 * u[l] - 35.0);
    out[5] = hash(out[5], y, KURA_LANES);
    for (int l = 0; l < KURA_LANES; l++) kura_sincos_2pi(u[l], &sine[l], &cosine[l]);
    for (int l = 0; l < KURA_LANES; l++) y[l] = kura_floor((w[l] - 0.5) * (u[l] < 0.5 ? 16.0 : 0x1p51));
    out[7] = hash(out[7], y, KURA_LANES);
}

void KURA_LANE_NAME(kura_num_probe)(uint64_t out[KURA_PROBE_COUNT])
{
    double sine[PATHS], cosine[PATHS];
    kura_lane_stream one[BUNDLES], seven[BUNDLES];
    kura_stream s;
    kura_stream_init(&s, 20260101, "selfcheck");
    for (int b = 0; b < BUNDLES; b++) {
        uint64_t first = (uint64_t)(b * KURA_LANES);
        kura_lane_stream_init(&one[b], &s, first, 0, 1);
        kura_lane_stream_init(&seven[b], &s, 0x123456789abcdefu + first, 3, 7);
    }
    for (int i = 0; i < KURA_PROBE_COUNT; i++) out[i] = 0xcbf29ce484222325u;
    for (int round = 0; round < ROUNDS; round++) {
        for (int b = 0; b < BUNDLES; b++)
            probe(&one[b], &seven[b], out, sine + b * KURA_LANES, cosine + b * KURA_LANES);
        out[6] = hash(hash(out[6], sine, PATHS), cosine, PATHS);
    }
}
