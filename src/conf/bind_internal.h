/* Shared between the files of the binder. */
#ifndef KURA_CONF_BIND_INTERNAL_H
#define KURA_CONF_BIND_INTERNAL_H

#include "conf/bind.h"

/* bind_values.c: reads a value that is not null into the field; nonzero after an error, reported. */
int kura_bind_value(kura_bind *b, const kura_key *key, const kura_node *node, void *structure);
/* The field as it is when nothing was given. */
void kura_bind_absent(const kura_key *key, void *structure);

/* bind_rows.c: reads a RECORDS value. */
int kura_bind_records(kura_bind *b, const kura_key *key, kura_node *value, void *structure);

/* bind.c */
size_t kura_bind_push(kura_bind *b, const char *key);
void kura_bind_pop(kura_bind *b, size_t before);
/* Keys of a row, the id (may be NULL) taken from the key of the mapping; unknown keys are reported unless
 * `checked`. */
void kura_bind_row(kura_bind *b, const kura_record *record, const kura_node *row, const kura_entry *id,
                   int checked, void *structure);
/* "; did you mean ...?", or what is known; ids count where they are written as a key (`with_id`). */
typedef struct {
    char text[420];
} kura_known;
kura_known kura_bind_known(const kura_record *record, const char *wanted, int with_id);

#endif
