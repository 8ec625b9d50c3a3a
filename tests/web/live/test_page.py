"""The page of a phone at a real program: fingers play, a ghost answers, controls go both ways."""

from __future__ import annotations

import time
from typing import Any

import pytest

from app.core.parameters import PARAMETERS
from app.pictures.palette import load_palette
from tests.programs import PATIENCE_S
from tests.web.live.phone import Phone, Witness

pytestmark = pytest.mark.browser

PALETTE = load_palette()
GHOSTLY = list(PALETTE.ghost[0])


def test_two_fingers_play_and_a_ghost_answers(phone: Phone, witness: Witness) -> None:
    assert phone.words == "listening"
    phone.strokes(n_fingers=2, ends=False)
    assert phone.words == "you"
    phone.shines(phone.colour)
    phone.fingers("touchEnd", [])
    phone.side("ghost")
    witness.until(lambda: len(witness.heard("touch", "ghost")) > 20)
    assert phone.words == "ghost"
    phone.shines(GHOSTLY)
    played = witness.heard("touch")
    fingers = {message[2] for message in played}
    assert len(fingers) == 2 and {message[7] for message in played} == {played[0][7]}
    for finger in fingers:
        mine = [message for message in played if message[2] == finger]
        assert [message[5] for message in mine] == [False] + [True] * (len(mine) - 1)
        assert mine[0][3] == pytest.approx(0.2, abs=0.01) and mine[-1][3] == pytest.approx(0.8, abs=0.01)
        assert all(message[6] == 0.5 for message in mine) or all(message[6] == 1.0 for message in mine)
    assert {message[2] for message in witness.heard("release")} == fingers
    phone.page.locator("#turn b", has_text="your turn").wait_for(timeout=60_000)


def test_what_is_set_here_is_set_in_the_program_and_the_other_way_round(
    phone: Phone, witness: Witness
) -> None:
    knob = phone.page.locator('#bar [data-name="pi_temperature"]')
    box = knob.bounding_box()
    phone.page.mouse.move(box["x"] + 20, box["y"] + 20)
    phone.page.mouse.down()
    phone.page.mouse.move(box["x"] + 20, box["y"] - 40, steps=8)
    phone.page.mouse.up()
    turned = float(knob.get_attribute("aria-valuenow"))
    assert turned > 1.5
    witness.until(lambda: witness.state("pi_temperature") == pytest.approx(turned))
    phone.page.locator('#bar [data-name="mode"]').click()
    phone.page.get_by_role("option", name="loop").click()
    witness.until(lambda: witness.state("mode") == "loop")
    phone.page.locator('#bar [data-name="loop_s"]').wait_for()
    assert not phone.page.locator('#bar [data-name="threshold_s"]').is_visible()
    witness.say(["set", "mode", "duet"], ["set", "likeness", 1.5], ["set", "instrument", "drums"])
    phone.page.locator('#bar [data-name="mode"]', has_text="duet").wait_for()
    phone.page.locator('#bar [data-name="instrument"]', has_text="drums").wait_for()
    assert phone.page.locator('#bar [data-name="likeness"]').get_attribute("aria-valuenow") == "1.5"
    phone.page.get_by_label("Everything else (H)").first.click()
    phone.page.locator('#sheet [data-name="pause"]').click()
    witness.until(lambda: witness.state("pause") is True)
    phone.page.locator("#turn b", has_text="paused").wait_for()
    phone.page.keyboard.press("Escape")
    assert not phone.page.locator("#sheet").is_visible()
    witness.say(["set", "pause", False], ["set", "instrument", "strings"], ["set", "likeness", 0.6])


def test_everything_is_behind_one_button(phone: Phone) -> None:
    phone.page.locator("#bar .button").last.click()
    names = [one.get_attribute("data-name") for one in phone.page.locator("#sheet [data-name]").all()]
    assert {parameter.name for parameter in PARAMETERS} <= set(names)
    assert {"reset", "panic", "adapt", "adapt_back"} <= set(names)
    for control in phone.page.locator("#bar .knob, #bar button, #sheet button, #sheet .knob").all():
        box = control.bounding_box()
        if box is not None:
            assert min(box["width"], box["height"]) >= 44, control.get_attribute("data-name")
    phone.fingers("touchStart", [(0.5, 0.2)])
    phone.fingers("touchEnd", [])
    assert not phone.page.locator("#sheet").is_visible()


def test_a_hint_goes_with_the_first_touch_and_nothing_more_is_fetched(phone: Phone) -> None:
    hint = phone.page.locator("#hint")
    assert "ghost answers" in hint.inner_text()
    before = len(phone.requests)
    phone.fingers("touchStart", [(0.5, 0.5)])
    phone.fingers("touchEnd", [])
    phone.page.wait_for_timeout(500)
    assert hint.evaluate("one => getComputedStyle(one).opacity") == "0"
    phone.page.locator("#bar .button").last.click()
    phone.page.locator("#sheet").wait_for()
    assert phone.requests[before:] == []
    assert all(request.startswith("http://127.0.0.1") for request in phone.requests)


def test_the_button_that_learns_says_how_far_it_is_and_that_it_stops(phone: Phone) -> None:
    words = phone.page.evaluate(
        """async () => {
          const own = document.querySelector('script[type="module"][src]').src;
          const { learning } = await import(new URL("controls.js", own));
          return ["idle", "starting", "learning 42 %", "learned", "stopped"].map(learning);
        }"""
    )
    assert words == ["learn", "starting: stop", "learning 42 %: stop", "learned", "stopped"]


def test_what_is_refused_is_told(phone: Phone, witness: Witness) -> None:
    phone.page.locator("#bar .button").last.click()
    phone.page.locator('#sheet [data-name="adapt_back"]').click()
    phone.page.locator("#notices p").wait_for()
    assert phone.page.locator("#notices p").first.inner_text() != ""


@pytest.mark.parametrize("size", [(360, 640), (390, 844), (844, 390), (1366, 1024), (1600, 1000)])
def test_everything_has_its_place_on_every_screen(chromium: Any, port: int, size: tuple[int, int]) -> None:
    """Controls of the bar and of the sheet are on the screen and apart; most of it is canvas."""
    phone = Phone(chromium, port, size)
    try:
        canvas = phone.page.locator("#canvas").bounding_box()
        assert canvas["width"] == size[0] and canvas["height"] > 0.74 * size[1]
        phone.page.locator("#bar .button").last.click()
        for place in ("#bar", "#sheet"):
            controls = phone.page.locator(f"{place} .knob, {place} button").all()
            boxes = [box for control in controls if (box := control.bounding_box()) is not None]
            assert len(boxes) >= 10
            for box in boxes:
                assert box["x"] >= 0 and box["x"] + box["width"] <= size[0] + 0.5
                assert box["y"] >= 0 and box["y"] + box["height"] <= size[1] + 0.5
            for number, one in enumerate(boxes):
                for other in boxes[number + 1 :]:
                    across = min(one["x"] + one["width"], other["x"] + other["width"]) - max(
                        one["x"], other["x"]
                    )
                    down = min(one["y"] + one["height"], other["y"] + other["height"]) - max(
                        one["y"], other["y"]
                    )
                    assert across < 1 or down < 1, (one, other)
        assert phone.errors == []
    finally:
        phone.close()


def test_panic_ends_what_others_hold(phone: Phone, witness: Witness) -> None:
    witness.say(["touch", 0, 0.5, 0.5, False, 1.0])
    others = [list(colour) for colour in PALETTE.people]
    end_s = time.monotonic() + PATIENCE_S
    while max(map(phone.light_of, others)) < 60:
        assert time.monotonic() < end_s
    witness.say(["do", "panic"])
    while max(map(phone.light_of, others)) > 40:
        assert time.monotonic() < end_s
