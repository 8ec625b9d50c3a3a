"""What the engine of the exported touch page must know and not type in twice: tuned numbers, and modes.

`assets/web/engine` mirrors `app.engine` module by module, for touches. Each of its modules reads the numbers
of its namesake from here, so a number is tuned in one place.
"""

from __future__ import annotations

from dataclasses import asdict
from importlib import import_module
from typing import Any

from app.core.facts import numbers
from app.core.modes import MODES, Begins
from app.core.parameters import AS_LONG
from app.engine.course import GestureCourse
from mdn.densities import Seconds

_MODULES = (
    "action_player", "course", "evening", "event_rows", "gesture_guide", "gesture_phrase", "guide", "jam",
    "joint", "judge", "manner", "phrase", "proposals", "replies", "reply", "requests", "thread",
    "voice_states",
)  # fmt: skip
_ROUNDS = Begins.EACH_ROUND  # the page has no loop


def engine_facts() -> dict[str, Any]:
    """The facts under "engine", as JSON has them.

    Returns:
        By module, the numbers that its constants are. `course` has also the `FORM` of an answer, `seconds`
        the `SHIFT_S` that logarithms of seconds are taken with, and `modes` those that the page plays, each
        with the name of what makes the ghost `begin`.
    """
    facts: dict[str, Any] = {name: _numbers(name) for name in _MODULES}
    form = GestureCourse
    sections = {"near": asdict(form.near), "round": [asdict(section) for section in form.round]}
    facts["course"]["FORM"] = {**sections, "home": asdict(form.home)}
    facts["seconds"] = {"SHIFT_S": Seconds.SHIFT_S}
    facts["parameters"] = {"AS_LONG": AS_LONG}
    facts["modes"] = {
        mode.name: {**asdict(mode), "begins": mode.begins.name, "parameters": list(mode.parameters)}
        for mode in MODES.values()
        if mode.begins is not _ROUNDS
    }
    return facts


def _numbers(name: str) -> dict[str, Any]:
    """The numbers that a module of the engine fixes, those it imports too, under their Python names."""
    return {key.upper(): value for key, value in numbers(import_module(f"app.engine.{name}")).items()}
