"""A phrase played to the engine, and the answer to it, without waiting: the clock is moved by hand.

Half a minute of music takes a moment, and the same seed gives the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.core.clock import ManualClock
from app.core.events import Event
from app.core.parameters import Settings
from app.core.sink import CollectingSink
from app.engine.guarded_ghost import GhostLike
from app.engine.jam import LONGEST_REPLY_S
from app.engine.thread import Engine


def play_offline(ghost: GhostLike, settings: Settings, played: Sequence[Event]) -> list[Event]:
    """All that sounds in call mode when `played` is played, until the answer to it ends.

    A silence of `threshold_s` in the middle is answered too, as it is live. An answer that goes on until
    somebody touches ends when the longest one that is as long as its phrase would.

    Args:
        ghost: the model.
        settings: what a person sets; `mode` becomes call.
        played: the player's events, at least one, in the order of their times, with all releases.
    """
    settings.set("mode", "call")
    sink, clock = CollectingSink(), ManualClock(played[0].time_s)
    engine = Engine(ghost, settings, [sink], clock=clock)
    for event in played:
        engine.run_until(event.time_s)
        engine.submit(event)
    reply_s = settings.number("reply_s")
    longest_s = reply_s if reply_s > 0.0 else LONGEST_REPLY_S
    engine.run_until(played[-1].time_s + settings.number("threshold_s") + longest_s)
    engine.stop()
    return sink.events
