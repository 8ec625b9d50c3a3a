"""Writing a model file: nothing is put in place that does not play."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.ghost import Ghost
from mdn.columns import TOUCH
from mdn.heads import Head
from models.manifest import read_manifest
from tests.model_files import graph_of, random_arrays

pytestmark = pytest.mark.train

UNITS = 8


@pytest.fixture(scope="session")
def writing(libraries: SimpleNamespace) -> SimpleNamespace:
    """`training.modelfile`, a head, weights for it and what its manifest says."""
    modelfile, head = libraries.modelfile, Head(TOUCH, 2)
    weights = libraries.export.Weights(random_arrays(head, UNITS))
    about = modelfile.About("small", {"name": "n", "credit": "c", "licence": "l"}, 0.5, 0.25)
    return SimpleNamespace(modelfile=modelfile, head=head, weights=weights, about=about)


@pytest.fixture
def exported_before(writing: SimpleNamespace, small_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The graph of these weights was converted in `small_file`: what is tested comes after it."""

    def write(head: Head, weights: object, path: Path, *, quantise: bool) -> None:
        path.write_bytes(graph_of(small_file))

    monkeypatch.setattr(writing.modelfile.export, "export_graph", write)


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
    weights = type(writing.weights)(random_arrays(writing.head, 7))
    with pytest.raises(writing.modelfile.ExportError, match="units: expected at least 8"):
        writing.modelfile.write_model(
            tmp_path / "x.tflite", writing.head, weights, writing.about, score=no_score
        )
