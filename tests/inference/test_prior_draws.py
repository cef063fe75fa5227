import numpy as np
import pytest

from bayescale.inference.prior_draws import draw_prior
from bayescale.model.problem import Problem


def test_prior_draws_follow_the_card(chinchilla, runs):
    draws = draw_prior(Problem.of(chinchilla, runs), draws=300, seed=1)
    assert np.median(draws["A"]) == pytest.approx(0.3 * runs.loss_scale, rel=0.15)
    assert np.std(np.log(draws["alpha_N"])) == pytest.approx(0.25, rel=0.15)
    assert set(draws) == {*chinchilla.law.parameters, "sigma", "nu"}
