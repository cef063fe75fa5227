"""Numbers, pairs and dataclasses as text."""

from dataclasses import dataclass

import pytest

import bayescale as bs
from bayescale.planning.spelling import plain, read_object, read_pairs, write_object


@dataclass(frozen=True)
class Inner:
    width: float
    tied: bool = False


@dataclass(frozen=True)
class Outer:
    inner: Inner = Inner(1.0)
    bits: int = 16


KNOWN = {"Outer": Outer, "Inner": Inner}


@pytest.mark.parametrize("value", [1e24, 80e9, 0.4, 1 / 3, 123456789.123456789])
def test_a_number_is_written_with_all_of_its_digits(value):
    assert float(plain(value)) == value


def test_pairs_are_read_with_blanks_around():
    assert read_pairs("a = 1, b=two") == {"a": "1", "b": "two"}


@pytest.mark.parametrize("value", [Outer(Inner(2.5, tied=True), bits=8), Outer(), Inner(3.0)])
def test_a_dataclass_is_read_as_it_is_written(value):
    assert read_object(write_object(value, KNOWN), KNOWN) == value


def test_what_text_cannot_say_is_not_written():
    assert write_object(Outer(inner=Outer(bits=8), bits=4), KNOWN) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Inner", "Inner has no width"),
        ("Iner,width=1", "did you mean 'Inner'"),
        ("Inner,widht=1", "did you mean 'width'"),
        ("Inner,width=1,tied=maybe", "must be True or False"),
        ("Inner,Outer,width=1", "nothing within"),
    ],
)
def test_what_cannot_be_read_says_why(text, message):
    with pytest.raises(bs.PlanError, match=message):
        read_object(text, KNOWN)
