/* kura_status.h: status codes, errors and diagnostics shared by every kura function.
 *
 * Every function that can fail returns a kura_status; 0 (KURA_OK) is success.  The library never prints,
 * never exits and keeps no global state: messages go to a caller-owned kura_error (one message) or kura_diag
 * (up to 50 messages about one scenario). */
#ifndef KURA_STATUS_H
#define KURA_STATUS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* code, exit status of the command line (sysexits), text */
#define KURA_STATUS_LIST(X)                                                                                  \
    X(KURA_OK, 0, "success")                                                                                 \
    X(KURA_E_USAGE, 64, "wrong use")                                                                         \
    X(KURA_E_SCENARIO, 65, "bad scenario or data")                                                           \
    X(KURA_E_NO_INPUT, 66, "cannot read input")                                                              \
    X(KURA_E_INTERNAL, 70, "internal error")                                                                 \
    X(KURA_E_MEMORY, 71, "not enough memory")                                                                \
    X(KURA_E_CANNOT_CREATE, 73, "cannot create output")                                                      \
    X(KURA_E_IO, 74, "input or output failed")                                                               \
    X(KURA_E_INTERRUPTED, 75, "interrupted")

typedef enum {
#define KURA_STATUS_ENUM(code, exit_status, text) code,
    KURA_STATUS_LIST(KURA_STATUS_ENUM)
#undef KURA_STATUS_ENUM
} kura_status;

/* Text of a status; never NULL. */
const char *kura_status_text(kura_status status);
/* Exit status of the command line for a status. */
int kura_status_exit(kura_status status);

/* One error: fixed size, no allocation.  `file` is empty and `line` 0 when no position applies. */
typedef struct {
    kura_status code;
    char file[256];
    int line, column;
    int has_path; /* 1: the simulation failed on path number `path` */
    unsigned long long path;
    char message[768];
} kura_error;

typedef enum { KURA_DIAG_ERROR, KURA_DIAG_WARNING, KURA_DIAG_NOTE } kura_severity;

/* One message about a scenario, as a compiler would give it. */
typedef struct {
    kura_severity severity;
    char *file;    /* path as the user wrote it, or "" */
    int line;      /* 1-based; 0 = no position */
    int column;    /* 1-based, in code points; 0 = no column */
    char *message; /* one line, no final stop */
    char *source;  /* the source line for the caret, or NULL */
} kura_diag_message;

/* A growing list of messages.  Zero-initialise; free with kura_diag_fini.  At most KURA_DIAG_MAX errors are
 * kept: the reader stops there, as a compiler does. */
#define KURA_DIAG_MAX 50
typedef struct {
    kura_diag_message *items;
    size_t count, capacity;
    int errors, warnings;
} kura_diag;

void kura_diag_fini(kura_diag *diag);

#ifdef __cplusplus
}
#endif
#endif
