"""Web ports of a session: opened, changed and closed with the rig, and played on."""

from __future__ import annotations

import json
import socket
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import build_parser
from app.core.controls import Controls
from app.core.parameters import Settings
from app.runtime.arguments import session_rig
from app.runtime.compatibility import check_fit
from app.runtime.errors import CommandError
from app.runtime.load import default_model
from app.runtime.rig import Rig, WebPort, parse_rig
from app.runtime.web_port import OpenWeb
from app.web.server import WebServer
from tests.app.core.test_controls import FakeEngine
from tests.app.runtime.fakes import Peer
from tests.app.runtime.test_reload import make_stand  # noqa: F401  a fixture
from tests.app.web.raw_page import RawPage
from tests.app.web.test_site import Surface

CONTROLLER = ("dt", "x1", "x2")


def web_ports(stand: Any) -> list[WebServer]:
    return [each.device for each in stand.session.ports._open if isinstance(each, OpenWeb)]


def test_a_page_plays_and_is_told(make_stand: Any, peer: Peer) -> None:  # noqa: F811
    stand = make_stand(f'[[web]]\nlisten = 0\n[[osc.out]]\naddress = "{peer.address}"\n')
    (port,) = web_ports(stand)
    assert stand.session.ports.said[0] == f"web http://127.0.0.1:{port.port}/"
    with urllib.request.urlopen(f"http://127.0.0.1:{port.port}/facts.json") as answer:
        assert "palette" in json.load(answer)
    with RawPage(port.port) as page:
        page.say(["hello", {"name": "ann"}])
        about = page.until("welcome")[1]
        assert (about["hears"], about["columns"]) == ("touches", ["x", "y", "dt", "moving"])
        assert about["state"]["ports"] == "; ".join(stand.session.ports.said)
        assert about["state"]["people"] == 1
        page.say(["touch", 1, 0.25, 0.5, False, 1])
        heard = peer.hear_until(lambda m: m.address == "/ghostjam/touch")
        assert heard.arguments == ("player", 16, 0.25, 0.5, 0)
    released = peer.hear_until(lambda m: m.address == "/ghostjam/release")
    assert released.arguments == ("player", 16)


def test_a_port_follows_the_rig(make_stand: Any) -> None:  # noqa: F811
    stand = make_stand("")
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    stand.write(f"[[web]]\nlisten = {number}\n")
    (port,) = web_ports(stand)
    with RawPage(number) as page:
        page.say(["hello", {}])
        page.until("welcome")
        stand.write(f"[[web]]\nlisten = {number}\n[parameters]\nmode = 'duet'\n")
        assert web_ports(stand) == [port]  # nobody is sent away by what is not about the port
        assert stand.write(f"[[web]]\nlisten = {number}\ntoken = 'ours'\n") == ["rig.toml was read again."]
        assert page.close_code() == 1001
    (port,) = web_ports(stand)
    assert stand.session.ports.pages == [f"http://127.0.0.1:{number}/?token=ours"]
    with RawPage(number) as page:
        assert page.status == 403
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = taken.getsockname()[1]
        (line,) = stand.write(f"[[web]]\nlisten = {number}\n[[web]]\nlisten = {busy}\n")
    refused = "The changed rig is refused, the old one plays on: web port"
    assert line.startswith(f"{refused} 127.0.0.1:{busy} cannot be opened: ")
    assert stand.session.ports.pages == [f"http://127.0.0.1:{number}/?token=ours"]
    stand.write("")
    assert web_ports(stand) == []
    with pytest.raises(ConnectionError):
        RawPage(number)


def test_beyond_this_machine_a_person_is_shown_the_token_and_no_program_is(make_stand: Any) -> None:  # noqa: F811
    stand = make_stand("[[web]]\nlisten = '0.0.0.0:0'\n")
    (port,) = web_ports(stand)
    assert len(port.token) >= 20
    assert stand.session.ports.pages[0] == f"http://127.0.0.1:{port.port}/?token={port.token}"
    assert stand.session.ports.said[0].partition(", ")[0] == f"web http://127.0.0.1:{port.port}/"
    told = stand.session.controls.get("ports")  # by OSC, to whoever asks
    assert told == stand.session.ports.said[0] and port.token not in told


def test_the_impsy_profile_needs_a_model_of_knobs_and_a_mapping_that_fits() -> None:
    rig = Rig(web=(WebPort("0", "impsy"),))
    check_fit(rig, CONTROLLER, "knobs")
    with pytest.raises(CommandError, match="web port 0: the profile impsy plays values, expected touches"):
        check_fit(rig, ("x", "y", "dt", "moving"), "touch")
    text = "[[web]]\nlisten = 0\nprofile = 'impsy'\noutput = [['note_on', 1]]\n"
    with pytest.raises(CommandError, match=r"rig.toml:4: web\[1\].output: .*expected 2 entries, got 1"):
        check_fit(parse_rig(text, Path("rig.toml")), CONTROLLER, "knobs")
    assert default_model(rig) == "touch"


def test_the_command_line_says_where() -> None:
    args = build_parser().parse_args(["bridge", "--web", "8080", "--web", "0.0.0.0:0"])
    assert session_rig(args).web == (WebPort("8080"), WebPort("0.0.0.0:0"))


def test_a_port_that_is_none_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args(["bridge", "--web", "phone"])
    assert ended.value.code == 2
    assert "--web: expected PORT or HOST:PORT with a port up to 65535" in capsys.readouterr().err


def test_impsys_websockets_ask_for_the_token_at_every_path_and_are_no_surface() -> None:
    engine, settings = FakeEngine(), Settings()
    surface_on: Any = lambda host, port: Surface(needs_token=False)  # noqa: E731
    asked = WebPort("0.0.0.0:0", "impsy", "ours")
    opened = OpenWeb(asked, engine, Controls(engine, settings), settings, CONTROLLER, surface_on, {})  # type: ignore[arg-type]
    opened.start()
    try:
        for path, status in (
            ("/", 403),
            ("/?token=no", 403),
            ("/?token=ours", 101),
            ("/any?token=ours", 101),
        ):
            with RawPage(opened.device.port, path) as page:
                assert page.status == status, path
    finally:
        opened.stop()


def test_a_random_token_holds_for_the_whole_evening(make_stand: Any) -> None:  # noqa: F811
    stand = make_stand("")
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    ours = f"[[web]]\nlisten = '0.0.0.0:{number}'\n"
    stand.write(ours)
    token = web_ports(stand)[0].token
    with socket.create_server(("127.0.0.1", 0)) as taken:  # the port is closed and opened again for nothing
        busy = taken.getsockname()[1]
        (line,) = stand.write(f"{ours}token = 'theirs'\n[[web]]\nlisten = {busy}\n")
    assert "is refused, the old one plays on" in line
    assert web_ports(stand)[0].token == token
    stand.write("")
    stand.write(f"{ours}token = 'theirs'\n")
    assert web_ports(stand)[0].token == "theirs"
    stand.write(ours)
    assert web_ports(stand)[0].token == token
    stand.write(f"[[web]]\nlisten = {number}\n")
    assert web_ports(stand)[0].token == ""
