"""A file becomes events: contacts begin, move and end, whatever the format left out."""

from __future__ import annotations

import numpy as np
import pytest

from app.core.events import Release, Source, Touch, Values
from app.recording.replay import events_of
from assets import EXAMPLE_PERFORMANCE
from models.performance import Performance, PerformanceError, read_performance

P, G = Source.PLAYER, Source.GHOST


def performance(columns: str, rows: list[tuple]) -> Performance:
    """Rows of (time, source, voice, values)."""
    return Performance(
        tuple(columns.split(",")),
        np.array([r[0] for r in rows], np.float64),
        np.array([r[1] for r in rows], "<U6"),
        np.array([r[2] for r in rows], np.int64),
        np.array([r[3] for r in rows], np.float32).reshape(len(rows), columns.count(",") + 1),
    )


def test_a_recording_replays_as_it_was_played() -> None:
    take = performance(
        "x,y,z,moving",
        [
            (10.0, "player", 0, (0.25, 0.5, 0.75, 0)),
            (10.5, "ghost", 1, (0.125, 0.25, 1, 0)),
            (10.75, "player", 0, (0.5, 0.5, 0.5, 1)),
            (11.0, "player", 0, (0.5, 0.5, 0, 0)),
            (11.5, "ghost", 1, (0.125, 0.25, 0, 0)),
        ],
    )
    assert events_of(take, start_s=2.0) == [
        Touch(2.0, P, 0, 0.25, 0.5, False, 0.75),
        Touch(2.5, G, 1, 0.125, 0.25, False, 1.0),
        Touch(2.75, P, 0, 0.5, 0.5, True, 0.5),
        Release(3.0, P, 0),
        Release(3.5, G, 1),
    ]


def test_a_format_without_releases_gets_them() -> None:
    """After HOLD_S, or earlier when the finger comes down again, and at the end."""
    rows = [(0.0, 0), (0.05, 0), (0.5, 0), (0.75, 1)]
    take = performance("x,y,z,moving", [(t, "player", 0, (0.5, 0.5, 1, m)) for t, m in rows])
    assert events_of(take) == [
        Touch(0.0, P, 0, 0.5, 0.5, False),
        Release(0.05, P, 0),
        Touch(0.05, P, 0, 0.5, 0.5, False),
        Release(0.05 + 0.1, P, 0),
        Touch(0.5, P, 0, 0.5, 0.5, False),
        Touch(0.75, P, 0, 0.5, 0.5, True),
        Release(0.75 + 0.1, P, 0),
    ]


def test_a_contact_begins_with_moving_false_and_a_lone_release_is_nothing() -> None:
    take = performance(
        "x,y,z,moving", [(0.0, "player", 0, (0.5, 0.5, 0, 0)), (0.5, "player", 0, (0.5, 0.5, 1, 1))]
    )
    assert events_of(take)[0] == Touch(0.5, P, 0, 0.5, 0.5, False)


def test_values_replay_as_values() -> None:
    take = performance("x1,x2", [(3.0, "player", 0, (0.25, 0.5)), (4.0, "ghost", 0, (0.75, 1.0))])
    assert events_of(take) == [Values(0.0, P, (0.25, 0.5)), Values(1.0, G, (0.75, 1.0))]


def test_a_drawing_is_fitted_to_the_canvas_with_its_proportions() -> None:
    """A 2 x 1 figure fills the width; a lifted pen ends a contact."""
    take = performance(
        "dx,dy,pen_lifted",
        [(0.0, "player", 0, (0, 0, 0)), (0.25, "player", 0, (20, 0, 1)), (0.5, "player", 0, (0, 10, 1))],
    )
    events = events_of(take)
    touches = [e for e in events if isinstance(e, Touch)]
    assert [t.moving for t in touches] == [False, True, False]
    width, height = touches[1].x - touches[0].x, touches[2].y - touches[1].y
    assert width == pytest.approx(0.8) and width * 1.6 == pytest.approx(2 * height)
    assert touches[0].x == pytest.approx(0.1)


def test_an_empty_performance_has_no_events() -> None:
    assert events_of(performance("x,y,z,moving", [])) == []


def test_columns_nobody_can_play_are_refused() -> None:
    with pytest.raises(
        PerformanceError, match="expected touches, notes, values or a drawing, got columns a,b"
    ):
        events_of(performance("a,b", [(0.0, "player", 0, (1, 2))]))


def test_the_example_performance_is_clean() -> None:
    take = read_performance(EXAMPLE_PERFORMANCE)
    events = events_of(take)
    assert take.dropped == () and not take.truncated
    assert 8.0 < take.duration_s < 11.0
    assert {e.voice for e in events} == {0, 1}, "two fingers"
    assert len(events) == len(take), "every release is in the file"
