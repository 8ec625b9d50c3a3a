"""The parameters, keys and gestures of the drawing canvas, and the controls on its bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.core.parameters import PARAMETERS, Choice, Parameter, Settings, Switch
from app.window.commands import CONTROL_GESTURES, KNOBS, WINDOW, Command, mode_commands
from app.window.draw.modes import MODES, Begins
from app.window.layout import Board

PATIENT = tuple(mode.name for mode in MODES.values() if mode.begins is not Begins.NEVER)

BOARD = Board(
    ("finish", "undo", "clear", "next", "save", "help"),
    {"threshold_s": PATIENT},
    most_knobs=5,
    button=104,
    strip=("finish", "undo", "help"),
)

_WORDS = {
    "mode": "what the ghost does",
    "model": "which ghost draws",
    "instrument": "what strokes sound like",
    "timescale": "stretches the ghost's time; 2 draws half as fast",
    "threshold_s": "after the pen was lifted, until the ghost begins",
    "pause": "the ghost holds still, in the middle of a stroke if need be, and goes on there",
}

_NAMES = (
    "mode", "model", "instrument", "scale", "pi_temperature", "sigma_temperature", "timescale",
    "threshold_s", "volume", "pause",
)  # fmt: skip


def draw_parameters() -> tuple[Parameter, ...]:
    """The parameters of the canvas: those of an evening that mean something here, and two of its own."""
    known = {parameter.name: parameter for parameter in PARAMETERS}
    found: list[Parameter] = []
    for name in _NAMES:
        parameter = known[name]
        parameter = replace(parameter, help=_WORDS.get(name, parameter.help))
        if name == "mode" and isinstance(parameter, Choice):
            meanings = tuple((mode.name, mode.words) for mode in MODES.values())
            choices = tuple(MODES)
            parameter = replace(parameter, default=choices[0], choices=choices, meanings=meanings)
        found.append(parameter)
    return (
        *found,
        Switch("fast", "fast", False, "the ghost draws as fast as it can"),
        Switch("hear", "hear", False, "strokes sound, yours and the ghost's"),
    )


def draw_settings(models: Sequence[str], model: str) -> Settings:
    """The settings of a canvas that draws with `model`, one of `models` or a file beside them."""
    names = tuple(models) if model in models else (*models, model)
    settings = Settings(draw_parameters(), choices={"model": names})
    settings.set("model", model)
    return settings


GESTURES: tuple[tuple[str, str], ...] = (
    ("touch, draw", "one pen at a time; touch again to take over"),
    ("tap an ending", "the ghost draws that one on your paper"),
    ("tap a drawing", "bring it back to the paper, and its model"),
    ("drag a drawing", "the others come: all are kept; also by wheel and Page Up, Page Down"),
    *CONTROL_GESTURES,
)


def draw_commands(settings: Settings) -> tuple[Command, ...]:
    """Every key and what it does."""
    page = (
        Command("finish", ("return", "enter"), "the ghost finishes now", "Enter"),
        Command("undo", ("z", "ctrl+z", "u"), "take back a stroke", "Z", repeats=True),
        Command("clear", ("r", "delete"), "take back all of them", "R"),
        Command("next", ("n",), "keep this drawing, begin another", "N"),
        Command("save", ("w", "ctrl+s"), "save as SVG, PNG and CSV", "W"),
        Command("next:model", ("g",), "next ghost", "G"),
    )
    ghost = (
        Command("switch:pause", ("space",), "the ghost holds still, or goes on", "Space"),
        Command("switch:fast", ("x",), "it draws fast, or as a hand does", "X"),
        Command("switch:hear", ("m",), "strokes sound, or not", "M"),
        Command("next:instrument", ("s",), "next sound", "S"),
        Command("next:scale", ("c",), "next scale", "C"),
        Command("panic", ("p",), "everything that sounds stops", "P"),
    )
    return mode_commands(settings) + page + KNOBS + ghost + WINDOW


def temperatures(settings: Settings) -> tuple[float, float]:
    """Pi and sigma temperature as they are now."""
    return settings.number("pi_temperature"), settings.number("sigma_temperature")
