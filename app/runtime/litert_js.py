"""LiteRT for browsers, as npm has it: fetched, found in a folder, and copied where a page looks for it.

Nothing of it is part of Ghostjam. Only what runs on one thread in any browser is copied, with its licence.
"""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import subprocess
from pathlib import Path

from app.runtime.errors import CommandError

PACKAGE = "@litertjs/core"
VERSIONS = ">=2.5.3 <2.6"  # the ones whose interface the page was tried with
TIMEOUT_S = 600.0
# The one for browsers with relaxed SIMD, and the one for the others; each with its loader.
WASM = ("litert_wasm_internal", "litert_wasm_compat_internal")
UTILS_IMPORT = '"@litertjs/wasm-utils"'  # by a name that browsers do not know
REMEDY = "install Node.js, which brings npm, or give --runtime a folder that has the package"


def fetch(folder: Path) -> None:
    """Have npm put the package into `folder`.

    Raises:
        CommandError: there is no npm, or it did not get the package: its own last words.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise CommandError(f"npm: expected it, to get {PACKAGE}, got none: {REMEDY}")
    quiet = ("--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--loglevel=error")
    command = [npm, "install", "--prefix", str(folder), *quiet, f"{PACKAGE}@{VERSIONS}"]
    try:
        ended = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise CommandError(
            f"npm: expected {PACKAGE} within {TIMEOUT_S:g} s, got nothing: is there a network?"
        ) from None
    if ended.returncode != 0:
        lines = [line for line in ended.stderr.splitlines() if line.strip() and "complete log" not in line]
        words = " ".join(" ".join(lines).replace("npm error", "").replace("npm ERR!", "").split())
        raise CommandError(f"npm: expected {PACKAGE}, got: {words[:300] or 'no reason'}")


def find(folder: Path) -> Path:
    """The package in `folder`: itself, or where npm puts it below.

    Raises:
        CommandError: it is not there, or is another version.
    """
    for found in (folder, folder / PACKAGE, folder / "node_modules" / PACKAGE):
        if _about(found).get("name") == PACKAGE:
            break
    else:
        raise CommandError(f"--runtime: expected a folder with {PACKAGE}, got {folder}")
    version = str(_about(found).get("version"))
    if not version.startswith("2.5."):
        raise CommandError(f"--runtime: expected {PACKAGE} {VERSIONS}, got {version}")
    return found


def copy(package: Path, out: Path) -> str:
    """Copy what a page needs of the package into the new folder `out`; returns its version.

    Raises:
        CommandError: a file is missing, or the package is not as it was when this was written.
    """
    utils = package.parent / "wasm-utils"
    out.mkdir()
    try:
        for name in WASM:
            for suffix in (".js", ".wasm"):
                shutil.copyfile(package / "wasm" / (name + suffix), out / (name + suffix))
        module = (package / "dist" / "index.js").read_text("utf-8")
        shutil.copyfile(utils / "dist" / "index.js", out / "wasm_utils.js")
    except FileNotFoundError as error:
        raise CommandError(f"{PACKAGE}: expected {error.filename}, got a package without it") from None
    except UnicodeDecodeError:
        raise CommandError(f"{PACKAGE}: expected text, got {package / 'dist' / 'index.js'}") from None
    versions = {}
    for part in (package, utils):
        about = _about(part)
        if not {"name", "version"} <= about.keys():
            raise CommandError(f"{PACKAGE}: expected its name and version, got {part / 'package.json'}")
        versions[about["name"]] = about["version"]
    if module.count(UTILS_IMPORT) != 1:
        raise CommandError(
            f"{PACKAGE}: expected one import of {UTILS_IMPORT}, got {module.count(UTILS_IMPORT)}"
        )
    # A browser finds what it imports by its address alone.
    (out / "litert.js").write_text(module.replace(UTILS_IMPORT, '"./wasm_utils.js"'), "utf-8")
    (out / "LICENCE.txt").write_text(_licence(versions), "utf-8")
    return str(versions[PACKAGE])


def _about(package: Path) -> dict[str, str]:
    """What the package says of itself; nothing where that is missing or broken."""
    try:
        about = json.loads((package / "package.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        about = None
    return about if isinstance(about, dict) else {}


def _licence(versions: dict[str, str]) -> str:
    """The notice that the licence asks for, and the licence, of which the desktop's LiteRT has a copy."""
    names = " and ".join(f"{name} {version}" for name, version in versions.items())
    files = importlib.metadata.files("ai-edge-litert") or []
    text = next((file.read_text() for file in files if file.name.startswith("LICENSE")), "")
    return (
        f"The files of this folder are those of {names}, copyright Google LLC, under the Apache License,\n"
        "Version 2.0 (http://www.apache.org/licenses/LICENSE-2.0).\n"
        "Changed: an import in litert.js; it and wasm_utils.js were each the dist/index.js of a package.\n\n"
        f"{text}"
    )
