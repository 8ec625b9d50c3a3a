"""The file that a command writes: its suffix says how, and an error is one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from app.commands.progress_bar import progress_bar
from app.core.progress import Progress
from app.runtime.errors import CommandError, explained

Writer = TypeVar("Writer")


def writer_of(out: Path, writers: Mapping[str, Writer]) -> Writer:
    """What writes a file of this suffix; CommandError, with the suffixes there are, if nothing does."""
    writer = writers.get(out.suffix.lower())
    if writer is None:
        raise CommandError(f"--out: expected a file ending in {', '.join(writers)}, got '{out}'")
    return writer


@contextmanager
def writing(out: Path) -> Iterator[Progress]:
    """Within `with`, `out` can be written: its folder is there. What is given shows how far that is."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with progress_bar(out.name) as progress:
            yield progress
    except OSError as error:
        raise CommandError(f"--out: expected a file to write, got {explained(error)}") from None
