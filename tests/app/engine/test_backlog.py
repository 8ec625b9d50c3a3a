"""More than the ghost can listen to at once: it hears in pieces, and what the player does sounds first."""

from __future__ import annotations

from app.core.clock import ManualClock
from app.core.events import Release, Source, Touch, Values
from app.core.parameters import Settings
from app.core.status import Report
from app.engine.action_player import HEAR_EVENTS, ActionPlayer
from app.engine.guarded_ghost import GuardedGhost
from app.engine.sink_fanout import SinkFanout
from app.engine.thread import INBOX_EVENTS
from app.engine.voice_states import VoiceStates
from tests.app.fakes import RecordingSink, ScriptedGhost, Stage

P = Source.PLAYER


def touch(time_s: float, voice: int = 0, *, moving: bool = True) -> Touch:
    return Touch(time_s, P, voice, 0.5, 0.25, moving)


def test_many_at_once_are_heard_as_one_by_one() -> None:
    events = [touch(index / 8, index % 2, moving=index > 1) for index in range(9)]
    report, both = Report(), []
    for split in (True, False):
        voice_states = VoiceStates(GuardedGhost(ScriptedGhost(), "scripted", report), Settings(), report)
        if split:
            for event in events:
                voice_states.hear(event)
        else:
            voice_states.hear(*events)
        both.append([(voice_states[voice].state, voice_states[voice].n_heard) for voice in (0, 1)])
    assert both[0] == both[1] and both[0][0][1] == 5


def test_what_the_model_cannot_hear_is_left_out_and_counted() -> None:
    report = Report()
    voice_states = VoiceStates(GuardedGhost(ScriptedGhost(), "scripted", report), Settings(), report)
    voice_states.hear(touch(1.0), Values(1.5, P, (0.5,)), touch(2.0))
    assert (voice_states[0].n_heard, report.counters.refused) == (2, 1)
    assert [kind_dt[3] for kind_dt in voice_states[0].state] == [0.0, 1.0]


def action_player(sink: RecordingSink) -> tuple[ActionPlayer, ManualClock, ScriptedGhost]:
    report, clock, ghost = Report(), ManualClock(10.0), ScriptedGhost()
    settings = Settings()
    settings.set("threshold_s", 0.1)
    guarded = GuardedGhost(ghost, "scripted", report)
    return ActionPlayer(guarded, settings, SinkFanout([sink], report), clock, report), clock, ghost


def test_the_ghost_hears_in_pieces_and_answers_only_a_whole_phrase() -> None:
    sink = RecordingSink()
    now, clock, ghost = action_player(sink)
    n_events = 3 * HEAR_EVENTS
    for index in range(n_events):
        now.receive(touch(10.0, moving=index > 0))
    now.receive(Release(10.0, P, 0))
    assert len(sink.events) == n_events + 1, "everything sounds before any of it is heard"
    clock.advance_to(11.0)
    for n_left in (2, 1):
        now.settle(lambda: True)
        assert len(now.unsettled) == n_left * HEAR_EVENTS
        assert now.wake_s() == 11.0, "there is more to do at once"
        now.advance(lambda: False)
        assert sink.ghost == [], "the phrase is not heard to its end yet"
    now.settle(lambda: True)
    now.advance(lambda: False)
    assert len(now.unsettled) == 0 and len(sink.ghost) > 0
    assert [kind for kind, *_ in ghost.state].count("heard") == n_events


def test_nothing_of_a_burst_is_lost() -> None:
    stage = Stage("listen")
    for index in range(INBOX_EVENTS):
        stage.engine.submit(touch(0.0, moving=index > 0))
    stage.engine.step()
    for _ in range(INBOX_EVENTS):
        stage.engine.submit(touch(0.0))
    stage.engine.step()
    assert stage.engine.status().counters.dropped == 0
    assert len(stage.sink.events) == 2 * INBOX_EVENTS


def test_stop_hears_and_plays_all_that_has_arrived() -> None:
    stage = Stage("call")
    for index in range(1000):
        stage.engine.submit(touch(0.0, moving=index > 0))
    stage.engine.stop()
    assert [kind for kind, *_ in stage.ghost.state].count("heard") == 1000
    assert len(stage.sink.events) == 1001 and stage.sink.held == frozenset()
