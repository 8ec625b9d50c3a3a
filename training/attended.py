"""A training process that another one attends: it ends when that one is gone, and when it is told to.

The other process holds the writing end of a pipe that is this one's standard input. However it ends, by a
signal that nobody can catch too, the system closes the pipe, on every platform.
"""

from __future__ import annotations

import os
import signal
import threading

from training.drafts import end_process

ORPHANED = 1
TERMINATED = 128 + signal.SIGTERM


def attend() -> None:
    """From here on, end with the process that started this one, and on SIGTERM, and leave no draft."""
    signal.signal(signal.SIGTERM, lambda number, frame: end_process(TERMINATED))
    threading.Thread(target=_end_with_parent, name="attended", daemon=True).start()


def _end_with_parent() -> None:
    # Read by number: a thread that waits inside of `sys.stdin` keeps the interpreter from ending.
    while os.read(0, 4096):
        pass
    end_process(ORPHANED)
