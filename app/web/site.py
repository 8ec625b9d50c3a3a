"""What a request is answered: a page, a refusal, or nothing, where it becomes a websocket."""

from __future__ import annotations

import logging
from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import urlsplit

from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from app.web.files import page_file, version_of
from app.web.gate import HOST, Gate
from app.web.plug import Answer, Pages, Surface

logger = logging.getLogger(__name__)

PLAY, ROOT, ANY = "/play", "/", "*"  # paths of websockets
TEXT, HTML = "text/plain; charset=utf-8", "text/html"
_ALWAYS = {
    "Connection": "close",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the address holds the token
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


class Site:
    """Answers requests. Any thread.

    Args:
        gate: who may come in.
        pages: what is answered beside the files of the pages.
        sockets: the paths of websockets; all paths if it holds `ANY`.
        surface: what has answers of its own, and the websocket `ROOT`.
    """

    def __init__(
        self, gate: Gate, pages: Pages | None, sockets: Collection[str], surface: Surface | None = None
    ) -> None:
        self._gate = gate
        self._pages = pages
        self._surface = surface
        self._sockets = frozenset(sockets)

    def respond(self, request: Request) -> Response | None:
        """The answer; None for a websocket that may open."""
        try:
            address = urlsplit(request.path)
            headers = {name: _only(request.headers, name) for name in ("Host", "Origin", "Accept")}
            host, origin = headers["Host"] or "", headers["Origin"]
            why_not = self._gate.why_not(host, origin, address.query)
            why_not_public = self._gate.why_not_public(host, origin)
        except ValueError:
            return _refusal(HTTPStatus.BAD_REQUEST, "not understood.")
        why_no_surface = why_not
        if why_not and self._surface is not None and not self._surface.needs_token():
            why_no_surface = self._gate.why_not_surface(host, origin)
        if is_websocket(request):
            if why := why_no_surface if self._surface and address.path == ROOT else why_not:
                return _refusal(HTTPStatus.FORBIDDEN, why)
            if not self._sockets & {address.path, ANY}:
                return _refusal(HTTPStatus.NOT_FOUND, "no websocket is here.")
            return None
        if getattr(request, "method", "GET") != "GET":  # older versions of the library take nothing else
            return _refusal(HTTPStatus.METHOD_NOT_ALLOWED, "only GET is answered.")
        if why_not_public:
            return _refusal(HTTPStatus.FORBIDDEN, why_not_public)
        pages = [self._pages] if self._pages and not why_not else []
        if self._surface and not why_no_surface:
            pages.append(self._surface.page)
        try:
            for page in pages:
                answer = page(address.path, address.query, headers["Accept"] or "")
                if answer is not None:
                    return _response(answer, host, {"Cache-Control": "no-store"})
        except Exception:  # a defect of a page must not end the listening
            logger.exception("The page %s failed.", address.path)
            return _refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "a defect of ghostjam, please report it.")
        is_surface = address.path == ROOT and HTML not in (headers["Accept"] or "")
        if is_surface and self._surface and why_no_surface:  # to a surface the page is no answer
            return _refusal(HTTPStatus.FORBIDDEN, why_no_surface)
        file = page_file(address.path)
        if file is None:
            status = HTTPStatus.FORBIDDEN if why_not else HTTPStatus.NOT_FOUND
            return _refusal(status, why_not or "there is no such page.")
        version = version_of(file.body)
        caching = {"Cache-Control": "no-cache", "ETag": version}
        if version in request.headers.get_all("If-None-Match"):
            return _response(Answer(b"", file.content_type, HTTPStatus.NOT_MODIFIED), host, caching)
        return _response(file, host, caching)


def is_websocket(request: Request) -> bool:
    """Whether a request wants to become a websocket."""
    return any(each.lower() == "websocket" for each in request.headers.get_all("Upgrade"))


def _only(headers: Headers, name: str) -> str | None:
    """The one header of this name, None without one; ValueError if there are several."""
    found = headers.get_all(name)
    if len(found) > 1 and name != "Accept":
        raise ValueError(name)
    return ", ".join(found) if found else None


def _response(answer: Answer, host: str, more: dict[str, str]) -> Response:
    status = HTTPStatus(answer.status)
    here = f" ws://{host}" if HOST.fullmatch(host) else ""  # older Safari does not count it as "self"
    headers = Headers(
        {
            **_ALWAYS,
            "Content-Security-Policy": f"default-src 'self'; connect-src 'self'{here}; img-src 'self' data: "
            "blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "Content-Type": answer.content_type,
            "Content-Length": str(len(answer.body)),
            **more,
        }
    )
    return Response(status.value, status.phrase, headers, answer.body)


def _refusal(status: HTTPStatus, why: str) -> Response:
    body = f"Ghostjam: {why}\n".encode()
    headers = {**_ALWAYS, "Content-Type": TEXT, "Content-Length": str(len(body)), "Cache-Control": "no-store"}
    return Response(status.value, status.phrase, Headers(headers), body)
