"""A table is looked at, and a sweep is tuned, from the command line."""

import json

import pytest

from bayescale import cli
from tests.runs.exports.samples import wandb_runs
from tests.runs.test_tuning import sweep


@pytest.fixture
def call(monkeypatch, capsys, tmp_path):
    """Run a command line in an empty folder; return exit status, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["bayescale", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        captured = capsys.readouterr()
        return stop.value.code or 0, captured.out, captured.err

    return run


def test_a_look_at_an_export(call, tmp_path):
    wandb_runs().to_csv(tmp_path / "wandb.csv", index=False)
    status, out, err = call("look", "wandb.csv")
    assert status == 0
    assert "error" not in err
    assert out.startswith("wandb.csv: 4 rows, 8 columns; 3 runs to fit")
    assert "Read as a runs table of Weights & Biases." in out


def test_a_look_as_json(call, tmp_path):
    wandb_runs().to_csv(tmp_path / "wandb.csv", index=False)
    found = json.loads(call("look", "wandb.csv", "--json")[1])
    assert found["taken"] == {
        "params": "n_params",
        "tokens": "train/tokens",
        "loss": "val_loss",
    }
    assert found["problem"] == ""


def test_several_files_can_be_typed(call, tmp_path):
    sweep().iloc[:14].to_csv(tmp_path / "a.csv", index=False)
    sweep().iloc[14:].to_csv(tmp_path / "b.csv", index=False)
    assert call("look", "a.csv", "b.csv")[1].startswith("2 files (a.csv, ...): 21 rows")
    assert "21 runs of 3 configurations" in call("tune", "a.csv", "b.csv")[1]


def test_a_look_at_a_data_set(call):
    assert "can be fitted:" in call("look", "sweep")[1]


def test_what_must_be_said_first_is_no_failure_of_a_look(call, tmp_path):
    sweep().assign(test_loss=1.0 + sweep()["lr"]).rename(columns={"loss": "val_loss"}).to_csv(
        tmp_path / "sweep.csv", index=False
    )
    status, out, _ = call("look", "sweep.csv")
    assert status == 0
    assert "loss may be val_loss or test_loss" in out
    assert call("fit", "sweep.csv")[0] == 2


def test_a_table_that_is_not_there_is_a_failure(call):
    status, _, err = call("look", "runs.csv")
    assert status == 2
    assert "No such file" in err


def test_a_sweep_is_tuned_and_its_best_runs_are_written(call, tmp_path):
    sweep().to_csv(tmp_path / "lr.csv", index=False)
    status, out, _ = call("tune", "lr.csv", "--setting", "rate=lr * 1000", "--out", "best.csv")
    assert status == 0
    assert "21 runs of 3 configurations; settings rate" in out
    assert "The best runs are in best.csv." in out
    assert "3 rows" in call("look", "best.csv")[1]
    found = json.loads(call("tune", "lr.csv", "--setting", "lr", "--json")[1])
    assert found["settings"] == ["lr"]
    assert found["configurations"][0]["lr"] == pytest.approx(1e-3, rel=1e-3)


def test_the_best_runs_do_not_replace_the_sweep(call, tmp_path):
    sweep().to_csv(tmp_path / "lr.csv", index=False)
    status, _, err = call("tune", "lr.csv", "--out", "lr.csv")
    assert status == 2
    assert "is what this command reads" in err
