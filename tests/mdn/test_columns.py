"""Columns: names that say what a corpus is."""

from __future__ import annotations

import pytest

from mdn.columns import NOTES, TOUCH, Kind, columns_for, controller_columns, sketch_columns


def test_touch_columns_by_name() -> None:
    assert columns_for(["x", "y", "dt", "moving"]) is TOUCH
    assert [(c.low, c.high) for c in TOUCH] == [(0.0, 1.0), (0.0, 1.0), (0.0, 5.0), (0.0, 1.0)]


@pytest.mark.parametrize("n_values", [1, 3, 12])
def test_controller_columns_by_name(n_values: int) -> None:
    columns = controller_columns(n_values)
    assert columns_for(tuple(c.name for c in columns)) == columns
    assert [c.kind for c in columns] == [Kind.SECONDS] + [Kind.VALUE] * n_values


@pytest.mark.parametrize(
    "names", [(), ("dt",), ("x", "y", "moving", "dt"), ("dt", "x2"), ("dt", "x1", "x3"), ("a", "b")]
)
def test_other_names_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"expected x, y, dt, moving \(touch\), .* or dt, x1 .. xn") as error:
        columns_for(names)
    assert str(error.value).endswith(f"got {', '.join(names) or 'none'}.")


def test_a_controller_without_knobs_is_refused() -> None:
    with pytest.raises(ValueError, match="n_values: expected at least 1 knob, got 0"):
        controller_columns(0)


def test_a_drawing_stays_within_its_extent() -> None:
    dx, dy, pen = sketch_columns(30.0, "px")
    assert (dx.low, dx.high, dy.low, dy.high) == (-30.0, 30.0, -30.0, 30.0)
    assert (dx.kind, pen.kind, pen.high, dx.unit) == (Kind.OFFSET, Kind.PEN, 2.0, "px")


def test_note_columns_by_name() -> None:
    assert columns_for(["dt", "pitch", "duration", "velocity"]) is NOTES
    assert [c.kind for c in NOTES] == [Kind.SECONDS, Kind.PITCH, Kind.DURATION, Kind.VELOCITY]
    assert [(c.low, c.high) for c in NOTES] == [(0.0, 5.0), (21.0, 108.0), (0.01, 10.0), (1.0, 127.0)]


def test_where_nothing_was_played_a_model_hears_the_middle_at_rest_or_a_plain_note() -> None:
    assert [c.start for c in TOUCH] == [0.5, 0.5, 0.0, 0.0]
    assert [c.start for c in controller_columns(2)] == [0.0, 0.5, 0.5]
    assert [c.start for c in NOTES] == [0.0, 60.0, 0.25, 80.0]
