"""Events as the performance that a recording of them holds, and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.events import Event, Release, Source, Touch, Values
from app.recording.replay import events_of
from app.recording.rows import performance_of
from models.performance import PerformanceError, read_performance, write_recording

PLAYER, GHOST = Source.PLAYER, Source.GHOST

TOUCHES: list[Event] = [
    Touch(0.0, PLAYER, 0, 0.25, 0.5, False, 0.5),
    Touch(0.5, PLAYER, 0, 0.75, 0.5, True, 1.0),
    Touch(0.5, GHOST, 3, 0.125, 0.0, False),
    Release(0.75, PLAYER, 0),
    Release(1.0, GHOST, 3),
]
VALUES: list[Event] = [Values(0.0, PLAYER, (0.25, 0.5)), Values(0.5, GHOST, (0.75, 1.0), 1)]


def test_a_release_is_a_row_where_its_voice_was_last() -> None:
    performance = performance_of(TOUCHES)
    assert performance.time_s.tolist() == [0.0, 0.5, 0.5, 0.75, 1.0]
    assert performance.source.tolist() == ["player", "player", "ghost", "player", "ghost"]
    assert performance.voice.tolist() == [0, 0, 3, 0, 3]
    assert performance.values.tolist() == [
        [0.25, 0.5, 0.5, 0.0],
        [0.75, 0.5, 1.0, 1.0],
        [0.125, 0.0, 1.0, 0.0],
        [0.75, 0.5, 0.0, 1.0],
        [0.125, 0.0, 0.0, 1.0],
    ]


@pytest.mark.parametrize("events", [TOUCHES, VALUES])
def test_events_come_back_from_their_performance_and_from_its_file(
    events: list[Event], tmp_path: Path
) -> None:
    performance = performance_of(events)
    write_recording(performance, tmp_path / "take.csv")
    assert events_of(performance) == events
    assert events_of(read_performance(tmp_path / "take.csv")) == events


def test_a_release_of_what_was_never_touched_is_no_row_and_the_first_event_is_at_0() -> None:
    events = [Release(4.0, GHOST, 0), Touch(5.0, PLAYER, 0, 0.5, 0.5, False), Release(5.5, PLAYER, 0)]
    assert performance_of(events).time_s.tolist() == [0.0, 0.5]


@pytest.mark.parametrize(("events", "found"), [([], "none"), (TOUCHES + VALUES, "x,y,z,moving and x1,x2")])
def test_events_that_are_no_one_performance_are_refused(events: list[Event], found: str) -> None:
    with pytest.raises(PerformanceError, match=f"expected some, all of the same columns, got {found}"):
        performance_of(events)
