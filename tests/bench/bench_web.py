"""What a web port reaches here, on loopback: `python tests/bench/bench_web.py [--seconds 300] [--only KIND]`.

finger    a touch by websocket and the same by OSC, in turns, from before it is sent until it is out by OSC:
          asked are at most 3 ms more at p99
people    ten clients with 100 touches a second each: what of them was lost or late at the other nine and at
          OSC out (asked: nothing, and nothing later than 20 ms), memory and processor time of the bridge
hostile   100 000 frames that are wrong in one of many ways, while somebody plays

The bridge runs as a person starts it, in a process of its own. Times depend on what else runs here.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import random
import select
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.core.clock import ask_for_priority, sharpen_timers
from app.osc.packet import build, parse
from tests.app.web.raw_page import RawPage
from tests.bench.bench_bridge import Bridge, free_port, p99, quantiles
from tests.bench.held_up import held_up
from tests.bench.web_attack import attack

N_PEOPLE, PER_S = 10, 100
STEPS = 4096  # places on x, which tell touches apart: exact in 32 bits and in five digits
LATE_S = 0.020
LOST_S = 2.0


class WebBridge(Bridge):
    """A bridge with a web port."""

    def __init__(self, mode: str = "call") -> None:
        self.web_port = free_port()
        super().__init__(mode, more=["--web", str(self.web_port)])

    def page(self, name: str = "") -> RawPage:
        """Somebody who has said hello, and was welcomed."""
        page = RawPage(self.web_port)
        page.say(["hello", {"name": name}])
        page.until("welcome")
        return page

    @property
    def cpu_s(self) -> float:
        """Processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def hear_if_any(page: RawPage) -> None:
    """Take what was sent to a page: it answers pings, and would be sent away if it did not."""
    if select.select([page.socket], [], [], 0.0)[0]:
        page.frames()


def finger(n_touches: int) -> str:
    """The same touches by websocket and by OSC, in turns."""
    opened = WebBridge("listen")
    taken: dict[str, list[float]] = {"web": [], "osc": []}
    try:
        page = opened.page()
        for index in range(2 * n_touches):
            x, way = index % STEPS / STEPS, ("web", "osc")[index % 2]
            moving = index > 1
            sent_s = time.perf_counter()
            if way == "web":
                page.say(["touch", 1, x, 0.5, moving, 1])
            else:
                opened.throw(build("/ghostjam/touch", (0, x, 0.5, int(moving))))
            while (message := opened.hear_until("/ghostjam/touch", "player")) is not None:
                if message.arguments[2] == x:
                    taken[way].append(opened.heard_s - sent_s)
                    break
            time.sleep(0.004 * random.random() + 0.001)
            hear_if_any(page)
        page.close()
    finally:
        opened.close()
    more_ms = 1e3 * (p99(taken["web"]) - p99(taken["osc"]))
    return "".join(f"\n  {way}: {quantiles(seconds)}" for way, seconds in taken.items()) + (
        f"\n  by websocket p99 is {more_ms:+.2f} ms"
    )


class People:
    """Ten clients: what they send, and when it comes to the others and to OSC out."""

    def __init__(self, opened: WebBridge) -> None:
        self.opened = opened
        self.pages = [opened.page(f"p{index}") for index in range(N_PEOPLE)]
        self.voices = {16 + index: index for index in range(N_PEOPLE)}
        for page in self.pages:
            page.socket.setblocking(False)
        self.sent: dict[tuple[int, float], float] = {}  # person and x: when
        self.n_sent = 0
        self.waits: dict[tuple[int, float], int] = {}  # who has not heard of it yet
        self.late: list[float] = []  # at the others
        self.osc_late: list[float] = []
        self.too_late: list[tuple[float, float]] = []  # when sent, when heard
        self.n_heard = 0

    def play(self, seconds: float) -> None:
        """Send and hear for so long, and hear for `LOST_S` more."""
        begins_s = time.perf_counter()
        step = n_steps = 0
        n_steps = round(seconds * PER_S) * N_PEOPLE
        by_socket = {page.socket.fileno(): page for page in self.pages}
        sockets = [*by_socket, self.opened.socket.fileno()]
        poll = select.poll()
        for each in sockets:
            poll.register(each, select.POLLIN)
        ends_s = begins_s + seconds + LOST_S
        while (now_s := time.perf_counter()) < ends_s and (step < n_steps or self.waits):
            while step < n_steps and now_s >= begins_s + step / (PER_S * N_PEOPLE):
                self._send(step % N_PEOPLE, step // N_PEOPLE)
                step += 1
            wait_s = begins_s + step / (PER_S * N_PEOPLE) - time.perf_counter() if step < n_steps else 0.01
            for number, _ in poll.poll(max(0.0, 1e3 * wait_s)):
                if number in by_socket:
                    self._hear(by_socket[number])
                else:
                    self._hear_osc()

    def _send(self, person: int, number: int) -> None:
        x = number % STEPS / STEPS
        key = (person, x)
        if key in self.waits:  # the last with this x, 41 s ago, never came everywhere
            self.waits[person, -number] = self.waits.pop(key)
        self.sent[key] = time.perf_counter()
        self.waits[key] = N_PEOPLE
        self.n_sent += 1
        self.pages[person].say(["touch", 1, x, 0.5, number > 0, 1])

    def _hear(self, page: RawPage) -> None:
        try:
            messages = page.messages()
        except BlockingIOError:
            return
        now_s = time.perf_counter()
        for message in messages:
            if message[0] == "touch" and message[1] == "player":
                self._heard(self.voices[message[2]], round(message[3] * STEPS) / STEPS, now_s, self.late)

    def _hear_osc(self) -> None:
        try:
            while True:
                datagram = self.opened.socket.recv(65536)
                now_s = time.perf_counter()
                message = parse(datagram)[0]
                if message.address == "/ghostjam/touch" and message.arguments[0] == "player":
                    _, voice, x, *_ = message.arguments
                    self._heard(self.voices[int(voice)], float(x), now_s, self.osc_late)
        except BlockingIOError:
            return

    def _heard(self, person: int, x: float, now_s: float, late: list[float]) -> None:
        key = (person, x)
        sent_s = self.sent[key]
        late.append(now_s - sent_s)
        if now_s > sent_s + LATE_S:
            self.too_late.append((sent_s, now_s))
        self.n_heard += 1
        self.waits[key] -= 1
        if not self.waits[key]:
            del self.waits[key]


def people(seconds: float, mode: str) -> str:
    """Ten clients."""
    opened = WebBridge(mode)
    opened.socket.setblocking(False)
    try:
        crowd = People(opened)
        crowd.play(min(5.0, seconds))  # what the first minute allocates is no leak
        crowd.late.clear()
        crowd.osc_late.clear()
        crowd.too_late.clear()
        crowd.n_sent = crowd.n_heard = 0
        before_mb, cpu_s = opened.memory_mb, opened.cpu_s
        with held_up() as stalls:
            began_s = time.perf_counter()
            crowd.play(seconds / 2)
            half_mb = opened.memory_mb
            crowd.play(seconds / 2)
            taken_s = time.perf_counter() - began_s
        cpu, memory_mb = (opened.cpu_s - cpu_s) / taken_s, opened.memory_mb
        n_machine = sum(any(a < heard and b > sent for a, b in stalls) for sent, heard in crowd.too_late)
        return (
            f"\n  {crowd.n_sent} touches to {N_PEOPLE - 1} others and OSC out: {crowd.n_heard} came, "
            f"{sum(crowd.waits.values())} lost, {len(crowd.too_late)} later than {1e3 * LATE_S:g} ms, "
            f"{n_machine} of them while the machine held up a bare process of higher priority too "
            f"({len(stalls)} times, worst {1e3 * max((b - a for a, b in stalls), default=0.0):.0f} ms)"
            f"\n  others: {quantiles(crowd.late)}"
            f"\n  OSC out: {quantiles(crowd.osc_late)}"
            f"\n  bridge: {100 * cpu:.0f} % of a core, memory {before_mb:.0f} MB before, {half_mb:.0f} MB "
            f"at half, {memory_mb:.0f} MB after"
        )
    finally:
        opened.close()


def hostile(n_frames: int) -> str:
    """Hostile clients beside a good one."""
    opened = WebBridge("listen")
    n_thrown, n_connections = multiprocessing.Value("q", 0), multiprocessing.Value("q", 0)
    arguments = (opened.web_port, n_frames, n_thrown, n_connections)
    attacker = multiprocessing.Process(target=attack, args=arguments)
    try:
        page = opened.page("good")
        before_mb, half_mb = opened.memory_mb, 0.0
        attacker.start()
        taken, n_lost, index = [], 0, 0
        began_s = time.perf_counter()
        while attacker.is_alive():
            x = index % STEPS / STEPS
            sent_s = time.perf_counter()
            page.say(["touch", 1, x, 0.25, index > 0, 1])
            while (message := opened.hear_until("/ghostjam/touch", "player")) is not None:
                if message.arguments[2:4] == (x, 0.25):
                    taken.append(opened.heard_s - sent_s)
                    break
            n_lost += message is None
            index += 1
            if not half_mb and n_thrown.value > n_frames / 2:
                half_mb = opened.memory_mb
            time.sleep(0.005)
            hear_if_any(page)
        seconds = time.perf_counter() - began_s
        return (
            f"\n  {n_thrown.value} frames by {n_connections.value} connections in {seconds:.0f} s; the good "
            f"one: {quantiles(taken)}, {n_lost} lost"
            f"\n  memory {before_mb:.0f} MB before, {half_mb:.0f} MB at half, {opened.memory_mb:.0f} MB after"
            f"; {'it plays on' if opened.is_there() else 'IT IS GONE'}"
        )
    finally:
        attacker.kill()
        opened.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=300.0, help="of the ten clients")
    parser.add_argument("--touches", type=int, default=2000, help="by each of the two ways")
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--mode", default="call", help="of the ten clients")
    parser.add_argument("--only", help="one kind")
    args = parser.parse_args()
    sharpen_timers()
    ask_for_priority()
    gc.disable()  # to look through what was measured is no part of it
    kinds: dict[str, Callable[[], str]] = {
        "finger": lambda: finger(args.touches),
        "people": lambda: people(args.seconds, args.mode),
        "hostile": lambda: hostile(args.frames),
    }
    for name, measure in kinds.items():
        if args.only in (None, name):
            print(f"{name}: {measure()}", flush=True)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
