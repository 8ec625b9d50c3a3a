"""Temperatures that nobody changed belong to the model: with another model come its own."""

from __future__ import annotations

import pytest

from tests.app.fakes import ScriptedGhost, Stage


def switched(old: tuple[float, float], new: tuple[float, float], **changed: float) -> Stage:
    """A stage with a model of the temperatures `old`, after one of `new` was chosen."""
    first, second = ScriptedGhost(), ScriptedGhost()
    first.default_temperatures, second.default_temperatures = old, new
    stage = Stage("call", ghost=first, load_ghost=lambda _: second, choices={"model": ("touch", "two")})
    begin = {"pi_temperature": old[0], "sigma_temperature": old[1]}
    for name, value in {**begin, **changed}.items():
        stage.settings.set(name, value)
    stage.play([[0.05, "set model", "two"]], until=0.1)
    return stage


def temperatures(stage: Stage) -> tuple[float, float]:
    return stage.settings.number("pi_temperature"), stage.settings.number("sigma_temperature")


def test_a_model_brings_its_own_temperatures() -> None:
    stage = switched((1.0, 1.0), (0.5, 0.3))
    assert temperatures(stage) == (0.5, 0.3)
    assert stage.settings["model"] == "two"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [({"pi_temperature": 0.7}, (0.7, 0.3)), ({"sigma_temperature": 2.0}, (0.5, 2.0))],
)
def test_what_a_person_set_stays(changed: dict[str, float], expected: tuple[float, float]) -> None:
    assert temperatures(switched((1.0, 1.0), (0.5, 0.3), **changed)) == expected


def test_a_model_with_impossible_temperatures_is_refused_and_the_old_one_plays_on() -> None:
    stage = switched((1.0, 0.9), (9.0, 0.3))
    assert stage.settings["model"] == "touch"
    assert temperatures(stage) == (1.0, 0.9)
