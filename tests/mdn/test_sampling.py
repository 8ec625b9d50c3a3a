"""The NumPy functions of keras-mdn-layer's API: layout, temperatures, draws that never fall off."""

from __future__ import annotations

import math

import numpy as np
import pytest

import mdn


class Draws:
    """A generator that gives the numbers it was given."""

    def __init__(self, uniform: float, normal: float = 0.0) -> None:
        self._uniform, self._normal = uniform, normal

    def random(self, shape: tuple[int, ...]) -> np.ndarray:
        return np.full(shape, self._uniform)

    def standard_normal(self, shape: tuple[int, ...]) -> np.ndarray:
        return np.full(shape, self._normal)


def mixture(means: list[list[float]], deviations: list[list[float]], pi: list[float]) -> np.ndarray:
    """Parameters in the layer's layout: all means, all deviations, the logits of pi."""
    with np.errstate(divide="ignore"):
        return np.concatenate([np.ravel(means), np.ravel(deviations), np.log(pi)])


def test_softmax_divides_the_logits_by_the_temperature() -> None:
    logits = np.array([0.0, math.log(4.0)])
    assert mdn.softmax(logits) == pytest.approx([0.2, 0.8])
    assert mdn.softmax(logits, 2.0) == pytest.approx([1 / 3, 2 / 3])
    assert mdn.softmax(logits + 1e4, 0.5) == pytest.approx([1 / 17, 16 / 17])
    assert mdn.softmax(np.stack([logits, -logits])).sum(axis=-1) == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan])
def test_a_temperature_must_be_above_zero(temperature: float) -> None:
    with pytest.raises(ValueError, match="t: expected a temperature > 0, got "):
        mdn.softmax(np.zeros(2), temperature)


@pytest.mark.parametrize(
    ("uniform", "index"), [(0.0, 0), (0.19, 0), (0.2, 1), (0.69, 1), (0.7, 2), (0.999, 2)]
)
def test_a_draw_takes_the_share_it_falls_into(uniform: float, index: int) -> None:
    assert mdn.sample_from_categorical(np.array([0.2, 0.5, 0.3]), rng=Draws(uniform)) == index  # type: ignore[arg-type]


def test_what_rounding_leaves_over_belongs_to_the_last() -> None:
    """Ten tenths add up to 0.9999999999999999: the draw above that used to fall off the end."""
    dist = np.full(10, 0.1)
    assert np.cumsum(dist)[-1] < 1.0
    assert mdn.sample_from_categorical(dist, rng=Draws(np.nextafter(1.0, 0.0))) == 9  # type: ignore[arg-type]


def test_a_component_of_no_weight_is_never_drawn() -> None:
    dist = np.array([0.0, 1.0, 0.0])
    assert mdn.sample_from_categorical(dist, rng=Draws(0.0)) == 1  # type: ignore[arg-type]


def test_parameters_are_split_in_the_documented_order() -> None:
    params = np.arange(15.0)  # 3 components of 2 numbers, every value another
    mus, sigmas, logits = mdn.split_mixture_params(params, 2, 3)
    assert mus.tolist() == [0, 1, 2, 3, 4, 5] and sigmas.tolist() == [6, 7, 8, 9, 10, 11]
    assert logits.tolist() == [12, 13, 14]
    for kind in (ValueError, AssertionError):  # keras-mdn-layer asserts it
        with pytest.raises(kind, match="params: expected 15 numbers for 3 components of 2, got 14"):
            mdn.split_mixture_params(params[:-1], 2, 3)
        with pytest.raises(kind, match="params: expected 5 numbers for 1 components of 2, got 4"):
            mdn.sample_from_output(np.zeros(4), 2, 1)


def test_a_sample_is_a_mean_and_noise_times_the_deviation() -> None:
    params = mixture([[1.0, 2.0], [3.0, 4.0]], [[0.1, 0.2], [0.3, 0.4]], [0.25, 0.75])

    def draw(uniform: float, normal: float, **temperatures: float) -> list[float]:
        rng = Draws(uniform, normal)
        sample = mdn.sample_from_output(params, 2, 2, rng=rng, **temperatures)  # type: ignore[arg-type]
        assert sample.shape == (2,)
        return [round(value, 9) for value in sample.tolist()]

    assert draw(0.1, 0.0) == [1.0, 2.0]
    assert draw(0.5, 1.0) == [3.3, 4.4]
    assert draw(0.5, 1.0, sigma_temp=0.25) == [3.15, 4.2]  # the covariance is multiplied, not the deviation
    assert draw(0.5, 1.0, sigma_temp=0.0) == [3.0, 4.0]
    assert draw(0.3, 0.0, temp=100.0) == [1.0, 2.0]  # flat: the first half is the first's


def test_a_batch_is_sampled_row_by_row() -> None:
    rows = np.stack([mixture([[float(i)]], [[1e-9]], [1.0]) for i in range(50)])
    assert mdn.sample_from_output(rows, 1, 1)[:, 0] == pytest.approx(np.arange(50), abs=1e-6)
    sequences = mdn.sample_from_output(rows.reshape(5, 10, -1), 1, 1)
    assert sequences.shape == (5, 10, 1) and sequences[3, 7, 0] == pytest.approx(37, abs=1e-6)
    assert mdn.sample_from_output(rows[:0], 1, 1).shape == (0, 1)


def test_rows_can_be_sampled_one_by_one_as_the_peer_does() -> None:
    """`np.apply_along_axis` over the rows of `model.predict`: the line in keras-mdn-layer's README."""
    rows = np.stack([mixture([[float(i), -float(i)]], [[1e-9, 1e-9]], [1.0]) for i in range(6)])
    samples = np.apply_along_axis(mdn.sample_from_output, 1, rows, 2, 1, temp=1.0)
    assert samples.shape == (6, 2)
    assert samples[:, 1] == pytest.approx(-np.arange(6), abs=1e-6)


def test_numpys_seed_repeats_what_has_no_generator_of_its_own() -> None:
    params = mixture([[0.0, 1.0], [2.0, 3.0]], [[1.0, 1.0], [1.0, 1.0]], [0.5, 0.5])
    before = np.random.get_state()

    def draws() -> list[object]:
        np.random.seed(7)
        index = [mdn.sample_from_categorical(np.full(9, 1 / 9)) for _ in range(8)]
        return [index, *(mdn.sample_from_output(params, 2, 2).tolist() for _ in range(3))]

    try:
        first, again = draws(), draws()
    finally:
        np.random.set_state(before)
    assert first == again
    assert len(set(first[0])) > 1 and first[1] != first[2]  # type: ignore[call-overload]


def test_samples_follow_the_mixture() -> None:
    params = mixture([[-2.0], [3.0]], [[0.5], [1.0]], [0.3, 0.7])
    samples = mdn.sample_from_output(np.tile(params, (40_000, 1)), 1, 2, rng=np.random.default_rng(1))[:, 0]
    assert np.mean(samples < 0.0) == pytest.approx(0.3, abs=0.01)
    assert samples.mean() == pytest.approx(0.3 * -2.0 + 0.7 * 3.0, abs=0.05)
    assert samples[samples > 0.5].std() == pytest.approx(1.0, abs=0.03)


def test_the_same_generator_gives_the_same_samples() -> None:
    params = mixture([[0.0, 1.0], [2.0, 3.0]], [[1.0, 1.0], [1.0, 1.0]], [0.5, 0.5])
    first, again = (mdn.sample_from_output(params, 2, 2, rng=np.random.default_rng(4)) for _ in range(2))
    assert first.tolist() == again.tolist()


def test_bad_temperatures_are_refused() -> None:
    with pytest.raises(ValueError, match="sigma_temp: expected a temperature >= 0"):
        mdn.sample_from_output(np.zeros(5), 2, 1, sigma_temp=-1.0)
