"""Bytes of a device as lines: whatever ends them, however they are cut, and no longer than may be."""

from __future__ import annotations

LONGEST_LINE = 1024  # bytes: 64 values with 14 digits each


class LineSplitter:
    """Lines end with CR, LF or both; empty ones are none.

    Args:
        skips: the first line is a part of one, and left out.
    """

    def __init__(self, *, skips: bool = False) -> None:
        self._skips = skips
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that end in `data`, without their end. One that is too long has one byte too many."""
        *ended, rest = data.replace(b"\r", b"\n").split(b"\n")
        lines = []
        for part in ended:
            line = (self._rest + part)[: LONGEST_LINE + 1]
            self._rest = b""
            if line and not self._skips:
                lines.append(line)
            self._skips = False
        self._rest = (self._rest + rest)[: LONGEST_LINE + 1]
        return lines
