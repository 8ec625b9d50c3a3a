"""The maths of `bench_manner.py`, in closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.manner import manner
from tests.bench.manner import scores, statistics
from tests.bench.manner.answerers import ANSWERERS
from tests.bench.manner.hand import Choice
from tests.bench.manner.held_out import HELD_OUT
from tests.bench.manner.motifs import MOTIFS
from tests.bench.manner.phrases import MANNERS, OTHER_MANNERS
from tests.bench.manner.shapes import coming_back, copied, gestures, nearer_own, procrustes


def drag(places: np.ndarray, dt: float = 0.02) -> np.ndarray:
    """One finger along `places` `(n, 2)`."""
    n = len(places)
    return np.column_stack([places, np.full(n, dt) * (np.arange(n) > 0), np.arange(n) > 0])


def taps(times: np.ndarray, places: np.ndarray) -> np.ndarray:
    return np.column_stack([places, np.diff(times, prepend=0.0), np.zeros(len(times))])


def circle(n: int, turns: float, radius: float = 0.2) -> np.ndarray:
    angle = np.linspace(0.0, 2 * np.pi * turns, n)
    return 0.5 + radius * np.column_stack([np.cos(angle), np.sin(angle)])


def line(
    n: int = 30, start: tuple[float, float] = (0.1, 0.5), end: tuple[float, float] = (0.9, 0.5)
) -> np.ndarray:
    return np.linspace(start, end, n)


def test_a_circle_turns_by_as_much_at_every_step_and_all_one_way() -> None:
    events = drag(circle(101, 2))
    assert statistics.turning(events, 2.0) == pytest.approx(2 * np.pi * 2 / 100)
    assert statistics.turning_balance(events, 2.0) == pytest.approx(1.0)
    assert statistics.turning_balance(drag(circle(101, -2)), 2.0) == pytest.approx(-1.0)
    assert statistics.straightness(events, 2.0) == pytest.approx(0.0, abs=1e-9)
    assert statistics.direction_spread(drag(circle(161, 1)), 2.0) == pytest.approx(np.log(8), abs=0.01)


def test_a_line_is_straight_and_lies_one_way() -> None:
    events = drag(line())
    assert statistics.straightness(events, 1.0) == pytest.approx(1.0)
    assert statistics.direction_spread(events, 1.0) == pytest.approx(0.0)
    assert statistics.turning(events, 1.0) == pytest.approx(0.0, abs=1e-9)
    lying = statistics.OTHER["lying or standing"]
    assert lying(events, 1.0) == pytest.approx(1.0)
    assert lying(drag(line(end=(0.1, 0.9))), 1.0) == pytest.approx(-1.0)
    assert statistics.PLAIN["speed"](events, 1.0) == pytest.approx(0.8 / (29 * 0.02))
    assert statistics.PLAIN["step"](events, 1.0) == pytest.approx(0.8 / 29)


def test_what_the_judge_chooses_by_is_known_to_it() -> None:
    tapped = taps(np.arange(5) * 0.3, np.random.default_rng(0).random((5, 2)))
    events = np.concatenate([drag(circle(40, 1)), tapped, drag(line(15), 0.05)])
    judged = manner(events[:, :2], events[:, 2], events[:, 3] < 0.5)
    assert judged[5] * 0.15 == pytest.approx(statistics.leap(events, 5.0))
    assert judged[7] * 0.7 == pytest.approx(statistics.rhythm_spread(events, 5.0))
    assert judged[8] * 0.35 == pytest.approx(statistics.turning(events, 5.0))
    assert set(statistics.JUDGED) == statistics.OTHER.keys() - statistics.UNJUDGED.keys()


def test_equal_gaps_have_no_spread_and_alternating_ones_an_opposite_memory() -> None:
    even = taps(np.arange(20) * 0.25, np.full((20, 2), 0.5))
    assert statistics.rhythm_spread(even[1:], 5.0) == pytest.approx(0.0)
    assert statistics.beat(even, 5.0) == pytest.approx(0.0, abs=1e-9)
    uneven = taps(np.cumsum([0.1, 0.4] * 10), np.full((20, 2), 0.5))
    assert statistics.rhythm_memory(uneven, 5.0) < -0.9
    assert statistics.beat(uneven, 5.0) == pytest.approx(np.log(0.401 / 0.101))


def test_a_leap_is_from_where_the_finger_was_last() -> None:
    events = np.concatenate([drag(line(10, (0.1, 0.1), (0.3, 0.1))), drag(line(10, (0.3, 0.5), (0.3, 0.9)))])
    assert statistics.leap(events, 1.0) == pytest.approx(0.4)
    assert len(statistics.contacts(events)) == 2
    assert statistics.PLAIN["contacts a second"](events, 4.0) == 0.5


@pytest.mark.parametrize("name", statistics.PLAIN | statistics.OTHER)
@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_stretch_of_hardly_anything_has_a_number_or_none(name: str, n: int) -> None:
    value = (statistics.PLAIN | statistics.OTHER)[name](drag(line())[:n], 4.0)
    assert not np.isinf(value)


def test_a_window_holds_what_happens_in_it() -> None:
    events = taps(np.arange(10) * 1.0, np.full((10, 2), 0.5))
    assert len(statistics.cut(events, 4.0, 8.0)) == 4


def test_ranks_share_ties() -> None:
    assert scores.ranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist() == [3.5, 1.0, 3.5, 2.0]


def test_a_silent_answer_agrees_with_nothing() -> None:
    phrases = np.arange(8.0)[:, None]
    assert scores.correlations(phrases, phrases**3, ranked=True)[0] == pytest.approx(1.0)
    assert scores.correlations(phrases, -phrases, ranked=False)[0] == pytest.approx(-1.0)
    assert scores.correlations(phrases, np.full((8, 1), np.nan), ranked=True)[0] == 0.0


def test_an_answer_is_recognised_by_the_manner_of_the_nearest_phrase() -> None:
    phrases, manners = np.array([[0.0], [0.1], [5.0], [5.1]]), np.array([0, 0, 1, 1])
    assert scores.recognised(phrases, np.array([[0.2], [0.0], [4.9], [0.1]]), manners) == 0.75


def test_a_frechet_distance_of_gaussians_is_that_of_means_and_deviations() -> None:
    sample = np.random.default_rng(1).standard_normal((400, 3))
    assert scores.frechet(sample, sample) == pytest.approx(0.0, abs=1e-9)
    assert scores.frechet(sample, sample + np.array([1.0, 0.0, 2.0])) == pytest.approx(5.0)
    variances = np.trace(np.cov(sample.T))
    assert scores.frechet(sample, sample.mean(0) + 3.0 * (sample - sample.mean(0))) == pytest.approx(
        4 * variances
    )


def test_adherence_is_one_for_the_real_pairs_and_zero_for_mismatched_ones() -> None:
    rng = np.random.default_rng(1)
    a = rng.standard_normal((300, 2))
    pairs = np.concatenate([a, a + 0.1 * rng.standard_normal(a.shape)], axis=1)
    mismatched = np.concatenate([a, np.roll(pairs[:, 2:], 1, axis=0)], axis=1)
    assert scores.adherence(pairs, pairs, mismatched) == pytest.approx(1.0)
    assert scores.adherence(mismatched, pairs, mismatched) == pytest.approx(0.0)


def test_a_hole_may_be_before_between_or_after() -> None:
    place = np.full((8, 2), 0.5)
    assert not scores.has_hole(taps(np.arange(1, 9) * 0.5, place), 4.5)
    assert scores.has_hole(taps(np.arange(1, 9) * 0.5, place), 6.0)
    assert scores.has_hole(taps(np.arange(1, 9) * 0.5 + 1.0, place), 4.5)
    assert scores.has_hole(taps(np.array([0.5, 1, 1.5, 2, 3.1, 3.5, 4, 4.2]), place), 4.5)


def test_a_shape_is_the_same_elsewhere_larger_and_turned_but_not_mirrored() -> None:
    hook = np.concatenate([line(20, (0.1, 0.1), (0.1, 0.4)), line(20, (0.1, 0.4), (0.3, 0.4))[1:]])
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    moved, mirrored = 0.5 + 1.7 * hook @ turn, hook * [-1.0, 1.0]
    first, same, other = (gestures(drag(places)) for places in (hook, moved, mirrored))
    assert procrustes(first, same)[0, 0] == pytest.approx(0.0, abs=1e-6)
    assert procrustes(first, other)[0, 0] > 0.2
    assert nearer_own(first, same, other, np.random.default_rng(0)).tolist() == [True]
    assert nearer_own(first, other, same, np.random.default_rng(0)).tolist() == [False]


def test_a_long_contact_is_shapes_of_about_a_second_and_a_tap_is_none() -> None:
    assert len(gestures(drag(circle(251, 5)))) == 5
    assert len(gestures(taps(np.arange(5) * 0.2, np.full((5, 2), 0.5)))) == 0


def test_a_moved_phrase_is_a_copy_and_a_mirrored_one_is_not() -> None:
    rng = np.random.default_rng(3)
    places = 0.5 + np.cumsum(0.005 * rng.standard_normal((250, 2)), axis=0)
    phrase = drag(places)
    assert copied(phrase, drag(places + 0.1), 5.0).max() == pytest.approx(0.0, abs=1e-6)
    assert copied(phrase, drag(places * [-1.0, 1.0]), 5.0).min() > 0.1
    assert len(copied(phrase, drag(np.full((250, 2), 0.5)), 5.0)) == 0


@pytest.mark.parametrize("name", MANNERS | OTHER_MANNERS | MOTIFS | HELD_OUT)
def test_a_manner_is_a_phrase_on_the_canvas_and_another_one_each_time(name: str) -> None:
    manner = (MANNERS | OTHER_MANNERS | MOTIFS | HELD_OUT)[name]

    def play(seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        return manner(Choice.draw(rng), rng, 5.0)

    phrase = play(1)
    assert phrase.shape[1] == 4 and len(phrase) >= 5
    assert phrase[:, :2].min() >= 0.0 and phrase[:, :2].max() <= 1.0
    assert phrase[0, 2] == 0.0 and phrase[:, 2].min() >= 0.0 and 4.0 < phrase[:, 2].sum() <= 5.0
    assert phrase[0, 3] == 0.0 and set(phrase[:, 3].tolist()) <= {0.0, 1.0}
    assert np.array_equal(phrase, play(1))
    assert not np.array_equal(phrase[:5], play(2)[:5])


def test_who_comes_back_to_a_place_is_as_far_from_it_as_the_nearest_time() -> None:
    two = np.array([[0.2, 0.5], [0.8, 0.5], [0.2, 0.51], [0.8, 0.52], [0.2, 0.53]])
    assert coming_back(taps(np.arange(5) * 0.2, two)) == pytest.approx(0.02)
    assert np.isnan(coming_back(taps(np.arange(4) * 0.2, two[:4])))
    assert np.isnan(coming_back(drag(line())))


@pytest.mark.parametrize(("longest_s", "waited_s"), [(0.3, 0.8), (1.5, 1.55)])
def test_an_answer_of_the_app_is_heard_after_its_patience(longest_s: float, waited_s: float) -> None:
    answerer = ANSWERERS["app"]("touch")
    phrase = taps(np.array([0.0, longest_s]), np.full((2, 2), 0.5)).astype("float32")
    answer = np.array([[0.5, 0.5, 0.1, 0.0], [0.6, 0.5, 0.2, 1.0]], "float32")
    assert answerer.waited(phrase, answer)[:, 2] == pytest.approx([waited_s + 0.1, 0.2])
    assert answer[0, 2] == pytest.approx(0.1), "the answer itself is left as it is"
    assert ANSWERERS["free"]("touch").waited(phrase, answer)[0, 2] == pytest.approx(0.1)
