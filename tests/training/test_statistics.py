"""What is compared between real and sampled performances, by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from mdn.columns import sketch_columns
from training.statistics import compare, ks_distance, statistics

# An angle of 3 + 4, a line of 5 that leaves from elsewhere.
DRAWING = np.array([[7, 7, 0], [3, 0, 0], [0, 4, 1], [-3, 0, 0], [3, -4, 2]], "float32")


def test_what_is_measured_of_a_drawing() -> None:
    found = {name: of(DRAWING).tolist() for name, of in statistics(sketch_columns(100.0, "px")).items()}
    assert found["points"] == [5] and found["strokes"] == [2]
    assert found["stroke length"] == pytest.approx([7.0, 5.0])
    assert found["extent"] == [3.0, 4.0]
    assert np.ravel(found["aspect ratio"]) == pytest.approx([np.arctan2(3.0, 4.0)])


def test_the_distance_of_two_samples_is_that_of_their_steps() -> None:
    assert ks_distance(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.0, 3.0, 4.0])) == 0.0
    assert ks_distance(np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.0, 4.0, 5.0, 6.0])) == 0.5
    assert ks_distance(np.array([0.0]), np.array([1.0, 2.0])) == 1.0


@pytest.mark.parametrize("n_real", [1, 2])
def test_one_drawing_has_no_distance_to_others(n_real: int) -> None:
    drawing = np.array([[0, 0, 0], [9, 3, 1], [4, 4, 2]], "float32")
    model = SimpleNamespace(
        manifest=SimpleNamespace(columns=sketch_columns(10.0, ""), drawing=True), draw=lambda rng: drawing
    )
    report = compare(model, [drawing] * n_real, 3, seed=1)  # type: ignore[arg-type]
    assert {row["sampled"] for row in report.values()} == {0.0}
    assert all(math.isnan(row["real"]) == (n_real == 1) for row in report.values())
