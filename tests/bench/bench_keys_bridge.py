"""The ten made-up players of `bench_keys_manner.py` through the bridge, in real time: every note over OSC.

    python tests/bench/bench_keys_bridge.py [--phrases 1]

The bridge runs as a person starts it. A phrase of 6 s is sent note by note; what comes back as the ghost's,
for about 8 s, is the answer. The figures are those of the other bench, and the time from the last key that
went up to the first note of the answer, less the silence that the bridge waits for. 16 s an answer, two
answers a phrase: with one phrase of each player it takes 5 minutes. Loopback only.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from tests.bench.bench_bridge import Bridge
from tests.bench.bench_keys_manner import ANSWER_S, Asked, bench, show

THRESHOLD_S = 1.5  # the players pause for less within a phrase
OVER_S = 1.0  # of the ghost's silence: the answer is over
NONE_S = 5.0  # without a note: there is no answer


class Stage:
    """The bridge with the model of notes.

    Attributes:
        waited_s: from each phrase's last key to the first note of its answer.
        n_held: keys of the ghost that were still down when an answer was over.
    """

    def __init__(self) -> None:
        self._bridge = Bridge("call", model="keys")
        self._bridge.send("/ghostjam/set/threshold_s", THRESHOLD_S)
        self._bridge.send("/ghostjam/set/reply_s", ANSWER_S)
        self.waited_s: list[float] = []
        self.n_held = 0

    def ask(self, asked: Asked, _: int) -> np.ndarray:
        """Rows `(n, 4)` of the answer to a phrase that is played now."""
        self._bridge.send("/ghostjam/reset")
        last_s = self._play(asked.phrase.rows)
        notes: list[list[float]] = []
        down: dict[int, int] = {}  # keys of the ghost, to their notes
        heard_s, first_s = time.perf_counter(), 0.0
        while time.perf_counter() - heard_s < (OVER_S if notes and not down else NONE_S):
            message = self._bridge.hear(0.1)
            if message is None or message.address != "/ghostjam/note" or message.arguments[0] != "ghost":
                continue
            heard_s = time.perf_counter()
            first_s = first_s or heard_s
            pitch, velocity = (int(number) for number in message.arguments[1:])
            if velocity:
                down[pitch] = len(notes)
                notes.append([heard_s, float(pitch), 0.0, float(velocity)])
            elif pitch in down:
                number = down.pop(pitch)
                notes[number][2] = max(heard_s - notes[number][0], 0.01)
        self.n_held += len(down)
        self.waited_s.append(first_s - last_s - THRESHOLD_S)
        rows = np.array([note for note in notes if note[2] > 0.0])
        rows[:, 0] = np.diff(rows[:, 0], prepend=rows[0, 0])
        return rows

    def _play(self, rows: np.ndarray) -> float:
        """Send a phrase; returns when its last key went up."""
        onset_s = np.cumsum(rows[:, 0], dtype="float64") - rows[0, 0]
        events = []
        for at, (_, pitch, held_s, velocity) in zip(onset_s.tolist(), rows.tolist(), strict=True):
            events += [(at, 1, int(pitch), int(velocity)), (at + held_s, 0, int(pitch), 0)]
        start_s = time.perf_counter()
        for at, _, pitch, velocity in sorted(events):
            time.sleep(max(start_s + at - time.perf_counter(), 0.0))
            self._bridge.send("/ghostjam/note", pitch, velocity)
        return time.perf_counter()

    def close(self) -> None:
        self._bridge.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--phrases", type=int, default=1, help="of each player")
    options = parser.parse_args()
    with contextlib.closing(Stage()) as stage:
        show(bench(stage.ask, options.phrases, 1))
    waited_ms = 1e3 * np.array(stage.waited_s)
    print(f"first note beyond the silence: p50 {np.median(waited_ms):.2f} ms, most {waited_ms.max():.2f} ms")
    print(f"keys of the ghost left down: {stage.n_held}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
