"""Compute that a limit keeps from helping is left unspent, against brute force."""

import numpy as np
import pytest

from bayescale.model.catalogue import models
from bayescale.planning.allocating import allocate
from tests.fits import constant_fit, synthetic_fit

TOLERANCE = 0.001
SIZES = np.geomspace(1e5, 1e16, 331)[:, None]
TOKENS = np.geomspace(1e6, 1e17, 331)[None, :]
# One value of whatever else a law takes.
FURTHER = {"experts": 8.0, "weight_bits": 8.0, "activation_bits": 8.0, "cache_bits": 8.0}
FURTHER |= {"weight_decay": 0.1, "quality": 0.8}


def published(card):
    return next(iter(card.published.values())).values


# What no paper printed: the Chinchilla surface with a price of repetition.
BASE = {"E": 1.8, "A": 480.0, "B": 2000.0, "alpha_N": 0.35, "alpha_D": 0.366}
OWN = {
    "overfitting_penalty": BASE | {"P": 0.03, "delta": 1.0, "kappa": 1.0},
    "bounded": BASE | {"P": 0.03, "kappa_N": 0.5, "kappa_U": 0.5, "L_0": 11.0},
}

# Where a card fixes a parameter at another value, the two together are nobody's surface.
WITH_DATA = [
    name
    for name, card in models().items()
    if {"params", "tokens"} <= set(card.columns.values())
    and card.law.target == "loss"
    and card.published
    and all(published(card)[parameter] == value for parameter, value in card.fixed.items())
]


def published_fit(name):
    return constant_fit(name, OWN.get(name) or published(models()[name]))


def further(model):
    counts = {"params", "tokens", "flops", "unique_tokens"}
    return {name: FURTHER.get(name, 0.5) for name in model.columns.values() if name not in counts}


def brute_force(fit, flops, unique_tokens, epochs):
    """Return the least loss on a grid, and the least compute within the tolerance of it."""
    cost = 6 * SIZES * TOKENS
    allowed = (cost <= flops) & (unique_tokens * epochs >= TOKENS)
    columns = {"params": SIZES, "tokens": TOKENS, "flops": cost}
    columns |= {"unique_tokens": np.minimum(TOKENS, unique_tokens), **further(fit.model)}
    values = {name: float(draws[0, 0]) for name, draws in fit.parameters.items()}
    with np.errstate(all="ignore"):
        loss = fit.model.predict_at(columns, fit.reference, values)
    loss = np.where(allowed & np.isfinite(loss), loss, np.inf)
    best = loss.min()
    return best, np.where(loss <= (1 + TOLERANCE) * best, cost, np.inf).min()


@pytest.mark.parametrize("name", [*WITH_DATA, *OWN])
@pytest.mark.parametrize(("flops", "unique_tokens"), [(1e20, 1e12), (1e24, 1e10), (1e26, 1e8)])
def test_a_plan_is_as_good_as_any_and_as_cheap_as_that_allows(name, flops, unique_tokens):
    fit = published_fit(name)
    priced = "unique_tokens" in fit.model.columns.values()
    inputs = further(fit.model) or None
    plan = allocate(fit, flops=flops, unique_tokens=unique_tokens, inputs=inputs)
    best, cheapest = brute_force(fit, flops, unique_tokens, np.inf if priced else 1.0)
    assert float(plan.outcome["loss"].mean()) <= (1 + TOLERANCE) * best * (1 + 2e-5)
    spent = float(plan.committed["spent"][0])
    # The grid is coarse, and compute is spent in full until a limit is met.
    assert spent <= 1.3 * cheapest or spent == pytest.approx(flops)
    if cheapest < 0.25 * flops:
        assert spent < 0.35 * flops


def test_what_is_spent_grows_continuously_with_the_budget():
    fit = published_fit("data_constrained")
    budgets = np.geomspace(1e20, 1e26, 61)
    spent = allocate(fit, flops=budgets, unique_tokens=1e10, max_epochs=8).committed["spent"]
    steps = np.diff(np.log(spent.to_numpy()))
    assert steps.min() > -1e-3
    assert steps.max() < 1.05 * np.log(budgets[1] / budgets[0])
    assert float(spent[-1]) < 0.01 * budgets[-1]


def test_what_is_spent_grows_with_the_data():
    fit = synthetic_fit()
    spent = [
        float(allocate(fit, flops=1e24, unique_tokens=tokens).committed["spent"][0])
        for tokens in (1e9, 1e10, 1e11, 1e12, 1e13)
    ]
    assert spent == sorted(spent)
    assert spent[-1] == pytest.approx(1e24)


def test_a_law_that_prices_repetition_chooses_the_epochs():
    fit = published_fit("data_constrained")
    free = allocate(fit, flops=1e22, unique_tokens=2e10)
    once = allocate(fit, flops=1e22, unique_tokens=2e10, max_epochs=1)
    assert 2 < float(free.committed["epochs"][0]) < 40
    assert float(free.outcome["loss"].mean()) < float(once.outcome["loss"].mean()) - 0.05
    assert "one_epoch" not in {note.code for note in free.notes}


def test_a_size_limit_is_spent_on_until_more_tokens_gain_too_little():
    fit = synthetic_fit()
    budgets = np.geomspace(1e20, 1e30, 25)
    spent = allocate(fit, flops=budgets, max_params=2e10).committed["spent_share"].to_numpy()
    best = allocate(fit, flops=budgets).committed["params"].to_numpy()
    # As long as the best size is below the limit, or above it by little, all is spent.
    np.testing.assert_allclose(spent[best < 2e10], 1.0)
    assert spent[-1] < 0.1
    assert (np.diff(np.log(spent * budgets)) > -1e-3).all()


def test_a_larger_tolerance_spends_less():
    fit = synthetic_fit()
    strict, loose = (
        allocate(fit, flops=1e24, unique_tokens=1e11, tolerance=tolerance)
        for tolerance in (1e-4, 1e-2)
    )
    assert float(loose.committed["spent"][0]) < 0.7 * float(strict.committed["spent"][0])
