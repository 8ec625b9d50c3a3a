"""Performances to learn from: a list of event arrays with the same columns.

Reads the flat `.npz` (`values` float32 `(n_events, n_columns)`, `offsets` int64 `(n_performances + 1,)`,
`columns`), never a pickle.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from mdn.columns import Column, Kind, columns_for


class CorpusError(ValueError):
    """Data that cannot be learned from: the file, the rule, what was expected and what was found."""


@dataclass(frozen=True)
class Corpus:
    """Performances of one kind.

    Attributes:
        columns: what an event holds.
        performances: float32 arrays `(n_events, n_columns)`, natural units, at least 2 events each.
    """

    columns: tuple[Column, ...]
    performances: tuple[np.ndarray, ...]

    @property
    def n_events(self) -> int:
        """Events in all performances."""
        return sum(len(p) for p in self.performances)


def read_corpus(path: str | Path) -> Corpus:
    """The corpus in a flat `.npz`.

    Raises:
        CorpusError: not such a file, a pickled array, columns of no known kind, values that are not
            finite, negative seconds, or offsets that do not fit the values.
        OSError: the file cannot be read.
    """
    path = Path(path)
    try:
        with np.load(path, allow_pickle=False) as data:
            missing = [name for name in ("values", "offsets", "columns") if name not in data]
            if missing:
                raise CorpusError(
                    f"{path}: expected arrays values, offsets and columns, got no {', '.join(missing)}."
                )
            values, offsets = data["values"].astype("float32"), data["offsets"].astype("int64")
            names = tuple(str(name) for name in data["columns"])
    except (ValueError, EOFError) as error:
        if isinstance(error, CorpusError):
            raise
        raise CorpusError(f"{path}: expected a flat .npz without pickles, got {error}.") from None
    try:
        columns = columns_for(names)
    except ValueError as error:
        raise CorpusError(f"{path}: {error}") from None
    _check(path, columns, values, offsets)
    performances = [values[a:b] for a, b in pairwise(offsets)]
    return Corpus(columns, tuple(p for p in performances if len(p) >= 2))


def _check(path: Path, columns: tuple[Column, ...], values: np.ndarray, offsets: np.ndarray) -> None:
    if values.ndim != 2 or values.shape[1] != len(columns):
        raise CorpusError(f"{path}: expected values (n_events, {len(columns)}), got shape {values.shape}.")
    if not np.isfinite(values).all():
        row = int(np.argwhere(~np.isfinite(values))[0, 0])
        raise CorpusError(f"{path}: expected finite values, got {values[row].tolist()} in row {row}.")
    if len(offsets) < 2 or offsets[0] != 0 or offsets[-1] != len(values) or (np.diff(offsets) < 0).any():
        raise CorpusError(
            f"{path}: expected offsets from 0 up to {len(values)}, got {offsets[:3].tolist()} ..."
        )
    for index, column in enumerate(columns):
        if column.kind is Kind.SECONDS and (values[:, index] < 0).any():
            row = int(np.argmax(values[:, index] < 0))
            raise CorpusError(
                f"{path}: expected {column.name} >= 0 s, got {values[row, index]} in row {row}."
            )
