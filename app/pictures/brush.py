"""How broad and how bright a stroke is, point by point: slow is broad and bright, fast is thin and faint.

Window, paper, pictures and films all ask this brush, so a stroke is as broad where it is saved as where it
was drawn. It looks at what came before only: a stroke that goes on never changes what there is of it.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Width = TypeVar("Width", float, Floats)

BROAD, THIN = 1.3, 0.55  # width at rest, and of a stroke without end fast
MIDDLING = 1.3  # heights of the canvas a second at which the width is half way between
LEAST_PRESSED = 0.3  # share of the width that is left without pressure
BEGIN = 0.9  # width where a brush touches down
SPEED_S = 0.06  # speed is taken over this long: devices tell places in bursts
FOLLOW = 0.06  # heights of the canvas after which the width has followed the speed
LIGHT_POWER = 1.5


def width_at(speed: float) -> float:
    """Width of a stroke fully pressed at `speed`, heights of the canvas a second; 1 is usual."""
    return THIN + (BROAD - THIN) / (1 + speed / MIDDLING)


def light_at(width: Width) -> Width:
    """Light in the middle of a line of this width, 1 at width 1."""
    light: Width = width**LIGHT_POWER
    return light


class Brush:
    """The brush on one stroke.

    Attributes:
        width: now, about 1.
    """

    def __init__(self) -> None:
        self.width = 0.0
        self._followed = BEGIN  # the width without pressure
        self._way = 0.0
        self._at: tuple[float, float] | None = None
        self._passed: deque[tuple[float, float]] = deque()  # seconds and way of the last `SPEED_S`

    def move(self, x: float, y: float, time_s: float, pressure: float = 1.0) -> float:
        """It comes to (x, y), heights of the canvas, at `time_s`, seconds; returns its width there."""
        passed = self._passed
        if self._at is not None:
            step = math.hypot(x - self._at[0], y - self._at[1])
            self._way += step
            while len(passed) > 1 and time_s - passed[1][0] > SPEED_S:
                passed.popleft()
            early_s, early = passed[0]
            speed = (self._way - early) / max(time_s - early_s, SPEED_S / 4)
            self._followed += (width_at(speed) - self._followed) * min(1.0, step / FOLLOW)
        self.width = self._followed * pressed(pressure)
        self._at = (x, y)
        passed.append((time_s, self._way))
        return self.width


def widths(places: NDArray[np.floating], time_s: Floats, pressure: NDArray[np.floating]) -> Floats:
    """The width at every place of a stroke, (n,).

    Args:
        places: (n, 2), heights of the canvas.
        time_s: (n,), seconds, never falling.
        pressure: (n,), (0, 1].
    """
    brush = Brush()
    rows = zip(places.tolist(), time_s.tolist(), pressure.tolist(), strict=True)
    return np.array([brush.move(x, y, now_s, press) for (x, y), now_s, press in rows])


def pressed(pressure: float) -> float:
    """The share of its width that a brush has under this pressure, (0, 1]."""
    return LEAST_PRESSED + (1 - LEAST_PRESSED) * pressure
