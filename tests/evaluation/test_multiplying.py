import numpy as np

from bayescale.evaluation.multiplying import MOST, expected_at, multiplied
from bayescale.posterior.predicting import target_point
from tests.evaluation.recipes import certain, of_size

POWERS = {"params": 0.5, "tokens": 0.5, "flops": 1.0}


def test_a_point_is_multiplied_and_reads_no_token_twice_for_it():
    fresh = {"tokens": np.array(2e9), "unique_tokens": np.array(1e9)}
    found = multiplied(fresh, POWERS, 16.0)
    assert float(found["tokens"]) == 8e9
    assert float(found["unique_tokens"]) == 1e9


def test_the_losses_of_the_baseline_fall_from_a_thousandth_to_a_thousand_times():
    fit = certain()
    runs = of_size(fit)
    losses = expected_at(fit, target_point(runs.table[["params", "tokens"]]), POWERS)
    assert np.all(np.diff(losses, axis=0) < 0)
    np.testing.assert_allclose(losses[len(losses) // 2], runs.loss)
    np.testing.assert_allclose(losses[-1], of_size(fit, MOST).loss)
