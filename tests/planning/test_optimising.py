"""The best size of each draw, and the one to commit to."""

import numpy as np
import pytest

import bayescale as bs
from bayescale.laws.law import Law
from bayescale.planning.allocating import allocate


def without_closed_form(fitted):
    law = Law(fitted.model.law.loss, "numeric")
    return bs.Fit(fitted.tree, fitted.model.model_copy(update={"law": law}))


def test_numeric_optimum_equals_the_closed_form(fitted):
    flops = np.geomspace(1e19, 1e26, 8)
    closed, numeric = (
        allocate(fitted, flops=flops),
        allocate(without_closed_form(fitted), flops=flops),
    )
    np.testing.assert_allclose(numeric.optimum["params"], closed.optimum["params"], rtol=1e-4)
    np.testing.assert_allclose(numeric.committed["params"], closed.committed["params"], rtol=1e-4)


def test_committed_plan_beats_its_neighbours(fitted):
    plan = allocate(fitted, flops=1e24)
    best = float(plan.committed["params"][0])

    def expected(params):
        return float(bs.predict(fitted, params=params, flops=1e24).mean())

    assert expected(best) < min(expected(0.97 * best), expected(1.03 * best))


def test_near_optimal_sizes_cost_the_tolerance(fitted):
    plan = allocate(fitted, flops=1e23, tolerance=0.002)
    best = float(plan.outcome["loss"].mean())
    for end in ("params_low", "params_high"):
        edge = bs.predict(fitted, params=plan.near_optimal[end].to_numpy(), flops=1e23)
        assert float(edge.mean()) == pytest.approx(1.002 * best, rel=1e-6)
