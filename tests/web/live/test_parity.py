"""The shared modules of the pages do what the program's Python does, number by number, on random input."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from app.core.events import Source, Touch
from app.core.instruments import INSTRUMENTS, load_instrument
from app.core.modes import MODES
from app.core.parameters import PARAMETERS, Number, Settings
from app.core.pitch import SCALES, quantise
from app.core.status import Counters, Status
from app.pictures.brush import Brush
from app.pictures.live.glow import LEAST_SHARE, Glow
from app.sound.articulation import Gesture, begin, begin_note
from app.sound.waves import table_position
from app.window import knob
from app.window.overlay import turn_words
from app.window.turn import Turn
from mdn.mixture import Mixture
from tests.web.live.node import answer_of

pytestmark = pytest.mark.node

TOLERANCE = 1e-9


def close(ours: Any, theirs: Any) -> None:
    np.testing.assert_allclose(np.array(ours, float), np.array(theirs, float), rtol=TOLERANCE, atol=1e-12)


def test_pitches_are_drawn_to_scales_alike() -> None:
    rng = np.random.default_rng(1)
    given = []
    for _ in range(2000):
        scale = str(rng.choice(list(SCALES)))
        note = float(rng.choice([rng.uniform(30, 100), rng.integers(30, 100), rng.integers(60, 200) / 2]))
        held = None if rng.random() < 0.5 else quantise(note + rng.uniform(-1.5, 1.5), scale)
        given.append([note, scale, held])
    script = "const answer = given.map((one) => quantise(facts.pitch, ...one));"
    close(answer_of(script, given, "{ quantise } from pitch.js"), [quantise(*one) for one in given])


def gesture_row(gesture: Gesture) -> dict[str, Any]:
    return {"settings": gesture.settings, "energise": gesture.energise, "strike": gesture.strike}


def test_strokes_and_keys_are_articulated_alike() -> None:
    """Strikes, bows, rolls and steps of every piece of every instrument, in every scale."""
    rng = np.random.default_rng(2)
    given, expected, n_strikes, n_bows = [], [], 0, 0
    for name in INSTRUMENTS:
        instrument = load_instrument(name)
        for side, pieces in (("pieces", instrument.pieces), ("ghost_pieces", instrument.ghost_pieces)):
            for number, piece in enumerate(pieces):
                scale = str(rng.choice(list(SCALES)))
                x, y, speed = rng.random(), rng.random(), rng.choice([0.1, 1.0, 4.0])
                events = [[float(x), float(y), 1.0, float(rng.uniform(0.1, 1.0))]]
                for step in range(1, 40):
                    x = min(max(x + rng.normal(0.0, 0.012 * speed), 0.0), 1.0)
                    y = min(max(y + rng.normal(0.0, 0.012 * speed), 0.0), 1.0)
                    events.append([float(x), float(y), 1.0 + step * 0.012, float(rng.uniform(0.1, 1.0))])
                pitch, velocity = int(rng.integers(30, 100)), int(rng.integers(1, 128))
                given.append([name, side, number, scale, events, pitch, velocity])
                stroke, first = begin(piece, 1.0, *events[0][:2], events[0][3], scale, -0.55)
                gestures = [first, *(stroke.move(t, x, y, z, scale) for x, y, t, z in events[1:])]
                key, struck = begin_note(piece, 2.0, pitch, velocity, 0.55)
                n_strikes += sum(one.strike for one in gestures[1:])
                n_bows += sum(one.energise and not one.strike for one in gestures)
                expected.append(
                    [[gesture_row(one) for one in (*gestures, struck)], [stroke.release_s(), key.release_s()]]
                )
    assert n_strikes > 50 and n_bows > 20
    script = """
    const answer = given.map(([name, side, number, scale, events, pitch, velocity]) => {
      const piece = facts.instruments[name][side][number];
      const [x0, y0, t0, z0] = events[0];
      const [stroke, first] = begin(facts, piece, t0, x0, y0, z0, scale, -0.55);
      const moved = events.slice(1).map(([x, y, t, z]) => stroke.move(t, x, y, z, scale));
      const [key, struck] = beginNote(facts, piece, 2, pitch, velocity, 0.55);
      return [[first, ...moved, struck], [stroke.releaseS(), key.releaseS()]];
    });
    """
    told = answer_of(script, given, "{ begin, beginNote } from articulation.js")
    # What a strike brings and motion leaves alone, the voice of a page has from the piece; the table too.
    own = {
        "table", "attack_s", "snap_s", "tone", "partner", "partner_ratio", "mod_ratio", "resonance",
        "noise_resonance", "send",
    }  # fmt: skip
    for (ours, released), (theirs, let_go) in zip(told, expected, strict=True):
        close(released, let_go)
        for one, other in zip(ours, theirs, strict=True):
            assert (one["energise"], one["strike"]) == (other["energise"], other["strike"])
            wanted = {name: value for name, value in other["settings"].items() if name not in own}
            assert one["settings"].keys() == wanted.keys()
            close([one["settings"][name] for name in wanted], list(wanted.values()))


def test_waves_lie_between_the_same_rows() -> None:
    given = [[wave, hz] for wave in ("sine", "soft", "saw") for hz in (20.0, 110.0, 440.0, 3000.0, 9000.0)]
    script = "const answer = given.map(([wave, hz]) => tableRow(wave, hz, facts.sound));"
    rows = answer_of(script, given, "{ tableRow } from articulation.js")
    close(rows, [7 * table_position(str(wave), float(hz)) for wave, hz in given])


def test_brushes_are_alike() -> None:
    rng = np.random.default_rng(3)
    steps = np.cumsum(rng.normal(0.0, 0.01, (300, 2)), axis=0)
    times = np.cumsum(rng.uniform(0.001, 0.05, 300))
    pressures = rng.uniform(0.1, 1.0, 300)
    given = np.column_stack([steps, times, pressures]).tolist()
    brush = Brush()
    script = """
    const brush = new Brush(facts.style.brush);
    const answer = given.map((one) => brush.move(...one));
    """
    close(answer_of(script, given, "{ Brush } from brush.js"), [brush.move(*one) for one in given])


def test_knobs_hold_the_same_values_at_the_same_places() -> None:
    numbers = [parameter for parameter in PARAMETERS if isinstance(parameter, Number)]
    places = np.linspace(0.0, 1.0, 38).tolist()
    script = """
    const numbers = facts.parameters.filter((one) => one.kind === "number");
    const answer = numbers.map((one) => given.map((place) => {
      const value = toValue(one, place);
      return [value, toFraction(one, value), ...written(one, value)];
    }));
    """
    told = answer_of(script, places, "{ toFraction, toValue, written } from knob.js")
    for number, rows in zip(numbers, told, strict=True):
        values = [knob.to_value(number, place) for place in places]
        close([row[0] for row in rows], values)
        close([row[1] for row in rows], [knob.to_fraction(number, value) for value in values])
        assert [tuple(row[2:]) for row in rows] == [knob.written(number, value) for value in values]


def test_turns_are_followed_alike() -> None:
    """Random evenings in all modes: moment, light, words, and when the phrase that was kept may fade."""
    rng = np.random.default_rng(5)
    status = Status("player", "call", "touch", None, Counters(), 0.0, 0.0, None, "")
    settings, turn = Settings(), Turn()
    given, expected = [], []
    mode, whose, is_paused = "call", "nobody", False
    for step in range(1500):
        if rng.random() < 0.02:
            mode = str(rng.choice(list(MODES)))
        if rng.random() < 0.15:
            whose = str(rng.choice(["player", "ghost", "nobody"]))
        if rng.random() < 0.03:
            is_paused = not is_paused
        plays, now_s, waited = bool(rng.random() < 0.2), 0.1 * step, float(rng.random())
        settings.set("pause", is_paused)
        seen = replace(status, mode=mode, turn=whose)
        events = [Touch(now_s, Source.PLAYER, 0, 0.5, 0.5, True)] if plays else []
        may_fade = turn.follow(seen, events, is_paused, now_s)
        words = turn_words(seen, turn.moment, settings, step > 700)
        given.append([{"mode": mode, "turn": whose, "pause": is_paused}, plays, now_s, waited, step > 700])
        light = turn.light(waited, now_s)
        expected.append([may_fade, turn.moment.name.lower(), turn.keeps, list(words), list(light)])
    script = """
    const turn = new Turn(facts);
    const answer = given.map(([state, plays, nowS, waited, played]) => [
      turn.follow(state, plays, nowS), turn.moment, turn.keeps, turn.words(state, played).slice(0, 2),
      turn.light(waited, nowS),
    ]);
    """
    for ours, theirs in zip(answer_of(script, given, "{ Turn } from turn.js"), expected, strict=True):
        assert ours[:4] == theirs[:4]
        assert ours[4] == pytest.approx(theirs[4], abs=0.003)  # the window's swell goes in steps


def test_the_emission_of_a_colour_shows_that_colour() -> None:
    given = [[242, 163, 68], [79, 180, 236], [8, 9, 14]]
    told = answer_of("const answer = given.map(emission);", given, "{ emission } from light_sprites.js")
    shown = [[255 * math.sqrt(1 - math.exp(-one)) for one in colour] for colour in told]
    np.testing.assert_allclose(shown, given, atol=0.1)


def test_every_parameter_has_all_that_a_page_needs() -> None:
    script = "const answer = facts.parameters.map((one) => [one.name, one.kind, one.label, one.help]);"
    for (name, kind, label, help_), parameter in zip(answer_of(script, None), PARAMETERS, strict=True):
        about = asdict(parameter)
        assert (name, label, help_) == (about["name"], about["label"], about["help"])
        assert kind == type(parameter).__name__.lower()


def test_the_light_of_where_the_ghost_may_go_on_is_alike() -> None:
    """Of components that are certain and wide, likely and unlikely, and after some of the time to settle."""
    rng = np.random.default_rng(9)
    columns, rows, elapsed_s = 80, 50, 0.2
    given, expected = [], []
    for _ in range(20):
        pi = rng.dirichlet(np.ones(4))
        deviation, correlation = rng.uniform(0.005, 0.3, (4, 2)), rng.uniform(-0.99, 0.99, 4)
        covariance = np.einsum("ki,kj->kij", deviation, deviation)
        covariance[:, 0, 1] *= correlation
        covariance[:, 1, 0] *= correlation
        mean = rng.uniform(-0.1, 1.1, (4, 2))
        rest = (np.zeros(4), np.ones(4), np.zeros((4, 0)))
        given.append(np.column_stack([pi, mean, deviation, correlation]).tolist())
        glow = Glow((columns, rows))
        glow.want(Mixture(pi, mean, covariance, *rest))
        glow.settle(elapsed_s)
        expected.append(glow.levels.ravel())
    script = f"""const answer = given.map((components) => {{
        const glow = new Glow(facts);
        glow.resize({columns / rows});
        glow.want(components.filter(([share]) => share >= {LEAST_SHARE}));
        glow.settle({elapsed_s});
        return [...glow.levels];
    }});"""
    np.testing.assert_allclose(answer_of(script, given, "{ Glow } from glow.js"), expected, atol=2e-6)
