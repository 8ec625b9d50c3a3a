"""Changing the model while music plays: the old one plays on until the new one is ready."""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from app.core.parameters import ParameterError, Settings
from app.core.status import Report
from app.engine.action_player import ActionPlayer
from app.engine.carry import Carry
from app.engine.event_rows import ColumnsError
from app.engine.guarded_ghost import GhostLike, GuardedGhost

TEMPERATURES = ("pi_temperature", "sigma_temperature")
LoadGhost = Callable[[str], GhostLike]  # opens a model by name; raises if it cannot
Job = Callable[[], None]


@dataclass(slots=True)
class _Next:
    """The model that is to play.

    Attributes:
        name: of the model.
        at_once: it takes over between two events, and not only between two phrases.
        carry: what was played, on its way to it; None while it is loaded.
    """

    name: str
    at_once: bool
    carry: Carry | None = None


class ModelSwitch:
    """Follows the setting `model`, and `go_over`. All methods are called on the engine's thread.

    Args:
        player: gets the new model.
        settings: set back to the old model when the new one cannot play.
        load_ghost: takes as long as it takes; None: there are no other models.
        defer: hands a job to the engine's thread; called from another thread.
        report: for what goes wrong.
    """

    def __init__(
        self,
        player: ActionPlayer,
        settings: Settings,
        load_ghost: LoadGhost | None,
        defer: Callable[[Job], None],
        report: Report,
    ) -> None:
        self._player = player
        self._settings = settings
        self._load_ghost = load_ghost
        self._defer = defer
        self._report = report
        self._next: _Next | None = None
        self._is_loading = False

    def want(self, name: str, *, wait: bool) -> None:
        """The setting says so: play with this model as soon as it is loaded.

        Args:
            wait: until it is loaded. Otherwise that happens on a thread of its own.
        """
        if name != self._player.ghost.name:
            self._begin(_Next(name, at_once=True), wait=wait)
        elif self._next is not None and self._next.at_once:  # somebody chose the old one again
            self._next = None

    def go_over(self, name: str, *, wait: bool) -> None:
        """Play with this model from the next rest between two phrases on; the setting follows then.

        A model that is chosen by the setting meanwhile comes instead.
        """
        if name == self._player.ghost.name:
            self._next = None
        else:
            self._begin(_Next(name, at_once=False), wait=wait)

    def work(self, interrupted: Callable[[], bool]) -> None:
        """Let a model that is loaded hear what was played, a piece at a time, and take over.

        Args:
            interrupted: whether the player did something meanwhile: then the rest waits for the next call.
        """
        if not self._may_work or self._next is None or self._next.carry is None:
            return
        while self._next.carry.work():
            if interrupted() or self._player.is_due:
                return
        self._take_over(self._next.name, self._next.carry)

    def wake_s(self) -> float:
        """When to call `work` next if nothing happens: at any time, or infinity for never."""
        return -math.inf if self._may_work else math.inf

    @property
    def _may_work(self) -> bool:
        if self._next is None or self._next.carry is None:
            return False
        return self._next.at_once or self._player.is_between_phrases

    def _begin(self, wanted: _Next, *, wait: bool) -> None:
        self._next = wanted
        if wait:
            self._load(wanted.name)()
        elif not self._is_loading:  # else it is begun when the one that is being loaded is there
            self._start(wanted.name)

    def _start(self, name: str) -> None:
        """Load on a thread of its own; never more than one, however fast somebody turns the knob."""
        self._is_loading = True

        def load() -> None:
            self._defer(partial(self._finish, name, self._load(name)))

        threading.Thread(target=load, name="load", daemon=True).start()

    def _finish(self, name: str, job: Job) -> None:
        self._is_loading = False
        job()
        if self._next is not None and self._next.name != name:
            self._start(self._next.name)

    def _load(self, name: str) -> Job:
        """Load a model; the job that prepares it, or that tells why not."""
        try:
            if self._load_ghost is None:
                raise ValueError("this engine opens no other models.")
            return partial(self._prepare, name, self._load_ghost(name))
        except Exception as error:  # a model file is foreign: whatever is wrong with it, the old one plays on
            return partial(self._refuse, name, error)

    def _prepare(self, name: str, ghost: GhostLike) -> None:
        if self._next is None or not self._is_wanted(name):
            return
        try:
            guarded = GuardedGhost(ghost, name, self._report)
            old, new = self._player.ghost.columns.names, guarded.columns.names
            if set(new) != set(old):  # it would fall silent under the hands of who plays
                raise ColumnsError(f"columns: expected {', '.join(old)}, got {', '.join(new)}.")
        except Exception as error:  # as in `_load`
            self._refuse(name, error)
        else:
            self._next.carry = self._player.carry_to(guarded)

    def _take_over(self, name: str, carry: Carry) -> None:
        if not self._is_wanted(name):  # somebody chose another one, which comes soon
            self._next = None
            return
        try:
            self._settings.parameter("model").check(name)
            self._move_temperatures(carry.ghost)
        except ParameterError as error:
            self._refuse(name, error)
            return
        self._next = None
        self._player.swap(carry)
        self._settings.set("model", name)

    def _is_wanted(self, name: str) -> bool:
        """Whether it is the next one, and nobody has chosen another since."""
        if self._next is None or self._next.name != name:
            return False
        expected = name if self._next.at_once else self._player.ghost.name
        return self._settings.word("model") == expected

    def _move_temperatures(self, ghost: GuardedGhost) -> None:
        """A temperature that nobody changed is the model's own, of the new one as of the old."""
        old = self._player.ghost.default_temperatures
        for name, was, new in zip(TEMPERATURES, old, ghost.default_temperatures, strict=True):
            if self._settings.number(name) == was:
                self._settings.set(name, new)

    def _refuse(self, name: str, error: Exception) -> None:
        if not self._is_wanted(name):
            return
        self._next = None
        old_name = self._player.ghost.name
        self._report.tell(f"The model {name} cannot play, {old_name} plays on: {error}")
        with contextlib.suppress(ParameterError):  # the old one came by path and is not among the choices
            self._settings.set("model", old_name)
