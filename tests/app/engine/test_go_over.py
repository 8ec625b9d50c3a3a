"""Going over to another model between two phrases: nobody is interrupted, and nothing is heard of it."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.carry import PIECE_ROWS
from tests.app.engine.test_scenarios import PHRASE
from tests.app.fakes import STROKE, Literal, ScriptedGhost, Stage

OTHER = ((0.1, 0.1, 0.3, 0.0), (0.2, 0.1, 0.1, 1.0))
SECOND: list[Literal] = [
    [4.0, "touch 0", [0.3, 0.3, 0]],
    [4.1, "release 0", []],
]  # fmt: skip


class TwoGhosts(Stage):
    """A stage with other models beside the one that plays, whose answers last a second."""

    def __init__(self, mode: str = "call", **values: Any) -> None:
        self.ghosts = {
            "two": ScriptedGhost(OTHER),
            "third": ScriptedGhost(OTHER),
            "broken": ScriptedGhost(columns=("dx", "dy", "pen")),
        }
        choices = {"model": ("touch", *self.ghosts)}
        super().__init__(
            mode, load_ghost=self.ghosts.__getitem__, choices=choices, **{"reply_s": 1.0, **values}
        )


def model(made: Stage) -> tuple[str, str]:
    """What plays, and what the setting says."""
    return made.engine.status().model, made.settings.word("model")


@pytest.mark.parametrize(
    "time_s", [0.5, 1.05, 1.3, 1.6, 1.95, 2.5], ids="before played silent waited answered late".split()
)
def test_nothing_changes_before_the_rest_and_then_everything(time_s: float) -> None:
    made = TwoGhosts()
    begun = time_s < 1.0
    script = sorted([*PHRASE, [time_s, "go_over two", None]], key=lambda step: step[0])
    if not begun:
        made.play(script, until=2.6)
        assert model(made) == ("touch", "touch")
    else:
        made.play(script, until=0.6)
        assert model(made) == ("two", "two")
        return
    undisturbed = TwoGhosts()
    assert made.sink.log == undisturbed.play(PHRASE, until=2.6)
    made.play([], until=2.8)
    assert model(made) == ("two", "two")
    assert made.sink.log == undisturbed.play([], until=2.8)


def test_the_next_answer_is_that_of_the_new_model_which_has_heard_everything() -> None:
    made = TwoGhosts()
    made.play([*PHRASE, [1.5, "go_over two", None], *SECOND], until=5.0)
    heard = [row for row in made.ghosts["two"].state if row[0] == "heard"]
    # Both events of the phrase, what was answered in a second, and the second phrase.
    assert [row[1:3] for row in heard[:2]] == [(0.1, 0.2), (0.2, 0.2)]
    assert [row[1:3] for row in heard[2:-1]] == [(STROKE[i % 4][0], 0.5) for i in range(len(heard) - 3)]
    assert heard[-1][1:3] == (0.3, 0.3)
    assert made.sink.ghost[-1][2][0] in (0.1, 0.2)


def test_a_knob_that_nobody_turned_follows_when_the_model_does() -> None:
    made = TwoGhosts()
    made.ghosts["two"].default_temperatures = (0.5, 0.3)
    made.play([*PHRASE, [1.5, "go_over two", None]], until=2.6)
    assert made.settings.number("pi_temperature") == 1.0
    made.play([], until=3.0)
    assert made.settings.number("pi_temperature") == 0.5


def test_what_somebody_chooses_meanwhile_comes_instead() -> None:
    made = TwoGhosts()
    made.play([*PHRASE, [1.5, "go_over two", None], [1.6, "set model", "third"]], until=5.0)
    assert model(made) == ("third", "third")
    assert made.ghosts["two"].state == ()


def test_what_was_chosen_a_moment_before_the_rest_is_not_undone() -> None:
    made = TwoGhosts()
    made.play(PHRASE, until=3.0)
    made.engine._models.go_over("two", wait=True)
    made.settings.set("model", "third")  # of which the engine has not been told yet
    made.engine._models.work(lambda: False)
    assert model(made) == ("touch", "third")
    made.play([], until=3.1)
    assert model(made) == ("third", "third")


def test_the_moment_when_an_answer_is_due_is_no_rest() -> None:
    made = TwoGhosts(threshold_s=0.5)
    made.play(PHRASE, until=1.6)
    made.clock.advance_to(1.7)
    assert not made.engine._player.is_between_phrases


def test_going_over_to_the_one_that_plays_takes_it_back() -> None:
    made = TwoGhosts()
    made.play([*PHRASE, [1.5, "go_over two", None], [1.6, "go_over touch", None]], until=5.0)
    assert model(made) == ("touch", "touch")


@pytest.mark.parametrize("name", ["broken", "absent"])
def test_a_model_that_cannot_play_is_told_and_the_old_one_plays_on(name: str) -> None:
    made = TwoGhosts()
    made.play([*PHRASE, [1.5, f"go_over {name}", None]], until=5.0)
    assert model(made) == ("touch", "touch")
    assert made.engine.status().notice.startswith(f"The model {name} cannot play, touch plays on: ")


@pytest.mark.parametrize(("mode", "reply_s"), [("call", 0.0), ("duet", 1.0), ("solo", 1.0)])
def test_a_ghost_that_never_rests_is_followed_when_the_player_does(mode: str, reply_s: float) -> None:
    made = TwoGhosts(mode, reply_s=reply_s)
    script: list[Literal] = [*PHRASE, [1.15, "go_over two", None]]
    made.play(sorted(script, key=lambda step: step[0]), until=1.65)
    assert model(made) == ("touch", "touch")
    made.play([], until=2.4)
    assert model(made) == ("two", "two")
    gaps = [b[0] - a[0] for a, b in zip(made.sink.ghost, made.sink.ghost[1:], strict=False)]
    assert max(gaps) <= 0.31


def test_in_a_pause_nothing_waits_for_the_answer_that_is_held_back() -> None:
    made = TwoGhosts()
    made.play([*PHRASE, [1.3, "set pause", True], [1.4, "go_over two", None]], until=2.0)
    assert model(made) == ("two", "two")
    made.play([[2.1, "set pause", False]], until=3.0)
    assert made.sink.ghost[0][2] == [0.1, 0.1, 0]


def test_the_player_waits_for_one_piece_at_most() -> None:
    made = TwoGhosts()
    voices: list[Literal] = [
        [1.0 + 0.01 * i, f"touch {i % 3}", [0.5, 0.5, int(i > 2)]] for i in range(3 * 2 * PIECE_ROWS)
    ]
    made.play([*voices, *([4.0, f"release {i}", []] for i in range(3))], until=8.0)
    made.engine.go_over("two")
    made.engine._take()
    fed: list[int] = []
    other: Any = made.ghosts["two"]
    feed = other.feed
    other.feed = lambda rows: (fed.append(len(rows)), feed(rows))
    made.engine._models.work(lambda: True)
    assert fed == [PIECE_ROWS]
    assert model(made)[1] == "touch"
    made.play([], until=8.1)
    assert model(made) == ("two", "two")
    assert max(fed) <= PIECE_ROWS
