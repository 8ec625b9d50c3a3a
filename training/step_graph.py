"""The graph of a model file: one event at a time, in natural units, sampled by itself.

Scaling, differences, logarithms, the mixture and the clamping are in it, so the app cannot disagree with
training. Randomness comes in as noise.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from mdn.columns import Kind, of_kind
from mdn.densities import Past, step
from mdn.features import Features
from mdn.heads import Head
from mdn.past_features import Route, memory_rows, unpack_memory
from models.strokes import END
from training.cell import lstm_cell
from training.lanes import LaneNames, Lanes
from training.tensorflow_names import TensorFlowNames
from training.while_loop import while_loop


class StepGraph(tf.Module):
    """One event at a time: hear it, and know the mixture of the next one.

    The state is one tensor `(layers + rows, 2, batch, units)`, zeros at the start: h and c of each layer, and
    rows that keep the previous event with what has to be kept of its route, and a 1 once there is one
    (`mdn.past_features.memory_rows`).

    Args:
        head: the density the weights were trained with.
        arrays: trained, float32, by the names `training.network.MDRNN.arrays` gives them.
        layers, units: the size of the LSTM.
    """

    def __init__(self, head: Head, arrays: dict[str, np.ndarray], *, layers: int, units: int) -> None:
        super().__init__()
        self.head = head
        self.features = Features(head.columns, head.density_names)
        self.route = Route(head.columns, head.density_names)
        self.n_kept = len(head.columns) + self.route.kept
        self.pens = of_kind(head.columns, Kind.PEN)
        self.layers, self.units = layers, units
        # Centring and scaling the features is linear, so the first kernel can do it.
        centre, scale = self.features.centre, self.features.scale
        first = scale[:, None] * arrays["kernel_0"]
        inputs = [first, *(arrays[f"kernel_{i}"] for i in range(1, layers))]
        biases = [arrays["bias_0"] - centre @ first, *(arrays[f"bias_{i}"] for i in range(1, layers))]
        # One matrix product a layer: inputs and recurrent kernel share it.
        self.kernels = [np.concatenate([kernel, arrays[f"recurrent_{i}"]]) for i, kernel in enumerate(inputs)]
        self.biases = biases
        # Parameter by parameter instead of component by component, see `training.lanes`.
        order = np.arange(head.n_params).reshape(head.mixtures, head.n_rows).T.reshape(-1)
        self.output_kernel = arrays["output_kernel"][:, order]
        self.output_bias = arrays["output_bias"][order]

    def unpack(self, state: tf.Tensor) -> list[tf.Tensor]:
        """h and c of each layer, the previous event with its route, and whether there is one: a flat list."""
        rows = tf.unstack(tf.reshape(state, (-1, *state.shape[2:])))
        n = 2 * self.layers
        return [*rows[:n], *unpack_memory(TensorFlowNames, rows[n:], self.n_kept)]

    def follow(self, event: tf.Tensor, previous: tf.Tensor, known: tf.Tensor) -> tf.Tensor:
        """The route at `event`, from the previous event and what was kept of its route."""
        n = len(self.head.columns)
        before, kept = previous, None
        if self.route.kept:
            before, kept = TensorFlowNames.split(previous, [n], -1)
        return self.route.follow(TensorFlowNames, before, kept, event, known)

    def kept(self, event: tf.Tensor, route: tf.Tensor) -> tf.Tensor:
        """What is remembered of `event`: itself, and for a drawing its route, `(batch, n)`."""
        return tf.concat([event, route[..., : self.route.kept]], -1) if self.route.kept else event

    def pack(self, parts: list[tf.Tensor]) -> tf.Tensor:
        """The inverse of `unpack`."""
        *hc, previous, known = parts
        units = self.units
        n = 2 * memory_rows(self.n_kept, units) - 1
        previous = tf.pad(previous, [[0, 0], [0, n * units - self.n_kept]])
        first, *rest = TensorFlowNames.split(previous, n, axis=-1)
        known = tf.pad(known, [[0, 0], [0, units - 1]])
        rows = tf.stack([*hc, first, known, *rest])
        return tf.reshape(rows, (-1, 2, *rows.shape[1:]))

    def hear(self, past: Past, known: tf.Tensor, hc: list[tf.Tensor]) -> list[tf.Tensor]:
        """h and c of each layer after the event `past.event` `(batch, n_columns)`."""
        x = self.features(TensorFlowNames, past, known)
        new = []
        for layer, (kernel, bias) in enumerate(zip(self.kernels, self.biases, strict=True)):
            h, c = hc[2 * layer], hc[2 * layer + 1]
            gates = tf.matmul(TensorFlowNames.concatenate([x, h], -1), kernel) + bias
            x, c = lstm_cell(TensorFlowNames, gates, c)
            new += [x, c]
        return new

    def mixture(self, hc: list[tf.Tensor]) -> tf.Tensor:
        """Parameters of the mixture `(batch, n_params)`, parameter by parameter, from every layer's h."""
        return tf.matmul(tf.concat(hc[::2], -1), self.output_kernel) + self.output_bias

    def next_event(
        self, params: tf.Tensor, noise: tf.Tensor, past: Past, guide: list[tf.Tensor]
    ) -> tf.Tensor:
        """An event drawn from the mixture, or from its product with a guide, `(batch, n_columns)`.

        Args:
            params: parameters of all components, `(batch, n_params)`, the choices sharpened.
            noise: `(batch, n_noise)`, spread by the sigma temperature.
            past: what came before.
            guide: tempered, a part for each density `(batch, n)`; empty draws from the mixture alone.
        """
        uniform, *draws = self.head.split_noise(TensorFlowNames, noise)
        n, m = self.head.n_rows, self.head.mixtures
        if m == 1:
            return self.head.draw(TensorFlowNames, params, draws, past, guide or None)
        rows, logits = tf.reshape(params, (-1, n, m)), params[:, :m]
        if not guide:
            return self.head.draw(TensorFlowNames, choose(rows, logits, uniform), draws, past)
        evidence, score = self.head.product(
            LaneNames, Lanes(rows), [tf.expand_dims(part, 1) for part in guide], past
        )
        rows = tf.concat([rows, *(each.stored for each in score or ())], 1)
        chosen = choose(rows, logits + evidence, uniform)
        component, *own = TensorFlowNames.split(chosen, [] if score is None else [n, n + 1], -1)
        return self.head.draw(TensorFlowNames, component, draws, past, guide, tuple(own) or None)

    def feed(self, events: tf.Tensor, count: tf.Tensor, state: tf.Tensor) -> dict[str, tf.Tensor]:
        """Hear the first `count` rows of `events` `(T, n_columns)`; the mixture after the last."""

        def body(
            i: tf.Tensor, previous: tf.Tensor, known: tf.Tensor, hc: list[tf.Tensor]
        ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, list[tf.Tensor]]:
            event = tf.gather(events, i)[None]
            route = self.follow(event, previous, known)
            hc = self.hear(self.route.past(event, route), known, hc)
            return i + 1, self.kept(event, route), tf.ones_like(known), hc

        *hc, previous, known = self.unpack(state)
        _, previous, known, hc = tf.while_loop(
            lambda i, *_: i < count, body, (tf.constant(0), previous, known, hc)
        )
        rows = tf.reshape(self.mixture(hc), (self.head.n_rows, self.head.mixtures))
        mixture = tf.reshape(tf.transpose(rows), (-1,))
        return {"mixture": mixture, "state": self.pack([*hc, previous, known])}

    def generate(
        self,
        event: tf.Tensor,
        count: tf.Tensor,
        state: tf.Tensor,
        noise: tf.Tensor,
        temperatures: tf.Tensor,
        guide: tf.Tensor | None = None,
    ) -> dict[str, tf.Tensor]:
        """Hear `event` `(n_columns,)`, sample the next one, hear that, and so on: `count` events.

        A drawing stops at its END, and `length` says how many events there are. The last event sampled
        has not been heard: it is the `event` of the call that goes on from here.

        With a `guide` `(N, n_guide)` each event is drawn toward its row of it.
        """
        events, length, parts = self._roll(
            tf.expand_dims(event, 0),
            count,
            self.unpack(state),
            tf.expand_dims(noise, 1),
            temperatures,
            None if guide is None else tf.expand_dims(guide, 1),
            stops=True,
        )
        return {"events": tf.squeeze(events, 0), "length": length, "state": self.pack(parts)}

    def propose(
        self,
        events: tf.Tensor,
        count: tf.Tensor,
        states: tf.Tensor,
        noise: tf.Tensor,
        temperatures: tf.Tensor,
        guides: tf.Tensor,
    ) -> dict[str, tf.Tensor]:
        """As `generate` with a guide, from many states at once.

        Events are `(batch, n_columns)`, states `(layers + rows, 2, batch, units)`, noise
        `(N, batch, n_noise)`, guides `(N, batch, n_guide)`; the events that follow `(batch, N, n_columns)`. A
        drawing that has ended rests.
        """
        followed, length, parts = self._roll(
            events, count, self.unpack(states), noise, temperatures, guides, stops=False
        )
        return {"events": followed, "length": length, "states": self.pack(parts)}

    def fan(
        self, event: tf.Tensor, count: tf.Tensor, state: tf.Tensor, noise: tf.Tensor, temperatures: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """As `generate`, for many futures at once.

        Noise is `(N, futures, n_noise)`, events are `(futures, N, n_columns)`. A drawing that has ended
        rests: offsets 0, pen END.
        """
        futures = noise.shape[1]
        parts = self.unpack(tf.tile(state, (1, 1, futures, 1)))
        event = tf.tile(tf.expand_dims(event, 0), (futures, 1))
        events, length, _ = self._roll(event, count, parts, noise, temperatures, stops=False)
        return {"events": events, "length": length}

    def _roll(
        self,
        event: tf.Tensor,
        count: tf.Tensor,
        parts: list[tf.Tensor],
        noise: tf.Tensor,
        temperatures: tf.Tensor,
        guide: tf.Tensor | None = None,
        *,
        stops: bool,
    ) -> tuple[tf.Tensor, tf.Tensor, list[tf.Tensor]]:
        """Events `(batch, N, n_columns)`, how many, and the parts of the state after all but the last.

        `stops` ends the loop where the pen ends, else ended drawings rest while the others go on.
        """
        length, batch = noise.shape[0], noise.shape[1]
        n = len(self.head.columns)
        count = tf.minimum(count, length)
        pi, sigma = tf.unstack(temperatures)
        noise = self.head.spread(TensorFlowNames, noise, sigma)
        guides = [] if guide is None else self.head.tempered(TensorFlowNames, guide, sigma)
        # One row: where the last axis is short, the runtime is slow.
        sharpness = tf.expand_dims(self.head.sharpness(TensorFlowNames, pi), 1)
        sharpness = tf.reshape(sharpness * tf.ones((1, self.head.mixtures)), (1, -1))
        tape = TensorFlowNames.concatenate([noise, *guides], -1)  # what each event consumes, in one row
        ends = np.cumsum([part.shape[-1] for part in (noise, *guides)])[:-1].tolist()

        def goes_on(given: Any, i: tf.Tensor, event: tf.Tensor, *_: Any) -> tf.Tensor:
            count, *_ = given
            if not (stops and self.pens):
                return i < count
            return tf.logical_and(i < count, tf.reduce_all(event[:, self.pens[0]] < END))

        def body(
            given: Any,
            i: tf.Tensor,
            event: tf.Tensor,
            route: tf.Tensor,
            known: tf.Tensor,
            hc: list[tf.Tensor],
            rows: tf.Tensor,
            *_: tf.Tensor,
        ) -> tuple[Any, ...]:
            _, tape, sharpness = given
            heard, past = route, self.route.past(event, route)
            hc = self.hear(past, known, hc)
            draws, *now = TensorFlowNames.split(tf.gather(tape, i), ends, -1)
            drawn = self.next_event(self.mixture(hc) * sharpness, draws, past, now)
            if self.pens and not stops:
                rest = np.zeros((1, n), "float32")
                rest[0, self.pens] = END
                pen = event[:, self.pens[0] : self.pens[0] + 1]
                drawn = rest + step(TensorFlowNames, END - pen) * (drawn - rest)
            route = self.route.follow(TensorFlowNames, event, route, drawn, tf.ones_like(known))
            # Shifting in is the cheapest way to collect; the rotation below puts the first event first.
            row = drawn if self.route.is_notes else self.kept(drawn, route)
            rows = tf.concat([rows[:, width:], row], -1)
            memory = [self.kept(event, heard)] if self.route.is_notes else []
            return i + 1, drawn, route, tf.ones_like(known), hc, rows, *memory

        # The loop carries the route and not the event before: LiteRT copies a loop's results over its
        # arguments one by one, so an argument that is passed on under another name is lost. The event
        # that was heard last is found again in the rows, which begin with the one given. The memory of notes
        # is too large to be kept in every row; it is made anew in every step, so it may be passed on.
        *hc, previous, known = parts
        route = self.follow(event, previous, known)
        first = event if self.route.is_notes else self.kept(event, route)
        width = first.shape[-1]
        rows = tf.concat([tf.zeros((batch, (length - 1) * width)), first], -1)
        memory = [previous] if self.route.is_notes else []
        start = (tf.constant(0), event, route, known, hc, rows, *memory)
        given = (count, tape, sharpness)
        sampled, _, _, known, hc, rows, *memory = while_loop(goes_on, body, start, given)
        last = rows[:, (length - 2) * width : (length - 1) * width]
        previous = memory[0] if memory else tf.where(sampled > 0, last, previous)
        rows = tf.reshape(rows, (batch, length, width))
        events = rows if width == n else rows[..., :n]
        events = tf.gather(events, (tf.range(length) - sampled) % length, axis=1)
        return events, sampled, [*hc, previous, known]


def choose(rows: tf.Tensor, log_weights: tf.Tensor, uniform: tf.Tensor) -> tf.Tensor:
    """One of `rows` `(batch, n, M)`, `(batch, n)`, drawn by the softmax of `log_weights` `(batch, M)`.

    The first one whose cumulative weight lies above the draw; the last one with a weight takes what rounding
    leaves over.
    """
    weights = TensorFlowNames.cumsum(tf.nn.softmax(log_weights), axis=-1)
    # All above the draw are alike then: the first is taken. Of what is no number any is: a batch goes on.
    index = tf.argmax(tf.minimum(weights - uniform, 1e-30), -1, tf.int32)
    return tf.gather(rows, index, axis=2, batch_dims=1)
