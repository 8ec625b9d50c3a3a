"""Strokes and points: simplification, equal spacing, there and back, and what a model hears of a hand."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.manifest import Scale
from models.strokes import MOST_POINTS, heard, resample, simplify, to_points, to_strokes

SCALE = Scale(109.0, 1.0, 80, (0.5, 0.25))

# Whole numbers: moving them by whole numbers changes no digit of a difference.
places = st.lists(st.tuples(st.integers(-200, 200), st.integers(-200, 200)), min_size=1, max_size=60)
strokes = places.map(lambda rows: np.array(rows, "float32"))
drawings = st.lists(strokes, min_size=1, max_size=6)
epsilons = st.sampled_from([0.0, 0.5, 1.0, 7.0, 100.0])


def distance(point: np.ndarray, start: np.ndarray, stop: np.ndarray) -> float:
    """From a point to a segment, by the textbook."""
    along, length2 = stop - start, float(np.sum((stop - start) ** 2))
    share = min(max(float((point - start) @ along) / length2, 0.0), 1.0) if length2 else 0.0
    return float(np.linalg.norm(point - (start + share * along)))


def dense(stroke: np.ndarray, rng: np.random.Generator, scale: float = 1.0) -> np.ndarray:
    """The same line with many more points, as a hand of uneven speed gives them, `scale` times larger."""
    pieces = [stroke[:1]]
    for start, stop in pairwise(stroke.astype("float64")):
        n = int(np.ceil(np.linalg.norm(stop - start) * rng.uniform(2.0, 9.0))) + 1
        share = np.sort(np.r_[rng.uniform(0.0, 1.0, n), 1.0])
        pieces.append(start + share[:, None] * (stop - start))
    return np.concatenate(pieces) * scale


# Simplification


@given(strokes, epsilons)
def test_simplified_both_ends_stay_and_nothing_is_far_from_the_line(
    stroke: np.ndarray, epsilon: float
) -> None:
    found = simplify(stroke, epsilon)
    assert found.dtype == np.float32 and len(found) >= 2
    assert found[0].tolist() == stroke[0].tolist() and found[-1].tolist() == stroke[-1].tolist()
    for point in stroke.astype("float64"):
        assert min(distance(point, a, b) for a, b in pairwise(found.astype("float64"))) <= epsilon + 1e-9


@given(strokes, epsilons)
def test_what_is_simple_stays_as_it_is(stroke: np.ndarray, epsilon: float) -> None:
    once = simplify(stroke, epsilon)
    assert simplify(once, epsilon).tolist() == once.tolist()


@given(strokes, epsilons, st.integers(-500, 500), st.integers(-500, 500))
def test_simplification_knows_no_place(stroke: np.ndarray, epsilon: float, x: int, y: int) -> None:
    moved = simplify(stroke + np.array([x, y], "float32"), epsilon)
    assert (moved - [x, y]).tolist() == simplify(stroke, epsilon).tolist()


def test_a_line_has_two_points_and_a_corner_stays() -> None:
    line = [[i, 2 * i] for i in range(50)]
    assert simplify(np.array(line), 0.001).tolist() == [line[0], line[-1]]
    corner = np.array([[0, 0], [5, 0.2], [10, 0], [10.3, 5], [10, 10]])
    assert simplify(corner, 0.5).tolist() == [[0, 0], [10, 0], [10, 10]]


def test_distance_is_to_the_segment_and_not_to_the_line_through_it() -> None:
    """A pen that goes back over its line has points beyond the ends."""
    assert simplify(np.array([[0.0, 0.0], [20.0, 0.0], [10.0, 0.0]]), 1.0).tolist() == [
        [0, 0],
        [20, 0],
        [10, 0],
    ]


def test_a_closed_stroke_keeps_its_corners() -> None:
    square = np.array([[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]])
    assert simplify(square, 1.0).tolist() == square.tolist()


@pytest.mark.parametrize("dot", [[[3, 4]], [[3, 4]] * 2, [[3, 4]] * 9])
def test_a_dot_has_two_points_as_in_the_corpora(dot: list[list[int]]) -> None:
    assert simplify(np.array(dot), 1.0).tolist() == [[3, 4], [3, 4]]


def test_a_stroke_of_ten_thousand_corners_is_simplified() -> None:
    """Deeper than Python's stack: a growing zigzag splits off one point at a time."""
    n = 10_000
    zigzag = np.stack([np.arange(n), np.arange(n) * (-1.0) ** np.arange(n)], axis=1)
    assert len(simplify(zigzag, 0.1)) == n


# Spacing


@given(strokes, st.sampled_from([0.5, 3.0, 1000.0]))
def test_points_are_equally_spaced_along_the_stroke(stroke: np.ndarray, spacing: float) -> None:
    found = resample(stroke, spacing).astype("float64")
    assert found[0].tolist() == stroke[0].tolist()
    assert found[-1] == pytest.approx(stroke[-1], abs=1e-4)
    length = np.hypot(*np.diff(stroke.astype("float64"), axis=0).T).sum()
    if length == 0.0:
        assert len(found) == 1
        return
    while (n := int(np.ceil(length / spacing))) >= MOST_POINTS:
        spacing *= 2
    assert len(found) == n + 1
    steps = np.hypot(*np.diff(found, axis=0).T)
    assert steps.max() <= spacing + 1e-3, "a chord is never longer than its arc"
    lines = list(pairwise(stroke.astype("float64")))
    assert all(min(distance(p, a, b) for a, b in lines) < 1e-3 for p in found[:: max(1, n // 20)])


def test_a_slow_and_a_fast_hand_give_the_same_points() -> None:
    rng, line = np.random.default_rng(1), np.array([[0, 0], [30, 5], [40, 50]], "float32")
    slow, fast = resample(dense(line, rng), 0.25), resample(line, 0.25)
    assert slow == pytest.approx(fast, abs=1e-3)


def test_a_scribble_without_end_stays_bounded() -> None:
    """Ten thousand crossings of the canvas would be four million points at this spacing."""
    scribble = np.random.default_rng(2).uniform(0, 109, (10_000, 2))
    assert 10_000 < len(resample(scribble, 0.25)) <= 20_000


@given(strokes.filter(lambda s: len(s) > 2), st.sampled_from([0.5, 3.0, 1000.0]))
def test_a_stroke_that_goes_on_keeps_its_points_but_the_last(stroke: np.ndarray, spacing: float) -> None:
    before, after = resample(stroke[:-1], spacing), resample(stroke, spacing)
    assert after[: len(before) - 1].tolist() == before[:-1].tolist()


@pytest.mark.parametrize("spacing", [5e-324, 1e-3, 1e300])
def test_any_stroke_is_resampled_at_any_spacing(spacing: float) -> None:
    found = resample(np.array([[-1e30, 1e30], [1e30, -1e30], [0.0, 5e-324]]), spacing)
    assert 2 <= len(found) <= 20_000 and np.isfinite(found).all()


# Points


@given(drawings, st.booleans())
def test_there_and_back(drawing: list[np.ndarray], end: bool) -> None:
    points = to_points(drawing, (0.5, 0.25), end=end)
    assert points.dtype == np.float32 and points.shape == (sum(map(len, drawing)), 3)
    x, y = drawing[0][0].tolist()
    found = to_strokes(points, (x - 0.5, y - 0.25))
    assert [s.tolist() for s in found] == [s.tolist() for s in drawing]


def test_points_word_for_word() -> None:
    drawing = [np.array([[10, 10], [12, 11]]), np.array([[5, 5]]), np.array([[6, 5], [6, 9]])]
    assert to_points(drawing, (0.5, 0.25)).tolist() == [
        [0.5, 0.25, 0],
        [2, 1, 1],
        [-7, -6, 1],
        [1, 0, 0],
        [0, 4, 2],
    ]
    assert to_points(drawing, end=False)[-1].tolist() == [0, 4, 1]


def test_what_comes_after_the_end_is_no_stroke() -> None:
    points = np.array([[1, 1, 0], [2, 0, 1], [0, 3, 0], [1, 0, 2], [0, 0, 2], [9, 9, 0]])
    assert [s.tolist() for s in to_strokes(points, (10, 20))] == [[[11, 21], [13, 21]], [[13, 24], [14, 24]]]


def test_an_unfinished_stroke_is_a_stroke() -> None:
    points = np.array([[0, 0, 0], [1, 0, 1], [1, 1, 0]])
    assert [s.tolist() for s in to_strokes(points)] == [[[0, 0], [1, 0]], [[2, 1]]]


def test_nothing_is_nothing() -> None:
    assert to_points([]).shape == to_points([np.zeros((0, 2))]).shape == (0, 3)
    assert to_strokes(np.zeros((0, 3))) == []
    assert heard([], SCALE, 1.0).shape == (0, 3)


# What a model hears


@given(drawings.filter(lambda d: len(d) < 4), st.sampled_from([0.05, 0.5, 1.0, 8.0]))
def test_what_is_heard_does_not_depend_on_the_window(drawing: list[np.ndarray], pixels: float) -> None:
    """The same drawing on a canvas of another size: the same points, up to the rounding of a pixel."""
    one = heard(drawing, SCALE, 1.0)
    other = heard([stroke.astype("float64") * pixels for stroke in drawing], SCALE, 1.0 / pixels)
    assert len(other) == len(one) and other == pytest.approx(one, abs=0.02)


@pytest.mark.parametrize("pixels", [0.7, 3.0, 12.0])
def test_a_drawing_is_heard_as_it_was_learned(pixels: float) -> None:
    """What a corpus holds, drawn by an uneven hand on a canvas of any size, gives the corpus back."""
    rng = np.random.default_rng(5)
    drawing = [
        np.array([[20, 20], [80, 18], [85, 22]], "float32"),
        np.array([[50, 10], [52, 60], [30, 95]], "float32"),
    ]
    found = heard([dense(s, rng, pixels) for s in drawing], SCALE, 1.0 / pixels)
    assert found == pytest.approx(to_points(drawing, SCALE.first, end=False), abs=0.3)


def test_the_pen_is_lifted_after_the_last_stroke_or_still_down() -> None:
    drawing = [np.array([[0, 0], [9, 0]]), np.array([[0, 9], [9, 9]])]
    assert heard(drawing, SCALE, 1.0)[:, 2].tolist() == [0, 1, 0, 1]
    assert heard(drawing, SCALE, 1.0, is_lifted=False)[:, 2].tolist() == [0, 1, 0, 0]


def test_a_tap_is_a_stroke_without_length() -> None:
    assert heard([np.array([[40, 40]])], SCALE, 0.5).tolist() == [[0.5, 0.25, 0], [0, 0, 1]]


def test_without_simplification_every_point_is_heard() -> None:
    stroke = np.array([[0, 0], [1, 0.001], [2, 0]])
    assert len(heard([stroke], Scale(109.0, 0.0, 80, (0.0, 0.0)), 1.0)) == 3


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (
            lambda: simplify(np.array([[0, 0], [np.nan, 1]]), 1.0),
            "points: expected finite numbers, got [nan, 1.0] in row 1.",
        ),
        (
            lambda: heard([np.array([[0, np.inf]])], SCALE, 1.0),
            "points: expected finite numbers, got [0.0, inf] in row 0.",
        ),
        (
            lambda: to_strokes(np.array([[0, 0, np.nan]])),
            "points: expected finite numbers, got [0.0, 0.0, nan] in row 0.",
        ),
        (
            lambda: simplify(np.zeros((0, 2)), 1.0),
            "points: expected at least one (n, 2), got shape (0, 2).",
        ),
        (
            lambda: to_points([np.zeros((3, 3))]),
            "points: expected at least one (n, 2), got shape (3, 3).",
        ),
        (
            lambda: resample(np.array([[1.0, 0.0], [1e308, -1e308]]), 1.0),
            "points: expected numbers within 1e30, got [1e+308, -1e+308] in row 1.",
        ),
        (
            lambda: to_points([np.array([[-2e30, 0.0]])]),
            "points: expected numbers within 1e30, got [-2e+30, 0.0] in row 0.",
        ),
        (lambda: simplify(np.zeros((2, 2)), -1.0), "epsilon: expected 0 or more, got -1.0."),
        (lambda: resample(np.zeros((2, 2)), 0.0), "spacing: expected above 0, got 0.0."),
        (lambda: heard([], SCALE, 0.0), "units_per_pixel: expected above 0, got 0.0."),
    ],
)
def test_what_is_no_stroke_is_said(call: Callable[[], object], expected: str) -> None:
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value) == expected


@pytest.mark.shared
@pytest.mark.parametrize("pixels", [2.0, 9.0])
@pytest.mark.parametrize(("corpus", "epsilon"), [("kanji", 1.0), ("omniglot", 2.0)])
def test_a_corpus_drawn_again_is_heard_as_the_corpus(
    shared_folder: Path, corpus: str, epsilon: float, pixels: float
) -> None:
    """Nearly every stroke has the same points at the same places, whatever the window and the hand."""
    with np.load(shared_folder / "data" / f"{corpus}-valid.npz") as data:
        values, cuts = data["values"], list(pairwise(data["offsets"].tolist()))[:40]
    rng, scale, worst = np.random.default_rng(3), Scale(109.0, epsilon, 143, (0.0, 0.0)), []
    for start, stop in cuts:
        drawing = to_strokes(values[start:stop])
        points = heard([dense(s, rng, pixels) for s in drawing], scale, 1.0 / pixels)
        found = to_strokes(points, tuple(drawing[0][0].tolist()))
        assert len(found) == len(drawing)
        for ours, theirs in zip(found, drawing, strict=True):
            worst.append(np.abs(ours - theirs).max() if len(ours) == len(theirs) else np.inf)
    assert np.quantile(worst, 0.97) < epsilon
    assert np.median(worst) < epsilon / 10.0
