/* Text: a growable byte buffer for messages, echoes and printed scenarios. */
#ifndef KURA_BASE_TEXT_H
#define KURA_BASE_TEXT_H

#include <stddef.h>

/* Zero-initialise; free with kura_text_fini.  `data` is NUL-terminated once anything was added.  After a
 * failed allocation `failed` stays set and further additions do nothing. */
typedef struct {
    char *data;
    size_t size, capacity;
    int failed;
} kura_text;

void kura_text_fini(kura_text *text);
void kura_text_add(kura_text *text, const char *s);
void kura_text_add_n(kura_text *text, const char *s, size_t n);
void kura_text_printf(kura_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
