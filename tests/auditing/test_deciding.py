import numpy as np
import pytest

import bayescale as bs
from bayescale.auditing.deciding import can_split, decide
from tests.fits import synthetic_fit


def test_a_decision_is_the_plan_of_allocate():
    fit = synthetic_fit()
    found, plan = decide({"chinchilla": fit}, 1e23), bs.allocate(fit, flops=1e23)
    assert found.params == pytest.approx(float(plan.committed["params"][0]))


def test_regret_is_the_loss_above_that_of_the_plan_and_its_worth_in_compute():
    """Spending only what is not wasted, the plan does as well as the other size."""
    fit = synthetic_fit()
    found = decide({"chinchilla": fit}, 1e23)
    other = 1.5 * found.params
    (none, regret), (_, wasted) = found.regret([found.params, other])
    losses = bs.predict(fit, params=[found.params, other], flops=1e23).mean(["chain", "draw"])
    assert none == 0
    assert regret == pytest.approx(float(losses[1] - losses[0]))
    less = bs.allocate(fit, flops=1e23 * (1 - wasted)).outcome["loss"].mean()
    assert float(less) == pytest.approx(float(losses[1]), abs=0.02 * regret)


def test_several_fits_are_averaged_by_weight():
    fits = {"a": synthetic_fit(), "b": synthetic_fit(bends=True)}
    weights = {"a": 0.9, "b": 0.1}
    plan = bs.allocate(fits, flops=1e23, weights=weights)
    assert decide(fits, 1e23, weights).params == pytest.approx(float(plan.committed["params"][0]))


def test_a_law_of_compute_alone_cannot_split():
    assert can_split(synthetic_fit())
    assert not can_split(synthetic_fit("power_law"))
    with pytest.raises(bs.PlanError, match="cannot say how to split"):
        decide({"a": synthetic_fit("power_law")}, 1e23)


def test_sizes_are_judged_in_their_order():
    found = decide({"chinchilla": synthetic_fit()}, 1e23)
    regret, _ = found.regret(found.params * np.array([4.0, 1.1, 2.0]))
    assert regret.argsort().tolist() == [1, 2, 0]
