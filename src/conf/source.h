/* Text that a user wrote - a file, or the value of a --set option - and positions in it, for messages as a
 * compiler gives them.
 *
 * Invariants: a source is valid UTF-8 without byte order mark, NUL-terminated, free of control characters but
 * tab, CR and LF; lines end at LF, CR or CR LF; lines and columns count from 1, columns in code points. */
#ifndef KURA_CONF_SOURCE_H
#define KURA_CONF_SOURCE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

typedef struct {
    const char *path; /* as shown in messages: what the user can open from where the program was started */
    const char
        *name; /* relative to the folder of the main file, or absolute: as the merged scenario names it */
    const char *folder; /* of `name`: "" or ending in '/'; names written in this file are relative to it */
    const char *text;
    size_t size;
    size_t *lines; /* start of each line in bytes */
    int nlines;
    int first_line;  /* number of the first line; 1 for files, the number of the option for --set */
    char sha256[65]; /* of the bytes of the file */
    unsigned long long device, inode; /* tell a file that includes itself, however it is spelt */
} kura_source;

/* A position.  `column` 0 = the line as a whole; `label` is the header of a table column, or NULL. */
typedef struct {
    const kura_source *source;
    int line, column;
    const char *label;
} kura_pos;

/* The files read so far.  Texts live in `work`, what outlives reading (paths, names) in `keep`. */
typedef struct {
    kura_arena *work, *keep;
    kura_diag *diag;
    const char *root; /* folder of the main file, "" or ending in '/' */
    kura_source **items;
    int count, capacity;
    int unreadable; /* files that could not be read */
} kura_files;

enum { KURA_FILE_LIMIT = 64 << 20 };

/* Opens the main file `path` and sets files->root.  NULL after an error, which is reported. */
kura_source *kura_files_open_main(kura_files *files, const char *path);
/* Opens the file called `written` in a source (or below the main file when `by.source` is NULL), once: the
 * same name gives the same source.  NULL after an error, which is reported at `by`. */
kura_source *kura_files_open(kura_files *files, const char *written, kura_pos by);
/* A source that is no file, e.g. a --set option: `path` is its name in messages, `line` the number of its
 * first line. The text is checked as a file's is.  NULL after an error, which is reported. */
kura_source *kura_files_text(kura_files *files, const char *path, int line, const char *text);

/* Adds a message at a position, with the source line; `column "LABEL": ` goes in front for a table column. */
void kura_report(kura_diag *diag, kura_severity severity, kura_pos pos, const char *format, ...)
    KURA_PRINTF(4, 5);

/* `text` fit for a message: at most 60 code points, control characters as '?', "..." when shortened.  For use
 * inside double quotes. */
typedef struct {
    char text[260];
} kura_quoted;
kura_quoted kura_quote(const char *text);

#endif
