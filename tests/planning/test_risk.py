"""How a plan weighs bad draws."""

import numpy as np
import pytest

from bayescale.planning.allocating import allocate
from tests.fits import synthetic_fit


@pytest.fixture(scope="module")
def fit():
    return synthetic_fit()


def test_risk_aversion_judges_by_the_bad_draws(fit):
    careful = allocate(fit, flops=1e25, risk=("cvar", 0.9))
    neutral = allocate(fit, flops=1e25)

    def worst(plan):
        losses = np.sort(plan.outcome["loss"].to_numpy().ravel())
        return losses[-losses.size // 10 :].mean()

    assert worst(careful) <= worst(neutral) + 1e-9
    assert careful.limits["risk"] == ("cvar", 0.9)
