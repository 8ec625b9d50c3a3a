"""Signals that ask for the end: the first one raises, the rest are noted, what was ignored stays ignored."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.core.ending import ENDING_SIGNALS, ended_by_signals, finishing, is_asked_to_end

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@posix
@pytest.mark.parametrize("number", ENDING_SIGNALS)
def test_the_first_signal_ends_and_those_after_it_do_not_disturb(number: int) -> None:
    before = signal.getsignal(number)
    closed = False
    with pytest.raises(SystemExit) as ended, ended_by_signals():
        assert not is_asked_to_end()
        try:
            signal.raise_signal(number)
        finally:
            signal.raise_signal(signal.SIGTERM)  # as a terminal that closes: both it and the shell ask
            closed = True
    assert ended.value.code == 0 and closed and is_asked_to_end()
    assert signal.getsignal(number) == before


def test_the_signals_are_those_of_terminals_and_service_managers() -> None:
    names = {signal.Signals(number).name for number in ENDING_SIGNALS}
    own = {"SIGBREAK"} if sys.platform == "win32" else {"SIGHUP", "SIGQUIT"}
    assert names == {"SIGINT", "SIGTERM", *own}


@posix
def test_what_a_compiled_library_makes_of_the_end_is_the_end() -> None:
    """Modules that are just loaded turn any exception into an ImportError."""
    with pytest.raises(SystemExit) as ended, ended_by_signals():
        try:
            signal.raise_signal(signal.SIGHUP)
        except SystemExit as error:
            raise ImportError("initialization failed") from error
    assert ended.value.code == 0
    with pytest.raises(ImportError), ended_by_signals():
        raise ImportError("a defect of ours")


@posix
def test_what_ends_already_is_not_disturbed() -> None:
    with ended_by_signals():
        with finishing():
            signal.raise_signal(signal.SIGHUP)
            assert is_asked_to_end()
        with ended_by_signals():  # within the other: nothing is forgotten
            assert is_asked_to_end()


@posix
def test_what_was_ignored_on_start_stays_ignored() -> None:
    """`nohup`, and the background jobs of a script."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_by_signals():
            signal.raise_signal(signal.SIGHUP)
            assert not is_asked_to_end() and signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_another_thread_is_left_alone() -> None:
    before = signal.getsignal(signal.SIGTERM)
    seen: list[object] = []

    def other() -> None:
        with ended_by_signals():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert seen == [before]


SWALLOWED = """
import time
from app.core.ending import ended_by_signals, is_asked_to_end
class Careless:
    def __del__(self):
        import signal
        signal.raise_signal(signal.SIGTERM)
with ended_by_signals():
    Careless()
    while not is_asked_to_end():
        time.sleep(0.01)
    print("ended")
"""


@posix
def test_a_signal_that_python_loses_is_known_all_the_same(root: Path) -> None:
    """What is raised inside of a destructor goes nowhere."""
    done = subprocess.run(
        [sys.executable, "-c", SWALLOWED], cwd=root, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "ended\n" and "Exception ignored" in done.stderr
