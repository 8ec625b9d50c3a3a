"""A thread for slow jobs that must not hold up the music: opening ports, reading files."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path

from app.core.clock import not_held_up
from app.core.refusals import ControlError

logger = logging.getLogger(__name__)

LOOK_S = 0.5  # a changed file is used when two looks found it alike: about a second after it was written
MOST_JOBS = 64  # that wait; a patch that asks for more is a mistake
STOP_S = 3.0  # a driver that opens a port may hang
Job = Callable[[], None]
Stamp = tuple[int, int, int, int]


class Worker:
    """Does jobs one after the other, and looks after something every `LOOK_S`.

    Args:
        look: done between jobs.
    """

    def __init__(self, look: Job) -> None:
        self._look = look
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Begin with what there is to do."""
        self._thread.start()

    def do(self, job: Job) -> None:
        """Do `job` soon. Any thread, never blocks. ControlError if too many wait already."""
        if self._jobs.qsize() >= MOST_JOBS:
            raise ControlError(f"ports: expected at most {MOST_JOBS} changes that wait.")
        self._jobs.put(job)

    def close(self) -> None:
        """End after the job that is being done. Safe to call twice."""
        self._is_closed = True
        self._jobs.put(_nothing)
        if self._thread.ident is not None:
            self._thread.join(STOP_S)

    def _run(self) -> None:
        with not_held_up():
            self._work()

    def _work(self) -> None:
        look_s = time.monotonic() + LOOK_S
        while not self._is_closed:
            left_s = look_s - time.monotonic()
            if left_s <= 0.0:  # also while jobs always wait
                job, look_s = self._look, time.monotonic() + LOOK_S
            else:
                try:
                    job = self._jobs.get(timeout=left_s)
                except queue.Empty:
                    continue
            try:
                job()
            except Exception:  # a defect of ours must not end the work
                logger.exception("A job beside the music failed.")


class ChangedFile:
    """Tells whether a file was written since it was last said so. Nothing is read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known = self._last = self._stamp()

    def has_changed(self) -> bool:
        """True once for every change; only when two looks saw the same, for it may be half written."""
        stamp, last = self._stamp(), self._last
        self._last = stamp
        if stamp is None or stamp != last or stamp == self._known:
            return False
        self._known = stamp
        return True

    def _stamp(self) -> Stamp | None:
        try:
            found = self.path.stat()
        except OSError:  # an editor may put a new file in the place of the old one
            return None
        return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def _nothing() -> None:
    """A job that only ends a wait."""
