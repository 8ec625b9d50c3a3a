"""How frames go to the screen: as they are."""

from __future__ import annotations

import os
import sys

import pygame

from app.window.display import HINTS

HINT = "SDL_FRAMEBUFFER_ACCELERATION"


def send_plainly() -> None:
    """Have SDL put the pixels of a frame into an X window, not through OpenGL. Before the display is opened.

    What is drawn by the processor lies in memory that the X server shares; SDL would upload it as a texture
    and draw that, 0.9 ms against 15 where OpenGL is emulated, 10 even for a few pixels. Windows' SDL does so
    anyway. Other drivers have no other way to the screen than a texture.
    """
    if HINT in os.environ or not sys.platform.startswith("linux"):
        return
    for name, value in HINTS.items():  # before SDL starts, as `open_display` sets them
        os.environ.setdefault(name, value)
    try:
        pygame.display.init()
    except pygame.error:
        return  # `open_display` says so
    if pygame.display.get_driver() == "x11":
        os.environ[HINT] = "0"
