"""What new runs are worth against a baseline."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student_t

import bayescale as bs
from bayescale.model.catalogue import models
from bayescale.posterior.fit import Fit
from bayescale.runs.table import Runs
from tests.evaluation.recipes import PARAMS, certain, curve, of_size, with_loss, with_parts
from tests.fits import recorded_cost, recorded_fit, synthetic_fit


@pytest.mark.parametrize("worth", [0.002, 0.5, 1.0, 1.5, 900.0])
def test_a_run_on_the_curve_of_more_compute_is_worth_that_much(worth):
    fit = certain()
    found = bs.versus(fit, of_size(fit, worth))
    np.testing.assert_allclose(found.multiplier, worth, rtol=1e-7)
    np.testing.assert_allclose(found.overall, worth, rtol=1e-7)
    assert found.resource == "compute"


def test_each_run_has_its_own_multiplier_and_the_geometric_mean_joins_them():
    fit = certain()
    worth = np.array([1.1, 1.2, 3.0, 0.8, 0.4])
    found = bs.versus(fit, of_size(fit, worth))
    np.testing.assert_allclose(found.multiplier.isel(chain=0, draw=0), worth, rtol=1e-7)
    np.testing.assert_allclose(found.overall, np.prod(worth) ** 0.2, rtol=1e-7)
    assert found.multiplier.dims == ("chain", "draw", "run")
    assert found.multiplier["params"].to_numpy().tolist() == PARAMS.tolist()
    assert found.multiplier["flops"].to_numpy()[0] == 6 * 1e8 * 2e9


def test_the_interval_of_runs_of_the_baseline_covers_one():
    fit = synthetic_fit()
    table = pd.DataFrame({"params": PARAMS, "tokens": 20 * PARAMS})
    values = {name: float(fit.posterior[name].mean()) for name in fit.model.law.parameters}
    for name, (coefficient, exponent) in fit.model.law.resources.items():
        values[coefficient] *= fit.reference[name] ** values[exponent]
    runs = bs.simulate("chinchilla", table, values=values, noise=0.005, seed=3)
    row = bs.versus(fit, runs).summary().loc["overall"]
    assert row["lower"] < 1.0 < row["upper"]
    assert row["median"] == pytest.approx(1.0, rel=0.15)


def test_runs_worth_half_as_much_again_are_told_from_the_baseline():
    fit = certain(sigma=0.002)
    rng = np.random.default_rng(5)
    exact = of_size(fit, 1.5, np.geomspace(1e8, 2e9, 12))
    runs = with_loss(exact, exact.loss * np.exp(0.002 * rng.standard_t(5.0, 12)))
    row = bs.versus(fit, runs).summary().loc["overall"]
    assert 1.0 < row["lower"] < 1.5 < row["upper"]
    assert row["median"] == pytest.approx(1.5, rel=0.05)


def test_intervals_of_single_runs_cover_as_often_as_they_say():
    fit = certain(sigma=0.004, nu=4.0)
    exact = of_size(fit, 1.3, np.geomspace(1e8, 1e9, 400))
    quantiles = student_t.ppf((np.arange(400) + 0.5) / 400, 4.0)
    noise = 0.004 * np.random.default_rng(2).permutation(quantiles)
    table = bs.versus(fit, with_loss(exact, exact.loss * np.exp(noise))).summary(ci_prob=0.8)[:-1]
    covered = (table["lower"] < 1.3) & (table["upper"] > 1.3)
    assert covered.mean() == pytest.approx(0.8, abs=0.03)


def test_noise_averages_over_runs_and_the_baseline_does_not():
    noisy, uncertain = (
        certain(sigma=0.01),
        with_parts(
            synthetic_fit(), synthetic_fit().posterior.assign(sigma=certain().posterior["sigma"])
        ),
    )

    def narrowing(fit):
        params = np.geomspace(3e8, 3.01e8, 25)
        found = bs.versus(fit, of_size(fit, 1.0, params))
        spread = np.log(found.multiplier).std(["chain", "draw"]).mean()
        return float(np.log(found.overall).std() / spread)

    assert narrowing(noisy) == pytest.approx(0.2, rel=0.15)
    assert narrowing(uncertain) == pytest.approx(1.0, rel=0.01)


def test_runs_of_one_group_share_its_offset():
    alone = certain(sigma=1e-6, loss_spread=0.01)
    pooled = Fit(alone.tree, alone.model.with_pool({"loss": "recipe"}))
    table = of_size(alone, 1.0, np.geomspace(3e8, 3.01e8, 25)).table

    def spread(recipes):
        runs = Runs(table.assign(recipe=recipes), groups=("recipe",))
        return float(np.log(bs.versus(pooled, runs).overall).std())

    assert spread("muon") == pytest.approx(5 * spread([f"v{i}" for i in range(25)]), rel=0.15)
    assert float(np.log(bs.versus(pooled, Runs(table)).overall).std()) < 0.3 * spread("muon")
    assert float(np.log(bs.versus(alone, Runs(table)).overall).std()) < 0.01 * spread("muon")


def test_a_loss_below_the_floor_is_never_hidden():
    fit = certain()
    runs = of_size(fit, 1.5)
    loss = runs.loss.copy()
    loss[2] = 0.99 * float(fit.posterior["E"].mean())
    found = bs.versus(fit, with_loss(runs, loss))
    assert found.unreachable.to_numpy().tolist() == [0.0, 0.0, 1.0, 0.0, 0.0]
    table = found.summary()
    assert table.loc[2, ["median", "lower", "upper"]].tolist() == [np.inf] * 3
    assert table.loc["overall", "unreachable"] == 1.0
    (note,) = [note for note in found.notes if note.code == "unreachable"]
    assert note.severity == "warning"
    assert "the loss of 1 of 5 runs (2), in all draws" in note.sentence
    assert "no multiple of compute explains the losses of 1 of 5 runs" in str(found)


def test_the_probability_of_an_unreachable_loss_is_that_of_the_draws():
    fit = synthetic_fit()
    fit = with_parts(fit, fit.posterior.assign(sigma=certain().posterior["sigma"]))
    params = 1e9
    best = bs.predict(fit, params=params * 1000**0.5, tokens=2e10 * 1000**0.5)
    loss = float(best.quantile(0.3))
    runs = Runs(pd.DataFrame({"params": [params], "tokens": [2e10], "loss": [loss]}))
    found = bs.versus(fit, runs)
    expected = float((best > loss).mean())
    assert expected == pytest.approx(0.7, abs=0.01)
    assert float(found.unreachable[0]) == expected
    row = found.summary().loc["overall"]
    assert np.isfinite(row["lower"])
    assert row["lower"] > 1.0
    assert row["upper"] == row["median"] == np.inf
    rare = bs.versus(fit, with_loss(runs, float(best.quantile(0.97)))).summary().loc["overall"]
    assert 0 < rare["unreachable"] < 0.05
    assert rare["lower"] < rare["median"] < rare["upper"] < np.inf


@pytest.mark.parametrize("kind", ["eti", "hdi"])
def test_both_kinds_of_interval_bear_infinities(kind):
    fit = synthetic_fit()
    loss = float(fit.posterior["E"].quantile(0.8))
    runs = Runs(pd.DataFrame({"params": [1e12], "tokens": [2e13], "loss": [loss]}))
    row = bs.versus(fit, runs).summary(ci_kind=kind).loc["overall"]
    assert row["unreachable"] > 0.12
    assert row["lower"] < row["upper"] == np.inf


def test_a_loss_far_above_the_curve_is_worth_less_than_a_thousandth():
    fit = certain()
    found = bs.versus(fit, with_loss(of_size(fit), 50.0))
    assert (found.overall == 0.0).all()
    assert (found.unreachable == 1.0).all()
    assert str(found).startswith("no multiple of compute explains the losses, over 5 runs")
    (note,) = [note for note in found.notes if note.code == "comparable"]
    assert "% above what chinchilla predicts" in note.sentence
    assert "may not be comparable" in note.sentence
    many = bs.versus(fit, with_loss(of_size(fit, params=np.geomspace(1e8, 1e9, 7)), 50.0))
    assert "of 7 of 7 runs (0, 1, 2, 3, 4, ...), in" in str(many)


def test_losses_a_recipe_can_explain_are_not_doubted():
    fit = certain()
    assert "comparable" not in codes(bs.versus(fit, of_size(fit, 3.0)))
    in_bits = with_loss(of_size(fit), of_size(fit).loss / np.log(2))
    assert "comparable" in codes(bs.versus(fit, in_bits))


def test_better_and_worse_than_the_bounds_at_once_is_undefined():
    fit = certain()
    found = bs.versus(fit, with_loss(of_size(fit), [0.5, 2.5, 2.5, 2.5, 50.0]))
    assert found.summary().loc["overall", ["median", "lower", "upper"]].isna().all()
    assert "worth an undefined multiple of compute" in str(found)


@pytest.mark.parametrize("slope", [0.1, 0.0, -0.2])
def test_an_advantage_that_changes_with_scale(slope):
    fit = certain()
    worth = 1.2 * (PARAMS / PARAMS[0]) ** (2 * slope)
    found = bs.versus(fit, of_size(fit, worth))
    assert found.trend.dims == ("chain", "draw")
    np.testing.assert_allclose(found.trend, slope, atol=1e-7)
    assert f"the multiplier is {10**slope:.3g} times as large" in str(found)


def test_a_trend_as_uncertain_as_the_noise_makes_it():
    fit = certain(sigma=0.004)
    found = bs.versus(fit, of_size(fit, 1.0))
    grows = float((found.trend > 0).mean())
    assert 0.4 < grows < 0.6
    assert f"it grows in {grows:.0%} of the draws" in str(found)


def test_no_trend_from_runs_of_one_scale():
    fit = certain()
    half_decade = 10**0.25
    narrow = of_size(fit, params=1e9 * np.array([1.0, 0.99 * half_decade]))
    wide = of_size(fit, params=1e9 * np.array([1.0, 1.01 * half_decade]))
    assert bs.versus(fit, narrow).trend is None
    assert "ten times" not in str(bs.versus(fit, narrow))
    assert bs.versus(fit, wide).trend is not None


def test_a_law_of_compute_multiplies_compute():
    fit = certain("power_law")
    found = bs.versus(fit, curve(fit, worth=1.5, flops=np.geomspace(1e18, 1e20, 4)))
    np.testing.assert_allclose(found.multiplier, 1.5, rtol=1e-7)
    assert found.resource == "compute"
    assert "params" not in found.multiplier.coords


@pytest.mark.parametrize(
    ("column", "resource"), [("params", "parameters"), ("tokens", "training tokens")]
)
def test_a_law_of_one_count_multiplies_that(column, resource):
    model = bs.Model(
        law="power_law", priors=dict(models()["power_law"].priors), inputs={"x": column}
    )
    fit = certain("power_law")
    fit = Fit(fit.tree, model)
    fit.tree["constant_data"] = fit.tree["constant_data"].to_dataset().assign(x_ref=1e8)
    amount = np.geomspace(1e8, 1e10, 3)
    loss = bs.predict(fit, **{column: 2.0 * amount}).mean(["chain", "draw"]).to_numpy()
    found = bs.versus(fit, Runs(pd.DataFrame({column: amount, "loss": loss})))
    np.testing.assert_allclose(found.multiplier, 2.0, rtol=1e-7)
    assert found.resource == resource
    assert str(found).startswith(f"worth 2x {resource}, ")
    assert f"at ten times the {resource}" in str(found)
    np.testing.assert_allclose(found.trend, 0.0, atol=1e-7)


def repeating(N, D, U, *, E, A, B, alpha_N, alpha_D):
    """Repeated tokens count for their square root."""
    return E + A * N**-alpha_N + B * (U * (D / U) ** 0.5) ** -alpha_D


def with_unique_tokens():
    fit = certain()
    fit = with_parts(fit, law=repeating)
    constants = fit.tree["constant_data"].to_dataset()
    fit.tree["constant_data"] = constants.assign(U_ref=constants["D_ref"])
    return fit


@pytest.mark.parametrize("worth", [4.0, 0.25])
def test_unique_tokens_are_held_fixed_up_to_the_tokens_processed(worth):
    fit = with_unique_tokens()
    tokens, unique = 2e10, 1.5e10
    scaled = tokens * worth**0.5
    loss = bs.predict(
        fit, params=1e9 * worth**0.5, tokens=scaled, unique_tokens=min(scaled, unique)
    ).mean()
    runs = {"params": [1e9], "tokens": [tokens], "unique_tokens": [unique], "loss": [float(loss)]}
    found = bs.versus(fit, Runs(pd.DataFrame(runs)))
    np.testing.assert_allclose(found.overall, worth, rtol=1e-7)


def test_further_inputs_are_held_fixed():
    def of_experts(N, D, X, *, E, A, B, alpha_N, alpha_D):
        return E + A * (N * X) ** -alpha_N + B * D**-alpha_D

    fit = with_parts(certain(), law=of_experts)
    fit.tree["constant_data"] = fit.tree["constant_data"].to_dataset().assign(X_ref=1.0)
    at = {"params": 2e9, "tokens": 4e10}
    loss = float(bs.predict(fit, **at, inputs={"experts": 8}).mean())
    runs = {"params": [1e9], "tokens": [2e10], "experts": [8.0], "loss": [loss]}
    np.testing.assert_allclose(bs.versus(fit, Runs(pd.DataFrame(runs))).overall, 4.0, rtol=1e-7)


def test_where_the_law_turns_the_nearest_multiplier_counts():
    def valley(N, D, *, E, A, B, alpha_N, alpha_D):
        from bayescale.ops import log

        return E + A + B * alpha_N * alpha_D * (0.5 * log(N * D)) ** 2

    fit = certain()
    fit = with_parts(fit, law=valley)
    bottom = fit.reference["N"] * fit.reference["D"]
    # In log compute: the bottom at 0, the run at -4, its loss that of the surface at -1 and 1.
    params = np.sqrt(bottom * np.exp(-4.0) / 20.0)
    height = float(fit.posterior["B"].mean() * fit.posterior["alpha_N"].mean())
    height *= float(fit.posterior["alpha_D"].mean())
    loss = float((fit.posterior["E"] + fit.posterior["A"]).mean()) + height * 0.25
    runs = pd.DataFrame({"params": [params], "tokens": [20 * params], "loss": [loss]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = bs.versus(fit, Runs(runs))
    np.testing.assert_allclose(np.log(found.overall), 3.0, rtol=1e-6)


def test_the_seed_decides_the_noise():
    fit = synthetic_fit()
    runs = of_size(fit)
    first, second = (bs.versus(fit, runs) for _ in range(2))
    assert first.multiplier.equals(second.multiplier)
    assert not first.multiplier.equals(bs.versus(fit, runs, random_seed=11).multiplier)


def test_a_fit_by_nuts(fitted):
    """The runs of the fit itself are worth what the baseline is."""
    found = bs.versus(fitted, fitted.runs)
    row = found.summary().loc["overall"]
    assert row["lower"] < 1.0 < row["upper"]
    assert row["upper"] / row["lower"] < 1.5
    slope = np.quantile(found.trend, [0.01, 0.99])
    assert slope[0] < 0.0 < slope[1]


def codes(found):
    return [note.code for note in found.notes]


def test_a_recipe_is_worth_compute_as_the_baseline_recorded_it():
    fit, size, tokens = recorded_fit(), np.array([1e9]), np.array([2e10])
    loss = bs.predict(fit, params=2 * size, tokens=2 * tokens).mean(["chain", "draw"]).to_numpy()
    runs = bs.load_runs(pd.DataFrame({"params": size, "tokens": tokens, "loss": loss}))
    found = bs.versus(fit, runs)
    cost = recorded_cost(2 * size) * 2 * tokens / (recorded_cost(size) * tokens)
    assert cost[0] < 3.8
    assert float(found.overall.median()) == pytest.approx(cost[0], rel=0.015)
    assert found.multiplier["flops"].to_numpy() == pytest.approx(recorded_cost(size) * tokens)


def test_power_and_what_is_resolved_are_told():
    fit = synthetic_fit()
    found = bs.versus(fit, of_size(fit, 1.2))
    assert found.power(found.resolves()) == pytest.approx(0.8, abs=1e-3)
    assert 0.05 < found.power(1.05) < found.power(1.5) <= 1
    assert f"and {found.resolves():.3g}x with 80%" in str(found)
    with pytest.raises(bs.PlanError, match="ratio = 0 must be positive"):
        found.power(0)


def test_flops_and_time_of_the_new_runs_are_counted_where_they_are_known():
    fit = certain()
    runs = of_size(fit, 1.5)
    dearer = Runs(
        runs.table.assign(flops=1.2 * runs.table["flops"]), flops_rule="recorded", source="ours"
    )
    found = bs.versus(fit, dearer)
    np.testing.assert_allclose(found.in_flops, 1.5 / 1.2, rtol=1e-6)
    assert found.in_time is None
    assert "in the FLOPs that the new runs recorded, worth 1.25x" in str(found)
    assert bs.versus(fit, runs).in_flops is None
