/* Scratch files, see scratch.h. */
#define _GNU_SOURCE /* O_TMPFILE */
#include "base/scratch.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* For file systems that know no nameless files: the name goes at once. */
static int open_and_unlink(const char *folder)
{
    static const char name[] = "/.kura-XXXXXX";
    size_t n = strlen(folder);
    char *path = malloc(n + sizeof name);
    if (!path) return -1;
    memcpy(path, folder, n);
    memcpy(path + n, name, sizeof name);
    int fd = mkstemp(path);
    if (fd >= 0) {
        unlink(path);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    int why = errno;
    free(path);
    errno = why;
    return fd;
}

static const char *folder_or_default(const char *folder)
{
    if (!folder) folder = getenv("TMPDIR");
    return folder && *folder ? folder : "/tmp";
}

uint64_t kura_scratch_room(const char *folder)
{
    struct statvfs v;
    return statvfs(folder_or_default(folder), &v) == 0 ? (uint64_t)v.f_bavail * v.f_frsize : 0;
}

kura_status kura_scratch_open(kura_scratch *scratch, const char *folder, kura_error *err)
{
    memset(scratch, 0, sizeof *scratch);
    folder = folder_or_default(folder);
    int fd = -1;
#ifdef O_TMPFILE
    fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
#endif
    if (fd < 0) fd = open_and_unlink(folder);
    if (fd < 0)
        return kura_error_set(err, KURA_E_CANNOT_CREATE,
                              "cannot create a scratch file in %s: %s; it stands beside the output, without "
                              "one in the folder that TMPDIR names",
                              folder, strerror(errno));
    scratch->folder = strdup(folder);
    if (!scratch->folder) {
        close(fd);
        return kura_error_set(err, KURA_E_MEMORY, "not enough memory");
    }
    scratch->fd = fd;
    return KURA_OK;
}

int kura_scratch_write(const kura_scratch *scratch, uint64_t at, const void *data, size_t size)
{
    const char *p = data;
    while (size > 0) {
        ssize_t done = pwrite(scratch->fd, p, size, (off_t)at);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return done < 0 ? errno : ENOSPC;
        p += done;
        at += (uint64_t)done;
        size -= (size_t)done;
    }
    return 0;
}

int kura_scratch_read(const kura_scratch *scratch, uint64_t at, void *data, size_t size)
{
    char *p = data;
    while (size > 0) {
        ssize_t done = pread(scratch->fd, p, size, (off_t)at);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return errno;
        if (done == 0) { /* beyond the end: nobody wrote there */
            memset(p, 0, size);
            return 0;
        }
        p += done;
        at += (uint64_t)done;
        size -= (size_t)done;
    }
    return 0;
}

kura_status kura_scratch_error(const kura_scratch *scratch, int why, kura_error *err)
{
    return kura_error_set(err, KURA_E_IO, "cannot use the scratch file in %s: %s", scratch->folder,
                          strerror(why));
}

void kura_scratch_close(kura_scratch *scratch)
{
    if (!scratch->folder) return;
    close(scratch->fd);
    free(scratch->folder);
    scratch->folder = NULL;
}
