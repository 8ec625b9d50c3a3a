"""Curves go through their points, stay on the canvas, and are cut finely enough."""

from __future__ import annotations

import numpy as np
import pytest

from app.pictures.curves import GrowingCurve, along, at, beziers, distinct, flatten, grow, steadied


def test_curves_start_and_end_at_the_points() -> None:
    points = np.array([[0.1, 0.2], [0.5, 0.9], [0.9, 0.1], [0.2, 0.3]])
    curves = beziers(points)
    np.testing.assert_array_equal(curves[:, 0], points[:-1])
    np.testing.assert_array_equal(curves[:, 3], points[1:])


def test_curves_are_smooth_where_they_meet() -> None:
    points = np.array([[0.2, 0.2], [0.4, 0.5], [0.7, 0.6], [0.9, 0.55]])
    curves = beziers(points)
    arriving, leaving = curves[:-1, 3] - curves[:-1, 2], curves[1:, 1] - curves[1:, 0]
    across = arriving[:, 0] * leaving[:, 1] - arriving[:, 1] * leaving[:, 0]
    np.testing.assert_allclose(across, 0, atol=1e-12)
    assert np.all((arriving * leaving).sum(axis=1) > 0)


def test_points_on_a_line_give_that_line() -> None:
    points = np.stack([np.linspace(0.1, 0.9, 6) ** 2, np.linspace(0.1, 0.9, 6) ** 2 / 2], axis=1)
    curves = beziers(points)
    np.testing.assert_allclose(curves[..., 1], curves[..., 0] / 2, atol=1e-12)
    assert np.all(np.diff(curves[..., 0], axis=1) > 0)


@pytest.mark.parametrize("seed", range(5))
def test_no_curve_leaves_the_canvas(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = np.round(rng.random((200, 2)))  # corners only: the hardest case for overshoot
    points = points[distinct(points)]
    curves = np.clip(beziers(points), 0, 1)  # a Bezier stays in the hull of its control points
    for t in np.linspace(0, 1, 33):
        where = at(curves, np.full(len(curves), t))
        assert np.all((where >= 0) & (where <= 1))


def test_two_points_and_one() -> None:
    assert beziers(np.array([[0.5, 0.5]])).shape == (0, 4, 2)
    straight = beziers(np.array([[0.2, 0.2], [0.6, 0.4]]))
    np.testing.assert_allclose(at(straight, np.array([0.5])), [[0.4, 0.3]])


def test_distinct_drops_points_that_stay() -> None:
    points = np.array([[0, 0], [0, 0], [1, 0], [1, 0], [0, 0]])
    assert distinct(points).tolist() == [0, 2, 4]
    assert distinct(points[:2]).tolist() == [0]


def test_chords_stay_within_the_tolerance_of_the_curve() -> None:
    curves = 1000 * beziers(np.array([[0.1, 0.1], [0.9, 0.2], [0.1, 0.5], [0.6, 0.9]]))
    which, t = flatten(curves, tolerance=0.1, longest=200)
    start, end = at(curves[which], t[:, 0]), at(curves[which], t[:, 1])
    chord = end - start
    length = np.hypot(*chord.T)
    assert length.max() <= 200
    for share in (0.25, 0.5, 0.75):
        offset = at(curves[which], t[:, 0] + share * (t[:, 1] - t[:, 0])) - start
        distance = np.abs(chord[:, 0] * offset[:, 1] - chord[:, 1] * offset[:, 0]) / length
        assert distance.max() <= 0.1
    np.testing.assert_array_equal(end[:-1], start[1:])


def test_a_steadied_line_moves_no_point_further_than_it_may() -> None:
    steps = np.round(np.linspace(0.1, 0.4, 30) * 100) / 100
    points = np.stack([np.linspace(0.1, 0.9, 30), steps], axis=1)
    calm = steadied(points, most=0.005)
    assert np.abs(calm - points).max() <= 0.005 + 1e-12
    assert np.abs(np.diff(calm[:, 1], n=2)).max() < np.abs(np.diff(points[:, 1], n=2)).max()
    np.testing.assert_array_equal(calm[[0, -1]], points[[0, -1]])


def test_what_is_meant_is_not_steadied() -> None:
    peak = np.array([[0.1, 0.5], [0.3, 0.6], [0.5, 0.5]])
    np.testing.assert_array_equal(steadied(peak, most=0.005), peak)


def turn_of(curves: np.ndarray, at_point: int) -> float:
    """Degrees by which the curve turns at a point at once."""
    arrives = curves[at_point - 1, 3] - curves[at_point - 1, 2]
    leaves = curves[at_point, 1] - curves[at_point, 0]
    return float(np.degrees(np.arccos(arrives @ leaves / np.hypot(*arrives) / np.hypot(*leaves))))


def test_a_sharp_turn_is_a_corner_and_a_gentle_one_a_bend() -> None:
    curves = beziers(np.array([(0.0, 0.0), (50.0, 0.0), (90.0, 20.0), (90.0, 80.0)]))
    assert turn_of(curves, 1) == pytest.approx(0.0, abs=1e-4)  # 27 degrees
    assert turn_of(curves, 2) > 25.0  # 63 degrees


def test_a_curve_that_may_not_stray_does_not_and_still_goes_through_its_points() -> None:
    points = np.array([(0.0, 0.0), (50.0, 0.0), (92.0, 27.0), (92.0, 80.0), (30.0, 90.0)])
    free, held = beziers(points), beziers(points, stray=0.5)
    np.testing.assert_array_equal(held[:, [0, 3]], free[:, [0, 3]])
    chord = np.diff(points, axis=0)
    across = np.stack([-chord[:, 1], chord[:, 0]], axis=1) / np.hypot(*chord.T)[:, None]
    furthest = {}
    for name, curves in (("free", free), ("held", held)):
        places = np.stack([at(curves, np.full(len(curves), t)) for t in np.linspace(0, 1, 50)], axis=1)
        furthest[name] = np.abs(((places - points[:-1, None]) * across[:, None]).sum(axis=2)).max()
    assert furthest["free"] > 2.0 and 0.3 < furthest["held"] <= 0.5 + 1e-9


@pytest.mark.parametrize("seed", range(4))
def test_growing_strokes_are_the_curves_of_the_whole_strokes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    strokes = np.cumsum(rng.normal(0, 9, (3, 60, 2)), axis=1)
    strokes[:, 10:14] = strokes[:, 10:11]  # a pen that rests
    width = 1 + 0.01 * np.arange(60)
    growing = [GrowingCurve((*stroke[0], width[0])) for stroke in strokes]
    given: list[list[np.ndarray]] = [[] for _ in strokes]
    for step in range(1, 60):
        for curve, stroke in zip(growing, strokes, strict=True):
            curve.add(*stroke[step], width[step])
        chosen = [i for i in range(3) if rng.random() < 0.6 or step == 59]
        found = grow([growing[i] for i in chosen], 2.0, 0.1, 5.0, ends=step == 59) if chosen else []
        for i, (stays, tip) in zip(chosen, found, strict=True):
            given[i] += [stays if not given[i] else stays[1:]] if len(stays) else []
            assert step == 59 or tip[-1, :2].tolist() == strokes[i, step].tolist()
            assert len(growing[i].points) <= 60 and (
                len(stays) == 0 or not len(tip) or (tip[0] == stays[-1]).all()
            )
    for i, stroke in enumerate(strokes):
        kept = distinct(stroke)
        whole = along(beziers(steadied(stroke[kept], 2.0)), width[kept], 0.1, 5.0)
        np.testing.assert_allclose(np.concatenate(given[i]), whole, atol=1e-9)


def test_a_brush_goes_along_the_curve_from_width_to_width() -> None:
    curves = 100 * beziers(np.array([[0.1, 0.1], [0.5, 0.3], [0.9, 0.9]]))
    places = along(curves, np.array([1.0, 2.0, 0.5]), 0.1, 5.0)
    np.testing.assert_allclose(places[[0, -1]], [[10, 10, 1.0], [90, 90, 0.5]])
    assert places[:, 2].max() == 2.0 and np.hypot(*np.diff(places[:, :2], axis=0).T).max() < 6.0
