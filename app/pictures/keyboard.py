"""Where the keys of a keyboard lie from bottom to top, in pictures and under the finger."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

LOWEST, HIGHEST = 0, 127
EDGE = 2  # keys that stay free below the lowest note and above the highest
OCTAVE = 12


class KeyRange(NamedTuple):
    """The keys that a picture has room for: `low` is the lowest, `high` the highest.

    A plain one is five octaves, C2 to C7.
    """

    low: float = 36.0
    high: float = 96.0

    def around(self, pitches: Iterable[int]) -> KeyRange:
        """This range, wide enough for `pitches` as well."""
        found = list(pitches)
        if not found:
            return self
        low, high = max(min(found) - EDGE, LOWEST), min(max(found) + EDGE, HIGHEST)
        return KeyRange(min(self.low, low), max(self.high, high))

    def y(self, pitch: float) -> float:
        """The middle of a key, fraction of the height, 0 at the top."""
        return 1.0 - (pitch - self.low + 0.5) / (self.high - self.low + 1.0)

    def pitch_at(self, y: float) -> int:
        """The key at `y`, a fraction of the height."""
        key = self.low + (1.0 - y) * (self.high - self.low + 1.0) - 0.5
        return int(min(max(round(key), round(self.low)), round(self.high)))

    def octaves(self) -> list[int]:
        """Every C there is."""
        first = -(-int(self.low) // OCTAVE) * OCTAVE
        return list(range(first, int(self.high) + 1, OCTAVE))


def octave_name(pitch: int) -> str:
    """The name of a C: 60, middle C, is C4."""
    return f"C{pitch // OCTAVE - 1}"
