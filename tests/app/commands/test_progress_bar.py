"""The line that says how far a command is: on a terminal alone, after a while, and gone afterwards."""

from __future__ import annotations

import errno
import io
import sys

import pytest

from app.commands import progress_bar as module
from app.commands.progress_bar import progress_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands until it is set."""
    clock = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    return clock


def test_it_shows_after_a_second_and_is_gone_in_the_end(
    monkeypatch: pytest.MonkeyPatch, now: list[float]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with pytest.raises(KeyboardInterrupt), progress_bar("take.png") as progress:
        progress(0.1)
        assert terminal.getvalue() == ""
        now[0] += 1.5
        progress(0.5)
        assert terminal.getvalue() == "\rtake.png [###############...............]  50%"
        progress(0.6)
        assert "60%" not in terminal.getvalue(), "not at once again"
        raise KeyboardInterrupt
    assert terminal.getvalue().endswith(f"\r{' ' * 46}\r")


def test_a_terminal_that_was_closed_does_not_end_the_work(
    monkeypatch: pytest.MonkeyPatch, now: list[float]
) -> None:
    class Closed(Terminal):
        def write(self, _: str) -> int:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(sys, "stderr", Closed())
    with progress_bar("take.png") as progress:
        now[0] += 5.0
        progress(0.5)


def test_what_is_short_or_not_on_a_terminal_shows_nothing(
    monkeypatch: pytest.MonkeyPatch, now: list[float]
) -> None:
    for stream in (Terminal(), io.StringIO()):
        monkeypatch.setattr(sys, "stderr", stream)
        with progress_bar("x") as progress:
            now[0] += 5.0 * (not stream.isatty())
            progress(0.5)
        assert stream.getvalue() == ""
