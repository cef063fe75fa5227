"""Priors as people state them."""

import pymc as pm
import pytest

import bayescale as bs
from bayescale.model.catalogue import models
from bayescale.model.prior_text import PROBABILITY, as_typed, read_prior, write_prior

FLOOR = models()["chinchilla"].priors["E"]
SHARE = bs.Prior(dist="Beta", args={"alpha": 2.0, "beta": 3.0})
SIGNED = bs.Prior(dist="Normal", args={"mu": 0.0, "sigma": 0.3})

EVERY = [
    pytest.param(name, prior, id=f"{card.name}-{name}")
    for card in models().values()
    for name, prior in {**card.all_priors, **card.priors}.items()
]


@pytest.mark.parametrize(("name", "prior"), EVERY)
def test_what_is_printed_of_a_prior_can_be_typed(name, prior):
    assert str(read_prior(name, str(prior), prior)) == str(prior)
    assert read_prior(name, write_prior(prior), prior) == prior


@pytest.mark.parametrize("given", [1.6, "1.6", " fixed at 1.6", "Fixed(value 1.6)"])
def test_a_number_fixes_a_parameter(given):
    assert read_prior("E", given, FLOOR) == bs.Prior(dist="Fixed", args={"value": 1.6})


@pytest.mark.parametrize(
    ("given", "usual", "dist"),
    [
        ("1.4 to 1.8", FLOOR, "LogNormal"),
        ((1.4, 1.8), FLOOR, "LogNormal"),
        ("-0.4 to 0.6", SIGNED, "Normal"),
        ("0.4 to 0.6", SHARE, "TruncatedNormal"),
    ],
)
def test_an_interval_holds_89_percent_of_its_prior(given, usual, dist):
    prior = read_prior("E", given, usual)
    assert prior.dist == dist
    drawn = getattr(pm, dist).dist(**prior.arguments(1.0))
    low, high = given if isinstance(given, tuple) else map(float, given.split(" to "))
    share = float(
        pm.math.exp(pm.logcdf(drawn, high)).eval() - pm.math.exp(pm.logcdf(drawn, low)).eval()
    )
    assert share == pytest.approx(PROBABILITY, abs=1e-3)


def test_a_prior_may_be_in_units_of_the_low_loss():
    prior = read_prior("E", "0.7 to 0.8 x low loss", FLOOR)
    assert prior.unit == "loss"
    assert prior.args["median"] == pytest.approx((0.7 * 0.8) ** 0.5)


@pytest.mark.parametrize(
    ("given", "usual", "message"),
    [
        (-1, FLOOR, "prior of E: -1 must be at least 0"),
        (1.2, SHARE, "must be between 0 and 1"),
        ("0.5 to 1.2", SHARE, "1.2 must be between 0 and 1"),
        ("0 to 1", FLOOR, r"both ends must be above zero; write for example 0.25 to 1, or HalfN"),
        ("1.8 to 1.4", FLOOR, "exchange them"),
        ("two", FLOOR, "'two' is no prior; write a value such as 1.6"),
        ("1.4 to much", FLOOR, "'much' is not a count"),
        (None, FLOOR, "None is no prior"),
        (True, FLOOR, "True is no prior"),
        ((1, 2, 3), FLOOR, "is no prior"),
        (float("nan"), FLOOR, "nan must be"),
        ("Nomal(mu 1, sigma 2)", FLOOR, "did you mean 'Normal'"),
        ("Normal(1, 2)", FLOOR, "write NAME VALUE"),
        ("Normal(mu 1, sigma -2)", FLOOR, "sigma = -2: must be positive"),
        ("0.7 x low loss", FLOOR, "write the loss itself"),
    ],
)
def test_what_is_no_prior_is_refused_by_name(given, usual, message):
    with pytest.raises(bs.ModelError, match=message):
        read_prior("E", given, usual)


@pytest.mark.parametrize(
    "given", [1.6, "1.4 to 1.8", (1.4, 1.8), FLOOR, {"dist": "HalfNormal", "sigma": 0.5}]
)
def test_what_was_read_can_be_typed(given):
    assert read_prior("E", as_typed(given), FLOOR) == read_prior("E", given, FLOOR)
