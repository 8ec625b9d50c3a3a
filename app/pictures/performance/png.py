"""A performance as one still picture: light painted on a dark sheet."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.events import Event
from app.pictures import style, tone_map
from app.pictures.blur import LightArray
from app.pictures.errors import check_size
from app.pictures.palette import Palette
from app.pictures.performance.caption import write_caption
from app.pictures.performance.event_strokes import Drawing, draw
from app.pictures.performance.gather_light import TILE_PX, Halo, core
from app.pictures.performance.lines_and_dots import Dots, Lines, Sheet, colour_keys, join
from app.pictures.performance.stroke_lines import aperture, paint, rules


def render_png(
    events: Iterable[Event],
    path: str | Path,
    *,
    palette: Palette,
    size: tuple[int, int] = (1600, 1000),
    caption: bool = True,
    name: str | None = None,
) -> None:
    """Write the picture of `events` to `path`.

    Args:
        events: touches, releases and controller values of player and ghost, in any order.
        path: the PNG file; replaced if it exists.
        palette: the colours.
        size: width and height in pixels, sides from 64 to 8192, at most 40 million pixels.
        caption: a line at the bottom with the name, the duration and who played.
        name: stands in the caption; the name of the file if not given.
    Raises:
        RenderError: there is nothing to draw, or the size is out of bounds.
        OSError: `path` cannot be written.
    """
    size = check_size(size)
    drawing = draw(events)
    sheet = Sheet(size)
    picture = Image.fromarray(_pixels(drawing, sheet, palette))
    if caption:
        write_caption(picture, drawing, palette, Path(path).stem if name is None else name, sheet)
    packed = io.BytesIO()
    picture.save(packed, "PNG", compress_level=5)
    Path(path).write_bytes(packed.getbuffer())


def _pixels(drawing: Drawing, sheet: Sheet, palette: Palette) -> NDArray[np.uint8]:
    """The picture without caption, (height, width, 3), made in bands of rows to bound memory."""
    width, height = sheet.size
    lines, dots = paint(drawing, sheet)
    keys = colour_keys(drawing)
    open_by = aperture(lines, dots, sheet)
    emission = tone_map.emission([*(palette.stroke(*key) for key in keys), palette.faint])
    emission[:-1] *= np.float32(style.EXPOSURE * open_by)
    halo = Halo(sheet.size, 3, sheet.unit)
    halo.add(lines, dots, emission * np.float32(open_by))  # many halos would fog the sheet
    lines = join([lines, rules(drawing, sheet, colour=len(keys))])
    columns = halo.columns(0, width)
    out = np.empty((height, width, 3), dtype=np.uint8)
    for top in range(0, height, TILE_PX):
        bottom = min(top + TILE_PX, height)
        light = _band(lines, dots, emission, sheet, (top, bottom)) + halo.rows(columns, top, bottom)
        shown = tone_map.expose(light)
        # Film adds up: light falls on what the backdrop already shows.
        behind = tone_map.backdrop(sheet.size, palette, top, bottom)
        out[top:bottom] = tone_map.to_bytes(1 - (1 - behind) * (1 - shown), top)
    return out


def _band(lines: Lines, dots: Dots, emission: LightArray, sheet: Sheet, rows: tuple[int, int]) -> LightArray:
    return core(lines, dots, emission, (*rows, 0, sheet.size[0]), sheet.unit)
