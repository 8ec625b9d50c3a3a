"""Performances to learn from: a list of event arrays with the same columns.

Reads the flat `.npz` (`values` float32 `(n_events, n_columns)`, `offsets` int64 `(n_performances + 1,)`,
`columns`), never a pickle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from mdn.columns import Column, Kind, columns_for, sketch_columns
from mdn.past_features import beginning_of
from models.formats.base import PerformanceError
from models.formats.npz import Npz
from models.frame import Frame
from models.manifest import Scale
from training.errors import TrainingError

PICKLED = (
    "an object array, which is a pickle and can run code (an .npz that IMPSY made?). Give the logs it was "
    "made from, or, where you trust it, save it flat in Python: performances = list(np.load(file, "
    "allow_pickle=True)['perfs']); np.savez(flat, values=np.concatenate(performances), "
    "offsets=np.cumsum([0, *map(len, performances)]), columns=['dt', 'x1', ...])."
)
WHOLE = {Kind.FLAG: "0 or 1", Kind.PITCH: "a whole number", Kind.VELOCITY: "a whole number"}
MOST_FRAMES = 256  # of drawings that a model's manifest keeps


class CorpusError(TrainingError, ValueError):
    """Data that cannot be learned from: the file, the rule, what was expected and what was found."""


@dataclass(frozen=True)
class Corpus:
    """Performances of one kind.

    Attributes:
        columns: what an event holds.
        performances: float32 arrays `(n_events, n_columns)`, natural units, at least 2 events each.
        drawing: how large the drawings are; None for performances.
        has_added_start: whether the first event of each performance stands in no file (`training.drawings`):
            it is heard and learned, because a model that draws needs it, and never scored. Empty where all
            do.
    """

    columns: tuple[Column, ...]
    performances: tuple[np.ndarray, ...]
    drawing: Scale | None = None
    has_added_start: tuple[bool, ...] = ()

    def __post_init__(self) -> None:
        if len(self.has_added_start) not in (0, len(self.performances)):
            raise ValueError(
                f"has_added_start: expected {len(self.performances)}, got {self.has_added_start}"
            )

    def part(self, chosen: Sequence[int]) -> Corpus:
        """The corpus of the chosen performances."""
        is_added = self.has_added_start and tuple(self.has_added_start[i] for i in chosen)
        performances = tuple(self.performances[i] for i in chosen)
        return replace(self, performances=performances, has_added_start=is_added)

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
    data = _load(path)
    missing = [name for name in ("values", "offsets", "columns") if name not in data]
    if missing:
        raise CorpusError(
            f"{path}: expected arrays values, offsets and columns, got no {', '.join(missing)}."
        )
    for name, kinds, what in (("values", "fiu", "numbers"), ("offsets", "iu", "whole numbers")):
        if data[name].dtype.kind not in kinds:
            raise CorpusError(f"{path}: expected {name} to be {what}, got {data[name].dtype}.")
    values, offsets = data["values"].astype("float32"), np.atleast_1d(data["offsets"]).astype("int64")
    names = tuple(str(name) for name in np.atleast_1d(data["columns"]))
    try:
        columns = columns_for(names)
    except ValueError as error:
        raise CorpusError(f"{path}: {error}") from None
    _check(path, columns, values, offsets)
    performances = [values[a:b] for a, b in pairwise(offsets)]
    return Corpus(columns, tuple(p for p in performances if len(p) >= 2))


def drawn(
    drawings: Sequence[np.ndarray],
    *,
    box: float,
    epsilon: float,
    unit: str = "",
    grid: float = 0.0,
    has_added_start: Sequence[bool] = (),
) -> Corpus:
    """The corpus of `drawings`: points `(n_points, 3)`, dx, dy, pen; the last pen of each is END.

    Args:
        drawings: at least one.
        box: side of the square they were drawn in.
        epsilon: how far their lines were simplified.
        unit: of the steps.
        grid: that the steps lie on, 0 for none.
        has_added_start: see `Corpus`.
    """
    columns = sketch_columns(box, unit)
    x, y = np.mean([d[0, :2] for d in drawings], axis=0, dtype="float64").tolist()
    longest = max(len(d) for d in drawings)
    scale = Scale(box, epsilon, longest, (x, y), _frames(drawings, columns), grid)
    return Corpus(columns, tuple(drawings), scale, tuple(has_added_start))


def in_units_of(corpus: Corpus, columns: tuple[Column, ...], drawing: Scale | None) -> Corpus:
    """`corpus` as a model with these columns and this scale hears it.

    Drawings take over its box, and begin where they do. Where the boxes differ by more than a quarter their
    units do, and the drawings are scaled from box to box; less is how well a box can be measured. The grid
    is the coarser one of both, so that a model learns none that it does not know.
    Performances stay as they are.
    """
    if corpus.drawing is None or drawing is None:
        return corpus
    factor = drawing.box / corpus.drawing.box
    if 0.8 <= factor <= 1.25:
        factor = 1.0
    scaled = tuple((d * [factor, factor, 1.0]).astype("float32") for d in corpus.performances)
    grid = max(drawing.grid, factor * corpus.drawing.grid)
    scale = replace(drawing, frames=_frames(scaled, columns), grid=grid)
    return replace(corpus, columns=columns, performances=scaled, drawing=scale)


def _frames(drawings: Sequence[np.ndarray], columns: Sequence[Column]) -> tuple[Frame, ...]:
    """Those of some of `drawings`, to four digits: people read the manifest too."""
    chosen = np.random.default_rng(0).permutation(len(drawings))[:MOST_FRAMES]
    frames = []
    for points in (drawings[i] for i in sorted(chosen)):
        size = np.ptp(np.cumsum(points[:, :2], axis=0, dtype="float64"), axis=0).tolist()
        frames.append(Frame(*(float(f"{n:.4g}") for n in (*(beginning_of(points, columns) or ()), *size))))
    return tuple(frames)


def _load(path: Path) -> dict[str, np.ndarray]:
    """The arrays of the archive at `path`."""
    try:
        with path.open("rb") as file:
            is_lone = file.read(6) == b"\x93NUMPY"
        if is_lone:
            raise CorpusError(f"{path}: expected a flat .npz without pickles, got a single array.")
        with Npz(path) as npz:
            return {name: npz.array(name) for name in npz.names}
    except PerformanceError as error:
        reason = PICKLED if "an object array" in str(error) else str(error)
        raise CorpusError(
            f"{path}: expected a flat .npz without pickles, got {reason.rstrip('.')}."
        ) from None


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
        if column.kind in (Kind.SECONDS, Kind.DURATION):
            # Longer than the range is a pause as it was recorded; the ghost hears it as the longest one.
            _refuse(path, values, index, values[:, index] < 0, f"{column.name} >= 0 s")
            continue
        off = (values[:, index] < column.low) | (values[:, index] > column.high)
        _refuse(path, values, index, off, f"{column.name} from {column.low:g} to {column.high:g}")
        if column.kind in WHOLE:
            _refuse(path, values, index, values[:, index] % 1.0 != 0.0, f"{column.name} {WHOLE[column.kind]}")


def _refuse(path: Path, values: np.ndarray, index: int, is_bad: np.ndarray, rule: str) -> None:
    if is_bad.any():
        row = int(np.argmax(is_bad))
        raise CorpusError(f"{path}: expected {rule}, got {values[row, index]} in row {row}.")
