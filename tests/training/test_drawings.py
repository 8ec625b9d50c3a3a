"""Drawings of any stroke corpus: the formats, what is cleaned away, and the size of what remains."""

from __future__ import annotations

import io
import json
import os
import pickle
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.formats.drawing_files import holds_drawings
from models.strokes import simplify, to_points, to_strokes
from training import drawings
from training.corpus import CorpusError

TURTLE = np.array([[0, 0, 0], [100, 0, 0], [0, 90, 1], [-50, -45, 0], [7, 3, 1]], "int16")
BIRD = np.array([[0, 0, 0], [-80, 20, 1], [40, 40, 0], [40, -60, 1]], "int16")
DONE = [[0, 0, 0], [100, 0, 0], [0, 90, 1], [-50, -45, 0], [7, 3, 2]]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 218 218">{}</svg>'


def objects(items: list[Any]) -> np.ndarray:
    array = np.empty(len(items), object)
    array[:] = items
    return array


def flat(path: Path, *drawings: np.ndarray, columns: tuple[str, ...] = ("dx", "dy", "pen_lifted")) -> Path:
    offsets = np.cumsum([0, *map(len, drawings)])
    np.savez(path, values=np.concatenate(drawings).astype("float32"), offsets=offsets, columns=columns)
    return path


def ndjson(path: Path, *drawings: Any) -> Path:
    path.write_text("".join(json.dumps({"word": "cat", "drawing": d}) + "\n" for d in drawings))
    return path


def svg(path: Path, body: str) -> Path:
    path.write_text(SVG.format(body))
    return path


def read_drawings(paths: list[Path], **options: Any) -> SimpleNamespace:
    """What is read of the files, laid out."""
    corpus, dropped = drawings.read_drawings(paths, **options)
    scale = corpus.drawing
    assert scale is not None
    return SimpleNamespace(
        drawings=corpus.performances, box=scale.box, epsilon=scale.epsilon, grid=scale.grid,
        unit=corpus.columns[0].unit, has_added_start=corpus.has_added_start, dropped=tuple(dropped),
    )  # fmt: skip


def points(found: SimpleNamespace) -> list[Any]:
    assert all(d.dtype == np.float32 for d in found.drawings)
    return [d.tolist() for d in found.drawings]


def reasons(found: SimpleNamespace) -> list[str]:
    return [str(row).split(": ", 1)[1] for row in found.dropped]


# .npz


def test_a_flat_file_is_cut_at_its_offsets(tmp_path: Path) -> None:
    found = read_drawings([flat(tmp_path / "a.npz", TURTLE, BIRD)])
    assert points(found)[0] == DONE and len(found.drawings) == 2
    assert found.unit == "" and found.dropped == ()


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_file_of_sketch_rnn_is_read_without_unpickling(
    tmp_path: Path, protocol: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cat.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, drawings in (("train", [TURTLE, BIRD]), ("valid", [BIRD]), ("test", [TURTLE])):
            with archive.open(f"{part}.npy", "w") as file:
                array = objects(drawings)
                header = np.lib.format.header_data_from_array_1_0(array)
                np.lib.format.write_array_header_1_0(file, header)
                file.write(pickle.dumps(array, protocol=protocol))
    with np.load(path, allow_pickle=True) as theirs:
        assert theirs["train"][0].tolist() == TURTLE.tolist(), "it is such a file"

    def run(*_: object, **__: object) -> None:
        pytest.fail("something was unpickled")

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, run)
    found = read_drawings([path])
    assert points(found)[0] == DONE and len(found.drawings) == 2
    assert len(read_drawings([path], part="valid").drawings) == 1


def test_stroke_5_ends_at_its_first_end(tmp_path: Path) -> None:
    with_token = [[0, 0, 1, 0, 0], [9, 0, 1, 0, 0], [0, 9, 0, 1, 0], [5, 5, 1, 0, 0], [1, 2, 0, 1, 0]]
    with_token += [[0, 0, 0, 0, 1]] * 3
    ends_itself = [*with_token[:4], [1, 2, 0, 0, 1], [0, 0, 0, 0, 1]]
    np.savez(
        tmp_path / "a.npz", train=objects([np.array(with_token), np.array(ends_itself), np.array([[1, 2]])])
    )
    found = read_drawings([tmp_path / "a.npz"])
    expected = [[0, 0, 0], [9, 0, 0], [0, 9, 1], [5, 5, 0], [1, 2, 2]]
    assert points(found) == [expected, expected]
    assert reasons(found) == ["train, drawing 2: expected stroke-3 or stroke-5 rows, got int64 (1, 2)."]


def test_the_point_that_sketch_rnn_leaves_out_is_put_back(tmp_path: Path) -> None:
    """There the pen is down at the origin; else the first line of every drawing were lost."""
    np.savez(tmp_path / "a.npz", train=objects([TURTLE[1:], BIRD[1:]]))
    assert points(read_drawings([tmp_path / "a.npz"]))[0] == DONE
    np.savez(tmp_path / "b.npz", train=objects([TURTLE, BIRD]))
    assert points(read_drawings([tmp_path / "b.npz"]))[0] == DONE
    found = read_drawings([tmp_path / "a.npz", tmp_path / "b.npz"])
    assert found.has_added_start == (True, True, False, False), "a thing of each file"


def test_of_drawings_left_out_nothing_is_kept(tmp_path: Path) -> None:
    huge = np.array([[900.0, 0, 0], [900, 0, 0], [-900, 900, 0], [0, 900, 1]])
    small = [np.array([[3.0, 4, 0], [5, 0, 0], [0, 5, 1]])] * 199
    np.savez(tmp_path / "a.npz", train=objects([huge, *small]))
    np.savez(tmp_path / "b.npz", train=objects([small[0] - [3, 4, 0]] * 200))
    found = read_drawings([tmp_path / "a.npz", tmp_path / "b.npz"])
    assert len(found.dropped) == 1
    assert found.has_added_start == (True,) * 199 + (False,) * 200
    assert [len(p) for p in found.drawings] == [4] * 199 + [3] * 200


def test_whole_numbers_are_a_grid_of_one_and_one_other_number_is_none(tmp_path: Path) -> None:
    whole = np.array([[0, 0, 0], [9, -4, 0], [30, 9, 1]])
    np.savez(tmp_path / "a.npz", train=objects([whole, whole]))
    np.savez(tmp_path / "b.npz", train=objects([whole, whole + np.array([0, 0.25, 0])]))
    assert read_drawings([tmp_path / "a.npz"]).grid == 1.0
    simpler = read_drawings([tmp_path / "a.npz"], epsilon=3.0)
    assert simpler.grid == 1.0, "known no better for being simplified"
    assert read_drawings([tmp_path / "b.npz"]).grid == 0.0
    assert read_drawings([tmp_path / "a.npz", tmp_path / "b.npz"]).grid == 0.0


def test_quickdraw_lies_on_a_grid_and_curves_do_not(tmp_path: Path) -> None:
    line = [[[0, 100, 255], [0, 90, 255]]]
    assert read_drawings([ndjson(tmp_path / "a.ndjson", line)]).grid == 1.0
    assert read_drawings([svg(tmp_path / "a.svg", '<path d="M10 10C20 40 40 20 80 80"/>')]).grid == 0.0


def test_a_hostile_npz_is_one_error_and_runs_nothing(tmp_path: Path) -> None:
    class Call:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "trap"),)

    np.savez(tmp_path / "a.npz", train=objects([TURTLE, Call()]))
    with pytest.raises(CorpusError) as error:
        read_drawings([tmp_path / "a.npz"])
    assert not (tmp_path / "trap").exists()
    assert str(error.value) == (
        f"{tmp_path / 'a.npz'}: train: expected arrays of numbers only, "
        "got the name 'posix mkdir', which could run code."
    )


@pytest.mark.parametrize(
    ("arrays", "expected"),
    [
        ({"values": np.zeros((2, 4))}, "expected drawings under train, got values."),
        (
            {"columns": ["x", "y", "dt", "moving"]},
            "expected columns dx, dy, pen_lifted, got x, y, dt, moving.",
        ),
        (
            {"columns": ["dx", "dy", "pen"], "values": np.zeros((2, 4)), "offsets": [0, 2]},
            "expected values (n_points, 3), got float64 (2, 4).",
        ),
        (
            {"columns": ["dx", "dy", "pen"], "values": np.zeros((2, 3)), "offsets": [0, 3]},
            "expected offsets from 0 up to 2.",
        ),
        (
            {"train": np.zeros((4, 4))},
            "train: expected a list of drawings, got an array (4, 4).",
        ),
    ],
)
def test_an_npz_of_something_else_is_said(tmp_path: Path, arrays: dict[str, Any], expected: str) -> None:
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(CorpusError) as error:
        read_drawings([tmp_path / "a.npz"])
    assert str(error.value) == f"{tmp_path / 'a.npz'}: {expected}"


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_an_npz_cut_short_is_one_error(tmp_path: Path, share: float) -> None:
    np.savez(tmp_path / "a.npz", train=objects([TURTLE, BIRD] * 20))
    data = (tmp_path / "a.npz").read_bytes()
    (tmp_path / "a.npz").write_bytes(data[: int(len(data) * share)])
    with pytest.raises(CorpusError, match=r"a\.npz: arrays: expected a NumPy \.npz file, got: "):
        read_drawings([tmp_path / "a.npz"])


# .ndjson


@pytest.mark.parametrize("name", ["columns", "values"])
def test_an_npz_that_is_damaged_inside_is_one_error(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.npz"
    values = np.random.default_rng(1).normal(size=(400, 3))
    np.savez_compressed(path, values=values, offsets=[0, 400], columns=["dx", "dy", "pen_lifted"])
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo(f"{name}.npy").header_offset
    data = bytearray(path.read_bytes())
    at = start + 30 + len(f"{name}.npy") + int.from_bytes(data[start + 28 : start + 30], "little")
    data[at : at + 8] = b"\xff" * 8  # no deflated block begins like that
    path.write_bytes(data)
    assert holds_drawings(path) is (name != "columns")
    with pytest.raises(CorpusError, match=r"a\.npz: arrays: expected a NumPy \.npz file, got: 'Error -3"):
        read_drawings([path])


def test_an_npz_that_claims_more_than_there_is_memory_is_one_error(tmp_path: Path) -> None:
    path = flat(tmp_path / "a.npz", TURTLE)
    packed = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        packed, {"descr": "<f8", "fortran_order": False, "shape": (10**14, 3)}
    )
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.npz", "w") as new:
        for member in old.namelist():
            new.writestr(member, packed.getvalue() if member == "values.npy" else old.read(member))
    with pytest.raises(CorpusError, match=r"b\.npz: values: expected 2400000000000000 bytes as it says"):
        read_drawings([tmp_path / "b.npz"])


def test_quickdraw_lines_are_read_and_bad_ones_told_by_line(tmp_path: Path) -> None:
    path = ndjson(tmp_path / "cat.ndjson", [[[0, 255], [0, 0]], [[0, 7, 9], [10, 12, 40]]])
    with path.open("a") as file:
        file.write('{"word": "cat"}\n\n{"drawing": [[[0, 1], [0]]]}\nnot json\n{"drawing": []}\n')
        file.write('{"drawing": [[[5, 5], [5, 5]]]}\n{"drawing": [[[0, 1e999], [0, 0]]]}\n')
    found = read_drawings([path])
    assert points(found) == [[[0, 0, 0], [255, 0, 1], [-255, 10, 0], [7, 2, 0], [2, 28, 2]]]
    assert (found.box, found.epsilon, found.unit) == (255.0, 2.0, "QuickDraw")
    assert [(row.path, row.line) for row in found.dropped] == [(path, n) for n in (2, 4, 5, 6, 7, 8)]
    assert found.dropped[0].reason == "expected {\"drawing\": [[[x, ..], [y, ..]], ..]}, got: 'drawing'."
    assert found.dropped[3].reason == "expected 2 to 2000 points, got 0."
    assert found.dropped[4].reason == "expected a drawing with an extent, got a dot."
    assert "expected finite numbers" in found.dropped[5].reason


def test_a_line_that_is_too_long_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "cats.ndjson"
    path.write_text("x" * (9 << 20) + '\n{"drawing": [[[0, 9], [0, 9]]]}\nnothing\n' + "y" * (9 << 20))
    found = read_drawings([path])
    assert len(found.drawings) == 1
    assert [(row.line, row.reason[:31]) for row in found.dropped] == [
        (1, "expected a line of less than 41"), (3, 'expected {"drawing": [[[x, ..],'),
        (4, "expected a line of less than 41"),
    ]  # fmt: skip


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda t: json.dumps({"drawing": t}).encode()))
def test_any_line_gives_a_drawing_or_a_reason(tmp_path_factory: pytest.TempPathFactory, line: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.ndjson"
    path.write_bytes(b'{"drawing": [[[0, 9], [0, 9]]]}\n' + line)
    assert points(read_drawings([path]))[0] == [[0, 0, 0], [9, 9, 2]]


# .svg


def test_a_file_of_kanjivg_is_read(tmp_path: Path) -> None:
    """A DOCTYPE of attributes, groups with a style, a stroke a path, and numbers that are text."""
    path = tmp_path / "kanji.svg"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.0//EN" "x" [\n'
        '<!ATTLIST g xmlns:kvg CDATA #FIXED "http://kanjivg.tagaini.net" kvg:element CDATA #IMPLIED >]>\n'
        '<svg xmlns="http://www.w3.org/2000/svg" width="109" height="109" viewBox="0 0 109 109">'
        '<g style="fill:none;stroke:#000000;stroke-width:3"><g kvg:element="x">'
        '<path d="M10,10c20,0 60,0 80,0"/><path d="M50,10C50,40 40,80 10,100"/></g></g>'
        '<g style="font-size:8"><text transform="matrix(1 0 0 1 5 5)">1</text></g></svg>'
    )
    found = read_drawings([path])
    assert (found.box, found.epsilon, found.unit, found.dropped) == (109.0, 1.0, "KanjiVG", ())
    line, curve = to_strokes(found.drawings[0])
    assert line.tolist() == [[0, 0], [80, 0]]
    assert 4 <= len(curve) <= 6 and curve[-1] == pytest.approx([0, 90], abs=1e-3)
    share = np.linspace(0, 1, 50)[:, None]
    exact = np.array([[50, 10], [50, 40], [40, 80], [10, 100]]) - 10.0
    bezier = sum(k * (1 - share) ** (3 - i) * share**i * exact[i] for i, k in enumerate((1, 3, 3, 1)))
    assert simplify(np.asarray(bezier), 1.0) == pytest.approx(curve, abs=3.0)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<line x1="0" y1="0" x2="100" y2="50" stroke="red"/>', [[[0, 0], [50, 25]]]),
        ('<polyline points="0,0 20,0 20,40" stroke="red"/>', [[[0, 0], [10, 0], [10, 20]]]),
        ('<polygon points="0,0 20,0 20,40" stroke="red"/>', [[[0, 0], [10, 0], [10, 20], [0, 0]]]),
        (
            '<rect x="40" y="0" width="20" height="40" stroke="red" transform="translate(5 5)"/>',
            [[[0, 0], [10, 0], [10, 20], [0, 20], [0, 0]]],
        ),
        ('<g transform="scale(2)"><path d="M1 1h9v9" stroke="red"/></g>', [[[0, 0], [9, 0], [9, 9]]]),
        ('<path d="M0 0h20 M0 40h20" stroke="red"/>', [[[0, 0], [10, 0]], [[0, 20], [10, 20]]]),
        ('<path d="M0 0h20zM40 40" stroke="red"/>', [[[0, 0], [10, 0], [0, 0]]]),
        ('<rect width="9" height="9" fill="red"/><path d="M0 0h20" stroke="red"/>', [[[0, 0], [10, 0]]]),
        ('<path d="M0 0h20" fill="red"/>', [[[0, 0], [10, 0]]]),
        ('<defs><path d="M9 9h9" stroke="red"/></defs><path d="M0 0h20" stroke="red"/>', [[[0, 0], [10, 0]]]),
        ('<style>.s {stroke: red}</style><path class="s" d="M0 0h20"/>', [[[0, 0], [10, 0]]]),
        ('<path d="M0 0h20" stroke="red"/><path d="M0 0h9" display="none"/>', [[[0, 0], [10, 0]]]),
    ],
)
def test_every_shape_is_a_stroke_in_a_box_of_109(tmp_path: Path, body: str, expected: Any) -> None:
    """The viewBox of these is 218, so everything is half as large."""
    found = to_strokes(read_drawings([svg(tmp_path / "a.svg", body)]).drawings[0])
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours == pytest.approx(np.array(theirs, "float32"), abs=0.05)


@pytest.mark.parametrize(
    "body", ['<circle cx="109" cy="109" r="100"/>', '<path d="M9 109a100 100 0 0 1 200 0"/>']
)
def test_curves_are_round(tmp_path: Path, body: str) -> None:
    (stroke,) = to_strokes(read_drawings([svg(tmp_path / "a.svg", body)], epsilon=0.1).drawings[0])
    centre = stroke[0] + [(-50, 0), (50, 0)]["path" in body]
    assert np.hypot(*(stroke - centre).T) == pytest.approx(50.0, abs=0.15)


def test_several_files_and_a_zip_of_them(tmp_path: Path) -> None:
    one = svg(tmp_path / "1.svg", '<path d="M0 0h20" stroke="red"/>')
    two = svg(tmp_path / "2.svg", "<text>3</text>")
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(one, "kanji/1.svg")
        file.write(two, "kanji/2.svg")
        file.writestr("README.txt", "hello")
    found = read_drawings([one, two])
    assert len(found.drawings) == 1
    assert [str(row) for row in found.dropped] == [f"{two}: expected at least one line, got none."]
    zipped = read_drawings([archive])
    assert points(zipped) == points(found)
    assert reasons(zipped) == ["kanji/2.svg: expected at least one line, got none."]


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f'<!DOCTYPE svg [<!ENTITY l0 "ha">{LAUGHS}]><svg>&l11;</svg>',
            "expected no entities but short texts, got 'l1'.",
        ),
        (
            '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
            "expected no entities but short texts, got 'x'.",
        ),
        (
            SVG.format('<g id="a"><use href="#a"/><use href="#a"/></g>'),
            "expected at least one line, got none.",
        ),
        (SVG.format("<g>" * 5000), "expected at most 5000 elements, 64 deep, got more."),
        (SVG.format("<g/>" * 5000), "expected at most 5000 elements, 64 deep, got more."),
        (
            '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9"/></svg>',
            "expected a root <svg> with a viewBox, or a width and a height.",
        ),
        ("<html/>", "expected a root <svg> with a viewBox, or a width and a height."),
        ("hello", "expected XML, got: syntax error: line 1, column 0."),
        ("", "expected XML, got: no element found: line 1, column 0."),
        (SVG.format("<path"), "expected XML, got: not well-formed (invalid token): line 1, column 67."),
        (SVG.format(""), "expected at least one line, got none."),
        (
            SVG.format('<path d="M0 0h9999999" stroke="red"/>'),
            "expected a drawing about as large as the others",
        ),
        (" " * (1 << 20) + "<svg/>", "expected at most 1048576 bytes, got more."),
        (
            '<?xml version="1.0" encoding="foo"?>' + SVG.format(""),
            "expected XML, got: unknown encoding: foo.",
        ),
        ('<?xml version="1.0" encoding="big5"?>' + SVG.format(""), "expected XML, got: multi-byte"),
    ],
)
def test_an_svg_that_is_none_costs_one_drawing(tmp_path: Path, text: str, expected: str) -> None:
    good, bad = svg(tmp_path / "good.svg", '<path d="M0 0h9" stroke="red"/>'), tmp_path / "bad.svg"
    bad.write_text(text)
    found = read_drawings([bad, good])
    assert len(found.drawings) == 1
    (row,) = found.dropped
    assert row.path == bad and row.reason.startswith(expected)


@given(st.text(alphabet="MmLlHhVvCcSsQqTtAaZz 0123456789.,-+e", max_size=40))
def test_any_path_gives_strokes_or_a_reason(tmp_path_factory: pytest.TempPathFactory, data: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    good = svg(folder / "good.svg", '<path d="M0 0h9" stroke="red"/>')
    found = read_drawings([good, svg(folder / "any.svg", f'<path stroke="red" d="{data}"/>')])
    assert len(found.drawings) + len(found.dropped) == 2
    assert all(np.isfinite(d).all() for d in found.drawings)


# What is cleaned away, and the size of the rest


def test_what_is_no_drawing_is_left_out_with_its_place(tmp_path: Path) -> None:
    bad = {
        "expected 2 to 2000 points, got 0.": np.zeros((0, 3)),
        "expected 2 to 2000 points, got 1.": np.array([[1.0, 2, 1]]),
        "expected 2 to 2000 points, got 2001.": np.tile([1.0, 0, 0], (2001, 1)),
        "expected finite numbers and a pen, got [nan, 0.0, 0.0] in point 1.": np.array(
            [[0, 0, 0], [np.nan, 0, 0], [0, 0, 1]]
        ),
        "expected steps up to 1e+09 units, got 1e+30.": np.array([[0, 0, 0], [1e30, 1, 0], [1, 1, 1]]),
        "expected a pen of 0 or 1 and its end at the last point, got [0.5, 2.0].": np.array(
            [[0, 0, 0.5], [1.0, 0, 1]]
        ),
        "expected a drawing with an extent, got a dot.": np.array([[3, 4, 0], [0, 0, 1]]),
        "expected a drawing about as large as the others, 100, got 99000.": np.array(
            [[0, 0, 0], [99e3, 0, 1]]
        ),
    }
    usual = [TURTLE, BIRD] * 100
    path = flat(tmp_path / "a.npz", *bad.values(), *usual)
    found = read_drawings([path])
    assert sorted(reasons(found)) == sorted(f"drawing {i}: {reason}" for i, reason in enumerate(bad))
    assert len(found.drawings) == len(usual)


def test_the_box_is_what_99_of_100_fit_into_and_every_step(tmp_path: Path) -> None:
    small = np.array([[0, 0, 0], [30, 0, 0], [30.5, 0, 1]])
    wide = np.array([[0, 0, 0], [70, 0, 1], [-10, 0, 1]])
    found = read_drawings([flat(tmp_path / "a.npz", *[small] * 999, wide)])
    assert found.box == 70.0, "a step of 70 must be in it"
    assert len(found.drawings) == 1000
    assert read_drawings([flat(tmp_path / "b.npz", *[small] * 1000)]).box == 61.0


def test_simplification_on_request_and_what_it_was(tmp_path: Path) -> None:
    share = np.linspace(0.0, np.pi, 400)
    arc = np.diff(np.c_[50 * np.cos(share), 50 * np.sin(share)], axis=0, prepend=[[50, 0]])
    path = flat(tmp_path / "a.npz", np.c_[arc, np.r_[np.zeros(399), 1]])
    assert len(read_drawings([path]).drawings[0]) == 400
    assert read_drawings([path]).epsilon < 0.01, "as fine as the file"
    found = read_drawings([path], epsilon=1.0)
    assert 6 <= len(found.drawings[0]) <= 16 and found.epsilon == 1.0
    with pytest.raises(CorpusError, match=r"epsilon: expected above 0, got -1\.0"):
        read_drawings([path], epsilon=-1.0)


@pytest.mark.parametrize("epsilon", [0.5, 3.0])
def test_what_a_corpus_was_simplified_by_shows_in_its_points(tmp_path: Path, epsilon: float) -> None:
    """Arcs of every curvature, of which some are hardly bent enough to keep their middle."""
    share, drawings = np.linspace(-1.0, 1.0, 200), []
    for bend in np.linspace(0.0, 4 * epsilon, 200):
        arc = np.c_[60 * share, bend * (1 - share**2)]
        drawings.append(to_points([simplify(arc, epsilon)], end=False))
    assert read_drawings([flat(tmp_path / "a.npz", *drawings)]).epsilon == pytest.approx(epsilon, rel=0.1)


def test_kinds_are_not_mixed(tmp_path: Path) -> None:
    one, two = flat(tmp_path / "a.npz", TURTLE), ndjson(tmp_path / "b.ndjson", [[[0, 1], [0, 1]]])
    with pytest.raises(CorpusError, match=r"expected drawings of one kind.*got \.ndjson, \.npz"):
        read_drawings([one, two])
    with pytest.raises(CorpusError, match=r"no file: expected drawings of one kind"):
        read_drawings([])
    with pytest.raises(CorpusError, match=r"expected drawings of one kind.*got \.txt"):
        read_drawings([tmp_path / "a.txt"])
    with pytest.raises(FileNotFoundError):
        read_drawings([tmp_path / "c.svg"])


def test_files_of_drawings_are_told_from_performances(tmp_path: Path) -> None:
    assert holds_drawings(flat(tmp_path / "a.npz", TURTLE))
    assert not holds_drawings(flat(tmp_path / "b.npz", TURTLE, columns=("dt", "x1", "x2")))
    np.savez(tmp_path / "c.npz", train=objects([TURTLE]))
    assert holds_drawings(tmp_path / "c.npz")
    np.savez(tmp_path / "d.npz", perfs=objects([TURTLE]))
    assert not holds_drawings(tmp_path / "d.npz")
    (tmp_path / "e.npz").write_bytes(b"PK")
    assert not holds_drawings(tmp_path / "e.npz")
    assert not holds_drawings(tmp_path / "f.csv")
    assert holds_drawings(tmp_path / "g.svg") and holds_drawings(tmp_path / "h.ndjson")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "n", "box", "epsilon"), [("kanji", 600, 93, 1.0), ("omniglot", 1000, 534, 3.4)]
)
def test_the_corpora_are_read(shared_folder: Path, name: str, n: int, box: float, epsilon: float) -> None:
    found = read_drawings([shared_folder / "data" / f"{name}-valid.npz"])
    assert len(found.drawings) == n and not found.dropped
    assert found.box == pytest.approx(box, rel=0.05) and found.epsilon == pytest.approx(epsilon, rel=0.15)
