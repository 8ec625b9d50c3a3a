"""How long a run is: each number follows from what it says, and a recipe that says its own keeps it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from training.pacing import (
    AVERAGED,
    LEAST_PATIENCE,
    LEAST_UPDATES,
    MAX_EPOCHS,
    MOST_AVERAGED,
    averaging_for,
    epochs_for,
    patience_for,
    updates_of_pass,
)
from training.recipe import FINE, PLAYING, Recipe, paced


@pytest.mark.parametrize(("n_events", "n_of_batch", "updates"), [(800, 800, 1), (801, 800, 2), (5, 100, 1)])
def test_a_pass_holds_every_event_once(n_events: int, n_of_batch: int, updates: int) -> None:
    assert updates_of_pass(n_events, n_of_batch) == updates


@pytest.mark.parametrize(
    ("updates", "usual", "epochs"),
    [
        (LEAST_UPDATES, 60, 60),
        (LEAST_UPDATES - 1, 60, 64),
        (LEAST_UPDATES // 2, 60, 120),
        (1000, 14, 14),
        (1, 60, MAX_EPOCHS),
    ],
)
def test_epochs_of_few_updates_are_more(updates: int, usual: int, epochs: int) -> None:
    assert epochs_for(updates, usual) == epochs


@pytest.mark.parametrize(("epochs", "patience"), [(3, 20), (60, LEAST_PATIENCE), (63, 21), (400, 133)])
def test_a_long_run_is_patient_for_longer(epochs: int, patience: int) -> None:
    assert patience_for(epochs) == patience


def test_the_average_reaches_back_a_share_of_the_run_two_updates_at_least_and_not_too_far() -> None:
    reach = [1.0 / (1.0 - averaging_for(updates, 10, 1000)) for updates in (1, 100, 1_000_000)]
    assert reach == pytest.approx([2.0, AVERAGED * 100 * 10, MOST_AVERAGED / 1000])


@pytest.mark.train
@pytest.mark.parametrize(("updates", "epochs"), [(10, 5), (10, 1)])
def test_the_rate_peaks_after_the_first_epoch_and_ends_at_a_hundredth(
    libraries: SimpleNamespace, updates: int, epochs: int
) -> None:
    rate = libraries.fit.learning_rate(2e-3, updates, epochs)
    at = [float(rate(n)) for n in (0, updates // 2, updates)]
    assert at == pytest.approx([2e-4, 1.1e-3, 2e-3], rel=1e-5)
    assert float(rate(updates * max(epochs, 2))) == pytest.approx(2e-5, rel=1e-4)


def test_epochs_that_were_asked_for_stay_and_change_nothing_else() -> None:
    asked = Recipe(epochs=5)
    assert paced(asked, 60, epochs_are_asked=True) == asked
    assert paced(asked, 60, epochs_are_asked=False).epochs == epochs_for(1, 5)


def test_rounds_are_a_pass_of_the_streams_that_hear_what_is_new() -> None:
    assert paced(FINE, 100, epochs_are_asked=False) == FINE
    newer = FINE.n_streams - round(FINE.rehearsed * FINE.n_streams)
    assert paced(FINE, 178_003, epochs_are_asked=False).updates == updates_of_pass(
        178_003, newer * FINE.n_steps
    )


def test_a_pass_is_not_said_in_the_recipe() -> None:
    recipe = paced(PLAYING, 178_003, epochs_are_asked=False)
    assert recipe == PLAYING and recipe.updates == recipe.patience == 0 and recipe.averaging == 0.0
