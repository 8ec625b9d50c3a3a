"""When what is sampled: what plays comes first, as long as what comes next is not urgent."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.core.events import Source, Touch
from app.core.midi_clock import Beat
from app.core.parameters import Settings
from app.core.status import Report
from app.engine.guarded_ghost import GuardedGhost
from app.engine.jam import Jam
from app.engine.replies import LOOKAHEAD_S, PROPOSE_S, ROOM_S, URGENT_S, VOID_S, Replies
from app.engine.schedule import Line, Schedule
from app.engine.voice_states import VoiceStates
from tests.app.fakes import STROKE, ScriptedGhost

FULL, ROOMY = ROOM_S * 0.9, ROOM_S * 1.1  # until another line plays
END_S = 1.3  # of what is planned first: four events, 0.1 s apart
SMALL = 1e-6


class Answering:
    """The reply to a tap, which has begun at 1 s, beside a line that plays `room_s` later."""

    def __init__(self, mode: str = "duet", n_proposals: int = 0) -> None:
        self.ghost = ScriptedGhost(STROKE)
        self.ghost.n_proposals = n_proposals
        self.schedule, report, settings = Schedule(), Report(), Settings()
        settings.set("mode", mode)
        states = VoiceStates(GuardedGhost(self.ghost, "scripted", report), settings, report)
        self.hear = states.hear
        self.hear(self.touch(0.9))
        self.replies = Replies(Jam(settings), states, self.schedule, settings, report, Beat())
        self.replies.answer((0,))
        assert self.replies.fill(1.0)
        (self.reply,) = self.schedule.lines
        self.beside = Line()
        self.schedule.lines.append(self.beside)

    def touch(self, time_s: float) -> Touch:
        return Touch(time_s, Source.PLAYER, 0, 0.25, 0.5, False)

    def fill(self, now_s: float, room_s: float) -> bool:
        while self.reply.next_s <= now_s:
            self.reply.pop()
        self.beside.queue.clear()
        self.beside.queue.append(Touch(now_s + room_s, Source.GHOST, 9, 0.5, 0.5, False))
        return self.replies.fill(now_s)


@pytest.mark.parametrize(
    ("before_s", "room_s", "sampled"),
    [
        (LOOKAHEAD_S + SMALL, ROOMY, False),
        (LOOKAHEAD_S - SMALL, ROOMY, True),
        (LOOKAHEAD_S - SMALL, FULL, False),
        (URGENT_S + SMALL, FULL, False),
        (URGENT_S - SMALL, FULL, True),
        (-1.0, FULL, True),
    ],
)
def test_a_chunk_is_sampled_where_there_is_room_and_anyway_when_it_is_urgent(
    before_s: float, room_s: float, sampled: bool
) -> None:
    answering = Answering()
    assert answering.fill(END_S - before_s, room_s) is sampled
    assert len(answering.ghost.chunks) == 1 + sampled


@pytest.mark.parametrize(
    ("before_s", "room_s", "made"),
    [(PROPOSE_S + SMALL, ROOMY, False), (PROPOSE_S - SMALL, FULL, False), (PROPOSE_S - SMALL, ROOMY, True)],
)
def test_proposals_are_made_only_where_there_is_room(before_s: float, room_s: float, made: bool) -> None:
    answering = Answering("call", n_proposals=3)
    answering.fill(1.25, ROOMY)  # there is more to play now than proposals take
    end_s = answering.replies.wake_s(1.25) + PROPOSE_S
    assert answering.fill(end_s - before_s, room_s) is made
    assert (answering.reply.proposals is not None) is made


def test_it_wakes_when_there_may_be_room_and_when_it_is_urgent() -> None:
    answering = Answering()
    wakes = [answering.replies.wake_s(END_S - before_s) for before_s in (0.2, 0.04, 0.01)]
    assert np.allclose(wakes, [END_S - LOOKAHEAD_S, END_S - URGENT_S, END_S - URGENT_S])
    answering.replies.answer(())
    assert answering.replies.wake_s(2.0) == math.inf


@pytest.mark.parametrize(
    ("is_news", "wait_s"), [(True, VOID_S + SMALL), (True, VOID_S - SMALL), (False, VOID_S + SMALL)]
)
def test_a_long_wait_is_void_when_the_player_plays_on(is_news: bool, wait_s: float) -> None:
    answering = Answering()
    answering.fill(1.0, ROOMY)
    answering.reply.shift(1.0)  # the second event is due at 2.1
    if is_news:
        answering.hear(answering.touch(1.5))
    answering.fill(2.1 - wait_s, FULL)
    assert (answering.reply.next_s < 2.0) is (is_news and wait_s > VOID_S)
