"""What the network hears of an event: scaled values, and differences at several magnifications.

Part of the model file's graph, so app and training cannot disagree about it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from mdn.columns import Column, Kind, of_kind
from mdn.contact_features import ContactFeatures
from mdn.densities import Array, Knobs, Past, Pen, Places, Seconds
from mdn.note_features import NoteFeatures


class Features:
    """Natural units in; numbers of order one out, once centred and scaled.

    Each coordinate or value centred on its range; the step from the event before, through tanh at
    magnifications from a pixel to half the canvas, because a jump and a tremble both matter; the
    way a pen has come since its drawing and since its stroke began, and how far it is from each side of
    what is drawn; its place again as waves over the box, so that a small way is a large difference
    (Mildenhall et al. 2020, arXiv:2003.08934, Eq. 4); the logarithm of seconds; flags as they are; and
    whether there was an event before. Of a touch all that `ContactFeatures` says, of a note all that
    `NoteFeatures` says.

    Args:
        columns: what an event holds.
        densities: names of the densities of the model (`mdn.heads`); none takes today's. Of knobs that move
            one at a time, the smallest step is told from none.

    Attributes:
        n_features: how many.
        centre, scale: float32 `(n_features,)`, see `__call__`.
    """

    MAGNIFICATIONS: ClassVar = {
        Kind.POSITION: (300.0, 40.0, 5.0),
        Kind.VALUE: (60.0, 4.0),
        Kind.OFFSET: (300.0, 50.0, 8.0),  # of a step as a share of the box
    }
    KNOBS = (300.0, 60.0, 4.0)  # the first one says of the smallest step that it was one
    SECONDS_SCALE = 0.5
    WAVES = (1.0, 2.0, 4.0, 8.0)  # of the place, to a box

    def __init__(self, columns: Sequence[Column], densities: Sequence[str] = ()) -> None:
        at = {kind: of_kind(columns, kind) for kind in Kind}
        self._placed = at[Kind.POSITION] + at[Kind.VALUE]
        self._offset = at[Kind.OFFSET]
        self._own: ContactFeatures | NoteFeatures | None = None
        if at[Kind.PITCH]:
            self._own = NoteFeatures(columns)
            self._take([(0.0, 1.0)] * (self._own.n_features + 1))
            return
        self._seconds = at[Kind.SECONDS]
        self._flags = at[Kind.FLAG]
        self._pen = at[Kind.PEN]
        moved = self._placed or self._offset
        if not moved:
            raise ValueError("columns: expected positions, offsets or values, got none.")
        magnifications = self.MAGNIFICATIONS[columns[moved[0]].kind]
        if at[Kind.VALUE] and (not densities or Knobs.name in densities):
            magnifications = self.KNOBS
        span = columns[moved[0]].high if self._offset else 1.0
        # The step of an event times this is that of what moved, magnified, one magnification after another.
        of_moved = np.eye(len(columns), dtype="float32")[:, moved]
        self._magnify = np.concatenate([of_moved * np.float32(by / span) for by in magnifications], axis=1)
        places = [
            ((columns[i].low + columns[i].high) / 2, 2 / (columns[i].high - columns[i].low))
            for i in self._placed
        ]
        seconds = [(math.log(Seconds.TYPICAL_S), self.SECONDS_SCALE)] * len(self._seconds)
        n_flags = len(self._flags) + Pen.STATES * len(self._pen) + 1
        n_waves = 4 * len(self.WAVES)  # sine and cosine of x and y
        n_steps = len(magnifications) * len(moved) + (8 + n_waves if self._offset else 0)
        self._half_box = np.float32(0.5 * span)
        self._wave = np.tile(np.repeat(self.WAVES, 2), 2).astype("float32") * np.float32(2.0 * math.pi / span)
        self._phase = np.repeat([0.0, 0.5 * math.pi], n_waves // 2).astype("float32")
        affine = [*places, *[(0.0, 1.0)] * n_steps, *seconds, *[(0.0, 1.0)] * n_flags]
        # Older models with positions hear the step alone.
        if at[Kind.POSITION] and (not densities or Places.name in densities):
            self._own = ContactFeatures(columns)
            affine = [(0.0, 1.0)] * (self._own.n_features + 1)
        self._take(affine)

    def _take(self, affine: list[tuple[float, float]]) -> None:
        self.centre, self.scale = np.array(affine, "float32").T
        self.n_features = len(affine)

    def __call__(self, xp: Any, past: Past, known: Array) -> Array:
        """What the first layer hears, `(..., n_features)`, before it is centred and scaled.

        The first layer takes `(features - centre) * scale`, which an exported graph folds into its kernel.

        Args:
            xp: numpy or another namespace.
            past: the event and its route, natural units; seconds >= 0.
            known: 1 if there was an event before, else 0, `(..., 1)`.
        """
        if self._own is not None:
            return xp.concatenate([self._own(xp, past), known], axis=-1)
        event, parts = past.event, []
        moved = self._placed or self._offset
        first, last = moved[0], moved[-1] + 1
        if self._placed:
            parts.append(event[..., first:last])
        parts.append(xp.tanh(xp.matmul(past.step, self._magnify)))
        if self._offset:
            # Scaled here and not in the kernel: int8 kernels round all they take to a share of the largest.
            place = past.place
            way = xp.concatenate([place, place - past.start, place - past.low, past.high - place], axis=-1)
            parts.append(way / self._half_box)
            waves = xp.concatenate([place] * (2 * len(self.WAVES)), axis=-1) * self._wave
            parts.append(xp.sin(waves + self._phase))
        parts += [xp.log(event[..., i : i + 1] + Seconds.SHIFT_S) for i in self._seconds]
        parts += [event[..., i : i + 1] for i in self._flags]
        for i in self._pen:
            parts += [
                xp.maximum(1.0 - xp.abs(event[..., i : i + 1] - float(s)), 0.0) for s in range(Pen.STATES)
            ]
        parts.append(known)
        return xp.concatenate(parts, axis=-1)
