"""The digest of a model file: the comment of the archive at its end is the SHA-256 of everything before it.

So graph and manifest cannot change by a byte unseen.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from models.errors import ModelError

DIGEST = b"sha256:"  # what the comment begins with; then 64 hexadecimal digits
DIGEST_BYTES = len(DIGEST) + 64
END_BYTES = 22  # of a ZIP's last record, without a comment


def append_digest(path: Path) -> None:
    """Write the digest of all that is in the model file `path` behind it; the graph stays as it is.

    Raises:
        ModelError: the file has no manifest at its end, or a digest already.
    """
    data = bytearray(path.read_bytes())
    if not _ends_without_comment(data[-END_BYTES:]):
        raise ModelError(f"{path}: expected a model with a manifest and no digest, got another file.")
    data[-2:] = DIGEST_BYTES.to_bytes(2, "little")  # how long the comment is; part of what is hashed
    data += DIGEST
    path.write_bytes(data + hashlib.sha256(data).hexdigest().encode())


def _ends_without_comment(end: bytes | bytearray) -> bool:
    """Whether `end`, the last bytes of a file, are a ZIP's last record: so end files without a digest."""
    return end.startswith(b"PK\x05\x06") and end.endswith(b"\x00\x00")


def check_digest(path: Path) -> None:
    """ModelError unless the file is, byte for byte, what was written; older ones have no digest to say so."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - END_BYTES))
        if _ends_without_comment(file.read()):
            return
        file.seek(max(0, size - DIGEST_BYTES))
        end = file.read()
        file.seek(0)
        found, left = hashlib.sha256(), size - 64
        while left > 0 and (part := file.read(min(left, 1 << 20))):
            found.update(part)
            left -= len(part)
    if end != DIGEST + found.hexdigest().encode():
        raise ModelError(f"{path}: expected the content it was written with, got other bytes: it is damaged.")
