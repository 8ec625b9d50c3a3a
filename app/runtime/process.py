"""This process and where it runs: whether a window can be seen, and how the process is asked to end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


def why_no_display() -> str:
    """Why no window can be seen here, "" if one may be. SDL would draw into memory and say nothing."""
    if sys.platform != "linux" or os.environ.get("SDL_VIDEODRIVER"):
        return ""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return ""
    # Without X and Wayland SDL can still draw on a console that has a screen, as a Raspberry Pi's.
    if os.access("/dev/dri/card0", os.R_OK | os.W_OK) and sys.stdin.isatty():
        return ""
    return "neither DISPLAY nor WAYLAND_DISPLAY is set"


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the process as closing the window does, also while it still starts."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
