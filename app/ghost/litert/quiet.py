"""Keeps LiteRT's chatter off the terminal."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_info() -> Iterator[None]:
    """Keep LiteRT's own "INFO:" lines off the terminal while a model opens; it has no switch for that.

    They are written by C++ to file descriptor 2, so that is caught in a file; every other line
    that arrives meanwhile is written on.
    """
    if sys.stderr is None:  # a program without a terminal, as pythonw runs it
        yield
        return
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
            caught.seek(0)
            for line in caught:
                if not line.startswith(b"INFO: "):
                    os.write(2, line)
