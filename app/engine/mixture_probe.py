"""The mixture of the ghost's next event for the display, computed where it delays nothing that plays."""

from __future__ import annotations

import math

from app.engine.replies import ROOM_S, Replies
from mdn.mixture import Mixture

PERIOD_S = 1 / 30  # between two pictures of the mixture


class MixtureProbe:
    """The mixture of the next event as the display sees it.

    Attributes:
        watched: keep `mixture` fresh.
        mixture: of the next event; None while not watched or nothing was heard.
    """

    def __init__(self) -> None:
        self.watched = False
        self.mixture: Mixture | None = None
        self._refreshed_s = -math.inf

    def look(self, replies: Replies, now_s: float, due_s: float) -> None:
        """Refresh the mixture, if it is time for that and the ghost does not play soon: at `due_s`."""
        if not self.watched:
            self.mixture = None
        elif now_s >= self._refreshed_s + PERIOD_S and due_s - now_s >= ROOM_S:
            state = replies.state_now()
            self.mixture = None if state is None else replies.voice_states.ghost.mixture(state)
            self._refreshed_s = now_s

    def wake_s(self, now_s: float) -> float:
        """When to call `look` next; infinity while nobody watches."""
        return max(self._refreshed_s + PERIOD_S, now_s + ROOM_S) if self.watched else math.inf
