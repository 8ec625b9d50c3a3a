"""A page that draws itself: every drawing stroke by stroke, a pen of light on each; then it rests."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.events import Source
from app.pictures import gif_palette
from app.pictures.box import Box
from app.pictures.film_heads import FilmHeads, Head
from app.pictures.gif import Picture, write_gif
from app.pictures.ink import Ink
from app.pictures.page.ink_strokes import brush_places
from app.pictures.page.layout import PageLayout
from app.pictures.palette import Palette

Floats = NDArray[np.float64]

WIDTH_PX = 800
FPS = 20
LONGEST_S, RESTS_S = 6.0, 3.0  # the longest drawing takes that long at most; then all of them rest
SLOWEST = 1.4  # sides of a canvas a second
TRAVEL = 2.5  # times as quick as it draws the pen goes from stroke to stroke
PEN_SIDES, SMALLEST_PEN_PX = 0.014, 1.5  # standard deviation of the pen's light


@dataclass(frozen=True, eq=False)
class InkTrack:
    """What the pen of one drawing does.

    Attributes:
        places: of every stroke, as `Ink.lay` takes them, (k, 3).
        when: the way of the pen to each, pixels, travelling quickly counted less, (k,), never falling.
        sources: whose stroke it is.
    """

    places: list[Floats]
    when: list[Floats]
    sources: list[Source]

    def pen(self, now: float) -> Head | None:
        """Where the pen is; None when all is drawn."""
        when, places = np.concatenate(self.when), np.concatenate(self.places)
        if now > when[-1]:
            return None
        return 1, float(np.interp(now, when, places[:, 0])), float(np.interp(now, when, places[:, 1]))


def render_gif(page: PageLayout, path: Path, *, palette: Palette, text: str) -> None:
    """Write the animation of a page to `path`, for ever in a loop, with `text` as comment; OSError if not."""
    tracks = [track(page, index) for index, drawing in enumerate(page.drawings) if len(drawing)]
    longest = max((float(one.when[-1][-1]) for one in tracks), default=0.0)
    speed = max(SLOWEST * page.side_px, longest / LONGEST_S)  # pixels a second
    n_frames = math.ceil(longest / speed * FPS) + 1
    pictures = _pictures(page, tracks, n_frames, speed / FPS, palette)
    write_gif(path, pictures, gif_palette.colour_table(palette), FPS, text)


def track(page: PageLayout, index: int) -> InkTrack:
    """The pen's way over a drawing with at least one stroke."""
    strokes = page.drawings[index].strokes
    places = [brush_places(page, index, stroke) for stroke in strokes]
    when, passed, pen = [], 0.0, places[0][0]
    for one in places:
        passed += float(np.hypot(*(one[0] - pen)[:2])) / TRAVEL
        steps = np.hypot(*np.diff(one[:, :2], axis=0).T)
        when.append(passed + np.concatenate([[0.0], np.cumsum(steps)]))
        passed, pen = float(when[-1][-1]), one[-1]
    return InkTrack(places, when, [stroke.source for stroke in strokes])


def _pictures(
    page: PageLayout, tracks: list[InkTrack], n_frames: int, step: float, palette: Palette
) -> Iterator[Picture]:
    """Every picture; the last ones, without a pen, are the rest."""
    width, height = page.size
    ink = Ink(np.zeros((height, width, 3), np.uint8), palette, page.side_px)
    heads = FilmHeads(page.size, max(PEN_SIDES * page.side_px, SMALLEST_PEN_PX))
    threshold = gif_palette.dither(height, width)
    shown = np.zeros((height, width), np.uint8)
    for frame in range(n_frames):
        for one in tracks:
            _grow(ink, one, (frame - 1) * step, frame * step)
            if ink.changed is not None:
                _show(shown, ink, ink.changed, threshold)
                ink.changed = None
        picture = shown.copy()
        for pen in (one.pen(frame * step) for one in tracks):
            if pen is not None:
                _show(picture, ink, heads.box(pen), threshold, (heads, pen))
        yield picture
    for _ in range(round(RESTS_S * FPS)):
        yield shown


def _grow(ink: Ink, one: InkTrack, before: float, now: float) -> None:
    """Draw what the pen passes after `before` until `now`."""
    for places, when, source in zip(one.places, one.when, one.sources, strict=True):
        start, stop = (int(np.searchsorted(when, at, side="right")) for at in (before, now))
        if stop > start:
            ink.lay(source, places[max(0, start - 1) : stop])  # on from what is there


def _show(
    picture: Picture,
    ink: Ink,
    box: Box,
    threshold: NDArray[np.float32],
    pen: tuple[FilmHeads, Head] | None = None,
) -> None:
    """Bring `box` of a picture up to date, with the light of a pen."""
    light = np.stack([ink.cover(source, box) for source in (Source.PLAYER, Source.GHOST)])
    if pen is not None:
        pen[0].shine(light, box, [pen[1]])
    part = np.s_[box[0] : box[1], box[2] : box[3]]
    picture[part] = gif_palette.indices(light, threshold[part])
