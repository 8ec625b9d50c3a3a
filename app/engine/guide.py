"""A guide: events of the player, moved and bent, that an answer is drawn toward, one for each of its events.

The mixture of the next event is multiplied by a factor around the guide's next event: a product of experts
(Hinton 2002, Training Products of Experts, Eq. 1; `mdn.densities` has the closed forms). *likeness* says how
narrow that factor is. At 0 it is flat and the network is alone; as it grows the answer comes nearer, without
a break, to an echo.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mdn.densities import Seconds

# The standard deviation of each factor at likeness 1; it is inversely proportional to likeness. Chosen with
# `tests/bench/bench_manner.py`: as likely under the network as the player, and no copy.
TIME = 0.1  # of log seconds
STEP = 0.32  # of a step within a gesture, in typical steps of the phrase
CONTACT = 0.02  # of the place of a new contact, in canvases
KNOB = 0.04  # of the value of a knob, in its range
FLAG = 4.0  # log-odds of moving at likeness 1, and ...
WHICH = 12.0  # ... log-weight of the knob that moves, or of none ...
MAX_FLAG = 1.5  # ... in proportion to likeness up to here, where a slip is rare already
PULL = 0.08  # share of the way back to the guide's place in each step; the rest follows the guide's steps


@dataclass(frozen=True, eq=False)
class Guide:
    """Events that an answer is drawn toward.

    Attributes:
        place: where each is, float64 `(n, 2)` in canvases, or `(n, n_knobs)`.
        step: the way to there from the event before, likewise. It need not be the difference of two places:
            where stretches are joined, the answer follows the steps and is led to the places.
        dt_s: seconds since the event before, `(n,)`, above 0.
        begins: whether a contact begins; of knobs always False. Bool `(n,)`.
        strength: multiplies likeness, `(n,)`.
        unit: the typical length of a step.
    """

    place: np.ndarray
    step: np.ndarray
    dt_s: np.ndarray
    begins: np.ndarray
    strength: np.ndarray
    unit: float

    def __len__(self) -> int:
        return len(self.dt_s)

    def __getitem__(self, part: slice) -> Guide:
        return Guide(
            self.place[part],
            self.step[part],
            self.dt_s[part],
            self.begins[part],
            self.strength[part],
            self.unit,
        )

    @classmethod
    def joined(cls, guides: Sequence[Guide]) -> Guide:
        """Guides that follow each other, at least one, as one."""
        return cls(
            np.concatenate([guide.place for guide in guides]),
            np.concatenate([guide.step for guide in guides]),
            np.concatenate([guide.dt_s for guide in guides]),
            np.concatenate([guide.begins for guide in guides]),
            np.concatenate([guide.strength for guide in guides]),
            guides[0].unit,
        )

    def rows(self, likeness: float, layout: Mapping[str, slice]) -> np.ndarray:
        """The guide as a model takes it.

        Args:
            likeness: 0 leaves the network alone.
            layout: where the numbers of each density are in a row, `Ghost.guide_slices`.

        Returns:
            float32 `(n, n_guide)`.
        """
        rows = np.zeros((len(self), max((part.stop for part in layout.values()), default=0)), "float32")
        near = likeness * self.strength
        for name, part in layout.items():
            rows[:, part] = _FACTORS[name](self, near)
        return rows


def _seconds(guide: Guide, near: np.ndarray) -> np.ndarray:
    return np.column_stack([np.log(guide.dt_s + Seconds.SHIFT_S), (near / TIME) ** 2])


def _positions(guide: Guide, near: np.ndarray) -> np.ndarray:
    """A contact begins at its place. A drag goes on by the guide's step, and a little toward its place."""
    begins = guide.begins[:, None]
    target = np.where(begins, guide.place, PULL * guide.place + (1.0 - PULL) * guide.step)
    kept = np.where(guide.begins, 0.0, 1.0 - PULL)
    width = np.where(guide.begins, CONTACT, STEP * guide.unit)
    return np.column_stack([target, kept, (near / width) ** 2])


def _flag(guide: Guide, near: np.ndarray) -> np.ndarray:
    return np.asarray(np.where(guide.begins, -FLAG, FLAG) * np.minimum(near, MAX_FLAG))[:, None]


def _knobs(guide: Guide, near: np.ndarray) -> np.ndarray:
    """The knob that moved farthest is the one that moves, to where it is then; or none."""
    rows = np.arange(len(guide))
    farthest = np.abs(guide.step).argmax(axis=1)
    moves = guide.step[rows, farthest] != 0.0
    weights = np.zeros((len(guide), guide.place.shape[1] + 1))
    weights[rows, np.where(moves, farthest + 1, 0)] = WHICH * np.minimum(near, MAX_FLAG)
    return np.column_stack([weights, guide.place[rows, farthest], moves * (near / KNOB) ** 2])


def _values(guide: Guide, near: np.ndarray) -> np.ndarray:
    """Of models that move all knobs at once: each to where it is."""
    return np.column_stack([guide.place, (near / KNOB) ** 2])


_FACTORS = {
    "seconds": _seconds,
    "places": _positions,
    "pair": _positions,
    "flag": _flag,
    "knobs": _knobs,
    "values": _values,
}
