"""Clients that break the rules of a web port in every way there is, many at once."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from typing import Any

from tests.app.web.raw_page import BINARY, CONTINUED, LAST, TEXT, RawPage, frame_of

N_ATTACKERS = 32


def hostile_frame(random_: random.Random) -> list[bytes]:
    """Frames that are wrong in one of many ways."""
    numbers = ["NaN", "Infinity", "-1e999", "1e308", "null", '"x"', "[]", "{}", "true", "9" * 400]
    word = random_.choice(["hello", "touch", "release", "note", "values", "set", "do", "ping", "welcome"])
    arguments = ",".join(random_.choice(numbers) for _ in range(random_.randrange(8)))
    kinds: list[Callable[[], list[bytes]]] = [
        lambda: [frame_of(b"x" * 20_000)],  # too large
        lambda: [frame_of(b"[", length=1 << 62)],  # says to be much larger
        lambda: [frame_of(random_.randbytes(40), LAST | BINARY)],
        lambda: [frame_of(b"\xff\xfe\xfa" * 9)],  # no UTF-8
        lambda: [frame_of(b"[" * 10_000)],
        lambda: [frame_of(b'{"a":' * 2000)],
        lambda: [frame_of(f'[["{word}",{arguments}]]'.encode())],
        lambda: [frame_of(b'[["touch",1,'), *(frame_of(b"0", CONTINUED) for _ in range(40))],
        lambda: [frame_of(b'[["touch"', TEXT), frame_of(b",1,.5", LAST | CONTINUED)],
        lambda: [frame_of(json.dumps([["set", word, arguments]] * 600).encode())],
        lambda: [frame_of(b"", LAST | random_.choice((3, 5, 11)))],  # no such opcode
        lambda: [bytes((LAST | TEXT, 5)) + b"hello"],  # not masked
        lambda: [frame_of(b'[["do","panic"]]')],
        lambda: [frame_of(json.dumps([["touch", 1e300, -5, 7, 1, -1], ["values", [0.5] * 900]]).encode())],
    ]
    return random_.choice(kinds)()


def attack(port: int, n_frames: int, n_thrown: Any, n_connections: Any) -> None:
    """Throw hostile frames by many connections at once, each as fast as they are taken: a few, then a ping.

    Only frames that were read are counted: until the pong, or until the port has sent the connection away.
    """

    def throw(seed: int) -> None:
        random_ = random.Random(seed)
        while n_thrown.value < n_frames:
            with n_connections.get_lock():
                n_connections.value += 1
            n_open = 0
            try:
                bad = {"Origin": "http://evil.example"} if random_.random() < 0.02 else None
                attacker = RawPage(port, headers=bad, seconds=8.0)
                if random_.random() < 0.95:
                    attacker.say(["hello", {"name": "x" * random_.randrange(100)}])
                while n_thrown.value < n_frames:
                    frames = [frame for _ in range(8) for frame in hostile_frame(random_)]
                    n_open = len(frames)
                    attacker.socket.sendall(b"".join(frames))
                    attacker.say(["ping", 1])
                    attacker.until("pong")
                    n_open = _count(n_thrown, n_open)
            except (EOFError, OSError, ValueError):  # it was sent away, as it should be
                n_open = _count(n_thrown, n_open)
            else:
                attacker.close()

    threads = [threading.Thread(target=throw, args=(seed,)) for seed in range(N_ATTACKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _count(n_thrown: Any, n_more: int) -> int:
    with n_thrown.get_lock():
        n_thrown.value += n_more
    return 0
