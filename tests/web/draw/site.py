"""The drawing page as a folder on a server of this machine, with a ghost that draws what a test says."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from app.runtime.web_facts import web_facts
from app.sketch.opening import open_drawing
from app.window.draw.web_facts import draw_facts
from assets import FOLDER
from models.manifest import Scale

KANJI = Scale(109.0, 1.0057742023807508, 80, (0.0, 0.0))


def stub_site(folder: Path) -> None:
    """The page's files in `folder`; its ghost finishes a radical as the drawings of the assets would."""
    web = FOLDER / "web"
    for name in ("sketch", "draw", "shared"):
        shutil.copytree(web / name, folder / name)
    (folder / "ghost").mkdir()
    shutil.copy(Path(__file__).parent / "stub_ghost.js", folder / "ghost" / "ghost.js")
    (folder / "ghost" / "takes.json").write_text(json.dumps(takes()))
    facts = {**web_facts(), "draw": draw_facts(("kanji", "characters"))}
    (folder / "facts.json").write_text(json.dumps(facts))


def takes() -> list[Any]:
    """Drawings of the assets as rows that end."""
    found = []
    for index in range(12):
        rows = open_drawing(FOLDER / "pictures" / "kanji.svg", KANJI, index).heard(KANJI)
        rows[-1, 2] = 2
        found.append(rows.tolist())
    return found


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a server of `folder`, on this machine only."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
