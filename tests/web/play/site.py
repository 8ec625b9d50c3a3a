"""The page that plays, in a folder as an export makes one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from app.ghost.litert.float_file import write_float_file
from app.runtime import litert_js
from app.runtime.web_facts import web_facts
from tests.web.node import WEB


def make_site(folder: Path, litert_package: Path) -> None:
    """Write page, model and runtime to `folder`."""
    for name in ("engine", "ghost", "play", "shared"):
        shutil.copytree(WEB / name, folder / name)
    litert_js.copy(litert_package, folder / "litert")
    (folder / "models").mkdir()
    write_float_file(WEB.parents[1] / "models" / "touch.tflite", folder / "models" / "touch.tflite")
    (folder / "facts.json").write_text(json.dumps(web_facts()))
    files = [path for path in folder.rglob("*") if path.is_file()]
    sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}
    (folder / "files.json").write_text(json.dumps({"files": sizes}))
    (folder / "empty.html").write_text('<!doctype html><link rel="icon" href="data:,">')
