"""Several forms of the same runs, weighed by how they foretold the larger ones."""

import numpy as np
import pytest

import bayescale as bs
from bayescale.runs.table import Runs

SHORT = {"random_seed": 1, "draws": 100, "tune": 300, "chains": 2, "progressbar": False}
FAR = {"params": [1e9, 7e10], "tokens": [2e10, 1.4e12]}


@pytest.fixture(scope="module")
def forms(simulated_runs):
    return bs.fit_forms(simulated_runs, ["chinchilla", "kaplan"], **SHORT)


def test_each_form_is_fitted_and_scored_above_each_cut(forms, simulated_runs):
    assert list(forms) == ["chinchilla", "kaplan"]
    assert all(len(fit.runs) == len(simulated_runs) for fit in forms.values())
    assert (forms.scores["fitted"] + forms.scores["held_out"] == len(simulated_runs)).all()
    assert len(forms.scores) == 2 * 3
    assert "a mixture of 2 forms: chinchilla" in str(forms)


def test_the_form_that_foretold_the_large_runs_counts_most_and_not_all(forms):
    assert sum(forms.weights.values()) == pytest.approx(1.0)
    assert 0.5 < forms.weights["chinchilla"] <= 0.8


def test_a_prediction_mixes_the_draws_by_weight(forms):
    mixed = bs.predict(forms, **FAR)
    each = {name: bs.predict(fit, **FAR) for name, fit in forms.items()}
    expected = sum(forms.weights[name] * each[name].mean() for name in forms)
    assert float(mixed.mean()) == pytest.approx(float(expected), rel=5e-3)
    alone = bs.predict(dict(forms), **FAR, weights={"chinchilla": 1, "kaplan": 0})
    assert float(alone.mean()) == pytest.approx(float(each["chinchilla"].mean()), rel=1e-3)
    np.testing.assert_array_equal(mixed["params"], FAR["params"])


def test_what_the_forms_differ_by_is_part_of_the_width(forms):
    mixed = bs.predict(forms, params=1e12, tokens=2e13).sources().iloc[0]
    assert mixed[["floor", "parameters", "form", "noise"]].sum() == pytest.approx(1.0)
    widths = [bs.predict(fit, params=1e12, tokens=2e13).sources() for fit in forms.values()]
    assert mixed["width"] > min(table["width"].iloc[0] for table in widths)
    assert mixed["form"] > max(table["form"].iloc[0] for table in widths)


def test_held_out_runs_are_scored_by_the_mixture(forms):
    few = bs.design("chinchilla", 6, seed=5)
    held_out = bs.simulate("chinchilla", few, values="besiroglu2024", seed=5)
    densities = {name: bs.score(fit, held_out).table["elpd"] for name, fit in forms.items()}
    mixed = bs.score(forms, held_out)
    shares = np.array([forms.weights[name] for name in forms])[:, None]
    expected = np.log((shares * np.exp(np.array(list(densities.values())))).sum(axis=0))
    np.testing.assert_allclose(mixed.table["elpd"], expected, atol=0.25)
    assert mixed.model == "chinchilla and kaplan"


def test_a_plan_takes_the_weights_of_the_mixture(forms):
    plan = bs.allocate(forms, flops=1e22)
    assert plan.limits["weights"] == pytest.approx(forms.weights)
    assert set(plan.by_model) == {"chinchilla", "kaplan"}
    assert np.isfinite(bs.reach(forms, target_loss=2.6).flops).mean() > 0.5


@pytest.mark.parametrize(
    ("models", "words"),
    [
        (["chinchilla"], "two forms at least"),
        (["chinchilla", "chinchilla"], "given twice"),
        ([], "two forms at least"),
    ],
)
def test_what_is_no_mixture_is_refused(simulated_runs, models, words):
    with pytest.raises(bs.FitError, match=words):
        bs.fit_forms(simulated_runs, models)


def test_runs_without_compute_cannot_weigh_forms(simulated_runs):
    bare = Runs(simulated_runs.table.drop(columns=["flops", "tokens"]), source="sizes.csv")
    with pytest.raises(bs.FitError, match="sizes.csv has none"):
        bs.fit_forms(bare)


def test_no_fit_at_all_is_refused():
    with pytest.raises(bs.PlanError, match="give at least one"):
        bs.predict({}, **FAR)
