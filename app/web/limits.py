"""How much one browser may cause, all those of one host together, and how long they are waited for."""

from __future__ import annotations

MAX_CONNECTIONS = 96  # of all kinds, half open too
MAX_OF_HOST = 48  # of these from one host
# Surfaces may need no token: those of strangers leave room for people. A program opens one, rarely two.
MAX_SURFACES = 32
MAX_SURFACES_OF_HOST = 8
MAX_BYTES = 16_384  # of an incoming message
MAX_FRAMES = 32  # that wait unread, before no more is taken from the network
OPEN_S = 5.0  # for a request to be whole
HELLO_S = 5.0  # for a page to say who it is
PING_S, PONG_S = 2.0, 4.0  # a phone that fell off the network is gone, and its fingers are up, after 6 s
CLOSE_S = 0.5  # for a goodbye

# Ten fingers at 120 reports a second are 1200 messages, as with OSC (`app.osc.budget`); a frame costs too.
PER_S = 2000.0
AT_ONCE = 512.0
# Behind one router: six times ten fingers. The port takes it, and every other one plays on.
HOST_PER_S = 8000.0
HOST_AT_ONCE = 2048.0
REFUSED_COST = 32.0  # of what is not done: to say why takes longer than to play
FLOOD_S = 3.0  # who sends more than is taken for so long is sent away
MAX_MALFORMED = 256  # messages of one connection, then it is sent away

HTTP_PER_S, HTTP_AT_ONCE = 100.0, 200.0  # requests of one host; a page is about 30

GATHER_S = 0.008  # from one frame to a page to the next
MAX_WAITING = 2048  # messages that wait for a slow reader; of more the oldest moves are left out
MAX_UNSENT = 65_536  # bytes that the network has not taken; more wait here
SLOW_S = 5.0  # who takes nothing for so long is sent away
MAX_PLAYED = 8192  # events that the port has not looked at yet; of more all but ends are dropped
