"""A client of another language: the websocket of Node.js plays, hears, and reads the pages."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.app.web.page import a_port
from tests.app.web.raw_page import RawPage

CLIENT = """
const [address] = process.argv.slice(1);
const page = await fetch(`http://${address}/shared/pointers.js`);
const socket = new WebSocket(`ws://${address}/play`);
const heard = [];
socket.onopen = () => socket.send(JSON.stringify([["hello", {name: "José 木"}]]));
socket.onmessage = (event) => {
  for (const message of JSON.parse(event.data)) {
    heard.push(message);
    if (message[0] === "welcome")
      socket.send(JSON.stringify([["touch", 1, 0.25, 0.5, false, 0.5], ["release", 1], ["ping", 7]]));
    if (message[0] === "note") socket.close(1000);
  }
};
socket.onclose = (event) => console.log(JSON.stringify(
  {status: page.status, type: page.headers.get("content-type"), code: event.code, heard}));
"""


COMMAND = ["node", "--experimental-websocket", "--no-warnings", "--input-type=module", "-e"]


@pytest.mark.node
def test_nodes_own_websocket() -> None:
    if subprocess.run([*COMMAND, "new WebSocket"], capture_output=True, check=False).stderr.count(
        b"bad option"
    ):
        pytest.skip("this Node.js is older than its websocket")
    with a_port() as port, RawPage(port.server.port) as other:
        other.say(["hello", {}])
        other.until("welcome")
        with subprocess.Popen([*COMMAND, CLIENT, port.address], stdout=subprocess.PIPE, text=True) as node:
            assert other.until("release")[:3] == ["release", "player", 17]
            other.say(["note", 60, 100])
            text, _ = node.communicate(timeout=30)
        told = json.loads(text)
    assert (told["status"], told["type"], told["code"]) == (200, "text/javascript; charset=utf-8", 1000)
    words = [message[0] for message in told["heard"] if message[0] != "state"]
    assert words == ["welcome", "pong", "note"]
    assert told["heard"][-1] == ["note", "player", 60, 100, 1]
    assert port.log[:2] == [["player touch 17", [0.25, 0.5, 0]], ["player release 17", []]]
