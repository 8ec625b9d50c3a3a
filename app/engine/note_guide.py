"""Guides of notes, see `app.engine.guide`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.engine.guide import MAX_NEAR, Guide

# The standard deviation of each factor at likeness 1; it is inversely proportional to likeness. Chosen with
# `tests/bench/bench_keys_manner.py`.
TIME = 0.02  # of log seconds, of the interval and of how long a key is held
HELD = 0.1
KEY = 0.8  # semitones
STRUCK = 4.0  # of the velocity
# Log-weights at likeness 1, in proportion to likeness up to `MAX_NEAR`.
TOGETHER = 12.0  # for a note that is, or is not, struck together with the one before
CLASS = 6.0  # for keys of the guide's pitch class


@dataclass(frozen=True, eq=False, kw_only=True)
class NoteGuide(Guide):
    """Notes that an answer is drawn toward; dt is 0 within a chord, whose notes ascend.

    Attributes:
        pitch: MIDI numbers, float64 `(n,)`.
        duration_s: how long each is held.
        velocity: 1 to 127.
    """

    pitch: np.ndarray
    duration_s: np.ndarray
    velocity: np.ndarray

    def factor(self, density: str, near: np.ndarray) -> np.ndarray:
        weight = np.minimum(near, MAX_NEAR)
        return np.column_stack(
            [
                np.where(self.dt_s > 0.0, -TOGETHER, TOGETHER) * weight,
                self.dt_s,
                np.square(near / TIME),
                self.pitch,
                np.square(near / KEY),
                CLASS * weight,
                self.duration_s,
                np.square(near / HELD),
                self.velocity,
                np.square(near / STRUCK),
            ]
        )
