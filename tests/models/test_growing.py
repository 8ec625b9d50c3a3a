"""A stroke that grows is heard as the whole is; of a long one what is settled stays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.growing import Growing
from models.manifest import Scale
from models.strokes import MOST_POINTS, as_trained, heard, resample, to_points

places = st.lists(st.tuples(st.integers(-60, 60), st.integers(-60, 60)), min_size=1, max_size=40)
jitter = st.lists(
    st.tuples(st.floats(0, 109, width=32), st.floats(0, 109, width=32)), min_size=1, max_size=25
)
strokes = (places | jitter).map(lambda rows: np.array(rows, "float32"))
cuts = st.lists(st.integers(1, 40), max_size=12)
epsilons = st.sampled_from([0.0, 0.5, 1.0, 7.0, 100.0])


def prefixes(stroke: np.ndarray, cuts: list[int]) -> list[np.ndarray]:
    """The stroke as it grows: after every cut, and whole."""
    return [stroke[:n] for n in sorted({n for n in cuts if n < len(stroke)} | {len(stroke)})]


def is_finely_resampled(stroke: np.ndarray, epsilon: float) -> bool:
    """Whether it has less than `MOST_POINTS`, which are resampled in ever coarser steps."""
    way = float(np.hypot(*np.diff(stroke.astype("float64"), axis=0).T).sum())
    return epsilon == 0.0 or way / (epsilon / 8) < MOST_POINTS - 1


def distance(point: np.ndarray, start: np.ndarray, stop: np.ndarray) -> float:
    along, length2 = stop - start, float(np.sum((stop - start) ** 2))
    share = min(max(float((point - start) @ along) / length2, 0.0), 1.0) if length2 else 0.0
    return float(np.linalg.norm(point - (start + share * along)))


def scribble(n: int, seed: int = 3) -> np.ndarray:
    """A hand that goes round and round, 240 places a second."""
    at = np.arange(n)[:, None] / 240 * [1.3, 1.1] + np.random.default_rng(seed).uniform(0, 6, 2)
    found: np.ndarray = 54 + 36 * np.sin(at) + 9 * np.cos(3.7 * at)
    return found.astype("float32")


@given(strokes, cuts, epsilons)
def test_what_is_heard_while_it_grows_is_what_is_heard_of_the_whole(
    stroke: np.ndarray, cuts: list[int], epsilon: float
) -> None:
    assume(not cuts or is_finely_resampled(stroke, epsilon))
    growing = Growing(epsilon, long=100_000)
    for part in prefixes(stroke, cuts):
        assert growing.heard(part).tolist() == as_trained(part, epsilon).tolist()


def test_a_stroke_of_the_usual_length_is_heard_point_for_point() -> None:
    scale, growing, stroke = Scale(109.0, 1.0, 80, (0.5, 0.5)), Growing(1.0), scribble(500)
    for n in range(1, len(stroke) + 1):
        points = to_points([growing.heard(stroke[:n])], scale.first, end=False)
        assert points.tolist() == heard([stroke[:n]], scale, 1.0).tolist()
    assert growing.n_settled == 0


@given(strokes, cuts, st.sampled_from([0.5, 1.0, 7.0]), st.sampled_from([4, 9, 40]))
def test_of_a_long_stroke_the_beginning_is_settled_and_nothing_is_far_from_the_line(
    stroke: np.ndarray, cuts: list[int], epsilon: float, long: int
) -> None:
    assume(is_finely_resampled(stroke, epsilon))
    growing = Growing(epsilon, long)
    settled: list[list[float]] = []
    for part in prefixes(stroke, cuts):
        found = growing.heard(part)
        assert found.dtype == np.float32 and len(found) >= 2
        assert found[:: len(found) - 1].tolist() == part[:: max(1, len(part) - 1)][[0, -1]].tolist()
        assert found[: len(settled)].tolist() == settled, "what is settled stays"
        dense = resample(part, epsilon / 8).astype("float64")
        assume(len(np.unique(dense, axis=0)) == len(dense))  # else a corner does not say which point it is
        rows, row = [], 0
        for corner in found[:-1]:  # each is a point of the resampled stroke, in order
            row += int(np.argmax((dense[row:] == corner).all(axis=1)))
            assert dense[row].tolist() == corner.tolist()
            rows.append(row)
        for start, stop in zip(rows, [*rows[1:], len(dense) - 1], strict=True):
            for point in dense[start:stop:5]:
                assert distance(point, dense[start], dense[stop]) <= epsilon + 1e-5
        settled = growing.heard(part)[: growing.n_settled].tolist()


@pytest.mark.parametrize("more", [-1.5, -1.0, -0.5, 0.0, 0.5])
def test_as_many_points_as_can_be_are_those_of_the_whole(more: float) -> None:
    step = 0.5 / 8
    corner = 9999 * step  # a multiple of this step, and not of one twice as long
    stroke = np.array([[0, 0], [corner, 0], [corner, (MOST_POINTS + more) * step - corner]], "float32")
    assert Growing(0.5, long=100_000).heard(stroke).tolist() == as_trained(stroke, 0.5).tolist()
    assert len(resample(stroke, step)) <= MOST_POINTS


def test_more_than_can_be_resampled_at_once_is_another_stroke() -> None:
    """In ever coarser steps, as elsewhere; what was settled before is not any more."""
    growing, start = Growing(0.5, long=4), np.array([[0, 0], [0, 1]], "float32")
    growing.heard(start)
    assert growing.n_settled > 0
    far = np.r_[start, [[0, MOST_POINTS / 16 + 2]], [[9, 0]]].astype("float32")
    assert growing.heard(far).tolist() == as_trained(far, 0.5).tolist()
    assert growing.n_settled == 0


def test_a_scribble_without_end_costs_no_more_than_its_last_part() -> None:
    growing, stroke = Growing(1.0, long=500), scribble(6000)
    for n in range(4, len(stroke), 4):
        growing.heard(stroke[:n])
        assert growing.n_open <= 530
    found = growing.heard(stroke)
    assert len(found) <= 1.25 * len(as_trained(stroke, 1.0)), "hardly more corners than there must be"


def test_another_stroke_is_another_stroke() -> None:
    growing = Growing(1.0)
    one, other = scribble(200), scribble(150, seed=4)
    for stroke in (one, other, other[:50], one, np.r_[one[:100], other[100:]]):
        assert growing.heard(stroke).tolist() == as_trained(stroke, 1.0).tolist()


def test_a_jump_across_the_universe_is_heard() -> None:
    growing = Growing(1.0)
    growing.heard(scribble(50))
    far = np.r_[scribble(50), [[1e30, 0.0]]].astype("float32")
    assert growing.heard(far).tolist() == as_trained(far, 1.0).tolist()


@pytest.mark.parametrize("bad", [[[0.0, np.nan]], [[1e38, 0.0]], np.zeros((0, 2))])
def test_what_is_no_stroke_is_said_as_elsewhere(bad: object) -> None:
    growing = Growing(1.0)
    growing.heard(scribble(20))
    with pytest.raises(ValueError, match="points: expected"):
        growing.heard(np.array(bad, "float32"))
    assert growing.heard(scribble(30)).tolist() == as_trained(scribble(30), 1.0).tolist()


@pytest.mark.parametrize("epsilon", [1e-310, pytest.param(1e-300, marks=pytest.mark.slow), 1e300])
def test_an_epsilon_that_nobody_means_is_heard_as_the_whole_is(epsilon: float) -> None:
    stroke = np.array([[0, 0], [5, 1], [9, 9]], "float32")
    growing = Growing(epsilon)
    for n in (1, 2, 3):
        assert growing.heard(stroke[:n]).tolist() == as_trained(stroke[:n], epsilon).tolist()
