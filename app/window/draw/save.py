"""A page as a drawing of `app.sketch` and back, and saving it: SVG, PNG, and a recording that opens again."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np

from app.pictures.page.layout import lay_out
from app.pictures.page.png import render_png
from app.pictures.page.svg import render_svg
from app.pictures.palette import Palette
from app.sketch.drawing import Drawing
from app.window.draw.paper_strokes import Mark, Page
from models.manifest import Scale

logger = logging.getLogger(__name__)

TEXT = "Drawn with Ghostjam by a person and a ghost."


def to_drawing(page: Page, scale: Scale) -> Drawing:
    """The drawing of a page as it was drawn, place by place in time."""
    drawing = Drawing()
    for mark in page.marks:
        if mark.ink:
            times = np.maximum.accumulate([sample.time_s for sample in mark.ink])
            pressure = np.array([sample.pressure for sample in mark.ink])
            drawing.add(mark.source, mark.drawn() / scale.box, times, pressure)
    return drawing


def to_page(drawing: Drawing, scale: Scale) -> Page:
    """A drawing on paper, as if it had been drawn there."""
    page = Page()
    for stroke in drawing.strokes:
        mark = Mark(stroke.source)
        rows = zip((stroke.places * scale.box).tolist(), stroke.time_s.tolist(), stroke.pressure.tolist(),
                   strict=True)  # fmt: skip
        for (x, y), time_s, pressure in rows:
            mark.add(x, y, time_s, scale.box, pressure)
        mark.finish(scale)
        page.marks.append(mark)
    return page


def save(
    page: Page,
    scale: Scale,
    folder: Path,
    palette: Palette,
    title: str,
    wall: Callable[[], datetime] = datetime.now,
) -> list[Path]:
    """Write a page as SVG, PNG and CSV, each beside the others, over nothing that is there.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"ghostjam-drawing-{wall():%Y-%m-%dT%H-%M-%S}"
    for number in itertools.count(1):
        stem = name if number == 1 else f"{name}-{number}"
        paths = [folder / f"{stem}{suffix}" for suffix in (".svg", ".png", ".csv")]
        if not any(path.exists() for path in paths):
            break
    drawing = to_drawing(page, scale)
    sheet = lay_out([drawing])
    render_svg(sheet, paths[0], palette=palette, title=title, text=TEXT)
    render_png(sheet, paths[1], palette=palette, title=title, text=TEXT)
    drawing.save(paths[2])
    return paths


class Saver:
    """Saves on a thread of its own, because a picture takes longer than a frame; one page at a time.

    Attributes:
        paths: what was written.
    """

    def __init__(self, folder: Path, palette: Palette) -> None:
        self._folder, self._palette = folder, palette
        self._told: list[str] = []
        self._threads: list[threading.Thread] = []
        self._one_at_a_time = threading.Lock()  # or two saves of one second choose the same name
        self.paths: list[Path] = []

    def save(self, page: Page, scale: Scale, title: str) -> None:
        """Begin to write a page as it is now; `notice` tells when it is there."""
        marks = [Mark(mark.source, [*mark.ink], [*mark.corners], False) for mark in page.marks]
        thread = threading.Thread(target=self._save, args=(Page(marks), scale, title), name="save")
        self._threads.append(thread)
        thread.start()

    def notice(self) -> str:
        """What a person should know, each once; "" if nothing new."""
        return self._told.pop(0) if self._told else ""

    def close(self) -> None:
        """Wait until everything is written."""
        for thread in self._threads:
            thread.join()

    def _save(self, page: Page, scale: Scale, title: str) -> None:
        try:
            with self._one_at_a_time:
                paths = save(page, scale, self._folder, self._palette, title)
        except OSError as error:
            self._told.append(f"Not saved: {error.filename or self._folder}: {error.strerror or error}")
            return
        except Exception as error:  # whatever it is, a person who pressed save must hear of it
            logger.exception("a drawing was not saved")
            self._told.append(f"Not saved: {error}")
            return
        self.paths += paths
        self._told.append(f"Saved {paths[0].stem} as SVG, PNG and CSV in {self._folder}")
