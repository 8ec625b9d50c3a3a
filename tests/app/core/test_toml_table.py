"""Tables of a TOML file: each kind of value is taken, every other is refused with its key."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.toml_file import TomlError
from app.core.toml_table import Table

TABLE = Table({"flag": True, "n": 1, "x": 0.5, "text": "a", "words": ["b"], "t": {}, "ts": [{}]},
              ["flag", "n", "x", "text", "words", "t", "ts"])  # fmt: skip


def test_what_stands_there_and_what_does_not() -> None:
    assert TABLE.flag("flag") and TABLE.whole("n", None, 0, 1) == 1 and TABLE.number("n", 0.0, 0, 1) == 1.0
    assert TABLE.text("text") == "a" and TABLE.words("words", ["b", "c"]) == ["b"]
    assert TABLE.word("text", ["a"], "b") == "a"
    assert not list(TABLE.table("t", [])) and [t.at for t in TABLE.tables("ts", [])] == [("ts", 0)]
    none = Table({}, [])
    assert none.flag("f", True) and none.whole("n", None, 0, 1) is None and none.number("n", -1.0, 0, 1) == -1
    assert none.words("w", ["a", "b"]) == ["a", "b"] and none.word("w", ["a"], "") == ""
    assert not list(none.table("t", [])) and none.tables("ts", []) == []


@pytest.mark.parametrize("key", ["flag", "n", "x", "text", "words", "t", "ts"])
@pytest.mark.parametrize("kind", ["flag", "whole", "number", "text", "word", "words", "table", "tables"])
def test_a_value_of_another_kind_is_refused(key: str, kind: str) -> None:
    right = {("flag", "flag"), ("n", "whole"), ("n", "number"), ("x", "number"), ("text", "text"),
             ("words", "words"), ("t", "table"), ("ts", "tables")}  # fmt: skip
    extra: dict[str, tuple[Any, ...]] = {
        "whole": (None, 0, 1), "number": (None, 0, 1), "word": (["b"], "b"), "words": (["b"],),
        "table": ([],), "tables": ([],),
    }  # fmt: skip
    if (key, kind) in right:
        return
    with pytest.raises(TomlError, match=rf"^{key}(\[1\])?: expected "):
        getattr(TABLE, kind)(key, *extra.get(kind, ()))
