"""A rig as the text of a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def toml_of(rig: Mapping[str, Any]) -> str:
    """A rig as TOML text."""
    plain = [key for key, value in rig.items() if not isinstance(value, dict) and not _is_tables(value)]
    lines = [f"{key} = {_value(rig[key])}" for key in plain]
    for name, table in rig.items():
        if _is_tables(table):
            lines += ["", *_tables(table, name)]
        elif isinstance(table, dict) and table:
            lines += ["", *_table(table, name)]
    return "\n".join(lines).lstrip("\n") + "\n"


def _table(table: Mapping[str, Any], name: str) -> list[str]:
    own = {key: value for key, value in table.items() if not _is_tables(value)}
    lines = [f"[{name}]", *(f"{key} = {_value(value)}" for key, value in own.items())] if own else []
    for key, value in table.items():
        if _is_tables(value):
            lines += _tables(value, f"{name}.{key}")
    return lines


def _tables(tables: list[dict[str, Any]], name: str) -> list[str]:
    return [
        line
        for table in tables
        for line in (f"[[{name}]]", *(f"{key} = {_value(value)}" for key, value in table.items()))
    ]


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, str):  # JSON strings are TOML's too, but for one character
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
