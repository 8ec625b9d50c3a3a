"""A model file with kernels in float32: the same weights, without the rounding of what flows between them.

Kernels in eight bits are multiplied with activations in eight bits. Whether one of those is rounded up or
down is decided by the last bit of a sum, which differs between a processor and a browser, so a seed would not
give the same events in both. In float32 it does, to a few millionths.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from app.ghost.litert.ours import Runtime, padded
from app.ghost.litert.quiet import quiet_info
from models.errors import ModelError
from models.manifest import Golden, Manifest, append_manifest, graph_bytes

FILE_IDENTIFIER = b"TFL3"


def write_float_file(path: Path, out: Path) -> None:
    """Write the model at `path` to `out` with its kernels in float32, as the values they play as.

    Its golden numbers are what this file gives; everything else its manifest says is that of `path`.

    Raises:
        ModelError: not a sound model of ours, or the file that was written does not play.
        OSError: a file could not be read or written.
    """
    manifest = Runtime(path).manifest
    out.write_bytes(_float_graph(path))
    append_manifest(out, replace(manifest, golden=_golden(out, manifest)))
    Runtime(out)


def _float_graph(path: Path) -> bytes:
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(graph_bytes(path), 0))
    kernels: dict[int, np.ndarray] = {}
    for graph in model.subgraphs:
        for tensor in graph.tensors:
            if tensor.type != schema.TensorType.INT8:
                continue
            raw, quantization = model.buffers[tensor.buffer].data, tensor.quantization
            if raw is None or np.any(quantization.zeroPoint):
                raise ModelError(
                    f"{path}: expected kernels in eight bits around zero, got other eight-bit tensors."
                )
            whole = np.asarray(raw, "uint8").view("int8").reshape(tensor.shape)
            scale = np.asarray(quantization.scale, "<f4").reshape(-1, *[1] * (whole.ndim - 1))
            kernels[tensor.buffer] = whole * scale
            tensor.type, tensor.quantization = schema.TensorType.FLOAT32, None
        for op in graph.operators:
            if isinstance(op.builtinOptions, schema.FullyConnectedOptionsT):
                op.builtinOptions.asymmetricQuantizeInputs = False
    for buffer, kernel in kernels.items():
        model.buffers[buffer].data = np.ascontiguousarray(kernel).reshape(-1).view("uint8")
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), FILE_IDENTIFIER)
    return bytes(builder.Output())


def _golden(path: Path, manifest: Manifest) -> Golden:
    """What the graph at `path`, without a manifest yet, answers to the golden events and noise."""
    golden, head = manifest.golden, manifest.head()
    with quiet_info():
        interpreter = Interpreter(model_path=str(path), num_threads=1)
        feed, generate = (interpreter.get_signature_runner(name) for name in ("feed", "generate"))
    events, noise = np.asarray(golden.events, "float32"), np.asarray(golden.noise, "float32")
    rows, state = padded(events, manifest.feed_events), np.zeros(manifest.state_shape, "float32")
    heard = feed(events=rows, count=np.int32(len(events)), state=state)
    before = feed(events=rows, count=np.int32(len(events) - 1), state=state)
    made = generate(
        event=events[-1],
        count=np.int32(len(noise)),
        state=before["state"],
        noise=padded(noise, manifest.generate_events),
        temperatures=np.ones(2, "float32"),
    )
    generated = made["events"][: int(made["length"])]
    found = replace(golden, mixture=heard["mixture"].tolist(), generated=generated.tolist())
    return replace(found, nats=found.nats_under(head))
