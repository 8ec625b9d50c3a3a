"""A hostile peer on a port that lets the network in: does the player still get through, and what comes back?

`python tests/bench/bench_open_port.py` starts a bridge that listens on 0.0.0.0, throws 1 MB/s at it from this
machine's own network address, which is not loopback, and plays by loopback meanwhile. Nothing leaves the
machine. The goal: p99 of the player's touches, in to out, under 20 ms; answers to the peer few and bounded.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.core.clock import sharpen_timers
from app.osc.packet import build, build_bundle
from tests.bench.bench_bridge import Bridge, quantiles

BYTES_PER_S = 1_000_000
LOST_S = 1.0  # a touch that is not out by then
GET = build("/ghostjam/get", ())
TOUCHES = [build("/ghostjam/touch", (50 + i % 8, i % 100 / 100, 0.5, int(i > 7))) for i in range(800)]
THROWN: dict[str, list[bytes]] = {
    "33 KB bundles of get": [build_bundle([GET] * 1200, 1)],
    "7 KB bundles of get": [build_bundle([GET] * 250, 1)],
    "touches": TOUCHES,
    "settings": [build("/ghostjam/set/volume", (i / 100,)) for i in range(100)],
    "models": [build("/ghostjam/set/model", (name,)) for name in ("touch", "gestures", "keys", "nothing")],
    "instruments": [build("/ghostjam/set/instrument", (i % 4,)) for i in range(4)],
    "panics": [build("/ghostjam/panic", ())],
    "listeners": [
        build("/ghostjam/listen", (1,)),
        build("/ghostjam/set/volume", (0.25,)),
        build("/ghostjam/set/volume", (0.5,)),
    ],
    "patterns": [build("/ghostjam/*e*e*e*/[!q]*{a,e,i,o,u}*", (0.5,))],
    "not OSC": [b"\xff" * 16],
}


def throw(
    datagrams: list[bytes], address: tuple[str, int], seconds: float, told: Callable[[object], None]
) -> None:
    """Send `BYTES_PER_S` for so long; tells how many bytes were sent, and what came back: answers, bytes."""
    n_answers = n_bytes = n_sent = index = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.setblocking(False)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        began_s = time.perf_counter()
        while (now_s := time.perf_counter() - began_s) < seconds:
            while n_sent < BYTES_PER_S * now_s:
                datagram = datagrams[index % len(datagrams)]
                peer.sendto(datagram, address)
                n_sent += len(datagram)
                index += 1
            try:
                while True:
                    n_bytes += len(peer.recv(65536))
                    n_answers += 1
            except BlockingIOError:
                time.sleep(0.001)
    told((n_sent, index, n_answers, n_bytes))


def came(opened: Bridge, x: float, until_s: float) -> bool:
    """Whether the player's touch at `x` comes out by then, among all that does."""
    while (left_s := until_s - time.perf_counter()) > 0.0:
        message = opened.hear_until("/ghostjam/touch", "player", left_s)
        if message is not None and message.arguments[1:3] == (0, x):
            return True
    return False


def own_address() -> str:
    """This machine's address in a network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address that is nobody's, see RFC 5737
        except OSError:
            raise SystemExit("This machine has no address in a network: nothing to measure.") from None
        return str(probe.getsockname()[0])


def beside(datagrams: list[bytes], host: str, seconds: float) -> str:
    """The player's touches in and out, while `datagrams` are thrown at the port."""
    taken: list[float] = []
    n_lost = 0
    opened = Bridge("call", listen="0.0.0.0")
    try:
        pipe, end = multiprocessing.Pipe()
        address = (host, opened.port)
        peer = multiprocessing.Process(target=throw, args=(datagrams, address, seconds, end.send))
        peer.start()
        ends_s = time.perf_counter() + seconds
        index = 0
        while time.perf_counter() < ends_s:
            x = index % 4096 / 4096  # exact in 32 bits
            touch = build("/ghostjam/touch", (0, x, 0.5, int(index > 0)))
            sent_s = time.perf_counter()
            opened.throw(touch)
            if came(opened, x, sent_s + LOST_S):
                taken.append(opened.heard_s - sent_s)
            else:
                n_lost += 1
            index += 1
            time.sleep(0.003)
        peer.join()
        n_sent, n_thrown, n_answers, n_bytes = pipe.recv()
    finally:
        opened.process.terminate()
        opened.process.wait(5)
        opened.socket.close()
    times = quantiles(taken) if taken else "none came"
    return (
        f"{times}, {n_lost} lost; thrown {n_sent / 1e6 / seconds:.1f} MB/s in {n_thrown} datagrams, "
        f"back {n_answers} answers, {n_bytes / 1e3:.1f} kB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.8, help="of each kind")
    parser.add_argument("--only", help="one kind, by the beginning of its name")
    args = parser.parse_args()
    host = own_address()
    sharpen_timers()
    for name, datagrams in THROWN.items():
        if not args.only or name.startswith(args.only):
            print(f"{name}: {beside(datagrams, host, args.seconds)}", flush=True)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
