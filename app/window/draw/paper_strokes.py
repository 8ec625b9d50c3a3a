"""The strokes on the paper, in model units: as they are seen, and as the model is fed them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from app.core.events import Source, Touch
from app.pictures.brush import Brush
from app.sketch.sketcher import End
from app.window.draw.place import to_fractions
from models.manifest import Scale
from models.strokes import as_trained

Places = NDArray[np.float32]


@dataclass(frozen=True)
class Sample:
    """Ink at a moment.

    Attributes:
        x, y: model units.
        time_s: seconds, by the window's clock.
        pressure: (0, 1].
        width: of the usual width of ink.
    """

    x: float
    y: float
    time_s: float
    pressure: float
    width: float


@dataclass
class Mark:
    """One stroke.

    Attributes:
        source: who draws it.
        ink: what is seen.
        corners: the places the model hears of it, float32 (n, 2); empty while a person still draws it.
        is_open: whether the pen is still on the paper.
    """

    source: Source
    ink: list[Sample] = field(default_factory=list)
    corners: list[tuple[float, float]] = field(default_factory=list)
    is_open: bool = True
    _brush: Brush = field(default_factory=Brush, repr=False, compare=False)
    _places: Places = field(default_factory=lambda: np.zeros((64, 2), np.float32), repr=False, compare=False)
    _n_places: int = field(default=0, repr=False, compare=False)

    def add(self, x: float, y: float, time_s: float, box: float, pressure: float = 1.0) -> None:
        """The pen came to (x, y) on a paper of `box` units."""
        width = self._brush.move(x / box, y / box, time_s, pressure)
        self.ink.append(Sample(x, y, time_s, pressure, width))

    def touch(self, time_s: float, box: float) -> Touch:
        """The pen at the end of the ink, as an event; the ghost's is always fully pressed."""
        last = self.ink[-1]
        pressure = last.pressure if self.source is Source.PLAYER else 1.0
        x, y = to_fractions(last.x, last.y, box)
        return Touch(time_s, self.source, 0, x, y, len(self.ink) > 1, pressure)

    def drawn(self) -> Places:
        """The places of the ink, float32 (n, 2); what was given out does not change any more."""
        n = len(self.ink)
        if n > len(self._places):  # another array: what was given out keeps its own
            self._places = np.resize(self._places, (2 * n, 2))
        for row in range(self._n_places, n):
            self._places[row] = self.ink[row].x, self.ink[row].y
        self._n_places = n
        return self._places[:n]

    def finish(self, scale: Scale) -> None:
        """The pen is up: what is seen becomes what the model hears, as it was trained."""
        self.is_open = False
        if self.ink:
            self.corners = [(float(x), float(y)) for x, y in as_trained(self.drawn(), scale.epsilon)]


@dataclass
class Page:
    """A drawing on its paper.

    Attributes:
        marks: its strokes, in order.
        end: why the ghost stopped, if it did and nobody drew on.
        n_changes: grows with every change that is more than a stroke going on.
    """

    marks: list[Mark] = field(default_factory=list)
    end: End | None = None
    n_changes: int = 0

    @property
    def open_mark(self) -> Mark | None:
        """The stroke that is being drawn."""
        return self.marks[-1] if self.marks and self.marks[-1].is_open else None

    @property
    def has_player(self) -> bool:
        """Whether a person drew on it."""
        return any(mark.source is Source.PLAYER for mark in self.marks)

    def heard(self) -> list[Places]:
        """The places of every finished or begun stroke that the model hears, but an open one of a person."""
        return [np.array(mark.corners, np.float32) for mark in self.marks if mark.corners]

    def begin(self, source: Source) -> Mark:
        """A new stroke."""
        mark = Mark(source)
        self.marks.append(mark)
        self.end = None
        return mark

    def undo(self) -> None:
        """Take the last stroke back, if there is one."""
        self.end = None
        self.n_changes += 1
        del self.marks[-1:]

    def copy(self) -> Page:
        """Another page with the same strokes, which must not go on."""
        return Page(list(self.marks), self.end)

    def scaled(self, factor: float) -> Page:
        """The same drawing for a model whose box is `factor` as large."""
        marks = [
            Mark(
                mark.source,
                [replace(s, x=s.x * factor, y=s.y * factor) for s in mark.ink],
                [(x * factor, y * factor) for x, y in mark.corners],
                mark.is_open,
            )
            for mark in self.marks
        ]
        return Page(marks, self.end)
