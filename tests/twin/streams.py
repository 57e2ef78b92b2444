"""Random numbers by name [R10.1], by NumPy's own generator.

The stream of (seed, key, path) is PCG64DXSM(SeedSequence(seed, spawn_key=words)).jumped(path), words = the first 16 bytes
of SHA-256(key) as four little-endian 32-bit words; a uniform number is (floor(raw / 2^12) + 1/2) / 2^52."""
import hashlib

import numpy as np
from numpy.random import PCG64DXSM, SeedSequence

FIRST_EVENTS = 16  # numbers drawn at once of a stream by event


class Streams:
    """All streams of one seed and path.  `bases` keeps the seeded generators, which paths share."""

    def __init__(self, seed, path, bases):
        self.seed, self.path, self.bases, self.kept = seed, path, bases, {}

    def _generator(self, key):
        if key not in self.bases:
            words = np.frombuffer(hashlib.sha256(key.encode()).digest()[:16], dtype="<u4")
            self.bases[key] = PCG64DXSM(SeedSequence(self.seed, spawn_key=tuple(int(w) for w in words)))
        return self.bases[key].jumped(self.path)

    def _first(self, key, count):
        """The first `count` numbers of a stream, or more."""
        have = self.kept.get(key)
        if have is None or len(have) < count:
            raw = self._generator(key).random_raw(count)
            have = self.kept[key] = ((raw >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
        return have

    def steps(self, key, slots, steps):
        """[step, slot] of a process that draws by step [R10.2]."""
        return self._first(key, slots * steps)[: slots * steps].reshape(steps, slots)

    def event(self, key, slots, number, slot):
        """The number in `slot` of event `number`."""
        index = number * slots + slot
        count = slots * FIRST_EVENTS
        while count <= index:
            count *= 4
        return float(self._first(key, count)[index])
