"""The table of modes says what DESIGN says of them."""

from __future__ import annotations

from app.core.modes import MODES, Begins


def test_the_table() -> None:
    table = {name: (m.begins, m.hears, m.yields, m.branches, m.chunk_events) for name, m in MODES.items()}
    assert table == {
        "call": (Begins.AFTER_SILENCE, True, True, False, 16),
        "duet": (Begins.WITH_PLAYER, True, False, True, 4),
        "solo": (Begins.ALONE, False, False, False, 16),
        "listen": (Begins.NEVER, False, False, False, 16),
        "loop": (Begins.EACH_ROUND, True, True, True, 16),
    }
