import pytest

from bayescale.core.text import human, parse_quantity
from bayescale.errors import BayescaleError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7e10, "70B"),
        (1.4e12, "1.4T"),
        (1e24, "1e24"),
        (1.234e9, "1.23B"),
        (1e15, "1e15"),
        (999e12, "999T"),
        (999_950, "1M"),
        (999.6, "1K"),
        (512, "512"),
        (0.5, "0.5"),
        (0, "0"),
        (-7e10, "-70B"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_counts_are_written_for_people(value, text):
    assert human(value) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (123_456, 2, "120K"),
        (70e9, 1, "70B"),
        (50, 1, "50"),
        (1.23456e9, 5, "1.2346B"),
        (1.26e24, 2, "1.3e24"),
    ],
)
def test_counts_are_rounded_to_the_digits_asked_for(value, digits, text):
    assert human(value, digits=digits) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("70B", 70e9),
        ("1.4T", 1.4e12),
        ("1.4 T", 1.4e12),
        ("5e2m", 5e8),
        ("10k", 1e4),
        ("1e24", 1e24),
        ("7_000_000", 7e6),
        (" 12 ", 12.0),
    ],
)
def test_counts_are_read_as_people_write_them(text, value):
    assert parse_quantity(text) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("value", [1.0, 7e10, 1.4e12, 3e14, 1e24])
def test_what_is_written_can_be_read_back(value):
    assert parse_quantity(human(value)) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("text", ["", "B", "seventy", "70 GB", "7e", "1.2.3", "nan", "inf"])
def test_what_is_not_a_count_is_refused_with_an_example(text):
    with pytest.raises(
        BayescaleError, match="is not a count: write a number such as 1e24"
    ) as error:
        parse_quantity(text)
    assert repr(text) in str(error.value)
