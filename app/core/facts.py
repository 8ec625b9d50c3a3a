"""What the program tells pages of itself, of JSON's types alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from types import ModuleType
from typing import Any

from app.core.parameters import Choice, Parameter


def plain(value: Any) -> Any:
    """`value` as JSON gives it back: tuples are lists, however deep they lie."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def parameter_facts(parameter: Parameter) -> dict[str, Any]:
    """A row of the table of parameters, with its `kind`: number, choice or switch."""
    row = {name: value for name, value in asdict(parameter).items() if name != "why_not"}
    if isinstance(parameter, Choice):
        row["meanings"] = dict(parameter.meanings)
    return plain({"kind": type(parameter).__name__.lower(), **row})  # type: ignore[no-any-return]


def numbers(module: ModuleType) -> dict[str, Any]:
    """The numbers that a module fixes, and those it has one of for each source, by their lower-case names."""
    found: dict[str, Any] = {}
    for name, value in vars(module).items():
        if not name.isupper() or name.startswith("_"):
            continue
        if isinstance(value, int | float):
            found[name.lower()] = float(value)
        elif isinstance(value, Mapping) and all(isinstance(one, int | float) for one in value.values()):
            found[name.lower()] = {str(key): float(one) for key, one in value.items()}
    return found
