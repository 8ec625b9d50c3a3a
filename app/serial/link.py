"""One open device: bytes come in on the thread that listens, and go out from a queue on another."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Hashable

from app.core.clock import ask_for_priority
from app.serial.address import SerialAddress
from app.serial.device import READ_BYTES, WAIT_S, Device
from app.serial.errors import SerialUnavailableError
from app.serial.outbox import Outbox

logger = logging.getLogger(__name__)

BITS = 10  # of a byte on the wire, with its start and stop bit
QUEUED_S = 0.25  # of the wire may wait here; what comes later than that is of no use
LEAST_QUEUED = 512  # bytes: a few lines also of a slow wire
AHEAD_S = 0.02  # of the wire are given to the system, whose buffers hold seconds of a slow wire
FLOOD_BYTES = READ_BYTES // 2  # in one read: no instrument, or we were held up
REST_S = 0.01  # after so much, so that a flood does not eat a core
CLOSE_S = 0.3  # for what waits, and again for who listens


class Link:
    """A device until it is gone or closed.

    Attributes:
        is_lost: whether the device is gone.

    Raises:
        SerialUnavailableError: it cannot be opened.
    """

    def __init__(self, address: SerialAddress) -> None:
        self._device = Device(address)
        self._byte_s = BITS / address.baud
        self._outbox = Outbox(max(LEAST_QUEUED, int(QUEUED_S / self._byte_s)))
        self._wake = threading.Condition()
        self._end_s = math.inf  # when writing ends, whatever waits
        self._is_closed = False
        self._listening = threading.Lock()
        self.is_lost = False
        self._writer = threading.Thread(target=self._write, name=f"serial out {address.port}", daemon=True)
        self._writer.start()

    def listen(self, receive: Callable[[bytes], None]) -> None:
        """Call `receive` with what comes, and with b"" now and then, until the device is gone or closed."""
        with self._listening:
            while not (self._is_closed or self.is_lost):
                try:
                    data = self._device.read()
                except SerialUnavailableError as error:
                    self._lose(error)
                    return
                receive(data)
                if len(data) > FLOOD_BYTES:
                    time.sleep(REST_S)

    def send(self, data: bytes, begins: Hashable = None, ends: Hashable = None) -> bool:
        """Write `data` soon; whether it was taken, see `Outbox.put`. Any thread, never blocks."""
        with self._wake:
            if self.is_lost or self._end_s < math.inf:
                return False
            is_taken = self._outbox.put(data, begins, ends)
            self._wake.notify()
        return is_taken

    def stop(self) -> None:
        """Let `listen` return. Any thread."""
        self._is_closed = True
        self._device.stop()

    def close(self) -> None:
        """Write what waits, for a moment, and give the device back. Not the thread that listens."""
        with self._wake:
            self._end_s = min(self._end_s, time.monotonic() + CLOSE_S)
            self._wake.notify()
        self._writer.join(CLOSE_S + 2 * WAIT_S)
        time.sleep(2 * AHEAD_S)  # for what the system still holds
        self.stop()
        is_free = self._listening.acquire(timeout=CLOSE_S)
        self._device.close()
        if is_free:
            self._listening.release()

    def _lose(self, error: SerialUnavailableError) -> None:
        logger.debug("A serial device is gone: %s", error)
        with self._wake:
            self.is_lost = True
            self._outbox.clear()
            self._wake.notify()

    def _write(self) -> None:
        ask_for_priority()
        free_s = 0.0  # when the wire has carried all that was written
        rest = b""
        while True:
            with self._wake:
                while not (rest or self._outbox or self.is_lost or self._end_s < math.inf):
                    self._wake.wait()
                rest = rest or self._outbox.take()
                if self.is_lost or not rest or time.monotonic() > self._end_s:
                    return
            now_s = time.monotonic()
            if free_s > now_s + AHEAD_S:
                time.sleep(free_s - now_s - AHEAD_S)
            try:
                n_bytes = self._device.write(rest)
            except SerialUnavailableError as error:
                self._lose(error)
                return
            rest = rest[n_bytes:]
            free_s = max(free_s, now_s) + n_bytes * self._byte_s
