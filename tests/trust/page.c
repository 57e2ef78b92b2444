/* The trust page: every comparison that the tests labelled trust recorded, as one HTML file and as text.
 *
 *     trust_page FOLDER PROGRAM ...
 *
 * reads FOLDER/PROGRAM.tsv of each program (rows as in trust.h), writes FOLDER/trust.html and
 * FOLDER/trust.md, and fails when a program left no rows, a comparison failed, there are fewer than 150
 * distances, or their sum of squares is outside its band.
 *
 * Test: H0 "the distances z are standard normal"; sum of squares against chi-square with as many degrees of
 * freedom, 1e-3 on either side.  Rows of one run share paths, so their distances depend on each other and the
 * sum over all rows is wider than the law; the sum over the first row of every run is not, and is tested as
 * well. */
#include "page_row.h"
#include "exact/special.h"
#include <stdarg.h>

enum { MOST_FAMILIES = 64, LEAST_DISTANCES = 150 };
#define BAND 1e-3

static row rows[MOST_ROWS];
static int nrows;

typedef struct {
    int n;
    double sum, probability;
} chi_square;

typedef struct {
    const char *name;
    int first, rows, distances, failed; /* first: its place among the families as read */
    chi_square all;
} family;

enum { MOST_ABSENT = 64 };
static const char *absent[MOST_ABSENT]; /* programs without rows */
static int nabsent;

static family families[MOST_FAMILIES];
static int nfamilies;

typedef struct {
    int distances, equalities, bands, twins, failed, missing;
    chi_square all, first; /* over every distance; over the first of every run */
    double widest;
} totals;

static void add(chi_square *c, double z)
{
    c->n++;
    c->sum += z * z;
}

static void close_sum(chi_square *c)
{
    c->probability = c->n ? exact_gamma_p(0.5 * c->n, 0.5 * c->sum) : 0.5;
}
static int inside(const chi_square *c) { return c->probability > BAND && c->probability < 1 - BAND; }

static family *family_of(const char *name)
{
    for (int i = 0; i < nfamilies; i++)
        if (strcmp(families[i].name, name) == 0) return &families[i];
    if (nfamilies == MOST_FAMILIES) {
        fprintf(stderr, "more than %d families\n", MOST_FAMILIES);
        exit(2);
    }
    families[nfamilies].name = name;
    families[nfamilies].first = nfamilies;
    return &families[nfamilies++];
}

/* The first distance of its run?  A run is named within its program. */
static int opens_run(int i)
{
    for (int k = 0; k < i; k++)
        if (rows[k].sort == DISTANCE && strcmp(rows[k].run, rows[i].run) == 0 &&
            strcmp(rows[k].program, rows[i].program) == 0)
            return 0;
    return 1;
}

/* Exact answers first, then what has a law of its own. */
static int by_kind(const void *a, const void *b)
{
    const family *x = a, *y = b;
    if ((x->distances > 0) != (y->distances > 0)) return y->distances > 0 ? 1 : -1;
    return x->first - y->first;
}

static totals count_rows(void)
{
    totals t = {0};
    for (int i = 0; i < nrows; i++) {
        row *r = &rows[i];
        family *f = family_of(r->family);
        f->rows++;
        t.equalities += r->sort == EQUALITY, t.bands += r->sort == IN_BAND, t.twins += r->sort == TWIN;
        t.failed += !r->holds, f->failed += !r->holds;
        if (r->sort != DISTANCE) continue;
        t.distances++, f->distances++;
        add(&t.all, r->z), add(&f->all, r->z);
        if (opens_run(i)) add(&t.first, r->z);
        t.widest = fmax(t.widest, fabs(r->z));
    }
    close_sum(&t.all), close_sum(&t.first);
    for (int i = 0; i < nfamilies; i++) close_sum(&families[i].all);
    qsort(families, (size_t)nfamilies, sizeof *families, by_kind);
    return t;
}

/* ---- text ---- */

static void write_text(FILE *out, const totals *t)
{
    fprintf(out,
            "# Trust page\n\n%d comparisons: %d distances in standard errors, %d equalities, %d statistics "
            "in bands, "
            "%d mistakes made on purpose. Failed: %d.\n\n",
            nrows, t->distances, t->equalities, t->bands, t->twins, t->failed);
    fprintf(out,
            "Chi-square of all %d distances: %.2f, probability %.4f. Of the first of every run (independent, "
            "%d): "
            "%.2f, probability %.4f. Largest distance %.2f.\n",
            t->all.n, t->all.sum, t->all.probability, t->first.n, t->first.sum, t->first.probability,
            t->widest);
    for (int f = 0; f < nfamilies; f++) {
        fprintf(out, "\n## %s\n\n| run | claim | exact | kura | z | |\n|---|---|---|---|---|---|\n",
                families[f].name);
        for (int i = 0; i < nrows; i++) {
            const row *r = &rows[i];
            if (strcmp(r->family, families[f].name) != 0) continue;
            char z[32] = "";
            if (r->sort == DISTANCE) snprintf(z, sizeof z, "%+.2f", r->z);
            fprintf(out, "| %s | %s | %.8g | %.8g | %s | %s |\n", r->run, r->claim, r->exact, r->kura, z,
                    r->sort == TWIN ? r->holds ? "seen" : "NOT SEEN"
                    : r->holds      ? "holds"
                                    : "FAILS");
        }
    }
}

/* ---- HTML ---- */

static void put_escaped(FILE *out, const char *s)
{
    for (; *s; s++) {
        if (*s == '<')
            fputs("&lt;", out);
        else if (*s == '>')
            fputs("&gt;", out);
        else if (*s == '&')
            fputs("&amp;", out);
        else if (*s == '"')
            fputs("&quot;", out);
        else
            fputc(*s, out);
    }
}

static void put_cell(FILE *out, const char *class, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void put_cell(FILE *out, const char *class, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fprintf(out, "<td class=\"%s\">", class);
    put_escaped(out, text);
    fputs("</td>", out);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double normal_quantile(double p)
{
    double lo = -9, hi = 9; /* bisection: 60 halvings, for a drawing */
    for (int k = 0; k < 60; k++) {
        double mid = 0.5 * (lo + hi);
        if (0.5 * erfc(-mid / sqrt(2)) < p)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

/* Distances against the quantiles of the normal law: on the diagonal when the stated errors are right. */
static void put_quantiles(FILE *out)
{
    static double z[MOST_ROWS];
    int n = 0;
    for (int i = 0; i < nrows; i++)
        if (rows[i].sort == DISTANCE) z[n++] = rows[i].z;
    qsort(z, (size_t)n, sizeof *z, by_value);
    enum { SIDE = 280, EDGE = 30 };
    double scale = (SIDE - EDGE) / 8.8, mid = EDGE + (SIDE - EDGE) / 2.0;
    fprintf(out,
            "<svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" aria-label=\"distances against normal "
            "quantiles\">\n<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"0\"/>\n",
            SIDE, SIDE, SIDE, EDGE, SIDE - EDGE, SIDE);
    for (int k = -4; k <= 4; k += 2)
        fprintf(out,
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text><text x=\"%d\" y=\"%.1f\" "
                "text-anchor=\"end\">%d</text>\n",
                mid + k * scale, SIDE - EDGE + 14, k, EDGE - 6, mid - EDGE - k * scale + 4, k);
    for (int i = 0; i < n; i++)
        fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\"/>\n",
                mid + scale * normal_quantile((i + 0.5) / n), mid - EDGE - scale * fmax(-4, fmin(4, z[i])));
    fprintf(out,
            "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">normal quantile of the rank; upwards: distance "
            "z</text>\n"
            "</svg>\n",
            mid, SIDE - 2);
}

static void put_row(FILE *out, const row *r)
{
    fputs(r->holds ? "<tr>" : "<tr class=\"bad\">", out);
    put_cell(out, "", "%s", r->run);
    put_cell(out, "", "%s", r->claim);
    put_cell(out, "n", "%.8g", r->exact);
    if (r->sort == DISTANCE)
        put_cell(out, "n", "%.8g \302\261 %.1g", r->kura, r->se);
    else
        put_cell(out, "n", "%.8g", r->kura);
    if (r->sort == DISTANCE)
        put_cell(out, "n", "%+.2f", r->z);
    else
        put_cell(out, "n", "%s",
                 r->sort == EQUALITY ? r->se > 0 ? "\342\211\210" : "="
                 : r->sort == TWIN   ? "twin"
                                     : "band");
    put_cell(out, r->holds ? "ok" : "no", "%s",
             r->sort == TWIN ? r->holds ? "seen" : "NOT SEEN"
             : r->holds      ? "holds"
                             : "FAILS");
    put_cell(out, "c", "%s", r->replay[0] ? r->replay : r->program);
    fputs("</tr>\n", out);
}

static void put_family(FILE *out, const family *f, int number)
{
    const char *source = "";
    fprintf(out, "<h2 id=\"f%d\">", number);
    put_escaped(out, f->name);
    fputs("</h2>\n<p>", out);
    for (int i = 0; i < nrows; i++) { /* the sources of the exact values, each once */
        if (strcmp(rows[i].family, f->name) != 0 || strcmp(rows[i].source, source) == 0) continue;
        if (*source) fputs("; ", out);
        put_escaped(out, source = rows[i].source);
    }
    if (f->distances)
        fprintf(out, ". Chi-square of %d distances %.1f, probability %.3f", f->all.n, f->all.sum,
                f->all.probability);
    fputs(".</p>\n<div "
          "class=\"wide\"><table><thead><tr><th>run</th><th>claim</th><th class=\"n\">exact</th><th "
          "class=\"n\">kura</th><th class=\"n\">z</th>"
          "<th></th><th>replay</th></tr></thead><tbody>\n",
          out);
    for (int i = 0; i < nrows; i++)
        if (strcmp(rows[i].family, f->name) == 0) put_row(out, &rows[i]);
    fputs("</tbody></table></div>\n", out);
}

static const char style[] =
    "th.n{text-align:right}:root{color-scheme:light "
    "dark;--line:#8884;--soft:#8881;--bad:#c0392b;--ok:#2e7d4f}"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:78rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%;font-size:13px}th{text-align:left}"
    "td,th{border-bottom:1px solid var(--line);padding:.2rem .6rem;vertical-align:top}"
    ".n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.c{font-family:monospace;font-"
    "size:11px}"
    ".ok{color:var(--ok)}.no,.bad td{color:var(--bad);font-weight:600}.wide{overflow-x:auto}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem}dd{margin:0}"
    ".top{display:flex;flex-wrap:wrap;gap:2rem;align-items:flex-start}"
    "svg{max-width:100%}svg "
    "text{font-size:10px;fill:currentColor}.axis{stroke:currentColor;stroke-opacity:.4}"
    "circle{fill:#3a6ea5}";

static void put_head(FILE *out, const totals *t)
{
    int good =
        !t->failed && !t->missing && inside(&t->all) && inside(&t->first) && t->distances >= LEAST_DISTANCES;
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
            "content=\"width=device-width,initial-scale=1\"><title>kura: trust "
            "page</title><style>%s</style></head><body>\n",
            style);
    fprintf(
        out,
        "<h1>kura: trust page</h1>\n<p>What kura " KURA_VERSION
        " computes, beside exact answers that were computed "
        "apart from it. Every row can be made again by the command in its last column (programs lie in "
        "tests/ of the "
        "build folder). Seeds are 1 to 5, fixed beforehand. Numbers are the same on every machine.</p>\n");
    fprintf(out, "<div class=\"top\"><dl><dt>verdict</dt><dd class=\"%s\">%s</dd>", good ? "ok" : "no",
            good ? "every comparison holds" : "NOT every comparison holds");
    fprintf(out,
            "<dt>comparisons</dt><dd>%d</dd><dt>distances z</dt><dd>%d, the largest %.2f (level 1e-6 each: "
            "4.89)</dd>",
            nrows, t->distances, t->widest);
    fprintf(out,
            "<dt>chi-square of all z</dt><dd>%.1f with %d degrees, probability %.4f (%s 0.001 to 0.999)</dd>",
            t->all.sum, t->all.n, t->all.probability, inside(&t->all) ? "within" : "OUTSIDE");
    fprintf(out, "<dt>of one z a run</dt><dd>%.1f with %d degrees, probability %.4f (%s)</dd>", t->first.sum,
            t->first.n, t->first.probability, inside(&t->first) ? "within" : "OUTSIDE");
    fprintf(out,
            "<dt>equalities</dt><dd>%d</dd><dt>statistics in bands</dt><dd>%d</dd>"
            "<dt>mistakes made on purpose</dt><dd>%d</dd><dt>failed</dt><dd class=\"%s\">%d</dd>"
            "<dt>false alarms</dt><dd>%.1e expected a version of the random streams, and 4e-3 of the "
            "chi-squares</dd></dl>\n",
            t->equalities, t->bands, t->twins, t->failed ? "no" : "ok", t->failed,
            1e-6 * (t->distances + t->bands));
    put_quantiles(out);
    fputs("</div>\n<p>z: distance of kura's value from the exact one in standard errors that kura states "
          "(\302\261). "
          "Errors stated too small make the sum of squares too large, errors too large make it too small. "
          "Rows of one run share "
          "its paths and depend on each other; one z a run does not. = equality to the last bit, "
          "\342\211\210 to the tolerance "
          "in the claim or of the exact value, band: a statistic with a law of its own, twin: the same test "
          "put to a mistake "
          "made on purpose.</p>\n<ul>",
          out);
    for (int i = 0; i < nfamilies; i++) {
        fprintf(out, "<li><a href=\"#f%d\">", i);
        put_escaped(out, families[i].name);
        fprintf(out, "</a>: %d%s</li>", families[i].rows, families[i].failed ? ", NOT all hold" : "");
    }
    fputs("</ul>\n", out);
    for (int i = 0; i < nabsent && i < MOST_ABSENT; i++) {
        fputs("<p class=\"no\">Not run here: ", out);
        put_escaped(out, absent[i]);
        fputs("</p>\n", out);
    }
}

static void write_html(FILE *out, const totals *t)
{
    put_head(out, t);
    for (int i = 0; i < nfamilies; i++) put_family(out, &families[i], i);
    fputs("</body></html>\n", out);
}

/* ---- */

static FILE *open_in(const char *folder, const char *name, const char *mode)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return fopen(path, mode);
}

static int write_page(const char *folder, const char *name, void (*put)(FILE *, const totals *),
                      const totals *t)
{
    FILE *out = open_in(folder, name, "w");
    if (!out) {
        fprintf(stderr, "%s/%s cannot be written\n", folder, name);
        return 1;
    }
    put(out, t);
    printf("written: %s/%s\n", folder, name);
    return fclose(out) != 0;
}

/* The rows of a program; 0 when there are none. */
static int take_rows(const char *folder, const char *program)
{
    char name[256];
    snprintf(name, sizeof name, "%s.tsv", program);
    FILE *in = open_in(folder, name, "r");
    if (!in) return 0;
    int before = nrows;
    nrows = read_rows(in, rows, nrows);
    fclose(in);
    return nrows > before;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: trust_page FOLDER PROGRAM ...\n");
        return 2;
    }
    int missing = 0, optional = 0;
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--optional") == 0) {
            optional = 1;
            continue;
        }
        if (take_rows(argv[1], argv[i])) continue;
        printf("no rows of %s%s\n", argv[i],
               optional ? ", which is optional (see the test's message)" : ": run `ctest -L trust`");
        missing += !optional;
        absent[nabsent++ % MOST_ABSENT] = argv[i];
    }
    totals t = count_rows();
    t.missing = missing;
    int bad =
        write_page(argv[1], "trust.html", write_html, &t) | write_page(argv[1], "trust.md", write_text, &t);
    printf("%d comparisons: %d distances, %d equalities, %d bands, %d twins; %d failed\n", nrows, t.distances,
           t.equalities, t.bands, t.twins, t.failed);
    printf("chi-square of all z: %.2f with %d degrees, probability %.4f; of one z a run: %.2f with %d, %.4f; "
           "largest |z| %.2f\n",
           t.all.sum, t.all.n, t.all.probability, t.first.sum, t.first.n, t.first.probability, t.widest);
    for (int i = 0; i < nrows; i++)
        if (!rows[i].holds) printf("FAILS: %s: %s: %s\n", rows[i].family, rows[i].run, rows[i].claim);
    if (t.distances < LEAST_DISTANCES) printf("fewer than %d distances\n", LEAST_DISTANCES), bad = 1;
    if (!inside(&t.all) || !inside(&t.first)) printf("a sum of squares is outside its band\n"), bad = 1;
    return bad || missing || t.failed;
}
