import resource
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.looking.look import look

SWEEP = pd.DataFrame(
    {
        "n_params": np.repeat([1e7, 1e8, 1e9], 4),
        "tokens_seen": np.tile([1e9, 1e9, 1e10, 1e10], 3),
        "val_loss": 4 - np.repeat([0.0, 0.4, 0.8], 4) - np.tile([0, 0.1, 0.3, 0.5], 3),
        "lr": np.tile([1e-3, 3e-3], 6),
        "arch": np.repeat(["base", "muon"], 6),
    }
)


def test_quantities_are_told_with_their_source_and_range():
    seen = look(SWEEP)
    assert seen.taken == {"params": "n_params", "tokens": "tokens_seen", "loss": "val_loss"}
    params = seen.quantities.loc["params"]
    assert (params["source"], params["low"], params["high"]) == ("n_params", 1e7, 1e9)
    assert params["decades"] == pytest.approx(2)
    assert seen.quantities.loc["flops", "source"] == ""  # by 6ND


def test_models_are_told_by_what_they_lack():
    needs = {need.model: need for need in look(SWEEP).models}
    assert needs["chinchilla"].ready
    assert needs["data_constrained"].lacks == ("unique_tokens",)
    assert "chinchilla" in look(SWEEP).ready


def test_a_sweep_is_noticed_and_does_not_warn():
    (note,) = [note for note in look(SWEEP).notes if note.code == "setting_sweep"]
    assert "differ in lr" in note.sentence


def test_what_must_be_said_first_is_told_instead_of_raised():
    two = SWEEP.assign(test_loss=SWEEP["val_loss"] - 0.1)
    seen = look(two)
    assert seen.runs is None
    assert "loss may be val_loss or test_loss" in seen.problem
    assert seen.taken == {"params": "n_params", "tokens": "tokens_seen"}
    assert seen.quantities.empty
    assert look(two, loss="test_loss").problem == ""


def test_options_are_those_of_load_runs_and_checked_alike():
    assert len(look(SWEEP, where="lr < 2e-3").runs) == 6
    with pytest.raises(bs.RunsError, match="loss = 3 must be a text"):
        look(SWEEP, loss=3)
    with pytest.raises(bs.RunsError, match="unknown argument of look 'wher': did you mean 'where'"):
        look(SWEEP, wher="lr < 2e-3")


def test_what_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(bs.RunsError, match="No such file"):
        look(tmp_path / "runs.csv")


def test_runs_that_were_read_can_be_looked_at():
    runs = bs.load_runs(SWEEP, best_of=["params", "tokens"])
    seen = look(runs)
    assert seen.runs is runs
    assert seen.taken["loss"] == "val_loss"
    with pytest.raises(bs.RunsError, match="were read already"):
        look(runs, where="lr < 1")


def test_a_look_is_quick_and_needs_no_pymc(tmp_path):
    SWEEP.to_csv(tmp_path / "runs.csv", index=False)
    heavy = ("pymc", "pytensor", "scipy", "matplotlib", "xarray")
    code = (
        "import sys, bayescale as bs; print(bs.look('runs.csv'));"
        f"sys.exit(any(m in sys.modules for m in {heavy}))"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    # 0.8 s where it was measured; what it works, not what it waits for a core that others share.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2
