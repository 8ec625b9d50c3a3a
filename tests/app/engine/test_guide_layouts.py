"""Guides fit the models: every density of a model has its numbers, and as many as it takes."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.gesture_guide import GestureGuide
from mdn.columns import NOTES, TOUCH, Column, controller_columns
from mdn.heads import OLDEST, Head
from models.lookup import find_model, model_names
from models.manifest import read_manifest

MANIFESTS = {name: read_manifest(find_model(name)) for name in model_names()}
LIVE = [name for name, model in MANIFESTS.items() if model.drawing is None and model.columns != NOTES]


def guide_for(columns: tuple[Column, ...]) -> GestureGuide:
    """Three events that move as one finger or one knob does."""
    n = 2 if columns == TOUCH else len(columns) - 1
    return GestureGuide(
        place=np.full((3, n), 0.5),
        step=np.eye(3, n),
        dt_s=np.full(3, 0.1),
        begins=np.array([True, False, False]),
        is_report=np.zeros(3, bool),
        strength=np.ones(3),
        width=np.full(3, 0.005),
        pull=np.full(3, 0.1),
    )


@pytest.mark.parametrize("columns", [TOUCH, controller_columns(1), controller_columns(8)])
@pytest.mark.parametrize("densities", [(), OLDEST])
def test_every_density_of_a_live_model_has_its_numbers(
    columns: tuple[Column, ...], densities: tuple[str, ...]
) -> None:
    head = Head(columns, 2, densities)
    rows = guide_for(columns).rows(1.0, head.guide_slices)
    assert rows.shape == (3, head.n_guide)
    assert all((rows[:, part] != 0.0).any() for part in head.guide_slices.values())
    assert not guide_for(columns).rows(0.0, head.guide_slices)[:, _strengths(head)].any()


def _strengths(head: Head) -> list[int]:
    """Where a row holds a precision or a log-weight, which are zero where nothing is to be followed."""
    at: list[int] = []
    for name, part in head.guide_slices.items():
        at += range(part.start, part.stop - 2) if name == "knobs" else []
        at.append(part.stop - 1)
    return at


@pytest.mark.parametrize("name", LIVE)
def test_a_shipped_model_that_plays_live_can_be_guided(name: str) -> None:
    from app.ghost import Ghost

    ghost = Ghost.load(name, seed=1)
    rows = guide_for(ghost.manifest.columns).rows(0.6, ghost.guide_slices)
    assert ghost.generate(3, guide=rows).shape == (3, len(ghost.columns))
