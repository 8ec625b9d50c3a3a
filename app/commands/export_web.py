"""`ghostjam export-web`: a folder of static files that plays and draws in any browser, without an install."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from app.commands.progress_bar import progress_bar
from app.core.console import say
from app.core.ending import ended_by_signals
from app.runtime import litert_js
from app.runtime.errors import CommandError, one_line
from app.runtime.web_engine_facts import engine_facts
from app.runtime.web_export import WebModel, check_folder, export, web_model
from app.runtime.web_facts import web_facts
from models.errors import ModelError
from models.lookup import find_model

MODELS = ("touch", "kanji", "characters")
WHAT = {
    "litert": "LiteRT, of which a browser loads a half",
    "models": "models, in float32",
    "": "first page, facts and lists",
}


def run(args: argparse.Namespace) -> int:
    """Write the folder, say how large its parts are and how it is served."""
    try:
        with ended_by_signals():
            _run(args)
    except SystemExit:  # what was begun is gone; and to whoever waits for it, that is no success
        raise KeyboardInterrupt from None
    return 0


def _run(args: argparse.Namespace) -> None:
    check_folder(args.dir)
    models = _models(args.model or MODELS)
    with tempfile.TemporaryDirectory() as fetched, progress_bar("export-web") as progress:
        if args.runtime is None:
            litert_js.fetch(Path(fetched))
        package = litert_js.find(args.runtime or Path(fetched))
        progress(0.2)
        with one_line(ModelError):
            sizes = export(args.dir, models, package, _facts(models), progress)
    _tell(args.dir, sizes)


def _models(names: list[str] | tuple[str, ...]) -> list[WebModel]:
    with one_line(ModelError):
        models = [web_model(find_model(name)) for name in names]
    found = [model.name for model in models]
    if len(set(found)) < len(found):
        raise CommandError(f"--model: expected each model once, got {', '.join(found)}")
    return models


def _facts(models: list[WebModel]) -> dict[str, Any]:
    facts = {**web_facts(), "engine": engine_facts()}
    if drawn := [model.name for model in models if model.page == "draw"]:
        from app.window.draw.web_facts import draw_facts

        facts["draw"] = draw_facts(drawn)
    return facts


def _tell(folder: Path, sizes: dict[str, int]) -> None:
    for room, size in sorted(sizes.items(), key=lambda item: -item[1]):
        say(f"{size / 1e6:7.2f} MB  {room or '.':8} {WHAT.get(room, '')}".rstrip())
    say(f"{sum(sizes.values()) / 1e6:7.2f} MB  {folder}")
    say(f"python -m http.server --directory {folder}")
