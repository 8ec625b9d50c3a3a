"""Writes every performance down while it happens, so that a crash costs at most the last moment.

A thread of its own does all that touches the disk. A row that was written survives the process being killed;
only a machine that loses power can lose more. What the disk does not take is kept and tried again; what is
taken away while it is written is begun anew.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from app.core.clock import not_held_up
from app.core.events import Event
from app.core.sink import Sink
from app.recording.recording_file import RecordingFile
from app.recording.rows import Columns, RowMaker

logger = logging.getLogger(__name__)

QUEUE_EVENTS = 100_000  # minutes of eight fingers: a disk that hangs for longer costs events, never music
KEPT_ROWS = 100_000  # likewise, of a disk that refuses
FLUSH_S = 0.05  # rows are written together, so that the disk does not disturb the music at every event
LOOK_S = 1.0  # whether the files are still there, while nobody plays
RETRY_S = 1.0
CLOSE_S = 0.8  # for what is still queued at the end
FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass
class _Stream:
    """The rows of one kind.

    Attributes:
        rows: that are in no file yet.
        file: they go to; None: to a new one.
        before: the files before it.
    """

    columns: Columns
    rows: deque[bytes] = field(default_factory=deque)
    file: RecordingFile | None = None
    before: list[RecordingFile] = field(default_factory=list)


class Recorder(Sink):
    """A sink that appends events to `ghostjam-<wall time>.csv` in a folder, made at the first event.

    A file holds one kind of event. Controllers in a touch performance, or the other way round, get a file of
    their own beside it, with the same zero of time. So does what comes after a file was moved away; if it was
    deleted, all that was in it is in the next one too.

    Args:
        folder: made if it is not there.
        wall: tells the date and time for the file name.

    Attributes:
        notice: what a person should know: that nothing is recorded, and why, or where it goes on. "" while
            all is well.
        n_dropped: events.
    """

    def __init__(self, folder: str | Path, *, wall: Callable[[], datetime] = datetime.now) -> None:
        self._folder = Path(folder)
        self._wall = wall
        self._streams: dict[Columns, _Stream] = {}
        self._rows = RowMaker()
        self._why = ""  # the disk does not take what is played; "" while it does
        self._retry_s = 0.0
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
        """Of the files that are there, with rows in them, in the order they were made."""
        return [file.path for file in self._files() if file.n_rows and file.is_there()]

    def path(self, columns: Columns) -> Path | None:
        """Of the file with these columns after the source and the voice; None if there is none."""
        stream = self._streams.get(columns)
        return stream.file.path if stream is not None and stream.file is not None else None

    def lacks(self) -> list[str]:
        """After `close`, what was played and is in no file that is there, in words; a line each."""
        gone = [file for file in self._files() if file.n_rows and not file.is_there()]
        told = [f"Not there any more: {file.path}, {file.n_rows} events" for file in gone]
        if self.n_dropped:
            told.append(f"Not recorded: {self.n_dropped} events" + (f": {self._why}" if self._why else ""))
        return told

    def flush(self) -> bool:
        """Wait until what was played so far is in the files; False if the disk does not take it in time."""
        if not self._thread.is_alive():
            return not self._why
        written = threading.Event()
        self._waiting.put(written)
        self._arrived.set()
        return written.wait(CLOSE_S) and not self._why

    def close(self) -> None:
        """Write what is queued and close the files."""
        self._closing.set()
        self._arrived.set()
        self._thread.join(CLOSE_S)

    def discard(self) -> None:
        """As `close`, and the files are deleted: nobody wants what was played."""
        self.close()
        for path in self.paths:
            with contextlib.suppress(OSError):  # the disk is gone
                path.unlink()
        self._streams.clear()

    @not_held_up()
    def _run(self) -> None:
        while not self._closing.is_set():
            self._arrived.wait(LOOK_S if self._streams else None)
            self._arrived.clear()
            self._write_queued(time.monotonic())
            self._closing.wait(FLUSH_S)
        self._retry_s = 0.0
        self._write_queued(time.monotonic())
        for stream in self._streams.values():
            self.n_dropped += len(stream.rows)
            if stream.file is not None:
                stream.file.close()

    def _write_queued(self, now_s: float) -> None:
        waiting = [self._waiting.get() for _ in range(self._waiting.qsize())]
        while not self._queue.empty():
            self._take(self._queue.get())
        if now_s >= self._retry_s:
            try:
                for stream in self._streams.values():
                    self._write(stream)
            except Exception as error:  # read-only, full, gone, or a defect: say so, play on, try again
                self._fail(error, now_s)
            else:
                self._recover()
        for written in waiting:
            written.set()

    def _take(self, event: Event) -> None:
        made = self._rows.line(event)
        if made is None:
            return
        columns, line = made
        stream = self._streams.setdefault(columns, _Stream(columns))
        if len(stream.rows) >= KEPT_ROWS:
            self.n_dropped += 1
            return
        stream.rows.append(line.encode())

    def _write(self, stream: _Stream) -> None:
        """Write the rows of a stream, to a new file if it has none or somebody took it away."""
        if stream.file is None:
            if stream.rows:
                stream.file = self._opened(stream)
        elif why := stream.file.why_gone():
            self._replace(stream, stream.file, why)
        if stream.file is not None:
            try:
                stream.file.append(stream.rows)
            except OSError as error:
                if error.errno not in FULL:  # then it goes on in another file, if there can be one
                    self._leave(stream, stream.file)
                raise

    def _replace(self, stream: _Stream, gone: RecordingFile, why: str) -> None:
        path = gone.path if not why.startswith("was moved to") else "what was recorded"
        file = self._opened(stream)
        if why == "was deleted":  # the system keeps it for who has it open
            stream.rows.extendleft(reversed(gone.rows()))
            gone.n_rows = 0
        self._leave(stream, gone)
        stream.file = file
        self.notice = f"The recording: {path} {why}. It goes on in {file.path}."
        logger.warning(self.notice)

    def _leave(self, stream: _Stream, file: RecordingFile) -> None:
        file.close()
        stream.before.append(file)
        stream.file = None

    def _opened(self, stream: _Stream) -> RecordingFile:
        return RecordingFile(self._folder, f"ghostjam-{self._wall():%Y-%m-%dT%H-%M-%S}", stream.columns)

    def _fail(self, error: Exception, now_s: float) -> None:
        self._retry_s = now_s + RETRY_S
        name = getattr(error, "filename", None) or self._folder
        self._why = f"{name}: {getattr(error, 'strerror', None) or error}"
        if not isinstance(error, OSError):
            logger.exception("A recording cannot be written.")
        self.notice = f"Not recording: {self._why}"

    def _recover(self) -> None:
        if self._why:
            self._why, self._retry_s = "", 0.0
            self.notice = f"Recording again: {self._folder}"

    def _files(self) -> list[RecordingFile]:
        """All of them, in the order in which their kinds came."""
        return [
            file for stream in tuple(self._streams.values())
            for file in (*stream.before, stream.file) if file is not None
        ]  # fmt: skip
