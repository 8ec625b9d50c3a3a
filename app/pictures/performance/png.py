"""A performance as one still picture: light painted on a dark sheet."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.events import Event
from app.core.progress import Progress, unseen
from app.pictures import style, tone_map
from app.pictures.errors import check_size
from app.pictures.palette import Palette
from app.pictures.performance.caption import write_caption
from app.pictures.performance.event_strokes import Drawing, draw
from app.pictures.performance.gather_light import TILE_PX, Core, Halo, bytes_a_row
from app.pictures.performance.lines_and_dots import Sheet, colour_keys, join_dots
from app.pictures.performance.stroke_lines import Painting, measure, rules

MOST_BYTES = 128 << 20  # of the light gathered at once: one band of a picture of usual size


def render_png(
    events: Iterable[Event],
    path: str | Path,
    *,
    palette: Palette,
    size: tuple[int, int] = (1600, 1000),
    caption: bool = True,
    name: str | None = None,
    progress: Progress = unseen,
) -> None:
    """Write the picture of `events` to `path`.

    Args:
        events: touches, releases and controller values of player and ghost, in any order.
        path: the PNG file; replaced if it exists.
        palette: the colours.
        size: width and height in pixels, sides from 64 to 8192, at most 40 million pixels.
        caption: a line at the bottom with the name, the duration and who played.
        name: stands in the caption; the name of the file if not given.
        progress: told how far it is.
    Raises:
        RenderError: there is nothing to draw, or the size is out of bounds.
        OSError: `path` cannot be written.
    """
    size = check_size(size)
    drawing = draw(events)
    sheet = Sheet(size)
    picture = Image.fromarray(_pixels(drawing, sheet, palette, progress))
    if caption:
        write_caption(picture, drawing, palette, Path(path).stem if name is None else name, sheet)
    packed = io.BytesIO()
    picture.save(packed, "PNG", compress_level=5)
    Path(path).write_bytes(packed.getbuffer())


def _pixels(drawing: Drawing, sheet: Sheet, palette: Palette, progress: Progress) -> NDArray[np.uint8]:
    """The picture without caption, (height, width, 3), gathered in bands of rows to bound memory."""
    width, height = sheet.size
    rows = MOST_BYTES // bytes_a_row(width, 3, sheet.unit) // TILE_PX * TILE_PX
    bands = range(0, height, max(rows, TILE_PX))
    painting = Painting(drawing, sheet, progress=progress, times=1 + len(bands))
    keys = colour_keys(drawing)
    open_by, length_px = measure(painting, sheet)
    emission = tone_map.emission([*(palette.stroke(*key) for key in keys), palette.faint])
    emission[:-1] *= np.float32(style.EXPOSURE * open_by)
    halo = Halo(sheet.size, 3, sheet.unit)
    hair_lines = rules(drawing, sheet, colour=len(keys))
    out = np.empty((height, width, 3), dtype=np.uint8)
    gathered = []
    for first in bands:
        core = Core((first, min(first + bands.step, height), 0, width), 3, sheet.unit)
        for lines, dots in painting:
            core.add(lines, dots, emission, length_px)
            if first == 0:  # many halos would fog the sheet
                halo.add(lines, dots, emission * np.float32(open_by), length_px)
        core.add(hair_lines, join_dots([]), emission)
        gathered.append(core.light())
    columns = halo.columns(0, width)
    for first, light in zip(bands, gathered, strict=True):
        for top in range(first, min(first + bands.step, height), TILE_PX):
            bottom = min(top + TILE_PX, height)
            shown = tone_map.expose(light[:, top - first : bottom - first] + halo.rows(columns, top, bottom))
            # Film adds up: light falls on what the backdrop already shows.
            behind = tone_map.backdrop(sheet.size, palette, top, bottom)
            out[top:bottom] = tone_map.to_bytes(1 - (1 - behind) * (1 - shown), top)
    return out
