/* Compiled once per instruction set, like the lane kernels of the library; see kernels.h. */
#include "kernels.h"
#include "rounds.h"
#include "sim/lanes/lanes.h"

/* ---- functions of num, over what stays in the first cache ---- */

#define KEEP(x) __asm__ volatile("" : : "r"(x) : "memory")
#define FUNCTION(name, low, high, f)                                                                         \
    static void name(long times)                                                                             \
    {                                                                                                        \
        static lane in[BENCH_BLOCK], out[BENCH_BLOCK];                                                       \
        for (int b = 0; b < BENCH_BLOCK; b++)                                                                \
            for (int l = 0; l < L; l++)                                                                      \
                in[b].v[l] = (low) + ((high) - (low)) * ((b * L + l) + 0.5) / (BENCH_BLOCK * L);             \
        for (long i = 0; i < times; i++) {                                                                   \
            KEEP(in);                                                                                        \
            for (int b = 0; b < BENCH_BLOCK; b++) {                                                          \
                const double *x = in[b].v;                                                                   \
                double *y = out[b].v;                                                                        \
                LANES(l) y[l] = f(x[l]);                                                                     \
            }                                                                                                \
            KEEP(out);                                                                                       \
        }                                                                                                    \
    }

FUNCTION(exponential, -5.0, 5.0, kura_exp)
FUNCTION(logarithm, 0.0, 4.0, kura_log)
FUNCTION(normal, 0.0, 1.0, kura_norm_inv)

KURA_INLINE double sine_and_cosine(double x)
{
    double s, c;
    kura_sincos_2pi(x, &s, &c);
    return s + c;
}
FUNCTION(pair, 0.0, 1.0, sine_and_cosine)

static void draw(long times)
{
    static lane out[BENCH_BLOCK];
    kura_stream stream;
    kura_lane_stream lanes;
    kura_stream_init(&stream, 1, "bench");
    kura_lane_stream_init(&lanes, &stream, 0, 0, 1);
    for (long i = 0; i < times; i++) {
        for (int b = 0; b < BENCH_BLOCK; b++) kura_lane_uniform(&lanes, out[b].v);
        KEEP(out);
    }
}

const bench_kernels KURA_LANE_NAME(bench_kernels) = {draw, exponential, logarithm, normal, pair};

/* ---- clocks around the phases ---- */

#define REAL(f) KURA_CAT(__real, f)
#define WRAP(f) KURA_CAT(__wrap, f)
#define TIMED(phase, type, f, parameters, arguments)                                                         \
    type REAL(f) parameters;                                                                                 \
    type WRAP(f) parameters;                                                                                 \
    type WRAP(f) parameters                                                                                  \
    {                                                                                                        \
        double from = bench_from(phase);                                                                     \
        type status = REAL(f) arguments;                                                                     \
        bench_add(phase, from);                                                                              \
        return status;                                                                                       \
    }
#define TIMED_VOID(phase, f, parameters, arguments)                                                          \
    void REAL(f) parameters;                                                                                 \
    void WRAP(f) parameters;                                                                                 \
    void WRAP(f) parameters                                                                                  \
    {                                                                                                        \
        double from = bench_from(phase);                                                                     \
        REAL(f) arguments;                                                                                   \
        bench_add(phase, from);                                                                              \
    }

TIMED(PHASE_DRIVERS, kura_status, kura_draw_drivers,
      (const km_model *model, kura_work *w, uint64_t first_path), (model, w, first_path))
TIMED_VOID(PHASE_COUPLING, kura_draw_coupling, (const km_model *model, kura_work *w, uint64_t first_path),
           (model, w, first_path))
TIMED_VOID(PHASE_HOSTS, kura_draw_host_indices, (const km_model *model, kura_work *w, uint64_t first_path),
           (model, w, first_path))
TIMED_VOID(PHASE_AVAILABILITY, kura_start_availability,
           (const km_model *model, const km_mineral *m, kura_work *w, uint64_t first_path),
           (model, m, w, first_path))
TIMED_VOID(PHASE_AVAILABILITY, kura_step_availability,
           (const km_model *model, const km_mineral *m, kura_work *w, int t), (model, m, w, t))
TIMED_VOID(PHASE_AVAILABILITY, kura_end_availability,
           (const km_model *model, const km_mineral *m, kura_work *w, uint64_t first_path),
           (model, m, w, first_path))
TIMED(PHASE_RESTRICTIONS, kura_status, kura_draw_restrictions,
      (const km_model *model, const km_mineral *m, kura_work *w, uint64_t first_path),
      (model, m, w, first_path))
TIMED_VOID(PHASE_PRICE_NOISE, kura_draw_price,
           (const km_model *model, const km_mineral *m, kura_work *w, uint64_t first_path),
           (model, m, w, first_path))
TIMED_VOID(PHASE_START, kura_exogenous_start, (const km_mineral *m, kura_work *w), (m, w))
TIMED_VOID(PHASE_START, kura_state_start, (const km_mineral *m, kura_state *s, int drun), (m, s, drun))
TIMED_VOID(PHASE_EXOGENOUS, kura_exogenous_step,
           (const km_model *model, const km_mineral *m, kura_work *w, int t), (model, m, w, t))
TIMED_VOID(PHASE_PRICE, kura_price_step, (const km_mineral *m, kura_work *w, kura_state *s, int t),
           (m, w, s, t))
TIMED_VOID(PHASE_DEMAND, kura_demand_step, (const km_mineral *m, const kura_work *w, kura_state *s, int t, lane *g), (m, w, s, t, g))
TIMED_VOID(PHASE_SCARCITY, kura_scarcity_step, (const km_mineral *m, kura_state *s, const lane *g), (m, s, g))
TIMED_VOID(PHASE_HOSTS, kura_record_activity, (const km_mineral *m, kura_work *w, const kura_state *s, int t),
           (m, w, s, t))
TIMED_VOID(PHASE_RELEASE, kura_release,
           (const km_mineral *m, const kura_exogenous *e, kura_state *s, int h, int drun, int t),
           (m, e, s, h, drun, t))
TIMED_VOID(PHASE_REFILL, kura_refill, (const km_mineral *m, kura_work *w, kura_state *s, int form, int tick),
           (m, w, s, form, tick))
TIMED_VOID(PHASE_TIERS, kura_tiers_before,
           (const km_mineral *m, kura_work *w, kura_state *s, int tick, int drun), (m, w, s, tick, drun))
TIMED_VOID(PHASE_TIERS, kura_tiers_watch, (const km_mineral *m, kura_state *s), (m, s))
TIMED_VOID(PHASE_TIERS, kura_tiers_after, (const km_mineral *m, kura_state *s, const lane *g, int tick),
           (m, s, g, tick))

void REAL(kura_physical_step)(const km_mineral *m, kura_work *w, kura_state *s, int tick, int drun);
void WRAP(kura_physical_step)(const km_mineral *m, kura_work *w, kura_state *s, int tick, int drun);
void WRAP(kura_physical_step)(const km_mineral *m, kura_work *w, kura_state *s, int tick, int drun)
{
    bench.site_steps += (uint64_t)m->nsites;
    bench.hub_steps += (uint64_t)m->nhubs;
    double from = bench_from(PHASE_PHYSICAL);
    REAL(kura_physical_step)(m, w, s, tick, drun);
    bench_add(PHASE_PHYSICAL, from);
}

bench_allocate_fn REAL(kura_allocate), WRAP(kura_allocate);
void WRAP(kura_allocate)(const km_mineral *m, kura_work *w, kura_state *s, int form, int tick)
{
    if (bench.rounds) bench_take_apart(REAL(kura_allocate), m, w, s, form, tick);
    double from = bench_from(PHASE_ALLOCATION);
    REAL(kura_allocate)(m, w, s, form, tick);
    bench_add(PHASE_ALLOCATION, from);
}
