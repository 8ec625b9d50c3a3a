"""RoboJam's and MicroJam's OSC messages, so that their synthesisers and clients work unchanged.

    /touch ,sfsfsf "/x" x "/y" y "/z" z
    /inst  ,s      chirp, keys, drums or strings

z is a pressure or the radius of the touch in points; there is no release, and nothing says which touch begins
a contact. So a radius counts as full pressure, z = 0 as a release, and a contact ends after a silence.

Source: github.com/cpmpercussion/robojam, robojam/tiny_performance_player.py.
"""

from __future__ import annotations

from app.core.events import Event, Touch
from app.core.parameters import Value
from app.core.refusals import ControlError
from app.osc.packet import build
from app.osc.table import Entry, OscContext, Table

RADIUS = 38.0  # points: what RoboJam itself sends where it knows no better


def table() -> Table:
    """Every address that comes in."""
    return (
        Entry("/touch", "sfsfsf", '"/x", x, "/y", y, "/z", z', "a finger, clamped to 0 .. 1", _touch, cost=1),
        Entry("/inst", "s", "chirp, keys, drums, strings", "the sound", _instrument),
    )


def encode(event: Event) -> bytes | None:
    """`/touch` for what anybody plays; None for what RoboJam has no message for."""
    if not isinstance(event, Touch):
        return None
    return build("/touch", ("/x", float(event.x), "/y", float(event.y), "/z", RADIUS * event.pressure))


def encode_state(name: str, value: Value) -> bytes | None:
    """`/inst` for the instrument; None for every other parameter."""
    return build("/inst", (value,)) if name == "instrument" else None


def _touch(context: OscContext, x_: str, x: float, y_: str, y: float, z_: str, z: float) -> None:
    if (x_, y_, z_) != ("/x", "/y", "/z"):
        raise ControlError(f'expected "/x" x "/y" y "/z" z, got {x_!r} x {y_!r} y {z_!r} z.'[:200])
    if z <= 0.0:
        context.controls.release(0, context.time_s)
        return
    context.controls.touch(
        0, x, y, None, context.time_s, min(z, 1.0), release_after_s=context.release_after_s
    )


def _instrument(context: OscContext, name: str) -> None:
    context.controls.set("instrument", name)
