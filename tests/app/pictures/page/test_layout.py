"""Pages: even cells at one scale."""

from __future__ import annotations

import numpy as np
import pytest

from app.core.events import Source
from app.pictures.page.layout import FILL, MOST_FILL, WIDTH_PX, PageLayout, lay_out
from app.sketch.drawing import Drawing

P, G = Source.PLAYER, Source.GHOST


def box(left: float, top: float, right: float, bottom: float) -> Drawing:
    drawing = Drawing()
    drawing.add(G, np.array([(left, top), (right, top), (right, bottom)]))
    return drawing


def extent(page: PageLayout, index: int) -> tuple[np.ndarray, np.ndarray]:
    places = np.concatenate([page.to_pixels(index, s.places) for s in page.drawings[index].strokes])
    return places.min(axis=0), places.max(axis=0)


MIDDLE = box(0.25, 0.25, 0.75, 0.75)


@pytest.mark.parametrize(("n", "columns"), [(1, 1), (2, 2), (4, 2), (5, 3), (36, 6), (37, 7), (400, 20)])
def test_a_page_is_about_square(n: int, columns: int) -> None:
    page = lay_out([MIDDLE] * n)
    width, height = page.size
    assert page.columns == columns and width == WIDTH_PX and width / 2 <= height <= width


def test_cells_are_even_and_in_reading_order() -> None:
    page = lay_out([MIDDLE] * 5, columns=3)
    middles = [sum(extent(page, i)) / 2 for i in range(5)]  # type: ignore[arg-type]
    for i, middle in enumerate(middles):
        down, across = divmod(i, 3)
        assert middle == pytest.approx(page.margin_px + (np.array([across, down]) + 0.5) * page.cell_px)


def test_a_drawing_fills_its_cell_as_far_as_it_should() -> None:
    page = lay_out([MIDDLE])
    low, high = extent(page, 0)
    assert high - low == pytest.approx(np.full(2, FILL * page.cell_px))


def test_all_have_the_same_scale() -> None:
    small = box(0.4, 0.4, 0.6, 0.6)
    page = lay_out([MIDDLE, small, MIDDLE, MIDDLE])
    assert np.diff(extent(page, 1), axis=0) == pytest.approx(0.4 * np.diff(extent(page, 0), axis=0), rel=1e-5)


def test_one_that_reaches_far_stays_in_its_cell_and_leaves_the_others_their_size() -> None:
    far = box(0.25, 0.25, 0.8, 0.75)
    page = lay_out([MIDDLE] * 35 + [far])
    assert np.diff(extent(page, 0), axis=0).max() == pytest.approx(FILL * page.cell_px)
    wide = lay_out([MIDDLE] * 35 + [box(0.25, 0.25, 2.0, 0.75)])
    low, high = extent(wide, 35)
    cell = wide.margin_px + 5 * wide.cell_px
    assert low[0] > cell and high[0] == pytest.approx(cell + (0.5 + MOST_FILL / 2) * wide.cell_px)


def test_what_is_common_lies_at_the_same_place_of_every_cell() -> None:
    begun = np.array([(0.2, 0.2), (0.3, 0.9)])
    drawings = []
    for stop in (0.5, 0.7, 0.9):
        drawing = Drawing()
        drawing.add(P, begun)
        drawing.add(G, np.array([(0.4, 0.2), (stop, 0.2)]))
        drawings.append(drawing)
    page = lay_out(drawings, columns=3)
    first = [page.to_pixels(i, d.strokes[0].places)[0] for i, d in enumerate(drawings)]
    assert np.diff(first, axis=0) == pytest.approx(np.array([[page.cell_px, 0]] * 2))


def test_a_tall_page_is_not_endless_and_more_columns_than_drawings_are_not_there() -> None:
    assert max(lay_out([MIDDLE] * 400, columns=1).size) <= 6400
    assert lay_out([MIDDLE] * 3, columns=400).columns == 3


@pytest.mark.parametrize("drawing", [Drawing(), box(0.5, 0.5, 0.5, 0.5)], ids=["empty", "dot"])
def test_a_page_of_nothing_or_dots_is_a_page(drawing: Drawing) -> None:
    page = lay_out([drawing])
    assert np.isfinite(page.side_px) and 0 < page.side_px <= 4 * page.cell_px
