"""From the key to the new ghost, playing on: `python tests/bench/bench_adapt_bridge.py [--window]`.

The program runs as a person starts it, this process is the one that plays. It says how long the ghost learns
and how long the rest was waited for; then how late answers begin, how late each event of the ghost is
(jitter of replay), and with `--window`, on a virtual screen, how often and how fast frames come: while the
process loads and learns for the first time, while it learns, and between lessons, in turns and with the same
playing. Needs the train extra. Nothing is asserted: times depend on the machine and on what else runs.

On two cores that ten other programs kept busy, while it learned / between lessons: 52.7 / 51.5 frames a
second, events of the ghost late by p99 0.54 / 0.46 ms, answers by p90 0.96 / 1.04 ms; where no thread may
have real-time priority, 22.3 / 20.8 frames, p90 22.6 / 21.8 ms, p90 67 / 60 ms.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from app.core.clock import ask_for_priority
from tests.bench.bench_bridge import THRESHOLD_S, Bridge, bridge
from tests.bench.noted_program import FRAME, PLAYED, read_notes
from tests.contract.screen import open_screen

EVENTS_PER_S = 60
PHRASE_S, ANSWER_S = 0.6, 2.1  # an answer to a short phrase is 2 s long
IDLE_PHRASES = 9  # after every lesson
WAIT_S = 600.0  # for a lesson
FRAME_S = 1 / 60


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


@dataclass
class Spell:
    """What was measured in one state of the program.

    Attributes:
        spans: from when to when it was in that state, on `time.perf_counter`.
        late_ms: how late answers began.
    """

    name: str
    spans: list[tuple[float, float]] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)

    def tell(self, notes: np.ndarray) -> None:
        """Print a line for each of what `noted_program` has noted."""
        what, when_s, took_s = notes.T
        within = np.any([(start <= when_s) & (when_s < end) for start, end in self.spans], axis=0)
        frames = [when_s[(what == FRAME) & (start <= when_s) & (when_s < end)] for start, end in self.spans]
        gaps = np.concatenate([np.diff(each) for each in frames])
        print(f"{self.name}, {sum(end - start for start, end in self.spans):.0f} s")
        told("answers late", np.array(self.late_ms))
        told("events of the ghost late", 1e3 * took_s[within & (what == PLAYED)])
        if len(gaps):
            rate = len(gaps) / gaps.sum()
            slow = float(np.mean(gaps > 1.5 * FRAME_S))
            print(f"    {'frames a second':26} {rate:.1f}, {100.0 * slow:.1f} % a frame late or more")
            told("a frame takes", 1e3 * took_s[within & (what == FRAME)])


def told(name: str, ms: np.ndarray) -> None:
    """The quantiles of some times."""
    if len(ms):
        p50, p90, p99, most = np.quantile(ms, [0.5, 0.9, 0.99, 1.0])
        shares = f"p50 {p50:6.2f}  p90 {p90:6.2f}  p99 {p99:6.2f}  most {most:7.2f}"
        print(f"    {name:26} {shares} ms of {len(ms)}")


def lesson(evening: Evening, spell: Spell) -> None:
    """Let the ghost learn and play on."""
    evening.adapt, model, start_s = "", evening.model, time.perf_counter()
    evening.send("/ghostjam/adapt")
    while time.perf_counter() < start_s + WAIT_S and evening.model == model:
        spell.late_ms.append(evening.lateness_ms())
        if evening.adapt in ("not better", "failed"):
            break
    learned_s, played_s = evening.adapt_s - start_s, evening.model_s - start_s
    spell.spans.append((start_s, evening.adapt_s))
    print(f"{evening.adapt}: {learned_s:.1f} s from the key; it played after {played_s:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="of play before the first lesson")
    parser.add_argument("--lessons", type=int, default=4)
    parser.add_argument("--window", action="store_true", help="with the window, on a virtual screen")
    args = parser.parse_args()
    first, learning, idle = Spell("the first lesson"), Spell("while it learns"), Spell("between lessons")
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        os.environ["XDG_DATA_HOME"] = folder
        notes = Path(folder) / "notes"
        screen = stack.enter_context(open_screen()) if args.window else None
        program = (str(Path(__file__).with_name("noted_program.py")), str(notes))
        evening = Evening(stack.enter_context(bridge("listen", screen, program)))
        ask_for_priority()
        evening.circle(args.seconds)
        evening.send("/ghostjam/set/mode", "call")
        for number in range(args.lessons):
            lesson(evening, learning if number else first)
            start_s = time.perf_counter()
            idle.late_ms += [evening.lateness_ms() for _ in range(IDLE_PHRASES)]
            idle.spans.append((start_s, time.perf_counter()))
        for spell in (first, learning, idle):
            if spell.spans:
                spell.tell(read_notes(notes))


if __name__ == "__main__":
    main()
