"""`ghostjam impsy-config FILE`: how each key of IMPSY's config.toml was understood, and the rig it makes."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.core.toml_file import TomlError, parse, read_text
from app.runtime.errors import CommandError, explained
from app.runtime.impsy_config import understand
from app.runtime.rig import parse_rig
from app.runtime.rig_text import toml_of


def run(args: argparse.Namespace) -> int:
    """Print a line a key, then the rig; or write the rig to --out. Says so if it cannot be played with."""
    text = ""
    try:
        text = read_text(args.file)
        config = parse(text)
    except OSError as error:
        raise CommandError(explained(error)) from None
    except TomlError as error:
        raise CommandError(error.located(args.file, text)) from None
    found = understand(config)
    rig = toml_of(found.rig)
    reason = _why_it_cannot_start(rig, args.out or args.file.with_name("rig.toml"))
    width = max((len(key) for key, _ in found.keys), default=0)
    for key, how in found.keys:
        print(f"# {key:<{width}}  {how}")
    if not args.out:
        note = f"# It cannot start yet: {reason}\n\n" if reason else ""
        print(f"\n{note}{rig}", end="")
        return 0
    try:
        with args.out.open("x", encoding="utf-8", newline="\n") as file:
            file.write(rig)
    except OSError as error:
        raise CommandError(explained(error)) from None
    print(f"Wrote {args.out}; play with: ghostjam bridge --config {args.out}")
    if reason:
        print(f"It cannot start yet: {reason}")
    return 0


def _why_it_cannot_start(text: str, path: Path) -> str:
    """Why the rig of `text`, in the file `path`, cannot be played with, were its devices there; or ""."""
    from app.runtime.compatibility import check_fit
    from app.runtime.load import load_session

    try:
        rig = parse_rig(text, path)
        ghost, _ = load_session(rig)
        check_fit(rig, ghost.columns, ghost.name)
    except TomlError as error:
        return error.located(path, text)
    except CommandError as error:
        return str(error)
    return ""
