"""Drawings that are put together of two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from mdn.columns import sketch_columns
from training.recombine import Recombiner

COLUMNS = sketch_columns(100.0, "")
Stroke = Sequence[tuple[float, float]]


def drawing(*strokes: Stroke) -> np.ndarray:
    """`strokes` as points: dx, dy, pen."""
    places = np.concatenate([np.array(stroke, "float32") for stroke in strokes])
    pen = np.concatenate([np.r_[np.zeros(len(stroke) - 1), 1.0] for stroke in strokes])
    pen[-1] = 2.0
    return np.column_stack([np.diff(places, axis=0, prepend=places[:1]), pen]).astype("float32")


def places(points: np.ndarray) -> np.ndarray:
    """From the upper left corner of what they cover."""
    found = np.cumsum(points[:, :2], axis=0)
    return np.asarray(found - found.min(axis=0))


LEFT_A, RIGHT_A = [(0.0, 0.0), (40.0, 100.0)], [(60.0, 0.0), (100.0, 100.0)]
LEFT_B, RIGHT_B = [(0.0, 100.0), (42.0, 0.0)], [(58.0, 50.0), (100.0, 50.0)]
TOP, BOTTOM = [(0.0, 0.0), (100.0, 45.0)], [(0.0, 55.0), (100.0, 100.0)]
CROSS = drawing([(0.0, 50.0), (100.0, 50.0)], [(50.0, 0.0), (50.0, 100.0)])


def test_the_left_part_of_one_goes_with_the_right_part_of_another() -> None:
    a, b = drawing(LEFT_A, RIGHT_A), drawing(LEFT_B, RIGHT_B)
    recombiner = Recombiner([a, b, drawing(TOP, BOTTOM), CROSS], COLUMNS, 100.0)
    found = {recombiner.recombined(0, np.random.default_rng(seed)).tobytes() for seed in range(20)}
    assert len(found) == 2  # with its own right part, and with the other's
    other = next(np.frombuffer(each, "float32").reshape(-1, 3) for each in found if each != a.tobytes())
    # The second drawing lies in the same square, but its parts begin elsewhere in it.
    np.testing.assert_allclose(places(other)[:2], LEFT_A)
    middle_a, middle_b = np.array([50.0, 50.0]), np.array([50.0, 50.0])
    np.testing.assert_allclose(places(other)[2:], np.array(RIGHT_B) - middle_b + middle_a)
    np.testing.assert_array_equal(other[:, 2], [0, 1, 0, 2])


def test_parts_keep_their_place_in_the_square() -> None:
    low = drawing(LEFT_B, [(58.0, 90.0), (100.0, 90.0)])
    recombiner = Recombiner([drawing(LEFT_A, RIGHT_A), low], COLUMNS, 100.0)
    seen = [places(recombiner.recombined(0, np.random.default_rng(seed))) for seed in range(20)]
    assert any(np.allclose(each[2:], [(58.0, 90.0), (100.0, 90.0)]) for each in seen)


@pytest.mark.parametrize(
    "whole",
    [CROSS, drawing([(0.0, 0.0), (100.0, 100.0)]), drawing(RIGHT_A, LEFT_A)],
    ids=["crossing strokes", "one stroke", "the right part first"],
)
def test_what_has_no_parts_stays_as_it_is(whole: np.ndarray) -> None:
    recombiner = Recombiner([whole, drawing(LEFT_A, RIGHT_A)], COLUMNS, 100.0)
    for seed in range(5):
        np.testing.assert_array_equal(recombiner.recombined(0, np.random.default_rng(seed)), whole)


def test_lines_that_lie_far_apart_do_not_meet() -> None:
    narrow = drawing([(0.0, 0.0), (10.0, 100.0)], [(20.0, 0.0), (100.0, 100.0)])
    recombiner = Recombiner([narrow, drawing(LEFT_A, RIGHT_A)], COLUMNS, 100.0)
    for seed in range(10):
        np.testing.assert_array_equal(recombiner.recombined(0, np.random.default_rng(seed)), narrow)


def test_the_corpus_itself_is_not_changed() -> None:
    a, b = drawing(LEFT_A, RIGHT_A), drawing(LEFT_B, RIGHT_B)
    before = a.copy(), b.copy()
    recombiner = Recombiner([a, b], COLUMNS, 100.0)
    for seed in range(10):
        recombiner.recombined(seed % 2, np.random.default_rng(seed))
    np.testing.assert_array_equal(a, before[0])
    np.testing.assert_array_equal(b, before[1])
