import json

import pandas as pd

import bayescale as bs
from bayescale.runs.provenance import Choice, Provenance

TABLE = pd.DataFrame(
    {
        "n": [1e8, 1e8, 1e9, 4e9],
        "d": [2e9, 4e9, 2e10, 8e10],
        "val": [3.4, 3.3, 2.8, 2.5],
        "run": ["a", "a", "b", "c"],
    }
)


def test_what_was_asked_is_kept_and_what_was_left_out_is_counted():
    runs = bs.load_runs(TABLE, params="n", tokens="d", loss="val", last_of="run")
    asked = runs.provenance.asked
    assert asked == {"params": "n", "tokens": "d", "loss": "val", "last_of": "run"}
    assert [choice.left_out for choice in runs.provenance.choices] == [1]
    assert "1 row left out by last_of='run'" in " ".join(note.sentence for note in runs.notes)


def test_it_survives_being_written_and_read():
    runs = bs.load_runs(TABLE, params="n", tokens="d", loss="val", last_of="run")
    written = json.loads(json.dumps(runs.provenance.to_dict()))
    assert Provenance.from_dict(written) == runs.provenance


def test_runs_of_older_fits_have_none():
    assert Provenance.from_dict({}) == Provenance()


def test_a_choice_is_said_in_the_number_of_its_rows():
    assert str(Choice("where='x'", 1)) == "1 row left out by where='x'"
    assert str(Choice("where='x'", 3)) == "3 rows left out by where='x'"


def test_a_data_set_says_its_name_and_a_file_its_path(tmp_path):
    path = tmp_path / "runs.csv"
    TABLE.iloc[1:].to_csv(path, index=False)
    read = bs.load_runs(path, params="n", tokens="d", loss="val")
    assert read.provenance.origin == str(path)
    assert bs.datasets.load("simulated").provenance.origin == "simulated"
