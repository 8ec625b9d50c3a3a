"""Another model hears what was played: in small pieces, all of it, and only what is still true."""

from __future__ import annotations

import numpy as np
import pytest

from app.core.events import Source, Touch
from app.core.parameters import Settings
from app.core.status import Report
from app.engine.carry import PIECE_ROWS, Carry
from app.engine.guarded_ghost import GuardedGhost
from app.engine.voice_states import RECENT_EVENTS, VoiceStates
from tests.app.fakes import ScriptedGhost


class CountingGhost(ScriptedGhost):
    """Remembers how many rows it was given at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.fed: list[int] = []

    def feed(self, events: np.ndarray) -> None:
        self.fed.append(len(events))
        super().feed(events)


class Two:
    """A memory of two voices, of 40 and of 5 events, and a model that is to hear it."""

    def __init__(self) -> None:
        report = Report()
        self.memory = VoiceStates(GuardedGhost(ScriptedGhost(), "touch", report), Settings(), report)
        self.play(0, 40)
        self.play(1, 5)
        self.other = CountingGhost()
        self.carry = Carry(self.memory, GuardedGhost(self.other, "two", report))

    def play(self, voice: int, n_events: int) -> None:
        begin_s = 10.0 * self.memory[voice].n_heard
        for index in range(n_events):
            self.memory.hear(Touch(begin_s + index, Source.PLAYER, voice, 0.5, 0.5, index > 0))


def test_it_is_heard_in_pieces_and_they_make_the_whole() -> None:
    two = Two()
    assert [two.carry.work() for _ in range(4)] == [True, True, True, False]
    assert two.other.fed == [PIECE_ROWS, 40 - PIECE_ROWS, 5]
    carried = two.carry.finish()
    for voice in (0, 1):
        assert carried[voice].state == two.memory[voice].state
        assert carried[voice].n_heard == two.memory[voice].n_heard
        assert carried[voice].evening.last() is two.memory[voice].evening.last()


def test_a_voice_that_plays_meanwhile_is_heard_again_and_no_other() -> None:
    two = Two()
    while two.carry.work():
        pass
    del two.other.fed[:]
    two.play(1, 3)
    carried = two.carry.finish()
    assert two.other.fed == [8]
    assert carried[1].state == two.memory[1].state


def test_a_voice_that_plays_while_it_is_being_heard_is_begun_again() -> None:
    two = Two()
    two.carry.work()
    two.play(0, 1)
    carried = two.carry.finish()
    assert carried[0].state == two.memory[0].state
    assert len(carried[0].state or ()) == 41


def test_what_the_ghost_itself_played_is_heard_too() -> None:
    two = Two()
    while two.carry.work():
        pass
    two.memory.adopt(1, ("made",), [np.array([0.1, 0.2, 0.3, 0.0], np.float32)], 99.0)
    assert list(two.carry.finish()[1].state or ())[-1] == ("heard", 0.1, 0.2, 0.3, 0.0)


def test_what_is_forgotten_meanwhile_is_not_carried() -> None:
    two = Two()
    while two.carry.work():
        pass
    two.memory.streams.clear()
    two.play(1, 2)
    carried = two.carry.finish()
    assert carried[0].state is None
    assert len(carried[1].state or ()) == 2


def test_a_model_that_fails_to_hear_begins_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    two = Two()
    two.other.fail_feed.append(RuntimeError("no"))
    carried = two.carry.finish()
    assert len(carried[0].state or ()) == 40 - PIECE_ROWS
    assert len(carried[1].state or ()) == 5


def test_no_more_is_heard_than_is_remembered() -> None:
    two = Two()
    two.play(1, RECENT_EVENTS + 10)
    assert len(two.carry.finish()[1].state or ()) == RECENT_EVENTS
