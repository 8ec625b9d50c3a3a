"""Whose turn it is, as a person sees it: the engine's status and the player's own events make one moment."""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import Enum, auto

from app.core.events import Event, Release, Source
from app.core.modes import MODES, Begins
from app.core.status import Status
from app.core.turn_light import GHOST_LIGHT, PLAYING_LIGHT, SWELL_S, YOURS_LIGHT


class Moment(Enum):
    """What happens now."""

    IDLE = auto()  # nobody plays
    PLAYING = auto()  # the player plays, or is silent for less than the patience
    ANSWERING = auto()  # the ghost plays
    YOURS = auto()  # the ghost has answered, and the player has not begun


class Turn:
    """Follows the turns. Where no turns are taken (modes that do not wait for silence) there is no YOURS.

    Attributes:
        moment: what happens now.
        keeps: whether what the player draws is part of a phrase that stays until it is answered.
    """

    def __init__(self) -> None:
        self.moment = Moment.IDLE
        self.keeps = False
        self._mode = ""
        self._taken = False  # the player has taken over, which the status may not know yet
        self._since_s = -math.inf  # of the moment

    def follow(self, status: Status, events: Iterable[Event | None], is_paused: bool, now_s: float) -> bool:
        """Take in a frame's status and events; returns whether the phrase that was kept may fade now.

        `events` are drawn after that: the player's first event begins the next phrase.
        """
        before, was_kept = self.moment, self.keeps
        self.keeps = MODES[status.mode].begins is Begins.AFTER_SILENCE
        plays = any(
            event is not None and event.source is Source.PLAYER and not isinstance(event, Release)
            for event in events
        )
        self._taken = status.mode == self._mode and (plays or (self._taken and status.turn != "player"))
        self._mode = status.mode
        turn = "player" if self._taken and self.keeps else status.turn
        if turn == "ghost":
            self.moment = Moment.ANSWERING
        elif turn == "nobody":
            self.moment = Moment.IDLE
        elif self.keeps and not plays and before in (Moment.ANSWERING, Moment.YOURS):
            self.moment = Moment.YOURS
        else:
            self.moment = Moment.PLAYING
        if self.moment is not before:
            self._since_s = now_s
        ended = self.moment is not before and self.moment is not Moment.ANSWERING
        waits = is_paused and self.moment is Moment.IDLE  # the answer comes when the pause ends
        return was_kept and not waits and (ended or not self.keeps)

    def light(self, waited: float, now_s: float) -> tuple[float, float]:
        """How brightly the player's and the ghost's side shine, 0 to 1 each.

        Args:
            waited: how much of the silence before an answer is over, 0 to 1.
        """
        if not self.keeps or self.moment is Moment.IDLE:
            return 0.0, 0.0
        if self.moment is Moment.ANSWERING:
            return 0.0, GHOST_LIGHT
        if self.moment is Moment.YOURS:
            swell = math.exp(-max(0.0, now_s - self._since_s) / SWELL_S)
            return YOURS_LIGHT + (1.0 - YOURS_LIGHT) * round(swell, 2), 0.0
        return PLAYING_LIGHT * (1.0 - waited), GHOST_LIGHT * 0.5 * waited**2
