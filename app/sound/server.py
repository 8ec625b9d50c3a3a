"""The process that holds the sound card. `remote` starts it and writes to it.

signalflow is C++ that can end its process: an exception on its audio thread calls `exit`, a NaN crashes
it, and giving a PulseAudio device back crashes it now and then. So it lives here, where that silences
the instrument for a moment and takes nothing else along.

stdin, a JSON value a line: first an object, the arguments of `Sound`; then rows: an event (`ipc.to_row`),
["set", name, value] or ["panic"]. Its end is the end of this process, so none is ever left behind.
stdout, a JSON object a line: {"open": the device} or {"failed": why}; {"playing": true} when the card
takes the first block; {"stopped": why} before an early end; {"fault": what} for a row that raised.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
import time
from dataclasses import asdict
from typing import NoReturn

from app.core.ending import ENDING_SIGNALS
from app.sound.ipc import Row, from_row, to_line
from app.sound.live import LAST_FADE_S, Sound

POLL_S = 0.5
STILL = 4
"""Polls in a row without a new block after which the card counts as gone."""


def main() -> None:
    """Sound until stdin ends. Does not return: see `_leave`."""
    for number in ENDING_SIGNALS:  # to a whole group, as a terminal sends them: for the app, which ends stdin
        signal.signal(number, signal.SIG_IGN)
    reader = sys.stdin.buffer
    arguments = json.loads(reader.readline() or b"{}")
    try:
        sound = Sound(**arguments)
    except ImportError as error:
        _say("failed", f"signalflow is not installed ({error})")
        _leave(1)
    except Exception as error:  # whatever signalflow throws is an answer
        _say("failed", f"no usable device ({error})")
        _leave(1)
    _say("open", asdict(sound.device))
    threading.Thread(target=_watch, args=(sound,), daemon=True).start()
    gc.freeze()
    for line in reader:
        try:
            _do(sound, json.loads(line))
        except Exception as error:  # a defect of ours must not end the sound
            _say("fault", f"{type(error).__name__}: {error}")
    sound.panic()
    time.sleep(LAST_FADE_S)
    _leave(0)


def _do(sound: Sound, row: Row) -> None:
    if row[0] == "set":
        sound.set(row[1], row[2])
    elif row[0] == "panic":
        sound.panic()
    else:
        sound.play(from_row(row))


def _watch(sound: Sound) -> None:
    """Say when the card takes blocks, and end the process when it takes no more."""
    blocks = still = 0
    playing = False
    while True:
        time.sleep(POLL_S)
        before, blocks = blocks, sound.blocks
        still = 0 if blocks != before else still + 1
        if blocks != before and not playing:
            playing = True
            _say("playing", True)
        if still >= STILL or sound.failed:
            _say("stopped", "the card takes no more sound")
            _leave(2)


def _say(what: str, value: object) -> None:
    try:
        sys.stdout.buffer.write(to_line({what: value}))
        sys.stdout.buffer.flush()
    except OSError:
        _leave(3)  # nobody listens any more


def _leave(code: int) -> NoReturn:
    """End at once. The system takes the card back; signalflow's own way to do so may crash."""
    os._exit(code)
