"""Lines that come in: what a maker's sketch prints, played.

| the model hears | line | meaning |
|---|---|---|
| values | `x1,..,xn` | where all knobs are, each 0 to 1 |
| touches | `x,y` | a finger is there, each 0 to 1 from the top left; it moves while it is down |
| touches | `x,y,moving` | the same; 0 begins a contact, 1 goes on with it |
| touches | `voice,x,y,moving` | one of several fingers, 0 to 63 |
| touches | `voice,x,y,moving,pressure` | the same, with pressure from 0, which lifts it, to 1 |
| touches | `release` or `release,voice` | the finger is lifted |
| notes | `pitch,velocity` | a key goes down, or up with velocity 0; each 0 to 127 |
| any | `set,NAME,VALUE` | sets a live parameter |
| any | `reset`, `panic` | the ghost forgets; everything falls silent |

Numbers may have spaces around them. A device that never sends a release need not: its contacts end after a
second of silence. The profile `impsy` takes values only, as the peer does. Source of that:
github.com/cpmpercussion/impsy, impsy/impsio.py.
"""

from __future__ import annotations

from app.core.controls import MAX_VOICES, RELEASE_AFTER_S, Controls
from app.core.events import EventKind
from app.core.parameters import ParameterError
from app.core.refusals import ControlError
from app.serial.line_splitter import LONGEST_LINE

COMMANDS = ("release", "set", "reset", "panic")
SHOWN = 60  # characters of a line that is refused
TOUCH_LINES = "x,y or x,y,moving or voice,x,y,moving or voice,x,y,moving,pressure"


class LinesIn:
    """Plays the lines of one device.

    Args:
        controls: what is played and set.
        name: of the port, for refusals.
        hears: what the model hears.
        n_values: how many values a line of them has.
    """

    def __init__(self, controls: Controls, name: str, hears: EventKind, n_values: int) -> None:
        self._controls = controls
        self._name = name
        self._hears = hears
        self._n_values = n_values
        self._tells_releases = False
        self._down: set[int] = set()  # fingers or keys
        self.only_values = False

    def take(self, line: bytes, time_s: float) -> None:
        """Play one line, or refuse it. Never raises for what is in it."""
        try:
            if text := _text(line):
                self._take(text, time_s)
        except (ControlError, ParameterError) as error:
            self._controls.refuse(f"{self._name}: {error}")

    def is_release(self, line: bytes) -> bool:
        """Whether a line only ends something, so that it must not be lost; judged at a glance."""
        if line.startswith(b"release"):
            return True
        n_commas = {EventKind.NOTES: 1, EventKind.TOUCHES: 4}.get(self._hears)
        return line.count(b",") == n_commas and not line.rpartition(b",")[2].strip(b"0. ")

    def release(self, time_s: float) -> None:
        """The device is gone: what it held is lifted."""
        for each in sorted(self._down):
            if self._hears is EventKind.NOTES:
                self._controls.note(each, 0, time_s)
            else:
                self._controls.release(each, time_s)
        self._down.clear()

    def _take(self, text: str, time_s: float) -> None:
        words = [word.strip() for word in text.split(",")]
        if words[0] in COMMANDS:
            self._command(words, text, time_s)
            return
        numbers = [_number(word, text) for word in words]
        if self._hears is EventKind.VALUES:
            if len(numbers) != self._n_values:
                raise ControlError(f"expected {self._n_values} numbers, got {len(numbers)}.")
            self._controls.values(numbers, 0, time_s)
        elif self._hears is EventKind.NOTES:
            self._note(numbers, time_s)
        else:
            self._touch(numbers, time_s)

    def _command(self, words: list[str], text: str, time_s: float) -> None:
        if words[0] == "release" and len(words) <= 2 and self._hears is EventKind.TOUCHES:
            number = _number(words[1], text) if len(words) == 2 else 0.0
            self._lift(_whole("voice", number, MAX_VOICES - 1), time_s)
        elif words[0] == "set" and len(words) == 3 and not self.only_values:
            self._set(words[1], words[2])
        elif words == ["reset"] and not self.only_values:
            self._controls.reset()
        elif words == ["panic"] and not self.only_values:
            self._controls.panic()
        else:
            raise ControlError(f"there is no such line here: {text[:SHOWN]!r}.")

    def _set(self, name: str, word: str) -> None:
        try:
            self._controls.set(name, float(word))
        except ValueError as error:
            if isinstance(error, ControlError | ParameterError):
                raise
            self._controls.set(name, word)

    def _touch(self, numbers: list[float], time_s: float) -> None:
        if not 2 <= len(numbers) <= 5:
            raise ControlError(f"expected {TOUCH_LINES}, got {len(numbers)} numbers.")
        voice = _whole("voice", numbers.pop(0), MAX_VOICES - 1) if len(numbers) > 3 else 0
        x, y, *rest = numbers
        pressure = rest[1] if len(rest) > 1 else 1.0
        if pressure == 0.0:  # as a recording has it
            self._lift(voice, time_s)
            return
        moving = self._controls.is_on("moving", rest[0]) if rest else None
        ends_s = None if self._tells_releases else RELEASE_AFTER_S
        self._controls.touch(voice, x, y, moving, time_s, pressure, release_after_s=ends_s)
        self._down.add(voice)

    def _lift(self, voice: int, time_s: float) -> None:
        self._tells_releases = True
        self._down.discard(voice)
        self._controls.release(voice, time_s)

    def _note(self, numbers: list[float], time_s: float) -> None:
        if len(numbers) != 2:
            raise ControlError(f"expected pitch,velocity, got {len(numbers)} numbers.")
        pitch, velocity = _whole("pitch", numbers[0], 127), _whole("velocity", numbers[1], 127)
        self._controls.note(pitch, velocity, time_s)
        (self._down.add if velocity else self._down.discard)(pitch)


def _text(line: bytes) -> str:
    if len(line) > LONGEST_LINE:
        raise ControlError(f"expected lines of at most {LONGEST_LINE} bytes.")
    text = line.decode("ascii", "replace").replace("\t", " ").strip()
    if not text.isprintable() or not text.isascii():
        raise ControlError("expected lines of plain text; is the baud rate the device's?")
    return text


def _number(word: str, line: str) -> float:
    try:
        return float(word.replace("_", "-"))  # Python would read 1_5 as 15
    except ValueError:
        raise ControlError(f"expected numbers and commas, got {line[:SHOWN]!r}.") from None


def _whole(name: str, number: float, most: int) -> int:
    if not 0 <= number <= most or number != int(number):
        raise ControlError(f"{name}: expected a whole number from 0 to {most}, got {number:g}.")
    return int(number)
