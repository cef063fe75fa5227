import re
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from bayescale.planning.allocating import allocate
from bayescale.planning.wording import describe_marginal
from tests.fits import synthetic_fit


@pytest.fixture(scope="module")
def plan():
    return allocate(synthetic_fit(), flops=1e22)


def worth(plan, **slopes):
    """Describe what a tenth more is worth if the marginals scatter by 10% around given values."""
    scatter = np.random.default_rng(1).normal(1, 0.1, (2, 300, 1))
    marginal = xr.Dataset(
        {name: (("chain", "draw", "budget"), value * scatter) for name, value in slopes.items()}
    )
    return describe_marginal(replace(plan, marginal=marginal), 0)


def test_more_compute_lowers_the_loss(plan):
    (sentence,) = worth(plan, per_log_flops=-0.1)
    assert sentence.startswith("10% more compute would lower the loss by 0.0095 (0.0081 to 0.011")


def test_more_compute_that_overfits_raises_the_loss(plan):
    scatter = np.random.default_rng(1).normal(0.01, 0.02, (2, 300, 1))
    marginal = xr.Dataset({"per_log_flops": (("chain", "draw", "budget"), scatter)})
    (sentence,) = describe_marginal(replace(plan, marginal=marginal), 0)
    assert sentence.startswith("10% more compute would raise the loss by 0.00")
    assert "(-0.00" in sentence


def test_an_exchange_beyond_all_measure_is_only_bounded(plan):
    (sentence,) = worth(plan, exchange=1.0)
    assert sentence.startswith("10% more unique tokens are worth as much as 10.00% (8.4")
    (sentence,) = worth(plan, exchange=30.0)
    assert sentence.startswith("10% more unique tokens are worth at least 1")
    assert sentence.endswith("% more compute")


def test_an_exchange_that_overflows_is_still_words(plan):
    vast = xr.full_like(plan.marginal["per_log_flops"], 1e5)
    said = describe_marginal(replace(plan, marginal=plan.marginal.assign(exchange=vast)), 0)
    assert "at least" in said[-1]
    assert "nan" not in said[-1]


def test_text_names_the_plan(fitted):
    text = str(allocate(fitted, flops=1e24, unique_tokens=1e11))
    assert re.search(r"spend         88% of the budget, 8\.\d+e23 FLOPs", text)
    assert re.search(r"commit to     1\.\d+T parameters on 100B tokens", text)
    assert "100B tokens (fixed by the limit)" in text
    assert "1.00 epochs" in text


def test_one_epoch_is_said_in_the_singular(fitted):
    one, two = (
        str(allocate(fitted, flops=1e22, unique_tokens=1e11, max_epochs=epochs))
        for epochs in (1, 2)
    )
    assert "at most 1 epoch\n" in one
    assert "at most 2 epochs\n" in two


def test_nothing_has_no_sign(fitted):
    text = str(allocate(fitted, flops=1e22, unique_tokens=1e15))
    assert "-0 " not in text
