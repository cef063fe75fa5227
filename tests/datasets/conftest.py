"""A table served on localhost, and the cards that ask for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.datasets.serving import TABLE, Server


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    server.files["/runs.csv"] = TABLE
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("BAYESCALE_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    folder = tmp_path / "cache"
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda app: str(folder / app))
    return folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that BAYESCALE_DATA names."""
    folder = tmp_path / "mine"
    folder.mkdir()
    monkeypatch.setenv("BAYESCALE_DATA", str(folder))
    return folder
