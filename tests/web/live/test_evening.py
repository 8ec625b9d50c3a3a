"""An evening of phones: people meet, the program is gone and comes back, and it sounds when asked."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import SOCK_STREAM
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.pictures.palette import load_palette
from tests.programs import Program, free_port
from tests.web.live.phone import Phone, Witness, program

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ORANGE, PINK = (list(colour) for colour in load_palette().people[:2])
TOKENS = ("the-token-of-monday", "the-token-of-tuesday")


def test_people_see_each_other_in_their_colours(chromium: Any, root: Path, tmp_path: Path) -> None:
    """The first is orange, the second is pink, on both pages."""
    with program(root, tmp_path) as port:
        phones = [Phone(chromium, port), Phone(chromium, port)]
        try:
            for phone in phones:
                phone.page.locator("#here", has_text="2 play here").wait_for()
            phones[0].strokes(n_fingers=1, n_steps=15, first=1, ends=False)
            for phone in phones:
                phone.shines(ORANGE)
                assert phone.light_of(PINK) < 10
            phones[1].strokes(n_fingers=1, n_steps=15, ends=False)
            for phone in phones:
                phone.shines(ORANGE, PINK)
                assert phone.errors == []
        finally:
            for phone in phones:
                phone.close()


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


def test_it_sounds_when_asked_and_not_before(chromium: Any, port: int, witness: Witness) -> None:
    """And is silent at once when somebody calls for silence, whatever rings."""
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
        phone.strokes(n_fingers=2, n_steps=30, ends=False)
        witness.say(["do", "panic"])
        witness.until(lambda: ["panic"] in witness.messages)
        phone.page.wait_for_timeout(400)
        phone.page.evaluate("() => void (window.loudest = 0)")
        phone.page.wait_for_timeout(200)
        assert phone.page.evaluate("() => window.loudest") < 0.002
        phone.fingers("touchEnd", [])
        speaker.click()
        phone.page.locator('[aria-label="Sound on this device"][aria-pressed="false"]').wait_for()
    finally:
        phone.close()


def test_a_program_with_another_token_does_not_come_back_by_itself(
    chromium: Any, root: Path, tmp_path: Path
) -> None:
    """The page says what to do, and forgets it where the old token is good again."""
    port = free_port(SOCK_STREAM)

    @contextmanager
    def running(token: str) -> Iterator[str]:
        rig = tmp_path / f"{token}.toml"
        rig.write_text(f'[[web]]\nlisten = "0.0.0.0:{port}"\ntoken = "{token}"\n')
        command = ("-m", "ghostjam", "bridge", "--config", str(rig), "--no-sound", "--no-record")
        program = Program(sys.executable, *command, cwd=root)
        try:
            program.wait_for(f":{port}/?token=")
            yield f"http://127.0.0.1:{port}/?token={token}"
        finally:
            program.stop()

    page = chromium.new_page(viewport={"width": 390, "height": 844})
    connected, notices = page.locator("body[data-connected=true]"), page.locator("#notices")
    try:
        with running(TOKENS[0]) as address:
            page.goto(address)
            connected.wait_for()
        with running(TOKENS[1]):
            notices.get_by_text("another address").wait_for()
            assert "by itself" not in notices.inner_text()
        with running(TOKENS[0]):
            connected.wait_for()
            assert notices.inner_text() == ""
    finally:
        page.close()


def test_who_comes_without_the_token_is_told_so(chromium: Any, root: Path) -> None:
    """In words that are seen: the page has no colours yet."""
    port = free_port(SOCK_STREAM)
    command = ("-m", "ghostjam", "bridge", "--web", f"0.0.0.0:{port}", "--no-sound", "--no-record")
    running = Program(sys.executable, *command, cwd=root)
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    try:
        running.wait_for(f":{port}/?token=")
        page.goto(f"http://127.0.0.1:{port}/")
        page.locator("#hint", has_text="token").wait_for()
        shot = Image.open(io.BytesIO(page.locator("#hint").screenshot())).convert("L")
        assert np.asarray(shot).max() > 150
    finally:
        page.close()
        assert running.stop() == 0
