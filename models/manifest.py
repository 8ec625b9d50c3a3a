"""The manifest: what a model file says about itself, inside the same file.

A TensorFlow Lite file ends where its flatbuffer ends, so a ZIP can be appended to it (the convention
of TensorFlow Lite metadata): the runtime reads the front, `zipfile` reads the back. The archive holds
`manifest.json`, and nobody has to keep a sidecar beside the model. Behind it is the digest of it all
(`models.digest`).
"""

from __future__ import annotations

import json
import math
import zipfile
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from mdn.columns import Column, Kind
from mdn.heads import OLDEST, Head
from mdn.past_features import Route, memory_rows
from models.digest import append_digest, check_digest
from models.errors import DAMAGE, ModelError
from models.frame import Frame

FORMAT = 1
MEMBER = "manifest.json"
MAX_BYTES = 1 << 20  # of the manifest; a larger one is not ours

_SIZES = ("layers", "units", "mixtures", "feed_events", "generate_events", "futures", "future_events")
_TEXTS = ("name", "created", "parent")
_NUMBERS = ("pi_temperature", "sigma_temperature")
_TABLES = ("corpus", "score")


@dataclass(frozen=True)
class Golden:
    """Numbers the model gave when it was exported; loading repeats them.

    Attributes:
        events: heard from the zero state, `(n_events, n_columns)`.
        mixture: parameters of the mixture after the last of them, `(n_params,)`.
        noise: `(n_generated, n_noise)`, fed to `generate` after them.
        generated: the events it gave, `(n_generated, n_columns)`.
        nats: of the first of these under `mixture`, as `mdn.heads` reads the parameters: another
            reading of the same numbers would draw and score another mixture.
    """

    events: list[list[float]]
    mixture: list[float]
    noise: list[list[float]]
    generated: list[list[float]]
    nats: float

    def nats_under(self, head: Head) -> float:
        """Nats of the first generated event under the golden mixture, as `head` reads it."""
        events = np.asarray(self.events, "float32")
        route = Route(head.columns, head.density_names)
        past = route.past(events[-1], route.along(events)[-1])
        params, event = np.asarray(self.mixture, "float32"), np.asarray(self.generated[0], "float32")
        groups = head.log_densities(np, params, event, past)
        return -float(groups[head.group(discrete=True)])


@dataclass(frozen=True)
class Scale:
    """How large the drawings are that a sketch model was shown, in its own units.

    Attributes:
        box: side of the square they were drawn in.
        epsilon: how far Ramer-Douglas-Peucker moved their lines at most.
        longest: points of the longest drawing.
        first: mean offset `(dx, dy)` of a drawing's first point.
        frames: of some drawings of the corpus; none for a model that was never told where a drawing begins.
        grid: of which all steps are multiples, as of whole pixels; 0 where they are of none, and in a file
            that does not say it. Half of it is how far noise spread them in training.
    """

    box: float
    epsilon: float
    longest: int
    first: tuple[float, float]
    frames: tuple[Frame, ...] = ()
    grid: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.box, self.epsilon, self.grid, *self.first)
        if (
            not all(math.isfinite(n) for n in numbers)
            or self.box <= 0.0
            or min(self.epsilon, self.grid) < 0.0
        ):
            raise ValueError(f"drawing = {asdict(self)}")
        if len(self.first) != 2 or self.longest < 1 or not all(frame.is_sound for frame in self.frames):
            raise ValueError(f"drawing = {asdict(self)}")


@dataclass(frozen=True)
class Manifest:
    """Everything a player needs to know of a model.

    Attributes:
        name: as on screen and on the command line.
        columns: what an event holds.
        layers, units, mixtures: the size of the network.
        feed_events, generate_events: most events in one call of `feed` and `generate`.
        futures, future_events: branches and events of `fan`.
        noise: what one generated event consumes, "uniform" or "normal" numbers in order.
        pi_temperature, sigma_temperature: where the two knobs start.
        corpus: what it learned from, as {"name", "credit", "licence"}.
        score: held-out nats per event by group of columns, with what they were measured on.
        created: date of the export, ISO 8601.
        golden: see `Golden`.
        drawing: how large its drawings are; None for a model that does not draw.
        densities: names of the densities its parameters are read by, see `mdn.heads`. A file that names none
            was made before there was a choice.
        parent: name of the model it was fine-tuned from, "" for none.
        recordings: names of the recordings it was fine-tuned on.
        format: version of this description.
    """

    name: str
    columns: tuple[Column, ...]
    layers: int
    units: int
    mixtures: int
    feed_events: int
    generate_events: int
    futures: int
    future_events: int
    noise: tuple[str, ...]
    pi_temperature: float
    sigma_temperature: float
    corpus: dict[str, str]
    score: dict[str, Any]
    created: str
    golden: Golden
    drawing: Scale | None = None
    densities: tuple[str, ...] = OLDEST
    parent: str = ""
    recordings: tuple[str, ...] = ()
    format: int = field(default=FORMAT)

    def head(self) -> Head:
        """The mixture density the model's parameters are read by.

        Raises:
            ValueError: no density of that name is known for its columns.
        """
        return Head(self.columns, self.mixtures, self.densities)

    @cached_property  # each state that is proposed from is checked against it
    def state_shape(self) -> tuple[int, int, int, int]:
        """h and c of each layer, then rows that keep the last event and what was before it, word for word."""
        n_kept = len(self.columns) + Route(self.columns, self.densities).kept
        return (self.layers + memory_rows(n_kept, self.units), 2, 1, self.units)

    def to_json(self) -> str:
        """The manifest as indented JSON, with sorted keys."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """The manifest in `text`.

        Raises:
            ModelError: not JSON, another format version, or a field that is missing or of the wrong type.
        """
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ModelError(f"manifest: expected JSON, got {error}.") from None
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            found = data.get("format") if isinstance(data, dict) else type(data).__name__
            raise ModelError(f"manifest: expected format {FORMAT}, got {found!r}.")
        try:
            data["columns"] = tuple(
                Column(c["name"], Kind(c["kind"]), c["unit"], float(c["low"]), float(c["high"]))
                for c in data["columns"]
            )
            data["noise"] = tuple(data["noise"])
            data["densities"] = tuple(data.get("densities", OLDEST))
            data["recordings"] = tuple(data.get("recordings", ()))
            data["golden"] = Golden(**data["golden"])
            if (drawing := data.get("drawing")) is not None:
                data["drawing"] = _scale(drawing)
            found = cls(**data)
            _check_types(found)
            return found
        except (TypeError, KeyError, ValueError) as error:
            raise ModelError(f"manifest: expected the fields of format {FORMAT}, got {error}.") from None


def _scale(data: dict[str, Any]) -> Scale:
    """Lists, of which JSON makes all, into tuples; what `from_json` catches for anything else."""
    first = tuple(data["first"])
    return Scale(**data | {"first": first, "frames": tuple(Frame(*f) for f in data.get("frames", ()))})


def _check_types(manifest: Manifest) -> None:
    """TypeError or ValueError for a field that is not what the manifest says it is."""
    for names, kinds in ((_SIZES, int), (_TEXTS, str), (_NUMBERS, (int, float)), (_TABLES, dict)):
        for name in names:
            value: Any = getattr(manifest, name)
            if isinstance(value, bool) or not isinstance(value, kinds):
                raise TypeError(f"{name} = {value!r}")
    if too_small := [name for name in _SIZES if getattr(manifest, name) < 1]:
        raise ValueError(f"{', '.join(too_small)} below 1")
    if not all(isinstance(name, str) for name in manifest.densities):
        raise TypeError(f"densities = {list(manifest.densities)}")
    if not all(isinstance(name, str) for name in manifest.recordings):
        raise TypeError(f"recordings = {list(manifest.recordings)}")
    if not all(kind in ("uniform", "normal") for kind in manifest.noise):
        raise ValueError(f"noise = {list(manifest.noise)}")
    for values in vars(manifest.golden).values():
        np.asarray(values, "float32")
    if (manifest.drawing is not None) != any(column.kind is Kind.PEN for column in manifest.columns):
        raise ValueError(f"drawing = {manifest.drawing} with columns {[c.name for c in manifest.columns]}")


def graph_bytes(path: Path) -> bytes:
    """The model at `path` without what was appended to it: the flatbuffer alone."""
    with zipfile.ZipFile(path) as archive:
        end = min(member.header_offset for member in archive.infolist())
    return path.read_bytes()[:end]


def append_manifest(path: Path, manifest: Manifest) -> None:
    """Append `manifest` and the digest of it all to the model file `path`, which must not have one yet."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        # A fixed time stamp: the same model gives the same bytes.
        archive.writestr(
            zipfile.ZipInfo(MEMBER, (1980, 1, 1, 0, 0, 0)), manifest.to_json(), zipfile.ZIP_DEFLATED
        )
    append_digest(path)


def read_manifest(path: Path) -> Manifest:
    """The manifest inside the model file `path`.

    Raises:
        ModelError: the file has none (a model of another program), not one we can read, or its digest
            is that of other bytes.
        OSError: the file cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = archive.getinfo(MEMBER).file_size
            text = archive.read(MEMBER).decode("utf-8") if size <= MAX_BYTES else ""
    except FileNotFoundError:
        raise
    except (*DAMAGE, OSError):
        raise ModelError(
            f"{path}: expected a Ghostjam model with a manifest inside, got a file without one."
        ) from None
    check_digest(path)
    if size > MAX_BYTES:
        raise ModelError(f"{path}: expected a manifest of at most {MAX_BYTES} bytes, got {size}.")
    try:
        return Manifest.from_json(text)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from None
