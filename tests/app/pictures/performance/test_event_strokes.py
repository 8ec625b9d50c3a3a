"""Events become strokes: one per contact, one lane per knob, one bar per note."""

from __future__ import annotations

import numpy as np
import pytest

from app.core.events import KEYS_VOICE, Event, Note, Release, Source, Touch, Values
from app.pictures.keyboard import KeyRange
from app.pictures.performance.event_strokes import RenderError, Stroke, draw

P, G = Source.PLAYER, Source.GHOST


def told(stroke: Stroke) -> tuple[Source, int, list[list[float]], list[float], float]:
    """A stroke as plain values, rounded to 4 decimals."""
    points = np.round(stroke.points.astype(float), 4).tolist()
    return stroke.source, stroke.voice, points, np.round(stroke.time_s, 4).tolist(), round(stroke.end_s, 4)


def test_a_contact_ends_with_its_release_or_with_the_next_touch() -> None:
    events: list[Event] = [
        Touch(10.0, P, 0, 0.1, 0.2, moving=False),
        Touch(10.1, P, 0, 0.3, 0.4, moving=True),
        Release(10.5, P, 0),
        Touch(11.0, P, 0, 0.5, 0.5, moving=False),
        Touch(11.2, P, 0, 0.9, 0.9, moving=False),
    ]
    assert [told(stroke) for stroke in draw(events).strokes] == [
        (P, 0, [[0.1, 0.2], [0.3, 0.4]], [0.0, 0.1], 0.5),
        (P, 0, [[0.5, 0.5]], [1.0], 1.0),
        (P, 0, [[0.9, 0.9]], [1.2], 1.2),
    ]


def test_voices_and_sources_that_overlap_in_time_do_not_mix() -> None:
    events: list[Event] = [
        Touch(0.0, P, 0, 0.0, 0.0, moving=False),
        Touch(0.1, P, 1, 0.5, 0.5, moving=False),
        Touch(0.2, G, 0, 1.0, 1.0, moving=False),
        Touch(0.3, P, 0, 0.1, 0.0, moving=True),
        Touch(0.4, P, 1, 0.6, 0.5, moving=True),
        Touch(0.5, G, 0, 0.9, 1.0, moving=True),
    ]
    assert [told(stroke)[:3] for stroke in draw(events).strokes] == [
        (P, 0, [[0.0, 0.0], [0.1, 0.0]]),
        (P, 1, [[0.5, 0.5], [0.6, 0.5]]),
        (G, 0, [[1.0, 1.0], [0.9, 1.0]]),
    ]


def test_events_out_of_order_draw_the_same() -> None:
    events: list[Event] = [
        Touch(0.2, P, 0, 0.3, 0.3, moving=True),
        Touch(0.0, P, 0, 0.1, 0.1, moving=False),
        Touch(0.1, P, 0, 0.2, 0.2, moving=True),
    ]
    assert told(draw(events).strokes[0])[2] == [[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]]


def test_a_move_or_a_release_without_a_touch_is_no_error() -> None:
    events: list[Event] = [Release(0.0, P, 3), Touch(1.0, P, 0, 0.5, 0.5, moving=True), Release(2.0, P, 0)]
    drawing = draw(events)
    assert [told(stroke)[2] for stroke in drawing.strokes] == [[[0.5, 0.5]]]
    assert drawing.duration_s == 2.0


def test_knobs_become_lanes_from_top_to_bottom_and_time_runs_to_the_right() -> None:
    events: list[Event] = [
        Values(5.0, P, (0.0, 1.0)),
        Values(5.5, P, (0.5, 0.5)),
        Values(6.0, G, (1.0, 0.0)),
    ]
    drawing = draw(events)
    assert drawing.n_lanes == 2
    # Lane 0 is centred on 0.25, lane 1 on 0.75; value 1 is 0.36 of a lane above its centre.
    assert [told(stroke)[:3] for stroke in drawing.strokes] == [
        (P, 0, [[0.0, 0.43], [0.5, 0.25]]),
        (P, 1, [[0.0, 0.57], [0.5, 0.75]]),
        (G, 0, [[1.0, 0.07]]),
        (G, 1, [[1.0, 0.93]]),
    ]
    assert all(stroke.lane for stroke in drawing.strokes)


def test_a_silence_lifts_the_pen_of_a_lane() -> None:
    events: list[Event] = [Values(time_s, P, (0.5,)) for time_s in (0.0, 0.5, 4.0, 4.5)]
    assert [len(stroke.points) for stroke in draw(events).strokes] == [2, 2]


@pytest.mark.parametrize(
    ("events", "got"),
    [
        ([], "got none"),
        ([Release(0.0, P, 0)], "got 1 events that draw nothing"),
        ([Values(0.0, P, ())], "got 1 events that draw nothing"),
    ],
)
def test_nothing_to_draw_is_one_clear_error(events: list[Event], got: str) -> None:
    with pytest.raises(
        RenderError, match=f"events: expected at least one touch, note or controller event, {got}"
    ):
        draw(events)


def test_notes_are_bars_from_their_onset_to_their_release_high_ones_above() -> None:
    low, high = KEYS_VOICE + 48, KEYS_VOICE + 72
    events: list[Event] = [Note(10.0, P, 48, 127), Note(11.0, G, 72, 60), Release(12.0, P, low)]
    drawing = draw([*events, Release(14.0, G, high)])
    assert drawing.keys == KeyRange() and drawing.duration_s == 4.0
    first, second = drawing.strokes
    assert (first.source, second.source) == (P, G) and first.is_note and second.is_note
    assert first.points[[0, -1], 0] == pytest.approx([0.0, 0.5])
    assert second.points[[0, -1], 0] == pytest.approx([0.25, 1.0])
    assert np.ptp(first.points[:, 1]) == 0.0 and second.points[0, 1] < first.points[0, 1]
    assert first.pressure[0] == pytest.approx(1.0) and first.pressure[0] > 1.5 * second.pressure[0]
    assert (np.diff(first.pressure) < 0.0).all()


def test_a_note_ends_where_its_key_is_struck_again_or_with_the_performance() -> None:
    drawing = draw([Note(0.0, P, 60, 80), Note(1.0, P, 60, 80), Note(3.0, P, 62, 80)])
    assert [stroke.end_s for stroke in drawing.strokes[:2]] == [1.0, 3.0]


def test_a_picture_has_room_for_every_key() -> None:
    drawing = draw([Note(0.0, P, 0, 80), Note(1.0, P, 127, 80)])
    y = [float(stroke.points[0, 1]) for stroke in drawing.strokes]
    assert 0.0 < y[1] < y[0] < 1.0
