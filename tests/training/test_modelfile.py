"""Writing a model file: nothing is put in place that does not play."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.ghost import Ghost
from mdn.columns import TOUCH
from mdn.features import Features
from mdn.heads import Head
from models.manifest import read_manifest

pytestmark = pytest.mark.train

UNITS = 8


@pytest.fixture(scope="session")
def writing() -> SimpleNamespace:
    """`training.modelfile`, a head, weights for it and what its manifest says."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from training import export, modelfile
    head, rng = Head(TOUCH, 2), np.random.default_rng(4)
    shapes = {
        "kernel_0": (Features(TOUCH).n_features, 4 * UNITS), "recurrent_0": (UNITS, 4 * UNITS),
        "bias_0": (4 * UNITS,), "output_kernel": (UNITS, head.n_params),
    }  # fmt: skip
    arrays = {name: rng.normal(0, 0.3, shape).astype("float32") for name, shape in shapes.items()}
    weights = export.Weights(arrays | {"output_bias": head.bias()})
    about = modelfile.About("small", {"name": "n", "credit": "c", "licence": "l"}, 0.5, 0.25)
    return SimpleNamespace(modelfile=modelfile, head=head, weights=weights, about=about)


@pytest.fixture
def exported_before(
    writing: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The conversion of the graph, which takes seconds, is done once: what is tested comes after it."""
    monkeypatch.setattr(writing.modelfile.export, "export_graph", _copy_of_one(writing, tmp_path_factory))


def _copy_of_one(writing: SimpleNamespace, folders: pytest.TempPathFactory) -> Callable[..., None]:
    if not hasattr(writing, "graph"):
        path = folders.mktemp("exported") / "graph.tflite"
        writing.modelfile.export.export_graph(writing.head, writing.weights, path, quantise=False)
        writing.graph = path.read_bytes()

    def write(head: Head, weights: object, path: Path, *, quantise: bool) -> None:
        path.write_bytes(writing.graph)

    return write


def no_score(draft: Path, manifest: Any) -> dict[str, Any]:
    return {"nats_per_event": {"x,y,dt": 1.5}}


def test_what_was_written_plays_and_says_what_it_is(
    writing: SimpleNamespace, exported_before: None, tmp_path: Path
) -> None:
    written_plays_and_says_what_it_is(writing, tmp_path, quantise=False)


@pytest.mark.slow
def test_so_does_what_was_written_in_eight_bits(writing: SimpleNamespace, tmp_path: Path) -> None:
    written_plays_and_says_what_it_is(writing, tmp_path, quantise=True)


def written_plays_and_says_what_it_is(writing: SimpleNamespace, tmp_path: Path, *, quantise: bool) -> None:
    path = tmp_path / "small.tflite"
    seen: list[Path] = []

    def score(draft: Path, manifest: Any) -> dict[str, Any]:
        seen.append(draft)
        assert draft.is_file() and manifest.name == "small" and manifest.score == {}
        return no_score(draft, manifest)

    writing.modelfile.write_model(
        path, writing.head, writing.weights, writing.about, score=score, quantise=quantise
    )
    manifest = read_manifest(path)
    assert (manifest.units, manifest.layers, manifest.mixtures) == (UNITS, 1, 2)
    assert (manifest.pi_temperature, manifest.sigma_temperature) == (0.5, 0.25)
    assert manifest.score == {"nats_per_event": {"x,y,dt": 1.5}} and len(seen) == 1
    assert manifest.noise == writing.head.noise and manifest.columns == TOUCH
    assert Ghost.load(path, seed=1).generate(5).shape == (5, 4)
    assert [p.name for p in tmp_path.iterdir()] == ["small.tflite"], "drafts are cleared away"


def test_a_file_that_does_not_play_is_not_put_in_place(
    writing: SimpleNamespace, exported_before: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "small.tflite"
    path.write_bytes(b"the model of yesterday")
    monkeypatch.setattr(writing.modelfile, "_PROOF", "raise SystemExit('no sound')")
    with pytest.raises(writing.modelfile.ExportError) as error:
        writing.modelfile.write_model(path, writing.head, writing.weights, writing.about, score=no_score)
    assert str(error.value) == "small.tflite: expected a model that plays, got: no sound"
    assert path.read_bytes() == b"the model of yesterday"
    assert [p.name for p in tmp_path.iterdir()] == ["small.tflite"]


def test_a_score_that_fails_leaves_nothing(
    writing: SimpleNamespace, exported_before: None, tmp_path: Path
) -> None:
    def fail(draft: Path, manifest: Any) -> dict[str, Any]:
        raise RuntimeError("interrupted")

    with pytest.raises(RuntimeError, match="interrupted"):
        writing.modelfile.write_model(
            tmp_path / "small.tflite", writing.head, writing.weights, writing.about, score=fail
        )
    assert list(tmp_path.iterdir()) == []


def test_fewer_units_than_columns_are_refused_with_a_reason(writing: SimpleNamespace, tmp_path: Path) -> None:
    head, rng = writing.head, np.random.default_rng(4)
    shapes = {
        "kernel_0": (Features(TOUCH).n_features, 28), "recurrent_0": (7, 28), "bias_0": (28,),
        "output_kernel": (7, head.n_params), "output_bias": (head.n_params,),
    }  # fmt: skip
    arrays = {name: rng.normal(0, 0.3, shape).astype("float32") for name, shape in shapes.items()}
    weights = type(writing.weights)(arrays)
    with pytest.raises(writing.modelfile.ExportError, match="units: expected at least 8"):
        writing.modelfile.write_model(tmp_path / "x.tflite", head, weights, writing.about, score=no_score)
