/* Words of a story: dates, masses, shares. */
#include "run/story.h"
#include "num/calendar.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *kura_story_kind_name(kura_story_kind kind)
{
    static const char *const names[] = {
#define NAME(id, name) name,
        KURA_STORY_KINDS(NAME)
#undef NAME
    };
    return names[kind];
}

static void format(double start_day, double step_days, int step, char out[24])
{
    double day = start_day + step * step_days, whole = floor(day + 1e-9);
    if (!(whole > -719000 && whole < 2932000)) { /* years 1 to 9999 */
        snprintf(out, 24, "step %d", step);
        return;
    }
    kura_date_format((int32_t)whole, out);
    if (step_days == floor(step_days)) return;
    int minutes = (int)floor((day - whole) * 1440 + 0.5);
    if (minutes < 0) minutes = 0;
    snprintf(out + 10, 14, "T%02d:%02d", minutes / 60 % 24, minutes % 60);
}

void kura_story_date(const kura_story *story, int step, char out[24])
{
    format(story->start_day, story->step_days, step, out);
}

story_word story_date(const story_record *r, int step)
{
    story_word w;
    char date[24];
    format(r->model->scenario->run.start_day, r->model->step_days, step, date);
    snprintf(w.v, sizeof w.v, "%s", date);
    return w;
}

story_word story_mass(double t)
{
    story_word w;
    if (fabs(t) >= 999.5)
        snprintf(w.v, sizeof w.v, "%.0f t", t);
    else
        snprintf(w.v, sizeof w.v, "%.3g t", t);
    return w;
}

story_word story_percent(double share)
{
    story_word w;
    double x = 100 * share;
    snprintf(w.v, sizeof w.v, fabs(x) < 9.95 && x != floor(x) ? "%.2g %%" : "%.0f %%", x);
    return w;
}

story_word story_price(double usd_per_t)
{
    story_word w;
    double unit = 1;
    while (usd_per_t / unit >= 999.5) unit *= 10;
    snprintf(w.v, sizeof w.v, usd_per_t < 99.5 ? "%.3g USD/t" : "%.0f USD/t",
             usd_per_t < 99.5 ? usd_per_t : floor(usd_per_t / unit + 0.5) * unit);
    return w;
}

story_word story_per_step(const km_model *model)
{
    story_word w;
    double d = model->step_days;
    if (d == 7)
        snprintf(w.v, sizeof w.v, "a week");
    else if (d == 1)
        snprintf(w.v, sizeof w.v, "a day");
    else if (fabs(d - 1.0 / 24) < 1e-9)
        snprintf(w.v, sizeof w.v, "an hour");
    else
        snprintf(w.v, sizeof w.v, "in %.3g days", d);
    return w;
}
