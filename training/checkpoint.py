"""Saves a training run after every epoch, so that a kill costs one epoch.

A flat `.npz` without pickles, replaced in one step: a full disk or a kill leaves the last good one.
"""

from __future__ import annotations

import io
import json
import logging
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

logger = logging.getLogger(__name__)


@dataclass
class Progress:
    """Where a run is.

    Attributes:
        epoch: epochs finished.
        best: lowest held-out nats per event so far.
        best_epoch: when that was.
        history: one row an epoch, {"epoch", "train", "valid"}.
        is_interrupted: a person ended it early.
        gained: the last score that was better than the one before it by what a run asks for.
        gained_epoch: when that was.
    """

    epoch: int = 0
    best: float = float("inf")
    best_epoch: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    is_interrupted: bool = False
    gained: float = float("inf")
    gained_epoch: int = 0


@dataclass(frozen=True)
class Checkpoint:
    """What is saved: the run, all variables in order, and the best averaged weights by name."""

    progress: Progress
    variables: list[np.ndarray]
    best_weights: dict[str, np.ndarray]


def save(path: Path, checkpoint: Checkpoint, recipe: str) -> None:
    """Write `checkpoint` to `path` in one step. `recipe` says what run it belongs to.

    Raises:
        OSError: it could not be written; what was at `path` is still there, and no draft is.
    """
    arrays = {f"variable_{i:04d}": value for i, value in enumerate(checkpoint.variables)}
    arrays |= {f"best_{name}": value for name, value in checkpoint.best_weights.items()}
    about = json.dumps({"recipe": recipe, "progress": vars(checkpoint.progress)})
    draft = path.with_suffix(".draft.npz")
    arrays["about"] = np.array(about)
    try:
        np.savez(draft, **arrays)  # type: ignore[arg-type]
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def checksum(arrays: Iterable[np.ndarray]) -> int:
    """A number that tells the contents of `arrays` from others, to know a run by."""
    total = 0
    for array in arrays:
        total = zlib.crc32(np.ascontiguousarray(array).tobytes(), total)
    return total


def load(path: Path, recipe: str) -> Checkpoint | None:
    """The checkpoint at `path`; None if there is none, it is damaged, or it belongs to another run."""
    try:
        # From memory: np.load leaves a file open that it cannot read.
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as data:
            about = json.loads(str(data["about"]))
            if about["recipe"] != recipe:
                logger.info("%s: a checkpoint of another run: starting anew", path)
                return None
            names = sorted(name for name in data.files if name.startswith("variable_"))
            best = {name[5:]: data[name] for name in data.files if name.startswith("best_")}
            return Checkpoint(Progress(**about["progress"]), [data[name] for name in names], best)
    except Exception as error:  # a damaged file has no one error: BadZipFile, zlib.error, ValueError ...
        if path.exists():
            logger.warning("%s: not a checkpoint that can be read (%s): starting anew", path, error)
        return None
