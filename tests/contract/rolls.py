"""Piano rolls of call and answer for the README: ten made-up players, each beside the answer of the app.

python -m tests.contract.rolls assets/pictures/rolls.png
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from app.core.events import KEYS_VOICE, Event, Note, Release, Source
from app.pictures.palette import load_palette
from app.pictures.performance.event_strokes import draw
from app.pictures.performance.lines_and_dots import Sheet
from app.pictures.performance.png import pixels
from app.runtime.load import load_player, session_settings
from app.runtime.offline import play_offline
from app.runtime.rig import Rig
from tests.bench.manner.keys import MANNERS, key_of, take

MODEL, SEED = "keys", 5
PHRASE_S = 5.0
COLUMNS, CELL = 2, (800, 270)
TITLE_PX, TITLE_AT, TITLE_ROOM = 22, (15, 20), 44  # the name stands above its cell
README_WIDTH = 1100
STEP = 3  # of the brightness: finer ones are dither, which makes the file three times as large


def played(rows: np.ndarray) -> list[Event]:
    """The player's events of notes, rows `(n, 4)` of dt, pitch, duration, velocity."""
    events: list[Event] = []
    for onset_s, (_, pitch, duration_s, velocity) in zip(np.cumsum(rows[:, 0]), rows, strict=True):
        events.append(Note(float(onset_s), Source.PLAYER, int(pitch), int(velocity)))
        events.append(Release(float(onset_s + duration_s), Source.PLAYER, KEYS_VOICE + int(pitch)))
    return sorted(events, key=lambda event: event.time_s)


def call_and_answer(name: str, seed: int) -> list[Event]:
    """A phrase of this player and the app's answer to it, with no more than a breath between them."""
    rng = np.random.default_rng([seed, list(MANNERS).index(name)])
    ghost = load_player(MODEL, seed)
    settings = session_settings(Rig(parameters={"model": MODEL}), ghost, MODEL)
    return play_offline(ghost, settings, played(take(name, key_of(name, rng), rng, PHRASE_S)))


def draw_page(path: Path) -> None:
    """Write the page, PNG."""
    palette = load_palette()
    n_rows = -(-len(MANNERS) // COLUMNS)
    page = Image.new("RGB", (COLUMNS * CELL[0], n_rows * (CELL[1] + TITLE_ROOM)), palette.vignette)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(TITLE_PX)
    for number, name in enumerate(MANNERS):
        row, column = divmod(number, COLUMNS)
        corner = column * CELL[0], row * (CELL[1] + TITLE_ROOM)
        picture = pixels(draw(call_and_answer(name, SEED)), Sheet(CELL), palette)
        page.paste(Image.fromarray(picture), (corner[0], corner[1] + TITLE_ROOM))
        pen.text((corner[0] + TITLE_AT[0], corner[1] + TITLE_AT[1]), name, palette.dim, font)
    size = README_WIDTH, round(page.height * README_WIDTH / page.width)
    path.parent.mkdir(parents=True, exist_ok=True)
    small = page.resize(size, Image.Resampling.LANCZOS)
    small.point(lambda value: value // STEP * STEP).save(path, optimize=True)


if __name__ == "__main__":
    draw_page(Path(sys.argv[1]))
