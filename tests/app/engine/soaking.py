"""A long evening in short: a player who does anything, and a listener who believes every message."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from app.core.clock import ManualClock
from app.core.controls import Controls
from app.core.events import Event, Release, Source, Touch
from app.core.parameters import Settings
from app.core.sink import Sink
from app.engine.thread import Engine
from app.midi.changes import Changes
from app.midi.echo_filter import EchoFilter
from app.midi.out import MidiOut
from app.midi.setup import OutSetup
from app.osc.inbound import HORIZON_S, Inbound
from app.osc.out import OscOut
from app.osc.packet import Argument, build, build_bundle, from_unix_s, parse
from app.osc.profiles import PROFILES
from app.recording.recorder import Recorder
from models.performance import read_performance
from tests.app.fakes import NOTE_COLUMNS, TOUCH_COLUMNS
from tests.app.midi.fakes import Synth

MODES = ("call", "duet", "solo", "loop", "listen")
STEP_S = 0.02
LOOK_S = 10.0
LONGEST_S = 30.0  # that anything of the ghost may be held: a contact of the model, in the longest stretch


class Wanderer:
    """A ghost that costs nothing: a random walk, whose state is a place and a count."""

    columns = TOUCH_COLUMNS
    guide_slices: ClassVar[dict[str, slice]] = {}
    n_proposals = 2
    default_temperatures = (1.0, 1.0)

    def __init__(self, seed: int = 1) -> None:
        self._random = np.random.default_rng(seed)
        self.state: tuple[float, float] = (0.5, 0.5)

    def rng(self, number: int) -> np.random.Generator:
        return np.random.default_rng(number)

    def propose(self, states: Sequence[Any], n_events: int, **_: Any) -> tuple[np.ndarray, list[Any]]:
        kept, made, after = self.state, [], []
        for self.state in states:
            made.append(self.generate(n_events))
            after.append(self.state)
        self.state = kept
        return np.stack(made), after

    def feed(self, events: np.ndarray) -> None:
        self.state = tuple(np.atleast_2d(events)[-1, :2].tolist())

    def generate(self, n_events: int, **_: Any) -> np.ndarray:
        noise = self._random.random((n_events, 4)).astype(np.float32)
        steps = np.cumsum(noise[:, :2] - 0.5, axis=0) * 0.1
        rows = np.empty((n_events, 4), np.float32)
        rows[:, :2] = np.clip(np.array(self.state, np.float32) + steps, 0.0, 1.0)
        rows[:, 2] = np.where(noise[:, 2] < 0.01, 2.0, 0.002 + 0.03 * noise[:, 2])
        rows[:, 3] = noise[:, 3] > 0.05
        self.state = tuple(rows[-1, :2].tolist())
        return rows

    def mixture(self) -> Any:
        raise NotImplementedError("nobody watches it")

    def reset(self) -> None:
        self.state = (0.5, 0.5)


class NoteWanderer(Wanderer):
    """Likewise of notes: chords, runs, pauses, keys that are struck while they are down."""

    columns = NOTE_COLUMNS

    def generate(self, n_events: int, **_: Any) -> np.ndarray:
        noise = self._random.random((n_events, 4)).astype(np.float32)
        rows = np.empty((n_events, 4), np.float32)
        rows[:, 0] = np.where(noise[:, 0] < 0.3, 0.0, np.where(noise[:, 0] > 0.98, 2.0, 0.3 * noise[:, 0]))
        rows[:, 1] = np.round(48 + 24 * noise[:, 1])
        rows[:, 2] = np.where(noise[:, 2] > 0.95, 6.0, 0.01 + 0.5 * noise[:, 2])
        rows[:, 3] = np.round(1 + 126 * noise[:, 3])
        self.state = tuple(rows[-1, :2].tolist())
        return rows


class Ear(Sink):
    """A sink that knows what is held, since when, and keeps nothing else.

    Attributes:
        held: since when, by source and voice.
        longest_s: the longest that anything of the ghost was held without a word of it.
        faults: what a listener could not have understood.
    """

    def __init__(self) -> None:
        self.held: dict[tuple[Source, int], float] = {}
        self.n_events = {Source.PLAYER: 0, Source.GHOST: 0}
        self.longest_s = 0.0
        self.last_s = 0.0
        self.faults: list[str] = []

    def play(self, event: Event) -> None:
        key = (event.source, event.voice)
        self.n_events[event.source] += 1
        if event.source is Source.GHOST:
            if event.time_s < self.last_s - 1e-6:
                self.faults.append(f"{event} after one of {self.last_s}")
            self.last_s = event.time_s
            self.longest_s = max(self.longest_s, event.time_s - self.held.get(key, event.time_s))
        if isinstance(event, Release):
            if self.held.pop(key, None) is None:
                self.faults.append(f"{event} of what is not held")
        elif isinstance(event, Touch) and event.moving and key not in self.held:
            self.faults.append(f"{event} moves what is not held")
        else:
            self.held[key] = event.time_s
        if key in self.held:
            self.held[key] = event.time_s


MODELS = ("touch", "other")
WALL_S = 1_900_000_000.0  # what the calendar says when the clock says 0
WRITE_EVENTS = 20_000  # so often the clock waits for the disk: in an hour of a minute it would fall behind


class Hall:
    """An engine on a clock moved by hand, all doors that an evening has, and a listener at each.

    It is played by OSC, now and then with time tags; it plays to a MIDI output into a strict receiver, to OSC
    on the loopback, and to a recorder; models are changed while it plays.

    Args:
        ghost: plays at the start, as "touch".
        folder: for the recording.
        load: opens the other model.
        seed: of what is played.

    Attributes:
        osc_held: who was touched and not released, as OSC tells it.
        n_osc: events that came by OSC.
    """

    def __init__(self, ghost: Any, folder: Path, load: Callable[[str], Any], seed: int = 1) -> None:
        self.clock, self.ear, self.synth = ManualClock(), Ear(), Synth()
        self.settings = Settings(choices={"model": MODELS})
        midi = MidiOut(
            OutSetup("synth", mpe=True), (), EchoFilter(), Changes(),
            clock=self.clock, sleep=lambda _: None,
        )  # fmt: skip
        midi.attach(self.synth, "synth")
        self.midi = midi
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.osc_held: set[tuple[Argument, ...]] = set()
        self.n_osc = 0
        self._osc_out = OscOut(f"127.0.0.1:{self._socket.getsockname()[1]}")
        self.recorder = Recorder(folder)
        sinks = [self.ear, midi, self._osc_out, self.recorder]
        self.engine = Engine(ghost, self.settings, sinks, clock=self.clock, load_ghost=load)
        self.controls = Controls(self.engine, self.settings, clock=self.clock)
        self._inbound = Inbound(
            self.controls, PROFILES["ghostjam"], lambda *_: None,
            clock=self.clock, wall_s=lambda: WALL_S + self.clock.now(),
        )  # fmt: skip
        self._n_written = 0
        self._random = random.Random(seed)
        self._down: dict[int, Any] = {}
        self._rests_until_s = 0.0

    def play(self, seconds: float) -> Iterator[float]:
        """Play for so long; yields the time every `LOOK_S`."""
        start_s = self.clock.now()
        at_s, look_s = start_s, start_s
        while at_s < start_s + seconds:
            at_s += STEP_S
            self.engine.run_until(at_s)
            self._inbound.advance()
            self._do(at_s)
            self.midi.step()
            self._hear()
            del self.synth.log[:]
            if at_s >= look_s:
                look_s += LOOK_S
                yield at_s

    def _hear(self) -> None:
        """Take what came by OSC, and let the disk follow."""
        while True:
            try:
                packet = self._socket.recv(65536)
            except BlockingIOError:
                break
            for message in parse(packet):
                if message.address in ("/ghostjam/touch", "/ghostjam/release", "/ghostjam/note"):
                    self.n_osc += 1
                    is_up = message.address.endswith("release") or message.arguments[2:] == (0,)
                    (self.osc_held.discard if is_up else self.osc_held.add)(message.arguments[:2])
        if self.n_osc > self._n_written + WRITE_EVENTS:
            self._n_written = self.n_osc
            self.recorder.flush()

    def say(self, address: str, *arguments: Argument) -> None:
        """A message arrives by OSC, one in eight with a time tag a moment ahead."""
        packet = build(f"/ghostjam/{address}", arguments)
        if self._random.random() < 0.125:
            ahead_s = self._random.choice((0.0, 0.01, 0.3))
            packet = build_bundle([packet], from_unix_s(WALL_S + self.clock.now() + ahead_s))
        self._inbound.receive(packet, ("127.0.0.1", 5001))

    def _do(self, now_s: float) -> None:
        """Mostly a finger moves, comes or goes; now and then somebody turns something, or rests."""
        dice = self._random.random()
        if now_s < self._rests_until_s:
            return
        if dice > 0.995:
            self._lift_all()
            self._rests_until_s = now_s + self._random.uniform(0.1, 8.0)
            self._turn()
            return
        if dice > 0.994:
            self._turn()
        else:
            self._move(dice)

    def _lift_all(self) -> None:
        for voice in self._down:
            self.say("release", voice)
        self._down.clear()

    def _move(self, dice: float) -> None:
        if dice < 0.3 and self._down:
            voice = self._random.choice(list(self._down))
            x, y = (min(max(v + self._random.uniform(-0.05, 0.05), 0.0), 1.0) for v in self._down[voice])
            self._down[voice] = (x, y)
            self.say("touch", voice, x, y, 1)
        elif dice < 0.32 and len(self._down) < 5:
            voice = self._random.randrange(10)
            self._down[voice] = (self._random.random(), self._random.random())
            self.say("touch", voice, *self._down[voice], 0)
        elif dice < 0.37 and self._down:
            voice, _ = self._down.popitem()
            self.say("release", voice)

    def _turn(self) -> None:
        choose = self._random.choice
        name, value = choose((
            ("mode", choose(MODES)), ("mode", "call"), ("pause", choose((True, False))), ("pause", False),
            ("mute", choose((True, False))), ("mute", False), ("timescale", choose((0.25, 1.0, 4.0))),
            ("reply_s", choose((0.0, 2.0))), ("ghosts", choose(("each", "one"))), ("threshold_s", 0.3),
            ("instrument", choose(("keys", "drums"))), ("reset", None), ("panic", None),
            ("quantise", choose(("off", "1/4", "1/16"))),
            ("model", choose(MODELS)), ("model", choose(MODELS)),
        ))  # fmt: skip
        if value is None:
            self.say(name)
            if name == "panic":
                self._down.clear()
        else:
            self.settings.set(name, value)

    def end(self) -> int:
        """Close everything; how many rows are missing in the recording."""
        self.engine.run_until(self.clock.now() + HORIZON_S)  # what had a time tag is done
        self._inbound.advance()
        self.engine.stop()
        self._hear()
        self._socket.close()
        n_rows = sum(len(read_performance(path).time_s) for path in self.recorder.paths)
        return sum(self.ear.n_events.values()) - n_rows


class KeysHall(Hall):
    """A hall with a keyboard in it, whose player often leaves a key down for long."""

    def _lift_all(self) -> None:
        for pitch in list(self._down):
            if self._random.random() < 0.8:
                del self._down[pitch]
                self.say("note", pitch, 0)

    def _move(self, dice: float) -> None:
        if dice < 0.1 and len(self._down) < 8:
            for _ in range(self._random.choice((1, 1, 1, 3))):
                pitch = self._random.randrange(30, 100)
                self._down[pitch] = None
                self.say("note", pitch, self._random.randrange(1, 128))
        elif dice < 0.3 and self._down:
            pitch = self._random.choice(list(self._down))
            del self._down[pitch]
            self.say("note", pitch, 0)
