"""Bytes as MIDI messages: running status, realtime messages in between, what is broken or exclusive left out.

Source: MIDI 1.0 Detailed Specification, "Running Status", "System Real Time Messages" and the flow chart of a
receiver (Appendix 2). mido's parser knows no running status.
"""

from __future__ import annotations

from app.midi.messages import LENGTHS, NOTE_OFF, REALTIME, SYSTEM


class ByteParser:
    """Takes a stream in pieces of any size."""

    def __init__(self) -> None:
        self._message = bytearray()  # a status byte, and its data bytes so far; empty: data means nothing

    def feed(self, data: bytes) -> list[bytes]:
        """The messages of a channel and of realtime that end in `data`."""
        messages = []
        for byte in data:
            if byte >= REALTIME:  # also between the bytes of another message, which goes on
                messages.append(bytes((byte,)))
            elif byte >= SYSTEM:  # exclusive or common: what follows is not for us, up to the next status
                self._message.clear()
            elif byte >= NOTE_OFF:  # the status of a channel's message
                self._message[:] = (byte,)
            elif self._message:
                self._message.append(byte)
                if len(self._message) == LENGTHS[self._message[0] & 0xF0]:
                    messages.append(bytes(self._message))
                    del self._message[1:]  # the status runs on
        return messages
