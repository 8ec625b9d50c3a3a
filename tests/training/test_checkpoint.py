"""Checkpoints: what was saved comes back, and what is not this run's does not."""

from __future__ import annotations

import gc
import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from training.checkpoint import Checkpoint, Progress, load, save


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "run.npz"
    progress = Progress(3, -1.5, 2, [{"epoch": 1, "train": 0.5, "valid": float("inf")}])
    variables = [np.full((i + 1, 2), i, "float32") for i in range(12)]
    save(
        path, Checkpoint(progress, variables, {"kernel_0": np.eye(3), "best_bias": np.arange(3)}), "recipe A"
    )
    return path


def test_what_was_saved_comes_back_in_order(saved: Path) -> None:
    found = load(saved, "recipe A")
    assert found is not None
    assert found.progress == Progress(3, -1.5, 2, [{"epoch": 1, "train": 0.5, "valid": float("inf")}])
    assert [v.tolist() for v in found.variables] == [np.full((i + 1, 2), i).tolist() for i in range(12)]
    assert {name: value.tolist() for name, value in found.best_weights.items()} == {
        "kernel_0": np.eye(3).tolist(), "best_bias": [0, 1, 2],
    }  # fmt: skip
    assert [p.name for p in saved.parent.iterdir()] == ["run.npz"], "no draft is left behind"


def test_a_run_that_has_not_begun_is_saved_too(tmp_path: Path) -> None:
    save(tmp_path / "new.npz", Checkpoint(Progress(), [], {}), "A")
    assert load(tmp_path / "new.npz", "A") == Checkpoint(Progress(), [], {})


def test_the_checkpoint_of_another_run_is_ignored(saved: Path) -> None:
    assert load(saved, "recipe B") is None


def test_no_checkpoint_is_none(tmp_path: Path) -> None:
    assert load(tmp_path / "none.npz", "A") is None
    assert load(tmp_path, "A") is None


@pytest.mark.parametrize("data", [b"", b"garbage", b"\x93NUMPY", b"\x80\x04K\x01."])
def test_a_file_of_something_else_is_ignored(saved: Path, data: bytes) -> None:
    saved.write_bytes(data)
    assert load(saved, "recipe A") is None


def test_an_archive_of_something_else_is_ignored(saved: Path) -> None:
    np.savez(saved, values=np.zeros(3))
    assert load(saved, "recipe A") is None
    np.savez(saved, about=np.array(json.dumps({"recipe": "recipe A", "progress": {"era": 1}})))
    assert load(saved, "recipe A") is None


def result(path: Path) -> object:
    """What `load` gives, or the kind of error it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # np.load does not close what it cannot read
        try:
            found: object = load(path, "recipe A")
        except Exception as error:
            found = type(error).__name__
        gc.collect()
    return found


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_a_checkpoint_cut_short_is_ignored(saved: Path, share: float) -> None:
    data = saved.read_bytes()
    saved.write_bytes(data[: int(len(data) * share)])
    assert result(saved) is None


def test_a_checkpoint_with_a_wrong_byte_is_ignored(saved: Path) -> None:
    data = bytearray(saved.read_bytes())
    data[200] ^= 0xFF
    data[len(data) // 2] ^= 0xFF
    saved.write_bytes(data)
    assert result(saved) is None


def test_a_pickle_is_never_opened(saved: Path) -> None:
    np.savez(saved, about=np.array([{"recipe": "recipe A"}], dtype=object))
    assert load(saved, "recipe A") is None
