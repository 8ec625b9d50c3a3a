"""One file of a recording: rows are appended, and it is noticed when somebody takes the file away."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from models.performance import header

AT_ONCE = 4096  # rows that are given to the system together
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)


class RecordingFile:
    """A new file, never one that is there already. Written without a buffer of ours: what is in it stays.

    Args:
        folder: made if it is not there.
        stem: of the file's name; with a number behind it if the name is taken.
        columns: after the source and the voice.

    Attributes:
        path: where it is, as far as that is known.
        n_rows: in it.

    Raises:
        OSError: there can be no such file.
    """

    def __init__(self, folder: Path, stem: str, columns: Sequence[str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for number in itertools.count(1):
            self.path = folder / (f"{stem}.csv" if number == 1 else f"{stem}-{number}.csv")
            with contextlib.suppress(FileExistsError):
                self._number = os.open(self.path, _FLAGS, 0o666)
                break
        self.n_rows = 0
        self._head = deque([header(columns).encode()])
        self._size = 0
        self._n_cut = 0  # bytes of the next line that are in the file: the disk was full in its middle
        self._is_open = True
        self._status = os.fstat(self._number)

    def append(self, rows: deque[bytes]) -> None:
        """Write `rows`, and take away from their left what is whole in the file.

        Raises:
            OSError: the disk does not take more. Called again, it goes on at the very byte.
        """
        self._append(self._head)
        before = len(rows)
        try:
            self._append(rows)
        finally:
            self.n_rows += before - len(rows)

    def why_gone(self) -> str:
        """Why what is written no longer arrives at `path`, in words that follow it; "" while it does.

        A file that was moved is at its new `path` from then on, where the system says which.
        """
        if sys.platform == "win32":  # where nobody can take away a file that is open
            return ""
        here = os.fstat(self._number)
        try:
            is_same = os.path.samestat(here, os.stat(self.path))
        except (FileNotFoundError, NotADirectoryError):
            is_same = False
        except OSError:  # a folder that may not be looked into, say: writing will tell
            return ""
        if is_same:
            return "was overwritten" if here.st_size < self._size else ""
        if not here.st_nlink:
            return "was deleted"
        with contextlib.suppress(OSError):  # Linux
            self.path = Path(os.readlink(f"/proc/self/fd/{self._number}"))
            return f"was moved to {self.path}"
        return "was moved"

    def is_there(self) -> bool:
        """Whether this very file is at `path`."""
        with contextlib.suppress(OSError):
            return sys.platform == "win32" or os.path.samestat(self._status, os.stat(self.path))
        return False

    def rows(self) -> list[bytes]:
        """The whole rows that are in it, also when it was deleted; a file that is open only."""
        written = os.pread(self._number, self._size, 0)
        return [line for line in written.splitlines(keepends=True)[1:] if line.endswith(b"\n")]

    def close(self) -> None:
        """Give it back. Safe to call twice."""
        if self._is_open:
            self._is_open = False
            with contextlib.suppress(OSError):
                os.close(self._number)

    def _append(self, lines: deque[bytes]) -> None:
        while lines:
            chunk = b"".join(itertools.islice(lines, AT_ONCE))
            n_bytes = os.write(self._number, chunk[self._n_cut :])
            self._size += n_bytes
            self._n_cut += n_bytes
            while lines and self._n_cut >= len(lines[0]):
                self._n_cut -= len(lines.popleft())
