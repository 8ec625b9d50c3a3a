"""Runs the modules of the pages under Node.js."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

WEB = Path(__file__).parents[2] / "assets" / "web"
TIMEOUT_S = 60.0


def run_node(code: str, given: Any = None) -> Any:
    """What `code` returns, the body of an async function, for `given`; both go through JSON.

    Args:
        code: JavaScript. `load("ghost/rng.js")` is the promise of a module below assets/web.
        given: what `given` is in it.

    Raises:
        AssertionError: it threw; with what Node.js says.
    """
    program = f"""
    import {{ readFileSync }} from "node:fs";
    const given = JSON.parse(readFileSync(0, "utf8"));
    const load = (name) => import({json.dumps(WEB.as_uri())} + "/" + name);
    const answer = await (async () => {{ {code} }})();
    process.stdout.write(JSON.stringify(answer ?? null));
    """
    ended = subprocess.run(
        ["node", "--input-type=module", "--eval", program],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)
