"""The voice pool: whatever happens, nothing stays held and nothing is held twice."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.voice_pool import STEAL_FADE_S, Grant, VoicePool

STEPS = st.lists(
    st.tuples(st.sampled_from(["hold", "release", "touch", "expire", "panic"]), st.integers(0, 9)),
    max_size=120,
)


@settings(max_examples=150, deadline=None)
@given(steps=STEPS, limit=st.integers(1, 6), spare=st.integers(0, 3))
def test_no_voice_is_ever_stuck(steps: list[tuple[str, int]], limit: int, spare: int) -> None:
    pool = VoicePool(limit, spare, max_rest_s=5.0)
    now_s = 0.0
    sounding: set[int] = set()  # what an instrument would still be holding
    for action, key in steps:
        now_s += 0.5
        if action == "hold" and key not in pool.held:
            grant = pool.hold(key, now_s)
            if grant.stolen is not None:
                sounding.discard(grant.stolen)
            assert grant.voice not in sounding
            sounding.add(grant.voice)
        elif action == "release":
            voice = pool.release(key, now_s, 0.1)
            if voice is not None:
                sounding.remove(voice)
        elif action == "touch":
            pool.voice_of(key, now_s)
        elif action == "expire":
            for rested in pool.expire(now_s):
                sounding.remove(pool.release(rested, now_s, 0.1))  # type: ignore[arg-type]
        elif action == "panic":
            for held in pool.held:
                sounding.remove(pool.release(held, now_s, 0.1))  # type: ignore[arg-type]
        assert set(pool.held.values()) == sounding
        assert len(sounding) <= limit
    for rested in pool.expire(now_s + 6.0):
        pool.release(rested, now_s, 0.1)
    assert pool.held == {}


def test_one_too_many_steals_the_oldest_and_starts_on_a_spare_voice() -> None:
    pool = VoicePool(2, spare=1)
    assert pool.hold("a", 0.0) == Grant(0)
    assert pool.hold("b", 0.1) == Grant(1)
    assert pool.hold("c", 0.2) == Grant(2, stolen=0)
    assert pool.held == {"b": 1, "c": 2}


def test_a_voice_that_still_rings_is_reused_last() -> None:
    pool = VoicePool(3, spare=0)
    for key in "abc":
        pool.hold(key, 0.0)
    pool.release("a", 1.0, 3.0)
    pool.release("b", 1.0, 0.2)
    assert pool.hold("d", 1.1) == Grant(1)
    assert pool.hold("e", 1.1) == Grant(0)


def test_a_stolen_voice_is_free_again_after_its_fade() -> None:
    pool = VoicePool(1, spare=1)
    pool.hold("a", 0.0)
    assert pool.hold("b", 1.0) == Grant(1, stolen=0)
    assert pool.hold("c", 1.0 + 2 * STEAL_FADE_S) == Grant(0, stolen=1)


def test_a_voice_falls_asleep_once_after_it_rang_out_and_not_while_held() -> None:
    pool = VoicePool(2, spare=0)
    pool.hold("a", 0.0)
    pool.hold("b", 0.0)
    assert pool.fall_asleep(100.0) == []
    pool.release("b", 100.0, 0.5)
    assert pool.fall_asleep(100.4) == []
    assert pool.fall_asleep(100.6) == [1]
    assert pool.fall_asleep(101.0) == []


def test_only_what_rested_too_long_expires() -> None:
    pool = VoicePool(2, max_rest_s=11.0)
    pool.hold("rests", 0.0)
    pool.hold("plays", 0.0)
    pool.voice_of("plays", 8.0)
    assert pool.expire(10.9) == []
    assert pool.expire(11.1) == ["rests"]


def test_a_key_cannot_hold_two_voices() -> None:
    pool = VoicePool(2)
    pool.hold("a", 0.0)
    with pytest.raises(ValueError, match="expected one that holds no voice, got 'a'"):
        pool.hold("a", 0.0)
