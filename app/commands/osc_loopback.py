"""OSC messages of ours to ourselves: whether they come, and how long they take."""

from __future__ import annotations

import socket
import time

from app.core.events import Source, Touch
from app.osc.out import OscOut


def osc_s(n: int) -> list[float]:
    """Seconds from an event given to the OSC sink until the datagram is read, n times; OSError if none is."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(2.0)
        sink = OscOut(f"127.0.0.1:{listener.getsockname()[1]}")
        values = []
        for i in range(n):
            start = time.perf_counter()
            sink.play(Touch(start, Source.PLAYER, 0, 0.5, 0.5, i > 0))
            listener.recv(1024)
            values.append(time.perf_counter() - start)
        sink.close()
    return values
