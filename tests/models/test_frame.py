"""The frame of a drawing: what fills it, what does not, and by how much."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.frame import Frame

BOX = 100.0
FRAME = Frame(-30.0, 10.0, 60.0, 20.0)


def drawing(*steps: tuple[float, float]) -> np.ndarray:
    return np.array([(dx, dy, 0.0) for dx, dy in steps], "float32")


@pytest.mark.parametrize(
    ("steps", "misfit"),
    [
        (((0, 0), (60, -20)), 0.0),  # from corner to corner
        (((0, 0), (30, -20), (30, 10)), 0.0),
        (((0, 0), (65, -20)), 0.0),  # 5 too wide, which is what may be
        (((0, 0), (55, -15)), 0.0),
        (((0, 0), (67, -20)), 2.0),
        (((0, 0), (40, -20)), 15.0),  # 20 too narrow
        (((0, 0), (60, -60), (0, 40)), 35.0),
        (((-10, 0), (70, -20)), 5.0),  # the first step leads to the drawing, and is none of it
    ],
)
def test_a_drawing_fits_that_fills_its_frame(steps: tuple[tuple[float, float], ...], misfit: float) -> None:
    assert FRAME.misfit(drawing(*steps), BOX) == pytest.approx(misfit, abs=1e-4)


def test_nothing_fills_no_frame() -> None:
    assert FRAME.misfit(np.zeros((0, 3), "float32"), BOX) == math.inf


def test_a_frame_is_finite_and_not_inside_out() -> None:
    assert FRAME.is_sound and FRAME.start == (-30.0, 10.0)
    for frame in (FRAME._replace(x=math.nan), FRAME._replace(height=-1.0), FRAME._replace(width=math.inf)):
        assert not frame.is_sound
