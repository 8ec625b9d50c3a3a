"""A page that draws itself: every drawing stroke by stroke, a pen of light on each; then it rests."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from app.core.events import Source
from app.pictures import tone_map
from app.pictures.page.ink_line import ink
from app.pictures.page.layout import PageLayout
from app.pictures.page.png import INK_LIGHT, draw_ink
from app.pictures.palette import Palette

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]

WIDTH_PX = 800
FPS = 20
LONGEST_S, RESTS_S = 6.0, 3.0  # the longest drawing takes that long at most; then all of them rest
SLOWEST = 1.4  # sides of a canvas a second
TRAVEL = 2.5  # times as quick as it draws the pen goes from stroke to stroke
FINE = 3  # sub-pixels of a pixel, each way
STEPS = 80  # of a ramp of colours; there are three: the player's ink, the ghost's ink, the pen
PEN_SIDES, SMALLEST_PEN_PX = 0.04, 3.0  # radius of the pen's light
PEN_LIGHT = 4.0


@dataclass(frozen=True, eq=False)
class Track:
    """What the pen of one drawing does: the centres (k, 2) and radii (k,) of all its ink, pixels.

    Attributes:
        when: the way of the pen to each, pixels, travelling quickly counted less, (k,), never falling.
        starts: where a stroke starts, (k,).
        is_ghost: whose ink it is, (k,).
    """

    centres: Floats
    radii: Floats
    when: Floats
    starts: NDArray[np.bool_]
    is_ghost: NDArray[np.bool_]


def render_gif(page: PageLayout, path: Path, *, palette: Palette, text: str) -> None:
    """Write the animation of a page to `path`, for ever in a loop, with `text` as comment; OSError if not."""
    tracks = [track(page, index) for index, drawing in enumerate(page.drawings) if len(drawing)]
    longest = max((float(one.when[-1]) for one in tracks), default=0.0)
    speed = max(SLOWEST * page.side_px, longest / LONGEST_S)  # pixels a second
    n_frames = math.ceil(longest / speed * FPS) + 1
    colours = table(palette).tobytes()
    frames = (_image(one, colours) for one in _frames(page, tracks, n_frames, speed / FPS))
    durations = [1000 // FPS] * n_frames + [round(1000 * RESTS_S)]
    packed = io.BytesIO()
    first = next(frames)
    first.save(
        packed, "GIF", save_all=True, append_images=frames, duration=durations, loop=0, optimize=False,
        comment=text.encode("utf-8")[:255],
    )  # fmt: skip
    path.write_bytes(packed.getbuffer())


def table(palette: Palette) -> Bytes:
    """sRGB (1 + 3 * STEPS, 3): the ground, the inks of player and ghost, the pen."""
    level = (np.arange(1, STEPS + 1) / STEPS).astype(np.float32)[:, None]
    player, ghost = tone_map.emission([palette.stroke(source, 0) for source in (Source.PLAYER, Source.GHOST)])
    inks = [level * INK_LIGHT * colour for colour in (player, ghost)]
    light = np.concatenate([np.zeros((1, 3)), *inks, level**2 * PEN_LIGHT * ghost]).astype(np.float32)
    behind = tone_map.linear(palette.background).astype(np.float32)[:, None, None]
    shown = tone_map.expose(light.T[:, :, None])
    return tone_map.nearest_bytes((1 - (1 - behind) * (1 - shown)).astype(np.float32))[:, 0]


def track(page: PageLayout, index: int) -> Track:
    """The pen's way over a drawing with at least one stroke."""
    inks = [ink(page.to_pixels(index, s.places), page.side_px) for s in page.drawings[index].strokes]
    when, passed, pen = [], 0.0, inks[0].centres[0]
    for one in inks:
        passed += float(np.hypot(*(one.centres[0] - pen))) / TRAVEL
        when.append(passed + one.way)
        passed += float(one.way[-1])
        pen = one.centres[-1]
    counts = [len(one.radii) for one in inks]
    starts = np.zeros(sum(counts), bool)
    starts[np.cumsum([0, *counts[:-1]])] = True
    sources = [s.source is Source.GHOST for s in page.drawings[index].strokes]
    return Track(
        np.concatenate([one.centres for one in inks]),
        np.concatenate([one.radii for one in inks]),
        np.concatenate(when),
        starts,
        np.repeat(sources, counts),
    )


def _frames(page: PageLayout, tracks: list[Track], n_frames: int, step: float) -> Iterator[Bytes]:
    """Every picture as entries of the table, uint8 (height, width); the last has no pen."""
    width, height = page.size
    fine = [Image.new("L", (width * FINE, height * FINE)) for _ in Source]
    shown = np.zeros((height, width), np.uint8)
    stamp = _stamp(page)
    drawn = [0] * len(tracks)
    for frame in range(n_frames):
        pens = []
        for i, one in enumerate(tracks):
            until = int(np.searchsorted(one.when, frame * step, side="right"))
            if until > drawn[i]:
                _grow(fine, shown, one, drawn[i], until)
                drawn[i] = until
            if frame * step <= one.when[-1]:
                pens.append(_pen(one, frame * step))
        picture = shown.copy()
        for pen in pens:
            _put(picture, stamp, pen)
        yield picture
    yield shown


def _grow(fine: list[Image.Image], shown: Bytes, one: Track, start: int, stop: int) -> None:
    """Draw the ink `start` to `stop` of a track, and show what it changed."""
    for is_ghost in {bool(b) for b in one.is_ghost[start:stop]}:
        pen = ImageDraw.Draw(fine[is_ghost])
        here = np.arange(start, stop)[one.is_ghost[start:stop] == is_ghost]
        for part in np.split(here, np.flatnonzero(one.starts[here[1:]]) + 1):
            first = part[0] if one.starts[part[0]] else part[0] - 1  # on from what is there
            piece = slice(first, part[-1] + 1)
            draw_ink(pen, one.centres[piece] * FINE - 0.5, one.radii[piece] * FINE)
    changed = slice(max(start - 1, 0), stop)
    reach = one.radii[changed].max() + 2
    low = np.floor(one.centres[changed].min(axis=0) - reach).astype(int)
    high = np.ceil(one.centres[changed].max(axis=0) + reach).astype(int)
    left, top = np.maximum(low, 0).tolist()
    right, bottom = np.minimum(high, (shown.shape[1], shown.shape[0])).tolist()
    box = (left * FINE, top * FINE, right * FINE, bottom * FINE)
    player, ghost = (
        (np.asarray(image.crop(box).reduce(FINE), np.uint16) * STEPS + 127) // 255 for image in fine
    )
    entry = np.where(ghost >= player, np.where(ghost > 0, ghost + STEPS, 0), player)
    shown[top:bottom, left:right] = entry.astype(np.uint8)


def _pen(one: Track, now: float) -> tuple[int, int]:
    """The pixel where the pen is."""
    x, y = (float(np.interp(now, one.when, one.centres[:, axis])) for axis in (0, 1))
    return int(x), int(y)


def _stamp(page: PageLayout) -> Bytes:
    """The pen's light as entries of the table, a square with an odd side; 0 where it does not shine."""
    radius = max(PEN_SIDES * page.side_px, SMALLEST_PEN_PX)
    half = math.ceil(radius)
    away = np.hypot(*np.mgrid[-half : half + 1, -half : half + 1]) / radius
    level = np.rint(STEPS * np.clip(1.25 * (1 - away**1.5), 0, 1)).astype(np.uint8)
    return np.where(level > STEPS // 6, level + 2 * STEPS, 0).astype(np.uint8)


def _put(picture: Bytes, stamp: Bytes, at: tuple[int, int]) -> None:
    """Put the stamp with its middle on a pixel; what lies off the picture is cut off."""
    half = len(stamp) // 2
    left, top = at[0] - half, at[1] - half
    part = picture[max(top, 0) : max(top + len(stamp), 0), max(left, 0) : max(left + len(stamp), 0)]
    seen = stamp[max(-top, 0) :, max(-left, 0) :][: part.shape[0], : part.shape[1]]
    np.copyto(part, seen, where=seen > 0)


def _image(picture: Bytes, colours: bytes) -> Image.Image:
    image = Image.fromarray(picture)
    image.putpalette(colours)
    return image
