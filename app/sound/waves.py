"""The waves of the oscillators: which harmonics each has, and where between them a pitch lies. Pure."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

WAVE_ROWS = ("sine", "soft", "saw 4", "saw 8", "saw 16", "saw 32", "saw 64", "saw 128")
"""Rows of the wavetable; `saw n` holds n harmonics."""


def harmonics(row: str) -> NDArray[np.float64]:
    """Amplitudes of the harmonics of a row of `WAVE_ROWS`, float64 (n,), sines; all rows have the same power.

    The last harmonics of a saw fade (Lanczos), so that the end of the band does not ring.
    """
    if row == "sine":
        weights = np.ones(1)
    elif row == "soft":
        weights = 1.0 / np.arange(1.0, 5.0) ** 2
    else:
        numbers = np.arange(1.0, float(row.split()[1]) + 1.0)
        weights = np.sinc(numbers / (len(numbers) + 1.0)) / numbers
    return np.asarray(weights / np.sqrt(np.sum(np.square(weights))))


def table_position(wave: str, frequency_hz: float) -> float:
    """Where in the table, [0, 1], a wave lies so that no harmonic passes 20 kHz.

    Between two saw rows both sound, so the brighter one must fit as well: 2 n f < 20 kHz.
    """
    last = len(WAVE_ROWS) - 1
    if wave in ("sine", "soft"):
        return WAVE_ROWS.index(wave) / last
    if wave != "saw":
        raise ValueError(f"wave: expected sine, soft or saw, got {wave!r}.")
    row = 2.0 + math.log2(20000.0 / (8.0 * frequency_hz))
    return min(max(row, 1.0), float(last)) / last
