"""Writes every performance down while it happens, so that a crash costs at most the last moment.

A thread of its own does all that touches the disk. A line that was flushed survives the process being killed;
only a machine that loses power can lose more.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import queue
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TextIO

from app.core.events import Event
from app.core.sink import Sink
from app.recording.rows import RowMaker
from models.performance import header, row

logger = logging.getLogger(__name__)

QUEUE_EVENTS = 100_000  # minutes of eight fingers: a disk that hangs for longer costs events, never music
FLUSH_S = 0.1  # lines are written together, so that the disk does not disturb the music at every event
CLOSE_S = 0.8  # for what is still queued at the end


class Recorder(Sink):
    """A sink that appends events to `ghostjam-<wall time>.csv` in a folder, made at the first event.

    A file holds one kind of event. Controllers in a touch performance, or the other way round, get a file of
    their own beside it, with the same zero of time.

    Args:
        folder: made if it is not there.
        wall: tells the date and time for the file name.

    Attributes:
        notice: what a person should know: that nothing is recorded, and why. "" while all is well.
        n_dropped: events.
    """

    def __init__(self, folder: str | Path, *, wall: Callable[[], datetime] = datetime.now) -> None:
        self._folder = Path(folder)
        self._wall = wall
        self._files: dict[tuple[str, ...], TextIO] = {}  # by columns
        self._paths: dict[tuple[str, ...], Path] = {}  # likewise, also when they are closed
        self._start_s: float | None = None  # time of the first event
        self._rows = RowMaker()
        self._queue: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._waiting: queue.SimpleQueue[threading.Event] = queue.SimpleQueue()  # calls of `flush`
        self._closing = threading.Event()
        self._arrived = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def play(self, event: Event) -> None:
        """Queue one event to be written."""
        if self._closing.is_set() or self._queue.qsize() >= QUEUE_EVENTS:
            self.n_dropped += 1
            return
        self._queue.put(event)
        self._arrived.set()

    @property
    def paths(self) -> list[Path]:
        """Of the files written, in the order they were made."""
        return list(self._paths.values())

    def path(self, columns: tuple[str, ...]) -> Path | None:
        """Of the file with these columns after the source and the voice; None if there is none."""
        return self._paths.get(columns)

    def flush(self) -> bool:
        """Wait until what was played so far is in the files; False if the disk takes too long for that."""
        if not self._thread.is_alive():
            return True
        written = threading.Event()
        self._waiting.put(written)
        self._arrived.set()
        return written.wait(CLOSE_S)

    def close(self) -> None:
        """Write what is queued and close the files."""
        self._closing.set()
        self._arrived.set()
        self._thread.join(CLOSE_S)

    def discard(self) -> None:
        """As `close`, and the files are deleted: nobody wants what was played."""
        self.close()
        for path in self._paths.values():
            with contextlib.suppress(OSError):  # it is gone already, or the disk is
                path.unlink()
        self._paths.clear()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._arrived.wait()
            self._arrived.clear()
            self._write_queued()
            self._closing.wait(FLUSH_S)
        self._write_queued()
        self._close_files()

    def _write_queued(self) -> None:
        waiting = [self._waiting.get() for _ in range(self._waiting.qsize())]
        try:
            while not self._queue.empty():
                event = self._queue.get()
                if self.notice:
                    self.n_dropped += 1
                else:
                    self._write(event)
            for file in self._files.values():
                file.flush()
        except OSError as error:  # read-only, full, gone: say so once, play on
            self.n_dropped += 1
            self.notice = f"Not recording: {error.filename or self._folder}: {error.strerror or error}"
            logger.warning(self.notice)
            self._close_files()
        for written in waiting:
            written.set()

    def _write(self, event: Event) -> None:
        if self._start_s is None:
            self._start_s = event.time_s
        line = self._rows.row(event)
        if line is None:
            return
        columns, values = line
        file = self._files.get(columns) or self._open(columns)
        file.write(row(event.time_s - self._start_s, event.source, event.voice, values))

    def _open(self, columns: tuple[str, ...]) -> TextIO:
        """A new file, never one that is there already."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"ghostjam-{self._wall():%Y-%m-%dT%H-%M-%S}"
        for number in itertools.count(1):
            path = self._folder / (f"{name}.csv" if number == 1 else f"{name}-{number}.csv")
            with contextlib.suppress(FileExistsError):
                file = path.open("x", encoding="utf-8", newline="")
                break
        self._files[columns] = file
        self._paths[columns] = path
        file.write(header(columns))
        return file

    def _close_files(self) -> None:
        for file in self._files.values():
            with contextlib.suppress(OSError):  # a full disk refuses the last flush again; it was told
                file.close()
        self._files.clear()
