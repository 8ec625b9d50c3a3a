"""A performance as an SVG drawing: one path per stroke, to be read and changed in a vector editor."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from app.core.events import Event, Source
from app.pictures import brush, style
from app.pictures.palette import Palette
from app.pictures.performance.caption import duration
from app.pictures.performance.event_strokes import Drawing, Stroke, draw
from app.pictures.performance.lines_and_dots import Sheet
from app.pictures.performance.stroke_lines import line_of, rules_y, widths_of
from app.pictures.svg_words import colour_code, head, number, pair, path_data


def render_svg(events: Iterable[Event], path: Path, *, palette: Palette) -> None:
    """Write the drawing of `events` to `path`, whose name is its title.

    Every stroke is one `<path>` of cubic Beziers through its points, in `<g id="player">` or
    `<g id="ghost">`; a tap is the shortest path there is, which its round cap makes a dot.

    Args:
        events: touches, releases and controller values of player and ghost, in any order.
        path: the SVG file, UTF-8; replaced if it exists.
        palette: the colours.
    Raises:
        RenderError: there is nothing to draw.
        OSError: `path` cannot be written.
    """
    text = svg_text(draw(events), Sheet(style.SIZE), palette, path.stem)
    path.write_text(text, encoding="utf-8", newline="\n")


def svg_text(drawing: Drawing, sheet: Sheet, palette: Palette, name: str) -> str:
    """The whole file."""
    who = " and ".join(source.value for source in drawing.sources())
    count = len(drawing.strokes)
    kind = "stroke" if drawing.keys is None else "note"
    told = f"{who}: {count} {kind}{'s' * (count != 1)} in {duration(drawing.duration_s)}"
    lines = head(sheet.size, name, told, palette.background)
    lines += _rules(drawing, sheet, palette)
    for source in drawing.sources():
        lines += _group(drawing, source, sheet, palette)
    return "\n".join([*lines, "</svg>", ""])


def _rules(drawing: Drawing, sheet: Sheet, palette: Palette) -> list[str]:
    """A hair line where each knob is at 0, or below each C; nothing without knobs and notes."""
    if not len(rules_y(drawing)):
        return []
    kind = "lanes" if drawing.keys is None else "octaves"
    lines = [f'  <g id="{kind}" fill="none" stroke="{colour_code(palette.faint)}" stroke-width="1">']
    for y in rules_y(drawing).tolist():
        start, end = sheet.to_pixels(np.array([[0.0, y], [1.0, y]]))
        lines.append(f'    <path d="M {pair(start)} H {number(end[0])}"/>')
    return [*lines, "  </g>"]


def _group(drawing: Drawing, source: Source, sheet: Sheet, palette: Palette) -> list[str]:
    """All strokes of one source, in the order they began."""
    lines = [
        f'  <g id="{source.value}" fill="none" stroke="{colour_code(palette.stroke(source, 0))}"'
        ' stroke-linecap="round" stroke-linejoin="round">'
    ]
    for stroke in drawing.strokes:
        if stroke.source is source:
            colour = palette.stroke(source, stroke.voice)
            own = "" if colour == palette.stroke(source, 0) else f' stroke="{colour_code(colour)}"'
            width = number(_width_px(stroke, sheet))
            lines.append(f'    <path{own} stroke-width="{width}" d="{_data(stroke, sheet)}"/>')
    return [*lines, "  </g>"]


def _data(stroke: Stroke, sheet: Sheet) -> str:
    """The path of a stroke. A note is one straight piece, whose round caps lie within it."""
    if not stroke.is_note:
        _, bends = line_of(stroke, sheet)
        return path_data(bends, sheet.to_pixels(stroke.points[0]))
    start, end = sheet.to_pixels(stroke.points[[0, -1]])
    cap = min(_width_px(stroke, sheet) / 2, float(end[0] - start[0]) / 2)
    return f"M {pair(start + np.array([cap, 0.0]))} H {number(end[0] - cap + 0.01)}"


def _width_px(stroke: Stroke, sheet: Sheet) -> float:
    """The mean width of the line in the picture; one width per path."""
    way = np.hypot(*np.diff(sheet.to_pixels(stroke.points), axis=0).T)
    if not way.any():
        dot = style.TAP_SIGMA_PX * brush.pressed(float(stroke.pressure.mean()))
        return style.SVG_WIDTHS * dot * sheet.unit
    widths = widths_of(stroke, sheet)
    mean = float(np.average((widths[1:] + widths[:-1]) / 2, weights=way))
    return style.SVG_WIDTHS * style.LINE_SIGMA_PX * mean * sheet.unit
