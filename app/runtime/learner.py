"""The process in which a ghost learns, as the app sees it: one JSON object a line, both ways.

It may be killed, hang, or say what nobody understands: whatever it does, it is over then, the reason is told
once, and nobody here has waited for it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any, cast

from app.core.status import printable

logger = logging.getLogger(__name__)

MAX_LINE = 65536  # bytes; a longer one is not ours
MAX_SHOWN = 60  # characters of what was not understood
END_S = 0.6  # for the process to end when it is asked to

Message = Mapping[str, Any]


class NotUnderstoodError(ValueError):
    """What the process said is none of what it may say."""


class Learner:
    """One process, and the thread that reads what it says.

    Args:
        command: starts it.
        hear: called with every message, on that thread; raises NotUnderstoodError for one that makes no
            sense, and that is the end of the process.
        ended: called once with the reason when the process is over, on that thread.

    Raises:
        OSError: no process can be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        hear: Callable[[Learner, Message], None],
        ended: Callable[[Learner, str], None],
    ) -> None:
        self._hear = hear
        self._ended = ended
        self._why = ""  # it was killed by us
        errors = None if logger.isEnabledFor(logging.DEBUG) else subprocess.DEVNULL
        # A group of its own: a Ctrl-C at the terminal is for us, and our end is its end.
        apart: dict[str, Any] = {} if sys.platform == "win32" else {"process_group": 0}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, **apart
        )
        self._stdin = cast("IO[bytes]", self._process.stdin)
        self._stdout = cast("IO[bytes]", self._process.stdout)
        with contextlib.suppress(OSError, AttributeError):  # Windows has it for pipes from Python 3.12 on
            os.set_blocking(self._stdin.fileno(), False)
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._read, name="learner", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def send(self, message: Message) -> None:
        """Give it a message without waiting. One that does not take it is ended."""
        line = json.dumps(message).encode() + b"\n"
        with self._lock:
            try:
                taken = 0 if self._stdin.closed else os.write(self._stdin.fileno(), line)
            except OSError:  # it is over, or its pipe is full
                taken = 0
        if taken < len(line):
            self.kill("takes in nothing more")

    def kill(self, why: str) -> None:
        """End it now. `why`: what it did, as the reason that is told."""
        self._why = self._why or why
        self._process.kill()

    def close(self) -> None:
        """Let it end by itself, which it does when nobody can speak to it any more; then end it."""
        with self._lock, contextlib.suppress(OSError):
            self._stdin.close()
        self._thread.join(END_S)
        if self._thread.is_alive():
            self.kill("did not end")
            self._thread.join(END_S)

    def _read(self) -> None:
        try:
            while (line := self._stdout.readline(MAX_LINE)).endswith(b"\n"):
                self._hear(self, _message(line))
            if len(line) == MAX_LINE:
                self.kill(f"said a line of more than {MAX_LINE} bytes")
        except NotUnderstoodError as error:
            self.kill(str(error))
        except Exception as error:  # a defect of ours must not leave a process behind
            logger.exception("What the learning process said could not be taken in.")
            self.kill(f"said what could not be taken in: {error}")
        code = self._wait()
        self._stdout.close()
        with self._lock, contextlib.suppress(OSError):
            self._stdin.close()
        how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        self._ended(self, self._why or how)

    def _wait(self) -> int:
        """Its exit code. One that goes on although it has nothing more to say is ended."""
        try:
            return self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.kill("fell silent for good")
            return self._process.wait()


def _message(line: bytes) -> Message:
    """The JSON object of a line.

    Raises:
        NotUnderstoodError: it is none.
    """
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        shown = printable(line.decode("utf-8", "replace").strip())[:MAX_SHOWN]
        raise NotUnderstoodError(f"said what is not understood: {shown}")
    return message
