"""Fixtures of the pages: the runtime of models in a browser, and a server of files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.runtime import litert_js
from app.runtime.errors import CommandError
from tests.web.serving import serving


@pytest.fixture(scope="session")
def litert_package(request: pytest.FixtureRequest) -> Path:
    """npm's package of LiteRT for browsers, kept in pytest's cache; skips where it cannot be had."""
    kept = Path(request.config.cache.mkdir("litertjs")) if request.config.cache else None
    assert kept is not None
    done = kept / litert_js.VERSIONS.replace(" ", "_").replace("<", "to").replace(">=", "")
    if not done.is_dir():
        draft = kept / f"draft-{os.getpid()}"
        draft.mkdir()
        try:
            litert_js.fetch(draft)
            os.replace(draft, done)
        except CommandError as error:
            pytest.skip(f"no runtime: {error}")
        except OSError:  # another process was faster
            assert done.is_dir()
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return litert_js.find(done)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """An empty folder, and the address that serves it as any static host does."""
    folder = tmp_path_factory.mktemp("served")
    with serving(folder) as address:
        yield folder, f"{address}/"
