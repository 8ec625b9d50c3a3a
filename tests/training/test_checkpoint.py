"""Checkpoints: what was saved comes back, and what is not this run's does not."""

from __future__ import annotations

import gc
import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from training.checkpoint import Checkpoint, Progress, load, save

VARIABLES = {f"variable_{i}": np.full((i + 1, 2), i, "float32") for i in range(12)} | {
    "iteration": np.array(7)
}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "run.npz"
    progress = Progress(3, -1.5, 2, [{"epoch": 1, "train": 0.5, "valid": float("inf")}])
    best = {"kernel_0": np.eye(3), "best.bias": np.arange(3)}
    save(path, Checkpoint(progress, VARIABLES, best), "recipe A")
    return path


def test_what_was_saved_comes_back_by_name(saved: Path) -> None:
    found = load(saved, "recipe A", dict(reversed(VARIABLES.items())))
    assert found is not None
    assert found.progress == Progress(3, -1.5, 2, [{"epoch": 1, "train": 0.5, "valid": float("inf")}])
    for name, value in VARIABLES.items():
        assert found.variables[name].tolist() == value.tolist()
    assert {name: value.tolist() for name, value in found.best_weights.items()} == {
        "kernel_0": np.eye(3).tolist(), "best.bias": [0, 1, 2],
    }  # fmt: skip
    assert [p.name for p in saved.parent.iterdir()] == ["run.npz"], "no draft is left behind"


def test_a_run_that_has_not_begun_is_saved_too(tmp_path: Path) -> None:
    save(tmp_path / "new.npz", Checkpoint(Progress(), {}, {}), "A")
    assert load(tmp_path / "new.npz", "A", {}) == Checkpoint(Progress(), {}, {})


def test_the_checkpoint_of_another_run_is_ignored(saved: Path) -> None:
    assert load(saved, "recipe B", VARIABLES) is None


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        (
            {**VARIABLES, "kernel_1": np.zeros((8, 32)), "bias_1": np.zeros(32)},
            "expected kernel_1 (8, 32), bias_1 (32,), got none of them",
        ),
        (
            {"iteration": np.zeros(())},
            "expected no others, got variable_0 (1, 2), variable_1 (2, 2), variable_2 (3, 2), "
            "variable_3 (4, 2) and 8 more",
        ),
        ({**VARIABLES, "iteration": np.zeros(2)}, "expected iteration (2,), got iteration ()"),
    ],
)
def test_another_network_is_told_by_the_names_of_its_variables(
    saved: Path, caplog: pytest.LogCaptureFixture, variables: dict[str, np.ndarray], told: str
) -> None:
    assert load(saved, "recipe A", variables) is None
    assert caplog.messages == [f"{saved}: a checkpoint of another network: {told}: starting anew"]


def test_a_checkpoint_whose_variables_are_numbered_is_of_another_version(
    saved: Path, caplog: pytest.LogCaptureFixture
) -> None:
    about = json.dumps({"recipe": "recipe A", "progress": vars(Progress(3))})
    np.savez(saved, variable_0000=np.zeros(3), best_bias=np.zeros(3), about=np.array(about))
    assert load(saved, "recipe A", VARIABLES) is None
    assert caplog.messages == [
        f"{saved}: expected a checkpoint of format 2, got one of another version: starting anew"
    ]


def test_no_checkpoint_is_none(tmp_path: Path) -> None:
    assert load(tmp_path / "none.npz", "A", {}) is None
    assert load(tmp_path, "A", {}) is None


@pytest.mark.parametrize("data", [b"", b"garbage", b"\x93NUMPY", b"\x80\x04K\x01."])
def test_a_file_of_something_else_is_ignored(saved: Path, data: bytes) -> None:
    saved.write_bytes(data)
    assert load(saved, "recipe A", VARIABLES) is None


def test_an_archive_of_something_else_is_ignored(saved: Path) -> None:
    np.savez(saved, values=np.zeros(3))
    assert load(saved, "recipe A", VARIABLES) is None
    about = {"format": 2, "recipe": "recipe A", "progress": {"era": 1}}
    named = {f"variable.{name}": value for name, value in VARIABLES.items()}
    np.savez(saved, about=np.array(json.dumps(about)), **named)
    assert load(saved, "recipe A", VARIABLES) is None


def result(path: Path) -> object:
    """What `load` gives, or the kind of error it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # np.load does not close what it cannot read
        try:
            found: object = load(path, "recipe A", VARIABLES)
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
    assert load(saved, "recipe A", VARIABLES) is None
