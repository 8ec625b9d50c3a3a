"""Keeps what compiled libraries write straight to file descriptor 2 away from a person's terminal."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """Standard error goes to a file in here; if an exception leaves, it is shown after all.

    TensorFlow and LiteRT say what they found at start, before any setting of theirs is read.
    """
    try:
        where = sys.stderr.fileno()
    except (AttributeError, OSError, ValueError):
        yield  # nothing compiled code could write to
        return
    sys.stderr.flush()
    kept = os.dup(where)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), where)
        try:
            yield
        except BaseException:
            _give_back(kept, where)
            said.seek(0)
            sys.stderr.write(said.read().decode("utf-8", "replace"))
            raise
        _give_back(kept, where)


def load_keras() -> None:
    """Import Keras, on the backend that was chosen, and TensorFlow, without what they say about it.

    Keras uses TensorFlow for small things on every backend, and would load it in the middle of a run.
    """
    with quiet():
        import keras as keras
        import tensorflow as tensorflow


def _give_back(kept: int, where: int) -> None:
    sys.stderr.flush()
    os.dup2(kept, where)
    os.close(kept)
