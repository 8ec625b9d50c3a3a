"""A model file written again: the same weights, numbers and score, and it can be guided."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mdn.columns import TOUCH, Column, controller_columns, sketch_columns
from mdn.densities import Past
from mdn.heads import OLDEST, Head

pytestmark = pytest.mark.train


@pytest.fixture
def rewritten(libraries: SimpleNamespace, small_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`small_file`, whose weights are written into a copy where the converter would take seconds."""

    def convert(head: Head, weights: Any, path: Path, *, quantise: bool) -> None:
        libraries.rewrite.rewrite(small_file, weights.arrays, path)

    monkeypatch.setattr(libraries.export, "export_graph", convert)
    return small_file


def test_a_model_written_again_is_the_same_model(
    libraries: SimpleNamespace, rewritten: Path, tmp_path: Path
) -> None:
    written_again_is_the_same_model(libraries, rewritten, tmp_path / "again.tflite")


@pytest.mark.slow
def test_so_is_a_shipped_model_converted_again(
    libraries: SimpleNamespace, root: Path, tmp_path: Path
) -> None:
    written_again_is_the_same_model(
        libraries, root / "models" / "controller.tflite", tmp_path / "again.tflite"
    )


def written_again_is_the_same_model(libraries: SimpleNamespace, old: Path, new: Path) -> None:
    is_quantised, read_weights = libraries.reopen.is_quantised, libraries.reopen.read_weights
    assert libraries.reexport.reexport(old, new) <= 1e-4
    (before, weights), (after, again) = read_weights(old), read_weights(new)
    assert list(again) == list(weights)
    for name, array in weights.items():
        assert again[name] == pytest.approx(array, abs=1e-6), name
    assert (after.score, after.corpus, after.name) == (before.score, before.corpus, before.name)
    assert is_quantised(old) == is_quantised(new)


def test_what_plays_something_else_is_not_put_in_place(
    libraries: SimpleNamespace, rewritten: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights that are a little off: what the file says of itself is compared, not what was meant."""
    write = libraries.export.export_graph

    def convert(head: Head, weights: Any, path: Path, *, quantise: bool) -> None:
        arrays = weights.arrays | {"output_bias": weights.arrays["output_bias"] + np.float32(0.5)}
        write(head, libraries.export.Weights(arrays), path, quantise=quantise)

    reexport = libraries.reexport
    monkeypatch.setattr(libraries.export, "export_graph", convert)
    with pytest.raises(reexport.ExportError, match=r"expected the same numbers again, got [\d.]+ off"):
        reexport.reexport(rewritten, tmp_path / "again.tflite")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_a_model_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from training.reexport import main

    shutil.copy(__file__, tmp_path / "not.tflite")
    assert main([str(tmp_path / "not.tflite"), "--out", str(tmp_path / "out.tflite")]) == 2
    assert "expected a Ghostjam model" in capsys.readouterr().err


@pytest.mark.parametrize("columns", [TOUCH, controller_columns(3), sketch_columns(100.0, "px")])
@pytest.mark.parametrize("densities", [(), OLDEST])
def test_lanes_are_the_formulas_of_numpy(columns: tuple[Column, ...], densities: tuple[str, ...]) -> None:
    """`Head.product` over parameters stored the other way round."""
    import tensorflow as tf

    from training.lanes import LaneNames, Lanes

    head, rng = Head(columns, 5, densities), np.random.default_rng(2)
    rows = (head.components(np, head.bias()) + 0.3 * rng.standard_normal((3, 5, head.n_rows))).astype(
        "float32"
    )
    guide = rng.random((3, head.n_guide)).astype("float32")
    n = len(columns)
    wide, narrow = rng.random((2, 3, n)).astype("float32"), rng.random((4, 3, 2)).astype("float32")
    temperature = np.float32(0.7)
    parts = [part[:, None] for part in head.tempered(np, guide, temperature)]
    evidence, score = head.product(np, rows, parts, Past(*wide, *narrow))
    past = Past(*map(tf.constant, (*wide, *narrow)))
    lanes = Lanes(tf.transpose(rows, (0, 2, 1)))
    tempered = [part[:, None] for part in head.tempered(LaneNames, tf.constant(guide), temperature)]
    found, late = head.product(LaneNames, lanes, tempered, past)
    assert found.numpy() == pytest.approx(evidence, rel=1e-4, abs=1e-4)
    assert (score is None) == (late is None)
    for expected, stored in zip(score or (), late or (), strict=True):
        assert np.swapaxes(stored.stored.numpy(), 1, 2) == pytest.approx(expected, rel=1e-4, abs=1e-4)


def test_lanes_of_another_shape_are_refused() -> None:
    import tensorflow as tf

    from training.lanes import Lanes

    lanes = Lanes(tf.zeros((2, 4, 3)))
    assert lanes.shape == (2, 3, 4)
    with pytest.raises(ValueError, match=r"expected a scalar or a tensor \(batch, 1, n\)"):
        _ = lanes + tf.zeros((2, 3, 4))
    with pytest.raises(TypeError, match=r"expected \[\.\.\., a:b\]"):
        _ = lanes[..., 1]
