"""The files of the pages, as a browser asks for them. Pure but for reading them."""

from __future__ import annotations

import hashlib
import re
from importlib import resources
from importlib.resources.abc import Traversable

from app.web.plug import Answer

HOME = "/live/index.html"  # the page of "/"
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", re.ASCII)  # no dot first: no way up, nothing hidden
_TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "json": "application/json",
    "webmanifest": "application/manifest+json",
    "svg": "image/svg+xml",
    "png": "image/png",
    "ico": "image/x-icon",
    "txt": "text/plain; charset=utf-8",
    "wasm": "application/wasm",
}


def page_file(path: str, root: Traversable | None = None) -> Answer | None:
    """The file at a path, which a folder has as its index.html; None if there is none.

    Args:
        path: of the address, as "/shared/paint.js". What holds anything but letters, digits, "._-" is none.
        root: the folder of the pages; the one that the app comes with if None.
    """
    path = HOME if path == "/" else path
    names = path.removeprefix("/").split("/")
    if names[-1] == "":
        names[-1] = "index.html"
    ending = names[-1].rpartition(".")[2]
    if not path.startswith("/") or ending not in _TYPES or not all(map(_NAME.fullmatch, names)):
        return None
    file = (root or resources.files("assets") / "web").joinpath(*names)
    try:
        body = file.read_bytes() if file.is_file() else None
    except OSError:  # it is there, and is not for us
        body = None
    return None if body is None else Answer(body, _TYPES[ending])


def version_of(body: bytes) -> str:
    """What tells one version of a file from another: an ETag."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
