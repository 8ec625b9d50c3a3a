"""From the key to the new ghost, playing on: `python tests/bench/bench_adapt_bridge.py [--window]`.

The program runs as a person starts it, this process is the one that plays. It says how long the ghost learns,
how long the rest was waited for, and how late answers begin while it learns and while it does not, in turns.
Needs the train extra. The first lesson also loads and compiles what the later ones use. Nothing is
asserted: times depend on the machine and on what else runs.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.core.clock import ask_for_priority
from tests.bench.bench_bridge import THRESHOLD_S, Bridge, bridge
from tests.contract.screen import open_screen

EVENTS_PER_S = 60
PHRASE_S, ANSWER_S = 0.6, 2.1  # an answer to a short phrase is 2 s long
IDLE_PHRASES = 9  # after every lesson
WAIT_S = 600.0  # for a lesson


class Evening:
    """Somebody who draws circles, and notes what the program says of the ghost.

    Attributes:
        model, adapt: as the program said last, and since when.
        touched_s: when the ghost last touched.
    """

    def __init__(self, opened: Bridge) -> None:
        self._bridge = opened
        self.model = self.adapt = ""
        self.touched_s = self.model_s = self.adapt_s = 0.0

    def send(self, address: str, *arguments: int | str) -> None:
        self._bridge.send(address, *arguments)

    def circle(self, seconds: float) -> None:
        """Draw for so long, and lift."""
        start_s = time.perf_counter()
        for index in range(int(seconds * EVENTS_PER_S)):
            angle = 2.0 * math.pi * index / 90
            x, y = 0.5 + 0.25 * math.cos(angle), 0.5 + 0.25 * math.sin(angle)
            self._bridge.send("/ghostjam/touch", 0, x, y, int(index > 0))
            self.hear(start_s + (index + 1) / EVENTS_PER_S)
        self._bridge.send("/ghostjam/release", 0)

    def hear(self, until_s: float) -> None:
        """Take in what the program says until then."""
        while (left_s := until_s - time.perf_counter()) > 0.0:
            message = self._bridge.hear(left_s)
            if message is None:
                return
            if message.address == "/ghostjam/touch" and message.arguments[0] == "ghost":
                self.touched_s = self.touched_s or self._bridge.heard_s
            elif message.address == "/ghostjam/state/model":
                self.model, self.model_s = str(message.arguments[0]), self._bridge.heard_s
            elif message.address == "/ghostjam/state/adapt":
                self.adapt, self.adapt_s = str(message.arguments[0]), self._bridge.heard_s
            elif message.address == "/ghostjam/state/notice":
                print(f"    {message.arguments[0]}")

    def lateness_ms(self) -> float:
        """Play a phrase and hear the answer; how late that begins. NaN if none came."""
        self.circle(PHRASE_S)
        due_s, self.touched_s = time.perf_counter() + THRESHOLD_S, 0.0
        self.hear(due_s + ANSWER_S)
        return 1e3 * (self.touched_s - due_s) if self.touched_s else math.nan


def lesson(evening: Evening) -> list[float]:
    """Let the ghost learn and play on; how late the answers began meanwhile."""
    evening.adapt, model, start_s = "", evening.model, time.perf_counter()
    evening.send("/ghostjam/adapt")
    late_ms: list[float] = []
    while time.perf_counter() < start_s + WAIT_S and evening.model == model:
        late_ms.append(evening.lateness_ms())
        if evening.adapt in ("not better", "failed"):
            break
    learned_s, played_s = evening.adapt_s - start_s, evening.model_s - start_s
    print(f"{evening.adapt}: {learned_s:.1f} s from the key; it played after {played_s:.1f} s")
    return late_ms


def told(name: str, late_ms: list[float]) -> None:
    """The quantiles of some times."""
    ordered = sorted(late_ms)
    p50, p90 = (ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.9))
    print(f"answers late {name}: {len(ordered)}, p50 {p50:.1f}, p90 {p90:.1f}, most {ordered[-1]:.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="of play before the first lesson")
    parser.add_argument("--lessons", type=int, default=4)
    parser.add_argument("--window", action="store_true", help="with the window, on a virtual screen")
    args = parser.parse_args()
    learning: list[float] = []
    not_learning: list[float] = []
    with contextlib.ExitStack() as stack:
        os.environ["XDG_DATA_HOME"] = stack.enter_context(tempfile.TemporaryDirectory())
        screen = stack.enter_context(open_screen()) if args.window else None
        evening = Evening(stack.enter_context(bridge("listen", screen)))
        ask_for_priority()
        evening.circle(args.seconds)
        evening.send("/ghostjam/set/mode", "call")
        for number in range(args.lessons):
            late_ms = lesson(evening)
            learning += late_ms if number else []
            not_learning += [evening.lateness_ms() for _ in range(IDLE_PHRASES)]
        told("while it learns, from the second lesson on", learning)
        told("else", not_learning)


if __name__ == "__main__":
    main()
