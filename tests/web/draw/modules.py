"""Runs the modules of the drawing page under Node.js."""

from __future__ import annotations

from typing import Any

from app.window.draw.web_facts import draw_facts
from tests.web.node import run_node


def node(body: str, given: Any = None, *, names: str = "") -> Any:
    """What the body of an async function of `given` returns; the modules `names` are in variables.

    They are of the folder `sketch` where none is named: "ink shared/curves".
    """
    paths = [name if "/" in name else f"sketch/{name}" for name in ("facts", *names.split())]
    loads = [f"const {path.partition('/')[2]} = await load('{path}.js');" for path in paths]
    code = f"""{" ".join(loads)}
    const {{ data, known }} = given;
    facts.useFacts(known);
    const found = await (async (given) => {{ {body} }})(data);
    const plain = (_, value) => ArrayBuffer.isView(value) ? Array.from(value) : value;
    return JSON.parse(JSON.stringify(found, plain));"""
    return run_node(code, {"data": given, "known": draw_facts(("kanji", "characters"))})
