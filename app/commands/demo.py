"""`ghostjam demo`: an example performance and the ghost's answer, by the engine that plays live, as files.

The clock is moved by hand, so half a minute of music takes a moment, and the same seed gives the same files.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.commands.render import WRITERS
from app.core.clock import ManualClock
from app.core.events import Event
from app.core.parameters import Settings
from app.engine.thread import Engine
from app.ghost import Ghost
from app.recording.recorder import Recorder
from app.recording.replay import events_of
from app.runtime.arguments import given_parameters
from app.runtime.errors import CommandError, explained
from app.runtime.load import load_player, session_settings
from app.runtime.rig import Rig
from assets import EXAMPLE_PERFORMANCE
from models.performance import Performance, PerformanceError, read_performance

REPLY_S = 7.0
NAME = "performance"
SUFFIXES = (".png", ".svg", ".mid", ".wav", ".gif")


def run(args: argparse.Namespace) -> int:
    """Play the example to the ghost, let it answer, write everything into the folder `--out`."""
    model = args.model or "touch"
    ghost = load_player(model, args.seed)
    settings = session_settings(Rig(parameters=given_parameters(args)), ghost, model)
    settings.set("mode", "call")
    settings.set("reply_s", REPLY_S)
    try:
        recording = record_demo(args.out, ghost, settings)
        performance = read_performance(recording)
    except OSError as error:
        raise CommandError(f"--out: expected a folder to write into, got {explained(error)}") from None
    except PerformanceError as error:
        raise CommandError(str(error)) from None
    print(_summary(performance))
    print(recording)
    events = events_of(performance)

    def write(suffix: str) -> Path:
        path = recording.with_suffix(suffix)
        WRITERS[suffix](performance, events, path, settings)
        return path

    with ThreadPoolExecutor() as pool:  # the sound is rendered by a process of its own meanwhile
        for path in pool.map(write, SUFFIXES):
            print(path, flush=True)
    return 0


def record_demo(folder: Path, ghost: Ghost, settings: Settings) -> Path:
    """Play the example performance and the answer to it; returns the recording."""
    folder.mkdir(parents=True, exist_ok=True)
    recorder = Recorder(folder)
    played = events_of(read_performance(EXAMPLE_PERFORMANCE))
    engine = Engine(ghost, settings, [recorder], clock=ManualClock())
    try:
        play_through(engine, played)
        engine.run_until(played[-1].time_s + settings.number("threshold_s") + REPLY_S)
    finally:
        engine.stop()
    if recorder.notice or not recorder.paths:
        raise OSError(recorder.notice or f"expected a recording in {folder}, got none.")
    return recorder.paths[0].replace(folder / f"{NAME}.csv")


def play_through(engine: Engine, events: Sequence[Event]) -> None:
    """Submit every event at its time, on a clock moved by hand."""
    for event in events:
        engine.run_until(event.time_s)
        engine.submit(event)


def _summary(performance: Performance) -> str:
    n_ghost = int((performance.source == "ghost").sum())
    n_player = len(performance) - n_ghost
    return f"{n_player} events of the example, then {n_ghost} of the ghost, {performance.duration_s:.1f} s"
