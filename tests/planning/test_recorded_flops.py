"""Every answer of a fit counts compute as its runs recorded it, 1.8 to 3.6 times 6ND."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import bayescale as bs
from bayescale.cli.app import build_app
from bayescale.errors import PlanError
from bayescale.planning.allocating import allocate
from bayescale.planning.reaching import reach
from bayescale.planning.reproducing import python_arguments, shell_options
from bayescale.planning.returns import returns
from tests.fits import (
    constant_fit,
    fit_to,
    recorded_cost,
    recorded_fit,
    recorded_runs,
    synthetic_fit,
)

BUDGET = 1e21
SIZES = np.geomspace(3e8, 1e10, 4000)


def expected_loss(fit, sizes, tokens):
    """The mean over the draws, from the formula of the law."""
    draws = {name: values.to_numpy().reshape(-1, 1) for name, values in fit.parameters.items()}
    size, data = sizes / fit.reference["N"], tokens / fit.reference["D"]
    terms = draws["A"] * size ** -draws["alpha_N"] + draws["B"] * data ** -draws["alpha_D"]
    return (draws["E"] + terms).mean(axis=0)


@pytest.fixture(scope="module")
def fit():
    return recorded_fit()


@pytest.fixture(scope="module")
def plan(fit):
    return allocate(fit, flops=BUDGET)


def test_a_plan_is_the_best_split_in_the_flops_of_the_table(fit, plan):
    losses = expected_loss(fit, SIZES, BUDGET / recorded_cost(SIZES))
    best = SIZES[losses.argmin()]
    params, tokens = (float(plan.committed[name][0]) for name in ("params", "tokens"))
    assert params == pytest.approx(best, rel=0.01)
    assert recorded_cost(params) * tokens == pytest.approx(BUDGET, rel=1e-4)
    assert float(plan.outcome["loss"].mean()) == pytest.approx(losses.min(), rel=1e-6)
    by_6nd = allocate(synthetic_fit(), flops=BUDGET)
    assert float(by_6nd.committed["tokens"][0]) > 1.3 * tokens


def test_what_a_loss_costs_is_in_the_flops_of_the_table(fit, plan):
    loss = float(plan.outcome["loss"].median())
    assert float(reach(fit, target_loss=loss).flops.median()) == pytest.approx(BUDGET, rel=0.01)


def test_what_a_doubling_gains_is_in_the_flops_of_the_table(fit, plan):
    found = returns(fit, least_gain=0.01, start=BUDGET, doublings=2)
    assert float(found["loss"].isel(budget=0).mean()) == pytest.approx(
        float(plan.outcome["loss"].mean()), rel=1e-4
    )


def test_a_plan_says_what_a_token_costs_unless_it_is_6nd(plan):
    assert (
        "under         FLOPs as recorded in the runs, 10.8 per parameter and token at 15B"
        in str(plan)
    )
    assert "recorded" not in str(allocate(synthetic_fit(), flops=BUDGET))


def test_a_rule_that_is_given_stands_in_place_of_what_the_runs_recorded(fit):
    plan = allocate(fit, flops=BUDGET, rule=bs.SixND())
    usual = allocate(synthetic_fit(), flops=BUDGET)
    for name in ("params", "tokens"):
        assert float(plan.committed[name][0]) == pytest.approx(
            float(usual.committed[name][0]), rel=1e-3
        )
    assert "FLOPs by 6ND" in str(plan)
    assert python_arguments(plan.limits)["rule"] == "bs.SixND()"
    assert shell_options(plan.limits)[-2:] == ["--rule", "6ND"]


@pytest.mark.parametrize("rule", [None, bs.SixND()])
def test_the_distance_from_the_runs_is_in_their_own_flops(fit, rule):
    most = float(fit.runs.table["flops"].max())
    plan = allocate(fit, flops=100 * most, rule=rule)
    params, tokens = (float(plan.committed[name][0]) for name in ("params", "tokens"))
    own = np.log10(fit.rule.train(params) * tokens / most)
    assert own == pytest.approx(2.0, abs=1e-6) if rule is None else own > 2.1
    assert float(plan.extrapolation["flops"][0]) == pytest.approx(own, abs=1e-6)


def test_a_saved_fit_plans_the_same_by_the_lines_that_are_printed(fit, plan, tmp_path):
    fit.save(tmp_path / "fit.nc")
    again = allocate(bs.load(tmp_path / "fit.nc"), **plan.limits)
    assert plan.limits["rule"] is None
    np.testing.assert_array_equal(plan.committed["params"], again.committed["params"])
    options = shell_options(plan.limits)
    assert "--rule" not in options
    arguments = ["allocate", str(tmp_path / "fit.nc"), *options, "--json"]
    done = CliRunner().invoke(build_app(), arguments)
    assert done.exit_code == 0, done.output
    found = {row["quantity"]: row["committed"] for row in json.loads(done.stdout)["summary"]}
    assert found["params"] == pytest.approx(float(plan.committed["params"][0]), rel=1e-12)


def test_the_rule_of_one_fit_can_be_printed_and_typed(fit):
    plan = allocate(synthetic_fit(), flops=BUDGET, rule=fit.rule)
    given = python_arguments(plan.limits)
    line = f"bs.allocate(fit, {', '.join(f'{name}={text}' for name, text in given.items())})"
    again = eval(line, {"bs": bs, "fit": synthetic_fit()})
    np.testing.assert_array_equal(plan.committed["params"], again.committed["params"])
    assert "FLOPs as recorded in the runs" in str(plan)


def test_fits_that_count_flops_differently_are_averaged_by_a_rule_that_is_given(fit):
    fits = {"recorded": fit, "usual": synthetic_fit()}
    with pytest.raises(PlanError, match=r"count FLOPs differently.*rule=bs\.SixND\(\)"):
        allocate(fits, flops=BUDGET)
    plan = allocate(fits, flops=BUDGET, rule=fit.rule)
    alone = allocate(fit, flops=BUDGET)
    assert float(plan.committed["params"][0]) == pytest.approx(
        float(alone.committed["params"][0]), rel=0.01
    )


def test_a_law_that_takes_flops_is_asked_in_those_it_was_fitted_to():
    values = {"E": 1.7, "H": 80.0, "gamma": 0.1, "alpha_N": 0.35, "alpha_D": 0.35}
    fit = constant_fit("isoflop", values | {"G": 0.05, "a_opt": 0.5}, recorded_runs())
    for rule in (None, bs.SixND()):
        plan = allocate(fit, flops=BUDGET, rule=rule)
        params, tokens = (float(plan.committed[name][0]) for name in ("params", "tokens"))
        flops = recorded_cost(params) * tokens
        at_plan = bs.predict(fit, params=params, flops=flops)
        assert float(plan.outcome["loss"].mean()) == pytest.approx(float(at_plan.mean()), rel=1e-5)
        assert plan.point(["flops"])["flops"] == pytest.approx(flops, rel=1e-3)


def test_what_was_derived_by_6nd_is_planned_in_6nd():
    table = recorded_runs().table.drop(columns="flops")
    runs = bs.load_runs(table, flops_rule="recorded")
    assert runs.derived == ("flops",)
    assert fit_to(runs).rule == bs.SixND()
