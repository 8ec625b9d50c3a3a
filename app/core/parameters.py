"""The live parameters: one registry entry each, read by the window, the keys, the command line and OSC.

A parameter exists once, here. Whoever shows or sets one asks this table for its label, range and
unit, and sets it through `Settings`, so every control surface shows the same value.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from app.core.modes import MODES

Value = float | str | bool


class ParameterError(ValueError):
    """A value no parameter accepts: names the parameter, what it accepts and what it was given."""


@dataclass(frozen=True)
class Number:
    """A number in [low, high].

    Attributes:
        logarithmic: a knob moves it by ratios, not by differences.
        words: numbers that mean something of their own, each with the word that is shown for it. Numbers
            below 0 are rounded to one of these.
    """

    name: str
    label: str
    default: float
    low: float
    high: float
    unit: str
    help: str
    logarithmic: bool = False
    words: tuple[tuple[float, str], ...] = ()

    def word(self, value: float) -> str:
        """What is shown instead of `value`; nothing where the number says it."""
        return dict(self.words).get(value, "")

    def check(self, value: Value) -> float:
        """`value` as a float; ParameterError unless it is finite and in range."""
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if isinstance(value, bool) or not self.low <= number <= self.high:
            raise ParameterError(
                f"{self.name}: expected a number from {self.low:g} to {self.high:g}, got {value!r}."
            )
        return float(round(number)) if self.words and number < 0.0 else number


@dataclass(frozen=True)
class Choice:
    """One of a list of words. `choices` of `model` depends on what is installed: see `Settings`.

    Attributes:
        why_not: words that a person may expect among the choices, each with why it is none of them.
        meanings: what choices mean, where the word does not say it.
    """

    name: str
    label: str
    default: str
    choices: tuple[str, ...]
    help: str
    why_not: tuple[tuple[str, str], ...] = ()
    meanings: tuple[tuple[str, str], ...] = ()

    def check(self, value: Value) -> str:
        """`value`; ParameterError, with the choices there are, if it is not one of them."""
        if value not in self.choices:
            why = next((f", which {why}" for word, why in self.why_not if word == value), "")
            expected = ", ".join(self.choices)
            raise ParameterError(f"{self.name}: expected one of {expected}, got {value!r}{why}.")
        return str(value)

    def at(self, index: int) -> str:
        """The choice of this number, from 0; ParameterError if there is none."""
        if not 0 <= index < len(self.choices):
            last = len(self.choices) - 1
            raise ParameterError(f"{self.name}: expected a word or a number from 0 to {last}, got {index}.")
        return self.choices[index]


@dataclass(frozen=True)
class Switch:
    """On or off."""

    name: str
    label: str
    default: bool
    help: str

    def check(self, value: Value) -> bool:
        """`value` as a bool; accepts True, False, 0 and 1."""
        if value not in (True, False):
            raise ParameterError(f"{self.name}: expected true or false (1 or 0), got {value!r}.")
        return bool(value)


Parameter = Number | Choice | Switch

AS_LONG = -1.0  # of `reply_s`: as long as the phrase

PARAMETERS: tuple[Parameter, ...] = (
    Choice(
        "mode",
        "mode",
        next(iter(MODES)),
        tuple(MODES),
        "who plays when",
        meanings=tuple((mode.name, mode.help) for mode in MODES.values()),
    ),
    Choice("model", "model", "touch", ("touch",), "which ghost listens"),
    Choice("instrument", "sound", "strings", ("keys", "strings", "chirp", "drums"),
        "what you and the ghost sound like"),
    Choice("scale", "scale", "free", ("free", "pentatonic", "major", "minor", "chromatic"),
        "the scale pitches are drawn to; free leaves them where the finger is"),
    Choice("ghosts", "ghosts", "each", ("each", "one"),
        "whether every voice is answered by a ghost of its own, or all of them by one that hears them all"),
    Choice("quantise", "grid", "off", ("off", "1/4", "1/8", "1/16"),
        "the ghost's contacts and notes begin on the steps of a MIDI clock, notes without one on your beat"),
    Number("likeness", "like you", 0.6, 0.0, 2.0, "",
        "how closely the ghost follows your playing: 0 leaves it alone, 2 is nearly an echo"),
    Number("pi_temperature", "which idea", 1.0, 0.05, 3.0, "",
        "divides the logits of pi: low repeats the likeliest idea, high tries the others", logarithmic=True),
    Number("sigma_temperature", "how loose", 1.0, 0.01, 3.0, "",
        "multiplies the covariance, so the deviation by its square root", logarithmic=True),
    Number("timescale", "stretch", 1.0, 0.25, 4.0, "x",
        "stretches the ghost's time; 2 plays half as fast. What it hears is not stretched", logarithmic=True),
    Number("threshold_s", "patience", 0.8, 0.1, 10.0, "s",
        "silence after which the ghost answers in call mode", logarithmic=True),
    Number("reply_s", "reply", AS_LONG, AS_LONG, 60.0, "s",
        "longest answer in call mode; -1 is as long as your phrase, 0 goes on until you touch",
        words=((AS_LONG, "as yours"), (0.0, "free"))),
    Number("loop_s", "loop", 5.0, 1.0, 30.0, "s", "length of the phrase in loop mode"),
    Number("volume", "volume", 0.8, 0.0, 1.0, "", "loudness of the sound"),
    Switch("pause", "pause", False, "the ghost holds still and goes on where it was"),
    Switch("mute", "mute", False, "the ghost goes on unheard"),
)  # fmt: skip


class Settings:
    """The current value of every parameter. Any thread may read and set.

    Args:
        parameters: the table; `PARAMETERS` unless a test says otherwise.
        choices: replaces the choices of a Choice that depends on this machine, as
            `{"model": ("touch", "my-take")}`.
        why_not: of a Choice, replaced likewise: `{"model": {"controller": "hears knobs"}}`.
    """

    def __init__(
        self,
        parameters: Iterable[Parameter] = PARAMETERS,
        *,
        choices: dict[str, tuple[str, ...]] | None = None,
        why_not: dict[str, dict[str, str]] | None = None,
    ) -> None:
        self._parameters = {p.name: p for p in parameters}
        for name, words in (choices or {}).items():
            others = tuple((why_not or {}).get(name, {}).items())
            self._parameters[name] = replace(self._choice(name), choices=words, why_not=others)
        self._values: dict[str, Value] = {p.name: p.default for p in self._parameters.values()}
        self._lock = threading.RLock()  # held while listeners are told
        self._listeners: list[Callable[[str, Value], None]] = []

    def parameter(self, name: str) -> Parameter:
        """The table entry of `name`; ParameterError, with the names there are, if there is none."""
        try:
            return self._parameters[name]
        except KeyError:
            known = ", ".join(self._parameters)
            raise ParameterError(f"parameter: expected one of {known}, got {name!r}.") from None

    def add_choice(self, name: str, word: str) -> None:
        """Let a Choice take `word` too, from now on; no harm if it does already."""
        with self._lock:
            choice = self._choice(name)
            if word not in choice.choices:
                self._parameters[name] = replace(choice, choices=(*choice.choices, word))

    def _choice(self, name: str) -> Choice:
        parameter = self._parameters[name]
        if not isinstance(parameter, Choice):
            raise ParameterError(f"{name}: expected a choice, got {type(parameter).__name__}.")
        return parameter

    def __getitem__(self, name: str) -> Value:
        try:
            return self._values[name]
        except KeyError:
            self.parameter(name)  # says which there are
            raise

    def number(self, name: str) -> float:
        """The value of a Number."""
        return float(self[name])

    def word(self, name: str) -> str:
        """The value of a Choice."""
        return str(self[name])

    def is_on(self, name: str) -> bool:
        """The value of a Switch."""
        return bool(self[name])

    def set(self, name: str, value: Value) -> None:
        """Check and store `value`, then tell the listeners, in the caller's thread: all of one value, then of
        the next.

        Raises:
            ParameterError: the name or the value is not accepted; the old value stays.
        """
        checked = self.parameter(name).check(value)
        with self._lock:
            if self._values[name] == checked:
                return
            self._values[name] = checked
            for listener in tuple(self._listeners):
                listener(name, checked)

    def snapshot(self) -> dict[str, Value]:
        """All values, by name, at one moment."""
        with self._lock:
            return dict(self._values)

    def subscribe(self, listener: Callable[[str, Value], None]) -> None:
        """Call `listener(name, value)` after every change. It must return at once."""
        with self._lock:
            self._listeners.append(listener)
