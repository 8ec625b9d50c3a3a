"""The instruments as data: assets/instruments/*.toml read into frozen tables.

An instrument is one piece, or several that share the canvas (drums). A piece says how a touch turns
into the settings of one voice; a pair of numbers is the value at the bottom and at the top of its
region, so y plays it. `[piece.ghost]` in the file names what the ghost's patch has different.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

Pair = tuple[float, float]

INSTRUMENTS = ("keys", "strings", "chirp", "drums")
OF_NOTES = "keys"  # what sounds where a keyboard is played, unless somebody says otherwise


class InstrumentError(ValueError):
    """An instrument file or name that is not usable: which, what was expected, what was found."""


@dataclass(frozen=True)
class Piece:
    """How one region of the canvas sounds.

    Times are seconds (one-pole time constants), levels are linear amplitudes, pairs are (at the
    bottom, at the top).
    """

    name: str
    region: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)  # x0, y0, x1, y1 of the canvas
    register: Pair = (48.0, 84.0)  # MIDI notes at the left and the right edge of the region
    quantised: bool = True  # whether the scale draws its pitch
    midi: int | None = None  # General MIDI percussion note, for drums
    gain: float = 1.0
    # how playing turns into energy
    strike: Pair = (0.6, 0.8)  # level of a new touch
    bow: float = 0.0  # level of the fastest motion; 0: motion gives no energy
    bow_speed: float = 0.7  # canvas widths a second at which motion gives 63 % of `bow`
    roll_step: float = 0.0  # canvas fraction of travel after which motion strikes again; 0: never
    step_strikes: bool = False  # whether motion onto another degree of the scale strikes
    roll_gap_s: float = 0.05  # least time between two strikes of a roll
    # envelope
    attack_s: float = 0.003
    decay_s: Pair = (1.0, 1.0)
    held_s: float | None = None  # decay of a key that is held; None: as that of a touch
    release_s: float = 0.2
    snap_s: float = 0.05  # the second, fast envelope: hammer, stick, chirp
    key_decay: float = 0.0  # octaves of decay lost per octave of pitch
    glide_s: float = 0.012
    # tone
    wave: str = "sine"  # sine, soft or saw
    tone: float = 1.0
    partner: float = 0.0  # level of the second oscillator
    partner_ratio: float = 1.003
    mod_ratio: float = 1.0
    mod_hit: Pair = (0.0, 0.0)  # phase modulation in cycles: with the snap
    mod_level: Pair = (0.0, 0.0)  # and with the level
    sweep: float = 0.0  # snap moves the pitch by this fraction of it
    vibrato_hz: Pair = (5.0, 5.0)
    vibrato_cents: Pair = (0.0, 0.0)
    # filter: cutoff in Hz at the pitch of note 60, moved with the pitch by `track` octaves an octave
    cutoff_hz: Pair = (1000.0, 8000.0)
    cutoff_octaves: float = 0.0  # how far full level opens it
    track: float = 0.5
    resonance: float = 0.1
    # noise through a band of its own
    noise_hz: Pair = (3000.0, 3000.0)
    noise_resonance: float = 0.3
    noise_hit: Pair = (0.0, 0.0)
    noise_level: Pair = (0.0, 0.0)
    send: float = 0.15  # into echo and reverb

    def contains(self, x: float, y: float) -> bool:
        """Whether the canvas point lies in the region (its right and lower edges are outside)."""
        x0, y0, x1, y1 = self.region
        return x0 <= x < x1 and y0 <= y < y1

    def local(self, x: float, y: float) -> tuple[float, float]:
        """(x, height) in the region, each in [0, 1]; height is 1 at its top. Clamped outside it."""
        x0, y0, x1, y1 = self.region
        across = (x - x0) / (x1 - x0)
        down = (y - y0) / (y1 - y0)
        return min(max(across, 0.0), 1.0), 1.0 - min(max(down, 0.0), 1.0)


@dataclass(frozen=True)
class Instrument:
    """The pieces of the player and of the ghost, in the same order."""

    name: str
    pieces: tuple[Piece, ...]
    ghost_pieces: tuple[Piece, ...]

    def piece_of(self, pitch: int, *, ghost: bool = False) -> Piece:
        """The piece that a key of a keyboard plays: the drum of this General MIDI number, or one of them."""
        pieces = self.ghost_pieces if ghost else self.pieces
        return next((piece for piece in pieces if piece.midi == pitch), pieces[pitch % len(pieces)])

    def piece_at(self, x: float, y: float, *, ghost: bool = False) -> Piece:
        """The piece under a canvas point; the last one takes what no region covers."""
        pieces = self.ghost_pieces if ghost else self.pieces
        return next((piece for piece in pieces if piece.contains(x, y)), pieces[-1])


@cache
def load_instrument(name: str) -> Instrument:
    """Read `assets/instruments/<name>.toml`.

    Raises:
        InstrumentError: the name is not one of `INSTRUMENTS`, or the file breaks a rule.
    """
    if name not in INSTRUMENTS:
        raise InstrumentError(f"instrument: expected one of {', '.join(INSTRUMENTS)}, got {name!r}.")
    from importlib import resources  # here: a slow import, and only this needs it

    text = resources.files("assets").joinpath("instruments", f"{name}.toml").read_text(encoding="utf-8")
    return parse_instrument(name, text)


def parse_instrument(name: str, text: str) -> Instrument:
    """The instrument a TOML text describes: `[[piece]]` tables over an optional `[all]` table."""
    import tomllib

    table = tomllib.loads(text)
    common = table.get("all", {})
    player: list[Piece] = []
    ghost: list[Piece] = []
    for entry in table.get("piece", []):
        own = {**common, **entry}
        changes = {**common.get("ghost", {}), **entry.get("ghost", {})}
        own.pop("ghost", None)
        piece = _piece(name, own)
        player.append(piece)
        ghost.append(replace(piece, **_checked(name, changes)))
    if not player:
        raise InstrumentError(f"{name}: expected at least one [[piece]], found none.")
    return Instrument(name, tuple(player), tuple(ghost))


def _piece(name: str, entry: dict[str, Any]) -> Piece:
    if "name" not in entry:
        raise InstrumentError(f"{name}: expected a name in every [[piece]], found {sorted(entry)}.")
    return Piece(**_checked(name, entry))


def _checked(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    known = {field.name: field for field in fields(Piece)}
    checked: dict[str, Any] = {}
    for key, value in entry.items():
        if key not in known:
            raise InstrumentError(f"{name}: expected one of {', '.join(known)}, found {key!r}.")
        if "Pair" in str(known[key].type) and not isinstance(value, list):
            value = [value, value]
        if isinstance(value, list):
            length = 4 if key == "region" else 2
            if len(value) != length:
                raise InstrumentError(f"{name}: {key}: expected {length} numbers, found {value}.")
            value = tuple(float(number) for number in value)
        elif isinstance(value, int) and not isinstance(value, bool) and key != "midi":
            value = float(value)
        checked[key] = value
    return checked
