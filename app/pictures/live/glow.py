"""Where the next event may fall: the mixture as a soft, slow light on a coarse grid."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from app.pictures.live.deposit import Levels
from app.pictures.live.fading_light import stretched
from mdn.mixture import Mixture

SETTLE_S = 0.35  # how long the glow takes to follow the mixture: it must never flash
LEAST_SIGMA = 0.035  # fraction of the canvas height: a certain model is a small glow, not a point
WIDE_SIGMA = 0.10  # at this width a component glows with its plain share; narrower is brighter
STRENGTH = 0.21  # level of a component that is certain and WIDE_SIGMA wide
LEAST_SHARE = 0.01  # components with less probability are not drawn
LIMIT = 0.3  # no level exceeds it
DARK = 1e-3
LIGHT = 2.5  # of level 1


class Glow:
    """A slowly moving field of light, float32 [height, width].

    Args:
        size: width and height of the grid; a hundred pixels across is plenty.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        width, height = size
        self._aspect = width / height
        self._x = np.linspace(0.0, 1.0, width, dtype=np.float32)
        self._y = np.linspace(0.0, 1.0, height, dtype=np.float32)
        self._wanted: Levels = np.zeros((height, width), np.float32)
        self.levels: Levels = np.zeros((height, width), np.float32)

    def resized(self, size: tuple[int, int]) -> Glow:
        """A new grid of `size` with the same glow, going where this one goes."""
        other = Glow(size)
        other.levels[:] = stretched(self.levels, size)
        other._wanted[:] = stretched(self._wanted, size)
        return other

    @property
    def light(self) -> Levels:
        """The levels, which are as the eye has them, as light, [height, width]."""
        return np.asarray(self.levels * self.levels * LIGHT)

    @property
    def dark(self) -> bool:
        """Whether there is nothing to see."""
        return not self.levels.any()

    def want(self, mixture: Mixture | None) -> None:
        """Set what to move towards; None is darkness."""
        self._wanted[:] = 0.0
        if mixture is None:
            return
        for share, mean, covariance in zip(mixture.pi, mixture.mean, mixture.covariance, strict=True):
            if share < LEAST_SHARE or not (np.isfinite(mean).all() and np.isfinite(covariance).all()):
                continue
            if len(mean) == 2:
                self._add(float(share), mean, covariance)
            else:
                self._add_knobs(float(share), mean, covariance)
        # Components that agree add up, but never to more light than a stroke has.
        np.subtract(LIMIT, LIMIT * np.exp(self._wanted / -LIMIT), out=self._wanted)

    def settle(self, elapsed_s: float) -> None:
        """Move towards what is wanted for `elapsed_s`."""
        share = np.float32(1.0 - math.exp(-elapsed_s / SETTLE_S))
        self.levels += (self._wanted - self.levels) * share
        if self.levels.max() < DARK:
            self.levels[:] = 0.0

    def _add_knobs(self, share: float, mean: NDArray[np.floating], covariance: NDArray[np.floating]) -> None:
        """Knobs side by side, as their strokes are drawn: value 1 at the top, 0 at the bottom."""
        for index, value in enumerate(mean):
            place = np.array([(index + 0.5) / len(mean), 1.0 - value])
            spread = np.diag([(0.25 / len(mean)) ** 2, covariance[index, index]])
            self._add(share, place, spread)

    def _add(self, share: float, mean: NDArray[np.floating], covariance: NDArray[np.floating]) -> None:
        xx = max(float(covariance[0, 0]), (LEAST_SIGMA / self._aspect) ** 2)
        yy = max(float(covariance[1, 1]), LEAST_SIGMA**2)
        limit = 0.95 * math.sqrt(xx * yy)
        xy = min(limit, max(-limit, float(covariance[0, 1])))
        determinant = xx * yy - xy * xy
        width = determinant**0.25
        peak = STRENGTH * math.sqrt(share) * min(1.5, math.sqrt(WIDE_SIGMA / width))
        x = self._x - np.float32(mean[0])
        y = (self._y - np.float32(mean[1]))[:, None]
        distance = (x * x) * np.float32(yy / determinant) + (y * y) * np.float32(xx / determinant)
        distance -= (x * np.float32(2.0 * xy / determinant)) * y
        self._wanted += np.float32(peak) * np.exp(np.float32(-0.5) * distance)
