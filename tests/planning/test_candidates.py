"""Runs that may be trained next."""

import numpy as np
import pandas as pd
import pytest

from bayescale.errors import PlanError
from bayescale.planning.arguments import limits_of
from bayescale.planning.candidates import candidates_of
from bayescale.planning.surface import surface_of
from tests.fits import fit_of_card, recorded_fit, synthetic_fit


def offered(given, budget=1e21, fit=None, **limits):
    fits, within, _ = limits_of(fit or synthetic_fit(), {"flops": 1e23, **limits})
    return candidates_of(given, surface_of(fits), within, budget)


def test_the_grid_is_affordable_and_not_below_every_run():
    table, notes = offered(None, 3e20)
    runs = synthetic_fit().runs.table
    assert len(table) >= 80
    assert table["flops"].max() <= 3e20 * 1.00001
    assert table["flops"].min() >= runs["flops"].min()
    assert np.allclose(table["flops"], 6 * table["params"] * table["tokens"])
    assert notes == []


def test_the_grid_lies_around_the_best_sizes():
    table, _ = offered(None, 1e21)
    dearest = table[table["flops"] > 0.99e21]
    best = np.sqrt(dearest["params"].min() * dearest["params"].max())
    assert dearest["params"].max() / dearest["params"].min() == pytest.approx(64)
    assert 1e9 < best < 1e10


def test_a_budget_below_every_run_is_refused_with_the_cheapest():
    with pytest.raises(PlanError, match="less than the cheapest run took, "):
        offered(None, 1e12)


def test_two_counts_give_the_third():
    table, _ = offered({"params": ["100M"], "flops": [6e18]})
    assert table["tokens"].tolist() == [1e10]


def test_recorded_flops_are_what_a_candidate_costs():
    fit = recorded_fit()
    table, _ = offered({"params": [1e8], "tokens": [1e10]}, fit=fit)
    assert table["flops"][0] == pytest.approx(float(fit.rule.train(1e8)) * 1e10)


def test_runs_that_were_trained_are_counted():
    run = synthetic_fit().runs.table.iloc[0]
    table, _ = offered({"params": [run["params"], 1.23e8], "tokens": [run["tokens"], 1e10]})
    assert table["trained"].tolist() == [1, 0]


def test_candidates_that_are_too_dear_are_left_out_with_a_note():
    table, notes = offered({"params": [1e8, 1e10], "tokens": [1e10, 1e12]})
    assert table.index.tolist() == [0]
    assert notes[0].code == "dear_candidates"
    assert "1 of 2 candidates" in notes[0].sentence
    assert "6e22" in notes[0].sentence


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"params": [1e10], "tokens": [1e12]}, "pays for no candidate: the cheapest takes 6e22"),
        ({"params": [1e8], "tokns": [1e10]}, "'tokns': did you mean 'tokens'"),
        ({"params": [1e8], "tokens": [1e10], "experts": [8]}, "unknown column of candidates"),
        ({"params": [1e8]}, "have params; give params and tokens"),
        ({"params": [1e8, -1.0], "tokens": [1e10, 1e10]}, "row 1: params = -1.0 must be positive"),
        ({"params": ["many"], "tokens": [1e10]}, "params = many must be a number"),
        ({"params": [1e8], "tokens": [1e10], "flops": [1e18]}, "flops = 1e\\+18 is 0.167 times"),
        (pd.DataFrame({"params": [], "tokens": []}), "there are 0 candidates"),
        (pd.DataFrame([[1e8, 1e8, 1e10]], columns=["params", "params", "tokens"]), "twice"),
    ],
)
def test_wrong_candidates_are_refused_with_the_remedy(given, words):
    with pytest.raises(PlanError, match=words):
        offered(given)


def test_further_inputs_come_from_the_table_or_hold_for_all(experts):
    fit = fit_of_card("moe", experts)
    given = {"params": [1e8, 1e8], "tokens": [1e10, 1e10]}
    table, _ = offered(given, fit=fit, inputs={"experts": 8})
    assert table["experts"].tolist() == [8, 8]
    table, _ = offered({**given, "experts": [1, 64]}, fit=fit, inputs={"experts": 8})
    assert table["experts"].tolist() == [1, 64]


@pytest.fixture(scope="module")
def experts():
    from bayescale.inference.simulating import simulate

    return simulate("moe", 40)


def test_unique_tokens_hold_for_runs_too():
    table, _ = offered(None, unique_tokens=2e10)
    assert table["tokens"].max() <= 2e10 * 1.00001
