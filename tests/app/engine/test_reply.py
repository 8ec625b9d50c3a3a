"""What is taken back and planned again keeps its order, its contacts, its guide and its state."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.events import Event, Release, Touch
from app.core.status import Report
from app.engine.guarded_ghost import GuardedGhost
from app.engine.guide import Guide
from app.engine.reply import Reply
from tests.app.engine.phrases import TOUCH
from tests.app.fakes import ScriptedGhost

DTS = st.sampled_from([0.0, 0.001, 0.02, 0.07, 0.3, 1.0])
ROWS = st.lists(st.tuples(DTS, st.sampled_from([0.0, 1.0])), min_size=1, max_size=7)
CHUNKS = st.lists(ROWS, min_size=1, max_size=4)
TIMES = st.sampled_from([0.0, 0.01, 0.05, 0.1, 0.4, 1.1])


def numbered(n_events: int) -> Guide:
    """A guide whose events can be told apart by their place."""
    place = np.column_stack([np.arange(n_events), np.zeros(n_events)]).astype(float)
    ones = np.ones(n_events)
    return Guide(place, place, ones, np.zeros(n_events, bool), ones, 0.01)


class Player:
    """A reply, and all it was planned from."""

    def __init__(self, n_guided: int) -> None:
        self.states = GuardedGhost(ScriptedGhost(), "scripted", Report())
        self.reply = Reply(0, 0, self.states.blank)
        self.reply.guide = numbered(n_guided)
        self.played: list[Event] = []

    def plan(self, now_s: float, rows: list[tuple[float, float]]) -> None:
        """With the state after rows as if they had been heard."""
        made = np.array([(0.5, 0.5, dt, moving) for dt, moving in rows], np.float32)
        self.reply.plan(now_s, made, self.states.after(self.reply.state, made), TOUCH, 1.0)

    def play(self, time_s: float) -> None:
        while self.reply.next_s <= time_s:
            self.played.append(self.reply.pop())

    def next_guided(self) -> int:
        assert self.reply.guide is not None
        return int(self.reply.guide.place[0, 0])

    @property
    def events(self) -> list[Event]:
        return [*self.played, *self.reply.queue]


def sounding(events: Any) -> int:
    return sum(isinstance(event, Touch) for event in events)


@settings(max_examples=150, deadline=None)
@given(CHUNKS, st.lists(st.tuples(TIMES, TIMES, ROWS), min_size=1, max_size=4))
def test_whatever_is_taken_back_the_rest_goes_on(
    chunks: list[list[tuple[float, float]]], again: list[tuple[float, float, list[tuple[float, float]]]]
) -> None:
    player, now_s = Player(200), 1.0
    for rows in chunks:
        player.plan(now_s, rows)
    for wait_s, keep_s, rows in again:
        now_s += wait_s
        player.play(now_s)
        kept = [event for event in player.events if event.time_s <= now_s + keep_s]
        player.reply.unplan(now_s, now_s + keep_s, player.states)
        assert sounding(player.events) == sounding(kept) == player.next_guided()
        assert len(player.reply.state) == sounding(kept)  # one heard for each that is kept
        player.plan(now_s, rows)
        assert player.next_guided() == sounding(kept) + len(rows)
    events = player.events
    assert all(one.time_s <= other.time_s + 1e-9 for one, other in pairwise(events))
    is_down = False
    for event in events:
        if isinstance(event, Release):
            assert is_down
        is_down = isinstance(event, Touch)
    for one, other in pairwise(events):
        if isinstance(other, Touch) and not other.moving:
            assert isinstance(one, Release)
    played = player.reply.state_played(player.states)
    assert len(played) == sounding(player.played)


def test_nothing_to_take_back_changes_nothing() -> None:
    player = Player(9)
    player.plan(1.0, [(0.0, 0.0), (0.1, 1.0)])
    before = (list(player.reply.queue), player.reply.state, player.reply.end_s)
    player.reply.unplan(1.0, 2.0, player.states)
    assert before == (list(player.reply.queue), player.reply.state, player.reply.end_s)


def test_an_answer_that_ended_with_its_guide_ends_with_it_again() -> None:
    player = Player(3)
    player.reply._seconds = 0.5
    player.plan(1.0, [(0.0, 0.0), (0.1, 1.0), (0.1, 1.0)])
    assert player.reply.is_over and player.reply.guide is None
    player.reply.unplan(1.0, 1.05, player.states)
    assert not player.reply.is_over and player.next_guided() == 1
    player.plan(1.05, [(0.3, 1.0), (0.3, 1.0)])
    assert player.reply.is_over


def test_what_comes_after_a_release_that_was_to_be_may_begin_before_it() -> None:
    player = Player(9)
    player.plan(1.0, [(0.0, 0.0), (1.0, 0.0)])
    player.play(1.0)
    player.reply.unplan(1.05, 1.11, player.states)
    player.plan(1.05, [(0.0, 0.0)])
    assert [(type(event), event.time_s) for event in player.reply.queue] == [
        (Release, pytest.approx(1.05)), (Touch, pytest.approx(1.05)),
    ]  # fmt: skip
