import inspect
import time
from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

import pytest

import bayescale as bs
from bayescale.core.border import checked


class Further(TypedDict, total=False):
    size: float | None
    name: str


@checked(bs.PlanError, beside=["budget"])
def ask(first: float, *, many: Sequence[float] = (), **further: Unpack[Further]) -> Any:
    """Return what was given."""
    return first, many, further


@checked(bs.RunsError)
def take(first: int, **anything: Any) -> Any:
    return first, anything


def test_arguments_that_are_what_they_should_be_arrive():
    assert ask(1.0, many=[1, 2], size=None) == (1.0, [1, 2], {"size": None})
    assert ask(first=2) == (2, (), {})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"first": "1e24"}, r"first = '1e24' \(str\) must be a number; give one$"),
        ({"first": 1, "many": 3}, "many = 3 must be a list of numbers; give one, or leave it out"),
        ({"first": 1, "many": [1, "x"]}, r"many\[1\] = 'x' \(str\) must be a number"),
        ({"first": 1, "size": "big"}, r"size = 'big' \(str\) must be a number"),
        ({"first": "x" * 10_000}, r"first = 'x{5,30}\.\.\."),
        ({"first": 1, "sise": 2}, "unknown argument of ask 'sise': did you mean 'size'"),
        ({}, "ask: missing a required argument: 'first'; it takes first, many, size, name"),
    ],
)
def test_a_wrong_argument_is_refused_with_its_value_and_the_rule(given, said):
    with pytest.raises(bs.PlanError, match=said):
        ask(**given)


def test_what_the_function_refuses_itself_reaches_it():
    assert ask(1, budget=3) == (1, (), {"budget": 3})


def test_keywords_of_any_name_are_passed_on_where_the_function_takes_them():
    assert take(1, other="x") == (1, {"other": "x"})
    with pytest.raises(bs.RunsError, match=r"first = 1\.5 must be a whole number"):
        take(1.5, other="x")


def test_the_function_keeps_its_name_its_words_and_its_signature():
    assert (ask.__name__, ask.__doc__) == ("ask", "Return what was given.")
    assert list(inspect.signature(ask).parameters) == ["first", "many", "further"]


def test_names_imported_for_types_alone_are_found():
    with pytest.raises(bs.PlanError, match="hardware = 3 must be a Hardware"):
        bs.reach({}, target_loss=2.0, hardware=3)


def test_a_call_costs_less_than_a_millisecond_more():
    ask(1)
    started = time.perf_counter()
    for _ in range(200):
        ask(1.0, many=[1.0] * 20, size=3.0)
    assert (time.perf_counter() - started) / 200 < 1e-3
