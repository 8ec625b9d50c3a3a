"""NumPy `.npz` files without pickles: sequences end to end; and drawings as performances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.formats.base import (
    LONGEST_S,
    TOUCH_COLUMNS,
    Dropped,
    Performance,
    PerformanceError,
    performance_from_steps,
    shown,
    value_columns,
)
from models.formats.drawing_files import Found
from models.formats.npz import Npz
from models.strokes import END, LIFT

STROKE_COLUMNS = ("dx", "dy", "pen_lifted")
STROKE_STEP_S = 1.0 / 60.0  # a drawing has no times: it is played one point a frame


def accepts(data: bytes) -> bool:
    """Whether `data` is a ZIP file, which is what an `.npz` is."""
    return data.startswith(b"PK")


def read(npz: Npz, index: int = 0) -> Performance:
    """Sequence `index` of the archive; PerformanceError when there is none or it is not a performance.

    Rows with a value that is not finite or out of range are reported and left out.
    """
    values, columns = _sequence(_load(npz), index)
    good, dropped = check_rows(values, columns)
    return _to_performance(values[good], columns, dropped)


def of_drawing(found: Found) -> Performance:
    """A drawing, which has no times, as a performance of pen steps: one point a frame.

    Raises:
        PerformanceError: it is none; says why.
    """
    if found.points is None:
        raise PerformanceError(f"{found.place}{found.reason}")
    values = found.points.copy()
    if len(values) and values[-1, 2] == END:
        values[-1, 2] = LIFT
    good, dropped = check_rows(values, STROKE_COLUMNS)
    dropped = [each._replace(line=each.line - found.n_added) for each in dropped]
    return performance_from_steps(STROKE_COLUMNS, np.full(good.sum(), STROKE_STEP_S), values[good], dropped)


def _load(npz: Npz) -> dict[str, NDArray[Any]]:
    if missing := [name for name in ("values", "offsets", "columns") if name not in npz.names]:
        raise PerformanceError(
            "arrays: expected values, offsets and columns, or drawings (one stroke-3 array [n, 3], or lists "
            f"of them under train), got {shown(', '.join(npz.names) or 'none')}, no {', '.join(missing)}."
        )
    return {name: npz.array(name) for name in ("values", "offsets", "columns")}


def _offsets(arrays: Mapping[str, NDArray[Any]]) -> NDArray[np.int64]:
    offsets, n = arrays["offsets"], len(np.atleast_1d(arrays["values"]))
    is_whole = offsets.ndim == 1 and len(offsets) > 1 and offsets.dtype.kind in "iu"
    if not is_whole or offsets[0] < 0 or offsets[-1] > n or np.any(np.diff(offsets.astype(np.int64)) < 0):
        raise PerformanceError(f"offsets: expected at least two row numbers from 0 to {n}, never decreasing.")
    return offsets.astype(np.int64)


def _sequence(arrays: Mapping[str, NDArray[Any]], index: int) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    columns = tuple(str(name) for name in np.atleast_1d(arrays["columns"]))
    values = arrays["values"]
    if values.ndim != 2 or values.shape[1] != len(columns) or values.dtype.kind not in "fiu":
        raise PerformanceError(
            f"values: expected numbers [n, {len(columns)}] for the columns {shown(','.join(columns))}, "
            f"got {values.dtype} {list(values.shape)}."
        )
    offsets = _offsets(arrays)
    if not 0 <= index < len(offsets) - 1:
        raise PerformanceError(f"index: expected 0 to {len(offsets) - 2}, got {index}.")
    return values[offsets[index] : offsets[index + 1]].astype(np.float64), columns


def _ranges(columns: tuple[str, ...]) -> list[tuple[float, float]]:
    known = {"dt": (0.0, LONGEST_S), "dx": (-1e6, 1e6), "dy": (-1e6, 1e6)}
    return [known.get(name, (0.0, 1.0)) for name in columns]


def check_rows(
    values: NDArray[np.float64], columns: tuple[str, ...]
) -> tuple[NDArray[np.bool_], list[Dropped]]:
    """Which rows have finite values in range, and why the others are left out."""
    low, high = (np.array(bound) for bound in zip(*_ranges(columns), strict=True))
    inside = (values >= low) & (values <= high)  # False for NaN
    good = np.asarray(inside.all(axis=1))
    dropped = []
    for i in np.flatnonzero(~good).tolist():
        j = int(np.argmin(inside[i]))
        reason = f"{columns[j]}: expected a number from {low[j]:g} to {high[j]:g}, got {values[i, j]:g}."
        dropped.append(Dropped(i + 1, reason))
    return good, dropped


def _to_performance(
    values: NDArray[np.float64], columns: tuple[str, ...], dropped: list[Dropped]
) -> Performance:
    if columns == ("x", "y", "dt", "moving"):
        pressure = np.ones((len(values), 1))
        touches = np.hstack([values[:, :2], pressure, values[:, 3:]])
        return performance_from_steps(TOUCH_COLUMNS, values[:, 2], touches, dropped)
    if columns[:1] == ("dt",) and columns[1:] == value_columns(len(columns) - 1):
        return performance_from_steps(columns[1:], values[:, 0], values[:, 1:], dropped)
    raise PerformanceError(
        "columns: expected x,y,dt,moving or dt,x1,x2,... or dx,dy,pen_lifted, "
        f"got {shown(','.join(columns))}."
    )
