"""From light to the eight bits of a screen: emission of the palette's colours, exposure, dither.

Light adds up, and a screen shows 1 - exp(-light) of it, as film does. Its bytes are the square root of what
it shows: nearly sRGB, and quick enough for a window, which does the same (`live.fading_light`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.pictures import style
from app.pictures.blur import LightArray
from app.pictures.palette import Colour, Palette

BRIGHTEST = 0.985  # a channel at 255 would need endless light
BAND_ROWS = 128  # made at once


def linear(colour: Colour | NDArray[np.uint8]) -> NDArray[np.float64]:
    """Bytes to what a screen shows, in [0, 1]: a gamma of 2."""
    return (np.asarray(colour, dtype=np.float64) / 255) ** 2


def emission(colours: Sequence[Colour]) -> LightArray:
    """What light 1 of each colour must be so that `expose` shows the colour itself, (k, 3)."""
    shown = np.minimum(linear(np.array(colours, dtype=np.uint8)), BRIGHTEST)
    return (-np.log1p(-shown)).astype(np.float32)


def expose(light: LightArray) -> LightArray:
    """Light (C, rows, columns) to linear values in [0, 1): 1 - exp(-light), the answer of film.

    What is brighter than `SPILL_FROM` spills into all channels, so crossings and heads turn white.
    """
    spill = np.maximum(light.max(axis=0) - style.SPILL_FROM * 2, 0) * style.SPILL
    shown: LightArray = -np.expm1(-(light + spill))
    return shown


def backdrop(size: tuple[int, int], palette: Palette, top: int, bottom: int) -> LightArray:
    """Rows of the empty canvas, linear, (3, bottom - top, width): background to vignette at the corners."""
    width, height = size
    across = (np.arange(width, dtype=np.float32) + 0.5) / width * 2 - 1
    down = (np.arange(top, bottom, dtype=np.float32) + 0.5) / height * 2 - 1
    distance = np.sqrt((across[None, :] ** 2 + down[:, None] ** 2) / 2)
    part = np.clip((distance - style.VIGNETTE_START) / (1 - style.VIGNETTE_START), 0, 1)
    part = (part * part * (3 - 2 * part)).astype(np.float32)
    middle, corner = (
        linear(colour).astype(np.float32)[:, None, None] for colour in (palette.background, palette.vignette)
    )
    return np.asarray(middle + (corner - middle) * part, dtype=np.float32)


def empty_canvas(size: tuple[int, int], palette: Palette) -> NDArray[np.uint8]:
    """The whole of it as bytes, (height, width, 3); dithered, so that no ring shows."""
    out = np.empty((size[1], size[0], 3), np.uint8)
    for top in range(0, size[1], BAND_ROWS):
        rows = slice(top, min(top + BAND_ROWS, size[1]))
        out[rows] = to_bytes(backdrop(size, palette, top, rows.stop), top)
    return out


def nearest_bytes(shown: LightArray) -> NDArray[np.uint8]:
    """Linear values (3, rows, columns) to the nearest bytes (rows, columns, 3)."""
    return _bytes(_root(shown) + np.float32(0.5))


def to_bytes(shown: LightArray, top: int) -> NDArray[np.uint8]:
    """Linear values (3, rows, columns) to bytes (rows, columns, 3), dithered against banding.

    The dither is a fixed pattern of the pixel position, so the same light gives the same bytes.
    Source of the pattern: J. Jimenez, "Next generation post processing in Call of Duty", SIGGRAPH 2014.
    """
    value = _root(shown)
    rows, columns = value.shape[1:]
    y, x = np.arange(top, top + rows)[:, None], np.arange(columns)[None, :]
    noise = np.modf(52.9829189 * np.modf(0.06711056 * x + 0.00583715 * y)[0])[0].astype(np.float32)
    return _bytes(value + noise)


def _root(shown: LightArray) -> LightArray:
    """What is shown, in [0, 1], to bytes that are not rounded, in [0, 255]."""
    value: LightArray = np.sqrt(shown) * np.float32(255)
    return value


def _bytes(value: LightArray) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.moveaxis(np.clip(value, 0, 255).astype(np.uint8), 0, -1))
