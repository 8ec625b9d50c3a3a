"""Every door that takes a drawing reads what every other one reads: `render`, `draw` and `train`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.core.events import Touch
from app.recording.replay import events_of
from app.sketch.opening import open_drawing
from models.manifest import Scale
from models.performance import read_performance
from models.strokes import to_strokes
from training.recordings import gather

SCALE = Scale(109.0, 1.0, 250, (0.0, 0.0))
SIDES = np.array([[60, 0, 0], [0, 60, 0], [-60, 0, 0], [0, -60, 1]], "float32")
TWO = [[[20, 90], [30, 30]], [[54, 54], [10, 95]]]  # x and y of two strokes


def stroke_3(folder: Path) -> Path:
    path = folder / "square.npz"
    np.savez(path, drawing=SIDES)
    return path


def sketch_rnn(folder: Path) -> Path:
    """A list of drawings as a pickle, which is read as data."""
    path = folder / "squares.npz"
    drawings = np.empty(2, object)
    drawings[:] = [SIDES, SIDES[:3]]
    np.savez(path, train=drawings)
    return path


def flat(folder: Path) -> Path:
    path = folder / "flat.npz"
    np.savez(path, values=SIDES, offsets=[0, 4], columns=["dx", "dy", "pen_lifted"])
    return path


def svg(folder: Path) -> Path:
    path = folder / "two.svg"
    lines = "".join(f'<path stroke="#000" d="M{x[0]},{y[0]} L{x[1]},{y[1]}"/>' for x, y in TWO)
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 109 109">{lines}</svg>')
    return path


def quickdraw(folder: Path) -> Path:
    path = folder / "two.ndjson"
    path.write_text(json.dumps({"word": "two", "drawing": TWO}) + "\n")
    return path


def raw_quickdraw(folder: Path) -> Path:
    path = folder / "raw.ndjson"
    path.write_text(json.dumps({"word": "two", "drawing": [[*xy, [0, 1]] for xy in TWO]}) + "\n")
    return path


# Of each kind: how many strokes, and how many lines in them.
KINDS: list[tuple[Callable[[Path], Path], int, int]] = [
    (stroke_3, 1, 4), (sketch_rnn, 1, 4), (flat, 1, 4), (svg, 2, 2), (quickdraw, 2, 2), (raw_quickdraw, 2, 2),
]  # fmt: skip


@pytest.mark.parametrize(("write", "n_strokes", "n_lines"), KINDS)
def test_each_door_reads_the_whole_drawing(
    tmp_path: Path, write: Callable[[Path], Path], n_strokes: int, n_lines: int
) -> None:
    path = write(tmp_path)
    touches = [event for event in events_of(read_performance(path)) if isinstance(event, Touch)]
    drawn = open_drawing(path, SCALE)
    corpus, dropped = gather([path])
    learned = to_strokes(corpus.performances[0])
    assert not dropped
    counts = [sum(not touch.moving for touch in touches), len(drawn.strokes), len(learned)]
    assert counts == [n_strokes] * 3, "strokes: render, draw, train"
    lines = [
        sum(touch.moving for touch in touches),
        sum(len(stroke.places) - 1 for stroke in drawn.strokes),
        sum(len(stroke) - 1 for stroke in learned),
    ]
    assert lines == [n_lines] * 3, "lines: render, draw, train"


@pytest.mark.parametrize("write", [stroke_3, flat])
def test_a_square_is_in_the_middle(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    (stroke,) = open_drawing(write(tmp_path), SCALE).strokes
    low, high = stroke.places.min(axis=0), stroke.places.max(axis=0)
    assert (low + high) / 2 == pytest.approx(0.5, abs=1e-6)
    assert high - low == pytest.approx(60 / 109, abs=1e-6)


def test_a_drawing_that_knows_its_box_is_where_it_was(tmp_path: Path) -> None:
    for path, box in ((svg(tmp_path), 109.0), (quickdraw(tmp_path), 255.0)):
        for stroke, (x, y) in zip(open_drawing(path, SCALE).strokes, TWO, strict=True):
            assert stroke.places == pytest.approx(np.array([x, y]).T / box, abs=1e-5)


def test_raw_drawings_are_measured_and_simplified_and_this_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """More points than a drawing may have, in the pixels of a screen; `--box` says how large it was."""
    path, turn = tmp_path / "circle.ndjson", np.linspace(0, 2 * np.pi, 3000)
    x, y = (500 + 400 * np.cos(turn)).tolist(), (500 + 400 * np.sin(turn)).tolist()
    path.write_text(json.dumps({"drawing": [[x, y]]}) + "\n")  # told by its size alone
    corpus, dropped = gather([path])
    assert not dropped and corpus.drawing is not None
    assert (corpus.drawing.box, corpus.drawing.epsilon) == (800.0, pytest.approx(800 * 2 / 255))
    assert 10 < len(corpus.performances[0]) < 60
    assert f"{path}: raw drawings, in pixels: taken as drawn in a box of 800" in caplog.text
    wider, _ = gather([path], box=1600.0)
    assert wider.drawing is not None
    assert (wider.drawing.box, wider.drawing.epsilon) == (1600.0, pytest.approx(1600 * 2 / 255))
    assert len(wider.performances[0]) < len(corpus.performances[0])
