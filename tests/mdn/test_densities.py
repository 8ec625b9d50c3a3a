"""Each density against a closed form, against an oracle written as a loop, and against its integral."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest

from mdn.densities import Flag, Offsets, Pair, Past, Pen, Places, Seconds, Values

NOWHERE = Past(np.zeros(4), np.zeros(4))  # columns x, y, dt, moving


def normal_log_density(
    values: Sequence[float], mean: Sequence[float], covariance: Sequence[Sequence[float]]
) -> float:
    """A multivariate Gaussian by Cholesky and forward substitution, one number at a time."""
    n = len(values)
    root = [[0.0] * n for _ in range(n)]
    white: list[float] = []
    log_density = -0.5 * n * math.log(2 * math.pi)
    for i in range(n):
        for j in range(i + 1):
            rest = covariance[i][j] - sum(root[i][k] * root[j][k] for k in range(j))
            root[i][j] = math.sqrt(rest) if i == j else rest / root[j][j]
        white.append((values[i] - mean[i] - sum(root[i][k] * white[k] for k in range(i))) / root[i][i])
        log_density -= 0.5 * white[i] ** 2 + math.log(root[i][i])
    return log_density


def raw(deviation: float, floor: float) -> float:
    """The parameter that stands for `deviation`: the inverse of floor + exp(raw)."""
    return math.log(deviation - floor)


def pair_rows(
    *,
    offset: tuple[float, float] = (0.0, 0.0),
    deviation: tuple[float, float] = (0.1, 0.1),
    correlation: float = 0.0,
    coupling: tuple[float, float] = (0.0, 0.0),
    turn: tuple[float, float] = (0.0, 0.0),
) -> np.ndarray:
    """The nine parameters of one `Pair` component, `(1, 9)`, from what they mean in canvas units."""
    return np.array(
        [
            [
                offset[0] / Pair.UNIT,
                offset[1] / Pair.UNIT,
                raw(deviation[0], Pair.FLOOR),
                raw(deviation[1], Pair.FLOOR),
                *coupling,
                math.atanh(correlation / Pair.MAX_CORRELATION),
                *turn,
            ]
        ]
    )


def test_the_oracle_itself_knows_a_standard_normal() -> None:
    assert normal_log_density([0, 0], [0, 0], [[1, 0], [0, 1]]) == pytest.approx(-math.log(2 * math.pi))
    assert normal_log_density([1.0], [0.0], [[4.0]]) == pytest.approx(
        -math.log(2 * math.sqrt(2 * math.pi)) - 1 / 8
    )


def test_pair_with_unit_deviations_is_a_standard_normal() -> None:
    event = np.array([0.0, 0.0, 0.0, 0.0])
    rows = pair_rows(deviation=(1.0, 1.0))
    log_density, score = Pair(0, 1).log_density(np, rows, event, NOWHERE, None)
    assert log_density == pytest.approx(-math.log(2 * math.pi), abs=1e-12)
    assert score is None


def test_values_are_a_product_of_standard_normals() -> None:
    rows = np.array([[0.0, 0.0, 0.0, *[raw(1.0, Values.FLOOR)] * 3]])
    event = np.array([9.0, 0.5, -1.0, 2.0])
    log_density, _ = Values((1, 2, 3)).log_density(np, rows, event, NOWHERE, None)
    assert log_density == pytest.approx(-1.5 * math.log(2 * math.pi) - (0.25 + 1.0 + 4.0) / 2, abs=1e-12)


def test_seconds_are_log_normal_with_a_shift_of_one_millisecond() -> None:
    rows = np.array([[math.log(0.050), raw(0.5, Seconds.FLOOR)]])
    event = np.array([0.0, 0.0, 0.019, 0.0])
    log_density, score = Seconds(2).log_density(np, rows, event, NOWHERE, None)
    z = (math.log(0.020) - math.log(0.050)) / 0.5
    assert score == pytest.approx(z, abs=1e-12)
    assert log_density == pytest.approx(
        -0.5 * z * z - math.log(0.020 * 0.5 * math.sqrt(2 * math.pi)), abs=1e-12
    )


@pytest.mark.parametrize(("typical_s", "deviation"), [(0.017, 0.05), (0.02, 0.7), (1.0, 1.5)])
def test_seconds_integrate_to_one(typical_s: float, deviation: float) -> None:
    rows = np.array([[math.log(typical_s), raw(deviation, Seconds.FLOOR)]])
    dt = (
        np.exp(
            np.linspace(math.log(typical_s) - 10 * deviation, math.log(typical_s) + 10 * deviation, 20_001)
        )
        - 1e-3
    )
    events = np.zeros((len(dt), 4))
    events[:, 2] = dt
    log_density, _ = Seconds(2).log_density(np, rows, events, NOWHERE, None)
    assert np.trapezoid(np.exp(log_density[:, 0]), dt) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("correlation", [-0.9, 0.0, 0.5])
@pytest.mark.parametrize("score", [None, -1.7])
def test_pair_integrates_to_one(correlation: float, score: float | None) -> None:
    rows = pair_rows(
        offset=(0.03, -0.02),
        deviation=(0.02, 0.05),
        correlation=correlation,
        coupling=(0.4, -0.3),
        turn=(0.9, 0.2),
    )
    past = Past(np.array([0.5, 0.4, 0.02, 1.0]), np.array([0.02, -0.01, 0.0, 0.0]))
    x, y = np.linspace(0.2, 0.8, 601), np.linspace(-0.2, 1.0, 601)
    events = np.zeros((601, 601, 4))
    events[..., 0], events[..., 1] = x[:, None], y[None, :]
    shift = None if score is None else np.full((601, 601, 1), score)
    log_density, _ = Pair(0, 1).log_density(np, rows, events, past, shift)
    total = np.trapezoid(np.trapezoid(np.exp(log_density[..., 0]), y, axis=1), x)
    assert total == pytest.approx(1.0, abs=1e-6)


def test_pair_is_the_bivariate_gaussian_of_its_parameters() -> None:
    past = Past(np.array([0.5, 0.4, 0.02, 1.0]), np.array([0.03, -0.01, 0.0, 0.0]))
    rows = pair_rows(offset=(0.011, -0.023), deviation=(0.05, 0.08), correlation=0.6, turn=(0.9, 0.2))
    event = np.array([0.57, 0.35, 0.02, 1.0])
    # The step (0.03, -0.01) times 0.9, and turned a quarter (y down) times 0.2.
    mean = (0.5 + 0.011 + 0.9 * 0.03 + 0.2 * 0.01, 0.4 - 0.023 - 0.9 * 0.01 + 0.2 * 0.03)
    covariance = [[0.05**2, 0.6 * 0.05 * 0.08], [0.6 * 0.05 * 0.08, 0.08**2]]
    expected = normal_log_density(event[:2], mean, covariance)
    assert Pair(0, 1).log_density(np, rows, event, past, None)[0] == pytest.approx(expected, abs=1e-10)


PLACES = np.array([0.5, 0.4, 0.02, 1.0]), np.array([0.03, -0.01, 0.0, 0.0])


def places_rows(share: float, **pair: tuple[float, float]) -> np.ndarray:
    """The ten parameters of one `Places` component, `(1, 10)`."""
    return np.append(pair_rows(**pair), [[share / Places.UNIT]], axis=1)  # type: ignore[arg-type]


def test_places_are_a_pair_with_a_share_of_the_way_to_the_middle() -> None:
    event, past = np.array([0.57, 0.35, 0.02, 1.0]), Past(*PLACES)
    pair = {"offset": (0.011, -0.023), "deviation": (0.05, 0.08), "turn": (0.9, 0.2)}
    nowhere = Places(0, 1).log_density(np, places_rows(0.0, **pair), event, past, None)[0]
    assert nowhere == pytest.approx(Pair(0, 1).log_density(np, pair_rows(**pair), event, past, None)[0])  # type: ignore[arg-type]
    mean = (
        0.5 + 0.011 + 0.9 * 0.03 + 0.2 * 0.01 + 0.3 * (0.5 - 0.5),
        0.4 - 0.023 - 0.9 * 0.01 + 0.2 * 0.03 + 0.3 * (0.5 - 0.4),
    )
    expected = normal_log_density(event[:2], mean, [[0.05**2, 0.0], [0.0, 0.08**2]])
    found = Places(0, 1).log_density(np, places_rows(0.3, **pair), event, past, None)[0]
    assert found == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("place", [(0.0, 1.0), (0.31, 0.87), (0.5, 0.5)])
def test_a_share_of_one_aims_at_one_place_from_anywhere(place: tuple[float, float]) -> None:
    past = Past(np.array([*place, 0.02, 1.0]), np.zeros(4))
    rows = places_rows(1.0, offset=(0.2, -0.3))
    drawn, _ = Places(0, 1).sample(np, rows[0], np.zeros(2), past, None)
    assert drawn == pytest.approx([0.7, 0.2], abs=1e-12)
    assert Places(0, 1).moments(rows, past)[0][0] == pytest.approx([0.7, 0.2], abs=1e-12)


def test_a_quarter_of_the_places_the_widest_start_out_aimed() -> None:
    rows, event = Places(0, 1).bias(8).T, np.array([0.9, 0.2, 0.02, 1.0])
    means, covariance = Places(0, 1).moments(rows, Past(event, np.zeros(4)))
    assert means[:6] == pytest.approx(np.tile(event[:2], (6, 1)))
    assert means[6:] == pytest.approx(np.full((2, 2), 0.5))
    assert covariance[6:, 0, 0].min() > covariance[:6, 0, 0].max()


@pytest.mark.parametrize("share", [-0.4, 0.0, 0.5, 1.0])
@pytest.mark.parametrize("score", [None, -1.7])
def test_places_integrate_to_one(share: float, score: float | None) -> None:
    rows = places_rows(share, offset=(0.03, -0.02), deviation=(0.02, 0.05), coupling=(0.4, -0.3))
    rows[0, 6] = -1.0  # correlation
    x, y = np.linspace(0.2, 0.8, 601), np.linspace(-0.3, 1.2, 601)
    events = np.zeros((601, 601, 4))
    events[..., 0], events[..., 1] = x[:, None], y[None, :]
    shift = None if score is None else np.full((601, 601, 1), score)
    log_density, _ = Places(0, 1).log_density(np, rows, events, Past(*PLACES), shift)
    total = np.trapezoid(np.trapezoid(np.exp(log_density[..., 0]), y, axis=1), x)
    assert total == pytest.approx(1.0, abs=1e-6)


def test_drawn_places_have_the_moments_they_say() -> None:
    rng, past = np.random.default_rng(5), Past(*PLACES)
    rows = places_rows(0.6, offset=(0.1, 0.0), deviation=(0.05, 0.08), turn=(0.5, 0.1))
    rows[0, 6] = 0.7  # correlation
    noise = rng.standard_normal((40_000, 2))
    drawn, _ = Places(0, 1).sample(np, np.repeat(rows, 40_000, axis=0), noise, past, None)
    mean, covariance = Places(0, 1).moments(rows, past)
    # The mean of n draws is off by deviation / sqrt(n), a variance by about sqrt(2 / n) of itself.
    assert drawn.mean(axis=0) == pytest.approx(mean[0], abs=4 * 0.08 / 200)
    assert np.cov(drawn.T) == pytest.approx(covariance[0], rel=0.03)


def test_offsets_are_the_bivariate_gaussian_of_their_parameters() -> None:
    step, place, start = np.array([5.0, 7.0, 1.0]), np.array([30.0, 40.0]), np.array([25.0, 10.0])
    # Outputs of order one reach a tenth of the box of 100.
    rows = np.array([[0.2, -0.3, 0.0, math.log(0.4), 0.5, 0.25, 0.7, 0.9, 0.2, 1.0, 0.1]])
    mean = (
        2.0 + 0.9 * 5.0 - 0.2 * 7.0 - 0.5 * 30.0 - 1.0 * 5.0,
        -3.0 + 0.9 * 7.0 + 0.2 * 5.0 - 0.25 * 40.0 - 0.1 * 30.0,
    )
    x, y, r = 10.0 + Offsets.FLOOR, 4.0 + Offsets.FLOOR, Pair.MAX_CORRELATION * math.tanh(0.7)
    spread = [[x * x, r * x * y], [r * x * y, y * y]]
    expected = normal_log_density((-3.0, 1.0), mean, spread)
    density, past = Offsets(0, 1, box=100.0), Past(step, step, place, start)
    found = density.log_density(np, rows, np.array([-3.0, 1.0, 0.0]), past, None)[0]
    assert found == pytest.approx(expected, abs=1e-10)
    means, covariance = density.moments(rows, past)
    assert means[0] == pytest.approx(mean)
    assert covariance[0] == pytest.approx(np.array(spread))
    drawn = density.sample(np, rows[0], np.array([1.0, -0.5]), past, None)[0]
    assert drawn == pytest.approx([mean[0] + x, mean[1] + y * (r - 0.5 * math.sqrt(1 - r * r))])


def test_an_offset_that_aims_at_a_place_gets_there_from_anywhere() -> None:
    rows = Offsets(0, 1, box=100.0).bias(1)[:, 0]
    rows[2:4], rows[4:6] = -30.0, 1.0
    for place in (np.array([3.0, 80.0]), np.array([-40.0, 0.5])):
        past = Past(np.zeros(3), np.zeros(3), place, place / 2)
        offset = Offsets(0, 1, box=100.0).sample(np, rows, np.zeros(2), past, None)[0]
        assert place + offset == pytest.approx([0.0, 0.0], abs=1e-9)


def test_time_and_place_are_together_one_trivariate_gaussian() -> None:
    past = Past(np.array([0.5, 0.4, 0.02, 1.0]), np.array([0.03, -0.01, 0.0, 0.0]))
    seconds = np.array([[math.log(0.03), raw(0.4, Seconds.FLOOR)]])
    dx, dy, rho, cx, cy, dt_deviation = 0.05, 0.08, -0.3, 0.7, -0.4, 0.4
    pair = pair_rows(
        offset=(0.01, 0.02), deviation=(dx, dy), correlation=rho, coupling=(cx, cy), turn=(0.5, -0.3)
    )
    mean = (
        math.log(0.03),
        0.5 + 0.01 + 0.5 * 0.03 - (-0.3) * (-0.01),
        0.4 + 0.02 + 0.5 * (-0.01) + (-0.3) * 0.03,
    )
    covariance = [
        [dt_deviation**2, dt_deviation * dx * cx, dt_deviation * dy * cy],
        [dt_deviation * dx * cx, dx * dx * (1 + cx * cx), dx * dy * (rho + cx * cy)],
        [dt_deviation * dy * cy, dx * dy * (rho + cx * cy), dy * dy * (1 + cy * cy)],
    ]
    for dt, x, y in itertools.product((0.005, 0.031, 0.2), (0.4, 0.56), (0.33, 0.5)):
        event = np.array([x, y, dt, 1.0])
        in_time, score = Seconds(2).log_density(np, seconds, event, past, None)
        in_space, passed_on = Pair(0, 1).log_density(np, pair, event, past, score)
        # dt = exp(u) - 1 ms: the density of dt is that of u over du/d(dt) = dt + 1 ms.
        expected = normal_log_density((math.log(dt + 1e-3), x, y), mean, covariance) - math.log(dt + 1e-3)
        assert in_time[0] + in_space[0] == pytest.approx(expected, abs=1e-9)
        assert passed_on is score


@pytest.mark.parametrize("logit", [-40.0, -1.3, 0.0, 2.0, 40.0])
def test_flag_probabilities_sum_to_one(logit: float) -> None:
    rows = np.array([[logit]])
    log_p = [
        float(Flag(3).log_density(np, rows, np.array([0, 0, 0, f]), NOWHERE, None)[0][0]) for f in (0.0, 1.0)
    ]
    assert sum(map(math.exp, log_p)) == pytest.approx(1.0, abs=1e-12)
    assert log_p[1] - log_p[0] == pytest.approx(logit, rel=1e-9)


@pytest.mark.parametrize("logits", [[0.0, 0.0, 0.0], [3.0, -2.0, 0.5], [-200.0, 100.0, 90.0]])
def test_pen_is_the_softmax_of_its_logits(logits: list[float]) -> None:
    rows = np.array([logits])
    log_p = [
        float(Pen(2).log_density(np, rows, np.array([0, 0, s]), NOWHERE, None)[0][0]) for s in (0.0, 1.0, 2.0)
    ]
    assert sum(map(math.exp, log_p)) == pytest.approx(1.0, abs=1e-12)
    assert np.subtract(log_p, log_p[1]) == pytest.approx(np.subtract(logits, logits[1]), abs=1e-9)


@pytest.mark.parametrize(
    "density", [Seconds(2), Pair(0, 1), Places(0, 1), Flag(3), Values((0, 1, 2)), Pen(2)]
)
@pytest.mark.parametrize("mixtures", [1, 2, 7])
def test_bias_has_a_row_for_each_parameter_and_is_finite(density: Seconds, mixtures: int) -> None:
    bias = density.bias(mixtures)
    assert bias.shape == (density.n_rows, mixtures)
    assert np.isfinite(bias).all()


@pytest.mark.parametrize("size", [0.0, 30.0, -80.0])
def test_a_repeated_value_buys_a_bounded_likelihood(size: float) -> None:
    """The floor: whatever a network says, a density never exceeds 1 / (sqrt(2 pi) floor)."""
    event = np.array([0.5, 0.5, 0.02, 1.0])
    past = Past(event, np.zeros(4))
    pair = np.zeros((1, 9))
    pair[:, 2:4] = -size if size > 0 else size
    highest = -2 * math.log(Pair.FLOOR * math.sqrt(2 * math.pi)) - 0.5 * math.log(1 - Pair.MAX_CORRELATION**2)
    assert float(Pair(0, 1).log_density(np, pair, event, past, None)[0][0]) <= highest
    seconds = np.array([[math.log(0.021), -80.0]])
    assert (
        float(Seconds(2).log_density(np, seconds, event, past, None)[0][0])
        <= -math.log(Seconds.FLOOR * 0.021 * math.sqrt(2 * math.pi)) + 1e-9
    )


# --- sampling: the draw is the inverse of the density's standard score ---


def test_seconds_without_noise_are_the_median() -> None:
    rows = np.array([math.log(0.021), 0.3])
    drawn, score = Seconds(2).sample(np, rows, np.zeros(1), NOWHERE, None)
    assert drawn == pytest.approx([0.020], abs=1e-12) and score == pytest.approx(0.0)
    assert Seconds(2).median(rows[None]) == pytest.approx([0.020], abs=1e-12)


def test_seconds_median_is_never_negative() -> None:
    assert Seconds(2).median(np.array([[math.log(1e-5), 0.0]])).tolist() == [0.0]


def test_pair_without_noise_is_the_mean() -> None:
    past = Past(np.array([0.5, 0.4, 0.02, 1.0]), np.array([0.03, -0.01, 0.0, 0.0]))
    rows = pair_rows(
        offset=(0.01, 0.02), deviation=(0.05, 0.08), correlation=0.5, coupling=(3.0, 4.0), turn=(0.5, 0.1)
    )
    drawn, _ = Pair(0, 1).sample(np, rows[0], np.zeros(2), past, np.zeros(1))
    mean, _ = Pair(0, 1).moments(rows, past)
    assert drawn == pytest.approx(mean[0], abs=1e-8)
    assert mean[0] == pytest.approx([0.5 + 0.01 + 0.015 + 0.001, 0.4 + 0.02 - 0.005 + 0.003], abs=1e-12)


def test_a_sample_scored_gives_back_its_noise() -> None:
    """Density and sampler agree on every parameter: the log density of a draw is that of its noise."""
    rng = np.random.default_rng(8)
    past = Past(np.array([0.5, 0.4, 0.02, 1.0]), np.array([0.03, -0.01, 0.0, 0.0]))
    pair = pair_rows(
        offset=(0.01, 0.02), deviation=(0.05, 0.08), correlation=-0.6, coupling=(0.7, -0.4), turn=(0.5, 0.1)
    )
    seconds = np.array([[math.log(0.03), raw(0.4, Seconds.FLOOR)]])
    for noise in rng.standard_normal((50, 3)):
        dt, late = Seconds(2).sample(np, seconds[0], noise[:1], past, None)
        xy, _ = Pair(0, 1).sample(np, pair[0], noise[1:], past, late)
        event = np.array([*xy, *dt, 1.0])
        in_time, score = Seconds(2).log_density(np, seconds, event, past, None)
        in_space, _ = Pair(0, 1).log_density(np, pair, event, past, score)
        assert score == pytest.approx(noise[:1], abs=1e-6)
        of_noise = -0.5 * (noise**2).sum() - 1.5 * math.log(2 * math.pi)
        volume = 0.4 * (dt[0] + 1e-3) * 0.05 * 0.08 * math.sqrt(1 - 0.6**2)
        assert in_time[0] + in_space[0] == pytest.approx(of_noise - math.log(volume), abs=1e-5)


def test_noise_scales_the_distance_from_the_mean() -> None:
    rows = pair_rows(deviation=(0.05, 0.08), correlation=0.5)[0]
    noise = np.array([1.2, -0.7])
    near, far = (Pair(0, 1).sample(np, rows, factor * noise, NOWHERE, None)[0] for factor in (0.5, 2.0))
    assert far == pytest.approx(4.0 * near, rel=1e-12)
    values = np.array([0.0, 0.0, -1.0, -2.0])
    near, far = (Values((0, 1)).sample(np, values, factor * noise, NOWHERE, None)[0] for factor in (0.5, 2.0))
    assert far == pytest.approx(4.0 * near, rel=1e-12)


def test_drawn_pairs_have_the_covariance_of_their_moments() -> None:
    rng = np.random.default_rng(5)
    rows = pair_rows(deviation=(0.05, 0.08), correlation=-0.6)
    drawn, _ = Pair(0, 1).sample(
        np, np.repeat(rows, 40_000, axis=0), rng.standard_normal((40_000, 2)), NOWHERE, None
    )
    _, covariance = Pair(0, 1).moments(rows, NOWHERE)
    # A sample covariance of n draws is off by about sqrt(2 / n) of the variance: 0.7 %; four of these.
    assert np.cov(drawn.T) == pytest.approx(covariance[0], rel=0.03)


def test_moments_of_values_are_where_the_knobs_were() -> None:
    past = Past(np.array([0.02, 0.3, 0.7]), np.zeros(3))
    mean, covariance = Values((1, 2)).moments(np.array([[0.5, -1.0, math.log(0.1), math.log(0.2)]]), past)
    assert mean == pytest.approx(np.array([[0.35, 0.6]]))
    assert covariance == pytest.approx(np.array([[[0.101**2, 0.0], [0.0, 0.201**2]]]))


def test_flag_is_drawn_with_its_probability() -> None:
    logit = math.log(0.7 / 0.3)
    noise = (np.arange(1000)[:, None] + 0.5) / 1000
    drawn = Flag(3).sample(np, np.full((1000, 1), logit), noise, NOWHERE, None)[0]
    assert drawn.sum() == 700.0 and set(np.unique(drawn)) == {0.0, 1.0}


def test_pen_is_drawn_with_its_probabilities() -> None:
    rows = np.tile(np.log([[0.5, 0.3, 0.2]]), (1000, 1))
    noise = (np.arange(1000)[:, None] + 0.5) / 1000
    drawn = Pen(2).sample(np, rows, noise, NOWHERE, None)[0][:, 0]
    assert np.bincount(drawn.astype(int), minlength=3).tolist() == [500, 300, 200]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_largest_uniform_number_still_gives_a_state_of_the_pen(dtype: str) -> None:
    below_one = np.nextafter(np.array([[1.0]], dtype), np.array(0.0, dtype), dtype=dtype)
    for logits in ([0.0, 0.0, 0.0], [1.0, 1.0, -90.0], [-90.0, -90.0, 1.0], [20.0, -20.0, -20.0]):
        drawn = Pen(2).sample(np, np.array([logits], dtype), below_one, NOWHERE, None)[0]
        assert drawn[0, 0] in (0.0, 1.0, 2.0)


def test_a_very_sure_flag_is_drawn_without_an_overflow() -> None:
    rows = np.array([[-200.0]], "float32")
    assert Flag(3).sample(np, rows, np.array([[0.5]], "float32"), NOWHERE, None)[0].tolist() == [[0.0]]
