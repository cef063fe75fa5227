import functools
import types

import numpy as np
import pytest

from bayescale.core.code import fingerprint
from bayescale.laws import precision, precision_weights


def build(body, **names):
    """A function made anew, as in a notebook where no source is kept."""
    module = types.ModuleType("notebook")
    vars(module).update(names, np=np)
    exec(f"def loss(N, *, A=2.0):\n    {body}", vars(module))
    return module.loss


def helper(x):
    return x + 1.0


def other(x):
    return x + 2.0


for function in (helper, other):
    function.__module__ = "notebook"


def test_the_same_code_has_the_same_fingerprint():
    assert fingerprint(build("return A * N")) == fingerprint(build("return A * N"))


@pytest.mark.parametrize(
    "changed",
    [
        build("return A + N + helper(N)", helper=helper),
        build("return A * N + helper(N) + 1.0", helper=helper),
        build("return A * N + helper(N)", helper=other),
        build("return A * N + helper(N)", helper=functools.partial(helper, 3)),
        build("return A * N + helper", helper=1.0),
        build("return A * N + helper", helper=np.ones(2)),
        build("return A * N + helper['a']", helper={"a": 1.0}),
    ],
)
def test_whatever_a_function_computes_with_counts(changed):
    assert fingerprint(changed) != fingerprint(build("return A * N + helper(N)", helper=helper))


def test_numbers_that_a_function_closes_over_count():
    def close(number):
        return lambda N: N + number

    assert fingerprint(close(1.0)) != fingerprint(close(2.0))


def test_the_default_of_a_parameter_counts():
    def one(N, *, k=1.0):
        return N * k

    def two(N, *, k=2.0):
        return N * k

    assert fingerprint(one) != fingerprint(two)


def test_a_helper_in_another_module_counts(monkeypatch):
    before = fingerprint(precision.loss)
    monkeypatch.setattr(precision, "share_kept", lambda bits, *_: 1.0 + 0 * bits)
    assert fingerprint(precision.loss) != before
    monkeypatch.undo()
    assert fingerprint(precision.loss) == before
    assert precision.share_kept is precision_weights.share_kept


def test_an_object_that_is_called_counts_by_its_values():
    class Scaled:
        def __init__(self, factor):
            self.factor = factor

        def __call__(self, N):
            return self.factor * N

    assert fingerprint(Scaled(1.0)) == fingerprint(Scaled(1.0))
    assert fingerprint(Scaled(1.0)) != fingerprint(Scaled(2.0))
