"""The ghost's pen: the points of the model become strokes on a page, at a hand's pace. Pure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from app.core.events import Event, Release, Source
from app.sketch.sketcher import Drawn
from app.window.draw.paper_strokes import Mark, Page, Places
from app.window.draw.stroke_timing import StrokeTiming
from models.manifest import Scale


class GhostPen:
    """Draws on `page` what the ghost drew; goes on from an open stroke, if there is one.

    Args:
        page: takes the strokes.
        drawn: what to draw.
        temperatures: what it was drawn with.
        scale: of the model.
        now_s: the clock of its ink starts here.
        play: takes the strokes, as events.

    Attributes:
        drawn, temperatures: of what it draws now.
    """

    def __init__(
        self,
        page: Page,
        drawn: Drawn,
        temperatures: tuple[float, float],
        scale: Scale,
        now_s: float,
        play: Callable[[Event], None],
    ) -> None:
        self._page, self._scale, self._play = page, scale, play
        self._then: tuple[Drawn, tuple[float, float]] | None = None
        self._begin(drawn, temperatures, now_s)

    @property
    def is_done(self) -> bool:
        """Whether everything is drawn."""
        return self._stroke_timing.is_done and self._then is None

    def then(self, drawn: Drawn, temperatures: tuple[float, float]) -> None:
        """Go on with this from the end of what is being drawn."""
        self._then = drawn, temperatures

    def advance(self, elapsed_s: float, now_s: float) -> None:
        """Draw on for `elapsed_s` of the hand's time."""
        stroke_timing, mark = self._stroke_timing, self._page.open_mark
        passed = stroke_timing.advance(elapsed_s)
        for count, index in enumerate(passed, start=1):
            begins = mark is None or bool(stroke_timing.path.begins[index])
            mark = self._pass(index, mark)
            lifts = bool(stroke_timing.path.lifts[index])
            if begins or lifts or count == len(passed):  # one event a frame is enough for the ear
                self._play(mark.touch(now_s, self._scale.box))
            if lifts:
                self._play(Release(now_s, Source.GHOST, 0))
                mark = None
        if stroke_timing.is_done and self._then is not None:
            (drawn, temperatures), self._then = self._then, None
            self._begin(drawn, temperatures, now_s)

    def lift(self, now_s: float) -> None:
        """Lift the pen where it is: what is drawn of a stroke is a stroke."""
        mark = self._page.open_mark
        if mark is None or mark.source is not Source.GHOST:
            return
        tip = mark.ink[-1]
        if not mark.corners or mark.corners[-1] != (tip.x, tip.y):
            mark.corners.append((tip.x, tip.y))
        mark.is_open = False
        self._play(Release(now_s, Source.GHOST, 0))

    def cut(self) -> tuple[list[Places], bool] | None:
        """Stop at the model's next point, for other temperatures to go on from.

        Returns:
            The places of every stroke up to there, and whether the pen is down there; None if that point is
            the last one anyway.
        """
        stroke_timing = self._stroke_timing
        index = stroke_timing.stop_at_next_point()
        if index is None:
            return None
        self._then = None
        strokes, place = self._page.heard(), stroke_timing.path.places[index].astype(np.float32)
        if self._page.open_mark is None or stroke_timing.path.begins[index]:
            strokes.append(place[None])
        else:
            strokes[-1] = np.concatenate([strokes[-1], place[None]])
        return strokes, not stroke_timing.path.lifts[index]

    def _begin(self, drawn: Drawn, temperatures: tuple[float, float], now_s: float) -> None:
        self.drawn, self.temperatures = drawn, temperatures
        mark = self._page.open_mark
        self._stroke_timing = StrokeTiming(
            drawn.points, self._start(drawn), mark is not None, self._scale.box
        )
        self._start_s = mark.ink[-1].time_s if mark is not None else now_s

    def _start(self, drawn: Drawn) -> tuple[float, float]:
        """Where the pen is; before the first stroke such that the drawing will be in the middle."""
        if self._page.marks:
            return self._page.marks[-1].corners[-1]
        places = np.cumsum(drawn.points[:, :2], axis=0) if len(drawn.points) else np.zeros((1, 2))
        middle = (places.min(axis=0) + places.max(axis=0)) / 2
        return self._scale.box / 2 - float(middle[0]), self._scale.box / 2 - float(middle[1])

    def _pass(self, index: int, mark: Mark | None) -> Mark:
        """Draw one place of the hand's path; returns the stroke it belongs to."""
        path = self._stroke_timing.path
        x, y = (float(v) for v in path.places[index])
        if mark is None or path.begins[index]:
            mark = self._page.begin(Source.GHOST)
        # The hand's own clock: how broad the ink is does not depend on pace or frames.
        time_s, pressure = self._start_s + float(path.time_s[index]), float(path.pressure[index])
        mark.add(x, y, time_s, self._scale.box, pressure)
        mark.corners += [(x, y)] * self._stroke_timing.pass_point(index)
        if path.lifts[index]:
            mark.is_open = False
        return mark
