import pytest

from bayescale.core.text import counted, of_draws, percent, probability


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.314, "31%"),
        (0.0123, "1.2%"),
        (0.00042, "0.042%"),
        (0.0, "0%"),
        (-0.0, "0%"),
        (1.0, "100%"),
    ],
)
def test_shares_have_two_digits(share, words):
    assert percent(share) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.945, "94%"), (0.0004, "less than 1%"), (0.9999, "more than 99%"), (0.5, "50%")],
)
def test_probabilities_are_as_fine_as_draws_can_tell(share, words):
    assert probability(share) == words


def test_all_draws_and_none_are_said_in_words():
    assert [of_draws(share) for share in (0.0, 0.0004, 0.3, 1.0)] == [
        "no draw",
        "less than 1% of the draws",
        "30% of the draws",
        "all draws",
    ]


def test_one_thing_is_not_many():
    assert (counted(1, "row"), counted(3, "row")) == ("1 row", "3 rows")
