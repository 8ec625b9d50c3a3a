"""`ghostjam play`: the window, the ghost, the sound and the recording, put together here and nowhere else."""

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
    from app.ghost import Ghost
    from app.parameters import Settings
    from app.recorder import Recorder
    from app.sinks import Sink

FALLBACK = Path("ghostjam-demo")


def run(args: argparse.Namespace) -> int:
    """Play until the window is closed or the process is asked to end; without a display make the demo."""
    with ended_by_sigterm():
        reason = why_no_display()
        return _demo_instead(reason, args) if reason else _play(args)


def _play(args: argparse.Namespace) -> int:
    # The model loads while the display opens: Window finds it open, and a person sees it at once.
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(_load, args)
        from app.window import CanvasSink, DisplayError, Window, WindowOptions
        from app.window.display import open_display

        options = WindowOptions(fullscreen=args.fullscreen)
        try:
            open_display(options)
        except DisplayError as error:
            return _demo_instead(str(error), args)
        ghost, settings = loading.result()
    from app.engine import Engine
    from app.ghost import Ghost

    canvas = CanvasSink()
    recorder = _open_recorder(args)
    sinks: list[Sink] = [canvas, *_open_senders(args, settings), *([recorder] if recorder else [])]
    engine = Engine(ghost, settings, sinks, load_ghost=partial(Ghost.load, seed=args.seed))
    try:
        window = Window(engine, settings, canvas, options=options)
        engine.start()
        window.run()
    finally:
        engine.stop()
    if recorder:
        _say_what_was_recorded(recorder)
    return 0


def _load(args: argparse.Namespace) -> tuple[Ghost, Settings]:
    from app.commands.session import load_ghost, session_settings

    model = args.model or "touch"
    ghost = load_ghost(model, args.seed)
    return ghost, session_settings(args, ghost, model)


def _open_recorder(args: argparse.Namespace) -> Recorder | None:
    if args.no_record:
        return None
    from app.commands.session import recordings_folder
    from app.recorder import Recorder

    return Recorder(args.record or recordings_folder())


def _open_senders(args: argparse.Namespace, settings: Settings) -> list[Sink]:
    """Sound and OSC, in the order in which they hear an event: nothing delays the sound."""
    senders: list[Sink] = []
    if not args.no_sound:
        from app.sound import open_sound

        senders.append(
            open_sound(
                instrument=settings.word("instrument"),
                scale=settings.word("scale"),
                volume=settings.number("volume"),
            )
        )
    if args.osc_out:
        from app.osc.out import OscOut

        senders += [OscOut(address) for address in args.osc_out]
    return senders


def _say_what_was_recorded(recorder: Recorder) -> None:
    if recorder.notice:
        print(recorder.notice, file=sys.stderr)
    for path in recorder.paths:
        print(f"Recorded {path}")


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
