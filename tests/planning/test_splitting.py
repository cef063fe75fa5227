"""Which laws can say how to split a budget."""

import dataclasses

import pytest

import bayescale as bs
from bayescale.planning.allocating import allocate
from bayescale.planning.splitting import require_split
from tests.fits import constant_fit, synthetic_fit


def test_a_law_of_compute_alone_cannot_split(fitted):
    model = bs.models()["power_law"]
    with pytest.raises(bs.PlanError, match="cannot say how to split a budget; fit a law of params"):
        allocate(dataclasses.replace(fitted, model=model), flops=1e24)


def test_a_law_of_size_and_tokens_can():
    require_split(synthetic_fit(), {})


def test_what_else_the_law_takes_is_asked_for():
    fit = constant_fit("moe", "ludziejewski2025")
    with pytest.raises(bs.PlanError, match="also takes experts; give its value"):
        require_split(fit, {})
    require_split(fit, {"experts": 8.0})


def test_an_input_that_the_law_does_not_take_is_refused():
    with pytest.raises(bs.PlanError, match="'experts' is not among the further inputs"):
        require_split(synthetic_fit(), {"experts": 8.0})


def test_pools_are_refused_by_a_law_that_knows_no_quality():
    with pytest.raises(bs.PlanError, match="knows nothing of quality"):
        require_split(synthetic_fit(), {}, known=("quality",))
