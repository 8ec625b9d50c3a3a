"""Many drawings of one model: of its own, or completions of a given one; and how they ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from app.core.events import Source
from app.sketch.drawing import Drawing
from app.sketch.sketcher import Drawn, End, Sketcher


@dataclass(frozen=True, eq=False)
class Gallery:
    """Drawings, and what the ghost drew of each."""

    drawings: tuple[Drawing, ...]
    drawn: tuple[Drawn, ...]

    def account(self) -> dict[str, object]:
        """How the drawings ended and how many points the ghost drew, as numbers and words."""
        ends = Counter(one.end for one in self.drawn)
        n_points = [len(one.points) for one in self.drawn]
        return {
            "count": len(self.drawn),
            "ended": ends[End.END],
            "ends": {end.value: ends[end] for end in End},
            "points": {"p50": float(np.median(n_points)), "max": max(n_points)},
        }


def free(sketcher: Sketcher, n: int) -> Gallery:
    """`n` drawings from nothing."""
    drawn = tuple(sketcher.free() for _ in range(n))
    return Gallery(tuple(Drawing.in_the_middle(one.points, sketcher.scale) for one in drawn), drawn)


def completions(sketcher: Sketcher, prefix: Drawing, n: int) -> Gallery:
    """`n` completions of `prefix`, whose strokes all count as the player's."""
    begun = [(stroke.places, stroke.time_s if stroke.is_timed else None) for stroke in prefix.strokes]
    # On no canvas: a page has room for what is drawn.
    sketcher.reset(start=prefix.start(sketcher.scale))
    sketcher.hear(prefix.heard(sketcher.scale))
    drawn = tuple(sketcher.endings(n))
    drawings = []
    for one in drawn:
        drawing = Drawing()
        for places, time_s in begun:
            drawing.add(Source.PLAYER, places, time_s)
        drawing.draw_on(one.points, sketcher.scale)
        drawings.append(drawing)
    return Gallery(tuple(drawings), drawn)
