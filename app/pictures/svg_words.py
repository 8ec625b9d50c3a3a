"""How colours, numbers and words are written in an SVG file."""

from __future__ import annotations

from html import escape

import numpy as np
from numpy.typing import NDArray

from app.pictures.palette import Colour

STRAIGHT_PX = 0.02  # a curve this close to its chord is a line


def head(size: tuple[int, int], title: str, description: str, ground: Colour) -> list[str]:
    """The lines of a file before its drawing: it is as large as a picture of `size`, on one colour."""
    width, height = size
    return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}">',
        f"  <title>{words(title)}</title>",
        f"  <desc>{words(description)}</desc>",
        f'  <rect id="background" width="{width}" height="{height}" fill="{colour_code(ground)}"/>',
    ]


def path_data(bends: NDArray[np.float64], first: NDArray[np.float64]) -> str:
    """The `d` of a path along `bends`, (m, 4, 2) pixels, from `first`, (2,): absolute M, L, C, 2 decimals.

    Without bends it is a dot, `h 0.01`.
    """
    found = [f"M {pair(first)}"]
    for bend in bends:
        start, one, two, stop = bend
        chord = stop - start
        normal = np.array([-chord[1], chord[0]]) / max(float(np.hypot(*chord)), 1e-9)
        is_straight = np.abs((bend[1:3] - start) @ normal).max() < STRAIGHT_PX
        found.append(f"L {pair(stop)}" if is_straight else f"C {pair(one)} {pair(two)} {pair(stop)}")
    return " ".join(found) if len(bends) else f"{found[0]} h 0.01"


def words(text: str) -> str:
    """`text` for XML, without the control characters that XML does not know."""
    return escape("".join(letter for letter in text if letter.isprintable()), quote=False)


def colour_code(colour: Colour) -> str:
    """`#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def pair(point: NDArray[np.float64]) -> str:
    """`x,y`."""
    return f"{number(point[0])},{number(point[1])}"


def number(value: float) -> str:
    """At most 2 decimals, no trailing zeros: 12.5, 3, 0.07."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
