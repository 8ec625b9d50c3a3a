"""`ghostjam play`: a session with a window."""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.console import say
from app.core.ending import ended_by_signals
from app.runtime.process import why_no_display

if TYPE_CHECKING:
    from app.core.parameters import Settings
    from app.ghost import Ghost
    from app.runtime.rig import Rig

FALLBACK = Path("ghostjam-demo")


def run(args: argparse.Namespace) -> int:
    """Play until the window is closed or the process is asked to end; without a display make the demo."""
    with ended_by_signals():
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
        options = replace(options, when_lost=session.close)
        window = Window(session.engine, settings, canvas, session.adaptation, options=options)
        session.start()
        window.run()
    return 0


def _load(rig: Rig) -> tuple[Ghost, Settings]:
    from app.runtime.load import load_session  # here, so that its imports do not hold up the window

    return load_session(rig)


def _demo_instead(reason: str, args: argparse.Namespace) -> int:
    from app.commands import demo

    say(f"No display ({reason.removesuffix('.')}): making the demo in {FALLBACK} instead.")
    return demo.run(argparse.Namespace(**{**vars(args), "out": FALLBACK}))
