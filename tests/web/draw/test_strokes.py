"""Pen strokes become the same model rows in the browser as in Python, and rows the same strokes."""

from __future__ import annotations

import numpy as np
import pytest

from app.sketch.opening import open_drawing
from app.window.draw.save import to_page
from assets import FOLDER
from models.manifest import Scale
from models.strokes import heard, resample, simplify, to_points, to_strokes
from tests.web.draw.modules import node

pytestmark = pytest.mark.node

KANJI = Scale(109.0, 1.0057742023807508, 80, (0.0, 0.0))
COARSE = Scale(600.0, 3.0908208718874026, 143, (0.5, -0.25), grid=1.0)


def wandering(rng: np.random.Generator, n: int, side: float) -> np.ndarray:
    """A pen that goes about on a canvas, and rests here and there."""
    steps = rng.normal(0, side / 40, (n, 2)).cumsum(axis=0) / 2 + rng.uniform(0, side, 2)
    return np.repeat(steps, rng.integers(1, 3, n), axis=0)


@pytest.mark.parametrize("scale", [KANJI, COARSE])
def test_strokes_are_heard_as_python_hears_them(scale: Scale) -> None:
    rng = np.random.default_rng(3)
    drawings = [[wandering(rng, int(rng.integers(1, 120)), 700.0) for _ in range(5)] for _ in range(12)]
    units = scale.box / 700.0
    given = {
        "drawings": [[stroke.ravel().tolist() for stroke in drawing] for drawing in drawings],
        "scale": {"epsilon": scale.epsilon, "first": scale.first},
        "units": units,
    }
    found = node(
        """return given.drawings.map((drawing, i) => {
            const places = drawing.map((stroke) => Float64Array.from(stroke, (v) => v * given.units));
            const clean = places.map((stroke) => strokes.asTrained(stroke, given.scale.epsilon));
            const points = strokes.toPoints(clean, given.scale.first, false);
            if (i % 2) points[points.length - 1] = strokes.DRAW;
            return points;
        });""",
        given, names="strokes",
    )  # fmt: skip
    for i, (drawing, rows) in enumerate(zip(drawings, found, strict=True)):
        expected = heard(drawing, scale, units, is_lifted=i % 2 == 0)
        np.testing.assert_allclose(np.reshape(rows, (-1, 3)), expected, rtol=0, atol=1e-6)


def test_a_page_of_the_assets_is_heard_as_python_hears_it() -> None:
    drawings = [open_drawing(FOLDER / "pictures" / "kanji.svg", KANJI, index) for index in range(6)]
    marks = [to_page(drawing, KANJI).marks for drawing in drawings]
    given = [[mark.drawn().ravel().tolist() for mark in page] for page in marks]
    found = node(
        "return given.map((d) => d.map((s) => strokes.asTrained(s, 1.0057742023807508)));",
        given, names="strokes",
    )  # fmt: skip
    assert sum(len(page) for page in marks) > 20
    for page, rows in zip(marks, found, strict=True):
        for mark, corners in zip(page, rows, strict=True):
            np.testing.assert_allclose(np.reshape(corners, (-1, 2)), mark.corners, rtol=0, atol=1e-6)


def test_resampling_and_simplifying_are_those_of_python() -> None:
    rng = np.random.default_rng(5)
    strokes = [wandering(rng, int(rng.integers(1, 60)), 100.0) for _ in range(20)]
    strokes += [
        np.array([[1.0, 2.0]]),
        np.array([[1.0, 2.0], [1.0, 2.0]]),
        np.array([[0.0, 0.0], [5e4, 0.0]]),
    ]
    given = [stroke.ravel().tolist() for stroke in strokes]
    found = node(
        "return given.map((s) => [strokes.resample(s, 0.7), strokes.simplify(s, 1.5)]);",
        given,
        names="strokes",
    )
    for stroke, (spaced, simple) in zip(strokes, found, strict=True):
        np.testing.assert_allclose(np.reshape(spaced, (-1, 2)), resample(stroke, 0.7), rtol=1e-6, atol=1e-6)
        np.testing.assert_array_equal(np.reshape(simple, (-1, 2)), simplify(stroke, 1.5))


def test_rows_become_the_strokes_of_python_and_back() -> None:
    rng = np.random.default_rng(7)
    drawings = []
    for _ in range(20):
        rows = rng.normal(0, 9, (int(rng.integers(1, 40)), 3)).astype("float32")
        rows[:, 2] = rng.choice([0, 0, 0, 1, 2], len(rows))
        drawings.append(rows)
    given = [rows.ravel().tolist() for rows in drawings]
    found = node(
        """return given.map((rows) => {
            const parts = strokes.toStrokes(rows, [3, 4]);
            return [parts, strokes.toPoints(parts, [1, 2], true)];
        });""",
        given, names="strokes",
    )  # fmt: skip
    for rows, (parts, again) in zip(drawings, found, strict=True):
        expected = to_strokes(rows, (3.0, 4.0))
        assert len(parts) == len(expected)
        for part, stroke in zip(parts, expected, strict=True):
            np.testing.assert_allclose(np.reshape(part, (-1, 2)), stroke, rtol=0, atol=1e-6)
        np.testing.assert_allclose(
            np.reshape(again, (-1, 3)), to_points(expected, (1.0, 2.0)), rtol=0, atol=1e-6
        )


@pytest.mark.parametrize("bad", ["[]", "[1, 2, 3]", "[1, NaN]", "[1, 1e31]"])
def test_what_are_no_places_is_refused(bad: str) -> None:
    body = f"try {{ strokes.simplify({bad}, 1); }} catch (error) {{ return error.name; }}"
    assert node(body, names="strokes") == "RangeError"
