"""What is wrong with a fit is said before anything is compiled."""

import numpy as np
import pytest

import bayescale as bs
from bayescale.inference import fitting


@pytest.fixture(autouse=True)
def nothing_is_compiled(monkeypatch):
    monkeypatch.setattr(fitting, "compile_density", None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("random_seed", -1),
        ("random_seed", 2**63),
        ("random_seed", 1.5),
        ("random_seed", "1"),
        ("random_seed", True),
        ("draws", 0),
        ("draws", 10**6 + 1),
        ("draws", 1e20),
        ("tune", -1),
        ("chains", 0),
        ("chains", 1001),
        ("chains", None),
    ],
)
def test_numbers_that_cannot_be_sampled_are_refused(simulated_runs, name, value):
    with pytest.raises(bs.FitError, match=rf"{name} = .*must be a whole number"):
        bs.fit(simulated_runs, **{name: value})


def test_numbers_of_the_sampler_obey_the_same_rules(simulated_runs):
    with pytest.raises(bs.FitError, match="draws = 0 must be a whole number"):
        bs.fit(simulated_runs, sample_kwargs={"draws": 0})


def grouped(runs, name, levels):
    table = runs.table.assign(**{name: levels})
    return bs.Runs(table, groups=(name,), source="ours")


@pytest.mark.parametrize("name", ["run", "N_ref", "loss_scale"])
def test_a_kept_column_that_would_replace_data_of_the_fit_is_refused(simulated_runs, name):
    runs = grouped(simulated_runs, name, np.tile(["a", "b"], len(simulated_runs) // 2))
    with pytest.raises(bs.FitError, match=f"'{name}', a name that a fit of .*rename the column"):
        bs.fit(runs)


@pytest.mark.parametrize(
    "name", ["run", "chain", "draw", "E", "sigma", "nu", "A_classic", "a_opt", "B_spread", "N_ref"]
)
def test_a_pooled_column_that_is_called_like_a_variable_is_refused(simulated_runs, name):
    runs = grouped(simulated_runs, name, np.tile(["a", "b"], len(simulated_runs) // 2))
    with pytest.raises(bs.FitError, match=f"'{name}', a name that a fit of .*rename the column"):
        bs.fit(runs, pool={"B": name})


@pytest.mark.parametrize("labels", [[1, "a"], ["a\0b", "c"], [(1,), (2, 3)]])
def test_labels_that_cannot_be_saved_are_refused(simulated_runs, labels):
    column = np.empty(len(simulated_runs), object)
    column[:] = labels * (len(column) // 2)
    with pytest.raises(bs.FitError, match="'kind' holds labels such as .*all text or all numbers"):
        bs.fit(grouped(simulated_runs, "kind", column))


def test_other_columns_are_welcome(simulated_runs):
    from bayescale.inference.requiring import require_columns

    for name in ("sigma", "chain", "architecture"):
        runs = grouped(simulated_runs, name, "a")
        require_columns(runs, bs.models()["chinchilla"])
    for name, card in bs.models().items():
        require_columns(bs.simulate(name, 40), card)


@pytest.mark.parametrize("seed", [-1, 0.5, 2**64])
def test_a_seed_of_noise_obeys_the_rule_of_a_fit(fitted, seed):
    with pytest.raises(bs.PlanError, match="random_seed = .*must be a whole number"):
        bs.predict(fitted, params=1e9, tokens=1e10, new_run=True, random_seed=seed)
    with pytest.raises(bs.BayescaleError, match="random_seed = .*must be a whole number"):
        bs.versus(fitted, fitted.runs, random_seed=seed)
