"""What X does when it goes: by itself Xlib ends the process, and nobody lets go of anything.

The server may be gone (killed, or the ssh it came through), the window manager may have cut us off, or
somebody has destroyed the window. Source: Xlib manual, section 11.8.2, "Using the default error handlers".
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import sys
from collections.abc import Callable, Iterator

import pygame

logger = logging.getLogger(__name__)

BAD_WINDOW, BAD_DRAWABLE = 3, 9


class _ErrorEvent(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("resource", ctypes.c_ulong),
        ("serial", ctypes.c_ulong),
        ("code", ctypes.c_ubyte),
        ("request", ctypes.c_ubyte),
        ("minor", ctypes.c_ubyte),
    ]


_OnError = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(_ErrorEvent))
_OnLost = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)


@contextlib.contextmanager
def ending_with_display(let_go: Callable[[], None]) -> Iterator[None]:
    """Within `with`, the end of X or of the window is the end of the program, and a clean one.

    Args:
        let_go: called then, on the main thread, in the middle of whatever it asked of X. It does all that is
            to be done; afterwards the process ends, for Xlib lets nothing else happen.
    """
    if sys.platform != "linux" or pygame.display.get_driver() != "x11":
        yield
        return

    def lost(display: int) -> int:
        try:
            let_go()
        finally:
            os._exit(0)

    def error(display: int, event: ctypes._Pointer[_ErrorEvent]) -> int:
        found = event.contents
        logger.debug("X error %d of request %d", found.code, found.request)
        if found.code in (BAD_WINDOW, BAD_DRAWABLE) and found.resource == window:
            lost(display)
        return 0

    window = pygame.display.get_wm_info()["window"]
    x11 = ctypes.CDLL("libX11.so.6")  # the one that SDL has loaded
    x11.XSetErrorHandler.restype = x11.XSetIOErrorHandler.restype = ctypes.c_void_p
    on_error, on_lost = _OnError(error), _OnLost(lost)  # kept: X calls them
    errors, losses = x11.XSetErrorHandler(on_error), x11.XSetIOErrorHandler(on_lost)
    try:
        yield
    finally:
        x11.XSetErrorHandler(ctypes.c_void_p(errors))
        x11.XSetIOErrorHandler(ctypes.c_void_p(losses))
