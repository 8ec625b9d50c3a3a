"""A websocket by hand, byte by byte: for a client that costs little, and for one that breaks the rules."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
from typing import Any, Self

TEXT, BINARY, CLOSE, PING, PONG, CONTINUED, LAST = 1, 2, 8, 9, 10, 0, 0x80


class RawPage:
    """One connection. Reading is by `frames`, which takes what is there.

    Args:
        port: on this machine.
        path: of the websocket.
        headers: more of them, and others than those of a good client: {"Host": "evil.example"}.
        seconds: longest wait of one call.
    """

    def __init__(
        self, port: int, path: str = "/play", headers: dict[str, str] | None = None, seconds: float = 5.0
    ) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._left = b""
        every = {
            "Host": f"127.0.0.1:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            **(headers or {}),
        }
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in every.items())]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        while b"\r\n\r\n" not in self._left:
            data = self.socket.recv(65536)
            if not data:
                break
            self._left += data
        head, _, self._left = self._left.partition(b"\r\n\r\n")
        self.head = head.decode("latin-1")
        self.status = int(head.split(b" ", 2)[1]) if head.startswith(b"HTTP/") else 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, payload: bytes, first: int = LAST | TEXT, length: int | None = None) -> None:
        """One frame, with a mask of zeros; `length` lies about how long it is."""
        self.socket.sendall(frame_of(payload, first, length))

    def say(self, *messages: Any) -> None:
        """One frame of messages."""
        self.send(json.dumps(messages, separators=(",", ":")).encode())

    def frames(self) -> list[tuple[int, bytes]]:
        """The whole frames of what is there now, or comes first: (opcode, payload). Pings are answered.

        Raises:
            EOFError: the other side has ended.
        """
        data = self.socket.recv(1 << 18)
        if not data:
            raise EOFError
        self._left += data
        found = []
        while (frame := self._next()) is not None:
            if frame[0] == PING:
                self.send(frame[1], LAST | PONG)
            found.append(frame)
        return found

    def messages(self) -> list[Any]:
        """The messages of `frames`."""
        return [
            message for opcode, payload in self.frames() if opcode == TEXT for message in json.loads(payload)
        ]

    def until(self, word: str) -> Any:
        """The next message that begins so."""
        while True:
            for message in self.messages():
                if message[0] == word:
                    return message

    def close_code(self) -> int:
        """How the other side closes: the status of its goodbye, 0 without one. What comes before is read."""
        code = 0
        try:
            while True:
                for opcode, payload in self.frames():
                    if opcode == CLOSE:
                        self.send(payload, LAST | CLOSE)
                        code = struct.unpack(">H", payload[:2])[0] if payload else 1005
        except (EOFError, OSError):
            return code

    def close(self) -> None:
        """End without a goodbye."""
        self.socket.close()

    def _next(self) -> tuple[int, bytes] | None:
        if len(self._left) < 2:
            return None
        length, start = self._left[1] & 0x7F, 2
        if length >= 126:
            width = 2 if length == 126 else 8
            if len(self._left) < 2 + width:
                return None
            length, start = int.from_bytes(self._left[2 : 2 + width], "big"), 2 + width
        if len(self._left) < start + length:
            return None
        frame = self._left[0] & 0x0F, self._left[start : start + length]
        self._left = self._left[start + length :]
        return frame


def frame_of(payload: bytes, first: int = LAST | TEXT, length: int | None = None) -> bytes:
    """A client's frame: `first` is its first byte, the mask is of zeros."""
    size = len(payload) if length is None else length
    if size < 126:
        head = bytes((first, 0x80 | size))
    elif size < 1 << 16:
        head = bytes((first, 0x80 | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((first, 0x80 | 127)) + size.to_bytes(8, "big")
    return head + bytes(4) + payload
