"""Knobs, words, menus, keys, help: what the controls do, without a display."""

from __future__ import annotations

import itertools
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.parameters import PARAMETERS, Choice, Number, Settings, Switch
from app.core.status import Counters
from app.window.commands import commands, find, key_names
from app.window.input import Gesture, Phase
from app.window.knob import to_fraction, to_value, turned, written
from app.window.layout import EVENING, Control, Kind, place
from app.window.menu import menu
from app.window.overlay import VISIBLE_S, Notices
from app.window.panel import DOUBLE_TAP_S, Panel
from app.window.timing import Timing, timing_rows

NUMBERS = [p for p in PARAMETERS if isinstance(p, Number)]
SIZES = [(1600, 1000), (1280, 720), (800, 600), (800, 480), (2560, 1440), (700, 1200), (480, 300)]


class Hands:
    """A panel and the commands it gave."""

    def __init__(self, size: tuple[int, int] = (1600, 1000), **choices: tuple[str, ...]) -> None:
        self.settings = Settings(choices=dict(choices))
        self.done: list[str] = []
        self.complaints: list[str] = []
        self.panel = Panel(
            self.settings, self.done.append, self.complaints.append, EVENING, lambda name: "", {}
        )
        self.panel.resize(size)

    def control(self, name: str) -> Control:
        return next(c for c in self.panel.layout.controls if c.name == name)

    def centre(self, name: str) -> tuple[float, float]:
        return self.control(name).rect.center

    def touch(self, phase: Phase, at: tuple[float, float], time_s: float = 1.0, contact: Any = 1) -> None:
        self.panel.gesture(Gesture(phase, contact, at[0], at[1], time_s))

    def tap(self, at: tuple[float, float], time_s: float = 1.0) -> None:
        self.touch(Phase.PRESS, at, time_s)
        self.touch(Phase.LIFT, at, time_s + 0.05)


@pytest.mark.parametrize("parameter", [p for p in NUMBERS if not p.words], ids=lambda p: p.name)
@given(share=st.floats(-0.5, 1.5))
def test_a_knob_gives_values_its_parameter_accepts_and_finds_them_again(
    parameter: Number, share: float
) -> None:
    value = to_value(parameter, share)
    assert parameter.check(value) == value
    assert to_fraction(parameter, value) == pytest.approx(min(1.0, max(0.0, share)), abs=1e-9)


REPLY = next(p for p in NUMBERS if p.name == "reply_s")


@given(share=st.floats(-0.5, 1.5))
def test_a_knob_with_words_gives_a_word_or_a_number_and_finds_it_again(share: float) -> None:
    value = to_value(REPLY, share)
    assert REPLY.check(value) == value
    assert to_value(REPLY, to_fraction(REPLY, value)) == pytest.approx(value)
    if not REPLY.word(value):
        assert to_fraction(REPLY, value) == pytest.approx(min(1.0, share), abs=1e-9)


def test_a_dragged_knob_passes_its_words_both_ways_and_a_finger_can_stop_on_each() -> None:
    hands = Hands()
    x, y = hands.centre("reply_s")
    hands.touch(Phase.PRESS, (x, y))
    ways = []
    for way in (range(0, 100), range(100, -60, -1)):
        shown = []
        for dx in way:
            hands.touch(Phase.DRAG, (x + dx, y))
            shown.append(REPLY.word(hands.settings.number("reply_s")))
        ways.append(shown)
        assert shown.count("free") >= 15  # pixels
    assert [list(dict.fromkeys(shown)) for shown in ways] == [
        ["as yours", "free", ""],
        ["", "free", "as yours"],
    ]


def test_keys_step_through_the_words_of_a_knob_both_ways() -> None:
    seen = [-1.0]
    for by in (0.005, 0.005, 0.025, -0.03, -0.005, -0.005, -0.005):
        seen.append(turned(REPLY, seen[-1], by))
    numbers = to_value(REPLY, 0.205), to_value(REPLY, 0.23)
    assert seen == pytest.approx([-1.0, 0.0, *numbers, 0.0, -1.0, -1.0, -1.0], abs=1e-9)
    assert [REPLY.word(value) for value in seen[3:5]] == ["", "free"]


def test_a_double_tap_turns_a_knob_back_to_its_word() -> None:
    hands = Hands()
    hands.settings.set("reply_s", 12.0)
    hands.tap(hands.centre("reply_s"), 1.0)
    hands.tap(hands.centre("reply_s"), 1.2)
    assert hands.settings.number("reply_s") == -1.0


def test_knobs_end_at_their_ends_and_a_logarithmic_one_moves_by_ratios() -> None:
    stretch = next(p for p in NUMBERS if p.name == "timescale")
    assert [to_value(stretch, share) for share in (0.0, 0.5, 1.0)] == pytest.approx([0.25, 1.0, 4.0])
    assert turned(stretch, 4.0, 0.3) == 4.0


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (0.05, "0.05"), (0.8, "0.80"), (2.0, "2.0"), (42.0, "42")]
)
def test_values_are_written_with_about_two_figures(value: float, text: str) -> None:
    assert written(NUMBERS[0], value)[0] == text


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", ["call", "duet", "loop"])
def test_everything_fits_the_window_and_nothing_overlaps(size: tuple[int, int], mode: str) -> None:
    settings = Settings()
    settings.set("mode", mode)
    layout = place(size, settings)
    window = pygame.Rect(0, 0, *size)
    assert all(window.contains(control.rect) for control in layout.controls)
    for first, second in itertools.combinations(layout.controls, 2):
        assert not first.rect.colliderect(second.rect), (first, second)
    assert layout.canvas.height + layout.bar.height == size[1]
    assert layout.canvas.height > 0.75 * size[1]


@pytest.mark.parametrize("size", [(800, 480), (1280, 720), (1600, 1000), (2560, 1440)])
def test_targets_are_as_large_as_a_fingertip(size: tuple[int, int]) -> None:
    layout = place(size, Settings())
    assert min(min(c.rect.size) for c in layout.controls) >= 0.044 * size[1]


@pytest.mark.parametrize("size", [(800, 600), (700, 1200), (720, 1280)])
def test_a_narrow_window_has_the_knobs_in_a_row_of_their_own_and_larger(size: tuple[int, int]) -> None:
    layout = place(size, Settings())
    knobs, others = (
        [c.rect for c in layout.controls if (c.kind is Kind.KNOB) is wanted] for wanted in (True, False)
    )
    assert max(rect.bottom for rect in knobs) <= min(rect.top for rect in others)
    assert min(min(rect.size) for rect in knobs + others) >= 32  # pixels


def test_the_most_musical_knob_comes_first() -> None:
    assert place((1600, 1000), Settings()).controls[0].name == "likeness"


def test_every_parameter_can_be_reached_by_finger_in_some_mode() -> None:
    reached = set()
    for mode in ("call", "duet", "solo", "listen", "loop"):
        settings = Settings()
        settings.set("mode", mode)
        reached |= {control.name for control in place((1600, 1000), settings).controls}
    assert {p.name for p in PARAMETERS} <= reached


def test_touches_belong_to_the_bar_below_and_to_music_above() -> None:
    hands = Hands()
    layout = hands.panel.layout
    assert hands.panel.is_control(800, layout.bar.top)
    assert not hands.panel.is_control(800, layout.bar.top - 1)
    hands.panel.bar_shown = False
    hands.panel.resize((1600, 1000))
    assert not hands.panel.is_control(800, 999)
    assert hands.panel.is_control(1599, 999)
    hands.tap((1599, 999))
    assert hands.done == ["bar"]


def test_dragging_a_knob_up_or_to_the_right_turns_it_up() -> None:
    for way in ((0, -80), (80, 0)):
        hands = Hands()
        x, y = hands.centre("volume")
        hands.touch(Phase.PRESS, (x, y))
        hands.touch(Phase.DRAG, (x + way[0] // 4, y + way[1] // 4))
        hands.touch(Phase.DRAG, (x + way[0] // 2, y + way[1] // 2))
        first = hands.settings.number("volume")
        hands.touch(Phase.DRAG, (x + way[0], y + way[1]))
        assert 0.8 < first < hands.settings.number("volume") <= 1.0


def test_a_knob_dragged_past_its_end_comes_back_at_once() -> None:
    hands = Hands()
    x, y = hands.centre("volume")
    hands.touch(Phase.PRESS, (x, y))
    hands.touch(Phase.DRAG, (x, y - 5000))
    assert hands.settings.number("volume") == 1.0
    hands.touch(Phase.DRAG, (x, y))
    assert hands.settings.number("volume") == pytest.approx(0.8)


def test_two_fingers_turn_two_knobs() -> None:
    hands = Hands()
    for contact, name in enumerate(("volume", "timescale")):
        x, y = hands.centre(name)
        hands.touch(Phase.PRESS, (x, y), contact=contact)
    for contact, name in enumerate(("volume", "timescale")):
        x, y = hands.centre(name)
        hands.touch(Phase.DRAG, (x, y + 60), contact=contact)
    assert hands.settings.number("volume") < 0.8 and hands.settings.number("timescale") < 1.0


def test_two_taps_turn_a_knob_back_one_does_not_and_slow_ones_do_not() -> None:
    hands = Hands()
    hands.settings.set("volume", 0.1)
    at = hands.centre("volume")
    hands.tap(at, 1.0)
    hands.tap(at, 1.2 + DOUBLE_TAP_S)
    assert hands.settings.number("volume") == 0.1
    hands.tap(at, 1.4 + DOUBLE_TAP_S)
    assert hands.settings.number("volume") == 0.8


def test_a_tapped_word_opens_its_choices_and_a_tapped_choice_sets_it() -> None:
    hands = Hands()
    hands.tap(hands.centre("mode"))
    assert [entry.value for entry in hands.panel.menu.entries] == ["call", "duet", "solo", "listen", "loop"]
    solo = hands.panel.menu.entries[2].rect.center
    assert hands.panel.is_control(*solo)
    hands.tap(solo)
    assert hands.settings.word("mode") == "solo"
    assert hands.panel.menu.entries == ()
    assert not hands.panel.is_control(*solo)


def test_a_finger_can_slide_from_the_word_onto_a_choice() -> None:
    hands = Hands()
    hands.touch(Phase.PRESS, hands.centre("instrument"))
    target = hands.panel.menu.entries[-1]
    hands.touch(Phase.DRAG, target.rect.center)
    assert hands.panel.menu.hovered == target
    hands.touch(Phase.LIFT, target.rect.center)
    assert (hands.settings.word("instrument"), hands.panel.menu.entries) == (target.value, ())


def test_a_second_tap_on_the_word_closes_its_choices() -> None:
    hands = Hands()
    hands.tap(hands.centre("scale"))
    hands.tap(hands.centre("scale"))
    assert hands.panel.menu.entries == ()
    assert hands.settings.word("scale") == "free"


@pytest.mark.parametrize("name", ["ghost", "touch-2026-11-28"])
def test_a_menu_of_many_choices_stays_in_the_window(name: str) -> None:
    names = tuple(f"{name}-{number}" for number in range(40))
    hands = Hands((800, 480), model=("touch", *names))
    entries = menu(hands.panel.layout, hands.control("model"), hands.settings)
    assert len(entries) == 41
    assert all(hands.panel.layout.canvas.contains(entry.rect) for entry in entries)


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("pause", "switch:pause"),
        ("mute", "switch:mute"),
        ("reset", "reset"),
        ("panic", "panic"),
        ("help", "help"),
    ],
)
def test_buttons_act_as_soon_as_they_are_touched(name: str, command: str) -> None:
    hands = Hands()
    hands.touch(Phase.PRESS, hands.centre(name))
    assert hands.done == [command]


def test_lines_of_the_help_act_and_the_rest_of_it_closes_it() -> None:
    hands = Hands()
    hands.panel.help_open = True
    hands.panel.help_lines = ((pygame.Rect(100, 100, 200, 40), "timing"),)
    assert hands.panel.is_control(800, 300)
    hands.tap((150, 120))
    assert (hands.done, hands.panel.help_open) == (["timing"], True)
    hands.tap((800, 300))
    assert (hands.done, hands.panel.help_open) == (["timing"], False)


def test_a_cancelled_touch_changes_nothing_more() -> None:
    hands = Hands()
    x, y = hands.centre("volume")
    hands.touch(Phase.PRESS, (x, y))
    hands.touch(Phase.CANCEL, (x, y))
    hands.touch(Phase.DRAG, (x, y - 100))
    hands.touch(Phase.LIFT, (x, y - 100))
    assert hands.settings.number("volume") == 0.8


def test_the_wheel_turns_the_knob_under_it_only() -> None:
    hands = Hands()
    hands.panel.wheel(*hands.centre("volume"), -1)
    hands.panel.wheel(800, 300, -1)
    assert hands.settings.number("volume") == pytest.approx(0.78)


def test_the_arrow_keys_go_round_the_knobs_of_the_mode() -> None:
    hands = Hands()
    seen = []
    for _ in range(7):
        seen.append(hands.panel.selected)
        hands.panel.select(+1)
    ideas = ["likeness", "pi_temperature", "sigma_temperature"]
    assert seen == [*ideas, "timescale", "threshold_s", "reply_s", "volume"]
    assert hands.panel.selected == "likeness"
    hands.panel.select(-1)
    assert hands.panel.selected == "volume"


def test_what_a_parameter_refuses_is_told_and_changes_nothing() -> None:
    hands = Hands()
    hands.panel.set("mode", "chaos")
    assert hands.complaints == ["mode: expected one of call, duet, solo, listen, loop, got 'chaos'."]
    assert hands.settings.word("mode") == "call"


def test_a_knob_is_not_lost_when_its_mode_goes() -> None:
    hands = Hands()
    hands.panel.selected = "threshold_s"
    hands.settings.set("mode", "solo")
    hands.panel.resize((1600, 1000))
    assert hands.panel.selected == "likeness"


def key(code: int, mod: int = 0, letter: str = "") -> pygame.event.Event:
    return pygame.event.Event(pygame.KEYDOWN, key=code, mod=mod, unicode=letter)


@pytest.mark.parametrize(
    ("event", "command"),
    [
        (key(pygame.K_SPACE, 0, " "), "switch:pause"),
        (key(pygame.K_m, 0, "m"), "switch:mute"),
        (key(pygame.K_3, 0, "3"), "mode:solo"),
        (key(pygame.K_SLASH, pygame.KMOD_SHIFT, "?"), "help"),
        (key(pygame.K_F1), "help"),
        (key(pygame.K_F11), "fullscreen"),
        (key(pygame.K_UP), "turn up"),
        (key(pygame.K_UP, pygame.KMOD_SHIFT), "turn up a little"),
        (key(pygame.K_q, pygame.KMOD_CTRL, "\x11"), "quit"),
        (key(pygame.K_l, 0, "l"), "more like you"),
        (key(pygame.K_l, pygame.KMOD_SHIFT, "L"), "less like you"),
        (key(pygame.K_q, 0, "q"), None),
        (key(pygame.K_r, pygame.KMOD_CTRL, "\x12"), None),
        (key(pygame.K_f, pygame.KMOD_ALT, "f"), None),
        (key(pygame.K_ESCAPE, 0, "\x1b"), "leave"),
    ],
)
def test_keys(event: pygame.event.Event, command: str | None) -> None:
    found = find(commands(Settings()), event)
    assert (found.name if found else None) == command


ELSEWHERE = [  # what pygame tells: the layout's own key, and the place of the key
    ("Cyrillic", 0x437, 0, "\u0437", pygame.KSCAN_P, "panic"),
    ("Greek", 0x3C0, 0, "\u03c0", pygame.KSCAN_P, "panic"),
    ("Cyrillic", 0x439, pygame.KMOD_CTRL, "", pygame.KSCAN_Q, "quit"),
    ("Greek", ord(";"), pygame.KMOD_CTRL, "", pygame.KSCAN_Q, "quit"),
    ("Hebrew", ord("/"), pygame.KMOD_CTRL, "", pygame.KSCAN_Q, "quit"),
    ("Cyrillic", 0x434, pygame.KMOD_SHIFT, "\u0414", pygame.KSCAN_L, "less like you"),
    ("AZERTY", ord("a"), pygame.KMOD_CTRL, "\x01", pygame.KSCAN_Q, None),  # what is written on the key counts
    ("AZERTY", ord("q"), pygame.KMOD_CTRL, "\x11", pygame.KSCAN_A, "quit"),
    ("AZERTY", ord("&"), 0, "&", pygame.KSCAN_1, "mode:call"),
    ("AZERTY", ord("&"), pygame.KMOD_SHIFT, "1", pygame.KSCAN_1, "mode:call"),
    ("AZERTY", 0xE9, 0, "\u00e9", pygame.KSCAN_2, "mode:duet"),
    ("AZERTY", ord("m"), 0, "m", pygame.KSCAN_SEMICOLON, "switch:mute"),
    ("AZERTY", ord(","), pygame.KMOD_SHIFT, "?", pygame.KSCAN_M, "help"),
    ("Dvorak", ord("p"), 0, "p", pygame.KSCAN_R, "panic"),
    ("Dvorak", ord("r"), 0, "r", pygame.KSCAN_O, "reset"),
]


@pytest.mark.parametrize(("layout", "code", "mod", "letter", "place_of_key", "command"), ELSEWHERE)
def test_keys_of_other_layouts_are_known_by_their_place(
    layout: str, code: int, mod: int, letter: str, place_of_key: int, command: str | None
) -> None:
    event = key(code, mod, letter)
    event.scancode = place_of_key
    found = find(commands(Settings()), event)
    assert (found.name if found else None) == command


def test_no_key_does_two_things() -> None:
    keys = [key for command in commands(Settings()) for key in command.keys]
    assert len(keys) == len(set(keys))


def test_every_key_of_the_table_can_be_pressed() -> None:
    names = {pygame.key.name(code) for code in range(128)}
    names |= {pygame.key.name(getattr(pygame, name)) for name in dir(pygame) if name.startswith("K_")}
    for command in commands(Settings()):
        for pressed in command.keys:
            assert pressed == "?" or pressed.split("+")[-1] in names


def test_every_choice_and_switch_has_a_key() -> None:
    names = " ".join(command.name for command in commands(Settings()))
    for parameter in PARAMETERS:
        if isinstance(parameter, Choice | Switch):
            assert f":{parameter.name}" in names or (parameter.name == "mode" and "mode:call" in names)


def test_a_key_says_its_most_special_name_first() -> None:
    assert key_names(key(pygame.K_SLASH, pygame.KMOD_SHIFT, "?")) == ("shift+/", "?", "/")


def test_notices_come_stay_and_go() -> None:
    notices = Notices()
    notices.watch("no sound card", 10.0)
    notices.watch("no sound card", 10.2)
    assert notices.shown(10.25) == ("no sound card", 0.5)
    assert notices.shown(12.0) == ("no sound card", 1.0)
    assert notices.shown(10.0 + VISIBLE_S) == ("", 0.0)
    notices.tell("other", 20.0)
    assert notices.shown(21.0) == ("other", 1.0)


def test_notices_that_come_together_are_all_seen() -> None:
    notices = Notices()
    notices.tell("no route to host", 10.0)
    notices.tell("Saved it", 10.1)
    assert notices.shown(12.0) == ("no route to host\nSaved it", 1.0)
    assert notices.shown(10.05 + VISIBLE_S)[0] == "Saved it"
    for number in range(9):
        notices.tell(f"notice {number}", 30.0)
    assert notices.shown(31.0)[0].split("\n") == ["notice 6", "notice 7", "notice 8"]


def test_a_notice_that_no_font_can_draw_is_drawn_without_what_cannot() -> None:
    notices = Notices()
    notices.tell("Not recording: /tmp/\udcff\0: no space", 20.0)
    assert notices.shown(21.0) == ("Not recording: /tmp/  : no space", 1.0)


def test_a_zero_that_means_something_else_is_a_word() -> None:
    reply = next(number for number in NUMBERS if number.name == "reply_s")
    assert written(reply, 0.0) == ("free", "")
    assert written(reply, 3.0) == ("3.0", "s")


def test_the_timing_page_shows_every_counter_of_the_engine() -> None:
    """A counter that nobody can see counts for nothing."""
    names = [each.name for each in fields(Counters)]
    counters = Counters(**{name: 1000 + at for at, name in enumerate(names)})
    status = SimpleNamespace(counters=counters, lateness_p50_s=0.0, lateness_p99_s=0.0)
    shown = " ".join(value for _, value in timing_rows(Timing(), status, {}))  # type: ignore[arg-type]
    assert [name for at, name in enumerate(names) if str(1000 + at) not in shown] == []
