import re

import pytest

import bayescale as bs
from bayescale.reporting.digits import count
from tests.fits import recorded_fit, synthetic_fit
from tests.pages import make


def test_headline_numbers_are_those_of_the_plan(whole):
    plan, text = whole.plan, whole.page.text
    params, tokens = (count(float(plan.committed[name][0])) for name in ("params", "tokens"))
    assert f"With 1e22 training FLOPs, train {params} parameters on {tokens} tokens." in text
    low, high = (count(float(plan.near_optimal[f"params_{end}"][0])) for end in ("low", "high"))
    assert f"Any size from {low} to {high} parameters" in text
    loss = float(plan.outcome["loss"].mean())
    lower = plan.summary().loc[(slice(None), "expected_loss"), "lower"].item()
    shown = re.search(r"Expected loss ([\d.]+) ([\d.]+) to", text)
    assert float(shown[1]) == pytest.approx(loss, abs=0.005)
    assert float(shown[2]) == pytest.approx(lower, abs=0.005)


def test_a_binding_limit_is_said_and_nothing_is_written_as_nothing(tmp_path):
    page = make(tmp_path, "headline", fit=synthetic_fit(), flops=1e24, unique_tokens=1e11)
    assert "The limit on tokens binds with 100% probability" in page.text
    assert re.search(r"With 1e24 training FLOPs, spend \d\d% ?: train", page.text)
    assert "The rest of the budget would lower the loss by less than 0.1%: keep it" in page.text


def test_a_plan_that_gives_nothing_away_says_so_in_few_words(tmp_path):
    page = make(tmp_path, "headline", fit=synthetic_fit(), flops=1e22, candidates=[2e10])
    assert "Loss given away 0.000 0% of the loss" in page.text
    assert "Against the best split" not in page.text


@pytest.mark.parametrize(("tokens", "said"), [(1.6e12, "binds"), (1.8e12, "may bind"), (1e13, "")])
def test_how_often_a_limit_binds_chooses_the_words(tmp_path, tokens, said):
    page = make(tmp_path, "headline", fit=synthetic_fit(), flops=1e24, unique_tokens=tokens)
    found = re.search(r"The limit on tokens (binds|may bind)", page.text)
    assert (found[1] if found else "") == said


def test_a_law_of_compute_alone_predicts_at_the_budgets(tmp_path):
    text = make(tmp_path, "headline", fit=synthetic_fit("power_law"), flops=1e22).text
    assert "At 1e22 training FLOPs, expect a loss of" in text
    assert "times beyond the largest run" in text


def test_a_budget_is_set_against_the_largest_run_in_one_accounting(tmp_path):
    fit = recorded_fit()
    budget = 3 * float(fit.runs.table["flops"].max())
    for rule, times in ((None, "3"), (bs.SixND(), "5.[0-9]")):
        page = make(tmp_path, "headline", fit=fit, flops=budget, rule=rule)
        assert re.search(rf"The budget is {times} times the compute of the largest run", page.text)
