"""Ghostjam's own CSV: `time_s,source,voice,` and then `x,y,z,moving`, `pitch,velocity` or `x1 .. xn`.

It is made to be appended to.

Every row ends with a line end, so a last line without one is what a crash left and is not a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from models.formats.base import (
    GHOST,
    NOTE_COLUMNS,
    PLAYER,
    TOUCH_COLUMNS,
    Performance,
    PerformanceError,
    shown,
    value_columns,
)
from models.formats.text_rows import (
    FARTHEST_S,
    Line,
    Row,
    parse_number,
    parse_values,
    read_rows,
    require_fields,
)

HIGHEST_VOICE = 2**31 - 1  # a voice travels as an OSC int32
LEAD = ("time_s", "source", "voice")


def header(columns: Sequence[str]) -> str:
    """The first line of a recording, with its line end.

    Args:
        columns: `x, y, z, moving`, `pitch, velocity`, or `x1 .. xn` with n >= 1; PerformanceError for others.

    >>> header(("x1", "x2"))
    'time_s,source,voice,x1,x2\\n'
    """
    names = tuple(columns)
    is_events = names in (TOUCH_COLUMNS, NOTE_COLUMNS)
    if not is_events and (not names or names != value_columns(len(names))):
        expected = "x,y,z,moving or pitch,velocity or x1,x2,..."
        raise PerformanceError(f"columns: expected {expected}, got {shown(','.join(names))}.")
    return ",".join((*LEAD, *names)) + "\n"


def row(time_s: float, source: str, voice: int, values: Sequence[float]) -> str:
    """One event as a line of a recording, with its line end. The release of a voice has z = 0,
    or velocity = 0.

    Args:
        time_s: seconds, written to the microsecond.
        source: "player" or "ghost".
        voice: 0 or more.
        values: one for every column of the header, written with 7 digits (all that float32 holds).

    >>> row(1.25, "player", 0, (0.5, 0.25, 1.0, True))
    '1.250000,player,0,0.5,0.25,1,1\\n'
    """
    return f"{time_s:.6f},{source},{voice}," + ",".join([f"{float(v):.7g}" for v in values]) + "\n"


def accepts(first: str) -> bool:
    """Whether a file whose first line is `first` is a recording of Ghostjam."""
    return tuple(_names(first)[:3]) == LEAD


def read(lines: Sequence[Line]) -> Performance:
    """The lines of a recording, header included. Bad rows are reported and left out."""
    columns = tuple(_names(lines[0].text)[3:])
    header(columns)
    body = lines[1:]
    truncated = bool(body) and not body[-1].ended
    body = body[:-1] if truncated else body
    return read_rows(columns, body, lambda line: _parse(line, columns), truncated=truncated)


def write(performance: Performance, path: Path) -> None:
    """A recording of touches, notes or controller values; PerformanceError for other columns, OSError."""
    lines = zip(
        performance.time_s.tolist(),
        performance.source.tolist(),
        performance.voice.tolist(),
        performance.values.tolist(),
        strict=True,
    )
    text = header(performance.columns) + "".join(row(*line) for line in lines)
    path.write_text(text, encoding="utf-8", newline="")


def _names(header: str) -> list[str]:
    """The columns a header names; spreadsheets may begin them with a capital letter."""
    return [name.strip().lower() for name in header.split(",")]


def _parse(line: Line, columns: tuple[str, ...]) -> Row:
    fields = line.text.split(",")
    require_fields(fields, len(LEAD) + len(columns))
    time_s = parse_number("time_s", fields[0], -FARTHEST_S, FARTHEST_S)
    if fields[1] not in (PLAYER, GHOST):
        raise PerformanceError(f"source: expected {PLAYER} or {GHOST}, got {shown(fields[1])}.")
    voice = parse_number("voice", fields[2], 0, HIGHEST_VOICE)
    if not voice.is_integer():
        raise PerformanceError(f"voice: expected a whole number, got {shown(fields[2])}.")
    return time_s, fields[1], int(voice), parse_values(columns, fields[3:])
