"""A performance as it happened, in an animation: strokes grow in time, and their trails fade."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from app.core.events import Event, Source
from app.core.progress import Progress, unseen
from app.pictures import gif_palette, style
from app.pictures.box import Box
from app.pictures.film_heads import FilmHeads, Head
from app.pictures.gif import Picture, write_gif
from app.pictures.palette import Palette
from app.pictures.performance.event_strokes import Drawing, Stroke, draw
from app.pictures.performance.lines_and_dots import NO_DOTS, NO_LINES, Dots, Lines, Sheet, colour_keys, join
from app.pictures.performance.stroke_lines import Painting, measure
from app.pictures.performance.trails import Trails

SIZE, FPS = (640, 400), 25


def render_gif(
    events: Iterable[Event],
    path: Path,
    *,
    palette: Palette,
    progress: Progress = unseen,
) -> None:
    """Write the animation of `events` to `path`; it loops for ever.

    The performance is shown in its own time, and one longer than `style.GIF_LONGEST_S` in time-lapse.

    Args:
        events: touches, releases and controller values of player and ghost, in any order.
        path: the GIF file; replaced if it exists.
        palette: the colours; every voice has the first colour of its source.
        progress: told how far it is.
    Raises:
        RenderError: there is nothing to draw.
        OSError: `path` cannot be written.
    """
    shown = pictures(draw(events), Sheet(SIZE), progress)
    write_gif(path, shown, gif_palette.colour_table(palette), FPS)


def pictures(drawing: Drawing, sheet: Sheet, progress: Progress = unseen) -> Iterator[Picture]:
    """Every picture, the first the empty canvas or the first touch."""
    shown_s = min(drawing.duration_s, style.GIF_LONGEST_S)
    painting = Painting(drawing, sheet, head=False, progress=progress, times=2)
    sources = np.array([int(source is Source.GHOST) for source, _ in colour_keys(drawing)])
    emission = np.eye(2, dtype=np.float32)[sources] * np.float32(measure(painting, sheet)[0])
    coming = LightInTime(painting)
    trails = Trails(sheet)
    film_heads = FilmHeads(sheet.size, style.HEAD_SIGMA_PX * style.GIF_HEAD * sheet.unit)
    threshold = gif_palette.dither(sheet.size[1], sheet.size[0])
    picture = np.zeros((sheet.size[1], sheet.size[0]), dtype=np.uint8)
    faded = math.exp(-style.GIF_FADE_EVERY / (FPS * style.GIF_FADE_S))
    pace = drawing.duration_s / shown_s if shown_s > 0 else 1.0
    fingers = [stroke for stroke in drawing.strokes if not stroke.lane]
    begins = np.array([stroke.time_s[0] for stroke in fingers])
    ends = np.array([stroke.end_s for stroke in fingers])
    shining: list[Box] = []
    for count in range(math.ceil((shown_s + style.GIF_LAST_S) * FPS) + 1):
        now_s = count / FPS * pace
        stale = shining
        if count % style.GIF_FADE_EVERY == 0:
            trails.fade(faded)
            stale = [(0, sheet.size[1], 0, sheet.size[0])]
        grown = []
        for new_lines, new_dots in coming.until(now_s):
            grown += trails.grow(new_lines, new_dots, emission)
        down = np.flatnonzero((begins <= now_s) & (now_s <= ends)).tolist()
        heads = [_head(fingers[each], sheet, now_s) for each in down]
        shining = [film_heads.box(head) for head in heads]
        picture = picture.copy()
        for box in [*stale, *grown, *shining]:
            light = trails.light(box)
            film_heads.shine(light, box, heads)
            part = np.s_[box[0] : box[1], box[2] : box[3]]
            picture[part] = gif_palette.indices(light, threshold[part])
        yield picture


class LightInTime:
    """The light of a painting by the time it was drawn, of which no more is kept than what is being drawn."""

    def __init__(self, painting: Painting) -> None:
        self._batches = iter(painting)
        self._next = next(self._batches, None)
        self._waiting: list[tuple[Lines, Dots]] = []

    def until(self, now_s: float) -> Iterator[tuple[Lines, Dots]]:
        """What was drawn by now and was not given yet, in pieces."""
        waiting = self._waiting
        while self._next is not None and _begin_s(*self._next) <= now_s:
            waiting.append(self._next)
            self._next = next(self._batches, None)
            if len(waiting) > 1:  # no more of them at once than one that waits and one that is new
                yield from self._drawn(now_s)
        yield from self._drawn(now_s)

    def _drawn(self, now_s: float) -> Iterator[tuple[Lines, Dots]]:
        lines = join(NO_LINES, *(lines for lines, _ in self._waiting))
        dots = join(NO_DOTS, *(dots for _, dots in self._waiting))
        are_lines, are_dots = lines.time_s <= now_s, dots.time_s <= now_s
        self._waiting[:] = [(lines.only(~are_lines), dots.only(~are_dots))]
        if are_lines.any() or are_dots.any():
            new_lines, new_dots = lines.only(are_lines), dots.only(are_dots)
            yield (
                new_lines.only(np.argsort(new_lines.time_s, kind="stable")),
                new_dots.only(np.argsort(new_dots.time_s, kind="stable")),
            )


def _begin_s(lines: Lines, dots: Dots) -> float:
    """When the first of them was drawn. Strokes come in the order they began: no later batch is earlier."""
    return min((float(each.time_s.min()) for each in (lines, dots) if len(each)), default=0.0)


def _head(stroke: Stroke, sheet: Sheet, now_s: float) -> Head:
    """Where the finger of a stroke is at `now_s`."""
    x, y = (float(np.interp(now_s, stroke.time_s, stroke.points[:, axis])) for axis in (0, 1))
    x, y = sheet.to_pixels(np.array([x, y])).tolist()
    return int(stroke.source is Source.GHOST), x, y
