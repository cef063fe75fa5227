import numpy as np
import pytest

import bayescale as bs
from bayescale.auditing.answering import LOSS, SIZE, SLOPE, Answers, answers_of, largest_compute
from bayescale.runs.table import Runs
from tests.fits import fit_to, synthetic_fit


def test_the_best_size_and_its_loss_are_those_of_the_plan():
    fit = synthetic_fit()
    found, plan = answers_of(fit, 1e23).middle, bs.allocate(fit, flops=1e23)
    assert np.exp(found[SIZE]) == pytest.approx(float(plan.optimum["params"].median()), rel=1e-3)
    assert np.exp(found[LOSS]) == pytest.approx(float(plan.optimum["loss"].median()), rel=1e-4)
    assert found["E"] == pytest.approx(float(fit.posterior["E"].median()))


def test_the_exponent_is_that_of_the_law_where_it_does_not_bend():
    fit = synthetic_fit()
    exponent = float(fit.posterior["a_opt"].median())
    assert answers_of(fit, 1e23).middle[SLOPE] == pytest.approx(exponent, rel=1e-4)


def test_a_law_of_compute_alone_is_asked_for_its_loss():
    fit = synthetic_fit("power_law")
    found = answers_of(fit, 1e23).middle
    assert set(found) == {"E", "alpha_x", LOSS}
    predicted = bs.predict(fit, flops=1e23).median()
    assert np.exp(found[LOSS]) == pytest.approx(float(predicted), rel=1e-6)


def test_weights_move_the_median():
    answers = Answers({"E": np.arange(1000.0)})
    few, same = np.where(np.arange(1000) < 200, 0.0, -np.inf), np.zeros(1000)
    assert answers.middle["E"] == pytest.approx(499.5)
    some, every = answers.weighted(np.column_stack([few, same]))
    assert some["E"] == pytest.approx(99.5)
    assert every["E"] == pytest.approx(499.5)


def test_the_width_of_normal_draws_is_their_standard_deviation():
    draws = np.random.default_rng(0).normal(0, 3, 50_000)
    far = np.concatenate([draws, [1e9]])
    assert Answers({"E": far}).widths["E"] == pytest.approx(3, rel=0.02)


def test_runs_without_compute_have_no_target():
    fit = synthetic_fit("power_law")
    table = fit.runs.table.drop(columns=["flops", "params", "tokens"], errors="ignore")
    assert largest_compute(fit) == fit.runs.table["flops"].max()
    bare = fit_to(Runs(fit.runs.table, source="a table"), "power_law")
    bare.__dict__["runs"] = Runs(table, source="a table")
    with pytest.raises(bs.FitError, match="a table: the runs have no compute"):
        largest_compute(bare)
