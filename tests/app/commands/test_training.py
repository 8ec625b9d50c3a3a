"""`ghostjam train` and its second process: each signal reaches it once, and it never outlives the first."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

PATIENCE_S = 30.0
# Stands for training: says who it is, and writes a model at the end or when it is interrupted.
SECOND = """
import os, signal, sys, time
def write(text):
    with open(sys.argv[2], "w") as file:
        file.write(text)
n = 0
def interrupt(number, frame):
    global n
    n += 1
signal.signal(signal.SIGINT, interrupt)
if sys.argv[3:] == ["deaf"]:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), flush=True)
for _ in range(int(sys.argv[4]) if len(sys.argv) > 4 else 600):
    time.sleep(0.05)
    if n:
        time.sleep(0.5)
        write(f"best after {n}")
        sys.exit(0)
write("late")
"""
FIRST = """
import argparse, sys
from app.commands import training
training.TRAINING, training.NEEDED, training.GRACE_S = sys.argv[1], (), 0.5
sys.exit(training.run(argparse.Namespace(command="train", rest=sys.argv[2:])))
"""


class Pair:
    """A process that trains by another one."""

    def __init__(self, root: Path, *rest: object) -> None:
        self.first = subprocess.Popen(
            [sys.executable, "-c", FIRST, SECOND, *map(str, rest)],
            cwd=root, stdout=subprocess.PIPE, text=True, process_group=0,
        )  # fmt: skip
        assert self.first.stdout is not None
        self.second = int(self.first.stdout.readline())

    def is_second_there(self) -> bool:
        """Whether the second process still runs, or has ended and nobody has asked how."""
        with suppress(ProcessLookupError):
            os.kill(self.second, 0)
            state = Path(f"/proc/{self.second}/stat")
            return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
        return False

    def wait_for_second(self) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while self.is_second_there():
            assert time.monotonic() < end_s, "the second process is still there"
            time.sleep(0.02)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    path = tmp_path / "mine.tflite"
    path.write_text("the model of yesterday")
    return path


@pytest.fixture
def pair(root: Path, out: Path) -> Iterator[Pair]:
    yield from started(root, out)


@pytest.fixture
def deaf_pair(root: Path, out: Path) -> Iterator[Pair]:
    """The second process does not hear SIGTERM."""
    yield from started(root, out, "deaf")


def started(root: Path, *rest: object) -> Iterator[Pair]:
    pair = Pair(root, *rest)
    yield pair
    pair.first.kill()
    pair.first.wait()
    assert pair.first.stdout is not None
    pair.first.stdout.close()
    if pair.is_second_there():
        os.kill(pair.second, signal.SIGKILL)


def test_an_interrupt_of_the_first_alone_reaches_the_second(pair: Pair, out: Path) -> None:
    pair.first.send_signal(signal.SIGINT)
    assert pair.first.wait(PATIENCE_S) == 0
    assert out.read_text() == "best after 1"


def test_a_ctrl_c_at_the_terminal_is_one_interrupt(pair: Pair, out: Path) -> None:
    """The terminal tells all processes of its group."""
    os.killpg(os.getpgid(pair.first.pid), signal.SIGINT)
    assert pair.first.wait(PATIENCE_S) == 0
    assert out.read_text() == "best after 1"


@pytest.mark.parametrize(
    ("which", "number"),
    [
        ("pair", signal.SIGTERM),
        ("deaf_pair", signal.SIGTERM),
        ("pair", signal.SIGHUP),
        ("pair", signal.SIGQUIT),
    ],
)
def test_what_asks_for_the_end_ends_both_and_the_old_model_stays(
    which: str, number: int, request: pytest.FixtureRequest, out: Path
) -> None:
    pair = request.getfixturevalue(which)
    pair.first.send_signal(number)
    code = pair.first.wait(PATIENCE_S)
    assert code == 128 + (signal.SIGTERM if which == "pair" else signal.SIGKILL)
    assert not pair.is_second_there()
    assert out.read_text() == "the model of yesterday"


def test_the_second_does_not_outlive_the_first(pair: Pair, out: Path) -> None:
    pair.first.kill()
    pair.wait_for_second()
    assert out.read_text() == "the model of yesterday"


def test_both_stop_and_go_on_together(pair: Pair) -> None:
    pair.first.send_signal(signal.SIGTSTP)
    os.waitid(os.P_PID, pair.first.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    pair.first.send_signal(signal.SIGCONT)
    pair.first.send_signal(signal.SIGTERM)
    assert pair.first.wait(PATIENCE_S) == 128 + signal.SIGTERM


def test_a_background_job_is_not_interrupted(root: Path, tmp_path: Path) -> None:
    """A shell without job control starts those with SIGINT ignored, and the second inherits it."""
    out = tmp_path / "mine.tflite"
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pairs = started(root, out, "", 20)
        pair = next(pairs)
    finally:
        signal.signal(signal.SIGINT, before)
    pair.first.send_signal(signal.SIGINT)
    assert pair.first.wait(PATIENCE_S) == 0
    assert out.read_text() == "late"
    assert next(pairs, None) is None
