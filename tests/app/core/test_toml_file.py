"""TOML files that people write: whatever stands in one is content, or an error with its key and line."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.toml_file import (
    DEEPEST,
    LARGEST_BYTES,
    LONGEST,
    TomlError,
    dotted,
    line_of,
    parse,
    read_text,
)

WAIT_S = 60.0  # a busy machine is no defect
PATH = Path("rig.toml")
MANY = 100_000


def error_of(text: str) -> str:
    """The line that a person reads."""
    with pytest.raises(TomlError) as error:
        parse(text)
    return error.value.located(PATH, text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb =\nc = 2", "rig.toml:2: expected TOML: "),
        ("a = 1\n\nb = [1,\n2", "rig.toml:4: expected TOML: "),
        ("a = 1\n[t]\nb = " + "[" * MANY, "rig.toml:3: t.b: expected lines of at most 4096 characters and"),
        ("[t]\nb = " + "[" * MANY + "]" * MANY, "rig.toml:2: t.b: expected lines of at most 4096"),
        ("a = 1\nb = " + "{b=" * MANY, "rig.toml:2: b: expected lines of at most 4096 characters and"),
        ("a = 1\n[" + "b." * MANY + "c]", "rig.toml:2: b.b.b.b.b"),
        ("a = 1\nb = " + "9" * 5000, "rig.toml:2: b: expected lines of at most 4096 characters and"),
        ("a = 1\nb = " + "[" * 4000, "rig.toml:2: b: expected lines of at most 4096 characters and 256"),
        ("a = 1\nb = " + "[\n" * MANY, "rig.toml:258: b: expected lines of at most 4096 characters and"),
        ("a = 1\nb = [" + "1, [" * 20 + "]" * 21, "rig.toml:2: b[2][2][2]"),
        ("a = 1\n[" + "b." * 2000 + "c]", "rig.toml:2: b.b.b.b.b"),
        ("a = 1\nb" + ".b" * 100 + " = 1", "rig.toml:2: b.b.b.b.b"),
        ("a = 1\nb = 0x" + "f" * 4000, "rig.toml:2: b: expected a number of at most 64 bits."),
        ("a = 1\nb = 9223372036854775808", "rig.toml:2: b: expected a number of at most 64 bits."),
        ("a = 1\nb = 'c'\n[d]\ne = \"\\u0000\"", "rig.toml:4: d.e: expected a text without the character 0."),
        ("\0" * 10, "rig.toml:1: expected TOML: "),
    ],
)  # fmt: skip
def test_what_harms_who_reads_it_is_refused_at_its_line(text: str, line: str) -> None:
    said = error_of(text)
    assert said.startswith(line), said
    assert "\n" not in said and len(said) < LONGEST + 40


def test_the_largest_that_is_taken() -> None:
    deep: Any = 1
    for _ in range(DEEPEST):
        deep = [deep]
    assert parse(f"a = {deep}\nb = -9223372036854775808") == {"a": deep, "b": -(2**63)}


def test_many_lists_beside_each_other_are_taken() -> None:
    text = "".join(f"b{n} = [[{n}], {{ a = [] }}]\n" for n in range(200))
    assert parse(text)["b199"] == [[199], {"a": []}]


def test_a_message_is_one_line_however_long_it_is() -> None:
    assert str(TomlError("no.", ["a\nb", 0])) == "'a\\nb'[1]: no."
    error = TomlError("no " + "x" * MANY, ["a"])
    assert len(str(error)) == LONGEST and str(error).startswith("a: no xxx")


@given(st.binary(max_size=60) | st.text("[]{}=.,\"'#\n ab1e-:\\", max_size=60).map(str.encode))
def test_any_bytes_are_content_or_one_error(tmp_path_factory: pytest.TempPathFactory, found: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(found)
    text = ""
    try:
        text = read_text(path)
        content = parse(text)
    except TomlError as error:
        assert error.located(path, text).startswith(f"{path}:")
    else:
        assert isinstance(content, dict)


def read_of(path: Path) -> Any:
    """What `read_text` returns or raises, within a time: a pipe must not hold it up."""
    found: list[Any] = []

    def read() -> None:
        try:
            found.append(read_text(path))
        except (TomlError, OSError) as error:
            found.append(error)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(WAIT_S / 4)
    assert found, "it waits"
    return found[0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert str(read_of(tmp_path / "pipe")) == "expected a file, got a pipe or a device."
    writer = os.open(tmp_path / "pipe", os.O_RDWR)  # somebody holds it open, and writes nothing
    assert str(read_of(tmp_path / "pipe")) == "expected a file, got a pipe or a device."
    os.close(writer)


def test_what_is_no_text_file(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    assert isinstance(read_of(path), FileNotFoundError)
    assert isinstance(read_of(tmp_path), OSError)
    path.write_bytes(b"a = 1\nb = '\xff'")
    error = read_of(path)
    assert error.located(path, "") == f"{path}:2: expected UTF-8 text: invalid start byte at byte 11."
    path.write_bytes("a = 1\n".encode("utf-16"))
    assert "expected UTF-8 text" in str(read_of(path))
    path.write_bytes(b"#" * (LARGEST_BYTES + 1))
    assert str(read_of(path)) == f"expected at most {LARGEST_BYTES} bytes."


def test_an_editor_of_another_system_may_have_written_it(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\r\n[b]\r\nc = 2\r\n")
    text = read_text(path)
    assert parse(text) == {"a": 1, "b": {"c": 2}} and line_of(text, ["b", "c"]) == 3


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (["a"], 1),
        (["b", "c"], 4),
        (["b", "c", "d"], 5),
        (["b", "c", "missing"], 4),
        (["e", 0, "f"], 7),
        (["e", 1, "f"], 9),
        (["e", 1, "g", "h"], 11),
        (["dotted", "key"], 2),
        (["nowhere"], 1),
    ],
)
def test_lines(keys: list[str | int], line: int) -> None:
    text = 'a = 1\ndotted.key = 2\n\n[b.c] # comment\n"d" = 3\n[[e]]\nf = 1\n[[e]]\nf = 2\n[e.g]\nh = 3\n'
    assert line_of(text, keys) == line
    assert line_of(text.replace("\n\n", "\n# \x0c\u2028\n"), keys) == line  # no ends of lines in TOML


def test_keys_as_people_write_them() -> None:
    assert dotted(["a", "b c", 0, "d"]) == "a.'b c'[1].d"
