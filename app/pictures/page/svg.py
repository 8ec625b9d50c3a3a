"""A page as an SVG drawing: a group for every drawing, one path for every stroke; `svg_reader` opens it."""

from __future__ import annotations

import html
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.events import Source
from app.pictures.ink import RADIUS
from app.pictures.page.ink_strokes import editable_curve
from app.pictures.page.layout import PageLayout
from app.pictures.palette import Colour, Palette

STRAIGHT_PX = 0.02  # a curve this close to its chord is a line


def render_svg(page: PageLayout, path: Path, *, palette: Palette, title: str, text: str) -> None:
    """Write the page to `path`, UTF-8; OSError if it cannot be."""
    path.write_text(svg_text(page, palette, title, text), encoding="utf-8", newline="\n")


def svg_text(page: PageLayout, palette: Palette, title: str, text: str) -> str:
    """The whole file. `title`: of the page; `text`: its description."""
    width, height = page.size
    player, ghost = (_hex(palette.stroke(source, 0)) for source in (Source.PLAYER, Source.GHOST))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}">',
        f"  <title>{_text(title)}</title>",
        f"  <desc>{_text(text)}</desc>",
        f'  <rect id="ground" width="{width}" height="{height}" fill="{_hex(palette.background)}"/>',
        f'  <g id="drawings" fill="none" stroke="{ghost}" stroke-linecap="round" stroke-linejoin="round">',
    ]
    for index, drawing in enumerate(page.drawings):
        left, top = page.left_top(index)
        canvas = f"{_number(left)} {_number(top)} {page.side_px:.4f}"
        lines.append(f'    <g id="drawing-{index + 1}" data-canvas="{canvas}">')
        for stroke in drawing.strokes:
            colour = f' stroke="{player}"' if stroke.source is Source.PLAYER else ""
            bends, brush_width = editable_curve(page, index, stroke)
            data = path_data(bends, page.to_pixels(index, stroke.places[:1])[0])
            breadth = _number(2 * RADIUS * page.side_px * brush_width)
            lines.append(
                f'      <path data-by="{stroke.source.value}"{colour} stroke-width="{breadth}" d="{data}"/>'
            )
        lines.append("    </g>")
    return "\n".join([*lines, "  </g>", "</svg>", ""])


def path_data(bends: NDArray[np.float64], first: NDArray[np.float64]) -> str:
    """The `d` of a path along `bends`, (m, 4, 2) pixels, from `first`, (2,): absolute M, L, C, 2 decimals.

    Without bends it is a dot, `h 0.01`.
    """
    words = [f"M {_pair(first)}"]
    for bend in bends:
        start, one, two, stop = bend
        chord = stop - start
        normal = np.array([-chord[1], chord[0]]) / max(float(np.hypot(*chord)), 1e-9)
        is_straight = np.abs((bend[1:3] - start) @ normal).max() < STRAIGHT_PX
        words.append(f"L {_pair(stop)}" if is_straight else f"C {_pair(one)} {_pair(two)} {_pair(stop)}")
    return " ".join(words) if len(bends) else f"{words[0]} h 0.01"


def _text(text: str) -> str:
    """`text` for XML, without the control characters that XML does not know."""
    return html.escape("".join(letter for letter in text if letter.isprintable()), quote=False)


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _pair(point: NDArray[np.float64]) -> str:
    return f"{_number(point[0])},{_number(point[1])}"


def _number(value: float) -> str:
    """At most 2 decimals, no trailing zeros: 12.5, 3, 0.07."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
