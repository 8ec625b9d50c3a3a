"""Ctrl-C while a model is trained: the first ends the run after the batch at hand, the second at once.

Python raises KeyboardInterrupt wherever it happens to be. Where a compiled library or the garbage collector
calls back into Python, nobody can catch it: it is dropped, and the run goes on. `np.array` of a JAX array
drops it, and there a run waits for the loss of each batch: one Ctrl-C in five was lost. In the middle of a
step it leaves a network whose buffers are given away.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any


class Interrupt:
    """Within `with`, SIGINT only sets a flag, which `check` raises from; a second SIGINT raises where it is.

    Changes nothing where SIGINT would not have raised: outside the main thread, in a process that was started
    to ignore it (a background job of a script), or under somebody else's handler.
    """

    def __init__(self) -> None:
        self.is_asked = False
        self._before: Any = None

    def __enter__(self) -> Interrupt:
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None

    def check(self) -> None:
        """Raises: KeyboardInterrupt, if there was a SIGINT."""
        if self.is_asked:
            raise KeyboardInterrupt

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self.is_asked:
            raise KeyboardInterrupt
        self.is_asked = True
