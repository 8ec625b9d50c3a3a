"""The drawings that were kept, and the endings to choose from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.sketch.sketcher import Drawn
from app.window.draw.paper_strokes import Page
from app.window.draw.pen import GhostPen, Silence
from models.manifest import Scale


@dataclass(frozen=True)
class Kept:
    """A drawing that was kept.

    Attributes:
        number: the first is 0.
        page: what is on it.
        box: side of its paper, in the units of the model it was drawn with.
        model: the name of that.
    """

    number: int
    page: Page
    box: float
    model: str


class KeptDrawings:
    """All drawings that were kept, oldest first."""

    def __init__(self) -> None:
        self._kept: list[Kept] = []

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Kept]:
        return iter(self._kept)

    def __getitem__(self, number: int) -> Kept:
        return self._kept[number]

    def keep(self, page: Page, box: float, model: str) -> None:
        """Keep a copy of a page, if there is anything on it."""
        if page.marks:
            self._kept.append(Kept(len(self._kept), page.copy(), box, model))


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
