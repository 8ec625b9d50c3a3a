"""Where drawings lie: what fits, what does not, and by how much."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.placing import Placing

BOX = 100.0
PLACING = Placing(((-30.0, 10.0),), (40.0, 45.0))


def drawing(*steps: tuple[float, float]) -> np.ndarray:
    return np.array([(dx, dy, 0.0) for dx, dy in steps], "float32")


@pytest.mark.parametrize(
    ("steps", "misfit"),
    [
        (((0, 0), (60, -20)), 0.0),  # around the middle
        (((0, 0), (66, -20)), 0.0),  # 3 off it, which is what may be
        (((0, 0), (66, -20), (0, 26)), 0.0),
        (((0, 0), (74, -20)), 4.0),  # 7 off the middle, but 4 beyond the reach of 40
        (((0, 0), (40, -20)), 7.0),  # from -30 to 10: 10 off the middle
        (((0, 0), (60, -80), (0, 100)), 25.0),  # 70 up, with a reach of 45
        (((-10, 0), (80, -20)), 0.0),  # the way to the first point is no line
    ],
)
def test_a_drawing_fits_that_lies_around_its_middle_and_reaches_no_farther(
    steps: tuple[tuple[float, float], ...], misfit: float
) -> None:
    assert PLACING.misfit((-30.0, 10.0), drawing(*steps), BOX) == pytest.approx(misfit, abs=1e-4)


def test_nothing_fits_nowhere() -> None:
    assert PLACING.misfit((0.0, 0.0), np.zeros((0, 3), "float32"), BOX) == math.inf


@pytest.mark.parametrize(
    ("starts", "reach"),
    [
        ((), (1.0, 1.0)),
        (((1.0,),), (1.0, 1.0)),
        (((1.0, math.nan),), (1.0, 1.0)),
        (((1.0, 1.0),), (1.0,)),
        (((1.0, 1.0),), (1.0, -0.5)),
        (((1.0, 1.0),), (1.0, math.inf)),
    ],
)
def test_what_is_no_place_is_refused(starts: tuple[tuple[float, ...], ...], reach: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="placing: expected "):
        Placing(starts, reach)  # type: ignore[arg-type]
