"""A phone at a real program, and another page that hears what it does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.live.phone import Phone, Witness, program


@pytest.fixture(scope="module")
def port(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with program(root, tmp_path_factory.mktemp("played")) as port:
        yield port


@pytest.fixture
def witness(port: int) -> Iterator[Witness]:
    witness = Witness(port)
    yield witness
    witness.say(["do", "panic"], ["set", "mode", "call"], ["do", "reset"])
    witness.close()


@pytest.fixture
def phone(chromium: Any, port: int) -> Iterator[Phone]:
    phone = Phone(chromium, port)
    yield phone
    errors = phone.errors
    phone.close()
    assert errors == []
