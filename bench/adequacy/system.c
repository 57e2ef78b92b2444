/* Reading, seeding and printing of the two programs, see system.h. */
#include "system.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Billinton et al., 1989; largest first. */
static const unit rbts[UNITS] = {
    {40, 1460, 8760.0 / 194},   {40, 1460, 8760.0 / 194},   {40, 2920, 8760.0 / 147},
    {20, 1752, 8760.0 / 195},   {20, 3650, 8760.0 / 157.6}, {20, 3650, 8760.0 / 157.6},
    {20, 3650, 8760.0 / 157.6}, {20, 3650, 8760.0 / 157.6}, {10, 2190, 8760.0 / 196},
    {5, 4380, 8760.0 / 198},    {5, 4380, 8760.0 / 198}};

void read_load(const char *file, double peak, load_curve *curve)
{
    FILE *in = fopen(file, "r");
    if (!in || fscanf(in, "load%*[\r\n]") < 0) {
        fprintf(stderr, "%s: no table with a column \"load\"\n", file);
        exit(2);
    }
    double share;
    curve->hours = 0;
    curve->peak = 0;
    while (curve->hours < MOST_HOURS && fscanf(in, "%lf", &share) == 1) {
        curve->load[curve->hours++] = share * peak;
        if (share * peak > curve->peak) curve->peak = share * peak;
    }
    fclose(in);
    if (curve->hours != 8736) {
        fprintf(stderr, "%s: %d hours, where 8736 are needed\n", file, curve->hours);
        exit(2);
    }
}

generator seeded(uint64_t seed)
{
    generator g;
    for (int k = 0; k < 4; k++) {
        uint64_t z = seed += 0x9e3779b97f4a7c15u;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        g.s[k] = z ^ z >> 31;
    }
    return g;
}

double cpu_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void read_job(int argc, char **argv, job *j)
{
    j->years = argc > 2 ? strtod(argv[2], NULL) : 0;
    j->seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    double repair = argc > 4 ? strtod(argv[4], NULL) : 1;
    if (argc < 3 || !(j->years >= 2) || !(repair > 0)) {
        fprintf(stderr, "usage: %s LOAD_FILE YEARS [SEED [REPAIR]], with at least 2 years\n", argv[0]);
        exit(2);
    }
    read_load(argv[1], 185, &j->load);
    for (int k = 0; k < UNITS; k++) {
        j->units[k] = rbts[k];
        j->units[k].mttr *= repair;
    }
}

void print_figures(const char *name, const figures *f, double cpu_seconds)
{
    static const char *const names[3] = {"lole", "eue", "lolf"};
    printf("{\"program\": \"%s\", \"years\": %.0f, \"cpu_s\": %.6f, \"years_a_second\": %.1f", name, f->years,
           cpu_seconds, f->years / cpu_seconds);
    for (int k = 0; k < 3; k++) {
        double mean = f->sum[k] / f->years;
        double variance = (f->squares[k] - f->years * mean * mean) / (f->years - 1);
        printf(", \"%s\": %.9g, \"%s_se\": %.3g", names[k], mean, names[k], sqrt(variance / f->years));
    }
    printf("}\n");
}
