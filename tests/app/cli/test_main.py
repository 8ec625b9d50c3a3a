"""The command line: options that follow the table of parameters, and one clear line for bad input."""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import logging
import re

import pytest

from app.cli import main
from app.commands import training
from app.core.parameters import PARAMETERS, Choice, Number
from app.runtime import arguments, train_extra
from app.runtime.errors import TRACEBACK, CommandError
from ghostjam import python_command

HOST_PORT = "expected HOST:PORT with a port from 1 to 65535, as 127.0.0.1:9000 or [::1]:9000"


def parse(*words: str) -> argparse.Namespace:
    return main.build_parser().parse_args(words)


def fails(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line that a bad command line prints."""
    with pytest.raises(SystemExit) as caught:
        main.main(words)
    out, err = capsys.readouterr()
    assert caught.value.code == 2 and out == ""
    assert err.count("\n") == 1 and err.endswith("\n")
    return err


def test_every_live_parameter_has_an_option_that_sets_it() -> None:
    for p in PARAMETERS:
        option = arguments.option_of(p)
        if isinstance(p, Number):
            args, expected = parse("play", option, str(p.high)), {p.name: p.high}
        elif hasattr(p, "choices"):
            args, expected = parse("play", option, p.choices[-1]), {p.name: p.choices[-1]}
        else:
            args, expected = parse("play", option), {p.name: True}
        assert arguments.given_parameters(args) == expected


@pytest.mark.parametrize(
    "words", [["play"], ["bridge"], ["demo", "--out", "d"], ["answer", "take.csv", "--out", "both.csv"]]
)
def test_likeness_is_an_option_wherever_a_ghost_plays(words: list[str]) -> None:
    assert arguments.given_parameters(parse(*words, "--likeness", "1.5")) == {"likeness": 1.5}


def test_what_is_not_given_is_left_to_the_parameters_default() -> None:
    assert arguments.given_parameters(parse("play")) == {}


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--threshold", "99"], "--threshold: expected a number from 0.1 to 10, got '99'"),
        (["--pi-temperature", "nan"], "--pi-temperature: expected a number from 0.05 to 3, got 'nan'"),
        (["--volume", "loud"], "--volume: expected a number from 0 to 1, got 'loud'"),
        (["--mode", "chess"], "--mode: expected one of call, duet, solo, listen, loop, got 'chess'"),
        (["--osc-out", "localhost"], f"--osc-out: {HOST_PORT}, got 'localhost'"),
        (["--osc-out", "h:70000"], f"--osc-out: {HOST_PORT}, got 'h:70000'"),
        (["--osc-out", ":9000"], f"--osc-out: {HOST_PORT}, got ':9000'"),
        (["--serial", "x@1"], "--serial: expected PORT or PORT@BAUD with 300 to 12000000 baud, as "),
        (["--seed", "-1"], "--seed: expected a whole number from 0 to 4294967295, got '-1'"),
        (["--record"], "--record: expected one argument"),
        (["--record", "d", "--no-record"], "--no-record: not allowed with argument --record"),
        (["--volume-up"], "unrecognized arguments: --volume-up"),
        (["--thresh", "1"], "unrecognized arguments: --thresh 1"),
        (["render"], "the following arguments are required: PERFORMANCE, --out"),
        (["demo"], "the following arguments are required: --out"),
        (["sing"], "COMMAND: invalid choice: 'sing' (choose from"),
    ],
)
def test_bad_input_is_one_line_with_the_rule_and_what_was_found(
    capsys: pytest.CaptureFixture[str], words: list[str], line: str
) -> None:
    assert line in fails(capsys, *words)


def test_addresses() -> None:
    args = parse("play", "--osc-out", "127.0.0.1:9000", "--osc-out", "[::1]:57120")
    assert args.osc_out == ["127.0.0.1:9000", "[::1]:57120"]


@pytest.mark.parametrize("words", [[], ["--mode", "duet"], ["play"]])
def test_without_a_command_it_plays(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    commands = []
    play = importlib.import_module("app.commands.play")
    monkeypatch.setattr(play, "run", lambda args: commands.append(args.command) or 0)
    assert main.main(words) == 0
    assert commands == ["play"]


def test_a_command_that_cannot_do_it_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(args: argparse.Namespace) -> int:
        raise CommandError("model: expected one of touch, got 'x'.")

    monkeypatch.setattr(importlib.import_module("app.commands.models"), "run", refuse)
    assert main.main(["models"]) == 2
    assert capsys.readouterr() == ("", "ghostjam models: model: expected one of touch, got 'x'.\n")


def test_nobody_reads_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(TRACEBACK, raising=False)

    def fail(args: argparse.Namespace) -> int:
        try:
            raise TypeError("unhashable type:\n'list'")
        except TypeError:
            logging.getLogger("app.runtime.worker").exception("A job beside the music failed.")
            raise

    monkeypatch.setattr(importlib.import_module("app.commands.models"), "run", fail)
    assert main.main(["models"]) == 1
    out, err = capsys.readouterr()
    line = (
        r"a defect of ghostjam, please report it: TypeError: unhashable type: 'list' "
        r"\(test_main.py:\d+; GHOSTJAM_TRACEBACK=1 shows more\)\n"
    )
    expected = rf"ghostjam: A job beside the music failed\. {line}ghostjam models: {line}"
    assert out == "" and re.fullmatch(expected, err), err


@pytest.mark.parametrize("error", [None, KeyboardInterrupt, CommandError("model: none.")])
def test_what_a_command_logs_goes_to_stderr_and_afterwards_no_more(
    error: BaseException | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(args: argparse.Namespace) -> int:
        logging.getLogger("app.core.status").warning("The sound card is gone.")
        if error is not None:
            raise error
        return 0

    monkeypatch.setattr(importlib.import_module("app.commands.models"), "run", work)
    before = list(logging.getLogger().handlers)
    main.main(["models"])
    assert capsys.readouterr().err.startswith("ghostjam: The sound card is gone.\n")
    assert logging.getLogger().handlers == before, "else it writes to a file that may be closed by then"


def test_every_command_is_there_and_has_a_run() -> None:
    for command in main.COMMANDS.values():
        assert callable(importlib.import_module(f"app.commands.{command.module}").run)


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main.main(["--help"])
    text = capsys.readouterr().out
    assert caught.value.code == 0
    assert [name for name in main.COMMANDS if f"    {name}" not in text] == []


def test_training_hands_its_options_to_a_second_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a Ctrl-C, which both processes get, leaves the other one its time to keep the best model."""
    commands = []

    class Started:
        def __init__(self, command: list[str], **options: object) -> None:
            commands.append(command)
            self._waits = iter([KeyboardInterrupt, KeyboardInterrupt, 7])

        def __enter__(self) -> Started:
            return self

        def __exit__(self, *error: object) -> None: ...

        def wait(self) -> int:
            came = next(self._waits)
            if came is KeyboardInterrupt:
                raise KeyboardInterrupt
            assert isinstance(came, int)
            return came

    monkeypatch.setattr(train_extra, "find_spec", lambda name: object())
    monkeypatch.setattr(training.subprocess, "Popen", Started)
    assert main.main(["evaluate", "touch", "data.npz", "--json"]) == 7
    run = f"{training.ATTEND}; {training.TRAINING}"
    assert commands == [python_command(run, "evaluate", "touch", "data.npz", "--json")]


def test_training_without_its_extra_names_the_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(train_extra, "find_spec", lambda name: None)
    assert main.main(["train", "--epochs", "3"]) == 2
    line = "ghostjam train: needs keras and tensorflow: pip install 'ghostjam[train]'\n"
    assert capsys.readouterr().err == line


def test_the_version_is_that_of_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        expected = importlib.metadata.version("ghostjam")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("run from a checkout that is not installed")
    with pytest.raises(SystemExit) as caught:
        main.main(["--version"])
    assert (caught.value.code, capsys.readouterr().out) == (0, f"ghostjam {expected}\n")


def test_the_models_to_choose_from_hear_what_the_ghost_hears() -> None:
    from app.runtime.load import load_session
    from app.runtime.rig import Rig

    _, settings = load_session(Rig())
    choice = settings.parameter("model")
    assert isinstance(choice, Choice)
    assert "touch" in choice.choices and "controller" not in choice.choices
