import hashlib
import math
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from bayescale.datasets import datasets, fetching, load, load_card
from bayescale.datasets.card import (
    Columns,
    DatasetCard,
    Download,
    Flagged,
    Shipped,
    Simulation,
    read_card,
)
from bayescale.datasets.fetching import fetch
from bayescale.errors import RunsError
from bayescale.model.card import models

# Read before the fixture below hides it from every other test.
GIVEN_FOLDER = os.environ.get("BAYESCALE_DATA")

TABLE = (
    b"size,compute,loss\n"
    b"1e8,1.2e18,5.1\n"
    b"2e8,2.4e18,3.6\n"
    b"4e8,4.8e18,3.3\n"
    b"8e8,9.6e18,3.0\n"
    b"16e8,19e18,2.8\n"
)
OTHER = TABLE.replace(b"3.0", b"3.1")


class Server:
    """Files served on localhost, and how often anything was asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.missing_bytes = 0
        self.requests = 0
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                served.requests += 1
                body = served.files.get(self.path)
                self.send_response(404 if body is None else 200)
                body = body or b""
                self.send_header("Content-Length", str(len(body) + served.missing_bytes))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                """Keep the test output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/runs.csv"

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()


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


def table(url: str, content: bytes = TABLE) -> Download:
    return Download(
        url=url,
        sha256=hashlib.sha256(content).hexdigest(),
        file="runs.csv",
        columns=Columns(params="size", flops="compute", loss="loss"),
    )


def card(url: str, flagged: Flagged | None = None) -> DatasetCard:
    return DatasetCard(
        name="small",
        title="A small table",
        citation="nobody",
        licence="none",
        origin=table(url),
        flagged=flagged,
    )


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


# The cards


def test_every_card_beside_the_module_is_found() -> None:
    assert {"simulated", "chinchilla"} <= set(datasets())
    assert all(known.name == name for name, known in datasets().items())


@pytest.mark.parametrize("name", datasets())
def test_every_card_says_what_people_must_know(name: str) -> None:
    known = datasets()[name]
    assert known.title
    assert known.citation
    assert known.licence


def test_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(RunsError, match="unknown data set 'chinchila': did you mean 'chinchilla'"):
        load("chinchila")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("title = ", "value"), ('title = "x"\nurl = "y"', "origin")],
    ids=["not TOML", "wrong keys"],
)
def test_a_malformed_card_is_named(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(content)
    with pytest.raises(RunsError, match=r"bad\.toml: not a data set card(.|\n)*" + complaint):
        read_card(path)


def test_importing_the_package_stays_cheap() -> None:
    code = (
        "import sys, bayescale.datasets as d; d.datasets();"
        "print([m for m in ('pymc', 'pytensor', 'nutpie', 'pooch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Simulated data sets


SIMULATED = {name: known for name, known in datasets().items() if known.simulated}


@pytest.mark.parametrize("name", SIMULATED)
def test_simulated_runs_are_the_same_each_time(name: str) -> None:
    assert load(name).table.equals(load(name).table)


@pytest.mark.parametrize("name", SIMULATED)
def test_simulated_runs_say_so(name: str) -> None:
    origin, runs = SIMULATED[name].origin, load(name)
    assert isinstance(origin, Simulation)
    assert runs.simulated
    assert "nothing was trained" in runs.source
    assert "nothing was trained" in runs.source
    assert origin.model in runs.source
    assert origin.published in runs.source


@pytest.mark.parametrize("name", SIMULATED)
def test_simulated_losses_scatter_around_the_law(name: str) -> None:
    origin, runs = SIMULATED[name].origin, load(name)
    assert isinstance(origin, Simulation)
    model = models()[origin.model]
    inputs = (runs.table[column].to_numpy() for column in model.columns.values())
    truth = model.law.loss(*inputs, **model.published[origin.published].values)
    noise = np.log(runs.loss / truth) / origin.noise.scale
    assert len(runs) == len(origin.flops) * len(origin.sizes)
    assert abs(np.median(noise)) < 0.6
    assert 0.4 < np.median(np.abs(noise)) < 1.1  # 0.73 for a Student-t of 5 degrees of freedom


@pytest.mark.parametrize("name", SIMULATED)
def test_simulated_sizes_bracket_the_best_of_each_budget(name: str) -> None:
    origin, runs = SIMULATED[name].origin, load(name)
    assert isinstance(origin, Simulation)
    for _, budget in runs.table.groupby("flops"):
        best = int(np.argmin(budget.sort_values("params")["loss"]))
        assert 0 < best < len(origin.sizes) - 1


# Downloads


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


def test_columns_are_read_as_the_card_says(server: Server) -> None:
    runs = load_card(card(server.url))
    assert runs.source == "A small table"
    assert not runs.simulated
    assert runs.table["params"].iloc[0] == 1e8
    assert runs.table["tokens"].iloc[0] == pytest.approx(2e9)


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


# The folder of the user


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


# Flagged rows


FLAGGED = Flagged(rows="loss > 3.5", column="loss", reason="too short")


def test_flagged_rows_are_refused_with_the_reason(server: Server) -> None:
    runs = load_card(card(server.url, flagged=FLAGGED))
    assert runs.loss.tolist() == [3.3, 3.0, 2.8]
    assert runs.refused.to_numpy().tolist() == [
        [2, "loss", "5.1", "too short"],
        [3, "loss", "3.6", "too short"],
    ]


def test_flagged_rows_are_kept_on_demand(server: Server) -> None:
    runs = load_card(card(server.url, flagged=FLAGGED), keep_flagged=True)
    assert len(runs) == 5
    assert runs.refused.empty


# The real table


def test_chinchilla_has_the_runs_of_the_published_refit(monkeypatch: pytest.MonkeyPatch) -> None:
    if not GIVEN_FOLDER:
        pytest.skip("needs the table of the data set chinchilla: name its folder in BAYESCALE_DATA")
    monkeypatch.setenv("BAYESCALE_DATA", GIVEN_FOLDER)
    monkeypatch.setattr(fetching, "_download", lambda *_: pytest.skip("not in BAYESCALE_DATA"))
    runs = load("chinchilla")
    assert len(runs) == 240
    assert len(runs.refused) == 5
    assert len(load("chinchilla", keep_flagged=True)) == 245
    assert runs.loss.max() < 3.44


# The sweep that comes with the package


def test_the_sweep_is_shipped_and_sane() -> None:
    runs = load("sweep")
    assert len(runs) >= 60
    assert not len(runs.refused)
    assert not runs.simulated
    table = runs.table
    assert table["loss"].between(1.0, math.log(256)).all()
    assert table["flops"].max() > 90 * table["flops"].min()
    per_size = table.groupby("params").filter(lambda part: part["tokens"].nunique() > 2)
    falls = per_size.groupby("params")[["tokens", "loss"]].corr(method="spearman")
    assert (falls.xs("loss", level=1)["tokens"] < -0.9).all()


def test_a_data_set_can_be_read_by_other_columns() -> None:
    total = load("sweep").table
    body = load("sweep", params="params_nonembedding", flops="flops", flops_rule="recorded").table
    assert (body["params"] < total["params"]).all()
    assert body["loss"].equals(total["loss"])
    assert (body["flops"] / total["flops"]).max() > 1.1  # exact, with attention


def test_simulated_runs_have_no_other_columns() -> None:
    with pytest.raises(RunsError, match="simulated: params cannot be chosen, the runs are drawn"):
        load("simulated", params="n_params")


def test_repeated_data_overfit_in_the_end() -> None:
    table = load("sweep_limited").table
    assert len(table) >= 30
    assert sorted(table["weight_decay"].unique()) == [0.1, 1.0]
    epochs = table["tokens"] / table["unique_tokens"]
    assert epochs.max() == pytest.approx(64, rel=0.01)
    few = table[(table["unique_tokens"] == 32_000) & (table["weight_decay"] == 0.1)]
    for _, part in few.groupby("params"):
        losses = part.sort_values("tokens")["loss"].to_numpy()
        assert 0 < losses.argmin() < len(losses) - 1


def test_both_tables_meet_in_one_recipe() -> None:
    together = load("sweep_all")
    assert together.table["weight_decay"].eq(0.1).all()
    limited = load("sweep_limited").table
    others = int((limited["weight_decay"] != 0.1).sum())
    assert len(together) == len(load("sweep")) + len(limited) - others
    assert len(together.refused) == others
    assert len(load("sweep_all", keep_flagged=True)) == len(load("sweep")) + len(limited)


def test_held_out_runs_lie_beyond_the_sweep() -> None:
    held_out = load("sweep_holdout").table
    assert len(held_out) >= 4
    assert held_out["flops"].min() > 2.9 * load("sweep").table["flops"].max()


def test_the_sweeps_are_small_enough_to_pass_on() -> None:
    shipped = (card.origin for card in datasets().values() if isinstance(card.origin, Shipped))
    paths = {path for origin in shipped for path in origin.paths}
    assert sum(path.stat().st_size for path in paths) < 100_000
