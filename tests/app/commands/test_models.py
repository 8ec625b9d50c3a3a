"""The list of models, as a person and as a program reads it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.cli import main
from app.commands import models

SCORE: dict[str, Any] = {
    "events": 18915,
    "performances": 135,
    "nats_per_event": {"x,y,dt": -12.671386, "x,y,dt,moving": -12.664346},
    "standard_error": {"x,y,dt": 0.166403, "x,y,dt,moving": None},
}


def test_scores_are_a_table_that_says_on_what_they_were_held_out() -> None:
    assert models._scores(SCORE) == [
        "  score    18915 events of 135 held-out performances",
        "           columns         nats an event  standard error",
        "           x,y,dt                -12.671           0.166",
        "           x,y,dt,moving         -12.664               -",
    ]
    assert models._scores({}) == ["  score    none"]
    assert models._scores({"nats_per_event": {"dt": "nan"}})[2].split() == ["dt", "-", "-"]


def test_every_row_of_the_table_is_what_json_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["models", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert main.main(["models"]) == 0
    out = capsys.readouterr().out
    rows = [line.split() for line in out.splitlines()]
    n_groups = 0
    for entry in entries:
        for group, nats in entry["score"].get("nats_per_event", {}).items():
            assert [group, f"{nats:.3f}", f"{entry['score']['standard_error'][group]:.3f}"] in rows
            n_groups += 1
    assert n_groups >= 5 and out.endswith(f"{models.MEANING}\n")
