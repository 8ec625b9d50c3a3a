"""What is taken back and planned again keeps its order, its contacts, its guide and its state."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.events import Event, Release, Touch
from app.core.status import Report
from app.engine.gesture_guide import GestureGuide
from app.engine.guarded_ghost import GuardedGhost
from app.engine.reply import Reply
from tests.app.fakes import ScriptedGhost

DTS = st.sampled_from([0.0, 0.001, 0.02, 0.07, 0.3, 1.0])
ROWS = st.lists(st.tuples(DTS, st.sampled_from([0.0, 1.0])), min_size=1, max_size=7)
CHUNKS = st.lists(ROWS, min_size=1, max_size=4)
TIMES = st.sampled_from([0.0, 0.01, 0.05, 0.1, 0.4, 1.1])


def numbered(n_events: int) -> GestureGuide:
    """A guide whose events can be told apart by their place."""
    place = np.column_stack([np.arange(n_events), np.zeros(n_events)]).astype(float)
    ones = np.ones(n_events)
    flags = np.zeros(n_events, bool)
    return GestureGuide(
        place=place,
        step=place,
        dt_s=ones,
        begins=flags,
        is_report=flags,
        strength=ones,
        width=ones,
        pull=ones,
    )


class Player:
    """A reply, and all it was planned from."""

    def __init__(self, n_guided: int) -> None:
        self.states = GuardedGhost(ScriptedGhost(), "scripted", Report())
        self.reply = Reply(0, 0, self.states, self.states.blank)
        self.reply.guide = numbered(n_guided)
        self.played: list[Event] = []

    def plan(self, now_s: float, rows: list[tuple[float, float]]) -> None:
        """With the state after rows as if they had been heard."""
        made = np.array([(0.5, 0.5, dt, moving) for dt, moving in rows], np.float32)
        self.reply.plan(now_s, made, self.states.after(self.reply.state, made), 1.0)

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
        player.reply.unplan(now_s, now_s + keep_s)
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
    played = player.reply.state_played()
    assert len(played) == sounding(player.played)


def test_nothing_to_take_back_changes_nothing() -> None:
    player = Player(9)
    player.plan(1.0, [(0.0, 0.0), (0.1, 1.0)])
    before = (list(player.reply.queue), player.reply.state, player.reply.end_s)
    player.reply.unplan(1.0, 2.0)
    assert before == (list(player.reply.queue), player.reply.state, player.reply.end_s)


def test_an_answer_that_ended_with_its_guide_ends_with_it_again() -> None:
    player = Player(3)
    player.reply.seconds = 0.5
    player.plan(1.0, [(0.0, 0.0), (0.1, 1.0), (0.1, 1.0)])
    assert player.reply.is_over and player.reply.guide is None
    player.reply.unplan(1.0, 1.05)
    assert not player.reply.is_over and player.next_guided() == 1
    player.plan(1.05, [(0.3, 1.0), (0.3, 1.0)])
    assert player.reply.is_over


def test_what_comes_after_a_release_that_was_to_be_may_begin_before_it() -> None:
    player = Player(9)
    player.plan(1.0, [(0.0, 0.0), (1.0, 0.0)])
    player.play(1.0)
    player.reply.unplan(1.05, 1.11)
    player.plan(1.05, [(0.0, 0.0)])
    assert [(type(event), event.time_s) for event in player.reply.queue] == [
        (Release, pytest.approx(1.05)), (Touch, pytest.approx(1.05)),
    ]  # fmt: skip


# One thing at a time

BEGIN, GO_ON = 0.0, 1.0


def times(events: Any) -> list[list[Any]]:
    return [[round(event.time_s, 4), type(event).__name__.lower()] for event in events]


def test_a_contact_is_lifted_soon_after_its_last_event_and_before_the_next_begins() -> None:
    player = Player(9)
    player.plan(1.0, [(9.0, BEGIN), (0.1, GO_ON), (0.3, BEGIN), (0.05, BEGIN)])
    assert times(player.reply.queue) == [
        [1.0, "touch"], [1.1, "touch"], [1.18, "release"], [1.4, "touch"], [1.45, "release"], [1.45, "touch"],
    ]  # fmt: skip


def test_what_ends_with_its_time_is_lifted_then_at_the_latest() -> None:
    for seconds, lifted_s in ((0.5, 1.18), (0.15, 1.15)):
        player = Player(9)
        player.reply.seconds = seconds
        assert player.reply.left_s(0.9) == seconds
        player.plan(1.0, [(0.0, BEGIN), (0.1, GO_ON)])
        assert player.reply.left_s(0.9) == pytest.approx(seconds - 0.1)
        assert player.reply.left_s(1.2) == pytest.approx(seconds - 0.2)
        player.plan(1.0, [(0.5, GO_ON)])
        assert player.reply.is_over and times(player.reply.queue)[2:] == [[lifted_s, "release"]]


def test_a_shift_is_one_of_everything_that_is_planned() -> None:
    player = Player(9)
    player.reply.shift(5.0)  # it has not begun: nothing is to be moved
    player.reply.seconds = 0.5
    player.plan(1.0, [(0.0, BEGIN), (0.1, GO_ON)])
    player.play(1.0)
    player.reply.shift(2.0)
    assert (player.reply.end_s, player.reply.until_s) == (pytest.approx(3.1), pytest.approx(3.5))
    player.plan(1.0, [(0.1, GO_ON)])
    assert times(player.events) == [[1.0, "touch"], [3.1, "touch"], [3.2, "touch"]]


def test_events_too_dense_to_be_played_are_spread_and_counted() -> None:
    player = Player(9)
    made = np.array([(0.5, 0.5, dt, 1.0) for dt in (0.0, 0.001, -1.0, 9.0)], np.float32)
    n_slowed = player.reply.plan(1.0, made, player.states.after((), made), 1.0)
    assert n_slowed == 2
    assert times(player.reply.queue) == [[1.0, "touch"], [1.004, "touch"], [1.008, "touch"], [6.008, "touch"]]


def test_what_really_sounded_is_known_apart_from_what_was_planned() -> None:
    player = Player(99)
    assert player.reply.state_played() == () and player.reply.is_going
    player.plan(1.0, [(0.0, BEGIN), (0.1, GO_ON), (0.1, GO_ON)])
    player.plan(1.0, [(0.1, GO_ON)])
    heard = []
    for now_s in (0.5, 1.05, 1.15, 1.25, 1.35):
        player.play(now_s)
        heard.append((len(player.reply.state_played()), len(player.reply.played)))
        assert player.reply.last_played_s == (-math.inf if now_s < 1.0 else pytest.approx(now_s - 0.05))
    assert heard == [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]


def test_a_reply_that_is_over_goes_on_until_its_last_release() -> None:
    player = Player(9)
    player.reply.seconds = 0.15
    player.plan(1.0, [(0.0, BEGIN), (1.0, GO_ON)])
    assert player.reply.is_over
    player.play(1.0)
    assert player.reply.is_going
    player.play(1.2)
    assert not player.reply.is_going and times(player.played) == [[1.0, "touch"], [1.08, "release"]]


def test_a_rest_lifts_the_finger_and_what_comes_after_it_begins_afresh() -> None:
    player = Player(9)
    player.plan(1.0, [(0.0, BEGIN)])
    player.reply.rest(1.5, 0.25, player.states.blank)
    player.plan(1.5, [(0.1, BEGIN)])
    assert times(player.reply.queue) == [[1.0, "touch"], [1.08, "release"], [1.85, "touch"]]
    player.reply.rest(1.5, 0.25, player.states.blank)  # what is planned is played before
    assert player.reply.end_s == pytest.approx(2.1) and player.reply.state == player.states.blank
    unbegun = Player(9)
    unbegun.reply.seconds = 3.0
    unbegun.reply.rest(1.0, 0.25, unbegun.states.blank)
    unbegun.plan(1.0, [(0.1, BEGIN)])
    assert times(unbegun.reply.queue) == [[1.35, "touch"]] and unbegun.reply.until_s == 4.0


@pytest.mark.parametrize(("left_s", "is_over"), [(0.59, True), (0.61, False)])
def test_an_answer_ends_with_its_guide_when_its_time_is_about_over(left_s: float, is_over: bool) -> None:
    player = Player(2)
    player.reply.seconds = 0.1 + left_s
    player.plan(1.0, [(0.0, BEGIN), (0.1, GO_ON)])
    assert player.reply.guide is None and player.reply.is_over is is_over
    endless = Player(2)
    endless.plan(1.0, [(0.0, BEGIN), (0.1, GO_ON)])
    assert endless.reply.guide is None and not endless.reply.is_over


def test_a_finger_that_sounds_is_lifted_when_what_it_was_to_do_is_taken_back() -> None:
    player = Player(9)
    player.plan(1.0, [(0.0, BEGIN), (0.1, GO_ON)])
    player.play(1.0)
    player.reply.unplan(1.02, 1.02)
    player.plan(1.02, [(0.5, BEGIN)])
    assert times(player.events) == [[1.0, "touch"], [1.08, "release"], [1.5, "touch"]]
    lifted = Player(9)
    lifted.plan(1.0, [(0.0, BEGIN), (0.5, BEGIN)])
    lifted.play(1.2)
    lifted.reply.unplan(1.3, 1.3)
    lifted.plan(1.3, [(0.9, BEGIN)])
    assert times(lifted.events) == [[1.0, "touch"], [1.08, "release"], [1.9, "touch"]]


def test_of_a_chunk_whose_end_came_too_late_only_what_sounded_is_remembered() -> None:
    player = Player(9)
    player.reply.seconds = 0.15
    player.plan(1.0, [(0.0, BEGIN), (0.1, GO_ON), (0.1, GO_ON)])
    player.play(2.0)
    assert player.reply.is_over and len(player.reply.state_played()) == 2


def test_without_a_guide_it_goes_on_until_it_is_told_to_end() -> None:
    player = Player(9)
    player.reply.guide = None
    player.plan(1.0, [(0.0, BEGIN), (0.1, GO_ON)])
    player.reply.unplan(1.0, 1.05)
    player.plan(1.05, [(0.3, GO_ON)])
    assert player.reply.guide is None and not player.reply.is_over
    assert times(player.reply.queue) == [[1.0, "touch"], [1.3, "touch"]]


def test_what_was_sampled_and_not_planned_is_taken_back_with_the_rest() -> None:
    player = Player(9)
    player.plan(1.0, [(0.0, BEGIN)])
    player.reply.sampled.append((np.zeros((1, 4), np.float32), player.states.blank))
    player.reply.unplan(1.0, 9.0)
    assert not player.reply.sampled and times(player.reply.queue) == [[1.0, "touch"]]


def test_a_voice_that_comes_in_late_does_so_and_ends_with_the_others() -> None:
    reply = Reply(0, 0, Player(0).states, (), seconds=2.0)
    reply.entry_s = 0.5
    reply.plan(1.0, np.array([(0.5, 0.5, 9.0, BEGIN), (0.5, 0.5, 0.1, GO_ON)], np.float32), (), 2.0)
    assert times(reply.queue) == [[1.5, "touch"], [1.7, "touch"]] and reply.until_s == 3.0
    reply.plan(1.0, np.zeros((0, 4), np.float32), (), 2.0)  # the model ended
    assert reply.is_over and times(reply.queue)[2:] == [[1.78, "release"]]
