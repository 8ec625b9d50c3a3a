"""What a page is told: of JSON's types alone, and what the program itself uses."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from app.core.instruments import INSTRUMENTS, load_instrument
from app.core.modes import MODES, Begins
from app.core.parameters import PARAMETERS, Settings
from app.core.pitch import SCALES
from app.pictures.palette import load_palette
from app.runtime.web_facts import web_facts
from app.sound.waves import WAVE_ROWS, harmonics


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    return web_facts()


def as_lists(value: Any) -> Any:
    return json.loads(json.dumps(value))


def test_json_gives_back_what_it_was_given(facts: dict[str, Any]) -> None:
    """So no tuple, no key that is not a word, no number that JSON has not."""
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts


def test_colours_are_the_palettes(facts: dict[str, Any]) -> None:
    palette = load_palette()
    assert facts["palette"] == as_lists(asdict(palette))
    assert facts["palette"]["ghost"][1] == list(palette.ghost[1])


def test_instruments_have_all_their_pieces_and_the_ghosts(facts: dict[str, Any]) -> None:
    assert list(facts["instruments"]) == list(INSTRUMENTS)
    for name, told in facts["instruments"].items():
        instrument = load_instrument(name)
        assert told["pieces"] == [as_lists(asdict(piece)) for piece in instrument.pieces]
        assert told["ghost_pieces"] == [as_lists(asdict(piece)) for piece in instrument.ghost_pieces]


def test_parameters_are_the_table_with_the_choices_of_this_machine() -> None:
    settings = Settings(choices={"model": ("touch", "my-take")})
    told = {parameter["name"]: parameter for parameter in web_facts(settings)["parameters"]}
    assert list(told) == [parameter.name for parameter in PARAMETERS]
    assert told["model"]["choices"] == ["touch", "my-take"]
    assert told["pause"] == {
        "name": "pause",
        "kind": "switch",
        "label": "pause",
        "default": False,
        "help": "the ghost holds still and goes on where it was",
    }
    reply = told["reply_s"]
    assert (reply["kind"], reply["low"], reply["high"], reply["unit"]) == ("number", -1.0, 60.0, "s")
    assert reply["words"] == [[-1.0, "as yours"], [0.0, "free"]]


def test_modes_scales_and_waves_are_the_programs(facts: dict[str, Any]) -> None:
    assert facts["pitch"]["scales"] == {name: list(degrees) for name, degrees in SCALES.items()}
    for name, mode in MODES.items():
        told = facts["modes"][name]
        assert (told["you"], told["ghost"], told["first_repeat"]) == (mode.you, mode.ghost, mode.first_repeat)
        assert told["takes_turns"] == (mode.begins is Begins.AFTER_SILENCE)
    for row, told in zip(WAVE_ROWS, facts["sound"]["waves"], strict=True):
        assert told == pytest.approx(harmonics(row).tolist(), abs=1e-6)


def test_neither_signalflow_nor_a_window_is_needed(root: Path) -> None:
    """Signalflow can end the process it is loaded in."""
    code = (
        "import sys; from app.runtime.web_facts import web_facts; web_facts();"
        "import pygame; print('signalflow' in sys.modules, pygame.display.get_init())"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False"]
