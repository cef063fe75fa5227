from pathlib import Path

import pandas as pd
import pytest

from bayescale.errors import RunsError
from bayescale.runs import exports, recognising
from bayescale.runs.exports.export import Export
from bayescale.runs.reading import load_runs
from bayescale.runs.recognising import known_exports, recognise_table
from bayescale.runs.source import Source


def broken(*_):
    raise KeyError("what it needs")


@pytest.fixture
def broken_one(monkeypatch):
    found = (*known_exports(), Export("a log of a broken program", of_table=broken))
    monkeypatch.setattr(recognising, "known_exports", lambda: found)


def test_every_file_but_those_that_all_share_is_a_recogniser():
    folder = Path(exports.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "export", "curves"}
    assert len(known_exports()) == len(files)
    assert len({export.title for export in known_exports()}) == len(files)


def test_a_plain_table_is_no_export(table):
    assert recognise_table(Source(table), None).kind == ""


@pytest.mark.usefixtures("broken_one")
def test_a_recogniser_that_fails_leaves_a_plain_table_and_says_so(table):
    runs = load_runs(table.assign(remark="x"))
    assert runs.loss.tolist() == table["loss"].tolist()
    said = " ".join(note.sentence for note in runs.notes)
    assert "It looks like a log of a broken program, but could not be read as one" in said
    assert "nothing is taken from remark" in said


@pytest.mark.usefixtures("broken_one")
def test_what_then_lacks_a_column_names_the_program():
    with pytest.raises(RunsError, match=r"(?s)looks like a log of a broken program.*no column"):
        load_runs(pd.DataFrame({"a": [1.0]}))
