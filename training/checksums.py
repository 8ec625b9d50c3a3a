"""Checksums beside files: what was fetched once is the same file whenever it is used."""

from __future__ import annotations

import hashlib
from pathlib import Path

from training.errors import TrainingError

SUFFIX = ".sha256"


class ChecksumError(TrainingError, ValueError):
    """A file that is not the one its checksum was written down for, or a checksum that is none."""


def sha256(path: Path) -> str:
    """The SHA-256 of a file, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def beside(path: Path) -> Path:
    """Where the checksum of `path` is written: `sha256sum -c` reads it."""
    return path.with_name(path.name + SUFFIX)


def write_checksum(path: Path, digest: str) -> None:
    """Write down that `path` has `digest`."""
    beside(path).write_text(f"{digest}  {path.name}\n", "utf-8")


def read_checksum(path: Path) -> str | None:
    """The checksum written down for `path`; None where there is none. ChecksumError for another file."""
    try:
        text = beside(path).read_text("utf-8", "replace")
    except FileNotFoundError:
        return None
    return as_digest(text.partition(" ")[0].strip(), beside(path))


def as_digest(text: str, source: object) -> str:
    """`text` as 64 hexadecimal digits in lower case; ChecksumError otherwise."""
    digest = text.lower()
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ChecksumError(f"{source}: expected a SHA-256 of 64 hexadecimal digits, got {text[:80]!a}.")
    return digest


def verify(path: Path) -> None:
    """ChecksumError when a checksum is written down for `path` and the file has another."""
    expected = read_checksum(path)
    if expected is not None and (found := sha256(path)) != expected:
        raise ChecksumError(
            f"{path}: expected the file of {beside(path).name}, SHA-256 {expected}, got {found}. "
            "Remove both to fetch it again."
        )
