"""How this process is asked to end: the one place that catches signals and knows whether one came.

A closed terminal, a lost ssh, a service manager and Ctrl-C ask by different signals, and some ask twice. The
first raises SystemExit where the main thread is, so that also a program that still starts ends; from then on,
and wherever something ends already (`finishing`), they are only noted: what lets go of notes and writes the
last rows is not disturbed. Python may lose what a handler raises (inside of a destructor, say), so whoever
waits for long asks `is_asked_to_end` as well.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING_SIGNALS: tuple[int, ...] = tuple(
    int(getattr(signal, name))
    # Windows has SIGBREAK alone of the last three: Ctrl-Break, its console window closed, a log-off.
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")
    if hasattr(signal, name)
)


class _State:
    """Signals are of the process, and so is this."""

    is_asked = False
    n_users = 0  # nested `ended_by_signals`
    n_finishing = 0


def is_asked_to_end() -> bool:
    """Whether a signal asked for the end, within `ended_by_signals`."""
    return _State.is_asked


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Within `with`, the first signal that asks for the end raises SystemExit(0).

    A signal that was ignored on start stays ignored: that is what `nohup` and the background jobs of a script
    ask for. Does nothing outside the main thread, which alone can handle signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {}
    if not _State.n_users:
        _State.is_asked = False
        for number in ENDING_SIGNALS:
            if signal.getsignal(number) != signal.SIG_IGN:
                before[number] = signal.signal(number, _ask)
    _State.n_users += 1
    try:
        yield
    except Exception as error:
        if not _is_made_of_ours(error):
            raise
        raise SystemExit(0) from None
    finally:
        _State.n_users -= 1
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def finishing() -> Iterator[None]:
    """Within `with`, a signal is only noted: what is done here ends by itself, and soon."""
    _State.n_finishing += 1
    try:
        yield
    finally:
        _State.n_finishing -= 1


def _is_made_of_ours(error: BaseException | None) -> bool:
    """Whether a compiled library made another error of the SystemExit that a signal raised inside of it."""
    while _State.is_asked and error is not None:
        if isinstance(error, SystemExit) or "SystemExit" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _ask(number: int, frame: FrameType | None) -> None:
    is_first, _State.is_asked = not _State.is_asked, True
    if is_first and not _State.n_finishing:
        raise SystemExit(0)
