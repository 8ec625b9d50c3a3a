"""QR codes: the modules are those of the standard's structure and of segno, and a terminal shows the same."""

from __future__ import annotations

import re

import pytest
import segno

from app.core.qr_code import QUIET, qr_modules, qr_text

ADDRESS = "http://192.168.178.23:8080/?token=Xq0y_3Ad5-kk2RkQm4Nxpw"
FINDER = ("#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######")
PAIRS = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}


def test_modules_are_segnos_with_a_finder_in_three_corners() -> None:
    modules = qr_modules(ADDRESS)
    assert [bytes(row) for row in modules] == [bytes(row) for row in segno.make_qr(ADDRESS, error="m").matrix]
    finder = [[letter == "#" for letter in row] for row in FINDER]
    assert [list(row[:7]) for row in modules[:7]] == finder
    assert [list(row[-7:]) for row in modules[:7]] == finder
    assert [list(row[:7]) for row in modules[-7:]] == finder


@pytest.mark.parametrize("text", [ADDRESS, "x", "http://[fd00::1:2:3]:65535/?token=" + 22 * "_"])
def test_a_terminal_shows_the_modules_within_light_ones(text: str) -> None:
    lines = [re.sub("\x1b\\[[0-9;]*m", "", line) for line in qr_text(text).split("\n")]
    rows = [[PAIRS[letter][half] for letter in line] for line in lines for half in (0, 1)]
    modules = qr_modules(text)
    side = len(modules) + 2 * QUIET
    assert {len(row) for row in rows} == {side} and len(rows) == side + side % 2
    assert [row[QUIET:-QUIET] for row in rows[QUIET:][: len(modules)]] == [
        list(map(int, row)) for row in modules
    ]
    assert sum(map(sum, rows)) == sum(map(sum, modules))
