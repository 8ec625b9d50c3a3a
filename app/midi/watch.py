"""Ports come and go: no MIDI system says so, thus one thread looks at the names again and again.

After a change the list of names is wrong for a moment, so it must stand still before anything is done. The
system itself may go, as a JACK server that dies: then all ports are gone, also our virtual ones, and all are
opened again when it is back. The judging is pure (`Keeper.look`), the thread only calls it.
"""

from __future__ import annotations

import logging
import math
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from app.core.clock import Clock, SystemClock
from app.midi.backend import Backend
from app.midi.errors import MidiUnavailableError
from app.midi.port_names import VIRTUAL, find_again
from app.midi.setup import InSetup, OutSetup

logger = logging.getLogger(__name__)

POLL_S = 1.0  # shorter than a device takes to be gone and back, which nobody would see
SETTLE_S = 0.2
STOP_S = 1.0


class Plug(ABC):
    """One port of the rig.

    Args:
        setup: as it was asked for.
        name: its full name when it was last here.

    Attributes:
        is_here: whether it is open.
    """

    def __init__(self, setup: InSetup | OutSetup, name: str) -> None:
        self.setup = setup
        self.name = name
        self.is_here = True

    @property
    def full_name(self) -> str:
        """Its name, as it can be asked for; a virtual port may be called like another one."""
        return f"{VIRTUAL}{self.name}" if self.is_virtual else self.name

    @property
    def is_virtual(self) -> bool:
        """Whether it is ours: it goes only with the system."""
        return self.setup.port.startswith(VIRTUAL)

    @abstractmethod
    def attach(self, name: str) -> None:
        """Open it by its full name; MidiUnavailableError if that does not work."""

    @abstractmethod
    def detach(self) -> None:
        """Let go of everything it held, and close it."""


class Keeper:
    """Opens ports again and lets go of those that are gone.

    Args:
        backend: lists and opens.
        plugs: the ports.
        tell: says what happened to a person.
    """

    def __init__(self, backend: Backend, plugs: Sequence[Plug], tell: Callable[[str], None]) -> None:
        self._backend = backend
        self._plugs = tuple(plugs)
        self._lock = threading.Lock()  # a port that is given up must not be opened again meanwhile
        self._tell = tell
        self._seen: tuple[tuple[str, ...], tuple[str, ...]] | None = None
        self._n_losses = backend.n_losses
        self._changed_s = -math.inf
        self._listed_s = -math.inf

    def keep(self, plugs: Sequence[Plug]) -> None:
        """Keep these from now on, and no others. Any thread."""
        with self._lock:
            self._plugs = tuple(plugs)

    def reopen(self, plug: Plug) -> None:
        """Close a port and open it again, now or, if it is not there at the moment, when it is back."""
        with self._lock:
            plug.detach()
            try:
                plug.attach(plug.name)
            except MidiUnavailableError as error:
                logger.debug("MIDI port %s does not open again: %s", plug.name, error)
                plug.is_here = False

    def look(self, now_s: float) -> float:
        """Look once; returns when to look again."""
        try:
            names = (self._backend.inputs(), self._backend.outputs())
        except MidiUnavailableError as error:
            logger.debug("MIDI ports cannot be listed: %s", error)
            if now_s < self._listed_s + POLL_S + SETTLE_S:  # for a moment, perhaps
                return now_s + SETTLE_S
            self._lose_all()
            return now_s + POLL_S
        self._listed_s = now_s
        if self._n_losses != self._backend.n_losses:  # it is back already
            self._lose_all()
        self._backend.end_sysex()
        if names != self._seen:
            self._changed_s = now_s if self._seen is not None else -math.inf
            self._seen = names
        if now_s < self._changed_s + SETTLE_S:
            return self._changed_s + SETTLE_S
        with self._lock:
            for plug in self._plugs:
                self._judge(plug, names[isinstance(plug.setup, OutSetup)])
        return now_s + POLL_S

    def _judge(self, plug: Plug, names: tuple[str, ...]) -> None:
        if plug.is_here and not plug.is_virtual and plug.name not in names:
            self._lose(plug)
        if not plug.is_here:
            name = plug.name if plug.is_virtual else find_again(plug.setup.port, plug.name, names)
            if name is not None:
                self._open(plug, name)

    def _lose_all(self) -> None:
        """The MIDI system is gone, or was."""
        with self._lock:
            self._n_losses = self._backend.n_losses
            for plug in self._plugs:
                if plug.is_here:
                    self._lose(plug)

    def _lose(self, plug: Plug) -> None:
        plug.is_here = False
        plug.detach()
        said = f"MIDI {plug.setup.word} {plug.setup.port}"
        self._tell(f"{said} is gone; it is opened again when it comes back.")

    def _open(self, plug: Plug, name: str) -> None:
        try:
            plug.attach(name)
        except MidiUnavailableError as error:  # somebody has it, or it went again: tried again
            logger.debug("MIDI %s %s does not open: %s", plug.setup.word, name, error)
            return
        plug.name, plug.is_here = name, True
        self._tell(f"MIDI {plug.setup.word} {plug.setup.port} is back.")


class Watch:
    """Calls a keeper on a thread until `stop`."""

    def __init__(self, keeper: Keeper, clock: Clock | None = None) -> None:
        self._keeper = keeper
        self._clock = clock or SystemClock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="midi watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End, unless a driver keeps the thread."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def _run(self) -> None:
        wait_s = POLL_S
        while not self._ended.wait(wait_s):
            try:
                wait_s = max(self._keeper.look(self._clock.now()) - self._clock.now(), 0.0)
            except Exception:  # a driver may do anything; looking goes on
                logger.exception("Looking for MIDI ports failed.")
                wait_s = POLL_S
