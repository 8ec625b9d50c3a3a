"""`ghostjam render`: a performance as a picture, a sound, a MIDI file or an IMPSY log, by the suffix."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from app.commands.progress_bar import progress_bar
from app.core.console import say
from app.core.events import Event
from app.core.instruments import OF_NOTES
from app.core.parameters import Settings
from app.core.progress import Progress
from app.recording.replay import events_of
from app.runtime.errors import CommandError, explained
from models.performance import Performance, PerformanceError, read_performance, write_impsy_log

Writer = Callable[[Performance, list[Event], Path, Settings, Progress], None]


def run(args: argparse.Namespace) -> int:
    """Read the performance, write the file, say what was left out."""
    from app.runtime.arguments import given_parameters

    write = WRITERS.get(args.out.suffix.lower())
    if write is None:
        raise CommandError(f"--out: expected a file ending in {', '.join(WRITERS)}, got '{args.out}'")
    settings = Settings()
    try:
        performance = read_performance(args.performance, args.index)
        events = events_of(performance)
        if performance.is_notes:
            settings.set("instrument", OF_NOTES)
        for name, value in given_parameters(args).items():
            settings.set(name, value)
        say_what_was_left_out(args.performance, performance)
        args.out.parent.mkdir(parents=True, exist_ok=True)
        with progress_bar(args.out.name) as progress:
            write(performance, events, args.out, settings, progress)
    except PerformanceError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"--out: expected a file to write, got {explained(error)}") from None
    print(args.out)
    return 0


def say_what_was_left_out(path: Path, performance: Performance) -> None:
    """Tell a person on stderr which rows of the file at `path` were left out or read otherwise."""
    for line, reason in [*performance.dropped[:5], *performance.told[:5]]:
        say(f"{path}:{line}: {reason}", is_error=True)
    if len(performance.dropped) > 5:
        say(f"{path}: {len(performance.dropped)} rows in all were left out.", is_error=True)


def _picture(
    performance: Performance, events: list[Event], path: Path, settings: Settings, progress: Progress
) -> None:
    """The trails as a PNG or SVG picture, or as a GIF that draws itself."""
    from app.pictures.palette import load_palette
    from app.pictures.performance.event_strokes import RenderError
    from app.pictures.performance.gif import render_gif
    from app.pictures.performance.png import render_png
    from app.pictures.performance.svg import render_svg

    draw: dict[str, Callable[..., None]] = {".png": render_png, ".gif": render_gif}
    try:
        if path.suffix.lower() == ".svg":
            render_svg(events, path, palette=load_palette())
        else:
            draw[path.suffix.lower()](events, path, palette=load_palette(), progress=progress)
    except RenderError as error:
        raise CommandError(str(error)) from None


def _sound(
    performance: Performance, events: list[Event], path: Path, settings: Settings, progress: Progress
) -> None:
    """The performance as the instruments play it, WAV."""
    from app.sound.offline import RenderError, render_wav

    try:
        instrument, scale = settings.word("instrument"), settings.word("scale")
        render_wav(events, path, instrument=instrument, scale=scale, progress=progress)
    except RenderError as error:
        raise CommandError(str(error)) from None


def _midi(
    performance: Performance, events: list[Event], path: Path, settings: Settings, progress: Progress
) -> None:
    """The performance as a standard MIDI file."""
    from app.midi.file import write_midi

    write_midi(events, path, scale=settings.word("scale"), instrument=settings.word("instrument"))


def _impsy_log(
    performance: Performance, events: list[Event], path: Path, settings: Settings, progress: Progress
) -> None:
    """A log that IMPSY reads. Recordings know no date, so the log begins at the Unix epoch."""
    write_impsy_log(performance, path, start=datetime(1970, 1, 1))


WRITERS: dict[str, Writer] = {
    ".png": _picture,
    ".svg": _picture,
    ".gif": _picture,
    ".wav": _sound,
    ".mid": _midi,
    ".log": _impsy_log,
}
