"""A judge of whole stretches: which of several proposals is nearest to the manner of a phrase."""

from __future__ import annotations

import numpy as np

from app.engine.phrase import Phrase

MOST = 3.0  # a statistic that is farther off than this many of its units is only wrong
LATE_COST = 4.0  # for each second that a proposal would have to be cut short


def distance(one: Phrase, other: Phrase) -> float:
    """How far apart the manners of two stretches are: the sum of squares over the statistics of `manner`.

    0 for the same; two stretches of one player are about 10 apart, two of strangers about 30.
    """
    off = np.minimum(np.abs(one.manner - other.manner), MOST)
    return float(np.sum(off**2))


def cost(phrase: Phrase, proposal: Phrase, seconds: float) -> float:
    """How ill `proposal` would follow `phrase` in `seconds`, >= 0. The one that costs least is played."""
    return distance(phrase, proposal) + LATE_COST * max(proposal.seconds - seconds, 0.0)
