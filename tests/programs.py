"""Other programs that a test runs and listens to, and ports for them."""

from __future__ import annotations

import random
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

PATIENCE_S = 60.0  # a busy machine is no defect
TRIES = 100


class Program:
    """A running program and the lines it prints, on stdout and stderr alike."""

    def __init__(self, *command: str, cwd: Path | None = None) -> None:
        self.lines: list[str] = []
        self._queue: SimpleQueue[str] = SimpleQueue()
        self.process = subprocess.Popen(
            command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._queue.put(line.strip())

    def wait_for(self, *wanted: str) -> None:
        """Wait until lines that hold these were printed, in this order, with others between them or not."""
        end_s = time.monotonic() + PATIENCE_S
        while not in_order(wanted, self.lines):
            self.take(max(0.0, end_s - time.monotonic()))
            if time.monotonic() > end_s:
                pytest.fail(f"expected {wanted} in {self.lines[:50]}")

    def wait_while_doing(self, what: Callable[[], object], every_s: float, *wanted: str) -> None:
        """As `wait_for`, and do `what` again and again, because it may come before the program hears it."""
        end_s = time.monotonic() + PATIENCE_S
        while not in_order(wanted, self.lines):
            what()
            self.take(every_s)
            assert time.monotonic() < end_s, f"expected {wanted} in {self.lines[:50]}"

    def take(self, timeout_s: float) -> None:
        """Have the next line, if it comes in time."""
        with suppress(Empty):
            self.lines.append(self._queue.get(timeout=timeout_s))

    def stop(self) -> int:
        """Ask it to end by SIGTERM; its exit code. After `PATIENCE_S` it is killed."""
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE_S)
        finally:
            self.process.kill()
            self.process.wait()
            self._reader.join(PATIENCE_S)
            assert self.process.stdout is not None
            self.process.stdout.close()


def in_order(parts: Sequence[str], lines: Iterable[str]) -> bool:
    """Whether lines that hold these parts stand in this order."""
    remaining = iter(lines)
    return all(any(part in line for line in remaining) for part in parts)


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    """A port of this machine nobody has, below those that systems give away: nobody is given it meanwhile."""
    for _ in range(TRIES):
        number = random.randrange(15_000, 30_000)
        with suppress(OSError), socket.socket(socket.AF_INET, kind) as probe:
            probe.bind(("127.0.0.1", number))
            return number
    raise AssertionError(f"expected a free port among {TRIES}.")
