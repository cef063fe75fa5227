import pytest

from bayescale.evaluation.resources import resources_of
from bayescale.laws import get_law, laws


def by_symbol(law):
    return {resource.symbol: resource for resource in resources_of(law)}


def test_the_terms_of_chinchilla_are_found():
    found = by_symbol(get_law("chinchilla"))
    assert (found["N"].coefficient, found["N"].exponent) == ("A", "alpha_N")
    assert (found["D"].coefficient, found["D"].exponent) == ("B", "alpha_D")


@pytest.mark.parametrize("name", ["power_law", "kaplan", "outer_power", "data_constrained"])
def test_laws_that_fall_in_an_input_have_a_resource(name):
    assert resources_of(get_law(name))


def test_every_coefficient_found_is_a_parameter():
    for law in laws().values():
        for resource in resources_of(law):
            assert resource.coefficient in law.parameters
            assert resource.exponent is None or resource.exponent in law.parameters
