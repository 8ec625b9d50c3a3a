"""An evening: engine, sinks and control surfaces, put together here, with a window or without.

Opened from the inside out, so that nothing plays before everything is there; closed in the other direction,
so that nothing comes in while the sinks let go.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from functools import partial
from types import TracebackType
from typing import Protocol, Self

from app.commands import CommandError
from app.commands.open_midi import open_midi
from app.controls import Controls
from app.engine import Engine
from app.ghost import Ghost
from app.midi.errors import MidiError
from app.osc.out import OscOut
from app.osc.profiles import PROFILES
from app.osc.receiver import OscIn, PortError, reachable_addresses
from app.parameters import ParameterError, Settings
from app.recorder import Recorder
from app.rig import Rig
from app.rows import Columns, ColumnsError
from app.sinks import Sink

logger = logging.getLogger(__name__)


class Surface(Protocol):
    """Something that plays and controls from outside: a port that listens."""

    def start(self) -> None:
        """Listen."""

    def close(self) -> None:
        """Stop listening. Returns within a second. Safe to call twice."""


class Evening:
    """Everything that plays, opened.

    Args:
        rig: what to open.
        ghost: the model; belongs to the engine from here on.
        settings: the live parameters.
        canvas: sinks of the window, if there is one; they hear an event first.

    Attributes:
        engine: plays, from `start` on.
        controls: what the surfaces use.
        ports: what is open to other programs, for people.

    Raises:
        CommandError: something the rig asks for cannot be had. Nothing is open then.
    """

    def __init__(self, rig: Rig, ghost: Ghost, settings: Settings, canvas: Sequence[Sink] = ()) -> None:
        _check_fit(rig, ghost)
        midi, midi_notice = open_midi(rig, settings, ghost.columns)
        senders = [
            OscOut(port.address, profile=port.profile, sources=port.sources, bundles=port.bundles)
            for port in rig.osc_out
        ]
        self._recorder = _open_recorder(rig)
        # In the order in which they hear an event: nothing delays the sound.
        recorders = [self._recorder] if self._recorder else []
        devices = midi.sinks if midi else []
        sinks = [*canvas, *_open_sound(rig, settings), *devices, *senders, *recorders]
        self.engine = Engine(ghost, settings, sinks, load_ghost=partial(Ghost.load, seed=rig.seed))
        self._surfaces: list[Surface] = []
        self.ports: list[str] = []
        try:
            self.controls = Controls(self.engine, settings, presets=rig.presets)
            self._open_receivers(rig, settings)
        except (ParameterError, PortError) as error:
            self.close()
            raise CommandError(str(error)) from None
        if midi:
            midi.connect(self.controls, self.engine.tell)
            self._surfaces.append(midi)
            self.ports += midi.ports
        if midi_notice:
            self.engine.tell(midi_notice)
        for sender, port in zip(senders, rig.osc_out, strict=True):
            settings.subscribe(sender.tell_state)
            self.ports.append(f"OSC out {sender.address}{_said(port.profile)}")

    def start(self) -> None:
        """Play, and let others in."""
        self.engine.start()
        for surface in self._surfaces:
            try:
                surface.start()
            except MidiError as error:  # somebody else has the port
                raise CommandError(str(error)) from None

    def close(self) -> None:
        """Let nobody in, release everything, close everything."""
        for surface in self._surfaces:
            surface.close()
        self.engine.stop()
        if self._recorder:
            _say_what_was_recorded(self._recorder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open_receivers(self, rig: Rig, settings: Settings) -> None:
        for port in rig.osc_in:
            bundles = any(out.bundles for out in rig.osc_out)
            receiver = OscIn(port.listen, self.controls, profile=port.profile, bundles=bundles)
            self._surfaces.append(receiver)
            settings.subscribe(receiver.tell_state)
            addresses = ", ".join(reachable_addresses(receiver.host, receiver.port))
            self.ports.append(f"OSC in {addresses}{_said(port.profile)}")


def _said(profile: str) -> str:
    return "" if profile == "ghostjam" else f" as {profile}"


def _check_fit(rig: Rig, ghost: Ghost) -> None:
    """Whether the model can be played live, and hears what the ports play."""
    try:
        columns = Columns(ghost.columns)
    except ColumnsError as error:
        raise CommandError(f"model {ghost.name}: {error}") from None
    hears = "touches" if columns.is_touch else "values"
    for port in rig.osc_in:
        if hears not in PROFILES[port.profile].plays:
            raise CommandError(
                f"OSC port {port.listen}: the profile {port.profile} plays {_plays(port.profile)}, expected "
                f"{hears}, which the model {ghost.name} hears."
            )


def _plays(profile: str) -> str:
    return " and ".join(sorted(PROFILES[profile].plays))


def _open_recorder(rig: Rig) -> Recorder | None:
    if rig.record is False:
        return None
    from app.commands.session import recordings_folder

    return Recorder(recordings_folder() if rig.record is None else str(rig.record))


def _open_sound(rig: Rig, settings: Settings) -> list[Sink]:
    if not rig.sound:
        return []
    from app.sound import open_sound

    return [
        open_sound(
            instrument=settings.word("instrument"),
            scale=settings.word("scale"),
            volume=settings.number("volume"),
        )
    ]


def _say_what_was_recorded(recorder: Recorder) -> None:
    if recorder.notice:
        print(recorder.notice, file=sys.stderr)
    for path in recorder.paths:
        print(f"Recorded {path}")
