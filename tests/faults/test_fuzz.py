"""Inputs of every kind, damaged at random, at every door that reads a file: a result, or one line."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import training.__main__ as train_main
import training.train
from app.cli import main as app_main
from tests.faults.mutations import KINDS, mutated, write
from training.errors import TrainingError

FEW, MANY = 3, 200


def check(code: int, err: str, path: Path) -> None:
    assert code in (0, 2), err
    assert "Traceback" not in err and "a defect of ghostjam" not in err, err
    said = [line for line in err.splitlines() if line.startswith("ghostjam ")]
    assert len(said) == (code == 2), err
    others = [line for line in err.splitlines() if line not in said]
    assert all(str(path) in line or line.startswith("left out ") for line in others), err


def run(door: str, path: Path, folder: Path) -> int:
    if door == "train":
        return train_main.main(["train", "--out", str(folder / "m.tflite"), str(path)])
    words = {
        "render": ["render", str(path), "--out", str(folder / "out.svg")],
        "answer": ["answer", str(path), "--out", str(folder / "out.csv"), "--seconds", "0.3", "--seed", "1"],
        "draw": ["draw", "--prefix", str(path), "--out", str(folder / "out.csv"), "--seed", "1"],
    }[door]
    return app_main.main(words)


@pytest.mark.parametrize("n", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("door", ["render", "answer", "draw", "train"])
@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    door: str,
    n: int,
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise TrainingError("data was read: no more is wanted here.")

    monkeypatch.setattr(training.train, "plan", stop)
    monkeypatch.setenv("GHOSTJAM_TRACEBACK", "1")  # so that the test shows where
    rng = random.Random(f"{kind} {door}")
    data = KINDS[kind][1]()
    for _ in range(n):
        path = write(tmp_path, kind, mutated(data, rng))
        code = run(door, path, tmp_path)
        check(code, capsys.readouterr().err, path)
