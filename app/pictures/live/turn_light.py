"""Light at the edges, to tell from afar whose turn it is: the player's from below, the ghost's from above."""

from __future__ import annotations

import math

import numpy as np

from app.pictures.live.deposit import Levels
from app.pictures.live.fading_light import to_light
from app.pictures.palette import Palette

SETTLE_S = 0.25  # how long the light takes to follow: it goes over from one side to the other
# How far the light reaches into the canvas, fractions of its height, as the eye has it.
NEAR, FAR = 0.035, 0.16
STRENGTH = 0.75  # light in the middle of an edge
DONE = 0.004  # nearer than this to what is wanted nobody sees a difference


class TurnLight:
    """Light along the lower and the upper edge.

    Args:
        size: width and height of the grid; a hundred pixels across is plenty.
        palette: whose colours to use.

    Attributes:
        levels: float32 [height, width, 4], the light now.
    """

    def __init__(self, size: tuple[int, int], palette: Palette) -> None:
        width, height = size
        away = np.linspace(1.0, 0.0, height, dtype=np.float32)  # from the lower edge
        across = np.linspace(-1.0, 1.0, width, dtype=np.float32)
        shape = 0.55 * np.exp(-away / NEAR) + 0.45 * np.exp(-away / FAR)
        edge = np.multiply.outer(shape, 0.35 + 0.65 * (1.0 - across * across))[..., None]
        edge = np.float32(STRENGTH) * edge * edge
        self._player: Levels = np.asarray(edge * to_light(palette.player[0]), np.float32)
        self._ghost: Levels = np.asarray(edge[::-1] * to_light(palette.ghost[0]), np.float32)
        self._now = self._wanted = np.zeros(2)
        self.levels: Levels = np.zeros_like(self._player)

    def follow(self, other: TurnLight) -> None:
        """Shine as `other` does: the grid has another size."""
        self._now, self._wanted = other._now, other._wanted
        self._shine()

    def want(self, player: float, ghost: float) -> None:
        """How brightly each side is to shine, 0 to 1."""
        self._wanted = np.array([player, ghost])

    def settle(self, elapsed_s: float) -> None:
        """Move towards what is wanted for `elapsed_s`."""
        if self.settled:
            return
        self._now = self._now + (self._wanted - self._now) * (1.0 - math.exp(-elapsed_s / SETTLE_S))
        if np.abs(self._wanted - self._now).max() < DONE:
            self._now = self._wanted
        self._shine()

    @property
    def settled(self) -> bool:
        """Whether it shines as it is wanted."""
        return bool((self._now == self._wanted).all())

    @property
    def dark(self) -> bool:
        """Whether there is nothing to see."""
        return not self._now.any()

    def _shine(self) -> None:
        player, ghost = (np.float32(strength**2) for strength in self._now)
        self.levels = np.asarray(self._player * player + self._ghost * ghost)
