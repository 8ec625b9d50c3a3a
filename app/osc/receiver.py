"""OSC in: one socket, one thread. It takes datagrams as fast as they come and never waits for the music."""

from __future__ import annotations

import contextlib
import logging
import select
import socket
import threading
import time
from collections.abc import Callable

from app.core.clock import ask_for_priority, sharpen_timers
from app.core.controls import Controls
from app.core.network import EVERYWHERE
from app.core.parameters import Value
from app.osc.address import parse_listen
from app.osc.budget import Sender
from app.osc.inbound import Inbound
from app.osc.packet import build_bundle, from_unix_s
from app.osc.profiles import PROFILES
from app.osc.table import Told, is_loopback, target_of
from app.osc.udp import PortError, open_socket, why

logger = logging.getLogger(__name__)

# A burst waits in the kernel: its default of about 200 KB loses half of 5 000 touches sent at once.
RECEIVE_BYTES = 4 << 20
LARGEST_DATAGRAM = 65536
DRAIN_DATAGRAMS = 256  # taken at once before the time is looked at
DRAIN_NETWORK = 16  # of the network, before this machine's own are looked at
LONGEST_WAIT_S = 0.5
JOIN_S = 1.0


class OscIn:
    """A port that listens.

    Args:
        address: PORT, HOST:PORT or [IPv6]:PORT; without a host only this machine can reach it. Port 0: any.
        controls: where everything goes.
        profile: the dialect, see `PROFILES`.
        remote_ports: other machines may open and close ports, see `Inbound`.

    Attributes:
        host, port: where it listens; the port that was given out if 0 was asked for.
        bundles: whether answers are bundles with a time tag; may be set.
        inbound: what happens to a datagram.

    Raises:
        AddressError: `address` is none.
        PortError: it cannot be opened.
    """

    def __init__(
        self,
        address: str,
        controls: Controls,
        *,
        profile: str = "ghostjam",
        remote_ports: bool = False,
    ) -> None:
        self.host, port = parse_listen(address)
        self.bundles = False
        self._controls = controls
        self._socket = _bound(self.host, port)
        self.port = int(self._socket.getsockname()[1])
        # This machine's programs do not wait behind the network, where the system lets us part them.
        self._own: socket.socket | None
        self._network: socket.socket | None
        if is_loopback(self._socket.getsockname()):
            self._own, self._network = self._socket, None
        else:
            self._own, self._network = _own_lane(self._socket, self.host, self.port), self._socket
        self._telling = threading.Lock()  # a newer value is never sent before an older one
        self._owed: dict[tuple[Sender, str], bytes] = {}  # states by listener and name
        self.speak(profile, remote_ports=remote_ports)
        self._wake, self._waker = socket.socketpair()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name=f"osc {self.port}", daemon=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def speak(self, profile: str, *, remote_ports: bool = False) -> None:
        """Understand this dialect from here on. Who listened has to say so again."""
        self.inbound = Inbound(
            self._controls, PROFILES[profile], self._send,
            name=f"OSC port {self.port}", remote_ports=remote_ports,
        )  # fmt: skip

    def tell_state(self, name: str, value: Value, told: set[Told]) -> None:
        """A parameter changed: send it to who asked for that and was not told. Any thread.

        Args:
            told: who was told, and how; who is told here is added.
        """
        datagram = self.inbound.profile.encode_state(name, value)
        if datagram is None or self._is_closed:
            return
        with self._telling:
            for sender in tuple(self.inbound.listeners):
                target = target_of(sender)
                if (datagram, target) not in told:
                    told.add((datagram, target))
                    self._owed[sender, name] = datagram
                    self._tell(sender, name)

    def _tell_owed(self) -> None:
        """Send the newest of what the budget of the network did not allow at once, as far as it goes."""
        with self._telling:
            for sender, name in tuple(self._owed):
                self._tell(sender, name)

    def _tell(self, sender: Sender, name: str) -> None:
        if sender not in self.inbound.listeners:
            del self._owed[sender, name]
        elif self.inbound.may_answer(sender):
            self._send(self._owed.pop((sender, name)), sender)

    def close(self) -> None:
        """Stop listening. Safe to call twice."""
        if self._is_closed:
            return
        self._is_closed = True
        self._waker.send(b"\0")
        if self._thread.ident is not None:
            self._thread.join(JOIN_S)
        for opened in (self._own, self._network, self._wake, self._waker):
            if opened is not None:
                opened.close()

    def _run(self) -> None:
        sharpen_timers()
        ask_for_priority()
        opened = [each for each in (self._own, self._network, self._wake) if each is not None]
        while not self._is_closed:
            try:
                if self._own is not None:
                    _drain(self._own, self.inbound.receive, DRAIN_DATAGRAMS)
                if self._network is not None:
                    _drain(self._network, self.inbound.receive_any, DRAIN_NETWORK)
                if self._owed:
                    self._tell_owed()
                wait_s = self.inbound.advance() - self.inbound.clock.now()
                select.select(opened, [], [], min(max(wait_s, 0.0), LONGEST_WAIT_S))
            except Exception:  # a defect of ours must not make the port deaf
                if not self._is_closed:
                    logger.exception("OSC port %d: a step failed.", self.port)
                    time.sleep(0.05)

    def _send(self, datagram: bytes, sender: Sender) -> None:
        if self.bundles:
            datagram = build_bundle([datagram], from_unix_s(time.time()))
        with contextlib.suppress(OSError):  # who asked is gone, or the buffer is full: music does not wait
            self._socket.sendto(datagram, sender)


def _drain(opened: socket.socket, take: Callable[[bytes, Sender], None], most: int) -> None:
    """Take what waits in a socket, up to so many datagrams."""
    receive = opened.recvfrom
    for _ in range(most):
        try:
            packet, sender = receive(LARGEST_DATAGRAM)
        except BlockingIOError:
            return
        except OSError:  # an answer of ours did not arrive: some systems say so here
            continue
        take(packet, sender)


def _own_lane(wildcard: socket.socket, host: str, port: int) -> socket.socket | None:
    """A second socket for what comes by loopback to a port that is open everywhere; None if not possible.

    The kernel gives a datagram to the socket whose address says more. Nobody else can share the port: it was
    bound alone, and is shared only while the second socket is bound.
    """
    if host not in EVERYWHERE:
        return None
    own = socket.socket(wildcard.family, socket.SOCK_DGRAM)
    own.setblocking(False)
    try:
        _share(wildcard, True)
        _share(own, True)
        _widen(own)
        own.bind((EVERYWHERE[host], port))
    except OSError:
        own.close()
        return None
    finally:
        _share(wildcard, False)
    return own


def _share(opened: socket.socket, is_shared: bool) -> None:
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(is_shared))


def _widen(opened: socket.socket) -> None:
    with contextlib.suppress(OSError):  # then the default has to do
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)


def _bound(host: str, port: int) -> socket.socket:
    what = f"OSC port {host}:{port}"
    opened, address = open_socket(host, port, what, socket.AI_PASSIVE)
    try:
        _widen(opened)
        opened.bind(address)
    except OSError as error:
        opened.close()
        raise PortError(f"{what} cannot be opened: {why(error)}.") from None
    return opened
