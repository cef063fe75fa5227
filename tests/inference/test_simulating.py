import numpy as np
import pytest

import bayescale as bs
from bayescale.inference.simulating import stated_values

SIZES = {"params": np.geomspace(1e8, 1e10, 400), "tokens": 1e11}


@pytest.fixture
def inputs():
    import pandas as pd

    return pd.DataFrame(SIZES)


def test_runs_without_noise_lie_on_the_published_law(inputs):
    runs = bs.simulate("chinchilla", inputs, values="besiroglu2024", noise=0.0)
    card = bs.models()["chinchilla"]
    expected = card.law.loss(
        **{"N": inputs["params"], "D": inputs["tokens"]}, **(card.published["besiroglu2024"].values)
    )
    np.testing.assert_allclose(runs.loss, expected)
    assert runs.simulated
    assert runs.source == "the model chinchilla (seed 0)"


def test_noise_is_student_t_of_log_loss_with_the_scale_asked_for(inputs):
    exact, noisy = (
        bs.simulate("chinchilla", inputs, values="besiroglu2024", noise=noise).loss
        for noise in (0.0, 0.02)
    )
    residuals = np.log(noisy / exact) / 0.02
    # The quartiles of a Student t of 5 degrees of freedom lie at 0.727.
    assert np.quantile(np.abs(residuals), 0.5) == pytest.approx(0.727, rel=0.15)


def test_the_seed_decides_the_noise(inputs):
    first, again, other = (
        bs.simulate("chinchilla", inputs, values="besiroglu2024", seed=seed).loss
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.any(first == other)


def test_accuracies_are_shares_of_the_items_with_binomial_noise():
    import pandas as pd

    inputs = pd.DataFrame({"loss": np.full(400, 2.5), "items": 100})
    accuracies = bs.simulate("accuracy_sigmoid", inputs, seed=3).table["accuracy"].to_numpy()
    counts = 100 * accuracies
    np.testing.assert_allclose(counts, np.round(counts), atol=1e-9)
    mean = accuracies.mean()
    assert accuracies.std() == pytest.approx(np.sqrt(mean * (1 - mean) / 100), rel=0.15)


def test_by_default_the_parameters_are_those_that_stated_values_tells():
    card = bs.models()["chinchilla"]
    runs = bs.simulate(card, 20, noise=0.0, seed=4)
    reference, values = stated_values(card, runs.table, seed=4)
    ratios = (runs.table["params"] / reference["N"], runs.table["tokens"] / reference["D"])
    np.testing.assert_allclose(runs.loss, card.law.loss(*ratios, **values))


def test_an_unknown_set_of_constants_suggests_the_nearest(inputs):
    with pytest.raises(bs.ModelError, match="did you mean 'besiroglu2024'"):
        bs.simulate("chinchilla", inputs, values="besiroglu2025")
