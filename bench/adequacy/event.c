/* Sequential Monte Carlo from event to event: exponential times to the next failure or repair of every unit;
 * between two events the capacity is constant, and the load curve is looked at only where it can exceed it.
 *
 *     event LOAD_FILE YEARS [SEED [REPAIR]]
 *
 * A unit is seen at the start of every hour.  Years follow one another, and the fleet is drawn anew from its
 * long-run law at the start of each.  The next event is the least of eleven times; a stretch of hours is
 * walked only if the capacity is below the peak of the year, then of the week, then of the day. */
#include "system.h"
#include <math.h>

enum { DAY = 24, WEEK = 168, DAYS = MOST_HOURS / DAY + 1, WEEKS = MOST_HOURS / WEEK + 1 };

static job j;
static double day_peak[DAYS], week_peak[WEEKS];

static void find_peaks(void)
{
    for (int t = 0; t < j.load.hours; t++) {
        double x = j.load.load[t];
        if (x > day_peak[t / DAY]) day_peak[t / DAY] = x;
        if (x > week_peak[t / WEEK]) week_peak[t / WEEK] = x;
    }
}

typedef struct {
    double hours, energy, begins;
    int last; /* last hour with a loss */
} losses;

/* Hours from..to-1 with one capacity. */
static void walk(losses *x, int from, int to, double capacity)
{
    for (int t = from; t < to;) {
        if (!(week_peak[t / WEEK] > capacity)) {
            t += WEEK - t % WEEK;
            continue;
        }
        int end = t + DAY - t % DAY;
        if (!(day_peak[t / DAY] > capacity)) {
            t = end;
            continue;
        }
        if (end > to) end = to;
        for (; t < end; t++) {
            double lack = j.load.load[t] - capacity;
            if (!(lack > 0)) continue;
            x->hours++;
            x->energy += lack;
            x->begins += x->last != t - 1;
            x->last = t;
        }
    }
}

static double exponential(generator *g, double mean) { return -mean * log(uniform(g)); }

int main(int argc, char **argv)
{
    figures sum = {0};
    read_job(argc, argv, &j);
    double before = cpu_time();
    find_peaks();
    generator g = seeded(j.seed);
    for (double year = 0; year < j.years; year++) {
        double next[UNITS], capacity = 0;
        int up[UNITS], t = 0;
        losses x = {0, 0, 0, -2};
        for (int k = 0; k < UNITS; k++) { /* memoryless: what is left of a time is as long as a fresh one */
            const unit *u = &j.units[k];
            up[k] = uniform(&g) < u->mttf / (u->mttf + u->mttr);
            next[k] = exponential(&g, up[k] ? u->mttf : u->mttr);
            capacity += up[k] ? u->capacity : 0;
        }
        while (t < j.load.hours) {
            int k = 0;
            for (int i = 1; i < UNITS; i++)
                if (next[i] < next[k]) k = i;
            int end = next[k] < j.load.hours ? (int)ceil(next[k]) : j.load.hours;
            if (capacity < j.load.peak) walk(&x, t, end, capacity);
            t = end;
            up[k] = !up[k];
            capacity += up[k] ? j.units[k].capacity : -j.units[k].capacity;
            next[k] += exponential(&g, up[k] ? j.units[k].mttf : j.units[k].mttr);
        }
        add_year(&sum, x.hours, x.energy, x.begins);
    }
    print_figures("event", &sum, cpu_time() - before);
    return 0;
}
