import pytest

from bayescale.reporting.digits import chosen_percent, count, decimals, fixed, percent


@pytest.mark.parametrize(("spread", "places"), [(0.024, 3), (1.2, 1), (397.0, 0), (0.0, 3)])
def test_digits_follow_the_spread(spread, places):
    assert decimals(spread) == places


def test_numbers_are_written_for_people():
    assert fixed(-0.5, 1) == "−0.5"
    assert fixed(float("nan"), 2) == "–"
    assert fixed(-2e-16, decimals(2e-16)) == "0.000"
    assert count(5.76e23) == "5.76e23"
    assert percent(0.000056) == "0.0056%"
    assert percent(0.21) == "21%"


def test_what_a_person_chose_is_written_as_it_was_chosen():
    assert chosen_percent(0.001) == "0.1%"
    assert chosen_percent(0.945) == "94.5%"
