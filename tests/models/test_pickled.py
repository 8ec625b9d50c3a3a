"""Pickled arrays read as data: what NumPy writes, and that nothing in a pickle is ever run."""

from __future__ import annotations

import os
import pickle
import pickletools
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.formats.pickled import PickledError, read_arrays

DRAWINGS = [
    np.array([[3, -4, 0], [5, 6, 1]], "int16"),
    np.array([[1.5, 2.5, 0.0]], "float32"),
    np.zeros((0, 3), "int16"),
    np.arange(15, dtype=">i4").reshape(5, 3),
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.arange(5, dtype="uint8").reshape(1, 5),
]


def objects(items: list[Any]) -> np.ndarray:
    """A list as NumPy keeps it for `np.savez`."""
    array = np.empty(len(items), object)
    array[:] = items
    return array


def python_2(arrays: list[np.ndarray]) -> bytes:
    """What NumPy 1 on Python 2 wrote: protocol 2, its bytes are strings, its names those of then."""

    def text(value: bytes) -> bytes:
        return (
            b"U" + bytes([len(value)]) + value
            if len(value) < 256
            else b"T" + struct.pack("<i", len(value)) + value
        )

    def whole(n: int) -> bytes:
        return b"J" + struct.pack("<i", n)

    def array(shape: tuple[int, ...], dtype: bytes, order: bytes, content: bytes) -> bytes:
        empty = b"cnumpy.core.multiarray\n_reconstruct\n" + b"(cnumpy\nndarray\n" + whole(0) + b"\x85"
        empty += text(b"b") + b"tR"
        kind = b"cnumpy\ndtype\n" + text(dtype) + whole(0) + whole(1) + b"\x87R"
        kind += b"(" + whole(3) + text(order) + b"NNN" + whole(-1) + whole(-1)
        kind += whole(63 if dtype == b"O8" else 0) + b"tb"
        sizes = b"(" + b"".join(whole(n) for n in shape) + b"t"
        return empty + b"(" + whole(1) + sizes + kind + b"\x89" + content + b"tb"

    items = b"".join(array(a.shape, a.dtype.str[1:].encode(), b"<", text(a.tobytes())) for a in arrays)
    return b"\x80\x02" + array((len(arrays),), b"O8", b"|", b"](" + items + b"e") + b"."


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("wrapped", [objects, list])
def test_what_numpy_writes_is_read(protocol: int, wrapped: Callable[[list[Any]], Any]) -> None:
    found = read_arrays(pickle.dumps(wrapped(DRAWINGS), protocol=protocol))
    assert [a.tolist() for a in found] == [a.tolist() for a in DRAWINGS]
    assert [a.dtype for a in found] == [a.dtype for a in DRAWINGS]
    assert [a.shape for a in found] == [a.shape for a in DRAWINGS]


def test_what_numpy_of_python_2_wrote_is_read() -> None:
    arrays = [DRAWINGS[0], np.arange(600, dtype="int16").reshape(200, 3)]
    data = python_2(arrays)
    theirs = pickle.loads(data, encoding="latin1")
    assert [a.tolist() for a in theirs] == [a.tolist() for a in arrays], "it is such a pickle"
    assert [a.tolist() for a in read_arrays(data)] == [a.tolist() for a in arrays]


def test_the_names_of_numpy_1_are_known() -> None:
    data = pickle.dumps(objects(DRAWINGS), protocol=2).replace(b"numpy._core", b"numpy.core")
    assert len(read_arrays(data)) == len(DRAWINGS)


def test_a_list_that_became_one_array_is_a_list() -> None:
    stack = np.arange(12, dtype="int16").reshape(2, 2, 3)
    assert [a.tolist() for a in read_arrays(pickle.dumps(stack, protocol=4))] == stack.tolist()


class Call:
    """Pickles as a call of anything."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.how = (function, arguments)

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return self.how


def hostile(trap: Path) -> dict[str, bytes]:
    """Pickles that would make the folder `trap`, or eat memory or time, if they were run."""
    code = f"__import__('os').mkdir({str(trap)!r})"
    doubled = b"\x80\x04]\x94(" + b"K\x01" + b"h\x00h\x00" * 20 + b"e."
    return {
        "os.system": pickle.dumps(Call(os.system, f"mkdir {trap}")),
        "eval": pickle.dumps(Call(eval, code), protocol=2),
        "exec in a list": pickle.dumps([DRAWINGS[0], Call(exec, code)]),
        "inside an object array": pickle.dumps(objects([DRAWINGS[0], Call(os.mkdir, str(trap))])),
        "getattr": b"cbuiltins\ngetattr\n.",
        "bytes of a size": b"\x80\x02c__builtin__\nbytes\nJ\xff\xff\xff\x7f\x85R.",
        "a dotted name": b"\x80\x04\x8c\x05numpy\x8c\x0fndarray.tofile.x\x93.",
        "protocol 0": b"cos\nsystem\n(S'mkdir " + str(trap).encode() + b"'\ntR.",
        "INST": b"(S'" + code.encode() + b"'\nibuiltins\neval\n.",
        "OBJ": b"(cbuiltins\neval\nS'" + code.encode() + b"'\no.",
        "NEWOBJ": b"\x80\x02cnumpy\nndarray\nK\x05\x85\x81.",
        "calling ndarray": b"\x80\x02cnumpy\nndarray\nK\x05\x85R.",
        "an extension": b"\x80\x02\x82\x01.",
        "a persistent id": b"Pmine\n.",
        "a name of tuples": b"\x80\x04" + b"K\x01K\x01\x86" + b"K\x01K\x01\x86" + b"\x93.",
        "numpy's own doors": b"\x80\x02cnumpy\nload\nX\x01\x00\x00\x00a\x85R.",
        "codecs of code": b"\x80\x02c_codecs\nencode\nX\x01\x00\x00\x00aX\x0a\x00\x00\x00zlib_codec\x86R.",
        "a list in itself": doubled,
        "nothing there": b"\x80\x02h\x07.",
        "no stack": b"\x80\x02R.",
        "no mark": b"\x80\x02te.",
        "bytes that are not there": b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7fabc.",
        "four billion bytes": b"\x80\x03B\xff\xff\xff\xffabc.",
        "a number of many digits": b"\x80\x02\x8b\xff\xff\xff\x7f1.",
        "no end": b"\x80\x02]",
        "empty": b"",
        "text": b"hello, world\n",
    }


@pytest.mark.parametrize("name", list(hostile(Path("trap"))))
def test_nothing_is_run_and_one_error_says_so(name: str, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    with pytest.raises(PickledError) as error:
        read_arrays(hostile(trap)[name])
    assert not trap.exists()
    assert str(error.value).startswith(("expected ", "item ")) and len(str(error.value)) < 300


def test_the_trap_is_one(tmp_path: Path) -> None:
    """Python's own unpickler falls into it, so the test above can fail."""
    trap = tmp_path / "trap"
    pickle.loads(hostile(trap)["eval"])
    assert trap.exists()


def test_a_memo_far_away_costs_nothing() -> None:
    """Python's own unpickler makes room for all two billion before it."""
    assert read_arrays(b"\x80\x02]r\xff\xff\xff\x7f.") == []


def test_what_nests_without_end_is_never_printed() -> None:
    """Sixty doublings of a tuple: 2 to the 60 texts, were it shown in an error."""
    nested = b"K\x01\x94" + b"".join(b"h" + bytes([i]) + b"h" + bytes([i]) + b"\x86\x94" for i in range(60))
    shape = b"cnumpy.core.multiarray\n_reconstruct\n)R(K\x01h\x3c"
    shape += b"cnumpy\ndtype\nX\x02\x00\x00\x00i2\x85R\x89C\x00tb."
    with pytest.raises(PickledError):
        read_arrays(b"\x80\x04" + nested + shape)


def test_an_array_named_again_and_again_is_refused() -> None:
    large = np.zeros((100_000, 3), "int16")
    with pytest.raises(PickledError, match="repeats them without end"):
        read_arrays(pickle.dumps([large] * 1000))
    assert len(read_arrays(pickle.dumps([DRAWINGS[0]] * 3))) == 3


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (["a"], "item 0: expected an array of numbers, got str"),
        ([DRAWINGS[0], 5], "item 1: expected an array of numbers, got int"),
        ([objects([1])], "item 0: expected an array of numbers, got Array"),
        ([np.array(["text"])], "expected an array of numbers, got one of 'U4'"),
        ([np.zeros(2, "complex64")], "expected an array of numbers, got one of 'c8'"),
        ([np.zeros((1, 1, 1, 1, 1))], "expected 4 sizes at most, got another shape"),
        ({"a": 1}, "expected a pickled list of arrays, got the opcode EMPTY_DICT"),
        (5, "expected a list of arrays, got int"),
    ],
)
def test_other_data_is_refused(items: Any, expected: str) -> None:
    with pytest.raises(PickledError) as error:
        read_arrays(pickle.dumps(items, protocol=4))
    assert str(error.value) in (expected, "expected an array with a type and a shape")


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_a_pickle_cut_anywhere_is_one_error(protocol: int) -> None:
    data = pickle.dumps(objects(DRAWINGS[:2]), protocol=protocol)
    for n in range(len(data)):
        with pytest.raises(PickledError):
            read_arrays(data[:n])


@given(st.data())
def test_any_bytes_give_arrays_or_the_error(data: st.DataObject) -> None:
    """Single bytes of a good pickle changed, and opcodes at random."""
    good = bytearray(pickle.dumps(objects(DRAWINGS), protocol=data.draw(st.sampled_from([2, 4, 5]))))
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    opcodes = [op.code.encode("latin1") for op in pickletools.opcodes]
    random = b"".join(data.draw(st.lists(st.sampled_from(opcodes) | st.binary(max_size=3), max_size=30)))
    for candidate in (bytes(good), random):
        try:
            assert all(isinstance(a, np.ndarray) for a in read_arrays(candidate))
        except PickledError:
            pass
