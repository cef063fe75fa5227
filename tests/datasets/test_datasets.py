import os
import subprocess
import sys

import pytest

from bayescale.datasets import datasets, fetching, load, load_card
from bayescale.datasets.card import Flagged
from bayescale.errors import RunsError
from tests.datasets.serving import Server, card

# Read before the fixture `cache` hides it from every other test.
GIVEN_FOLDER = os.environ.get("BAYESCALE_DATA")


def test_every_card_beside_the_module_is_found() -> None:
    assert {"simulated", "chinchilla"} <= set(datasets())
    assert all(known.name == name for name, known in datasets().items())


def test_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(RunsError, match="unknown data set 'chinchila': did you mean 'chinchilla'"):
        load("chinchila")


def test_importing_the_package_stays_cheap() -> None:
    code = (
        "import sys, bayescale.datasets as d; d.datasets();"
        "print([m for m in ('pymc', 'pytensor', 'nutpie', 'pooch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_columns_are_read_as_the_card_says(server: Server) -> None:
    runs = load_card(card(server.url))
    assert runs.source == "A small table"
    assert not runs.simulated
    assert runs.table["params"].iloc[0] == 1e8
    assert runs.table["tokens"].iloc[0] == pytest.approx(2e9)


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
