"""Opening the display: the only place that sets a video mode. Neither sound nor joysticks are opened."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import pygame

from app.pictures.icon import icon_pixels
from app.pictures.palette import load_palette

USUAL_SIZE = (1600, 1000)
USUAL_DESKTOP_HEIGHT = 1200  # a desktop with more rows has smaller ones: the window grows with it
LARGEST_SHARE = 0.92  # of the desktop, each way
ICON_SIDE = 128  # pixels; systems scale it down

HINTS = {
    "SDL_TOUCH_MOUSE_EVENTS": "0",  # a touch is a finger, not a mouse as well
    "SDL_MOUSE_TOUCH_EVENTS": "0",
    "SDL_WINDOWS_DPI_AWARENESS": "permonitorv2",  # pixels are pixels: no blur from the system's scaling
    "SDL_VIDEO_MINIMIZE_ON_FOCUS_LOSS": "0",
    "SDL_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR": "0",
    "SDL_MOUSE_FOCUS_CLICKTHROUGH": "1",  # the touch that brings the window to the front plays as well
}

CENTRED = "SDL_VIDEO_CENTERED"
UNSEEN = ("offscreen", "dummy")  # drivers without a screen
# What is drawn by the processor lies in memory that the X server shares. SDL would rather upload it as a
# texture and draw that: 15 ms a frame against 0.9 where OpenGL is emulated, 10 even for a few pixels. On
# Windows SDL sends the pixels anyway, and the drivers of other systems have no other way than a texture.
AS_PIXELS = "SDL_FRAMEBUFFER_ACCELERATION"


class DisplayError(RuntimeError):
    """There is no display to open a window on: says what SDL found."""


@dataclass(frozen=True)
class WindowOptions:
    """How to open the window, and what happens when the display is lost.

    Attributes:
        fullscreen: fills the screen.
        size: in pixels; None fits the desktop.
        when_lost: ends everything else; the process ends after it.
    """

    fullscreen: bool = False
    size: tuple[int, int] | None = None
    when_lost: Callable[[], None] | None = None


def open_display(options: WindowOptions) -> pygame.Surface:
    """Open the window.

    Raises:
        DisplayError: SDL finds no display.
    """
    for name, value in HINTS.items():
        os.environ.setdefault(name, value)
    try:
        pygame.display.init()
        # Without a display SDL falls back to a driver that draws into memory, and says nothing.
        driver = pygame.display.get_driver()
        if driver in UNSEEN and os.environ.get("SDL_VIDEODRIVER") != driver:
            raise pygame.error(f"only the driver {driver}, which nobody sees")
        if driver == "x11":
            os.environ.setdefault(AS_PIXELS, "0")
        pygame.font.init()
        pygame.display.set_caption("ghostjam")
        # Before there is a window: some systems ask only then.
        icon = icon_pixels(load_palette(), ICON_SIDE).tobytes()
        pygame.display.set_icon(pygame.image.frombuffer(icon, (ICON_SIDE, ICON_SIDE), "RGBA"))
        return set_mode(options.fullscreen, options.size or fitting_size(), is_new=True)
    except pygame.error as error:
        pygame.display.quit()
        raise DisplayError(f"display: expected one to open a window on, SDL says: {error}.") from None


def set_mode(fullscreen: bool, size: tuple[int, int], *, is_new: bool = False) -> pygame.Surface:
    """Fill the screen, or open a window of `size` that can be resized.

    `is_new`: it has no place yet, and comes into the middle; otherwise it stays where a person moved it.
    """
    if fullscreen:
        return pygame.display.set_mode(pygame.display.get_desktop_sizes()[0], pygame.FULLSCREEN)
    if is_new:
        os.environ.setdefault(CENTRED, "1")
    try:
        display = pygame.display.set_mode(size, pygame.RESIZABLE)
        if display.get_size() != size:  # it was fullscreen: SDL takes the size, leaves, and has forgotten it
            display = pygame.display.set_mode(size, pygame.RESIZABLE)
    finally:
        if is_new:
            os.environ.pop(CENTRED, None)
    return display


def fitting_size() -> tuple[int, int]:
    """The usual size, larger on a desktop of many pixels, smaller on one of few; same shape."""
    desktop = pygame.display.get_desktop_sizes()[0]
    scale = max(1.0, desktop[1] / USUAL_DESKTOP_HEIGHT)
    scale = min(scale, *(LARGEST_SHARE * have / want for have, want in zip(desktop, USUAL_SIZE, strict=True)))
    return round(USUAL_SIZE[0] * scale), round(USUAL_SIZE[1] * scale)
