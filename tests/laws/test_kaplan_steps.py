import numpy as np
import pytest

from bayescale.compute.batch import critical_batch
from bayescale.laws import get_law
from bayescale.model.catalogue import models

KAPLAN = models()["kaplan_steps"].published["kaplan2020"].values


def test_published_constants_give_the_loss_of_the_printed_form():
    N, S = np.meshgrid(np.geomspace(1e4, 1e11, 8), np.geomspace(1e3, 1e6, 8))
    expected = (6.5e13 / N) ** 0.077 + (2.1e3 / S) ** 0.76
    np.testing.assert_allclose(get_law("kaplan_steps").loss(N, S, **KAPLAN), expected, rtol=1e-12)


def test_the_scales_of_the_paper_are_recovered_from_any_reference():
    N_0, S_0 = 3e7, 2e3
    at_reference = KAPLAN | {
        "A": KAPLAN["A"] * N_0 ** -KAPLAN["alpha_N"],
        "B": KAPLAN["B"] * S_0 ** -KAPLAN["alpha_S"],
    }
    derived = get_law("kaplan_steps").derive((N_0, S_0), at_reference)
    assert derived["N_c"] == pytest.approx(6.5e13, rel=1e-9)
    assert derived["S_c"] == pytest.approx(2.1e3, rel=1e-9)


def test_compute_efficient_training_stops_a_tenth_above_the_converged_loss():
    # Kaplan et al. 2020, appendix B: at a given compute, with the batch at its critical size.
    law = get_law("kaplan_steps")
    flops = 8.64e19
    N = np.geomspace(1e6, 1e11, 20001)
    low, high = np.full_like(N, 1.0), np.full_like(N, 100.0)
    for _ in range(60):  # the critical batch depends on the loss that it leads to
        loss = (low + high) / 2
        reached = law.loss(N, flops / (6 * N * critical_batch(loss)), **KAPLAN)
        low, high = np.where(reached > loss, loss, low), np.where(reached > loss, high, loss)
    best = np.argmin(loss)
    converged = law.loss(N[best], 1e60, **KAPLAN)
    assert loss[best] / converged == pytest.approx(1 + 0.077 / 0.76, rel=1e-3)
