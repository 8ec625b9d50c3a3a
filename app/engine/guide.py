"""A guide: events of the player, moved and bent, that an answer is drawn toward, one for each of its events.

The mixture of the next event is multiplied by a factor around the guide's next event: a product of experts
(Hinton 2002, Training Products of Experts, Eq. 1; `mdn.densities` has the closed forms). *likeness* says how
narrow that factor is. At 0 it is flat and the network is alone; as it grows the answer comes nearer, without
a break, to an echo. `app.engine.gesture_guide` has the guides of touch and knobs, `app.engine.note_guide`
those of notes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self, TypeVar

import numpy as np

MAX_NEAR = 1.5  # log-weights grow with likeness up to here, where a slip is rare already

AnyGuide = TypeVar("AnyGuide", bound="Guide")


@dataclass(frozen=True, eq=False, kw_only=True)
class Guide(ABC):
    """Events that an answer is drawn toward. Every array has a row for each of them.

    Attributes:
        dt_s: seconds since the event before, float64 `(n,)`.
        strength: multiplies likeness, `(n,)`.
    """

    dt_s: np.ndarray
    strength: np.ndarray

    def __len__(self) -> int:
        return len(self.dt_s)

    def __getitem__(self, part: slice) -> Self:
        return replace(self, **{name: rows[part] for name, rows in self._arrays().items()})

    @staticmethod
    def joined(guides: Sequence[AnyGuide]) -> AnyGuide:
        """Guides of one kind that follow each other, at least one, as one."""
        each = [guide._arrays() for guide in guides]
        return replace(guides[0], **{name: np.concatenate([rows[name] for rows in each]) for name in each[0]})

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
            rows[:, part] = self.factor(name, near)
        return rows

    @abstractmethod
    def factor(self, density: str, near: np.ndarray) -> np.ndarray:
        """What a density of `mdn.densities` is told, `(n, its n_guide)`, zeros where `near` `(n,)` is 0."""

    def _arrays(self) -> dict[str, np.ndarray]:
        found = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: rows for name, rows in found if isinstance(rows, np.ndarray)}
