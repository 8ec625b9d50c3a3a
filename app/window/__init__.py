"""The window: input, canvas and controls. The only package that touches pygame's display and events."""

from __future__ import annotations

import os

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

from app.window.display import DisplayError, WindowOptions
from app.window.sink import CanvasSink
from app.window.window import Window

__all__ = ["CanvasSink", "DisplayError", "Window", "WindowOptions"]
