"""`ghostjam answer`: the app's own answer to a recorded phrase, by the engine that plays live, as a file.

The same seed gives the same file.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from app.commands.render import WRITERS, Order, say_what_was_left_out
from app.commands.writing import writer_of, writing
from app.core.events import Event, Source
from app.engine.event_rows import Columns
from app.ghost import Ghost
from app.recording.replay import events_of
from app.recording.rows import performance_of
from app.runtime.arguments import given_parameters
from app.runtime.compatibility import check_fit
from app.runtime.errors import CommandError, one_line
from app.runtime.load import load_player, model_that_hears, session_settings
from app.runtime.offline import play_offline
from app.runtime.rig import Rig
from models.performance import Performance, PerformanceError, read_performance, write_recording


def run(args: argparse.Namespace) -> int:
    """Play the player's part of the recording to the ghost, let it answer, write both."""
    write = writer_of(args.out, _WRITERS)
    if args.out.exists() and args.performance.exists() and args.out.samefile(args.performance):
        raise CommandError(f"--out: expected another file than the recording itself, got '{args.out}'")
    with one_line(PerformanceError):
        performance = read_performance(args.performance, args.index)
        played = events_of(_players_part(performance))
    if not played:
        raise CommandError(f"{args.performance}: expected events of a player, got none.")
    say_what_was_left_out(args.performance, performance)
    model = args.model or model_that_hears(played[0])
    ghost = load_player(model, args.seed)
    check_fit(Rig(), ghost.columns, model)
    _require_hears(ghost, played[0], args.performance)
    settings = session_settings(Rig(parameters=given_parameters(args)), ghost, model)
    if args.seconds is not None:
        settings.set("reply_s", args.seconds)
    events = play_offline(ghost, settings, played)
    with one_line(PerformanceError), writing(args.out) as progress:
        write(Order(performance_of(events), events, args.out, settings, progress))
    print(args.out)
    return 0


def _players_part(performance: Performance) -> Performance:
    """What the player played of a recording of both."""
    is_player = performance.source == Source.PLAYER.value
    return replace(
        performance,
        time_s=performance.time_s[is_player],
        source=performance.source[is_player],
        voice=performance.voice[is_player],
        values=performance.values[is_player],
    )


def _require_hears(ghost: Ghost, event: Event, path: Path) -> None:
    if not Columns(ghost.columns).hears(event):
        expected = ", ".join(ghost.columns)
        got = ", ".join(performance_of([event]).columns)
        raise CommandError(f"{path}: expected what {ghost.name} hears, {expected}; got {got}.")


def _recording(order: Order) -> None:
    """A recording of both."""
    write_recording(order.performance, order.path)


_WRITERS = {".csv": _recording, **WRITERS}
