"""The colours of an animation: two fine ramps, player and ghost, and a coarse table for where both are.

A pixel of the animation is two amounts of light, so its colour needs no search: each amount becomes
a step of its ramp, and an ordered dither of the pixel position hides the steps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.core.events import Source
from app.pictures import tone_map
from app.pictures.blur import LightArray
from app.pictures.palette import Palette

FINE = 56  # steps of a ramp above nothing
PLAIN = 25  # the step of a ramp that is light 1, a colour of the palette
COARSE = 11  # steps of each light above nothing where both are: 1 + 2 * 56 + 11 * 11 = 234 colours
TRANSPARENT = 255  # the entry that says: as in the picture before
COARSE_POWER = 1.7  # the coarse steps lie closer where there is little light, as faint halos overlap most
MOST_LIGHT = (FINE / PLAIN) ** 2  # the last step of a ramp

_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]])


def colour_table(palette: Palette) -> NDArray[np.uint8]:
    """sRGB (256, 3): entry 0 the background, then the ramp of the player, the ghost, and both."""
    fine = (np.arange(1, FINE + 1) / FINE) ** 2 * MOST_LIGHT
    coarse = (np.arange(1, COARSE + 1) / COARSE) ** (2 * COARSE_POWER) * MOST_LIGHT
    player, ghost = np.meshgrid(coarse, coarse, indexing="ij")
    none = np.zeros(FINE)
    amounts = np.concatenate(
        [
            [[0.0, 0.0]],
            np.stack([fine, none], axis=1),
            np.stack([none, fine], axis=1),
            np.stack([player.ravel(), ghost.ravel()], axis=1),
        ]
    )
    emission = tone_map.emission([palette.stroke(source, 0) for source in (Source.PLAYER, Source.GHOST)])
    shown = tone_map.expose((amounts.astype(np.float32) @ emission).T[:, :, None])
    behind = tone_map.linear(palette.background).astype(np.float32)[:, None, None]
    table = np.zeros((256, 3), dtype=np.uint8)
    table[: len(amounts)] = tone_map.nearest_bytes(1 - (1 - behind) * (1 - shown))[:, 0]
    return table


def dither(rows: int, columns: int) -> LightArray:
    """Thresholds in (0, 1), (rows, columns): 4 x 4 pixels that stand still, so calm pixels do too."""
    tile = ((_BAYER + 0.5) / 16).astype(np.float32)
    return np.tile(tile, (-(-rows // 4), -(-columns // 4)))[:rows, :columns]


def indices(light: LightArray, threshold: LightArray) -> NDArray[np.uint8]:
    """Entries of the table for two amounts of light (2, rows, columns): player, ghost."""
    level = np.sqrt(np.minimum(light / MOST_LIGHT, 1.0))  # about even steps for the eye
    both_ways = np.stack([threshold, 1 - threshold])  # where one light rounds up the other rounds down
    fine = (level * (FINE - 1e-3) + both_ways).astype(np.uint8)
    out = np.where(fine[0] > 0, fine[0], np.where(fine[1] > 0, fine[1] + FINE, 0)).astype(np.uint8)
    both = np.flatnonzero((fine[0] > 0) & (fine[1] > 0))
    if len(both):
        pair = level.reshape(2, -1)[:, both]
        rounding = both_ways.reshape(2, -1)[:, both]
        step = (pair ** (1 / COARSE_POWER) * (COARSE - 1e-3) + rounding).astype(np.intp)
        rounded = np.rint(pair * FINE).astype(np.intp).clip(1)
        mixed = 1 + 2 * FINE + (step[0] - 1) * COARSE + step[1] - 1
        one = np.where(step[0] > 0, rounded[0], np.where(step[1] > 0, rounded[1] + FINE, out.ravel()[both]))
        out.ravel()[both] = np.where((step > 0).all(axis=0), mixed, one)
    return out
