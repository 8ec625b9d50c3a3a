"""The tables of a TOML file, asked by key and kind: what stands there, or a `TomlError` that says why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from app.core.toml_file import At, TomlError, dotted

Default = TypeVar("Default")


class Table:
    """One table of a file. Every method raises a TomlError for a value of a wrong kind.

    Args:
        values: what was found.
        keys: those there may be.
        at: the table's own key.
        like: how a table is written here, for the message.
    """

    def __init__(self, values: object, keys: Iterable[str], at: At = (), like: str = "") -> None:
        if not isinstance(values, dict):
            raise TomlError(f"expected {like or f'a table, [{dotted(at)}]'}, got {values!r}.", at)
        self.at = at
        self._values = values
        known = tuple(keys)
        for key in values:
            if key not in known:
                raise self.error(key, f"expected one of {', '.join(known)}.")

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def get(self, key: str, default: Any = None) -> Any:
        """What stands there."""
        return self._values.get(key, default)

    def error(self, key: str, text: str) -> TomlError:
        """That the value of `key` is wrong."""
        return TomlError(text, (*self.at, key))

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false."""
        return bool(self._kind(key, default, bool, "true or false"))

    def text(self, key: str, what: str = "a text") -> str:
        """A text that is not blank. It must be there."""
        value = self.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, f"expected {what}, got {'none' if value is None else repr(value)}.")
        return value

    def number(self, key: str, default: Default, low: float, high: float) -> float | Default:
        """A number in [low, high]; not NaN."""
        value = self._within(key, (int, float), f"a number from {low:g} to {high:g}", low, high)
        return default if value is None else float(value)

    def whole(self, key: str, default: Default, low: int, high: int) -> int | Default:
        """A whole number in [low, high]."""
        value = self._within(key, int, f"a whole number from {low} to {high}", low, high)
        return default if value is None else int(value)

    def _within(
        self, key: str, kind: type | tuple[type, ...], what: str, low: float, high: float
    ) -> float | None:
        """The number that stands there, None if none does."""
        value = self._kind(key, None, kind, what)
        if key in self._values and not low <= value <= high:
            raise self.error(key, f"expected {what}, got {value!r}.")
        return value  # type: ignore[no-any-return]

    def word(self, key: str, words: Sequence[str], default: str) -> str:
        """One of `words`."""
        value = self.get(key, default)
        if key in self._values and value not in tuple(words):
            raise self.error(key, f"expected one of {', '.join(words)}, got {value!r}.")
        return str(value)

    def words(self, key: str, words: Sequence[str]) -> list[str]:
        """Some of `words`; all, if nothing stands there."""
        value = self.get(key, list(words))
        if not isinstance(value, list) or not value or not all(word in tuple(words) for word in value):
            raise self.error(key, f"expected a list out of {', '.join(words)}, got {value!r}.")
        return value

    def table(self, key: str, keys: Iterable[str], like: str = "") -> Table:
        """The table in this one; an empty one, if nothing stands there."""
        return Table(self.get(key, {}), keys, (*self.at, key), like)

    def tables(self, key: str, keys: Iterable[str]) -> list[Table]:
        """The tables of a list, each of which is written [[key]]."""
        like = f"tables, [[{dotted((*self.at, key))}]]"
        values = self._kind(key, [], list, like)
        return [Table(each, keys, (*self.at, key, index), like) for index, each in enumerate(values)]

    def _kind(self, key: str, default: Any, kind: type | tuple[type, ...], what: str) -> Any:
        """What stands there if it is of this kind, where true and false are no numbers."""
        value = self.get(key, default)
        is_flag = isinstance(value, bool) and kind is not bool
        if key in self._values and (is_flag or not isinstance(value, kind)):
            raise self.error(key, f"expected {what}, got {value!r}.")
        return value
