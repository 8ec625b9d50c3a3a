"""`ghostjam play`: a session with a window."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.core.parameters import Settings
    from app.ghost import Ghost
    from app.runtime.rig import Rig

FALLBACK = Path("ghostjam-demo")


def run(args: argparse.Namespace) -> int:
    """Play until the window is closed or the process is asked to end; without a display make the demo."""
    with ended_by_sigterm():
        reason = why_no_display()
        return _demo_instead(reason, args) if reason else _play(args)


def _play(args: argparse.Namespace) -> int:
    from app.runtime.arguments import session_rig

    rig = session_rig(args)
    # The model loads while the display opens: Window finds it open, and a person sees it at once.
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(_load, rig)
        from app.window import CanvasSink, DisplayError, Window, WindowOptions
        from app.window.display import open_display

        options = WindowOptions(fullscreen=args.fullscreen)
        try:
            open_display(options)
        except DisplayError as error:
            return _demo_instead(str(error), args)
        ghost, settings = loading.result()
    from app.runtime.session import Session

    canvas = CanvasSink()
    with Session(rig, ghost, settings, [canvas], reread=partial(session_rig, args)) as session:
        window = Window(session.engine, settings, canvas, options=options)
        session.start()
        window.run()
    return 0


def _load(rig: Rig) -> tuple[Ghost, Settings]:
    from app.runtime.load import load_session  # here, so that its imports do not hold up the window

    return load_session(rig)


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


def _demo_instead(reason: str, args: argparse.Namespace) -> int:
    from app.commands import demo

    print(f"No display ({reason.removesuffix('.')}): making the demo in {FALLBACK} instead.")
    return demo.run(argparse.Namespace(**{**vars(args), "out": FALLBACK}))


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
