"""Whether a window can be seen here."""

from __future__ import annotations

import pytest

from app.runtime import process


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, "neither DISPLAY nor WAYLAND_DISPLAY is set"),
        ({"DISPLAY": ":0"}, ""),
        ({"WAYLAND_DISPLAY": "wayland-0"}, ""),
        ({"SDL_VIDEODRIVER": "dummy"}, ""),
    ],
)
def test_where_there_is_no_display(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], reason: str
) -> None:
    """SDL would open an invisible window there, and play for nobody."""
    monkeypatch.setattr(process.sys, "platform", "linux")
    monkeypatch.setattr(process.os, "environ", environment)
    monkeypatch.setattr(process.os, "access", lambda *_: False)
    assert process.why_no_display() == reason
