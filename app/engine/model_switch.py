"""Changing the model while music plays: the old one plays on until the new one is ready."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from functools import partial

from app.core.parameters import ParameterError, Settings
from app.core.status import Report
from app.engine.action_player import ActionPlayer
from app.engine.event_rows import ColumnsError
from app.engine.guarded_ghost import GhostLike, GuardedGhost

TEMPERATURES = ("pi_temperature", "sigma_temperature")
LoadGhost = Callable[[str], GhostLike]  # opens a model by name; raises if it cannot
Job = Callable[[], None]


class ModelSwitch:
    """Follows the setting `model`. All methods are called on the engine's thread.

    Args:
        action_player: gets the new model.
        settings: set back to the old model when the new one cannot play.
        load_ghost: takes as long as it takes; None: there are no other models.
        defer: hands a job to the engine's thread; called from another thread.
        report: for what goes wrong.
    """

    def __init__(
        self,
        action_player: ActionPlayer,
        settings: Settings,
        load_ghost: LoadGhost | None,
        defer: Callable[[Job], None],
        report: Report,
    ) -> None:
        self._action_player = action_player
        self._settings = settings
        self._load_ghost = load_ghost
        self._defer = defer
        self._report = report
        self._is_loading = False

    def want(self, name: str, *, wait: bool) -> None:
        """Play with this model as soon as it is loaded: on a thread of its own, or now if `wait`."""
        if name == self._action_player.model_name:
            return
        if wait:
            self._load(name)()
        elif not self._is_loading:  # else the setting is read again when that one is loaded
            self._start(name)

    def _start(self, name: str) -> None:
        """Load on a thread of its own; never more than one, however fast somebody turns the knob."""
        self._is_loading = True

        def load() -> None:
            self._defer(partial(self._finish, name, self._load(name)))

        threading.Thread(target=load, name="load", daemon=True).start()

    def _finish(self, name: str, job: Job) -> None:
        self._is_loading = False
        job()
        wanted = self._settings.word("model")
        if wanted not in (name, self._action_player.model_name):
            self._start(wanted)

    def _load(self, name: str) -> Job:
        """Load a model; the job that installs it, or that tells why not."""
        try:
            if self._load_ghost is None:
                raise ValueError("this engine opens no other models.")
            return partial(self._install, name, self._load_ghost(name))
        except Exception as error:  # a model file is foreign: whatever is wrong with it, the old one plays on
            return partial(self._refuse, name, error)

    def _install(self, name: str, ghost: GhostLike) -> None:
        if self._settings.word("model") != name:  # somebody chose again meanwhile
            return
        try:
            guarded = GuardedGhost(ghost, name, self._report)
            self._check_columns(guarded)
            self._move_temperatures(guarded)
        except Exception as error:  # as in `_load`
            self._refuse(name, error)
        else:
            self._action_player.swap(guarded)

    def _check_columns(self, ghost: GuardedGhost) -> None:
        """A model that hears something else would fall silent under the hands of who plays."""
        old, new = self._action_player.columns.names, ghost.columns.names
        if set(new) != set(old):
            raise ColumnsError(f"columns: expected {', '.join(old)}, got {', '.join(new)}.")

    def _move_temperatures(self, ghost: GuardedGhost) -> None:
        """A temperature that nobody changed is the model's own, of the new one as of the old."""
        old = self._action_player.default_temperatures
        for name, was, new in zip(TEMPERATURES, old, ghost.default_temperatures, strict=True):
            if self._settings.number(name) == was:
                self._settings.set(name, new)

    def _refuse(self, name: str, error: Exception) -> None:
        if self._settings.word("model") != name:
            return
        old_name = self._action_player.model_name
        self._report.tell(f"The model {name} cannot play, {old_name} plays on: {error}")
        with contextlib.suppress(ParameterError):  # the old one came by path and is not among the choices
            self._settings.set("model", old_name)
