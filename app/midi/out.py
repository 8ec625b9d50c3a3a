"""MIDI out: a sink for each port. Touches become notes, notes are themselves, values what the mapping says.

The engine's thread encodes and sends; a thread of its own sends what had to wait (thinned controllers, the
spread messages of a panic) and ends notes that last too long. Whatever happens, the ledger knows what sounds.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence

from app.core.clock import Clock, SystemClock, ask_for_priority
from app.core.events import Event, Note, Release, Source, Touch, Values
from app.core.parameters import Value
from app.core.sink import Sink
from app.midi.backend import OutPort
from app.midi.changes import Changes
from app.midi.echo_filter import EchoFilter
from app.midi.ledger import LONGEST_S, Ledger, Owner
from app.midi.mapping import Entry
from app.midi.messages import CONTROL_CHANGE, SUSTAIN
from app.midi.port_names import stem
from app.midi.send_queue import SPREAD_S, SendQueue
from app.midi.setup import OutSetup
from app.midi.touches_out import TouchesOut
from app.midi.values_out import LastSent, ValuesOut

logger = logging.getLogger(__name__)

LONGEST_NOTE_S = 45.0  # of a ghost: the longest note of a model of notes, at the widest stretch, and a little
CLOSE_S = 0.5  # for a driver that holds the lock


class MidiOut(Sink):
    """A sink for one port. It plays whether or not the port is there; see `attach`.

    Args:
        setup: of this port.
        entries: of x1 .. xn.
        echo_filter, changes: shared with the inputs.
        clock: the engine's.
        sleep: spreads the panic of `close`.
    """

    def __init__(
        self,
        setup: OutSetup,
        entries: Sequence[Entry | None],
        echo_filter: EchoFilter,
        changes: Changes,
        *,
        clock: Clock | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sleep = sleep
        self._setup = setup
        self._echo_filter = echo_filter
        self._changes = changes
        self._clock = clock or SystemClock()
        self._port: OutPort | None = None
        self._device = ""
        self._ledger, self._last = Ledger(), LastSent()
        self._send_queue = SendQueue(self._send, setup.gap_s)
        self._touches, self._values = self._encoders(setup, entries)
        self._before: dict[tuple[Source, int], tuple[float, ...]] = {}
        self._left: list[bytes] = []  # note offs for a port that went while notes sounded
        self._pedal_up = b""  # what lets go of the pedal that was passed on; empty while it is up
        self._wake = threading.Condition(threading.RLock())
        self._wake_s = math.inf
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="midi out", daemon=True)

    # The port comes and goes

    def attach(self, port: OutPort, name: str) -> None:
        """Send to `port` from here on. Notes that sounded on it when it went are ended first."""
        with self._wake:
            self._port, self._device = port, stem(name)
            left, self._left = self._left, []
            for message in left:
                self._send(message)

    def detach(self) -> OutPort | None:
        """The port is gone: nothing sounds any more. Returns it, for the caller to close."""
        with self._wake:
            port, self._port = self._port, None
            self._left += [*self._ledger.stop_all(), *filter(None, [self._pedal_up])]
            self._pedal_up = b""
            self._forget()
            self._send_queue.clear()
        return port

    def remap(self, setup: OutSetup, entries: Sequence[Entry | None]) -> None:
        """Play by another mapping from here on. What sounds by the old one ends. Any thread."""
        with self._wake:
            self._send_queue.put(self._ledger.stop_all(), self._clock.now())
            self._send_queue.put(filter(None, [self._pedal_up]), self._clock.now(), at_once=True)
            self._pedal_up = b""
            self._forget()
            before = self._touches
            self._setup = setup
            self._send_queue.gap_s = setup.gap_s
            self._touches, self._values = self._encoders(setup, entries)
            self._touches.instrument, self._touches.scale = before.instrument, before.scale

    def start(self) -> None:
        """Start the thread that sends what waits. Without it, call `step`."""
        self._thread.start()

    # The sink

    def play(self, event: Event) -> None:
        """Send one event."""
        with self._wake:
            now_s = self._clock.now()
            if isinstance(event, Release):
                self._release(event, now_s)
            elif isinstance(event, Touch):
                messages, begins = self._touches.encode(event, self._end_s(event, now_s))
                self._send_queue.put(messages, now_s, at_once=begins)
            elif isinstance(event, Note):
                self._play_note(event, now_s)
            else:
                self._play_values(event, now_s)
            self._look(now_s)

    def pass_on(self, message: bytes) -> None:
        """Send a message of a player's keyboard that is no note, where the player's notes go."""
        with self._wake:
            if Source.PLAYER in self._setup.play:
                sent = bytes((message[0] & 0xF0 | self._setup.channels[Source.PLAYER], *message[1:]))
                if sent[0] & 0xF0 == CONTROL_CHANGE and sent[1] == SUSTAIN:
                    self._pedal_up = bytes((*sent[:2], 0)) if sent[2] else b""
                self._send_queue.put([sent], self._clock.now(), at_once=True)

    def set(self, name: str, value: Value) -> None:
        """Follow the parameters that make the pitch."""
        with self._wake:
            if name == "instrument":
                self._touches.instrument = str(value)
            elif name == "scale":
                self._touches.scale = str(value)

    def panic(self) -> None:
        """End every note that is known, then everything on every channel."""
        with self._wake:
            offs = self._ledger.stop_all()
            self._forget()
            if self._port is not None:
                self._send_queue.sweep(offs)
            self._look(self._clock.now())

    def close(self) -> None:
        """Panic, and give the port back."""
        if self._closed or not self._wake.acquire(timeout=CLOSE_S):
            return  # a driver that does not come back holds the lock
        try:
            self._closed = True
            self.panic()
            for message in self._send_queue.rest():
                self._send(message)
                self._sleep(SPREAD_S)
            port = self.detach()
            self._wake.notify()
        finally:
            self._wake.release()
        if port is not None:
            port.close()

    def step(self) -> float:
        """Send what is due; returns when there is more to do, infinity for never."""
        with self._wake:
            now_s = self._clock.now()
            self._send_queue.put(self._ledger.expire(now_s), now_s)
            return min(self._send_queue.step(now_s), self._ledger.next_s)

    # Inside

    def _encoders(self, setup: OutSetup, entries: Sequence[Entry | None]) -> tuple[TouchesOut, ValuesOut]:
        channels = {source: setup.channels[source] for source in setup.play}
        touches = TouchesOut(channels, setup.mpe, self._ledger, self._last)
        return touches, ValuesOut(entries, self._ledger, self._last)

    def _play_note(self, note: Note, now_s: float) -> None:
        if note.source in self._setup.play:
            owner, channel = Owner(note.source, note.voice), self._setup.channels[note.source]
            end_s = math.inf if note.source is Source.PLAYER else now_s + LONGEST_NOTE_S
            self._send_queue.put(self._ledger.start(owner, channel, note.pitch, note.velocity, end_s), now_s)

    def _play_values(self, event: Values, now_s: float) -> None:
        stream = (event.source, event.voice)
        only = None
        if event.source is Source.PLAYER:
            only = self._changes.of(event, self._before.get(stream))
        self._before[stream] = event.values
        if event.source in self._setup.play:
            end_s = now_s + LONGEST_S
            messages = self._values.encode(*stream, event.values, only=only, end_s=end_s)
            self._send_queue.put(messages, now_s)

    def _release(self, event: Release, now_s: float) -> None:
        voice = (event.source, event.voice)
        self._send_queue.put(self._touches.release(Owner(*voice), now_s), now_s)
        self._send_queue.put(self._ledger.stop_all(lambda owner: (owner.source, owner.voice) == voice), now_s)

    def _end_s(self, touch: Touch, now_s: float) -> float:
        """A player's finger plays as long as it is down; a ghost has no finger that could get tired."""
        return math.inf if touch.source is Source.PLAYER else now_s + LONGEST_S

    def _forget(self) -> None:
        self._touches.forget()
        self._last.forget()
        self._before.clear()

    def _send(self, message: bytes) -> None:
        if self._port is None:
            self.n_dropped += 1
            return
        self._echo_filter.sent(self._device, message, self._clock.now())
        try:
            self._port.send(message)
        except Exception as error:  # a driver may do anything; if the port is gone, the watch will find out
            self.n_dropped += 1
            logger.debug("MIDI out %s: %s", self._device, error)

    def _look(self, now_s: float) -> None:
        """Wake the thread if something is due before it wakes by itself."""
        due_s = min(self._send_queue.step(now_s), self._ledger.next_s)
        if due_s < self._wake_s:
            self._wake.notify()

    def _run(self) -> None:
        ask_for_priority()
        with self._wake:
            while True:
                if self._closed:
                    return
                self._wake_s = self.step()
                wait_s = self._wake_s - self._clock.now()
                self._wake.wait(None if self._wake_s == math.inf else max(wait_s, 0.0))
