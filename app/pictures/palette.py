"""The colours of Ghostjam, as data: `assets/palettes/night.toml`.

The window and the pictures (`ghostjam render`) read the same file, so a picture looks like the
evening it was made from. Nothing here needs pygame.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from app.core.events import FIRST_FINGERS, Source

Colour = tuple[int, int, int]
"""Red, green, blue, each 0 to 255, sRGB."""


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


def load_palette() -> Palette:
    """The palette that everything is drawn with."""
    table = tomllib.loads((files("assets") / "palettes" / "night.toml").read_text(encoding="utf-8"))
    name = table.pop("name")
    return Palette(name, **{field: _colours(codes) for field, codes in table.items()})


def _colours(codes: str | list[str]) -> Any:
    """The colour of a field, or those of one that has several."""
    return _colour(codes) if isinstance(codes, str) else tuple(map(_colour, codes))


def _colour(code: str) -> Colour:
    """`#rrggbb`; ValueError for anything else."""
    red, green, blue = bytes.fromhex(code.removeprefix("#"))
    return red, green, blue
