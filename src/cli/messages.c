/* Messages: errors as a compiler prints them, with the source line and a caret. */
#include "cli/cli.h"
#include <string.h>

int cli_fail(kura_status status, const kura_error *err)
{
    if (err->file[0] && err->line)
        fprintf(stderr, "kura: %s:%d:%d: %s\n", err->file, err->line, err->column, err->message);
    else if (err->file[0])
        fprintf(stderr, "kura: %s: %s\n", err->file, err->message);
    else
        fprintf(stderr, "kura: %s\n", err->message[0] ? err->message : kura_status_text(status));
    return kura_status_exit(status);
}

/* The source line with a caret under the column; wide lines are cut around it. */
static void print_source(const kura_diag_message *m, FILE *to)
{
    enum { WIDTH = 110 };
    if (!m->source || m->column < 1) return;
    const char *line = m->source;
    int column = m->column, skip = column > WIDTH - 20 ? column - (WIDTH - 20) : 0;
    for (int i = 0; i < skip && *line; i++) { /* code points */
        line++;
        while (((unsigned char)*line & 0xC0) == 0x80) line++;
    }
    fputs("    ", to);
    int n = 0;
    for (const char *p = line; *p && *p != '\n' && *p != '\r' && n < WIDTH;) {
        unsigned char c = (unsigned char)*p;
        if (c < 0x20 || c == 0x7F)
            fputc(c == '\t' ? ' ' : '?', to), p++;
        else {
            fputc(*p++, to);
            while (((unsigned char)*p & 0xC0) == 0x80) fputc(*p++, to);
        }
        n++;
    }
    fprintf(to, "\n    %*s\n", column - skip, "^");
}

void cli_print_diag(const kura_diag *diag, int notes, FILE *to)
{
    static const char *const words[] = {"error", "warning", "note"};
    for (size_t i = 0; i < diag->count; i++) {
        const kura_diag_message *m = &diag->items[i];
        if (m->severity == KURA_DIAG_NOTE && !notes) continue;
        if (m->file[0]) fprintf(to, "%s:", m->file);
        if (m->line) fprintf(to, "%d:", m->line);
        if (m->column) fprintf(to, "%d:", m->column);
        fprintf(to, "%s%s: %s\n", m->file[0] || m->line ? " " : "", words[m->severity], m->message);
        print_source(m, to);
    }
    if (diag->errors > KURA_DIAG_MAX) fprintf(to, "stopped after %d errors\n", KURA_DIAG_MAX);
}

void cli_warn_run(const kura_scenario *s, uint64_t paths)
{
    kura_diag diag = {0};
    kura_run_options options = {.paths = paths};
    kura_run_warnings(s, &options, &diag);
    cli_print_diag(&diag, 0, stderr);
    kura_diag_fini(&diag);
}
