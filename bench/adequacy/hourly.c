/* Sequential Monte Carlo hour by hour: every unit is a two-state Markov chain that one uniform number an hour
 * moves.
 *
 *     hourly LOAD_FILE YEARS [SEED [REPAIR]]
 *
 * The chain of an hour is that of the unit in continuous time, so the figures are those of units seen at the
 * start of every hour, without error of discretisation.  A year begins in the long-run law.  Numbers are
 * compared as integers, and the capacity of the fleet is kept and changed on the rare moves: a branch that is
 * nearly never taken costs less than masks and a sum over the units (measured: 5,300 years a second against
 * 3,600). */
#include "system.h"
#include <math.h>

/* A number below the threshold of its state moves the unit to the other one. */
typedef struct {
    uint64_t move[2]; /* from down, from up */
    uint64_t up;      /* long run */
} chain;

static uint64_t threshold(double p) { return (uint64_t)(p * 0x1p63) << 1; }

static chain chain_of(const unit *u)
{
    double fails = 1 / u->mttf, mends = 1 / u->mttr, share = mends / (fails + mends);
    double mixed = -expm1(-(fails + mends)); /* how far an hour goes to the long run */
    return (chain){{threshold(share * mixed), threshold((1 - share) * mixed)}, threshold(share)};
}

int main(int argc, char **argv)
{
    static job j;
    chain chains[UNITS];
    figures sum = {0};
    read_job(argc, argv, &j);
    for (int k = 0; k < UNITS; k++) chains[k] = chain_of(&j.units[k]);
    double before = cpu_time();
    generator g = seeded(j.seed);
    for (double year = 0; year < j.years; year++) {
        uint64_t below[UNITS]; /* threshold of the state that the unit is in */
        int up[UNITS], was_short = 0;
        double capacity = 0, hours = 0, energy = 0, begins = 0;
        for (int k = 0; k < UNITS; k++) {
            up[k] = draw(&g) < chains[k].up;
            below[k] = chains[k].move[up[k]];
            capacity += up[k] ? j.units[k].capacity : 0;
        }
        for (int t = 0; t < j.load.hours; t++) {
            for (int k = 0; k < UNITS; k++) {
                if (draw(&g) >= below[k]) continue;
                up[k] = !up[k];
                below[k] = chains[k].move[up[k]];
                capacity += up[k] ? j.units[k].capacity : -j.units[k].capacity;
            }
            double lack = j.load.load[t] - capacity;
            if (lack > 0) {
                hours++;
                energy += lack;
                begins += !was_short;
            }
            was_short = lack > 0;
        }
        add_year(&sum, hours, energy, begins);
    }
    print_figures("hourly", &sum, cpu_time() - before);
    return 0;
}
