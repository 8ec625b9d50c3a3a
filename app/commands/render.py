"""`ghostjam render`: a performance as a picture, a sound, a MIDI file or an IMPSY log, by the suffix."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.commands.writing import writer_of, writing
from app.core.console import say
from app.core.events import Event
from app.core.instruments import OF_NOTES
from app.core.parameters import Settings
from app.core.progress import Progress
from app.recording.replay import events_of
from app.runtime.errors import one_line
from models.performance import Performance, PerformanceError, read_performance, write_impsy_log


@dataclass(frozen=True)
class Order:
    """What is to be written: a performance, which as events is `events`, into the file `path`."""

    performance: Performance
    events: list[Event]
    path: Path
    settings: Settings
    progress: Progress


def run(args: argparse.Namespace) -> int:
    """Read the performance, write the file, say what was left out."""
    from app.runtime.arguments import given_parameters

    write = writer_of(args.out, WRITERS)
    settings = Settings()
    with one_line(PerformanceError):
        performance = read_performance(args.performance, args.index)
        events = events_of(performance)
        if performance.is_notes:
            settings.set("instrument", OF_NOTES)
        for name, value in given_parameters(args).items():
            settings.set(name, value)
        say_what_was_left_out(args.performance, performance)
        with writing(args.out) as progress:
            write(Order(performance, events, args.out, settings, progress))
    print(args.out)
    return 0


def say_what_was_left_out(path: Path, performance: Performance) -> None:
    """Tell a person on stderr which rows of the file at `path` were left out or read otherwise."""
    for line, reason in [*performance.dropped[:5], *performance.told[:5]]:
        say(f"{path}:{line}: {reason}", is_error=True)
    if len(performance.dropped) > 5:
        say(f"{path}: {len(performance.dropped)} rows in all were left out.", is_error=True)


def _picture(order: Order) -> None:
    """The trails as a PNG or SVG picture, or as a GIF that draws itself."""
    from app.pictures.palette import load_palette
    from app.pictures.performance.event_strokes import RenderError
    from app.pictures.performance.gif import render_gif
    from app.pictures.performance.png import render_png
    from app.pictures.performance.svg import render_svg

    draw: dict[str, Callable[..., None]] = {".png": render_png, ".gif": render_gif}
    suffix = order.path.suffix.lower()
    with one_line(RenderError):
        palette = load_palette()
        if suffix == ".svg":
            render_svg(order.events, order.path, palette=palette)
        else:
            draw[suffix](order.events, order.path, palette=palette, progress=order.progress)


def _sound(order: Order) -> None:
    """The performance as the instruments play it, WAV."""
    from app.sound.offline import RenderError, render_wav

    instrument, scale = order.settings.word("instrument"), order.settings.word("scale")
    with one_line(RenderError):
        render_wav(order.events, order.path, instrument=instrument, scale=scale, progress=order.progress)


def _midi(order: Order) -> None:
    """The performance as a standard MIDI file."""
    from app.midi.file import write_midi

    instrument, scale = order.settings.word("instrument"), order.settings.word("scale")
    write_midi(order.events, order.path, scale=scale, instrument=instrument)


def _impsy_log(order: Order) -> None:
    """A log that IMPSY reads. Recordings know no date, so the log begins at the Unix epoch."""
    write_impsy_log(order.performance, order.path, start=datetime(1970, 1, 1))


WRITERS: dict[str, Callable[[Order], None]] = {
    ".png": _picture,
    ".svg": _picture,
    ".gif": _picture,
    ".wav": _sound,
    ".mid": _midi,
    ".log": _impsy_log,
}
