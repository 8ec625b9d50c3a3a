"""The density of knobs against counts, integrals and the product written out as numbers on a grid."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdn.columns import controller_columns
from mdn.densities import Knobs, Past
from mdn.heads import Head

PAST = Past(np.array([0.02, 0.3, 0.6, 0.9]), np.array([0.0, 0.0, 0.1, 0.0]))
KNOBS = Knobs((1, 2, 3))
EVENT = np.array([0.02, 0.3, 0.6, 0.9])

numbers = st.floats(-2.0, 2.0)


def component(
    p: tuple[float, ...] = (0.2, 0.1, 0.4, 0.3),
    change: float = 0.05,
    deviation: float = 0.02,
    ahead: float = 0.5,
) -> np.ndarray:
    """Parameters of one component, `(1, n_rows)`, from what they mean."""
    return np.array(
        [[*np.log(p), change / Knobs.UNIT, math.log(deviation - Knobs.FLOOR), ahead]]
    )  # fmt: skip


def density_of(event: np.ndarray, rows: np.ndarray, knobs: Knobs = KNOBS, past: Past = PAST) -> np.ndarray:
    return np.exp(knobs.log_density(np, rows, event, past, None)[0])


def moved(knob: int, to: np.ndarray) -> np.ndarray:
    """Events in which only `knob` (from 1) moves, to each of these values."""
    events = np.tile(EVENT, (len(to), 1))
    events[:, knob] = to
    return events


def test_an_event_without_a_move_has_a_probability() -> None:
    assert density_of(EVENT, component()) == pytest.approx([0.2 * (1 - Knobs.SEVERAL)])


def test_a_move_has_a_gaussian_density_around_the_step_that_goes_on() -> None:
    """Knob 2 stood at 0.6 after a step of 0.1: half of it again, and 0.05, is 0.7."""
    bell = math.exp(-0.5) / (0.02 * math.sqrt(2.0 * math.pi))
    found = density_of(moved(2, np.array([0.72])), component())
    assert found[0] == pytest.approx([0.4 * bell * (1 - Knobs.SEVERAL)])
    found = density_of(moved(1, np.array([0.33])), component())
    assert found[0] == pytest.approx([0.1 * bell * (1 - Knobs.SEVERAL)])


def test_it_sums_to_one_over_all_moves() -> None:
    """None, each alone by a line from end to end, each two by a plane, all three by a cube."""
    rows = component(deviation=0.1)
    total = density_of(EVENT, rows)[0]
    to = np.linspace(0.0, 1.0, 1000, endpoint=False) + 0.0005
    for knob in (1, 2, 3):
        total += density_of(moved(knob, to), rows)[:, 0].sum() * 0.001
    wide = 0.05 + np.linspace(-1.3, 1.3, 26, endpoint=False)
    several = 0.0
    for n in (2, 3):
        for knobs in itertools.combinations((1, 2, 3), n):
            grid = np.stack(np.meshgrid(*[wide] * n, indexing="ij"), axis=-1)
            events = np.tile(EVENT, (*grid.shape[:-1], 1))
            events[..., list(knobs)] += grid
            several += density_of(events, rows).sum() * 0.1**n
    assert several == pytest.approx(Knobs.SEVERAL, rel=1e-3)
    assert total + several == pytest.approx(1.0, abs=1e-4)


def test_a_single_knob_sums_to_one() -> None:
    knob, rows = Knobs((0,)), component((0.3, 0.7), ahead=0.0)
    past = Past(np.array([0.5]), np.array([0.0]))
    events = (np.linspace(0.0, 1.0, 1000, endpoint=False) + 0.0005)[:, None]
    total = density_of(np.array([0.5]), rows, knob, past)[0]
    total += density_of(events, rows, knob, past)[:, 0].sum() * 0.001
    assert total == pytest.approx(1.0, abs=1e-6)


def test_a_move_beyond_the_end_comes_back() -> None:
    """Knob 3 stands at 0.9 and is drawn to 1.03: as likely as 0.97 is drawn in the mirror of the end."""
    rows = component(change=0.1, deviation=0.03)
    drawn, _ = KNOBS.sample(np, rows[0], np.array([0.99, 1.0]), PAST, None)
    assert drawn == pytest.approx([0.3, 0.6, 0.97])
    at, other = (math.exp(-0.5 * z * z) / (0.03 * math.sqrt(2 * math.pi)) for z in (1.0, -1.0))
    found = density_of(moved(3, np.array([0.97])), rows)
    assert found[0] == pytest.approx([0.3 * (at + other) * (1 - Knobs.SEVERAL)])


def sampled(rows: np.ndarray, n: int = 40_000, guide: np.ndarray | None = None) -> np.ndarray:
    """Changes of the knobs in `n` draws, their choice by evenly spaced numbers, `(n, 3)`."""
    normal = np.random.default_rng(5).standard_normal(n)
    noise = np.stack([(np.arange(n) + 0.5) / n, normal], axis=1)
    drawn, _ = KNOBS.sample(np, np.repeat(rows, n, axis=0), noise, PAST, None, guide)
    return np.asarray(drawn - EVENT[1:])


def test_draws_have_the_probabilities_and_the_moments_of_the_density() -> None:
    change = sampled(component())
    assert ((change != 0.0).sum(axis=1) <= 1).all()
    none = (change == 0.0).all(axis=1).mean()
    assert [none, *(change != 0.0).mean(axis=0)] == pytest.approx([0.2, 0.1, 0.4, 0.3], abs=1e-4)
    for knob, mean in enumerate((0.05, 0.1, 0.05)):
        moves = change[change[:, knob] != 0.0, knob]
        assert moves.mean() == pytest.approx(mean, abs=4 * 0.02 / math.sqrt(len(moves)))
        assert moves.std() == pytest.approx(0.02, rel=0.05)
    mean, covariance = KNOBS.moments(component(), PAST)
    assert change.mean(axis=0) == pytest.approx(mean[0] - EVENT[1:], abs=1e-3)
    assert np.cov(change.T) == pytest.approx(covariance[0], abs=1e-4)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_rests_repeats_every_bit_through_the_clamp(dtype: str) -> None:
    head = Head(controller_columns(8), 3)
    rng = np.random.default_rng(6)
    event = rng.random((500, 9)).astype(dtype)
    event[:20, 1:] = 0.0
    event[20:40, 1:] = 1.0
    params = (head.bias() + rng.standard_normal((500, head.n_params))).astype(dtype)
    noise = np.stack([rng.random((500, 1)), rng.standard_normal((500, 1)), rng.random((500, 1)),
                      rng.standard_normal((500, 1))], axis=-1)[:, 0].astype(dtype)  # fmt: skip
    assert head.noise == ("uniform", "normal", "uniform", "normal")
    past = Past(event, np.zeros_like(event))
    rows = head.components(np, params)[:, 0]
    drawn = head.draw(np, rows, head.split_noise(np, noise)[1:], past)
    rests = drawn[:, 1:] == event[:, 1:]
    assert (rests.sum(axis=1) >= 7).all() and 0 < (rests.sum(axis=1) == 8).sum() < 250
    assert drawn.min() >= 0.0 and drawn[:, 1:].max() <= 1.0


def test_the_numbers_at_the_ends_of_the_draw_choose_too() -> None:
    for uniform in (0.0, np.nextafter(np.float32(1.0), np.float32(0.0)), 1.0):
        noise = np.array([uniform, 0.0], "float32")
        drawn, _ = KNOBS.sample(np, component()[0].astype("float32"), noise, PAST, None)
        assert np.isfinite(drawn).all() and (drawn != EVENT[1:].astype("float32")).sum() <= 3


@pytest.mark.parametrize("size", [1e3, 3e4])
def test_wild_parameters_give_finite_numbers(size: float) -> None:
    rng = np.random.default_rng(8)
    rows = (size * rng.standard_normal((200, 1, KNOBS.n_rows))).astype("float32")
    rows[..., -2] = rng.uniform(-200.0, 30.0, (200, 1))
    events = np.tile(EVENT, (200, 1)).astype("float32")
    events[50:, 1:] = np.where(rng.random((150, 3)) < 0.5, events[50:, 1:], rng.random((150, 3)))
    past = Past(np.tile(EVENT, (200, 1)).astype("float32"), np.zeros((200, 4), "float32"))
    assert np.isfinite(KNOBS.log_density(np, rows, events, past, None)[0]).all()
    noise = np.stack([rng.random(200), rng.standard_normal(200)], axis=1).astype("float32")
    assert np.isfinite(KNOBS.sample(np, rows[:, 0], noise, past, None)[0]).all()


def aim(weights: list[float], target: float, precision: float, temperature: float = 1.0) -> np.ndarray:
    """A tempered guide."""
    return np.asarray(KNOBS.tempered(np, np.array([*weights, target, precision]), np.array(temperature)))


@given(
    st.lists(numbers, min_size=7, max_size=7),
    st.lists(numbers, min_size=4, max_size=4),
    st.floats(-0.2, 1.2),
    st.one_of(st.just(0.0), st.floats(0.01, 1e4)),
    st.sampled_from([0.25, 1.0, 2.0]),
)
def test_the_product_with_a_guide_by_numbers_on_a_grid(
    draw: list[float], weights: list[float], target: float, precision: float, tau: float
) -> None:
    rows = np.array([[*draw[:4], draw[4], -3.0 + 0.5 * draw[5], draw[6]]])
    guide = aim(weights, target, precision, tau)
    evidence, score = KNOBS.product(np, rows, guide[None], PAST, "passed on")
    assert score == "passed on"
    p = np.exp(rows[0, :4]) / np.exp(rows[0, :4]).sum()
    mean = EVENT[1:] + Knobs.UNIT * rows[0, 4] + rows[0, 6] * PAST.step[1:]
    deviation = math.sqrt(tau) * (Knobs.FLOOR + math.exp(rows[0, 5]))
    x = np.linspace(-12.0, 12.0, 24_001) * deviation + mean[:, None]
    width = 0.001 * deviation
    bell = np.exp(-0.5 * ((x - mean[:, None]) / deviation) ** 2) / (deviation * math.sqrt(2 * math.pi))
    joint = bell * np.exp(-0.5 * precision * (x - target) ** 2)
    mass = p * np.exp(weights) * np.array([1.0, *(joint.sum(axis=1) * width)])
    assert evidence == pytest.approx([math.log(mass.sum())], abs=1e-6)

    level = (np.cumsum(mass) - 0.5 * mass) / mass.sum()  # in the middle of each choice
    for choice in range(4):
        if mass[choice] < 1e-6 * mass.sum():
            continue
        noise = math.sqrt(tau) * np.array([-1.0, 0.0, 1.0])
        drawn = np.array(
            [KNOBS.sample(np, rows[0], np.array([level[choice], z]), PAST, None, guide)[0] for z in noise]
        )
        others = [knob for knob in range(3) if knob != choice - 1]
        assert (drawn[:, others] == EVENT[1:][others]).all()
        if choice:
            ours = drawn[:, choice - 1]
            share = joint[choice - 1] / joint[choice - 1].sum()
            centre = (x[choice - 1] * share).sum()
            spread = math.sqrt(((x[choice - 1] - centre) ** 2 * share).sum())
            unfolded = centre + spread * np.array([-1.0, 0.0, 1.0])
            assert ours == pytest.approx(2 * np.clip(unfolded, 0, 1) - unfolded, abs=1e-6)


def test_a_guide_of_zeros_changes_nothing() -> None:
    guide = aim([0.0] * 4, 0.0, 0.0)
    assert KNOBS.product(np, component(), guide[None], PAST, None)[0].tolist() == [0.0]
    assert sampled(component(), 500, guide) == pytest.approx(sampled(component(), 500), abs=1e-12)


def test_a_sure_guide_moves_the_knob_it_says_to_where_it_says() -> None:
    change = sampled(component(), 500, aim([0.0, 0.0, 0.0, 1e3], 0.4, 1e13))
    assert change == pytest.approx(np.tile([0.0, 0.0, -0.5], (500, 1)), abs=6e-5)
