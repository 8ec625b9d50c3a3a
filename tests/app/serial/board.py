"""A microcontroller at the other end of a pseudo-terminal, which can be unplugged and plugged in again."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

WAIT_S = 60.0  # a busy machine is no defect


def why_not() -> str:
    """Why there are no boards here, "" if there are."""
    if sys.platform.startswith("win"):
        return "no pseudo-terminals on Windows"
    return "" if find_spec("serial") else "no pyserial: the serial extra"


class Board:
    """A board that is plugged in.

    Attributes:
        path: where the system shows it: a link, which leads to another device after each plug.
    """

    def __init__(self, folder: Path, name: str = "ttyACM0") -> None:
        self.path = folder / name
        self.plug()

    def plug(self) -> None:
        """Plug it in."""
        import pty
        import tty

        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        """Pull the plug."""
        self.path.unlink()
        os.close(self._slave)
        os.close(self._master)

    def print(self, text: str) -> None:
        """Send lines."""
        self.write(text.encode("ascii"))

    def write(self, data: bytes) -> None:
        """Send bytes; waits until they are taken, as a board does."""
        while data:
            select.select([], [self._master], [], WAIT_S)
            data = data[os.write(self._master, data) :]

    def read(self, timeout_s: float = 0.0) -> bytes:
        """What it was sent, if anything comes in time."""
        if not select.select([self._master], [], [], timeout_s)[0]:
            return b""
        try:
            return os.read(self._master, 65536)
        except BlockingIOError:
            return b""

    def read_until(self, is_enough: Callable[[bytes], bool]) -> bytes:
        """What it is sent until that is enough."""
        found, end_s = b"", time.monotonic() + WAIT_S
        while not is_enough(found):
            assert time.monotonic() < end_s, f"only {found[-200:]!r} came"
            found += self.read(0.1)
        return found

    def read_lines(self, n_lines: int) -> list[str]:
        """The next so many lines, and whatever came with them."""
        return self.read_until(lambda found: found.count(b"\n") >= n_lines).decode("ascii").splitlines()


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    end_s = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.005)
