"""The caption under a picture: its name, its duration, and who played, in their colours."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from app.pictures import style
from app.pictures.palette import Colour, Palette
from app.pictures.performance.event_strokes import Drawing
from app.pictures.performance.lines_and_dots import Sheet

MOST_LETTERS = 200


Word = tuple[str, Colour]
"""A piece of the caption in one colour."""


def words(drawing: Drawing, palette: Palette, name: str) -> tuple[list[Word], list[Word]]:
    """What stands on the left and what on the right."""
    # Line breaks and control characters have no shape, and no caption needs more letters.
    shown = "".join(letter for letter in name if letter.isprintable())[:MOST_LETTERS]
    left = [(text, palette.dim) for text in (shown, duration(drawing.duration_s)) if text]
    return left, [(source.value, palette.stroke(source, 0)) for source in drawing.sources()]


def duration(seconds: float) -> str:
    """As people say it: `0.4 s`, `12 s`, `3 min 05 s`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"


def write_caption(picture: Image.Image, drawing: Drawing, palette: Palette, name: str, sheet: Sheet) -> None:
    """Draw the caption into the bottom margin of an RGB `picture`."""
    left, right = words(drawing, palette, name)
    size_px = max(style.CAPTION_PX * sheet.unit, style.CAPTION_SMALLEST_PX)
    pen = ImageDraw.Draw(picture)
    font = _font("".join(text for text, _ in left), size_px)
    gap = size_px * 1.1
    margin = max(sheet.margin_px, size_px)
    y = sheet.size[1] - margin / 2
    room = sheet.size[0] - 2 * margin - sum(font.getlength(text) + gap for text, _ in right)

    x = margin
    for text, colour in left:
        text = _shorten(text, font, room - (x - margin))
        pen.text((x, y), text, font=font, fill=colour, anchor="lm")
        x += font.getlength(text) + gap
    x = sheet.size[0] - margin
    for text, colour in reversed(right):
        pen.text((x, y), text, font=font, fill=colour, anchor="rm")
        x -= font.getlength(text) + gap


def _shorten(text: str, font: ImageFont.FreeTypeFont, room_px: float) -> str:
    if font.getlength(text) <= room_px:
        return text
    while text and font.getlength(text + "...") > room_px:
        text = text[:-1]
    return text + "..." if text else ""


def _font(text: str, size_px: float) -> ImageFont.FreeTypeFont:
    """Pillow's own face, which knows ASCII only; for other letters the one that comes with pygame."""
    spec = find_spec("pygame")
    if not text.isascii() and spec is not None and spec.submodule_search_locations:
        face = Path(spec.submodule_search_locations[0]) / "freesansbold.ttf"
        if face.exists():
            return ImageFont.truetype(face, size_px)
    font = ImageFont.load_default(size_px)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise OSError("caption: expected a Pillow with FreeType, got one without.")
    return font
