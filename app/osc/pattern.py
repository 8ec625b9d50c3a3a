"""Address patterns: one message for several addresses.

    ?      any one character, but no /
    *      any number of them
    [a-z]  one of these characters; [!a-z] one of the others
    {a,b}  one of these words

All places where a match may stand are followed at once, as bits of one number, so a pattern takes as long as
it is, whatever stands in it: it comes from strangers.

Source: Wright, The Open Sound Control 1.0 Specification (2002), OSC Message Dispatching and Pattern Matching.
"""

from __future__ import annotations

SPECIAL = frozenset("?*[]{}")
LONGEST = 128  # characters; none of our addresses is half as long


def is_pattern(address: str) -> bool:
    """Whether it may mean several addresses."""
    return not SPECIAL.isdisjoint(address)


def matches(pattern: str, address: str) -> bool:
    """Whether a pattern means this address. One that is not well-formed, or too long, means none.

    >>> matches("/ghostjam/{pause,mute}", "/ghostjam/mute"), matches("/*", "/ghostjam/mute")
    (True, False)
    """
    parts, words = pattern.split("/"), address.split("/")
    if len(pattern) > LONGEST or len(parts) != len(words):
        return False
    return all(_matches(part, word) for part, word in zip(parts, words, strict=True))


def _matches(pattern: str, text: str) -> bool:
    """The same between two slashes."""
    places = 1  # bit n: the pattern so far may end before character n
    every = (1 << len(text) + 1) - 1
    at = 0
    while at < len(pattern) and places:
        kind, at = pattern[at], at + 1
        if kind == "*":
            places = every & -(places & -places)
        elif kind in "]}":
            return False
        elif kind in "[{":
            end = pattern.find("]" if kind == "[" else "}", at)
            if end < 0:
                return False
            inside, at = pattern[at:end], end + 1
            places = _one_of(inside, text, places) if kind == "[" else _word(inside.split(","), text, places)
        else:
            places = _step(text, places, [kind == "?" or kind == each for each in text])
    return bool(places >> len(text) & 1)


def _one_of(inside: str, text: str, places: int) -> int:
    """Past one character of a list."""
    negated = inside.startswith("!")
    inside = inside[negated:]
    ranges: list[tuple[str, str]] = []
    while inside:
        if inside[1:2] == "-" and len(inside) > 2:
            ranges.append((inside[0], inside[2]))
            inside = inside[3:]
        else:
            ranges.append((inside[0], inside[0]))
            inside = inside[1:]
    return _step(text, places, [any(a <= each <= b for a, b in ranges) is not negated for each in text])


def _word(words: list[str], text: str, places: int) -> int:
    """Past one of several words."""
    after = 0
    for n in range(len(text) + 1):
        if places >> n & 1:
            for word in words:
                if text.startswith(word, n):
                    after |= 1 << n + len(word)
    return after


def _step(text: str, places: int, takes: list[bool]) -> int:
    """Past one character where the list says so."""
    return sum(2 << n for n in range(len(text)) if takes[n] and places >> n & 1)
