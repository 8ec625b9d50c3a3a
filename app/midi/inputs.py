"""MIDI in: messages of all ports, one after the other, to the controls.

The MIDI system calls on a thread of its own that must not wait: there a message is stamped and queued,
nothing else. One thread of ours does the rest, so nothing of it needs a lock.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

from app.core.clock import Clock, SystemClock, ask_for_priority
from app.core.controls import Controls
from app.core.midi_clock import CLOCK
from app.core.parameters import ParameterError
from app.core.refusals import ControlError
from app.midi.backend import Receive
from app.midi.changes import Changes
from app.midi.controls_in import ControlsIn
from app.midi.echo_filter import EchoFilter, LoopDetector
from app.midi.keys_in import KeysIn
from app.midi.messages import ends_note, is_whole
from app.midi.port_names import stem
from app.midi.touches_in import TouchesIn
from app.midi.values_in import ValuesIn

logger = logging.getLogger(__name__)

QUEUED = 16384  # messages, many seconds of a full wire; of more, all but note offs are refused
STOP_S = 1.0
Job = Callable[[], None]


@dataclass
class Reader:
    """What one port's messages mean. What notes are, and `values`, may be missing."""

    wanted: str
    controls_in: ControlsIn
    loop: LoopDetector
    values: ValuesIn | None = None
    notes: TouchesIn | KeysIn | None = None


class Inputs:
    """All inputs.

    Args:
        controls: what is played and set.
        n_values: how many values a controller has here.
        echo_filter, changes: shared with the outputs.
        tell: says what happened to a person.

    Attributes:
        values: x1 .. xn, as far as is known; a knob says where it is when it is first turned.
    """

    def __init__(
        self,
        controls: Controls,
        n_values: int,
        echo_filter: EchoFilter,
        changes: Changes,
        tell: Callable[[str], None],
        *,
        clock: Clock | None = None,
    ) -> None:
        self._controls = controls
        self._echo_filter = echo_filter
        self._changes = changes
        self._tell = tell
        self._clock = clock or SystemClock()
        self.values = [0.5] * n_values
        self._queue: queue.SimpleQueue[tuple[float, bytes, Reader, str] | Job] = queue.SimpleQueue()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="midi in", daemon=True)

    def receiver(self, reader: Reader, name: str) -> Receive:
        """What the port `name` calls with each message, on any thread."""
        device = stem(name)

        def receive(message: bytes) -> None:
            if self._queue.qsize() >= QUEUED and not ends_note(message):
                self._controls.refuse("MIDI: more came than could be handled.")
            else:
                self._queue.put((self._clock.now(), message, reader, device))

        return receive

    def release(self, reader: Reader) -> None:
        """The port of `reader` is gone: its keys are up. Any thread."""
        self._queue.put(lambda: self._release(reader))

    def replace(self, reader: Reader, by: Reader) -> None:
        """What the port of `reader` plays means something else from here on; its keys are up. Any thread."""

        def replace() -> None:
            self._release(reader)
            reader.controls_in, reader.values, reader.notes = by.controls_in, by.values, by.notes

        self._queue.put(replace)

    def start(self) -> None:
        """Handle what comes on a thread of its own. Without it, call `step`."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what is queued is still handled."""
        self._ended = True
        self._queue.put(lambda: None)
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def step(self) -> None:
        """Handle everything that is queued."""
        while not self._queue.empty():
            self._handle(self._queue.get())

    def _run(self) -> None:
        ask_for_priority()
        while not self._ended:
            self._handle(self._queue.get())
        self.step()

    def _handle(self, item: tuple[float, bytes, Reader, str] | Job) -> None:
        try:
            if isinstance(item, tuple):
                self._take(*item)
            else:
                item()
        except (ControlError, ParameterError) as error:
            self._controls.refuse(f"MIDI: {error}")
        except Exception:  # a defect of ours must not end the listening
            logger.exception("A MIDI message could not be handled.")

    def _take(self, time_s: float, message: bytes, reader: Reader, device: str) -> None:
        if message and message[0] in CLOCK:
            self._controls.tick(message[0], time_s)
            return
        if not is_whole(message):
            self._controls.refuse(f"MIDI: expected a whole message, got {message[:8].hex(' ') or 'nothing'}.")
            return
        if self._echo_filter.is_echo(device, message, time_s):
            return
        ignore, found = reader.loop.hear(message, time_s)
        if found:
            self._release(reader)
            self._tell(f"MIDI loop: what we send comes back through {reader.wanted}. It is not listened to "
                       "until it is silent.")  # fmt: skip
        if ignore or reader.controls_in.take(message):
            return
        if reader.values is not None:
            self._take_values(reader.values.updates(message), time_s)
        if reader.notes is not None:
            reader.notes.take(message, time_s)

    def _take_values(self, updates: tuple[tuple[int, float], ...], time_s: float) -> None:
        if not updates:
            return
        for index, value in updates:
            self.values[index] = value
        self._changes.note(time_s, tuple(index for index, _ in updates))
        self._controls.values(tuple(self.values), 0, time_s)

    def _release(self, reader: Reader) -> None:
        if reader.notes is not None:
            reader.notes.release(self._clock.now())
