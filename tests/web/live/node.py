"""Runs a script under Node.js, which has shared modules of the pages and the facts."""

from __future__ import annotations

from typing import Any

from app.runtime.web_facts import web_facts
from tests.web.node import run_node


def answer_of(script: str, given: Any, *imports: str) -> Any:
    """What a script leaves in `answer`; it has `facts`, `given` and what it imports of a shared module.

    Args:
        script: the body of a function.
        given: of JSON's types.
        imports: as `"{ quantise } from pitch.js"`.
    """
    parts = [each.split(" from ") for each in imports]
    loads = "".join(f"const {names} = await load('shared/{module}');" for names, module in parts)
    code = f"{loads} return ((facts, given) => {{ {script}; return answer; }})(given.facts, given.given);"
    return run_node(code, {"facts": web_facts(), "given": given})
