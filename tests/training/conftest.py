"""What the tests of training share: toy corpora, and one model trained by command."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from mdn.columns import TOUCH
from training.corpus import Corpus


def strokes(n_performances: int, n_events: int, seed: int = 0) -> Corpus:
    """Circles of one size in an even tempo: easy to learn."""
    rng = np.random.default_rng(seed)
    performances = []
    for _ in range(n_performances):
        angle = rng.uniform(0, 2 * np.pi) + 0.3 * np.arange(n_events)
        centre = rng.uniform(0.4, 0.6, 2)
        x, y = centre[0] + 0.2 * np.cos(angle), centre[1] + 0.2 * np.sin(angle)
        moving = np.minimum(np.arange(n_events), 1.0)
        performances.append(np.column_stack([x, y, np.full(n_events, 0.02), moving]).astype("float32"))
    return Corpus(TOUCH, tuple(performances))


@pytest.fixture(scope="session")
def circles() -> Corpus:
    return strokes(6, 40)


@pytest.fixture(scope="session")
def more_circles() -> Corpus:
    return strokes(3, 40, seed=1)


@dataclass(frozen=True)
class Trained:
    """A run of the command line: the model it wrote and what it said."""

    path: Path
    stdout: str
    stderr: str


@pytest.fixture(scope="session")
def trained(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A tiny model of the example performance, made once by `python -m training train`."""
    path = tmp_path_factory.mktemp("trained") / "tiny.tflite"
    command = [
        sys.executable, "-W", "ignore", "-m", "training", "train", str(root / "assets" / "performances"),
        "--name", "tiny", "--out", str(path), "--json",
        "--units", "8", "--layers", "1", "--mixtures", "2", "--epochs", "2",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Trained(path, done.stdout, done.stderr)
