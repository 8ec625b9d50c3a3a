"""The process that learns while somebody plays on: requests on stdin, answers on stdout, JSON lines.

    <- {"prepare": "touch.tflite"}                                    compile for this model now; no answer
    <- {"model": "touch.tflite", "recordings": ["a.csv"], "older": [], "out": "new.tflite", "name": "new"}
    -> {"state": "ready"}                                             once, when everything is imported
    -> {"state": "learning", "done": 0.25}
    -> {"state": "learned", "model": ..., "name": ..., "events": ..., "seconds": ..., "before": ...,
        "after": ..., "is_better": true, "words": ...}                              or
    -> {"state": "failed", "why": "one line"}

Nothing else goes to stdout. It ends at once when stdin ends, because then whoever asked is gone.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from training.drafts import end_process

logger = logging.getLogger(__name__)

NICER = 10  # steps of priority below whoever plays
LEAST_STEP = 0.01  # of progress between two lines
BELOW_NORMAL = 0x4000  # BELOW_NORMAL_PRIORITY_CLASS of Windows

Answer = dict[str, object]


class RequestError(ValueError):
    """A line that is no request: what was expected and what was found."""


def main() -> int:
    """Serve until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # whatever a library prints

    def answer(line: Answer) -> None:
        try:
            answers.write(f"{json.dumps(line, allow_nan=False)}\n")
        except OSError:  # nobody reads: stdin will end too
            end_process(0)

    _lower_priority()
    # A Ctrl-C at the terminal is meant for whoever plays, who ends stdin.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: end_process(0))
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines,), name="requests", daemon=True).start()
    serve(_lines(lines), answer)
    return 0


def serve(lines: Iterator[str], answer: Callable[[Answer], None]) -> None:
    """Do what each of `lines` asks for, and `answer`; after one that fails the next one is served."""
    _import_all()
    from training.adapt import Adapter

    adapter = Adapter()
    answer({"state": "ready"})
    for line in lines:
        try:
            found = _object(line)
            if "prepare" in found and "recordings" not in found:
                _prepare(adapter, found)
                continue
            answer(_learn(adapter, found, answer))
        except Exception as error:  # one evening, one worker: whatever it was, the next request may be good
            if not _is_expected(error):
                traceback.print_exc()
            answer({"state": "failed", "why": _one_line(error)})


def _import_all() -> None:
    from training.backend import choose_backend
    from training.quiet import load_keras

    choose_backend()
    load_keras()
    from training.compile_cache import keep_compiled

    keep_compiled()


def _prepare(adapter: Any, found: dict[str, Any]) -> None:
    """Compile; what is wrong with the model is told when something is to be learned from it."""
    try:
        adapter.prepare(_path(found, "prepare"))
    except Exception as error:
        logger.warning("prepare: %s", _one_line(error))


def _learn(adapter: Any, found: dict[str, Any], answer: Callable[[Answer], None]) -> Answer:
    from training.adapt import Request

    request = Request(
        model=_path(found, "model"),
        recordings=_paths(found, "recordings"),
        older=_paths(found, "older", []),
        out=_path(found, "out"),
        name=_text(found, "name"),
    )
    if not request.recordings:
        raise RequestError("request: expected at least one recording, got none.")
    told = -1.0

    def tell(done: float) -> None:
        nonlocal told
        if done >= told + LEAST_STEP:
            told = done
            answer({"state": "learning", "done": round(done, 3)})

    learned = adapter.adapt(request, tell)
    stages = (
        f"{stage} {s:.1f} s ({cpu_s:.1f} of a processor)" for stage, (s, cpu_s) in learned.stages.items()
    )
    logger.info("%s: %s", request.name, ", ".join(stages))
    return {
        "state": "learned",
        "model": str(request.out),
        "name": request.name,
        "events": learned.events,
        "seconds": learned.seconds,
        "before": learned.before,
        "after": learned.after,
        "is_better": learned.is_better,
        "words": learned.words,
    }


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"request: expected a JSON object, got {error}.") from None
    if not isinstance(found, dict):
        raise RequestError(f"request: expected a JSON object, got {type(found).__name__}.")
    return found


def _text(found: dict[str, Any], key: str) -> str:
    value = found.get(key)
    if not isinstance(value, str) or not value:
        raise RequestError(f"request: expected a text as {key!r}, got {value!r}.")
    return value


def _path(found: dict[str, Any], key: str) -> Path:
    return Path(_text(found, key))


def _paths(found: dict[str, Any], key: str, default: list[str] | None = None) -> tuple[Path, ...]:
    value = found.get(key, default)
    if not isinstance(value, list) or not all(isinstance(path, str) and path for path in value):
        raise RequestError(f"request: expected a list of paths as {key!r}, got {value!r}.")
    return tuple(map(Path, value))


def _is_expected(error: Exception) -> bool:
    return isinstance(error, OSError) or type(error).__module__.startswith(("training.", "models."))


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    text = " ".join(str(error).split())
    return text if text and _is_expected(error) else f"{type(error).__name__}: {text}".rstrip(": ")


def _read(lines: queue.SimpleQueue[str]) -> None:
    """Put each line of stdin into `lines`, and end the process when it ends."""
    rest = b""
    # Read by number: a thread that waits inside of `sys.stdin` keeps the interpreter from ending.
    while more := os.read(0, 65536):
        *whole, rest = (rest + more).split(b"\n")
        for line in whole:
            if line.strip():
                lines.put(line.decode("utf-8", "replace"))
    end_process(0)


def _lines(lines: queue.SimpleQueue[str]) -> Iterator[str]:
    while True:
        yield lines.get()


def _lower_priority() -> None:
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), BELOW_NORMAL)
    else:
        os.nice(NICER)
