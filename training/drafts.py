"""Folders for files that are not finished, which go with the process however it is ended."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

_open: list[Path] = []


@contextmanager
def draft_folder(beside: Path) -> Iterator[Path]:
    """A new folder beside the file `beside`: what is finished in it can be moved to there in one step.

    Its name says whose it is, `.NAME.` and something: what a killed process leaves can be found.
    """
    with tempfile.TemporaryDirectory(prefix=f".{beside.name}.", dir=beside.parent) as folder:
        _open.append(Path(folder))
        try:
            yield Path(folder)
        finally:
            _open.remove(Path(folder))


def end_process(code: int) -> NoReturn:
    """End this process at once, from any thread and whatever it is doing, and leave no draft behind."""
    for folder in list(_open):
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(code)
