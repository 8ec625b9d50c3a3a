"""What the network hears: shapes, scales, and nothing of the future."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mdn.columns import TOUCH, Column, controller_columns, sketch_columns
from mdn.densities import Past
from mdn.features import Features
from mdn.heads import OLDEST, Head

EVENT = np.array([0.75, 0.10, 0.019, 1.0], "float32")
STEP = np.array([0.05, -0.02, -0.281, 1.0], "float32")


def hear(
    columns: tuple[Column, ...],
    event: np.ndarray,
    step: np.ndarray,
    known: float = 1.0,
    densities: tuple[str, ...] = (),
) -> np.ndarray:
    """What the first layer takes: the features, centred and scaled."""
    features = Features(columns, densities)
    place = event[..., :2]
    past = Past(event, step, 1.5 * place, 0.5 * place, 1.2 * place, 2.0 * place, 0.6 * step[..., :2])
    heard = features(np, past, np.full((*event.shape[:-1], 1), known, "float32"))
    scaled: np.ndarray = (heard - features.centre) * features.scale
    return scaled


@pytest.mark.parametrize(
    ("columns", "densities", "n_features"),
    [
        (TOUCH, (), 2 + 2 * 3 + 2 * 2 + 1 + 16 + 2 + 1 + 1 + 1),
        (TOUCH, OLDEST, 2 + 2 * 3 + 1 + 1 + 1),
        (TOUCH[:2], (), 2 + 2 * 3 + 2 * 2 + 16 + 2 + 1),
        (controller_columns(1), (), 1 + 1 * 3 + 1 + 1),
        (controller_columns(8), (), 8 + 8 * 3 + 1 + 1),
        (controller_columns(8), OLDEST, 8 + 8 * 2 + 1 + 1),
        (sketch_columns(50.0, "px"), (), 2 * 3 + 8 + 16 + 3 + 1),
    ],
)
@pytest.mark.parametrize("shape", [(), (5,), (2, 3)])
def test_there_are_as_many_as_said_in_float32(
    columns: tuple[Column, ...], densities: tuple[str, ...], n_features: int, shape: tuple[int, ...]
) -> None:
    features = Features(columns, densities)
    event = np.full((*shape, len(columns)), 0.5, "float32")
    past = Past(event, 0.1 * event, *[event[..., :2]] * 5)
    heard = features(np, past, np.ones((*shape, 1), "float32"))
    assert features.n_features == n_features
    assert heard.shape == (*shape, n_features) and heard.dtype == np.float32


def test_touch_features_are_what_they_are_said_to_be() -> None:
    heard = hear(TOUCH, EVENT, STEP)
    dx, dy = 0.05, -0.02
    steps = [math.tanh(k * d) for k in (300, 40, 5) for d in (dx, dy)]
    place, ending = [0.5, -0.8], [0.5 * math.log(0.020 / 0.017), 1.0, 1.0]
    expected = [
        *steps,
        *[math.tanh(k * 0.6 * d) for k in (300, 40) for d in (dx, dy)],
        math.tanh(8 * math.log(0.020 / 0.018)),
        *[math.sin(2 * math.pi * k * p) for k in (1, 2, 4, 8) for p in (0.75, 0.10)],
        *[math.cos(2 * math.pi * k * p) for k in (1, 2, 4, 8) for p in (0.75, 0.10)],
        *place,
        0.75,  # twice the way since the contact began, at half of the place
        0.10,
        *ending,
    ]
    assert heard == pytest.approx(expected, abs=2e-5)
    older = hear(TOUCH, EVENT, STEP, densities=OLDEST)
    assert older == pytest.approx(place + steps + ending, abs=2e-5)


def test_the_features_of_knobs_are_those_the_model_was_made_with() -> None:
    """The smallest step of MIDI is heard as nearly 1 at the finest magnification, which older models lack."""
    columns, step = controller_columns(2), 1 / 127
    past = Past(np.array([0.02, 0.5, 0.5], "float32"), np.array([0.0, step, 0.0], "float32"))
    fine, older = (
        Features(columns, densities)(np, past, np.ones(1, "float32"))
        for densities in (("seconds", "knobs"), ("seconds", "values"))
    )
    assert fine[2:8] == pytest.approx([math.tanh(m * s) for m in (300, 60, 4) for s in (step, 0)], abs=1e-6)
    assert fine[2] > 0.98
    assert older[2:6] == pytest.approx([math.tanh(m * s) for m in (60, 4) for s in (step, 0)], abs=1e-6)


def test_a_first_event_has_no_step_and_says_so() -> None:
    heard = hear(TOUCH, EVENT, np.zeros(4, "float32"), 0.0)
    assert heard[:10].tolist() == [0.0] * 10
    assert heard[-1] == 0.0


def test_each_number_of_the_event_is_heard() -> None:
    base = hear(TOUCH, EVENT, STEP)
    for column in range(4):
        other = EVENT.copy()
        other[column] = 0.4
        assert (hear(TOUCH, other, STEP) != base).any(), TOUCH[column].name


def test_an_event_is_heard_alike_wherever_it_stands() -> None:
    """No leak along time: features of an event do not change with what follows or precedes further back."""
    rng = np.random.default_rng(4)
    events = rng.random((6, 4)).astype("float32")
    steps = np.diff(events, axis=0, prepend=events[:1])
    whole = hear(TOUCH, events, steps)
    for i in range(6):
        assert whole[i].tolist() == hear(TOUCH, events[i], steps[i]).tolist()


def test_features_are_of_order_one_over_the_whole_range() -> None:
    rng = np.random.default_rng(5)
    for columns in (TOUCH, controller_columns(4), sketch_columns(50.0, "px")):
        low, high = ([getattr(c, end) for c in columns] for end in ("low", "high"))
        events = rng.uniform(low, high, (500, len(columns))).astype("float32")
        heard = hear(columns, events, events - events[::-1])
        assert np.isfinite(heard).all() and np.abs(heard).max() < 4.0


def test_the_pen_is_heard_as_one_of_three() -> None:
    for pen in range(3):
        heard = hear(sketch_columns(50.0, "px"), np.array([1.0, 2.0, pen], "float32"), np.zeros(3, "float32"))
        assert heard[30:33].tolist() == [float(pen == s) for s in range(3)]


def test_a_pen_is_heard_with_the_way_it_has_come() -> None:
    """In half boxes: since the drawing and since the stroke began, and from the sides of what is drawn."""
    event = np.array([10.0, -4.0, 0.0], "float32")
    heard = hear(sketch_columns(50.0, "px"), event, event)
    assert heard[:2] == pytest.approx([1.0, math.tanh(300 * -4 / 50)])
    assert heard[6:10] == pytest.approx([15 / 25, -6 / 25, 10 / 25, -4 / 25])
    assert heard[10:14] == pytest.approx([3 / 25, -1.2 / 25, 5 / 25, -2 / 25])


def test_a_place_is_heard_as_waves_of_an_eighth_of_the_box_and_longer() -> None:
    """x, y of each wave: sines, then cosines."""
    event = np.array([10.0, -4.0, 0.0], "float32")
    heard = hear(sketch_columns(50.0, "px"), event, event)
    turns = [k * p / 50 for k in (1, 2, 4, 8) for p in (15.0, -6.0)]
    waves = [f(2 * math.pi * turn) for f in (math.sin, math.cos) for turn in turns]
    assert heard[14:30] == pytest.approx(waves, abs=1e-5)


def test_columns_of_time_alone_are_refused() -> None:
    """There is nothing to see or hear in them, so head and features say so alike."""
    for refuses in (lambda: Head(TOUCH[2:3], 2), lambda: Features(TOUCH[2:3])):
        with pytest.raises(ValueError, match="columns: expected positions, offsets or values, got none"):
            refuses()
