"""The brush: slow is broad, fast is thin, pressed is broad; and what was said of a place does not change."""

from __future__ import annotations

import numpy as np
import pytest

from app.pictures.brush import BROAD, THIN, Brush, light_at, pressed, width_at, widths


def stroke(speed: float, pressure: float = 1.0, n: int = 40) -> np.ndarray:
    """Widths along a straight stroke at an even speed, heights of the canvas a second."""
    way = np.linspace(0.0, 0.8, n)
    return widths(np.stack([way, np.full(n, 0.5)], axis=1), way / speed, np.full(n, pressure))


def test_slow_is_broad_fast_is_thin_and_pressure_is_width() -> None:
    assert width_at(0.0) == BROAD and width_at(1e9) == pytest.approx(THIN)
    assert (np.diff([width_at(v) for v in (0.0, 0.3, 1.0, 3.0, 10.0)]) < 0).all()
    assert stroke(0.2)[-1] > 1.3 * stroke(3.0)[-1]
    assert stroke(1.0, 0.5)[-1] == pytest.approx(stroke(1.0)[-1] * pressed(0.5))
    assert pressed(1.0) == 1.0


@pytest.mark.parametrize("speed", [0.3, 1.0, 4.0])
def test_the_width_of_an_even_stroke_is_that_of_its_speed_however_often_it_is_told(speed: float) -> None:
    for n in (30, 300):
        assert stroke(speed, n=n)[-1] == pytest.approx(width_at(speed), rel=0.02)


def test_places_that_come_in_bursts_make_no_knots() -> None:
    way = np.linspace(0.0, 0.8, 81)
    time_s = np.floor(way / 1.0 / 0.016) * 0.016  # a device that tells all of a frame at once
    found = widths(np.stack([way, way * 0], axis=1), time_s, np.ones(81))
    assert found[30:].max() - found[30:].min() < 0.12


def test_a_stroke_that_goes_on_does_not_change() -> None:
    rng = np.random.default_rng(1)
    places, time_s = np.cumsum(rng.normal(0, 0.02, (50, 2)), axis=0), np.cumsum(rng.random(50) * 0.02)
    whole = widths(places, time_s, np.ones(50))
    brush = Brush()
    grown = [brush.move(x, y, now_s) for (x, y), now_s in zip(places.tolist(), time_s.tolist(), strict=True)]
    np.testing.assert_array_equal(grown, whole)


def test_odd_times_give_widths() -> None:
    for time_s in (np.zeros(5), np.array([0.0, 0.0, 1e9, 1e9, 2e9])):
        found = widths(np.linspace(0, 1, 10).reshape(5, 2), time_s, np.ones(5))
        assert np.isfinite(found).all() and (found > 0).all()


def test_light_goes_with_the_width() -> None:
    assert light_at(np.array([1.0])) == 1.0 and (np.diff(light_at(np.array([0.5, 1.0, 1.3]))) > 0).all()
