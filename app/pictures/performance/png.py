"""A performance as one still picture: light painted on a dark sheet."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.events import Event
from app.core.progress import Progress, unseen
from app.pictures import style, tone_map
from app.pictures.palette import Palette
from app.pictures.performance.caption import write_caption
from app.pictures.performance.event_strokes import Drawing, draw
from app.pictures.performance.gather_light import TILE_PX, Core, Halo
from app.pictures.performance.lines_and_dots import NO_DOTS, Sheet, colour_keys
from app.pictures.performance.stroke_lines import Painting, measure, rules


def render_png(
    events: Iterable[Event],
    path: Path,
    *,
    palette: Palette,
    progress: Progress = unseen,
) -> None:
    """Write the picture of `events` to `path`, with a caption: its name, the duration and who played.

    Args:
        events: touches, releases and controller values of player and ghost, in any order.
        path: the PNG file; replaced if it exists.
        palette: the colours.
        progress: told how far it is.
    Raises:
        RenderError: there is nothing to draw.
        OSError: `path` cannot be written.
    """
    drawing, sheet = draw(events), Sheet(style.SIZE)
    picture = Image.fromarray(pixels(drawing, sheet, palette, progress))
    write_caption(picture, drawing, palette, path.stem, sheet)
    picture.save(path, "PNG", compress_level=5)


def pixels(
    drawing: Drawing, sheet: Sheet, palette: Palette, progress: Progress = unseen
) -> NDArray[np.uint8]:
    """The picture without caption, uint8 (height, width, 3)."""
    width, height = sheet.size
    painting = Painting(drawing, sheet, progress=progress, times=2)
    keys = colour_keys(drawing)
    open_by, length_px = measure(painting, sheet)
    emission = tone_map.emission([*(palette.stroke(*key) for key in keys), palette.faint])
    emission[:-1] *= np.float32(style.EXPOSURE * open_by)
    core, halo = Core((0, height, 0, width), 3, sheet.unit), Halo(sheet.size, 3, sheet.unit)
    for lines, dots in painting:
        core.add(lines, dots, emission, length_px)
        halo.add(lines, dots, emission * np.float32(open_by), length_px)  # many halos would fog the sheet
    core.add(rules(drawing, sheet, colour=len(keys)), NO_DOTS, emission)
    light, columns = core.light(), halo.columns(0, width)
    out = np.empty((height, width, 3), dtype=np.uint8)
    for top in range(0, height, TILE_PX):
        bottom = min(top + TILE_PX, height)
        shown = tone_map.expose(light[:, top:bottom] + halo.rows(columns, top, bottom))
        # Film adds up: light falls on what the backdrop already shows.
        behind = tone_map.backdrop(sheet.size, palette, top, bottom)
        out[top:bottom] = tone_map.to_bytes(1 - (1 - behind) * (1 - shown), top)
    return out
