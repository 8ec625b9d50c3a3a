"""A drawing on its canvas: strokes and points, undo, and there and back to a recorded performance."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.core.events import Release, Source, Touch
from app.recording.replay import events_of
from app.sketch.bounds import CanvasEdges
from app.sketch.drawing import PEN_UP_S, Drawing
from app.sketch.sketcher import Sketcher
from assets import EXAMPLE_PERFORMANCE
from models.manifest import Scale
from models.performance import Performance, PerformanceError, read_performance
from tests.app.sketch.fakes import scripted

P, G = Source.PLAYER, Source.GHOST
SCALE = Scale(box=100.0, epsilon=1.0, longest=20, first=(0.5, 0.25))
CROSS = (((0.25, 0.5), (0.75, 0.5)), ((0.5, 0.25), (0.5, 0.75)))
WIDE = "time_s,source,voice,x,y,z,moving\n"


def cross() -> Drawing:
    drawing = Drawing()
    for stroke in CROSS:
        drawing.add(P, np.array(stroke))
    return drawing


def places(drawing: Drawing) -> list[list[list[float]]]:
    return [np.round(stroke.places.astype(float), 5).tolist() for stroke in drawing.strokes]


def opened(path: Path, text: str) -> Drawing:
    path.write_text(text, encoding="utf-8")
    return Drawing.of_performance(read_performance(path))


def test_strokes_are_heard_in_model_units() -> None:
    expected = [[0.5, 0.25, 0], [50, 0, 1], [-25, -25, 0], [0, 50, 1]]
    assert cross().heard(SCALE).tolist() == pytest.approx(np.array(expected), abs=1e-4)


def test_nothing_is_heard_of_nothing() -> None:
    assert Drawing().heard(SCALE).shape == (0, 3)
    assert Drawing().events() == []


def test_the_ghost_draws_on_from_the_pen() -> None:
    drawing = cross()
    drawing.draw_on(np.array([[-25, -50, 0], [50, 0, 1], [0, 50, 0]], np.float32), SCALE)
    assert places(drawing)[2:] == [[[0.25, 0.25], [0.75, 0.25]], [[0.75, 0.75]]]
    assert [stroke.source for stroke in drawing.strokes] == [P, P, G, G]


def test_what_the_sketcher_draws_and_what_is_shown_agree() -> None:
    """The model's steps from where it thinks the pen is are those from where the pen is shown."""
    _, real = scripted([(-25.0, -50.0, 0.0), (100.0, 0.0, 0.0)], [(100.0, 0.0, 0.0)], scale=SCALE)
    drawing, sketcher = cross(), Sketcher(real)
    start = np.array(CROSS[0][0]) * SCALE.box - SCALE.first
    sketcher.reset(CanvasEdges.around((start[0], start[1]), (SCALE.box, SCALE.box)))
    sketcher.hear(drawing.heard(SCALE))
    drawing.draw_on(sketcher.complete().points, SCALE)
    assert places(drawing)[2] == [[0.25, 0.25], [1.0, 0.25]]  # up to the edge of the canvas


def test_no_ghost_draws_on_from_nowhere() -> None:
    with pytest.raises(ValueError, match="expected a drawing with a stroke"):
        Drawing().draw_on(np.array([[1, 1, 0]], np.float32), SCALE)


@pytest.mark.parametrize(
    "bad", [[[0.5, np.nan]], [[np.inf, 0.5]], [], [0.5, 0.5], [[0.5, 0.5, 0.5]]], ids=str
)
def test_what_is_not_a_stroke_is_refused(bad: list[object]) -> None:
    drawing = cross()
    with pytest.raises(ValueError, match="expected finite"):
        drawing.add(P, np.array(bad))
    assert len(drawing) == 2


@pytest.mark.parametrize("bad", [[0.0], [0.0, np.nan], [1.0, 0.5], []], ids=str)
def test_times_that_are_not_those_of_the_stroke_are_refused(bad: list[float]) -> None:
    with pytest.raises(ValueError, match="expected 2 finite seconds"):
        Drawing().add(P, np.array(CROSS[0]), np.array(bad))


def test_a_hand_keeps_its_times_and_a_ghost_has_an_even_pen() -> None:
    drawing = Drawing()
    drawing.add(P, np.array(CROSS[0]), np.array([7.0, 7.5]))
    drawing.add(G, np.array([(0.2, 0.2), (0.5, 0.2), (0.5, 0.8)]))
    assert drawing.strokes[0].time_s.tolist() == [0.0, 0.5]
    assert drawing.strokes[1].time_s.tolist() == pytest.approx([0.5 + PEN_UP_S, 0.85, 1.25])


def test_events_are_touches_that_begin_and_end() -> None:
    drawing = Drawing()
    drawing.add(P, np.array(CROSS[0]), np.array([7.0, 7.5]))
    drawing.add(G, np.array([(0.5, 0.5)]))
    assert drawing.events(start_s=2.0) == [
        Touch(2.0, P, 0, 0.34375, 0.5, moving=False),
        Touch(2.5, P, 0, 0.65625, 0.5, moving=True),
        Release(2.5, P, 0),
        Touch(2.65, G, 0, 0.5, 0.5, moving=False),
        Release(2.75, G, 0),
    ]


def test_an_untimed_stroke_glides_so_that_it_can_be_heard() -> None:
    touches = [event for event in cross().events() if isinstance(event, Touch)]
    assert max(np.diff([t.time_s for t in touches[:20]])) < 0.02
    assert all(t.y == 0.5 for t in touches[:20])


def test_a_saved_drawing_opens_again_and_is_heard_the_same(tmp_path: Path) -> None:
    drawing = cross()
    drawing.draw_on(np.array([[-25, -50, 0], [50, 20, 0], [0, 50, 2]], np.float32), SCALE)
    drawing.save(tmp_path / "drawing.csv")
    again = Drawing.of_performance(read_performance(tmp_path / "drawing.csv"))
    assert [s.source for s in again.strokes] == [P, P, G]
    assert again.heard(SCALE) == pytest.approx(drawing.heard(SCALE), abs=1e-3)


def test_a_drawing_saved_twice_is_the_same_file(tmp_path: Path) -> None:
    cross().save(tmp_path / "one.csv")
    Drawing.of_performance(read_performance(tmp_path / "one.csv")).save(tmp_path / "two.csv")
    one, two = (events_of(read_performance(tmp_path / name)) for name in ("one.csv", "two.csv"))
    assert len(one) == len(two)
    assert [e.time_s for e in one] == pytest.approx([e.time_s for e in two], abs=1e-5)


def test_a_recorded_performance_opens_finger_by_finger(tmp_path: Path) -> None:
    drawing = opened(
        tmp_path / "two hands.csv",
        WIDE + "0,player,0,0.5,0.2,1,0\n0.1,player,1,0.6,0.2,0.5,0\n0.2,player,0,0.5,0.4,1,1\n"
        "0.3,player,1,0.6,0.4,0.5,1\n0.4,player,0,0.5,0.4,0,1\n0.5,ghost,0,0.4,0.5,1,0\n",
    )
    assert places(drawing) == [[[0.5, 0.2], [0.5, 0.4]], [[0.66, 0.2], [0.66, 0.4]], [[0.34, 0.5]]]
    assert [(s.source, s.voice) for s in drawing.strokes] == [(P, 0), (P, 1), (G, 0)]
    assert drawing.strokes[1].time_s.tolist() == pytest.approx([0.1, 0.3])
    assert drawing.strokes[1].pressure.tolist() == [0.5, 0.5]


def test_a_wide_performance_is_made_to_fit_the_square(tmp_path: Path) -> None:
    drawing = opened(tmp_path / "wide.csv", WIDE + "0,player,0,0,0.5,1,0\n0.1,player,0,1,1,1,1\n")
    assert places(drawing) == [[[0.0, 0.5], [1.0, 0.8125]]]


def test_the_example_performance_opens() -> None:
    drawing = Drawing.of_performance(read_performance(EXAMPLE_PERFORMANCE))
    everything = np.concatenate([stroke.places for stroke in drawing.strokes])
    assert len(drawing) > 3 and everything.min() >= 0.0 and everything.max() <= 1.0


def steps(*rows: tuple[float, float, float]) -> Performance:
    n = len(rows)
    return Performance(
        ("dx", "dy", "pen_lifted"), np.arange(n, dtype=float), np.full(n, "player"), np.zeros(n, np.int64),
        np.array(rows, np.float32).reshape(n, 3),
    )  # fmt: skip


def test_steps_of_a_pen_open_at_the_size_of_their_corpus() -> None:
    drawing = Drawing.of_performance(steps((9, 9, 0), (50, 0, 1), (-25, -25, 0), (0, 50, 1)), SCALE.box)
    assert places(drawing) == [[list(p) for p in stroke] for stroke in CROSS]


def test_a_drawing_begins_where_its_first_point_is_but_steps_of_a_file_begin_nowhere() -> None:
    scale = replace(SCALE, first=(2.0, 3.0))
    drawing = Drawing()
    assert drawing.start(scale) is None
    drawing.add(Source.PLAYER, np.array([[0.25, 0.75], [0.5, 0.5]]))
    assert drawing.start(scale) == (-27.0, 22.0)  # a quarter of 100 left of the middle, less the first step
    assert Drawing.in_the_middle(drawing.heard(scale), scale).start(scale) is not None
    assert drawing.first_strokes(1).start(scale) == (-27.0, 22.0)
    for size in (50, 400):
        opened_steps = Drawing.of_performance(steps((0, 0, 0), (size, 0, 1)), SCALE.box)
        assert opened_steps.start(SCALE) is None and opened_steps.first_strokes(1).start(SCALE) is None


@pytest.mark.parametrize("box", [100.0, None])
def test_steps_too_large_or_of_unknown_size_fit(box: float | None) -> None:
    drawing = Drawing.of_performance(steps((0, 0, 0), (400, 0, 1), (-200, -200, 0), (0, 400, 1)), box)
    side = 1.0 if box else 0.8
    assert places(drawing)[0] == pytest.approx(np.array([[0.5 - side / 2, 0.5], [0.5 + side / 2, 0.5]]))


def test_knobs_and_silence_are_no_drawing(tmp_path: Path) -> None:
    (tmp_path / "knobs.csv").write_text("time_s,source,voice,x1,x2\n0,player,0,0.5,0.5\n")
    with pytest.raises(PerformanceError, match=r"expected touches or the steps of a pen, got columns x1,x2"):
        Drawing.of_performance(read_performance(tmp_path / "knobs.csv"))
    with pytest.raises(PerformanceError, match="expected at least one stroke"):
        opened(tmp_path / "empty.csv", WIDE)
    with pytest.raises(PerformanceError, match="expected at least one stroke"):
        Drawing.of_performance(steps())


def test_a_free_drawing_lies_in_the_middle() -> None:
    points = np.array([[700, 3, 0], [20, 0, 1], [-10, -30, 0], [0, 60, 2]], np.float32)
    drawing = Drawing.in_the_middle(points, SCALE)
    assert places(drawing) == [[[0.4, 0.5], [0.6, 0.5]], [[0.5, 0.2], [0.5, 0.8]]]
    assert len(Drawing.in_the_middle(points[:0], SCALE)) == 0
