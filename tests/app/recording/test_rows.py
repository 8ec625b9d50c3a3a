"""Events as the performance that a recording of them holds, and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.events import KEYS_VOICE, Event, Note, Release, Source, Touch, Values
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
NOTES: list[Event] = [
    Note(0.0, PLAYER, 60, 90),
    Note(0.0, GHOST, 60, 127),
    Note(0.25, PLAYER, 0, 1),
    Release(0.5, PLAYER, KEYS_VOICE + 60),
    Release(0.75, GHOST, KEYS_VOICE + 60),
    Release(1.0, PLAYER, KEYS_VOICE),
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


def test_the_end_of_a_note_is_a_row_of_velocity_0(tmp_path: Path) -> None:
    write_recording(performance_of(NOTES), tmp_path / "take.csv")
    assert (tmp_path / "take.csv").read_text().splitlines() == [
        "time_s,source,voice,pitch,velocity",
        "0.000000,player,188,60,90",
        "0.000000,ghost,188,60,127",
        "0.250000,player,128,0,1",
        "0.500000,player,188,60,0",
        "0.750000,ghost,188,60,0",
        "1.000000,player,128,0,0",
    ]


def test_a_note_whose_end_is_missing_ends_with_the_file_or_when_it_is_struck_again(tmp_path: Path) -> None:
    text = "time_s,source,voice,pitch,velocity\n1,player,0,60,90\n2,player,0,60,80\n3,player,0,62,70\n"
    (tmp_path / "take.csv").write_text(text)
    assert events_of(read_performance(tmp_path / "take.csv")) == [
        Note(0.0, PLAYER, 60, 90),
        Release(1.0, PLAYER, KEYS_VOICE + 60),
        Note(1.0, PLAYER, 60, 80),
        Note(2.0, PLAYER, 62, 70),
        Release(2.0, PLAYER, KEYS_VOICE + 60),
        Release(2.0, PLAYER, KEYS_VOICE + 62),
    ]


@pytest.mark.parametrize(
    "row", ["1,player,0,60.5,90", "1,player,0,128,90", "1,player,0,60,-1", "1,player,0,60,nan"]
)
def test_a_row_of_no_note_is_left_out(row: str, tmp_path: Path) -> None:
    (tmp_path / "take.csv").write_text(f"time_s,source,voice,pitch,velocity\n0,player,0,60,90\n{row}\n")
    performance = read_performance(tmp_path / "take.csv")
    assert len(performance) == 1 and [dropped.line for dropped in performance.dropped] == [3]


@pytest.mark.parametrize("events", [TOUCHES, NOTES, VALUES])
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
