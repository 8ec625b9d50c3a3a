"""`ghostjam train` as a person uses it: fine-tuning, pictures, an interrupt, a full disk."""

from __future__ import annotations

import errno
import json
import logging
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.ghost import Ghost
from models.manifest import read_manifest
from training import __main__ as command_line
from training import checkpoint as checkpoints
from training.checkpoint import Checkpoint, Progress
from training.corpus import Corpus
from training.display import Display
from training.recipe import Recipe

SMALL = ("--units", "8", "--layers", "1", "--mixtures", "2")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def take(tmp_path: Path) -> Path:
    """One short recording: sixty touches of a finger going round."""
    lines = ["time_s,source,voice,x,y,z,moving"]
    for i in range(60):
        x, y = 0.5 + 0.2 * np.cos(0.4 * i), 0.5 + 0.2 * np.sin(0.4 * i)
        lines.append(f"{0.02 * i:.3f},player,0,{x:.4f},{y:.4f},1,{int(i % 15 > 0)}")
    path = tmp_path / "take.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process: exit code, stdout, stderr."""

    def run_command(*arguments: object) -> tuple[int, str, str]:
        code = command_line.main([str(a) for a in arguments])
        return (code, *capsys.readouterr())

    return run_command


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", "training", *map(str, arguments)]


# --- fine-tuning ---


def test_other_sizes_than_the_model_has_are_refused(run: Run, take: Path, tmp_path: Path) -> None:
    for option in ("--units", "--layers", "--mixtures"):
        size = getattr(read_manifest(find("touch")), option[2:])
        code, _, err = run("train", take, "--from", "touch", option, size + 1, "--out", tmp_path / "a.tflite")
        rule = f"{option}: expected {size}, which touch.tflite has and keeps when it is fine-tuned"
        assert (code, err) == (2, f"ghostjam train: {rule}, got {size + 1}.\n")


def test_other_columns_than_the_model_has_are_refused(run: Run, tmp_path: Path) -> None:
    knobs = tmp_path / "knobs.csv"
    rows = [f"{i},player,0,{i / 20}" for i in range(20)]
    knobs.write_text("\n".join(["time_s,source,voice,x1", *rows]) + "\n")
    code, _, err = run("train", knobs, "--from", "touch")
    assert code == 2
    assert err == (
        "ghostjam train: touch.tflite: expected performances with columns x, y, dt, moving, got dt, x1.\n"
    )


def test_a_model_that_is_none_is_refused(run: Run, take: Path, tmp_path: Path) -> None:
    code, _, err = run("train", take, "--from", "no-such-model")
    assert code == 2 and err.startswith("ghostjam train: model: expected one of ")
    other = tmp_path / "other.tflite"
    other.write_bytes(b"TFL3")
    code, _, err = run("train", take, "--from", other)
    assert code == 2 and err.startswith(f"ghostjam train: {other}: expected a Ghostjam model")


def find(name: str) -> Path:
    from models.lookup import find_model

    return find_model(name)


@pytest.mark.train
@pytest.mark.slow
def test_a_model_is_fine_tuned_and_drawn(trained: Any, take: Path, tmp_path: Path, root: Path) -> None:
    out, pictures = tmp_path / "tuned.tflite", tmp_path / "pictures"
    arguments = ("--from", trained.path, "--name", "tuned", "--epochs", "3", "--seed", "0", "--json")
    done = subprocess.run(
        command("train", take, "--out", out, "--report", pictures, *arguments),
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["from"], report["units"], report["layers"], report["mixtures"]) == ("tiny", 8, 1, 2)
    assert (report["seed"], report["epochs"], report["interrupted"]) == (0, 3, False)
    assert 0 <= report["best_epoch"] <= 3
    assert report["score"]["standard_error"]["x,y,dt"] is None, "of one performance there is none"
    manifest = read_manifest(out)
    assert manifest.name == "tuned"
    assert manifest.corpus["name"] == "own recordings; tiny: own recordings"
    assert Ghost.load(out, seed=1).generate(20).shape == (20, 4)
    for name in ("learning-curve.png", "performances.png"):
        assert (pictures / name).read_bytes().startswith(b"\x89PNG")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["pictures", "take.csv", "tuned.tflite"]


# --- what goes wrong ---


def test_a_name_the_app_would_not_find_is_refused(run: Run, take: Path, tmp_path: Path) -> None:
    code, _, err = run("train", take, "--out", tmp_path / "mine")
    assert code == 2
    assert err == f"ghostjam train: --out: expected a name that ends in .tflite, got {tmp_path / 'mine'}.\n"


def test_an_address_without_a_rank_is_refused(run: Run, take: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KERAS_DISTRIBUTION_PROCESS_ID", raising=False)
    code, _, err = run("train", take, "--addresses", "127.0.0.1:1")
    assert (code, err.splitlines()[-1]) == (
        2,
        "ghostjam train: --addresses and --rank: expected both or none.",
    )


def test_an_interrupt_outside_of_training_is_one_line(
    run: Run, take: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command_line, "gather", interrupt)
    assert run("train", take) == (130, "", "ghostjam train: interrupted\n")


def test_an_error_without_a_file_name_is_still_told(
    run: Run, take: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(command_line, "gather", full)
    code, _, err = run("train", take)
    assert (code, err) == (2, "ghostjam train: [Errno 28] No space left on device\n")


@pytest.mark.train
@pytest.mark.slow
def test_a_real_interrupt_leaves_the_best_model_and_the_way_back(
    take: Path, tmp_path: Path, root: Path
) -> None:
    out = tmp_path / "mine.tflite"
    process = subprocess.Popen(
        command("train", take, "--out", out, *SMALL, "--json"),
        cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if line.startswith("epoch 2 of "):
            process.send_signal(signal.SIGINT)
            break
    out_text, err_text = process.communicate(timeout=900)
    assert process.returncode == 0, "".join(said) + err_text
    report = json.loads(out_text)
    assert report["interrupted"] and 2 <= report["epochs"] < 400
    assert "keeping the best weights so far" in err_text
    assert Ghost.load(out, seed=1).generate(20).shape == (20, 4)
    assert (tmp_path / "mine.checkpoint.npz").exists(), "the same command goes on from here"
    assert "the same command goes on from" in err_text


@pytest.fixture
def quick_training(libraries: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches that teach nothing, and scores that fall: what is tested is what goes on around them."""
    scores = count(0.0, -1.0)
    monkeypatch.setattr(libraries.network.MDRNN, "train_on_batch", lambda *_: 1.0)
    monkeypatch.setattr(libraries.fit, "score_network", lambda *_: {"x,y,dt,moving": next(scores)})


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that takes the beginning of an archive and no more."""

    def savez(file: Path, **arrays: np.ndarray) -> None:
        file.write_bytes(b"PK")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(checkpoints.np, "savez", savez)


def test_a_full_disk_leaves_the_checkpoint_before(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    path = tmp_path / "run.npz"
    good = Checkpoint(Progress(1, -1.0, 1), {"bias": np.ones(3)}, {})
    checkpoints.save(path, good, "A")
    request.getfixturevalue("full_disk")
    with pytest.raises(OSError, match="No space left"):
        checkpoints.save(path, Checkpoint(Progress(2), {"bias": np.zeros(3)}, {}), "A")
    found = checkpoints.load(path, "A", good.variables)
    assert found is not None and found.progress == good.progress
    assert [p.name for p in tmp_path.iterdir()] == ["run.npz"], "and no half of one"


@pytest.mark.train
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_a_full_disk_does_not_end_the_run(
    libraries: SimpleNamespace, circles: Corpus, more_circles: Corpus, tmp_path: Path,
    quick_training: None, full_disk: None, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    recipe = Recipe(units=8, layers=1, mixtures=2, epochs=2, n_streams=3, n_steps=20)
    weights, progress = libraries.fit.fit(circles, more_circles, recipe, checkpoint=tmp_path / "run.npz")
    assert progress.epoch == 2 and weights
    assert "no checkpoint of epoch 1: [Errno 28] No space left on device" in caplog.text


@pytest.mark.train
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_a_model_that_cannot_be_written_leaves_the_old_one_and_what_was_trained(
    circles: Corpus, tmp_path: Path, quick_training: None,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    from training import export, train

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(export, "export_graph", full)
    out = tmp_path / "mine.tflite"
    out.write_bytes(b"the old one")
    recipe = Recipe(units=8, layers=1, mixtures=2, epochs=1, n_streams=3, n_steps=20)
    with pytest.raises(OSError, match="No space left"), caplog.at_level(logging.INFO, "training"):
        train.train(circles, train.Job("mine", out, recipe, None, {"name": "", "credit": "", "licence": ""}))
    assert out.read_bytes() == b"the old one"
    kept = tmp_path / "mine.checkpoint.npz"
    assert kept.exists() and sorted(tmp_path.iterdir()) == [kept, out]
    assert f"{kept} keeps what was trained" in caplog.text


# --- what a person sees ---


def test_a_bar_for_each_epoch_on_a_terminal_and_lines_elsewhere(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("tqdm")
    progress = Progress(1, -3.0, 1, [{"epoch": 1, "train": -2.5, "valid": -3.0}])
    for bars in (True, False):
        display = Display(2, bars=bars)
        display.on_batch(1, 1, 4, -1.0)
        display.on_batch(1, 4, 4, -2.5)
        with caplog.at_level(logging.INFO, "training"):
            display.on_epoch(progress)
        display.close()
        err = capsys.readouterr().err
        assert ("epoch 1 of 2" in err and "/4" in err) == bars
    line = "epoch 1 of 2: train -2.500, held out -3.000 nats per event"
    assert [record.getMessage() for record in caplog.records] == [line, line]
