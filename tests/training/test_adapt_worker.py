"""The process that learns while somebody plays: the protocol, to the letter, and how it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from training import adapt_worker
from training.corpus import CorpusError

PATIENCE_S = 60.0
LEARNED = SimpleNamespace(
    events=481,
    seconds=119.5,
    before=-0.5,
    after=-3.5,
    is_better=True,
    words="Better.",
    stages={"read": (0.5, 0.4)},
)
REQUEST = {
    "model": "touch.tflite", "recordings": ["a.csv", "b.csv"], "older": ["old.csv"], "out": "new.tflite",
    "name": "touch-2026-11-28-1",
}  # fmt: skip
Serve = Callable[..., list[dict[str, Any]]]


class FakeAdapter:
    """Learns nothing, and writes down what it was asked."""

    asked: list[Any]
    prepared: list[Path]
    error: Exception | None = None

    def prepare(self, model: Path) -> None:
        self.prepared.append(model)
        if self.error:
            raise self.error

    def adapt(self, request: Any, tell: Callable[[float], None]) -> SimpleNamespace:
        self.asked.append(request)
        for done in (0.0, 0.001, 0.002, 0.5, 1.0):
            tell(done)
        if self.error:
            raise self.error
        return LEARNED


@pytest.fixture
def adapter(monkeypatch: pytest.MonkeyPatch) -> type[FakeAdapter]:
    """Stands for `training.adapt`, which loads Keras."""
    fake = type("Fake", (FakeAdapter,), {"asked": [], "prepared": []})
    request = lambda **fields: SimpleNamespace(**fields)  # noqa: E731
    module = SimpleNamespace(Adapter=fake, Request=request)
    monkeypatch.setitem(sys.modules, "training.adapt", module)  # type: ignore[arg-type]
    monkeypatch.setattr(adapt_worker, "_import_all", lambda: None)
    return fake


def serve(*lines: object) -> list[dict[str, Any]]:
    """What is answered to `lines`, which are made JSON unless they are texts."""
    answers: list[dict[str, Any]] = []
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    adapt_worker.serve(texts, answers.append)
    return answers


def test_a_request_is_answered_with_progress_and_what_was_learned(adapter: type[FakeAdapter]) -> None:
    ready, *learning, learned = serve(REQUEST)
    assert ready == {"state": "ready"}
    assert learning == [{"state": "learning", "done": done} for done in (0.0, 0.5, 1.0)]
    assert learned == {
        "state": "learned", "model": "new.tflite", "name": "touch-2026-11-28-1", "events": 481,
        "seconds": 119.5, "before": -0.5, "after": -3.5, "is_better": True, "words": "Better.",
    }  # fmt: skip
    (asked,) = adapter.asked
    assert asked.model == Path("touch.tflite") and asked.out == Path("new.tflite")
    assert asked.recordings == (Path("a.csv"), Path("b.csv")) and asked.older == (Path("old.csv"),)


def test_preparing_is_not_answered_even_if_it_fails(adapter: type[FakeAdapter]) -> None:
    assert serve({"prepare": "touch.tflite"}) == [{"state": "ready"}]
    adapter.error = RuntimeError("no such thing")
    assert serve({"prepare": "none.tflite"}) == [{"state": "ready"}]
    assert adapter.prepared == [Path("touch.tflite"), Path("none.tflite")]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "request: expected a JSON object, got "),
        ("[" * 100_000, "request: expected a JSON object, got "),
        ([1], "request: expected a JSON object, got list."),
        ({}, "request: expected a text as 'model', got None."),
        (REQUEST | {"out": ""}, "request: expected a text as 'out', got ''."),
        (REQUEST | {"recordings": []}, "request: expected at least one recording, got none."),
        (
            REQUEST | {"recordings": "a.csv"},
            "request: expected a list of paths as 'recordings', got 'a.csv'.",
        ),
        (REQUEST | {"older": [3]}, "request: expected a list of paths as 'older', got [3]."),
        ({"prepare": 3}, "request: expected a text as 'prepare', got 3."),
    ],
)
def test_a_bad_request_fails_and_the_next_one_is_served(
    adapter: type[FakeAdapter], line: object, why: str
) -> None:
    _, failed, *_, learned = serve(line, REQUEST)
    if line == {"prepare": 3}:  # nobody waits for an answer to it
        assert failed["state"] == "learning"
    else:
        assert failed["state"] == "failed" and failed["why"].startswith(why)
    assert learned["state"] == "learned"


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (CorpusError("a.csv: expected\n  more."), "a.csv: expected more."),
        (FileNotFoundError(2, "No such file or directory", "a.csv"), "a.csv: No such file or directory"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (MemoryError(), "MemoryError"),
    ],
)
def test_what_goes_wrong_is_one_clear_line_and_the_worker_lives_on(
    adapter: type[FakeAdapter], error: Exception, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    adapter.error = error
    answers = serve(REQUEST, REQUEST)
    assert [a for a in answers if a["state"] == "failed"] == [{"state": "failed", "why": why}] * 2
    assert ("Traceback" in capsys.readouterr().err) == isinstance(error, ZeroDivisionError | MemoryError)


# The main function of the worker, in a process of its own, with something else to serve.
PROCESS = """
import os, pathlib, sys, time
from training import adapt_worker, drafts
def serve(lines, answer):
    print("a library talks")
    os.write(1, b"from compiled code too\\n")
    answer({"state": "ready", "nice": os.nice(0)})
    for line in lines:
        with drafts.draft_folder(pathlib.Path(sys.argv[1]) / "new.tflite") as folder:
            (folder / "half").write_text("half")
            answer({"state": "learning", "done": 0.5, "line": line})
            time.sleep(600)
adapt_worker.serve = serve
adapt_worker.main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="nice")
@pytest.mark.parametrize("end", ["stdin", "terminate"])
def test_stdout_is_for_answers_and_the_end_of_stdin_ends_all_of_it(
    root: Path, tmp_path: Path, end: str
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROCESS, str(tmp_path)],
        cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as worker:  # fmt: skip
        assert worker.stdin is not None and worker.stdout is not None and worker.stderr is not None
        ready = json.loads(worker.stdout.readline())
        assert ready["state"] == "ready" and ready["nice"] >= adapt_worker.NICER
        worker.stdin.write('{"a": 1}\n')
        worker.stdin.flush()
        assert json.loads(worker.stdout.readline())["line"] == '{"a": 1}'
        assert len(list(tmp_path.iterdir())) == 1
        worker.send_signal(signal.SIGINT)  # a Ctrl-C at the terminal, which is not meant for it
        if end == "stdin":
            worker.stdin.close()  # as when the app is killed
        else:
            worker.terminate()
        assert worker.wait(PATIENCE_S) == 0
        assert worker.stderr.read() == "a library talks\nfrom compiled code too\n"
    assert list(tmp_path.iterdir()) == [], "no draft is left"
