/* HDF5's driver of the writer, see sink.h. */
#include "io/sink.h"
#include "base/error.h"
#include <stdlib.h>
#include <string.h>
#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

#define MOST_ADDRESS ((haddr_t)1 << 62)

typedef struct {
    H5FD_t head; /* HDF5's part */
    kura_sink *sink;
    haddr_t eoa, eof;
} opened;

static void note(kura_sink *sink, kura_status status)
{
    if (status && !sink->status) sink->status = status;
}

static H5FD_t *open_file(const char *name, unsigned flags, hid_t access, haddr_t most)
{
    (void)name, (void)flags, (void)most;
    kura_sink *const *sink = H5Pget_driver_info(access);
    opened *o = sink ? calloc(1, sizeof *o) : NULL;
    if (o) o->sink = *sink;
    return o ? &o->head : NULL;
}

static herr_t close_file(H5FD_t *file)
{
    free(file);
    return 0;
}

static herr_t query(const H5FD_t *file, unsigned long *flags)
{
    (void)file;
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA;
    return 0;
}

static haddr_t get_eoa(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const opened *)file)->eoa;
}

static herr_t set_eoa(H5FD_t *file, H5FD_mem_t type, haddr_t address)
{
    (void)type;
    ((opened *)file)->eoa = address;
    return 0;
}

static haddr_t get_eof(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const opened *)file)->eof;
}

static herr_t read_some(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t size, void *data)
{
    (void)type, (void)transfer;
    kura_sink *sink = ((opened *)file)->sink;
    memset(data, 0, size);
    if (!sink->status) note(sink, kura_fileio_read(sink->file, at, data, size, &sink->error));
    return 0;
}

static herr_t write_some(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t size,
                         const void *data)
{
    (void)type, (void)transfer;
    opened *o = (opened *)file;
    if (!o->sink->status) note(o->sink, kura_fileio_write(o->sink->file, at, data, size, &o->sink->error));
    if (at + size > o->eof) o->eof = at + size;
    return 0;
}

static herr_t extend(H5FD_t *file, hid_t transfer, hbool_t closing)
{
    (void)transfer, (void)closing;
    opened *o = (opened *)file;
    if (!o->sink->status && o->eof != o->eoa)
        note(o->sink, kura_fileio_resize(o->sink->file, o->eoa, &o->sink->error));
    o->eof = o->eoa;
    return 0;
}

static const H5FD_class_t driver = {
#if H5_VERSION_GE(1, 13, 0)
    .version = H5FD_CLASS_VERSION,
    .value = (H5FD_class_value_t)600, /* any above those of the library */
#endif
    .name = "kura",
    .maxaddr = MOST_ADDRESS,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(kura_sink *),
    .open = open_file,
    .close = close_file,
    .query = query,
    .get_eoa = get_eoa,
    .set_eoa = set_eoa,
    .get_eof = get_eof,
    .read = read_some,
    .write = write_some,
    .truncate = extend,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

int kura_sink_use(kura_sink *sink, kura_fileio *file, hid_t access)
{
    memset(sink, 0, sizeof *sink);
    sink->file = file;
    sink->driver = H5FDregister(&driver);
    return sink->driver >= 0 && H5Pset_driver(access, sink->driver, &sink) >= 0 ? 0 : -1;
}

void kura_sink_end(kura_sink *sink)
{
    if (sink->driver >= 0) H5FDunregister(sink->driver);
    sink->driver = -1;
}
