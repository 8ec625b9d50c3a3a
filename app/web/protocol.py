"""The words of a page and the program: frames of text, each a JSON array of messages, each an array. Pure.

page -> program: ["hello", {"name"}]  ["touch", finger, x, y, moving, pressure]  ["release", finger]
                 ["note", pitch, velocity]  ["values", [x1 ..]]  ["set", name, value]  ["do", command]
                 ["ping", number]
program -> page: ["welcome", {..}]  ["touch", source, voice, x, y, moving, pressure, person]
                 ["release", source, voice, person]  ["note", source, pitch, velocity, person]
                 ["values", source, [x1 ..], voice, person]  ["state", {name: value}]  ["panic"]
                 ["refused", reason]  ["pong", number]

x, y and values are fractions in [0, 1], pressure is in (0, 1], a velocity of 0 is the end of a key. A
`person` is the number of who played, null for the window, other ports and the ghost. Of the state, "glow" is
what `app.web.glow` tells of the mixture of the ghost's next touch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from operator import call
from typing import Any, NamedTuple

from app.core.controls import COMMANDS
from app.core.events import KEYS_VOICE, Event, Note, Release, Touch, is_key
from app.core.parameters import Value
from app.core.status import printable

MAX_MESSAGES = 512  # of one frame: half a second of ten fingers at 100 reports each
MAX_NAME = 40  # characters
MAX_REASON = 200  # characters of a refusal
HUGE = 2.0**53  # no number of a message is beyond: whole ones are exact up to here
NUMBERS = (float, int)


class Said(NamedTuple):
    """What a page says.

    Attributes:
        word: what it is about.
        arguments: as the table above has them, each of its type: whole numbers, fractions as they came, a
            hello as the name alone, which may be "".
    """

    word: str
    arguments: tuple[Any, ...]


class Malformed(NamedTuple):
    """What is no message: why."""

    reason: str


Told = Value | list[list[float]] | None  # of the state
Message = Said | Malformed


class _ProtocolError(ValueError):
    """Not a message: says what was expected."""


# What comes in


def parse(frame: str | bytes) -> list[Message]:
    """The messages of a frame, with a `Malformed` for each that is none. Never raises."""
    if isinstance(frame, bytes):
        return [Malformed("expected a frame of text, got a binary one.")]
    try:
        found = json.loads(frame)
    except (ValueError, RecursionError):  # also of numbers with too many digits
        return [Malformed("expected a JSON array of messages.")]
    if not isinstance(found, list) or len(found) > MAX_MESSAGES:
        return [Malformed(f"expected a JSON array of up to {MAX_MESSAGES} messages.")]
    return [_message(each) for each in found]


def _message(found: object) -> Message:
    if not isinstance(found, list) or not found or not isinstance(found[0], str) or found[0] not in _READERS:
        return Malformed(f"expected an array that starts with one of {', '.join(_READERS)}.")
    word, *arguments = found
    readers = _READERS[word]
    if len(arguments) != len(readers):
        return Malformed(f"{word}: expected {len(readers)} arguments, got {len(arguments)}.")
    try:
        return Said(word, tuple(map(call, readers, arguments)))
    except _ProtocolError as error:
        return Malformed(f"{word}: {error}")


def _name(about: object) -> str:
    name = about.get("name", "") if isinstance(about, dict) else None
    if not isinstance(name, str):
        raise _ProtocolError("expected an object with a name.")
    return printable(name[:MAX_NAME]).strip()


def _numbers(values: object) -> tuple[float, ...]:
    if not isinstance(values, list):
        raise _ProtocolError("expected an array of numbers.")
    return tuple(map(_number, values))


def _parameter(name: object) -> str:
    if not isinstance(name, str):
        raise _ProtocolError("expected a name and a value.")
    return name


def _value(value: object) -> Value:
    return value if isinstance(value, str | bool) else _number(value)


def _command(command: object) -> str:
    if not isinstance(command, str) or command not in COMMANDS:
        raise _ProtocolError(f"expected one of {', '.join(COMMANDS)}.")
    return command


def _number(value: Any) -> float:
    if type(value) not in NUMBERS or not -HUGE <= value <= HUGE:  # what JSON makes has no other types
        raise _ProtocolError("expected a finite number.")
    return float(value)


def _whole(value: object) -> int:
    number = _number(value)
    if number != int(number):
        raise _ProtocolError("expected a whole number.")
    return int(number)


def _switch(value: object) -> bool:
    if value not in (True, False):
        raise _ProtocolError("expected true or false.")
    return bool(value)


_READERS: dict[str, tuple[Callable[[object], object], ...]] = {
    "hello": (_name,),
    "touch": (_whole, _number, _number, _switch, _number),
    "release": (_whole,),
    "note": (_whole, _whole),
    "values": (_numbers,),
    "set": (_parameter, _value),
    "do": (_command,),
    "ping": (_number,),
}

# What goes out: each function makes the text of one message, `frame` that of a frame


def frame(messages: Iterable[str]) -> str:
    """Messages as one frame."""
    return f"[{','.join(messages)}]"


def event(played: Event, person: int | None) -> str:
    """What sounded, and whose it is."""
    source, who = played.source.value, "null" if person is None else person
    if isinstance(played, Touch):  # most of what is sent, so it is put together by hand
        return (
            f'["touch","{source}",{played.voice},{played.x:.5g},{played.y:.5g},'
            f"{'true' if played.moving else 'false'},{played.pressure:.4g},{who}]"
        )
    if isinstance(played, Note):
        return f'["note","{source}",{played.pitch},{played.velocity},{who}]'
    if isinstance(played, Release):
        if is_key(played):
            return f'["note","{source}",{played.voice - KEYS_VOICE},0,{who}]'
        return f'["release","{source}",{played.voice},{who}]'
    values = ",".join(f"{value:.5g}" for value in played.values)
    return f'["values","{source}",[{values}],{played.voice},{who}]'


def welcome(about: Mapping[str, Any]) -> str:
    """Who the page is, and everything it should know at the start."""
    return _written("welcome", about)


def state(changed: Mapping[str, Told]) -> str:
    """What changed."""
    return _written("state", changed)


def refused(reason: str) -> str:
    """Why something was not done."""
    return _written("refused", reason[:MAX_REASON])


def pong(number: float) -> str:
    """The answer to a ping."""
    return _written("pong", int(number) if number == int(number) else number)


PANIC = '["panic"]'


def _written(*message: Any) -> str:
    return json.dumps(message, separators=(",", ":"), allow_nan=False)
