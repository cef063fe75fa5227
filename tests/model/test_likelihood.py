import json

import numpy as np
import pytest
from scipy.stats import binom

from bayescale.errors import ModelError
from bayescale.model.card import Model
from bayescale.model.catalogue import models

LOGNORMAL = {"dist": "LogNormal", "median": 0.3, "sigma": 0.8}


PRIORS = dict.fromkeys(("E", "A", "B", "alpha_N", "alpha_D"), LOGNORMAL)


def card_with(**fields):
    return Model(**{"law": "chinchilla", "priors": PRIORS, **fields})


def test_the_likelihood_has_a_default():
    likelihood = card_with().likelihood
    assert (likelihood.sigma.dist, likelihood.nu.dist) == ("HalfStudentT", "Gamma")


def test_noise_may_fall_with_a_column_of_the_card():
    card = card_with(likelihood={"falls_with": "flops"})
    assert card.needs == ["params", "tokens", "loss", "flops"]
    assert list(card.likelihood.priors) == ["sigma", "nu", "falloff"]
    assert Model(law="chinchilla", **json.loads(card.to_json())) == card


def test_a_card_whose_noise_is_the_same_everywhere_says_nothing_of_it():
    written = json.loads(card_with().to_json())["likelihood"]
    assert set(written) == {"sigma", "nu"}
    assert "falls" not in str(card_with())


@pytest.mark.parametrize(
    ("likelihood", "message"),
    [
        ({"falls_with": "flop"}, "falls_with: unknown column .*'flop': did you mean 'flops'"),
        ({"falls_with": "loss"}, "falls_with: unknown column .*'loss'"),
        ({"falls_with": "annealing_area"}, "unknown column"),
        ({"falloff": LOGNORMAL}, "falls_with: is required; add it"),
        ({"falls_with": "flops", "concentration": LOGNORMAL}, "unknown key"),
    ],
)
def test_noise_that_cannot_fall_so_is_refused(likelihood, message):
    with pytest.raises(ModelError, match=message):
        card_with(likelihood=likelihood)


def test_counts_of_right_answers_have_no_scale_that_could_fall():
    with pytest.raises(ModelError, match="ask this of a law of the loss"):
        models()["accuracy_sigmoid"].with_noise("flops")


def test_counts_of_no_further_scatter_are_binomial():
    card = models()["accuracy_sigmoid"].likelihood
    data = {"observed": np.array([3.0, 500.0]), "items": np.array([10.0, 1000.0])}
    mean, sharp = np.array([[0.4, 0.5]]), {"concentration": np.array([[1e7], [1e12], [1e18]])}
    found = card.log_density(mean, 0.0, sharp, data)
    expected = binom.logpmf(data["observed"], data["items"], mean)
    np.testing.assert_allclose(found, np.repeat(expected, 3, axis=0), rtol=1e-3)
