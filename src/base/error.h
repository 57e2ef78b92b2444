/* Errors and diagnostics: how the library says what went wrong, where, and what would have been right. */
#ifndef KURA_BASE_ERROR_H
#define KURA_BASE_ERROR_H

#include "kura/kura_status.h"

#if defined(__GNUC__)
#define KURA_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define KURA_PRINTF(fmt, args)
#endif

/* Fills `err` (may be NULL) with code and formatted message, no position; returns `code`. */
kura_status kura_error_set(kura_error *err, kura_status code, const char *format, ...) KURA_PRINTF(3, 4);
/* The same with a position. */
kura_status kura_error_at(kura_error *err, kura_status code, const char *file, int line, int column,
                          const char *format, ...) KURA_PRINTF(6, 7);

/* Adds a message to `diag`.  `source` (may be NULL) is the text of the line, copied.  After KURA_DIAG_MAX
 * errors further errors are only counted; ask kura_diag_full to stop early.  Returns nonzero when memory ran
 * out. */
int kura_diag_add(kura_diag *diag, kura_severity severity, const char *file, int line, int column,
                  const char *source, const char *format, ...) KURA_PRINTF(7, 8);
int kura_diag_full(const kura_diag *diag);

#define KURA_TRY(call)                                                                                       \
    do {                                                                                                     \
        kura_status kura_try_status_ = (call);                                                               \
        if (kura_try_status_ != KURA_OK) return kura_try_status_;                                            \
    } while (0)

#endif
