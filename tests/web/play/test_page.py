"""The page that plays, with real pointers in a real browser: it answers, yields and saves."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.pictures.palette import load_palette
from models.performance import read_performance
from tests.web.play.page import SIZES, canvas_of, circle, opened, saved, turn
from tests.web.play.site import make_site

pytestmark = pytest.mark.browser
LOOKED_FOR_MS = 500  # until the menu is found


@pytest.fixture(scope="module")
def address(served: tuple[Path, str], litert_package: Path) -> str:
    make_site(served[0], litert_package)
    return f"{served[1]}site/play/?seed=7"


@pytest.fixture(scope="module")
def evening(chromium: Any, address: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A circle and its answer, which a touch ends: what the page saves of it."""
    folder = tmp_path_factory.mktemp("saved")
    with opened(chromium, address, SIZES["desktop"]) as page:
        circle(page)
        turn(page, "ghost")
        page.wait_for_timeout(1500)
        x, y, _ = canvas_of(page)
        page.mouse.click(x, y)
        turn(page, "you")
        page.wait_for_timeout(LOOKED_FOR_MS)
        return {what: saved(page, what, folder) for what in ("recording CSV", "drawing SVG", "picture PNG")}


def test_recording_opens_and_holds_phrase_and_answer(evening: dict[str, Path]) -> None:
    played = read_performance(evening["recording CSV"])
    ghost = played.source == "ghost"
    assert ghost.sum() > 5
    x, y, z = (played.values[ghost, played.columns.index(name)] for name in "xyz")
    assert np.ptp(x[z > 0.0]) + np.ptp(y[z > 0.0]) > 0.05


def test_ghost_is_silent_from_a_touch_on(evening: dict[str, Path]) -> None:
    played = read_performance(evening["recording CSV"])
    is_ghost = played.source == "ghost"
    first = int(np.flatnonzero(is_ghost)[0])
    touched = first + int(np.flatnonzero(~is_ghost[first:])[0])
    z = played.values[:, played.columns.index("z")]
    before_next_s = played.time_s[touched] + 0.7  # after the patience the touch is answered too
    then = is_ghost & (np.arange(len(z)) >= touched) & (played.time_s < before_next_s)
    assert (z[then] == 0.0).all()  # all that comes is the end of its contact


def test_drawing_has_a_group_for_each_side(evening: dict[str, Path]) -> None:
    svg = ElementTree.parse(evening["drawing SVG"]).getroot()
    space = "{http://www.w3.org/2000/svg}"
    groups = {group.get("id"): group.findall(f"{space}path") for group in svg.findall(f"{space}g")}
    assert list(groups) == ["player", "ghost"]
    assert all(
        paths and all(path.get("d", "").startswith("M ") for path in paths) for paths in groups.values()
    )


def test_picture_shows_both_sides_however_late_it_is_saved(evening: dict[str, Path]) -> None:
    with Image.open(evening["picture PNG"]) as picture:
        assert picture.format == "PNG"
        pixels = np.asarray(picture.convert("RGB"))
    palette = load_palette()
    for colour in (palette.player[0], palette.ghost[0]):
        assert (np.abs(pixels.astype(int) - colour).max(axis=2) < 8).sum() > 200


def test_a_menu_is_used_by_keys_and_by_taps_which_leave_the_keys_to_the_page(
    chromium: Any, address: str
) -> None:
    with opened(chromium, address, SIZES["desktop"]) as page:
        word, menu = page.locator("[data-name=mode]"), page.locator(".menu:popover-open")
        word.click()
        word.click()  # again: it closes
        assert menu.count() == 0
        word.click()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert word.locator("b").inner_text() == "duet"
        word.click()
        page.keyboard.press("Escape")
        assert menu.count() == 0
        assert word.evaluate("one => one === document.activeElement")
        word.click()
        page.get_by_role("option", name="call").click()
        page.keyboard.press(" ")
        assert page.locator("[data-name=pause]").get_attribute("aria-pressed") == "true"
        word.click()
        page.mouse.click(300, 300)
        menu.wait_for(state="detached")
        assert word.locator("b").inner_text() == "call"
