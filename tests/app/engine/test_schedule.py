"""Lines of events: the next of all, in order, and moved together."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from app.core.events import Event, Release, Source
from app.engine.schedule import Line, Schedule


def events(*times: float, voice: int = 0) -> list[Event]:
    return [Release(time_s, Source.GHOST, voice) for time_s in times]


def test_an_empty_schedule_has_nothing_due() -> None:
    assert Schedule().next_s == math.inf
    assert Line().next_s == math.inf


def test_of_two_due_at_the_same_time_the_older_line_comes_first() -> None:
    schedule = Schedule()
    schedule.lines = [Line(events(1.0, voice=0)), Line(events(1.0, voice=1))]
    assert [schedule.pop().voice, schedule.pop().voice] == [0, 1]


def test_a_shift_moves_everything_and_changes_no_event() -> None:
    queued = events(1.0, 2.0)
    schedule = Schedule()
    schedule.lines = [Line(queued), Line(events(1.5))]
    schedule.shift(0.5)
    assert [schedule.pop().time_s for _ in range(3)] == [1.5, 2.0, 2.5]
    assert [event.time_s for event in queued] == [1.0, 2.0]


@given(st.lists(st.lists(st.floats(0.0, 100.0)), min_size=1, max_size=5))
def test_events_of_any_lines_come_out_in_the_order_of_their_times(times: list[list[float]]) -> None:
    schedule = Schedule()
    schedule.lines = [Line(events(*sorted(line))) for line in times]
    popped = []
    while schedule.next_s < math.inf:
        popped.append(schedule.pop().time_s)
    assert popped == sorted(time_s for line in times for time_s in line)
