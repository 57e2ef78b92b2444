/* Sources and positions, see source.h. */
#include "conf/source.h"
#include <errno.h>
#include <fcntl.h>
#include <sha2.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CARET_LINE = 4000 }; /* longer lines are not shown under a message */

/* ---- messages ---- */

static char *line_text(const kura_source *s, int line)
{
    int i = s ? line - s->first_line : -1;
    if (i < 0 || i >= s->nlines) return NULL;
    size_t begin = s->lines[i], end = i + 1 < s->nlines ? s->lines[i + 1] : s->size;
    while (end > begin && (s->text[end - 1] == '\n' || s->text[end - 1] == '\r')) end--;
    if (end - begin > CARET_LINE) return NULL;
    char *copy = malloc(end - begin + 1);
    if (!copy) return NULL;
    memcpy(copy, s->text + begin, end - begin);
    copy[end - begin] = 0;
    return copy;
}

void kura_report(kura_diag *diag, kura_severity severity, kura_pos pos, const char *format, ...)
{
    char message[1024];
    int n = 0;
    if (pos.label) n = snprintf(message, sizeof message, "column \"%s\": ", kura_quote(pos.label).text);
    va_list args;
    va_start(args, format);
    vsnprintf(message + n, sizeof message - (size_t)n, format, args);
    va_end(args);
    char *line = line_text(pos.source, pos.line);
    kura_diag_add(diag, severity, pos.source ? pos.source->path : "", pos.line, pos.column, line, "%s",
                  message);
    free(line);
}

kura_quoted kura_quote(const char *text)
{
    kura_quoted q;
    size_t n = 0;
    int points = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        int starts = (*p & 0xC0) != 0x80;
        if (starts && points++ == 60) {
            memcpy(q.text + n, "...", 4);
            return q;
        }
        q.text[n++] = (char)(*p < 0x20 || *p == 0x7F ? '?' : *p);
    }
    q.text[n] = 0;
    return q;
}

/* ---- names ---- */

static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* The name of a file called `written` in `by` (may be NULL), relative to the main file's folder. */
static const char *join(kura_arena *arena, const kura_source *by, const char *written)
{
    if (written[0] == '/' || !by) return kura_arena_strdup(arena, written);
    while (written[0] == '.' && written[1] == '/') written += 2;
    return kura_arena_printf(arena, "%s%s", by->folder, written);
}

/* ---- checking the text ---- */

/* Length of the UTF-8 sequence at p, 0 when there is none; its code point in *point. */
static int decode(const unsigned char *p, size_t left, uint32_t *point)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    int n = p[0] < 0x80                   ? 1
            : p[0] >= 0xC2 && p[0] < 0xE0 ? 2
            : (p[0] & 0xF0) == 0xE0       ? 3
            : p[0] >= 0xF0 && p[0] < 0xF5 ? 4
                                          : 0;
    if (!n || (size_t)n > left) return 0;
    uint32_t c = n == 1 ? p[0] : p[0] & (0x7Fu >> n);
    for (int i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80) return 0;
        c = c << 6 | (p[i] & 0x3F);
    }
    *point = c;
    return c >= least[n] && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF) ? n : 0;
}

static const char *bad_point(uint32_t c)
{
    if (c == '\t' || c == '\n' || c == '\r') return NULL;
    if (c == 0) return "a NUL byte; is this a text file?";
    if (c < 0x20 || c == 0x7F || (c >= 0x80 && c < 0xA0)) return "a control character; remove it";
    if (c == 0x2028 || c == 0x2029) return "an invisible line separator; use an ordinary line end";
    if (c == 0xFEFF) return "a byte order mark inside the text; remove it";
    if (c == 0xFFFE || c == 0xFFFF) return "a code point that is no character; remove it";
    return NULL;
}

static int add_line(kura_arena *arena, kura_source *s, int *capacity, size_t start)
{
    if (s->nlines == *capacity) {
        int more = *capacity ? 2 * *capacity : 64;
        size_t *lines = KURA_NEW(arena, size_t, (size_t)more);
        if (!lines) return -1;
        if (s->nlines) memcpy(lines, s->lines, (size_t)s->nlines * sizeof *lines);
        s->lines = lines;
        *capacity = more;
    }
    s->lines[s->nlines++] = start;
    return 0;
}

/* Says why the text at byte i cannot be accepted: code point c of n bytes, or no code point at all (n = 0).
 */
static void complain(kura_files *files, const kura_source *s, size_t i, int n, uint32_t c, int column)
{
    int line = s->first_line + s->nlines - 1;
    unsigned byte = (unsigned char)s->text[i];
    unsigned next = i + 1 < s->size ? (unsigned char)s->text[i + 1] : 0;
    if (n)
        kura_diag_add(files->diag, KURA_DIAG_ERROR, s->path, line, column, NULL, "U+%04X is %s", (unsigned)c,
                      bad_point(c));
    else if (i == 0 && ((byte == 0xFF && next == 0xFE) || (byte == 0xFE && next == 0xFF)))
        kura_diag_add(files->diag, KURA_DIAG_ERROR, s->path, line, column, NULL,
                      "the file is UTF-16; save it as UTF-8");
    else
        kura_diag_add(files->diag, KURA_DIAG_ERROR, s->path, line, column, NULL,
                      "byte 0x%02X is not UTF-8; save the file as UTF-8", byte);
}

/* Finds the lines and refuses what is no clean UTF-8 text. */
static int check_text(kura_files *files, kura_source *s)
{
    const unsigned char *p = (const unsigned char *)s->text;
    int capacity = 0, column = 1;
    if (add_line(files->work, s, &capacity, 0)) return -1;
    for (size_t i = 0; i < s->size; column++) {
        uint32_t c = 0;
        int n = decode(p + i, s->size - i, &c);
        if (!n || bad_point(c)) {
            complain(files, s, i, n, c, column);
            return -1;
        }
        i += (size_t)n;
        if (c == '\n' || (c == '\r' && p[i] != '\n')) {
            if (add_line(files->work, s, &capacity, i)) return -1;
            column = 0;
        }
    }
    return 0;
}

/* ---- opening ---- */

static const char *reason(int error)
{
    switch (error) {
    case ENOENT:
        return "no such file";
    case EACCES:
        return "permission denied";
    case EISDIR:
        return "it is a folder";
    case ENOTDIR:
        return "a part of its path is no folder";
    case ENAMETOOLONG:
        return "the name is too long";
    case EINVAL:
        return "it is no plain file";
    case EFBIG:
        return "it is larger than 64 MiB";
    case ENOMEM:
        return "not enough memory";
    default:
        return "the system could not read it";
    }
}

static int read_all(int fd, char *text, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t n = read(fd, text + done, size - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        if (n == 0) return EIO; /* the file shrank while it was read */
        done += (size_t)n;
    }
    return 0;
}

/* Bytes of the file into s; an errno value on failure. */
static int load(kura_files *files, kura_source *s, const char *path)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return errno;
    struct stat st;
    int error = fstat(fd, &st) ? errno : 0;
    if (!error && S_ISDIR(st.st_mode)) error = EISDIR;
    if (!error && !S_ISREG(st.st_mode)) error = EINVAL;
    if (!error && st.st_size > KURA_FILE_LIMIT) error = EFBIG;
    if (!error) {
        s->size = (size_t)st.st_size;
        s->device = (unsigned long long)st.st_dev;
        s->inode = (unsigned long long)st.st_ino;
        char *text = kura_arena_alloc(files->work, s->size + 1, 1);
        error = text ? read_all(fd, text, s->size) : ENOMEM;
        s->text = text;
    }
    close(fd);
    return error;
}

static int add_source(kura_files *files, kura_source *s)
{
    if (files->count == files->capacity) {
        int capacity = files->capacity ? 2 * files->capacity : 16;
        kura_source **items = KURA_NEW(files->work, kura_source *, (size_t)capacity);
        if (!items) return -1;
        if (files->count) memcpy(items, files->items, (size_t)files->count * sizeof *items);
        files->items = items;
        files->capacity = capacity;
    }
    files->items[files->count++] = s;
    return 0;
}

static kura_source *open_file(kura_files *files, const char *path, const char *name, const char *written,
                              kura_pos by)
{
    kura_source *s = KURA_NEW(files->work, kura_source, 1);
    if (!s) return NULL;
    s->path = path;
    s->name = name;
    s->folder = kura_arena_strndup(files->keep, name, folder_length(name));
    s->first_line = 1;
    if (!path || !name || !s->folder) return NULL;
    int error = load(files, s, path);
    if (error) {
        files->unreadable++;
        if (by.source)
            kura_report(files->diag, KURA_DIAG_ERROR, by, "cannot read \"%s\": %s", kura_quote(written).text,
                        reason(error));
        else
            kura_diag_add(files->diag, KURA_DIAG_ERROR, path, 0, 0, NULL, "cannot read the file: %s",
                          reason(error));
        return NULL;
    }
    SHA256Data((const uint8_t *)s->text, s->size, s->sha256);
    if (s->size >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0) {
        s->text += 3;
        s->size -= 3;
    }
    if (check_text(files, s) || add_source(files, s)) return NULL;
    return s;
}

kura_source *kura_files_open_main(kura_files *files, const char *path)
{
    kura_pos nowhere = {NULL, 0, 0, NULL};
    size_t n = folder_length(path);
    files->root = kura_arena_strndup(files->keep, path, n);
    if (!files->root) return NULL;
    return open_file(files, kura_arena_strdup(files->keep, path), kura_arena_strdup(files->keep, path + n),
                     path, nowhere);
}

kura_source *kura_files_open(kura_files *files, const char *written, kura_pos by)
{
    const char *name = join(files->keep, by.source, written);
    if (!name) return NULL;
    for (int i = 0; i < files->count; i++)
        if (strcmp(files->items[i]->name, name) == 0) return files->items[i];
    const char *path =
        name[0] == '/' ? name : kura_arena_printf(files->keep, "%s%s", files->root ? files->root : "", name);
    return open_file(files, path, name, written, by);
}

kura_source *kura_files_text(kura_files *files, const char *path, int line, const char *text)
{
    kura_source *s = KURA_NEW(files->work, kura_source, 1);
    if (!s) return NULL;
    s->path = kura_arena_strdup(files->keep, path);
    s->name = s->path;
    s->folder = "";
    s->first_line = line;
    s->text = kura_arena_strdup(files->work, text);
    if (!s->path || !s->text) return NULL;
    s->size = strlen(s->text);
    return check_text(files, s) ? NULL : s;
}
