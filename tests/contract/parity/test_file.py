"""The file opens anywhere, and has the signatures that the app expects."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

pytestmark = [pytest.mark.train, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def test_the_file_needs_no_tensorflow_and_no_operators_of_it(model_path: Path) -> None:
    code = (
        "import sys\n"
        "from ai_edge_litert.interpreter import Interpreter\n"
        "interpreter = Interpreter(model_path=sys.argv[1], num_threads=1)\n"
        "interpreter.allocate_tensors()\n"
        "print(sorted(interpreter.get_signature_list()))\n"
        "print(sorted({op['op_name'] for op in interpreter._get_ops_details()}))\n"
        "print('tensorflow' in sys.modules)\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", code, str(model_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    signatures, operators, has_tensorflow = done.stdout.splitlines()
    assert signatures == "['fan', 'feed', 'generate', 'guided', 'propose']"
    assert "Flex" not in operators and "WHILE" in operators
    assert has_tensorflow == "False"


def test_the_signatures_take_and_give_what_the_app_expects(
    libraries: SimpleNamespace, model_path: Path
) -> None:
    interpreter = libraries.Interpreter(model_path=str(model_path))
    found = {
        name: (sorted(s["inputs"]), sorted(s["outputs"]))
        for name, s in interpreter.get_signature_list().items()
    }
    rolled = ["count", "event", "noise", "state", "temperatures"]
    assert found == {
        "feed": (["count", "events", "state"], ["mixture", "state"]),
        "generate": (rolled, ["events", "length", "state"]),
        "guided": (sorted([*rolled, "guide"]), ["events", "length", "state"]),
        "fan": (rolled, ["events", "length"]),
        "propose": (
            ["count", "events", "guides", "noise", "states", "temperatures"],
            ["events", "length", "states"],
        ),
    }
