"""What the engine needs around it, in a test: a clock moved by hand, a ghost that plays a script, a sink that
remembers, and a stage that puts them together so that a scenario is a list of [time, what, values]."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from app.core.clock import ManualClock
from app.core.events import KEYS_VOICE, Event, Note, Release, Source, Touch, Values, is_key
from app.core.parameters import Settings
from app.core.sink import CollectingSink
from app.engine.thread import Engine
from mdn.mixture import Mixture

NOTE_COLUMNS = ("dt", "pitch", "duration", "velocity")
TOUCH_COLUMNS = ("x", "y", "dt", "moving")
STROKE = ((0.5, 0.5, 0.3, 0.0), (0.6, 0.5, 0.1, 1.0), (0.7, 0.5, 0.1, 1.0), (0.8, 0.5, 0.1, 1.0))

TICK_S = 1e-6  # a scenario runs this much past its times: in float32, 0.1 is a little more than 0.1

Literal = list[Any]  # [time, "ghost touch 0", [x, y, moving]]


class ScriptedGhost:
    """A ghost whose memory can be read: its state is the tuple of ("heard" or "made", *row) since the reset.

    It makes the rows of `script` in turn, from the first one whenever it has just heard something.

    Attributes:
        fail: raised by the next calls of `generate`, as often as there are errors in the list.
        chunks: how many events each call of `generate` was asked for.
        temperatures: (pi, sigma) of each call of `generate`.
        default_temperatures: where the player's two knobs start.
        guide_slices, n_proposals: it cannot be guided, and makes no proposals, unless a test says otherwise.
    """

    def __init__(
        self,
        script: Sequence[Sequence[float]] = STROKE,
        columns: tuple[str, ...] = TOUCH_COLUMNS,
    ) -> None:
        self.script = [tuple(float(v) for v in row) for row in script]
        self.columns = columns
        self.state: Any = ()
        self.default_temperatures = (1.0, 1.0)
        self.guide_slices: dict[str, slice] = {}
        self.n_proposals = 0
        self.guides: list[np.ndarray | None] = []
        self.fail: list[Exception] = []
        self.fail_feed: list[Exception] = []
        self.chunks: list[int] = []
        self.temperatures: list[tuple[float, float]] = []

    def feed(self, events: np.ndarray) -> None:
        if self.fail_feed:
            raise self.fail_feed.pop()
        self.state = (*self.state, *(("heard", *_rounded(row)) for row in np.atleast_2d(events)))

    def generate(
        self,
        n_events: int,
        *,
        pi_temperature: float = 1.0,
        sigma_temperature: float = 1.0,
        guide: np.ndarray | None = None,
    ) -> np.ndarray:
        if self.fail:
            raise self.fail.pop()
        self.chunks.append(n_events)
        self.guides.append(guide)
        self.temperatures.append((pi_temperature, sigma_temperature))
        kinds = [kind for kind, *_ in reversed(self.state)]
        n_made = kinds.index("heard") if "heard" in kinds else len(kinds)
        rows = [self.script[(n_made + index) % len(self.script)] for index in range(n_events)]
        self.state = (*self.state, *(("made", *row) for row in rows))
        return np.array(rows, np.float32).reshape(len(rows), len(self.columns))

    def propose(
        self,
        states: Sequence[Any],
        n_events: int,
        *,
        guides: np.ndarray | None = None,
        pi_temperature: float = 1.0,
        sigma_temperature: float = 1.0,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, list[Any]]:
        before, made, after = self.state, [], []
        for i, state in enumerate(states):
            self.state = state
            guide = None if guides is None else guides[i]
            made.append(
                self.generate(
                    n_events,
                    pi_temperature=pi_temperature,
                    sigma_temperature=sigma_temperature,
                    guide=guide,
                )
            )
            after.append(self.state)
        self.state = before
        return np.stack(made), after

    def rng(self, number: int) -> np.random.Generator:
        return np.random.default_rng(number)

    def mixture(self) -> Mixture:
        """One component, at the last place heard or made; `dt_s` is how many events there were."""
        mean = np.array([self.state[-1][1:3]], np.float32)
        n_events = np.array([len(self.state)])
        return Mixture(np.ones(1), mean, np.zeros((1, 2, 2)), n_events, np.ones(1), np.zeros((1, 0)))

    def reset(self) -> None:
        self.state = ()


class RecordingSink(CollectingSink):
    """Remembers every panic and close too; raises the errors in `fail`, one for each call."""

    def __init__(self) -> None:
        super().__init__()
        self.n_panics = self.n_closes = 0
        self.values: dict[str, Any] = {}
        self.fail: list[Exception] = []

    def play(self, event: Event) -> None:
        if self.fail:
            raise self.fail.pop()
        super().play(event)

    def panic(self) -> None:
        self.n_panics += 1

    def close(self) -> None:
        self.n_closes += 1

    def set(self, name: str, value: Any) -> None:
        self.values[name] = value

    @property
    def log(self) -> list[Literal]:
        """The events as literal lists."""
        return [literal(event) for event in self.events]

    @property
    def ghost(self) -> list[Literal]:
        """The ghost's events as literal lists."""
        return [literal(event) for event in self.events if event.source is Source.GHOST]

    @property
    def held(self) -> frozenset[tuple[Source, int]]:
        """Which voices a listener believes held; AssertionError if a release was for a voice that was not."""
        held: frozenset[tuple[Source, int]] = frozenset()
        for event in self.events:
            key = (event.source, event.voice)
            if not isinstance(event, Release):
                held |= {key}
            else:
                assert key in held, f"{event} releases what is not held"
                held -= {key}
        return held


class Stage:
    """The real engine with a fake clock, a scripted ghost and one sink."""

    def __init__(
        self,
        mode: str = "call",
        *,
        ghost: ScriptedGhost | None = None,
        load_ghost: Callable[[str], Any] | None = None,
        choices: dict[str, tuple[str, ...]] | None = None,
        **values: float | bool | str,
    ) -> None:
        self.clock = ManualClock()
        self.ghost = ghost or ScriptedGhost()
        self.sink = RecordingSink()
        self.settings = Settings(choices=choices)
        for name, value in {"mode": mode, "threshold_s": 0.5, "reply_s": 0.0, **values}.items():
            self.settings.set(name, value)
        self.engine = Engine(self.ghost, self.settings, [self.sink], clock=self.clock, load_ghost=load_ghost)

    def play(self, scenario: Sequence[Literal], *, until: float | None = None) -> list[Literal]:
        """Run [time, what, values] and then on until a time; what came out, as literal lists.

        `what` is "touch 0", "release 0", "values 0", "note 60", "up 60", "set timescale", "go_over two",
        "reset" or "panic".
        """
        for time_s, what, values in scenario:
            self.engine.run_until(time_s + TICK_S)
            self.do(time_s, what, values)
        self.engine.run_until(self.clock.now() if until is None else until + TICK_S)
        return self.sink.log

    def do(self, time_s: float, what: str, values: Any) -> None:
        verb, _, name = what.partition(" ")
        if verb == "touch":
            x, y, moving = values
            self.engine.submit(Touch(time_s, Source.PLAYER, int(name), x, y, bool(moving)))
        elif verb == "note":
            self.engine.submit(Note(time_s, Source.PLAYER, int(name), *values))
        elif verb == "up":
            self.engine.submit(Release(time_s, Source.PLAYER, KEYS_VOICE + int(name)))
        elif verb == "release":
            self.engine.submit(Release(time_s, Source.PLAYER, int(name)))
        elif verb == "values":
            self.engine.submit(Values(time_s, Source.PLAYER, tuple(values), int(name)))
        elif verb == "set":
            self.settings.set(name, values)
        elif verb == "go_over":
            self.engine.go_over(name)
        else:
            self.engine.command(verb)


def literal(event: Event) -> Literal:
    """An event as [time, "ghost touch 0", [x, y, moving]], rounded to 10 us.

    A key is [time, "ghost note 60", [velocity]] or [time, "ghost up 60", []].
    """
    time_s = round(event.time_s, 5)
    if is_key(event):
        pitch = event.voice - KEYS_VOICE
        if isinstance(event, Note):
            return [time_s, f"{event.source} note {pitch}", [event.velocity]]
        return [time_s, f"{event.source} up {pitch}", []]
    kind = type(event).__name__.lower()
    values: list[Any] = []
    if isinstance(event, Touch):
        values = [round(event.x, 6), round(event.y, 6), int(event.moving)]
    elif isinstance(event, Values):
        values = [round(value, 6) for value in event.values]
    return [time_s, f"{event.source} {kind} {event.voice}", values]


def _rounded(row: np.ndarray) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in row)
