"""Writes an animation: pictures in one table of colours, of each only what it changes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import GifImagePlugin, Image

from app.pictures.gif_palette import TRANSPARENT

Picture = NDArray[np.uint8]
"""Entries of the colour table, (height, width)."""


def write_gif(
    path: Path, pictures: Iterator[Picture], table: NDArray[np.uint8], fps: int, comment: str = ""
) -> None:
    """Write an animation that loops for ever; OSError if it cannot be.

    Args:
        path: replaced if it exists.
        pictures: one or more, of one size. The same picture again makes the one before stay longer.
        table: sRGB, uint8 (256, 3), without use of the entry `TRANSPARENT`.
        fps: pictures a second, up to 50. GIF counts in hundredths of a second, which are shared out.
        comment: at most 255 bytes of UTF-8 are written.
    """
    packed = io.BytesIO()
    for image, corner, hundredths in _changes(pictures, fps):
        if not packed.tell():
            packed.write(_header(image.shape, table, comment.encode("utf-8")[:255]))
        for part in GifImagePlugin.getdata(
            Image.fromarray(image), corner, duration=hundredths * 10, transparency=TRANSPARENT, disposal=1
        ):
            packed.write(part)
    packed.write(b";")
    path.write_bytes(packed.getbuffer())


def _header(shape: tuple[int, ...], table: NDArray[np.uint8], comment: bytes) -> bytes:
    """GIF 89a: a screen with a table of 256 colours, the request to loop for ever, and a comment."""
    height, width = shape
    screen = b"GIF89a" + width.to_bytes(2, "little") + height.to_bytes(2, "little") + b"\xf7\x00\x00"
    told = b"\x21\xfe" + bytes([len(comment)]) + comment + b"\x00" if comment else b""
    return screen + table.tobytes() + b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00" + told


def _changes(pictures: Iterator[Picture], fps: int) -> Iterator[tuple[Picture, tuple[int, int], int]]:
    """What each picture changes: the rectangle, its left top corner, and how long it stays (1/100 s)."""
    before = next(pictures)
    waiting, shown_for, told = (before, (0, 0)), 1, 0
    for count, picture in enumerate(pictures, start=1):
        changed = picture != before
        if changed.any():
            until = round(100 * count / fps)
            yield *waiting, until - told
            told = until
            rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
            box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            part = np.where(changed[box], picture[box], np.uint8(TRANSPARENT))
            waiting = (part, (int(columns[0]), int(rows[0])))
            before = picture
        shown_for = count + 1
    yield *waiting, max(round(100 * shown_for / fps) - told, 2)
