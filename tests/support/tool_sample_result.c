/* The sample result for tests of readers.
 *   tool_sample_result FILE               writes it (replacing FILE)
 *   tool_sample_result FILE show [WHAT]   prints what `kura show` would, of any result
 *   tool_sample_result FILE digest        prints its digest */
#include "sample_frame.h"
#include "io/digest.h"
#include "io/read.h"
#include "io/show.h"
#include "io/write.h"
#include <string.h>

static kura_status write_sample(const char *path, kura_error *err)
{
    kura_frame *frame = sample_frame();
    if (!frame) return KURA_E_MEMORY;
    kura_status status = kura_io_write(frame, path, 1, err);
    kura_frame_free(frame);
    return status;
}

static kura_status show(const char *path, const char *what, kura_error *err)
{
    kura_frame *frame = NULL;
    kura_status status = kura_io_read(path, NULL, &frame, err);
    if (status == KURA_OK) status = kura_io_show(frame, what, stdout, err);
    kura_frame_free(frame);
    return status;
}

int main(int argc, char **argv)
{
    kura_error err = {0};
    kura_status status = KURA_E_USAGE;
    if (argc == 2) {
        status = write_sample(argv[1], &err);
    } else if (argc >= 3 && strcmp(argv[2], "show") == 0) {
        status = show(argv[1], argc > 3 ? argv[3] : NULL, &err);
    } else if (argc == 3 && strcmp(argv[2], "digest") == 0) {
        char digest[65];
        status = kura_io_digest(argv[1], digest, &err);
        if (status == KURA_OK) puts(digest);
    }
    if (status != KURA_OK) fprintf(stderr, "%s\n", err.message);
    return kura_status_exit(status);
}
