"""`ghostjam draw`: a canvas on which a ghost draws with you, or a page of drawings without a window."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.ending import ended_by_signals
from app.runtime.arguments import given_parameters
from app.runtime.errors import CommandError, one_line
from app.runtime.process import why_no_display

if TYPE_CHECKING:
    from app.sketch.drawing import Drawing
    from models.manifest import Scale

OF_PAGES = ("gallery", "prefix", "out", "strokes", "columns")


def run(args: argparse.Namespace) -> int:
    """Open the window, or draw a page into a file."""
    if args.json or any(getattr(args, name) is not None for name in OF_PAGES):
        from app.commands import draw_pages

        return draw_pages.run(args)
    if reason := why_no_display():
        raise CommandError(
            f"display: expected one to open a window on, but {reason}. "
            "Without one: ghostjam draw --gallery 36 --out page.png"
        )
    with ended_by_signals():
        return _live(args)


def _live(args: argparse.Namespace) -> int:
    """Draw until the window is closed."""
    from app.core.parameters import ParameterError
    from app.runtime.load import recordings_folder
    from app.runtime.load_sketcher import MODEL, load_sketcher, sketch_models
    from app.sketch.sketcher import Sketcher
    from app.window.display import DisplayError, WindowOptions
    from app.window.draw import DrawOptions, run

    def load(name: str) -> Sketcher:
        return load_sketcher(name, args.seed)

    models = sketch_models()
    model = args.model or _model_of(args.drawing, models) or MODEL
    sketcher = load(model)
    switches = {name: True for name in ("hear", "fast") if getattr(args, name)}
    options = DrawOptions(
        folder=args.record or recordings_folder(),
        is_recorded=not args.no_record,
        models=models,
        parameters={**given_parameters(args), "model": model, **switches},
        drawing=None if args.drawing is None else _opened(args.drawing, sketcher.scale, args.index),
        window=WindowOptions(fullscreen=args.fullscreen),
    )
    with one_line(ParameterError, DisplayError):
        run(sketcher, model, load, options)
    return 0


def _model_of(path: Path | None, models: tuple[str, ...]) -> str:
    """The model that a saved drawing was drawn with, if it is here; "" if not."""
    from models.formats.svg_page import read_title

    title = "" if path is None or path.suffix.lower() != ".svg" else read_title(path)
    return title if title in models else ""


def _opened(path: Path, scale: Scale, index: int) -> Drawing:
    from app.sketch.opening import open_drawing
    from models.performance import PerformanceError

    with one_line(PerformanceError):
        return open_drawing(path, scale, index)
