"""A long evening: `python tests/bench/soak.py [--minutes 20] [--hours 2]`.

--minutes is real time: the bridge as a person starts it, with a recording; this process plays by OSC what
comes to its mind, and believes what it hears. --hours is compressed time: the engine with the shipped model,
played by OSC, recorded, its model changed, on a clock moved by hand. Both print, as it goes, what a stage
must not see, and end with exit code 1 and the reasons if it was seen: a bridge that died, voices that nobody
lets go of, rows that are missing in the recording, events later than `LATE_S` (every message carries when it
is due, as its time tag), descriptors, threads or memory that grow.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import random
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.core.clock import ask_for_priority, sharpen_timers
from app.osc.packet import Argument, build, parse, to_unix_s

ROOT = Path(__file__).resolve().parents[2]
MODES = ("call", "duet", "loop", "call")
END_S = 10.0
LATE_S = 0.05  # what the engine itself calls late: it moves its schedule then
MORE_DESCRIPTORS, MORE_THREADS, MORE_MEMORY_MB = 4, 2, 20.0  # that may come in an evening


class Listener:
    """What a program that plays what it hears would know.

    Attributes:
        held: since when each (source, voice) is held.
        late: seconds from when a ghost's event was due to when it came, of the last minute.
        latest_s: the most of all.
    """

    def __init__(self, opened: socket.socket) -> None:
        self.socket = opened
        self.held: dict[tuple[str, int], float] = {}
        self.late: list[float] = []
        self.latest_s = 0.0
        self.n_events = 0
        self.faults = 0

    def listen(self, until_s: float) -> None:
        """Take what comes until then."""
        while (left_s := until_s - time.perf_counter()) > 0:
            if not select.select([self.socket], [], [], left_s)[0]:
                return
            datagram = self.socket.recv(65536)
            came_s = time.time()
            for message in parse(datagram):
                self._take(message.address, message.arguments, came_s, to_unix_s(message.time_tag))

    def _take(self, address: str, arguments: tuple[Argument, ...], came_s: float, due_s: float) -> None:
        if address not in ("/ghostjam/touch", "/ghostjam/release"):
            return
        self.n_events += 1
        source, voice = str(arguments[0]), int(arguments[1])
        if source == "ghost" and address == "/ghostjam/touch":
            self.late.append(came_s - due_s)
            self.latest_s = max(self.latest_s, came_s - due_s)
        if address == "/ghostjam/release":
            self.faults += self.held.pop((source, voice), None) is None
        else:
            self.faults += bool(arguments[4]) and (source, voice) not in self.held
            self.held[source, voice] = time.perf_counter()

    def stuck(self, down: set[int]) -> int:
        """How many voices are held though nobody plays them: a finger that is up, a ghost silent for long."""
        now_s = time.perf_counter()
        fingers = sum(source == "player" and voice not in down for source, voice in self.held)
        return fingers + sum(s == "ghost" and now_s > since + 30.0 for (s, _), since in self.held.items())


class Player:
    """Plays phrases of a few seconds with up to three fingers, rests, and turns something in between."""

    def __init__(self, send: socket.socket, port: int) -> None:
        self._send, self._port = send, ("127.0.0.1", port)
        self._random = random.Random(1)
        self.down: set[int] = set()

    def say(self, address: str, *arguments: Argument) -> None:
        self._send.sendto(build(f"/ghostjam/{address}", arguments), self._port)

    def phrase(self) -> Iterator[float]:
        """Play one phrase and rest; yields how long to wait before the next step."""
        for voice in range(self._random.choice((1, 1, 2, 3))):
            self.down.add(voice)
            self.say("touch", voice, self._random.random(), self._random.random(), 0)
        for _ in range(self._random.randrange(20, 200)):
            x, y = self._random.random(), self._random.random()
            self.say("touch", self._random.choice(list(self.down)), x, y, 1)
            yield 0.02
        for voice in self.down:
            self.say("release", voice)
        self.down.clear()
        yield self._random.uniform(0.5, 8.0)
        dice = self._random.random()
        if dice < 0.3:
            self.say("set/mode", self._random.choice(MODES))
        elif dice < 0.4:
            self.say("set/ghosts", self._random.choice(("each", "one")))
        elif dice < 0.45:
            self.say("panic")
        elif dice < 0.5:
            self.say("reset")


@dataclass(frozen=True)
class Use:
    """What a process holds of the machine."""

    descriptors: int
    threads: int
    memory_mb: float

    @classmethod
    def of(cls, pid: int | str) -> Use:
        """Now. OSError if the process is gone."""
        folder = Path(f"/proc/{pid}")
        pages = int((folder / "statm").read_text().split()[1])
        return cls(
            len(list((folder / "fd").iterdir())),
            len(list((folder / "task").iterdir())),
            pages * os.sysconf("SC_PAGESIZE") / 1e6,
        )

    def grown(self, since: Use) -> list[str]:
        """What grew by more than a little, in words."""
        found = []
        if self.descriptors > since.descriptors + MORE_DESCRIPTORS:
            found.append(f"descriptors grew from {since.descriptors} to {self.descriptors}")
        if self.threads > since.threads + MORE_THREADS:
            found.append(f"threads grew from {since.threads} to {self.threads}")
        if self.memory_mb > since.memory_mb + MORE_MEMORY_MB:
            found.append(f"memory grew from {since.memory_mb:.0f} to {self.memory_mb:.0f} MB")
        return found

    def __str__(self) -> str:
        return f"memory {self.memory_mb:.1f} MB, {self.descriptors} descriptors, {self.threads} threads"


def real(minutes: float, kill_after_s: float = math.inf) -> list[str]:
    """So many minutes at the speed of life; returns what went wrong, in words.

    Args:
        kill_after_s: for the test of this: when the bridge dies.
    """
    with contextlib.ExitStack() as stack:
        ears = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        ears.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        ears.bind(("127.0.0.1", 0))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        address = f"127.0.0.1:{ears.getsockname()[1]}"
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "bridge", "--osc-in", "0", "--osc-out", address, "--osc-bundles",
             "--no-sound", "--record", folder, "--seed", "1", "--threshold", "0.4"],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        stack.callback(process.wait)
        stack.callback(process.kill)
        assert process.stdout is not None
        stack.callback(process.stdout.close)
        port = int(process.stdout.readline().split("; ")[1].rsplit(":", 1)[1])
        listener, player = Listener(ears), Player(ears, port)
        sharpen_timers()
        ask_for_priority()
        start_s = time.perf_counter()
        look_s = start_s + min(60.0, minutes * 20.0)  # by then it is as large as it gets
        first = None
        wrong: list[str] = []
        while time.perf_counter() < start_s + minutes * 60.0 and process.poll() is None:
            for wait_s in player.phrase():
                listener.listen(time.perf_counter() + wait_s)
                if time.perf_counter() > start_s + kill_after_s:
                    process.kill()
                if process.poll() is not None:
                    break
                if time.perf_counter() >= look_s:
                    use = Use.of(process.pid)
                    _report((look_s - start_s) / 60.0, listener, player, use)
                    first = first or use
                    look_s += 60.0
        if process.poll() is not None:
            return [f"the bridge ended by itself, with exit code {process.returncode}"]
        if first is not None:
            wrong += Use.of(process.pid).grown(first)
        process.terminate()
        listener.listen(time.perf_counter() + END_S / 5)
        if process.wait(END_S):
            wrong.append(f"the bridge ended with exit code {process.returncode}")
        listener.listen(time.perf_counter() + 0.5)
        recorded = sum(len(path.read_bytes().splitlines()) - 1 for path in Path(folder).iterdir())
    print(
        f"end: {listener.n_events} events heard, {recorded} recorded, {len(listener.held)} voices held, "
        f"{listener.faults} faults, latest {listener.latest_s * 1e3:.1f} ms"
    )
    if recorded != listener.n_events:
        wrong.append(f"{listener.n_events - recorded} of {listener.n_events} rows are missing")
    if listener.held:
        wrong.append(f"{len(listener.held)} voices stayed held")
    if listener.faults:
        wrong.append(f"{listener.faults} messages that nobody could have understood")
    if listener.latest_s > LATE_S:
        wrong.append(f"an event was {listener.latest_s * 1e3:.0f} ms late")
    return wrong


def _report(minute: float, listener: Listener, player: Player, use: Use) -> None:
    late = sorted(listener.late) or [0.0]
    listener.late = []
    p50, p99 = late[len(late) // 2], late[int(0.99 * (len(late) - 1))]
    print(
        f"minute {minute:.0f}: {listener.n_events} events, ghost late p50 {p50 * 1e3:.2f} ms, p99 "
        f"{p99 * 1e3:.2f} ms of {len(late)}; {use}; stuck {listener.stuck(player.down)}; "
        f"faults {listener.faults}; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def compressed(hours: float) -> list[str]:
    """So many hours of the engine with the shipped model; returns what went wrong, in words."""
    from app.ghost import Ghost
    from tests.app.engine.soaking import LOOK_S, Hall

    with tempfile.TemporaryDirectory() as folder:
        hall = Hall(Ghost.load("touch", seed=1), Path(folder), lambda name: Ghost.load("touch", seed=2))
        began_s = time.perf_counter()
        first = None
        for at_s in hall.play(hours * 3600.0):
            if int(at_s) % 600 < LOOK_S:
                use = Use.of("self")
                status = hall.engine.status()
                print(
                    f"{at_s / 60:.0f} min in {time.perf_counter() - began_s:.0f} s: "
                    f"{sum(hall.ear.n_events.values())} events, moved {status.counters.late} times, longest "
                    f"held {hall.ear.longest_s:.1f} s, notes {len(hall.synth.sounding)}, {use}, "
                    f"faults {len(hall.ear.faults)}",
                    flush=True,
                )
                if at_s >= hours * 360.0:  # by then it is as large as it gets
                    first = first or use
        wrong = Use.of("self").grown(first) if first is not None else []
        missing = hall.end()
        counters = hall.engine.status().counters
    held = len(hall.ear.held) + len(hall.synth.sounding) + len(hall.osc_held)
    print(f"end: {held} held, {missing} rows missing, {counters}")
    faults = {
        "voices and notes stayed held": held,
        "rows are missing": missing,
        "events did not arrive by OSC": sum(hall.ear.n_events.values()) - hall.n_osc,
        "messages that nobody could have understood": len(hall.ear.faults),
        "times the ghost was late": counters.late,
        "faults of the model": counters.model_faults,
        "faults of a sink": counters.sink_faults,
        "faults of the engine": counters.engine_faults,
        "events were dropped": counters.dropped + counters.sink_drops,
    }
    return wrong + [f"{number} {what}" for what, number in faults.items() if number]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=0.0, help="of real time")
    parser.add_argument("--hours", type=float, default=0.0, help="of compressed time")
    args = parser.parse_args()
    wrong = []
    if args.hours:
        wrong += compressed(args.hours)
    if args.minutes or not args.hours:
        wrong += real(args.minutes or 20.0)
    for text in wrong:
        print(f"wrong: {text}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
