"""The mixture as pictures need it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mdn.columns import TOUCH, controller_columns, sketch_columns
from mdn.densities import Past
from mdn.heads import Head
from mdn.mixture import Mixture, describe

PAST = Past(np.array([0.5, 0.4, 0.02, 1.0]), np.array([0.02, -0.04, 0.0, 0.0]))


def touch_mixture() -> Mixture:
    rows = np.zeros((2, 14))
    rows[0, 0], rows[1, 0] = math.log(3.0) + 50, math.log(1.0) + 50
    rows[:, 1] = math.log(0.021), math.log(0.501)
    rows[:, 3:5] = [[1.0, 2.0], [-1.0, 0.5]]
    rows[:, 5:7] = np.log([[0.1, 0.2], [0.01, 0.02]])
    rows[0, 9] = 0.5  # correlation
    rows[1, 10:12] = 1.0, 0.5
    rows[0, 12] = 5.0  # half of the way to the middle
    rows[:, 13] = 0.0, math.log(9.0)
    return describe(Head(TOUCH, 2), rows.reshape(-1), PAST)


def test_touch_mixture_by_hand() -> None:
    mixture = touch_mixture()
    assert mixture.pi == pytest.approx([0.75, 0.25])
    # The second one goes on: the step, and half of the step turned by a quarter.
    assert mixture.mean == pytest.approx(np.array([[0.6, 0.65], [0.4 + 0.02 + 0.02, 0.45 - 0.04 + 0.01]]))
    x, y, shared = 0.1003, 0.2003, 0.999 * math.tanh(0.5) * 0.1003 * 0.2003
    assert mixture.covariance[0] == pytest.approx(np.array([[x * x, shared], [shared, y * y]]))
    assert mixture.dt_s == pytest.approx([0.02, 0.5])
    assert mixture.moving == pytest.approx([0.5, 0.9])


def test_everything_is_float32_and_shaped_as_documented() -> None:
    mixture = touch_mixture()
    shapes = [part.shape for part in vars(mixture).values()]
    assert shapes == [(2,), (2, 2), (2, 2, 2), (2,), (2,), (2, 0)]
    assert all(part.dtype == np.float32 for part in vars(mixture).values())


def test_a_controller_mixture_describes_its_knobs() -> None:
    head = Head(controller_columns(3), 4)
    mixture = describe(head, head.bias(), Past(np.array([0.02, 0.1, 0.2, 0.3]), np.zeros(4)))
    assert mixture.mean == pytest.approx(np.tile([0.1, 0.2, 0.3], (4, 1)))
    assert mixture.covariance.shape == (4, 3, 3)
    assert mixture.moving.tolist() == [1.0] * 4
    assert mixture.pi.sum() == pytest.approx(1.0, abs=1e-6)


def test_a_very_sure_flag_is_described_without_an_overflow() -> None:
    head = Head(TOUCH, 1)
    params = head.bias()
    params[-1] = -200.0
    assert describe(head, params, PAST).moving.tolist() == [0.0]


def test_a_drawing_mixture_describes_steps_and_pen() -> None:
    head, step = Head(sketch_columns(100.0, "px"), 2), np.array([3.0, 4.0, 0.0])
    params = head.bias()
    params[-3:] = np.log([0.5, 0.3, 0.2])
    mixture = describe(head, params, Past(step, step, np.array([10.0, 6.0]), np.zeros(2)))
    # Every second component starts out aiming at the middle between where the pen is and where it began.
    assert mixture.mean == pytest.approx(np.array([[0.0, 0.0], [-5.0, -3.0]]))
    assert mixture.pen[1] == pytest.approx([0.5, 0.3, 0.2])
    assert mixture.pen.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert mixture.dt_s.tolist() == [0.0, 0.0] and mixture.moving.tolist() == [1.0, 1.0]


def test_knobs_are_described_by_where_they_probably_go() -> None:
    """A knob that moves by 0.1 with probability 1/2, deviation 0.02: half of the change, and the doubt."""
    head = Head(controller_columns(2), 1)
    choice = np.log([0.3, 0.5, 0.2])
    params = np.array([0.0, math.log(0.02), 0.0, *choice, 1.0, math.log(0.02 - 1e-3), 0.0])
    mixture = describe(head, params, Past(np.array([0.02, 0.4, 0.6]), np.zeros(3)))
    assert mixture.mean[0] == pytest.approx([0.45, 0.62])
    square = 0.1**2 + 0.02**2
    expected = [[0.5 * square - 0.05**2, -0.05 * 0.02], [-0.05 * 0.02, 0.2 * square - 0.02**2]]
    assert mixture.covariance[0] == pytest.approx(np.array(expected), abs=1e-8)
