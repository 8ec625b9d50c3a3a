"""`ghostjam impsy-config FILE`: how each key of IMPSY's config.toml was understood, and the rig it makes."""

from __future__ import annotations

import argparse
import tomllib

from app.runtime.errors import CommandError, explained
from app.runtime.impsy_config import toml_of, understand


def run(args: argparse.Namespace) -> int:
    """Print a line a key, then the rig; or write the rig to --out."""
    try:
        config = tomllib.loads(args.file.read_text("utf-8"))
    except OSError as error:
        raise CommandError(explained(error)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CommandError(f"{args.file}: expected TOML: {error}.") from None
    found = understand(config)
    width = max((len(key) for key, _ in found.keys), default=0)
    for key, how in found.keys:
        print(f"# {key:<{width}}  {how}")
    if not args.out:
        print(f"\n{toml_of(found.rig)}", end="")
        return 0
    try:
        with args.out.open("x", encoding="utf-8", newline="\n") as file:
            file.write(toml_of(found.rig))
    except OSError as error:
        raise CommandError(explained(error)) from None
    print(f"Wrote {args.out}; play with: ghostjam bridge --config {args.out}")
    return 0
