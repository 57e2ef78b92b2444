/* What descriptor tables say to people and to editors: explanations of keys, and a JSON Schema (draft-07).
 *
 * A path names ids of mappings as ID: "minerals.ID.price.volatility". */
#ifndef KURA_CONF_DESCRIBE_H
#define KURA_CONF_DESCRIBE_H

#include "conf/bind.h"

/* Prints every key of the record and of the records in it, one line each. */
void kura_describe_list(const kura_record *root, kura_text *out);

/* Explains every key whose path is, or ends in, `key` (ids may be given, left out, or written ID, also at its
 * end); returns how many. When there is none and `hint` is not NULL, it gets the nearest name as "; did you
 * mean ...". */
int kura_describe_key(const kura_record *root, const char *key, kura_text *out, char *hint, size_t size);

/* The schema of a file: an object with the keys of `root`.  `definitions` (may be NULL) is JSON text of
 * further definitions, `"id": {...}, ...`, for the types whose schema is NULL.  Keys are required only inside
 * lists, because what a file leaves out may come from its base or an include. */
void kura_describe_schema(const kura_record *root, const char *title, const char *definitions,
                          kura_text *out);
/* The schema of one record as an object, all its required keys required. */
void kura_describe_object(const kura_record *record, kura_text *out);

#endif
