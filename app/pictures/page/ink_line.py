"""How a stroke becomes ink: a smooth line with sharp corners, and the breadth of a brush along it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.pictures import curves

Floats = NDArray[np.float64]

BREADTH = 0.030  # of a side of the canvas: the broadest a brush is
CORNER = np.cos(np.radians(50.0))  # a line that turns by more has a corner there, by less a bend
PRESS = 0.62  # share of the breadth with which a brush touches down ...
PRESS_OVER = 1.5  # ... to be at its full breadth after so many breadths
TAPER = 0.26  # share that is left where it leaves
TAPER_OVER = 9.0  # over so many breadths, and
TAPER_MOST = 0.55  # over this share of the stroke at most
ACROSS = 0.80  # a line across is thinner than one down, as with a brush that is held upright
FLATNESS_PX = 0.05
CHORD = 0.7  # breadths from one centre to the next, where the line is straight


@dataclass(frozen=True, eq=False)
class Ink:
    """A stroke as a brush leaves it: centres (k, 2) and radii (k,) in pixels, and the way to each (k,)."""

    centres: Floats
    radii: Floats
    way: Floats


def beziers(places: Floats) -> Floats:
    """A smooth line through `places`, (n, 2) in any unit: cubic Beziers (m, 4, 2).

    It is as sharp as the places where they turn sharply. None for a dot.
    """
    kept = places[curves.distinct(places)]
    if len(kept) < 2:
        return np.empty((0, 4, 2))
    low = kept.min(axis=0)
    size = float(np.ptp(kept, axis=0).max())
    # A margin, because `curves` clamps to the canvas: a bend may reach a little beyond its points.
    unit = (kept - low) / (2 * size) + 0.25
    step = np.diff(unit, axis=0)
    step /= np.hypot(*step.T)[:, None]
    corners = np.flatnonzero((step[:-1] * step[1:]).sum(axis=1) < CORNER) + 1
    cuts = [0, *corners.tolist(), len(unit) - 1]
    pieces = [curves.beziers(unit[a : b + 1]) for a, b in pairwise(cuts)]
    return np.asarray((np.concatenate(pieces) - 0.25) * (2 * size) + low)


def ink(places: Floats, side_px: float) -> Ink:
    """The ink of a stroke, `places` (n, 2) in pixels, on a canvas whose side has `side_px` pixels."""
    breadth = BREADTH * side_px
    bends = beziers(places)
    if not len(bends):
        return Ink(places[:1], np.full(1, 0.6 * breadth), np.zeros(1))
    which, t = curves.flatten(bends, FLATNESS_PX, max(CHORD * breadth, 0.75))
    centres = np.concatenate([bends[:1, 0], curves.at(bends[which], t[:, 1])])
    step = np.diff(centres, axis=0)
    length = np.hypot(*step.T)
    way = np.concatenate([[0.0], np.cumsum(length)])
    across = np.abs(step[:, 0]) / np.maximum(length, 1e-9)
    across = np.concatenate([across[:1], (across[1:] + across[:-1]) / 2, across[-1:]])
    across = _smooth(across, way, breadth)
    broad = 1 - (1 - ACROSS) * across
    return Ink(centres, 0.5 * breadth * broad * _pressure(way, breadth), way)


def _pressure(way: Floats, breadth: float) -> Floats:
    """The share of its breadth that a brush has along its way, (k,)."""
    total = float(way[-1])
    down = np.clip(way / min(PRESS_OVER * breadth, total / 3), 0, 1)
    up = np.clip((total - way) / min(TAPER_OVER * breadth, TAPER_MOST * total), 0, 1)
    return (PRESS + (1 - PRESS) * np.sin(down * np.pi / 2)) * (TAPER + (1 - TAPER) * np.sin(up * np.pi / 2))


def _smooth(values: Floats, way: Floats, reach: float) -> Floats:
    """The mean of `values` along the way, over `reach` before and after."""
    area = np.concatenate([[0.0], np.cumsum((values[1:] + values[:-1]) / 2 * np.diff(way))])
    before, after = np.maximum(way - reach, way[0]), np.minimum(way + reach, way[-1])
    mean = (np.interp(after, way, area) - np.interp(before, way, area)) / np.maximum(after - before, 1e-9)
    return np.asarray(mean, np.float64)
