"""The commands of control surfaces: how OSC and MIDI reach the jam. Any thread, never blocking.

A surface translates its protocol into these calls. Here every value is checked before it reaches the jam: one
that is out of range is taken at the end of the range and counted, one that is no number is refused. And every
contact is made whole: it begins with a note or a touch that does not move, and ends with a release.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from app.core.clock import Clock, SystemClock
from app.core.contacts import Contacts
from app.core.control_targets import AdaptationLike, EngineLike, PortAnswer, PortsLike
from app.core.events import KEYS_VOICE, Event, EventError, Note, Release, Source, Touch, Values
from app.core.parameters import Choice, Number, Parameter, ParameterError, Settings, Value
from app.core.refusals import ControlError, Refusals

MAX_VOICES = 64  # as many as the ghost remembers, see app.engine.voice_states
MAX_VALUES = 64  # knobs of one controller
# A surface whose device tells of no release lets a contact go after this silence.
RELEASE_AFTER_S = 1.0
READINGS = {
    "ports": "what is open to other programs and devices",
    "bpm": "quarter notes a minute of the MIDI clock that comes in, 0 without one",
    "turn": "whose turn it is: player, ghost or nobody",
    "adapt": "how far learning is: idle, starting, learning N %, learned, not better, stopped, failed",
    "notice": "the last thing a person should know, empty if none",
    "refused": "how much of what came in was refused",
    "last_refusal": "why the last of it was refused",
    "clamped": "how many numbers were out of range and taken at its end",
}


class Controls(Refusals):
    """The verbs. One object serves every surface; voices are shared between them and with the canvas.

    Args:
        engine: plays.
        settings: the live parameters.
        clock: the engine's; stamps what comes without a time.
        presets: parameters by name, for each preset by name; see `preset`.

    Raises:
        ParameterError: a preset holds what no parameter accepts.
    """

    def __init__(
        self,
        engine: EngineLike,
        settings: Settings,
        *,
        clock: Clock | None = None,
        presets: Mapping[str, Mapping[str, Value]] | None = None,
    ) -> None:
        super().__init__(engine.tell, clock or SystemClock())
        self._engine = engine
        self._settings = settings
        self._contacts = Contacts()
        self.presets = self.checked(presets or {})
        self.ports: PortsLike | None = None
        self.adaptation: AdaptationLike | None = None
        self._readings: dict[str, Callable[[], Value]] = {
            "ports": lambda: "; ".join(self.ports.said) if self.ports else "",
            "bpm": lambda: round(engine.beat.bpm(self._clock.now()), 1),
            "turn": lambda: engine.status().turn,
            "adapt": lambda: self.adaptation.said if self.adaptation else "idle",
            "notice": lambda: engine.status().notice,
            "refused": lambda: self.n_refused,
            "last_refusal": lambda: self.last_refusal,
            "clamped": lambda: self.n_clamped,
        }

    def touch(
        self,
        voice: int,
        x: float,
        y: float,
        moving: bool | None = None,
        time_s: float | None = None,
        pressure: float = 1.0,
        *,
        release_after_s: float | None = None,
    ) -> None:
        """A finger is at (x, y).

        Args:
            voice: which finger, 0 to `MAX_VOICES` - 1.
            x, y: fractions of the canvas, clamped to [0, 1].
            moving: False begins a contact (and ends the one before, if its release was lost); True goes on
                with it; None for a device that does not tell: whatever is down moves.
            time_s: monotonic seconds; now if None.
            pressure: above 0, clamped to 1.
            release_after_s: the contact ends by itself after so long a silence, at the next `expire`; for
                a device that tells of no release. None: it does not.

        Raises:
            ControlError: a number is not finite, or there is no such voice. Nothing was played.
        """
        now_s = self._clock.now() if time_s is None else time_s
        _check_voice(voice)
        if pressure <= 0.0:
            raise ControlError(f"pressure: expected a number above 0 and up to 1, got {pressure:g}.")
        is_moving = moving is not False
        try:
            touch: Event = Touch(now_s, Source.PLAYER, voice, x, y, is_moving, pressure)
        except EventError:
            x, y, pressure = self.clamped(x=x, y=y, pressure=pressure)
            touch = _made(Touch, now_s, Source.PLAYER, voice, x, y, is_moving, pressure)
        with self._lock:
            end_s = math.inf if release_after_s is None else now_s + release_after_s
            self._submit(self._contacts.whole(touch, end_s))

    def release(self, voice: int, time_s: float | None = None) -> None:
        """The finger of `voice` left; no harm if it was not there.

        Raises:
            ControlError: `voice` is out of range.
        """
        now_s = self._clock.now() if time_s is None else time_s
        _check_voice(voice)
        with self._lock:
            self._submit(self._contacts.whole(_made(Release, now_s, Source.PLAYER, voice)))

    def note(self, pitch: int, velocity: int, time_s: float | None = None) -> None:
        """A key goes down, or up with a velocity of 0; no harm if it was not down.

        Args:
            pitch: 0 to 127, as MIDI numbers keys.
            velocity: clamped to 0 to 127.
            time_s: monotonic seconds; now if None.

        Raises:
            ControlError: there is no such key. Nothing was played.
        """
        now_s = self._clock.now() if time_s is None else time_s
        if not 0 <= velocity <= 127:
            velocity = int(self.within("velocity", velocity, 0.0, 127.0))
        note = _made(Note, now_s, Source.PLAYER, pitch, velocity or 1)
        up = Release(now_s, Source.PLAYER, KEYS_VOICE + pitch)
        with self._lock:
            self._submit(self._contacts.whole(note if velocity else up))

    def values(self, values: Sequence[float], voice: int = 0, time_s: float | None = None) -> None:
        """A controller reports all its knobs, each clamped to [0, 1].

        Raises:
            ControlError: none, more than `MAX_VALUES`, or one that is not finite.
        """
        now_s = self._clock.now() if time_s is None else time_s
        _check_voice(voice)
        if not 1 <= len(values) <= MAX_VALUES:
            raise ControlError(f"values: expected 1 to {MAX_VALUES} numbers, got {len(values)}.")
        try:
            event: Event = Values(now_s, Source.PLAYER, tuple(values), voice)
        except EventError:
            inside = self.clamped(**{f"x{number}": value for number, value in enumerate(values, start=1)})
            event = _made(Values, now_s, Source.PLAYER, inside, voice)
        self._engine.submit(event)

    def expire(self) -> float:
        """End the contacts whose silence was long enough; returns when to call again, infinity for never."""
        with self._lock:
            self._submit(self._contacts.expire(self._clock.now()))
            return self._contacts.next_s

    def in_order(self, job: Callable[[], None]) -> None:
        """Call `job` on the thread that plays, when what came before it has sounded. It returns at once."""
        self._engine.in_order(job)

    def tick(self, status: int, time_s: float) -> None:
        """A message of a MIDI clock: tick, start, continue or stop, as its status byte. One thread."""
        self._engine.beat.hear(status, time_s)

    def _submit(self, events: Iterable[Event]) -> None:
        for event in events:
            self._engine.submit(event)

    # Setting and asking

    def set(self, name: str, value: Value) -> None:
        """Set a live parameter, as a surface means it.

        A number out of range is taken at its end, a switch is on from 0.5, and a choice may be given by its
        number, from 0.

        Raises:
            ParameterError: there is none of this name, or it does not take `value`.
        """
        parameter = self._settings.parameter(name)
        if isinstance(value, str | bool) or not math.isfinite(value):
            self._settings.set(name, value)
        elif isinstance(parameter, Choice):
            self._settings.set(name, parameter.at(int(value)) if value == int(value) else value)
        elif isinstance(parameter, Number):
            self._settings.set(name, self.within(name, value, parameter.low, parameter.high))
        else:
            self._settings.set(name, self.is_on(name, value))

    def get(self, name: str) -> Value:
        """The value of a live parameter or one of `READINGS`; ParameterError if there is no such name."""
        if name not in READINGS:
            return self._settings[name]
        return self._readings[name]()

    def parameter(self, name: str) -> Parameter:
        """What a live parameter accepts, as this machine has it; ParameterError if there is no such name."""
        return self._settings.parameter(name)

    def all(self) -> dict[str, Value]:
        """Everything that `get` knows, by name."""
        return {**self._settings.snapshot(), **{name: self.get(name) for name in READINGS}}

    def preset(self, name: str | int) -> None:
        """Set the parameters of a preset, given by name or by number from 0. Music plays on meanwhile.

        Raises:
            ParameterError: there is no such preset. Nothing was changed.
        """
        names = tuple(self.presets)
        if isinstance(name, int):
            if not 0 <= name < len(names):
                raise ParameterError(f"preset: expected a number below {len(names)}, got {name}.")
            name = names[name]
        if name not in self.presets:
            raise ParameterError(f"preset: expected one of {', '.join(names) or '(none)'}, got {name!r}.")
        for parameter, value in self.presets[name].items():
            self._settings.set(parameter, value)

    def checked(self, presets: Mapping[str, Mapping[str, Value]]) -> dict[str, dict[str, Value]]:
        """`presets` as they can be set as `presets`; ParameterError if one holds what cannot be."""
        return {
            name: {each: self._settings.parameter(each).check(value) for each, value in values.items()}
            for name, values in presets.items()
        }

    # Commanding

    def change_port(self, kind: str, verb: str, name: str, answer: PortAnswer) -> None:
        """Open ("add") or close ("remove") a port: "osc_out", "midi_in" or "midi_out".

        `answer` is called when that is done, or refused; on another thread.

        Raises:
            ControlError: the ports are fixed here.
        """
        if self.ports is None:
            raise ControlError("the ports are fixed here.")
        self.ports.change(kind, verb, name, answer)

    def reset(self) -> None:
        """The ghost forgets what it heard."""
        self._engine.command("reset")

    def panic(self) -> None:
        """Everything that sounds stops, and every contact ends."""
        with self._lock:
            self._contacts.clear()
            self._engine.command("panic")

    @property
    def n_panics(self) -> int:
        """How often everything was silenced, from here or from anywhere."""
        return self._engine.n_panics

    def adapt(self) -> None:
        """The ghost learns from what was played, or stops that; ControlError if it cannot here."""
        self._learns().adapt()

    def adapt_back(self) -> None:
        """Back to the ghost before it learned, or forward again; ControlError if it cannot learn here."""
        self._learns().back()

    def _learns(self) -> AdaptationLike:
        if self.adaptation is None:
            raise ControlError("the ghost does not learn here.")
        return self.adaptation


COMMANDS: dict[str, Callable[[Controls], None]] = {
    "reset": Controls.reset,
    "panic": Controls.panic,
    "adapt": Controls.adapt,
    "adapt_back": Controls.adapt_back,
}
"""What can be commanded without more words, by name."""


def _check_voice(voice: int) -> None:
    if not 0 <= voice < MAX_VOICES:
        raise ControlError(f"voice: expected 0 to {MAX_VOICES - 1}, got {voice}.")


def _made(kind: Callable[..., Event], *fields: object) -> Event:
    try:
        return kind(*fields)
    except EventError as error:
        raise ControlError(str(error)) from None
