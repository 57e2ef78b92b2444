/* One decree of an export restriction: what is drawn on a hit, and its severity by age [3.2]. */
#ifndef KURA_SIM_LANES_DECREE_H
#define KURA_SIM_LANES_DECREE_H

#include "num/dist.h"
#include "sim/lanes/latent.h"

#define SEVERITY_END 0.02 /* a relaxing restriction ends below this */

enum { DECREE_SLOTS = 8 }; /* 0 hit, 1 type, 2 severity, 3 duration, 4 freeze, 5 averted, 6 7 escalation */

/* Steps and shares; second_* is the plateau after an escalation, of length 0 without one. */
typedef struct {
    int notice;
    double freeze, severity, duration, second_severity, second_duration, half_life;
} decree_profile;

/* Severity at age `s` >= 0 from the beginning of its force; negative when it is over.  The plateau is
 * compared as s - freeze < duration, because one in force that is older than its law allows has just the
 * duration age - freeze: its plateau ends at the start, and not a step later where freeze + duration is
 * rounded up. */
static inline double decree_severity(const decree_profile *p, double s)
{
    if (s < p->freeze) return 1;
    if (s - p->freeze < p->duration) return p->severity;
    double after = s - p->freeze - p->duration, severity = p->severity;
    if (p->second_duration > 0) {
        if (after < p->second_duration) return p->second_severity;
        after -= p->second_duration;
        severity = p->second_severity;
    }
    if (!(p->half_life > 0)) return -1;
    double x = severity * kura_exp(-0.693147180559945309417 * (after / p->half_life));
    return x < SEVERITY_END ? -1 : x;
}

/* At the end of the plateau, with its probability, a second one: as severe as the type it escalates to would
 * have been by the same draw, and never milder; high U escalates.  `at` is the first slot of the address. */
static inline void decree_escalate(const km_decree *d, const km_type *k, const kura_stream *stream,
                                   uint64_t path, uint64_t at, decree_profile *p)
{
    p->second_severity = p->second_duration = 0;
    p->half_life = k->half_life;
    if (!(k->escalation > 0) || !(kura_stream_uniform(stream, path, at + 6) > 1 - k->escalation)) return;
    const km_type *to = &d->types[k->to];
    double severity =
        kura_clamp01(kura_dist_quantile(&to->severity, kura_stream_uniform(stream, path, at + 2)));
    double duration = kura_dist_quantile(&to->duration, kura_stream_uniform(stream, path, at + 7));
    p->second_severity = kura_max(p->severity, severity);
    p->second_duration = kura_max(1, duration);
    p->half_life = to->half_life;
}

static inline int decree_type(const km_decree *d, int regime, uint64_t path, uint64_t at)
{
    double u = kura_stream_uniform(&d->stream, path, at + 1);
    int type = 0;
    while (type < d->ntypes - 1 && u > d->types[type].share[regime]) type++;
    return type;
}

/* Is the hit of step t, of a type that diplomacy works against, averted [7.7]?  By slot 5 of its own step:
 * nothing else moves. */
static inline int decree_averted(const km_decree *d, int regime, uint64_t path, int t)
{
    uint64_t at = (uint64_t)t * DECREE_SLOTS;
    if (!d->kept) return 0;
    const double *kept = d->kept[decree_type(d, regime, path, at)];
    return kept && kura_stream_uniform(&d->stream, path, at + 5) > kept[t];
}

/* What a hit in step t draws, all of it from the slots of that step.  Gives the type. */
static inline const km_type *decree_draw(const km_decree *d, int regime, uint64_t path, int t,
                                         decree_profile *p)
{
    uint64_t at = (uint64_t)t * DECREE_SLOTS;
    const km_type *k = &d->types[decree_type(d, regime, path, at)];
    double severity =
        kura_clamp01(kura_dist_quantile(&k->severity, kura_stream_uniform(&d->stream, path, at + 2)));
    double duration = kura_dist_quantile(&k->duration, kura_stream_uniform(&d->stream, path, at + 3));
    double freeze = kura_dist_quantile(&k->freeze, kura_stream_uniform(&d->stream, path, at + 4));
    p->notice = k->notice;
    p->freeze = kura_max(0, freeze);
    p->severity = severity;
    p->duration = kura_max(1, duration);
    decree_escalate(d, k, &d->stream, path, at, p);
    return k;
}

/* A restriction in force at the start, of which f->age steps have passed: it has outlived them. */
static inline const km_type *decree_draw_in_force(const km_decree *d, const km_in_force *f, uint64_t path,
                                                  decree_profile *p)
{
    const km_type *k = &d->types[f->type];
    double freeze = kura_max(0, kura_dist_quantile(&k->freeze, kura_stream_uniform(&f->stream, path, 4)));
    double severity = f->severity;
    if (isnan(severity))
        severity = kura_clamp01(kura_dist_quantile(&k->severity, kura_stream_uniform(&f->stream, path, 2)));
    double lived = kura_max(0, f->age - freeze); /* in the plateau already: it has outlived that */
    double duration = kura_dist_quantile_above(&k->duration, lived, kura_stream_uniform(&f->stream, path, 3));
    p->notice = 0;
    p->freeze = freeze;
    p->severity = severity;
    p->duration = kura_max(1, duration);
    decree_escalate(d, k, &f->stream, path, 0, p);
    return k;
}

/* The threshold in the scale of V or Z that step t of the decree begins above, its rate multiplied by A. */
static inline double decree_threshold(const km_decree *d, int t, int regime, double A)
{
    const km_onset *o = &d->onset[d->which ? d->which[t] : 0];
    double p = A == 1 ? o->p[regime] : 1 - kura_exp(-(o->hazard[regime] * A));
    if (!d->loadings.n) return 1 - p;
    if (A == 1) return o->z[regime];
    if (p >= 1 || p <= 0) return p >= 1 ? -INFINITY : INFINITY;
    return d->loadings.t >= 0 ? kura_student_quantile(d->loadings.nu, 1 - p) : kura_norm_inv(1 - p);
}

/* V of step t, or Z where the onset has loadings. */
static inline void decree_latent(const km_decree *d, const kura_work *w, int t, lane *u)
{
    if (!d->loadings.n) return;
    const lane v = *u;
    latent(&d->loadings, w, t, &v, u);
}

#endif
