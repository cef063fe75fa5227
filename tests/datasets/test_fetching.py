import hashlib
import re
from pathlib import Path

import pytest

from bayescale.datasets import load_card
from bayescale.datasets.fetching import fetch
from bayescale.errors import RunsError
from tests.datasets.serving import OTHER, TABLE, Server, card, files, table


def test_download_is_kept_and_used_again(server: Server, cache: Path) -> None:
    small = card(server.url)
    assert len(load_card(small)) == 5
    server.stop()
    assert len(load_card(small)) == 5
    assert server.requests == 1
    assert [path.read_bytes() for path in files(cache)] == [TABLE]


def test_download_is_silent(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    load_card(card(server.url))
    assert capfd.readouterr() == ("", "")


def test_spoilt_cache_is_replaced(server: Server, cache: Path) -> None:
    path = fetch(table(server.url))
    path.write_bytes(b"spoilt")
    assert fetch(table(server.url)).read_bytes() == TABLE
    assert len(files(cache)) == 1


def test_wrong_content_is_refused_and_not_kept(server: Server, cache: Path) -> None:
    sums = [hashlib.sha256(content).hexdigest() for content in (TABLE, OTHER)]
    with pytest.raises(RunsError, match=f"{server.url} gave .*{sums[0]}, must be {sums[1]}.*DATA"):
        fetch(table(server.url, content=OTHER))
    assert files(cache) == []


def test_broken_transfer_leaves_nothing(server: Server, cache: Path) -> None:
    server.missing_bytes = 100
    with pytest.raises(RunsError, match=r"cannot download .*the connection failed"):
        fetch(table(server.url))
    assert files(cache) == []


def test_http_error_names_address_and_remedy(server: Server, cache: Path) -> None:
    server.files.clear()
    with pytest.raises(RunsError, match=f"{server.url} .*HTTP status 404.*by hand.*BAYESCALE_DATA"):
        fetch(table(server.url))
    assert files(cache) == []


def test_no_network_names_address_and_remedy(server: Server, cache: Path) -> None:
    server.stop()
    message = f"{server.url} .*the connection failed: ConnectionError.*by hand.*BAYESCALE_DATA"
    with pytest.raises(RunsError, match=message):
        fetch(table(server.url))
    assert files(cache) == []


def test_cache_that_cannot_be_written_is_named(server: Server, cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    with pytest.raises(
        RunsError, match=rf"to {re.escape(str(cache))}.*\(.*\): get runs\.csv by hand"
    ):
        fetch(table(server.url))


@pytest.mark.parametrize("where", [".", "deep/below"])
def test_file_in_the_folder_is_used(server: Server, folder: Path, where: str) -> None:
    path = folder / where / "runs.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(TABLE)
    assert fetch(table(server.url)) == path
    assert server.requests == 0


def test_folder_goes_before_the_cache(server: Server, folder: Path) -> None:
    assert folder not in fetch(table(server.url)).parents
    (folder / "runs.csv").write_bytes(TABLE)
    assert fetch(table(server.url)) == folder / "runs.csv"


def test_another_file_of_that_name_does_not_hide_the_right_one(folder: Path) -> None:
    (folder / "runs.csv").write_bytes(OTHER)
    (folder / "right").mkdir()
    (folder / "right" / "runs.csv").write_bytes(TABLE)
    assert fetch(table("http://localhost")) == folder / "right" / "runs.csv"


def test_folder_without_the_file_goes_on_to_download(server: Server, folder: Path) -> None:
    assert fetch(table(server.url)).read_bytes() == TABLE
    assert files(folder) == []


def test_wrong_file_in_the_folder_is_named_with_both_sums(server: Server, folder: Path) -> None:
    path = folder / "runs.csv"
    path.write_bytes(OTHER)
    seen, due = (hashlib.sha256(content).hexdigest() for content in (OTHER, TABLE))
    with pytest.raises(
        RunsError, match=rf"{re.escape(str(path))} has SHA-256 {seen}, must have {due}: replace"
    ):
        fetch(table(server.url))
    assert path.read_bytes() == OTHER
    assert server.requests == 0


def test_folder_must_be_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAYESCALE_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(RunsError, match=r"BAYESCALE_DATA=.*nowhere is not a folder: .*unset it"):
        fetch(table("http://localhost"))
