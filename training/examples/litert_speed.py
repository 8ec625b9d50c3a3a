# %% [markdown]
"""From a Keras model with an MDN layer to LiteRT, and how much faster it hears 30 events there.

    python -m training.examples.litert_speed

The same two LSTM layers of 64 units and 5 Gaussians over 8 numbers, three ways: `model.predict`, calling the
model, and the converted model in the LiteRT interpreter. Conversion needs a fixed batch of 1 and a fixed
length, so that the loop over time becomes one that LiteRT has; the last column says that all three compute
the same numbers. (Ghostjam's own models loop inside the file, hear any number of events and carry their state
from one call to the next: `training.export`.)
"""

# %%
from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from training.examples.command import command_line, read, start_keras
from training.quiet import quiet

UNITS, DIMENSION, MIXTURES = 64, 8, 5


# %% The network
def build(n_steps: int) -> Any:
    """`(1, n_steps, DIMENSION)` in, the mixture of the event after the last one out."""
    import keras

    import mdn

    return keras.Sequential(
        [
            keras.layers.Input((n_steps, DIMENSION), batch_size=1),
            keras.layers.LSTM(UNITS, return_sequences=True),
            keras.layers.LSTM(UNITS),
            mdn.MDN(output_dimension=DIMENSION, num_mixtures=MIXTURES),
        ]
    )


# %% The conversion
def convert(model: Any) -> bytes:
    """The model as a LiteRT file, of built-in operators only: no TensorFlow is needed to run it."""
    import tensorflow as tf

    events = tf.TensorSpec(model.input_shape, tf.float32, "events")
    function = tf.function(lambda events: {"mixture": model(events)}, autograph=False)
    module = tf.Module()
    # TensorFlow saves what hangs on a module of its own: without this, the file has the graph and no weights.
    module.weights = [variable.value for variable in model.variables]
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures={"hear": function.get_concrete_function(events)})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=["hear"])
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        return bytes(converter.convert())


def opened(content: bytes) -> Callable[[np.ndarray], np.ndarray]:
    """A function that runs the converted model."""
    from ai_edge_litert.interpreter import Interpreter

    # One thread: handing small matrices to a second one takes longer than multiplying them.
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    events = interpreter.get_input_details()[0]["index"]
    mixture = interpreter.get_output_details()[0]["index"]

    def run(inputs: np.ndarray) -> np.ndarray:
        interpreter.set_tensor(events, inputs)
        interpreter.invoke()
        return np.asarray(interpreter.get_tensor(mixture))

    return run


# %% The clock
def median_ms(call: Callable[[], object], repeats: int) -> float:
    """Median duration of `call` in milliseconds, after one call to warm up."""
    call()
    durations = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        durations.append(time.perf_counter() - start)
    return 1e3 * statistics.median(durations)


# %% All of it
def main(arguments: Sequence[str] | None = None) -> None:
    sizes = {"steps": (30, "events to hear"), "repeats": (20, "measurements of each")}
    args = read(command_line(__doc__, **sizes), arguments)
    start_keras(1, "tensorflow")  # the converter takes TensorFlow functions
    import mdn

    with quiet():
        model = build(args.steps)
        content = convert(model)
        lite = opened(content)
    events = np.random.default_rng(1).random((1, args.steps, DIMENSION), "float32")
    ways: dict[str, Callable[[], Any]] = {
        "model.predict": lambda: model.predict(events, verbose=0),
        "model(events)": lambda: model(events),
        "LiteRT": lambda: lite(events),
    }
    expected = np.asarray(model(events))
    print(f"{args.steps} events through 2 x {UNITS} LSTM units, LiteRT file of {len(content)} bytes")
    fastest = median_ms(ways["LiteRT"], 10 * args.repeats)
    for name, call in ways.items():
        duration = fastest if name == "LiteRT" else median_ms(call, args.repeats)
        error = float(np.abs(np.asarray(call()) - expected).max())
        ratio = duration / fastest
        print(f"{name:14} {duration:9.3f} ms  {ratio:7.1f} x LiteRT  largest difference {error:.1e}")
    sample = mdn.sample_from_output(lite(events)[0], DIMENSION, MIXTURES)
    print("a next event:", np.array2string(sample, precision=2))


if __name__ == "__main__":
    main()
