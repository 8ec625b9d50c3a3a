"""`ghostjam train`, `evaluate` and `fetch`: a second process, because the app never loads training code."""

from __future__ import annotations

import argparse
import subprocess
from importlib.util import find_spec

from app.runtime.errors import CommandError
from ghostjam import python_command

TRAINING = "import sys; from training.__main__ import main; sys.exit(main())"
NEEDED = ("keras", "tensorflow")
NEEDED_TO_FETCH = ("pooch",)


def run(args: argparse.Namespace) -> int:
    """Run `training` in a process of its own, and return its exit code."""
    needed = NEEDED_TO_FETCH if args.command == "fetch" else NEEDED
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        raise CommandError(f"needs {' and '.join(missing)}: pip install 'ghostjam[train]'")
    command = python_command(TRAINING, args.command, *args.rest)
    with subprocess.Popen(command) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the other process has it too: it keeps the best model, then ends
                continue
