"""How loud the instruments are beside each other, and how the drums of player and ghost differ."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.events import Event, Release, Source, Touch
from app.core.instruments import INSTRUMENTS, Piece, load_instrument
from tests.app.sound.rendering import render

pytest.importorskip("signalflow")

RATE = 44100
BLOCK_S, FAST_S = 0.01, 0.125  # the time weighting F of a sound level meter, read every 10 ms
WITHIN_DB = 3.0
TAP_S, SWIPE_S = 0.4, 1.0

Floats = NDArray[np.float64]


def a_weighting(hz: Floats) -> Floats:
    """Gain of the A-weighting at these frequencies. Source: IEC 61672-1, annex E."""
    square = hz**2
    poles = (square + 20.6**2) * np.sqrt((square + 107.7**2) * (square + 737.9**2)) * (square + 12194.0**2)
    return np.asarray(10.0 ** (2.0 / 20.0) * 12194.0**2 * square**2 / poles)


def loudest(sound: NDArray[np.float32], step_s: float) -> float:
    """L_AFmax of each note, one every `step_s`, their mean power in dB."""
    hz = np.fft.rfftfreq(sound.shape[1], 1.0 / RATE)
    heard = np.fft.irfft(np.fft.rfft(sound.astype(np.float64)) * a_weighting(hz), sound.shape[1])
    n_block = round(BLOCK_S * RATE)
    power = np.mean(heard**2, axis=0)
    power = power[: len(power) // n_block * n_block].reshape(-1, n_block).mean(axis=1)
    keep, level, levels = np.exp(-BLOCK_S / FAST_S), 0.0, []
    for one in power:
        level = keep * level + (1.0 - keep) * one
        levels.append(level)
    n_step = round(step_s / BLOCK_S)
    notes = np.array(levels[: len(levels) // n_step * n_step]).reshape(-1, n_step).max(axis=1)
    return float(10.0 * np.log10(notes.mean()))


def taps(source: Source) -> list[Event]:
    """A tap on each of 5 x 4 places."""
    places = [(x, y) for y in (0.1, 0.35, 0.6, 0.9) for x in (0.1, 0.3, 0.5, 0.7, 0.9)]
    return [
        event
        for number, (x, y) in enumerate(places)
        for event in (
            Touch(number * TAP_S, source, 0, x, y, False),
            Release(number * TAP_S + 0.12, source, 0),
        )
    ]


def swipes(source: Source) -> list[Event]:
    """Across the canvas in 0.6 s, there and back at four heights, 60 events a second."""
    events: list[Event] = []
    for number in range(8):
        start_s, way, y = number * SWIPE_S, 1 - 2 * (number % 2), (0.1, 0.35, 0.6, 0.9)[number // 2]
        for step in range(37):
            x = 0.5 + way * (0.8 * step / 36 - 0.4)
            events.append(Touch(start_s + step / 60, source, 0, x, y + 0.04 * np.sin(step / 5), step > 0))
        events.append(Release(start_s + 0.62, source, 0))
    return events


@pytest.mark.slow
@pytest.mark.parametrize("source", list(Source))
@pytest.mark.parametrize(("played", "step_s"), [(taps, TAP_S), (swipes, SWIPE_S)])
def test_instruments_are_as_loud_as_each_other(
    played: Callable[[Source], list[Event]], step_s: float, source: Source
) -> None:
    levels = {}
    for name in INSTRUMENTS:
        sound = render(played(source), instrument=name, scale="free", start_s=0.0, tail_s=step_s)
        levels[name] = loudest(sound, step_s)
    assert max(levels.values()) - min(levels.values()) < WITHIN_DB, levels
    assert min(levels.values()) > -26.0, levels  # and loud enough at the volume that one begins with


def thirds(sound: NDArray[np.float32]) -> Floats:
    """Share of the A-weighted power in each third of an octave, what one loudspeaker plays."""
    mono = sound.astype(np.float64).mean(axis=0)
    hz = np.fft.rfftfreq(len(mono), 1.0 / RATE)
    power = (np.abs(np.fft.rfft(mono)) * a_weighting(hz)) ** 2
    edges = 50.0 * 2.0 ** (np.arange(27) / 3.0)
    bands = np.array([power[(hz >= low) & (hz < 2.0 ** (1 / 3) * low)].sum() for low in edges])
    return np.asarray(bands / bands.sum())


@pytest.mark.parametrize("piece", load_instrument("drums").pieces, ids=lambda piece: piece.name)
def test_the_drums_of_player_and_ghost_are_told_apart_in_mono(piece: Piece) -> None:
    """More of their power lies in other thirds of an octave than between two of the player's hits."""
    left, top, right, bottom = piece.region
    x, low, high = (left + min(right, 1.0)) / 2, top + 0.7 * (bottom - top), top + 0.3 * (bottom - top)

    def hit(source: Source, y: float) -> Floats:
        events: list[Event] = [Touch(0.0, source, 0, x, min(y, 1.0), False), Release(0.1, source, 0)]
        return thirds(render(events, instrument="drums", scale="free", tail_s=0.3))

    players = [hit(Source.PLAYER, y) for y in (low, high)]
    ghosts = [hit(Source.GHOST, y) for y in (low, high)]
    apart = [0.5 * float(np.abs(one - other).sum()) for one, other in zip(players, ghosts, strict=True)]
    own = 0.5 * float(np.abs(players[0] - players[1]).sum())
    assert min(apart) > 0.25 and min(apart) > own, (apart, own)
