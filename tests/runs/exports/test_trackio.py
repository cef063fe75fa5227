import contextlib
import sqlite3

import pandas as pd
import pytest

from bayescale.errors import RunsError
from bayescale.runs.reading import load_runs
from tests.runs.exports.samples import loss_of, trackio_project, write_csv


def test_a_project_is_read_with_the_configuration_of_its_runs(tmp_path):
    runs = load_runs(trackio_project(tmp_path / "ladder.db"))
    assert runs.table["params"].tolist() == [1e7, 4e7]
    assert runs.table["tokens"].tolist() == [2e8, 2e8]
    assert runs.loss.tolist() == pytest.approx([loss_of(1e7, 2e8), loss_of(4e7, 2e8)])


def test_reading_a_project_leaves_it_as_it_was(tmp_path):
    path = trackio_project(tmp_path / "ladder.db")
    before = path.read_bytes()
    load_runs(path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["ladder.db"]


def test_the_table_of_a_space_is_read(tmp_path):
    rows = [
        {"timestamp": "2026-01-01", "run_name": name, "step": step, "tokens": step * 1e6}
        | {"params": size, "loss": loss_of(size, step * 1e6)}
        for name, size in (("a", 1e7), ("b", 4e7))
        for step in (100, 200)
    ]
    runs = load_runs(write_csv(tmp_path / "metrics.csv", pd.DataFrame(rows)))
    assert runs.table["tokens"].tolist() == [2e8, 2e8]


def test_another_database_is_refused(tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "other.db")) as base:
        base.execute("CREATE TABLE people (name TEXT)")
    with pytest.raises(RunsError, match="no project of trackio: it has no table called metrics"):
        load_runs(tmp_path / "other.db")
    (tmp_path / "text.db").write_text("params,loss")
    with pytest.raises(RunsError, match="file is not a database"):
        load_runs(tmp_path / "text.db")
