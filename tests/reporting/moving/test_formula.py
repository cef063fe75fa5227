import json
import math

import numpy as np
import pytest

from bayescale.errors import PlanError
from bayescale.laws import laws
from bayescale.laws.law import Law
from bayescale.reporting.moving.formula import javascript
from tests.browser import run_javascript

NEAR = np.geomspace(0.3, 3.0, 7)


@pytest.fixture(scope="module")
def values(tmp_path_factory):
    """What every law is worth at a few inputs and draws, in JavaScript, from one run of it."""
    rng = np.random.default_rng(5)
    asked, lines = {}, ["const found = {};"]
    for name, law in laws().items():
        inputs = dict(zip(law.inputs, rng.choice(NEAR, len(law.inputs)), strict=True))
        draws = {parameter: 0.5 + rng.random(3) for parameter in law.parameters}
        with np.errstate(all="ignore"):  # far from where a law is used, it may be no number
            asked[name] = law.loss(*inputs.values(), **draws)
        flat = [value for each in draws.values() for value in each.tolist()]
        call = f"{json.dumps(list(inputs.values()))}, {json.dumps(flat)}, 3, out"
        lines.append(
            f"{{ const out = [0, 0, 0]; ({javascript(law)})({call}); found.{name} = out; }}"
        )
    lines.append("result = found;")
    return asked, run_javascript("\n".join(lines), tmp_path_factory.mktemp("formula"))


@pytest.mark.parametrize("name", laws())
def test_page_and_python_agree_on_every_law(values, name):
    asked, found = values
    known = [math.nan if value is None else value for value in found[name]]
    np.testing.assert_allclose(known, np.broadcast_to(asked[name], 3), rtol=1e-12)


def test_no_name_of_a_law_of_ones_own_stands_in_the_script():
    def loss(N, D, *, E, alert, eval_1):
        return E + alert / N + eval_1 / D

    script = javascript(Law(loss, "mine"))
    assert "alert" not in script
    assert "eval" not in script


def test_what_javascript_does_not_know_is_said():
    import sympy

    def loss(N, *, E):
        return E + (sympy.besselj(0, N) if isinstance(N, sympy.Basic) else N)

    with pytest.raises(PlanError, match="mine has parts that JavaScript does not know"):
        javascript(Law(loss, "mine"))
