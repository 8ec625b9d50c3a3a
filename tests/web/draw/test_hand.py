"""The hand of the ghost and its curves are in the browser what they are in the window."""

from __future__ import annotations

import numpy as np
import pytest

from app.pictures import curves, style
from app.pictures.hand import hand_stroke
from app.pictures.ink import FLATNESS_PX, LONGEST_PX
from app.window.draw.stroke_timing import StrokeTiming
from tests.web.draw.modules import node

pytestmark = pytest.mark.node


def strokes(seed: int, n: int) -> list[np.ndarray]:
    """Corners of strokes of a kanji, in its units; some points twice, some strokes dots."""
    rng = np.random.default_rng(seed)
    found = [rng.uniform(0, 109, (int(rng.integers(1, 9)), 2)) for _ in range(n)]
    found[0] = np.repeat(found[0], 2, axis=0)
    found[1] = np.full((2, 2), 40.0)
    return found


@pytest.mark.parametrize("begins, lifts", [(True, True), (False, True), (True, False)])
def test_a_hand_goes_the_same_way_at_the_same_times(begins: bool, lifts: bool) -> None:
    given = {"strokes": [one.tolist() for one in strokes(1, 12)], "how": {"begins": begins, "lifts": lifts}}
    found = node("return given.strokes.map((s) => hand.handStroke(s, 109, given.how));", given, names="hand")
    for points, got in zip(strokes(1, 12), found, strict=True):
        expected = hand_stroke(points, 109.0, begins=begins, lifts=lifts)
        np.testing.assert_allclose(got["places"], expected.places, rtol=0, atol=1e-9)
        assert got["point"] == expected.point.tolist()
        np.testing.assert_allclose(got["timeS"], expected.time_s, rtol=0, atol=1e-9)
        np.testing.assert_allclose(got["pressure"], expected.pressure, rtol=0, atol=1e-9)


@pytest.mark.parametrize("is_down", [True, False])
def test_points_of_the_model_are_drawn_at_the_same_times(is_down: bool) -> None:
    rng = np.random.default_rng(2)
    points = np.column_stack([rng.normal(0, 9, (25, 2)), rng.choice([0, 0, 1], 25)]).astype("float32")
    path = StrokeTiming(points, (30.0, 40.0), is_down, 109.0).path
    found = node(
        """const points = Float32Array.from(given.points);
        return new stroke_timing.StrokeTiming(points, [30, 40], given.down, 109).path;""",
        {"points": points.ravel().tolist(), "down": is_down}, names="stroke_timing",
    )  # fmt: skip
    assert [step["corner"] for step in found] == path.corner.tolist()
    assert [step["begins"] for step in found] == path.begins.tolist()
    assert [step["lifts"] for step in found] == path.lifts.tolist()
    np.testing.assert_allclose([[s["x"], s["y"]] for s in found], path.places, rtol=0, atol=1e-6)
    np.testing.assert_allclose([s["timeS"] for s in found], path.time_s, rtol=0, atol=1e-6)
    np.testing.assert_allclose([s["pressure"] for s in found], path.pressure, rtol=0, atol=1e-6)


@pytest.mark.parametrize("stray", [None, 1.5])
def test_curves_are_the_same_beziers(stray: float | None) -> None:
    many = [points for points in strokes(4, 14) if len(points) > 1][2:]
    many = [points[curves.distinct(points)] for points in many]
    found = node(
        """const { curves: known } = facts.facts;
        return given.strokes.map((s) => curves.beziers(known, curves.steadied(s, 3), given.stray));""",
        {"strokes": [points.tolist() for points in many], "stray": stray}, names="shared/curves",
    )  # fmt: skip
    for points, got in zip(many, found, strict=True):
        expected = curves.beziers(curves.steadied(points, 3.0), stray)
        np.testing.assert_allclose(np.reshape(got, (-1, 4, 2)), expected, rtol=0, atol=1e-9)


def test_a_stroke_that_goes_on_is_laid_where_the_window_lays_it() -> None:
    rng = np.random.default_rng(5)
    places = np.column_stack([rng.normal(0, 9, (60, 2)).cumsum(axis=0), rng.uniform(0.5, 1.3, 60)]).tolist()
    most = style.JITTER * 700
    line = curves.GrowingCurve(tuple(places[0]))
    expected = []
    for i, place in enumerate(places[1:], start=1):
        line.add(*place)
        ((stays, tip),) = curves.grow([line], most, FLATNESS_PX, LONGEST_PX, ends=i == len(places) - 1)
        expected.append((stays, tip))
    found = node(
        """const line = new curves.GrowingCurve(facts.facts.curves, given.places[0]);
        const last = given.places.length - 1;
        return given.places.slice(1).map((place, i) => {
            line.add(place);
            return line.grow(given.most, given.flat, given.long, i + 1 === last);
        });""",
        {"places": places, "most": most, "flat": FLATNESS_PX, "long": LONGEST_PX}, names="shared/curves",
    )  # fmt: skip
    assert sum(len(stays) for stays, _ in expected) > 100
    for got, (stays, tip) in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.reshape(got["stays"], (-1, 3)), stays, rtol=0, atol=1e-9)
        if len(got["tip"]):  # the window leaves out the second of three where it hardly bends
            np.testing.assert_allclose([got["tip"][0], got["tip"][-1]], [tip[0], tip[-1]], rtol=0, atol=1e-9)
