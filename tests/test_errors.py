import inspect

import pytest

import bayescale as bs
from bayescale import errors

RAISED = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, Exception) and not issubclass(kind, Warning)
]


@pytest.mark.parametrize("kind", RAISED)
def test_every_error_can_be_caught_as_one_kind_and_as_a_value_error(kind):
    assert issubclass(kind, bs.BayescaleError)
    assert issubclass(kind, ValueError)


@pytest.mark.parametrize("name", [kind.__name__ for kind in RAISED] + ["BayescaleWarning"])
def test_every_error_is_a_public_name(name):
    assert name in bs.__all__
    assert getattr(bs, name) is getattr(errors, name)
