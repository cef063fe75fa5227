import pytest

from bayescale.laws import get_law
from bayescale.model.catalogue import models
from bayescale.model.published import require_same_names


def test_every_set_that_ships_names_where_it_stands():
    sets = [item for card in models().values() for item in card.published.values()]
    assert all(item.source for item in sets)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"E": 1.0}, "A is missing"),
        ({"E": 1, "A": 1, "alpha_x": 1, "k": 1}, "k is not a parameter"),
    ],
)
def test_constants_have_the_names_of_the_parameters(given, words):
    with pytest.raises(ValueError, match=f"published.mine: {words}"):
        require_same_names("published.mine", given, get_law("power_law"))
