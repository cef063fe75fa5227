from dataclasses import replace

import xarray as xr

import bayescale as bs
from tests.fits import synthetic_fit


def bent_by(factor):
    fit = synthetic_fit(bends=True)
    tree, posterior = fit.tree.copy(), fit.posterior
    tree["posterior"] = xr.DataTree(posterior.assign(bend=factor * posterior["bend"]))
    return replace(fit, tree=tree)


def codes(fit):
    return {note.code for note in bs.check(fit).notes}


def test_a_discrepancy_that_has_taken_over_is_a_warning():
    found = next(note for note in bs.check(bent_by(5)).notes if note.code == "bend")
    assert found.severity == "warning"
    assert "by 4.9% a decade (3.0% to 7.8%)" in found.sentence


def test_a_small_bend_is_none_and_neither_is_a_law_that_does_not_bend():
    assert "bend" not in codes(bent_by(1))
    assert "bend" not in codes(synthetic_fit())


def test_the_chains_of_every_mode_have_to_agree():
    fit = bent_by(1)
    tree, posterior = fit.tree.copy(), fit.posterior
    apart = posterior["bend_shape"] + 5 * posterior["chain"] * (posterior["mode"] == 7)
    tree["posterior"] = xr.DataTree(posterior.assign(bend_shape=apart))
    found = next(note for note in bs.check(replace(fit, tree=tree)).notes if note.code == "rhat")
    assert "R-hat of bend_shape" in found.sentence
