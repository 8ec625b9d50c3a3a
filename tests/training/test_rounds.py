"""Batches of one shape however much was played, and the weight of what happens rarely."""

from __future__ import annotations

import numpy as np
import pytest

from mdn.columns import TOUCH, controller_columns
from mdn.past_features import Route
from training.rounds import LEAST_BEGINNING, MOST_WEIGHT, WEIGHED, rounds, weigh, weight_of_beginnings
from training.streams import Batch

ROUTE = Route(TOUCH)
SHAPE = {"n_batches": 3, "n_streams": 4, "n_steps": 10}


def touches(n: int, x: float, every: int = 10**9) -> np.ndarray:
    """`n` events at `x`; a contact begins with every `every`-th."""
    moving = (np.arange(n) % every != 0).astype("float32")
    return np.column_stack([np.full(n, x), np.full(n, 0.5), np.full(n, 0.02), moving]).astype("float32")


@pytest.mark.parametrize("n_events", [7, 100, 5_000])
def test_the_shape_does_not_depend_on_how_much_was_played(n_events: int) -> None:
    batches = list(rounds(lambda: [touches(n_events, 0.1)], None, ROUTE, share=0.5, **SHAPE))
    assert len(batches) == 3
    for batch in batches:
        assert batch.inputs.shape[:2] == batch.weights.shape == (4, 10)
        # All but the last event of each piece has a next one: hardly a place is empty.
        assert batch.weights.mean() >= 1.0 - 2.0 / n_events


def test_what_is_given_anew_is_heard_anew() -> None:
    """Sparse play is varied with every pass, not once an epoch."""
    given: list[float] = []

    def own() -> list[np.ndarray]:
        given.append(0.001 * len(given))
        return [touches(7, given[-1])]

    batches = list(rounds(own, None, ROUTE, share=0.0, **SHAPE))
    seen = {round(float(x), 3) for batch in batches for x in np.unique(batch.inputs[..., 0])}
    assert len(given) >= 17 and len(seen) >= 17


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (0.25, 1), (0.5, 2), (1.0, 3)])
def test_older_play_has_its_share_of_the_streams_and_never_all(share: float, expected: int) -> None:
    batches = rounds(lambda: [touches(50, 0.1)], lambda: [touches(50, 0.9)], ROUTE, share=share, **SHAPE)
    for batch in batches:
        older = (batch.inputs[..., 0] > 0.5).all(axis=1)
        assert older.tolist() == [False] * (4 - expected) + [True] * expected


def test_rare_beginnings_are_weighed_and_later_no_more() -> None:
    swipes = [touches(1_500, 0.5, every=150)]
    weights = [weight_of_beginnings(swipes, TOUCH, progress) for progress in (0.0, WEIGHED / 2, WEIGHED, 1.0)]
    # They have the share of the weight that is meant to be theirs.
    share = np.mean(swipes[0][1:, 3] < 0.5)
    odds = LEAST_BEGINNING / (1 - LEAST_BEGINNING) * (1 - share) / share
    assert weights[0] == pytest.approx(min(odds, MOST_WEIGHT))
    assert weights[0] > weights[1] > 1.0 == weights[2] == weights[3]


def test_taps_drags_without_a_lift_and_knobs_are_not_weighed() -> None:
    assert weight_of_beginnings([touches(100, 0.5, every=1)], TOUCH, 0.0) == 1.0
    assert weight_of_beginnings([touches(100, 0.5)], TOUCH, 0.0) == 1.0
    assert weight_of_beginnings([np.zeros((100, 3), "float32")], controller_columns(2), 0.0) == 1.0


def test_only_events_that_begin_a_contact_are_weighed() -> None:
    targets = touches(6, 0.5, every=3)[None]
    weights = np.array([[1, 1, 1, 1, 1, 0]], "float32")
    batch = weigh(Batch(targets, targets, weights), TOUCH, 5.0)
    assert batch.weights.tolist() == [[5, 1, 1, 5, 1, 0]]
    assert batch.weights.dtype == np.float32
