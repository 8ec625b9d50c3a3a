"""Events to gestures, with a list for the voices: no audio."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.events import Event, Release, Source, Touch, Values
from app.core.instruments import INSTRUMENTS, InstrumentError, load_instrument, parse_instrument
from app.core.pitch import frequency_hz
from app.sound.articulation import Gesture, table_position
from app.sound.ensemble import LIMITS, MAX_REST_S, N_VOICES, SPARE, Ensemble

P, G = Source.PLAYER, Source.GHOST


class ListVoice:
    """Adds what it is to do to a list: ("strike" | "energise" | "set", number, settings), ("fade", ...)."""

    def __init__(self, number: int, calls: list[tuple[str, int, object]]) -> None:
        self.number, self.calls = number, calls

    def apply(self, gesture: Gesture) -> None:
        kind = "strike" if gesture.strike else "energise" if gesture.energise else "set"
        self.calls.append((kind, self.number, gesture.settings))

    def fade(self, time_constant_s: float) -> None:
        self.calls.append(("fade", self.number, time_constant_s))

    def sleep(self) -> None:
        self.calls.append(("sleep", self.number, None))


class ListVoices:
    """All voices, with one list of what they were to do, in its order."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int, object]] = []

    def __getitem__(self, number: int) -> ListVoice:
        return ListVoice(number, self.calls)

    @property
    def held(self) -> dict[Source, int]:
        """How many voices of each source were struck and not let go since."""
        last = {number: kind for kind, number, _ in self.calls if kind in ("strike", "fade")}
        held = [number for number, kind in last.items() if kind == "strike"]
        of_ghost = sum(number >= LIMITS[P] + SPARE for number in held)
        return {P: len(held) - of_ghost, G: of_ghost}

    @property
    def kinds(self) -> list[tuple[str, int]]:
        return [(kind, voice) for kind, voice, _ in self.calls]

    def setting(self, name: str, index: int = -1) -> float:
        settings_ = self.calls[index][2]
        assert isinstance(settings_, dict)
        return float(settings_[name])


def play(*events: Event, instrument: str = "strings", scale: str = "free") -> tuple[ListVoices, Ensemble]:
    voices = ListVoices()
    ensemble = Ensemble(voices, instrument=instrument, scale=scale)
    for event in events:
        ensemble.play(event)
    return voices, ensemble


def test_touch_move_release() -> None:
    voices, _ = play(
        Touch(0.0, P, 0, 0.2, 0.5, False), Touch(0.02, P, 0, 0.25, 0.5, True), Release(0.1, P, 0)
    )
    assert voices.kinds == [("strike", 0), ("energise", 0), ("fade", 0)]
    assert voices.held == {P: 0, G: 0}


def test_player_and_ghost_use_different_voices_and_places() -> None:
    voices, _ = play(Touch(0.0, P, 0, 0.5, 0.5, False), Touch(0.0, G, 0, 0.5, 0.5, False))
    (_, player, left), (_, ghost, right) = voices.calls
    assert player < LIMITS[P] + SPARE <= ghost < N_VOICES
    assert left["pan"] < -0.4 and right["pan"] > 0.4  # type: ignore[index]
    assert left["partner_ratio"] != right["partner_ratio"]  # type: ignore[index]


def test_x_is_pitch_and_y_is_brightness() -> None:
    voices, _ = play(Touch(0.0, P, 0, 0.5, 0.9, False), Touch(1.0, P, 1, 0.5, 0.1, False))
    low, high = load_instrument("strings").pieces[0].register
    assert voices.setting("frequency_hz", 0) == pytest.approx(frequency_hz((low + high) / 2))
    assert voices.setting("cutoff_hz", 1) > 2 * voices.setting("cutoff_hz", 0)


def test_a_scale_draws_pitch_and_free_does_not() -> None:
    touch = Touch(0.0, P, 0, 0.5071, 0.5, False)
    low, high = load_instrument("strings").pieces[0].register
    note = low + 0.5071 * (high - low)
    free, _ = play(touch)
    drawn, _ = play(touch, scale="chromatic")
    assert free.setting("frequency_hz") == pytest.approx(frequency_hz(note))
    assert drawn.setting("frequency_hz") == pytest.approx(frequency_hz(round(note)))


def test_faster_motion_gives_more_energy_and_rest_gives_none() -> None:
    def level(step: float) -> float:
        events = [Touch(0.0, P, 0, 0.2, 0.5, False)]
        events += [Touch(0.016 * k, P, 0, 0.2 + step * k, 0.5, True) for k in range(1, 20)]
        voices, _ = play(*events)
        levels = [s["level"] for _, _, s in voices.calls if isinstance(s, dict) and "level" in s]
        return float(levels[-1])

    slow, fast = level(0.003), level(0.02)
    assert fast > 1.5 * slow
    voices, _ = play(Touch(0.0, P, 0, 0.5, 0.5, False), Touch(0.5, P, 0, 0.5, 0.5, True))
    assert voices.kinds == [("strike", 0), ("set", 0)]


def test_a_new_touch_of_the_same_voice_starts_anew_and_the_old_one_rings_out() -> None:
    voices, _ = play(Touch(0.0, P, 0, 0.2, 0.5, False), Touch(0.3, P, 0, 0.7, 0.5, False))
    assert voices.kinds == [("strike", 0), ("fade", 0), ("strike", 1)]


def test_keys_strike_each_degree_they_slide_over_but_not_in_free() -> None:
    slide = [Touch(0.0, P, 0, 0.2, 0.5, False)]
    slide += [Touch(0.1 * k, P, 0, 0.2 + 0.03 * k, 0.5, True) for k in range(1, 10)]
    drawn, _ = play(*slide, instrument="keys", scale="pentatonic")
    free, _ = play(*slide, instrument="keys", scale="free")
    assert sum(kind == "strike" for kind, _ in drawn.kinds) > 4
    assert sum(kind == "strike" for kind, _ in free.kinds) == 1


def test_motion_rolls_on_the_drums() -> None:
    roll = [Touch(0.0, P, 0, 0.1, 0.4, False)]
    roll += [Touch(0.05 * k, P, 0, 0.1 + 0.02 * k, 0.4, True) for k in range(1, 9)]
    voices, _ = play(*roll, instrument="drums")
    assert sum(kind == "strike" for kind, _ in voices.kinds) >= 4


@pytest.mark.parametrize(
    ("x", "y", "name"),
    [(0.1, 0.05, "hat"), (0.1, 0.4, "snare"), (0.1, 0.9, "kick"), (1.0, 1.0, "floor tom")],
)
def test_the_place_on_the_canvas_chooses_the_drum(x: float, y: float, name: str) -> None:
    assert load_instrument("drums").piece_at(x, y).name == name


def test_one_finger_too_many_steals_the_oldest_with_a_short_fade() -> None:
    most = LIMITS[P]
    voices, ensemble = play(*(Touch(0.01 * k, P, k, 0.5, 0.5, False) for k in range(most + 1)))
    assert voices.kinds[-2:] == [("fade", 0), ("strike", most)]
    fade_s = voices.calls[-2][2]
    assert isinstance(fade_s, float) and fade_s < 0.01
    assert voices.held[P] == most

    ensemble.play(Touch(0.2, P, 0, 0.6, 0.5, True))  # the finger that lost its voice moves on
    assert voices.kinds[-2:] == [("strike", most), ("sleep", 0)]
    ensemble.play(Release(0.3, P, 5))
    ensemble.play(Touch(0.4, P, 0, 0.6, 0.5, False))  # and comes down again
    assert voices.kinds[-1][0] == "strike"
    assert voices.held[P] == most


def test_a_ghost_that_rests_too_long_is_let_go_by_the_next_event() -> None:
    voices, ensemble = play(Touch(0.0, G, 3, 0.5, 0.5, False), Touch(MAX_REST_S + 0.1, P, 0, 0.5, 0.5, False))
    assert [kind for kind, _ in voices.kinds] == ["strike", "fade", "strike"]
    ensemble.play(Release(2 * MAX_REST_S, P, 0))
    assert voices.kinds[3:] == [("sleep", LIMITS[P] + SPARE), ("fade", 0)]
    ensemble.play(Touch(2 * MAX_REST_S + 0.1, P, 0, 0.5, 0.5, False))
    assert voices.held == {P: 1, G: 0}


def test_a_players_resting_finger_keeps_its_voice() -> None:
    voices, _ = play(Touch(0.0, P, 0, 0.5, 0.5, False), Touch(60.0, G, 0, 0.5, 0.5, False))
    assert voices.held[P] == 1


def test_knobs_sound_when_they_turn() -> None:
    voices, _ = play(
        Values(0.0, P, (0.5, 0.5, 0.5)), Values(0.1, P, (0.5, 0.7, 0.5)), Values(0.15, P, (0.5, 0.75, 0.5001))
    )
    assert voices.kinds == [("strike", 0), ("energise", 0)]
    low, high = load_instrument("strings").pieces[0].register
    assert voices.setting("frequency_hz", 0) == pytest.approx(frequency_hz(low + 0.7 * (high - low)))


def test_another_instrument_lets_go_and_the_next_move_plays_it() -> None:
    voices, ensemble = play(Touch(0.0, P, 0, 0.5, 0.5, False))
    ensemble.set_instrument("keys")
    ensemble.play(Touch(0.1, P, 0, 0.52, 0.5, True))
    assert voices.kinds == [("strike", 0), ("fade", 0), ("strike", 1)]
    assert voices.setting("partner_ratio") == load_instrument("keys").pieces[0].partner_ratio


EVENTS = st.lists(
    st.one_of(
        st.builds(
            Touch, st.just(0.0), st.sampled_from(Source), st.integers(0, 14),
            st.floats(0, 1), st.floats(0, 1), st.booleans(), st.floats(0.01, 1.0),
        ),
        st.builds(Release, st.just(0.0), st.sampled_from(Source), st.integers(0, 14)),
        st.builds(Values, st.just(0.0), st.sampled_from(Source), st.tuples(st.floats(0, 1), st.floats(0, 1))),
    ),
    max_size=60,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(events=EVENTS, instrument=st.sampled_from(INSTRUMENTS), scale=st.sampled_from(["free", "minor"]))
def test_whatever_is_played_settings_are_finite_and_letting_go_leaves_nothing(
    events: list[Event], instrument: str, scale: str
) -> None:
    voices, ensemble = play(*events, instrument=instrument, scale=scale)
    for _, voice, settings_ in voices.calls:
        assert 0 <= voice < N_VOICES
        if isinstance(settings_, dict):
            assert all(abs(value) < 30000.0 for value in settings_.values())
            assert 0.0 <= settings_["table"] <= 1.0
            assert 0.0 <= settings_.get("level", 0.0) <= 1.3
            assert 20.0 < settings_["cutoff_hz"] + settings_["cutoff_rise_hz"] <= 15000.0
    ensemble.release_all(1.0)
    assert voices.held == {P: 0, G: 0}


def test_no_harmonic_of_the_table_passes_20_khz() -> None:
    for note in range(40, 104):
        hz = frequency_hz(float(note))
        row = table_position("saw", hz) * 7
        brightest = 4 * 2 ** (int(-(-row // 1)) - 2) if row > 1.0 else 4
        assert brightest * hz <= 20000.0 or row == pytest.approx(7.0)


def test_an_instrument_file_with_a_wrong_name_says_which() -> None:
    with pytest.raises(InstrumentError, match=r"kazoo: expected one of name, region.*found 'atack_s'"):
        parse_instrument("kazoo", '[[piece]]\nname = "k"\natack_s = 1.0')
    with pytest.raises(InstrumentError, match="expected one of keys, strings, chirp, drums, got 'kazoo'"):
        load_instrument("kazoo")


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_instrument_covers_the_canvas_and_its_ghost_differs(name: str) -> None:
    instrument = load_instrument(name)
    assert instrument.pieces != instrument.ghost_pieces
    for x in (0.0, 0.33, 0.5, 0.69, 1.0):
        for y in (0.0, 0.3, 0.66, 1.0):
            assert instrument.piece_at(x, y).contains(x, y) or (x == 1.0 or y == 1.0)


def test_what_the_knobs_of_a_voice_sound_ends_with_its_release() -> None:
    values = [Values(0.1 * n, source, (0.1 * n, 0.5, 0.2 * n), 3) for n in (1, 2) for source in (P, G)]
    voices, ensemble = play(*values, Release(0.3, G, 4))
    assert voices.held == {P: 2, G: 2}
    ensemble.play(Release(0.3, G, 3))
    assert voices.held == {P: 2, G: 0}
    ensemble.play(Values(0.4, G, (0.9, 0.5, 0.4), 3))
    assert voices.held == {P: 2, G: 1}  # the one that turned


def test_time_that_goes_back_is_no_fault() -> None:
    voices, _ = play(
        Touch(1000.0, P, 0, 0.5, 0.5, False), Touch(0.0, P, 0, 0.6, 0.5, True), Release(0.0, P, 0)
    )
    assert voices.held == {P: 0, G: 0}
