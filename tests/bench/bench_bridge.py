"""What the bridge reaches here: `python tests/bench/bench_bridge.py [--seconds 60] [--window]`, on loopback.

The bridge runs as a person starts it, in a process of its own; this process is the other program. Times are
from before a datagram is sent to after the answer was received, so they hold the kernel's way too. Nothing is
asserted: times depend on the machine and on what else runs on it. So a bare process that only sends back is
measured in the same moments ("bare"): a ratio to that says more than a number of milliseconds. With --window
the numbers need real-time priority even more: without it, another program that takes its turn while the
window holds the interpreter is waited for by everything that plays.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import random
import select
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.core.clock import ask_for_priority, sharpen_timers
from app.osc.packet import Argument, Message, build, build_bundle, padded, parse
from tests.contract.screen import Screen, open_screen

ROOT = Path(__file__).resolve().parents[2]
THRESHOLD_S = 0.1
OURS = ("player", 0)  # source and voice
WARM_S = 3.0  # the first frames build what later ones use
SILENT_S = 2.0  # after which nothing more is expected


class Bridge:
    """The real program, and a socket to talk with it. With `screen` it has its window there.

    Attributes:
        heard_s: when the last message came.
        port: where it listens, on `listen`.
    """

    def __init__(
        self,
        mode: str,
        screen: Screen | None = None,
        listen: str = "127.0.0.1",
        model: str = "touch",
        more: Sequence[str] = (),
        program: Sequence[str] = ("-m", "app"),
    ) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.port = free_port()
        self.heard_s = 0.0
        options = [
            *more,
            "--osc-in",
            f"{listen}:{self.port}",
            "--osc-out",
            f"127.0.0.1:{self.socket.getsockname()[1]}",
        ]
        self.process = subprocess.Popen(
            [sys.executable, *program, "play" if screen else "bridge", *options, "--mode", mode,
             "--no-sound", "--no-record", "--seed", "1", "--threshold", str(THRESHOLD_S), "--model", model],
            cwd=ROOT, env=screen.environment if screen else None,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while not self.is_there(0.1):
            """It does not listen yet."""
        if screen:
            time.sleep(WARM_S)

    def send(self, address: str, *arguments: Argument) -> None:
        self.throw(build(address, arguments))

    def throw(self, datagram: bytes) -> None:
        self.socket.sendto(datagram, ("127.0.0.1", self.port))

    def hear(self, seconds: float = SILENT_S) -> Message | None:
        """The next message; None if none comes for so long."""
        if not select.select([self.socket], [], [], seconds)[0]:
            return None
        datagram = self.socket.recv(65536)
        self.heard_s = time.perf_counter()
        return parse(datagram)[0]

    def hear_until(
        self, address: str, source: str | None = None, seconds: float = SILENT_S
    ) -> Message | None:
        while (message := self.hear(seconds)) is not None:
            if message.address == address and source in (None, message.arguments[:1][0]):
                return message
        return None

    def is_there(self, seconds: float = SILENT_S) -> bool:
        """Whether it answers."""
        self.send("/ghostjam/ping")
        return self.hear_until("/ghostjam/pong", seconds=seconds) is not None

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(5)
        self.socket.close()

    @property
    def memory_mb(self) -> float:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / 1e6


@contextlib.contextmanager
def bridge(
    mode: str, screen: Screen | None = None, program: Sequence[str] = ("-m", "app")
) -> Iterator[Bridge]:
    opened = Bridge(mode, screen, program=program)
    try:
        yield opened
    finally:
        opened.close()


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def quantiles(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p50 = ordered[(len(ordered) - 1) // 2]
    return (
        f"p50 {p50 * 1e3:.2f} ms, p99 {p99(seconds) * 1e3:.2f} ms, worst {ordered[-1] * 1e3:.2f} ms "
        f"of {len(ordered)}"
    )


def p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(0.99 * (len(seconds) - 1))]


BARE = """
import select, socket, struct, sys
sys.path.insert(0, sys.argv[1])
from app.core.clock import ask_for_priority, sharpen_timers
sharpen_timers()
ask_for_priority()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bare:
    bare.bind(("127.0.0.1", 0))
    print(bare.getsockname()[1], flush=True)
    while True:
        datagram, sender = bare.recvfrom(1024)
        wait_s = struct.unpack_from("d", datagram)[0]
        if wait_s:
            select.select([], [], [], wait_s)
        bare.sendto(datagram, sender)
"""


class Bare:
    """The least this machine can do now: a process that sends back what comes, after a while if asked."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", BARE, str(ROOT)], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self._port = ("127.0.0.1", int(self._process.stdout.readline()))
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.taken: list[float] = []

    def ask(self, wait_s: float = 0.0) -> None:
        """Measure once: there and back, beyond `wait_s`."""
        sent_s = time.perf_counter()
        self._socket.sendto(struct.pack("d32x", wait_s), self._port)
        self._socket.recv(1024)
        self.taken.append(time.perf_counter() - sent_s - wait_s)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(5)
        self._socket.close()


def beside(taken: list[float], bare: Bare) -> str:
    """What was measured, and the noise of the machine in the same moments."""
    ratio = p99(taken) / p99(bare.taken)
    return f"{quantiles(taken)}; bare: {quantiles(bare.taken)}; p99 {ratio:.1f} x"


def answer(n_phrases: int, screen: Screen | None = None) -> str:
    """From the end of a phrase to the ghost's first touch on the wire, beyond the threshold."""
    taken: list[float] = []
    end = build("/ghostjam/release", (0,))
    with bridge("call", screen) as opened, contextlib.closing(Bare()) as bare:
        for _ in range(n_phrases):
            for index in range(3):
                opened.send("/ghostjam/touch", 0, 0.3 + 0.02 * index, 0.5, int(index > 0))
                time.sleep(0.005)
            while opened.hear(0.0):
                """What the ghost played before the phrase, and the phrase itself."""
            ended_s = time.perf_counter()
            opened.throw(end)
            if opened.hear_until("/ghostjam/touch", "ghost"):
                taken.append(opened.heard_s - ended_s - THRESHOLD_S)
            opened.send("/ghostjam/pause", 1)  # what the ghost plays on is no noise of the machine
            bare.ask(0.02)
            opened.send("/ghostjam/pause", 0)
            time.sleep(0.01)
        return beside(taken, bare)


def thru(mode: str, n_events: int, screen: Screen | None = None) -> str:
    """From a touch that comes in to the same touch going out."""
    taken: list[float] = []
    with bridge(mode, screen) as opened, contextlib.closing(Bare()) as bare:
        for index in range(n_events):
            touch = build("/ghostjam/touch", (0, index / n_events, 0.5, int(index > 0)))
            sent_s = time.perf_counter()
            opened.throw(touch)
            if opened.hear_until("/ghostjam/touch", "player"):
                taken.append(opened.heard_s - sent_s)
            time.sleep(0.002)
            bare.ask()
            time.sleep(0.002)
        return beside(taken, bare)


def burst(n_events: int) -> str:
    """Touches as fast as they can be sent; how many came through, and whether in order."""
    with bridge("call") as opened:
        datagrams = [build("/ghostjam/touch", (0, i / n_events, 0.5, int(i > 0))) for i in range(n_events)]
        began_s = time.perf_counter()
        for datagram in datagrams:
            opened.throw(datagram)
        sent_s = time.perf_counter() - began_s
        came: list[float] = []
        all_s = sent_s
        while len(came) < n_events and time.perf_counter() < began_s + all_s + SILENT_S:
            message = opened.hear()
            if message and message.address == "/ghostjam/touch" and message.arguments[0] == "player":
                came.append(float(message.arguments[2]))
                all_s = time.perf_counter() - began_s
    order = "in order" if came == sorted(came) else "NOT IN ORDER"
    times = f"sent in {sent_s * 1e3:.0f} ms, all out after {all_s * 1e3:.0f} ms"
    return f"{len(came)} of {n_events} {order}; {times}"


def steady(mode: str, per_second: int, seconds: float) -> str:
    """Many messages a second for long: what is lost, how late the last second's are, what memory grows."""
    n_events = int(per_second * seconds)
    sent_s = [0.0] * n_events
    late: list[float] = []
    n_came = 0

    def hear() -> None:
        nonlocal n_came
        ask_for_priority()
        heard_s = math.inf
        while n_came < n_events and time.perf_counter() < heard_s + SILENT_S:
            message = opened.hear(SILENT_S)  # the ghost may play on, when the player's are all here
            now_s = time.perf_counter()
            if message is None or message.address != "/ghostjam/touch" or message.arguments[:2] != OURS:
                continue
            heard_s = now_s
            n_came += 1
            index = round(float(message.arguments[2]) * 2**20)  # exact in 32 bits
            if index >= n_events - per_second:
                late.append(now_s - sent_s[index])

    with bridge(mode) as opened:
        opened.send("/ghostjam/touch", 1, 0.5, 0.5, 0)
        time.sleep(0.5)
        before_mb = opened.memory_mb
        listener = threading.Thread(target=hear)
        listener.start()
        start_s = time.perf_counter()
        for index in range(n_events):
            if index % 10 == 0:
                time.sleep(max(0.0, start_s + index / per_second - time.perf_counter()))
            datagram = build("/ghostjam/touch", (0, index / 2**20, 0.5, int(index > 0)))
            sent_s[index] = time.perf_counter()
            opened.throw(datagram)
        took_s = time.perf_counter() - start_s
        listener.join()
        after_mb = opened.memory_mb
    return (
        f"{n_came} of {n_events} came, sent in {took_s:.1f} s; last second: {quantiles(late)}; "
        f"memory {before_mb:.1f} to {after_mb:.1f} MB"
    )


def hostile(random_: random.Random) -> bytes:
    """A datagram of somebody who means harm, or whose program is broken."""
    whole = build("/ghostjam/touch", (0, random_.random(), random_.random(), 1))
    kind = random_.randrange(8)
    if kind == 0:
        return random_.randbytes(random_.randrange(200))
    if kind == 1:
        return whole[: random_.randrange(len(whole))]
    if kind == 2:
        return whole[:-12] + struct.pack(">ffi", random_.choice([float("nan"), float("inf"), -1e30]), 0.5, 1)
    if kind == 3:
        tags = "".join(random_.choices("ifsbhdTFNI[]r", k=random_.randrange(12)))
        return padded("/ghostjam/touch") + padded(f",{tags}") + random_.randbytes(16)
    if kind == 4:
        packet = whole
        for _ in range(random_.randrange(1, 200)):
            packet = build_bundle([packet], 1)
        return packet
    if kind == 5:
        return build_bundle([whole], random_.randrange(2**64 - 2**60, 2**64))
    if kind == 6:
        path = random_.choice(["/../../etc/passwd", "/ghostjam/set/../x", "/" + "A" * 1000, "/{a,b}*?"])
        return build(path, ("%n%s;rm -rf /", 1))
    name = random_.choice(["model", "mode", "threshold_s"])
    return build(f"/ghostjam/set/{name}", ("../" * random_.randrange(99),))


def under_attack(n_datagrams: int) -> str:
    """Hostile datagrams: is it still there, and what did they do to its memory?"""
    random_ = random.Random(1)
    began_s = time.perf_counter()
    with bridge("call") as opened:
        opened.is_there()
        for datagram in [hostile(random_) for _ in range(5000)]:  # what is allocated once
            opened.throw(datagram)
        opened.is_there()
        before_mb = opened.memory_mb
        for index in range(n_datagrams):
            opened.throw(hostile(random_))
            if index % 500 == 0 and not opened.is_there():  # no faster than it answers
                return f"SILENT after {index}"
        is_there = opened.is_there()
        after_mb = opened.memory_mb
        opened.send("/ghostjam/get", "refused")
        refused = opened.hear_until("/ghostjam/state/refused")
        opened.send("/ghostjam/touch", 0, 0.5, 0.5, 0)
        opened.send("/ghostjam/release", 0)
        plays = opened.hear_until("/ghostjam/touch", "ghost") is not None
    n_refused = refused.arguments[0] if refused else "?"
    took_s = time.perf_counter() - began_s
    return (
        f"{n_datagrams} in {took_s:.0f} s, {n_refused} refused; still there: {is_there}, "
        f"still plays: {plays}; memory {before_mb:.1f} to {after_mb:.1f} MB"
    )


def decode(n_messages: int) -> str:
    """Our way from a datagram to checked arguments, and python-osc's, in one run."""
    from pythonosc.osc_packet import OscPacket

    from app.osc.inbound import Inbound
    from app.osc.profiles import PROFILES

    class NoControls:
        def touch(self, *_: object, **__: object) -> None:
            """Nothing more is measured."""

    inbound = Inbound(NoControls(), PROFILES["ghostjam"], lambda *_: None)  # type: ignore[arg-type]
    datagram = build("/ghostjam/touch", (0, 0.5, 0.5, 1))

    def rate(n_times: int, take: object) -> float:
        began_s = time.perf_counter()
        for _ in range(n_times):
            take()  # type: ignore[operator]
        return n_times / (time.perf_counter() - began_s)

    ours = rate(n_messages, lambda: inbound.receive(datagram, None))
    theirs = rate(n_messages // 10, lambda: OscPacket(datagram))
    return f"{ours / 1e3:.0f} 000 a second, dispatched; python-osc {theirs / 1e3:.0f} 000, not dispatched"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="of 10 000 messages a second")
    parser.add_argument("--window", action="store_true", help="with the window open, on a virtual screen")
    parser.add_argument("--only", help="one measurement, by the beginning of its name")
    args = parser.parse_args()
    sharpen_timers()
    if not ask_for_priority():
        print("no real-time priority here: what other programs do is measured too")
    if args.window:
        with open_screen() as screen:
            _measure(args.only, {
                "answer beyond the threshold, window open": lambda: answer(300, screen),
                "thru, the ghost hears, window open": lambda: thru("call", 1000, screen),
                "thru, the ghost plays, window open": lambda: thru("duet", 1000, screen),
            })  # fmt: skip
        return
    _measure(args.only, {
        "decode": lambda: decode(200_000),
        "answer beyond the threshold": lambda: answer(300),
        "thru, the ghost hears": lambda: thru("call", 1000),
        "thru, the ghost plays": lambda: thru("duet", 1000),
        "burst": lambda: burst(5000),
        "10 000 a second, the ghost hears": lambda: steady("call", 10_000, args.seconds),
        "hostile": lambda: under_attack(200_000),
    })  # fmt: skip


def _measure(only: str | None, measurements: dict[str, Callable[[], str]]) -> None:
    for name, measure in measurements.items():
        if not only or name.startswith(only):
            print(f"{name}: {measure()}", flush=True)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
