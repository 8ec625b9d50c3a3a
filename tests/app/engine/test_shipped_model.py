"""The engine with the model that is shipped."""

from __future__ import annotations

from app.core.clock import ManualClock
from app.core.events import Event, Release, Source, Touch
from app.core.parameters import Settings
from app.engine.thread import Engine
from app.ghost import Ghost
from tests.app.fakes import RecordingSink


def evening(seed: int) -> list[Event]:
    """Half a second of playing, then the ghost's answer, of two seconds, until it is the player's turn."""
    settings, sink = Settings(), RecordingSink()
    settings.set("threshold_s", 0.1)
    engine = Engine(Ghost.load("touch", seed=seed), settings, [sink], clock=ManualClock())
    engine.watch_mixture = True
    for index in range(50):
        time_s = 1.0 + index * 0.01
        engine.run_until(time_s)
        engine.submit(Touch(time_s, Source.PLAYER, 0, 0.3 + index / 200, 0.5, index > 0))
    engine.submit(Release(1.49, Source.PLAYER, 0))
    engine.run_until(1.59)
    assert engine.status().mixture is not None
    engine.run_until(2.6)
    assert engine.status().turn == "ghost"
    engine.run_until(6.6)
    status = engine.status()
    assert (status.turn, status.counters.model_faults, status.counters.refused) == ("player", 0, 0)
    engine.stop()
    assert sink.held == set()
    return sink.events


def test_it_answers_and_a_seed_makes_it_answer_the_same() -> None:
    first = evening(seed=1)
    ghost = [event for event in first if event.source is Source.GHOST]
    assert len(ghost) > 10
    assert ghost[0].time_s >= 1.59
    assert 3.0 < ghost[-1].time_s <= 3.6
    assert evening(seed=1) == first
    assert evening(seed=2) != first
