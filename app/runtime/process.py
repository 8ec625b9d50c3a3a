"""Where this process runs: whether a window can be seen."""

from __future__ import annotations

import os
import sys


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
