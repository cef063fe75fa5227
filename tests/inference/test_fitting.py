import numpy as np
import pandas as pd
import pytest
import xarray as xr

import bayescale as bs
from bayescale.inference.fitting import fit


def test_posterior_covers_the_truth(fitted):
    truth = bs.models()["chinchilla"].published["besiroglu2024"].values
    for name in ("E", "alpha_N", "alpha_D"):
        low, high = np.quantile(fitted.posterior[name], [0.005, 0.995])
        assert low < truth[name] < high, name


def test_same_seed_same_draws(fitted, simulated_runs):
    again = fit(simulated_runs, random_seed=1, draws=300, discrepancy=False)
    xr.testing.assert_identical(
        again.posterior.drop_attrs(deep=True), fitted.posterior.drop_attrs(deep=True)
    )


def test_same_seed_same_draws_after_other_runs(fitted, simulated_runs):
    fit(simulated_runs.subset(np.arange(len(simulated_runs)) < 30), random_seed=5, draws=20)
    again = fit(simulated_runs, random_seed=1, draws=300, discrepancy=False)
    assert (again.posterior["E"] == fitted.posterior["E"]).all()


def test_another_seed_other_draws(fitted, simulated_runs):
    other = fit(simulated_runs, random_seed=2, draws=300, discrepancy=False)
    assert not (other.posterior["E"] == fitted.posterior["E"]).any()


def test_seed_is_drawn_and_recorded(simulated_runs):
    first, second = (fit(simulated_runs, draws=20, chains=2) for _ in range(2))
    assert first.attrs["random_seed"] != second.attrs["random_seed"]


def test_a_change_of_unit_changes_the_coefficients_only(fitted, simulated_runs):
    table = simulated_runs.table.assign(loss=simulated_runs.loss / np.log(2))
    bits = fit(bs.load_runs(table), random_seed=1, draws=300, discrepancy=False).posterior
    for name in ("E", "A", "B"):
        np.testing.assert_allclose(
            bits[name].mean() * np.log(2), fitted.posterior[name].mean(), rtol=0.02
        )
    np.testing.assert_allclose(bits["a_opt"].mean(), fitted.posterior["a_opt"].mean(), atol=0.02)


RUNGS = pd.DataFrame({"flops": [2e17, 2e18, 2e19], "loss": [3.618, 3.319, 3.076]})
"""Three runs of L = 1.6 + (C / 6e21)^-0.068."""


@pytest.mark.parametrize("floor", [1.6, "1.5 to 1.7"])
def test_three_rungs_do_where_the_floor_is_known(floor):
    runs = bs.load_runs(RUNGS)
    with pytest.raises(bs.FitError, match=r"what is known, such as that E is 1\.4 to"):
        fit(runs, "power_law")
    found = fit(runs, "power_law", priors={"E": floor}, random_seed=1, draws=200, chains=2)
    low, high = np.quantile(bs.predict(found, flops=1e21), [0.01, 0.99])
    assert low < 1.6 + (1e21 / 6e21) ** -0.068 < high
    assert found.asked["priors"] == {"E": floor}


def test_a_prior_that_is_given_is_the_one_of_the_draws(simulated_runs):
    found = fit(simulated_runs, priors={"E": (2.0, 2.1)}, random_seed=1, draws=100, chains=2)
    assert float(found.tree["prior"]["E"].median()) == pytest.approx(2.05, abs=0.02)
    assert found.model.name == "chinchilla"


def test_a_law_of_ones_own(simulated_runs):
    def my_loss(N, D, *, E, A, alpha_N, B, alpha_D, k):
        return E + (A * N**-alpha_N + B * D**-alpha_D) ** k

    prior = {"dist": "LogNormal", "median": 0.4, "sigma": 0.5}
    model = bs.Model(
        law=my_loss, priors=dict.fromkeys(["E", "A", "alpha_N", "B", "alpha_D", "k"], prior)
    )
    found = fit(simulated_runs, model, random_seed=1, draws=50, tune=300, chains=2)
    assert found.posterior["k"].shape == (2, 50)


def test_one_variable(simulated_runs):
    found = fit(simulated_runs, "power_law", random_seed=1, draws=50, chains=2)
    assert set(found.reference) == {"x"}


def test_too_few_runs(simulated_runs):
    few = simulated_runs.subset(np.arange(len(simulated_runs)) < 3)
    with pytest.raises(bs.FitError, match=r"3 runs cannot determine the 5 parameters.*at least 6"):
        fit(few)


def test_all_runs_of_one_size(simulated_runs):
    table = simulated_runs.table.assign(params=7e7).drop(columns="flops")
    with pytest.raises(
        bs.FitError, match=r"all runs have params = 7e\+07.*add runs that vary params"
    ):
        fit(bs.load_runs(table))


def test_a_missing_input(simulated_runs):
    table = simulated_runs.table[["params", "loss"]].drop_duplicates("params")
    with pytest.raises(bs.FitError, match="chinchilla needs tokens, the runs have params"):
        fit(bs.load_runs(table))


def test_unknown_model_suggests_the_nearest(simulated_runs):
    with pytest.raises(bs.ModelError, match="did you mean 'chinchilla'"):
        fit(simulated_runs, "chinchila")
