"""The density of notes against its integrals and sums, and what is drawn from it against enumeration."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from mdn.columns import NOTES, Kind, controller_columns
from mdn.densities import Notes, Past, note_grid, note_memory
from mdn.densities.note_memory import HIGHEST, LOWEST, N_PITCHES
from mdn.densities.note_rows import AT, UNITS
from mdn.densities.note_seconds import GRID_S, LONGEST_S, SHIFT_S, _normal, log_dt
from mdn.features import Features
from mdn.heads import Head
from mdn.mixture import describe

DENSITY = Notes((0, 1, 2, 3))
KEYS = np.arange(LOWEST, HIGHEST + 1)
UNIT = 0.12
GRID = [UNIT, 50.0, 0.0, 7.0, 0.24]
COUNTS = np.random.default_rng(8).integers(0, 4, note_memory.MATCH.start - note_memory.GRID.stop)
PAST = Past(
    np.array([0.24, 60.0, 0.3, 80.0]),
    np.array([0.12, -3.0, 0.1, 4.0]),
    memory=np.array([*GRID, *COUNTS, 3 * UNIT, 67.0, 0.9, 51.0, 3.0]),
)
UNIFORMS, NORMALS = 200, 20  # sides of the grid of noise
N_DRAWN = 6_000  # of one uniform number: a share is right to one in so many


@pytest.fixture(params=[1, 2, 3])
def rows(request: pytest.FixtureRequest) -> np.ndarray:
    """Parameters `(n_rows,)`, a little off those training starts from."""
    rng = np.random.default_rng(request.param)
    start = DENSITY.bias(1)[:, 0]
    return np.asarray(start + rng.normal(0.0, 0.4, start.shape))


def log_densities(rows: np.ndarray, notes: np.ndarray) -> dict[str, np.ndarray]:
    """Of `notes` `(n, 4)`, `(n,)` each."""
    n = len(notes)
    past = Past(
        *(np.tile(each, (n, 1)) for each in (PAST.event, PAST.step)), memory=np.tile(PAST.memory, (n, 1))
    )
    found = DENSITY.log_densities(np, np.tile(rows, (n, 1, 1)), notes, past)
    return {name: each[:, 0] for name, each in found.items()}


def density_of_dt(rows: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """Of `seconds` `(n,)`, in pieces: there are many of them."""
    pieces = np.array_split(seconds, max(len(seconds) // 20_000, 1))
    past = Past(PAST.event[None, None], PAST.step[None, None], memory=PAST.memory[None, None])
    found = [log_dt(np, rows[None, None], each[:, None, None], past)[:, 0] for each in pieces]
    return np.exp(np.concatenate(found))


def notes_with(
    column: int, values: np.ndarray, note: tuple[float, ...] = (0.24, 64.0, 0.5, 70.0)
) -> np.ndarray:
    notes = np.tile(np.array(note), (len(values), 1))
    notes[:, column] = values
    return notes


def drawn(
    rows: np.ndarray, noise: np.ndarray, guide: np.ndarray | None = None, tau: float = 1.0
) -> np.ndarray:
    """Notes `(n, 4)` of `noise` `(n, 6)`."""
    n = len(noise)
    past = Past(
        *(np.tile(each, (n, 1)) for each in (PAST.event, PAST.step)), memory=np.tile(PAST.memory, (n, 1))
    )
    toward = None if guide is None else np.tile(DENSITY.tempered(np, guide, np.array(tau)), (n, 1))
    spread = np.where([kind == "normal" for kind in DENSITY.noise], math.sqrt(tau), 1.0)
    notes, score = DENSITY.sample(np, np.tile(rows, (n, 1)), noise * spread, past, None, toward)
    assert score is None
    return np.asarray(notes)


def noise_over(column: int, count: int, others: float = 0.5) -> np.ndarray:
    """Noise `(count, 6)` of which one uniform number runs over its range, and normal ones are 0."""
    noise = np.tile(np.where([kind == "normal" for kind in DENSITY.noise], 0.0, others), (count, 1))
    noise[:, column] = (np.arange(count) + 0.5) / count
    return noise


def test_dt_has_the_mass_of_one(rows: np.ndarray) -> None:
    seconds = np.concatenate([np.arange(1e-6, 6.0, 1e-4), np.geomspace(6.0, 5000.0, 5_000)])
    density = density_of_dt(rows, seconds)
    before_zero = 0.01  # of what is log-normal, shifted by 5 ms, and is not clamped to 0 here
    assert np.trapezoid(density, seconds) == pytest.approx(1.0, abs=before_zero)


def test_duration_has_the_mass_of_one_whatever_the_pitch(rows: np.ndarray) -> None:
    seconds = np.geomspace(1e-7, 1e4, 4_000)
    for pitch in (30.0, 64.0, 100.0):
        notes = notes_with(2, seconds, (0.0, pitch, 0.0, 70.0))
        density = np.exp(log_densities(rows, notes)["duration"])
        assert np.trapezoid(density, seconds) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("dt", [0.0, UNIT, 2 * UNIT, 0.2])
def test_pitch_and_velocity_sum_to_one_whatever_dt(rows: np.ndarray, dt: float) -> None:
    for column, name, values in ((1, "pitch", KEYS), (3, "velocity", np.arange(1, 128))):
        notes = notes_with(column, values.astype("float64"), (dt, 64.0, 0.5, 70.0))
        assert np.exp(log_densities(rows, notes)[name]).sum() == pytest.approx(1.0, abs=1e-9)


def test_a_mass_that_rounding_makes_negative_is_none(
    rows: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a compiled network may: of two numbers near 1 the difference can be just below 0."""
    monkeypatch.setattr("mdn.densities.note_seconds._normal", lambda xp, score: 1.0 - 1e-9 * score)
    assert np.isfinite(density_of_dt(rows, np.array([0.1, 1.0]))).all()


def test_within_a_chord_other_intervals_are_likely_than_between_two(rows: np.ndarray) -> None:
    chord, line = (
        log_densities(rows, notes_with(1, KEYS * 1.0, (dt, 0.0, 0.5, 70.0)))["pitch"] for dt in (0, 0.24)
    )
    below = KEYS <= 60
    assert np.exp(chord)[below].sum() < np.exp(line)[below].sum()
    assert not np.allclose(chord[~below], line[~below])


def test_the_distribution_function_is_that_of_a_normal_variable() -> None:
    scores = np.linspace(-6.0, 6.0, 241)
    expected = [NormalDist().cdf(score) for score in scores.tolist()]
    assert _normal(np, scores) == pytest.approx(expected, abs=2e-4)
    assert _normal(np, np.array([-1e4, 1e4])).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("multiple", [1, 2, 4])
def test_an_interval_on_the_beat_has_the_density_of_its_noise(multiple: int) -> None:
    rows = DENSITY.bias(1)[:, 0]
    rows[AT["dt_deviation"]] = math.log(1e-6)
    rows[AT["dt"]] = -50.0
    rows[AT["dt"].start + 1 + UNITS.index(multiple)] = 0.0
    at = multiple * UNIT
    values = at + np.array([-1.5, -0.5, 0.0, 0.5, 1.5]) * GRID_S
    within = math.log(1.0 / (2.0 * GRID_S))
    found = log_densities(rows, notes_with(0, values))["dt"]
    assert found[1:4] == pytest.approx([within] * 3, abs=1e-3)
    assert (found[[0, -1]] < within - 3.0).all()


def test_a_velocity_with_its_noise_is_the_whole_number_it_was(rows: np.ndarray) -> None:
    values = np.array([69.6, 70.0, 70.4])
    found = log_densities(rows, notes_with(3, values))["velocity"]
    assert found == pytest.approx([found[1]] * 3, abs=1e-12)


def test_pitches_are_drawn_as_often_as_they_are_likely(rows: np.ndarray) -> None:
    notes = drawn(rows, noise_over(2, N_DRAWN))
    expected = np.exp(log_densities(rows, notes_with(1, KEYS * 1.0, tuple(notes[0])))["pitch"])
    counts = np.bincount(notes[:, 1].astype(int) - LOWEST, minlength=N_PITCHES) / len(notes)
    assert counts == pytest.approx(expected, abs=2e-4)


def test_velocities_are_drawn_as_often_as_they_are_likely(rows: np.ndarray) -> None:
    notes = drawn(rows, noise_over(5, N_DRAWN))
    assert (notes[:, :3] == notes[0, :3]).all()
    values = np.arange(1, 128) * 1.0
    expected = np.exp(log_densities(rows, notes_with(3, values, tuple(notes[0])))["velocity"])
    assert np.bincount(notes[:, 3].astype(int), minlength=128)[1:] / len(notes) == pytest.approx(
        expected, abs=2e-4
    )


def over_both(uniform: int, normal: int) -> np.ndarray:
    """Noise whose one uniform and one normal number run over a grid of equal masses, `(n, 6)`."""
    noise = np.repeat(noise_over(uniform, UNIFORMS), NORMALS, axis=0)
    # A lattice: on a plain grid every component would have its values at the same few quantiles.
    start = (0.5 + 0.6180339887 * np.arange(UNIFORMS)) % 1.0
    shares = (np.arange(NORMALS) + np.clip(start, 0.01, 0.99)[:, None]) / NORMALS
    noise[:, normal] = [NormalDist().inv_cdf(share) for share in shares.reshape(-1).tolist()]
    return noise


def test_dt_is_drawn_as_it_is_likely(rows: np.ndarray) -> None:
    values = drawn(rows, over_both(0, 1))[:, 0]
    edges = np.array(
        [-1.0, 0.001, 0.05, *(np.array([0.42, 1.2, 1.75, 2.25, 3.25, 6.4, 12.4]) * UNIT), 4.9, 50.0]
    )
    found = np.histogram(values, edges)[0] / len(values)
    fine = np.concatenate([np.arange(1e-4, 6.0, 2e-4), np.geomspace(6.0, 60.0, 2000)])
    density = density_of_dt(rows, fine) * np.gradient(fine)
    expected = np.histogram(np.where(fine < note_grid.TOGETHER_S, 0.0, fine), edges, weights=density)[0]
    assert found == pytest.approx(expected, abs=0.01)
    assert (values == 0.0).mean() > 0.05  # a chord is struck at once, exactly


def test_durations_are_drawn_as_they_are_likely(rows: np.ndarray) -> None:
    notes = drawn(rows, over_both(3, 4))
    fine = np.geomspace(1e-4, 100.0, 5_000)
    density = np.exp(log_densities(rows, notes_with(2, fine, tuple(notes[0])))["duration"])
    cumulative = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(fine))])
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        at = float(np.quantile(notes[:, 2], share))
        assert np.interp(at, fine, cumulative) == pytest.approx(share, abs=0.01)


GUIDE = np.zeros(DENSITY.n_guide)


def test_a_guide_of_zeros_changes_nothing(rows: np.ndarray) -> None:
    noise = np.random.default_rng(4).uniform(0.0, 1.0, (500, 6))
    assert drawn(rows, noise, GUIDE) == pytest.approx(drawn(rows, noise), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("precision", "of_class"), [(0.02, 0.0), (0.3, 1.5), (0.0, 3.0)])
def test_pitches_toward_a_guide_are_the_product_by_enumeration(
    rows: np.ndarray, precision: float, of_class: float
) -> None:
    guide = GUIDE.copy()
    guide[3:6] = 67.0, precision, of_class
    notes = drawn(rows, noise_over(2, N_DRAWN), guide)
    plain = np.exp(log_densities(rows, notes_with(1, KEYS * 1.0, tuple(notes[0])))["pitch"])
    factor = np.exp(-0.5 * precision * (KEYS - 67.0) ** 2 + of_class * ((KEYS - 67) % 12 == 0))
    expected = plain * factor / np.sum(plain * factor)
    counts = np.bincount(notes[:, 1].astype(int) - LOWEST, minlength=N_PITCHES) / len(notes)
    assert counts == pytest.approx(expected, abs=2e-4)


def test_velocities_toward_a_guide_are_the_product_by_enumeration(rows: np.ndarray) -> None:
    guide = GUIDE.copy()
    guide[8:10] = 40.0, 0.01
    notes = drawn(rows, noise_over(5, N_DRAWN), guide)
    values = np.arange(1, 128) * 1.0
    plain = np.exp(log_densities(rows, notes_with(3, values, tuple(notes[0])))["velocity"])
    expected = plain * np.exp(-0.005 * (values - 40.0) ** 2)
    found = np.bincount(notes[:, 3].astype(int), minlength=128)[1:] / len(notes)
    assert found == pytest.approx(expected / expected.sum(), abs=2e-4)


@pytest.mark.parametrize("precision", [0.5, 8.0])
def test_durations_toward_a_guide_are_the_product_by_integration(rows: np.ndarray, precision: float) -> None:
    guide = GUIDE.copy()
    guide[6:8] = 0.4, precision
    notes = drawn(rows, over_both(3, 4), guide)
    fine = np.geomspace(1e-4, 100.0, 5_000)
    plain = np.exp(log_densities(rows, notes_with(2, fine, tuple(notes[0])))["duration"])
    off = np.log(fine + SHIFT_S) - math.log(0.4 + SHIFT_S)
    product = plain * np.exp(-0.5 * precision * off**2)
    cumulative = np.concatenate([[0.0], np.cumsum(0.5 * (product[1:] + product[:-1]) * np.diff(fine))])
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        at = float(np.quantile(notes[:, 2], share))
        assert np.interp(at, fine, cumulative / cumulative[-1]) == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize("precision", [1.0, 20.0])
def test_dt_toward_a_guide_is_the_product_by_integration(rows: np.ndarray, precision: float) -> None:
    guide = GUIDE.copy()
    guide[:3] = -1.5, 0.36, precision
    values = drawn(rows, over_both(0, 1), guide)[:, 0]
    fine = np.concatenate([np.arange(1e-4, 6.0, 2e-4), np.geomspace(6.0, 60.0, 2000)])
    plain = density_of_dt(rows, fine) * np.gradient(fine)
    off = np.log(fine + SHIFT_S) - math.log(0.36 + SHIFT_S)
    # Together has its own weight, and no distance in time.
    product = plain * np.where(fine < note_grid.TOGETHER_S, math.exp(-1.5), np.exp(-0.5 * precision * off**2))
    edges = np.array([-1.0, 0.001, *(np.array([0.42, 1.2, 1.75, 2.25, 3.25, 6.4]) * UNIT), 50.0])
    expected = np.histogram(np.where(fine < note_grid.TOGETHER_S, 0.0, fine), edges, weights=product)[0]
    assert np.histogram(values, edges)[0] / len(values) == pytest.approx(expected / expected.sum(), abs=0.01)


def test_a_guide_that_insists_is_followed(rows: np.ndarray) -> None:
    guide = np.array([-1e4, 2 * UNIT, 1e5, 72.0, 1e4, 0.0, 0.7, 1e6, 99.0, 1e4])
    noise = np.random.default_rng(4).uniform(0.05, 0.95, (200, 6))
    notes = drawn(rows, noise, guide)
    assert np.abs(notes[:, 0] - 2 * UNIT).max() < 0.01
    assert (notes[:, 1] == 72.0).all()
    assert np.abs(notes[:, 2] - 0.7).max() < 0.02
    assert (notes[:, 3] == 99.0).all()


def test_a_head_reports_notes_by_column(rows: np.ndarray) -> None:
    head = Head(NOTES, 1)
    params = np.concatenate([[0.3], rows])
    note = np.array([0.24, 64.0, 0.5, 70.0])
    groups = head.log_densities(np, params, note, PAST)
    assert list(groups) == ["dt,pitch,duration,velocity", "dt", "pitch", "duration", "velocity"]
    each = log_densities(rows, note[None])
    assert [float(groups[name]) for name in each] == pytest.approx(
        [float(value[0]) for value in each.values()]
    )
    assert float(groups["dt,pitch,duration,velocity"]) == pytest.approx(
        sum(float(v[0]) for v in each.values())
    )


def test_logits_come_first_so_that_the_pi_temperature_divides_them() -> None:
    sharpness = Head(NOTES, 1).sharpness(np, np.array(0.5))
    assert (sharpness[: 1 + DENSITY.n_choices] == 2.0).all()
    assert (sharpness[1 + DENSITY.n_choices :] == 1.0).all()


def test_notes_have_one_component_and_all_their_columns() -> None:
    with pytest.raises(ValueError, match="mixtures: expected 1 of notes"):
        Head(NOTES, 2)
    with pytest.raises(
        ValueError, match="columns: expected seconds, pitch, duration, velocity, got seconds, pitch"
    ):
        Head(NOTES[:2], 1)
    assert not any(c.kind is Kind.PITCH for c in controller_columns(2))


def test_the_mixture_of_the_next_note_is_a_component_a_key(rows: np.ndarray) -> None:
    mixture = describe(Head(NOTES, 1), np.concatenate([[0.0], rows]).astype("float32"), PAST)
    assert mixture.pi.shape == (N_PITCHES,)
    assert mixture.pi.sum() == pytest.approx(1.0, abs=1e-5)
    assert mixture.mean[:, 0].tolist() == KEYS.tolist()
    assert (mixture.mean[:, 1] > 0.0).all()
    assert ((mixture.mean[:, 2] > 1.0) & (mixture.mean[:, 2] < 127.0)).all()
    assert mixture.covariance.shape == (N_PITCHES, 3, 3)
    assert 0.0 <= mixture.dt_s[0] <= LONGEST_S


def test_features_are_finite_and_of_order_one_for_any_note_and_for_none() -> None:
    features = Features(NOTES)
    rng = np.random.default_rng(2)
    low, high = (np.array([getattr(c, side) for c in NOTES]) for side in ("low", "high"))
    notes = rng.uniform(low, high, (400, 4))
    memory = np.zeros((400, note_memory.TOLD))
    memory[:, note_memory.GRID] = rng.uniform([0.075, 0, 0, 0, 0], [0.3, 400, 5, 64, 5], (400, 5))
    memory[:, note_memory.MATCH] = rng.uniform([*low, 0.0], [*high, note_memory.LONGEST], (400, 5))
    past = Past(notes, notes - notes[::-1], memory=memory)
    heard = features(np, past, np.ones((400, 1)))
    assert heard.shape == (400, features.n_features)
    assert np.abs(heard).max() < 4.0
    nothing = features(
        np, Past(np.zeros((1, 4)), np.zeros((1, 4)), memory=np.zeros((1, note_memory.TOLD))), np.zeros((1, 1))
    )
    assert np.isfinite(nothing).all()


def test_every_key_and_every_multiple_of_the_beat_is_heard_apart() -> None:
    features = Features(NOTES)
    memory = np.tile(PAST.memory, (88, 1))
    notes = np.column_stack([np.full(88, 0.24), KEYS, np.full(88, 0.3), np.full(88, 80.0)])
    by_key = features(np, Past(notes, np.zeros((88, 4)), memory=memory), np.ones((88, 1)))
    assert len(np.unique(by_key.round(3), axis=0)) == 88
    times = np.tile(notes[:1], (len(UNITS), 1))
    times[:, 0] = np.array(UNITS) * UNIT
    n = len(UNITS)
    by_time = features(np, Past(times, np.zeros((n, 4)), memory=memory[:n]), np.ones((n, 1)))
    assert len(np.unique(by_time.round(3), axis=0)) == n
