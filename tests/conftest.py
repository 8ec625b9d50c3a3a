"""Fixtures and skips shared by all tests."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from mdn.columns import TOUCH
from mdn.heads import Head
from tests.contract.screen import x_server
from tests.model_files import random_arrays

# No deadlines: a busy machine is no defect. Every day a quarter of the examples, others each time; in CI all,
# the same each time.
settings.register_profile(
    "everyday", deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("everyday"), max_examples=100, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "everyday")

# Tests in the background of a script or under nohup: the programs they start would never hear of these.
handlers: dict[str, Any] = {
    "SIGINT": signal.default_int_handler,
    "SIGQUIT": signal.SIG_DFL,
    "SIGHUP": signal.SIG_DFL,
}
for name, handler in handlers.items():
    number = getattr(signal, name, None)  # Windows has but the first
    if number is not None and signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The corpora and peers' files beside the checkout; only for tests marked `shared`."""
    return SHARED


@pytest.fixture(scope="session")
def libraries() -> SimpleNamespace:
    """Keras on the backend of the environment, TensorFlow, LiteRT, and what of ours needs them.

    For tests marked `train`: to load them takes seconds, and is done once.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if "keras" not in sys.modules:
            from training.backend import choose_backend

            choose_backend(os.environ.get("KERAS_BACKEND", "tensorflow"))  # the one the train extra brings
        import keras
        import tensorflow
        from ai_edge_litert.interpreter import Interpreter

        from training import export, fit, modelfile, network, reexport, reopen, rewrite
        from training.tensorflow_names import TensorFlowNames

    gc.freeze()  # a million objects that stay, see `pytest_collection_finish`
    return SimpleNamespace(
        keras=keras, tf=tensorflow, Interpreter=Interpreter, names=TensorFlowNames, export=export, fit=fit,
        modelfile=modelfile, network=network, reexport=reexport, reopen=reopen, rewrite=rewrite,
    )  # fmt: skip


@pytest.fixture(scope="session")
def small_file(libraries: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of x, y, dt, moving: `random_arrays` of eight units, two components.

    The converter takes seconds. Other weights of these sizes are written into a copy: `training.rewrite`.
    """
    path, head = tmp_path_factory.mktemp("small") / "small.tflite", Head(TOUCH, 2)
    weights = libraries.export.Weights(random_arrays(head, 8))
    about = libraries.modelfile.About("small", {"name": "n", "credit": "c", "licence": "l"}, 0.5, 0.25)
    libraries.modelfile.write_model(path, head, weights, about, score=lambda *_: {})
    return path


def pytest_collection_finish() -> None:
    """What was collected stays to the end: nobody looks through it for garbage again and again."""
    gc.collect()
    gc.freeze()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """How many processes run the tests, with `-n auto`.

    Three for folders: on two processors the third works while another waits for a socket or a program; more
    would wait for the one that has TensorFlow. None for files that are named, which are over before processes
    have started; and so a debugger works.
    """
    return 0 if all(".py" in argument for argument in config.args) else 3


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each process files to run, one of them all that need TensorFlow."""
    from tests.scheduling import FilesAndTensorFlow

    return FilesAndTensorFlow(config, log) if config.getvalue("dist") == "loadfile" else None


def has_display() -> bool:
    """Whether a window can be opened here, or a virtual screen started."""
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or shutil.which("Xvfb"))


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """An X display for tests marked `window`: the one there is, or an Xvfb of this session's own.

    Yields:
        the value of DISPLAY, which is also set in the environment; "" on systems without X.
    """
    if sys.platform != "linux" or os.environ.get("DISPLAY"):
        yield os.environ.get("DISPLAY", "")
        return
    with x_server() as display:
        os.environ["DISPLAY"] = display
        try:
            yield display
        finally:
            del os.environ["DISPLAY"]


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A headless Chromium as Playwright's `Browser`, for tests marked `browser`; it knows no other host."""
    from playwright.sync_api import sync_playwright

    quiet = ("no-sandbox", "disable-gpu", "disable-background-networking", "disable-component-update")
    arguments = [f"--{word}" for word in (*quiet, "disable-sync", "disable-quic", "no-first-run")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, and so count, what this machine cannot run."""
    lacking = {
        "shared": "" if SHARED.is_dir() else "no ../shared beside this checkout",
        "window": "" if has_display() else "no display, and no Xvfb to make one",
        "browser": "" if CHROMIUM and find_spec("playwright") else "no Chromium, or no Playwright",
        "node": "" if shutil.which("node") else "no Node.js",
        "train": "" if find_spec("keras") and find_spec("tensorflow") else "needs the train extra",
    }
    for item in items:
        for marker, reason in lacking.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
        if item.get_closest_marker("window") and isinstance(item, pytest.Function):
            item.fixturenames.insert(0, "display")
