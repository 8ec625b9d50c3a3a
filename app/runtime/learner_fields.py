"""Fields of what the process that learns says, checked."""

from __future__ import annotations

from app.runtime.learner import Message, NotUnderstoodError

MOST_WORDS = 400  # characters of what the process says to a person


def fraction(message: Message) -> float:
    """How much is done, 0 to 1; NotUnderstoodError if it does not say so."""
    done = message.get("done")
    if isinstance(done, bool) or not isinstance(done, int | float) or not 0.0 <= done <= 1.0:
        raise not_understood(f"done {done!r}")
    return float(done)


def words(message: Message, key: str) -> str:
    """What a person should read; NotUnderstoodError if there is nothing."""
    found = message.get(key)
    if not isinstance(found, str) or not found:
        raise not_understood(f"{key} {found!r}")
    return found[:MOST_WORDS]


def not_understood(what: str) -> NotUnderstoodError:
    """That it said `what`, which is none of what it may say."""
    return NotUnderstoodError(f"said what is not understood: {what}"[:MOST_WORDS])
