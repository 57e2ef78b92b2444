/* Distributions of the scenario language, see configs/README.md; the laws and their parameters are tables in
 * keys_hazards.c. */
#include "model/read_internal.h"
#include "conf/suggest.h"
#include "num/math.h"
#include <math.h>
#include <string.h>

/* Quantile of the standard normal law at 90 %. */
#define Z90 1.2815515655446004

/* ---- laws with a choice of parameters ---- */

static int lognormal(kura_bind *b, const kura_node *node, const read_dist *p, sc_dist *out)
{
    if (isnan(p->sigma) == isnan(p->p90)) {
        KURA_BIND_ERROR(b, node->at,
                        "a lognormal law has a median and either sigma or p90, for example "
                        "{median: 8 months, p90: 20 months}");
        return -1;
    }
    if (isnan(p->sigma) && !(p->p90 > p->median)) {
        KURA_BIND_ERROR(b, kura_bind_at(node, "p90"), "p90 must be above the median");
        return -1;
    }
    out->a = kura_log(p->median);
    out->b = isnan(p->sigma) ? kura_log(p->p90 / p->median) / Z90 : p->sigma;
    return 0;
}

static int bad_beta(kura_bind *b, const kura_node *node)
{
    KURA_BIND_ERROR(b, node->at,
                    "a beta law has alpha and beta, or mean and sd, or mean and concentration, for example "
                    "{mean: 60 %%, sd: 20 %%}");
    return -1;
}

static int beta(kura_bind *b, const kura_node *node, const read_dist *p, sc_dist *out)
{
    int shapes = !isnan(p->alpha) + !isnan(p->beta), spread = !isnan(p->sd) + !isnan(p->concentration),
        mean = !isnan(p->mean);
    if (shapes == 2 && !mean && !spread) {
        out->a = p->alpha;
        out->b = p->beta;
        return 0;
    }
    if (shapes || !mean || spread != 1) return bad_beta(b, node);
    double sum = isnan(p->sd) ? p->concentration : p->mean * (1 - p->mean) / (p->sd * p->sd) - 1;
    out->a = p->mean * sum;
    out->b = (1 - p->mean) * sum;
    if (out->a >= 0.05 && out->b >= 0.05 && out->a <= 1e5 && out->b <= 1e5) return 0;
    KURA_BIND_ERROR(b, node->at,
                    "a beta law with this mean and %s has alpha = %.4g, beta = %.4g; both must be between "
                    "0.05 and 100000",
                    isnan(p->sd) ? "concentration" : "sd", out->a, out->b);
    return -1;
}

/* From the parameters as written to those of sc_dist. */
int read_dist_convert(kura_bind *b, const kura_node *node, const read_dist *p, sc_dist *out)
{
    switch (out->kind) {
    case SC_DIST_CONSTANT:
        out->a = p->constant;
        return 0;
    case SC_DIST_NORMAL:
        out->a = p->mean;
        out->b = p->sd;
        return 0;
    case SC_DIST_EXPONENTIAL:
        out->a = p->mean;
        return 0;
    case SC_DIST_WEIBULL:
        out->a = p->scale;
        out->b = p->shape;
        return 0;
    case SC_DIST_LOGNORMAL:
        return lognormal(b, node, p, out);
    case SC_DIST_BETA:
        return beta(b, node, p, out);
    default:
        break;
    }
    out->a = p->min;
    out->b = p->max;
    if (p->min <= p->max) return 0;
    KURA_BIND_ERROR(b, kura_bind_at(node, "max"), "max is below min");
    return -1;
}

/* ---- reading ---- */

static const dist_law *find_law(kura_bind *b, kura_unit unit, const kura_entry *e)
{
    kura_suggestion s = {.wanted = e->key};
    for (const dist_law *law = keys_dist_laws(unit); law->name; law++) {
        if (strcmp(law->name, e->key) == 0) return law;
        kura_suggest(&s, law->name);
    }
    if (strcmp(e->key, "beta") == 0)
        KURA_BIND_ERROR(b, e->at,
                        "a beta law is for shares; for durations take lognormal, weibull or uniform");
    else
        KURA_BIND_ERROR(b, e->at, "unknown law \"%s\"%s", kura_quote(e->key).text,
                        s.best
                            ? kura_suggest_hint(&s).text
                            : "; it can be constant, uniform, normal, lognormal, exponential, weibull, beta");
    return NULL;
}

static void set_all(read_dist *p)
{
    double *x = (double *)p;
    for (size_t i = 0; i < sizeof *p / sizeof *x; i++) x[i] = NAN;
}

static int read_law(kura_bind *b, const kura_entry *e, const dist_law *law, sc_dist *out)
{
    read_dist p;
    int errors = b->diag->errors;
    set_all(&p);
    if (law->kind == SC_DIST_CONSTANT) {
        const kura_key *key = law->parameters->keys;
        if (kura_bind_quantity(b, key, key->unit, key->range, e->value, &p.constant)) return -1;
    } else
        kura_bind_record(b, law->parameters, kura_node_is_null(e->value) ? NULL : e->value, e->at, &p, 0);
    sc_dist d = {.kind = law->kind};
    if (b->diag->errors > errors || read_dist_convert(b, e->value, &p, &d)) return -1;
    *out = d;
    return 0;
}

static const kura_entry *only_entry(kura_bind *b, const kura_node *node, const char *example)
{
    const kura_entry *found = NULL;
    if (node->kind == KURA_NODE_MAP && node->count == 1) found = &node->entries[0];
    if (!found && node->kind == KURA_NODE_MAP)
        KURA_BIND_ERROR(b, node->at, "a distribution has one law, for example %s; found %d", example,
                        node->count);
    else if (!found)
        KURA_BIND_ERROR(b, node->at, "a distribution is a value or a mapping, for example %s; found %s",
                        example, kura_node_kind_name(node));
    return found;
}

static int read_distribution(kura_bind *b, const kura_key *key, const kura_node *node, kura_unit unit,
                             sc_dist *out)
{
    const dist_law *constant = keys_dist_laws(unit);
    const char *example = unit == KURA_UNIT_TIME ? "{lognormal: {median: 8 months, p90: 20 months}}"
                                                 : "{beta: {mean: 60 %, sd: 20 %}}";
    if (node->kind == KURA_NODE_TEXT) {
        double x;
        if (kura_bind_quantity(b, key, unit, constant->parameters->keys->range, node, &x)) return -1;
        *out = (sc_dist){SC_DIST_CONSTANT, x, 0};
        return 0;
    }
    const kura_entry *e = only_entry(b, node, example);
    const dist_law *law = e ? find_law(b, unit, e) : NULL;
    if (!law) return -1;
    size_t before = b->path.size;
    kura_text_printf(&b->path, ".%s", law->name);
    int bad = read_law(b, e, law, out);
    b->path.size = before;
    b->path.data[before] = 0;
    return bad;
}

static int read_time_law(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)record;
    return read_distribution(b, key, node, KURA_UNIT_TIME, field);
}

static int read_share_law(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)record;
    return read_distribution(b, key, node, KURA_UNIT_SHARE, field);
}

const kura_type type_time_law = {"time_law",
                                 "a duration, or a distribution of durations",
                                 "{lognormal: {median: 8 months, sigma: 0.8}}",
                                 NULL,
                                 read_time_law,
                                 NULL};
const kura_type type_share_law = {"share_law",
                                  "a share, or a distribution of shares",
                                  "{beta: {mean: 60 %, sd: 20 %}}",
                                  NULL,
                                  read_share_law,
                                  NULL};
