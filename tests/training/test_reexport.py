"""A model file written again: the same weights, numbers and score, and it can be guided."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mdn.columns import TOUCH, Column, controller_columns, sketch_columns
from mdn.densities import Past
from mdn.heads import OLDEST, Head
from tests.model_files import graph_of

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def controller(root: Path) -> Path:
    return root / "models" / "controller.tflite"


@pytest.fixture(scope="module")
def again(
    libraries: SimpleNamespace, controller: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, float]:
    """The shipped model written again, and by how much it is said to differ."""
    path = tmp_path_factory.mktemp("again") / "again.tflite"
    return path, libraries.reexport.reexport(controller, path)


def test_a_shipped_model_written_again_is_the_same_model(
    libraries: SimpleNamespace, controller: Path, again: tuple[Path, float]
) -> None:
    old, (new, difference) = controller, again
    assert difference <= 1e-4
    is_quantised, read_weights = libraries.reopen.is_quantised, libraries.reopen.read_weights
    (before, weights), (after, again) = read_weights(old), read_weights(new)
    assert list(again) == list(weights)
    for name, array in weights.items():
        assert again[name] == pytest.approx(array, abs=1e-6), name
    assert (after.score, after.corpus, after.name) == (before.score, before.corpus, before.name)
    assert is_quantised(old) == is_quantised(new)


def test_what_plays_something_else_is_not_put_in_place(
    libraries: SimpleNamespace, controller: Path, again: tuple[Path, float], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def convert(head: Head, weights: object, path: Path, *, quantise: bool) -> None:
        path.write_bytes(graph_of(again[0]))  # as it was converted before

    reexport = libraries.reexport
    monkeypatch.setattr(libraries.export, "export_graph", convert)
    monkeypatch.setattr(reexport, "_difference", lambda old, new: 0.5)
    with pytest.raises(reexport.ExportError, match=r"expected the same numbers again, got 0\.5 off"):
        reexport.reexport(controller, tmp_path / "again.tflite")
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
    with pytest.raises(TypeError, match=r"expected \[\.\.\., i\]"):
        _ = lanes[..., None, :]  # type: ignore[index]
