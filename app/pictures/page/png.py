"""A page as a still picture: ink that glows a little, on a dark ground."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from PIL.PngImagePlugin import PngInfo

from app.core.events import Source
from app.pictures import tone_map
from app.pictures.page.ink_line import Ink, ink
from app.pictures.page.layout import PageLayout
from app.pictures.palette import Palette

Light = NDArray[np.float32]

FINE = 3  # sub-pixels of a pixel, each way
INK_LIGHT = 0.95
GLOW = ((0.022, 0.14), (0.10, 0.08))  # radius in sides of a canvas, and light
COARSE = 4  # pixels of a cell of the glow, each way
TITLE = 0.17  # height of its letters, of the margin
BAND_PX = 128  # rows exposed at once


def render_png(page: PageLayout, path: Path, *, palette: Palette, title: str, text: str) -> None:
    """Write the page to `path`, the title below it, the text inside; OSError if it cannot be."""
    picture = Image.fromarray(pixels(page, palette))
    size_px = TITLE * page.margin_px
    where = (page.size[0] / 2, page.size[1] - page.margin_px / 2)
    font = ImageFont.load_default(size_px)
    ImageDraw.Draw(picture).text(where, title, font=font, fill=palette.dim, anchor="mm")
    told = PngInfo()
    told.add_text("Title", title)
    told.add_itxt("Description", text)
    packed = io.BytesIO()
    picture.save(packed, "PNG", compress_level=4, pnginfo=told)
    path.write_bytes(packed.getbuffer())


def pixels(page: PageLayout, palette: Palette) -> NDArray[np.uint8]:
    """The page, uint8 (height, width, 3)."""
    width, height = page.size
    masks = [mask(page, source) for source in Source]
    glows = [_glow(one, page) for one in masks]
    emission = tone_map.emission([palette.stroke(source, 0) for source in Source])
    out = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, BAND_PX):
        rows = slice(top, min(top + BAND_PX, height))
        light = np.zeros((3, rows.stop - top, width), np.float32)
        for ink_mask, glow, colour in zip(masks, glows, emission, strict=True):
            if glow is not None:
                shine = ink_mask[rows].astype(np.float32) * np.float32(INK_LIGHT / 255) + glow[rows]
                light += colour[:, None, None] * shine
        behind = tone_map.backdrop(page.size, palette, top, rows.stop)
        out[rows] = tone_map.to_bytes(1 - (1 - behind) * (1 - tone_map.expose(light)), top)
    return out


def mask(page: PageLayout, source: Source) -> NDArray[np.uint8]:
    """How much of every pixel the ink of a source covers, uint8 (height, width)."""
    picture = Image.new("L", page.size)
    for index, drawing in enumerate(page.drawings):
        strokes = [stroke for stroke in drawing.strokes if stroke.source is source]
        inks = [ink(page.to_pixels(index, stroke.places), page.side_px) for stroke in strokes]
        if inks:
            _stamp(picture, inks)
    return np.asarray(picture)


def _stamp(picture: Image.Image, inks: Iterable[Ink]) -> None:
    """Add the ink of one drawing."""
    inks = list(inks)
    reach = max(float(one.radii.max()) for one in inks) + 2
    low = np.floor(np.min([one.centres.min(axis=0) for one in inks], axis=0) - reach).astype(int)
    high = np.ceil(np.max([one.centres.max(axis=0) for one in inks], axis=0) + reach).astype(int)
    size = high - low
    fine = Image.new("L", (int(size[0]) * FINE, int(size[1]) * FINE))
    pen = ImageDraw.Draw(fine)
    for one in inks:
        draw_ink(pen, (one.centres - low) * FINE - 0.5, one.radii * FINE)
    tile = fine.reduce(FINE)
    picture.paste(255, (int(low[0]), int(low[1])), tile)


def draw_ink(pen: ImageDraw.ImageDraw, centres: NDArray[np.float64], radii: NDArray[np.float64]) -> None:
    """Fill what a brush covers: a disc at every centre, (k, 2), and what lies between two."""
    low, high = (centres - radii[:, None]), (centres + radii[:, None])
    for box in np.concatenate([low, high], axis=1).tolist():
        pen.ellipse(box, fill=255)
    step = np.diff(centres, axis=0)
    across = np.stack([-step[:, 1], step[:, 0]], axis=1) / np.maximum(np.hypot(*step.T), 1e-9)[:, None]
    start, stop = across * radii[:-1, None], across * radii[1:, None]
    quads = np.stack(
        [centres[:-1] + start, centres[1:] + stop, centres[1:] - stop, centres[:-1] - start], axis=1
    )
    for corners in quads.reshape(-1, 8).tolist():
        pen.polygon(corners, fill=255)


def _glow(ink_mask: NDArray[np.uint8], page: PageLayout) -> Light | None:
    """The soft light around the ink, float32 (height, width); None without ink."""
    if not ink_mask.any():
        return None
    height, width = ink_mask.shape
    small = Image.fromarray(ink_mask).reduce(COARSE)
    total = np.zeros((small.height, small.width), np.float32)
    for radius, light in GLOW:
        soft = small.filter(ImageFilter.GaussianBlur(radius * page.side_px / COARSE))
        total += np.asarray(soft, np.float32) * np.float32(light / 255)
    return np.asarray(Image.fromarray(total).resize((width, height), Image.Resampling.BICUBIC))
