"""`ghostjam demo`: an example performance and the ghost's answer, by the engine that plays live, as files.

The same seed gives the same files.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.commands.render import WRITERS, Order
from app.core.progress import unseen
from app.recording.replay import events_of
from app.recording.rows import performance_of
from app.runtime.arguments import given_parameters
from app.runtime.errors import CommandError, explained, one_line
from app.runtime.load import load_player, session_settings
from app.runtime.offline import play_offline
from app.runtime.rig import Rig
from assets import EXAMPLE_PERFORMANCE
from models.performance import Performance, PerformanceError, read_performance, write_recording

NAME = "performance"
SUFFIXES = (".png", ".svg", ".mid", ".wav", ".gif")


def run(args: argparse.Namespace) -> int:
    """Play the example to the ghost, let it answer, write everything into the folder `--out`."""
    model = args.model or "touch"
    ghost = load_player(model, args.seed)
    settings = session_settings(Rig(parameters=given_parameters(args)), ghost, model)
    recording: Path = args.out / f"{NAME}.csv"
    try:
        with one_line(PerformanceError):
            played = events_of(read_performance(EXAMPLE_PERFORMANCE))
            args.out.mkdir(parents=True, exist_ok=True)
            events = play_offline(ghost, settings, played)
            performance = performance_of(events)
            write_recording(performance, recording)
    except OSError as error:
        raise CommandError(f"--out: expected a folder to write into, got {explained(error)}") from None
    print(_summary(performance))
    print(recording)

    def write(suffix: str) -> Path:
        path = recording.with_suffix(suffix)
        WRITERS[suffix](Order(performance, events, path, settings, unseen))
        return path

    with ThreadPoolExecutor() as pool:  # the sound is rendered by a process of its own meanwhile
        for path in pool.map(write, SUFFIXES):
            print(path, flush=True)
    return 0


def _summary(performance: Performance) -> str:
    n_ghost = int((performance.source == "ghost").sum())
    n_player = len(performance) - n_ghost
    return f"{n_player} events of the example, then {n_ghost} of the ghost, {performance.duration_s:.1f} s"
