"""A SIGINT is kept until the run can end cleanly, and is never lost."""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import Iterator

import pytest

from training.interrupt import Interrupt


@pytest.fixture(autouse=True)
def as_at_a_terminal() -> Iterator[None]:
    """Python's own handler, also where the tests run with another."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_first_waits_for_a_check() -> None:
    with Interrupt() as interrupt:
        interrupt.check()
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interrupt.check()


def test_the_second_does_not_wait() -> None:
    with Interrupt():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_one_that_comes_where_nobody_can_catch_it_is_not_lost() -> None:
    """The garbage collector's callbacks are such a place: what they raise is dropped."""

    def during_a_collection(phase: str, about: dict[str, int]) -> None:
        if phase == "start":
            signal.raise_signal(signal.SIGINT)

    with Interrupt() as interrupt:
        gc.callbacks.append(during_a_collection)
        try:
            gc.collect()
        finally:
            gc.callbacks.remove(during_a_collection)
        with pytest.raises(KeyboardInterrupt):
            interrupt.check()


def test_afterwards_it_is_as_it_was_also_after_an_error() -> None:
    for error in (None, KeyboardInterrupt):
        try:
            with Interrupt():
                assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
                if error is not None:
                    raise error
        except KeyboardInterrupt:
            assert error is not None
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_job_in_the_background_and_somebody_elses_handler_are_left_alone() -> None:
    for handler in (signal.SIG_IGN, lambda number, frame: None):
        signal.signal(signal.SIGINT, handler)
        with Interrupt() as interrupt:
            assert signal.getsignal(signal.SIGINT) is handler
            signal.raise_signal(signal.SIGINT)
            interrupt.check()
        assert signal.getsignal(signal.SIGINT) is handler


def test_outside_the_main_thread_nothing_is_installed() -> None:
    seen: list[object] = []

    def work() -> None:
        with Interrupt() as interrupt:
            seen.append(signal.getsignal(signal.SIGINT))
            interrupt.check()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]
