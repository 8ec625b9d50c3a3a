"""Recorded performances as a corpus: what the player did, one sequence a voice.

The ghost's own events are left out: a model trained on them learns from itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mdn.columns import TOUCH, Column, controller_columns
from models.formats.base import PLAYER
from models.performance import Performance, PerformanceError, read_performance
from training.corpus import Corpus, CorpusError, read_corpus

LONGEST_DT_S = 5.0  # a longer pause is heard as this one, as the app does
SUFFIXES = (".csv", ".log", ".txt")


@dataclass(frozen=True)
class Dropped:
    """A row that was not learned from."""

    path: Path
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}"


def gather(paths: Iterable[str | Path]) -> tuple[Corpus, list[Dropped]]:
    """One corpus from files and folders, which are searched for recordings.

    Args:
        paths: flat `.npz` files, recordings in any format the app reads, or folders of them.

    Returns:
        The corpus, and the rows that were left out with file, line and reason.

    Raises:
        CorpusError: nothing to learn from, or files of different columns.
        OSError: a file cannot be read.
    """
    sequences: list[np.ndarray] = []
    dropped: list[Dropped] = []
    columns: tuple[Column, ...] | None = None
    for path in _files(paths):
        found = read_corpus(path) if path.suffix == ".npz" else _read_recording(path, dropped)
        if columns is not None and found.columns != columns:
            raise CorpusError(
                f"{path}: expected columns {_names(columns)} as in the files before, "
                f"got {_names(found.columns)}."
            )
        columns = found.columns
        sequences += found.performances
    if columns is None or not sequences:
        where = ", ".join(str(p) for p in paths)
        raise CorpusError(f"{where}: expected at least one player performance of 2 events, got none.")
    return Corpus(columns, tuple(sequences)), dropped


def _files(paths: Iterable[str | Path]) -> list[Path]:
    files: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            files += sorted(p for p in path.rglob("*") if p.suffix in (*SUFFIXES, ".npz"))
        elif path.exists():
            files.append(path)
        else:
            raise CorpusError(f"{path}: expected a file or folder of performances, got no such path.")
    return files


def _read_recording(path: Path, dropped: list[Dropped]) -> Corpus:
    try:
        performance = read_performance(path)
    except PerformanceError as error:
        raise CorpusError(str(error)) from None
    dropped += [Dropped(path, row.line, row.reason) for row in performance.dropped]
    columns = TOUCH if performance.is_touch else controller_columns(len(performance.columns))
    voices = np.unique(performance.voice[performance.source == PLAYER])
    sequences = (_sequence(performance, int(voice)) for voice in voices)
    return Corpus(columns, tuple(s for s in sequences if len(s) >= 2))


def _sequence(performance: Performance, voice: int) -> np.ndarray:
    """Events of one voice, float32 `(n, n_columns)`: a release is not an event, a pause is a long dt."""
    mine = (performance.source == PLAYER) & (performance.voice == voice)
    if performance.is_touch:
        mine &= performance.values[:, 2] > 0.0
    values = performance.values[mine]
    dt = np.diff(performance.time_s[mine], prepend=performance.time_s[mine][:1])
    dt = np.minimum(dt, LONGEST_DT_S).astype("float32")[:, None]
    if performance.is_touch:
        return np.concatenate([values[:, :2], dt, values[:, 3:4]], axis=1)
    return np.concatenate([dt, values], axis=1)


def _names(columns: tuple[Column, ...]) -> str:
    return ", ".join(column.name for column in columns)
