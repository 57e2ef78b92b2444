#!/usr/bin/env python3
"""A result is read by the programs people use: h5py, xarray with both engines, ncdump, R when it is installed.

Exit 0 passed, 77 skipped (with a message), anything else failed."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

BUILD = os.environ.get("KURA_BINARY_DIR", "build")
TOOL = os.path.join(BUILD, "tests", "tool_sample_result")
HERE = os.path.dirname(os.path.abspath(__file__))
MINERALS = ["gallium", "dysprosium", "naïve metal"]
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

try:
    import h5py
    import numpy as np
except ImportError as e:
    print(f"skipped: {e}")
    sys.exit(77)
import digest  # beside this file

skipped = []


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def datasets(file):
    found = []
    file.visititems(lambda name, o: found.append(o) if isinstance(o, h5py.Dataset) else None)
    return found


def text(attribute):
    return attribute.decode() if isinstance(attribute, bytes) else attribute


def is_bare(dataset):
    return text(dataset.attrs.get("NAME", "")).startswith(digest.BARE_SCALE.decode())


# ---- h5py: the rules of the format ----

def check_dimensions(dataset):
    if text(dataset.attrs.get("CLASS", "")) == "DIMENSION_SCALE":
        return
    for i, dim in enumerate(dataset.dims):
        check(len(dim) == 1, f"{dataset.name}: dimension {i} has no scale")
        check(dim[0].shape == (dataset.shape[i],), f"{dataset.name}: scale {i} has another length")
        check(dim[0].parent == dataset.parent, f"{dataset.name}: scale {i} is in another group")


def check_types(dataset):
    string = h5py.check_string_dtype(dataset.dtype)
    if string is not None:
        check(string.encoding == "utf-8" and string.length is None, f"{dataset.name}: not a variable-length UTF-8 string")
        check(dataset.compression is None and not dataset.fletcher32, f"{dataset.name}: filters on strings")
        return
    check(is_bare(dataset) or dataset.dtype in (np.float64, np.int32, np.int8), f"{dataset.name}: type {dataset.dtype}")
    if dataset.chunks:
        check(dataset.compression == "gzip" and dataset.compression_opts == 4 and dataset.shuffle and dataset.fletcher32,
              f"{dataset.name}: filters")


def check_attributes(dataset):
    for name in dataset.attrs:
        if name in digest.PLUMBING:
            continue
        attr = dataset.attrs.get_id(name)
        string = h5py.check_string_dtype(attr.dtype)
        check(string is None or string.length is not None, f"{dataset.name}: attribute {name} is of variable length")
    for name in text(dataset.attrs.get("ancillary_variables", "")).split():
        check(name in dataset.parent, f"{dataset.name}: there is no {name}")
    if "bounds" in dataset.attrs:
        check(text(dataset.attrs["bounds"]) in dataset.parent, f"{dataset.name}: there are no bounds")
    if "_FillValue" in dataset.attrs:
        check(dataset.attrs.get_id("_FillValue").dtype == dataset.dtype, f"{dataset.name}: _FillValue of another type")
    if dataset.dtype == np.int8:
        check(dataset.attrs["flag_values"].dtype == np.int8, f"{dataset.name}: flag_values")


def check_h5py(path):
    with h5py.File(path, "r") as file:
        check(text(file.attrs["Conventions"]) == "CF-1.10", "Conventions")
        check(text(file.attrs["filetype"]) == "kura result", "filetype")
        check(list(file.attrs["layout_version"]) == [1, 0], "layout_version")
        check(list(file) == ["adequacy", "histograms", "network", "provenance", "samples", "scenario", "summary"], "groups")
        order = file["summary"].id.get_create_plist().get_link_creation_order()
        check(order == h5py.h5p.CRT_ORDER_TRACKED | h5py.h5p.CRT_ORDER_INDEXED, "creation order")
        for dataset in datasets(file):
            check_dimensions(dataset)
            check_types(dataset)
            check_attributes(dataset)
        mineral = file["summary/mineral"]
        check([m.decode() for m in mineral[:]] == MINERALS, "labels as strings")
        check(text(mineral.attrs["labels"]).split("\n") == MINERALS, "labels as an attribute")
        check(text(file["scenario/resolved"][()]).endswith("± and 日本\n"), "text")


# ---- xarray: labels, dates, units ----

def check_xarray(path, engine):
    import xarray
    with xarray.open_dataset(path, engine=engine) as root:
        check(root.attrs["seed_text"] == "20250101", f"{engine}: root attributes")
    with xarray.open_dataset(path, group="summary", engine=engine) as d:
        check(list(d.mineral.values) == MINERALS, f"{engine}: labels")
        check(str(d.time.values[0]).startswith("2025-01-06") and str(d.time.values[1]).startswith("2025-01-13"),
              f"{engine}: dates {d.time.values[:2]}")
        check(str(d.time_bounds.values[0, 1]).startswith("2025-01-13"), f"{engine}: bounds {d.time_bounds.values[0]}")
        check(d.stock_quantile.dims == ("mineral", "time", "quantile"), f"{engine}: dimensions")
        check(d.stock_quantile.attrs["units"] == "t" and d.stock_quantile.attrs["estimator"] == "8.14", f"{engine}: units")
        check(np.isnan(d.stock_quantile.values[0, 1, 2]), f"{engine}: NaN")
        one = d.loss_of_load_expectation.sel(mineral="dysprosium")
        check(float(one) == 45.678, f"{engine}: value by label")
        with h5py.File(path, "r") as file:
            for name in d.data_vars:
                if d[name].dtype.kind == "f":
                    check(np.array_equal(d[name].values, file["summary"][name][()], equal_nan=True), f"{engine}: {name}")
    for group in ("adequacy", "histograms", "network", "samples", "scenario", "provenance"):
        with xarray.open_dataset(path, group=group, engine=engine) as d:
            d.load()
            if group == "adequacy":
                check(float(d.required_stock_days.sel(mineral="gallium", confidence=0.95)) == 31, f"{engine}: by label")
                check(list(d.irreducible.attrs["flag_values"]) == [0, 1], f"{engine}: flags")
            if group == "network":
                check(list(d.country.values) == ["CHN", "MYS", "JPN", ""], f"{engine}: {d.country.values}")


# ---- ncdump, show, digest ----

def check_ncdump(path):
    header = run("ncdump", "-h", path)
    for line in ("double stock_quantile(mineral, time, quantile) ;", "string mineral(mineral) ;", "\tnv = 2 ;",
                 'time:units = "days since 1970-01-01" ;', 'time:bounds = "time_bounds" ;',
                 "byte irreducible(mineral, confidence) ;", "irreducible:flag_values = 0b, 1b ;"):
        check(line in header, f"ncdump does not show {line}")
    check("(phony_dim" not in header, "ncdump had to invent dimensions")
    check('"2025-01-06", "2025-01-13"' in run("ncdump", "-t", "-g", "summary", "-v", "/summary/time", path),
          "ncdump shows no dates")


def check_show(path):
    """What `kura show` prints are the numbers of the file."""
    with h5py.File(path, "r") as file:
        for name in ("network/capacity", "histograms/shortage_length", "samples/inputs"):
            expected = file[name][()].reshape(file[name].shape[0], -1)
            lines = run(TOOL, path, "show", name).split("\n")
            rows = [re.split(r"\s{2,}", line.strip()) for line in lines if re.match(r"^\S.*\s\s+[-0-9.e+]+$", line)]
            rows = [row[1:] for row in rows if row[0] not in file[name].dims[0].label][-expected.shape[0]:]
            got = np.array([[float(x) for x in row] for row in rows])
            check(got.shape == expected.shape and np.allclose(got, expected, rtol=5e-6, atol=0), f"show {name}")
        headline = run(TOOL, path, "show")
        for i, mineral in enumerate(MINERALS):
            value, se = file["summary/loss_of_load_expectation"][i], file["summary/loss_of_load_expectation_se"][i]
            shown = re.search(rf"^{mineral}\s+\S\s+([0-9.]+)±([0-9.]+)", headline, re.M)
            check(shown and abs(float(shown[1]) - value) <= 0.05 * se and abs(float(shown[2]) - se) <= 0.05 * se,
                  f"headline of {mineral}: {shown and shown[0]}")


def check_digest(path, folder):
    ours = run(TOOL, path, "digest").strip()
    check(ours == digest.digest(path), "two digests of the same file")
    for tool, options in (("nccopy", []), ("h5repack", ["-f", "GZIP=1"])):
        if not shutil.which(tool):
            print(f"note: no {tool}")
            continue
        copy = os.path.join(folder, tool)
        run(tool, *options, path, copy)
        check(run(TOOL, copy, "digest").strip() == ours, f"{tool} changed the digest")
        check(digest.digest(copy) == ours, f"{tool} changed the digest of digest.py")
    again = os.path.join(folder, "again.h5")
    run(TOOL, again)
    check(open(again, "rb").read() == open(path, "rb").read(), "the same frame gave other bytes")


def check_r(path):
    rscript = shutil.which("Rscript")
    if not rscript or subprocess.run([rscript, "-e", "library(hdf5r)"], capture_output=True).returncode != 0:
        print("note: no R with hdf5r")
        return
    code = (f'library(hdf5r); f <- H5File$new("{path}", "r"); cat(f[["summary/mineral"]][], sep="\\n"); '
            'cat(f[["summary/loss_of_load_expectation"]][2], "\\n"); cat(h5attr(f[["summary/time"]], "units"), "\\n"); '
            'cat(f[["summary/stock_quantile"]]$dims, "\\n")')
    lines = run(rscript, "-e", code).strip().split("\n")
    check([line.strip() for line in lines] == MINERALS + ["45.678", "days since 1970-01-01", "5 60 3"], f"R: {lines}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "sample.h5")
        run(TOOL, path)
        check_h5py(path)
        for engine, module in (("netcdf4", "netCDF4"), ("h5netcdf", "h5netcdf")):
            try:
                __import__("xarray")
                __import__(module)
            except ImportError as e:
                skipped.append(str(e))
            else:
                check_xarray(path, engine)
        if shutil.which("ncdump"):
            check_ncdump(path)
        else:
            skipped.append("no ncdump")
        check_show(path)
        check_digest(path, folder)
        check_r(path)
    if skipped:
        print("skipped: " + "; ".join(skipped))
        sys.exit(77)
    print("passed")


if __name__ == "__main__":
    main()
