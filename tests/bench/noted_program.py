"""The program, with a note of each frame and of each event of the ghost: noted_program.py FILE COMMAND ...

FILE gets three doubles a note, as they happen: what (FRAME, PLAYED), when on `time.perf_counter`, and how
long the frame took, or how late the event was, in seconds.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

FRAME, PLAYED = 0.0, 1.0


def read_notes(path: Path) -> np.ndarray:
    """The notes, float64 `(n_notes, 3)`; one that is being written is left out."""
    numbers = path.read_bytes()
    return np.frombuffer(numbers[: len(numbers) // 24 * 24]).reshape(-1, 3)


def main() -> int:
    """Run the command, noted."""
    from app.core.status import Report
    from app.window.timing import Timing
    from ghostjam import main as ghostjam

    notes = open(sys.argv.pop(1), "wb", buffering=0)
    played, drew = Report.played, Timing.drew

    def note(what: float, when_s: float, seconds: float) -> None:
        notes.write(np.array([what, when_s, seconds]).tobytes())

    def noted_played(self: Report, late_s: float) -> None:
        note(PLAYED, time.perf_counter(), late_s)
        played(self, late_s)

    def noted_drew(self: Timing, start_s: float, end_s: float) -> None:
        note(FRAME, start_s, end_s - start_s)
        drew(self, start_s, end_s)

    Report.played, Timing.drew = noted_played, noted_drew  # type: ignore[method-assign]
    return ghostjam()


if __name__ == "__main__":
    sys.exit(main())
