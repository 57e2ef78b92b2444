/* Hash of the state in which the paths of a bundle end, for one mineral.
 *
 * Hashed is all that a step hands to the next one, of both runs of a path; what a step makes anew (targets,
 * orders, releases, what is served) follows from it.  Each lane has two numbers of its own, started with
 * mineral and path, so sums over paths and minerals do not depend on the order, the threads or the number of
 * lanes. Every step of a hash is a bijection of what it was: one value that differs makes another hash. */
#include "sim/lanes/lanes.h"

/* Whoever adds an array to the state decides here whether it outlives the step. */
_Static_assert(sizeof(kura_state) == 59 * sizeof(void *),
               "an array of kura_state is neither hashed nor left out");

/* Two multiplications by odd constants, each followed by a shift that lets high bits act on low ones. */
static void mix(kura_state_hash *hash, const uint64_t *word)
{
    LANES(l)
    {
        uint64_t x = word[l], a = (hash->v[0][l] ^ x) * UINT64_C(0x9fb21c651e98df25);
        uint64_t b = (hash->v[1][l] + (x << 32 | x >> 32)) * UINT64_C(0xd6e8feb86659fd93);
        hash->v[0][l] = a ^ a >> 32;
        hash->v[1][l] = b ^ b >> 29;
    }
}

static void mix_numbers(kura_state_hash *hash, const lane *x, int n)
{
    for (int i = 0; i < n; i++) {
        uint64_t word[L];
        LANES(l) word[l] = x[i].v[l] == 0 ? 0 : kura_bits(x[i].v[l]); /* there is one zero */
        mix(hash, word);
    }
}

static void mix_integers(kura_state_hash *hash, const ilane *x, int n)
{
    for (int i = 0; i < n; i++) {
        uint64_t word[L];
        LANES(l) word[l] = (uint32_t)x[i].v[l];
        mix(hash, word);
    }
}

static void mix_run(kura_state_hash *hash, const km_mineral *m, const kura_state *s)
{
    const lane *price[] = {s->X, s->Xo, s->Sc}, *demand[] = {s->sub, s->submax, s->pibar},
               *sums[] = {s->mined, s->gone, s->start, s->required, s->irreducible};
    for (int i = 0; i < 3; i++) mix_numbers(hash, price[i], 1);
    for (int i = 0; i < 3; i++) mix_numbers(hash, demand[i], m->response.nanswers);
    if (m->response.gradual) mix_numbers(hash, s->lnD, m->response.nanswers);
    for (int i = 0; i < 5; i++) mix_numbers(hash, sums[i], 1);
    mix_numbers(hash, s->I, m->nhubs);
    mix_numbers(hash, s->P, m->nhubs);
    mix_numbers(hash, s->Ubar, m->nhubs);
    mix_numbers(hash, s->ring, m->nhubs * m->ring);
    mix_numbers(hash, s->process, m->nprocess);
    mix_numbers(hash, s->S, m->ntiers);
    mix_numbers(hash, s->on_order, m->ntiers);
    mix_numbers(hash, s->held, m->ntiers);
    mix_numbers(hash, s->age, m->nages);
    mix_numbers(hash, s->delivery, m->nslots);
    mix_numbers(hash, s->sub_of, m->nthrifts ? m->response.nanswers : 0);
    mix_numbers(hash, s->top_of, m->nthrifts ? m->response.nanswers : 0);
    mix_numbers(hash, s->ln_gross, m->nthrifts && m->response.gradual ? m->response.nanswers : 0);
    if (m->supply.given) {
        mix_integers(hash, s->closing, m->nsites);
        mix_numbers(hash, s->building, m->supply.lag);
        mix_numbers(hash, s->built, 1);
        mix_numbers(hash, s->outlook, 1);
    }
    if (m->any_own) {
        mix_numbers(hash, s->own, m->nconsumers);
        mix_numbers(hash, s->ownuse, m->nconsumers);
    }
    if (!m->any_state_trigger) return; /* the rest is of another mineral */
    mix_numbers(hash, s->signal, m->ntiers);
    mix_numbers(hash, s->fe, m->ntiers);
    mix_integers(hash, s->fsm, m->ntiers);
    mix_integers(hash, s->t_on, m->ntiers);
    mix_integers(hash, s->t_rel, m->ntiers);
}

/* Qualification of suppliers and triggers that read inbound supply: state that both runs share. */
static void mix_exogenous(kura_state_hash *hash, const km_mineral *m, const kura_exogenous *e)
{
    for (int h = 0; h < m->nhubs; h++) {
        if (!m->hubs[h].qualifies) continue; /* elsewhere it decides nothing, and is not always kept */
        mix_numbers(hash, &e->qe[h], 1);
        mix_numbers(hash, &e->qneed[h], 1);
        mix_numbers(hash, &e->q[h], 1);
    }
    mix_numbers(hash, e->fe, m->ntiers);
    mix_integers(hash, e->fsm, m->ntiers);
    mix_integers(hash, e->t_on, m->ntiers);
    mix_integers(hash, e->t_rel, m->ntiers);
    mix_numbers(hash, e->import_wedge, m->price.wedge.ncountries);
    mix_numbers(hash, e->export_wedge, m->price.wedge.ncountries);
}

/* So that sums of many hashes are as good as the hashes. */
static void spread(kura_state_hash *hash)
{
    for (int i = 0; i < 2; i++) LANES(l)
        {
            uint64_t x = hash->v[i][l];
            x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
            x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
            hash->v[i][l] = x ^ x >> 31;
        }
}

void kura_hash_state(const kura_view *view, kura_state_hash *hash)
{
    const km_mineral *m = &view->model->minerals[view->mineral];
    uint64_t path[L], mineral[L], first_path = view->first_path, number = (uint64_t)view->mineral;
    LANES(l)
    {
        hash->v[0][l] = hash->v[1][l] = 0;
        path[l] = first_path + (uint64_t)l;
        mineral[l] = number;
    }
    mix(hash, path);
    mix(hash, mineral);
    mix_exogenous(hash, m, view->exo);
    mix_run(hash, m, view->base);
    if (view->drun) mix_run(hash, m, view->drun);
    spread(hash);
}
