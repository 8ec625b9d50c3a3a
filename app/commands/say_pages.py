"""What a person at the terminal is told of the pages to play on: where they are, and a QR code for phones."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.console import say, shows


def say_pages(pages: Sequence[str], phone: str) -> None:
    """Say the addresses, with their tokens; on a terminal `phone`, if it is not "", as a QR code too."""
    for address in pages:
        say(f"A page to play on: {address}")
    if phone:
        from app.core.qr_code import qr_text

        code = qr_text(phone)
        if shows(code):
            say(code)
