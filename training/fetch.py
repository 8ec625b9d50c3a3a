"""Public corpora by name, over the network, with checksums.

No checksum of these files is published, so none is written here: the first fetch writes down what came, and
every later fetch and use compares (trust on first use). Who knows the checksum from elsewhere gives it.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from training.checksums import as_digest, read_checksum, sha256, verify, write_checksum
from training.errors import TrainingError

SECONDS = 30.0  # without an answer: then the network counts as absent
CREDIT = ("name", "credit", "licence")
CHUNK = 1 << 16  # bytes

_SKETCH_RNN = "https://raw.githubusercontent.com/hardmaru/sketch-rnn-datasets/master"
_QUICK_DRAW = "https://storage.googleapis.com/quickdraw_dataset"
_KANJIVG = "https://github.com/KanjiVG/kanjivg/releases/download/r20240807/kanjivg-20240807-main.zip"
_KANJI_TERMS = ("KanjiVG", "(c) Ulrich Apel", "CC BY-SA 3.0")
_QUICK_DRAW_TERMS = ("The Quick, Draw! Dataset", "Google", "CC BY 4.0")
_OMNIGLOT_TERMS = ("Omniglot", "Brenden Lake", "MIT")


class FetchError(TrainingError, RuntimeError):
    """A corpus that could not be fetched: which, and why."""


@dataclass(frozen=True)
class Source:
    """A file of the public.

    Attributes:
        url: where it is.
        file: how it is called here.
        terms: its name, whom to credit, and the licence.
    """

    url: str
    file: str
    terms: tuple[str, str, str]


@dataclass(frozen=True)
class Fetched:
    """A file that is here now.

    Attributes:
        path: the file.
        credit: the JSON beside it, which `train` puts on the model's card.
        digest: its SHA-256.
        is_new: it came just now.
        is_trusted: nothing was there to compare it with.
    """

    path: Path
    credit: Path
    digest: str
    is_new: bool
    is_trusted: bool


SOURCES = {
    "kanji": Source(f"{_SKETCH_RNN}/kanji/kanji.rdp100.npz", "kanji.rdp100.npz", _KANJI_TERMS),
    "kanjivg": Source(_KANJIVG, "kanjivg-20240807-main.zip", _KANJI_TERMS),
    "omniglot": Source(f"{_SKETCH_RNN}/omniglot/omniglot.npz", "omniglot.npz", _OMNIGLOT_TERMS),
}
CATEGORIES = {  # name: the folder and ending of one category's file
    "quickdraw": ("full/simplified", ".ndjson"),
    "sketchrnn": ("sketchrnn", ".npz"),
}
NAMES = (*SOURCES, *(f"{name}:CATEGORY" for name in CATEGORIES))


def find_source(name: str) -> Source:
    """The source called `name`: one of SOURCES, or quickdraw:cat, sketchrnn:cat. FetchError otherwise."""
    if name in SOURCES:
        return SOURCES[name]
    collection, _, category = name.partition(":")
    if collection not in CATEGORIES or not re.fullmatch(r"[A-Za-z][A-Za-z -]{0,40}", category):
        raise FetchError(f"expected one of {', '.join(NAMES)}, got {name[:80]!a}.")
    folder, ending = CATEGORIES[collection]
    return Source(
        f"{_QUICK_DRAW}/{folder}/{quote(category)}{ending}", f"{category}{ending}", _QUICK_DRAW_TERMS
    )


def fetch(source: Source, folder: Path, digest: str | None = None) -> Fetched:
    """Fetch `source` into `folder`, unless it is there.

    A file gets its name when it is whole and its checksum right; before that it has another.

    Args:
        source: what.
        folder: where to; it is made.
        digest: the SHA-256 it must have; None compares with the one written down beside the file, and
            writes it down where there is none.

    Raises:
        FetchError: no network, no such file, a transfer that was cut, or another checksum.
        ChecksumError: the file that is there is not the one that was fetched.
        OSError: the folder cannot be written.
    """
    path = folder / source.file
    if digest is not None:
        digest = as_digest(digest, "--sha256")
    if path.exists():
        verify(path)
        found = sha256(path)
        if digest is not None and found != digest:
            raise FetchError(f"{path}: expected SHA-256 {digest}, got {found}. Remove it to fetch it again.")
        is_trusted = digest is None and read_checksum(path) is None
        is_new = False
    else:
        expected = digest or read_checksum(path)
        folder.mkdir(parents=True, exist_ok=True)
        _download(source, folder, expected)
        found, is_trusted, is_new = sha256(path), expected is None, True
    write_checksum(path, found)
    credit = path.with_name(f"{path.name}.credit.json")
    credit.write_text(json.dumps(dict(zip(CREDIT, source.terms, strict=True)), indent=1) + "\n", "utf-8")
    return Fetched(path, credit, found, is_new, is_trusted)


def _download(source: Source, folder: Path, digest: str | None) -> None:
    import pooch
    import requests

    pooch.get_logger().setLevel(logging.ERROR)  # it advises how to call it
    downloader = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), chunk_size=CHUNK, timeout=SECONDS)
    known = None if digest is None else f"sha256:{digest}"
    try:
        pooch.retrieve(source.url, known, source.file, folder, downloader=downloader)
    except requests.exceptions.HTTPError as error:
        status = "unknown"
        if error.response is not None:
            status = str(error.response.status_code)
            error.response.close()  # nobody else does, of an answer that was not read
        raise FetchError(f"{source.url}: expected a file there, got HTTP status {status}.") from None
    except (requests.exceptions.ConnectionError, requests.exceptions.Timeout) as error:
        if "Read timed out" in str(error) or "IncompleteRead" in str(error):
            raise FetchError(f"{source.url}: the transfer was cut; nothing was kept. Try again.") from None
        raise FetchError(
            f"{source.url}: no network, or the server cannot be reached. Fetch it on a machine that can, "
            f"and save it as {folder / source.file}."
        ) from None
    except requests.exceptions.RequestException:
        raise FetchError(f"{source.url}: the transfer was cut; nothing was kept. Try again.") from None
    except ValueError as error:  # pooch's word for another checksum
        found = re.search(r"but got ([0-9a-f]{64})", str(error))
        got = found.group(1) if found else "another"
        raise FetchError(f"{source.url}: expected SHA-256 {digest}, got {got}; nothing was kept.") from None
