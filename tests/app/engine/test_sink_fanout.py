"""What a sink is promised, whatever happens: whole contacts, one after the other, and a word for a person."""

from __future__ import annotations

from app.core.events import Release, Source, Touch, Values
from app.core.sink import CollectingSink
from app.core.status import Report
from app.engine.sink_fanout import SinkFanout
from tests.app.fakes import RecordingSink

P, G = Source.PLAYER, Source.GHOST


def test_a_sink_need_not_do_more_than_play() -> None:
    sink, report = CollectingSink(), Report()
    fanout = SinkFanout([sink], report)
    fanout.set("volume", 0.5)
    fanout.play(Touch(1.0, G, 0, 0.5, 0.5, False))
    fanout.panic(2.0)
    fanout.close(3.0)
    fanout.tell_notices()
    assert sink.events == [Touch(1.0, G, 0, 0.5, 0.5, False), Release(2.0, G, 0)]
    assert (fanout.n_dropped, report.notice, report.counters.sink_faults) == (0, "", 0)


def test_what_is_held_is_released_whoever_asks_for_silence() -> None:
    first, second = RecordingSink(), RecordingSink()
    fanout = SinkFanout([first, second], Report())
    for event in (
        Touch(1.0, P, 0, 0.5, 0.5, False),
        Touch(1.0, G, 2, 0.5, 0.5, True),
        Values(1.0, G, (0.5,), 1),
    ):
        fanout.play(event)
    fanout.release(2.0, G, (2,))
    fanout.remove(second, 3.0)
    fanout.mute(True, 4.0)
    fanout.play(Touch(4.5, G, 2, 0.5, 0.5, False))
    fanout.close(5.0)
    begin = [[1.0, "player touch 0", [0.5, 0.5, 0]], [1.0, "ghost touch 2", [0.5, 0.5, 0]],
             [1.0, "ghost values 1", [0.5]], [2.0, "ghost release 2", []]]  # fmt: skip
    assert first.log == [*begin, [4.0, "ghost release 1", []], [5.0, "player release 0", []]]
    assert second.log == [*begin, [3.0, "player release 0", []], [3.0, "ghost release 1", []]]
    assert (first.n_closes, second.n_closes) == (1, 0)


def test_a_sink_that_says_something_else_is_heard_again() -> None:
    sink, report = RecordingSink(), Report()
    fanout, told = SinkFanout([sink], report), list[str]()
    report.listeners.append(told.append)
    for notice in ("", "lost", "lost", "back", "", "lost"):
        sink.notice = notice
        fanout.tell_notices()
    assert told == ["lost", "back", "lost"]
