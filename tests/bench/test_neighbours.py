"""The distances of `bench_neighbours.py`, in closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from mdn.columns import NOTES, TOUCH, controller_columns
from tests.bench.bench_neighbours import (
    most_in_common,
    nearest,
    nearest_turned,
    path_of,
    report,
    split,
    windows,
)
from training.corpus import Corpus, drawn


def drawing(*strokes: list[tuple[float, float]]) -> np.ndarray:
    """Points of strokes of places."""
    places = np.array([place for stroke in strokes for place in stroke])
    pen = np.concatenate([[*[0] * (len(stroke) - 1), 1] for stroke in strokes])
    pen[-1] = 2
    return np.column_stack([np.diff(places, axis=0, prepend=places[:1]), pen]).astype("float32")


def test_a_line_is_points_at_equal_length_around_its_middle() -> None:
    for steps in ([(0, 0), (30, 0)], [(0, 0), (1, 0), (30, 0)], [(100, 7), (130, 7)]):
        path = path_of(drawing([(float(x), float(y)) for x, y in steps]), 4)
        assert path == pytest.approx(np.array([[-15, 0], [-5, 0], [5, 0], [15, 0]]), abs=1e-6)


def test_a_lifted_pen_has_no_length() -> None:
    path = path_of(drawing([(0, 0), (10, 0)], [(0, 50), (10, 50)]), 4)
    # Two thirds of each stroke apart: 0, 6.67, then 3.33 and 10 of the second one.
    expected = np.array([[0, 0], [20 / 3, 0], [10 / 3, 50], [10, 50]])
    assert path == pytest.approx(expected - expected.mean(axis=0), abs=1e-5)


def test_dots_alone_have_a_path() -> None:
    assert np.isfinite(path_of(drawing([(0, 0), (0, 0)], [(9, 0), (9, 0)]))).all()


def test_a_drawing_elsewhere_is_the_same_and_a_larger_one_is_as_far_as_it_is_larger() -> None:
    rng = np.random.default_rng(1)
    one = np.column_stack([rng.normal(0, 10, (30, 2)), np.r_[np.zeros(29), 2]])
    moved, larger = one.copy(), one * [1.1, 1.1, 1]
    moved[0, :2] += 40.0
    paths = np.stack([path_of(each) for each in (one, moved, larger)])
    assert nearest(paths[:1], paths[1:2]) == pytest.approx([0.0], abs=1e-6)
    radius = np.sqrt((paths[0] ** 2).sum(axis=1).mean())
    assert nearest(paths[:1], paths[2:]) == pytest.approx([0.1 * radius], rel=1e-6)


def test_the_nearest_is_found_and_what_is_excluded_is_not() -> None:
    rng = np.random.default_rng(2)
    train = rng.normal(0, 1, (500, 20, 2))
    held = train[::3] + np.array([3e-7, 4e-7])
    assert nearest(held, train) == pytest.approx(np.full(len(held), 5e-7), rel=1e-3)
    plain = [min(np.sqrt(((h - t) ** 2).sum(axis=1).mean()) for t in np.delete(train, 3 * i, axis=0))
             for i, h in enumerate(held)]  # fmt: skip
    assert nearest(held, train, lambda row: np.array([3 * row])) == pytest.approx(plain)


def test_windows_are_cut_in_order_and_short_logs_have_none() -> None:
    log = np.arange(14.0).reshape(7, 2)
    assert windows(log, 3, 2).tolist() == [log[0:3].tolist(), log[2:5].tolist(), log[4:7].tolist()]
    assert windows(log, 8, 1).shape == (0, 8, 2)


def test_only_knobs_that_turn_count_and_own_windows_do_not() -> None:
    still = np.full((4, 3), 0.5)
    turned = still.copy()
    turned[:, 0] = [0.1, 0.2, 0.3, 0.4]
    other = turned + np.array([0.02, 0.3, 0.0])  # the second knob rests elsewhere
    both = turned.copy()
    both[:, 1] += [0.0, 0.2, 0.0, 0.0]
    train, logs = np.stack([turned, other, both, still]), np.array([0, 1, 2, 3])
    held = np.stack([turned, still])
    assert nearest_turned(held, train, logs, np.array([-1, -1])) == pytest.approx([0.0], abs=1e-9)
    assert nearest_turned(held, train, logs, np.array([0, -1])) == pytest.approx([0.02])
    # Of two knobs and four events one number is 0.2 off.
    assert nearest_turned(held, train[[0, 2]], logs[[0, 2]], np.array([0, -1])) == pytest.approx(
        [np.sqrt(0.2**2 / 8)]
    )


def test_lines_in_common_know_no_order_and_a_line_more_is_its_share() -> None:
    square = [[(0, 0), (80, 0)], [(80, 0), (80, 80)], [(80, 80), (0, 80)], [(0, 80), (0, 0)]]
    whole = drawing(*square)
    other_order = drawing(*[stroke[::-1] for stroke in square[::-1]])
    shifted = [drawing(*square[:2]), other_order, whole]
    assert most_in_common([whole], shifted[1:2], 100.0) == pytest.approx([1.0])
    half = [shifted[0], whole]
    assert most_in_common([whole], half, 100.0) == pytest.approx([1.0])
    assert most_in_common([whole], half, 100.0, np.array([1])) == pytest.approx([0.5], abs=0.05), "own"
    # A line through the middle is a fifth of all; what lies beside a line of the other is in common too.
    crossed = drawing(*square, [(0, 40), (80, 40)])
    assert most_in_common([whole], [crossed], 100.0) == pytest.approx([0.8], abs=0.03)
    assert most_in_common([crossed], [whole], 100.0) == pytest.approx([0.8], abs=0.03)
    assert most_in_common([whole], [drawing([(0, 0), (0, 0)], [(3, 0), (3, 0)])], 100.0) == pytest.approx(
        [0.0]
    )


def test_a_fold_holds_out_every_nth() -> None:
    corpus = Corpus(TOUCH, tuple(np.full((2, 4), i, "float32") for i in range(7)))
    learn, held = split(corpus, "3/5")
    assert [int(p[0, 0]) for p in learn.performances] == [0, 1, 3, 4, 5, 6]
    assert [int(p[0, 0]) for p in held.performances] == [2]


def test_a_copy_of_what_was_learned_is_told() -> None:
    rng = np.random.default_rng(3)
    steps = [np.column_stack([rng.normal(0, 9, (20, 2)), np.r_[np.zeros(19), 2]]) for _ in range(5)]
    drawings = drawn([s.astype("float32") for s in steps], box=109.0, epsilon=1.0)
    touches = Corpus(TOUCH, tuple(rng.random((25, 4), "float32") for _ in range(5)))
    knobs = Corpus(controller_columns(2), tuple(rng.random((45, 3), "float32") for _ in range(5)))
    for corpus, counts in ((drawings, (1, 5)), (touches, (1, 5)), (knobs, (2, 10))):
        held, among = report(corpus, corpus.part([2]), 20)[:2]
        assert held.startswith(f"{counts[0]} held-out ") and "nearest 0.0000;" in held
        assert held.endswith("100.0% within 0.01, 100.0% within 0.02, 100.0% within 0.05")
        assert among.startswith(f"{counts[1]} training ") and "; 0.0% within 0.01" in among


def test_notes_are_as_far_apart_as_their_keys_whatever_key_they_are_in() -> None:
    scale = np.column_stack(
        [np.full(8, 0.2), [60, 62, 64, 65, 67, 69, 71, 72], np.full(8, 0.2), np.full(8, 80.0)]
    )
    higher, other = scale + np.array([0, 5, 0, 0]), scale.copy()
    other[-1, 1] += 4.0
    train = Corpus(NOTES, (scale.astype("float32"), other.astype("float32")))
    held_out, among = report(train, Corpus(NOTES, (higher.astype("float32"),)), 8)
    assert held_out.startswith("1 held-out windows of 8 notes: nearest 0.0000;")
    apart = np.sqrt(4.0**2 * (1 / 8 - 1 / 64))  # one of eight keys by 4, of which the mean takes a part
    assert among.startswith(f"2 training windows, to other lines: nearest {apart:.4f};")
