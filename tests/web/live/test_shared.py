"""What all pages share, in a browser: pointers that are contacts, and light that fades like ink."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.runtime.web_facts import web_facts
from tests.web.live.serving import served_modules

pytestmark = pytest.mark.browser

SIZE = {"width": 400, "height": 300}
PAINT = """
async (steps) => {
  document.body.innerHTML = '<canvas style="position:fixed;inset:0;width:400px;height:300px"></canvas>';
  const { Painter } = await import("/shared/paint.js");
  const facts = await (await fetch("/facts.json")).json();
  const canvas = document.querySelector("canvas");
  const painter = new Painter(canvas, facts);
  let now = 0;
  const answers = [];
  const look = () => {
    const { width, height, data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let brightest = [0, 0, 0];
    let at = [0, 0];
    for (let index = 0; index < data.length; index += 4) {
      const sum = data[index] + data[index + 1] + data[index + 2];
      if (sum > brightest[0] + brightest[1] + brightest[2]) {
        brightest = [...data.slice(index, index + 3)];
        at = [(index / 4) % width / width, Math.floor(index / 4 / width) / height];
      }
    }
    return { brightest, at };
  };
  for (const [verb, ...all] of steps) {
    if (verb === "wait") for (const end = now + all[0]; now < end; now += 1000 / 60) painter.frame(now);
    else if (verb === "look") answers.push(look());
    else if (verb === "still") answers.push(painter.isStill);
    else if (verb === "keeps") painter.keeps = all[0];
    else if (verb === "resize") {
      canvas.style.width = `${all[0]}px`;
      canvas.style.height = `${all[1]}px`;
      painter.resize();
    } else painter[verb](...all, ...(["clear", "releaseKept"].includes(verb) ? [] : [now]));
  }
  return answers;
}
"""
STROKE = [["touch", 1, "player", 0, 0.2, 0.5, False, 1.0], ["wait", 20]]
for part in range(1, 30):
    STROKE += [["touch", 1, "player", 0, 0.2 + 0.02 * part, 0.5, True, 1.0], ["wait", 16]]
STROKE += [["release", 1], ["wait", 600]]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served_modules() as address:
        yield address


@pytest.fixture
def page(chromium: Any, address: str) -> Iterator[Any]:
    page = chromium.new_page(viewport=SIZE)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/empty")
    yield page
    page.close()
    assert errors == []


def looked(page: Any, *steps: list[Any]) -> list[Any]:
    return list(page.evaluate(PAINT, list(steps)))


def background() -> list[int]:
    return list(web_facts()["palette"]["background"])


def test_a_stroke_is_light_in_its_colour_and_fades_to_nothing(page: Any) -> None:
    """Without a residue, which eight bits would leave; and then the painter rests."""
    fresh, later, dark, is_still = looked(
        page, *STROKE, ["look"], ["wait", 4000], ["look"], ["wait", 30000], ["look"], ["still"]
    )
    red, green, blue = fresh["brightest"]
    assert red > 170 and green + 40 < red and blue + 40 < green
    assert fresh["at"][1] == pytest.approx(0.5, abs=0.02) and 0.15 < fresh["at"][0] < 0.85
    assert 30 < later["brightest"][0] < 0.6 * red
    assert dark["brightest"] == pytest.approx(background(), abs=1)
    assert is_still is True


def test_a_tap_is_a_point_of_light(page: Any) -> None:
    (tap,) = looked(
        page,
        ["touch", 1, "ghost", 0, 0.3, 0.4, False, 1.0],
        ["wait", 30],
        ["release", 1],
        ["wait", 600],
        ["look"],
    )
    assert tap["at"] == pytest.approx([0.3, 0.4], abs=0.02)
    assert tap["brightest"][2] > 180 > tap["brightest"][0]


def test_a_phrase_stays_faintly_until_it_is_answered(page: Any) -> None:
    kept, gone = looked(
        page, ["keeps", True], *STROKE, ["wait", 30000], ["look"], ["releaseKept"], ["wait", 30000], ["look"]
    )
    assert 30 < kept["brightest"][0] < 80
    assert gone["brightest"] == pytest.approx(background(), abs=1)


def test_what_the_ghost_plays_is_not_kept(page: Any) -> None:
    strokes = [["ghost" if word == "player" else word for word in step] for step in STROKE]
    (gone,) = looked(page, ["keeps", True], *strokes, ["wait", 30000], ["look"])
    assert gone["brightest"] == pytest.approx(background(), abs=1)


def test_a_head_glows_where_a_finger_is_and_a_lost_ghost_lets_go(page: Any) -> None:
    held, lost = looked(
        page,
        ["touch", 1, "player", 1, 0.7, 0.6, False, 1.0], ["touch", 2, "ghost", 1, 0.2, 0.3, False, 1.0],
        ["wait", 20000], ["look"], ["release", 1], ["wait", 30000], ["still"],
    )  # fmt: skip
    assert held["at"] == pytest.approx([0.7, 0.6], abs=0.02) and min(held["brightest"]) > 180
    assert lost is True


def test_notes_flow_to_the_left_and_leave(page: Any) -> None:
    onset, later, gone = looked(
        page, ["note", 1, "player", 0, 66, 100], ["wait", 500], ["look"], ["release", 1],
        ["wait", 4000], ["look"], ["wait", 10000], ["still"],
    )  # fmt: skip
    assert onset["at"][0] == pytest.approx(0.88, abs=0.04) and onset["at"][1] == pytest.approx(0.5, abs=0.03)
    assert 0.4 < later["at"][0] < 0.65
    assert gone is True


def test_light_is_stretched_along_when_the_canvas_changes(page: Any) -> None:
    (seen,) = looked(page, *STROKE, ["resize", 300, 400], ["wait", 20], ["look"])
    assert seen["at"][1] == pytest.approx(0.5, abs=0.02) and seen["brightest"][0] > 100


def test_clear_is_dark_at_once(page: Any) -> None:
    (seen,) = looked(page, ["keeps", True], *STROKE, ["clear"], ["wait", 20], ["look"])
    assert seen["brightest"] == pytest.approx(background(), abs=1)


POINTERS = """
async (steps) => {
  const place = "position:fixed;left:100px;top:50px;width:200px;height:100px";
  document.body.innerHTML = `<div id="it" style="${place}"></div>`;
  const { listenToPointers } = await import("/shared/pointers.js");
  const told = [];
  const round = (number) => Math.round(1000 * number) / 1000;
  const it = document.querySelector("#it");
  const stop = listenToPointers(it, {
    touch: (finger, x, y, moving, z) => told.push([finger, round(x), round(y), moving, round(z)]),
    release: (finger) => told.push([finger]),
  });
  for (const [name, id, x, y, more = {}] of steps) {
    if (name === "blur") window.dispatchEvent(new Event("blur"));
    else if (name === "stop") stop();
    else {
      const { between = [], ...init } = more;
      const about = { pointerId: id, clientX: x, clientY: y, bubbles: true, pointerType: "touch", ...init };
      const at = ([clientX, clientY]) => new PointerEvent(name, { ...about, clientX, clientY });
      about.coalescedEvents = between.map(at);
      it.dispatchEvent(new PointerEvent(name, about));
    }
  }
  return told;
}
"""


def told(page: Any, *steps: list[Any]) -> list[list[Any]]:
    return list(page.evaluate(POINTERS, list(steps)))


def test_fingers_are_contacts_with_numbers_that_come_back(page: Any) -> None:
    assert told(
        page,
        ["pointerdown", 71, 200, 100], ["pointerdown", 72, 300, 150], ["pointermove", 71, 250, 75],
        ["pointerup", 71, 250, 75], ["pointerdown", 73, 100, 50], ["pointercancel", 72, 0, 0],
        ["pointerup", 73, 0, 0],
    ) == [
        [0, 0.5, 0.5, False, 1], [1, 1, 1, False, 1], [0, 0.75, 0.25, True, 1], [0],
        [0, 0, 0, False, 1], [1], [0],
    ]  # fmt: skip


def test_a_finger_that_leaves_the_element_is_clamped(page: Any) -> None:
    assert told(page, ["pointerdown", 1, 200, 100], ["pointermove", 1, 900, -40])[1] == [0, 1, 0, True, 1]


def test_events_that_the_browser_gathered_are_all_told(page: Any) -> None:
    between = [[210, 100], [220, 100], [230, 100]]
    steps = told(page, ["pointerdown", 1, 200, 100], ["pointermove", 1, 230, 100, {"between": between}])
    assert [step[1] for step in steps] == [0.5, 0.55, 0.6, 0.65]


@pytest.mark.parametrize(
    ("kind", "pressures", "expected"),
    [
        ("touch", [0.5, 0.5], [1, 1]),  # a glass that cannot feel
        ("touch", [0.0, 0.0], [1, 1]),
        ("touch", [0.3, 0.5], [0.3, 0.5]),  # one that can
        ("pen", [0.5, 0.25], [0.5, 0.25]),
        ("pen", [0.0, 1.0], [0.02, 1]),  # never none: that would be no contact
        ("mouse", [0.5, 0.5], [1, 1]),
    ],
)
def test_pressure_where_the_device_has_it(
    page: Any, kind: str, pressures: list[float], expected: list[float]
) -> None:
    about = [{"pointerType": kind, "pressure": pressure} for pressure in pressures]
    steps = told(page, ["pointerdown", 1, 200, 100, about[0]], ["pointermove", 1, 210, 100, about[1]])
    assert [step[4] for step in steps] == expected


@pytest.mark.parametrize("end", [["blur"], ["stop"], ["lostpointercapture", 1, 0, 0]])
def test_a_contact_that_is_lost_is_released(page: Any, end: list[Any]) -> None:
    assert told(page, ["pointerdown", 1, 200, 100], end, ["pointermove", 1, 250, 100])[1:] == [[0]]


def test_only_the_first_button_of_a_mouse_plays(page: Any) -> None:
    assert told(page, ["pointerdown", 1, 200, 100, {"pointerType": "mouse", "button": 2}]) == []
