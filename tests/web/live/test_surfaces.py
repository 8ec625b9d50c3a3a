"""What a phone is played on where the model hears notes or knobs: a keyboard, and faders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.pictures.palette import load_palette
from tests.web.live.phone import Phone, Witness, program

pytestmark = pytest.mark.browser

PALETTE = load_palette()


def test_a_keyboard_is_played_with_fingers(chromium: Any, root: Path, tmp_path: Path) -> None:
    """Several keys, glissando, loud where a key is touched low; and a ghost answers in notes."""
    with program(root, tmp_path, "--model", "keys") as port:
        phone, witness = Phone(chromium, port), Witness(port)
        try:
            phone.fingers("touchStart", [(0.05, 0.9), (0.5, 0.7)], ".keys")
            for step in range(1, 10):
                phone.fingers("touchMove", [(0.05 + 0.04 * step, 0.9), (0.5, 0.7)], ".keys")
                phone.page.wait_for_timeout(30)
            assert phone.page.locator(".keys .down").count() == 2
            phone.fingers("touchEnd", [], ".keys")
            witness.until(lambda: len([one for one in witness.heard("note") if one[3] == 0]) >= 5)
            struck = [one[2] for one in witness.heard("note") if one[3] > 0]
            assert struck[0] == 48 and 55 in struck and {50, 52, 53} <= set(struck)
            velocities = {one[2]: one[3] for one in witness.heard("note") if one[3] > 0}
            assert velocities[48] > velocities[55] > 36
            ended = [one[2] for one in witness.heard("note") if one[3] == 0]
            assert sorted(ended) == sorted(struck)
            assert phone.page.locator(".keys .down").count() == 0
            n_struck = len(struck)
            phone.fingers("touchStart", [(0.05, 0.9), (0.06, 0.8)], ".keys")  # on one key: it is struck once
            phone.fingers("touchEnd", [], ".keys")
            witness.until(lambda: len([one for one in witness.heard("note") if one[3] == 0]) > len(ended))
            assert len([one for one in witness.heard("note") if one[3] > 0]) == n_struck + 1
            phone.side("ghost")
            witness.until(lambda: len(witness.heard("note", "ghost")) > 4)
            phone.page.wait_for_timeout(200)
            assert max(phone.light_of(list(colour)) for colour in PALETTE.ghost) > 20
            assert phone.errors == []
        finally:
            phone.close()
            witness.close()


def test_faders_are_moved_with_fingers(chromium: Any, root: Path, tmp_path: Path) -> None:
    with program(root, tmp_path, "--model", "controller") as port:
        phone, witness = Phone(chromium, port), Witness(port)
        try:
            assert phone.page.locator(".lane").count() == 8
            phone.fingers("touchStart", [(1.5 / 8, 0.5), (6.5 / 8, 0.5)], ".faders")
            for step in range(1, 30):
                phone.fingers(
                    "touchMove", [(1.5 / 8, 0.5 - 0.01 * step), (6.5 / 8, 0.5 + 0.01 * step)], ".faders"
                )
                phone.page.wait_for_timeout(12)
            phone.fingers("touchEnd", [], ".faders")
            witness.until(lambda: witness.heard("values") and witness.heard("values")[-1][2][1] > 0.78)
            last = witness.heard("values")[-1][2]
            assert last == pytest.approx([0.5, 0.79, 0.5, 0.5, 0.5, 0.5, 0.21, 0.5], abs=0.011)
            phone.side("ghost")
            phone.page.locator(".lane .ghost").first.wait_for(timeout=60_000)
            assert phone.errors == []
        finally:
            phone.close()
            witness.close()
