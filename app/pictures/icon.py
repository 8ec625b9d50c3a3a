"""The icon: a warm stroke and the cool one that answers it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.pictures.palette import Palette

WIDTH, GLOW = 0.05, 0.13  # of a stroke and of the light around it, of the side
ROUND = 0.22  # of the corners


def icon_pixels(palette: Palette, side: int, *, bleeds: bool = False) -> NDArray[np.uint8]:
    """A square picture `(side, side, 4)`, its corners transparent.

    Args:
        palette: the colours.
        side: in pixels.
        bleeds: the corners are filled, and the strokes stay within the middle: a system cuts a shape of its
            own out of it.
    """
    line = (np.arange(side) + 0.5) / side
    if bleeds:
        line = 0.5 + (line - 0.5) / 0.8  # what any shape leaves: a circle of 80 %
    x, y = line[None, :], line[:, None]
    turn = np.linspace(0.0, 1.0, 60)
    warm = 0.14 + 0.5 * turn, 0.66 - 0.42 * np.sin(np.pi * turn * 0.8)
    light = np.array(palette.background, np.float64)[None, None, :] * np.ones((side, side, 1))
    for (across, down), colour in ((warm, palette.player[0]), ((1 - warm[0], 1 - warm[1]), palette.ghost[0])):
        square = np.full((side, side), np.inf)
        for point in zip(across, down, strict=True):
            np.minimum(square, (x - point[0]) ** 2 + (y - point[1]) ** 2, out=square)
        distance = np.sqrt(square)
        share = np.clip((WIDTH - distance) * side + 0.5, 0.0, 1.0) + 0.45 * np.exp(-((distance / GLOW) ** 2))
        light += np.minimum(share, 1.0)[:, :, None] * np.array(colour, np.float64)
    far = np.maximum(np.abs(np.stack(np.broadcast_arrays(x, y)) - 0.5) - (0.5 - ROUND), 0.0)
    cut = np.clip((ROUND - np.hypot(*far)) * side + 0.5, 0.0, 1.0)
    opacity = np.ones_like(cut) if bleeds else cut
    return np.dstack([np.minimum(light, 255.0), 255.0 * opacity]).round().astype(np.uint8)


def write_icon(path: Path, palette: Palette, side: int, *, bleeds: bool = False) -> None:
    """Write the icon to `path`, a PNG file."""
    Image.fromarray(icon_pixels(palette, side, bleeds=bleeds)).save(path, "PNG", compress_level=6)
