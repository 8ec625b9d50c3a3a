"""What the player played since the program began: how much it is, and its rows where nobody records them."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from app.core.events import Event, Release, Source
from app.core.sink import Sink
from app.recording.rows import Columns, RowMaker
from models.performance import header

MAX_ROWS = 100_000  # of each kind of event: 12 MB. At 100 events a second they last for 16 minutes
REST_S = 2.0  # a longer rest counts as this one


class Played(Sink):
    """A sink that hears the player only.

    Args:
        keeps_rows: so that they can be written later; the newest `MAX_ROWS`.
    """

    def __init__(self, *, keeps_rows: bool) -> None:
        self._keeps_rows = keeps_rows
        self._maker = RowMaker()
        self._last_s: dict[Columns, float] = {}
        self._amounts: dict[Columns, tuple[int, float]] = {}
        self._rows: dict[Columns, deque[str]] = {}

    def play(self, event: Event) -> None:
        """Count an event, and keep it."""
        if event.source is not Source.PLAYER:
            return
        made = self._maker.line(event)
        if made is None:
            return
        columns, line = made
        if not isinstance(event, Release):
            n_events, seconds = self._amounts.get(columns, (0, 0.0))
            rest_s = event.time_s - self._last_s.get(columns, event.time_s)
            self._amounts[columns] = n_events + 1, seconds + min(max(rest_s, 0.0), REST_S)
            self._last_s[columns] = event.time_s
        if self._keeps_rows:
            self._rows.setdefault(columns, deque(maxlen=MAX_ROWS)).append(line)

    def amount(self, columns: Columns) -> tuple[int, float]:
        """How many events of these columns there were, releases left out, and how many seconds they took."""
        return self._amounts.get(columns, (0, 0.0))

    def write(self, columns: Columns, path: Path) -> None:
        """Write the rows of these columns that were kept as a recording; any thread.

        Raises:
            OSError: that cannot be written, or there is such a file already. Nothing is left of it.
        """
        rows = list(self._rows.get(columns, ()))  # at once: the player plays on
        with path.open("x", encoding="utf-8", newline="") as file:
            try:
                file.write(header(columns))
                file.writelines(rows)
                file.flush()
            except OSError:
                path.unlink()
                raise
