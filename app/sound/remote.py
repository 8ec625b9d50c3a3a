"""The sound of a session as the app sees it: a sink that hands everything to a process of its own.

Opening a card takes a while and may fail; the window does not wait for it, and what is played before is
not heard. A machine without a card is told so once and plays on silently. A card that was there and
goes away (a cable, a sound server) is looked for until it is back.
"""

from __future__ import annotations

import logging
import threading
import time

from app.core.events import Event
from app.core.parameters import Value
from app.core.sink import Sink
from app.sound.ipc import to_row
from app.sound.process import END_S, Server

log = logging.getLogger(__name__)

RETRY_S = 5.0
"""Between two attempts to find a card again."""

SILENT_NOTICE = "no sound card: playing on silently"
LOST_NOTICE = "the sound stopped: looking for the card"
BACK_NOTICE = "the sound card is back"


class SoundSink(Sink):
    """The sound sink of a session. It is made at once, and raises nothing for a missing card.

    Args:
        backend: signalflow's name of a backend; empty: what signalflow chooses.
        instrument, scale, volume: the parameters of these names at the start.

    Attributes:
        ready: set when it is decided whether there is a sound card.
    """

    def __init__(
        self, *, backend: str = "", instrument: str = "strings", scale: str = "free", volume: float = 0.8
    ) -> None:
        self.ready = threading.Event()
        self._settings: dict[str, Value] = {
            "backend": backend, "instrument": instrument, "scale": scale, "volume": volume,
        }  # fmt: skip
        self._server: Server | None = None  # the process there is, also while it opens
        self._is_open = False
        self._opened_s = 0.0
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="sound", daemon=True)
        self._thread.start()

    def play(self, event: Event) -> None:
        """Sound one event, if the card is open."""
        server = self._server
        if self._is_open and server is not None:
            self._give(server, to_row(event))

    def set(self, name: str, value: Value) -> None:
        """Take a live parameter, also before the card is open and while there is none."""
        with self._lock:
            if name not in self._settings or name == "backend":
                return
            self._settings[name] = value
            if self._server is not None:
                self._give(self._server, ["set", name, value])

    def panic(self) -> None:
        """Silence at once, whatever it takes."""
        server = self._server
        if self._is_open and server is not None:
            self._give(server, ["panic"])
            if server.n_dropped:
                server.kill()  # it does not listen; `_keep` starts another

    def close(self) -> None:
        """Silence and give the card back."""
        self._closed.set()
        with self._lock:
            server = self._server
        if server is not None:
            server.end()
            self._thread.join(END_S)
            server.kill()
        self._thread.join(0.3)
        self._is_open = False

    def _keep(self) -> None:
        """The sound thread: open the card, follow what its process says, look for a card that went."""
        why = self._open()
        if why and not self._closed.is_set():
            self.notice = SILENT_NOTICE
            log.warning("%s (%s).", SILENT_NOTICE.capitalize(), why)
        self.ready.set()
        was_lost = False
        while self._is_open and not self._closed.is_set():
            self._follow(was_lost)
            self._is_open = False
            if not self._closed.is_set():
                was_lost = True
                self.notice = LOST_NOTICE
            rest_s = 0.0 if time.monotonic() - self._opened_s > RETRY_S else RETRY_S
            while not self._is_open and not self._closed.wait(rest_s):
                self._open()
                rest_s = RETRY_S
        self._is_open = False
        self._forget()

    def _open(self) -> str:
        """Start a process and wait until it has the card. Why there is none, or ""."""
        self._forget()
        try:
            server = Server()
        except OSError as error:
            return f"the sound process could not be started: {error}"
        with self._lock:
            self._give(server, self._settings)
            self._server = server
            if self._closed.is_set():
                server.end()
        device = server.opened()
        if isinstance(device, str) or self._closed.is_set():
            self._forget()
            return str(device)
        self._opened_s = time.monotonic()
        self._is_open = True
        log.info("Sound: %s, %d Hz, buffer %.1f ms.", device.name, device.sample_rate, device.buffer_ms)
        return ""

    def _follow(self, was_lost: bool) -> None:
        """Read what the process says until it ends."""
        server = self._server
        while server is not None and (message := server.answer()):
            if "playing" in message and was_lost:
                self.notice = BACK_NOTICE
            elif "fault" in message:
                log.error("The sound process: %s.", message["fault"])
            elif "stopped" in message:
                log.info("The sound process: %s.", message["stopped"])

    def _forget(self) -> None:
        """Wait for the process to end, and be without one."""
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            server.wait()

    def _give(self, server: Server, message: object) -> None:
        self.n_dropped += not server.send(message)
