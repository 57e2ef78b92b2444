#!/usr/bin/env python3
"""The digest of a kura result, computed without kura: src/io/digest.h written down again with h5py and hashlib.

    digest.py RESULT.h5      prints 64 hexadecimal digits, the same as `kura digest RESULT.h5`
"""
import hashlib
import struct
import sys

import h5py
import numpy as np

PLUMBING = {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "DIMENSION_LABELS", "_NCProperties"}
BARE_SCALE = b"This is a netCDF dimension but not a netCDF variable."


def u64(x):
    return struct.pack("<Q", x)


def text(s):
    s = s if isinstance(s, bytes) else s.encode("utf-8", "surrogateescape")
    return u64(len(s)) + s


def type_name(dtype):
    if h5py.check_string_dtype(dtype) is not None or dtype.kind == "S":
        return "string"
    if dtype.kind in "fiu" and (dtype.kind != "f" or dtype.itemsize in (4, 8)):
        return f"{dtype.kind}{8 * dtype.itemsize}"
    raise SystemExit(f"no digest for type {dtype}")


def shape_bytes(name, shape):
    return text(name) + u64(len(shape)) + b"".join(u64(n) for n in shape)


def element_bytes(values, name):
    if name == "string":
        return b"".join(text(v.split(b"\0")[0] if isinstance(v, bytes) else v) for v in values.ravel())
    little = values.astype(values.dtype.newbyteorder("<"))
    if name[0] == "f":
        little = np.where(little == 0, np.zeros_like(little), little)
        quiet = np.frombuffer(struct.pack("<Q", 0x7FF8000000000000) if name == "f64" else
                              struct.pack("<I", 0x7FC00000), little.dtype)[0]
        little = np.where(np.isnan(little), quiet, little).astype(little.dtype)
    return little.tobytes()


def value(values, dtype, shape):
    """Raw numpy values of an attribute or dataset."""
    name = type_name(dtype)
    return shape_bytes(name, shape) + element_bytes(np.asarray(values), name)


def attribute(object_, name):
    attr = object_.attrs.get_id(name)
    kind = h5py.check_string_dtype(attr.dtype)
    got = object_.attrs[name]
    if kind is not None and kind.length is None:
        got = np.array(got, dtype=object)
    elif attr.dtype.kind == "S":
        got = np.array(got, dtype=attr.dtype)
    return value(got, attr.dtype, () if np.prod(attr.shape) == 1 else attr.shape)


def is_plumbing(name):
    return name in PLUMBING or name.startswith("_Netcdf4") or name.startswith("_nc3_")


def attributes(object_):
    names = sorted((n for n in object_.attrs if not is_plumbing(n)), key=lambda n: n.encode())
    return u64(len(names)) + b"".join(text(n) + attribute(object_, n) for n in names)


def scales(file, dataset, path):
    folder = path.rsplit("/", 1)[0] + "/"
    lists = dataset.attrs["DIMENSION_LIST"] if "DIMENSION_LIST" in dataset.attrs else [[]] * dataset.ndim
    out = b""
    for refs in lists:
        name = file[refs[0]].name if len(refs) else ""
        here = name.startswith(folder) and "/" not in name[len(folder):]
        out += text(name[len(folder):] if here else "")
    return out


def record(file, path):
    object_ = file[path]
    if isinstance(object_, h5py.Group):
        return text(path) + text("group") + attributes(object_)
    name = object_.attrs.get("NAME", b"")
    if isinstance(name, bytes) and name.startswith(BARE_SCALE):
        data = shape_bytes("none", object_.shape)
    else:
        data = value(object_[()], object_.dtype, object_.shape)
    return text(path) + text("dataset") + data + scales(file, object_, path) + attributes(object_)


def paths(group, path):
    yield path
    if not isinstance(group, h5py.Group):
        return
    for name in group:
        if isinstance(group.get(name, getlink=True), h5py.HardLink) and (path, name) != ("/", "provenance"):
            yield from paths(group[name], (path if path != "/" else "") + "/" + name)


def digest(filename):
    sha = hashlib.sha256(text("kura digest 1"))
    with h5py.File(filename, "r") as file:
        for path in sorted(paths(file["/"], "/"), key=lambda p: p.encode()):
            sha.update(record(file, path))
    return sha.hexdigest()


if __name__ == "__main__":
    print(digest(sys.argv[1]))
