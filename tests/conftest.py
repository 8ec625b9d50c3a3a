"""Fixtures and skips shared by all tests."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.contract.screen import x_server

# No deadlines: a busy machine is no defect. In CI the examples are the same every time.
settings.register_profile(
    "ghostjam",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ghostjam")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Tests in the background of a script: the programs they start would never hear of a Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, and so count, what this machine cannot run."""
    lacking = {
        "shared": "" if SHARED.is_dir() else "no ../shared beside this checkout",
        "window": "" if has_display() else "no display, and no Xvfb to make one",
        "train": "" if find_spec("keras") and find_spec("tensorflow") else "needs the train extra",
    }
    for item in items:
        for marker, reason in lacking.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
        if item.get_closest_marker("window") and isinstance(item, pytest.Function):
            item.fixturenames.insert(0, "display")
