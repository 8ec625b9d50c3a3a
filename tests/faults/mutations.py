"""Small inputs of every kind, and what time, disks and spreadsheets make of them."""

from __future__ import annotations

import json
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from models.performance import TOUCH_COLUMNS, header, row

EXTREMES = (b"nan", b"-1", b"1e308", b"1e999", b"99999999999999999999", b"0.5.5", b"", b"None", b"\xff", b'"')
NUMBER = re.compile(rb"\d+\.?\d*")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"{}>{}</svg>'
STEPS = np.array([[3, 4, 0], [20, 5, 0], [-7, 30, 1], [9, -9, 0], [14, 2, 1]], "float32")


def touches() -> bytes:
    lines = [
        row(i * 0.02, "player" if i < 30 else "ghost", 0, (i / 99, 0.5, 1.0, i % 30 > 0)) for i in range(60)
    ]
    return (header(TOUCH_COLUMNS) + "".join(lines)).encode()


def values() -> bytes:
    lines = [row(i * 0.1, "player", 0, (i / 99, 0.5, *[0.25] * 6)) for i in range(40)]
    return (header([f"x{i}" for i in range(1, 9)]) + "".join(lines)).encode()


def robojam() -> bytes:
    lines = [f"{i * 0.02:.3f},{i / 99:.4f},0.5,38.0,{int(i > 0)}" for i in range(40)]
    return "\n".join(["time,x,y,z,moving", *lines, ""]).encode()


def impsy() -> bytes:
    lines = [f"2026-03-01T12:00:{i:02d}.5,interface,{i / 99},0.5" for i in range(40)]
    return "\n".join([*lines, ""]).encode()


def spreadsheet() -> bytes:
    return touches().decode().replace(",", ";").replace(".", ",").encode("utf-16")


def quickdraw() -> bytes:
    return b"".join(json.dumps({"drawing": [[[0, 90, i], [0, 40, 9]]]}).encode() + b"\n" for i in range(5))


def svg() -> bytes:
    body = '<g id="a" stroke="#000"><path d="M5 5C20 5 60 40 80 80"/><rect width="50" height="9"/></g>'
    style = "<style>.s {stroke: red} path {opacity: 1}</style>"
    return SVG.format("", style + body + '<use href="#a" transform="rotate(20) scale(.5)"/>').encode()


def page() -> bytes:
    path = '<path data-by="player" d="M 1,1 L 50,5 C 50,9 60,20 70,80"/>'
    return SVG.format("", f'<g id="drawing-1" data-canvas="0 0 100">{path * 2}</g>').encode()


def archive(**arrays: object) -> Callable[[], bytes]:
    def write() -> bytes:
        import io

        file = io.BytesIO()
        np.savez(file, **arrays)  # type: ignore[arg-type]
        return file.getvalue()

    return write


def zipped() -> bytes:
    import io

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("a/1.svg", svg())
        out.writestr("2.svg", page())
    return file.getvalue()


def pickled() -> np.ndarray:
    array = np.empty(2, object)
    array[:] = [STEPS, STEPS[:4]]
    return array


KINDS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "touches": ("a.csv", touches),
    "values": ("a.csv", values),
    "robojam": ("a.csv", robojam),
    "impsy": ("a.log", impsy),
    "spreadsheet": ("a.csv", spreadsheet),
    "quickdraw": ("a.ndjson", quickdraw),
    "svg": ("a.svg", svg),
    "page": ("a.svg", page),
    "stroke-3": ("a.npz", archive(drawing=STEPS)),
    "sketch-rnn": ("a.npz", archive(train=pickled())),
    "flat drawings": ("a.npz", archive(values=STEPS, offsets=[0, 3, 5], columns=["dx", "dy", "pen_lifted"])),
    "flat touches": (
        "a.npz",
        archive(values=np.full((9, 4), 0.5, "float32"), offsets=[0, 9], columns=["x", "y", "dt", "moving"]),
    ),
    "zip of SVG": ("a.zip", zipped),
}


def mutated(data: bytes, rng: random.Random) -> bytes:
    """`data` after one to four accidents."""
    for _ in range(rng.randint(1, 4)):
        at, n = rng.randrange(len(data) + 1), rng.choice((1, 2, 7, 40, 300))
        way = rng.randrange(7)
        if way == 0 and data:
            at = min(at, len(data) - 1)
            data = data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
        elif way == 1:
            data = data[:at] + data[at + n :]
        elif way == 2:
            data = data[:at] + data[at : at + n] * 2 + data[at + n :]
        elif way == 3:
            data = data[:at] + rng.randbytes(n) + data[at:]
        elif way == 4:
            data = data[:at]
        elif way == 5 and (numbers := list(NUMBER.finditer(data))):
            found = rng.choice(numbers)
            data = data[: found.start()] + rng.choice(EXTREMES) + data[found.end() :]
        else:
            data = data[:at] + rng.choice(EXTREMES) + data[at:]
    return data


def write(folder: Path, kind: str, data: bytes) -> Path:
    path = folder / KINDS[kind][0]
    path.write_bytes(data)
    return path
