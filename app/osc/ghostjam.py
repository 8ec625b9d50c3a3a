"""Our own OSC addresses: what comes in, and how events and states go out."""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection
from functools import partial

from app.core.controls import MAX_VOICES, READINGS, Controls
from app.core.events import KEYS_VOICE, Event, Note, Release, Source, Touch, is_key
from app.core.parameters import PARAMETERS, Choice, Number, Parameter, Value
from app.core.refusals import ControlError
from app.osc.packet import build, padded
from app.osc.table import Entry, OscContext, Table, Target

PREFIX = "/ghostjam"
VERSION = 1  # of this table: grows when an address changes its meaning
# Touches are most of what is sent, so all but their numbers is put together once.
_TOUCH = {source: padded(f"{PREFIX}/touch") + padded(",siffi") + padded(source.value) for source in Source}
_TOUCH_NUMBERS = struct.Struct(">iffi")
_TYPES: dict[type[Parameter], str] = {Number: "f", Choice: "s|i"}
_KINDS = {"osc_out": "an OSC output", "midi_in": "a MIDI input", "midi_out": "a MIDI output"}
_PORT_NAMES = {"osc_out": "HOST:PORT", "midi_in": "a part of its name", "midi_out": "a part of its name"}
RELEASED = "0 does nothing"  # a button that is let go
PLAYS = 1  # what an event costs, see `Entry`
_VERBS = {"add": "opens", "remove": "closes"}
_VOICE, _KEY, _SHARE = (0, MAX_VOICES - 1), (0, 127), (0.0, 1.0)  # what arguments range over


def table() -> Table:
    """Every address that comes in."""
    return (
        Entry(f"{PREFIX}/touch", "iffT", "voice, x, y, moving", "a finger: moving is 0 for a new contact, 1 "
              "while it goes on", _touch, cost=PLAYS, ranges=(_VOICE, _SHARE, _SHARE, (0, 1))),
        Entry(f"{PREFIX}/release", "i", "voice", "the finger left", _release, cost=PLAYS, ranges=(_VOICE,)),
        Entry(f"{PREFIX}/note", "ii", "pitch, velocity", "a key as in MIDI goes down, or up with a velocity "
              "of 0", _note, cost=PLAYS, ranges=(_KEY, _KEY)),
        Entry(f"{PREFIX}/values", "f+", "x1 .. xn", "all knobs of a controller, each 0 to 1", _values,
              cost=PLAYS, ranges=(_SHARE,)),
        Entry("/touch", "ff|fff", "x, y or x, y, z", "an XY pad: a finger at x, y; z is its pressure, and "
              "0 when it leaves", _pad, cost=PLAYS, ranges=(_SHARE, _SHARE, _SHARE)),
        Entry("/touch/N", "ff|fff", "x, y or x, y, z", "the same for voice N", _pad_of, cost=PLAYS,
              ranges=(_SHARE, _SHARE, _SHARE)),
        *(Entry(f"{PREFIX}/set/{p.name}", _TYPES.get(type(p), "T"), _range(p), p.help,
                partial(_set, p.name), answers=True, parameter=p.name) for p in PARAMETERS),
        Entry(f"{PREFIX}/preset", "s|i", "name, or number from 0", "sets all parameters of a preset of "
              "the rig", _preset, True),
        Entry(f"{PREFIX}/pause", "T", "0 or 1", "the ghost holds still, or goes on where it was",
              partial(_set, "pause"), parameter="pause"),
        Entry(f"{PREFIX}/mute", "T", "0 or 1", "the ghost goes on unheard, or heard",
              partial(_set, "mute"), parameter="mute"),
        Entry(f"{PREFIX}/reset", "press", RELEASED, "the ghost forgets what it heard",
              partial(_command, Controls.reset)),
        Entry(f"{PREFIX}/panic", "press", RELEASED, "everything that sounds stops",
              partial(_command, Controls.panic)),
        Entry(f"{PREFIX}/adapt", "press", RELEASED, "the ghost learns from what you played, and goes "
              "over to that if it is better; while it learns, stops it", partial(_command, Controls.adapt),
              answers=True),
        Entry(f"{PREFIX}/adapt/back", "press", RELEASED, "back to the ghost before it learned, or "
              "forward again", partial(_command, Controls.adapt_back), answers=True),
        *(Entry(f"{PREFIX}/port/{kind}/{verb}", "s", _PORT_NAMES[kind], f"{_VERBS[verb]} {_KINDS[kind]}",
                partial(_port, kind, verb), answers=True) for kind in _KINDS for verb in _VERBS),
        Entry(f"{PREFIX}/ping", "press", RELEASED, f"answers `{PREFIX}/pong` with the version of this table, "
              f"{VERSION}", _ping),
        Entry(f"{PREFIX}/get", "s|press", f"name, or {RELEASED}", f"answers `{PREFIX}/state/NAME` with the "
              f"value; NAME is a parameter or {', '.join(READINGS)}; without a name all of them", _get, True),
        Entry(f"{PREFIX}/listen", "T", "0 or 1", f"sends you `{PREFIX}/state/NAME` whenever a parameter "
              "changes, or no longer", _listen, True),
    )  # fmt: skip


def encode(event: Event) -> bytes:
    """The datagram of an event."""
    if isinstance(event, Touch):
        return _TOUCH[event.source] + _TOUCH_NUMBERS.pack(event.voice, event.x, event.y, event.moving)
    if isinstance(event, Note):
        return build(f"{PREFIX}/note", (event.source.value, event.pitch, event.velocity))
    if isinstance(event, Release):
        if is_key(event):
            return build(f"{PREFIX}/note", (event.source.value, event.voice - KEYS_VOICE, 0))
        return build(f"{PREFIX}/release", (event.source.value, event.voice))
    return build(f"{PREFIX}/values", (event.source.value, *map(float, event.values)))


def encode_state(name: str, value: Value) -> bytes:
    """The datagram of a parameter or a reading."""
    return build(f"{PREFIX}/state/{name}", (value,))


def _range(p: Parameter) -> str:
    if isinstance(p, Number):
        return f"{p.low:g} to {p.high:g}{' ' + p.unit if p.unit else ''}"
    if isinstance(p, Choice):
        words = "a model's name" if p.name == "model" else ", ".join(p.choices)
        return f"{words}, or its number from 0"
    return "0 or 1"


def _touch(context: OscContext, voice: int, x: float, y: float, moving: float) -> None:
    is_moving = bool(moving) if moving in (0, 1) else context.controls.is_on("moving", moving)
    context.controls.touch(voice, x, y, is_moving, context.time_s, release_after_s=context.release_after_s)
    context.note_contact(voice, True)


def _pad(context: OscContext, *xyz: float) -> None:
    _pad_of(context, 0, *xyz)


def _pad_of(context: OscContext, voice: int, x: float, y: float, z: float = 1.0) -> None:
    if z <= 0.0:
        _release(context, voice)
        return
    context.controls.touch(voice, x, y, None, context.time_s, z, release_after_s=context.release_after_s)
    context.note_contact(voice, True)


def _release(context: OscContext, voice: int) -> None:
    context.lifts()
    context.controls.release(voice, context.time_s)
    context.note_contact(voice, False)


def _note(context: OscContext, pitch: int, velocity: int) -> None:
    context.controls.note(pitch, velocity, context.time_s)
    context.note_contact(KEYS_VOICE + pitch, velocity != 0)


def _values(context: OscContext, *values: float) -> None:
    context.controls.values(values, 0, context.time_s)


def _set(name: str, context: OscContext, value: Value) -> None:
    if isinstance(value, float):  # 0.01 arrives as 0.00999999978: as many digits as a float32 has
        value = float(f"{value:.7g}")
    context.controls.set(name, value)


def _preset(context: OscContext, name: str | int) -> None:
    context.controls.preset(name)


def _command(command: Callable[[Controls], None], context: OscContext, is_pressed: bool) -> None:
    if is_pressed:
        command(context.controls)


def _port(kind: str, verb: str, context: OscContext, name: str) -> None:
    if not context.may_change_ports:
        raise ControlError("only this machine may change ports; remote_ports = true in the rig lets others.")
    later = context.later(f"{PREFIX}/port/{kind}/{verb}")
    controls = context.controls

    def answer(refusal: str, told: Collection[Target]) -> None:
        later("ports", controls.get("ports"), refusal, told)

    controls.change_port(kind, verb, name, answer)


def _ping(context: OscContext, is_pressed: bool) -> None:
    if is_pressed:
        context.reply(f"{PREFIX}/pong", VERSION)


def _get(context: OscContext, name: str | bool) -> None:
    if name is False:
        return
    values = context.controls.all() if name is True else {str(name): context.controls.get(str(name))}
    for name, value in values.items():
        context.reply(f"{PREFIX}/state/{name}", value)


def _listen(context: OscContext, on: float) -> None:
    context.listen(context.controls.is_on("listen", on))
