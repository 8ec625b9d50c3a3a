"""A session of drawing: opened, run, and closed again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.core.console import say
from app.core.ending import finishing
from app.core.parameters import Value
from app.pictures.palette import load_palette
from app.sketch.drawing import Drawing
from app.sketch.sketcher import Sketcher
from app.window.display import WindowOptions
from app.window.draw.draw_controller import DrawController
from app.window.draw.model_thread import ModelThread
from app.window.draw.save import Saver, to_page
from app.window.draw.stroke_outputs import StrokeOutputs
from app.window.draw.switch import SketcherSwitch
from app.window.draw.table import draw_settings
from app.window.draw.window import DrawWindow


@dataclass(frozen=True)
class DrawOptions:
    """What a person asked for.

    Attributes:
        folder: where recordings and saved drawings go; made when the first is written.
        is_recorded: whether there are recordings; saving is always possible.
        models: the names to choose from.
        parameters: values to begin with, by name; the model's own temperatures if they are not among them.
        drawing: on the paper at the start.
        window: size and fullscreen.
    """

    folder: Path
    is_recorded: bool = True
    models: Sequence[str] = ()
    parameters: Mapping[str, Value] = field(default_factory=dict)
    drawing: Drawing | None = None
    window: WindowOptions = field(default_factory=WindowOptions)


def run(sketcher: Sketcher, model: str, load: Callable[[str], Sketcher], options: DrawOptions) -> None:
    """Draw until the window is closed, and say what was written: recordings and saved drawings.

    Args:
        sketcher: draws at the start; belongs to a thread of the window from here on.
        model: its name, as in `options.models`, or its path.
        load: opens another model; called on a thread of its own.
        options: see there.

    Raises:
        ParameterError: a parameter that does not exist, or a value it does not accept.
        DisplayError: there is no display.
    """
    settings = draw_settings(options.models, model)
    settings.set("pi_temperature", sketcher.pi_temperature)
    settings.set("sigma_temperature", sketcher.sigma_temperature)
    for name, value in options.parameters.items():
        settings.set(name, value)
    palette = load_palette()
    outputs = StrokeOutputs(settings, options.folder if options.is_recorded else None)
    saver = Saver(options.folder, palette)
    with ExitStack() as stack:
        model_thread = ModelThread(sketcher)
        controller = DrawController(settings, model_thread, sketcher.scale, outputs.play, outputs.new_drawing)
        if options.drawing is not None:
            controller.open(to_page(options.drawing, sketcher.scale), time.perf_counter())
        switch = SketcherSwitch(settings, model, load)
        window = DrawWindow(
            controller, model_thread, settings, outputs, saver, switch, palette,
            replace(options.window, when_lost=stack.close),
        )  # fmt: skip
        stack.enter_context(finishing())  # what follows is closed in peace
        stack.callback(_say_what_was_written, outputs, saver)
        stack.callback(saver.close)
        stack.callback(outputs.close)
        model_thread.start()
        stack.callback(model_thread.stop)
        window.run()


def _say_what_was_written(outputs: StrokeOutputs, saver: Saver) -> None:
    for text in outputs.lacks:
        say(text, is_error=True)
    for path in (*outputs.paths, *saver.paths):
        say(str(path))
