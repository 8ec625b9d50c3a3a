"""What is said on standard output and error, where nobody may be able to hear it: that ends nothing.

A pipe whose reader went (`| head -1`), a full disk, a terminal that was closed, a stream that was never open.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TextIO


def say(text: str, *, is_error: bool = False, end: str = "\n") -> None:
    """Print a line for a person, or with another `end` a part of one.

    Never raises: if it cannot be written, the stream is given up.
    """
    stream = sys.stderr if is_error else sys.stdout
    if stream is None:  # closed before Python started
        return
    try:
        print(text, end=end, file=stream, flush=True)
    except (OSError, ValueError):
        give_up(stream)


def shows(text: str) -> bool:
    """Whether standard output is a terminal that has these letters, and colours."""
    stream = sys.stdout
    if stream is None or os.environ.get("TERM") == "dumb":
        return False
    try:
        text.encode(stream.encoding or "ascii")
        return stream.isatty()
    except (OSError, ValueError):
        return False


def give_up(stream: TextIO) -> None:
    """Let what waits in `stream` and what comes go nowhere, or Python would complain again at its end."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def open_standard_streams() -> None:
    """Open those of the descriptors 0 to 2 that are closed, to nowhere. Call it before anything is opened.

    The system gives the lowest free number to what is opened next: with standard error closed, what a library
    says there would stand in the recording.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets this number, the lowest that is free
