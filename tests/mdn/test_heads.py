"""The mixture of whole events: layout, invariances, groups, draws."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from mdn.columns import TOUCH, Column, Kind, controller_columns, sketch_columns
from mdn.densities import Flag, Knobs, Offsets, Pair, Past, Pen, Places, Seconds, Values
from mdn.heads import OLDEST, Head
from mdn.mixture import describe

ROWS = (  # of one component of the touch model, in the order the layout is documented in
    "logit",
    "dt_mean",
    "dt_raw",
    "x",
    "y",
    "x_raw",
    "y_raw",
    "x_coupling",
    "y_coupling",
    "correlation",
    "along",
    "across",
    "share",
    "moving",
)
# All values distinct, so that any two of them exchanged change the density.
COMPONENTS = tuple(
    dict(zip(ROWS, values, strict=True))
    for values in (
        (0.3, -3.9, -0.6, 0.11, -0.13, -2.8, -2.4, 0.21, -0.17, 0.5, 0.83, -0.29, 0.67, 1.4),
        (-0.4, -3.1, -1.1, -0.31, 0.23, -2.1, -2.6, -0.37, 0.41, -0.9, 0.19, 0.47, -1.3, -0.8),
        (0.9, -4.3, -0.2, 0.07, 0.37, -1.7, -1.9, 0.59, 0.31, 0.2, -0.43, 0.13, 1.1, 0.05),
    )
)
PAST = Past(np.array([0.52, 0.41, 0.016, 1.0]), np.array([0.021, -0.034, 0.001, 0.0]))
EVENT = np.array([0.55, 0.38, 0.0193, 1.0])


def flat(components: tuple[dict[str, float], ...]) -> np.ndarray:
    return np.array([[c[name] for name in ROWS] for c in components]).reshape(-1)


def oracle(components: tuple[dict[str, float], ...], event: np.ndarray, past: Past) -> tuple[float, float]:
    """Log density of all columns and of x, y, dt alone, one component at a time in plain numbers."""
    whole = continuous = 0.0
    total = sum(math.exp(c["logit"]) for c in components)
    for c in components:
        log_s = math.log(event[2] + 1e-3)
        deviation = 5e-3 + math.exp(c["dt_raw"])
        late = (log_s - c["dt_mean"]) / deviation
        in_time = math.exp(-0.5 * late**2) / (math.sqrt(2 * math.pi) * deviation) / (event[2] + 1e-3)
        dx, dy = 3e-4 + math.exp(c["x_raw"]), 3e-4 + math.exp(c["y_raw"])
        step_x, step_y = past.step[0], past.step[1]
        to_middle_x, to_middle_y = 0.5 - past.event[0], 0.5 - past.event[1]
        mean_x = (
            past.event[0]
            + 0.1 * c["x"]
            + c["along"] * step_x
            - c["across"] * step_y
            + 0.1 * c["share"] * to_middle_x
        )
        mean_y = (
            past.event[1]
            + 0.1 * c["y"]
            + c["along"] * step_y
            + c["across"] * step_x
            + 0.1 * c["share"] * to_middle_y
        )
        zx = (event[0] - mean_x) / dx - c["x_coupling"] * late
        zy = (event[1] - mean_y) / dy - c["y_coupling"] * late
        rho = 0.999 * math.tanh(c["correlation"])
        # Graves 2013, Eq. 24 and 25.
        z = zx**2 + zy**2 - 2 * rho * zx * zy
        in_space = math.exp(-z / (2 * (1 - rho**2))) / (2 * math.pi * dx * dy * math.sqrt(1 - rho**2))
        p_moving = 1 / (1 + math.exp(-c["moving"]))
        flag = p_moving if event[3] == 1.0 else 1 - p_moving
        pi = math.exp(c["logit"]) / total
        whole += pi * in_time * in_space * flag
        continuous += pi * in_time * in_space
    return math.log(whole), math.log(continuous)


@pytest.fixture
def head() -> Head:
    return Head(TOUCH, len(COMPONENTS))


def joint(head: Head, params: np.ndarray, event: np.ndarray = EVENT, past: Past = PAST) -> float:
    return float(head.log_densities(np, params, event, past)["x,y,dt,moving"])


@pytest.mark.parametrize("moving", [0.0, 1.0])
def test_the_touch_density_is_that_of_the_oracle(head: Head, moving: float) -> None:
    for dt, x in itertools.product((0.0, 0.0163, 0.4), (0.3, 0.55)):
        event = np.array([x, 0.38, dt, moving])
        groups = head.log_densities(np, flat(COMPONENTS), event, PAST)
        whole, continuous = oracle(COMPONENTS, event, PAST)
        assert list(groups) == ["x,y,dt,moving", "x,y,dt"]
        assert groups["x,y,dt,moving"] == pytest.approx(whole, abs=1e-9)
        assert groups["x,y,dt"] == pytest.approx(continuous, abs=1e-9)


def test_batches_are_scored_as_single_events_are(head: Head) -> None:
    rng = np.random.default_rng(3)
    params = flat(COMPONENTS) + 0.1 * rng.standard_normal((2, 5, head.n_params))
    events = np.clip(EVENT + 0.02 * rng.standard_normal((2, 5, 4)), 0.0, 1.0)
    events[..., 3] = rng.integers(0, 2, (2, 5))
    past = Past(events * 0.9, events * 0.01)
    together = head.log_densities(np, params, events, past)["x,y,dt,moving"]
    assert together.shape == (2, 5)
    for i, j in np.ndindex(2, 5):
        alone = joint(head, params[i, j], events[i, j], Past(past.event[i, j], past.step[i, j]))
        assert together[i, j] == pytest.approx(alone, abs=1e-10)


def test_any_two_parameters_exchanged_change_the_density(head: Head) -> None:
    right = joint(head, flat(COMPONENTS))
    for a, b in itertools.combinations(ROWS, 2):
        swapped = tuple(c | {a: c[b], b: c[a]} for c in COMPONENTS)
        assert abs(joint(head, flat(swapped)) - right) > 1e-4, f"{a} and {b} exchanged go unnoticed"


def test_the_order_of_components_does_not_matter(head: Head) -> None:
    right = joint(head, flat(COMPONENTS))
    for order in itertools.permutations(COMPONENTS):
        assert joint(head, flat(order)) == pytest.approx(right, abs=1e-12)


def test_identical_components_are_one_component() -> None:
    one = joint(Head(TOUCH, 1), flat(COMPONENTS[:1]))
    five = [COMPONENTS[0] | {"logit": logit} for logit in (0.3, -2.0, 5.0, 0.0, 1.0)]
    assert joint(Head(TOUCH, 5), flat(tuple(five))) == pytest.approx(one, abs=1e-12)


@pytest.mark.parametrize("shift", [-700.0, 3.0, 1e4])
def test_a_constant_added_to_all_logits_changes_nothing(head: Head, shift: float) -> None:
    shifted = tuple(c | {"logit": c["logit"] + shift} for c in COMPONENTS)
    assert joint(head, flat(shifted)) == pytest.approx(joint(head, flat(COMPONENTS)), abs=1e-9)


def test_x_y_dt_is_the_sum_over_both_flags(head: Head) -> None:
    params = flat(COMPONENTS)
    up, down = EVENT * [1, 1, 1, 0], EVENT * [1, 1, 1, 0] + [0, 0, 0, 1]
    both = np.logaddexp(joint(head, params, up), joint(head, params, down))
    alone = head.log_densities(np, params, up, PAST)["x,y,dt"]
    assert alone == pytest.approx(both, abs=1e-12)
    assert head.log_densities(np, params, down, PAST)["x,y,dt"] == pytest.approx(alone, abs=1e-12)


def test_dx_dy_is_the_sum_over_the_states_of_the_pen() -> None:
    head = Head(sketch_columns(100.0, "px"), 3)
    assert [type(d) for d in head.densities] == [Offsets, Pen]
    params = np.random.default_rng(2).normal(size=head.n_params)
    step = np.array([1.0, 2.0, 0.0])
    past = Past(step, step, np.array([10.0, 20.0]), np.array([5.0, -3.0]))
    groups = [head.log_densities(np, params, np.array([0.1, 0.2, pen]), past) for pen in (0.0, 1.0, 2.0)]
    total = np.logaddexp.reduce([g["dx,dy,pen"] for g in groups])
    assert groups[0]["dx,dy"] == pytest.approx(total, abs=1e-12)


def test_a_controller_has_one_group_and_time_first() -> None:
    head = Head(controller_columns(3), 2)
    assert [type(d) for d in head.densities] == [Seconds, Knobs]
    older = Head(controller_columns(3), 2, ("seconds", "values"))
    assert [type(d) for d in older.densities] == [Seconds, Values]
    assert head.noise == ("uniform", "normal", "uniform", "normal")
    assert older.noise == ("uniform", "normal", "normal", "normal", "normal")
    event = np.array([0.02, 0.1, 0.2, 0.3])
    groups = head.log_densities(np, head.bias(), event, Past(event, np.zeros(4)))
    assert list(groups) == ["dt,x1,x2,x3"]


def test_the_sizes_say_what_a_component_holds(head: Head) -> None:
    assert [type(d) for d in head.densities] == [Seconds, Places, Flag]
    assert (head.n_rows, head.n_params) == (len(ROWS), 3 * len(ROWS))
    assert head.noise == ("uniform", "normal", "normal", "normal", "uniform")
    assert head.bias().shape == (head.n_params,) and head.bias().dtype == np.float32
    assert head.components(np, flat(COMPONENTS))[1].tolist() == list(COMPONENTS[1].values())


def test_float32_stays_finite_at_the_edges_of_the_canvas_and_of_time() -> None:
    head = Head(TOUCH, 24)
    rng = np.random.default_rng(0)
    corners = np.array(list(itertools.product((0.0, 1.0), (0.0, 1.0), (0.0, 5.0), (0.0, 1.0))), "float32")
    for scale in (0.0, 1.0, 8.0):
        params = (head.bias() + scale * rng.standard_normal((16, head.n_params))).astype("float32")
        past = Past(corners[::-1], (corners - 0.5).astype("float32"))
        for values in head.log_densities(np, params, corners, past).values():
            assert values.dtype == np.float32
            assert np.isfinite(values).all(), scale


def test_float32_agrees_with_float64(head: Head) -> None:
    params = flat(COMPONENTS)
    narrow = Past(PAST.event.astype("float32"), PAST.step.astype("float32"))
    single = joint(head, params.astype("float32"), EVENT.astype("float32"), narrow)
    assert single == pytest.approx(joint(head, params), abs=1e-4)


# --- drawing ---


def draw(head: Head, params: np.ndarray, noise: np.ndarray, past: Past = PAST) -> np.ndarray:
    """An event from one component and all its noise, the number that has chosen the component included."""
    _, *own = head.split_noise(np, noise)
    drawn: np.ndarray = head.draw(np, params, own, past)
    return drawn


def test_draws_follow_the_density() -> None:
    """Probability integral transform: each column's standard score, given those before it, is normal."""
    head, n = Head(TOUCH, 1), 20_000
    c = COMPONENTS[0] | {"x": 0.0, "y": 0.0, "along": 0.0, "across": 0.0, "share": 0.0}
    rng = np.random.default_rng(11)
    noise = rng.standard_normal((n, 5))
    noise[:, [0, 4]] = rng.random((n, 2))
    events = draw(head, np.tile(flat((c,)), (n, 1)), noise, Past(np.full(4, 0.5), np.zeros(4)))
    late = (np.log(events[:, 2] + 1e-3) - c["dt_mean"]) / (5e-3 + math.exp(c["dt_raw"]))
    zx = (events[:, 0] - 0.5) / (3e-4 + math.exp(c["x_raw"])) - c["x_coupling"] * late
    zy = (events[:, 1] - 0.5) / (3e-4 + math.exp(c["y_raw"])) - c["y_coupling"] * late
    rho = 0.999 * math.tanh(c["correlation"])
    rest = (zy - rho * zx) / math.sqrt(1 - rho**2)
    inside = (events[:, :2] > 0.0).all(1) & (events[:, :2] < 1.0).all(1)
    assert inside.mean() > 0.999
    for z in (late, zx[inside], rest[inside]):
        uniform = np.sort([0.5 * math.erfc(-v / math.sqrt(2)) for v in z])
        distance = np.abs(uniform - (np.arange(len(uniform)) + 0.5) / len(uniform)).max()
        assert distance < 1.63 / math.sqrt(n), "Kolmogorov-Smirnov, 1 %"
    p = 1 / (1 + math.exp(-c["moving"]))
    assert events[:, 3].mean() == pytest.approx(p, abs=3 * math.sqrt(p * (1 - p) / n))


def test_draws_are_clamped_to_the_range_of_each_column(head: Head) -> None:
    far = COMPONENTS[0] | {"x": 100.0, "y": -100.0, "dt_mean": 20.0}
    one = np.array([0.9, 1.0, 1.0, 1.0, 0.5])
    drawn = draw(head, flat((far,)), one)
    assert drawn.tolist() == [1.0, 0.0, 5.0, 1.0]
    soon = draw(head, flat((far | {"dt_mean": -20.0},)), one)
    assert soon[2] == 0.0


def test_each_density_draws_with_its_own_noise(head: Head) -> None:
    still = np.array([0.5, 0.0, 0.0, 0.0, 0.5])
    base = draw(head, flat(COMPONENTS[:1]), still)
    changed = []
    for i, amount in enumerate((0.3, 1.0, 1.0, 1.0, 0.45)):
        noise = still.copy()
        noise[i] += amount
        changed.append(np.flatnonzero(draw(head, flat(COMPONENTS[:1]), noise) != base).tolist())
    # The first has chosen the component. That of dt moves the place too (coupling), that of x moves y
    # (correlation), that of y itself only.
    assert changed == [[], [0, 1, 2], [0, 1], [1], [3]]


def test_a_drawn_event_has_its_columns_in_order() -> None:
    head = Head(controller_columns(2), 1, ("seconds", "values"))
    rows = np.array([0.0, math.log(0.051), -30.0, 1.0, -2.0, -30.0, -30.0])
    event = draw(head, rows, np.zeros(4), Past(np.array([0.1, 0.3, 0.7]), np.zeros(3)))
    assert event == pytest.approx([0.05, 0.4, 0.5], abs=1e-9)


@pytest.mark.parametrize("sigma_temperature", [0.0, 0.25, 1.0, 4.0])
def test_the_sigma_temperature_multiplies_the_covariance(head: Head, sigma_temperature: float) -> None:
    rng = np.random.default_rng(6)
    noise = rng.standard_normal((3, 5))
    noise[:, [0, 4]] = rng.random((3, 2))
    spread = head.spread(np, noise, np.array(sigma_temperature))
    assert spread[:, [0, 4]].tolist() == noise[:, [0, 4]].tolist()  # uniform numbers are no deviations
    assert spread[:, 1:4] == pytest.approx(math.sqrt(sigma_temperature) * noise[:, 1:4], abs=1e-12)


def test_the_pi_temperature_divides_the_logits_of_pi_and_of_which_knob_moves(head: Head) -> None:
    assert head.sharpness(np, np.array(0.5)).tolist() == [2.0, *[1.0] * 13]
    knobs = Head(controller_columns(2), 3)
    assert knobs.sharpness(np, np.array(0.5)).tolist() == [2.0, 1.0, 1.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0]
    assert knobs.sharpness(np, np.array(1.0)).tolist() == [1.0] * 9


def test_a_sigma_temperature_of_zero_draws_the_mean_of_the_component(head: Head) -> None:
    noise = head.spread(np, np.array([0.9, 2.0, -1.5, 0.7, 0.999]), np.array(0.0))
    event = draw(head, flat(COMPONENTS[1:2]), noise)
    mixture = describe(head, flat(COMPONENTS), PAST)
    assert event[:2] == pytest.approx(mixture.mean[1], abs=1e-6)
    assert event[2] == pytest.approx(mixture.dt_s[1], abs=1e-6)


# --- what cannot be ---


def test_no_mixture_component_is_refused() -> None:
    with pytest.raises(ValueError, match="mixtures: expected at least 1, got 0"):
        Head(TOUCH, 0)


def test_a_lone_coordinate_is_refused() -> None:
    with pytest.raises(ValueError, match="expected two adjacent position columns, got 1"):
        Head(TOUCH[:1], 2)
    with pytest.raises(ValueError, match="expected adjacent position columns"):
        Head((TOUCH[0], TOUCH[2], TOUCH[1]), 2)


def test_no_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="columns: expected at least one, got none"):
        Head((), 2)


def test_knobs_that_are_not_adjacent_are_refused() -> None:
    knob = Column("x1", Kind.VALUE, "", 0.0, 1.0)
    with pytest.raises(ValueError, match="adjacent"):
        Head((knob, TOUCH[3], knob), 2)


def test_the_names_of_a_heads_densities_make_the_same_head_again(head: Head) -> None:
    again = Head(head.columns, head.mixtures, head.density_names)
    assert [type(density) for density in again.densities] == [type(density) for density in head.densities]


def test_an_older_model_is_read_by_its_own_densities() -> None:
    head = Head(TOUCH, 3, OLDEST)
    assert [type(d) for d in head.densities] == [Seconds, Pair, Flag]
    older = [{name: c[name] for name in ROWS if name != "share"} for c in COMPONENTS]
    params = np.array([list(c.values()) for c in older]).reshape(-1)
    expected = oracle(tuple(c | {"share": 0.0} for c in older), EVENT, PAST)
    assert joint(head, params) == pytest.approx(expected[0], abs=1e-9)


def test_a_model_file_that_names_no_density_was_made_with_the_oldest() -> None:
    assert set(OLDEST) == {"seconds", "pair", "values", "offsets", "flag", "pen", "notes"}


def test_a_density_that_does_not_fit_the_columns_is_refused() -> None:
    with pytest.raises(ValueError, match=r"densities: expected .*pair.* for position columns, got seconds"):
        Head(TOUCH, 2, ("seconds", "values", "flag"))
