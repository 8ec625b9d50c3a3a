"""The engine of the page reads numbers that Python has, and has none of its own that Python tunes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.core.modes import MODES
from app.engine import course, jam, joint
from app.runtime.web_engine_facts import engine_facts

GROUP = re.compile(r"\{([^{}]*)\}\s*=\s*constants\.(\w+)")
ONE = re.compile(r"constants\.(\w+)\.(\w+)")


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    return engine_facts()


def sources(root: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in (root / "assets/web/engine").glob("*.js")}


def test_json_gives_back_what_it_was_given(facts: dict[str, Any]) -> None:
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts


def test_numbers_are_those_of_the_modules(facts: dict[str, Any]) -> None:
    assert facts["joint"]["JOIN_COST"] == joint.JOIN_COST
    assert facts["course"]["FORM"]["round"][1]["bend"] == course.DEPARTED.bend
    assert facts["jam"]["LONGEST_REPLY_S"] == jam.LONGEST_REPLY_S
    assert set(facts["modes"]) == set(MODES) - {"loop"}
    assert facts["modes"]["duet"]["chunk_events"] == MODES["duet"].chunk_events


def test_every_number_that_the_page_reads_is_told(root: Path, facts: dict[str, Any]) -> None:
    read = set()
    for text in sources(root).values():
        read |= {(module, name) for module, name in ONE.findall(text) if module != "modes"}
        for names, module in GROUP.findall(text):
            read |= {(module, name.strip()) for name in names.split(",") if name.strip()}
    assert len(read) > 60
    for module, name in sorted(read):
        assert name in facts[module], f"{module}.{name}"


def test_no_number_that_is_told_stands_in_the_page_too(root: Path, facts: dict[str, Any]) -> None:
    told = {name for numbers in facts.values() for name in numbers if name.isupper()}
    for file, text in sources(root).items():
        own = set(re.findall(r"^(?:export )?const ([A-Z_]+) =", text, re.MULTILINE))
        assert own & told == set(), file
