/* Text buffer, see text.h. */
#include "base/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int reserve(kura_text *text, size_t more)
{
    if (text->failed) return -1;
    if (text->capacity - text->size > more) return 0;
    size_t capacity = text->capacity ? text->capacity : 256;
    while (capacity - text->size <= more) capacity *= 2;
    char *data = realloc(text->data, capacity);
    if (!data) {
        text->failed = 1;
        return -1;
    }
    text->data = data;
    text->capacity = capacity;
    return 0;
}

void kura_text_add_n(kura_text *text, const char *s, size_t n)
{
    if (reserve(text, n + 1)) return;
    memcpy(text->data + text->size, s, n);
    text->size += n;
    text->data[text->size] = 0;
}

void kura_text_add(kura_text *text, const char *s) { kura_text_add_n(text, s, strlen(s)); }

void kura_text_printf(kura_text *text, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n >= 0 && !reserve(text, (size_t)n + 1)) {
        vsnprintf(text->data + text->size, (size_t)n + 1, format, again);
        text->size += (size_t)n;
    }
    va_end(again);
}

void kura_text_fini(kura_text *text)
{
    free(text->data);
    memset(text, 0, sizeof *text);
}
