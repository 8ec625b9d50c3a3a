"""Arrays inside an `.npy` of objects, read as data: the bytes are a pickle, and nothing of it is run.

sketch-rnn's and QuickDraw's `.npz` files hold a list of drawings as a pickled object array. Python's
unpickler calls whatever the file names. This is no unpickler: it goes through the opcodes with
`pickletools.genops`, which only cuts the bytes into opcodes and arguments, and keeps plain tuples, lists and
marks on a stack. Names are never imported; only the ones below mean anything, and what they mean is written
here. Anything else is an error.
"""

from __future__ import annotations

import pickletools
import re
import struct
from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

MOST_DIMENSIONS = 4
MOST_ITEMS = 1 << 40  # in one dimension: a number a shape can have


class PickledError(ValueError):
    """Bytes that are no list of arrays, or that ask for something to be run."""


class _Name:
    """One of the names a NumPy pickle has; a token, it calls nothing."""

    def __init__(self, text: str) -> None:
        self.text = text


class _Type:
    """A dtype as the pickle describes it: a code such as `f4` or `O8`, and a byte order."""

    def __init__(self, code: str) -> None:
        if not re.fullmatch(r"[iu][1248]|f[248]|b1|O[48]?|[|<>=][iu][1248]|[|<>=]f[248]", code):
            raise PickledError(f"expected an array of numbers, got one of {_shown(code)}")
        self.code = code.lstrip("|<>=")
        self.order = code[0] if code[0] in "<>" else "="

    @property
    def holds_objects(self) -> bool:
        return self.code.startswith("O")

    def numpy(self) -> np.dtype[Any]:
        return np.dtype(self.order + self.code)


class _Array:
    """An array, empty until its state is given: `values` is an ndarray, or a list for one of objects."""

    def __init__(self, values: np.ndarray | list[Any] | None = None) -> None:
        self.values = values


_RECONSTRUCT, _NDARRAY, _DTYPE = _Name("_reconstruct"), _Name("ndarray"), _Name("dtype")
_FROM_BUFFER, _ENCODE, _BYTES = _Name("_frombuffer"), _Name("encode"), _Name("bytes")
# The names NumPy 1 and 2 write, and how Python 3 writes bytes where the format has only text.
NAMES = {
    "numpy.core.multiarray _reconstruct": _RECONSTRUCT,
    "numpy._core.multiarray _reconstruct": _RECONSTRUCT,
    "numpy ndarray": _NDARRAY,
    "numpy dtype": _DTYPE,
    "numpy.core.numeric _frombuffer": _FROM_BUFFER,
    "numpy._core.numeric _frombuffer": _FROM_BUFFER,
    "_codecs encode": _ENCODE,
    "__builtin__ bytes": _BYTES,
}


def read_arrays(data: bytes) -> list[np.ndarray]:
    """The arrays in `data`, the pickle of one object array (or list) of arrays of numbers.

    Args:
        data: what follows the header in an `.npy` file, protocol 2 to 5 as Python 2 or 3 wrote it.

    Returns:
        Read-only arrays, in the order of the list.

    Raises:
        PickledError: anything else, whatever it is.
    """
    try:
        found = _Machine().run(data)
        items = found.values if isinstance(found, _Array) else found
        arrays = [_numbers(item, index) for index, item in enumerate(_sequence(items))]
    except PickledError:
        raise
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, struct.error) as error:
        raise PickledError(f"expected a pickled list of arrays, got damaged bytes: {error}") from None
    # One array can be named again and again in two bytes each; a corpus holds each drawing once.
    if sum(array.nbytes for array in arrays) > 4 * len(data) + (1 << 20):
        raise PickledError("expected a pickled list of arrays, got one that repeats them without end")
    return arrays


class _Machine:
    """A stack, marks in it, and a memo; what each opcode does is one entry of a table."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def run(self, data: bytes) -> Any:
        """What the pickle leaves on the stack."""
        for opcode, argument, _ in pickletools.genops(data):
            if opcode.name == "STOP":
                return self.stack.pop()
            step = _STEPS.get(opcode.name)
            if step is None:
                raise PickledError(f"expected a pickled list of arrays, got the opcode {opcode.name}")
            step(self, argument)
        raise PickledError("expected a pickled list of arrays, got one without an end")

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def cut(self) -> list[Any]:
        """Everything above the last mark."""
        at = self.marks.pop()
        items, self.stack[at:] = self.stack[at:], []
        return items

    def tuple(self, n: int) -> None:
        items = tuple(self.stack[len(self.stack) - n :])
        if len(items) != n:
            raise IndexError("the stack is empty")
        del self.stack[len(self.stack) - n :]
        self.push(items)

    def remember(self, at: int) -> None:
        self.memo[at] = self.stack[-1]

    def append(self, items: list[Any]) -> None:
        if not isinstance(self.stack[-1], list):
            raise PickledError("expected a list to add to")
        self.stack[-1].extend(items)

    def name(self, text: str) -> None:
        if text not in NAMES:
            raise PickledError(
                f"expected arrays of numbers only, got the name {_shown(text)}, which could run code"
            )
        self.push(NAMES[text])

    def stack_name(self) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise PickledError("expected a name")
        self.name(f"{module} {name}")

    def reduce(self) -> None:
        """What the pickle calls a call; here a name says which of our own values stands for it."""
        arguments, name = self.stack.pop(), self.stack.pop()
        if not isinstance(arguments, tuple) or not isinstance(name, _Name):
            raise PickledError("expected arrays of numbers only, got a call of something else")
        self.push(_MADE[name](*arguments))

    def build(self) -> None:
        state, target = self.stack.pop(), self.stack[-1]
        if isinstance(target, _Type):
            if state[1] not in ("<", ">", "=", "|"):
                raise PickledError(f"expected a byte order, got {_shown(state[1])}")
            if any(part is not None for part in state[2:5]):
                raise PickledError("expected an array of numbers, got one of records")
            target.order = state[1] if state[1] in "<>" else "="
        elif isinstance(target, _Array):
            _, shape, dtype, is_fortran, content = state
            target.values = _filled(dtype, shape, content, "F" if is_fortran else "C")
        else:
            raise PickledError("expected the state of an array, got the state of something else")


def _filled(dtype: Any, shape: Any, content: Any, order: Any) -> np.ndarray | list[Any]:
    """An array's values; of one of objects the flat list of them."""
    if not isinstance(dtype, _Type) or not isinstance(shape, tuple) or len(shape) > MOST_DIMENSIONS:
        raise PickledError("expected an array with a type and a shape")
    if not all(type(n) is int and 0 <= n < MOST_ITEMS for n in shape) or order not in ("C", "F"):
        raise PickledError(f"expected {MOST_DIMENSIONS} sizes at most, got another shape")
    if dtype.holds_objects:
        if not isinstance(content, list) or len(content) != prod(shape):
            raise PickledError("expected as many objects as the shape of the array has")
        return content
    if isinstance(content, str):
        content = content.encode("latin1")  # a string of Python 2
    if not isinstance(content, bytes | bytearray) or len(content) != prod(shape) * dtype.numpy().itemsize:
        raise PickledError("expected as many bytes as the shape of the array needs")
    return np.frombuffer(bytes(content), dtype.numpy()).reshape(shape, order=order)


def _made_type(code: Any, *_: Any) -> _Type:
    if not isinstance(code, str):
        raise PickledError("expected the code of a type")
    return _Type(code)


def _made_empty(*_: Any) -> _Array:
    return _Array()


def _made_from_buffer(content: Any, dtype: Any, shape: Any, order: Any, *_: Any) -> _Array:
    return _Array(_filled(dtype, shape, content, order))


def _made_bytes(text: Any, encoding: Any = "latin1") -> bytes:
    if not isinstance(text, str) or encoding != "latin1":
        raise PickledError("expected bytes written as latin1 text")
    return text.encode("latin1")


def _made_no_bytes() -> bytes:
    return b""


_MADE: dict[_Name, Callable[..., Any]] = {
    _RECONSTRUCT: _made_empty,
    _DTYPE: _made_type,
    _FROM_BUFFER: _made_from_buffer,
    _ENCODE: _made_bytes,
    _BYTES: _made_no_bytes,
}

Step = Callable[[_Machine, Any], Any]
_PUSHES = (
    "BININT BININT1 BININT2 LONG1 LONG4 BINFLOAT BINSTRING SHORT_BINSTRING BINBYTES SHORT_BINBYTES BINBYTES8 "
    "BYTEARRAY8 BINUNICODE SHORT_BINUNICODE BINUNICODE8"
)
_STEPS: dict[str, Step] = {
    **dict.fromkeys(_PUSHES.split(), _Machine.push),
    **dict.fromkeys(("PROTO", "FRAME"), lambda m, _: None),
    "NONE": lambda m, _: m.push(None),
    "NEWTRUE": lambda m, _: m.push(True),
    "NEWFALSE": lambda m, _: m.push(False),
    "EMPTY_LIST": lambda m, _: m.push([]),
    "EMPTY_TUPLE": lambda m, _: m.push(()),
    "TUPLE1": lambda m, _: m.tuple(1),
    "TUPLE2": lambda m, _: m.tuple(2),
    "TUPLE3": lambda m, _: m.tuple(3),
    "MARK": lambda m, _: m.marks.append(len(m.stack)),
    "TUPLE": lambda m, _: m.push(tuple(m.cut())),
    "APPEND": lambda m, _: m.append([m.stack.pop()]),
    "APPENDS": lambda m, _: m.append(m.cut()),
    "BINPUT": _Machine.remember,
    "LONG_BINPUT": _Machine.remember,
    "MEMOIZE": lambda m, _: m.remember(len(m.memo)),
    "BINGET": lambda m, at: m.push(m.memo[at]),
    "LONG_BINGET": lambda m, at: m.push(m.memo[at]),
    "GLOBAL": _Machine.name,
    "STACK_GLOBAL": lambda m, _: m.stack_name(),
    "REDUCE": lambda m, _: m.reduce(),
    "BUILD": lambda m, _: m.build(),
}


def _sequence(items: Any) -> list[Any]:
    if isinstance(items, np.ndarray):  # all of one length: the list became one array
        return [_Array(part) for part in items]
    if not isinstance(items, list):
        raise PickledError(f"expected a list of arrays, got {type(items).__name__.lstrip('_')}")
    return items


def _numbers(item: Any, index: int) -> np.ndarray:
    if not isinstance(item, _Array) or not isinstance(item.values, np.ndarray):
        raise PickledError(
            f"item {index}: expected an array of numbers, got {type(item).__name__.lstrip('_')}"
        )
    return item.values


def _shown(value: object) -> str:
    """A text or number, cut short; of anything else its kind, because nested it may be endless to print."""
    if not isinstance(value, str):
        return type(value).__name__.lstrip("_")
    return ascii(value if len(value) <= 60 else value[:57] + "...")
