"""The error of the command line: something that was asked for cannot be had."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TRACEBACK = "GHOSTJAM_TRACEBACK"  # environment variable: set, a defect is shown with the way to it
MOST_CHARACTERS = 300  # of what a defect says: a library may say a page


class CommandError(Exception):
    """A command cannot do what was asked: one line with the rule, what was expected and what was found."""


@contextmanager
def one_line(*kinds: type[Exception]) -> Iterator[None]:
    """Within `with`, an error of these kinds, which says its line itself, is a CommandError."""
    try:
        yield
    except kinds as error:
        raise CommandError(str(error)) from None


def explained(error: Exception) -> str:
    """An error as a person reads it: of the operating system, which file, and what is wrong with it."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    return f"{error.filename}: {error.strerror}" if error.filename else error.strerror


def defect(error: BaseException) -> str:
    """An error that nobody expected, on one line for who reports it: what it is, and where."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}; " if frames else ""
    text = " ".join(f"{type(error).__name__}: {error}".split())[:MOST_CHARACTERS]
    return f"a defect of ghostjam, please report it: {text} ({where}{TRACEBACK}=1 shows more)"
