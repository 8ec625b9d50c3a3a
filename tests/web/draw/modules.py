"""Runs the page's modules under Node: what goes in and what comes out is JSON."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from app.window.draw.web_facts import draw_facts

SKETCH = Path(__file__).parents[3] / "assets" / "web" / "sketch"


@cache
def facts_json() -> str:
    return json.dumps(draw_facts(("kanji", "characters")))


def node(body: str, given: Any = None, *, names: str = "") -> Any:
    """What the body of an async function of `given` returns; `names`: of the modules it imports, `{a, b} name`.

    A module's exports are in a variable of its name.
    """
    imports = "\n".join(f"import * as {name} from {json.dumps((SKETCH / name).as_uri() + '.js')};" for name in
                        ("facts", *names.split()))  # fmt: skip
    code = f"""{imports}
import {{ readFileSync }} from "node:fs";
const [given, known] = JSON.parse(readFileSync(0, "utf8"));
facts.useFacts(known);
const found = await (async () => {{ {body} }})();
const plain = (_, value) => ArrayBuffer.isView(value) ? Array.from(value) : value;
console.log(JSON.stringify(found, plain));
"""
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", code],
        input=f"[{json.dumps(given)}, {facts_json()}]",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
