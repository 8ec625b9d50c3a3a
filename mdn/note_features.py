"""What the network hears of a note: key and step, its place in the beat, how long and how hard."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from mdn.columns import Column, Kind, of_kind
from mdn.densities import Array, Past
from mdn.densities.note_grid import unit_of
from mdn.densities.note_memory import GRID, HIGHEST, LONGEST, LOWEST, MATCH
from mdn.densities.note_rows import MIDDLE, UNITS
from mdn.densities.note_seconds import interval


class NoteFeatures:
    """Numbers of order one.

    The pitch class, one of twelve; the register, as bumps; the step from the note before, one of 25 and by
    tanh; which multiple of the unit of the beat dt was; where in two, four, eight ... units the note is, as
    waves; the logarithms of the seconds; and of the note that followed the longest match much the same, with
    how long that was.

    Args:
        columns: what an event holds, as `mdn.columns.NOTES`.

    Attributes:
        n_features: how many, `known` not counted.
    """

    PERIODS: ClassVar = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)  # units
    BUMPS: ClassVar = tuple(range(LOWEST, HIGHEST + 1, 12))
    NEAR = 12  # semitones

    def __init__(self, columns: Sequence[Column]) -> None:
        kinds = (Kind.SECONDS, Kind.PITCH, Kind.DURATION, Kind.VELOCITY)
        self._at = [of_kind(columns, kind)[0] for kind in kinds]
        turn = 2.0 * math.pi / np.array(self.PERIODS)
        self._turns = np.concatenate([turn, turn]).astype("float32")
        self._phase = np.repeat([0.0, 0.5 * math.pi], len(turn)).astype("float32")
        self._classes = np.arange(12, dtype="float32")
        self._bumps = np.array(self.BUMPS, "float32")
        self._steps = np.arange(-self.NEAR, self.NEAR + 1, dtype="float32")
        n_of_both = len(self._steps) + 1 + len(UNITS)
        self.n_features = 12 + len(self._bumps) + 2 * n_of_both + 2 * len(turn) + 12 + 6

    def __call__(self, xp: Any, past: Past) -> Array:
        """The features after `past`, `(..., n_features)`.

        Args:
            xp: numpy or another namespace.
            past: the note and its route, natural units.
        """
        dt, pitch, held, velocity = (past.event[..., i : i + 1] for i in self._at)
        by, harder = (past.step[..., i : i + 1] for i in (self._at[1], self._at[3]))
        grid = past.memory[..., GRID]
        unit = unit_of(xp, grid)
        weight, missed, place, before = (grid[..., i : i + 1] for i in range(1, 5))
        then_dt, then_pitch, then_held, then_velocity, length = (
            past.memory[..., i : i + 1] for i in range(MATCH.start, MATCH.stop)
        )
        is_matched = xp.minimum(length, 1.0)
        then_by = then_pitch - pitch
        log_unit, log_held = xp.log(unit), xp.log(held + 0.02)
        octave = pitch - 12.0 * xp.floor(pitch / 12.0)
        parts = [
            xp.maximum(1.0 - xp.abs(octave - self._classes), 0.0),
            xp.maximum(1.0 - xp.abs(pitch - self._bumps) / 12.0, 0.0),
            xp.maximum(1.0 - xp.abs(by - self._steps), 0.0),
            *interval(xp, dt, unit),
            xp.sin(place * self._turns + self._phase),
            (pitch - MIDDLE) / 24.0,
            xp.tanh(by / 12.0),
            log_unit + 2.0,
            0.2 * xp.log(weight + 1.0),
            xp.minimum(missed, 2.0),
            0.5 * xp.log(dt + 0.01) + 0.7,
            0.5 * xp.log(before + 0.01) + 0.7,
            0.7 * log_held + 0.7,
            0.7 * (log_held - log_unit) - 0.5,
            (velocity - MIDDLE) / 32.0,
            xp.tanh(harder / 4.0),
            xp.tanh((held - before) / unit),
        ]
        matched = [
            xp.maximum(1.0 - xp.abs(then_by - self._steps), 0.0),
            *interval(xp, then_dt, unit),
            xp.tanh(then_by / 12.0),
            xp.tanh(0.25 * length),
            length / LONGEST,
            0.7 * (xp.log(then_held + 0.02) - log_held),
            (then_velocity - velocity) / 32.0,
            0.0 * length + 1.0,
        ]
        return xp.concatenate([*parts, is_matched * xp.concatenate(matched, axis=-1)], axis=-1)
