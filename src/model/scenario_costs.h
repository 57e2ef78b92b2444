/* Costs and losses as written in a scenario [7]: part of scenario.h.  Money in USD, real; optional numbers
 * that were not given are NaN, optional indices -1. */
#ifndef KURA_MODEL_SCENARIO_COSTS_H
#define KURA_MODEL_SCENARIO_COSTS_H

/* Where a record was written, for messages of later phases. */
typedef struct {
    const char *file;
    int line, column;
} sc_where;

/* What a plant, a project or any other measure takes [7.3].  The same record wherever something is built. */
typedef struct {
    int given;
    double capex;             /* USD still to be spent at the start of the run */
    double construction_days; /* over which it is spent, up to the planned start; default 0: at once */
    double life_days;     /* over which it loses its worth from its start on; NaN = it has none at the end */
    double opex_fixed;    /* USD a year from the start on */
    double opex_variable; /* USD per t made */
    double sunk;          /* share of capex that is spent though the project is cancelled */
    sc_where where;
} sc_cost;

/* What it takes to hold a stockpile [7.2]; NaN = that of `costs.keeping`, there 0. */
typedef struct {
    int given;
    double storage;  /* USD/t a year */
    double share;    /* of the value of what is held, a year */
    double rotation; /* USD/t exchanged */
    double spread;   /* share of the price lost on what is exchanged */
    sc_where where;
} sc_keeping;

/* What a tonne is worth to who does not get it, by depth of the shortage [7.1]. */
typedef struct {
    int mineral;        /* -1 = every one */
    const char *sector; /* "" = every one */
    double depths[2];   /* share of demand unserved up to which the first and the second value hold */
    double multiples[3], values[3]; /* times the base price, or USD/t */
    sc_where where;
} sc_loss;

/* Price of a form over that of the mineral. */
typedef struct {
    int mineral, form;
    double multiple;
    sc_where where;
} sc_form_price;

typedef struct {
    int given; /* 0: nothing is counted */
    double discount_rate;
    int owned;      /* opening stocks are there already: they are not bought */
    double haircut; /* on the value of stocks at the end */
    sc_keeping keeping;
    double depths[2], multiples[3]; /* of the loss, where no row says otherwise */
    int by_default;                 /* nobody gave the multiples */
    int nlosses;
    sc_loss *losses;
    int nform_prices;
    sc_form_price *form_prices;
    sc_where where;
} sc_costs;

#endif
