# %% [markdown]
"""A world model: a network watches a pendulum, and dreams on when it is no longer shown.

    python -m training.examples.world_model --out world-model.png

The world is a few lines: a pendulum without friction, a motor that pushes it, and wind that sometimes
kicks it to one side. The network sees the angle, ten times a second, and what the motor does. It is not
told about speed, gravity or wind: how fast the pendulum swings it must remember (an LSTM layer), and what
may happen next is a mixture: no kick, one to the left, or one to the right. After two seconds it sees its
own samples instead.

Two temperatures ask for two dreams. With both near 0 only the likeliest thing happens: no wind. With both
at 1 the wind blows in the dream too, about as often and as hard as in the world (Ha and Schmidhuber 2018,
Recurrent World Models Facilitate Policy Evolution, section 2). The picture has both, dreams beside the
world.
"""

# %%
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from training.examples.command import canvas, command_line, keep, read, start_keras
from training.examples.recurrent import Memory, learner_and_player

DT_S, GRAVITY, TORQUE = 0.1, 9.81, 1.0  # s, and rad/s^2 of a pendulum of 1 m
WIND, KICK, AIR = 0.08, 1.0, 0.05  # kicks a step, and the speed that one adds; noise of the speed, rad/s
UNITS, MIXTURES = 64, 5
WATCHED, DREAMED = 20, 60  # steps
SCALE = 10.0  # the angle changes by about 0.1 a step: networks learn best with numbers near 1
REAL, DREAM = "#2b7fd9", "#d9822b"


# %% The world
def beginnings(n: int, steps: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Angle and speed at the start, `(n, 2)`, and what the motor does: -1, 0 or 1, each for a second."""
    push = np.repeat(rng.integers(-1, 2, (n, steps // 10 + 1)), 10, axis=1)[:, :steps]
    return rng.uniform(-1.2, 1.2, (n, 2)), push


def world(start: np.ndarray, push: np.ndarray, wind: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The angles that follow, in rad from hanging, `(n, steps)`; `wind` is the share of kicks, `(steps,)`."""
    angle, speed = start.T
    angles = np.empty(push.shape)
    for step, share in enumerate(wind):
        angles[:, step] = angle
        kick = KICK * rng.choice([0, -1, 1], len(angle), p=[1.0 - share, share / 2, share / 2])
        air = rng.normal(0.0, AIR, len(angle)) if share else 0.0
        speed = speed + DT_S * (TORQUE * push[:, step] - GRAVITY * np.sin(angle)) + kick + air
        angle = angle + DT_S * speed
    return angles


def kicks(angles: np.ndarray, push: np.ndarray) -> np.ndarray:
    """The speed that neither gravity nor the motor explains, rad/s at each step, `(n, steps - 2)`."""
    speed = np.diff(angles, axis=1) / DT_S
    known = DT_S * (TORQUE * push[:, 1:-1] - GRAVITY * np.sin(angles[:, 1:-1]))
    return np.asarray(np.diff(speed, axis=1) - known)


# %% The network: it sees where the pendulum is, and says by how much the angle will change
def build() -> tuple[Any, Any]:
    """The network that learns, and the same one to go on step by step."""
    import keras

    import mdn

    hidden, mixture = keras.layers.Dense(UNITS, activation="tanh"), mdn.MDN(1, MIXTURES)
    learner, player = learner_and_player(3, UNITS, lambda x: mixture(hidden(x)))
    learner.compile("adam", loss=mdn.get_mixture_loss_func(1, MIXTURES))
    return learner, player


def seen(angles: np.ndarray, push: np.ndarray) -> np.ndarray:
    """What the network sees, float32 `(..., 3)`: a place on the circle, and the push."""
    return np.stack([np.cos(angles), np.sin(angles), push], axis=-1).astype("float32")


def learn(learner: Any, angles: np.ndarray, push: np.ndarray, epochs: int) -> None:
    """Fit, in smaller and smaller steps: the last digits make the dream last."""
    import keras

    changes = np.diff(angles, axis=1)[..., None] * SCALE
    rate = keras.optimizers.schedules.CosineDecay(5e-3, epochs * -(-len(angles) // 32))
    learner.optimizer.learning_rate = rate
    learner.fit(seen(angles, push)[:, :-1], changes, epochs=epochs, batch_size=32, verbose=0)


# %% The dream
def dream(
    player: Any, watched: np.ndarray, push: np.ndarray, temperature: float, rng: np.random.Generator
) -> np.ndarray:
    """The angles `watched`, `(n, n_watched)`, then dreamed ones for as long as there are pushes."""
    import mdn

    memory = Memory(player, len(push))
    angles = np.empty(push.shape)
    angles[:, : watched.shape[1]] = watched
    for step in range(push.shape[1] - 1):
        params = memory(seen(angles[:, step], push[:, step]))
        if step + 1 >= watched.shape[1]:
            change = mdn.sample_from_output(params, 1, MIXTURES, temperature, temperature, rng=rng)
            angles[:, step + 1] = angles[:, step] + change[:, 0] / SCALE
    return angles


# %% The picture
def draw(calm: tuple[np.ndarray, np.ndarray], windy: tuple[np.ndarray, np.ndarray]) -> Any:
    """World and dream: in still air, `(steps,)`, as pendulums and angles; in wind, angles `(n, steps)`."""
    figure, (swings, still, wind) = canvas(3, 1, size=(11, 8.5), height_ratios=(0.65, 1, 1))
    time_s = DT_S * np.arange(WATCHED + DREAMED)
    for angles, color in zip(calm, (REAL, DREAM), strict=True):
        for step in range(0, len(time_s), 6):
            # On the axis of time a metre is half a second wide, so that neighbours stay apart.
            x, y = time_s[step] + 0.5 * np.sin(angles[step]), -np.cos(angles[step])
            swings.plot(
                [time_s[step], x], [0.0, y], "o-", color=color, lw=1.5, ms=5, markevery=[1], alpha=0.8
            )
    swings.set(ylim=(-1.2, 0.4), yticks=[])
    swings.set_title("still air: the pendulum (blue) and the dream of it (orange)", loc="left")
    still.plot(time_s, calm[0], color=REAL, lw=3, alpha=0.5, label="the world")
    still.plot(time_s, calm[1], color=DREAM, lw=1.2, label="the dream, with temperatures near 0")
    for angles, color, label in zip(windy, (REAL, DREAM), ("the world, 8 times", "8 dreams"), strict=True):
        wind.plot(
            time_s, angles.T, color=color, lw=0.9, alpha=0.8, label=[label] + [None] * (len(angles) - 1)
        )
    still.set(ylabel="angle (rad)")
    still.set_title("the same, as angles", loc="left")
    wind.set(ylabel="angle (rad)", xlabel="seconds")
    wind.set_title("wind, after the same two seconds", loc="left")
    for axes in (swings, still, wind):
        axes.axvspan(0.0, DT_S * (WATCHED - 1), color="#eeeeee", zorder=0)
        axes.set(xlim=(-0.2, time_s[-1] + 0.2))
    still.text(0.1, still.get_ylim()[0], "watched", va="bottom", color="#666666")
    for axes in (still, wind):
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False)
    return figure


# %% All of it
def main(arguments: Sequence[str] | None = None) -> None:
    sizes = {"worlds": (1000, "to watch"), "epochs": (60, "passes over them")}
    args = read(command_line(__doc__, "world-model.png", **sizes), arguments)
    start_keras(args.seed)

    rng = np.random.default_rng(args.seed)
    start, push = beginnings(args.worlds, 51, rng)
    learner, player = build()
    still, gusts = np.zeros(WATCHED + DREAMED), np.full(WATCHED + DREAMED, WIND)
    gusts[:WATCHED] = 0.0
    test_start, test_push = beginnings(100, len(still), rng)
    test_start[0] = 0.8, 0.0  # let go from the side: the one that is drawn
    calm = world(test_start, test_push, still, rng)
    watched = calm[:, :WATCHED]
    untrained = dream(player, watched, test_push, 1e-3, rng)
    learn(learner, world(start, push, np.full(51, WIND), rng), push, args.epochs)
    calm_dream = dream(player, watched, test_push, 1e-3, rng)
    print("still air: median error of the angle after 50 steps of dream, rad:")
    for name, dreamed in (("untrained", untrained), ("learned", calm_dream)):
        print(f"  {name:9} {np.median(np.abs(dreamed - calm)[:, WATCHED + 49]):.3f}")
    print("wind: kicks in 100 steps, and their size in rad/s:")
    windy = world(test_start, test_push, gusts, rng)
    for name, angles in (("world", windy), ("dream", dream(player, watched, test_push, 1.0, rng))):
        size = np.abs(kicks(angles, test_push)[:, WATCHED:])
        strong = size > KICK / 2
        print(f"  {name:9} {100 * strong.mean():.1f} of {np.median(size[strong]) if strong.any() else 0:.2f}")
    # Eight times the same beginning, for the picture of what may follow.
    start, push = (np.repeat(part[:1], 8, axis=0) for part in (test_start, test_push))
    worlds = world(start, push, gusts, rng)
    dreams = dream(player, worlds[:, :WATCHED], push, 1.0, rng)
    keep(draw((calm[0], calm_dream[0]), (worlds, dreams)), args.out)


if __name__ == "__main__":
    main()
