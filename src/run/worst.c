/* The worst paths of a result, from its /samples, and the command that replays them.
 *
 * A result names its scenario by content: file names without folder and their hashes.  The folder comes from
 * the command line in /provenance, where there is one; whether the scenario found there is the one that was
 * run, the hashes say. */
#include "run/run.h"
#include "base/error.h"
#include "base/text.h"
#include "conf/suggest.h"
#include "io/read.h"
#include "model/read.h"
#include "run/story.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    kura_worst told;
    kura_arena arena;
    kura_frame *frame;
    const char *file;
    int64_t nminerals, npaths;
    const char *const *minerals;
    const char *const *report; /* NULL: all are headlines */
    const double *unserved, *demand, *numbers;
} finder;

static kura_status no_memory(kura_error *err)
{
    return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
}

static const void *variable(const kf_group *g, const char *name, kf_type type)
{
    const kf_variable *v = g ? kura_frame_find_var(g, name) : NULL;
    return v && v->type == type ? v->data : NULL;
}

static const char *attribute(const kura_frame *f, const kf_group *g, const char *name)
{
    const kf_attr *a =
        g ? kura_frame_find_attr(g->nattrs, g->attrs, name) : kura_frame_find_attr(f->nattrs, f->attrs, name);
    return a && a->kind == KF_ATTR_TEXT ? a->text : "";
}

/* ---- which paths ---- */

static kura_status open_samples(finder *f, kura_error *err)
{
    const kf_group *g = kura_frame_find(f->frame, "samples");
    if (!g)
        return kura_error_set(err, KURA_E_SCENARIO,
                              "%s has no /samples, from which the worst paths are found: it was made with "
                              "\"tallies.samples: false\"",
                              f->file);
    f->minerals = variable(g, "mineral", KF_STRING);
    f->numbers = variable(g, "path", KF_F64);
    f->unserved = variable(g, "unserved", KF_F64);
    f->demand = variable(g, "demand", KF_F64);
    f->nminerals = kura_frame_dim_size(g, "mineral");
    f->npaths = kura_frame_dim_size(g, "path");
    if (!f->minerals || !f->numbers || !f->unserved || !f->demand)
        return kura_error_set(err, KURA_E_SCENARIO,
                              "%s is damaged: /samples lacks unserved, demand or their scales", f->file);
    const kf_group *summary = kura_frame_find(f->frame, "summary");
    f->report = summary && kura_frame_dim_size(summary, "mineral") == f->nminerals
                    ? variable(summary, "report", KF_STRING)
                    : NULL;
    return KURA_OK;
}

static double share(const finder *f, int64_t mineral, int64_t path)
{
    double demand = f->demand[mineral * f->npaths + path];
    return demand > 0 ? f->unserved[mineral * f->npaths + path] / demand : 0;
}

static int counts(const finder *f, int64_t mineral)
{
    return !f->report || strcmp(f->report[mineral], "headline") == 0;
}

/* The measure that paths are ranked by. */
static double measure(const finder *f, int64_t mineral, int64_t path)
{
    double sum = 0;
    int n = 0;
    if (mineral >= 0) return f->unserved[mineral * f->npaths + path];
    for (int64_t i = 0; i < f->nminerals; i++)
        if (counts(f, i)) sum += share(f, i, path), n++;
    return n ? sum / n : 0;
}

static const char *short_minerals(finder *f, int64_t path)
{
    enum { MOST = 5 };
    const char *text = "";
    int64_t last = -1; /* the one named before: falling shares, equal ones in the order of the file */
    for (int k = 0; k < MOST && text; k++) {
        int64_t best = -1;
        for (int64_t i = 0; i < f->nminerals; i++) {
            double x = counts(f, i) ? share(f, i, path) : 0;
            int after = last < 0 || x < share(f, last, path) || (x == share(f, last, path) && i > last);
            if (x > 0 && after && (best < 0 || x > share(f, best, path))) best = i;
        }
        if (best < 0) break;
        last = best;
        text = kura_arena_printf(&f->arena, "%s%s%s", text, k ? ", " : "", f->minerals[best]);
    }
    return text ? text : "";
}

static kura_status rank(finder *f, int64_t mineral, int most, kura_error *err)
{
    kura_worst_path *items = KURA_NEW(&f->arena, kura_worst_path, (size_t)most);
    double *value = KURA_NEW(&f->arena, double, (size_t)f->npaths);
    if (!items || !value) return no_memory(err);
    for (int64_t p = 0; p < f->npaths; p++) value[p] = measure(f, mineral, p);
    for (int k = 0; k < most; k++) {
        int64_t best = -1;
        for (int64_t p = 0; p < f->npaths; p++)
            if (value[p] > 0 && (best < 0 || value[p] > value[best])) best = p;
        if (best < 0) break;
        items[f->told.nitems++] =
            (kura_worst_path){(uint64_t)f->numbers[best], mineral >= 0 ? value[best] : NAN,
                              mineral >= 0 ? share(f, mineral, best) : value[best], short_minerals(f, best)};
        value[best] = 0;
    }
    f->told.items = items;
    f->told.paths = (uint64_t)f->npaths;
    return f->arena.failed ? no_memory(err) : KURA_OK;
}

static kura_status find_mineral(const finder *f, const char *id, int64_t *out, kura_error *err)
{
    kura_suggestion near = {id, NULL, 0};
    *out = -1;
    if (!id) return KURA_OK;
    for (int64_t i = 0; i < f->nminerals; i++) {
        if (strcmp(f->minerals[i], id) == 0) *out = i;
        kura_suggest(&near, f->minerals[i]);
    }
    if (*out >= 0) return KURA_OK;
    return kura_error_set(err, KURA_E_USAGE, "%s has no mineral \"%.100s\"%s", f->file, id,
                          kura_suggest_hint(&near).text);
}

/* ---- how to replay them ---- */

enum { SETS = 64 };

/* The words of a command line.  One with blanks stands in single quotes, as a shell reads it; in results of
 * older versions it does not, so what a --set says goes on to the next option. */
typedef struct {
    const char *scenario;
    const char *sets[SETS];
    size_t nsets;
} command;

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Cuts the next word off, without its quotes; NULL at the end. */
static char *next_word(char **rest)
{
    char *from = *rest + strspn(*rest, " "), *to = from, *word = from;
    int quoted = 0;
    if (!*from) return NULL;
    for (; *from && (quoted || *from != ' '); from++) {
        if (*from == '\'')
            quoted = !quoted;
        else if (*from == '\\' && !quoted && from[1])
            *to++ = *++from;
        else
            *to++ = *from;
    }
    *rest = *from ? from + 1 : from;
    *to = 0;
    return word;
}

static void read_command(finder *f, const char *line, const char *scenario, command *out)
{
    char *rest = kura_arena_strdup(&f->arena, line);
    int in_set = 0;
    memset(out, 0, sizeof *out);
    for (char *w = rest ? next_word(&rest) : NULL; w; w = next_word(&rest)) {
        if (strncmp(w, "--set", 5) == 0 && (w[5] == 0 || w[5] == '=') && out->nsets < SETS) {
            in_set = 1;
            out->sets[out->nsets++] = w[5] ? w + 6 : "";
        } else if (w[0] == '-' && w[1]) {
            in_set = 0;
        } else if (strcmp(base_name(w), scenario) == 0) {
            out->scenario = w;
            in_set = 0;
        } else if (in_set) {
            const char **last = &out->sets[out->nsets - 1];
            *last = (*last)[0] ? kura_arena_printf(&f->arena, "%s %s", *last, w) : w;
            if (!*last) *last = "";
        }
    }
}

/* The names of input files whose content is another one now; NULL when there are none. */
static const char *changed_inputs(finder *f, const kf_group *g, const kura_scenario_data *sc)
{
    const char *const *names = variable(g, "input", KF_STRING), *const *sha =
                                                                    variable(g, "input_sha256", KF_STRING);
    const char *text = NULL;
    for (int64_t i = 0; names && sha && i < kura_frame_dim_size(g, "input"); i++)
        for (int k = 0; k < sc->ninputs; k++)
            if (strcmp(names[i], sc->inputs[k].path) == 0 && strcmp(sha[i], sc->inputs[k].sha256) != 0)
                text = kura_arena_printf(&f->arena, "%s%s%s", text ? text : "", text ? ", " : "", names[i]);
    return text;
}

static const char *doubt_of(finder *f, const kf_group *g, const char *path, const command *c, uint64_t *seed,
                            int *known)
{
    char scenario[65], model[65];
    kura_arena arena = {0};
    kura_scenario_data *sc = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    const char *doubt = NULL;
    *known = 0;
    if (kura_scenario_read(path, c->sets, c->nsets, &arena, &sc, &diag, &err))
        doubt = kura_arena_printf(&f->arena,
                                  "the scenario \"%s\" that the result names cannot be read from here", path);
    else {
        *known = 1;
        *seed = sc->run.seed;
        kura_scenario_hashes(sc, scenario, model);
        const char *changed = changed_inputs(f, g, sc);
        if (changed)
            doubt = kura_arena_printf(&f->arena, "\"%s\" is not what was run: changed since then: %s", path,
                                      changed);
        else if (strcmp(attribute(f->frame, NULL, "model_sha256"), model) != 0)
            doubt = kura_arena_printf(
                &f->arena, "\"%s\" is not what was run, though its files are: the run changed keys (--set)",
                path);
    }
    kura_diag_fini(&diag);
    kura_arena_fini(&arena);
    return doubt;
}

static void quote(kura_text *t, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=,:%+";
    if (word[0] && strspn(word, plain) == strlen(word)) {
        kura_text_add(t, word);
        return;
    }
    kura_text_add(t, "'");
    for (const char *p = word; *p; p++)
        if (*p == '\'')
            kura_text_add(t, "'\\''");
        else
            kura_text_add_n(t, p, 1);
    kura_text_add(t, "'");
}

static kura_status how_to_replay(finder *f, kura_error *err)
{
    const kf_group *g = kura_frame_find(f->frame, "scenario");
    const char *const *names = g ? variable(g, "input", KF_STRING) : NULL;
    const char *main_file = names && kura_frame_dim_size(g, "input") > 0 ? names[0] : "SCENARIO";
    const char *line = attribute(f->frame, kura_frame_find(f->frame, "provenance"), "command_line");
    uint64_t own = 0;
    int known;
    command c;
    kura_text text = {0};
    if (!kura_frame_find(f->frame, "provenance")) line = "";
    read_command(f, line, main_file, &c);
    const char *path = c.scenario ? c.scenario : main_file;
    f->told.seed = strtoull(attribute(f->frame, NULL, "seed_text"), NULL, 10);
    f->told.doubt = doubt_of(f, g, path, &c, &own, &known);
    kura_text_add(&text, "kura explain ");
    quote(&text, path);
    for (size_t i = 0; i < c.nsets; i++) {
        kura_text_add(&text, " --set ");
        quote(&text, c.sets[i]);
    }
    if (!known || own != f->told.seed)
        kura_text_printf(&text, " --seed %llu", (unsigned long long)f->told.seed);
    f->told.replay = text.failed || !text.data ? NULL : kura_arena_strdup(&f->arena, text.data);
    kura_text_fini(&text);
    return f->told.replay && !f->arena.failed ? KURA_OK : no_memory(err);
}

kura_status kura_worst_of(const char *file, const char *mineral, int most, kura_worst **out, kura_error *err)
{
    int64_t which;
    *out = NULL;
    if (most < 1 || most > 10000)
        return kura_error_set(err, KURA_E_USAGE, "%d worst paths: 1 to 10000 can be asked for", most);
    finder *f = calloc(1, sizeof *f);
    if (!f) return no_memory(err);
    f->file = file;
    kura_status st = kura_io_read(file, "samples,summary,scenario,provenance", &f->frame, err);
    if (!st) st = open_samples(f, err);
    if (!st) st = find_mineral(f, mineral, &which, err);
    if (!st) st = rank(f, which, most, err);
    if (!st) st = how_to_replay(f, err);
    kura_frame_free(f->frame);
    f->frame = NULL;
    if (st)
        kura_worst_release(&f->told);
    else
        *out = &f->told;
    return st;
}

void kura_worst_release(kura_worst *worst)
{
    finder *f = (finder *)worst; /* its first member */
    if (!f) return;
    kura_arena_fini(&f->arena);
    free(f);
}
