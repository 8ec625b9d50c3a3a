"""What a web port answers beside the files of the pages: `/facts.json`, all that a page must know."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from app.web.plug import Answer, Pages

FACTS = "/facts.json"


def facts_page(facts: Callable[[], Mapping[str, Any]]) -> Pages:
    """The page of the facts, which are asked for each time: a model that was learned is among them."""
    return partial(_answer, facts)


def _answer(facts: Callable[[], Mapping[str, Any]], path: str, query: str, accept: str) -> Answer | None:
    if path != FACTS:
        return None
    return Answer(json.dumps(facts(), separators=(",", ":")).encode(), "application/json")
