"""Who may come in, and which files there are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.files import page_file, version_of
from app.web.gate import Gate

HERE = [
    "localhost",
    "localhost:8080",
    "LOCALHOST:1",
    "127.0.0.1",
    "127.0.0.1:8080",
    "[::1]:8080",
    "127.9.9.9:80",
]
ELSEWHERE = ["", "evil.example", "evil.example:8080", "192.168.1.5:8080", "localhost.evil.example",
             "[::2]:80", "127.0.0.1.evil.example", "0.0.0.0:8080", "@localhost",
             "localhost@evil.example"]  # fmt: skip


@pytest.mark.parametrize("host", HERE)
def test_a_port_of_this_machine_is_called_by_its_name(host: str) -> None:
    assert Gate("127.0.0.1").why_not(host, None, "") == ""
    assert Gate("::1").why_not(host, f"http://{host}", "") == ""


@pytest.mark.parametrize("host", ELSEWHERE)
def test_a_name_that_was_made_to_lead_here_does_not_get_in(host: str) -> None:
    assert Gate("127.0.0.1").why_not(host, None, "") != ""
    assert Gate("localhost").why_not_public(host, None) != ""


ORIGINS = ["null", "", "http://evil.example", "http://localhost:9999", "https://evil.example:8080", "file://"]


@pytest.mark.parametrize("origin", ORIGINS)
def test_the_page_of_a_stranger_does_not_get_in(origin: str) -> None:
    assert Gate("127.0.0.1").why_not("localhost:8080", origin, "") != ""
    gate = Gate("0.0.0.0", "ours")
    assert gate.why_not("192.168.1.5:8080", origin, "token=ours") != ""


def test_whoever_comes_from_outside_shows_the_token() -> None:
    gate = Gate("0.0.0.0", "ours")
    origin = "http://192.168.1.5:8080"
    assert gate.why_not("192.168.1.5:8080", origin, "a=b&token=ours") == ""
    for wrong in ("", "token=", "token=our", "token=ours2", "Token=ours", "token=%FF", "ours",
                  "token=ours;" * 9, "token=" + "o" * 100_000, "token=\udcff"):  # fmt: skip
        assert gate.why_not("192.168.1.5:8080", origin, wrong) != ""
    assert gate.why_not_public("anything.example", None) == ""  # the files of the pages are no secret


def test_a_token_is_made_where_one_is_needed_and_is_another_each_time() -> None:
    assert Gate("127.0.0.1").token == ""
    first, second = Gate("0.0.0.0").token, Gate("192.168.1.5").token
    assert len(first) >= 20
    assert first != second
    assert Gate("127.0.0.1", "ours").why_not("localhost", None, "") != ""  # asked for, so it is


NO_FILES = [
    "", "live/index.html", "/..", "/../pyproject.toml", "/live/../../__init__.py", "/live/%2e%2e/x.js",
    "//etc/passwd.txt", "/live//index.html", "/live/.hidden.js", "/C:/x.js", "/live\\index.html", "/x\0.js",
    "/live/index.html/", "/live/index.php", "/live", "/\uff4cive/index.html", "/live/index.html\n",
]  # fmt: skip


@pytest.mark.parametrize("path", NO_FILES)
def test_what_is_no_path_of_a_page_is_none(path: str) -> None:
    assert page_file(path) is None


@given(st.text(alphabet="abz./%\\_-~:\0 \n", max_size=30))
def test_no_path_leads_out(tmp_path_factory: pytest.TempPathFactory, path: str) -> None:
    assert page_file(path, tmp_path_factory.getbasetemp()) is None


def test_a_file_has_its_type_and_its_version(tmp_path: Path) -> None:
    folder = tmp_path / "live"
    folder.mkdir()
    for name, text in (("index.html", "<p>"), ("a.js", "1"), ("b.txt", "é")):
        (folder / name).write_text(text, "utf-8")
    (tmp_path / "secret.txt").symlink_to("/nowhere")
    (folder / ".hidden.js").write_text("1")
    home = page_file("/", tmp_path)
    assert home == page_file("/live/", tmp_path) == page_file("/live/index.html", tmp_path)
    assert home is not None
    assert (home.body, home.content_type) == (b"<p>", "text/html; charset=utf-8")
    script = page_file("/live/a.js", tmp_path)
    assert script is not None
    assert script.content_type == "text/javascript; charset=utf-8"
    assert version_of(script.body) != version_of(home.body)
    for path in ("/secret.txt", "/live/.hidden.js", "/live/../live/a.js", "/live/./a.js", "/live//a.js"):
        assert page_file(path, tmp_path) is None
    assert page_file("/a.js", folder) is not None
    assert page_file("/../live/a.js", folder) is None
