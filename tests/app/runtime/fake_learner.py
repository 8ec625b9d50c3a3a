"""A process that speaks as the one that learns does, and learns nothing; run by `test_adaptation.py`.

    python fake_learner.py LOG BEHAVIOUR

Every line that it is given goes into the file LOG. BEHAVIOUR: "better" and "worse" learn; the others stop,
go wrong or end somewhere, as they are called.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import Any

log_path, behaviour = sys.argv[1:]


def say(**message: Any) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def learn(task: dict[str, Any]) -> None:
    say(state="learning", done=0.0)
    say(state="learning", done=0.5)
    if behaviour == "holds while it learns":
        return
    if behaviour == "ends while it learns":
        sys.exit(3)
    if behaviour == "says garbage":
        write("Epoch 1/3\n")
        return
    if behaviour == "says another kind of JSON":
        write("[1, 2]\n")
        return
    if behaviour == "says bytes":
        sys.stdout.buffer.write(b"\xff\xfe\x00\n")
        sys.stdout.buffer.flush()
        return
    if behaviour == "says a huge line":
        write('{"state": "' + 300_000 * "a" + '"}\n')
        return
    if behaviour == "says a line that never ends":
        write('{"state": "lear')
        return
    if behaviour == "ends in the middle of a line":
        write('{"state": "lear')
        sys.exit(0)
    if behaviour == "falls silent for good":
        os.close(1)
        return
    if behaviour == "says a number that is none":
        say(state="learning", done="half")
        return
    if behaviour == "knows another state":
        say(state="dreaming")
        return
    if behaviour == "fails":
        say(state="failed", why="the recordings have no taps")
        return
    if behaviour == "writes nothing":
        say(state="learned", model=task["out"], name=task["name"], is_better=True, words="Better.")
        return
    say(state="learning", done=1.0)
    numbers = {"events": 120, "seconds": 24.0, "before": -1.0, "after": -1.5}
    if behaviour == "worse":
        say(
            state="learned",
            model="",
            name=task["name"],
            is_better=False,
            words="It knows no better.",
            **numbers,
        )
        return
    with open(task["model"], "rb") as parent, open(task["out"], "xb") as child:
        shutil.copyfileobj(parent, child)
    say(
        state="learned", model=task["out"], name=task["name"], is_better=True,
        words="It knows you better.", **numbers,
    )  # fmt: skip


if behaviour == "ends at once":
    sys.exit(1)
if behaviour != "is never ready":
    say(state="ready")
for line in sys.stdin:
    with open(log_path, "a", encoding="utf-8") as log:
        log.write(line)
    task = json.loads(line)
    if "model" in task and behaviour != "is never ready":
        learn(task)
