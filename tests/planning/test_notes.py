"""What a plan says of itself."""

import pytest

from bayescale.laws.overfitting_penalty import best_epochs
from bayescale.planning.allocating import allocate
from tests.fits import constant_fit


def test_spending_on_epochs_that_hurt_is_said_with_the_best_number_of_epochs():
    values = {"E": 1.8, "A": 480, "B": 2000, "alpha_N": 0.35, "alpha_D": 0.366}
    values |= {"P": 0.03, "delta": 1.0, "kappa": 1.0}
    fit = constant_fit("overfitting_penalty_free", values)
    size, unique = 1e9, 1e9
    best = best_epochs(size, unique, B=2000, alpha_D=0.366, P=0.03, kappa=1.0)
    limits = {"unique_tokens": unique, "max_epochs": 100, "candidates": [size]}
    far, near = (
        allocate(fit, flops=6 * size * unique * epochs, **limits) for epochs in (8 * best, best)
    )
    # The loss is least after the best number of epochs, and within the tolerance a little before.
    for plan in (far, near):
        assert 0.5 * best * unique < float(plan.committed["tokens"][0]) <= best * unique
    note = next(note for note in far.notes if note.code == "unspent")
    assert note.sentence.startswith("Spend 1")


def test_far_budgets_are_flagged(fitted):
    largest = float(fitted.runs.table["flops"].max())
    near, far = allocate(fitted, flops=largest), allocate(fitted, flops=1e3 * largest)
    assert "extrapolation" not in {note.code for note in near.notes}
    assert "extrapolation" in {note.code for note in far.notes}
    assert float(far.extrapolation["flops"][0]) == pytest.approx(3.0)
