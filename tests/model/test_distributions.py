import pymc as pm
import pytest

import bayescale as bs
from bayescale.model.catalogue import models


def prior_of(**given):
    def loss(N, *, E):
        return E + 0 * N

    return bs.Model(law=loss, priors={"E": given}).priors["E"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"dist": "Normal", "mu": 0.0, "sigma": 0.0}, "sigma"),
        ({"dist": "Normal", "mu": 0.0, "sigma": float("nan")}, "sigma"),
        ({"dist": "Uniform", "lower": 3.0, "upper": 1.0}, "lower"),
        ({"dist": "Fixed", "value": float("nan")}, "value"),
        ({"dist": "Nomal", "mu": 0.0, "sigma": 1.0}, "Normal"),
        ({"dist": "Normal", "mu": 0.0, "sgima": 1.0}, "sigma"),
        ({"dist": "LogNormal", "median": -1.0, "sigma": 1.0}, "median"),
    ],
)
def test_what_is_no_prior_is_refused_when_it_is_read(given, message):
    with pytest.raises(bs.ModelError, match=message):
        prior_of(**given)


def test_every_distribution_of_a_shipped_card_is_one_of_pymc():
    used = {prior.dist for card in models().values() for prior in card.all_priors.values()}
    assert all(issubclass(getattr(pm, name), pm.Continuous) for name in used)
