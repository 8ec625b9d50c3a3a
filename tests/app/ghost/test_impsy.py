"""IMPSY's model files play through the same verbs, with the numbers IMPSY computes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.ghost import Ghost
from app.ghost.litert.impsy import ImpsyRuntime

VECTORS = Path(__file__).parents[4] / "shared" / "impsy-conformance"
MODEL = VECTORS / "conformance-dim3-layers2-units16-mixtures5.tflite"
CASE = "fixed_weight_model_steps"

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def vectors() -> tuple[dict[str, Any], float]:
    document = json.loads((VECTORS / "model.json").read_text("utf-8"))
    (case,) = (case for case in document["cases"] if case["name"] == CASE)
    return case, document["tolerance"]


def test_the_size_is_read_off_the_tensors(vectors: tuple[dict[str, Any], float]) -> None:
    expected = vectors[0]["expected"]["introspected"]
    manifest = Ghost.load(MODEL).manifest
    found = {
        "dimension": len(manifest.columns),
        "units": manifest.units,
        "mixtures": manifest.mixtures,
        "layers": manifest.layers,
    }
    assert found == expected
    assert [c.name for c in manifest.columns] == ["dt", "x1", "x2"]


def test_every_step_of_the_published_vectors(vectors: tuple[dict[str, Any], float]) -> None:
    case, tolerance = vectors
    model = ImpsyRuntime(MODEL)
    blank = np.zeros(model.manifest.state_shape, "float32")
    state = blank
    for step, expected in zip(case["steps"], case["expected"]["steps"], strict=True):
        if step.get("reset"):
            state = blank
            continue
        event = np.array(step["input"], "float32")
        params, state = model.feed(event[None], state)
        np.testing.assert_allclose(params, expected["mdn_output"], atol=tolerance)
        mixture = model.describe(params, event, state)
        np.testing.assert_allclose(mixture.mean, np.array(expected["mu"])[:, 1:], atol=tolerance)
        _check_draws(model, params, case, expected, tolerance)


def _check_draws(
    model: ImpsyRuntime, params: np.ndarray, case: dict[str, Any], expected: dict[str, Any], tolerance: float
) -> None:
    """With zero noise a draw is the mean of the component that the uniform number chose."""
    temperatures = np.array([case["pi_temp"], case["sigma_temp"]], "float32")
    mu, std = np.array(expected["mu"]), np.array(expected["std"])
    for uniform, component in zip(case["uniform_draws"], expected["mixture_for_draw"], strict=True):
        for noise, moved in ((0.0, 0.0), (1.0, 1.0)):
            event = model._draw(params, np.array([uniform, noise, noise, noise], "float32"), temperatures)
            wanted = mu[component] + moved * std[component]
            wanted = np.concatenate([np.maximum(wanted[:1], 1e-3), np.clip(wanted[1:], 0.0, 1.0)])
            np.testing.assert_allclose(event, wanted, atol=tolerance)


def test_it_plays_through_the_same_verbs() -> None:
    ghost = Ghost.load(MODEL, seed=1)
    ghost.feed(np.array([[0.1, 0.5, 0.5], [0.1, 0.6, 0.4]]))
    before = ghost.state
    first = ghost.generate(n_events=40, pi_temperature=1.5, sigma_temperature=0.01)
    assert first.shape == (40, 3)
    assert (first[:, 0] >= 1e-3).all() and (first[:, 1:] >= 0).all() and (first[:, 1:] <= 1).all()
    ghost.state = before
    ghost.feed(first)
    after = ghost.state
    ghost.state = before
    assert ghost.fan(3, 5).shape == (3, 5, 3)
    assert ghost.mixture().mean.shape == (5, 2)
    again = Ghost.load(MODEL, seed=1)
    again.feed(np.array([[0.1, 0.5, 0.5], [0.1, 0.6, 0.4]]))
    np.testing.assert_array_equal(
        again.generate(n_events=40, pi_temperature=1.5, sigma_temperature=0.01), first
    )
    np.testing.assert_allclose(again.state.tensor, after.tensor, atol=1e-6)
