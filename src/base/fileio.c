/* Files written as a whole, see fileio.h. */
#include "base/fileio.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder of `path`, malloced: "." when it has none. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t n = !slash ? 1 : slash == path ? 1 : (size_t)(slash - path);
    char *folder = malloc(n + 1);
    if (!folder) return NULL;
    memcpy(folder, slash ? path : ".", n);
    folder[n] = 0;
    return folder;
}

static char *part_of(const char *path)
{
    size_t n = strlen(path);
    char *part = malloc(n + sizeof ".part");
    if (!part) return NULL;
    memcpy(part, path, n);
    memcpy(part + n, ".part", sizeof ".part");
    return part;
}

static kura_status no_memory(kura_error *err)
{
    return kura_error_set(err, KURA_E_MEMORY, "not enough memory");
}

static kura_status check_folder(const char *path, kura_error *err)
{
    char *folder = folder_of(path);
    if (!folder) return no_memory(err);
    struct stat st;
    kura_status status = KURA_OK;
    if (stat(folder, &st) != 0)
        status = errno == ENOENT ? kura_error_set(err, KURA_E_CANNOT_CREATE,
                                                  "cannot create %s: there is no folder %s", path, folder)
                                 : kura_error_set(err, KURA_E_CANNOT_CREATE, "cannot create %s: %s", path,
                                                  strerror(errno));
    else if (!S_ISDIR(st.st_mode))
        status =
            kura_error_set(err, KURA_E_CANNOT_CREATE, "cannot create %s: %s is not a folder", path, folder);
    else if (access(folder, W_OK | X_OK) != 0)
        status =
            kura_error_set(err, KURA_E_CANNOT_CREATE, "cannot create %s: the folder %s is not writable: %s",
                           path, folder, strerror(errno));
    free(folder);
    return status;
}

/* The target: absent, or a plain file (perhaps behind a symbolic link) that may be replaced. */
static kura_status check_target(const char *path, int force, kura_error *err)
{
    struct stat st;
    if (lstat(path, &st) != 0) {
        if (errno == ENOENT) return KURA_OK;
        return kura_error_set(err, KURA_E_CANNOT_CREATE, "cannot create %s: %s", path, strerror(errno));
    }
    if (S_ISLNK(st.st_mode) && stat(path, &st) != 0)
        st.st_mode = S_IFREG; /* a link to nothing: like a file */
    if (S_ISDIR(st.st_mode))
        return kura_error_set(err, KURA_E_CANNOT_CREATE, "cannot create %s: it is a folder", path);
    if (!S_ISREG(st.st_mode))
        return kura_error_set(err, KURA_E_CANNOT_CREATE, "cannot create %s: it is not a plain file", path);
    if (!force)
        return kura_error_set(err, KURA_E_CANNOT_CREATE, "cannot create %s: it exists; --force replaces it",
                              path);
    return KURA_OK;
}

kura_status kura_fileio_check(const char *path, int force, kura_error *err)
{
    size_t n = path ? strlen(path) : 0;
    if (n == 0)
        return kura_error_set(err, KURA_E_CANNOT_CREATE, "cannot create the output: its name is empty");
    if (path[n - 1] == '/')
        return kura_error_set(err, KURA_E_CANNOT_CREATE, "cannot create %s: it names a folder", path);
    KURA_TRY(check_folder(path, err));
    KURA_TRY(check_target(path, force, err));
    char *part = part_of(path);
    if (!part) return no_memory(err);
    struct stat st;
    kura_status status = KURA_OK;
    if (lstat(part, &st) == 0) {
        if (S_ISDIR(st.st_mode))
            status =
                kura_error_set(err, KURA_E_CANNOT_CREATE, "cannot create %s: %s is a folder", path, part);
    } else if (errno != ENOENT) { /* a name that is too long, for one */
        status = kura_error_set(err, KURA_E_CANNOT_CREATE, "cannot create %s: %s", part, strerror(errno));
    }
    free(part);
    return status;
}

/* Is `fd` the file that `path` names now? */
static int is_still(int fd, const char *path)
{
    struct stat a, b;
    return fstat(fd, &a) == 0 && lstat(path, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* 1 = locked (or the file system knows no locks), 0 = somebody else holds it. */
static int lock(int fd) { return flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }

/* Removes a .part that no living process holds.  The lock on the dead file keeps two newcomers apart: only
 * the one that holds it, while the name still leads to it, may remove the name.  Returns 0 when a living
 * process holds it. */
static int remove_dead(const char *part)
{
    int fd = open(part, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) { /* a symbolic link, or not ours to read */
        unlink(part);
        return 1;
    }
    int free_to_go = lock(fd);
    if (free_to_go && is_still(fd, part)) unlink(part);
    close(fd);
    return free_to_go;
}

kura_status kura_fileio_begin(kura_fileio *file, const char *path, int force, kura_error *err)
{
    memset(file, 0, sizeof *file);
    file->fd = -1;
    KURA_TRY(kura_fileio_check(path, force, err));
    file->force = force;
    file->path = strdup(path);
    file->part = part_of(path);
    if (!file->path || !file->part) {
        kura_fileio_abort(file);
        return no_memory(err);
    }
    kura_status status = KURA_OK;
    for (int attempt = 0; attempt < 100 && file->fd < 0; attempt++) {
        int fd = open(file->part, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (fd >= 0) {
            if (lock(fd) && is_still(fd, file->part))
                file->fd = fd;
            else
                close(fd); /* a newcomer took it for dead between our open and our lock */
        } else if (errno != EEXIST) {
            status = kura_error_set(err, KURA_E_CANNOT_CREATE, "cannot create %s: %s", file->part,
                                    strerror(errno));
            break;
        } else if (!remove_dead(file->part)) {
            status = kura_error_set(err, KURA_E_CANNOT_CREATE,
                                    "cannot create %s: another process is writing %s", path, file->part);
            break;
        }
    }
    if (status == KURA_OK && file->fd < 0)
        status = kura_error_set(err, KURA_E_CANNOT_CREATE, "cannot create %s: %s cannot be replaced", path,
                                file->part);
    if (status == KURA_OK) status = check_target(path, force, err); /* again, now that we hold the lock */
    if (status != KURA_OK) {
        if (file->fd < 0) { /* the .part, if any, is not ours: leave it */
            free(file->part);
            file->part = NULL;
        }
        kura_fileio_abort(file);
    }
    return status;
}

static kura_status failed(kura_fileio *file, const char *what, int why, kura_error *err)
{
    kura_error_set(err, KURA_E_IO, "cannot %s %s: %s", what, file->path, strerror(why));
    kura_fileio_abort(file);
    return KURA_E_IO;
}

kura_status kura_fileio_write(kura_fileio *file, uint64_t at, const void *data, size_t size, kura_error *err)
{
    const char *p = data;
    while (size > 0) {
        size_t n = size < (1u << 30) ? size : 1u << 30;
        ssize_t done = pwrite(file->fd, p, n, (off_t)at);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return failed(file, "write", done < 0 ? errno : ENOSPC, err);
        p += done;
        at += (uint64_t)done;
        size -= (size_t)done;
    }
    return KURA_OK;
}

kura_status kura_fileio_read(kura_fileio *file, uint64_t at, void *data, size_t size, kura_error *err)
{
    char *p = data;
    while (size > 0) {
        ssize_t done = pread(file->fd, p, size, (off_t)at);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return failed(file, "read back", errno, err);
        if (done == 0) {
            memset(p, 0, size);
            return KURA_OK;
        }
        p += done;
        at += (uint64_t)done;
        size -= (size_t)done;
    }
    return KURA_OK;
}

kura_status kura_fileio_resize(kura_fileio *file, uint64_t size, kura_error *err)
{
    return ftruncate(file->fd, (off_t)size) == 0 ? KURA_OK : failed(file, "write", errno, err);
}

/* Makes the rename durable.  Some file systems cannot flush a folder (EINVAL); that is no failure of ours. */
static int flush_folder(const char *path)
{
    char *folder = folder_of(path);
    if (!folder) return 0;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (fd < 0) return 0; /* writable but not readable: nothing to flush through */
    int failed = fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP && errno != EROFS;
    int why = errno;
    close(fd);
    errno = why;
    return failed ? -1 : 0;
}

kura_status kura_fileio_commit(kura_fileio *file, kura_error *err)
{
    kura_status status = check_target(file->path, file->force, err);
    if (status == KURA_OK && fsync(file->fd) != 0 && errno != EINVAL)
        status = kura_error_set(err, KURA_E_IO, "cannot write %s: %s", file->path, strerror(errno));
    if (status == KURA_OK && rename(file->part, file->path) != 0)
        status = kura_error_set(err, KURA_E_IO, "cannot rename %s to %s: %s", file->part, file->path,
                                strerror(errno));
    if (status == KURA_OK) {
        free(file->part); /* the name now belongs to the finished file */
        file->part = NULL;
        int fd = file->fd;
        file->fd = -1;
        if (close(fd) != 0 && errno != EINTR)
            status = kura_error_set(err, KURA_E_IO, "%s may be incomplete: %s", file->path, strerror(errno));
        else if (flush_folder(file->path) != 0)
            status = kura_error_set(err, KURA_E_IO,
                                    "%s is complete, but its folder could not be flushed to the disk: %s",
                                    file->path, strerror(errno));
    }
    kura_fileio_abort(file);
    return status;
}

void kura_fileio_abort(kura_fileio *file)
{
    if (file->part) {
        unlink(file->part); /* before the lock goes */
        free(file->part);
        if (file->fd >= 0) close(file->fd);
    }
    free(file->path);
    file->path = file->part = NULL;
    file->fd = -1;
}
