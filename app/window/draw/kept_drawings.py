"""The drawings that were kept, and the endings to choose from."""

from __future__ import annotations

from dataclasses import dataclass

from app.sketch.sketcher import Drawn
from app.window.draw.paper_strokes import Page
from app.window.draw.pen import GhostPen


@dataclass(frozen=True)
class Kept:
    """A drawing that was kept.

    Attributes:
        page: what is on it.
        box: side of its paper, in the units of the model it was drawn with.
        model: the name of that.
    """

    page: Page
    box: float
    model: str


@dataclass(frozen=True)
class Ending:
    """One of several endings, and the pen that draws it beside the paper; nobody hears it."""

    drawn: Drawn
    page: Page
    pen: GhostPen
