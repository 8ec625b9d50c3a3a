"""Saves a training run after every epoch, so that a kill costs one epoch.

A flat `.npz` without pickles, replaced in one step: a full disk or a kill leaves the last good one. Its
arrays are `variable.NAME` and `best.NAME`, by the names that the network and its optimizer give their
variables, and `about`, JSON.
"""

from __future__ import annotations

import io
import json
import logging
import os
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

logger = logging.getLogger(__name__)

FORMAT = 2  # 1 had no names: its variables were numbered
MOST_NAMED = 4  # variables that a line names


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
    """What is saved: the run, all variables and the best averaged weights, both by name."""

    progress: Progress
    variables: dict[str, np.ndarray]
    best_weights: dict[str, np.ndarray]


def save(path: Path, checkpoint: Checkpoint, recipe: str) -> None:
    """Write `checkpoint` to `path` in one step. `recipe` says what run it belongs to.

    Raises:
        OSError: it could not be written; what was at `path` is still there, and no draft is.
    """
    parts = {"variable": checkpoint.variables, "best": checkpoint.best_weights}
    arrays = {f"{part}.{name}": value for part, named in parts.items() for name, value in named.items()}
    about = json.dumps({"format": FORMAT, "recipe": recipe, "progress": vars(checkpoint.progress)})
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


def load(path: Path, recipe: str, variables: Mapping[str, np.ndarray]) -> Checkpoint | None:
    """The checkpoint at `path`; None if there is none, it is damaged, or it belongs to another run.

    Args:
        path: of the file.
        recipe: what run is to go on.
        variables: those of its network and optimizer, by name: the file's must have their names and shapes.
    """
    try:
        # From memory: np.load leaves a file open that it cannot read.
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as data:
            about = json.loads(str(data["about"]))
            if about.get("format") != FORMAT:
                reason = f"expected a checkpoint of format {FORMAT}, got one of another version"
                logger.warning("%s: %s: starting anew", path, reason)
                return None
            found, best = (_named(data, part) for part in ("variable", "best"))
            if difference := _difference(variables, found):
                logger.warning("%s: a checkpoint of another network: %s: starting anew", path, difference)
                return None
            if about["recipe"] != recipe:
                logger.info("%s: a checkpoint of another run: starting anew", path)
                return None
            return Checkpoint(Progress(**about["progress"]), found, best)
    except Exception as error:  # a damaged file has no one error: BadZipFile, zlib.error, ValueError ...
        if path.exists():
            logger.warning("%s: not a checkpoint that can be read (%s): starting anew", path, error)
        return None


def _named(data: Mapping[str, np.ndarray], part: str) -> dict[str, np.ndarray]:
    """The arrays of one part of the file, by name."""
    return {name.removeprefix(f"{part}."): data[name] for name in data if name.startswith(f"{part}.")}


def _difference(expected: Mapping[str, np.ndarray], found: Mapping[str, np.ndarray]) -> str:
    """Which variables were expected and not found, and the other way round; empty where there are none."""
    wanted, got = ({f"{name} {np.shape(v)}": None for name, v in each.items()} for each in (expected, found))
    lacking, unknown = (
        _listed([each for each in a if each not in b]) for a, b in ((wanted, got), (got, wanted))
    )
    return f"expected {lacking or 'no others'}, got {unknown or 'none of them'}" if lacking or unknown else ""


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
