"""Whatever is planned and taken back of a reply of notes, every key that goes down goes up once."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.events import NOTE_COLUMNS, Event, Note, Release
from app.core.status import Report
from app.engine.guarded_ghost import GuardedGhost
from app.engine.keys_reply import KeysReply
from tests.app.fakes import ScriptedGhost

ROWS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.001, 0.07, 0.3, 1.0]),
        st.sampled_from([60.0, 61.0, 62.0]),
        st.sampled_from([0.01, 0.07, 0.5, 4.0]),
    ),
    min_size=1,
    max_size=8,
)
TIMES = st.sampled_from([0.0, 0.01, 0.05, 0.4, 1.1])


class Player:
    """A reply, and what was played of it."""

    def __init__(self, seconds: float = math.inf) -> None:
        self.states = GuardedGhost(ScriptedGhost(columns=NOTE_COLUMNS), "scripted", Report())
        self.reply = KeysReply(0, 0, self.states, self.states.blank, seconds)
        self.played: list[Event] = []

    def plan(self, now_s: float, rows: list[tuple[float, float, float]]) -> None:
        made = np.array([(*row, 80.0) for row in rows], np.float32)
        self.reply.plan(now_s, made, self.states.after(self.reply.state, made), 1.0)

    def play(self, time_s: float) -> None:
        while self.reply.next_s <= time_s:
            self.played.append(self.reply.pop())

    @property
    def events(self) -> list[Event]:
        return [*self.played, *self.reply.queue]


def check_keys(events: list[Event]) -> None:
    """Each key goes down and up in turn, and is up at the end."""
    down = set[int]()
    for event in events:
        assert (event.voice in down) is isinstance(event, Release)
        down ^= {event.voice}
    assert not down


def sounding(events: list[Event]) -> int:
    return sum(isinstance(event, Note) for event in events)


@settings(max_examples=200, deadline=None)
@given(ROWS, st.lists(st.tuples(TIMES, TIMES, ROWS), max_size=4), st.sampled_from([math.inf, 1.0, 3.0]))
def test_every_key_goes_up_once(
    rows: list[tuple[float, float, float]],
    again: list[tuple[float, float, list[tuple[float, float, float]]]],
    seconds: float,
) -> None:
    player, now_s = Player(seconds), 1.0
    player.plan(now_s, rows)
    check_keys(player.events)
    for wait_s, keep_s, more in again:
        now_s += wait_s
        player.play(now_s)
        n_kept = sounding([event for event in player.events if event.time_s <= now_s + keep_s])
        player.reply.unplan(now_s, now_s + keep_s)
        check_keys(player.events)
        assert list(player.reply.queue) == sorted(player.reply.queue, key=lambda event: event.time_s)
        assert sounding(player.events) == n_kept
        assert seconds < math.inf or len(player.reply.state) == n_kept  # one heard for each that is kept
        player.plan(now_s, more)
        check_keys(player.events)


def test_a_note_that_is_struck_again_keeps_its_own_length() -> None:
    player = Player()
    player.plan(1.0, [(0.0, 60.0, 0.5), (0.25, 60.0, 0.5), (0.5, 62.0, 0.25)])
    assert [(event.time_s, isinstance(event, Note)) for event in player.events] == [
        (1.0, True),
        (1.25, False),
        (1.25, True),
        (1.75, False),
        (1.75, True),
        (2.0, False),
    ]
