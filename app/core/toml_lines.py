"""The line of a key in a TOML file, for error messages: tomllib does not keep it."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TABLE = re.compile(r"^\s*(\[\[?)([^\[\]]+)\]")
_KEY = re.compile(r"""^\s*([A-Za-z0-9_."'-]+)\s*=""")

Key = str | int


def line_of(text: str, keys: Sequence[Key]) -> int:
    """The line, from 1, of a key in TOML text; of the nearest table around it if it has none of its own.

    >>> line_of("a = 1\\n[[b.c]]\\nd = 2\\n[[b.c]]\\nd = 3", ["b", "c", 1, "d"])
    5
    """
    wanted = tuple(keys)
    best, best_line = 0, 1
    table: tuple[Key, ...] = ()
    n_tables: dict[tuple[Key, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _TABLE.match(line):
            table = _resolved(_parts(match[2]), n_tables, opens=match[1] == "[[")
            here = table
        elif match := _KEY.match(line):
            here = (*table, *_parts(match[1]))
        else:
            continue
        if len(here) > best and here == wanted[: len(here)]:
            best, best_line = len(here), number
    return best_line


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]


def _resolved(parts: list[str], n_tables: dict[tuple[Key, ...], int], *, opens: bool) -> tuple[Key, ...]:
    """The path of a table header; an array of tables in it stands for its last element."""
    path: tuple[Key, ...] = ()
    for index, part in enumerate(parts):
        path = (*path, part)
        if opens and index == len(parts) - 1:
            n_tables[path] = n_tables.get(path, 0) + 1
        if path in n_tables:
            path = (*path, n_tables[path] - 1)
    return path
