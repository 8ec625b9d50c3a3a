"""Which of the processes that run the tests runs which, see `pytest_xdist_make_scheduler` in conftest.py."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

# Everything that loads TensorFlow and converts models: once, in one process.
TENSORFLOW = ("tests/contract/parity/", "tests/training/", "tests/mdn/test_keras_layer.py")


class FilesAndTensorFlow(LoadFileScheduling):
    """The tests of a file run in one process, and those that need TensorFlow in one as well.

    A group of `--dist loadgroup` does not do: it changes the names of tests, and not those of pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "tensorflow" if nodeid.startswith(TENSORFLOW) else super()._split_scope(nodeid)
