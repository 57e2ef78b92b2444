/* kura_bench: times the kernels of the library, per instruction set; bench.py calls it and makes the tables.
 *
 *     kura_bench isas
 *     kura_bench kernels REPETITIONS ISA,ISA...
 *     kura_bench bundles REPETITIONS ISA,ISA... SCENARIO[:largest] ...   CPU time of 64 paths
 *     kura_bench phases  REPETITIONS ISA,ISA... SCENARIO[:largest] ...   the same, with clocks around the
 * phases kura_bench rounds SCENARIO[:largest]
 *
 * Prints one line of JSON a sample.  Whatever is compared is run in turn within a repetition.  "largest" runs
 * the mineral with the most objects that no host binds, and not the others. */
#include "kernels.h"
#include "load.h"
#include "rounds.h"
#include "tally/block.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SCENARIOS = 16, PATHS = KURA_LANES > 64 ? KURA_LANES : 64 }; /* of a sample */

typedef struct {
    bench_scenario loaded;
    km_model model; /* a copy, perhaps with one mineral in the order of simulation */
    int only;
    const char *name;
    kura_work *work;
    kura_tally *tally;
    kura_tally_block *block[KURA_ISA_COUNT];
} subject;

static int die(const char *what)
{
    fprintf(stderr, "kura_bench: %s\n", what);
    exit(64);
}

/* ---- what is run ---- */

static int objects_of(const km_mineral *m) { return m->nsites + m->nhubs + m->narcs; }

static int largest(const km_model *model)
{
    int best = -1;
    for (int i = 0; i < model->nminerals; i++)
        if (!model->minerals[i].has_hosts &&
            (best < 0 || objects_of(&model->minerals[i]) > objects_of(&model->minerals[best])))
            best = i;
    return best;
}

static void open_subject(subject *s, char *name)
{
    char *colon = strrchr(name, ':');
    s->name = name;
    int one = colon && strcmp(colon, ":largest") == 0;
    if (one) *colon = 0;
    s->loaded = bench_load(name);
    if (one) *colon = ':';
    s->model = *s->loaded.model;
    s->only = one ? largest(&s->model) : -1;
    s->work = kura_work_new(s->loaded.model);
    kura_tally_new(s->loaded.model, PATHS, PATHS, NULL, &s->tally, NULL);
    for (int i = 0; i < KURA_ISA_COUNT && s->tally; i++)
        if (kura_isa_present((kura_isa)i)) s->block[i] = kura_tally_block_new(s->tally, (kura_isa)i);
    if (!s->work || !s->tally || !s->block[KURA_ISA_BASELINE]) die("not enough memory");
    s->work->paths = PATHS;
    if (s->only < 0) return;
    if (s->model.coupled) die("restrictions that depend on each other need all minerals");
    s->model.order = &s->only;
    s->model.nminerals = 1;
}

static void close_subject(subject *s)
{
    for (int i = 0; i < KURA_ISA_COUNT; i++) kura_tally_block_free(s->block[i]);
    kura_tally_free(s->tally);
    kura_work_free(s->work);
    bench_unload(&s->loaded);
}

static kura_observer counting;
static void count_step(void *user, const kura_view *view)
{
    (void)user;
    double from = bench_from(PHASE_TALLY);
    counting.step(counting.user, view);
    bench_add(PHASE_TALLY, from);
}
static void count_end(void *user, const kura_view *view) { (void)user, counting.end(counting.user, view); }

/* CPU time of the first paths: one bundle, or as many as a build with fewer lanes needs. */
static double run_bundles(subject *s, kura_isa isa)
{
    kura_observer observer = {NULL, count_step, count_end};
    bench_reset();
    counting = kura_tally_block_observer(s->block[isa]);
    kura_tally_block_start(s->block[isa]);
    double from = bench_cpu();
    for (uint64_t first = 0; first < PATHS; first += KURA_LANES)
        if (kura_bundle_for(isa)(&s->model, s->work, first, &observer)) die(s->work->error.message);
    return bench_cpu() - from;
}

/* ---- samples ---- */

static int is_inside_physical(int phase) { return phase >= PHASE_ALLOCATION && phase <= PHASE_TIERS; }

static double phase_ns(int phase)
{
    const bench_clock *c = &bench.clock[phase];
    double ns = c->calls > c->lost ? c->ns / (double)(c->calls - c->lost) * (double)c->calls : 0;
    if (phase == PHASE_PHYSICAL)
        for (int k = 0; k < PHASES; k++)
            if (is_inside_physical(k)) ns -= 2 * bench_clock_cost() * (double)bench.clock[k].calls;
    return ns > 0 ? ns : 0;
}

static void print_sample(const subject *s, kura_isa isa, int repetition, double ns)
{
    const km_model *m = &s->model;
    printf("{\"what\": \"bundle\", \"scenario\": \"%s\", \"mineral\": \"%s\", \"isa\": \"%s\", "
           "\"repetition\": %d, \"lanes\": %d, \"paths\": %d, \"cpu_ns\": %.0f, \"minerals\": %d, "
           "\"steps\": %d, \"site_steps\": %llu, \"hub_steps\": %llu, \"thread_bytes\": %zu, "
           "\"phases\": {",
           s->name, s->only < 0 ? "" : m->minerals[s->only].id, kura_isa_name(isa), repetition, KURA_LANES,
           PATHS, ns, m->nminerals, m->steps, (unsigned long long)bench.site_steps,
           (unsigned long long)bench.hub_steps,
           kura_work_bytes(s->loaded.model) + kura_tally_block_bytes(s->loaded.model));
    for (int k = 0; bench.on && k < PHASES; k++)
        printf("%s\"%s\": %.0f", k ? ", " : "", bench_phase_names[k], phase_ns(k));
    printf("}}\n");
    fflush(stdout);
}

static int parse_isas(char *list, kura_isa *out)
{
    int n = 0;
    for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
        if (n == KURA_ISA_COUNT || kura_isa_parse(word, &out[n]) || !kura_isa_present(out[n]))
            die("an instruction set that is present is expected: see kura_bench isas");
        n++;
    }
    if (!n) die("which instruction sets?");
    return n;
}

static int bundles(int repetitions, char *list, int n, char **names)
{
    static subject subjects[MOST_SCENARIOS];
    kura_isa isas[KURA_ISA_COUNT];
    int nisas = parse_isas(list, isas);
    if (n < 1 || n > MOST_SCENARIOS) die("1 to 16 scenarios");
    for (int i = 0; i < n; i++) open_subject(&subjects[i], names[i]);
    for (int r = 0; r < repetitions; r++)
        for (int i = 0; i < n; i++)
            for (int k = 0; k < nisas; k++) {
                double ns = run_bundles(&subjects[i], isas[k]);
                print_sample(&subjects[i], isas[k], r, ns);
            }
    for (int i = 0; i < n; i++) close_subject(&subjects[i]);
    return 0;
}

/* Taking allocations apart must leave every number as it was. */
static int rounds(char *name)
{
    static subject s;
    const bench_rounds *c = &bench_round_counts;
    kura_isa isa = kura_isa_best();
    open_subject(&s, name);
    size_t n =
        (size_t)s.tally->model->T * (size_t)s.loaded.model->nminerals * KURA_CURVE_COUNT * sizeof(double);
    double *before = malloc(n);
    if (!before) die("not enough memory");
    run_bundles(&s, isa);
    memcpy(before, s.block[isa]->curves, n);
    bench.rounds = 1;
    run_bundles(&s, isa);
    int same = memcmp(before, s.block[isa]->curves, n) == 0;
    printf("{\"what\": \"rounds\", \"scenario\": \"%s\", \"isa\": \"%s\", \"site_steps\": %llu, "
           "\"hub_steps\": %llu, "
           "\"contract\": %llu, \"spot\": %llu, \"clean_up\": %llu, \"loaded\": %llu, \"blocked\": %llu, "
           "\"moved_lanes\": %llu, \"contract_ns\": %.0f, "
           "\"spot_ns\": %.0f, \"clean_up_ns\": %.0f}\n",
           name, kura_isa_name(isa), (unsigned long long)bench.site_steps,
           (unsigned long long)bench.hub_steps, (unsigned long long)c->arcs[ROUND_CONTRACT],
           (unsigned long long)c->arcs[ROUND_SPOT], (unsigned long long)c->arcs[ROUND_LATIN],
           (unsigned long long)c->loaded, (unsigned long long)c->blocked, (unsigned long long)c->moved,
           c->ns[ROUND_CONTRACT], c->ns[ROUND_SPOT], c->ns[ROUND_LATIN]);
    free(before);
    close_subject(&s);
    if (!same) fprintf(stderr, "kura_bench: counting rounds changed the result\n");
    return !same;
}

/* ---- kernels of num ---- */

static const bench_kernels *kernels_of(kura_isa isa)
{
    switch (isa) {
#ifdef KURA_HAVE_ISA_scalar
    case KURA_ISA_SCALAR:
        return &bench_kernels_scalar;
#endif
#ifdef KURA_HAVE_ISA_v3
    case KURA_ISA_V3:
        return &bench_kernels_v3;
#endif
#ifdef KURA_HAVE_ISA_v4
    case KURA_ISA_V4:
        return &bench_kernels_v4;
#endif
    default:
        return &bench_kernels_baseline;
    }
}

static int kernels(int repetitions, char *list)
{
    enum { KINDS = 5 };
    static const char *const names[KINDS] = {"draw", "exp", "log", "normal", "sincos"};
    const double numbers = 1e6; /* about, a sample: some milliseconds */
    const long times = (long)(numbers / (KURA_LANES * BENCH_BLOCK)) + 1;
    kura_isa isas[KURA_ISA_COUNT];
    int nisas = parse_isas(list, isas);
    for (int r = -1; r < repetitions; r++) /* one to warm up */
        for (int k = 0; k < nisas; k++) {
            const bench_kernels *own = kernels_of(isas[k]);
            void (*const f[KINDS])(long) = {own->draw, own->exponential, own->logarithm, own->normal,
                                            own->pair};
            for (int i = 0; i < KINDS; i++) {
                double from = bench_cpu();
                f[i](times);
                double ns = (bench_cpu() - from) / ((double)times * KURA_LANES * BENCH_BLOCK);
                if (r >= 0)
                    printf("{\"what\": \"%s\", \"isa\": \"%s\", \"repetition\": %d, \"ns\": %.4f}\n",
                           names[i], kura_isa_name(isas[k]), r, ns);
            }
        }
    return 0;
}

static int list_isas(void)
{
    for (int i = 0; i < KURA_ISA_COUNT; i++)
        if (kura_isa_present((kura_isa)i)) puts(kura_isa_name((kura_isa)i));
    return 0;
}

int main(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    if (argc == 2 && !strcmp(verb, "isas")) return list_isas();
    if (argc == 4 && !strcmp(verb, "kernels")) return kernels(atoi(argv[2]), argv[3]);
    bench.on = !strcmp(verb, "phases");
    if (argc > 4 && (bench.on || !strcmp(verb, "bundles")))
        return bundles(atoi(argv[2]), argv[3], argc - 4, argv + 4);
    if (argc == 3 && !strcmp(verb, "rounds")) return rounds(argv[2]);
    return die("isas | kernels N ISAS | bundles|phases N ISAS SCENARIO... | rounds SCENARIO");
}
