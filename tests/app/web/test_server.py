"""A port and pages that speak with it over real sockets."""

from __future__ import annotations

import asyncio

from tests.app.web.page import Page, a_port, play


def test_one_plays_and_the_other_one_hears_it_with_who_it_was() -> None:
    with a_port() as port:

        async def scenario() -> None:
            async with Page(port, "ann") as ann, Page(port, "bob") as bob:
                assert (ann.welcome["colour"], bob.welcome["colour"]) == (0, 1)
                await ann.say(["touch", 77, 0.25, 0.5, False, 0.5], ["touch", 77, 0.5, 0.75, True, 1])
                await ann.say(["release", 77])
                assert await ann.after_all() == []  # what it did itself is not told to it
                who = ann.welcome["person"]
                assert await bob.after_all() == [
                    ["touch", "player", 16, 0.25, 0.5, False, 0.5, who],
                    ["touch", "player", 16, 0.5, 0.75, True, 1, who],
                    ["release", "player", 16, who],
                ]

        play(scenario)
        assert port.log == [
            ["player touch 16", [0.25, 0.5, 0]],
            ["player touch 16", [0.5, 0.75, 1]],
            ["player release 16", []],
        ]


def test_what_somebody_held_ends_when_the_socket_does() -> None:
    with a_port() as port:

        async def scenario() -> None:
            async with Page(port, "bob") as bob:
                async with Page(port, "ann") as ann:
                    await ann.say(["touch", 1, 0.5, 0.5, False, 1], ["touch", 2, 0.5, 0.5, False, 1])
                    await ann.say(["note", 60, 100])
                    await ann.after_all()
                    ann.socket.transport.abort()  # no goodbye: a phone that fell into the water
                who = ann.welcome["person"]
                await bob.until(lambda message: message == ["note", "player", 60, 0, who])
                assert ["release", "player", 17, who] in bob.heard
                assert ["release", "player", 48, who] in bob.heard

        play(scenario)


def test_a_parameter_that_one_sets_is_told_to_all() -> None:
    with a_port() as port:

        async def scenario() -> None:
            async with Page(port, "ann") as ann, Page(port, "bob") as bob:
                await ann.say(["set", "mode", "duet"])
                for page in (ann, bob):
                    await page.until(
                        lambda message: message[0] == "state" and message[1].get("mode") == "duet"
                    )

        play(scenario)
        assert port.settings["mode"] == "duet"


def test_who_comes_is_not_told_what_sounded_before() -> None:
    with a_port() as port:

        async def scenario() -> None:
            async with Page(port) as page:
                await page.say(["touch", 1, 0.5, 0.5, False, 1])
                await page.after_all()
            async with asyncio.timeout(5):
                while port.log[-1] != ["player release 16", []]:
                    await asyncio.sleep(0.01)
            async with Page(port) as page:
                assert await page.after_all() == []

        play(scenario)


def test_the_port_closes_while_pages_are_there() -> None:
    with a_port() as port:

        async def scenario() -> None:
            async with Page(port) as page:
                await page.say(["touch", 1, 0.5, 0.5, False, 1])
                await page.after_all()
                await asyncio.to_thread(port.server.close)
                await page.socket.wait_closed()

        play(scenario)
        assert port.log[-1] == ["player release 16", []]
        port.server.close()
