"""A QR code: its modules, for who draws it, and as text, for a terminal."""

from __future__ import annotations

QUIET = 4  # modules around a code that stay light, by the standard (ISO/IEC 18004)

Modules = tuple[tuple[bool, ...], ...]
"""Rows of a square: True is dark."""

_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
_DARK_ON_LIGHT, _PLAIN = "\x1b[38;5;16;48;5;231m", "\x1b[0m"  # whatever the colours of the terminal are


def qr_modules(text: str) -> Modules:
    """The modules of the QR code of `text`, without the light ones around it.

    Of the smallest size that holds it with the error correction M: 15 % of it may be hidden.
    """
    import segno

    return tuple(tuple(map(bool, row)) for row in segno.make_qr(text, error="m").matrix)


def qr_text(text: str) -> str:
    """The QR code of `text` for a terminal with colours: two modules a letter, above each other."""
    modules = qr_modules(text)
    side = len(modules) + 2 * QUIET
    rows = [[False] * side for _ in range(side + side % 2)]
    for y, row in enumerate(modules):
        rows[QUIET + y][QUIET : QUIET + len(row)] = row
    pairs = [zip(rows[y], rows[y + 1], strict=True) for y in range(0, len(rows), 2)]
    lines = ["".join(_HALVES[pair] for pair in line) for line in pairs]
    return "\n".join(f"{_DARK_ON_LIGHT}{line}{_PLAIN}" for line in lines)
