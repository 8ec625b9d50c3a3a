"""The same model with kernels in float32, for the page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.ghost import Ghost
from app.ghost.litert.float_file import write_float_file
from models.errors import ModelError
from models.manifest import read_manifest


@pytest.fixture(scope="module")
def both(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    old, new = root / "models" / "touch.tflite", tmp_path_factory.mktemp("float") / "touch.tflite"
    write_float_file(old, new)
    return old, new


def test_it_is_the_same_model_but_for_the_rounding_of_activations(both: tuple[Path, Path]) -> None:
    old, new = (Ghost.load(path, seed=1) for path in both)
    assert old.manifest.to_json() != new.manifest.to_json()  # its golden numbers are its own
    assert {**vars(old.manifest), "golden": None} == {**vars(new.manifest), "golden": None}
    phrase = np.linspace([0.2, 0.3, 0.02, 0.0], [0.6, 0.5, 0.02, 1.0], 40)
    for ghost in (old, new):
        ghost.feed(phrase)
    assert new.mixture().pi == pytest.approx(old.mixture().pi, abs=0.1)
    assert new.mixture().mean == pytest.approx(old.mixture().mean, abs=0.1)
    # One event, before what is rounded otherwise is heard again.
    assert new.generate(1) == pytest.approx(old.generate(1), abs=0.02)


def test_its_kernels_are_those_it_played_as(both: tuple[Path, Path]) -> None:
    from training.reopen import is_quantised, read_weights

    old, new = both
    assert is_quantised(old) and not is_quantised(new)
    (_, before), (_, after) = read_weights(old), read_weights(new)
    for name, array in before.items():
        assert (after[name] == array).all(), name


def test_a_float_model_stays_as_it_is(both: tuple[Path, Path], tmp_path: Path) -> None:
    write_float_file(both[1], tmp_path / "again.tflite")
    again, new = read_manifest(tmp_path / "again.tflite"), read_manifest(both[1])
    assert again == new


def test_a_file_that_is_not_a_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tflite").write_text("no model")
    with pytest.raises(ModelError, match="expected a Ghostjam model"):
        write_float_file(tmp_path / "a.tflite", tmp_path / "b.tflite")
    assert not (tmp_path / "b.tflite").exists()
