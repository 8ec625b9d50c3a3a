"""RoboJam and MicroJam performances: CSV with the header `time,x,y,z,moving`, one player.

z is a pressure or, on MicroJam's devices, the radius of the touch in points. The format has no
release, so z never becomes 0 here: a radius, or a device that reports nothing, counts as full pressure.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.formats.base import PLAYER, TOUCH_COLUMNS, Performance
from models.formats.text_rows import FARTHEST_S, Line, Row, parse_number, read_rows, require_fields

HEADER = ("time", *TOUCH_COLUMNS)
_LARGEST_RADIUS = 1e6


def accepts(first: str) -> bool:
    """Whether a file whose first line is `first` is a RoboJam performance."""
    return tuple(name.strip().lower() for name in first.split(",")) == HEADER


def read(lines: Sequence[Line]) -> Performance:
    """The lines of a RoboJam CSV, header included. Bad rows are reported and left out."""
    return read_rows(TOUCH_COLUMNS, lines[1:], _parse)


def _parse(line: Line) -> Row:
    fields = line.text.split(",")
    require_fields(fields, len(HEADER))
    time_s = parse_number("time", fields[0], -FARTHEST_S, FARTHEST_S)
    x = parse_number("x", fields[1], 0.0, 1.0)
    y = parse_number("y", fields[2], 0.0, 1.0)
    z = parse_number("z", fields[3], 0.0, _LARGEST_RADIUS)
    moving = parse_number("moving", fields[4], 0.0, 1.0)
    return time_s, PLAYER, 0, (x, y, z if 0.0 < z <= 1.0 else 1.0, moving)
