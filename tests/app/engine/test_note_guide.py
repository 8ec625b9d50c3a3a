"""A guide of notes as the numbers a model takes: by hand, nothing at likeness 0, more with more of it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from app.engine.guide import MAX_NEAR, Guide
from app.engine.note_guide import CLASS, HELD, KEY, STRUCK, TIME, TOGETHER, NoteGuide
from mdn.columns import NOTES
from mdn.heads import Head

LAYOUT = {"notes": slice(0, 10)}
STRENGTHS = [0, 2, 4, 5, 7, 9]


def guide() -> NoteGuide:
    """C for half a second, and E with it; the second half as strong."""
    return NoteGuide(
        dt_s=np.array([0.5, 0.0]),
        strength=np.array([1.0, 0.5]),
        pitch=np.array([60.0, 64.0]),
        duration_s=np.array([0.4, 0.3]),
        velocity=np.array([80.0, 70.0]),
    )


def test_the_layout_is_the_model_s() -> None:
    assert Head(NOTES, 1).guide_slices == LAYOUT


def test_the_rows_by_hand() -> None:
    first, second = guide().rows(0.8, LAYOUT)
    assert first == pytest.approx(
        [
            *(-0.8 * TOGETHER, 0.5, (0.8 / TIME) ** 2, 60.0, (0.8 / KEY) ** 2, 0.8 * CLASS),
            *(0.4, (0.8 / HELD) ** 2, 80.0, (0.8 / STRUCK) ** 2),
        ],
        rel=1e-5,
    )
    assert second[0] == pytest.approx(0.4 * TOGETHER) and second[4] == pytest.approx((0.4 / KEY) ** 2)


def test_likeness_0_says_nothing_and_more_says_more() -> None:
    rows = [np.abs(guide().rows(likeness, LAYOUT)[:, STRENGTHS]) for likeness in (0.0, 0.3, 0.6, 1.0)]
    assert not rows[0].any()
    assert all((after > before).all() for before, after in pairwise(rows))


def test_weights_end_where_a_slip_is_rare() -> None:
    assert guide().rows(9.0, LAYOUT)[0, 0] == pytest.approx(-MAX_NEAR * TOGETHER)


def test_parts_and_joints() -> None:
    whole = guide()
    joined = Guide.joined([whole[:1], whole[1:]])
    assert isinstance(joined, NoteGuide) and len(joined) == 2
    assert joined.rows(0.6, LAYOUT) == pytest.approx(whole.rows(0.6, LAYOUT))
