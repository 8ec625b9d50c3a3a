"""The sketcher: what it draws, when and why it ends, and that taking over and going back are exact."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ghost import GhostError
from app.sketch.bounds import CanvasEdges
from app.sketch.sketcher import AGAIN, CHUNK, TRIES, Drawn, End, Sketcher
from app.sketch.stall import STALL_POINTS
from models.errors import ModelError
from models.frame import Frame
from models.manifest import Scale
from tests.app.sketch.fakes import SCALE, Row, scripted

RIGHT: Row = (10.0, 0.0, 0.0)
DOWN: Row = (0.0, 10.0, 0.0)
UP: Row = (0.0, -10.0, 0.0)
LIFTED: Row = (10.0, 0.0, 1.0)
DONE: Row = (0.0, 10.0, 2.0)
ANGLE = (RIGHT, DOWN, LIFTED, DONE)
SQUARE = (RIGHT, DOWN, (-10.0, 0.0, 0.0), UP)  # for ever
NAN: Row = (math.nan, 0.0, 0.0)


def rows(drawn: Drawn) -> list[tuple[float, ...]]:
    return [tuple(row) for row in drawn.points.tolist()]


def points(*given: Row) -> np.ndarray:
    return np.array(given, np.float32)


def test_a_model_that_does_not_draw_is_refused_by_name() -> None:
    _, ghost = scripted(ANGLE, scale=None)
    with pytest.raises(ModelError, match=r"expected one that draws.*got scripted"):
        Sketcher(ghost)


def test_a_free_drawing_is_what_the_ghost_draws_until_it_says_end() -> None:
    ghost, real = scripted(ANGLE)
    drawn = Sketcher(real).free()
    assert rows(drawn) == list(ANGLE) and drawn.end is End.END
    assert drawn.points.dtype == np.float32
    assert ghost.state == ANGLE


def test_free_begins_anew_every_time() -> None:
    ghost, real = scripted(ANGLE)
    sketcher = Sketcher(real)
    assert rows(sketcher.free()) == rows(sketcher.free())
    assert ghost.state == ANGLE and len(sketcher.points) == 4


def test_a_step_is_as_long_as_asked_for_and_says_when_it_was_the_last() -> None:
    _, real = scripted(ANGLE[:3], ANGLE[3:])
    sketcher = Sketcher(real)
    first = sketcher.step(3)
    assert rows(first) == list(ANGLE[:3]) and first.end is None and sketcher.end is None
    last = sketcher.step(3)
    assert rows(last) == [DONE] and last.end is End.END
    after = sketcher.step(3)
    assert rows(after) == [] and after.points.shape == (0, 3) and after.end is End.END


def test_a_completion_goes_on_from_what_was_heard() -> None:
    ghost, real = scripted([DONE])
    sketcher = Sketcher(real)
    sketcher.hear(points(RIGHT, LIFTED))
    assert rows(sketcher.complete()) == [DONE]
    assert ghost.state == (RIGHT, LIFTED, DONE)
    assert sketcher.points.tolist() == [list(RIGHT), list(LIFTED), list(DONE)]


def test_who_draws_after_the_end_takes_over_with_a_lifted_pen() -> None:
    ghost, real = scripted(ANGLE)
    sketcher = Sketcher(real)
    sketcher.free()
    sketcher.hear(points(UP))
    assert ghost.state == (*ANGLE[:3], (0.0, 10.0, 1.0), UP)
    assert sketcher.end is None


def test_who_draws_while_the_ghost_does_lifts_its_pen_first() -> None:
    ghost, real = scripted(SQUARE)
    sketcher = Sketcher(real)
    sketcher.step(2)
    sketcher.lift()
    sketcher.hear(points(UP))
    assert ghost.state == (RIGHT, (0.0, 10.0, 1.0), UP)


def test_lifting_a_lifted_pen_or_none_changes_nothing() -> None:
    ghost, real = scripted(ANGLE)
    sketcher = Sketcher(real)
    sketcher.lift()
    assert ghost.state == () and sketcher.end is None
    sketcher.hear(points(LIFTED))
    sketcher.lift()
    assert ghost.state == (LIFTED,)


def test_a_finished_drawing_that_is_heard_has_ended() -> None:
    _, real = scripted(ANGLE)
    sketcher = Sketcher(real)
    sketcher.hear(points(RIGHT, DONE))
    assert sketcher.end is End.END
    assert sketcher.fan(4, 4) == [] and sketcher.endings(3) == []
    assert rows(sketcher.complete()) == []


def test_no_drawing_goes_on_for_ever() -> None:
    _, real = scripted(SQUARE)
    drawn = Sketcher(real).free()
    assert drawn.end is End.CAP
    assert len(drawn.points) == 2 * SCALE.longest
    assert drawn.points[-1, 2] == 1.0 and (drawn.points[:-1, 2] == 0.0).all()


def test_the_ghost_has_heard_what_was_shown_when_it_was_stopped() -> None:
    ghost, real = scripted(SQUARE)
    drawn = Sketcher(real).free()
    assert [list(row) for row in ghost.state] == drawn.points.tolist()


def test_a_long_drawing_of_a_person_leaves_the_ghost_all_its_points() -> None:
    _, real = scripted(SQUARE)
    sketcher = Sketcher(real)
    sketcher.hear(points(*(SQUARE * 20)))
    assert len(sketcher.complete().points) == 2 * SCALE.longest


def test_a_last_point_that_is_the_end_is_no_cap() -> None:
    lines = [*SQUARE * 10][: 2 * SCALE.longest - 1]
    _, real = scripted(lines[:CHUNK], [*lines[CHUNK:], DONE])
    drawn = Sketcher(real).free()
    assert drawn.end is End.END and len(drawn.points) == 2 * SCALE.longest


@pytest.mark.parametrize("n_points", [1, 5, 32, 1000])
def test_points_that_go_nowhere_are_a_stall(n_points: int) -> None:
    _, real = scripted([RIGHT, DOWN], [(0.2, 0.0, 0.0), (-0.2, 0.2, 1.0), (0.0, -0.2, 0.0)])
    sketcher = Sketcher(real)
    sketcher.step(2)
    end, n_drawn = None, 2
    while end is None:
        drawn = sketcher.step(n_points)
        end, n_drawn = drawn.end, n_drawn + len(drawn.points)
    assert end is End.STALL
    assert n_drawn == 1 + STALL_POINTS  # the first of those that stay is the corner that was drawn before
    assert sketcher.points[-1, 2] == 1.0


def test_a_corpus_that_was_not_simplified_stalls_as_well() -> None:
    _, real = scripted([(0.1, 0.0, 0.0), (-0.1, 0.0, 0.0)], scale=Scale(100.0, 0.0, 20, (0.0, 0.0)))
    assert Sketcher(real).free().end is End.STALL


def test_what_a_person_scribbles_on_the_spot_is_no_stall_of_the_ghost() -> None:
    _, real = scripted(ANGLE)
    sketcher = Sketcher(real)
    sketcher.hear(points(*[(0.1, 0.0, 0.0), (-0.1, 0.0, 0.0)] * 20))
    assert sketcher.complete().end is End.END


def test_a_free_drawing_may_lie_anywhere() -> None:
    far: Row = (-700.0, 300.0, 0.0)
    _, real = scripted([far, RIGHT, DONE])
    assert rows(Sketcher(real).free()) == [far, RIGHT, DONE]


PLACED = replace(SCALE, frames=(Frame(-30.0, 10.0, 60.0, 20.0),))
WIDE_ROWS = [(0.0, 0.0, 0.0), (60.0, -20.0, 2.0)]  # from (-30, 10) to (30, -10)
NARROW = [(0.0, 0.0, 0.0), (30.0, -20.0, 2.0)]


def test_a_free_drawing_is_drawn_again_until_it_fills_the_frame_of_one_of_the_corpus() -> None:
    ghost, as_ghost = scripted(NARROW, NARROW, WIDE_ROWS, NARROW, scale=PLACED)
    sketcher = Sketcher(as_ghost)
    assert rows(sketcher.free()) == WIDE_ROWS
    assert ghost.starts[-3:] == [(-30.0, 10.0)] * 3 and len(ghost.asked) == 3


def test_of_free_drawings_none_of_which_fills_its_frame_the_best_is_kept() -> None:
    ghost, as_ghost = scripted(NARROW, [(0.0, 0.0, 0.0), (45.0, -20.0, 2.0)], NARROW, scale=PLACED)
    sketcher = Sketcher(as_ghost)
    drawn = sketcher.free()
    assert len(ghost.asked) == AGAIN
    assert rows(drawn)[-1] == (45.0, -20.0, 2.0) == tuple(sketcher.points[-1]) == ghost.state[-1]
    assert drawn.end is sketcher.end is End.END


def test_a_drawing_is_told_where_it_begins_and_keeps_it_when_the_pen_is_lifted() -> None:
    ghost, as_ghost = scripted([(1.0, 0.0, 0.0)], scale=PLACED)
    sketcher = Sketcher(as_ghost)
    sketcher.reset(start=(5.0, -5.0))
    sketcher.hear(np.array([[1, 0, 0]], np.float32))
    kept = sketcher.snapshot()
    sketcher.lift()
    assert ghost.starts[-2:] == [(5.0, -5.0), (5.0, -5.0)]
    sketcher.reset()
    sketcher.restore(kept)
    sketcher.lift()
    assert ghost.starts[-2:] == [None, (5.0, -5.0)]


def test_a_start_that_is_refused_changes_nothing() -> None:
    ghost, as_ghost = scripted([(1.0, 0.0, 0.0)], scale=PLACED)
    sketcher = Sketcher(as_ghost)
    sketcher.reset(start=(5.0, -5.0))
    sketcher.hear(np.array([[1, 0, 0]], np.float32))
    reset = ghost.reset

    def refuse(at: tuple[float, float] | None = None) -> None:
        raise GhostError("at: expected finite numbers")

    ghost.reset = refuse  # type: ignore[method-assign]
    with pytest.raises(GhostError):
        sketcher.reset(start=(math.nan, 0.0))
    ghost.reset = reset  # type: ignore[method-assign]
    sketcher.lift()
    assert ghost.starts[-1] == (5.0, -5.0)


def test_a_model_that_was_never_told_where_a_drawing_begins_is_not_told() -> None:
    ghost, as_ghost = scripted([(1.0, 0.0, 0.0)])
    Sketcher(as_ghost).reset(start=(5.0, -5.0))
    assert ghost.starts[-1] is None


def test_a_free_drawing_is_not_larger_than_the_box() -> None:
    left: Row = (-30.0, 0.0, 0.0)
    _, real = scripted([left] * 9)
    drawn = Sketcher(real).free()
    # The first point is no side: four of them span 90, and 10 are left.
    assert rows(drawn) == [left, left, left, left, (-10.0, 0.0, 1.0)]
    assert drawn.end is End.CANVAS


def test_a_person_may_draw_larger_than_the_box() -> None:
    _, real = scripted([UP, DONE])
    sketcher = Sketcher(real)
    sketcher.hear(points((-30.0, 0.0, 0.0), (-130.0, 0.0, 1.0)))
    assert sketcher.complete().end is End.END


def test_on_a_canvas_its_edges_count() -> None:
    _, real = scripted([RIGHT, RIGHT, RIGHT, DONE])
    sketcher = Sketcher(real)
    sketcher.reset(CanvasEdges.around(start=(75.0, 50.0), size=(100.0, 100.0)))
    drawn = sketcher.complete()
    assert drawn.end is End.CANVAS
    assert rows(drawn) == [RIGHT, RIGHT, (5.0, 0.0, 1.0)]  # up to the edge, where the stroke ends


def test_one_that_leaves_is_asked_again_from_the_last_good_point() -> None:
    ghost, real = scripted([RIGHT, RIGHT, RIGHT, RIGHT], [RIGHT], [RIGHT], [DOWN, DONE])
    sketcher = Sketcher(real)
    sketcher.reset(CanvasEdges.around(start=(75.0, 50.0), size=(100.0, 100.0)))
    drawn = sketcher.complete()
    assert drawn.end is End.END
    assert rows(drawn) == [RIGHT, RIGHT, DOWN, DONE]
    assert ghost.state == (RIGHT, RIGHT, DOWN, DONE)


def test_a_new_stroke_outside_is_not_begun() -> None:
    far: Row = (500.0, 0.0, 0.0)
    ghost, real = scripted([RIGHT, LIFTED, far])
    sketcher = Sketcher(real)
    sketcher.reset(CanvasEdges(-10.0, -10.0, 90.0, 90.0))
    sketcher.step(2)
    ghost.takes = [(far,)]
    drawn = sketcher.complete()
    assert drawn.end is End.CANVAS and rows(drawn) == []
    assert ghost.state == (RIGHT, LIFTED)


def test_it_is_asked_a_few_times_only() -> None:
    ghost, real = scripted([(500.0, 0.0, 0.0)])
    sketcher = Sketcher(real)
    sketcher.reset(CanvasEdges(-10.0, -10.0, 90.0, 90.0))
    assert sketcher.complete().end is End.CANVAS
    assert len(ghost.asked) == TRIES


def test_who_drew_off_the_canvas_may_go_on_there() -> None:
    _, real = scripted([(-5.0, 0.0, 0.0), DONE])
    sketcher = Sketcher(real)
    sketcher.reset(CanvasEdges(0.0, 0.0, 20.0, 20.0))
    sketcher.hear(points((40.0, 0.0, 1.0)))
    assert sketcher.complete().end is End.END


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("canvas", [None, CanvasEdges(-50.0, -50.0, 50.0, 50.0)])
def test_nothing_that_is_not_a_number_goes_on(bad: float, canvas: CanvasEdges | None) -> None:
    ghost, real = scripted([RIGHT, (bad, 0.0, 0.0), DONE], [(bad, bad, 0.0)])
    sketcher = Sketcher(real)
    sketcher.reset(canvas)
    drawn = sketcher.complete()
    assert drawn.end is End.CANVAS
    assert np.isfinite(drawn.points).all() and rows(drawn)[0] == RIGHT
    assert np.isfinite(np.array(ghost.state)).all()


def test_temperatures_are_the_models_own_and_act_at_once() -> None:
    ghost, real = scripted(SQUARE)
    sketcher = Sketcher(real)
    sketcher.step(2)
    sketcher.pi_temperature, sketcher.sigma_temperature = 0.5, 0.25
    sketcher.step(2)
    sketcher.fan(1, 1)
    assert ghost.temperatures == [(1.0, 0.75), (0.5, 0.25), (0.5, 0.25)]


def test_futures_are_cut_where_they_end() -> None:
    ghost, real = scripted(SQUARE)
    ghost.futures = np.array(
        [[RIGHT, DOWN, UP], [RIGHT, DONE, (0.0, 0.0, 2.0)], [RIGHT, NAN, DONE]], np.float32
    )
    sketcher = Sketcher(real)
    futures = sketcher.fan(3, 3)
    assert [f.tolist() for f in futures] == [
        [list(RIGHT), list(DOWN), list(UP)],
        [list(RIGHT), list(DONE)],
        [list(RIGHT)],
    ]
    assert ghost.state == () and len(sketcher.points) == 0


def test_endings_differ_and_leave_everything_as_it_was() -> None:
    ghost, real = scripted([DONE], [RIGHT, DONE], SQUARE)
    sketcher = Sketcher(real)
    sketcher.hear(points(LIFTED))
    endings = sketcher.endings(3)
    assert [rows(e)[:2] for e in endings] == [[DONE], [RIGHT, DONE], [RIGHT, DOWN]]
    assert [e.end for e in endings] == [End.END, End.END, End.CAP]
    assert ghost.state == (LIFTED,) and sketcher.end is None and len(sketcher.points) == 1


def test_what_cannot_be_heard_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ghost, real = scripted([RIGHT, DONE])
    sketcher = Sketcher(real)
    sketcher.complete()
    feed = ghost.feed

    def strict(events: np.ndarray) -> None:
        if not np.isfinite(events).all():
            raise GhostError("events: expected finite numbers.")
        feed(events)

    monkeypatch.setattr(ghost, "feed", strict)
    with pytest.raises(GhostError):
        sketcher.hear(points(NAN))
    assert sketcher.end is End.END and sketcher.points.tolist() == [list(RIGHT), list(DONE)]
    assert ghost.state == (RIGHT, DONE)


def test_undo_is_exact() -> None:
    ghost, real = scripted(SQUARE)
    sketcher = Sketcher(real)
    sketcher.reset(CanvasEdges(-50.0, -50.0, 50.0, 50.0))
    sketcher.step(2)
    before = sketcher.snapshot()
    sketcher.complete()
    sketcher.canvas = None
    sketcher.restore(before)
    assert ghost.state == (RIGHT, DOWN) and sketcher.end is None
    assert sketcher.canvas == CanvasEdges(-50.0, -50.0, 50.0, 50.0)
    assert len(sketcher.complete().points) == 2 * SCALE.longest - 2


VALUES = st.sampled_from([0.0, 0.1, -0.1, 5.0, -7.0, 60.0, -80.0, 1e6, -1e30, math.nan, math.inf, -math.inf])
TAKES = st.lists(
    st.lists(st.tuples(VALUES, VALUES, st.sampled_from([0.0, 1.0, 2.0])), min_size=1, max_size=6),
    min_size=1,
    max_size=6,
)


@given(
    takes=TAKES,
    canvas=st.sampled_from(
        [None, CanvasEdges(-50.0, -50.0, 50.0, 50.0), CanvasEdges(20.0, 20.0, 30.0, 30.0)]
    ),
    begun=st.lists(st.tuples(st.sampled_from([-90.0, 0.0, 5.0]), st.just(3.0), st.just(1.0)), max_size=3),
    n_points=st.integers(1, 40),
)
def test_whatever_a_model_says_its_drawing_ends_bounded(
    takes: list[list[Row]], canvas: CanvasEdges | None, begun: list[Row], n_points: int
) -> None:
    ghost, real = scripted(*takes)
    sketcher = Sketcher(real)
    sketcher.reset(canvas)
    if begun:
        sketcher.hear(points(*begun))
    drawn = []
    while sketcher.end is None:
        drawn.append(sketcher.step(n_points).points)
    own = np.concatenate(drawn)
    assert len(own) <= 2 * SCALE.longest and np.isfinite(own).all()
    assert len(sketcher.points) == len(begun) + len(own)
    assert [list(row) for row in ghost.state] == sketcher.points.tolist()
    places = np.cumsum(sketcher.points[:, :2], axis=0, dtype=np.float64)
    heard = places[: len(begun)]
    if canvas is not None and len(own):
        low = np.minimum(heard.min(axis=0, initial=np.inf), (canvas.left, canvas.top))
        high = np.maximum(heard.max(axis=0, initial=-np.inf), (canvas.right, canvas.bottom))
        assert (places >= low - 1e-3).all() and (places <= high + 1e-3).all()
    elif len(own):
        allowed = np.maximum(SCALE.box, np.ptp(heard, axis=0) if len(heard) else 0.0)
        assert (np.ptp(places, axis=0) <= allowed * (1 + 1e-6) + 1e-3 + 1e-6 * np.abs(places).max()).all()
