"""Pages: even cells at one scale; ink that is smooth and sharp where it should be."""

from __future__ import annotations

import numpy as np
import pytest

from app.core.events import Source
from app.pictures.page.ink_line import BREADTH, beziers, ink
from app.pictures.page.layout import FILL, MOST_FILL, WIDTH_PX, PageLayout, lay_out, usual_columns
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
    assert usual_columns(n) == columns
    width, height = lay_out([MIDDLE] * n).size
    assert width == WIDTH_PX and width / 2 <= height <= width


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


def test_ink_goes_through_its_places() -> None:
    places = np.array([(0.0, 0.0), (30.0, 5.0), (60.0, 0.0), (60.0, 80.0)])
    bends = beziers(places)
    assert bends[:, 0] == pytest.approx(places[:-1]) and bends[:, 3] == pytest.approx(places[1:])


def test_a_sharp_turn_is_a_corner_and_a_gentle_one_a_bend() -> None:
    places = np.array([(0.0, 0.0), (50.0, 0.0), (90.0, 20.0), (90.0, 80.0)])
    arrives = np.diff(beziers(places)[:-1, 2:], axis=1)[:, 0]
    leaves = np.diff(beziers(places)[1:, :2], axis=1)[:, 0]
    turn = [a @ b / np.hypot(*a) / np.hypot(*b) for a, b in zip(arrives, leaves, strict=True)]
    assert turn[0] == pytest.approx(1.0, abs=1e-6)  # 27 degrees: smooth
    assert turn[1] < 0.9  # 63 degrees: sharp


def test_ink_stays_near_its_places_however_they_turn() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        places = rng.uniform(0, 100, (12, 2))
        line = ink(places, 100.0).centres
        assert line.min() > -30 and line.max() < 130 and np.isfinite(line).all()


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_dot_is_a_dot(n: int) -> None:
    dot = ink(np.full((n, 2), 7.0), 100.0)
    assert dot.centres.tolist() == [[7.0, 7.0]] and dot.radii[0] > 0


def test_a_brush_thins_out_where_it_leaves_and_is_never_broader_than_itself() -> None:
    down = ink(np.array([(0.0, 0.0), (0.0, 80.0)]), 100.0)
    assert down.radii[-1] < down.radii[0] < down.radii.max() <= 0.5 * BREADTH * 100 + 1e-9
    across = ink(np.array([(0.0, 0.0), (80.0, 0.0)]), 100.0)
    assert across.radii.max() < 0.9 * down.radii.max()
    assert (across.radii > 0).all()
