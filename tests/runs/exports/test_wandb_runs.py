import pandas as pd
import pytest

from bayescale.errors import RunsError
from bayescale.runs.reading import load_runs
from tests.runs.exports.samples import loss_of, wandb_runs, write_csv


def test_finished_runs_are_read_without_options(tmp_path):
    runs = load_runs(write_csv(tmp_path / "wandb_export.csv", wandb_runs()))
    assert len(runs) == 3
    assert list(runs.table["tokens"]) == [2e8, 8e8, 3.2e9]
    said = " ".join(note.sentence for note in runs.notes)
    assert "Read as a runs table of Weights & Biases." in said
    assert "1 row left out by where=\"State == 'finished'\"" in said
    assert "loss from val_loss, params from n_params, tokens from train/tokens" in said


def test_a_condition_of_ones_own_takes_the_place_of_the_usual_one(tmp_path):
    path = write_csv(tmp_path / "export.csv", wandb_runs())
    with pytest.raises(RunsError, match="row 5: loss = nan: is missing"):
        load_runs(path, where="n_params > 1e7")


def test_the_table_of_the_python_interface_is_unfolded(tmp_path):
    sizes = [1e7, 1e8]
    table = pd.DataFrame(
        {
            "summary": [str({"val_loss": loss_of(n, 1e9), "tokens": 1e9}) for n in sizes],
            "config": [str({"model": {"n_params": n}, "lr": 0.1}) for n in sizes],
            "name": ["a", "b"],
        }
    )
    runs = load_runs(write_csv(tmp_path / "project.csv", table), groups={"rate": "lr"})
    assert runs.table["params"].tolist() == sizes
    assert set(runs.levels("rate")) == {"0.1"}


def test_a_cell_that_is_code_is_not_executed(tmp_path):
    table = pd.DataFrame({"summary": ["__import__('os').abort()"], "config": ["{}"], "name": ["a"]})
    with pytest.raises(RunsError, match="no column for loss"):
        load_runs(write_csv(tmp_path / "project.csv", table))
