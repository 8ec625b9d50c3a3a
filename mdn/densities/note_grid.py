"""The metrical grid of notes: the unit of time their onsets are whole multiples of, followed as they come.

Played to a beat, the time from one onset to the next is 1, 2, 3 ... of some unit, or a half or a third of it.
Whoever knows the unit knows the next onset to a few milliseconds, up to which multiple it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mdn.densities.base import Array, step

TOGETHER_S = 2e-3  # what follows within this is of the same chord
SHORTEST_S, LONGEST_S = 0.03, 4.9  # of an onset that tells of the beat: no ornament, no pause that was cut
USUAL_S = 0.15  # the unit before anything tells of it
LEAST_S = 0.1  # a unit that is guessed from one interval lies from here to twice as much
FINEST_S = 0.075  # and is not halved below this
MOST_UNITS = 32.5
TOLERANCE_S = 6e-3  # from a multiple
FORGETTING = 0.98  # with every onset, of what the unit is estimated from
SURE, CERTAIN = 40.0, 200.0  # squared units heard: from there on the unit keeps its name
PLACES = 64.0  # units after which the place begins anew

KEPT = 5


def follow(xp: Any, kept: Sequence[Array], dt: Array) -> list[Array]:
    """The grid after an onset.

    The unit is that of the least squares of interval = multiple x unit, with exponential forgetting. A half
    of it that is heard halves it; a third, before much was heard, says that it was guessed from a dotted
    note. An interval that fits nothing is let pass once, and the second one begins anew.

    Args:
        xp: numpy or another namespace, or `Scalars` for Python's own numbers.
        kept: the grid before, zeros at first: the unit in seconds, the sum of the squared multiples it was
            estimated from (0 as long as it was not), intervals missed in a row, the place in units from 0 to
            `PLACES`, and the last interval that was not within a chord, in seconds.
        dt: seconds since the note before.
    """
    unit, weight, missed, place, interval = kept
    tells = step(xp, dt - SHORTEST_S) * step(xp, LONGEST_S - dt)
    is_known = step(xp, weight)
    base = unit + (1.0 - step(xp, unit)) * USUAL_S
    ratio = dt / base
    free = is_known * step(xp, MOST_UNITS - ratio)  # not fitted yet
    multiple = halved = thirded = 0.0 * dt
    for parts in (1.0, 2.0, 3.0):
        whole = xp.floor(ratio * parts + 0.5)
        off_s = xp.abs(ratio * parts - whole) * base / parts
        fits = free * step(xp, whole - 0.5) * step(xp, TOLERANCE_S - off_s)
        multiple = multiple + fits * whole / parts
        free = free - fits
        if parts == 2.0:
            halved = fits * step(xp, base - 2.0 * FINEST_S) * step(xp, CERTAIN - weight)
        if parts == 3.0:
            thirded = fits * step(xp, SURE - weight)
    fitted = is_known * step(xp, multiple)
    # Two thirds of it, or four: whichever is a unit that could have been guessed.
    other = 4.0 / 3.0 - 2.0 / 3.0 * step(xp, base * 2.0 / 3.0 - LEAST_S)
    scale = 1.0 - 0.5 * halved + thirded * (other - 1.0)
    multiple = multiple / scale
    renamed = base * scale
    heard = FORGETTING * weight / (scale * scale) + multiple * multiple
    fit = renamed + multiple * (dt - multiple * renamed) / xp.maximum(heard, 1e-6)
    # An octave of the interval, where nothing fits.
    octave = xp.exp(math.log(2.0) * xp.floor(xp.log(xp.maximum(dt, SHORTEST_S) / LEAST_S) / math.log(2.0)))
    doubtful = xp.maximum(1.0 - is_known, xp.maximum(step(xp, 30.0 - weight), step(xp, missed - 0.5)))
    begins = tells * (1.0 - fitted) * doubtful
    fits = tells * fitted
    keeps = 1.0 - fits - begins
    new_unit = fits * fit + begins * dt / octave + keeps * base
    new_weight = fits * heard + begins * octave * octave + keeps * weight
    new_missed = (1.0 - tells) * missed + (tells - fits - begins) * (missed + 1.0)
    units = fits * multiple + (1.0 - fits) * dt / new_unit
    gone = (1.0 - begins) * (place / (fits * scale + 1.0 - fits) + units)
    new_place = gone - PLACES * xp.floor(gone / PLACES)
    is_onset = step(xp, dt - TOGETHER_S)
    return [new_unit, new_weight, new_missed, new_place, interval + is_onset * (dt - interval)]


def unit_of(xp: Any, grid: Array) -> Array:
    """The unit of `grid` `(..., KEPT)`, `(..., 1)`, in seconds; above 0 also where there is no note."""
    return xp.maximum(grid[..., 0:1], FINEST_S / 4.0)


class Scalars:
    """What `follow` needs of `xp`, for Python's own numbers: a corpus is a million notes long."""

    floor = staticmethod(math.floor)
    exp = staticmethod(math.exp)
    log = staticmethod(math.log)
    abs = staticmethod(abs)
    minimum = staticmethod(min)
    maximum = staticmethod(max)
