"""IMPSY's OSC addresses, so that its patches work unchanged.

Source: github.com/cpmpercussion/impsy, impsy/impsio.py: the server's handlers.
"""

from __future__ import annotations

import math
from functools import partial

from app.core.events import Event, Note, Release, Source, Touch
from app.core.modes import IMPSY_MODES
from app.core.refusals import ControlError
from app.osc.packet import build
from app.osc.table import Entry, OscContext, Table


def table() -> Table:
    """Every address that comes in."""
    return (
        Entry(
            "/interface", "f+", "x1 .. xn", "all knobs of a controller, clamped to 0 .. 1", _interface, cost=1
        ),
        Entry("/impsy/mode", "s", ", ".join(IMPSY_MODES), "who plays when", _mode),
        Entry("/impsy/reset", "*", "ignored", "the ghost forgets what it heard", _reset),
        Entry("/impsy/pause", "f", "0 or not", "the ghost holds still, or goes on", _pause),
        Entry("/impsy/sigmatemp", "f", "sigma temperature", "how loose", partial(_set, "sigma_temperature")),
        Entry("/impsy/pitemp", "f", "pi temperature", "which idea", partial(_set, "pi_temperature")),
        Entry("/impsy/timescale", "f", "factor", "stretches the ghost's time", partial(_set, "timescale")),
    )


def encode(event: Event) -> bytes | None:
    """`/impsy x1 .. xn` for what the ghost plays (of a touch: x and y); None for everything else."""
    if event.source is not Source.GHOST or isinstance(event, Release | Note):
        return None
    values = (event.x, event.y) if isinstance(event, Touch) else event.values
    return build("/impsy", [float(value) for value in values])


def _interface(context: OscContext, *values: float) -> None:
    context.controls.values(values, 0, context.time_s)


def _mode(context: OscContext, mode: str) -> None:
    if mode not in IMPSY_MODES:
        raise ControlError(f"expected one of {', '.join(IMPSY_MODES)}, got {mode!r}.")
    context.controls.set("mode", IMPSY_MODES[mode])


def _reset(context: OscContext) -> None:
    context.controls.reset()


def _pause(context: OscContext, on: float) -> None:
    if not math.isfinite(on):
        raise ControlError(f"expected a finite number, got {on}.")
    context.controls.set("pause", int(on) != 0)


def _set(name: str, context: OscContext, value: float) -> None:
    context.controls.set(name, value)
