/* Text tables, see table.h. */
#include "io/table.h"
#include <math.h>
#include <string.h>

/* ---- text ---- */

/* Bytes of the UTF-8 character at p (1 for anything malformed) and its code point. */
static int decode(const unsigned char *p, unsigned *code)
{
    int n = *p < 0x80 ? 1 : *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : *p >= 0xc0 ? 2 : 1;
    unsigned c = n == 1 ? *p : *p & (0x7fu >> n);
    for (int i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            *code = 0xfffd;
            return 1;
        }
        c = c << 6 | (p[i] & 0x3fu);
    }
    *code = c;
    return n;
}

/* Columns of a character: East Asian wide ones take two, combining accents none. */
static int columns_of(unsigned c)
{
    if (c >= 0x300 && c <= 0x36f) return 0;
    int wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
               (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
               (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x20000 && c <= 0x3fffd);
    return wide ? 2 : 1;
}

static int width_of_n(const char *text, size_t bytes)
{
    int width = 0;
    unsigned code;
    for (size_t i = 0; i < bytes && text[i]; width += columns_of(code))
        i += (size_t)decode((const unsigned char *)text + i, &code);
    return width;
}

static int width_of(const char *text) { return width_of_n(text, strlen(text)); }

static int is_control(unsigned char c) { return c < 0x20 || c == 0x7f; }

static void put_clean(const char *text, size_t n, FILE *to)
{
    for (size_t i = 0; i < n; i++) putc(is_control((unsigned char)text[i]) ? '?' : text[i], to);
}

void kura_print_clean(const char *text, FILE *to)
{
    for (; *text; text++) {
        if (*text == '\n' || *text == '\t')
            putc(*text, to);
        else
            put_clean(text, 1, to);
    }
}

void kura_print_wrapped(const char *text, FILE *to)
{
    int at = 0;
    for (const char *p = text; *(p += strspn(p, " \n"));) {
        size_t n = strcspn(p, " \n");
        int width = width_of_n(p, n);
        if (at && at + 1 + width > KURA_TABLE_WIDTH) {
            putc('\n', to);
            at = 0;
        } else if (at) {
            putc(' ', to);
            at++;
        }
        put_clean(p, n, to);
        at += width;
        p += n;
    }
    putc('\n', to);
}

/* ---- numbers ---- */

/* Decimals that show two significant digits of `error` > 0; negative for errors of 100 and more. */
static int decimals_for(double error)
{
    char text[32];
    snprintf(text, sizeof text, "%.1e", error); /* rounds first: 0.0996 has the exponent of 0.10 */
    int exponent = 0;
    sscanf(strchr(text, 'e') + 1, "%d", &exponent);
    return 1 - exponent;
}

/* x with so many decimals; rounded to tens, hundreds ... when negative; with an exponent when there are too
 * many. */
static int put_decimals(char *out, size_t size, double x, int decimals)
{
    if (isnan(x)) return snprintf(out, size, "n/a");
    if (isinf(x)) return snprintf(out, size, x > 0 ? "inf" : "-inf");
    if (decimals > 7) {
        int digits = x == 0 ? 0 : (int)floor(log10(fabs(x))) + decimals;
        return snprintf(out, size, "%.*e", digits < 0 ? 0 : digits > 15 ? 15 : digits, x);
    }
    if (decimals < 0) {
        double unit = pow(10, -decimals);
        x = round(x / unit) * unit;
        decimals = 0;
    }
    if (fabs(x) >= 1e15) return snprintf(out, size, "%.6g", x);
    if (x == 0 || fabs(x) < 0.5 * pow(10, -decimals)) x = 0; /* no "-0.00" */
    return snprintf(out, size, "%.*f", decimals, x);
}

void kura_format_number(double x, char buffer[KURA_CELL_BYTES])
{
    if (isnan(x))
        snprintf(buffer, KURA_CELL_BYTES, "n/a");
    else if (x == floor(x) && fabs(x) < 1e15)
        snprintf(buffer, KURA_CELL_BYTES, "%.0f", x == 0 ? 0 : x);
    else
        snprintf(buffer, KURA_CELL_BYTES, "%.6g", x);
}

void kura_format_error(double x, double se, char buffer[KURA_CELL_BYTES])
{
    char value[KURA_CELL_BYTES], error[KURA_CELL_BYTES];
    if (se > 0 && isfinite(se) && isfinite(x)) {
        int decimals = decimals_for(se);
        put_decimals(value, sizeof value, x, decimals);
        put_decimals(error, sizeof error, se, decimals);
    } else {
        kura_format_number(x, value);
        kura_format_number(se, error);
    }
    if (isnan(x))
        snprintf(buffer, KURA_CELL_BYTES, "n/a");
    else
        snprintf(buffer, KURA_CELL_BYTES, "%.45s±%.45s", value, error);
}

/* Decimals below any need: the number as it is. */
enum { AS_IT_IS = -1000 };

static void put_end(char *out, double x, int decimals, const char *infinite)
{
    if (isinf(x) && x > 0)
        snprintf(out, KURA_CELL_BYTES, "%s", infinite);
    else if (decimals == AS_IT_IS)
        kura_format_number(x, out);
    else
        put_decimals(out, KURA_CELL_BYTES, x, decimals);
}

void kura_format_interval(double x, double lo, double hi, const char *infinite, char buffer[KURA_CELL_BYTES])
{
    char value[KURA_CELL_BYTES], low[KURA_CELL_BYTES], high[KURA_CELL_BYTES];
    double width = isfinite(hi) ? hi - lo : isfinite(x) ? 2 * (x - lo) : NAN;
    int decimals = width > 0 && isfinite(width) ? decimals_for(width) : AS_IT_IS;
    put_end(value, x, decimals, infinite);
    put_end(low, lo, decimals, infinite);
    put_end(high, hi, decimals, infinite);
    if (isnan(x) && isnan(lo) && isnan(hi))
        snprintf(buffer, KURA_CELL_BYTES, "n/a");
    else
        snprintf(buffer, KURA_CELL_BYTES, "%.28s [%.28s,%.28s]", value, low, high);
}

void kura_format_range(double lo, double hi, char buffer[KURA_CELL_BYTES])
{
    char low[KURA_CELL_BYTES], high[KURA_CELL_BYTES];
    double width = hi - lo;
    int decimals = width > 0 && isfinite(width) ? decimals_for(width) : AS_IT_IS;
    put_end(low, lo, decimals, "inf");
    put_end(high, hi, decimals, "inf");
    if (isnan(lo) || isnan(hi))
        snprintf(buffer, KURA_CELL_BYTES, "n/a");
    else if (lo == hi)
        snprintf(buffer, KURA_CELL_BYTES, "none seen");
    else
        snprintf(buffer, KURA_CELL_BYTES, "%.28s%s%.28s", low, lo < 0 ? " to " : "-", high);
}

/* Days to year, month, day of the proleptic Gregorian calendar; years begin in March inside, eras are 400
 * years. */
const char *kura_plain_units(const char *units)
{
    static const char *const plain[][2] = {{"1", ""},
                                           {"1e-6", "ppm"},
                                           {"d", "days"},
                                           {"day", "days"},
                                           {"d year-1", "days/year"},
                                           {"day year-1", "days/year"},
                                           {"1 year-1", "/year"},
                                           {"t year-1", "t/year"},
                                           {"1e6 USD", "million USD"}};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (strcmp(plain[i][0], units) == 0) return plain[i][1];
    return units;
}

void kura_format_date(int64_t day, char buffer[KURA_CELL_BYTES])
{
    int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t month = mp < 10 ? mp + 3 : mp - 9;
    snprintf(buffer, KURA_CELL_BYTES, "%04lld-%02lld-%02lld", (long long)(yoe + era * 400 + (month <= 2)),
             (long long)month, (long long)(doy - (153 * mp + 2) / 5 + 1));
}

/* ---- tables ---- */

static const char *cell(const kura_table *t, int64_t row, int64_t column, char *buffer)
{
    const char *text = t->cell(t->user, row, column, buffer);
    return text ? text : "";
}

static int column_width(const kura_table *t, int64_t column)
{
    char buffer[KURA_CELL_BYTES];
    int width = 0;
    for (int64_t r = -t->headings; r < t->rows; r++) {
        int w = width_of(cell(t, r, column, buffer));
        if (w > width) width = w;
    }
    return width;
}

static void put_blanks(int n, FILE *to)
{
    for (; n > 0; n--) putc(' ', to);
}

/* One row: column 0 and columns from..end-1.  Blanks are held back, so that no line ends with one. */
static void print_row(const kura_table *t, int64_t row, int64_t from, int64_t end, const int *widths,
                      FILE *to)
{
    char buffer[KURA_CELL_BYTES];
    int pending = 0;
    for (int64_t i = 0; i <= end - from; i++) {
        int64_t column = i == 0 ? 0 : from + i - 1;
        const char *text = cell(t, row, column, buffer);
        int room = widths[i] - width_of(text), left = column < t->left;
        if (!left) pending += room;
        if (*text) {
            put_blanks(pending, to);
            put_clean(text, strlen(text), to);
            pending = 0;
        }
        pending += 2 + (left ? room : 0);
    }
    putc('\n', to);
}

void kura_table_print(const kura_table *t, FILE *to)
{
    int widths[KURA_TABLE_WIDTH];
    int64_t from = 1;
    int limit = t->width ? t->width : KURA_TABLE_WIDTH;
    widths[0] = column_width(t, 0);
    do {
        int total = widths[0];
        int64_t end = from;
        for (; end < t->columns && end - from + 1 < KURA_TABLE_WIDTH; end++) {
            int width = column_width(t, end);
            if (end > from && total + 2 + width > limit) break;
            widths[end - from + 1] = width;
            total += 2 + width;
        }
        if (from > 1) putc('\n', to);
        for (int64_t r = -t->headings; r < t->rows; r++) print_row(t, r, from, end, widths, to);
        from = end;
    } while (from < t->columns);
}
