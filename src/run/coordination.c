/* The linear programme of the allocation, by glpsol; see coordination.h.
 *
 * All situations of a mineral are blocks of one programme, so the solver is called once a mineral.  Masses
 * are given as shares of what is wanted in their situation: the solver works with tolerances of 1e-9. */
#include "run/coordination.h"
#include "base/error.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

typedef struct {
    char folder[4096];
    char programme[4200], solution[4200];
} files;

/* ---- the solver ---- */

/* Runs glpsol quietly; -1 when there is none, else its exit status. */
static int solve(char *const *arguments)
{
    posix_spawn_file_actions_t quiet;
    pid_t pid;
    int status = 0;
    if (posix_spawn_file_actions_init(&quiet)) return -1;
    posix_spawn_file_actions_addopen(&quiet, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&quiet, STDOUT_FILENO, STDERR_FILENO);
    int failed = posix_spawnp(&pid, "glpsol", &quiet, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&quiet);
    if (failed) return -1;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

kura_status kura_coordination_check(kura_error *err)
{
    char *arguments[] = {"glpsol", "--version", NULL};
    if (solve(arguments) == 0) return KURA_OK;
    return kura_error_set(
        err, KURA_E_USAGE,
        "tallies.bracket compares with the best allocation, which the program glpsol computes, "
        "and there is none: install it (Debian: apt-get install glpk-utils), or leave "
        "tallies.bracket out");
}

static kura_status open_files(files *f, const char *folder, kura_error *err)
{
    const char *in = folder ? folder : getenv("TMPDIR");
    if (!in || !*in) in = "/tmp";
    if (snprintf(f->folder, sizeof f->folder, "%s/kura-allocation-XXXXXX", in) >= (int)sizeof f->folder ||
        !mkdtemp(f->folder))
        return kura_error_set(err, KURA_E_CANNOT_CREATE, "cannot make a temporary folder in %s: %s", in,
                              strerror(errno));
    snprintf(f->programme, sizeof f->programme, "%s/programme.lp", f->folder);
    snprintf(f->solution, sizeof f->solution, "%s/solution", f->folder);
    return KURA_OK;
}

static void close_files(files *f)
{
    unlink(f->programme);
    unlink(f->solution);
    rmdir(f->folder);
}

/* ---- one programme ---- */

/* Sum of the flows of a hub, out of it or into it, at most `most`. */
static void bound(FILE *to, const km_mineral *m, const kura_strained *x, int k, int hub, int out, double most)
{
    int n = 0, begin = m->arc_form_begin[x->form];
    for (int a = begin; a < m->arc_form_begin[x->form + 1]; a++)
        if ((out ? m->arcs[a].from : m->arcs[a].to) == hub && x->u[a - begin] > 0)
            fprintf(to, "%s x%d_%d", n++ ? " +" : "", k, a - begin);
    if (n) fprintf(to, " <= %.17g\n", most / x->want);
}

static int any_flow(const km_mineral *m, const kura_strained *x)
{
    for (int a = 0; a < m->arc_form_begin[x->form + 1] - m->arc_form_begin[x->form]; a++)
        if (x->u[a] > 0) return 1;
    return 0;
}

/* Columns T0, T1 ... come first: what is delivered in each situation. */
static void write_programme(FILE *to, const km_mineral *m, const kura_strained *items, int n)
{
    fputs("Maximize\n delivered:", to);
    for (int k = 0; k < n; k++) fprintf(to, "%s T%d\n", k ? " +" : "", k);
    fputs("Subject To\n", to);
    for (int k = 0; k < n; k++) {
        const kura_strained *x = &items[k];
        int begin = m->arc_form_begin[x->form], end = m->arc_form_begin[x->form + 1];
        fprintf(to, " T%d", k);
        for (int a = begin; a < end; a++)
            if (x->u[a - begin] > 0) fprintf(to, " - x%d_%d\n", k, a - begin);
        fputs(" = 0\n", to);
        for (int h = m->hub_begin[x->form]; h < m->hub_begin[x->form + 1]; h++) {
            bound(to, m, x, k, h, 1, x->a[h - m->hub_begin[x->form]]);
            bound(to, m, x, k, h, 0, x->r[h - m->hub_begin[x->form]]);
        }
    }
    fputs("Bounds\n", to);
    for (int k = 0; k < n; k++) {
        const kura_strained *x = &items[k];
        for (int a = 0; a < m->arc_form_begin[x->form + 1] - m->arc_form_begin[x->form]; a++)
            if (x->u[a] > 0 && x->u[a] < x->want) fprintf(to, " x%d_%d <= %.17g\n", k, a, x->u[a] / x->want);
        if (!any_flow(m, x)) fprintf(to, " T%d = 0\n", k);
    }
    fputs("End\n", to);
}

/* Lines "j NUMBER STATUS VALUE DUAL" of the columns; the first n are asked for. */
static int read_solution(FILE *from, int n, double *share)
{
    char line[512], optimal = 0;
    int found = 0;
    while (fgets(line, sizeof line, from)) {
        int number;
        double value;
        char status, dual;
        if (sscanf(line, "s bas %*d %*d %c %c", &status, &dual) == 2) optimal = status == 'f' && dual == 'f';
        if (sscanf(line, "j %d %c %lf", &number, &status, &value) == 3 && number <= n) {
            share[number - 1] = value;
            found++;
        }
    }
    return optimal && found == n;
}

kura_status kura_coordination_optimum(const km_mineral *m, const kura_strained *items, int n,
                                      const char *folder, double *share, kura_error *err)
{
    files f;
    if (!n) return KURA_OK;
    KURA_TRY(open_files(&f, folder, err));
    char *arguments[] = {"glpsol", "--lp", f.programme, "--write", f.solution, NULL};
    FILE *programme = fopen(f.programme, "w");
    int ok = programme != NULL;
    if (ok) write_programme(programme, m, items, n);
    if (programme) ok = !ferror(programme), ok = fclose(programme) == 0 && ok;
    int status = ok ? solve(arguments) : 0;
    FILE *solution = ok && status == 0 ? fopen(f.solution, "r") : NULL;
    int solved = solution && read_solution(solution, n, share);
    if (solution) fclose(solution);
    close_files(&f);
    if (!ok) return kura_error_set(err, KURA_E_IO, "cannot write to %s: %s", f.folder, strerror(errno));
    if (!solved)
        return kura_error_set(err, KURA_E_INTERNAL,
                              "glpsol did not solve the allocation of %s (exit status %d); without "
                              "tallies.bracket the run needs no glpsol",
                              m->id, status);
    return KURA_OK;
}

/* ---- the group ---- */

enum { CONTRACT, RULES, BEST, VALUE, REST, COLUMNS };
static const struct {
    const char *name, *text;
} columns[COLUMNS] = {
    {"open_contract", "share of orders that contracts alone leave open, given the stocks of the step"},
    {"open_rules", "share of orders that all rounds of the rule leave open"},
    {"open_best", "share of orders that the best allocation of the step leaves open"},
    {"coordination", "value of coordination: open_rules - open_best"},
    {"coordination_of_open", "share of the open orders that coordination would serve"},
};

typedef struct {
    double *value[COLUMNS], *se[COLUMNS];
    double *strained, *sampled;
} group;

/* Mean over node-steps of x over mean of the orders, a ratio of sums over paths [8.3]; tonnes. */
static double ratio(const kura_strain_mineral *k, int which, double N, double *se)
{
    double x = kura_acc_value(&k->sum[which]) / N, w = kura_acc_value(&k->sum[KURA_ORDERED]) / N;
    if (!(w > 0)) return *se = NAN, NAN;
    double R = x / w;
    double xx = kura_acc_value(&k->product[which][which]) / N - x * x;
    double ww = kura_acc_value(&k->product[KURA_ORDERED][KURA_ORDERED]) / N - w * w;
    double xw = kura_acc_value(&k->product[which][KURA_ORDERED]) / N - x * w;
    double var = xx - 2 * R * xw + R * R * ww;
    *se = N > 1 ? sqrt((var > 0 ? var : 0) / (N - 1)) / w : NAN;
    return R;
}

static int by_path(const void *a, const void *b)
{
    const kura_strained *x = *(const kura_strained *const *)a, *y = *(const kura_strained *const *)b;
    return x->path != y->path ? (x->path < y->path ? -1 : 1) : x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* What the optimum delivers beyond the rule; below the solver's tolerance nothing. */
static double gain(const kura_strained *x, double best)
{
    double more = x->open - x->want * (1 - best);
    return more > 1e-9 * x->want ? more : 0;
}

/* Share of the open orders of the sample that the optimum serves.  Situations of one path come from one
 * disturbance, so paths are the units of the error. */
static double served(const kura_strained **items, const double *best, const kura_strained *first, int n,
                     double *se)
{
    double sum_d = 0, sum_v = 0, s = 0;
    int paths = 0;
    for (int k = 0; k < n; k++) {
        const kura_strained *x = items[k];
        sum_d += x->open;
        sum_v += gain(x, best[x - first]);
    }
    double R = sum_v / sum_d;
    for (int k = 0; k < n; paths++) {
        double e = 0;
        for (uint64_t path = items[k]->path; k < n && items[k]->path == path; k++) {
            const kura_strained *x = items[k];
            e += gain(x, best[x - first]) - R * x->open;
        }
        s += e * e;
    }
    *se = paths > 1 ? sqrt(s * paths / (paths - 1)) / sum_d : NAN;
    return R;
}

static kura_status of_mineral(const km_model *model, int i, kura_strain_mineral *k, double N,
                              const char *folder, group *g, kura_error *err)
{
    kura_strain_sort(k);
    for (int c = 0; c < COLUMNS; c++) g->value[c][i] = g->se[c][i] = NAN;
    g->strained[i] = (double)k->strained;
    g->sampled[i] = k->n;
    g->value[CONTRACT][i] = ratio(k, KURA_OPEN_CONTRACT, N, &g->se[CONTRACT][i]);
    g->value[RULES][i] = ratio(k, KURA_OPEN, N, &g->se[RULES][i]);
    if (isnan(g->value[RULES][i])) return KURA_OK; /* nobody orders anything */
    double R = 0, se = 0;
    if (k->n) {
        double *best = calloc((size_t)k->n, sizeof *best);
        const kura_strained **items = calloc((size_t)k->n, sizeof *items);
        kura_status st = best && items ? KURA_OK : kura_error_set(err, KURA_E_MEMORY, "not enough memory");
        if (!st) st = kura_coordination_optimum(&model->minerals[i], k->items, k->n, folder, best, err);
        for (int n = 0; !st && n < k->n; n++) items[n] = &k->items[n];
        if (!st) {
            qsort(items, (size_t)k->n, sizeof *items, by_path);
            R = served(items, best, k->items, k->n, &se);
        }
        free(best);
        free(items);
        KURA_TRY(st);
        g->value[REST][i] = R;
        g->se[REST][i] = se;
    }
    double open = g->value[RULES][i], open_se = g->se[RULES][i];
    g->value[VALUE][i] = R * open;
    g->value[BEST][i] = (1 - R) * open;
    g->se[VALUE][i] = sqrt(R * open_se * R * open_se + open * se * open * se);
    g->se[BEST][i] = sqrt((1 - R) * open_se * (1 - R) * open_se + open * se * open * se);
    return KURA_OK;
}

static void add(kura_frame *f, kf_group *g, const char *name, const double *x, const char *text,
                const char *rest)
{
    kura_frame_var(f, g, name, KF_F64, "mineral", x, "1", text, "R5.1", rest);
}

kura_status kura_coordination_report(kura_frame *frame, const km_model *model, kura_strain *strain,
                                     uint64_t paths, const char *folder, kura_error *err)
{
    size_t n = (size_t)model->nminerals;
    kf_group *to = kura_frame_group(frame, "allocation");
    const char **ids = KURA_NEW(&frame->arena, const char *, n);
    group g = {.strained = KURA_NEW(&frame->arena, double, n), .sampled = KURA_NEW(&frame->arena, double, n)};
    for (int c = 0; c < COLUMNS; c++) {
        g.value[c] = KURA_NEW(&frame->arena, double, n);
        g.se[c] = KURA_NEW(&frame->arena, double, n);
    }
    if (frame->arena.failed || !to)
        return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    for (int i = 0; i < model->nminerals; i++) {
        ids[i] = model->minerals[i].id;
        KURA_TRY(of_mineral(model, i, &strain->minerals[i], (double)paths, folder, &g, err));
    }
    kura_frame_dim_labels(frame, to, "mineral", (int64_t)n, ids);
    for (int c = 0; c < COLUMNS; c++) {
        const char *se = kura_arena_printf(&frame->arena, "%s_se", columns[c].name);
        if (!se) break;
        add(frame, to, columns[c].name, g.value[c], columns[c].text, se);
        add(frame, to, se, g.se[c], kura_arena_printf(&frame->arena, "standard error of %s", columns[c].name),
            NULL);
    }
    add(frame, to, "strained", g.strained, "forms times steps times paths with open orders", NULL);
    add(frame, to, "sampled", g.sampled, "of these in the sample for which the best allocation was computed",
        NULL);
    return frame->arena.failed ? kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result")
                               : KURA_OK;
}
