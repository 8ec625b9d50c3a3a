"""No traceback reaches a person: whatever goes wrong behind a door, one line comes out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import training.__main__ as train_main
from app.cli import main as app_main
from app.commands import models
from app.runtime.errors import TRACEBACK

ERRORS = [
    (ValueError("first\n  second"), 1, "a defect of ghostjam, please report it: ValueError: first second ("),
    (RuntimeError(), 1, "a defect of ghostjam, please report it: RuntimeError: ("),
    (MemoryError(), 2, "expected more memory than this machine has left"),
    (OSError(28, "No space left on device", "take.csv"), 2, "take.csv: No space left on device"),
    (KeyboardInterrupt(), 130, None),
]


def raising(error: BaseException) -> Callable[[object], int]:
    def run(_: object) -> int:
        raise error

    return run


@pytest.mark.parametrize(("error", "code", "expected"), ERRORS)
@pytest.mark.parametrize("door", ["app", "training"])
def test_what_nobody_thought_of_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    expected: str | None,
    door: str,
) -> None:
    monkeypatch.delenv(TRACEBACK, raising=False)
    if door == "app":
        monkeypatch.setattr(models, "run", raising(error))
        assert app_main.main(["models"]) == code
    else:
        monkeypatch.setattr(train_main, "_evaluate", raising(error))
        assert train_main.main(["evaluate", "touch", "take.csv"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    if expected is not None:
        assert err.count("\n") == 1 and err.split(": ", 1)[1].startswith(expected)
    else:
        assert "Traceback" not in err


def test_a_defect_is_shown_to_who_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TRACEBACK, "1")
    monkeypatch.setattr(models, "run", raising(ValueError("here")))
    with pytest.raises(ValueError, match="here"):
        app_main.main(["models"])


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "-x", "a\nb", "x" * 81, "C:\\mine"])
def test_the_name_of_a_model_is_no_path(capsys: pytest.CaptureFixture[str], name: str) -> None:
    with pytest.raises(SystemExit) as caught:
        train_main.main(["train", f"--name={name}", "take.csv"])
    err = capsys.readouterr().err
    assert caught.value.code == 2 and err.count("\n") == 1
    assert "--name: expected a name, as in NAME.tflite, got " in err
