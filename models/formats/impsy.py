"""IMPSY's logs: `timestamp,source,x1,..,xn`, no header, ISO 8601 times, sources `interface` and `rnn`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.formats.base import GHOST, PLAYER, Performance, PerformanceError, shown, value_columns
from models.formats.text_rows import Line, Row, parse_fractions, read_rows, require_fields

SOURCES = {"interface": PLAYER, "rnn": GHOST}
_WORDS = {ours: theirs for theirs, ours in SOURCES.items()}


def accepts(first: str) -> bool:
    """Whether `first` is a row of an IMPSY log: a time, a source of IMPSY and at least one value."""
    fields = first.split(",")
    if len(fields) < 3 or fields[1] not in SOURCES:
        return False
    try:
        _timestamp(fields[0])
    except PerformanceError:
        return False
    return True


def read(lines: Sequence[Line]) -> Performance:
    """The lines of a log; seconds count from the first good row.

    The number of values is the one most rows have, because the first row may be the damaged one.
    """
    lengths = Counter(len(line.text.split(",")) for line in lines if accepts(line.text))
    columns = value_columns(lengths.most_common(1)[0][0] - 2)
    start: datetime | None = None

    def parse(line: Line) -> Row:
        nonlocal start
        moment, source, values = _parse(line.text, columns)
        start = start or moment
        return (moment - start).total_seconds(), source, 0, values

    return read_rows(columns, lines, parse)


def write(performance: Performance, path: Path, *, start: datetime) -> None:
    """Write a log that IMPSY reads and trains on.

    Args:
        performance: of controller values, or of touches: x and y are written (the format has no release).
        path: the file; what was there is replaced.
        start: when the first event happened.
    """
    if not performance.is_touch and performance.columns != value_columns(len(performance.columns)):
        raise PerformanceError(
            f"IMPSY log: expected columns x,y,z,moving or x1,x2,..., got {','.join(performance.columns)}."
        )
    first_s = float(performance.time_s[0]) if len(performance) else 0.0
    touched = performance.values[:, 2] > 0.0 if performance.is_touch else None
    values = performance.values[:, :2] if performance.is_touch else performance.values
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for i, time_s in enumerate(performance.time_s):
            if touched is None or touched[i]:
                moment = start + timedelta(seconds=float(time_s) - first_s)
                file.write(row(moment, str(performance.source[i]), values[i].tolist()))


def row(moment: datetime, source: str, values: Sequence[float]) -> str:
    """One event as a line of a log, with its line end.

    >>> row(datetime(2026, 9, 26, 10), "ghost", (0.5, 0.25))
    '2026-09-26T10:00:00.000000,rnn,0.5,0.25\\n'
    """
    numbers = ",".join([f"{value:.7g}" for value in values])
    return f"{moment.isoformat(timespec='microseconds')},{_WORDS[source]},{numbers}\n"


def _timestamp(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise PerformanceError(f"timestamp: expected an ISO 8601 time, got {shown(text)}.") from None
    # Naive times are taken as UTC, so that a log with both kinds can be subtracted.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _parse(text: str, columns: tuple[str, ...]) -> tuple[datetime, str, list[float]]:
    fields = text.split(",")
    require_fields(fields, 2 + len(columns))
    moment = _timestamp(fields[0])
    if fields[1] not in SOURCES:
        raise PerformanceError(f"source: expected interface or rnn, got {shown(fields[1])}.")
    return moment, SOURCES[fields[1]], parse_fractions(columns, fields[2:])
