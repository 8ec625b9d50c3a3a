"""A person draws on the page, in Chromium, with a mouse and with fingers; the ghost is a test's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.core.events import Source
from app.sketch.opening import open_drawing
from assets import FOLDER
from tests.web.draw.site import KANJI, stub_site
from tests.web.serving import serving

pytestmark = pytest.mark.browser

TREE = [((0.29, 0.13), (0.29, 0.9)), ((0.11, 0.36), (0.46, 0.32)), ((0.28, 0.37), (0.22, 0.5), (0.1, 0.66))]
SIZES = [(390, 844), (844, 390), (1366, 1024), (1600, 1000)]
MODES = ("complete", "fan", "endings", "free", "inside")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    stub_site(folder)
    with serving(folder) as address:
        yield address


@pytest.fixture
def context(chromium: Any) -> Iterator[Any]:
    """A phone held upright; nothing a page says on its console passes unseen."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, accept_downloads=True
    )
    said: list[str] = []
    context.on("console", lambda message: said.append(message.text))
    context.on("weberror", lambda error: said.append(str(error.error)))
    yield context
    context.close()
    assert said == []


def opened(context: Any, address: str, query: str = "mode=complete&seed=1", *, fast: bool = True) -> Any:
    page = context.new_page()
    page.goto(f"{address}/draw/index.html?{query}")
    page.wait_for_function("window.ghostjam")
    page.evaluate(
        "fast => { ghostjam.settings.set('fast', fast); ghostjam.settings.set('threshold_s', 10); }", fast
    )
    return page


def pixels(page: Any, line: Any) -> list[tuple[float, float]]:
    box = page.locator("#paper").bounding_box()
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in line]


def draw(page: Any, *lines: Any, lifts: bool = True) -> None:
    """Strokes of a mouse."""
    for line in lines:
        first, *others = pixels(page, line)
        page.mouse.move(*first)
        page.mouse.down()
        for place in others:
            page.mouse.move(*place, steps=6)
        if lifts:
            page.mouse.up()


def until(page: Any, what: str) -> None:
    page.wait_for_function(f"() => {{ const {{controller, paper, settings}} = ghostjam; return {what}; }}")


def let_it_draw(page: Any) -> None:
    """The patience of the ghost is over."""
    page.evaluate("ghostjam.settings.set('threshold_s', 0.1)")


def marks(page: Any) -> str:
    """Who drew, stroke by stroke."""
    return str(page.evaluate("ghostjam.controller.page.marks.map((m) => m.source[0]).join('')"))


def test_the_ghost_finishes_what_one_draws(context: Any, address: str) -> None:
    page = opened(context, address)
    assert page.locator("#turn").inner_text().split("\n")[0] == "draw"
    draw(page, *TREE)
    let_it_draw(page)
    until(page, "controller.page.end !== null")
    who = marks(page)
    assert who.startswith("ppp") and set(who[3:]) == {"g"}
    places = np.array(
        page.evaluate("ghostjam.controller.page.marks[0].ink.map((s) => [s.x / 109, s.y / 109])")
    )
    np.testing.assert_allclose(places[[0, -1]], TREE[0], atol=0.005)
    page.click("#undo")
    assert marks(page) == who[:-1] and page.locator("#seal.shows").count() == 0
    page.click("#clear")
    assert marks(page) == ""


def test_a_fan_follows_the_pen_and_fades(context: Any, address: str) -> None:
    page = opened(context, address, "mode=fan&seed=1")
    draw(page, TREE[1], lifts=False)
    until(page, "!paper.overlay.isDark && paper.answersS.length > 1")
    assert page.locator("#turn b").inner_text() == "you"
    page.mouse.up()
    page.click("#mode-complete")
    until(page, "paper.overlay.isDark")


def test_an_ending_that_is_tapped_is_drawn(context: Any, address: str) -> None:
    page = opened(context, address, "mode=endings&seed=1")
    draw(page, TREE[0])
    let_it_draw(page)
    until(page, "controller.endings.length === 9")
    assert page.locator("#beside button").count() == 9
    wanted = page.evaluate("Array.from(ghostjam.controller.endings[4].drawn.points)")
    page.locator("#beside button").nth(4).tap()
    until(page, "controller.page.end !== null")
    drawn = page.evaluate("ghostjam.controller.page.marks.slice(1).flatMap((m) => m.corners)")
    steps = np.reshape(wanted, (-1, 3))[:, :2].astype("float64")
    np.testing.assert_allclose(np.diff(drawn, axis=0), steps[1 : len(drawn)], atol=1e-4)


def test_alone_it_fills_a_gallery_from_which_one_comes_back(context: Any, address: str) -> None:
    page = opened(context, address, "mode=free&seed=1")
    until(page, "controller.kept.length > 1")
    page.click("#mode-complete")
    kept = page.evaluate("ghostjam.controller.kept[0].page.marks.length")
    page.locator("#beside button").last.tap()
    until(page, f"controller.page.marks.length === {kept}")


def test_what_is_kept_comes_back_and_keys_work(context: Any, address: str) -> None:
    page = opened(context, address, fast=False)
    draw(page, *TREE)
    page.keyboard.press("n")
    assert marks(page) == "" and page.evaluate("ghostjam.controller.kept.length") == 1
    until(page, "document.querySelectorAll('#beside button').length === 1")
    page.locator("#beside button").tap()
    assert marks(page) == "ppp"
    page.keyboard.press("z")
    assert marks(page) == "pp"
    page.keyboard.press("2")
    assert page.evaluate("ghostjam.settings.get('mode')") == "fan"
    page.keyboard.press("Enter")
    until(page, "controller.page.marks.length > 2")


def test_fingers_draw_and_a_second_one_is_passed_over(context: Any, address: str) -> None:
    page = opened(context, address)
    device = context.new_cdp_session(page)

    def touch(kind: str, *fingers: tuple[int, float, float]) -> None:
        points = [{"id": i, **dict(zip("xy", pixels(page, [(x, y)])[0], strict=True))} for i, x, y in fingers]
        device.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (1, 0.2, 0.2))
    touch("touchMove", (1, 0.3, 0.3))
    touch("touchStart", (1, 0.3, 0.3), (2, 0.8, 0.8))
    touch("touchMove", (1, 0.4, 0.4), (2, 0.7, 0.8))
    touch("touchMove", (1, 0.5, 0.5), (2, 0.6, 0.8))
    touch("touchEnd")
    until(page, "controller.page.openMark === null")
    assert marks(page) == "p"
    ink = np.array(page.evaluate("ghostjam.controller.page.marks[0].ink.map((s) => [s.x / 109, s.y / 109])"))
    np.testing.assert_allclose(ink[:, 0], ink[:, 1], atol=0.01)  # of the first finger alone
    assert ink[-1, 0] == pytest.approx(0.5, abs=0.01)


def test_a_palm_that_came_before_the_pen_draws_nothing(context: Any, address: str) -> None:
    page = opened(context, address)
    page.evaluate(
        """() => {
          const paper = document.getElementById("paper"), { left, top } = paper.getBoundingClientRect();
          paper.setPointerCapture = () => {};
          const send = (type, pointerType, pointerId, x, pressure) => {
            const where = { clientX: left + x, clientY: top + 50, bubbles: true, cancelable: true };
            const what = { pointerType, pointerId, pressure, button: 0, ...where };
            paper.dispatchEvent(new PointerEvent(type, what));
          };
          send("pointerdown", "touch", 1, 200, 1);
          send("pointerdown", "pen", 2, 20, 0.25);
          send("pointermove", "touch", 1, 210, 1);
          send("pointermove", "pen", 2, 60, 0.5);
          send("pointerup", "pen", 2, 60, 0);
        }"""
    )
    assert marks(page) == "p"
    assert page.evaluate("ghostjam.controller.page.marks[0].ink.map((s) => s.pressure)") == [0.25, 0.5]


def test_what_is_saved_opens_on_the_desktop(context: Any, address: str, tmp_path: Path) -> None:
    page = opened(context, address)
    page.click("#toggle")
    page.click("#save-svg")
    assert "empty" in page.locator(".notices p").inner_text()
    draw(page, *TREE)
    let_it_draw(page)
    until(page, "controller.page.end !== null")
    page.click("#toggle")
    files = {}
    for kind in ("svg", "png"):
        with page.expect_download() as download:
            page.click(f"#save-{kind}")
        files[kind] = tmp_path / download.value.suggested_filename
        assert files[kind].suffix == f".{kind}"
        download.value.save_as(files[kind])
    drawing = open_drawing(files["svg"], KANJI)
    assert [stroke.source for stroke in drawing.strokes][:4] == [Source.PLAYER] * 3 + [Source.GHOST]
    assert len(drawing) == len(marks(page))
    np.testing.assert_allclose(drawing.strokes[0].places[[0, -1]], TREE[0], atol=0.006)
    with Image.open(files["png"]) as picture:
        assert picture.size == (1600, 1600)
        shown = np.asarray(picture.convert("RGB")).astype(int)
    assert (shown[:, :, 0] > 200).sum() > 5_000 < (shown[:, :, 2] > 200).sum()  # both hands' ink


def test_a_saved_page_is_opened_and_drawn_on(context: Any, address: str, tmp_path: Path) -> None:
    page = opened(context, address)
    page.set_input_files("#file", FOLDER / "pictures" / "kanji.svg")
    expected = open_drawing(FOLDER / "pictures" / "kanji.svg", KANJI)
    until(page, f"controller.page.marks.length === {len(expected)}")
    page.click("#finish")
    until(page, "controller.page.end !== null")
    assert len(marks(page)) > len(expected)
    other = tmp_path / "other.svg"
    other.write_text("<svg/>")
    page.set_input_files("#file", other)
    page.wait_for_selector(".notices p")
    assert "other.svg: expected" in page.locator(".notices p").inner_text()


def test_another_model_and_seed_draw_on_and_the_drawing_keeps_its_place(context: Any, address: str) -> None:
    page = opened(context, address)
    draw(page, TREE[0])
    page.click("#model")
    page.get_by_role("option", name="characters").click()
    until(page, "controller.model === 'characters'")
    page.click("#toggle")
    page.fill("#seed", "42")
    page.keyboard.press("Enter")
    until(page, "ghostjam.model.sketcher.ghost.count >= 42")
    assert marks(page) == "p"
    page.fill("#seed", "none")
    page.keyboard.press("Enter")
    assert page.input_value("#seed") == "42"


def test_a_model_that_does_not_load_is_told_and_the_old_one_draws_on(context: Any, address: str) -> None:
    page = opened(context, address)
    page.route("**/takes.json", lambda route: route.fulfill(body="{"))
    page.click("#model")
    page.get_by_role("option", name="characters").click()
    page.wait_for_selector(".notices p")
    assert page.locator(".notices p").inner_text().startswith("characters cannot draw")
    assert page.locator("#model b").inner_text() == "kanji"
    draw(page, TREE[0])
    page.click("#finish")
    until(page, "controller.page.end !== null")


@pytest.mark.parametrize("size", SIZES)
def test_everything_is_in_view_and_large_enough_for_a_finger(
    context: Any, address: str, size: tuple[int, int]
) -> None:
    page = opened(context, address, "seed=1")
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    for _ in range(2):
        draw(page, TREE[0])
        page.keyboard.press("n")
    for mode in (*MODES, "complete"):  # each after another, whose places must not stay
        page.click(f"#mode-{mode}")
        page.evaluate("new Promise(requestAnimationFrame)")
        boxes = page.evaluate(
            """() => {
              const all = "#paper, #turn, #modes .button, #actions .button, #knobs > *";
              const shown = [...document.querySelectorAll(all)].filter((one) => one.offsetParent !== null);
              const boxes = shown.map((one) => one.getBoundingClientRect());
              return boxes.map(({ left, top, right, bottom }) => [left, top, right, bottom]);
            }"""
        )
        edges = np.array(boxes)
        assert (edges[:, :2] >= 0).all() and (edges[:, 2:] <= np.array(size) + 0.5).all(), mode
        assert (edges[2:, 2:] - edges[2:, :2] >= 43.5).all(), mode
        left, top, right, bottom = edges[1]
        assert right - left == pytest.approx(bottom - top, abs=1) and right - left > 0.35 * min(size)
        if mode in ("complete", "fan", "free"):
            cells = page.locator("#beside button")
            until(page, "document.querySelectorAll('#beside button').length > 1")
            for cell in (cells.nth(0).bounding_box(), cells.nth(1).bounding_box()):
                assert cell["width"] >= 43.5 and cell["x"] >= 0 and cell["x"] + cell["width"] <= size[0], mode
                assert cell["y"] >= 0 and cell["y"] + cell["height"] <= size[1], mode
                room = page.locator("#beside").bounding_box()
                assert (
                    cell["x"] >= room["x"] - 1
                    and cell["y"] + cell["height"] <= room["y"] + room["height"] + 1
                )
        for other in edges[[0, *range(2, len(edges))]]:  # nothing lies on the paper
            assert (
                other[0] >= right - 1 or other[1] >= bottom - 1 or other[3] <= top + 1 or other[2] <= left + 1
            ), mode


def test_the_pen_is_heard_if_one_wants_to(context: Any, address: str) -> None:
    page = opened(context, address)
    page.click("#toggle")
    page.click("#hear")
    until(page, "ghostjam.ears.sound?.isOn")
    page.click("#close")
    page.wait_for_selector("#more", state="hidden")
    draw(page, TREE[1], lifts=False)
    until(page, "ghostjam.ears.sound.held.size === 1")
    page.mouse.up()
    until(page, "ghostjam.ears.sounding.size === 0")
