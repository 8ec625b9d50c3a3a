"""NumPy archives as untrusted files: arrays are read only when they fit, and pickles only as data.

A ZIP of some megabytes may hold a hundred gigabytes, and an `.npy` may say that it holds them: both say how
large they are before they are unpacked.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from models.errors import DAMAGE
from models.formats.base import PerformanceError, shown
from models.formats.pickled import PickledError, read_arrays

MOST_BYTES = 1 << 29  # of a file's arrays together, unpacked
MOST_MEMBERS = 1000
_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


class Npz:
    """The arrays of an `.npz`, each read when it is asked for.

    Args:
        file: the archive, or its bytes.

    Raises:
        PerformanceError: no ZIP, or one whose arrays take more than 512 MiB; without the path.
        OSError: it cannot be read.
    """

    def __init__(self, file: Path | bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(file) if isinstance(file, bytes) else file)
        except DAMAGE as error:
            raise _refusal(error) from None
        members = self._archive.infolist()
        size = sum(member.file_size for member in members)
        if size > MOST_BYTES or len(members) > MOST_MEMBERS:
            self.close()
            raise PerformanceError(
                f"arrays: expected at most {MOST_MEMBERS} that take {MOST_BYTES >> 20} MiB unpacked, "
                f"got {len(members)} of {size >> 20} MiB."
            )
        names = [member.filename for member in members]
        self.names = tuple(name.removesuffix(".npy") for name in names if name.endswith(".npy"))

    def __enter__(self) -> Npz:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._archive.close()

    def array(self, name: str) -> np.ndarray:
        """The plain array `name`; PerformanceError for one of objects, a damaged or a missing one."""
        try:
            file, dtype, shape = self._open(name)
            if dtype.hasobject:
                raise PerformanceError(
                    f"{name}: expected plain numbers, got an object array, which is a pickle and can run "
                    "code. Save the sequences end to end as values, offsets and columns."
                )
            size = prod(shape) * dtype.itemsize
            if size > len(file.getbuffer()):
                raise PerformanceError(f"{name}: expected {size} bytes as it says, got fewer.")
            file.seek(0)
            array: np.ndarray = np.lib.format.read_array(file, allow_pickle=False)
        except PerformanceError:
            raise
        except DAMAGE as error:
            raise _refusal(error) from None
        return array

    def arrays(self, name: str) -> Sequence[np.ndarray]:
        """A list of arrays: one array of three dimensions, or one of objects, which is read as data."""
        try:
            file, dtype, _ = self._open(name)
            if dtype.hasobject:
                return read_arrays(file.read())
        except PickledError as error:
            raise PerformanceError(f"{name}: {str(error).rstrip('.')}.") from None
        except DAMAGE as error:
            raise _refusal(error) from None
        array = self.array(name)
        if array.ndim != 3:
            raise PerformanceError(f"{name}: expected a list of drawings, got an array {array.shape}.")
        return list(array)

    def texts(self, name: str) -> tuple[str, ...]:
        """The words of the array `name`."""
        return tuple(str(word) for word in np.atleast_1d(self.array(name)).ravel())

    def _open(self, name: str) -> tuple[io.BytesIO, np.dtype[Any], tuple[int, ...]]:
        """The bytes of an array after its header, its type and its shape."""
        file = io.BytesIO(self._archive.read(f"{name}.npy"))
        reader = _HEADERS.get(np.lib.format.read_magic(file))
        if reader is None:
            raise ValueError("an .npy of another version")
        shape, _, dtype = reader(file)
        return file, dtype, shape


def _refusal(error: BaseException) -> PerformanceError:
    reason = str(error).rstrip(".") or type(error).__name__
    return PerformanceError(f"arrays: expected a NumPy .npz file, got: {shown(' '.join(reason.split()))}.")
