import numpy as np
import pytest

import bayescale as bs
from bayescale.reporting.changes import changes_of
from bayescale.reporting.digits import Interval
from tests.fits import synthetic_fit
from tests.pages import make

ETI = Interval(0.89, "eti")


def of(plan, fit=None):
    found = changes_of(synthetic_fit() if fit is None else fit, plan, ETI)
    return {change.cause: change for change in found}


def test_half_and_twice_the_data_are_planned_again():
    plan = bs.allocate(synthetic_fit(), flops=1e24, unique_tokens=1e11)
    half, twice = of(plan)["the unique tokens"].outcomes
    again = bs.allocate(synthetic_fit(), flops=1e24, unique_tokens=2e11)
    ratio = float(again.committed["params"][0] / plan.committed["params"][0])
    assert twice.size == pytest.approx(ratio, rel=0.02)
    assert half.label == "half as many, 50B"
    assert half.loss > 0 > twice.loss


def test_what_the_runs_leave_open_is_the_interval_of_the_best_size():
    plan = bs.allocate(synthetic_fit(), flops=1e24)
    lower, upper = of(plan)["what the runs leave open"].outcomes
    summary = plan.summary(0.89, "eti").xs("params", level="quantity").iloc[0]
    assert lower.size == pytest.approx(summary["lower"] / summary["committed"])
    assert upper.size == pytest.approx(summary["upper"] / summary["committed"])


def test_several_forms_are_set_against_their_average():
    fits = {"chinchilla": synthetic_fit(), "bending": synthetic_fit(bends=True)}
    plan = bs.allocate(fits, flops=1e23)
    found = of(plan)
    assert set(found) == {"what the runs leave open", "the form of the law"}
    assert {one.label for one in found["the form of the law"].outcomes} == set(fits)


def test_the_cheapest_runs_are_left_out_or_it_is_said_that_only_a_fit_can_tell(fitted):
    plan = bs.allocate(fitted, flops=1e23)
    change = of(plan, fitted)["the cheapest runs"]
    if change.outcomes:
        assert "without the" in change.outcomes[0].label
        assert 0.3 < change.outcomes[0].size < 3
    else:
        assert change.unknown == "only a new fit without them can tell"


def test_the_largest_change_stands_first_and_in_words(tmp_path):
    fit = synthetic_fit()
    options = {"flops": 1e24, "unique_tokens": 1e11, "max_epochs": 4}
    page = make(tmp_path, "headline", "trust", "scenarios", "changes", fit=fit, **options)
    plan = bs.allocate(fit, **options)
    reach = {
        cause: max(abs(np.log(one.size)) for one in change.outcomes)
        for cause, change in of(plan).items()
        if change.outcomes
    }
    assert f"Most depends on {max(reach, key=reach.get)}" in page.text
