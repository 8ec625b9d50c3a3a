"""`ghostjam train`, `evaluate` and `fetch`: a second process, because the app never loads training code."""

from __future__ import annotations

import argparse
import subprocess

from app.runtime.errors import CommandError
from app.runtime.train_extra import NEEDED, NEEDED_TO_FETCH, REMEDY, TRAINING, missing
from ghostjam import python_command


def run(args: argparse.Namespace) -> int:
    """Run `training` in a process of its own, and return its exit code."""
    if lacking := missing(NEEDED_TO_FETCH if args.command == "fetch" else NEEDED):
        raise CommandError(f"needs {' and '.join(lacking)}: {REMEDY}")
    command = python_command(TRAINING, args.command, *args.rest)
    with subprocess.Popen(command) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the other process has it too: it keeps the best model, then ends
                continue
