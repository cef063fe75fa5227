"""Which runs to train next."""

import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.model.likelihood import log_student_t
from bayescale.planning import proposing
from tests.fits import synthetic_fit

BUDGET, TARGET = 1e21, 1e24


@pytest.fixture(scope="module")
def fit():
    return synthetic_fit(bends=True)


@pytest.fixture(scope="module")
def found(fit):
    return bs.next_runs(fit, budget=BUDGET, target=TARGET)


def codes(found):
    return {note.code for note in found.notes}


def test_the_batch_lowers_the_regret_within_the_budget(found):
    assert 0 < found.flops <= BUDGET
    assert found.then["regret"] < 0.8 * found.now["regret"]
    assert found.saved_flops > 0
    assert (np.diff([found.now["regret"], *found.batch["regret"]]) <= 1e-12).all()


def test_the_present_is_that_of_the_plan(fit, found):
    plan = bs.allocate(fit, flops=TARGET)
    assert found.now["regret"] == pytest.approx(float(plan.outcome["regret"].mean()), rel=0.02)
    assert found.target == TARGET
    assert found.plan.committed["params"].equals(plan.committed["params"])


def test_the_ranking_is_by_what_is_gained_for_a_flop(found):
    gain = (found.now["regret"] - found.ranking["regret"]) / found.ranking["flops"]
    assert found.ranking["gain_per_flop"].to_numpy() == pytest.approx(gain.to_numpy())
    assert found.ranking["gain_per_flop"].is_monotonic_decreasing


def test_what_is_chosen_for_the_interval_narrows_it_with_fewer_runs(fit, found):
    narrow = bs.next_runs(fit, budget=BUDGET, target=TARGET, by="interval")
    # Greedy batches are not the best ones, but nearly.
    assert narrow.then["width"] < 1.02 * found.then["width"]
    assert narrow.then["regret"] > found.then["regret"]
    assert len(narrow.batch) < len(found.batch)


def _weighted(fit, candidate, target, outcomes=150):
    """What one run gains, by draws that are weighted by each of its imagined outcomes."""
    draws = {name: v.to_numpy().ravel()[:, None] for name, v in fit.surface_draws.items()}
    columns = {name: np.array([value]) for name, value in candidate.items()}
    mean = np.log(fit.losses_at(columns, draws))[:, 0]
    sigma, nu = (fit.posterior[name].to_numpy().ravel() for name in ("sigma", "nu"))
    plan = bs.allocate(fit, flops=target)
    sizes = np.geomspace(*np.quantile(plan.optimum["params"], [0.002, 0.998]), 48)
    at = {"params": sizes, "tokens": target / 6 / sizes}
    losses = fit.losses_at({**at, "flops": np.full(48, target)}, draws)
    rng = np.random.default_rng(4)
    some = rng.choice(len(mean), outcomes, replace=False)
    seen = mean[some] + sigma[some] * rng.standard_t(nu[some])
    weights = np.exp(log_student_t(seen[:, None] - mean, sigma, nu))
    expected = (weights / weights.sum(axis=1, keepdims=True)) @ losses
    now = losses.mean(axis=0).argmin()
    return float((expected[:, now] - expected.min(axis=1)).mean())


@pytest.mark.parametrize("shape", [(2e8, 2e11), (3e9, 2e10), (1e9, 4e10)])
def test_what_a_run_gains_is_what_reweighted_draws_say(fit, shape):
    params, tokens = shape
    candidate = {"params": params, "tokens": tokens, "flops": 6 * params * tokens}
    offer = {name: [value] for name, value in candidate.items()}
    found = bs.next_runs(fit, budget=BUDGET, target=TARGET, candidates=offer)
    gained = found.now["regret"] - found.ranking["regret"].iloc[0]
    # Each of 600 draws pulls the draws that are weighted by its own outcome towards itself.
    assert gained == pytest.approx(_weighted(fit, candidate, TARGET), rel=0.3, abs=5e-5)


def test_runs_already_trained_may_be_repeated_and_say_so(fit):
    known = fit.runs.table[["params", "tokens"]]
    found = bs.next_runs(fit, budget=BUDGET, target=TARGET, candidates=known)
    assert (found.ranking["trained"] > 0).all()
    assert ("repeats_chosen" in codes(found)) == (len(found.batch) > 0)


def test_where_nothing_affordable_helps_it_says_so(fit):
    small = {"params": [2e7], "tokens": [5e8]}
    found = bs.next_runs(fit, budget=1e18, target=TARGET, candidates=small)
    assert found.batch.empty
    assert found.then == found.now
    assert "nothing: no run within the budget helps" in str(found)
    assert "nothing_helps" in codes(found)


def test_runs_that_cost_more_than_they_save_are_said_to(fit):
    run = fit.runs.table.sort_values("flops").iloc[-1]
    target = 4 * float(run["flops"])
    found = bs.next_runs(fit, budget=target / 2, target=target)
    assert found.batch.empty or "costs_more" in codes(found)


def test_a_target_inside_the_runs_is_said_to_be(fit):
    largest = float(fit.runs.table["flops"].max())
    found = bs.next_runs(fit, budget=largest / 10, target=largest / 2)
    assert "target_inside" in codes(found)


def test_several_fits_are_averaged(fit):
    other = synthetic_fit()
    found = bs.next_runs({"a": fit, "b": other}, budget=BUDGET, target=TARGET)
    assert "chinchilla 50%" in found.plan.model
    assert 0 < found.then["regret"] < found.now["regret"]


def test_what_a_plan_gives_away_on_purpose_is_no_regret_that_runs_remove(fit):
    found = bs.next_runs(fit, budget=BUDGET, target=TARGET, max_params=2e10)
    assert float(found.plan.committed["spent_share"][0]) < 0.95
    assert found.now["regret"] < 0.1 * float(found.plan.outcome["regret"].mean())


def test_a_plan_under_limits_is_what_runs_are_to_improve(fit):
    limits = {"unique_tokens": 2e11, "max_epochs": 2.0}
    found = bs.next_runs(fit, budget=BUDGET, target=TARGET, **limits)
    plan = bs.allocate(fit, flops=TARGET, **limits)
    assert found.plan.committed["params"].equals(plan.committed["params"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"budget": 1e24, "target": 1e24}, "no less than target = 1e24"),
        ({"budget": -1.0, "target": 1e24}, "budget = -1 must be positive"),
        ({"budget": 1e21, "target": np.inf}, "target = inf must be positive and finite"),
        ({"budget": 1e21, "target": 1e24, "by": "hope"}, "by = 'hope'"),
        ({"budget": 1e21, "target": 1e24, "flops": 1e24}, "flops = 1e\\+24 has no meaning here"),
        ({"budget": 1e21, "target": 1e24, "risk": "cvar"}, "unknown argument"),
    ],
)
def test_wrong_questions_are_refused(fit, given, words):
    with pytest.raises(bs.PlanError, match=words):
        bs.next_runs(fit, **given)


def test_two_hundred_candidates_take_seconds(fit):
    rng = np.random.default_rng(0)
    offer = pd.DataFrame({"params": 10 ** rng.uniform(7.5, 9.5, 200)})
    offer["tokens"] = np.minimum(10 ** rng.uniform(9, 11.5, 200), BUDGET / 6 / offer["params"])
    found = bs.next_runs(fit, budget=BUDGET, target=TARGET, candidates=offer)
    assert len(found.ranking) == 200


def test_the_least_gain_is_a_share_of_what_there_is(fit, monkeypatch):
    monkeypatch.setattr(proposing, "LEAST_SHARE", 0.9)
    assert bs.next_runs(fit, budget=BUDGET, target=TARGET).batch.empty


@pytest.mark.slow
def test_what_a_batch_gains_is_what_refits_to_its_outcomes_say():
    """Outcomes are drawn from the fit; each choice is judged by the draw its outcome is of."""
    few = bs.simulate("chinchilla", 24, values="besiroglu2024", noise=0.003, seed=5)
    settings = {"random_seed": 1, "jobs": 1, "progressbar": False}
    known = few.table[["params", "tokens", "loss"]]
    fit = bs.fit_many([few], "chinchilla", **settings)["0"]
    found = bs.next_runs(fit, budget=1e22, target=1e25)
    batch = found.batch[["params", "tokens"]]
    rng = np.random.default_rng(6)
    draws = rng.choice(fit.samples, 24, replace=False)
    counts = {name: batch[name].to_numpy() for name in batch}
    outcomes = bs.predict(fit, **counts, new_run=True, random_seed=2).to_numpy()
    outcomes = outcomes.reshape(fit.samples, -1)
    tables = {
        str(draw): bs.load_runs(pd.concat([known, batch.assign(loss=outcomes[draw])]))
        for draw in draws
    }
    refits = bs.fit_many(tables, "chinchilla", **settings)
    best = found.plan.optimum["loss"].to_numpy().ravel()
    lost = []
    for name, refit in refits.finished:
        size = float(bs.allocate(refit, flops=1e25).committed["params"][0])
        losses = bs.predict(fit, params=size, flops=1e25).to_numpy().ravel()
        lost.append(losses[int(name)] - best[int(name)])
    error = np.std(lost) / np.sqrt(len(lost))
    assert np.mean(lost) < found.now["regret"] - 2 * error
    assert np.mean(lost) == pytest.approx(found.then["regret"], abs=3 * error)
