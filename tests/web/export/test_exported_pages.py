"""An export in a real browser, below a path of a host: it loads, asks no other host, and needs no network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main

pytestmark = pytest.mark.browser

READY = {
    "": "document.querySelectorAll('.credits li').length > 1",
    "play/": "'ready' in document.body.dataset",
    "draw/": "window.ghostjam !== undefined",
}
KEPT = "caches.keys().then((names) => names.map((name) => name.split(' ').pop()))"


@pytest.fixture(scope="module")
def exported(served: tuple[Path, str], litert_package: Path) -> tuple[Path, str]:
    """The folder, and its address."""
    folder = served[0] / "some" / "path"
    export(folder, litert_package, "touch", "kanji")
    return folder, f"{served[1]}some/path/"


def export(folder: Path, package: Path, *models: str) -> None:
    options = [word for model in models for word in ("--model", model)]
    assert main(["export-web", str(folder), "--runtime", str(package), *options]) == 0


@pytest.fixture
def page(chromium: Any, exported: tuple[Path, str]) -> Iterator[Any]:
    """A new page of a new person. Nothing may go wrong on it, and it asks no other host."""
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page, said, asked = context.new_page(), [], set()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    context.on("request", lambda request: asked.add(request.url))
    yield page
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith((exported[1], "data:", "blob:"))] == []


def opened(page: Any, address: str) -> None:
    name = next(name for name in sorted(READY, reverse=True) if address.partition("?")[0].endswith(name))
    page.goto(address)
    page.wait_for_function(READY[name], timeout=60_000)


def test_the_first_page_leads_to_both_and_gives_credit(page: Any, exported: tuple[Path, str]) -> None:
    opened(page, exported[1])
    words = page.evaluate("document.querySelector('.credits').textContent")
    assert (
        "KanjiVG" in words
        and "CC BY-SA" in words
        and "Charles P. Martin" in words.replace("C. P.", "Charles P.")
    )
    for name in ("play", "draw"):
        with page.expect_navigation():
            page.get_by_role("link", name=name).click()
        page.wait_for_function(READY[f"{name}/"], timeout=60_000)
        assert page.url == f"{exported[1]}{name}/"
        page.go_back()


def test_after_the_first_visit_no_network_is_needed(page: Any, exported: tuple[Path, str]) -> None:
    opened(page, f"{exported[1]}play/")
    page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    page.context.set_offline(True)
    for path in ("draw/?seed=3", "play/", ""):
        opened(page, f"{exported[1]}{path}")


def test_a_new_version_takes_the_place_of_the_old_one(
    page: Any, exported: tuple[Path, str], litert_package: Path
) -> None:
    folder, address = exported
    opened(page, address)
    page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    old = page.evaluate(KEPT)
    export(folder, litert_package, "touch", "kanji", "characters")
    opened(page, address)  # from what was kept
    assert "characters:" not in page.evaluate("document.querySelector('.credits').textContent")
    # A browser asks for the worker again when it likes; so the page does as if it had not had one.
    page.evaluate("navigator.serviceWorker.getRegistration().then((each) => each.unregister())")
    opened(page, address)
    page.wait_for_function(f"{KEPT}.then((kept) => kept.length === 1 && kept[0] !== '{old[0]}')")
    page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    opened(page, address)
    page.context.set_offline(True)
    opened(page, address)
    assert "characters:" in page.evaluate("document.querySelector('.credits').textContent")


def test_opened_as_a_file_it_says_what_it_needs(chromium: Any, exported: tuple[Path, str]) -> None:
    page = chromium.new_page()
    for path in ("index.html", "play/index.html", "draw/index.html"):
        page.goto((exported[0] / path).as_uri())
        assert "python -m http.server" in page.evaluate("document.body.innerText")
    page.close()
