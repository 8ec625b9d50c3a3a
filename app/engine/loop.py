"""The loop of loop mode: rounds of one length, the player's events in them, and the layers that repeat.

The first touch starts the first round. When a round ends, what was played in it becomes a layer, and every
round after plays all layers. A touch while layers play is caught at its place in the round, so an
overdub needs no rule of its own. Stretching (timescale) does not apply: player and layers share one beat.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace

from app.core.contacts import Contacts
from app.core.events import Event, Note, Release, Source, is_key
from app.core.modes import FIRST_REPEAT

MAX_LAYERS = 8  # the oldest is dropped for the ninth
VOICES_PER_LAYER = 8  # fingers of one phrase that come back; more are left out, keys never. Layer n plays on
# voices FIRST_REPEAT + 8 n and up; below are the ghost's replies.
MAX_TAKE = 20_000  # events of one round; more are heard but do not come back

Layer = tuple[Event, ...]  # ghost events; time_s counts from the start of the round


class Loop:
    """Rounds and layers. Times are seconds of the engine's clock."""

    def __init__(self) -> None:
        self.layers: deque[Layer] = deque(maxlen=MAX_LAYERS)
        self.start_s = math.inf  # of the round that runs; infinity between rounds
        self._length_s = 0.0
        self._take: list[Event] = []  # what the player did in this round, time_s from its start
        self._contacts = Contacts()  # in the take
        self._n_layers = 0  # ever made: says which voices the next one plays on

    @property
    def end_s(self) -> float:
        """When the round that runs ends; infinity if none runs."""
        return self.start_s + self._length_s

    @property
    def is_taking(self) -> bool:
        """Whether the player has played in this round."""
        return bool(self._take)

    def start(self, time_s: float, length_s: float) -> None:
        """Start a round; what was played in the last one becomes a layer."""
        if self._take:
            self.layers.append(self._layer())
            self._take = []
        self.start_s, self._length_s = time_s, length_s

    def take(self, event: Event) -> None:
        """Catch a player's event in the round that runs. A round that is full takes releases only."""
        if self.start_s < math.inf and (len(self._take) < MAX_TAKE or isinstance(event, Release)):
            time_s = min(max(event.time_s - self.start_s, 0.0), self._length_s)
            self._take += self._contacts.whole(replace(event, time_s=time_s))

    def stop(self) -> None:
        """End the rounds. The layers stay, what was played in this round does not."""
        self.start_s, self._take = math.inf, []
        self._contacts.clear()

    def shift(self, seconds: float) -> None:
        """The round that runs ends this much later."""
        self.start_s += seconds

    def _layer(self) -> Layer:
        """The take as ghost events: every contact has a beginning and an end."""
        base = FIRST_REPEAT + VOICES_PER_LAYER * (self._n_layers % MAX_LAYERS)
        self._n_layers += 1
        voices: dict[int, int] = {}
        layer: list[Event] = []
        for event in (*self._take, *self._contacts.release(self._length_s)):
            if isinstance(event, Note) or is_key(event):  # a key has no other voice than its own
                layer.append(replace(event, source=Source.GHOST))
                continue
            number = voices.setdefault(event.voice, len(voices))
            if number < VOICES_PER_LAYER:
                layer.append(replace(event, source=Source.GHOST, voice=base + number))
        return tuple(layer)
