"""What a control does, in a sentence: for whoever rests on it."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.parameters import Choice, Settings
from app.window.layout import Control, Kind


def explained(control: Control, settings: Settings, words: Mapping[str, str]) -> str:
    """The sentence; "" if there is none. `words`: what each command does, by name."""
    if control.kind is Kind.BUTTON:
        return words.get(control.name, "")
    if control.kind is Kind.MORE:
        return ""
    parameter = settings.parameter(control.name)
    if not isinstance(parameter, Choice):
        return f"{parameter.label}: {parameter.help}"
    value = control.value or settings.word(control.name)
    meaning = dict(parameter.meanings).get(value, "")
    return f"{value}: {meaning}" if meaning else f"{parameter.label}: {parameter.help}"
