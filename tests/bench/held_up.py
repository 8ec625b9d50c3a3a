"""When the machine itself holds up a process that does nothing: what is late then is nobody's doing."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import time
from collections.abc import Iterator
from typing import Any

from app.core.clock import ask_for_priority, sharpen_timers

STALL_S = 0.010


@contextlib.contextmanager
def held_up() -> Iterator[list[tuple[float, float]]]:
    """When a bare process on each core, which only sleeps, was held up; known at the end.

    Yields:
        from when to when it slept although it should not have: only what takes as long as `STALL_S`.
    """
    over, stalls = multiprocessing.Event(), []
    pipes = [multiprocessing.Pipe() for _ in range(os.cpu_count() or 1)]
    watchers = [
        multiprocessing.Process(target=_watch, args=(core, over, end)) for core, (_, end) in enumerate(pipes)
    ]
    for watcher in watchers:
        watcher.start()
    try:
        yield stalls
    finally:
        over.set()
        for watcher, (pipe, _) in zip(watchers, pipes, strict=True):
            stalls += pipe.recv()
            watcher.join()


def _watch(core: int, over: Any, told: Any) -> None:
    os.sched_setaffinity(0, {core})
    sharpen_timers()
    ask_for_priority(20)  # above all threads of the bridge: it can hold this up in no way
    found, last_s = [], time.perf_counter()
    while not over.is_set():
        time.sleep(0.001)
        now_s = time.perf_counter()
        if now_s > last_s + STALL_S:
            found.append((last_s, now_s))
        last_s = now_s
    told.send(found)
