"""The route of an event: all at once and event by event are the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdn.columns import TOUCH, Kind, controller_columns, sketch_columns
from mdn.heads import OLDEST
from mdn.past_features import Route, beginning, beginning_of, begun, least_units

SKETCH = sketch_columns(100.0, "px")
# Two strokes: an angle, and a line that begins level with it.
DRAWING = np.array([[1, 1, 0], [10, 0, 0], [0, 10, 1], [-10, 5, 0], [10, 0, 2]], "float32")


def one_by_one(events: np.ndarray, route: Route) -> np.ndarray:
    """As a graph follows it: from the event before and what was kept of its route."""
    before, kept, known = np.zeros_like(events[0]), np.zeros(route.kept, "float32"), np.zeros(1)
    found = []
    for event in events:
        found.append(route.follow(np, before, kept, event, known))
        before, kept, known = event, found[-1][: route.kept], np.ones(1)
    return np.array(found)


def test_a_drawing_knows_its_place_where_its_stroke_began_and_how_far_it_reaches() -> None:
    assert Route(SKETCH).along(begun(DRAWING, SKETCH)).tolist() == [
        [0, 0, 0, 0, 0, 0, 0, 0],
        [1, 1, 1, 1, 0, 0, 1, 1],
        [11, 1, 1, 1, 0, 0, 11, 1],
        [11, 11, 1, 1, 0, 0, 11, 11],
        [1, 16, 1, 16, 0, 0, 11, 16],
        [11, 16, 1, 16, 0, 0, 11, 16],
    ]


def test_a_drawing_that_is_told_where_it_begins_sees_its_middle_at_zero() -> None:
    at = beginning_of(DRAWING, SKETCH)
    assert at == (-6.0, -8.5)  # it covers x from 1 to 11 and y from 1 to 16
    route = Route(SKETCH).along(begun(DRAWING, SKETCH, at))
    assert route[0].tolist() == [-6, -8.5] * 4  # the line from the middle to the beginning is none of its
    assert route[-1].tolist() == [5, 7.5, -5, 7.5, -6, -8.5, 5, 7.5]
    assert (route[:, 4:6] >= -8.5).all() and (route[:, 6:] <= 7.5).all()


def test_only_a_drawing_begins_somewhere() -> None:
    assert beginning_of(np.zeros((2, 4), "float32"), TOUCH) is None
    assert beginning(TOUCH, (1.0, 2.0)) is None
    first = beginning(SKETCH, (3.0, -4.0))
    assert first is not None and first.tolist() == [3.0, -4.0, 1.0]


def test_a_touch_knows_its_step_how_its_contact_has_moved_and_where_it_began() -> None:
    x = [0.25, 0.5, 1.0, 0.25, 0.5]
    moving = [0.0, 1.0, 1.0, 0.0, 1.0]
    events = np.array([[a, 1.0 - a, 0.0, m] for a, m in zip(x, moving, strict=True)], "float32")
    route = Route(TOUCH).along(events)
    assert route[:, 0].tolist() == [0, 0.125, 0.3125, 0, 0.125]  # half of the newest step, half of before
    assert route[:, 2].tolist() == [0.25, 0.25, 0.25, 0.25, 0.25]
    assert route[:, 3].tolist() == [0.75, 0.75, 0.75, 0.75, 0.75]
    assert route[:, 4].tolist() == [0, 0.25, 0.5, -0.75, 0.25]
    assert route[:, 5].tolist() == [0, -0.25, -0.5, 0.75, -0.25]
    assert route[:, 7].tolist() == [0, 1, 0, -1, 1]
    past = Route(TOUCH).past(events, route)
    assert past.step.tolist() == route[:, 4:].tolist()
    assert past.drift.tolist() == route[:, :2].tolist() and past.start.tolist() == route[:, 2:4].tolist()


def test_a_touch_of_an_older_model_knows_the_step_alone() -> None:
    events = np.array([[0.25, 0.5, 0.0, 0.0], [0.5, 0.25, 0.25, 1.0]], "float32")
    route = Route(TOUCH, OLDEST)
    assert (route.width, route.kept) == (4, 0)
    assert route.along(events).tolist() == [[0, 0, 0, 0], [0.25, -0.25, 0.25, 1.0]]


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 40), is_placed=st.booleans())
def test_all_at_once_is_event_by_event(seed: int, n: int, is_placed: bool) -> None:
    rng = np.random.default_rng(seed)
    for columns in (TOUCH, TOUCH[:3], controller_columns(3), SKETCH):
        events = rng.normal(0, 5, (n, len(columns))).astype("float32")
        for kind in (Kind.PEN, Kind.FLAG):
            at = [i for i, c in enumerate(columns) if c.kind is kind]
            events[:, at] = rng.integers(0, 2, (n, len(at)))
        events = begun(events, columns, (30.0, -20.0) if is_placed else None)
        for route in (Route(columns), Route(columns, OLDEST)):
            assert route.along(events) == pytest.approx(one_by_one(events, route), abs=1e-4)


def test_a_drawing_begins_with_a_lifted_pen_and_a_performance_with_its_first_event() -> None:
    first = beginning(SKETCH)
    assert first is not None and first.tolist() == [0.0, 0.0, 1.0]
    assert begun(DRAWING, SKETCH).tolist() == [[0, 0, 1], *DRAWING.tolist()]
    assert beginning(TOUCH) is None
    touch = np.zeros((2, 4), "float32")
    assert begun(touch, TOUCH) is touch


def test_the_last_event_and_what_is_kept_of_its_route_need_room() -> None:
    assert [least_units(columns) for columns in (TOUCH, controller_columns(8), SKETCH)] == [8, 9, 11]
    assert least_units(TOUCH, OLDEST) == 4


def test_offsets_without_a_pen_are_refused() -> None:
    with pytest.raises(ValueError, match="columns: expected two offsets and a pen, got dx, dy"):
        Route(SKETCH[:2])
