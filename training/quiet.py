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
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:
        yield  # closed: nobody reads it
        return
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        has_failed = True
        try:
            yield
            has_failed = False
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            said.seek(0)
            if has_failed:
                os.write(2, said.read())


@contextmanager
def clean_stdout() -> Iterator[None]:
    """What is written straight to file descriptor 1 goes to standard error in here: stdout is for the report.

    Gloo tells there whom it has met, in front of what may be JSON for a program.
    """
    try:
        kept = os.dup(1)
    except OSError:
        yield  # closed: nobody reads it
        return
    sys.stdout.flush()
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def load_keras() -> None:
    """Import Keras, on the backend that was chosen, and TensorFlow, without what they say about it.

    Keras uses TensorFlow for small things on every backend, and would load it in the middle of a run.
    """
    with quiet():
        import keras as keras
        import tensorflow as tensorflow
