"""Data of several qualities."""

import pytest

import bayescale as bs
from bayescale.planning.allocating import allocate
from tests.fits import constant_fit, synthetic_fit


@pytest.fixture(scope="module")
def fit():
    return synthetic_fit()


@pytest.fixture(scope="module")
def graded():
    values = {"E": 1.8, "A": 480, "B": 2000, "alpha_N": 0.35, "alpha_D": 0.366, "gamma_Q": 0.4}
    return constant_fit("data_quality", values)


def test_the_best_pools_are_used_first(graded):
    pools = [bs.Pool(4e12, 0.5, "crawl"), bs.Pool(1e11, 1.0, "curated")]
    small, large = (allocate(graded, flops=flops, pools=pools) for flops in (1e21, 1e24))
    assert float(small.committed["quality"][0]) == 1.0
    tokens = float(large.committed["tokens"][0])
    mean = (1e11 * 1.0 + (tokens - 1e11) * 0.5) / tokens
    assert float(large.committed["quality"][0]) == pytest.approx(mean)
    known = bs.predict(
        graded, params=large.committed["params"], tokens=tokens, inputs={"quality": mean}
    )
    assert float(large.outcome["loss"].mean()) == pytest.approx(float(known.mean()))


def test_pools_are_worth_their_quality(graded):
    good, poor = (
        allocate(graded, flops=1e23, pools=[bs.Pool(1e13, quality)]) for quality in (1.0, 0.3)
    )
    assert float(good.outcome["loss"].mean()) < float(poor.outcome["loss"].mean())
    assert float(good.committed["tokens"][0]) < float(poor.committed["tokens"][0])


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"pools": [bs.Pool(1e12, 1.0)], "unique_tokens": 1e12}, "conflict"),
        ({"pools": [bs.Pool(1e12, 1.0)], "inputs": {"quality": 1.0}}, "not among the further"),
        ({}, "also takes quality"),
    ],
)
def test_pools_that_make_no_sense(graded, limits, words):
    with pytest.raises(bs.PlanError, match=words):
        allocate(graded, flops=1e23, **limits)


def test_a_law_that_knows_no_quality(fit):
    with pytest.raises(bs.PlanError, match="chinchilla knows nothing of quality"):
        allocate(fit, flops=1e23, pools=[bs.Pool(1e12, 0.5)])
    with pytest.raises(bs.PlanError, match="quality = 1.5 of a pool of 1T tokens"):
        bs.Pool(1e12, 1.5)
