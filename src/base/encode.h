/* Chunks of numbers as HDF5 keeps them: shuffled, deflated, with a checksum (its filters shuffle, deflate and
 * fletcher32), so that a thread can pack what it made and the file takes it as it is.
 *
 * Shuffling puts the first bytes of all numbers together, then all second bytes and so on.  Bytes that look
 * random, the low ones of measured numbers, are stored, the others deflated by runs: three to five times as
 * fast as deflate at its first level on the whole, and no larger. */
#ifndef KURA_BASE_ENCODE_H
#define KURA_BASE_ENCODE_H

#include <stddef.h>
#include <stdint.h>

typedef struct kura_encoder kura_encoder;

/* Of chunks of up to `most` items of 8 bytes, little end first.  NULL: no memory. */
kura_encoder *kura_encoder_new(size_t most);
void kura_encoder_free(kura_encoder *encoder); /* NULL is fine */
/* Bytes that kura_encoder_new takes, those of zlib included. */
size_t kura_encoder_bytes(size_t most);
/* The packed bytes, valid until the next call, and their number. */
const void *kura_encode(kura_encoder *encoder, const void *items, size_t n, size_t *size);
/* Most bytes that n items may take. */
size_t kura_encoded_most(size_t n);

#endif
