"""A session: engine, sinks and control surfaces, put together here, with a window or without.

Opened from the inside out, so that nothing plays before everything is there; closed in the other direction,
so that nothing comes in while the sinks let go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from app.core.console import say
from app.core.controls import Controls
from app.core.ending import finishing
from app.core.parameters import ParameterError, Settings
from app.core.sink import Sink
from app.engine.thread import Engine
from app.ghost import Ghost
from app.recording.played import Played
from app.recording.recorder import Recorder
from app.runtime.adaptation import Adaptation
from app.runtime.compatibility import check_fit
from app.runtime.errors import CommandError
from app.runtime.load import recordings_folder
from app.runtime.port_kinds import PORT_ERRORS
from app.runtime.ports import Ports
from app.runtime.reload import Reload
from app.runtime.rig import Rig
from app.runtime.worker import ChangedFile, Worker


class Session:
    """Everything that plays, opened.

    Args:
        rig: what to open.
        ghost: the model; belongs to the engine from here on.
        settings: the live parameters.
        canvas: sinks of the window, if there is one; they hear an event first.
        reread: reads the rig again when its file was changed; CommandError if that is wrong. None: never.

    Attributes:
        engine: plays, from `start` on.
        controls: what the ports use.
        ports: what is open.
        adaptation: what learns.

    Raises:
        CommandError: something the rig asks for cannot be had. Nothing is open then.
    """

    def __init__(
        self,
        rig: Rig,
        ghost: Ghost,
        settings: Settings,
        canvas: Sequence[Sink] = (),
        *,
        reread: Callable[[], Rig] | None = None,
    ) -> None:
        check_fit(rig, ghost.columns, ghost.name)
        self._recorder = None if rig.record is False else Recorder(_recordings_folder(rig))
        recorders = [self._recorder] if self._recorder else []
        played = Played(keeps_rows=self._recorder is None)
        # In the order in which they hear an event, and then the ports: nothing delays the sound.
        sinks = [*canvas, *_open_sound(rig, settings), *recorders, played]
        self.engine = Engine(ghost, settings, sinks, load_ghost=partial(Ghost.load, seed=rig.seed))
        self._reload: Reload | None = None
        self._worker = Worker(self._look)
        self._adapts_early = rig.adapt
        try:
            self.controls = Controls(self.engine, settings, presets=rig.presets)
        except ParameterError as error:
            self.engine.stop()
            raise CommandError(str(error)) from None
        self.ports = self.controls.ports = Ports(
            self.engine, self.controls, settings, ghost.columns, self._worker.do
        )
        self.adaptation = self.controls.adaptation = Adaptation(
            self.engine, settings, played, self._recorder, folders=[_recordings_folder(rig)],
            do=self._worker.do, changed=partial(self.ports.tell_state, "adapt"),
        )  # fmt: skip
        try:
            notice = self.ports.open_rig(rig)
        except PORT_ERRORS as error:
            self.close()
            raise CommandError(str(error)) from None
        if notice:
            self.engine.tell(notice)
        if rig.path and reread:
            self._reload = Reload(
                rig, reread, self.ports, self.controls, settings, ghost.columns, self.engine.tell,
                ChangedFile(rig.path),
            )  # fmt: skip

    def start(self) -> None:
        """Play, and let others in."""
        self.engine.start()
        self.ports.start()
        self._worker.start()
        if self._adapts_early:
            self.adaptation.prepare()

    def close(self) -> None:
        """Let nobody in, release everything, close everything: each, also if another one fails."""
        with finishing(), ExitStack() as stack:  # the last one first
            if self._recorder:
                stack.callback(_say_what_was_recorded, self._recorder)
            stack.callback(self.engine.stop)
            stack.callback(self.ports.close)
            stack.callback(self.adaptation.close)
            stack.callback(self._worker.close)

    def _look(self) -> None:
        self.adaptation.look()
        if self._reload is not None:
            self._reload.look()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _recordings_folder(rig: Rig) -> Path:
    """Where recordings are, also if none are made."""
    return rig.record if isinstance(rig.record, Path) else recordings_folder()


def _open_sound(rig: Rig, settings: Settings) -> list[Sink]:
    if not rig.sound:
        return []
    from app.sound.remote import SoundSink

    return [
        SoundSink(
            instrument=settings.word("instrument"),
            scale=settings.word("scale"),
            volume=settings.number("volume"),
        )
    ]


def _say_what_was_recorded(recorder: Recorder) -> None:
    for line in recorder.lacks():
        say(line, is_error=True)
    for path in recorder.paths:
        say(f"Recorded {path}")
