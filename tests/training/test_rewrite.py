"""Weights written into a copy of a model file: the file the converter would have written, in no time."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mdn.columns import TOUCH, Column, controller_columns, sketch_columns
from mdn.features import Features
from mdn.heads import Head
from models.errors import ModelError
from models.lookup import find_model
from models.manifest import Scale, append_manifest, read_manifest

pytestmark = pytest.mark.train

UNITS = {"float": 12, "int8": 64}  # a kernel of fewer than 1 024 numbers is never kept in eight bits
SIGNATURES = ("feed", "generate", "guided", "fan", "propose")


def weights(head: Head, units: int, seed: int) -> dict[str, np.ndarray]:
    """Random ones of two layers."""
    rng, n = np.random.default_rng(seed), Features(head.columns).n_features
    shapes = {
        "kernel_0": (n, 4 * units), "kernel_1": (units, 4 * units), "recurrent_0": (units, 4 * units),
        "recurrent_1": (units, 4 * units), "bias_0": (4 * units,), "bias_1": (4 * units,),
        "output_kernel": (2 * units, head.n_params), "output_bias": (head.n_params,),
    }  # fmt: skip
    arrays = {name: rng.normal(0, 0.2, shape).astype("float32") for name, shape in shapes.items()}
    arrays["output_bias"] += head.bias()
    return arrays


@pytest.mark.parametrize("name", ["touch", "controller"])
def test_a_models_own_weights_give_its_own_bytes(
    libraries: SimpleNamespace, tmp_path: Path, name: str
) -> None:
    path, out = find_model(name), tmp_path / "again.tflite"
    libraries.rewrite.rewrite(path, libraries.reopen.read_weights(path)[1], out)
    again, old = (np.frombuffer(file.read_bytes(), "uint8") for file in (out, path))
    differ = np.flatnonzero(again != old[: len(again)])
    assert old[len(again) : len(again) + 2].tobytes() == b"PK", "the graph, whole, without the manifest"
    # int8 to the byte; of float kernels that the features' scale was folded into, the last bit.
    assert len(differ) == 0 if name == "touch" else len(differ) < 200


@pytest.mark.parametrize("name", ["touch", pytest.param("controller", marks=pytest.mark.slow)])
def test_other_weights_are_found_again(libraries: SimpleNamespace, tmp_path: Path, name: str) -> None:
    path, out = find_model(name), tmp_path / "other.tflite"
    manifest, old = libraries.reopen.read_weights(path)
    rng = np.random.default_rng(5)
    wanted = {k: (v + 0.1 * rng.standard_normal(v.shape)).astype("float32") for k, v in old.items()}
    libraries.rewrite.rewrite(path, wanted, out)
    append_manifest(out, manifest)
    order = libraries.reopen.output_order(path, manifest.head())
    folded = libraries.rewrite._folded(wanted, manifest, order)
    for (kernel, bias), found in zip(folded, libraries.reopen.products_of(out, manifest), strict=True):
        step = np.abs(kernel).max(axis=0) / 127 if libraries.reopen.is_quantised(path) else np.zeros(1)
        assert (np.abs(found.kernel - kernel) <= 0.501 * step + 1e-6).all()
        assert found.bias == pytest.approx(bias, abs=1e-6)
    assert libraries.reopen.read_weights(out)[1]["bias_0"] == pytest.approx(wanted["bias_0"], abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["float", "int8"])
@pytest.mark.parametrize("columns", [TOUCH, controller_columns(3), sketch_columns(100.0, "px")])
def test_rewriting_is_converting(
    libraries: SimpleNamespace, tmp_path: Path, kind: str, columns: tuple[Column, ...]
) -> None:
    """All signatures give the same numbers, from a parent of other weights."""
    from ai_edge_litert.interpreter import Interpreter

    units, head = UNITS[kind], Head(columns, 3)
    old, new = (weights(head, units, seed) for seed in (1, 2))
    drawing = Scale(100.0, 1.0, 50, (1.0, 2.0)) if columns[0].unit == "px" else None
    about = libraries.modelfile.About("p", {"name": "n", "credit": "c", "licence": "l"}, drawing=drawing)
    parent, converted, rewritten = (tmp_path / f"{n}.tflite" for n in ("parent", "converted", "rewritten"))
    for path, arrays, origin in ((parent, old, None), (converted, new, None), (rewritten, new, parent)):
        libraries.modelfile.write_model(
            path, head, libraries.export.Weights(arrays), about, score=lambda *_: {},
            quantise=kind == "int8", parent=origin,
        )  # fmt: skip
    assert libraries.reopen.is_quantised(parent) == (kind == "int8")
    manifests = [read_manifest(path) for path in (converted, rewritten)]
    assert manifests[1].golden.mixture == pytest.approx(manifests[0].golden.mixture, abs=1e-4)
    assert read_manifest(parent).golden.mixture != pytest.approx(manifests[0].golden.mixture, abs=1e-2)
    opened = [Interpreter(model_path=str(path), num_threads=1) for path in (converted, rewritten)]
    rng = np.random.default_rng(3)
    for name in SIGNATURES:
        runners = [each.get_signature_runner(name) for each in opened]
        inputs = {key: _input(key, about, rng) for key, about in runners[0].get_input_details().items()}
        first, second = (runner(**inputs) for runner in runners)
        for key, values in first.items():
            assert second[key] == pytest.approx(values, rel=1e-3, abs=2e-3), (name, key)


def _input(key: str, about: dict[str, Any], rng: np.random.Generator) -> np.ndarray:
    if key == "count":
        return np.int32(5)
    if key == "temperatures":
        return np.ones(2, "float32")
    values = rng.uniform(0.3, 0.6, about["shape"]).astype("float32")
    return np.zeros_like(values) if key.startswith("state") else values


def test_an_older_file_is_converted(
    libraries: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lacks signatures, which it gains so."""
    converted: list[Path] = []
    monkeypatch.setattr(libraries.modelfile, "signatures", lambda path: {"feed", "generate", "fan"})

    def export(head: Head, weights: object, path: Path, *, quantise: bool) -> None:
        converted.append(path)
        raise RuntimeError("that will do")

    monkeypatch.setattr(libraries.modelfile.export, "export_graph", export)
    about = libraries.modelfile.About("p", {})
    head = Head(TOUCH, 2)
    with pytest.raises(RuntimeError, match="that will do"):
        libraries.modelfile.write_model(
            tmp_path / "x.tflite", head, libraries.export.Weights(weights(head, 8, 1)), about,
            score=lambda *_: {}, parent=find_model("touch"),
        )  # fmt: skip
    assert len(converted) == 1


def test_weights_that_share_a_buffer_are_refused(
    libraries: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = find_model("controller")
    manifest, arrays = libraries.reopen.read_weights(path)
    dense = libraries.reopen.products_of(path, manifest)
    monkeypatch.setattr(libraries.rewrite, "products_of", lambda *_: [dense[0], dense[0], dense[2]])
    with pytest.raises(ModelError, match="expected weights that stand apart"):
        libraries.rewrite.rewrite(path, arrays, tmp_path / "x.tflite")
    assert list(tmp_path.iterdir()) == []
