"""A serial port that speaks in lines, in and out, opened again when it was unplugged."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection

from app.core.allowance import Allowance
from app.core.clock import Clock, SystemClock, ask_for_priority
from app.core.controls import Controls
from app.core.events import EventKind, Source
from app.serial.address import SerialAddress
from app.serial.errors import SerialUnavailableError
from app.serial.line_splitter import LineSplitter
from app.serial.lines_in import LinesIn
from app.serial.lines_out import LinesOut
from app.serial.link import REST_S, Link

logger = logging.getLogger(__name__)

# Ten fingers at 120 reports a second are 1200 lines. A cable of 115200 baud carries no more than 2880 of the
# shortest, but USB carries a hundred times that.
LINES_PER_S = 2000.0
LINES_AT_ONCE = 1024.0  # what the system may hold back while this program is not looked after
RETRY_S = 1.0  # between two looks whether a device is back
QUIET_S = 0.05  # a device that was silent for so long begins with a whole line
STOP_S = 2.0


class SerialPort:
    """The lines of one device.

    Args:
        address: of the device.
        controls: what it plays and sets.
        tell: says what happened to a person; any thread.
        hears: what the model hears.
        n_values: how many values a line of them has.
        sources: whose events it is sent.
        profile: "ghostjam", or "impsy" for values and nothing else.
        clock: the engine's.

    Attributes:
        sink: what the engine plays on; it gives the device back when it is closed.
        address: of the device.
        is_here: whether it is open.

    Raises:
        SerialUnavailableError: it cannot be opened.
    """

    def __init__(
        self,
        address: SerialAddress,
        controls: Controls,
        tell: Callable[[str], None],
        hears: EventKind,
        n_values: int,
        *,
        sources: Collection[Source] = (Source.GHOST,),
        profile: str = "ghostjam",
        clock: Clock | None = None,
    ) -> None:
        self.address = address
        self._controls = controls
        self._tell = tell
        self._clock = clock or SystemClock()
        self._lines = LinesIn(controls, f"Serial {address.port}", hears, n_values)
        self._lines.only_values = profile == "impsy"
        self.sink = LinesOut(address.port, sources, only_values=profile == "impsy")
        self._closed = threading.Event()
        self._link: Link | None = None
        self._is_gone = False
        self._splitter: LineSplitter | None = None
        self._allowance = Allowance(LINES_PER_S, LINES_AT_ONCE)
        self._since_s = 0.0
        self._open()
        self._thread = threading.Thread(target=self._run, name=f"serial {address.port}", daemon=True)

    @property
    def is_here(self) -> bool:
        """Whether the device is open."""
        return self._link is not None

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def speak(self, address: SerialAddress, sources: Collection[Source], profile: str) -> None:
        """Speak in another way from here on, to the same device; with another baud rate it is opened anew."""
        self._lines.only_values = profile == "impsy"
        self.sink.speak(sources, only_values=profile == "impsy")
        is_same, self.address = address == self.address, address
        link = self._link
        if not is_same and link is not None:
            link.stop()

    def close(self) -> None:
        """Listen no more; what the device held is released. The sink still plays. Safe to call twice."""
        self._closed.set()
        link = self._link
        if link is not None:
            link.stop()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(STOP_S)

    def _open(self) -> None:
        link = Link(self.address)
        self.sink.attach(link)
        self._link = link

    def _run(self) -> None:
        ask_for_priority()
        while not self._closed.is_set():
            link = self._link
            if link is not None:
                self._listen(link)
                continue
            try:
                self._open()
            except SerialUnavailableError as error:  # not there yet, or somebody else's: tried again
                logger.debug("Serial %s does not open: %s", self.address, error)
                self._say_gone()
            else:
                if self._is_gone:
                    self._is_gone = False
                    self._tell(f"Serial {self.address.port} is back.")

    def _listen(self, link: Link) -> None:
        """Take lines until the device is gone, is to be opened anew, or the port is closed."""
        self._splitter = None
        self._since_s = self._clock.now()
        link.listen(self._receive)
        self._lines.release(self._clock.now())
        if self._closed.is_set():
            return
        self.sink.detach()
        self._link = None
        link.close()
        if link.is_lost:
            self._say_gone()

    def _say_gone(self) -> None:
        """Say so, if that is new, and wait before the next look."""
        if not self._is_gone:
            self._is_gone = True
            self._tell(f"Serial {self.address.port} is gone; it is opened again when it comes back.")
        self._closed.wait(RETRY_S)

    def _receive(self, data: bytes) -> None:
        now_s = self._clock.now()
        if data:
            self._take(data, now_s)
        self._controls.expire()

    def _take(self, data: bytes, now_s: float) -> None:
        if self._splitter is None:  # it was opened in the middle of a line, perhaps
            self._splitter = LineSplitter(skips=now_s < self._since_s + QUIET_S)
        lines = self._splitter.feed(data)
        beyond = [not self._allowance.take(1.0, now_s) for _ in lines]
        refused = 0
        for line, is_beyond in zip(lines, beyond, strict=True):
            if is_beyond and not self._lines.is_release(line):
                refused += 1
            else:
                self._lines.take(line, now_s)
        if refused:
            reason = f"Serial {self.address.port}: expected at most {LINES_PER_S:.0f} lines a second."
            self._controls.refuse(reason, refused)
        if any(beyond):
            time.sleep(REST_S)
