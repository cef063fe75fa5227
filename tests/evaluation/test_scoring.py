import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import logsumexp

import bayescale as bs
from bayescale.evaluation.scoring import score
from tests.fits import recorded_cost, recorded_fit, synthetic_fit


@pytest.fixture(scope="module")
def large():
    """Runs beyond those of the fit, drawn from the constants around which the fit scatters."""
    table = pd.DataFrame({"params": np.geomspace(2e9, 2e10, 60), "tokens": 4e11})
    runs = bs.simulate("chinchilla", table, values="besiroglu2024", noise=0.005, seed=3)
    return bs.load_runs(runs.table, simulated=True)


@pytest.fixture(scope="module")
def found(large):
    return score(synthetic_fit(), large)


def test_each_run_stands_beside_what_predict_says_of_it(found, large):
    table = large.table
    predicted = bs.predict(synthetic_fit(), params=table["params"], tokens=table["tokens"])
    assert found.table["loss"].tolist() == table["loss"].tolist()
    assert found.table["median"].to_numpy() == pytest.approx(
        predicted.median(["chain", "draw"]).to_numpy(), rel=2e-3
    )
    assert found.table["extrapolation"].to_numpy() == pytest.approx(predicted["extrapolation"])


def test_coverage_counts_the_runs_inside(found):
    inside = (found.table["lower"] < found.table["loss"]) & (
        found.table["loss"] < found.table["upper"]
    )
    assert found.coverage == inside.mean()
    assert found.coverage > 0.75


def test_a_wider_interval_holds_more(large, found):
    wide = score(synthetic_fit(), large, ci_prob=0.99)
    assert (wide.table["upper"] > found.table["upper"]).all()
    assert wide.ci_prob == 0.99


def test_elpd_is_the_mean_density_over_the_draws(found, large):
    fit = synthetic_fit()
    one = large.table.iloc[7]
    mean = bs.predict(fit, params=one["params"], tokens=one["tokens"]).to_numpy().ravel()
    noise = stats.t(
        fit.posterior["nu"].to_numpy().ravel(),
        loc=np.log(mean),
        scale=fit.posterior["sigma"].to_numpy().ravel(),
    )
    expected = logsumexp(noise.logpdf(np.log(one["loss"]))) - np.log(mean.size)
    assert found.table["elpd"].iloc[7] == pytest.approx(expected)
    assert found.elpd == pytest.approx(found.table["elpd"].sum())


def test_runs_better_than_predicted_show_as_bias(large, found):
    table = large.table.assign(loss=0.97 * large.table["loss"])
    better = score(synthetic_fit(), bs.load_runs(table, simulated=True))
    assert better.bias == pytest.approx((1 + found.bias) / 0.97 - 1, rel=1e-6)
    assert better.error >= better.bias
    assert better.coverage < found.coverage
    assert f"{better.bias:.2%} too high" in str(better)


def test_text_names_how_many_came_out_inside(found):
    inside = int(found.table["inside"].sum())
    assert str(found).startswith(f"{inside} of 60 runs that chinchilla was not fitted to came out")
    assert "their 89% intervals" in str(found)


def test_simulated_runs_are_said_to_be_simulated(found):
    assert any(note.code == "simulated" for note in found.notes)


def test_runs_that_were_fitted_are_refused(large):
    fit = synthetic_fit()
    mixed = pd.concat([large.table.head(3), fit.runs.table.head(2)], ignore_index=True)
    words = "2 of the 5 runs are among those that chinchilla was fitted to, row 3 first; score runs"
    with pytest.raises(bs.FitError, match=words):
        score(fit, bs.load_runs(mixed))


def test_no_runs_are_refused(large):
    with pytest.raises(bs.RunsError, match="has 0 runs to compare; give at least one"):
        score(synthetic_fit(), large.subset(np.zeros(len(large), bool)))


def test_a_missing_column_is_named():
    runs = bs.load_runs(pd.DataFrame({"flops": [1e20, 2e20], "loss": [2.5, 2.4]}), simulated=True)
    with pytest.raises(bs.RunsError, match="needs params, tokens, loss, the runs have no params"):
        score(synthetic_fit(), runs)


def test_losses_in_another_unit_are_doubted(fitted, large):
    in_bits = bs.load_runs(large.table.assign(loss=large.loss / np.log(2)), name="bits")
    (note,) = (note for note in bs.score(fitted, in_bits).notes if note.code == "comparable")
    assert "above what chinchilla predicts" in note.sentence
    assert "unit of the loss" in note.sentence
    assert "comparable" not in {note.code for note in bs.score(fitted, large).notes}


def test_flops_that_the_new_runs_did_not_record_are_counted_as_the_fitted_ones(large):
    found = score(recorded_fit(), large).table
    own = recorded_cost(large.table["params"].to_numpy()) * large.table["tokens"]
    assert found["flops"].to_numpy() == pytest.approx(own.to_numpy(), rel=0.01)
    table = recorded_fit().runs.table[["params", "tokens", "loss"]].head(3)
    with pytest.raises(bs.FitError, match="3 of the 3 runs are among those"):
        score(recorded_fit(), bs.load_runs(table, simulated=True))
