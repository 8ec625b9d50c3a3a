"""The window on a real X server, with a hand that moves the pointer and presses keys."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import pytest

from tests.contract.screen import x_server

WAIT_S = 60.0  # a busy machine is no defect

pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(not shutil.which("Xvfb"), reason="no Xvfb here"),
    pytest.mark.skipif(not shutil.which("xdotool"), reason="no xdotool here"),
]


class Session:
    """The process with the window, and what it has printed."""

    def __init__(self, environment: dict[str, str], *options: str) -> None:
        self.environment = environment
        script = Path(__file__).with_name("process.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script), *options], env=environment, stdout=subprocess.PIPE, text=True
        )
        self.told: list[str] = []
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.wait_for("open")

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.strip())

    def wait_for(self, start: str) -> list[str]:
        """The lines up to the first that begins with `start`, that one included."""
        lines: list[str] = []
        while not (lines and lines[-1].startswith(start)):
            lines.append(self._lines.get(timeout=WAIT_S))
            self.told.append(lines[-1])
        return lines

    def hand(self, *words: str) -> None:
        """Move the pointer or press keys."""
        subprocess.run(["xdotool", *words], env=self.environment, check=True, timeout=WAIT_S)

    def press_until_heard(self, key: str, line: str) -> None:
        """Press a key again and again: while the window changes its size it does not hear the keys."""
        end_s = time.monotonic() + WAIT_S
        while line not in self.told:
            assert time.monotonic() < end_s, self.told
            self.hand("key", key)
            with suppress(queue.Empty):
                self.told.append(self._lines.get(timeout=5.0))

    def focused(self) -> int:
        """The id of the window that hears the keys."""
        words = ["xdotool", "getwindowfocus"]
        found = subprocess.run(words, env=self.environment, check=True, capture_output=True, text=True)
        return int(found.stdout)

    def geometry(self) -> tuple[int, ...]:
        """Left, top, width and height of the window that hears the keys, when it has come to rest."""
        self.hand("sleep", "0.3")
        words = ["xdotool", "getwindowgeometry", "--shell", str(self.focused())]
        found = subprocess.run(words, env=self.environment, check=True, capture_output=True, text=True)
        told = dict(line.split("=") for line in found.stdout.split())
        return tuple(int(told[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))

    def close(self) -> None:
        """End it, however far it is."""
        self.process.kill()
        self.process.wait()
        self.reader.join(WAIT_S)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def end(self) -> tuple[str, int]:
        """What it printed last, and its exit status."""
        last = self.wait_for("ended")[-1]
        return last, self.process.wait(WAIT_S)


class ClientMessage(ctypes.Structure):
    """XClientMessageEvent of Xlib.h, as long as an XEvent."""

    _fields_: ClassVar = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("pad", ctypes.c_long * 24),
    ]


def ask_to_close(window: int, display_name: str) -> None:
    """What a window manager sends when a person closes a window. xdotool cannot."""
    path = ctypes.util.find_library("X11")
    if path is None:
        pytest.skip("no libX11 here")
    x11 = ctypes.CDLL(path)
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    x11.XSendEvent.argtypes = [
        ctypes.c_void_p,
        ctypes.c_ulong,
        ctypes.c_int,
        ctypes.c_long,
        ctypes.POINTER(ClientMessage),
    ]
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = x11.XOpenDisplay(display_name.encode())
    protocols, delete = (x11.XInternAtom(display, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
    message = ClientMessage(type=33, window=window, message_type=protocols, format=32)
    message.data[0] = delete
    assert x11.XSendEvent(display, window, 0, 0, ctypes.byref(message))
    x11.XCloseDisplay(display)


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """That of a program on an X server of this module's own, on whatever display is free."""
    driver = {"SDL_VIDEODRIVER": "x11", "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
    with x_server((1280, 800)) as display:
        yield {**os.environ, "DISPLAY": display, **driver}


@pytest.fixture
def session(environment: dict[str, str]) -> Iterator[Session]:
    made = Session(environment)
    yield made
    made.close()


def test_a_drag_is_one_stroke_and_sigterm_ends_the_evening(session: Session) -> None:
    session.hand("mousemove", "500", "300", "sleep", "0.3", "mousedown", "1")
    first = session.wait_for("touch")[-1].split()
    assert (first[1], first[4]) == ("0", "False")
    for x in range(520, 700, 40):
        session.hand("mousemove", str(x), "330")
    session.hand("mouseup", "1")
    rest = [line.split() for line in session.wait_for("release")]
    assert [words[0] for words in rest] == ["touch"] * (len(rest) - 1) + ["release"]
    assert len(rest) >= 4
    across = [float(words[2]) for words in rest[:-1]]
    assert across == sorted(across) and across[-1] > float(first[2])
    session.process.send_signal(signal.SIGTERM)
    assert session.end() == ("ended", 0)


@pytest.mark.slow
def test_keys_work_and_control_q_ends_the_evening(session: Session) -> None:
    session.hand("mousemove", "400", "300", "sleep", "0.3", "key", "2")
    assert session.wait_for("set")[-1] == "set mode duet"
    session.hand("key", "space")
    assert session.wait_for("set")[-1] == "set pause True"
    session.hand("key", "f", "sleep", "0.5", "key", "question", "sleep", "0.3")
    session.hand("key", "Escape", "sleep", "0.3")
    session.press_until_heard("m", "set mute True")
    session.hand("key", "ctrl+q")
    assert session.end() == ("ended", 0)


@pytest.mark.slow
def test_leaving_fullscreen_brings_back_size_and_place(session: Session) -> None:
    session.wait_for("size 800 600")
    session.hand("mousemove", "400", "300", "sleep", "0.3")
    session.hand("windowmove", "--sync", str(session.focused()), "300", "120")
    for _ in range(2):
        session.hand("key", "f")
        session.wait_for("size 1280 800")
        session.hand("sleep", "0.5", "key", "f")
        session.wait_for("size 800 600")
        assert session.geometry() == (300, 120, 800, 600)


@pytest.mark.slow
def test_a_window_that_began_fullscreen_leaves_it_to_a_size_of_its_own(environment: dict[str, str]) -> None:
    session = Session(environment, "--fullscreen")
    try:
        session.wait_for("size 1280 800")
        session.hand("mousemove", "400", "300", "sleep", "0.3", "key", "f")
        session.wait_for("size 800 600")
        assert session.geometry() == (240, 100, 800, 600)
    finally:
        session.close()


@pytest.mark.slow
def test_closing_the_window_lets_go_and_ends_the_evening(session: Session) -> None:
    session.hand("mousemove", "500", "300", "sleep", "0.3", "mousedown", "1")
    session.wait_for("touch")
    ask_to_close(session.focused(), session.environment["DISPLAY"])
    last, status = session.end()
    session.hand("mouseup", "1")
    assert (last, status) == ("ended", 0)
    assert session.told[-2:] == ["release 0", "ended"]
