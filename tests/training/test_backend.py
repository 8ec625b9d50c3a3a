"""Choosing a Keras backend, with invented ones: no training library is loaded."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace

import pytest

from training import backend
from training.backend import BackendError, choose_backend


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The backends there are; Keras has not been imported and the environment says nothing."""
    names: set[str] = set()
    monkeypatch.setattr(backend.importlib.util, "find_spec", lambda name: name in names or None)
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setenv("KERAS_BACKEND", "")
    monkeypatch.delenv("KERAS_BACKEND")
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    return names


@pytest.mark.parametrize(
    ("there", "chosen"),
    [({"tensorflow"}, "tensorflow"), ({"tensorflow", "jax"}, "jax"), ({"torch"}, "torch")],
)
def test_the_fastest_installed_is_chosen(
    installed: set[str], monkeypatch: pytest.MonkeyPatch, there: set[str], chosen: str
) -> None:
    installed |= there
    choose_backend()
    assert os.environ["KERAS_BACKEND"] == chosen


def test_the_environment_and_then_the_caller_decide(
    installed: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    installed |= {"jax", "tensorflow", "torch"}
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    choose_backend()
    assert os.environ["KERAS_BACKEND"] == "torch"
    choose_backend("tensorflow")
    assert os.environ["KERAS_BACKEND"] == "tensorflow"


@pytest.mark.parametrize(
    ("there", "text"),
    [
        ({"tensorflow"}, "backend: expected one that is installed: tensorflow; got 'torch'."),
        (
            set(),
            "backend: expected one that is installed: none (pip install 'ghostjam[train]'); got 'torch'.",
        ),
    ],
)
def test_what_is_not_there_is_said(installed: set[str], there: set[str], text: str) -> None:
    installed |= there
    with pytest.raises(BackendError) as error:
        choose_backend("torch")
    assert str(error.value) == text


def test_keras_already_running_on_another_is_said(
    installed: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    installed |= {"jax", "tensorflow"}
    keras = SimpleNamespace(backend=SimpleNamespace(backend=lambda: "tensorflow"))
    monkeypatch.setitem(sys.modules, "keras", keras)
    choose_backend("tensorflow")
    assert os.environ["KERAS_BACKEND"] == "tensorflow"
    with pytest.raises(BackendError, match="backend: expected jax, got Keras already running on tensorflow"):
        choose_backend("jax")
