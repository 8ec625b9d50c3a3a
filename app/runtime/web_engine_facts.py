"""What the engine of the exported touch page must know and not type in twice: tuned numbers, and modes.

`assets/web/engine` mirrors `app.engine` module by module, for touches. Each of its modules reads the numbers
of its namesake from here, so a number is tuned in one place.
"""

from __future__ import annotations

from dataclasses import asdict
from types import ModuleType
from typing import Any

from app.core.modes import MODES, Begins
from app.core.parameters import AS_LONG
from app.engine import (
    action_player,
    course,
    evening,
    event_rows,
    gesture_guide,
    gesture_phrase,
    guide,
    jam,
    judge,
    manner,
    phrase,
    proposals,
    replies,
    reply,
    requests,
    thread,
    voice_states,
)
from mdn.densities import Seconds

_MODULES = (
    action_player,
    course,
    evening,
    event_rows,
    gesture_guide,
    gesture_phrase,
    guide,
    jam,
    judge,
    manner,
    phrase,
    proposals,
    replies,
    reply,
    requests,
    thread,
    voice_states,
)
_ROUNDS = Begins.EACH_ROUND  # the page has no loop


def engine_facts() -> dict[str, Any]:
    """The facts under "engine", as JSON has them.

    Returns:
        By module, the numbers that its constants are. `course` has also the `FORM` of an answer, `seconds`
        the `SHIFT_S` that logarithms of seconds are taken with, and `modes` those that the page plays, each
        with the name of what makes the ghost `begin`.
    """
    facts: dict[str, Any] = {module.__name__.rpartition(".")[2]: _numbers(module) for module in _MODULES}
    form = course.GestureCourse
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


def _numbers(module: ModuleType) -> dict[str, float]:
    """The constants of a module that are numbers, those it imports too."""
    found = vars(module).items()
    return {name: value for name, value in found if name.isupper() and isinstance(value, int | float)}
