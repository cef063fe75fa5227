import numpy as np

GROUPS = {
    "posterior",
    "sample_stats",
    "prior",
    "prior_predictive",
    "posterior_predictive",
    "log_likelihood",
    "log_prior",
    "observed_data",
    "constant_data",
}


def test_tree_has_every_group_arviz_expects(fitted):
    assert set(fitted.tree.children) == GROUPS


def test_posterior_holds_parameters_and_derived_quantities(fitted):
    names = {"E", "A", "B", "alpha_N", "alpha_D", "sigma", "nu", "A_classic", "B_classic", "a_opt"}
    assert set(fitted.posterior) == names


def test_log_prior_is_that_of_the_card(fitted):
    from scipy.stats import lognorm

    expected = lognorm(s=0.25, scale=0.3).logpdf(fitted.posterior["alpha_N"])
    np.testing.assert_allclose(fitted.tree["log_prior"]["alpha_N"], expected)


def test_log_likelihood_is_that_of_the_runs(fitted, simulated_runs):
    from scipy.stats import t

    draw = fitted.posterior.isel(chain=0, draw=7)
    parameters = {name: float(draw[name]) for name in fitted.model.law.parameters}
    table, reference = simulated_runs.table, fitted.reference
    mean = fitted.model.law.loss(
        table["params"].to_numpy() / reference["N"],
        table["tokens"].to_numpy() / reference["D"],
        **parameters,
    )
    expected = t(df=float(draw["nu"]), loc=np.log(mean), scale=float(draw["sigma"])).logpdf(
        np.log(simulated_runs.loss)
    )
    found = fitted.tree["log_likelihood"]["log_loss"].isel(chain=0, draw=7)
    np.testing.assert_allclose(found, expected)
