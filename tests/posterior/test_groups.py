"""Parameters that groups of runs share in part."""

import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.evaluation.checking import check
from bayescale.inference.fitting import fit
from tests.architectures import FLOORS, RUNS, of_architecture
from tests.fits import straight


@pytest.fixture(scope="module")
def table():
    parts = [of_architecture(name, count, i) for i, (name, count) in enumerate(RUNS.items())]
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def runs(table):
    return bs.load_runs(table, groups=["architecture"], simulated=True)


@pytest.fixture(scope="module")
def pooled(runs):
    pool = {"E": "architecture", "A": "architecture"}
    return fit(runs, straight("chinchilla"), pool=pool, random_seed=1, draws=300)


def interval(draws):
    return np.quantile(draws, [0.01, 0.99])


@pytest.mark.parametrize("architecture", FLOORS)
def test_every_group_has_its_own_floor(pooled, architecture):
    draws = pooled.posterior["E_by_architecture"].sel(architecture=architecture)
    low, high = interval(draws)
    assert low < FLOORS[architecture] < high


def test_a_group_of_three_runs_borrows_the_slope_of_the_others(pooled, runs):
    alone = runs.subset(runs.levels("architecture") == "mamba")
    with pytest.raises(bs.FitError, match="3 runs cannot determine the 5 parameters"):
        fit(alone, "chinchilla")
    found = pooled.group(architecture="mamba")
    truth = of_architecture("mamba", 64, 9)
    held_out = bs.predict(found, params=truth["params"], tokens=truth["tokens"]).mean(
        ["chain", "draw"]
    )
    assert np.abs(held_out / truth["loss"].to_numpy() - 1).mean() < 0.02


def test_a_group_not_seen_is_less_certain_than_one_that_was(pooled):
    seen = bs.predict(pooled.group(architecture="dense"), params=1e9, tokens=1e11)
    new = bs.predict(pooled.group(architecture=None), params=1e9, tokens=1e11)
    assert float(new.std()) > 5 * float(seen.std())


def test_a_group_stands_for_itself_everywhere(pooled, tmp_path):
    found = pooled.group(architecture="moe")
    assert len(found.runs) == RUNS["moe"]
    assert bs.allocate(found, flops=1e21).committed["params"][0] > 0
    assert "E_by_architecture" not in found.posterior
    found.save(tmp_path / "moe.nc")
    again = bs.load(tmp_path / "moe.nc")
    assert again.posterior["E"].equals(found.posterior["E"])


def test_a_pooled_fit_survives_being_saved(pooled, tmp_path):
    pooled.save(tmp_path / "fit.nc")
    again = bs.load(tmp_path / "fit.nc")
    assert again.model == pooled.model
    assert again.posterior["A_by_architecture"].equals(pooled.posterior["A_by_architecture"])


def test_the_derived_coefficients_are_those_of_the_group(pooled):
    found = pooled.group(architecture="moe")
    expected = found.posterior["A"] * found.reference["N"] ** found.posterior["alpha_N"]
    np.testing.assert_allclose(found.posterior["A_classic"], expected)


def test_a_question_to_all_groups_at_once_names_the_remedy(pooled):
    with pytest.raises(bs.FitError, match=r"fit\.group\(architecture=\.\.\.\)"):
        bs.predict(pooled, params=1e9, tokens=1e10)


@pytest.mark.parametrize(
    ("levels", "words"),
    [
        ({"architecture": "rnn"}, "no run has architecture = 'rnn'; there are dense, mamba, moe"),
        ({"optimizer": "adamw"}, "pools over architecture, not optimizer"),
        ({}, "pools over architecture, not nothing"),
    ],
)
def test_a_group_that_is_not_there(pooled, levels, words):
    with pytest.raises(bs.FitError, match=words):
        pooled.group(**levels)


def test_the_check_of_a_pooled_fit_looks_at_the_groups(pooled):
    odd = pooled.tree.copy()
    draws = odd["posterior"].to_dataset()
    stuck = draws["E_by_architecture"].copy()
    stuck[:, :, 0] += stuck["chain"]
    odd["posterior"] = odd["posterior"].copy()
    odd["posterior"]["E_by_architecture"] = stuck
    notes = check(bs.Fit(odd, pooled.model)).errors
    assert any("E_by_architecture" in note.sentence for note in notes)


def test_checkpoints_taken_for_runs_are_warned_of(table):
    checkpoints = table.assign(run_id=np.arange(len(table)) // 3)
    runs = bs.load_runs(checkpoints, run="run_id", simulated=True)
    found = fit(runs, "chinchilla", random_seed=1, draws=50, chains=2)
    (note,) = [note for note in check(found).notes if note.code == "checkpoints"]
    assert "51 rows are checkpoints of 17 training runs" in note.sentence
    assert "pool={'loss': 'run_id'}" in note.remedy
