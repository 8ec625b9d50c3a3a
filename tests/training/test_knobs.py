"""What a controller is shown as: its symmetries, its leaps, and which density it gets."""

from __future__ import annotations

import numpy as np

from mdn.columns import TOUCH, controller_columns
from training.augment import augment, turn_knobs
from training.corpus import Corpus
from training.knob_manners import FEWEST, few_knobs, knob_manners, leap_knobs
from training.train import densities_for, plan

COLUMNS = controller_columns(3)
EVENTS = np.array([[0.5, 0.1, 0.3, 0.4], [0.2, 0.1, 0.35, 0.4]], "float32")


def seen(symmetries: int) -> set[tuple[float, ...]]:
    rng = np.random.default_rng(1)
    rows = (turn_knobs(EVENTS, COLUMNS, symmetries, rng)[0] for _ in range(800))
    return {tuple(row.astype("float64").round(4).tolist()) for row in rows}


def test_four_mirror_each_knob_by_itself() -> None:
    expected = {(0.5, a, b, c) for a in (0.1, 0.9) for b in (0.3, 0.7) for c in (0.4, 0.6)}
    assert seen(4) == expected


def test_eight_put_them_in_every_order_too() -> None:
    found = seen(8)
    assert len(found) == 6 * 8
    for row in found:
        assert row[0] == 0.5
        assert sorted(min(v, round(1 - v, 4)) for v in row[1:]) == [0.1, 0.3, 0.4]


def test_one_changes_nothing_and_nothing_is_changed_in_place() -> None:
    before = EVENTS.copy()
    copy = turn_knobs(EVENTS, COLUMNS, 1, np.random.default_rng(2))
    assert copy.tolist() == EVENTS.tolist() and copy is not EVENTS
    turn_knobs(EVENTS, COLUMNS, 8, np.random.default_rng(2))
    assert EVENTS.tolist() == before.tolist()


def test_a_movement_stays_one_knob_of_the_same_size() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        step = np.diff(turn_knobs(EVENTS, COLUMNS, 8, rng)[:, 1:], axis=0)[0]
        assert np.sort(np.abs(step)).round(4).tolist() == np.float32([0, 0, 0.05]).tolist()


def test_a_canvas_has_no_knobs_and_a_controller_no_canvas() -> None:
    touch = np.array([[0.1, 0.3, 0.02, 1.0]], "float32")
    assert turn_knobs(touch, TOUCH, 8, np.random.default_rng(4)).tolist() == touch.tolist()
    rng = np.random.default_rng(5)
    assert any(augment(touch, TOUCH, 8, rng).tolist() != touch.tolist() for _ in range(20))
    assert any(augment(EVENTS, COLUMNS, 8, rng).tolist() != EVENTS.tolist() for _ in range(20))


def turning(n_events: int, n_moving: int = 1, seed: int = 6) -> np.ndarray:
    """Three knobs of which `n_moving` move a little in each event, 0.02 s apart."""
    rng = np.random.default_rng(seed)
    steps = np.zeros((n_events, 3))
    for row in steps:
        row[rng.permutation(3)[:n_moving]] = rng.choice([-0.02, 0.02])
    knobs = 0.5 + 0.5 * np.sin(np.cumsum(steps, axis=0))
    return np.column_stack([np.full(n_events, 0.02), knobs]).astype("float32")


def test_leaps_are_moves_of_one_knob_among_few_places_in_the_order_of_the_log() -> None:
    events, found = turning(2000), 0
    is_even: list[bool] = []
    for seed in range(20):
        leaping = leap_knobs(events, COLUMNS, np.random.default_rng(seed))
        assert leaping.dtype == np.float32 and leaping.shape[1] == 4
        if not len(leaping):
            continue
        found += 1
        steps = np.diff(leaping[:, 1:], axis=0)
        assert ((steps != 0.0).sum(axis=1) == 1).all() and len(steps) >= FEWEST
        assert max(len(np.unique(knob)) for knob in leaping[:, 1:].T) <= 11
        assert leaping[:, 1:].min() >= 0.0 and leaping[:, 1:].max() <= 1.0
        assert 0.0 < leaping[:, 0].sum() <= events[:, 0].sum() + 1e-3
        sizes = np.abs(steps[steps != 0.0])
        is_even.append(np.ptp(sizes) < 1e-6)
    assert found >= 15 and 0.2 < np.mean(is_even) < 0.8
    assert np.abs(steps[steps != 0.0]).mean() > 4 * np.abs(np.diff(events[:, 1:], axis=0)).max(axis=1).mean()


def test_there_are_no_leaps_without_knobs_or_without_moves() -> None:
    rng = np.random.default_rng(8)
    assert leap_knobs(np.full((50, 4), 0.5, "float32"), COLUMNS, rng).shape == (0, 4)
    state = rng.bit_generator.state
    assert leap_knobs(np.full((50, 4), 0.5, "float32"), TOUCH, rng).shape == (0, 4)
    assert rng.bit_generator.state == state  # performances without knobs are varied as they were


def test_few_knobs_move_and_the_others_rest_where_they_were() -> None:
    events, seen = turning(400), set()
    for seed in range(40):
        few = few_knobs(events, COLUMNS, np.random.default_rng(seed))
        moved = np.diff(few[:, 1:], axis=0) != 0.0
        n_moving = int(moved.any(axis=0).sum())
        seen.add(n_moving)
        assert moved.sum(axis=1).max() == 1 and moved.sum() >= FEWEST - 1
        others = ~moved.any(axis=0)
        assert (few[:, 1:][:, others] == few[0, 1:][others]).all()
        assert all(row in events[:, 1:][:, ~others].tolist() for row in few[:, 1:][:, ~others].tolist())
    assert seen == {1, 2, 3}


def test_a_log_is_shown_in_these_manners_too() -> None:
    manners = knob_manners(turning(2000), COLUMNS, np.random.default_rng(9))
    assert len(manners) > 3 and all(len(manner) > FEWEST for manner in manners)
    assert knob_manners(turning(2000), TOUCH, np.random.default_rng(9)) == []


def test_knobs_that_move_together_get_the_density_that_moves_them_together() -> None:
    alone, together = (Corpus(COLUMNS, (turning(400, n),)) for n in (1, 2))
    assert densities_for(alone) == () and plan(alone, {}).densities == ()
    assert densities_for(together) == ("seconds", "values") == plan(together, {}).densities
    assert densities_for(Corpus(TOUCH, (np.full((50, 4), 0.5, "float32"),))) == ()
