"""Text files of rows: lines as programs and spreadsheets write them, their numbers, and what is no row."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from models.formats.base import NOTE_COLUMNS, Dropped, Performance, PerformanceError, shown
from models.formats.row_table import RowTable, performance_from_rows

FARTHEST_S = 1e10  # of a clock from its zero; those of computers count from 1970

Row = tuple[float, str, int, Sequence[float]]
"""Seconds, "player" or "ghost", the stream of its source, and its values."""


class Line(NamedTuple):
    """One line of a text file without its line end; `ended` is False for a last line without one."""

    number: int
    text: str
    ended: bool


def split_lines(data: bytes) -> list[Line]:
    """The lines of a text file that are not blank, with commas between the fields; never raises.

    Read are UTF-8, UTF-16 with its byte order mark, CRLF, and tables as spreadsheets write them: semicolons
    or tabs between the fields and then commas in the numbers, quotes, and a first column without a name that
    counts the rows.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    pieces = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    last = len(pieces)  # what follows the last line end: empty unless the file stops in the middle
    texts = (piece.removesuffix(b"\r").decode("utf-8", "replace") for piece in pieces)
    lines = [Line(i, text, i < last) for i, text in enumerate(texts, start=1) if text.strip()]
    return _plain(lines) if lines else lines


def _plain(lines: list[Line]) -> list[Line]:
    """`lines` of a table as the peers and we write them, with commas only."""
    if lines[0].text.lower().startswith("sep="):  # for spreadsheets alone
        lines = lines[1:]
    # The header, or of a log without one a row that is whole: the first may be damaged.
    looks = [line.text for line in lines[:3]]
    delimiter = next((each for each in ";\t" if looks and all(look.count(each) > 1 for look in looks)), ",")
    is_counted = bool(looks) and _is_counted(looks[0].split(delimiter))
    is_plain = delimiter == "," and not any('"' in look or ", " in look for look in looks)
    if is_plain and not is_counted:
        return lines
    plain = []
    for line in lines:
        try:
            fields = next(csv.reader([line.text.replace("\0", " ")], delimiter=delimiter), [])
        except csv.Error:  # too long a field, or a line end within one
            fields = line.text.split(delimiter)
        fields = [field.strip() for field in fields[is_counted:]]
        if delimiter != ",":
            fields = [field.replace(",", ".") for field in fields]
        plain.append(line._replace(text=",".join(fields)))
    return plain


def _is_counted(header: Sequence[str]) -> bool:
    """Whether the first column has no name, or the one that says that it only counts the rows."""
    name = header[0].strip().strip('"').lower()
    return len(header) > 3 and name in ("", "index", "unnamed: 0")


def read_rows(
    columns: Sequence[str], lines: Iterable[Line], parse: Callable[[Line], Row], *, truncated: bool = False
) -> Performance:
    """The rows of `lines` as a performance; those that `parse` refuses are reported and left out.

    A last line without its line end that is none is one that stopped in the middle.

    Args:
        columns: names of the values.
        lines: of the file, without a header.
        parse: makes a row of a line; PerformanceError where it is none.
        truncated: whether a line that stopped in the middle was left out before.
    """
    rows = RowTable(len(columns))
    dropped: list[Dropped] = []
    for line in lines:
        try:
            rows.add(*parse(line), line.number)
        except PerformanceError as error:
            if line.ended:
                dropped.append(Dropped(line.number, str(error)))
            else:
                truncated = True
    return performance_from_rows(columns, rows, dropped, truncated=truncated)


def parse_number(name: str, text: str, low: float, high: float) -> float:
    """`text` as a number in [low, high]; PerformanceError otherwise (NaN and infinity included)."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not low <= number <= high:
        raise PerformanceError(f"{name}: expected a number from {low:g} to {high:g}, got {shown(text)}.")
    return number


def parse_fractions(names: Sequence[str], texts: Sequence[str]) -> list[float]:
    """Numbers in [0, 1], one for every name."""
    return [parse_number(name, text, 0.0, 1.0) for name, text in zip(names, texts, strict=True)]


def parse_values(columns: tuple[str, ...], texts: Sequence[str]) -> list[float]:
    """The values of a row: whole numbers of MIDI for notes, else numbers in [0, 1]."""
    if columns != NOTE_COLUMNS:
        return parse_fractions(columns, texts)
    numbers = [parse_number(name, text, 0, 127) for name, text in zip(columns, texts, strict=True)]
    for name, number, text in zip(columns, numbers, texts, strict=True):
        if not number.is_integer():
            raise PerformanceError(f"{name}: expected a whole number, got {shown(text)}.")
    return numbers


def require_fields(fields: Sequence[str], expected: int) -> None:
    """PerformanceError unless the row has as many fields as its header."""
    if len(fields) != expected:
        raise PerformanceError(f"row: expected {expected} fields, got {len(fields)}.")
