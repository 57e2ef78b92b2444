/* The Roy Billinton Test System and what the two programs of this folder share: units, load, random numbers,
 * figures.
 *
 * Written as a program of its own, without a line of kura: units from Billinton et al., IEEE Trans. Power
 * Systems 4, 1989; the load curve is read from the table that the scenario reads. */
#ifndef ADEQUACY_SYSTEM_H
#define ADEQUACY_SYSTEM_H

#include <stdint.h>

enum { UNITS = 11, MOST_HOURS = 8784 };

typedef struct {
    double capacity, mttf, mttr; /* MW, h, h */
} unit;

typedef struct {
    int hours;
    double load[MOST_HOURS], peak; /* MW */
} load_curve;

/* Reads a table with one column `load`, the share of a peak of `peak` MW; ends the program when it cannot. */
void read_load(const char *file, double peak, load_curve *curve);

/* xoshiro256++ (Blackman and Vigna, 2019), seeded by splitmix64. */
typedef struct {
    uint64_t s[4];
} generator;

generator seeded(uint64_t seed);

static inline uint64_t draw(generator *g)
{
    uint64_t *s = g->s, sum = s[0] + s[3], result = (sum << 23 | sum >> 41) + s[0], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = s[3] << 45 | s[3] >> 19;
    return result;
}

/* Uniform in (0, 1). */
static inline double uniform(generator *g) { return ((double)(draw(g) >> 11) + 0.5) * 0x1p-53; }

/* Sums over years: hours with a loss, MWh not served, hours in which a loss begins. */
typedef struct {
    double years, sum[3], squares[3];
} figures;

static inline void add_year(figures *f, double hours, double energy, double begins)
{
    const double x[3] = {hours, energy, begins};
    f->years++;
    for (int k = 0; k < 3; k++) {
        f->sum[k] += x[k];
        f->squares[k] += x[k] * x[k];
    }
}

/* From the command line: LOAD_FILE YEARS [SEED [REPAIR]].  REPAIR multiplies all times of repair: a mistake,
 * for tests. */
typedef struct {
    double years;
    uint64_t seed;
    load_curve load;
    unit units[UNITS];
} job;

void read_job(int argc, char **argv, job *j);
/* One line of JSON: figures with standard errors, CPU seconds of the simulation. */
void print_figures(const char *name, const figures *f, double cpu_seconds);
/* CPU seconds of this process. */
double cpu_time(void);

#endif
