/* study.break_even: a quantity, the policies that give it one value after the other, and what is to be
 * reached [7.7]. */
#include "model/read_internal.h"
#include <math.h>
#include <string.h>

static int read_values(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    const kura_node *list = kura_bind_list(b, key, node);
    int n = list ? list->count : 0;
    if (!list) return -1;
    if (n < 2 || n > SC_MAX_VALUES) {
        KURA_BIND_ERROR(b, node->at, "%d values; to look for a break-even it takes 2 to %d", n,
                        SC_MAX_VALUES);
        return -1;
    }
    const kura_node **at = KURA_NEW(b->arena, const kura_node *, (size_t)n);
    for (int i = 0; at && i < n; i++) {
        if (!kura_bind_text(b, list->items[i], "a quantity", "20 %")) return -1;
        at[i] = list->items[i];
    }
    *(const kura_node ***)field = at;
    *(int *)(void *)((char *)record + key->count) = n;
    return 0;
}

const kura_type type_values = {
    "values",
    "a list of quantities",
    "[10 %, 20 %, 30 %]",
    "{\"anyOf\": [{\"type\": \"array\", \"items\": {\"type\": [\"string\", \"number\"]}}, {\"type\": "
    "\"string\"}]}",
    read_values,
    NULL};

static int read_number(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)key, (void)record;
    const char *word = kura_bind_text(b, node, "a number of the result", "loss_of_load_expectation");
    int number = word ? read_find_number(b, node->at, word) : -1;
    *(int *)field = number;
    return number < 0 ? -1 : 0;
}

static void absent_number(const kura_key *key, void *field)
{
    (void)key;
    *(int *)field = -1;
}

const kura_type type_number = {
    "compared",   "a number of the result", "loss_of_load_expectation", "{\"type\": \"string\"}", read_number,
    absent_number};

/* ---- values ---- */

/* "0.12 /year" is 0.12 and "/year": the unit as it is written, since a value is one of whatever quantity. */
static int split(kura_bind *b, const kura_node *node, double *value, const char **unit)
{
    static const char number[] = "0123456789_.+-eE";
    const char *text = node->text;
    size_t n = strcspn(text, " ");
    if (!text[n]) n = strspn(text, number);
    const char *digits = kura_arena_strndup(&reading_of(b)->work, text, n);
    kura_unit_error why;
    *unit = text + n + strspn(text + n, " ");
    if (!digits) return -1;
    if (kura_quantity(KURA_UNIT_NUMBER, digits, NULL, 0, value, &why) == 0) return 0;
    KURA_BIND_ERROR(b, node->at, "\"%s\" is no value of a quantity, such as 20 %% or 3 months: %s",
                    kura_quote(text).text, why.text);
    return -1;
}

static int read_scale(kura_bind *b, sc_break_even *e)
{
    e->values = KURA_NEW(b->arena, double, (size_t)e->nvalues);
    for (int i = 0; e->values && i < e->nvalues; i++) {
        const char *unit;
        if (split(b, e->written[i], &e->values[i], &unit)) return -1;
        if (i == 0) e->unit = kura_arena_strdup(b->arena, unit);
        if (!e->unit) return -1;
        if (strcmp(unit, e->unit) != 0) {
            KURA_BIND_ERROR(b, e->written[i]->at,
                            "values of \"%s\" are in different units, \"%s\" and \"%s\"; give all in one",
                            e->id, e->unit, kura_quote(unit).text);
            return -1;
        }
        if (i == 0 || e->values[i] > e->values[i - 1]) continue;
        KURA_BIND_ERROR(b, e->written[i]->at, "values of \"%s\" do not ascend: %s after %s", e->id,
                        e->written[i]->text, e->written[i - 1]->text);
        return -1;
    }
    return e->values ? 0 : -1;
}

/* ---- what is to be reached ---- */

static void check_target(kura_bind *b, const sc_break_even *e, const kura_node *node)
{
    int of_all = e->number == SC_COMPARE_EUE || e->number == SC_COMPARE_CVAR;
    if (e->number < 0 && kura_node_get(node, "falls"))
        KURA_BIND_ERROR(b, kura_bind_at(node, "falls"),
                        "\"falls\" needs the number that is to fall, for example number: "
                        "normalised_expected_unserved");
    if (e->number >= 0 && isnan(e->falls))
        KURA_BIND_ERROR(b, kura_bind_at(node, "number"),
                        "by how much is %s to fall?  Give the share, for example falls: 20 %%",
                        sc_compare_name((sc_compare)e->number));
    if (e->number == SC_COMPARE_STOCK)
        KURA_BIND_ERROR(
            b, kura_bind_at(node, "number"),
            "required_stock_days is a quantile, which may be without bounds; give a number that is "
            "a mean, for example loss_of_load_expectation");
    if (of_all && !kura_node_get(node, "mineral"))
        KURA_BIND_ERROR(b, kura_bind_at(node, "number"),
                        "%s is in tonnes, which are not added up over minerals; give the mineral, or "
                        "normalised_expected_unserved",
                        sc_compare_name((sc_compare)e->number));
}

void read_break_even_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_break_even *e = record;
    e->where = read_where(node);
    if (!node || node->kind != KURA_NODE_MAP) return;
    check_target(b, e, node);
    if (!e->id || !e->key || !e->key[0] || !e->nvalues || read_scale(b, e)) e->nvalues = 0;
}

static int counts_money(int number)
{
    return number < 0 || number == SC_COMPARE_COST || number == SC_COMPARE_LOSS ||
           number == SC_COMPARE_PRICE_BILL || number == SC_COMPARE_CVAR_LOSS;
}

void read_check_break_even(reading *r)
{
    const sc_study *s = &r->sc->study;
    for (int i = 0; i < s->nbreak_even; i++) {
        const sc_break_even *e = &s->break_even[i];
        const kura_node *all = kura_node_get(kura_node_get(r->root, "study"), "break_even");
        if (r->sc->data.costs.given || !e->id || !counts_money(e->number)) continue;
        KURA_BIND_ERROR(
            &r->bind, kura_bind_at(all, e->id),
            "%s of \"%s\" is in money, and the scenario has no section \"costs\"; add it, or give "
            "another number and by what share it is to fall",
            e->number < 0 ? "the net benefit" : sc_compare_name((sc_compare)e->number), e->id);
    }
}

/* ---- the runs ---- */

/* "talks@10%": the value as written, without blanks. */
static const char *name_of(kura_bind *b, const sc_break_even *e, const char *value)
{
    char *name = kura_arena_printf(b->arena, "%s@%s", e->id, value), *to = name;
    for (const char *from = name; name && *from; from++)
        if (*from != ' ') *to++ = *from;
    if (name) *to = 0;
    return name;
}

static void add_value(kura_bind *b, sc_study *s, const sc_break_even *e, int i, int policy)
{
    sc_policy *p = &s->policies[s->npolicies++];
    const kura_node *value = e->written[i];
    *p = (sc_policy){.id = name_of(b, e, value->text), .note.reason = "", .where = e->where};
    p->title = kura_arena_printf(b->arena, "%s = %s", e->key, value->text);
    p->patch = read_patch_of(b, value->at, 1, &e->key, (kura_node *)value);
    if (policy < 0) return;
    const sc_policy *of = &s->policies[policy]; /* or what it combines, since combinations are not nested */
    int n = of->ncombines ? of->ncombines : 1;
    p->combines = KURA_NEW(b->arena, const char *, (size_t)n);
    p->parts = KURA_NEW(b->arena, int, (size_t)n);
    for (int k = 0; p->combines && p->parts && k < n; k++) {
        p->combines[k] = of->ncombines ? of->combines[k] : of->id;
        p->parts[k] = of->ncombines ? of->parts[k] : policy;
        p->ncombines++;
    }
}

void read_add_break_even(kura_bind *b, sc_study *s)
{
    const kura_node *all = kura_node_get(kura_node_get(reading_of(b)->root, "study"), "break_even");
    for (int i = 0; i < s->nbreak_even; i++) {
        sc_break_even *e = &s->break_even[i];
        int policy = -1;
        if (!e->nvalues) continue;
        if (e->policy && e->policy[0]) {
            policy = read_find_policy(b, s, e->policy, kura_bind_at(kura_node_get(all, e->id), "policy"));
            if (policy < 0) continue;
        }
        if (read_more_policies(b, s, e->nvalues)) return;
        e->first = s->npolicies;
        for (int k = 0; k < e->nvalues; k++) add_value(b, s, e, k, policy);
    }
}
