"""A card with some of its priors replaced."""

import pytest

import bayescale as bs
from bayescale.model.catalogue import models

CARD = models()["chinchilla"]


def test_only_what_is_named_changes():
    changed = CARD.with_priors({"E": 1.6, "alpha_N": "0.3 to 0.4"})
    assert changed.fixed == {"E": 1.6}
    assert changed.priors["alpha_N"].args["median"] == pytest.approx(0.12**0.5)
    same = ("A", "B", "alpha_D")
    assert {n: changed.priors[n] for n in same} == {n: CARD.priors[n] for n in same}
    assert changed.likelihood == CARD.likelihood
    assert CARD.fixed == {}


def test_noise_bend_and_spread_have_priors_too():
    card = models()["chinchilla"].with_pool({"A": "arm"})
    given = {"sigma": "0.004 to 0.006", "bend": "0.01 to 0.02", "A_spread": "0.1 to 0.3"}
    changed = card.with_priors(given)
    assert changed.all_priors["sigma"].args["median"] == pytest.approx(0.024**0.5 / 1000**0.5)
    assert changed.all_priors["bend"].dist == "LogNormal"
    assert changed.all_priors["A_spread"].args["median"] == pytest.approx(0.03**0.5)
    assert changed.all_priors["nu"] == card.all_priors["nu"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"e": 1.6}, "unknown prior of chinchilla 'e'.*known are A, B, E"),
        ({"zend": "0.01 to 0.02"}, "unknown prior of chinchilla 'zend'"),
        ({"sigma": 0.01}, "only a parameter of the law can be fixed; give an interval, such as"),
        ({"sigma": "Normal(mu 0, sigma 1)"}, "prior of sigma: sigma.*not positive"),
    ],
)
def test_what_a_card_cannot_have_is_refused(given, message):
    with pytest.raises(bs.ModelError, match=message):
        CARD.with_priors(given)


def test_what_is_pooled_cannot_be_fixed():
    with pytest.raises(bs.ModelError, match="A has a fixed value"):
        CARD.with_pool({"A": "arm"}).with_priors({"A": 0.3})
