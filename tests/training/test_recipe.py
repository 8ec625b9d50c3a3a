"""How a run is sized and paced by the amount of data, and what a person asked for."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mdn.columns import TOUCH, controller_columns
from models.lookup import find_model
from models.manifest import read_manifest
from training.corpus import Corpus, CorpusError
from training.fine_tune import Start
from training.pacing import MAX_EPOCHS, averaging_for
from training.recipe import (
    ADAPTING,
    FINE,
    PLAYING,
    SMALL,
    Recipe,
    streams_for,
)
from training.train import plan


def touches(n_events: int) -> Corpus:
    return Corpus(TOUCH, (np.zeros((n_events, 4), "float32"),))


def test_few_events_get_a_smaller_network_unless_asked() -> None:
    few, many = plan(touches(19_999), {}), plan(touches(20_000), {})
    assert (few.units, few.mixtures) == (SMALL.units, SMALL.mixtures)
    assert (many.units, many.mixtures) == (PLAYING.units, PLAYING.mixtures)
    assert few.units < many.units
    asked = plan(touches(100), {"units": 200, "layers": 3, "mixtures": 7, "seed": 0})
    assert (asked.units, asked.layers, asked.mixtures, asked.seed) == (200, 3, 7, 0)


def test_the_full_corpus_is_trained_as_the_recipe_says() -> None:
    assert plan(touches(178_003), {}) == PLAYING


def test_knobs_are_trained_as_before() -> None:
    recipe = plan(Corpus(controller_columns(2), (np.eye(178_003, 3, dtype="float32"),)), {})
    assert (recipe.epochs, recipe.n_streams, recipe.n_steps, recipe.joined) == (60, 32, 100, 0.0)
    assert averaging_for(math.ceil(178_003 / 3_200), 60, 3_200) == pytest.approx(0.995, abs=1e-4)


def test_a_short_recording_is_passed_over_more_often() -> None:
    recipe = plan(touches(60), {})
    assert recipe.epochs == MAX_EPOCHS and recipe.n_streams == 1
    assert plan(touches(60), {"epochs": 5}).epochs == 5


@pytest.mark.parametrize("n_events", [8, 60, 3_000, 178_003])
@pytest.mark.parametrize("epochs", [1, 30])
def test_the_average_reaches_back_less_than_the_run(n_events: int, epochs: int) -> None:
    recipe = plan(touches(n_events), {"epochs": epochs})
    n_of_batch = recipe.n_streams * recipe.n_steps
    updates = -(-n_events // n_of_batch)
    reach = 1.0 / (1.0 - averaging_for(updates, epochs, n_of_batch))
    assert 2.0 <= reach <= max(0.1 * updates * epochs, 2.0) + 1e-6


def fine(n_events: int) -> Recipe:
    model = replace(read_manifest(find_model("touch")), units=96, layers=1, mixtures=3)
    return plan(touches(n_events), {}, start=Start(Path("touch.tflite"), model, {}))


def test_fine_tuning_is_gentler_shorter_and_keeps_the_manner_and_the_sizes() -> None:
    recipe, model = fine(5_000), read_manifest(find_model("touch"))
    assert (recipe.units, recipe.layers, recipe.mixtures) == (96, 1, 3)
    assert recipe.densities == model.densities
    assert recipe.learning_rate < Recipe().learning_rate and recipe.symmetries == 1
    assert recipe.epochs == FINE.epochs < Recipe().epochs


def test_taps_are_learned_from_as_often_as_swipes_and_much_play_is_passed_over_in_every_epoch() -> None:
    few, many, corpus = fine(481), fine(7_000), fine(178_003)
    assert few.updates * few.epochs == many.updates * many.epochs == 1_200
    assert (few.n_streams, few.n_steps) == (many.n_streams, many.n_steps), "compiled once for all"
    newer = corpus.n_streams - round(corpus.rehearsed * corpus.n_streams)
    assert corpus.updates * newer * corpus.n_steps >= 178_003


def test_two_minutes_while_somebody_plays_are_compiled_once_for_all_of_them() -> None:
    """Nothing of the recipe may depend on what was played: each of these is a number in the compiled step."""
    assert ADAPTING.updates > 0 and 200 <= ADAPTING.updates * ADAPTING.epochs <= 1_000
    assert ADAPTING.patience > 0 and ADAPTING.least_gain > 0.0


@pytest.mark.parametrize(("devices", "expected"), [(1, 1), (2, 2), (3, 3)])
def test_every_device_has_a_stream(devices: int, expected: int) -> None:
    assert streams_for(Recipe(), 60, devices) == expected


def test_streams_are_a_whole_number_a_device() -> None:
    assert streams_for(Recipe(), 178_003, 3) == 33
    assert streams_for(Recipe(), 178_003, 4) == 32


def test_knobs_that_never_move_teach_nothing() -> None:
    still = Corpus(controller_columns(2), (np.full((50, 3), 0.5, "float32"),))
    with pytest.raises(
        CorpusError, match="corpus: expected knobs that move, got none that does in 50 events"
    ):
        plan(still, {})
