"""A static folder that plays and draws in any browser: pages, models, the runtime, and all of it offline.

The folder is made beside where it will be, and put there in one step.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.progress import Progress, unseen
from app.ghost.litert.float_file import write_float_file
from app.pictures.icon import write_icon
from app.pictures.palette import load_palette
from app.runtime import litert_js
from app.runtime.errors import CommandError
from assets import FOLDER
from mdn.columns import TOUCH, Kind
from models.manifest import Manifest, read_manifest

MADE_BY = "ghostjam export-web"
LIST = "files.json"
WEB = FOLDER / "web"
PAGES = {"play": ("engine", "play"), "draw": ("sketch", "draw")}  # what each needs beside what all do
ALL = ("shared", "ghost", "start")
ICONS = {"icon-192.png": (192, False), "icon-512.png": (512, False), "icon-full-512.png": (512, True)}
TOUCH_ICON = "icon-180.png"
HEAD = """\
<link rel="manifest" href="../manifest.webmanifest">
<link rel="icon" href="../icons/icon-192.png">
<link rel="apple-touch-icon" href="../icons/icon-180.png">
<script src="../start/needs_server.js"></script>
<script type="module" src="../start/offline.js"></script>
"""


@dataclass(frozen=True)
class WebModel:
    """A model for the page.

    Attributes:
        path: its file, as the desktop plays it.
        manifest: what that says.
        page: "play" for touches, "draw" for drawings.
    """

    path: Path
    manifest: Manifest
    page: str

    @property
    def name(self) -> str:
        """In addresses: letters, digits, - and _."""
        return re.sub(r"[^A-Za-z0-9_-]+", "-", self.manifest.name).strip("-") or "model"


def web_model(path: Path) -> WebModel:
    """The model at `path`, if a page can play it.

    Raises:
        ModelError: not one of our models.
        CommandError: it hears something else than touches or pen steps.
    """
    manifest = read_manifest(path)
    if manifest.columns == TOUCH:
        return WebModel(path, manifest, "play")
    if any(column.kind is Kind.PEN for column in manifest.columns):
        return WebModel(path, manifest, "draw")
    columns = ", ".join(column.name for column in manifest.columns)
    raise CommandError(f"--model: expected a model of touches or of drawings, got {path.stem}, of {columns}")


def check_folder(folder: Path) -> None:
    """Refuse a folder in which anything is that an export did not write.

    Raises:
        CommandError: it is not empty and not an export, or somebody has put something else there.
    """
    if not os.path.lexists(folder):
        return
    if folder.is_symlink() or not folder.is_dir():
        raise CommandError(f"DIR: expected a new or empty folder or a former export, got {folder}")
    if Path.cwd().is_relative_to(folder.resolve()):  # it is replaced, and you would stand in the former one
        raise CommandError(f"DIR: expected another folder than the one you are in, got {folder}")
    paths = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    found = {path.relative_to(folder).as_posix() for path in paths}
    if not found:
        return
    try:
        former = json.loads((folder / LIST).read_text("utf-8"))
        ours = {LIST, *former["files"]} if former["made_by"] == MADE_BY else set()
    except (OSError, ValueError, KeyError, TypeError):
        ours = set()
    if others := found - ours:
        raise CommandError(
            f"DIR: expected a new or empty folder or a former export, got {folder} with {min(others)}"
        )


def export(
    folder: Path,
    models: Sequence[WebModel],
    package: Path,
    facts: Mapping[str, Any],
    progress: Progress = unseen,
) -> dict[str, int]:
    """Write the folder; whatever fails, it stays as it was.

    Args:
        folder: as `check_folder` allows it.
        models: at least one; a page without one is left out.
        package: of the runtime, as `litert_js.find` gives it.
        facts: what pages read instead of typing numbers in.
        progress: told how far it is.

    Returns:
        Bytes of what lies in each of its folders, and "" for the files beside them.

    Raises:
        CommandError: the runtime lacks something.
        ModelError: a model does not play in float32.
        OSError: something could not be written.
    """
    with _replacing(folder) as draft:
        pages = [page for page in PAGES if any(model.page == page for model in models)]
        for room in (*ALL, *(room for page in pages for room in PAGES[page])):
            # Not with the times of the originals: a server tells by them what is newer than a former export.
            shutil.copytree(WEB / room, draft / room, copy_function=shutil.copyfile)
        for page in pages:
            _add_to_head(draft / page / "index.html")
        _write_start(draft, pages)
        version = litert_js.copy(package, draft / "litert")
        progress(0.3)
        (draft / "models").mkdir()
        for i, model in enumerate(models):
            write_float_file(model.path, draft / "models" / f"{model.name}.tflite")
            if (card := model.path.with_suffix(".md")).is_file():
                shutil.copyfile(card, draft / "models" / f"{model.name}.md")
            progress(0.3 + 0.5 * (i + 1) / len(models))
        _write_icons(draft / "icons")
        licences = {"Ghostjam": "LICENCE.txt", f"LiteRT.js {version}": "litert/LICENCE.txt"}
        (draft / "LICENCE.txt").write_text(_licence(), "utf-8")
        about = [_about(model) for model in models]
        _write_json(draft / "facts.json", {**facts, "models": about, "licences": licences})
        _write_json(draft / "manifest.webmanifest", _app_manifest(pages))
        _write_worker(draft)
        return _sizes(draft)


def _write_start(draft: Path, pages: Sequence[str]) -> None:
    """The first page, at the root: with the doors to the pages there are."""
    text = (draft / "start" / "index.html").read_text("utf-8")
    (draft / "start" / "index.html").unlink()
    for page in set(PAGES) - set(pages):
        text = re.sub(rf'\s*<a class="door {page}".*?</a>', "", text, flags=re.DOTALL)
    text = text.replace("</head>", f"{HEAD}</head>").replace("../", "./")
    (draft / "index.html").write_text(text, "utf-8")


def _add_to_head(page: Path) -> None:
    """What an exported page has and one that a program serves has not: an icon, and that it works offline."""
    text = page.read_text("utf-8")
    if text.count("</head>") != 1:
        raise CommandError(f"{page.name}: expected one </head>, got {text.count('</head>')}")
    page.write_text(text.replace("</head>", f"{HEAD}</head>"), "utf-8")


def _write_icons(folder: Path) -> None:
    folder.mkdir()
    palette = load_palette()
    for name, (side, bleeds) in ICONS.items():
        write_icon(folder / name, palette, side, bleeds=bleeds)
    write_icon(folder / TOUCH_ICON, palette, 180, bleeds=True)


def _app_manifest(pages: Sequence[str]) -> dict[str, Any]:
    """What makes a page a program that can be installed (W3C Web Application Manifest)."""
    background = "#" + bytes(load_palette().background).hex()
    icons = [
        {
            "src": f"icons/{name}",
            "sizes": f"{side}x{side}",
            "type": "image/png",
            "purpose": "maskable" if bleeds else "any",
        }
        for name, (side, bleeds) in ICONS.items()
    ]
    return {
        "name": "Ghostjam",
        "short_name": "Ghostjam",
        "description": "An instrument that answers: touch or draw, and a ghost goes on in your manner.",
        "id": "./",
        "start_url": "./",
        "scope": "./",
        "display": "fullscreen",
        "background_color": background,
        "theme_color": background,
        "icons": icons,
        "shortcuts": [{"name": page.capitalize(), "url": f"{page}/"} for page in pages],
    }


def _about(model: WebModel) -> dict[str, Any]:
    manifest = model.manifest
    return {
        "name": model.name,
        "page": model.page,
        "corpus": manifest.corpus,
        "parent": manifest.parent,
        "has_card": model.path.with_suffix(".md").is_file(),
    }


def _licence() -> str:
    """Ghostjam's own, from where it is installed."""
    files = importlib.metadata.files("ghostjam") or []
    text = next((file.read_text() for file in files if file.name == "LICENSE"), None)
    return text or (FOLDER.parent / "LICENSE").read_text("utf-8")


def _write_worker(draft: Path) -> None:
    """The service worker, which differs whenever a file does, and the list of files."""
    paths = sorted(path for path in draft.rglob("*") if path.is_file())
    whole, sizes = hashlib.sha256(), {}
    for path in paths:
        data, name = path.read_bytes(), path.relative_to(draft).as_posix()
        whole.update(f"{name} {len(data)} ".encode() + data)
        sizes[name] = len(data)
    template = (draft / "start" / "sw.js").read_text("utf-8")
    (draft / "start" / "sw.js").unlink()
    del sizes["start/sw.js"]
    version = whole.hexdigest()[:16]
    worker = template.replace('"VERSION"', json.dumps(version)).replace(
        '["FILES"]', json.dumps([LIST, *sizes])
    )
    (draft / "sw.js").write_text(worker, "utf-8")
    sizes["sw.js"] = len(worker.encode())
    _write_json(draft / LIST, {"made_by": MADE_BY, "version": version, "files": sizes})


def _sizes(draft: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    for path in sorted(draft.rglob("*")):
        if path.is_file():
            parts = path.relative_to(draft).parts
            room = parts[0] if len(parts) > 1 else ""
            found[room] = found.get(room, 0) + path.stat().st_size
    return found


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, separators=(",", ":"), sort_keys=True, allow_nan=False), "utf-8")


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """Within `with`, a new folder that takes the place of `folder` at its end, and is gone after an error."""
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
        draft, former = Path(beside) / "new", Path(beside) / "former"
        draft.mkdir()
        yield draft
        if folder.exists():
            os.replace(folder, former)
        try:
            os.replace(draft, folder)
        except BaseException:  # Ctrl-C too: with the former one gone nothing would be left
            if former.exists():
                os.replace(former, folder)
            raise
