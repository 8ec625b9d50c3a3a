"""A page as an SVG drawing: a group a drawing, a path a stroke; `models.formats.svg_page` reads it."""

from __future__ import annotations

from pathlib import Path

from app.core.events import Source
from app.pictures.ink import RADIUS
from app.pictures.page.ink_strokes import editable_curve
from app.pictures.page.layout import PageLayout
from app.pictures.palette import Palette
from app.pictures.svg_words import colour_code, head, number, path_data


def render_svg(page: PageLayout, path: Path, *, palette: Palette, title: str, text: str) -> None:
    """Write the page to `path`, UTF-8; OSError if it cannot be."""
    path.write_text(svg_text(page, palette, title, text), encoding="utf-8", newline="\n")


def svg_text(page: PageLayout, palette: Palette, title: str, text: str) -> str:
    """The whole file. `title`: of the page; `text`: its description."""
    player, ghost = (colour_code(palette.stroke(source, 0)) for source in (Source.PLAYER, Source.GHOST))
    lines = [
        *head(page.size, title, text, palette.background),
        f'  <g id="drawings" fill="none" stroke="{ghost}" stroke-linecap="round" stroke-linejoin="round">',
    ]
    for index, drawing in enumerate(page.drawings):
        left, top = page.left_top(index)
        canvas = f"{number(left)} {number(top)} {page.side_px:.4f}"
        lines.append(f'    <g id="drawing-{index + 1}" data-canvas="{canvas}">')
        for stroke in drawing.strokes:
            colour = f' stroke="{player}"' if stroke.source is Source.PLAYER else ""
            bends, brush_width = editable_curve(page, index, stroke)
            data = path_data(bends, page.to_pixels(index, stroke.places[:1])[0])
            breadth = number(2 * RADIUS * page.side_px * brush_width)
            lines.append(
                f'      <path data-by="{stroke.source.value}"{colour} stroke-width="{breadth}" d="{data}"/>'
            )
        lines.append("    </g>")
    return "\n".join([*lines, "  </g>", "</svg>", ""])
