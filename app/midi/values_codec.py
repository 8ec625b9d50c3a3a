"""Values of a controller as MIDI messages and back, for a port that is none of the MIDI system."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.clock import Clock, SystemClock
from app.core.events import Source
from app.midi.changes import moved
from app.midi.ledger import LONGEST_S, Ledger
from app.midi.mapping import Entry, default_entries
from app.midi.values_in import Update, ValuesIn
from app.midi.values_out import LastSent, ValuesOut


class ValuesCodec:
    """Both directions of one port. One thread.

    Args:
        n_values: how many values a controller has here.
        inputs, outputs: the entries of x1 .. xn; None: controllers, as a MIDI port has without a mapping.
        clock: tells when a note was held for too long.

    Attributes:
        n_values: as in the arguments.
    """

    def __init__(
        self,
        n_values: int,
        inputs: Sequence[Entry | None] | None = None,
        outputs: Sequence[Entry | None] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.n_values = n_values
        self._clock = clock or SystemClock()
        self._ledger, self._last = Ledger(), LastSent()
        self._in = ValuesIn(default_entries(n_values) if inputs is None else inputs)
        entries = default_entries(n_values) if outputs is None else outputs
        self._out = ValuesOut(entries, self._ledger, self._last)
        self._before: dict[tuple[Source, int], tuple[float, ...]] = {}

    def updates(self, message: bytes) -> tuple[Update, ...]:
        """What a message changes: (index from 0, value in [0, 1]), in the order of the mapping."""
        return self._in.updates(message)

    def encode(self, source: Source, voice: int, values: Sequence[float]) -> list[bytes]:
        """The messages of one event. A player's notes are struck again where its value changed, the ghost's
        with every event."""
        stream, now = (source, voice), tuple(values)
        only = moved(now, self._before.get(stream)) if source is Source.PLAYER else None
        self._before[stream] = now
        end_s = self._clock.now() + LONGEST_S
        return self._out.encode(source, voice, now, only=only, end_s=end_s)

    def release(self, source: Source, voice: int) -> list[bytes]:
        """The ends of the notes of a voice."""
        return self._ledger.stop_all(lambda owner: (owner.source, owner.voice) == (source, voice))

    def expire(self) -> list[bytes]:
        """The ends of notes that were held for too long."""
        return self._ledger.expire(self._clock.now())

    def stop_all(self) -> list[bytes]:
        """The ends of all notes."""
        return self._ledger.stop_all()

    def forget(self) -> None:
        """Whoever listens knows nothing any more: the next messages say everything."""
        self._last.forget()
        self._before.clear()
