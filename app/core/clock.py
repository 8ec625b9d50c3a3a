"""Clocks: one monotonic clock for everything, and one moved by hand for tests and the demo.

Nothing here sleeps. The engine waits on its inbox, so that a touch ends every wait at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
import time
from collections.abc import Iterator
from typing import Protocol

PRIORITY = 10  # of 1 to 99: above all ordinary programs, below the sound server
SWITCH_S = 0.0005  # see `favour_sound`
HOLDER_PRIORITY = 1  # of a thread that does not play, but holds the interpreter for long: see `not_held_up`
_PR_SET_TIMERSLACK = 29  # linux/prctl.h


class Clock(Protocol):
    """Monotonic seconds with an arbitrary zero."""

    def now(self) -> float:
        """Seconds; never smaller than the last answer."""


class SystemClock:
    """`time.perf_counter`: the clock the window stamps its events with."""

    def now(self) -> float:
        """Monotonic seconds."""
        return time.perf_counter()


class ManualClock:
    """Stands still until it is moved, so a whole performance runs in milliseconds and always alike.

    `Engine.run_until` moves it; `app.core.sink.CollectingSink` shows both at work.
    """

    def __init__(self, start_s: float = 0.0) -> None:
        self._now_s = start_s

    def now(self) -> float:
        """The time it was last moved to."""
        return self._now_s

    def advance_to(self, time_s: float) -> None:
        """Move to `time_s`; a clock never goes back, so an earlier time changes nothing."""
        self._now_s = max(self._now_s, time_s)


def favour_sound() -> None:
    """Change two settings of the whole interpreter, because a person can hear them. When all is loaded.

    The switch interval goes down from 5 ms to 0.5 ms: with the default, a window that draws holds the thread
    that plays up for that long. With less it holds it up in the middle of an event: an answer was late by
    p99 1.5 ms with 0.5 ms, 2.1 with 0.05 ms, and more than 8 with 0.01 ms. And the garbage collector leaves
    alone what is there now: to look through it takes tens of ms.
    """
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()


def sharpen_timers() -> None:
    """Ask Linux to wake the calling thread on time instead of up to 50 us late; elsewhere do nothing.

    Measured with 2 ms waits: p99 208 us late with the default slack, 70 us with 1 ns. Source: prctl(2).
    """
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, ctypes.c_ulong(1))
    except (OSError, AttributeError):  # a C library without prctl: the default slack is good enough to play
        return


def ask_for_priority(priority: int = PRIORITY) -> bool:
    """Ask to run before ordinary programs, for the calling thread only; whether that is granted.

    For threads that do little and must do it now. Linux grants it to who may have it (`rtprio` in the limits,
    as musicians have it for JACK). Measured beside programs that keep both of two cores busy, from a datagram
    that came in to the one that goes out: p99 2.2 ms without, 0.5 ms with. What the thread starts is ordinary
    again. With one core only nothing is asked for: a flood of messages would leave nothing to the window.
    Source: sched(7).
    """
    if sys.platform != "linux" or (os.cpu_count() or 1) < 2:
        return False
    try:
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(priority))
    except OSError:  # not for this person, or not in this container
        return False
    return True


@contextlib.contextmanager
def not_held_up() -> Iterator[None]:
    """The calling thread runs before ordinary programs too, but after those that play, if that is granted.

    For a thread that computes in Python much of the time. While it does it holds the interpreter, and if an
    ordinary program takes its turn just then, every thread that plays waits for that program. Measured beside
    two of them with the window open, from the end of a silence to the ghost's first datagram: p99 5.6 ms
    without, 2.2 ms with. The thread must wait at times: Linux stops one that never does for 50 ms of every
    second, so a window rests after each frame.
    """
    if _is_ended_for_computing() or not ask_for_priority(HOLDER_PRIORITY):
        yield
        return
    try:
        yield
    finally:  # always granted, but who may not set priorities cannot take the flag away again
        os.sched_setscheduler(0, os.SCHED_OTHER | os.SCHED_RESET_ON_FORK, os.sched_param(0))


def _is_ended_for_computing() -> bool:
    """Whether Linux ends a program that computes for long with real-time priority. Source: getrlimit(2)."""
    if sys.platform != "linux":
        return False
    import resource  # on no other system

    return resource.getrlimit(resource.RLIMIT_RTTIME)[0] != resource.RLIM_INFINITY
