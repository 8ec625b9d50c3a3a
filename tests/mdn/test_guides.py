"""Each density times a guide, against the integral of the two: evidence, moments of the product, limits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdn.columns import TOUCH, controller_columns, sketch_columns
from mdn.densities import Flag, Knobs, Offsets, Pair, Past, Pen, Places, Seconds, Values
from mdn.heads import OLDEST, Head

PAST = Past(np.array([0.52, 0.41, 0.016, 1.0]), np.array([0.021, -0.034, 0.001, 0.0]))
HEADS = (
    Head(TOUCH, 5),
    Head(TOUCH, 5, OLDEST),
    Head(controller_columns(3), 5),
    Head(controller_columns(3), 5, OLDEST),
    Head(sketch_columns(100.0, "px"), 5),
)

numbers = st.floats(-1.0, 1.0, allow_subnormal=False)
precisions = st.floats(-3.0, 9.0).map(lambda exponent: math.exp(exponent) if exponent > -2.9 else 0.0)
temperatures = st.floats(0.05, 3.0)
nodes, weights = np.polynomial.hermite_e.hermegauss(60)
weights = weights / weights.sum()  # of a standard normal


def component(density: Any, draw: list[float]) -> np.ndarray:
    """Parameters of one component, `(1, n_rows)`, a little off those training starts from."""
    return np.asarray(density.bias(3)[:, 1:2].T + 0.7 * np.resize(draw, density.n_rows)[None])


def whitened(covariance: np.ndarray) -> np.ndarray:
    return np.linalg.cholesky(covariance)


def gaussian_product(
    mean: np.ndarray, covariance: np.ndarray, target: np.ndarray, precision: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Log integral, mean and covariance of N(mean, covariance) times exp(-1/2 sum precision (target - v)^2).

    By information matrices, as `product` and `sample` do not; `test_the_oracle_is_the_integral` proves it.
    """
    information = np.linalg.inv(covariance)
    guide = np.diag(precision)
    after = np.linalg.inv(information + guide)
    centre = after @ (information @ mean + guide @ target)
    log_det = np.linalg.slogdet(after)[1] - np.linalg.slogdet(covariance)[1]
    square = mean @ information @ mean + target @ guide @ target - centre @ (information + guide) @ centre
    return float(0.5 * (log_det - square)), centre, after


@pytest.mark.parametrize("precision", [0.0, 0.5, 3.0])
def test_the_oracle_is_the_integral(precision: float) -> None:
    mean, target = np.array([0.3, -0.2]), np.array([1.0, 0.4])
    covariance = np.array([[0.5, 0.2], [0.2, 0.3]])
    root = whitened(covariance)
    grid = np.stack(np.meshgrid(nodes, nodes, indexing="ij"), axis=-1)
    values = mean + grid @ root.T
    mass = np.multiply.outer(weights, weights) * np.exp(
        -0.5 * precision * np.square(values - target).sum(axis=-1)
    )
    log_integral, centre, after = gaussian_product(mean, covariance, target, np.full(2, precision))
    assert log_integral == pytest.approx(math.log(mass.sum()), abs=1e-8)
    share = mass / mass.sum()
    found = np.einsum("ij,ijk->k", share, values)
    assert centre == pytest.approx(found, abs=1e-8)
    spread = np.einsum("ij,ijk,ijl->kl", share, values - found, values - found)
    assert after == pytest.approx(spread, abs=1e-8)


def linear(draw: Any, n_noise: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of a draw that is linear in its `n_noise` standard normal numbers."""
    centre = draw(np.zeros(n_noise))
    root = np.stack([draw(unit) - centre for unit in np.eye(n_noise)], axis=1)
    return centre, root @ root.T


@given(st.lists(numbers, min_size=2, max_size=2), numbers, precisions, temperatures)
def test_seconds_times_a_guide(draw: list[float], aim: float, precision: float, tau: float) -> None:
    density = Seconds(2)
    rows, target = component(density, draw), -4.0 + 2.0 * aim
    guide = density.tempered(np, np.array([target, precision]), np.array(tau))
    evidence, score = density.product(np, rows, guide[None], PAST, None)
    deviation = Seconds.FLOOR + math.exp(rows[0, 1])
    expected, centre, after = gaussian_product(
        rows[0, :1], np.array([[tau * deviation**2]]), np.array([target]), np.array([precision])
    )
    assert evidence == pytest.approx([expected], rel=1e-7, abs=1e-7)
    assert score is not None
    chosen = (score[0][0], score[1][0])

    def sample(noise: np.ndarray) -> np.ndarray:
        drawn, _ = density.sample(np, rows[0], math.sqrt(tau) * noise, PAST, chosen, guide)
        return np.asarray(np.log(drawn + Seconds.SHIFT_S))

    mean, covariance = linear(sample, 1)
    assert mean == pytest.approx(centre, abs=1e-9)
    assert covariance == pytest.approx(after, rel=1e-7)


def trivariate(
    seconds: np.ndarray, density: Pair, pair: np.ndarray, past: Past, tau: float
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of (log seconds, x, y) under one component at a sigma temperature."""
    dt = Seconds.FLOOR + math.exp(seconds[0, 1])
    mean, own = density.moments(pair, past)
    shift = pair[0, 4:6] * (Pair.FLOOR + np.exp(pair[0, 2:4]))
    covariance = np.zeros((3, 3))
    covariance[0, 0] = dt * dt
    covariance[0, 1:] = covariance[1:, 0] = dt * shift
    covariance[1:, 1:] = own[0] + np.outer(shift, shift)
    return np.array([seconds[0, 0], *mean[0]]), tau * covariance


@given(
    st.sampled_from([(), OLDEST]),
    st.lists(numbers, min_size=12, max_size=12),
    st.lists(numbers, min_size=4, max_size=4),
    precisions,
    precisions,
    temperatures,
)
def test_time_and_place_times_a_guide(
    densities: tuple[str, ...], draw: list[float], aim: list[float], p_time: float, p_place: float, tau: float
) -> None:
    """The exact product of one Gaussian of three numbers, each of which tells of the others."""
    head = Head(TOUCH[:3], 1, densities)
    density = head.densities[1]
    assert isinstance(density, Pair) and isinstance(density, Places) == (densities == ())
    seconds, pair = component(head.densities[0], draw[:2]), component(density, draw[2:])
    rows = np.concatenate([[[0.7]], seconds, pair], axis=1)
    row = np.array([-4.0 + 2.0 * aim[0], p_time, *aim[1:], p_place])
    target = np.array([row[0], *row[2:4] + row[4] * PAST.event[:2]])
    guide = head.tempered(np, row, np.array(tau))
    evidence, score = head.product(np, rows, [part[None] for part in guide], PAST)
    mean, covariance = trivariate(seconds, density, pair, PAST, tau)
    expected, centre, after = gaussian_product(mean, covariance, target, np.array([p_time, p_place, p_place]))
    assert evidence == pytest.approx([expected], rel=1e-6, abs=1e-6)
    assert score is not None
    chosen = (score[0][0], score[1][0])

    def sample(noise: np.ndarray) -> np.ndarray:
        parts = np.split(math.sqrt(tau) * noise, [1])
        late, z = head.densities[0].sample(np, seconds[0], parts[0], PAST, chosen, guide[0])
        place, _ = density.sample(np, pair[0], parts[1], PAST, z, guide[1])
        return np.concatenate([np.log(late + Seconds.SHIFT_S), place])

    found, spread = linear(sample, 3)
    scale = np.sqrt(np.diag(covariance))
    assert (found - mean) / scale == pytest.approx((centre - mean) / scale, rel=1e-6, abs=1e-6)
    assert spread / np.outer(scale, scale) == pytest.approx(after / np.outer(scale, scale), abs=1e-7)


@given(
    st.lists(numbers, min_size=11, max_size=11), st.lists(numbers, min_size=3, max_size=3), precisions,
    temperatures,
)  # fmt: skip
def test_steps_times_a_guide(draw: list[float], aim: list[float], precision: float, tau: float) -> None:
    density = Offsets(0, 1, box=100.0)
    rows = component(density, draw)
    past = Past(np.array([3.0, -4.0, 0.0]), np.array([3.0, -4.0, 0.0]), np.array([20.0, 30.0]), np.zeros(2))
    row = np.array([9.0 * aim[0], 9.0 * aim[1], aim[2], precision / 100.0])
    # A share of 1 aims at a place of the drawing: the step there is the place less where the pen is.
    target = row[:2] - row[2] * np.array([20.0, 30.0])
    guide = density.tempered(np, row, np.array(tau))
    evidence, _ = density.product(np, rows, guide[None], past, None)
    mean, covariance = density.moments(rows, past)
    expected, centre, after = gaussian_product(mean[0], tau * covariance[0], target, np.full(2, row[3]))
    assert evidence == pytest.approx([expected], rel=1e-6, abs=1e-6)
    found, spread = linear(
        lambda noise: density.sample(np, rows[0], math.sqrt(tau) * noise, past, None, guide)[0], 2
    )
    assert found == pytest.approx(centre, abs=1e-5)
    assert spread == pytest.approx(after, rel=1e-6, abs=1e-9)


@given(st.lists(numbers, min_size=6, max_size=6), st.lists(numbers, min_size=3, max_size=3), precisions,
       temperatures)  # fmt: skip
def test_values_times_a_guide(draw: list[float], aim: list[float], precision: float, tau: float) -> None:
    density, past = Values((1, 2, 3)), Past(np.array([0.02, 0.3, 0.6, 0.9]), np.zeros(4))
    rows = component(density, draw)
    guide = density.tempered(np, np.array([*aim, precision]), np.array(tau))
    evidence, _ = density.product(np, rows, guide[None], past, None)
    mean, covariance = density.moments(rows, past)
    expected, centre, after = gaussian_product(
        mean[0], tau * covariance[0], np.array(aim), np.full(3, precision)
    )
    assert evidence == pytest.approx([expected], rel=1e-6, abs=1e-6)
    found, spread = linear(
        lambda noise: density.sample(np, rows[0], math.sqrt(tau) * noise, past, None, guide)[0], 3
    )
    assert found == pytest.approx(centre, abs=1e-8)
    assert spread == pytest.approx(after, rel=1e-6, abs=1e-12)


@given(st.floats(-6.0, 6.0), st.floats(-6.0, 6.0))
def test_a_flag_times_a_guide(logit: float, added: float) -> None:
    density, rows = Flag(3), np.array([[logit]])
    guide = density.tempered(np, np.array([added]), np.array(1.0))
    evidence, _ = density.product(np, rows, guide[None], PAST, None)
    p, g = (1.0 / (1.0 + math.exp(-each)) for each in (logit, added))
    assert evidence == pytest.approx([math.log(2.0 * (p * g + (1 - p) * (1 - g)))], abs=2e-4)
    levels = (np.arange(2000)[:, None] + 0.5) / 2000
    drawn = density.sample(np, rows, levels, PAST, None, guide)[0]
    assert drawn.mean() == pytest.approx(p * g / (p * g + (1 - p) * (1 - g)), abs=1e-3)


@given(st.lists(st.floats(-4.0, 4.0), min_size=6, max_size=6))
def test_a_pen_times_a_guide(logits: list[float]) -> None:
    density, rows, added = Pen(2), np.array([logits[:3]]), np.array(logits[3:])
    guide = density.tempered(np, added, np.array(1.0))
    evidence, _ = density.product(np, rows, guide[None], PAST, None)
    p = np.exp(rows[0]) / np.exp(rows[0]).sum()
    joint = p * np.exp(added)
    assert evidence == pytest.approx([math.log(joint.sum())], abs=1e-9)
    levels = (np.arange(4000)[:, None] + 0.5) / 4000
    drawn = density.sample(np, np.repeat(rows, 4000, axis=0), levels, PAST, None, guide)[0][:, 0]
    assert np.bincount(drawn.astype(int), minlength=3) / 4000 == pytest.approx(joint / joint.sum(), abs=1e-3)


# --- the whole head ---


def drawn(head: Head, seed: int, row: np.ndarray | None, tau: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """One event of every component, and the log evidence, of random parameters: with a guide or without."""
    rng = np.random.default_rng(seed)
    n = len(head.columns)
    params = (head.bias() + 0.3 * rng.standard_normal(head.n_params)).astype("float32")
    rows = head.components(np, params)
    event = np.array([0.5 * (c.low + c.high) for c in head.columns], "float32")
    event[[c.name == "dt" for c in head.columns]] = 0.02
    step = (0.01 * rng.standard_normal(n)).astype("float32")
    two = (rng.standard_normal((2, 2))).astype("float32")
    past = Past(event, step, *two, two[0] - 1, two[0] + 1)
    uniform = np.array([kind == "uniform" for kind in head.noise])
    noise = np.where(uniform, rng.random(len(uniform)), rng.standard_normal(len(uniform))).astype("float32")
    _, *draws = head.split_noise(np, head.spread(np, noise, np.float32(tau)))
    if row is None:
        events = [head.draw(np, own, draws, past) for own in rows]
        return np.array(events), np.zeros(head.mixtures)
    guide = head.tempered(np, row.astype("float32"), np.float32(tau))
    evidence, score = head.product(np, rows, [part[None] for part in guide], past)
    events = [
        head.draw(np, own, draws, past, guide, None if score is None else (score[0][k], score[1][k]))
        for k, own in enumerate(rows)
    ]
    return np.array(events), np.asarray(evidence)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("tau", [0.0, 0.01, 1.0, 2.0])
def test_no_guide_is_the_network_alone(head: Head, tau: float) -> None:
    for seed in range(20):
        alone, _ = drawn(head, seed, None, tau)
        guided, evidence = drawn(head, seed, np.zeros(head.n_guide), tau)
        assert evidence.tolist() == [0.0] * 5
        assert guided == pytest.approx(alone, rel=1e-6, abs=2e-7)


def narrow(head: Head, event: np.ndarray) -> np.ndarray:
    """The guide that is sure of `event`, `(n_guide,)`."""
    row = np.zeros(head.n_guide)
    for density in head.densities:
        own, value = head.guide_slices[density.name], event[list(density.columns)]
        if isinstance(density, Seconds):
            row[own] = [math.log(value[0] + Seconds.SHIFT_S), 1e13]
        elif isinstance(density, Flag):
            row[own] = 60.0 * (2.0 * value - 1.0)
        elif isinstance(density, Pen):
            row[own] = 60.0 * (np.arange(3) == value[0])
        elif isinstance(density, Knobs):
            row[own] = [0.0, 0.0, 0.0, 1e5, value[-1], 1e13]
        elif isinstance(density, Values):
            row[own] = [*value, 1e13]
        else:
            row[own] = [*value, 0.0, 1e13]
    return row


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("tau", [0.3, 1.0])
def test_a_guide_that_is_sure_is_an_echo(head: Head, tau: float) -> None:
    event = np.array([0.7 if c.high == 1.0 else 1.0 if c.name == "pen" else 0.3 for c in head.columns])
    event[[c.name == "moving" for c in head.columns]] = 0.0
    if any(isinstance(density, Knobs) for density in head.densities):
        event[1:3] = 0.5  # where they are: one knob moves
    for seed in range(20):
        guided, evidence = drawn(head, seed, narrow(head, event), tau)
        assert np.isfinite(evidence).all()
        assert guided == pytest.approx(np.tile(event, (5, 1)), abs=2e-4)


def test_guides_lie_in_the_order_of_the_densities() -> None:
    assert Head(TOUCH, 2).guide_slices == {
        "seconds": slice(0, 2), "places": slice(2, 6), "flag": slice(6, 7)
    }  # fmt: skip
    assert [head.n_guide for head in HEADS] == [7, 7, 8, 6, 7]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("value", [3e38, -3e38, 1e20])
def test_a_guide_out_of_all_range_stays_a_number(head: Head, value: float) -> None:
    row = np.where(narrow(head, np.full(len(head.columns), 0.5)) > 1e12, abs(value), value)
    for seed in range(5):
        with np.errstate(over="ignore"):  # of seconds beyond all range, which are then clamped
            guided, evidence = drawn(head, seed, row)
        assert np.isfinite(guided).all() and np.isfinite(evidence).all()
