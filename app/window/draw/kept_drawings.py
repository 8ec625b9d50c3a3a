"""The drawings that were kept, and the endings to choose from."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from app.sketch.sketcher import Drawn
from app.window.draw.paper_strokes import Page
from app.window.draw.pen import GhostPen, Silence
from models.manifest import Scale

MOST_KEPT = 64


@dataclass(frozen=True)
class Kept:
    """A drawing that was kept. `number`: the first is 0."""

    number: int
    page: Page


class KeptDrawings:
    """The last `MOST_KEPT` drawings that were kept, oldest first."""

    def __init__(self) -> None:
        self._kept: deque[Kept] = deque(maxlen=MOST_KEPT)
        self._n_kept = 0

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Kept]:
        return iter(self._kept)

    def keep(self, page: Page) -> None:
        """Keep a copy of a page, if there is anything on it."""
        if page.marks:
            self._kept.append(Kept(self._n_kept, page.copy()))
            self._n_kept += 1

    def copy_of(self, number: int) -> Page | None:
        """A copy of the drawing of this number; None if it is not kept any more."""
        return next((kept.page.copy() for kept in self._kept if kept.number == number), None)

    def scale(self, factor: float) -> None:
        """For a model whose box is `factor` as large."""
        scaled = [Kept(kept.number, kept.page.scaled(factor)) for kept in self._kept]
        self._kept = deque(scaled, maxlen=MOST_KEPT)


@dataclass(frozen=True)
class Ending:
    """One of several endings, and the pen that draws it beside the paper; nobody hears it."""

    drawn: Drawn
    page: Page
    pen: GhostPen

    @classmethod
    def of(
        cls, page: Page, drawn: Drawn, temperatures: tuple[float, float], scale: Scale, now_s: float
    ) -> Ending:
        """`page` as it would end with `drawn`."""
        page = page.copy()
        return cls(drawn, page, GhostPen(page, drawn, temperatures, scale, now_s, Silence()))
