"""The engine's status as a person sees it. `Report` collects it, `Status` is read."""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from app.core.clock import Clock, SystemClock
from mdn.mixture import Mixture

logger = logging.getLogger(__name__)

NOTICE_S = 10.0  # how long a notice stays on screen
LATENESS_EVENTS = 1024  # the ghost's last events that the percentiles are taken over


def printable(text: str) -> str:
    """`text` in one line, without what no font can draw and no packet can hold: a path may be no UTF-8."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


@dataclass(slots=True)
class Counters:
    """How often something happened since the engine was made.

    Attributes:
        events_in: player events taken from the inbox.
        events_out: events given to the sinks.
        dropped: player events refused because the inbox was full.
        refused: player events the model could not hear: wrong kind, or it failed.
        late: times the ghost was more than `LATE_S` late and its schedule was moved.
        slowed: ghost events held back by the density cap.
        model_faults: times the model raised or gave numbers that are not finite.
        sink_faults: times a sink raised.
        sink_drops: events that sinks could not write or send, as their `n_dropped` says.
        engine_faults: times a step of the engine raised: a defect, survived.
    """

    events_in: int = 0
    events_out: int = 0
    dropped: int = 0
    refused: int = 0
    late: int = 0
    slowed: int = 0
    model_faults: int = 0
    sink_faults: int = 0
    sink_drops: int = 0
    engine_faults: int = 0


@dataclass(frozen=True)
class Status:
    """The engine at one moment.

    Attributes:
        turn: "player", "ghost" or "nobody".
        mode, model: what is playing now; the settings may already ask for something else.
        mixture: of the next event, while `Engine.watch_mixture` is on and the ghost knows one.
        counters: see `Counters`.
        lateness_p50_s, lateness_p99_s: deadline to play over the ghost's last events; 0 before the first.
        silence_left_s: until the ghost answers; None while it is not waiting for silence.
        notice: the last thing a person should know, "" if none or shown for long enough.
    """

    turn: str
    mode: str
    model: str
    mixture: Mixture | None
    counters: Counters
    lateness_p50_s: float
    lateness_p99_s: float
    silence_left_s: float | None
    notice: str


@dataclass(slots=True)
class Report:
    """What the parts of the engine note down while they work. `clock` says when."""

    counters: Counters = field(default_factory=Counters)
    clock: Clock = field(default_factory=SystemClock)
    notice: str = ""
    notice_s: float = -math.inf  # when it was told
    listeners: list[Callable[[str], None]] = field(default_factory=list)  # of notices; must not block
    _lateness: deque[float] = field(default_factory=lambda: deque(maxlen=LATENESS_EVENTS))
    _told: set[str] = field(default_factory=set)

    def tell(self, text: str) -> None:
        """Show `text` to the person and log it."""
        text = printable(text)
        self.notice = text
        self.notice_s = self.clock.now()
        logger.warning(text)
        for listener in tuple(self.listeners):
            listener(text)

    def tell_once(self, topic: str, text: str) -> None:
        """As `tell`, but only the first time for this `topic`: for what can happen at every event."""
        if topic not in self._told:
            self._told.add(topic)
            self.tell(text)

    def played(self, lateness_s: float) -> None:
        """A ghost event was played this long after its deadline."""
        self._lateness.append(lateness_s)

    def lateness(self, *quantiles: float) -> list[float]:
        """These quantiles of the lateness in seconds, nearest rank; 0 before the first event."""
        ordered = sorted(self._lateness) or [0.0]
        return [ordered[max(0, math.ceil(quantile * len(ordered)) - 1)] for quantile in quantiles]
