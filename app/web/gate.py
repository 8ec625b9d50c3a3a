"""Who may come in: by the name under which a browser knows the port, the page it comes from, and a token."""

from __future__ import annotations

import hmac
import ipaddress
import re
import secrets
from urllib.parse import parse_qs, urlsplit

from app.core.network import is_loopback

TOKEN_BYTES = 16
HOST = re.compile(r"[A-Za-z0-9.:\[\]-]+", re.ASCII)  # the letters of a Host header


class Gate:
    """What a request must show.

    A port that only this machine reaches asks for no token, but to be called by a name of this machine: else
    the page of a stranger, whose name is made to lead here, could speak to it (DNS rebinding). Any other port
    asks for the token, wherever a request comes from.

    Args:
        host: the address that the port listens on.
        token: in the address of the page; "" for a random one, or for none where only this machine comes in.
    """

    def __init__(self, host: str, token: str = "") -> None:
        self._is_loopback = is_loopback(host)
        self.token = token or ("" if self._is_loopback else secrets.token_urlsafe(TOKEN_BYTES))

    def why_not(self, host: str, origin: str | None, query: str) -> str:
        """Why a request is refused, "" if it is not; ValueError for what is no address at all.

        Args:
            host: the header of this name.
            origin: the header, None for a program that is no browser, and in most requests of one.
            query: of the address, without its question mark.
        """
        if why := self.why_not_public(host, origin):
            return why
        given = parse_qs(query, max_num_fields=8).get("token", [""])[0] if len(query) < 2048 else ""
        if self.token and not hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode()):
            return "expected the token of this evening: take the whole address, as the program shows it."
        return ""

    def why_not_public(self, host: str, origin: str | None) -> str:
        """The same for what needs no token: the files of the pages."""
        if self._is_loopback and not is_loopback(_name(host)):
            return "expected to be called localhost or 127.0.0.1."
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return "expected a page of this port."
        return ""

    def why_not_surface(self, host: str, origin: str | None) -> str:
        """The same for who may play without the token, as by OSC from the network.

        A stranger's page in a browser of this network cannot send OSC, but can be given a name that leads
        here (DNS rebinding). Nobody can give such a page an address, a name without a dot or one of
        multicast DNS.
        """
        name = _name(host).removesuffix(".")
        if not (_is_address(name) or (name and "." not in name) or name.endswith(".local")):
            return "expected to be called by an address, or the token."
        return self.why_not_public(host, origin)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _name(host: str) -> str:
    """A Host header without its port and brackets; "" for one that is none."""
    if not HOST.fullmatch(host):
        return ""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
