"""The drawing page as a folder on a server of this machine, with a ghost that draws what a test says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from app.ghost.litert.float_file import write_float_file
from app.runtime import litert_js
from app.runtime.web_facts import web_facts
from app.sketch.opening import open_drawing
from app.window.draw.web_facts import draw_facts
from assets import FOLDER
from models.lookup import find_model
from models.manifest import Scale

WEB = FOLDER / "web"
MODELS = ("kanji", "characters")
KANJI = Scale(109.0, 1.0057742023807508, 80, (0.0, 0.0))


def stub_site(folder: Path) -> None:
    """The page's files in `folder`; its ghost finishes a radical as the drawings of the assets would."""
    _pages(folder)
    (folder / "ghost").mkdir()
    shutil.copy(Path(__file__).parent / "stub_ghost.js", folder / "ghost" / "ghost.js")
    (folder / "ghost" / "takes.json").write_text(json.dumps(takes()))


def real_site(folder: Path, package: Path) -> None:
    """The page's files in `folder`, with the models in float32 and `package`, the runtime of npm."""
    _pages(folder)
    shutil.copytree(WEB / "ghost", folder / "ghost")
    litert_js.copy(package, folder / "litert")
    (folder / "models").mkdir()
    for name in MODELS:
        write_float_file(find_model(name), folder / "models" / f"{name}.tflite")
    files = [path for path in folder.rglob("*") if path.is_file()]
    sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}
    (folder / "files.json").write_text(json.dumps({"files": sizes}))


def _pages(folder: Path) -> None:
    for name in ("sketch", "draw", "shared"):
        shutil.copytree(WEB / name, folder / name)
    page = folder / "draw" / "index.html"
    page.write_text(page.read_text().replace("</head>", '<link rel="icon" href="data:,"></head>'))
    (folder / "facts.json").write_text(json.dumps({**web_facts(), "draw": draw_facts(MODELS)}))


def takes() -> list[Any]:
    """Drawings of the assets as rows that end."""
    found = []
    for index in range(12):
        rows = open_drawing(FOLDER / "pictures" / "kanji.svg", KANJI, index).heard(KANJI)
        rows[-1, 2] = 2
        found.append(rows.tolist())
    return found
