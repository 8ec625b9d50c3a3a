"""Packing performances into streams: every event once, with its true predecessor and its true target."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdn.columns import controller_columns
from mdn.past_features import Route
from training.streams import Batch, cut, pack

STEPS = Route(controller_columns(1))  # two columns


def numbered(lengths: Sequence[int]) -> list[list[np.ndarray]]:
    """Performances whose events say who they are: (performance, event), both from 1; each alone."""
    return [
        [np.column_stack([np.full(n, p), np.arange(1, n + 1)]).astype("float32")]
        for p, n in enumerate(lengths, start=1)
    ]


def joined(batches: list[Batch]) -> Batch:
    return Batch(
        np.concatenate([b.inputs for b in batches], axis=1),
        np.concatenate([b.targets for b in batches], axis=1),
        np.concatenate([b.weights for b in batches], axis=1),
    )


def test_two_performances_in_one_stream_literally() -> None:
    (batch,) = pack(numbered([3, 2]), STEPS, n_streams=1, n_steps=6)
    assert batch.inputs[0].tolist() == [
        [1, 1, 0, 0, 0],
        [1, 2, 0, 1, 1],
        [1, 3, 0, 1, 1],
        [2, 1, 0, 0, 0],
        [2, 2, 0, 1, 1],
        [0, 0, 0, 0, 0],
    ]
    assert batch.targets[0].tolist() == [[1, 2], [1, 3], [0, 0], [2, 2], [0, 0], [0, 0]]
    assert batch.weights[0].tolist() == [1, 1, 0, 1, 0, 0]


def test_a_performance_that_follows_another_is_heard_with_it_and_its_first_event_is_not_scored() -> None:
    (first,), (second,), (third,) = numbered([3, 2, 1])
    (batch,) = pack([[first, second], [third]], STEPS, n_streams=1, n_steps=6)
    assert batch.inputs[0].tolist() == [
        [1, 1, 0, 0, 0],
        [1, 2, 0, 1, 1],
        [1, 3, 0, 1, 1],
        [2, 1, 1, -2, 1],
        [2, 2, 0, 1, 1],
        [3, 1, 0, 0, 0],
    ]
    assert batch.weights[0].tolist() == [1, 1, 0, 1, 0, 0]


def test_each_next_performance_goes_to_the_shortest_stream() -> None:
    (batch,) = pack(numbered([4, 2, 1, 3]), STEPS, n_streams=2, n_steps=6)
    assert batch.inputs[:, :, 0].tolist() == [[1, 1, 1, 1, 0, 0], [2, 2, 3, 4, 4, 4]]


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 30), min_size=1, max_size=12),
    n_streams=st.integers(1, 6),
    n_steps=st.integers(1, 11),
)
def test_every_event_appears_once_with_its_neighbours(
    lengths: list[int], n_streams: int, n_steps: int
) -> None:
    batches = list(pack(numbered(lengths), STEPS, n_streams=n_streams, n_steps=n_steps))
    for batch in batches:
        assert batch.inputs.shape == (n_streams, n_steps, 5) and batch.inputs.dtype == np.float32
        assert batch.targets.shape == (n_streams, n_steps, 2) and batch.weights.shape == (n_streams, n_steps)
    whole = joined(batches)
    seen: list[tuple[int, int]] = []
    for inputs, targets, weights in zip(whole.inputs, whole.targets, whole.weights, strict=True):
        for at, (row, target, weight) in enumerate(zip(inputs, targets, weights, strict=True)):
            performance, event = int(row[0]), int(row[1])
            if performance == 0:  # padding: silent, and it forgets
                assert not row.any() and not target.any() and weight == 0
                continue
            seen.append((performance, event))
            assert row[4] == (event > 1), "known but for the first event of a performance"
            assert row[2:4].tolist() == ([0, 1] if event > 1 else [0, 0]), "the step that led here"
            if event > 1:
                assert inputs[at - 1, :2].tolist() == [performance, event - 1], "the state carried is its own"
            is_last = event == lengths[performance - 1]
            assert weight == (not is_last)
            assert target.tolist() == ([0, 0] if is_last else [performance, event + 1])
    assert sorted(seen) == [(p, e) for p, n in enumerate(lengths, start=1) for e in range(1, n + 1)]


@pytest.mark.parametrize("n_streams", [1, 3, 8])
def test_more_streams_than_performances_are_padding(n_streams: int) -> None:
    whole = joined(list(pack(numbered([5]), STEPS, n_streams=n_streams, n_steps=4)))
    assert whole.weights.sum() == 4.0 and whole.inputs[1:].sum() == 0.0


@settings(max_examples=60, deadline=None)
@given(n_events=st.integers(2, 60), length=st.integers(4, 20), seed=st.integers(0, 9))
def test_a_long_performance_is_cut_into_pieces_that_follow_each_other(
    n_events: int, length: int, seed: int
) -> None:
    ((whole,),) = numbered([n_events])
    pieces = cut(whole, length, np.random.default_rng(seed))
    assert all(2 <= len(piece) <= length + 1 for piece in pieces)
    assert np.concatenate(pieces).tolist() == whole.tolist()


def test_a_short_performance_stays_whole_and_draws_no_number() -> None:
    rng = np.random.default_rng(1)
    state = rng.bit_generator.state
    ((whole,),) = numbered([20])
    assert [piece is whole for piece in cut(whole, 20, rng)] == [True]
    assert rng.bit_generator.state == state
