"""The page of a phone at a real program: fingers play, a ghost answers, people meet, and it comes back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from socket import SOCK_STREAM
from typing import Any

import pytest

from app.core.parameters import PARAMETERS
from app.pictures.palette import load_palette
from tests.programs import PATIENCE_S, free_port
from tests.web.live.phone import Phone, Witness, program

pytestmark = pytest.mark.browser

PALETTE = load_palette()
ORANGE, PINK = (list(colour) for colour in PALETTE.people[:2])
GHOSTLY = list(PALETTE.ghost[0])


@pytest.fixture(scope="module")
def port(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with program(root, tmp_path_factory.mktemp("played")) as port:
        yield port


@pytest.fixture
def witness(port: int) -> Iterator[Witness]:
    witness = Witness(port)
    yield witness
    witness.say(["do", "panic"], ["set", "mode", "call"], ["do", "reset"])
    witness.close()


@pytest.fixture
def phone(chromium: Any, port: int) -> Iterator[Phone]:
    phone = Phone(chromium, port)
    yield phone
    errors = phone.errors
    phone.close()
    assert errors == []


def test_two_fingers_play_and_a_ghost_answers(phone: Phone, witness: Witness) -> None:
    assert phone.words == "listening"
    phone.strokes(n_fingers=2, ends=False)
    assert phone.words == "you"
    shines(phone, phone.colour)
    phone.fingers("touchEnd", [])
    phone.side("ghost")
    witness.until(lambda: len(witness.heard("touch", "ghost")) > 20)
    assert phone.words == "ghost"
    shines(phone, GHOSTLY)
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


def shines(phone: Phone, *colours: list[int]) -> None:
    """Wait until its picture has light of each of these colours."""
    end_s = time.monotonic() + PATIENCE_S
    while not all(phone.light_of(colour) > 60 for colour in colours):
        assert time.monotonic() < end_s, [phone.light_of(colour) for colour in colours]


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


def test_people_see_each_other_in_their_colours(chromium: Any, root: Path, tmp_path: Path) -> None:
    """The first is orange, the second is pink, on both pages."""
    with program(root, tmp_path) as port:
        phones = [Phone(chromium, port), Phone(chromium, port)]
        try:
            for phone in phones:
                phone.page.locator("#here", has_text="2 play here").wait_for()
            phones[0].strokes(n_fingers=1, n_steps=15, ends=False)
            for phone in phones:
                shines(phone, ORANGE)
                assert phone.light_of(PINK) < 10
            phones[1].strokes(n_fingers=2, n_steps=15, ends=False)
            for phone in phones:
                shines(phone, ORANGE, PINK)
                assert phone.errors == []
        finally:
            for phone in phones:
                phone.close()


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


def test_what_is_refused_is_told(phone: Phone, witness: Witness) -> None:
    phone.page.locator("#bar .button").last.click()
    phone.page.locator('#sheet [data-name="adapt_back"]').click()
    phone.page.locator("#notices p").wait_for()
    assert phone.page.locator("#notices p").first.inner_text() != ""


def test_it_plays_on_alone_and_comes_back(chromium: Any, root: Path, tmp_path: Path) -> None:
    port = free_port(SOCK_STREAM)
    with ExitStack() as stack:
        with program(root, tmp_path / "first", port=port):
            phone = Phone(chromium, port)
            stack.callback(phone.close)
            phone.strokes(n_fingers=1, n_steps=5)
        phone.connected(False)
        assert "Not connected" in phone.page.locator("#notices").inner_text()
        phone.strokes(n_fingers=1, n_steps=15, ends=False)
        assert phone.light_of(ORANGE) > 100
        phone.fingers("touchEnd", [])
        with program(root, tmp_path / "second", port=port):
            phone.connected()
            assert "Not connected" not in phone.page.locator("#notices").inner_text()
            witness = Witness(port)
            phone.strokes(n_fingers=1, n_steps=10)
            witness.until(lambda: witness.heard("release"))
            phone.side("ghost")
            witness.close()
        assert phone.errors == []


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


TAP = """
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to instanceof AudioDestinationNode) {
    const analyser = this.context.createAnalyser();
    connect.call(this, analyser);
    window.loudest = 0;
    setInterval(() => {
      const samples = new Float32Array(analyser.fftSize);
      analyser.getFloatTimeDomainData(samples);
      for (const sample of samples) window.loudest = Math.max(window.loudest, Math.abs(sample));
    }, 20);
  }
  return connect.call(this, to, ...rest);
};
"""


def test_it_sounds_when_asked_and_not_before(chromium: Any, port: int) -> None:
    phone = Phone(chromium, port, first=TAP)
    try:
        phone.strokes(n_fingers=2, n_steps=10)
        assert phone.page.evaluate("() => window.loudest") is None
        speaker = phone.page.get_by_label("Sound on this device")
        speaker.click()
        phone.page.locator('[aria-label="Sound on this device"][aria-pressed="true"]').wait_for()
        phone.strokes(n_fingers=2, n_steps=30)
        phone.page.wait_for_timeout(100)
        assert 0.02 < phone.page.evaluate("() => window.loudest") <= 0.93
        speaker.click()
        phone.page.locator('[aria-label="Sound on this device"][aria-pressed="false"]').wait_for()
    finally:
        phone.close()
