"""What the network hears of an event: scaled values, and differences at several magnifications.

Part of the model file's graph, so app and training cannot disagree about it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from mdn.columns import Column, Kind
from mdn.densities import Array, Past, Pen, Places, Seconds


class Features:
    """Natural units in; numbers of order one out, once centred and scaled.

    Each coordinate or value centred on its range; the step from the event before, through tanh at
    magnifications from a pixel to half the canvas, because a jump and a tremble both matter; of a touch
    also the running mean of its steps, magnified seconds and the way since its contact began; the
    way a pen has come since its drawing and since its stroke began, and how far it is from each side of
    what is drawn; the place of a touch or a pen again as waves over the canvas or the box, so that a
    small way is a large difference (Mildenhall et al. 2020, arXiv:2003.08934, Eq. 4); the logarithm of
    seconds; flags as they are; and whether there was an event before.

    Args:
        columns: what an event holds.
        densities: names of the densities of the model (`mdn.heads`); none takes today's.

    Attributes:
        n_features: how many.
        centre, scale: float32 `(n_features,)`, see `__call__`.
    """

    MAGNIFICATIONS: ClassVar = {
        Kind.POSITION: (300.0, 40.0, 5.0),
        Kind.VALUE: (60.0, 4.0),
        Kind.OFFSET: (300.0, 50.0, 8.0),  # of a step as a share of the box
    }
    DRIFT: ClassVar = (300.0, 40.0)  # magnifications of the running mean of the steps of a contact
    SECONDS_SCALE = 0.5
    SECONDS_MAGNIFICATION = 8.0  # so that the frames of a screen that are late and early differ
    WAVES = (1.0, 2.0, 4.0, 8.0)  # of the place, to a box

    def __init__(self, columns: Sequence[Column], densities: Sequence[str] = ()) -> None:
        at = {kind: [i for i, c in enumerate(columns) if c.kind is kind] for kind in Kind}
        self._placed = at[Kind.POSITION] + at[Kind.VALUE]
        self._offset = at[Kind.OFFSET]
        self._seconds = at[Kind.SECONDS]
        self._flags = at[Kind.FLAG]
        self._pen = at[Kind.PEN]
        moved = self._placed or self._offset
        if not moved:
            raise ValueError("columns: expected positions, offsets or values, got none.")
        magnifications = self.MAGNIFICATIONS[columns[moved[0]].kind]
        self._copies = len(magnifications)
        span = columns[moved[0]].high if self._offset else 1.0
        self._magnification = np.repeat(magnifications, len(moved)).astype("float32") / span
        places = [
            ((columns[i].low + columns[i].high) / 2, 2 / (columns[i].high - columns[i].low))
            for i in self._placed
        ]
        seconds = [(math.log(Seconds.TYPICAL_S), self.SECONDS_SCALE)] * len(self._seconds)
        # Older models with positions hear the step alone.
        self._is_contact = bool(at[Kind.POSITION]) and (not densities or Places.name in densities)
        n_flags = len(self._flags) + Pen.STATES * len(self._pen) + 1
        n_waves = 4 * len(self.WAVES)  # sine and cosine of x and y
        n_steps = len(self._magnification) + (8 + n_waves if self._offset else 0)
        self._half_box = np.float32(0.5 * span)
        self._wave = np.tile(np.repeat(self.WAVES, 2), 2).astype("float32") * np.float32(2.0 * math.pi / span)
        self._phase = np.repeat([0.0, 0.5 * math.pi], n_waves // 2).astype("float32")
        ways = []
        if self._is_contact:
            self._magnified = len(self.DRIFT) * 2 + n_steps + len(self._seconds)
            self._projection, self._shift = self._magnify(magnifications)
            n_steps = self._magnified + n_waves
            ways = [(0.0, 2.0)] * 2
        affine = [*places, *[(0.0, 1.0)] * n_steps, *ways, *seconds, *[(0.0, 1.0)] * n_flags]
        self.centre, self.scale = np.array(affine, "float32").T
        self.n_features = len(affine)

    def _magnify(self, steps: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
        """Kernel and shift that take step, drift, log seconds and place to what tanh, then sine are taken of.

        One matrix product, because the graph runs an operator in about 100 ns, whatever its size.
        """
        n = len(self._seconds)
        pair = np.eye(2)
        blocks = [np.tile(pair, len(each)) * np.repeat(each, 2) for each in (steps, self.DRIFT)]
        blocks += [np.eye(n) * self.SECONDS_MAGNIFICATION, np.tile(pair, 2 * len(self.WAVES)) * self._wave]
        kernel = np.zeros((sum(len(block) for block in blocks), sum(block.shape[1] for block in blocks)))
        row = column = 0
        for block in blocks:
            kernel[row : row + len(block), column : column + block.shape[1]] = block
            row, column = row + len(block), column + block.shape[1]
        typical = -self.SECONDS_MAGNIFICATION * math.log(Seconds.TYPICAL_S + Seconds.SHIFT_S)
        shift = np.concatenate([np.zeros(self._magnified - n), np.full(n, typical), self._phase])
        return kernel.astype("float32"), shift.astype("float32")

    def _contact(self, xp: Any, past: Past, log_s: list[Array], first: int) -> list[Array]:
        """Step, drift, seconds and place of a touch, magnified, and the way since its contact began."""
        place = past.event[..., first : first + 2]
        heard = xp.concatenate([past.step[..., first : first + 2], past.drift, *log_s, place], axis=-1)
        magnified, waves = xp.split(
            xp.matmul(heard, self._projection) + self._shift, [self._magnified], axis=-1
        )
        return [xp.tanh(magnified), xp.sin(waves), place - past.start]

    def __call__(self, xp: Any, past: Past, known: Array) -> Array:
        """What the first layer hears, `(..., n_features)`, before it is centred and scaled.

        The first layer takes `(features - centre) * scale`, which an exported graph folds into its kernel.

        Args:
            xp: numpy or another namespace.
            past: the event and its route, natural units; seconds >= 0.
            known: 1 if there was an event before, else 0, `(..., 1)`.
        """
        event, parts = past.event, []
        moved = self._placed or self._offset
        first, last = moved[0], moved[-1] + 1
        if self._placed:
            parts.append(event[..., first:last])
        log_s = [xp.log(event[..., i : i + 1] + Seconds.SHIFT_S) for i in self._seconds]
        if self._is_contact:
            parts += self._contact(xp, past, log_s, first)
        else:
            steps = [past.step[..., first:last]] * self._copies
            parts.append(xp.tanh(xp.concatenate(steps, axis=-1) * self._magnification))
        if self._offset:
            # Scaled here and not in the kernel: int8 kernels round all they take to a share of the largest.
            place = past.place
            way = xp.concatenate([place, place - past.start, place - past.low, past.high - place], axis=-1)
            parts.append(way / self._half_box)
            waves = xp.concatenate([place] * (2 * len(self.WAVES)), axis=-1) * self._wave
            parts.append(xp.sin(waves + self._phase))
        parts += log_s
        parts += [event[..., i : i + 1] for i in self._flags]
        for i in self._pen:
            parts += [
                xp.maximum(1.0 - xp.abs(event[..., i : i + 1] - float(s)), 0.0) for s in range(Pen.STATES)
            ]
        parts.append(known)
        return xp.concatenate(parts, axis=-1)
