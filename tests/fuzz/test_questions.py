"""Whatever is asked of a fit, it is refused with a reason or the answer keeps what was asked."""

import warnings
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bayescale as bs
from tests.fits import constant_fit, synthetic_fit
from tests.fuzz.effort import QUIET, examples

pytestmark = QUIET

SLACK = 1 + 1e-4
LEAST_TOKENS = 1e3


@cache
def fits():
    chinchilla = synthetic_fit(draws=30)
    published = next(iter(bs.models()["data_constrained"].published))
    return {
        "chinchilla": chinchilla,
        "data_constrained": constant_fit("data_constrained", published),
        "power_law": synthetic_fit("power_law", 30),
        "both": {"one": chinchilla, "other": synthetic_fit(draws=31)},
    }


ODD = st.sampled_from([0, -1, 1e-300, 1e300, float("nan"), float("inf"), 1e3, True, "1e9", 10**30])


def count(low, high):
    """Counts within a range, or now and then an odd one."""
    usual = st.floats(np.log10(low), np.log10(high)).map(lambda power: 10**power)
    return st.one_of(usual, usual, usual, usual, usual, usual, ODD)


HARDWARE = st.builds(
    bs.Hardware,
    st.floats(1e12, 1e15),
    utilization=st.floats(0.01, 1.0),
    price_per_hour=st.one_of(st.none(), st.floats(0.01, 100)),
)
RULE = st.one_of(
    st.just(bs.SixND()),
    st.builds(
        bs.Transformer,
        vocabulary=st.integers(1, 300_000),
        context=st.integers(1, 10**6),
        aspect=st.floats(1, 1000),
        tied=st.booleans(),
    ),
)
RISK = st.one_of(
    st.sampled_from(["mean", "cvar", "quantile", "worst", np.mean, np.max, len]),
    st.tuples(st.sampled_from(["cvar", "quantile"]), st.floats(-0.1, 1.1)),
)
LIMITS = {
    "unique_tokens": count(1e6, 1e15),
    "max_epochs": count(0.1, 100),
    "max_params": count(1e4, 1e14),
    "max_memory": count(1e6, 1e14),
    "bytes_per_param": count(0.25, 8),
    "max_tokens_per_param": count(0.01, 1e4),
    "inference_tokens": count(1e6, 1e15),
    "candidates": st.lists(count(1e6, 1e12), max_size=4),
    "hardware": HARDWARE,
    "serving": HARDWARE,
    "rule": RULE,
    "risk": RISK,
    "tolerance": count(1e-5, 0.5),
    "inputs": st.dictionaries(st.sampled_from(["experts", "nonsense"]), count(1, 64), max_size=1),
}
SOME = st.lists(st.sampled_from(sorted(LIMITS)), max_size=4, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: LIMITS[name] for name in names})
)
BUDGET = st.one_of(count(1e16, 1e28), st.lists(count(1e16, 1e28), max_size=3))
FIT = st.sampled_from(["chinchilla", "chinchilla", "data_constrained", "both", "power_law"])


def answer(function, *asked, **limits):
    """Return an answer, None if the question is refused."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bs.BayescaleWarning)
        try:
            return function(*asked, **limits)
        except bs.BayescaleError:
            return None


def assert_kept(plan, limits):
    """Assert that a plan is finite and keeps its limits."""
    for part in (plan.committed, plan.optimum, plan.outcome, plan.near_optimal, plan.binding):
        for name, values in part.data_vars.items():
            assert np.isfinite(np.asarray(values, float)).all(), f"{name} = {values.to_numpy()}"
    committed = {name: np.asarray(values) for name, values in plan.committed.data_vars.items()}
    params, tokens = committed["params"], committed["tokens"]
    assert (np.asarray(plan.outcome["loss"]) > 0).all()
    budgets = np.ravel(np.asarray(plan.committed["flops"]))
    assert (committed["spent"] <= budgets * SLACK).all()
    assert (params <= limits.get("max_params", np.inf) * SLACK).all()
    per_param = limits.get("max_tokens_per_param", np.inf)
    assert (tokens <= np.maximum(per_param * params, LEAST_TOKENS) * SLACK).all()
    if {"unique_tokens", "max_epochs"} <= set(limits):
        most = limits["unique_tokens"] * limits["max_epochs"]
        assert (tokens <= max(most, LEAST_TOKENS) * SLACK).all()
    if sizes := limits.get("candidates"):
        nearest = np.abs(np.log(params[:, None] / np.array(sizes, float))).min(axis=1)
        assert (nearest < SLACK - 1).all()
    assert str(plan)
    assert len(plan.summary())


@examples(60, 5000)
@given(FIT, BUDGET, SOME)
def test_a_plan_keeps_its_limits_or_is_refused(fit, flops, limits):
    if (plan := answer(bs.allocate, fits()[fit], flops=flops, **limits)) is not None:
        assert_kept(plan, limits)


@examples(25, 2500)
@given(FIT, count(1.5, 5.0), st.one_of(st.just(0.5), st.floats(-0.1, 1.1)), SOME)
def test_a_loss_is_reached_within_the_limits_or_refused(fit, loss, confidence, limits):
    found = answer(bs.reach, fits()[fit], target_loss=loss, confidence=confidence, **limits)
    if found is not None:
        assert_kept(found.plan, limits)
        assert not np.isnan(found.flops).any()
        assert 0 <= found.unreachable <= 1
        assert str(found)


COUNT = st.one_of(count(1e3, 1e16), st.lists(count(1e3, 1e16), max_size=3))


@examples(60, 2500)
@given(
    FIT.filter("both".__ne__),
    st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(("params", "tokens", "flops", "unique_tokens", "loss"), COUNT),
            "inputs": st.dictionaries(
                st.sampled_from(["experts", "params", ""]), COUNT, max_size=1
            ),
            "new_run": st.booleans(),
            "random_seed": st.one_of(st.none(), st.integers(-1, 2**64)),
        },
    ),
)
def test_a_predicted_loss_is_a_positive_number_or_refused(fit, asked):
    if (found := answer(bs.predict, fits()[fit], **asked)) is not None:
        assert np.isfinite(found).all()
        assert (found > 0).all()


def test_an_answer_that_breaks_a_limit_would_be_seen():
    plan = bs.allocate(fits()["chinchilla"], flops=1e22)
    with pytest.raises(AssertionError):
        assert_kept(plan, {"max_params": 1e6})
