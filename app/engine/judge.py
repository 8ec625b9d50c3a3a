"""A judge of whole stretches: which of several proposals is nearest to the manner of a phrase."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.engine import manner
from app.engine.phrase import Phrase

# Of the most diverse phrases. Half of all players are nearer to themselves than 16, half against half; about
# twice that is near enough, or their answers are more alike than they are.
NEAR_ENOUGH = 36.0
LATE_COST = 4.0  # for each second that a proposal would have to be cut short


def distances(phrase: Phrase, others: Sequence[Phrase]) -> np.ndarray:
    """How far the manner of each of `others` is from that of `phrase`: the sum of squares over statistics.

    0 for the same. The two halves of a held-out touch performance are 16 apart in the median, halves of
    different ones 31. Of notes, six seconds of a held-out song and the next six are 7 apart, those of
    different songs 21.

    Returns:
        float64 `(len(others),)`.
    """
    if not others:
        return np.zeros(0)
    return manner.distances(phrase.manner, np.stack([other.manner for other in others]))


def cost(phrase: Phrase, proposal: Phrase, seconds: float) -> float:
    """How ill `proposal` would follow `phrase` in `seconds`, >= 0. One of those that cost least is played.

    About as far from the phrase as its player may go on from it costs nothing.
    """
    apart = float(distances(phrase, [proposal])[0]) - NEAR_ENOUGH * phrase.diversity
    return max(apart, 0.0) + LATE_COST * max(proposal.seconds - seconds, 0.0)
