"""What the terminal says of the pages: their addresses, and a QR code where it can be seen."""

from __future__ import annotations

import io
import sys

import pytest

from app.commands.say_pages import say_pages
from app.core.qr_code import qr_text

OWN, PHONE = "http://127.0.0.1:8080/?token=t", "http://192.168.1.5:8080/?token=t"


class Terminal(io.TextIOWrapper):
    """A terminal with an encoding."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)

    def isatty(self) -> bool:
        return True

    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)  # type: ignore[attr-defined, no-any-return]


def said(encoding: str, phone: str, monkeypatch: pytest.MonkeyPatch) -> str:
    terminal = Terminal(encoding)
    monkeypatch.setattr(sys, "stdout", terminal)
    say_pages([OWN, PHONE], phone)
    return terminal.text()


LINES = f"A page to play on: {OWN}\nA page to play on: {PHONE}\n"


def test_a_terminal_shows_a_code_for_phones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert said("utf-8", PHONE, monkeypatch) == f"{LINES}{qr_text(PHONE)}\n"
    assert said("utf-8", "", monkeypatch) == LINES
    assert said("latin-1", PHONE, monkeypatch) == LINES
    monkeypatch.setenv("TERM", "dumb")
    assert said("utf-8", PHONE, monkeypatch) == LINES


def test_a_pipe_gets_the_addresses_only(capsys: pytest.CaptureFixture[str]) -> None:
    say_pages([OWN, PHONE], PHONE)
    assert capsys.readouterr().out == LINES
    say_pages([], "")
    assert capsys.readouterr().out == ""
