"""Runs a script under Node.js, which has the modules of the pages and the facts."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from app.runtime.web_facts import web_facts

SHARED = Path(__file__).parents[3] / "assets" / "web" / "shared"
BEGIN = """
import fs from "node:fs";
const { facts, given } = JSON.parse(fs.readFileSync(0, "utf8"));
"""
END = "\nprocess.stdout.write(JSON.stringify(answer));\n"


def answer_of(script: str, given: Any, *imports: str) -> Any:
    """What a script leaves in `answer`; it has `facts`, `given` and what it imports of a shared module.

    Args:
        script: the body of a module.
        given: of JSON's types.
        imports: as `"{ quantise } from pitch.js"`.
    """
    lines = []
    for each in imports:
        names, module = each.split(" from ")
        lines.append(f"import {names} from {json.dumps((SHARED / module).as_uri())};")
    source = "\n".join(lines) + BEGIN + script + END
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", source],
        input=json.dumps({"facts": web_facts(), "given": given}), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout)
