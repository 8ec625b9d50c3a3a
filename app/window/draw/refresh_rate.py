"""How often previews are shown anew: with every frame, unless frames would come late."""

from __future__ import annotations

import math

ROOM_S = 0.013  # what a frame may take; the rest of its 16.7 ms is for the system and for polls
MOST = 3  # frames for which light stays as it is
FOLLOW = 0.1  # of a frame that took longer or shorter, for the next ones
LONGEST_S = 0.05  # a window that the system held counts no more


class RefreshRate:
    """On a busy machine light over the paper gives way to the pen: every second or third frame has it.

    Light is most of what a frame costs. It fades slowly and looks the same when it is shown less often; a pen
    that lags is seen at once.
    """

    def __init__(self) -> None:
        self._takes_s = 0.0  # a frame with light
        self._since = MOST

    @property
    def frames(self) -> int:
        """Light is shown anew once in so many frames."""
        return min(MOST, max(1, math.ceil(self._takes_s / ROOM_S)))

    def next(self) -> bool:
        """Another frame: whether light is shown anew with it."""
        self._since += 1
        if self._since < self.frames:
            return False
        self._since = 0
        return True

    def took(self, seconds: float) -> None:
        """The frame took this long."""
        if self._since == 0:
            self._takes_s += FOLLOW * (min(LONGEST_S, seconds) - self._takes_s)
