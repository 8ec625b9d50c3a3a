"""`ghostjam play`: a session with a window."""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.say_pages import say_pages
from app.core.console import say
from app.core.ending import ended_by_signals
from app.runtime.errors import CommandError
from app.runtime.process import why_no_display

if TYPE_CHECKING:
    from app.core.parameters import Settings
    from app.ghost import Ghost
    from app.runtime.rig import Rig

FALLBACK = Path("ghostjam-demo")
NOT_OF_A_DEMO = (
    "config", "record", "no_record", "fullscreen", "osc_in", "osc_out", "osc_bundles", "web", "midi_in",
    "midi_out", "serial",
)  # fmt: skip
"""Options for which a demo is no answer."""


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
        window = Window(
            session.engine, settings, canvas, session.adaptation, options=options,
            way_in=session.ports.way_in,
        )  # fmt: skip
        session.start()
        say_pages(session.ports.pages, session.ports.way_in().address)
        window.run()
    return 0


def _load(rig: Rig) -> tuple[Ghost, Settings]:
    from app.runtime.load import load_session  # here, so that its imports do not hold up the window

    return load_session(rig)


def _demo_instead(reason: str, args: argparse.Namespace) -> int:
    """Make the demo, once; CommandError if that is not what was asked for, or it was made before."""
    from app.commands import demo

    why = f"no display ({reason.removesuffix('.')})"
    given = [f"--{name.replace('_', '-')}" for name in NOT_OF_A_DEMO if getattr(args, name)]
    if given:
        said = f"and the demo instead knows nothing of {', '.join(given)}"
        raise CommandError(f"{why}, {said}; ghostjam bridge plays without a window.")
    if os.path.lexists(FALLBACK):
        said = f"and {FALLBACK}, where the demo would go instead, is there already"
        raise CommandError(f"{why}, {said}; ghostjam demo --out DIR makes one elsewhere.")
    say(f"{why[0].upper()}{why[1:]}: making the demo in {FALLBACK} instead.")
    return demo.run(argparse.Namespace(**{**vars(args), "out": FALLBACK}))
