"""The numbers of the drawing page stand in Python, and all that the page asks for is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app.core.facts import numbers
from app.pictures import ink
from app.sketch import sketcher
from app.window.draw.modes import MODES
from app.window.draw.web_facts import draw_facts
from assets import FOLDER

SOURCES = sorted(path for room in ("sketch", "draw") for path in (FOLDER / "web" / room).glob("*.js"))
FACTS = draw_facts(("kanji", "characters"))


def asked_for(text: str) -> set[tuple[str, str]]:
    """Every `facts.table.name`, and every name that is taken out of a table at once."""
    found = set(re.findall(r"\bfacts\.(\w+)\.(\w+)\b", text))
    for names, table in re.findall(r"\{([^{}]*)\} = facts\.(\w+)\b(?!\.)", text):
        found |= {(table, name.partition(":")[0].strip()) for name in names.split(",") if name.strip()}
    for chain in re.findall(r"const (\{[^;]*) = facts\.\w+[^;]*;", text):
        for names, table in re.findall(r"\{([^{}]*)\} = facts\.(\w+)", chain):
            found |= {(table, name.partition(":")[0].strip()) for name in names.split(",") if name.strip()}
    return found - {
        (table, method) for table, method in found if method in ("find", "map", "forEach", "length")
    }


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_page_asks_only_for_what_there_is(path: Path) -> None:
    for table, name in asked_for(path.read_text("utf-8")):
        assert table in FACTS, (path.name, table)
        found = FACTS[table]
        assert isinstance(found, dict) and name in found, (path.name, table, name)


def test_what_the_page_asks_for_is_found_in_its_text() -> None:
    text = "const { a, b: c } = facts.one, { d } = facts.two; facts.three.e + facts.modes.find(x);"
    assert asked_for(text) == {("one", "a"), ("one", "b"), ("two", "d"), ("three", "e")}
    assert sum(len(asked_for(path.read_text("utf-8"))) for path in SOURCES) > 80


def test_facts_are_what_json_can_say_and_the_numbers_of_the_modules() -> None:
    assert json.loads(json.dumps(FACTS, allow_nan=False)).keys() == FACTS.keys()
    assert numbers(sketcher)["tries"] == sketcher.TRIES
    assert numbers(ink)["halo_light"] == {str(source): light for source, light in ink.HALO_LIGHT.items()}
    assert [mode["name"] for mode in FACTS["modes"]] == list(MODES)  # type: ignore[attr-defined, index]
    assert FACTS["models"] == ["kanji", "characters"]


def test_every_module_is_short_and_says_what_it_is() -> None:
    for path in SOURCES:
        text = path.read_text("utf-8")
        assert text.startswith("// @ts-check\n/**"), path.name
        assert text.count("\n") < 300, path.name
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "") and "https://" not in text, (
            path.name
        )
