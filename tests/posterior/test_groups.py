"""Parameters that groups of runs share in part."""

import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.evaluation.checking import check
from bayescale.inference.fitting import fit

FLOORS = {"dense": 1.8, "moe": 1.6, "mamba": 2.0}
COEFFICIENTS = {"dense": 480.0, "moe": 400.0, "mamba": 550.0}
RUNS = {"dense": 24, "moe": 24, "mamba": 3}


def of_architecture(architecture, count, seed):
    values = {
        "E": FLOORS[architecture],
        "A": COEFFICIENTS[architecture],
        "B": 2000.0,
        "alpha_N": 0.35,
        "alpha_D": 0.366,
    }
    runs = bs.simulate("chinchilla", count, values=values, noise=0.003, seed=seed)
    return runs.table.assign(architecture=architecture)


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
    return fit(runs, "chinchilla", pool=pool, random_seed=1, draws=300)


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


def test_savings_tell_how_many_tokens_a_group_is_worth():
    # The second optimizer needs half the tokens: D counts twice.
    slow = of_architecture("dense", 30, 5).assign(optimizer="adamw")
    fast = slow.assign(optimizer="muon", tokens=slow["tokens"] / 2).drop(columns="flops")
    both = pd.concat([slow.drop(columns="flops"), fast], ignore_index=True)
    runs = bs.load_runs(both, groups=["optimizer"], simulated=True)
    found = fit(runs, "chinchilla", pool={"B": "optimizer"}, random_seed=2, draws=200)
    rho = bs.savings(found, "optimizer", baseline="adamw")
    assert list(rho) == ["rho_D"]
    low, high = interval(rho["rho_D"].sel(optimizer="muon"))
    assert low < 2.0 < high
    assert high - low < 0.6
    assert np.all(rho["rho_D"].sel(optimizer="adamw") == 1.0)
    with pytest.raises(bs.FitError, match="unknown level 'adam': did you mean 'adamw'"):
        bs.savings(found, "optimizer", baseline="adam")
    with pytest.raises(bs.FitError, match="pools none of its coefficients"):
        bs.savings(found, "architecture", baseline="dense")


def test_seeds_of_one_configuration_tell_noise_from_misfit():
    inputs = bs.design("chinchilla", 16)
    exact = bs.simulate("chinchilla", inputs, values="besiroglu2024", noise=0.0)
    mean = exact.table["loss"]
    rng = np.random.default_rng(3)
    misfit = 0.02 * rng.standard_normal(len(inputs))
    seeds = [
        inputs.assign(
            loss=mean * np.exp(misfit + 0.002 * rng.standard_normal(len(inputs))), seed=seed
        )
        for seed in range(3)
    ]
    runs = bs.load_runs(pd.concat(seeds, ignore_index=True), groups=["seed"], simulated=True)
    plain = fit(runs, "chinchilla", random_seed=1, draws=100)
    assert "lack_of_fit" in {note.code for note in check(plain).notes}
    found = fit(runs, "chinchilla", pool={"loss": "configuration"}, random_seed=1, draws=200)
    assert not {"repeats", "lack_of_fit"} & {note.code for note in check(found).notes}
    assert 0.001 < float(found.posterior["sigma"].median()) < 0.003
    assert 0.01 < float(found.posterior["loss_spread"].median()) < 0.035
    widths = [
        bs.predict(each, params=1e9, tokens=1e10, new_run=True)
        .quantile([0.25, 0.75])
        .diff("quantile")
        .item()
        for each in (found, plain)
    ]
    assert 0.5 < widths[0] / widths[1] < 2.0


def test_checkpoints_taken_for_runs_are_warned_of(table):
    checkpoints = table.assign(run_id=np.arange(len(table)) // 3)
    runs = bs.load_runs(checkpoints, run="run_id", simulated=True)
    found = fit(runs, "chinchilla", random_seed=1, draws=50, chains=2)
    (note,) = [note for note in check(found).notes if note.code == "checkpoints"]
    assert "51 rows are checkpoints of 17 training runs" in note.sentence
    assert "pool={'loss': 'run_id'}" in note.remedy


@pytest.mark.parametrize(
    ("pool", "error", "words"),
    [
        ({"E": "family"}, bs.RunsError, "unknown group column 'family'"),
        ({"F": "architecture"}, bs.ModelError, "pool: F is not a parameter"),
    ],
)
def test_a_pool_that_cannot_be(runs, pool, error, words):
    with pytest.raises(error, match=words):
        fit(runs, "chinchilla", pool=pool)


def test_a_group_column_with_one_level(runs):
    one = runs.subset(runs.levels("architecture") == "moe")
    with pytest.raises(bs.FitError, match="all runs have architecture = moe"):
        fit(one, "chinchilla", pool={"E": "architecture"})
