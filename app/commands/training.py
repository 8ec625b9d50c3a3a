"""`ghostjam train`, `evaluate` and `fetch`: a second process, because the app never loads training code."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from app.core.ending import ENDING_SIGNALS
from app.runtime.errors import CommandError
from app.runtime.train_extra import NEEDED, NEEDED_TO_FETCH, TRAINING, lack
from ghostjam import python_command

ATTEND = "from training.attended import attend; attend()"
GRACE_S = 5.0  # from SIGTERM on, for a process that is in the middle of compiled code


def run(args: argparse.Namespace) -> int:
    """Run `training` in a process of its own, and return its exit code; 128 + n if signal n ended it."""
    if lacking := lack(NEEDED_TO_FETCH if args.command == "fetch" else NEEDED):
        raise CommandError(lacking)
    command = python_command(f"{ATTEND}; {TRAINING}", args.command, *args.rest)
    # A group of its own: a Ctrl-C at the terminal reaches this process alone, and is passed on once. On
    # Windows it reaches both. The pipe tells the other process that this one is gone, whatever ended it.
    apart: dict[str, Any] = {} if sys.platform == "win32" else {"process_group": 0}
    with subprocess.Popen(command, stdin=subprocess.PIPE, **apart) as process, passing_signals_on(process):
        while True:
            try:
                code = process.wait()
            except KeyboardInterrupt:  # Windows: the other process has it too
                continue
            return code if code >= 0 else 128 - code


@contextmanager
def passing_signals_on(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Within `with`, `process` gets the signals that this process gets, instead of it.

    SIGINT once: it keeps the best model and ends. Any other that asks for the end, as SIGTERM: it ends and
    writes nothing, and is killed if it has not ended after `GRACE_S`. SIGTSTP stops both. A signal that this
    process was started to ignore (a background job of a script, `nohup`), or that somebody else handles, is
    left alone.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        process.send_signal(number)

    def terminate(number: int, frame: FrameType | None) -> None:
        process.terminate()
        killing = threading.Timer(GRACE_S, process.kill)
        killing.daemon = True
        killing.start()

    def stop(number: int, frame: FrameType | None) -> None:
        process.send_signal(signal.SIGSTOP)
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTSTP)  # returns when this process goes on
        signal.signal(signal.SIGTSTP, stop)
        process.send_signal(signal.SIGCONT)

    wanted: dict[int, tuple[Any, Any]] = {
        number: (signal.SIG_DFL, terminate) for number in ENDING_SIGNALS if number != signal.SIGINT
    }
    if sys.platform != "win32":
        wanted |= {
            signal.SIGINT: (signal.default_int_handler, interrupt),
            signal.SIGTSTP: (signal.SIG_DFL, stop),
        }
    before = {
        number: signal.signal(number, handler)
        for number, (usual, handler) in wanted.items()
        if threading.current_thread() is threading.main_thread() and signal.getsignal(number) == usual
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
