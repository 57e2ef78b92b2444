/* Progress on stderr: a bar on a terminal, else one plain line every few seconds; and signals. */
#include "cli/cli.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t seen;

static void on_signal(int number)
{
    if (seen) _exit(128 + number); /* the second one ends at once */
    seen = number;
}

void cli_catch_signals(void)
{
    struct sigaction a;
    memset(&a, 0, sizeof a);
    a.sa_handler = on_signal;
    signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files is an error like a full disk */
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    sigaction(SIGUSR1, &a, NULL);
}

int cli_signal(void) { return (int)seen; }

void cli_progress_init(cli_progress *p, const char *how, const char *log_format)
{
    memset(p, 0, sizeof *p);
    if (!how) how = "auto";
    p->json = log_format && strcmp(log_format, "json") == 0;
    if (strcmp(how, "bar") == 0)
        p->kind = 1;
    else if (strcmp(how, "plain") == 0)
        p->kind = 2;
    else if (strcmp(how, "auto") == 0)
        p->kind = isatty(2) && !p->json ? 1 : 2;
}

int cli_progress_step(void *user, uint64_t done, uint64_t total, double seconds)
{
    cli_progress *p = user;
    double share = total ? (double)done / (double)total : 1;
    double rate = seconds > 0 ? (double)done / seconds : 0,
           left = rate > 0 ? (double)(total - done) / rate : 0;
    if (p->kind == 1) {
        char bar[31];
        int full = (int)(share * 30);
        for (int i = 0; i < 30; i++) bar[i] = i < full ? '#' : '.';
        bar[30] = 0;
        fprintf(stderr, "\r[%s] %3.0f %%  %llu paths  %.0f paths/s  %s%.0f s left   ", bar, 100 * share,
                (unsigned long long)done, rate, p->at_most ? "at most " : "", left);
        fflush(stderr);
        p->open = 1;
    } else if (p->kind == 2 && (seconds - p->last_line > 5)) {
        p->last_line = seconds;
        if (p->json)
            fprintf(stderr,
                    "{\"event\": \"progress\", \"paths\": %llu, \"of\": %llu, \"paths_per_second\": %.1f, "
                    "\"seconds_left\": %.0f%s}\n",
                    (unsigned long long)done, (unsigned long long)total, rate, left,
                    p->at_most ? ", \"at_most\": true" : "");
        else
            fprintf(stderr, "kura: %llu of %s%llu paths, %.0f paths/s, %s %.0f s left\n",
                    (unsigned long long)done, p->at_most ? "up to " : "", (unsigned long long)total, rate,
                    p->at_most ? "at most" : "about", left);
    }
    return cli_signal() != 0;
}

void cli_progress_end(cli_progress *p)
{
    if (p->open) fputc('\n', stderr);
    p->open = 0;
}
