"""A TOML file that people write, read with care; an error knows its key and its line.

Whatever stands in the file, what is wrong becomes a `TomlError`, and whoever opened the file says it with
file and line: `error.located(path, text)`. What the content means is asked of a `Table`.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

Key = str | int
At = tuple[Key, ...]

LARGEST_BYTES = 1 << 20
LONGEST_LINE = 4096
DEEPEST = 16  # tables and lists in each other
MOST_BRACKETS = 256  # open at once, as they are counted: also those in texts
LONGEST = 400  # characters of a message: what was found may be a whole book
_TABLE = re.compile(r"\s*(\[\[?)([^\[\]]+)\]")
_KEY = re.compile(r"""\s*([A-Za-z0-9_."'-]+)\s*=""")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


class TomlError(ValueError):
    """What a file says is not understood: the key, what was expected and what was found.

    Args:
        text: what was expected and found.
        at: the key; () where that is not known.
        line: from 1, where it is known without the key.
    """

    def __init__(self, text: str, at: Sequence[Key] = (), line: int | None = None) -> None:
        whole = f"{dotted(at)}: {text}" if at else text
        super().__init__(whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 3]}...")
        self.at = tuple(at)
        self.line = line

    def located(self, path: Path | None, text: str) -> str:
        """The error with the file and the line; without them if there is no file."""
        return f"{path}:{self.line or line_of(text, self.at)}: {self}" if path else str(self)


def dotted(at: Iterable[Key]) -> str:
    """A path of keys as people write it, counted from 1.

    >>> dotted(("midi", "in", 0, "port"))
    'midi.in[1].port'
    """
    parts = [f"[{key + 1}]" if isinstance(key, int) else f".{_quoted(key)}" for key in at]
    return "".join(parts).removeprefix(".")


def read_text(path: Path) -> str:
    """The text of a file. Never waits: a pipe is refused.

    Raises:
        TomlError: it is no file, too large, or no UTF-8.
        OSError: it cannot be read.
    """
    with open(path, "rb", opener=_open_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise TomlError("expected a file, got a pipe or a device.", line=1)
        found = file.read(LARGEST_BYTES + 1)
    if len(found) > LARGEST_BYTES:
        raise TomlError(f"expected at most {LARGEST_BYTES} bytes.", line=1)
    try:
        return found.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = found.count(b"\n", 0, error.start) + 1
        raise TomlError(f"expected UTF-8 text: {error.reason} at byte {error.start}.", line=line) from None


def parse(text: str) -> dict[str, Any]:
    """The content of TOML text, in which nothing is nested, large or strange enough to harm who uses it.

    Raises:
        TomlError: it is no TOML, is nested too deep, or holds what no setting can be.
    """
    n_open = 0
    for number, line in enumerate(text.split("\n"), start=1):  # the parser knows no limits
        n_open += line.count("[") + line.count("{")
        if len(line) > LONGEST_LINE or n_open > MOST_BRACKETS:
            limits = f"lines of at most {LONGEST_LINE} characters and {MOST_BRACKETS} open brackets"
            raise TomlError(f"expected {limits}.", _key_at(text, number), number)
        n_open -= line.count("]") + line.count("}")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        number = int(found[1]) if found else text.rstrip().count("\n") + 1
        raise TomlError(f"expected TOML: {error}.", line=number) from None
    _check(content)
    return content


def line_of(text: str, keys: Sequence[Key]) -> int:
    """The line, from 1, of a key in TOML text; of the nearest table around it if it has none of its own.

    >>> line_of("a = 1\\n[[b.c]]\\nd = 2\\n[[b.c]]\\nd = 3", ["b", "c", 1, "d"])
    5
    """
    wanted = tuple(keys)
    best, best_line = 0, 1
    for number, here in _keys_of_lines(text):
        if len(here) > best and here == wanted[: len(here)]:
            best, best_line = len(here), number
    return best_line


def _keys_of_lines(text: str) -> Iterator[tuple[int, At]]:
    """Each line that names a key, with the key. tomllib does not keep them."""
    table: At = ()
    n_tables: dict[At, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if match := _TABLE.match(line):
            table = _resolved(_parts(match[2]), n_tables, opens=match[1] == "[[")
            yield number, table
        elif match := _KEY.match(line):
            yield number, (*table, *_parts(match[1]))


def _parts(dotted_key: str) -> list[str]:
    parts = dotted_key.split(".", DEEPEST + 1)[: DEEPEST + 1]  # nobody asks for what lies deeper
    return [part.strip().strip("\"'") for part in parts]


def _resolved(parts: list[str], n_tables: dict[At, int], *, opens: bool) -> At:
    """The path of a table header; an array of tables in it stands for its last element."""
    path: At = ()
    for index, part in enumerate(parts):
        path = (*path, part)
        if opens and index == len(parts) - 1:
            n_tables[path] = n_tables.get(path, 0) + 1
        if path in n_tables:
            path = (*path, n_tables[path] - 1)
    return path


def _key_at(text: str, line: int) -> At:
    """The last key that is named up to a line."""
    keys = [at for number, at in _keys_of_lines(text) if number <= line]
    return keys[-1] if keys else ()


def _check(content: dict[str, Any]) -> None:
    """TomlError for what is nested too deep, for numbers that are no TOML, and for texts that end in C."""
    waiting: list[tuple[Any, At]] = [(content, ())]
    while waiting:
        value, at = waiting.pop()
        if isinstance(value, dict | list):
            if len(at) > DEEPEST:
                raise TomlError(f"expected at most {DEEPEST} tables and lists in each other.", at)
            items = value.items() if isinstance(value, dict) else enumerate(value)
            waiting += [(item, (*at, key)) for key, item in items]
        elif isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise TomlError("expected a number of at most 64 bits.", at)
        elif isinstance(value, str) and "\0" in value:
            raise TomlError("expected a text without the character 0.", at)


def _quoted(key: str) -> str:
    return key if _BARE.fullmatch(key) else repr(key)


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # a pipe without a writer would wait for one
