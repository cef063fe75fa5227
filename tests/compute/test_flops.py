import numpy as np
import pytest

from bayescale.compute.flops import params_for, tokens_for, train_flops


def test_training_flops_are_six_per_parameter_and_token():
    assert train_flops(70e9, 1.4e12) == pytest.approx(5.88e23)


def test_training_flops_of_integers_do_not_overflow():
    params = np.array([70_000_000_000], dtype=np.int64)
    tokens = np.array([1_400_000_000_000], dtype=np.int64)
    assert train_flops(params, tokens) == pytest.approx([5.88e23])


def test_params_and_tokens_spend_exactly_the_budget():
    params, tokens = np.array([1e8, 7e9]), np.array([2e9, 1.4e11])
    flops = train_flops(params, tokens)
    np.testing.assert_allclose(params_for(flops, tokens), params)
    np.testing.assert_allclose(tokens_for(flops, params), tokens)
