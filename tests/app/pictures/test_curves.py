"""Curves go through their points, stay on the canvas, and are cut finely enough."""

from __future__ import annotations

import numpy as np
import pytest

from app.pictures.curves import at, beziers, distinct, flatten, steadied


def test_curves_start_and_end_at_the_points() -> None:
    points = np.array([[0.1, 0.2], [0.5, 0.9], [0.9, 0.1], [0.2, 0.3]])
    curves = beziers(points)
    np.testing.assert_array_equal(curves[:, 0], points[:-1])
    np.testing.assert_array_equal(curves[:, 3], points[1:])


def test_curves_are_smooth_where_they_meet() -> None:
    points = np.array([[0.2, 0.2], [0.4, 0.5], [0.7, 0.6], [0.8, 0.3]])
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
    curves = beziers(points)
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
    steps = np.round(np.linspace(0.1, 0.4, 30) * 50) / 50
    points = np.stack([np.linspace(0.1, 0.9, 30), steps], axis=1)
    calm = steadied(points, most=0.005)
    assert np.abs(calm - points).max() <= 0.005 + 1e-12
    assert np.abs(np.diff(calm[:, 1], n=2)).max() < np.abs(np.diff(points[:, 1], n=2)).max()
    np.testing.assert_array_equal(calm[[0, -1]], points[[0, -1]])
