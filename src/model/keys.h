/* The keys of the scenario language: descriptor tables for every section, and what is generated from them. */
#ifndef KURA_MODEL_KEYS_H
#define KURA_MODEL_KEYS_H

#include "base/error.h"
#include "base/text.h"

/* Explains the scenario language to `out`: one key ("price.volatility", "run.step"), or with a NULL key all
 * of them; with `schema` the JSON Schema (draft-07) of a scenario instead.  KURA_E_USAGE, with a suggestion
 * in `err`, when no key has that name; KURA_E_MEMORY. */
kura_status kura_keys_describe(const char *key_or_null, int schema, kura_text *out, kura_error *err);

#endif
