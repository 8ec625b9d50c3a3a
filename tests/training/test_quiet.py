"""What compiled libraries write goes where it does no harm, and is not lost when it matters."""

from __future__ import annotations

import os
import sys

import pytest

from training.quiet import clean_stdout, quiet


def test_start_up_messages_are_swallowed(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet():
        os.write(2, b"found 0 accelerators\n")
    sys.stderr.write("ours\n")
    assert capfd.readouterr().err == "ours\n"


def test_they_are_told_when_something_went_wrong(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="no"), quiet():
        os.write(2, b"why\n")
        raise ValueError("no")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "why\nafter\n"


def test_stdout_is_for_the_report(capfd: pytest.CaptureFixture[str]) -> None:
    with clean_stdout():
        os.write(1, b"met rank 1\n")
    os.write(1, b"report\n")
    assert capfd.readouterr() == ("report\n", "met rank 1\n")
