"""A page as a still picture: ink that glows a little, on a dark ground."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from app.pictures import style, tone_map
from app.pictures.ink import Ink
from app.pictures.page.ink_strokes import brush_places
from app.pictures.page.layout import PageLayout
from app.pictures.palette import Palette

TITLE = 0.3  # height of its letters, of the margin
BAND_PX = 128  # rows exposed at once


def render_png(page: PageLayout, path: Path, *, palette: Palette, title: str, text: str) -> None:
    """Write the page to `path`, the title below it, the text inside; OSError if it cannot be."""
    picture = Image.fromarray(pixels(page, palette))
    size_px = max(TITLE * page.margin_px, style.CAPTION_SMALLEST_PX)
    where = (page.size[0] / 2, page.size[1] - page.margin_px / 2)
    font = ImageFont.load_default(size_px)
    ImageDraw.Draw(picture).text(where, title, font=font, fill=palette.dim, anchor="mm")
    told = PngInfo()
    told.add_text("Title", title)
    told.add_itxt("Description", text)
    picture.save(path, "PNG", compress_level=4, pnginfo=told)


def pixels(page: PageLayout, palette: Palette) -> NDArray[np.uint8]:
    """The page, uint8 (height, width, 3)."""
    width, height = page.size
    ink = Ink(tone_map.empty_canvas(page.size, palette), palette, page.side_px)
    for index, drawing in enumerate(page.drawings):
        for stroke in drawing.strokes:
            ink.lay(stroke.source, brush_places(page, index, stroke))
    bands = [(top, min(top + BAND_PX, height), 0, width) for top in range(0, height, BAND_PX)]
    return np.concatenate([ink.pixels(band) for band in bands])
