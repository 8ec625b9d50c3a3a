"""The performance file: what a recording is, and reading and writing it. NumPy only, for app and training.

`header` and `row` write Ghostjam's CSV line by line, so that a recorder can append and a crash costs at
most one line. `read_performance` reads that and the formats of the peers, and tells them apart by content.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.formats import arrays, ghostjam, impsy, midi, robojam
from models.formats.base import (
    NOTE_COLUMNS,
    TOUCH_COLUMNS,
    Dropped,
    Performance,
    PerformanceError,
    read_bytes,
    shown,
    value_columns,
)
from models.formats.drawing_files import holds_drawings, read_drawing
from models.formats.ghostjam import header, row
from models.formats.ghostjam import write as write_recording
from models.formats.impsy import write as write_impsy_log
from models.formats.npz import Npz
from models.formats.text_rows import split_lines

__all__ = [
    "NOTE_COLUMNS",
    "TOUCH_COLUMNS",
    "Dropped",
    "Performance",
    "PerformanceError",
    "header",
    "read_performance",
    "row",
    "value_columns",
    "write_impsy_log",
    "write_recording",
]


def read_performance(path: str | Path, index: int = 0) -> Performance:
    """One performance of a file of any format known.

    Ghostjam CSV (`time_s,source,voice,...`), RoboJam CSV (`time,x,y,z,moving`), an IMPSY log, a Standard MIDI
    File, whose tracks play together, an `.npz` without pickles (`values, offsets, columns`), or drawings of
    any kind that `models.formats.drawing_files` reads: stroke-3 and sketch-rnn's `.npz`, QuickDraw's
    `.ndjson`, SVG.

    Args:
        path: the file.
        index: which performance, from 0, in a file that holds several; the others hold one.

    Returns:
        The good rows, in the order of their times, with the bad ones in `dropped`.

    Raises:
        PerformanceError: the file cannot be read or is of no known format; begins with the path.
    """
    path = Path(path)
    with _named(path):
        if holds_drawings(path):
            return arrays.of_drawing(read_drawing(path, index))
        data = read_bytes(path)
        if arrays.accepts(data):
            with Npz(data) as npz:
                return arrays.read(npz, index)
        if index != 0:
            raise PerformanceError(f"index: expected 0, the file's only performance, got {index}.")
        return midi.read(data) if midi.accepts(data) else _read_text(data)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Within `with`, what is wrong with the file begins with its path."""
    try:
        yield
    except OSError as error:
        raise PerformanceError(f"{path}: expected a file that can be read, got: {error.strerror}.") from None
    except PerformanceError as error:
        raise PerformanceError(f"{path}: {str(error).removeprefix(f'{path}: ')}") from None


def _read_text(data: bytes) -> Performance:
    lines = split_lines(data)
    if not lines:
        raise PerformanceError("expected a performance, got an empty file.")
    if ghostjam.accepts(lines[0].text):
        return ghostjam.read(lines)
    if robojam.accepts(lines[0].text):
        return robojam.read(lines)
    if any(impsy.accepts(line.text) for line in lines):
        return impsy.read(lines)
    raise PerformanceError(
        "expected a header time_s,source,voice,... or time,x,y,z,moving, rows of an IMPSY log, or MIDI, "
        f"got {shown(lines[0].text)}."
    )
