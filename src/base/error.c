/* Errors and diagnostics, see error.h. */
#include "base/error.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *kura_status_text(kura_status status)
{
    switch (status) {
#define TEXT(code, exit_status, text)                                                                        \
    case code:                                                                                               \
        return text;
        KURA_STATUS_LIST(TEXT)
#undef TEXT
    }
    return "unknown status";
}

int kura_status_exit(kura_status status)
{
    switch (status) {
#define EXIT(code, exit_status, text)                                                                        \
    case code:                                                                                               \
        return exit_status;
        KURA_STATUS_LIST(EXIT)
#undef EXIT
    }
    return 70;
}

static void fill(kura_error *err, kura_status code, const char *file, int line, int column,
                 const char *format, va_list args)
{
    if (!err) return;
    err->code = code;
    snprintf(err->file, sizeof err->file, "%s", file ? file : "");
    err->line = line;
    err->column = column;
    err->has_path = 0;
    vsnprintf(err->message, sizeof err->message, format, args);
}

kura_status kura_error_set(kura_error *err, kura_status code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(err, code, NULL, 0, 0, format, args);
    va_end(args);
    return code;
}

kura_status kura_error_at(kura_error *err, kura_status code, const char *file, int line, int column,
                          const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(err, code, file, line, column, format, args);
    va_end(args);
    return code;
}

static char *copy(const char *text)
{
    size_t n = strlen(text) + 1;
    char *p = malloc(n);
    if (p) memcpy(p, text, n);
    return p;
}

int kura_diag_full(const kura_diag *diag) { return diag->errors >= KURA_DIAG_MAX; }

int kura_diag_add(kura_diag *diag, kura_severity severity, const char *file, int line, int column,
                  const char *source, const char *format, ...)
{
    if (severity == KURA_DIAG_ERROR && diag->errors++ >= KURA_DIAG_MAX) return 0;
    if (severity == KURA_DIAG_WARNING) diag->warnings++;
    if (diag->count == diag->capacity) {
        size_t capacity = diag->capacity ? 2 * diag->capacity : 16;
        kura_diag_message *items = realloc(diag->items, capacity * sizeof *items);
        if (!items) return -1;
        diag->items = items;
        diag->capacity = capacity;
    }
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    kura_diag_message m = {severity,   copy(file ? file : ""),      line, column,
                           copy(text), source ? copy(source) : NULL};
    if (!m.file || !m.message) {
        free(m.file);
        free(m.message);
        free(m.source);
        return -1;
    }
    diag->items[diag->count++] = m;
    return 0;
}

void kura_diag_fini(kura_diag *diag)
{
    if (!diag) return;
    for (size_t i = 0; i < diag->count; i++) {
        free(diag->items[i].file);
        free(diag->items[i].message);
        free(diag->items[i].source);
    }
    free(diag->items);
    memset(diag, 0, sizeof *diag);
}
