"""What the draw controller does, mode by mode, with a scripted ghost and a clock that the test turns."""

from __future__ import annotations

import numpy as np
import pytest

from app.core.events import Touch
from app.sketch.sketcher import End
from app.window.draw.paper_strokes import Page
from app.window.draw.requests import RequestKind
from app.window.draw.status_text import turn_of
from models.manifest import Scale
from models.strokes import to_points
from tests.app.sketch.fakes import Row
from tests.app.window.draw.stage import DONE, GHOST, LIFTED, PLAYER, SCALE, STROKES, Bench

LINE = ((20.0, 20.0), (40.0, 20.0))


def heard(bench: Bench) -> list[tuple[float, ...]]:
    """What the ghost has heard and drawn."""
    return [tuple(round(v, 3) for v in row) for row in bench.ghost.state]


def test_after_a_pause_the_ghost_finishes_from_where_the_pen_is() -> None:
    bench = Bench()
    bench.draw(*LINE)
    bench.pass_s(0.7)
    assert bench.who() == "p" and bench.model_thread.requests == []
    bench.pass_s(0.2)
    assert [request.what for request in bench.model_thread.requests] == [RequestKind.COMPLETE]
    bench.until_done()
    assert bench.who() == "pgg" and bench.controller.page.end is End.END
    assert bench.controller.page.marks[1].corners == [(50.0, 20.0), (60.0, 20.0), (60.0, 30.0)]
    assert bench.controller.page.marks[2].corners == [(70.0, 30.0), (80.0, 30.0), (90.0, 30.0)]
    assert heard(bench)[:2] == [(0.0, 0.0, 0.0), (20.0, 0.0, 1.0)]
    assert bench.balance() == ["player", "ghost", "ghost"]


def test_the_ghost_draws_at_a_hands_pace_and_stretch_slows_it_down() -> None:
    times = []
    for timescale in (1.0, 2.0):
        bench = Bench()
        bench.settings.set("timescale", timescale)
        bench.draw(*LINE)
        bench.pass_s(0.85)
        start_s = bench.now_s
        bench.until_done()
        times.append(bench.now_s - start_s)
    assert 0.4 < times[0] < 3.0
    assert times[1] == pytest.approx(2 * times[0], rel=0.1)


def test_fast_is_fast() -> None:
    bench = Bench()
    bench.settings.set("fast", True)
    bench.draw(*LINE)
    bench.pass_s(0.85)
    start_s = bench.now_s
    bench.until_done()
    assert bench.now_s - start_s < 0.2


def test_taking_over_keeps_what_the_ghost_drew_so_far_and_it_is_heard() -> None:
    bench = Bench()
    bench.draw(*LINE)
    bench.pass_s(0.85)
    while bench.who() != "pg" or len(bench.controller.page.marks[1].corners) < 1:
        bench.pass_s(1 / 60)
    bench.pass_s(1 / 30)  # between two points of the model
    last = bench.controller.page.marks[1].ink[-1]
    tip = last.x, last.y
    bench.draw((30.0, 60.0), (30.0, 80.0))
    assert bench.who() == "pgp"
    assert bench.controller.page.marks[1].corners[-1] == tip and not bench.controller.page.marks[1].is_open
    assert 50.0 < tip[0] < 60.0
    bench.until_done()
    asked = bench.model_thread.requests[-1]
    assert [stroke[-1].tolist() for stroke in asked.strokes] == [
        [40.0, 20.0],
        pytest.approx(list(tip)),
        [30.0, 80.0],
    ]
    expected = to_points(asked.strokes, end=False)
    assert np.allclose(np.array(bench.ghost.state)[: len(expected)], expected)
    assert bench.balance() == ["player", "ghost", "player", "ghost", "ghost"]


def test_who_draws_on_after_the_end_is_answered_again() -> None:
    bench = Bench()
    bench.draw(*LINE)
    bench.until_done()
    bench.pass_s(3.0)
    assert bench.who() == "pgg"  # done is done
    bench.draw((10.0, 70.0), (20.0, 70.0))
    assert bench.controller.page.end is None
    bench.until_done()
    assert bench.who() == "pggpgg"


def test_a_person_who_draws_again_in_time_is_not_interrupted() -> None:
    bench = Bench()
    for _ in range(4):
        bench.draw(*LINE)
        bench.pass_s(0.6)
    assert bench.who() == "pppp" and bench.model_thread.requests == []


def test_an_answer_that_comes_after_the_person_drew_on_is_of_no_use() -> None:
    bench = Bench()
    bench.model_thread.is_slow = True
    bench.draw(*LINE)
    bench.pass_s(0.9)
    bench.controller.pen_down(50.0, 50.0, bench.now_s)
    bench.model_thread.work()
    bench.pass_s(2.0)
    assert bench.who() == "pp" and not bench.controller.ghost_turn.draws


def test_undo_takes_strokes_back_one_by_one_and_the_ghost_stops() -> None:
    bench = Bench()
    bench.draw(*LINE)
    bench.until_done()
    seen = []
    for _ in range(4):
        bench.controller.undo(bench.now_s)
        bench.pass_s(2.0)
        seen.append(bench.who())
    assert seen == ["pg", "p", "", ""]
    bench.draw(*LINE)
    bench.pass_s(1.3)
    assert bench.controller.ghost_turn.draws
    bench.controller.undo(bench.now_s)
    assert not bench.controller.ghost_turn.draws and bench.who() == "p"
    bench.controller.finish(bench.now_s)
    bench.until_done()
    assert bench.who() == "pgg"
    assert heard(bench)[:2] == [(0.0, 0.0, 0.0), (20.0, 0.0, 1.0)]


def test_undo_while_drawing_takes_the_stroke_that_is_being_drawn() -> None:
    bench = Bench()
    bench.controller.pen_down(10.0, 10.0, bench.now_s)
    bench.controller.pen_move(20.0, 10.0, bench.now_s)
    bench.controller.undo(bench.now_s)
    bench.controller.pen_move(30.0, 10.0, bench.now_s)
    bench.controller.pen_up(bench.now_s)
    assert bench.who() == "" and bench.balance() == ["player"]


def test_clear_keeps_nothing_and_next_keeps_the_drawing() -> None:
    bench = Bench()
    bench.draw(*LINE)
    bench.controller.clear(bench.now_s)
    assert (bench.who(), len(bench.controller.kept), bench.n_drawings) == ("", 0, 1)
    bench.draw(*LINE)
    bench.controller.next(bench.now_s)
    bench.controller.next(bench.now_s)  # an empty paper is not kept
    assert (bench.who(), len(bench.controller.kept)) == ("", 1)


def test_a_kept_drawing_comes_back_and_the_one_on_the_paper_is_kept() -> None:
    bench = Bench()
    bench.draw(*LINE)
    bench.controller.next(bench.now_s)
    bench.draw(*LINE)
    bench.draw(*LINE)
    bench.controller.reopen(0, bench.now_s)
    assert bench.who() == "p" and [len(k.page.marks) for k in bench.controller.kept] == [1, 2]
    bench.draw(*LINE)
    assert len(next(iter(bench.controller.kept)).page.marks) == 1  # what is kept does not change with it


def test_a_kept_drawing_comes_back_with_its_model_at_its_place() -> None:
    bench = Bench()
    first = bench.settings.word("model")
    bench.draw(*LINE)
    before = np.array(bench.controller.page.marks[0].corners) / bench.controller.box
    bench.controller.next(bench.now_s)
    bench.settings.add_choice("model", "other")
    bench.settings.set("model", "other")
    bench.controller.use_model("other", Scale(600.0, 4.0, 50, (0.0, 0.0)), bench.now_s)
    bench.draw((120.0, 120.0), (240.0, 120.0))
    bench.controller.reopen(0, bench.now_s)
    assert bench.settings.word("model") == first
    assert [kept.model for kept in bench.controller.kept] == [first, "other"]
    assert np.allclose(np.array(bench.controller.page.marks[0].corners) / 600.0, before)
    bench.controller.use_model(first, SCALE, bench.now_s)  # it has loaded
    bench.controller.reopen(1, bench.now_s)
    assert bench.settings.word("model") == "other"


def test_the_headline_does_not_say_paused_to_someone_who_draws() -> None:
    bench = Bench()
    bench.settings.set("pause", True)
    assert turn_of(bench.controller, bench.settings, bench.now_s).big == "paused"
    bench.controller.pen_down(20.0, 20.0, bench.now_s)
    assert turn_of(bench.controller, bench.settings, bench.now_s).big == "you"


def test_all_drawings_are_kept() -> None:
    bench = Bench()
    for _ in range(80):
        bench.draw(*LINE)
        bench.controller.next(bench.now_s)
    assert len(bench.controller.kept) == 80


def test_another_temperature_acts_on_what_is_being_drawn() -> None:
    bench = Bench(STROKES, (LIFTED, DONE))
    bench.draw(*LINE)
    bench.pass_s(0.85)
    while bench.who() != "pg" or not bench.controller.page.marks[1].corners:
        bench.pass_s(1 / 60)
    n_before = len(bench.controller.page.marks[1].corners)
    bench.settings.set("sigma_temperature", 0.5)
    bench.pass_s(1 / 60)
    request = bench.model_thread.requests[-1]
    assert request.temperatures == (1.0, 0.5) and request.is_open
    assert len(request.strokes[1]) == n_before + 1  # up to the point that the hand is drawing to
    bench.until_done()
    assert bench.who() == "pgg"  # the stroke that was begun goes on in the new one's first points
    assert bench.controller.page.marks[1].corners[n_before:] == [
        tuple(request.strokes[1][-1].tolist()),
        pytest.approx((request.strokes[1][-1] + [0.0, 10.0]).tolist()),
    ]
    assert bench.balance() == ["player", "ghost", "ghost"]


def test_turning_a_knob_to_and_fro_asks_from_the_same_point() -> None:
    bench = Bench()
    bench.draw(*LINE)
    bench.pass_s(1.2)
    bench.model_thread.is_slow = True
    for value in (0.5, 0.6, 0.7):
        bench.settings.set("pi_temperature", value)
        bench.controller.step(bench.now_s)
    requests = bench.model_thread.requests[-3:]
    assert len({stroke.tobytes() for request in requests for stroke in request.strokes[-1:]}) == 1
    bench.pass_s(2.0)
    assert bench.controller.ghost_turn.draws  # it waits at that point
    bench.model_thread.work()
    bench.until_done()
    assert bench.ghost.temperatures[-1][0] == 0.7


def test_pause_holds_the_ghost_still_in_the_middle_of_a_stroke() -> None:
    bench = Bench()
    bench.draw(*LINE)
    bench.pass_s(1.1)
    bench.settings.set("pause", True)
    bench.pass_s(1 / 60)
    before = len(bench.controller.page.marks[-1].ink)
    bench.pass_s(2.0)
    assert bench.controller.ghost_turn.draws and len(bench.controller.page.marks[-1].ink) == before
    assert turn_of(bench.controller, bench.settings, bench.now_s).big == "paused"
    bench.settings.set("pause", False)
    bench.until_done()


def test_fan_never_draws_but_enter_lets_the_ghost_finish() -> None:
    bench = Bench(mode="fan")
    bench.draw(*LINE)
    bench.pass_s(5.0)
    assert bench.who() == "p"
    bench.controller.finish(bench.now_s)
    bench.until_done()
    assert bench.who() == "pgg"


def test_what_is_asked_for_in_the_frame_of_another_mode_is_drawn() -> None:
    bench = Bench(mode="complete")
    bench.draw(*LINE)
    bench.settings.set("mode", "fan")
    bench.controller.finish(bench.now_s)
    bench.until_done()
    assert bench.who() == "pgg"


def test_endings_are_drawn_beside_the_paper_and_one_is_kept() -> None:
    other = (LIFTED, DONE)
    bench = Bench(STROKES, other, STROKES, mode="endings")
    bench.draw(*LINE)
    bench.pass_s(6.0)
    controller = bench.controller
    assert len(controller.ghost_turn.endings) == 9 and bench.who() == "p"
    assert all(ending.pen.is_done for ending in controller.ghost_turn.endings)
    assert [len(ending.page.marks) for ending in controller.ghost_turn.endings[:3]] == [3, 3, 3]
    assert bench.balance() == ["player"]  # endings that were not chosen are not heard
    controller.choose(1, bench.now_s)
    bench.until_done()
    assert bench.who() == "pgg" and controller.ghost_turn.endings == []
    assert controller.page.marks[1].corners == [(40.0, 30.0)]
    assert bench.balance() == ["player", "ghost", "ghost"]


def test_who_draws_on_beside_endings_gets_others() -> None:
    bench = Bench(mode="endings")
    bench.draw(*LINE)
    bench.pass_s(2.0)
    bench.draw((10.0, 50.0), (20.0, 50.0))
    assert bench.controller.ghost_turn.endings == []
    bench.pass_s(2.0)
    assert len(bench.controller.ghost_turn.endings) == 9
    assert len(bench.controller.ghost_turn.endings[0].page.marks) > 2


def test_free_draws_one_thing_after_the_other_in_the_middle_of_the_paper() -> None:
    bench = Bench(mode="free")
    bench.settings.set("fast", True)
    bench.pass_s(3.0)
    assert len(bench.controller.kept) >= 3
    places = np.concatenate([mark.drawn() for mark in next(iter(bench.controller.kept)).page.marks])
    assert ((places.min(axis=0) + places.max(axis=0)) / 2).tolist() == pytest.approx([50.0, 50.0], abs=0.5)


def test_in_free_mode_a_person_takes_over_and_the_ghost_goes_on_with_both() -> None:
    bench = Bench(mode="free")
    while bench.who() != "g":
        bench.pass_s(1 / 60)
    bench.draw(*LINE)
    bench.pass_s(0.5)
    assert bench.who() == "gp"
    bench.until_done()
    assert bench.who() == "gpgg" and len(bench.model_thread.requests[-1].strokes) == 2


def test_changing_the_mode_stops_the_ghost_and_keeps_the_drawing() -> None:
    bench = Bench()
    bench.draw(*LINE)
    bench.pass_s(1.1)
    bench.settings.set("mode", "fan")
    bench.pass_s(2.0)
    assert not bench.controller.ghost_turn.draws and bench.who() == "pg"


@pytest.mark.parametrize(
    ("take", "end"),
    [
        (((1.0, 0.0, 0.0), (-1.0, 0.0, 0.0)), End.STALL),
        (((0.0, 90.0, 0.0),), End.CANVAS),
        (((30.0, 0.0, 0.0), (-30.0, 0.0, 1.0)), End.CAP),
    ],
)
def test_a_drawing_that_would_not_end_ends_and_says_why(take: tuple[Row, ...], end: End) -> None:
    bench = Bench(take)
    bench.settings.set("fast", True)
    bench.draw(*LINE)
    bench.until_done()
    assert bench.controller.page.end is end
    assert turn_of(bench.controller, bench.settings, bench.now_s).small.startswith("stops")
    for mark in bench.controller.page.marks:
        assert ((mark.drawn() >= 0.0) & (mark.drawn() <= 100.0)).all() and not mark.is_open


def test_a_ghost_that_fails_says_so_and_one_can_draw_on(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(mode="free")
    monkeypatch.setattr(bench.ghost, "generate", lambda *_, **__: 1 / 0)
    bench.controller.clear(bench.now_s)
    n_asks = len(bench.model_thread.requests)
    bench.pass_s(1.0)
    assert len(bench.model_thread.requests) - n_asks <= 1  # not with every frame
    bench.pass_s(4.0)
    assert "The ghost failed" in bench.controller.ghost_turn.fault
    bench.draw(*LINE)
    assert bench.who() == "p"


def test_another_model_keeps_the_place_of_the_drawing() -> None:
    bench = Bench()
    bench.draw(*LINE)
    bench.controller.next(bench.now_s)
    bench.draw(*LINE)
    bench.controller.use_model("other", Scale(600.0, 4.0, 50, (0.0, 0.0)), bench.now_s)
    kept = bench.controller.kept[0]
    for page in (bench.controller.page, kept.page.scaled(600.0 / kept.box)):
        assert page.marks[0].corners == [(120.0, 120.0), (240.0, 120.0)]
    touches = [event for event in bench.events if isinstance(event, Touch)]
    bench.draw((120.0, 120.0), (240.0, 120.0))
    again = [event for event in bench.events if isinstance(event, Touch)][len(touches) :]
    assert (again[0].x, again[0].y) == pytest.approx((touches[0].x, touches[0].y))


def test_closing_releases_both_pens() -> None:
    bench = Bench()
    bench.draw(*LINE)
    bench.pass_s(1.2)
    bench.controller.end(bench.now_s)
    bench.controller.pen_down(10.0, 10.0, bench.now_s)
    bench.controller.end(bench.now_s)
    assert bench.balance() == ["player", "ghost", "player"]


def test_words_say_whose_turn_it_is() -> None:
    bench = Bench()

    def words() -> tuple[str, str]:
        turn = turn_of(bench.controller, bench.settings, bench.now_s)
        return turn.big, turn.small

    assert words() == ("draw", "a stroke or two")
    bench.controller.pen_down(*LINE[0], bench.now_s)
    assert words() == ("you", "draw")
    bench.controller.pen_up(bench.now_s)
    bench.pass_s(0.4)
    assert turn_of(bench.controller, bench.settings, bench.now_s).left == pytest.approx(0.5, abs=0.05)
    bench.pass_s(0.5)
    assert words() == ("ghost", "goes on")
    bench.until_done()
    assert words() == ("ghost", "is done")
    bench.controller.undo(bench.now_s)
    bench.pass_s(1.0)
    assert words() == ("draw", "on, or let the ghost finish")


def test_a_page_is_heard_as_it_was_drawn() -> None:
    page = Page()
    mark = page.begin(PLAYER)
    for x in range(11):
        mark.add(float(x), 0.0, x / 60, 100.0)
    mark.finish(Scale(100.0, 1.0, 20, (0.0, 0.0)))
    assert mark.corners == [(0.0, 0.0), (10.0, 0.0)]
    page.begin(GHOST).corners.append((5.0, 5.0))
    assert [stroke.tolist() for stroke in page.heard()] == [[[0.0, 0.0], [10.0, 0.0]], [[5.0, 5.0]]]
