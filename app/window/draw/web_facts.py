"""What the page that draws in a browser takes from here: every tuned number, the modes, parameters, colours.

The page is written in another language, and no number stands there again: `ghostjam export-web` writes these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from app.core import events
from app.core.facts import numbers, parameter_facts
from app.core.turn_words import GHOST_PAUSED
from app.pictures import brush, curves, hand, ink, style, svg_words
from app.pictures.live import heads
from app.pictures.page import ink_strokes, layout, png
from app.pictures.palette import load_palette
from app.sketch import sketcher, stall
from app.sketch.drawing import PEN_UP_S
from app.sketch.strokes import PEN_SPEED
from app.window.draw import (
    draw_controller,
    futures_overlay,
    guide,
    light_segments,
    model_thread,
    modes,
    paper,
    place,
    preview_requests,
    save,
    side_panel,
    splat,
    status_text,
    stroke_raster,
    stroke_timing,
    table,
)
from models import frame, strokes
from models.formats import svg_page

_MODULES = (
    brush, curves, draw_controller, events, frame, futures_overlay, guide, hand, heads, ink, ink_strokes,
    layout, light_segments, model_thread, paper, place, png, preview_requests, side_panel, sketcher, splat,
    stall, stroke_raster, stroke_timing, strokes, svg_page, svg_words,
)  # fmt: skip


def draw_facts(models: Sequence[str]) -> dict[str, object]:
    """Everything the drawing page reads, as JSON has it.

    Args:
        models: the names of the models to choose from, the first of which draws unless another is asked for.

    Returns:
        Under the name of a module (`hand`, `ink`, ...) stand the numbers it fixes, in lower case; `modes`,
        `parameters`, `palette` and `words` are tables of their own.
    """
    found: dict[str, object] = {module.__name__.rpartition(".")[2]: numbers(module) for module in _MODULES}
    return found | {
        "models": list(models),
        "style": {"jitter": style.JITTER},
        "pen": {"pen_speed": PEN_SPEED, "pen_up_s": PEN_UP_S},
        "modes": [_mode(mode) for mode in modes.MODES.values()],
        "parameters": [parameter_facts(one) for one in table.draw_parameters()],
        "palette": asdict(load_palette()),
        "words": {
            "ended": {end.value: text for end, text in status_text.ENDED.items()},
            "ghost_paused": GHOST_PAUSED,
            "saved": save.TEXT,
        },
        "pen_words": list(side_panel.PEN_WORDS),
        "ellipse": len(light_segments.ELLIPSE),
    }


def _mode(mode: modes.DrawMode) -> dict[str, object]:
    """A row of the table of modes; what is of an enumeration by its name in lower case."""
    row = asdict(mode)
    return row | {key: row[key].name.lower() for key in ("begins", "preview", "side")}
