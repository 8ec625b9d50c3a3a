"""The manifest: what goes in comes out, and what is not a manifest says so."""

from __future__ import annotations

import json
import random
import zipfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from mdn.columns import TOUCH, controller_columns
from mdn.heads import OLDEST
from models.digest import append_digest
from models.errors import ModelError
from models.frame import Frame
from models.manifest import (
    FORMAT,
    MAX_BYTES,
    MEMBER,
    Golden,
    Manifest,
    Scale,
    append_manifest,
    read_manifest,
)

MANIFEST = Manifest(
    name="tiny",
    columns=TOUCH,
    layers=2,
    units=16,
    mixtures=3,
    feed_events=32,
    generate_events=31,
    futures=30,
    future_events=29,
    noise=("uniform", "normal", "normal", "normal", "uniform"),
    pi_temperature=0.75,
    sigma_temperature=1.25,
    corpus={"name": "taps", "credit": "Ada", "licence": "CC0"},
    score={"nats_per_event": {"x,y,dt": -1.5}},
    created="2026-01-02",
    golden=Golden([[0.1, 0.2, 0.3, 1.0]], [0.5, -0.25], [[0.1, 0.2]], [[0.4, 0.5, 0.6, 0.0]], -1.5),
)
FLATBUFFER = b"\x1c\x00\x00\x00TFL3" + bytes(range(256)) * 20


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that stands for a converted model."""
    file = tmp_path / "tiny.tflite"
    file.write_bytes(FLATBUFFER)
    return file


OPTIONAL = ("format", "drawing", "densities", "parent", "recordings")


def with_member(path: Path, text: bytes | str, name: str = MEMBER) -> Path:
    """`path` with an archive that holds `text`."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return path


def changed(**fields: Any) -> str:
    """The manifest as JSON with other fields; `...` removes one."""
    data = asdict(MANIFEST) | fields
    return json.dumps({key: value for key, value in data.items() if value is not ...})


def test_json_round_trip() -> None:
    assert Manifest.from_json(MANIFEST.to_json()) == MANIFEST
    other = replace(MANIFEST, columns=controller_columns(5), parent="touch", recordings=("a.csv", "b.csv"))
    assert Manifest.from_json(other.to_json()) == other


def test_file_round_trip_leaves_the_model_as_it_was(path: Path) -> None:
    append_manifest(path, MANIFEST)
    assert read_manifest(path) == MANIFEST
    assert path.read_bytes().startswith(FLATBUFFER)


@pytest.mark.parametrize("bit", [0, 3, 7])
def test_one_bit_of_any_byte_changed_is_refused(path: Path, bit: int) -> None:
    """In the graph and in every part of the archive: directory, lengths, dates, the digest itself."""
    path.write_bytes(FLATBUFFER[:64])
    append_manifest(path, MANIFEST)
    data = path.read_bytes()
    for at in range(len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :])
        with pytest.raises(ModelError, match=r"tiny\.tflite: expected "):
            read_manifest(path)


def test_bytes_after_the_end_are_refused(path: Path) -> None:
    append_manifest(path, MANIFEST)
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(ModelError, match=r"expected the content it was written with, got other bytes"):
        read_manifest(path)


def test_a_file_from_before_there_were_digests_is_read_and_can_get_one(path: Path) -> None:
    with_member(path, MANIFEST.to_json())
    assert read_manifest(path) == MANIFEST
    append_digest(path)
    assert read_manifest(path) == MANIFEST
    with pytest.raises(ModelError, match=r"expected a model with a manifest and no digest, got another"):
        append_digest(path)


def test_the_same_manifest_gives_the_same_bytes(tmp_path: Path) -> None:
    files = [tmp_path / "a.tflite", tmp_path / "b.tflite"]
    for file in files:
        file.write_bytes(FLATBUFFER)
        append_manifest(file, MANIFEST)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_the_state_holds_every_layer_and_the_last_event() -> None:
    assert MANIFEST.state_shape == (3, 2, 1, 16)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(FLATBUFFER, id="a model of another program"),
        pytest.param(b"", id="empty"),
        pytest.param(b"PK\x05\x06" + bytes(18), id="an empty archive"),
        pytest.param(random.Random(1).randbytes(5000), id="garbage"),
        pytest.param(
            b"PK\x03\x04" + random.Random(2).randbytes(5000), id="garbage that begins as an archive"
        ),
    ],
)
def test_a_file_without_a_manifest_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "foreign.tflite"
    file.write_bytes(data)
    with pytest.raises(ModelError) as error:
        read_manifest(file)
    assert str(error.value) == (
        f"{file}: expected a Ghostjam model with a manifest inside, got a file without one."
    )


def test_an_archive_of_something_else_is_refused(path: Path) -> None:
    with pytest.raises(ModelError, match=r"tiny\.tflite: expected a Ghostjam model with a manifest inside"):
        read_manifest(with_member(path, "[]", "labels.txt"))


@pytest.mark.parametrize("keep", [0.25, 0.5, 0.9, 0.99, 0.9999])
def test_a_file_cut_short_is_refused(path: Path, keep: float) -> None:
    append_manifest(path, MANIFEST)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(ModelError, match=r"tiny\.tflite: expected (a Ghostjam model|the content it was)"):
        read_manifest(path)


def test_a_manifest_too_large_is_refused_before_it_is_read(path: Path) -> None:
    with_member(path, b" " * (MAX_BYTES + 1))
    with pytest.raises(ModelError) as error:
        read_manifest(path)
    assert (
        str(error.value) == f"{path}: expected a manifest of at most {MAX_BYTES} bytes, got {MAX_BYTES + 1}."
    )


@pytest.mark.parametrize("version", [0, FORMAT + 1, "1", None, ...])
def test_another_format_version_is_refused(path: Path, version: object) -> None:
    with_member(path, changed(format=version))
    found = None if version is ... else version
    with pytest.raises(ModelError) as error:
        read_manifest(path)
    assert str(error.value) == f"{path}: manifest: expected format {FORMAT}, got {found!r}."


def test_a_manifest_that_names_no_density_is_read_by_the_oldest() -> None:
    data = json.loads(MANIFEST.to_json())
    del data["densities"]
    assert Manifest.from_json(json.dumps(data)).densities == OLDEST


def test_a_fine_tuned_model_names_its_parent_and_its_recordings(path: Path) -> None:
    learnt = replace(MANIFEST, parent="touch", recordings=("takes/one.csv", "takes/two.csv"))
    append_manifest(path, learnt)
    assert read_manifest(path) == learnt


def test_a_manifest_from_before_there_were_parents_has_none() -> None:
    data = json.loads(MANIFEST.to_json())
    del data["parent"], data["recordings"]
    found = Manifest.from_json(json.dumps(data))
    assert (found.parent, found.recordings) == ("", ())


@pytest.mark.parametrize("fields", [{"parent": 3}, {"recordings": 3}, {"recordings": [3]}])
def test_a_parent_or_recordings_of_another_kind_are_refused(path: Path, fields: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match=r"expected the fields of format 1, got "):
        read_manifest(with_member(path, changed(**fields)))


def test_a_density_nobody_knows_is_refused(path: Path) -> None:
    with_member(path, changed(densities=["seconds", "mystery", "flag"]))
    with pytest.raises(ValueError, match=r"densities: expected .*pair"):
        read_manifest(path).head()


@pytest.mark.parametrize("name", [name for name in asdict(MANIFEST) if name not in OPTIONAL])
def test_a_missing_field_is_refused_by_name(path: Path, name: str) -> None:
    with_member(path, changed(**{name: ...}))
    with pytest.raises(
        ModelError, match=rf"tiny\.tflite: manifest: expected the fields of format 1, got .*{name}"
    ):
        read_manifest(path)


def test_a_field_too_many_is_refused_by_name(path: Path) -> None:
    with pytest.raises(ModelError, match=r"expected the fields of format 1, got .*colour"):
        read_manifest(with_member(path, changed(colour="red")))


@pytest.mark.parametrize("text", ["", "{", "nonsense", '{"format": 1,}'])
def test_what_is_not_json_is_refused(path: Path, text: str) -> None:
    with pytest.raises(ModelError, match=r"tiny\.tflite: manifest: expected JSON, got "):
        read_manifest(with_member(path, text))


@pytest.mark.parametrize(("text", "found"), [("[]", "'list'"), ("3", "'int'"), ("null", "'NoneType'")])
def test_json_of_another_shape_is_refused(path: Path, text: str, found: str) -> None:
    with pytest.raises(ModelError, match=f"manifest: expected format 1, got {found}"):
        read_manifest(with_member(path, text))


def test_text_that_is_not_utf_8_is_refused(path: Path) -> None:
    with pytest.raises(ModelError, match="expected a Ghostjam model"):
        read_manifest(with_member(path, b"\xff\xfe\x00"))


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"columns": 3}, id="columns"),
        pytest.param({"columns": [{"name": "x"}]}, id="a column without a kind"),
        pytest.param({"columns": [asdict(TOUCH[0]) | {"kind": "colour"}]}, id="an unknown kind"),
        pytest.param({"columns": [asdict(TOUCH[0]) | {"low": "left"}]}, id="a range in words"),
        pytest.param({"noise": 1}, id="noise"),
        pytest.param({"golden": {"events": []}}, id="golden"),
        pytest.param({"golden": []}, id="golden as a list"),
    ],
)
def test_a_field_of_another_type_is_refused(path: Path, fields: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match=r"tiny\.tflite: manifest: expected the fields of format 1"):
        read_manifest(with_member(path, changed(**fields)))


@pytest.mark.parametrize(
    "fields",
    [
        {"layers": "2"},
        {"units": None},
        {"name": 5},
        {"pi_temperature": "hot"},
        {"corpus": "taps"},
        {"mixtures": 2.5},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_plain_field_of_another_type_is_refused(path: Path, fields: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match=r"tiny\.tflite: manifest: expected the fields of format 1"):
        read_manifest(with_member(path, changed(**fields)))


def test_damage_anywhere_is_a_model_error_or_harmless(path: Path) -> None:
    """Seeded damage to the archive: no other exception may reach a person."""
    append_manifest(path, MANIFEST)
    data = path.read_bytes()
    rng = random.Random(3)
    refused = 0
    for _ in range(300):
        damaged = bytearray(data)
        for _ in range(rng.choice((1, 1, 2, 8))):
            damaged[rng.randrange(len(FLATBUFFER), len(data))] = rng.randrange(256)
        path.write_bytes(damaged)
        try:
            read_manifest(path)
        except ModelError as error:
            assert str(error).startswith(str(path))
            refused += 1
    assert refused > 100


def test_a_manifest_nested_too_deep_is_refused(path: Path) -> None:
    with pytest.raises(ModelError, match=r"tiny\.tflite"):
        read_manifest(with_member(path, "[" * 500_000))


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        read_manifest(tmp_path / "nowhere.tflite")


DRAWING = {"box": 109.0, "epsilon": 1.0, "longest": 80, "first": [0.5, 0.5]}
PEN = {"name": "pen", "kind": "pen", "unit": "", "low": 0.0, "high": 2.0}


def test_the_scale_of_drawings_comes_back(path: Path) -> None:
    with_member(path, changed(drawing=DRAWING, columns=[PEN]))
    assert read_manifest(path).drawing == Scale(109.0, 1.0, 80, (0.5, 0.5))


def test_the_frames_of_drawings_come_back(path: Path) -> None:
    frames = [[-30.5, 4.0, 80, 90.5], [1, 2, 3, 4]]
    with_member(path, changed(drawing={**DRAWING, "frames": frames}, columns=[PEN]))
    found = (Frame(-30.5, 4.0, 80.0, 90.5), Frame(1.0, 2.0, 3.0, 4.0))
    assert read_manifest(path).drawing == Scale(109.0, 1.0, 80, (0.5, 0.5), found)


def test_the_grid_of_drawings_comes_back_and_an_older_file_has_none(path: Path) -> None:
    with_member(path, changed(drawing={**DRAWING, "grid": 1.0}, columns=[PEN]))
    found = read_manifest(path)
    assert found.drawing == Scale(109.0, 1.0, 80, (0.5, 0.5), grid=1.0)
    assert Manifest.from_json(found.to_json()) == found
    assert Scale(**{**DRAWING, "first": (0.5, 0.5)}).grid == 0.0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "drawing",
    [
        {**DRAWING, "box": 0.0},
        {**DRAWING, "grid": -1.0},
        {**DRAWING, "grid": float("nan")},
        {**DRAWING, "grid": "1"},
        {**DRAWING, "grid": None},
        {**DRAWING, "box": "109"},
        {**DRAWING, "epsilon": -1.0},
        {**DRAWING, "longest": 0},
        {**DRAWING, "first": [0.5]},
        {**DRAWING, "first": [0.5, float("nan")]},
        {**DRAWING, "frames": [[1.0, 2.0, 3.0]]},
        {**DRAWING, "frames": [[1.0, 2.0, 3.0, float("inf")]]},
        {**DRAWING, "frames": [[1.0, 2.0, -3.0, 4.0]]},
        {**DRAWING, "frames": [["1", 2.0, 3.0, 4.0]]},
        {**DRAWING, "frames": 1.0},
        {**DRAWING, "more": 1},
        {"box": 109.0},
        "109",
        None,
    ],
)
def test_a_pen_without_a_sound_scale_is_refused(path: Path, drawing: object) -> None:
    with_member(path, changed(drawing=drawing, columns=[PEN]))
    with pytest.raises(ModelError, match=r"tiny\.tflite: manifest: expected the fields of format 1, got "):
        read_manifest(path)


def test_a_scale_without_a_pen_is_refused(path: Path) -> None:
    with_member(path, changed(drawing=DRAWING))
    with pytest.raises(ModelError, match="expected the fields of format 1, got drawing = "):
        read_manifest(path)
