"""The marks of a picture: short lines and dots of light, in pixels."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.core.events import Source
from app.pictures import style
from app.pictures.blur import Floats
from app.pictures.performance.event_strokes import Drawing

Colours = NDArray[np.intp]
Which = NDArray[np.bool_] | NDArray[np.intp] | slice


@dataclass(frozen=True)
class Sheet:
    """Where the canvas lies in the picture: size in pixels, and the pixels of one unit of `style`."""

    size: tuple[int, int]

    @property
    def unit(self) -> float:
        return style.unit(self.size)

    @property
    def margin_px(self) -> float:
        return style.MARGIN * min(self.size)

    def to_pixels(self, points: NDArray[np.floating]) -> Floats:
        """Fractions of the canvas (..., 2) to pixel positions; the middle of the first pixel is 0.5."""
        inner = np.array(self.size, dtype=np.float64) - 2 * self.margin_px
        return np.asarray(points, dtype=np.float64) * inner + self.margin_px


class _Marks:
    """What lines and dots have in common: arrays with a row for each."""

    time_s: Floats

    def __len__(self) -> int:
        return len(self.time_s)

    def only(self, which: Which) -> Self:
        return type(self)(*(getattr(self, field.name)[which] for field in fields(self)))  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class Lines(_Marks):
    """Short straight pieces of light.

    Attributes:
        ends: (k, 2, 2) pixels, start and end.
        light: (k, 2) light at the middle of the line, at both ends.
        sigma_px: (k, 2) standard deviation of its profile, at both ends.
        colour: (k,) index into the colours of the drawing.
        glow: (k,) share of the halo, 1 for a plain line.
        time_s: (k,) when it was drawn.
    """

    ends: Floats
    light: Floats
    sigma_px: Floats
    colour: Colours
    glow: Floats
    time_s: Floats


@dataclass(frozen=True, eq=False)
class Dots(_Marks):
    """Points of light: pixels (k, 2), light at the middle, sigma, colour, glow (pixels of a line), time."""

    centre: Floats
    light: Floats
    sigma_px: Floats
    colour: Colours
    glow: Floats
    time_s: Floats


def colour_keys(drawing: Drawing) -> list[tuple[Source, int]]:
    """The (source, voice) pairs there are; their index is the `colour` of lines and dots."""
    return sorted(
        {(stroke.source, stroke.voice) for stroke in drawing.strokes},
        key=lambda key: (key[0] is Source.GHOST, key[1]),
    )


_NONE, _NO_PAIRS, _NO_COLOURS = np.empty(0), np.empty((0, 2)), np.empty(0, np.intp)
NO_LINES = Lines(np.empty((0, 2, 2)), _NO_PAIRS, _NO_PAIRS, _NO_COLOURS, _NONE, _NONE)
NO_DOTS = Dots(_NO_PAIRS, _NONE, _NONE, _NO_COLOURS, _NONE, _NONE)

Marks = TypeVar("Marks", Lines, Dots)


def join(first: Marks, *others: Marks) -> Marks:
    """All of them as one."""
    names = [field.name for field in fields(first)]
    return type(first)(*(np.concatenate([getattr(one, name) for one in (first, *others)]) for name in names))
