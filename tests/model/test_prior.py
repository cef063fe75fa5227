import math

import pytest

from bayescale.model.card import Prior

LOGNORMAL = {"dist": "LogNormal", "median": 0.3, "sigma": 0.8}


@pytest.mark.parametrize(
    ("prior", "expected"),
    [
        (
            {"dist": "Normal", "mu": 0.75, "sigma": 0.2, "unit": "loss"},
            {"mu": 1.5, "sigma": 0.4},
        ),
        ({"dist": "Normal", "mu": 0.75, "sigma": 0.2}, {"mu": 0.75, "sigma": 0.2}),
        (
            {"dist": "HalfStudentT", "nu": 3, "sigma": 0.2, "unit": "loss"},
            {"nu": 3, "sigma": 0.4},
        ),
        (
            {"dist": "LogNormal", "median": 0.3, "sigma": 0.8, "unit": "loss"},
            {"mu": math.log(0.6), "sigma": 0.8},
        ),
        (LOGNORMAL, {"mu": math.log(0.3), "sigma": 0.8}),
        ({"dist": "Uniform", "lower": 0, "upper": 3, "unit": "loss"}, {"lower": 0, "upper": 6}),
    ],
)
def test_the_unit_scales_a_prior_to_the_observed_losses(prior, expected):
    assert Prior(**prior).arguments(2.0) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("prior", "positive"),
    [
        (LOGNORMAL, True),
        ({"dist": "HalfNormal", "sigma": 1}, True),
        ({"dist": "TruncatedNormal", "mu": 1, "sigma": 1, "lower": 0}, True),
        ({"dist": "TruncatedNormal", "mu": 1, "sigma": 1, "lower": -1}, False),
        ({"dist": "TruncatedNormal", "mu": 1, "sigma": 1, "upper": 2}, False),
        ({"dist": "Normal", "mu": 5, "sigma": 1}, False),
    ],
)
def test_a_prior_knows_whether_it_allows_positive_values_only(prior, positive):
    assert Prior(**prior).positive is positive


@pytest.mark.parametrize(
    ("prior", "text"),
    [
        (LOGNORMAL, "LogNormal(median 0.3, sigma 0.8)"),
        (
            {**LOGNORMAL, "unit": "loss"},
            "LogNormal(median 0.3 x low loss, sigma 0.8)",
        ),
        (
            {"dist": "TruncatedNormal", "mu": 0.75, "sigma": 0.2, "lower": 0, "unit": "loss"},
            "TruncatedNormal(mu 0.75 x low loss, sigma 0.2 x low loss, lower 0)",
        ),
    ],
)
def test_a_prior_is_written_for_people(prior, text):
    assert str(Prior(**prior)) == text
