"""Training, as the app knows it: what its process runs, and what must be installed. None of it is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

TRAINING = "import sys; from training.__main__ import main; sys.exit(main())"  # what the process runs
NEEDED = ("keras", "tensorflow")
NEEDED_TO_FETCH = ("pooch",)
REMEDY = "pip install 'ghostjam[train]'"


def missing(names: Sequence[str] = NEEDED) -> list[str]:
    """Those of these libraries that are not installed."""
    return [name for name in names if find_spec(name) is None]


def lack(names: Sequence[str] = NEEDED) -> str:
    """Which of these libraries are not installed, and what to do; "" if all are."""
    lacking = missing(names)
    return f"needs {' and '.join(lacking)}: {REMEDY}" if lacking else ""
