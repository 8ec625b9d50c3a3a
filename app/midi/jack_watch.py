"""Whether the JACK server is still the one that was there: rtmidi does not say.

A client of our own, without ports, asks to be told of the server's end. JACK is reached through rtmidi's own
library, so that both speak with the same one. Source: jack/jack.h, `jack_on_shutdown`.
"""

from __future__ import annotations

import ctypes

from app.midi.errors import MidiUnavailableError

CLIENT = b"ghostjam-watch"
NO_START_SERVER = 1
_Shutdown = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class JackWatch:
    """Told when the server ends.

    Args:
        library: one that is linked with libjack.

    Attributes:
        is_lost: whether the server ended. All clients of this process are dead then, for good.

    Raises:
        MidiUnavailableError: there is no server.
    """

    def __init__(self, library: str) -> None:
        self.is_lost = False
        self._jack = ctypes.CDLL(library)
        self._jack.jack_client_open.restype = ctypes.c_void_p
        # What it says on standard error we tell in our own words. `strlen` takes a text and does nothing, and
        # it is no function of Python, which a thread that makes sound would have to wait for.
        self._jack.jack_set_error_function(ctypes.CDLL(None).strlen)
        self._jack.jack_set_info_function(ctypes.CDLL(None).strlen)
        opened = self._jack.jack_client_open(CLIENT, NO_START_SERVER, None)
        if not opened:
            raise MidiUnavailableError("there is no JACK server")
        self._client = ctypes.c_void_p(opened)
        self._told = _Shutdown(self._lose)  # kept: JACK calls it
        self._jack.jack_on_shutdown(self._client, self._told, None)
        self._jack.jack_activate(self._client)

    def __del__(self) -> None:
        """Give the client back; that of a server that ended is left, because closing it can crash."""
        if getattr(self, "_client", None) is None:
            return
        if self.is_lost:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._told))  # JACK may hold it
        else:
            self._jack.jack_client_close(self._client)

    def _lose(self, _: object) -> None:
        self.is_lost = True
