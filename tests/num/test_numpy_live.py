"""Streams against NumPy, live: random seeds, keys, paths and indices drawn anew from a fixed seed.

The stream of (seed, key, path) is PCG64DXSM(SeedSequence(seed, spawn_key=words)).jumped(path), words = the first 16 bytes
of SHA-256(key) as four little-endian 32-bit words.  Exit 77 (skipped) when NumPy is missing."""
import hashlib
import os
import random
import subprocess
import sys

try:
    import numpy as np
    from numpy.random import PCG64DXSM, SeedSequence
except ImportError as error:
    print("skipped: NumPy with PCG64DXSM is missing:", error)
    sys.exit(77)

CASES, COUNT = 400, 4
ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._:>-#"


def words(key):
    digest = hashlib.sha256(key.encode()).digest()
    return tuple(int(w) for w in np.frombuffer(digest[:16], dtype="<u4"))


def expected(seed, key, path, index):
    generator = PCG64DXSM(SeedSequence(seed, spawn_key=words(key)))
    if path:
        generator = generator.jumped(path)
    generator.advance(index)
    return [int(x) for x in generator.random_raw(COUNT)]


def any_integer(rng):
    """Integers of every length up to 64 bits, with the ends."""
    return rng.choice([0, 1, 2**64 - 1 - COUNT, rng.getrandbits(rng.randint(1, 63)), rng.getrandbits(rng.randint(1, 20))])


def main():
    tool = os.path.join(os.environ["KURA_BINARY_DIR"], "tests", "tool_stream")
    rng = random.Random(20260101)
    cases = []
    for _ in range(CASES):
        key = "".join(rng.choice(ALPHABET) for _ in range(rng.randint(1, 100)))
        cases.append((any_integer(rng), key, any_integer(rng), any_integer(rng)))
    request = "".join("%d %s %d %d %d\n" % (*case, COUNT) for case in cases)
    lines = subprocess.run([tool], input=request, capture_output=True, text=True, check=True).stdout.split("\n")
    for number, case in enumerate(cases):
        for step, raw in enumerate(expected(*case)):
            got, uniform = lines[number * COUNT + step].split()
            if int(got, 16) != raw or float.fromhex(uniform) != ((raw >> 12) + 0.5) * 2.0**-52:
                print("seed %d key %s path %d index %d, draw %d:" % (*case, step), "got", got, uniform, "NumPy %016x" % raw)
                return 1
    print("%d streams, %d draws each: as NumPy %s" % (CASES, COUNT, np.__version__))
    return 0


if __name__ == "__main__":
    sys.exit(main())
