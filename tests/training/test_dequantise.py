"""The noise that scores are defined by: which numbers are drawn, in which order, and how far they reach."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mdn.columns import TOUCH, Kind, controller_columns, sketch_columns
from models.manifest import Scale
from training.corpus import read_corpus
from training.dequantise import dequantise, half_width
from training.scoring import SCORED_EVENTS, prepare


def test_touch_draws_places_row_by_row_and_then_times() -> None:
    events = np.array([[0.25, 0.5, 0.0, 0.0], [0.75, 0.5, 0.02, 1.0]], "float32")
    noisy = dequantise(events, TOUCH, np.random.default_rng(7))
    # numpy.random.default_rng(7): uniform(-0.001, 0.001) four times, then uniform(-0.0005, 0.0005) twice.
    plain = np.random.default_rng(7)
    places = [plain.uniform(-0.001, 0.001) for _ in range(4)]
    times = [plain.uniform(-0.0005, 0.0005) for _ in range(2)]
    expected = [
        [0.25 + places[0], 0.5 + places[1], abs(times[0]), 0.0],
        [0.75 + places[2], 0.5 + places[3], abs(np.float32(0.02) + times[1]), 1.0],
    ]
    assert noisy.tolist() == np.array(expected, "float32").tolist()


def test_the_seeded_numbers_are_these() -> None:
    """Literal, so that no change of generator or order goes unseen."""
    events = np.array([[0.5, 0.5, 0.02, 1.0], [0.5, 0.5, 0.0, 0.0]], "float32")
    noisy = dequantise(events, TOUCH, np.random.default_rng(7)).astype("float64")
    expected = [[0.50025019, 0.50079443, 0.01980017, 1.0], [0.50055137, 0.49945041, 0.00037355, 0.0]]
    assert noisy == pytest.approx(np.array(expected), abs=4e-8)


def test_controllers_draw_times_and_then_knobs_row_by_row() -> None:
    events = np.array([[0.02, 0.25, 0.5], [0.0, 0.75, 0.5], [0.1, 0.75, 0.5], [0.1, 0.75, 0.6]], "float32")
    noisy = dequantise(events, controller_columns(2), np.random.default_rng(7))
    plain = np.random.default_rng(7)
    times = np.array([plain.uniform(-0.0005, 0.0005) for _ in range(4)])
    knobs = np.array([plain.uniform(-1 / 256, 1 / 256) for _ in range(8)]).reshape(4, 2)
    assert noisy[:, 0] == pytest.approx(np.abs(events[:, 0] + times), abs=1e-8)
    # The first knob moves in the second event, the other one in the last.
    first, other = 0.75 + knobs[1, 0], np.float32(0.6) + knobs[3, 1]
    assert noisy[:, 1] == pytest.approx([0.25, first, first, first], abs=1e-7)
    assert noisy[:, 2] == pytest.approx([0.5, 0.5, 0.5, other], abs=1e-7)


def test_a_knob_that_rests_repeats_exactly_and_one_that_moves_moves() -> None:
    rng = np.random.default_rng(3)
    knobs = np.round(np.cumsum(rng.integers(-1, 2, (400, 3)), axis=0) / 127.0 + 0.5, 6)
    events = np.column_stack([np.full(400, 0.02), knobs]).astype("float32")
    noisy = dequantise(events, controller_columns(3), rng)
    assert ((np.diff(noisy[:, 1:], axis=0) != 0.0) == (np.diff(events[:, 1:], axis=0) != 0.0)).all()
    assert 0.9 / 256 < np.abs(noisy - events)[:, 1:].max() <= 1 / 256 + 1e-7


def test_a_density_that_knows_no_repeats_is_given_noise_in_every_event() -> None:
    events = np.full((4, 3), 0.5, "float32")
    noisy = dequantise(events, controller_columns(2), np.random.default_rng(7), ("seconds", "values"))
    assert (np.diff(noisy[:, 1:], axis=0) != 0.0).all()


def test_drawings_draw_steps_and_leave_the_pen() -> None:
    events = np.array([[3.0, -2.0, 1.0]], "float32")
    noisy = dequantise(events, sketch_columns(50.0, "px"), np.random.default_rng(7))
    plain = np.random.default_rng(7)
    assert noisy[0] == pytest.approx(
        [3 + plain.uniform(-0.05, 0.05), -2 + plain.uniform(-0.05, 0.05), 1], abs=1e-6
    )


@pytest.mark.parametrize(("grid", "half"), [(0.0, 0.05), (0.02, 0.05), (1.0, 0.5), (0.4, 0.2)])
def test_offsets_are_spread_over_half_of_the_models_grid_either_way(grid: float, half: float) -> None:
    events, columns = np.zeros((20_000, 3), "float32"), sketch_columns(109.0, "")
    scale = Scale(109.0, 1.0, 80, (0.0, 0.0), grid=grid)
    noisy = dequantise(events, columns, np.random.default_rng(7), drawing=scale).astype("float64")
    assert half_width(Kind.OFFSET, scale) == half
    assert 0.999 * half < np.abs(noisy[:, :2]).max(axis=0).min() <= np.abs(noisy).max() <= half + 1e-7
    assert noisy[:, :2].std() == pytest.approx(half / np.sqrt(3), rel=0.01)
    assert not noisy[:, 2].any()
    plain = np.random.default_rng(7)
    assert noisy[:2, :2].ravel() == pytest.approx([plain.uniform(-half, half) for _ in range(4)], abs=1e-7)


def test_a_grid_of_drawings_is_none_of_other_columns() -> None:
    scale = Scale(109.0, 1.0, 80, (0.0, 0.0), grid=1.0)
    for kind in (Kind.POSITION, Kind.SECONDS, Kind.VALUE, Kind.PEN):
        assert half_width(kind, scale) == half_width(kind)


def test_the_noise_stays_in_its_bounds_and_fills_them() -> None:
    events = np.tile(np.array([0.5, 0.5, 0.02, 1.0], "float32"), (20_000, 1))
    noisy = dequantise(events, TOUCH, np.random.default_rng(1)).astype("float64")
    for column, half in ((0, 1e-3), (1, 1e-3), (2, 5e-4)):
        off = noisy[:, column] - float(events[0, column])
        assert np.abs(off).max() <= half + 1e-7
        assert off.min() < -0.99 * half and off.max() > 0.99 * half
        # Uniform: the deviation is half / sqrt(3), known to about half a percent from 20 000 draws.
        assert off.std() == pytest.approx(half / np.sqrt(3), rel=0.02)
        assert off.mean() == pytest.approx(0.0, abs=0.03 * half)
    assert (noisy[:, 3] == 1.0).all()


def test_seconds_are_never_negative() -> None:
    events = np.zeros((1000, 4), "float32")
    assert (dequantise(events, TOUCH, np.random.default_rng(2))[:, 2] >= 0.0).all()


def test_the_data_is_left_as_it_was() -> None:
    events = np.full((3, 4), 0.5, "float32")
    noisy = dequantise(events, TOUCH, np.random.default_rng(2))
    assert (events == 0.5).all() and noisy.dtype == np.float32


@pytest.mark.shared
def test_the_validation_part_is_scored_as_its_readme_says(shared_folder: Path) -> None:
    """One generator of seed 7 over the performances in file order; written out again from the sentence."""
    path = shared_folder / "data" / "touch-valid.npz"
    with np.load(path) as archive:
        data = dict(archive)
    rng = np.random.default_rng(7)
    expected = []
    for start, end in zip(data["offsets"][:-1], data["offsets"][1:], strict=True):
        events = data["values"][start:end].astype("float64")
        events[:, :2] += rng.uniform(-0.001, 0.001, (len(events), 2))
        events[:, 2] = np.abs(events[:, 2] + rng.uniform(-0.0005, 0.0005, len(events)))
        expected.append(events.astype("float32")[:512])
    found = [performance for (performance,) in prepare(read_corpus(path))]
    assert SCORED_EVENTS == 512 and len(found) == len(expected) == 135
    for mine, theirs in zip(found, expected, strict=True):
        assert mine.tolist() == theirs.tolist()
