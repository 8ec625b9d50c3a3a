"""The colours of Ghostjam, as data: one TOML file in `assets/palettes` each.

The window and the pictures (`ghostjam render`) read the same file, so a picture looks like the
evening it was made from. Nothing here needs pygame.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from importlib.resources import files

from app.core.events import FIRST_FINGERS, Source

Colour = tuple[int, int, int]
"""Red, green, blue, each 0 to 255, sRGB."""

DEFAULT = "night"

_HEX = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")


class PaletteError(ValueError):
    """A palette file that cannot be used: says the field, what was expected and what was found."""


@dataclass(frozen=True)
class Palette:
    """Every colour there is. Field names are those of the TOML file.

    Attributes:
        name: the palette's name, that of its file.
        background: the canvas where nothing is.
        vignette: the canvas at its corners.
        player: stroke colours of the player, warm, one per voice (at least one).
        people: stroke colours of several people, one each (at least one); the first is the player's.
        ghost: stroke colours of the ghost, cool, one per voice (at least one).
        mixture: the glow of where the next event may fall.
        text: words that matter now.
        dim: words that can be looked up.
        faint: rules, grid lines, knob tracks.
        panel: what lies over the canvas.
        accent: the value of a control, the chosen word.
        chosen: the ground under a chosen word.
        warning: a notice that asks for a hand.
    """

    name: str
    background: Colour
    vignette: Colour
    player: tuple[Colour, ...]
    people: tuple[Colour, ...]
    ghost: tuple[Colour, ...]
    mixture: Colour
    text: Colour
    dim: Colour
    faint: Colour
    panel: Colour
    accent: Colour
    chosen: Colour
    warning: Colour

    def stroke(self, source: Source, voice: int) -> Colour:
        """The colour of a stroke at full light; voices beyond the list start again, and so do people."""
        if source is Source.PLAYER and voice in FIRST_FINGERS:
            return self.people[(voice - FIRST_FINGERS.start) % len(self.people)]
        colours = self.player if source is Source.PLAYER else self.ghost
        return colours[voice % len(colours)]


def load_palette(name: str = DEFAULT) -> Palette:
    """The palette `name` of `assets/palettes`.

    Raises:
        PaletteError: there is no such palette, or its file is not one.
    """
    known = palette_names()
    if name not in known:
        raise PaletteError(f"palette: expected one of {', '.join(known)}, got {name!r}.")
    text = (files("assets") / "palettes" / f"{name}.toml").read_text(encoding="utf-8")
    return parse_palette(text)


def palette_names() -> tuple[str, ...]:
    """The names of the palettes there are, sorted."""
    folder = files("assets") / "palettes"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def parse_palette(text: str) -> Palette:
    """A palette from the text of a TOML file.

    Raises:
        PaletteError: a field is missing, unknown, or not a colour.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PaletteError(f"palette: expected TOML, got text that is not: {error}.") from None
    expected = {field.name for field in fields(Palette)}
    if table.keys() != expected:
        wrong = sorted(table.keys() ^ expected)
        raise PaletteError(f"palette: expected exactly its fields, missing or unknown: {', '.join(wrong)}.")
    values: dict[str, object] = {}
    for key, value in table.items():
        if key == "name":
            values[key] = str(value)
        elif key in ("player", "people", "ghost"):
            if not isinstance(value, list) or not value:
                raise PaletteError(f"{key}: expected a list of colours, got {value!r}.")
            values[key] = tuple(_colour(key, one) for one in value)
        else:
            values[key] = _colour(key, value)
    return Palette(**values)  # type: ignore[arg-type]


def _colour(key: str, value: object) -> Colour:
    match = _HEX.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise PaletteError(f'{key}: expected a colour as "#rrggbb", got {value!r}.')
    red, green, blue = (int(part, 16) for part in match.groups())
    return red, green, blue
