"""A line on a terminal that says how far a command is."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from app.core.console import say
from app.core.progress import Progress, unseen

AFTER_S = 1.0  # what takes less needs no line
EVERY_S = 0.1
WIDTH = 30


@contextmanager
def progress_bar(what: str) -> Iterator[Progress]:
    """Within `with`, what shows the share that is done on stderr, if that is a terminal and it takes long.

    The line is gone afterwards, also after an error or Ctrl-C.
    """
    if not (sys.stderr and sys.stderr.isatty()):
        yield unseen
        return
    shown_s, text = time.monotonic() + AFTER_S - EVERY_S, ""

    def show(share: float) -> None:
        nonlocal shown_s, text
        if time.monotonic() - shown_s < EVERY_S:
            return
        shown_s = time.monotonic()
        done = round(min(max(share, 0.0), 1.0) * WIDTH)
        text = f"{what} [{'#' * done}{'.' * (WIDTH - done)}] {share:4.0%}"
        say(f"\r{text}", is_error=True, end="")

    try:
        yield show
    finally:
        if text:
            say(f"\r{' ' * len(text)}\r", is_error=True, end="")
