"""Scenarios written from the documentation alone, run by the program, and what came out against what should.

A sheet collects rows: figures of chance as distances in standard errors, figures without chance as
differences in tolerances (the mass quantum, rounding).  The scenarios are JSON, which is YAML."""
import json
import math
import os
import subprocess
import tempfile

import h5py
import numpy as np

YEAR = 365.25
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
LIMIT = 4.89  # standard errors: once in a million


class Sheet:
    """Rows (family, seed, figure, exact, given, distance); the distance of exact rows is in tolerances."""

    def __init__(self):
        self.rows, self.squares, self.count = [], 0.0, 0
        self.family, self.seed = "", 0

    def chance(self, figure, exact, given, error):
        z = (given - exact) / error if error > 0 else (0.0 if given == exact else math.inf)
        self.rows.append((self.family, self.seed, figure, exact, given, z, "z"))
        self.squares += z * z
        self.count += 1

    def mean(self, figure, exact, numbers):
        numbers = np.asarray(numbers, float)
        self.chance(figure, exact, numbers.mean(), numbers.std(ddof=1) / math.sqrt(numbers.size))

    def share(self, figure, exact, given, paths):
        self.chance(figure, exact, given, math.sqrt(exact * (1 - exact) / paths))

    def equal(self, figure, exact, given, tolerance):
        """The largest difference of two arrays, in tolerances."""
        exact, given = np.broadcast_arrays(np.asarray(exact, float), np.asarray(given, float))
        apart = np.abs(exact - given)
        apart = np.where((exact == given) | (np.isnan(exact) & np.isnan(given)), 0.0, apart)
        apart = np.where(np.isnan(apart), math.inf, apart)
        worst = np.unravel_index(np.argmax(apart), apart.shape) if apart.ndim else ()
        distance = float(apart[worst]) / tolerance
        self.rows.append(
            (self.family, self.seed, figure, float(exact[worst]), float(given[worst]), distance, "exact")
        )

    def failures(self):
        return [r for r in self.rows if not abs(r[5]) <= (LIMIT if r[6] == "z" else 1.0)]


class Result:
    """An open result; numbers by name, one mineral's by name and mineral."""

    def __init__(self, file, text):
        self.file, self.text = file, text

    def __getitem__(self, name):
        return self.file[name][()]

    def mineral(self, name, mineral="unit"):
        group = self.file[name.split("/")[0]]
        ids = [m.decode() for m in group["mineral"][()]]
        return self.file[name][()][ids.index(mineral)]


def program():
    return os.environ.get("KURA_BINARY") or os.path.join(os.getcwd(), "build", "kura")


def call(*words):
    done = subprocess.run([program(), *words], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"kura {' '.join(words)}\n{done.stderr}")
    return done.stdout, done.stderr


def result_of(file):
    """Runs a scenario file; the result stays readable when its directory is gone."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("KURA_TEST_TMP") or None) as scratch:
        out = os.path.join(scratch, "result.h5")
        text = "\n".join(call("run", file, "-o", out, "--threads", "1"))
        return Result(h5py.File(out, "r", driver="core", backing_store=False), text)


def run(scenario):
    with tempfile.TemporaryDirectory(dir=os.environ.get("KURA_TEST_TMP") or None) as scratch:
        file = os.path.join(scratch, "scenario.yaml")
        with open(file, "w", encoding="utf-8") as out:
            json.dump(scenario, out, indent=1)
        return result_of(file)


def run_file(name):
    """Runs a file of the repository."""
    return result_of(os.path.join(SOURCE, name))


def scenario(paths, steps, seed, minerals, network, **more):
    tallies = {"required_stock": False, **more.pop("tallies", {})}
    run_keys = {
        "paths": paths,
        "seed": seed,
        "step": "7 days",
        "steps": steps,
        "per": "horizon",
        "focus": "JPN",
        **more.pop("run", {}),
    }
    return {
        "format": 1,
        "name": "black-box",
        "run": run_keys,
        "minerals": minerals,
        "network": network,
        "tallies": tallies,
        **more,
    }


def home(mineral="unit", rate=16.0, spare="400 %", **site):
    """A mine at home and a use of all it makes."""
    mine = {
        "mineral": mineral,
        "form": "good",
        "country": "JPN",
        "kind": "mine",
        "output": f"{rate} t/step",
        "spare": spare,
        **site,
    }
    use = {"mineral": mineral, "form": "good", "country": "JPN", "rate": f"{rate} t/step"}
    return {"sites": {f"mine-{mineral}": mine}, "demand": [use]}


def draws(family, seed):
    """The generator of a family's parameters: of its name and the seed alone."""
    return np.random.default_rng([seed, *family.encode()])
