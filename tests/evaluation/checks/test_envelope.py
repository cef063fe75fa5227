"""Whether the best runs alone foretell another loss than the surface does."""

from dataclasses import replace

import xarray as xr

from bayescale.evaluation.checks import envelope
from tests.fits import synthetic_fit


def with_floor(fit, more):
    """The fit with a floor that is higher, and as much less for the size of the model."""
    tree, posterior = fit.tree.copy(), fit.posterior
    moved = posterior.assign(E=posterior["E"] + more, A=posterior["A"] - more)
    tree["posterior"] = xr.DataTree(moved)
    return replace(fit, tree=tree)


def test_a_surface_whose_floor_is_too_high_is_contradicted_by_the_best_runs():
    (note,) = envelope.find(with_floor(synthetic_fit(), 0.25))
    assert note.severity == "warning"
    assert "the two do not agree" in note.sentence
    assert "At 3e21 FLOPs" in note.sentence


def test_witnesses_that_agree_say_nothing_whether_the_law_bends_or_not():
    assert not list(envelope.find(synthetic_fit()))
    assert not list(envelope.find(synthetic_fit(bends=True)))


def test_a_law_without_size_has_no_second_witness():
    assert not list(envelope.find(synthetic_fit("power_law")))
