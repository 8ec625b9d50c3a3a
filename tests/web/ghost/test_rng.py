"""The random numbers of the page are NumPy's, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.ghost.noise import Noise
from tests.web.node import run_node

pytestmark = pytest.mark.node

SEEDS = (0, 1, 7, 2**32 - 1, 2**32, 2**53 - 1, 123456789012345678901234567890)
# Runs of every kind of draw, so that what waits of a 64-bit output for the next 32 bits is met in each.
ORDER = "rnfmiuifnmrgcfiimn" * 3
RUN = """
const { defaultRng } = await load("ghost/rng.js");
return given.seeds.map((seed) => {
  const rng = defaultRng(BigInt(seed));
  const draw = {
    r: () => rng.random(), n: () => rng.standardNormal(), u: () => [...rng.random32(3)],
    f: () => [...rng.standardNormal32(3)], m: () => [...rng.standardNormal32(1)],
    i: (k) => rng.integers(...given.ranges[k % given.ranges.length]), c: (k) => rng.integers(0, k + 1),
    g: () => rng.gumbel(),
  };
  return [...given.order].flatMap((kind, k) => draw[kind](k));
});
"""
RANGES = ((0, 1), (0, 2), (-5, 5), (3, 1000), (0, 3_000_000_000), (-7, 2**32 - 7), (0, 2**32 - 1))


def drawn(rng: np.random.Generator) -> list[float]:
    """What `RUN` draws, from NumPy."""
    made: list[Any] = []
    for k, kind in enumerate(ORDER):
        match kind:
            case "r":
                made.append(rng.random())
            case "n":
                made.append(rng.standard_normal())
            case "u":
                made.extend(rng.random(3, dtype="float32"))
            case "f":
                made.extend(rng.standard_normal(3, dtype="float32"))
            case "m":
                made.append(rng.standard_normal(dtype="float32"))
            case "i":
                made.append(rng.integers(*RANGES[k % len(RANGES)]))
            case "c":
                made.append(rng.choice(k + 1))
            case "g":
                made.append(rng.gumbel())
    return [float(number) for number in made]


def test_draws_of_every_kind_in_turn() -> None:
    given = {"seeds": [str(seed) for seed in SEEDS], "order": ORDER, "ranges": RANGES}
    got = np.array(run_node(RUN, given))
    wanted = np.array([drawn(np.random.default_rng(seed)) for seed in SEEDS])
    gumbels = np.abs(got - wanted) > 0.0  # two logarithms, whose last bit is the platform's
    assert np.abs(got - wanted).max() < 1e-14
    assert gumbels.sum() <= len(SEEDS) * ORDER.count("g")
    assert not gumbels[:, np.isin(np.arange(got.shape[1]), where_gumbels_are(), invert=True)].any()


def where_gumbels_are() -> list[int]:
    length = {"u": 3, "f": 3}
    places = np.cumsum([length.get(kind, 1) for kind in ORDER]) - 1
    return [int(place) for place, kind in zip(places, ORDER, strict=True) if kind == "g"]


def bits(values: np.ndarray) -> int:
    """A checksum over every bit: sum of 32-bit words, each times an odd number that grows."""
    words = np.ascontiguousarray(values).view("uint32").astype("uint64")
    return int((words * (2 * np.arange(len(words), dtype="uint64") + 1)).sum() % 2**32)


def test_a_million_numbers_meet_every_strip_of_the_ziggurat_and_its_tail() -> None:
    got = run_node(
        """
        const { defaultRng } = await load("ghost/rng.js");
        const bits = (values) => {
          const words = new Uint32Array(values.buffer);
          return words.reduce((sum, word, i) => (sum + Math.imul(word, 2 * i + 1)) >>> 0, 0);
        };
        const rng = defaultRng(given);
        const single = rng.standardNormal32(1_000_000);
        const doubles = Float64Array.from({ length: 1_000_000 }, () => rng.standardNormal());
        return { single: bits(single), double: bits(doubles), next: rng.random() };
        """,
        11,
    )
    rng = np.random.default_rng(11)
    single = rng.standard_normal(1_000_000, dtype="float32")
    double = rng.standard_normal(1_000_000)
    assert np.abs(single).max() > 3.66  # the tail was met
    assert (got["single"], got["double"], got["next"]) == (bits(single), bits(double), rng.random())


def test_sequences_spawn_and_are_keyed() -> None:
    got = run_node(
        """
        const { SeedSequence } = await load("ghost/rng.js");
        return given.flatMap((seed) => {
          const root = new SeedSequence(BigInt(seed));
          const spawned = [...root.spawn(3), ...root.spawn(2)[1].spawn(2)];
          const keyed = new SeedSequence(BigInt(seed), [65536, 3, 2 ** 40]);
          return [root, ...spawned, keyed].map((one) => [...one.generateState(9)]);
        });
        """,
        [str(seed) for seed in SEEDS],
    )
    wanted = []
    for seed in SEEDS:
        root = np.random.SeedSequence(seed)
        spawned = [*root.spawn(3), *root.spawn(2)[1].spawn(2)]
        keyed = np.random.SeedSequence(seed, spawn_key=(65536, 3, 2**40))
        wanted += [one.generate_state(9).tolist() for one in (root, *spawned, keyed)]
    assert got == wanted


def test_a_seed_of_none_is_another_one_each_time_and_a_bad_one_is_refused() -> None:
    first, second, refused = run_node(
        """
        const { defaultRng } = await load("ghost/rng.js");
        const words = [];
        for (const [low, high] of given) {
          try { defaultRng(1).integers(low, high); } catch (error) { words.push(error.message); }
        }
        try { defaultRng(-1); } catch (error) { words.push(error.message); }
        return [defaultRng().random(), defaultRng().random(), words];
        """,
        [[3, 3], [0, 2**32 + 1], [0, 1.5]],
    )
    assert first != second
    assert len(refused) == 4


def test_noise_has_streams_of_its_own_as_on_the_desktop() -> None:
    kinds = ["uniform", "normal", "normal", "uniform", "normal"]
    got = run_node(
        """
        const { Noise } = await load("ghost/noise.js");
        const noise = new Noise(given, 5);
        const first = [...noise.events(7), ...noise.futures(3, 4), ...noise.proposals(2, 3)];
        const other = noise.rng(2);
        return [...first, ...noise.proposals(2, 3, other), noise.choice(10), noise.choice(3),
          ...noise.events(2), other.random(), ...noise.futures(1, 1)];
        """,
        kinds,
    )
    noise = Noise(kinds, 5)
    other = noise.rng(2)
    wanted = [noise.events(7), noise.futures(3, 4), noise.proposals(2, 3), noise.proposals(2, 3, other)]
    ends = [noise.choice(10), noise.choice(3), noise.events(2), other.random(), noise.futures(1, 1)]
    assert got == np.concatenate([np.ravel(part) for part in [*wanted, *ends]]).tolist()
