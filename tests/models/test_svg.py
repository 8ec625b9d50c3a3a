"""SVG as a browser paints it: what is hidden, what is used, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from models.formats.svg import MOST_PAGE_BYTES, SvgError, parse, read_strokes

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size}>{body}</svg>'
SEEN = '<path d="M5 95L95 85" stroke="#000"/>'
LINE = "M5 5L95 5"
NAMED = '<path id="a" d="M1 2L3 4" stroke="red"/>'


def strokes(body: str, size: str = 'viewBox="0 0 109 109"', head: str = "") -> list[list[list[float]]]:
    found = read_strokes(parse((head + SVG.format(size=size, body=body)).encode()))
    return [np.round(stroke.astype("float64"), 3).tolist() for stroke in found]


@pytest.mark.parametrize(
    "hidden",
    [
        f'<path d="{LINE}" stroke="#000" display="none"/>',
        f'<path d="{LINE}" stroke="#000" style="display: none"/>',
        f'<g display="none"><path d="{LINE}" stroke="#000" display="inline"/></g>',
        f'<path d="{LINE}" stroke="#000" visibility="hidden"/>',
        f'<path d="{LINE}" stroke="#000" visibility="collapse"/>',
        f'<g visibility="hidden"><path d="{LINE}" stroke="#000"/></g>',
        f'<path d="{LINE}" stroke="#000" opacity="0"/>',
        f'<g opacity="0%"><path d="{LINE}" stroke="#000" opacity="1"/></g>',
        f'<path d="{LINE}" stroke="#000" stroke-opacity="0"/>',
        f'<path d="{LINE}" stroke="#000" stroke-width="0"/>',
        f'<g stroke-width="0px"><path d="{LINE}" stroke="#000"/></g>',
        f'<path d="{LINE}" stroke="transparent"/>',
        f'<path d="{LINE}" stroke="rgba(1, 2, 3, 0)"/>',
        f'<path d="{LINE}" stroke="rgb(1 2 3 / 0%)"/>',
        f'<path d="{LINE}" stroke="#12345600"/>',
        f'<path d="{LINE}" stroke="#1230"/>',
        f'<g color="transparent"><path d="{LINE}" stroke="currentColor"/></g>',
        f'<style>.h {{stroke: none}}</style><path class="a h" d="{LINE}" stroke="#000"/>',
        f'<style>/* x */ #h, b {{visibility: hidden}}</style><path id="h" d="{LINE}" stroke="#000"/>',
        *(
            f'<{name} id="n"><path d="{LINE}" stroke="#000"/></{name}>'
            for name in ("defs", "mask", "symbol", "clipPath", "marker", "pattern", "metadata", "text")
        ),
        f'<switch><g/><path d="{LINE}" stroke="#000"/></switch>',
    ],
)
def test_what_cannot_be_seen_is_not_read(hidden: str) -> None:
    assert strokes(hidden + SEEN) == strokes(SEEN) == [[[5, 95], [95, 85]]]


@pytest.mark.parametrize(
    "shown",
    [
        f'<g visibility="hidden"><path d="{LINE}" stroke="#000" visibility="visible"/></g>',
        f'<g stroke="#000" stroke-width="0"><path d="{LINE}" style="stroke-width:2"/></g>',
        f'<path d="{LINE}" stroke="rgba(1, 2, 3, 0.5)"/>',
        f'<path d="{LINE}" stroke="#123" stroke-opacity=".01"/>',
        f'<path d="{LINE}" stroke="url(#gradient)"/>',
        f'<g color="red"><path d="{LINE}" stroke="currentColor"/></g>',
        f'<a><path d="{LINE}" stroke="#000"/></a>',
        f'<style>path {{stroke: none}} .s {{stroke: red}}</style><path class="s" d="{LINE}"/>',
        f'<style>.s {{stroke: none}}</style><path class="s" d="{LINE}" style="stroke: red"/>',
        f'<switch><path d="{LINE}" stroke="#000"/><path d="{LINE}" stroke="#000"/></switch>',
        f'<path d="{LINE}" fill="none" stroke="none"/><path d="{LINE}" stroke="#000"/>',
    ],
)
def test_what_can_be_seen_is_read(shown: str) -> None:
    assert strokes(shown) == [[[5, 5], [95, 5]]]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            '<path id="a" d="M1 2L3 4" stroke="red"/><use xlink:href="#a" x="10" y="20"/>',
            [[11, 22], [13, 24]],
        ),
        (
            '<path id="a" d="M1 2L3 4" stroke="red"/><use href="#a" transform="scale(10)"/>',
            [[10, 20], [30, 40]],
        ),
        (
            '<defs><g id="a" transform="scale(2)"><path d="M1 2L3 4"/></g></defs>'
            '<use href="#a" stroke="red" x="1"/>',
            [[3, 4], [7, 8]],
        ),
        (
            '<symbol id="s" viewBox="0 0 10 10"><path d="M0 0L10 10" stroke="red"/></symbol>'
            '<use href="#s" x="10" y="20" width="50" height="30"/>',
            [[20, 20], [50, 50]],
        ),
        (
            '<svg x="10" width="50%" height="54.5" viewBox="0 0 10 10">'
            '<path d="M0 0L10 10" stroke="red"/></svg>',
            [[10, 0], [64.5, 54.5]],
        ),
        (
            '<use href="#later"/><defs><use id="later" href="#last"/>'
            '<path id="last" d="M1 2L3 4" stroke="red"/></defs>',
            [[1, 2], [3, 4]],
        ),
    ],
)
def test_use_shows_what_it_names_where_it_stands(body: str, expected: list[list[float]]) -> None:
    assert strokes(body)[-1] == expected


@pytest.mark.parametrize(
    "body",
    [
        '<g id="a"><use href="#a"/></g>',
        '<use id="a" href="#b"/><use id="b" href="#a"/>',
        '<use href="#nowhere"/><use href="other.svg#a"/><use/>',
    ],
)
def test_use_of_itself_or_of_nothing_shows_nothing(body: str) -> None:
    assert strokes(body + SEEN) == strokes(SEEN)


def test_use_that_grows_without_end_is_refused() -> None:
    doubles = "".join(f'<g id="g{i}"><use href="#g{i + 1}"/><use href="#g{i + 1}"/></g>' for i in range(40))
    with pytest.raises(SvgError, match="expected at most 5000 elements"):
        strokes(f'<defs>{doubles}<path id="g40" d="{LINE}" stroke="red"/></defs><use href="#g0"/>')


def test_entities_of_drawing_programs_are_read() -> None:
    """Illustrator names its namespaces so."""
    entity = '<!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg"><!ENTITY st "stroke:#000">]>'
    text = f'{entity}<svg xmlns="&ns;" viewBox="0 0 109 109"><path style="&st;" d="{LINE}"/></svg>'
    assert len(read_strokes(parse(text.encode()))) == 1


@pytest.mark.parametrize(
    "entity",
    [
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY a PUBLIC "a" "http://localhost/">',
        '<!ENTITY b "b"><!ENTITY a "&b;&b;">',
        '<!ENTITY % a "b">',
        '<!ENTITY a "<path/>">',
        f'<!ENTITY a "{"x" * 201}">',
    ],
)
def test_entities_that_could_do_harm_are_refused(entity: str) -> None:
    with pytest.raises(SvgError, match="expected no entities but short texts, got "):
        strokes(SEEN, head=f"<!DOCTYPE svg [{entity}]>")


def test_a_page_may_have_more_elements_but_not_without_end() -> None:
    with pytest.raises(SvgError, match="expected at most 32 MiB, got more"):
        parse(b" " * (MOST_PAGE_BYTES + 1))
    with pytest.raises(SvgError, match="expected at most 5000 elements"):
        strokes("<g/>" * 200_001)
