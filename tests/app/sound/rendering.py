"""The sound of events as one array, rendered in this process as the child of `render_wav` does it."""

from __future__ import annotations

from collections.abc import Sequence
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from app.core.events import Event
from app.sound import offline


def render(
    events: Sequence[Event],
    *,
    instrument: str,
    scale: str,
    tail_s: float,
    start_s: float | None = None,
    volume: float = offline.VOLUME,
) -> NDArray[np.float32]:
    """Float32 (2, n) from `start_s`, or from the first event, to `tail_s` after the last one."""
    ordered = sorted(events, key=lambda event: event.time_s)
    first_s = ordered[0].time_s if start_s is None else start_s
    with mock.patch.object(offline, "VOLUME", volume):
        blocks = offline.render_blocks(
            lambda: ordered,
            instrument=instrument,
            scale=scale,
            start_s=first_s,
            end_s=ordered[-1].time_s + tail_s,
        )
        return np.concatenate(list(blocks), axis=1)
