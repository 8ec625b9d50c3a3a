"""Fetching: a good file, and everything that can be wrong on the way, against a server on loopback."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from training import fetch as fetching
from training.__main__ import main
from training.checksums import ChecksumError
from training.fetch import FetchError, Source, fetch, find_source
from training.options import read_credit
from training.recordings import gather

pytest.importorskip("pooch")

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9" stroke="red"/></svg>'
DIGEST = hashlib.sha256(SVG).hexdigest()
OTHER = "0" * 64


class Handler(BaseHTTPRequestHandler):
    """`/good.svg` is whole, `/cut.svg` ends in the middle, anything else is not there."""

    def do_GET(self) -> None:
        if self.path not in ("/good.svg", "/cut.svg"):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(SVG)))
        self.end_headers()
        self.wfile.write(SVG if self.path == "/good.svg" else SVG[:20])

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def source(url: str, file: str = "good.svg") -> Source:
    return Source(f"{url}/{file}", file, ("Lines", "me", "CC0"))


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_comes_with_its_checksum_beside_it(server: str, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    found = fetch(source(server), folder)
    assert found.path == folder / "good.svg" and found.path.read_bytes() == SVG
    assert (found.digest, found.is_new, found.is_trusted) == (DIGEST, True, True)
    assert (folder / "good.svg.sha256").read_text() == f"{DIGEST}  good.svg\n"
    assert read_credit(found.credit) == {"name": "Lines", "credit": "me", "licence": "CC0"}
    assert read_credit(None, [found.path, found.path]) == read_credit(found.credit), "found beside the data"
    assert read_credit(None, [folder / "mine.svg"])["name"] == "own recordings"
    assert left_in(folder) == ["good.svg", "good.svg.credit.json", "good.svg.sha256"]


def test_what_is_there_is_compared_and_not_fetched_again(server: str, tmp_path: Path) -> None:
    fetch(source(server), tmp_path)
    again = fetch(source("http://127.0.0.1:1"), tmp_path)
    assert (again.digest, again.is_new, again.is_trusted) == (DIGEST, False, False)
    (tmp_path / "good.svg").write_bytes(SVG + b" ")
    with pytest.raises(ChecksumError, match=rf"expected the file of good.svg.sha256, SHA-256 {DIGEST}, got"):
        fetch(source(server), tmp_path)
    with pytest.raises(ChecksumError, match="Remove both to fetch it again"):
        gather([tmp_path / "good.svg"])


def test_a_file_that_was_removed_must_come_back_the_same(server: str, tmp_path: Path) -> None:
    (tmp_path / "good.svg.sha256").write_text(f"{OTHER}  good.svg\n")
    with pytest.raises(FetchError, match=f"expected SHA-256 {OTHER}, got {DIGEST}; nothing was kept"):
        fetch(source(server), tmp_path)
    assert left_in(tmp_path) == ["good.svg.sha256"]
    (tmp_path / "good.svg.sha256").write_text(f"{DIGEST.upper()} *good.svg\n")
    assert fetch(source(server), tmp_path).is_trusted is False


def test_a_checksum_that_is_given_must_be_right(server: str, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=f"expected SHA-256 {OTHER}, got {DIGEST}; nothing was kept"):
        fetch(source(server), tmp_path, OTHER)
    assert left_in(tmp_path) == []
    found = fetch(source(server), tmp_path, DIGEST.upper())
    assert (found.is_new, found.is_trusted) == (True, False)
    with pytest.raises(FetchError, match="Remove it to fetch it again"):
        fetch(source(server), tmp_path, OTHER)
    with pytest.raises(ChecksumError, match="--sha256: expected a SHA-256 of 64 hexadecimal digits, got 'x'"):
        fetch(source(server), tmp_path, "x")


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("cut.svg", "/cut.svg: the transfer was cut; nothing was kept. Try again."),
        ("none.svg", "/none.svg: expected a file there, got HTTP status 404."),
    ],
)
def test_a_transfer_that_fails_leaves_no_file(server: str, tmp_path: Path, file: str, expected: str) -> None:
    with pytest.raises(FetchError) as error:
        fetch(source(server, file), tmp_path)
    assert str(error.value) == server + expected
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:{}", "http://nowhere.invalid"])
def test_without_a_network_it_says_what_to_do(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(FetchError) as error:
            fetch(source(url.format(closed.getsockname()[1])), tmp_path)
    assert "no network, or the server cannot be reached. Fetch it on a machine that can" in str(error.value)
    assert str(tmp_path / "good.svg") in str(error.value) and left_in(tmp_path) == []


def test_names() -> None:
    assert find_source("kanji").file == "kanji.rdp100.npz"
    cat = find_source("quickdraw:hot air balloon")
    assert cat.url.endswith("/full/simplified/hot%20air%20balloon.ndjson")
    assert cat.file == "hot air balloon.ndjson"
    assert find_source("sketchrnn:t-shirt").url.endswith("/sketchrnn/t-shirt.npz")
    for name in ("dogs", "quickdraw:", "quickdraw:../../x", "kanji:cat", "quickdraw:a/b", "\x00" * 99):
        with pytest.raises(FetchError, match="expected one of kanji, kanjivg, omniglot, quickdraw:CATEGORY"):
            find_source(name)


def test_every_source_is_https_and_says_its_terms() -> None:
    names = [*fetching.SOURCES, *(f"{name}:cat" for name in fetching.CATEGORIES)]
    for found in map(find_source, names):
        assert found.url.startswith("https://") and all(found.terms)
        assert Path(found.file).name == found.file and found.file.endswith((".npz", ".zip", ".ndjson"))


def test_the_command(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(fetching.SOURCES, "kanji", source(server))
    assert main(["fetch", "kanji", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out == (
        f"{tmp_path / 'good.svg'}: fetched, SHA-256 {DIGEST} (taken on trust, written beside it); "
        "credit: Lines, me, CC0, which `train` puts on the model's card\n"
    )
    assert main(["fetch", "kanji", "--out", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "file": str(tmp_path / "good.svg"),
        "credit": str(tmp_path / "good.svg.credit.json"),
        "sha256": DIGEST,
        "is_new": False,
        "is_trusted": False,
    }
    assert main(["fetch", "kanji", "--out", str(tmp_path), "--sha256", OTHER]) == 2
    assert capsys.readouterr().err.startswith(
        f"ghostjam fetch: {tmp_path / 'good.svg'}: expected SHA-256 0000"
    )
    assert main(["fetch", "cats", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("ghostjam fetch: expected one of kanji, kanjivg")
