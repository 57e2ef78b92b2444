/* Prints draws of a stream for tests in other languages.
 *
 * Reads lines "seed key path index count" (numbers in decimal, the key without blanks) and prints for each
 * line `count` raw draws from `index` on as 16 hexadecimal digits and the uniform of each as a hexadecimal
 * float, one draw a line. */
#include "num/pcg.h"
#include <inttypes.h>
#include <stdio.h>

int main(void)
{
    uint64_t seed, path, index, count;
    char key[256];
    int fields;
    while ((fields = scanf("%" SCNu64 " %255s %" SCNu64 " %" SCNu64 " %" SCNu64, &seed, key, &path, &index,
                           &count)) == 5) {
        kura_stream s;
        kura_stream_init(&s, seed, key);
        for (uint64_t i = 0; i < count; i++)
            printf("%016" PRIx64 " %a\n", kura_stream_raw(&s, path, index + i),
                   kura_stream_uniform(&s, path, index + i));
    }
    return fields == EOF ? 0 : 1;
}
