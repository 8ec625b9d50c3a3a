"""The process that sounds, from outside: to start it, and to talk to it."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import threading
from typing import IO, Any, cast

from app.sound.ipc import to_line
from app.sound.live import Device
from ghostjam import python_command

log = logging.getLogger(__name__)

SERVER = "from app.sound.server import main; main()"
OPEN_TIMEOUT_S = 6.0

END_S = 0.6
"""For a process to fall silent and end by itself."""

LINE_BYTES = 4096
"""Longest line a pipe takes whole or not at all."""


class Server:
    """One process that sounds, or tries to: of this interpreter and these packages.

    Attributes:
        n_dropped: messages it did not take in time.

    Raises:
        OSError: no process can be started.
    """

    def __init__(self) -> None:
        errors = None if log.isEnabledFor(logging.DEBUG) else subprocess.DEVNULL
        self._process = subprocess.Popen(
            python_command(SERVER), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        )
        self._stdin = cast("IO[bytes]", self._process.stdin)
        self._stdout = cast("IO[bytes]", self._process.stdout)
        self._lock = threading.Lock()
        self.n_dropped = 0
        with contextlib.suppress(OSError, AttributeError):  # Windows has it for pipes from Python 3.12 on
            os.set_blocking(self._stdin.fileno(), False)

    def answer(self) -> dict[str, Any]:
        """The next message from the process; empty when it has ended. Waits for it."""
        for line in self._stdout:
            with contextlib.suppress(ValueError):
                message = json.loads(line)
                if isinstance(message, dict) and message:
                    return message
        return {}

    def opened(self, timeout_s: float = OPEN_TIMEOUT_S) -> Device | str:
        """The device it opened, or why there is none. Ends a process that does not say within the time."""
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self.kill()

        timer = threading.Timer(timeout_s, give_up)
        timer.start()
        message = self.answer()
        timer.cancel()
        timer.join()
        if late.is_set():
            return f"the device did not open within {timeout_s:g} s"
        if "open" in message:
            return Device(**message["open"])
        if "failed" in message:
            return str(message["failed"])
        return f"the sound process ended with code {self._process.wait()}"

    def send(self, message: object) -> bool:
        """Give it a message without waiting. False if it was not taken."""
        line = to_line(message)
        with self._lock:
            try:
                if self._stdin.closed or len(line) > LINE_BYTES:
                    raise BlockingIOError
                os.write(self._stdin.fileno(), line)
            except OSError:
                self.n_dropped += 1
                return False
        return True

    def end(self) -> None:
        """Let it fall silent and end. Does not wait."""
        with self._lock, contextlib.suppress(OSError):
            self._stdin.close()

    def kill(self) -> None:
        """End it now."""
        self._process.kill()

    def wait(self) -> int:
        """Its exit code, when it has ended; gives back what belonged to it."""
        self.end()
        try:
            code = self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._process.wait()
        self._stdout.close()
        return code
