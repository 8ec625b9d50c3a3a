"""A phrase played to the engine on a clock moved by hand: literal events, with a ghost that is known."""

from __future__ import annotations

import pytest

from app.core.events import Event, Release, Source, Touch
from app.core.parameters import Settings
from app.engine.jam import LONGEST_REPLY_S
from app.runtime.offline import play_offline
from tests.app.fakes import ScriptedGhost

PHRASE: list[Event] = [
    Touch(3.0, Source.PLAYER, 0, 0.5, 0.5, False),
    Touch(3.5, Source.PLAYER, 0, 0.6, 0.5, True),
    Release(4.0, Source.PLAYER, 0),
]


def ghosts(events: list[Event]) -> list[Event]:
    return [event for event in events if event.source is Source.GHOST]


@pytest.mark.parametrize(("reply_s", "longest_s"), [(-1.0, 2.0), (5.0, 5.0), (0.0, LONGEST_REPLY_S)])
def test_the_phrase_sounds_as_it_is_and_then_the_whole_answer(reply_s: float, longest_s: float) -> None:
    settings = Settings()
    settings.set("mode", "duet")
    settings.set("reply_s", reply_s)
    events = play_offline(ScriptedGhost(), settings, PHRASE)
    assert events[: len(PHRASE)] == PHRASE
    answer = ghosts(events)
    assert len(events) == len(PHRASE) + len(answer)
    assert answer[0].time_s == pytest.approx(4.8)
    assert 4.8 + longest_s - 0.5 < answer[-1].time_s <= 4.8 + longest_s + 1e-9
    assert isinstance(answer[-1], Release)
