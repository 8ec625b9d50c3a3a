"""Recordings that went through a spreadsheet or a data frame: other words for the same table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.performance import Performance, read_performance

OURS = "time_s,source,voice,x,y,z,moving\n0.5,player,0,0.25,0.5,1,0\n1.5,ghost,1,0.75,0.5,0.5,1\n"
ROBOJAM = "time,x,y,z,moving\n0.5,0.25,0.5,0.5,0\n1.5,0.75,0.5,1,1\n"
IMPSY = "2026-09-26T10:00:00.5,interface,0.25,0.5\n2026-09-26T10:00:01.5,rnn,0.75,0.125\n"


def quoted(text: str) -> str:
    lines = text.splitlines()
    return "\n".join(",".join(f'"{field}"' for field in line.split(",")) for line in lines) + "\n"


def counted(text: str, name: str = "") -> str:
    """As pandas writes it: a first column that counts the rows."""
    head, *rows = text.splitlines()
    return "\n".join([f"{name},{head}", *(f"{i},{line}" for i, line in enumerate(rows))]) + "\n"


def european(text: str, delimiter: str = ";") -> str:
    """As a spreadsheet writes it where numbers have a decimal comma."""
    return text.replace(",", delimiter).replace(".", ",")


WAYS = {
    "semicolons": lambda text: text.replace(",", ";"),
    "semicolons and decimal commas": european,
    "tabs": lambda text: european(text, "\t"),
    "told to the spreadsheet": lambda text: "sep=;\r\n" + text.replace(",", ";").replace("\n", "\r\n"),
    "quotes": quoted,
    "spaces": lambda text: text.replace(",", ", "),
}
OF_HEADERS = {
    "counted rows": counted,
    "counted rows, named": lambda text: counted(text, "Unnamed: 0"),
    "counted rows, quoted": lambda text: quoted(counted(text)),
    "capital headers": lambda text: "\n".join([text.splitlines()[0].title(), *text.splitlines()[1:], ""]),
    "capital headers, counted, decimal commas": lambda text: european(counted(text).replace("x,y", "X,Y")),
}


def same(found: Performance, expected: Performance) -> None:
    assert found.dropped == () and not found.truncated
    assert found.columns == expected.columns
    np.testing.assert_allclose(found.time_s, expected.time_s)
    assert found.source.tolist() == expected.source.tolist()
    assert found.voice.tolist() == expected.voice.tolist()
    np.testing.assert_array_equal(found.values, expected.values)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("way", [*WAYS, *OF_HEADERS])
@pytest.mark.parametrize("text", [OURS, ROBOJAM, IMPSY], ids=["ours", "robojam", "impsy"])
def test_a_table_of_a_spreadsheet_is_the_recording_it_was(
    tmp_path: Path, text: str, way: str, encoding: str
) -> None:
    if text is IMPSY and way in OF_HEADERS:
        pytest.skip("a log has no header")
    plain, other = tmp_path / "plain.csv", tmp_path / "other.csv"
    plain.write_text(text)
    other.write_bytes({**WAYS, **OF_HEADERS}[way](text).encode(encoding))
    same(read_performance(other), read_performance(plain))


def test_a_log_of_one_value_keeps_its_columns(tmp_path: Path) -> None:
    """Three fields and no header: nothing there counts rows."""
    path = tmp_path / "one.log"
    path.write_text("2026-09-26T10:00:00,interface,0.25\n")
    assert read_performance(path).values.tolist() == [[0.25]]
