from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

import bayescale as bs
from bayescale.evaluation.resources import resources_of
from bayescale.laws import laws
from bayescale.model.catalogue import models
from tests.fits import constant_fit

# Laws of accuracy and of what is best have no term that falls in something one can save.
WITHOUT = {
    "accuracy_exponential",
    "accuracy_sigmoid",
    "best_batch",
    "best_learning_rate",
    "compute_frontier",
}


def pairs(law):
    return {(one.symbol, one.coefficient, one.exponent) for one in resources_of(law)}


@pytest.mark.parametrize("law", laws().values(), ids=laws())
def test_every_law_with_a_term_that_falls_has_resources(law):
    assert bool(resources_of(law)) == (law.name not in WITHOUT)


@pytest.mark.parametrize(
    "law", [law for law in laws().values() if law.resources], ids=lambda law: law.name
)
def test_what_a_law_declares_is_what_it_shows(law):
    assert pairs(law) == pairs(replace(law, resources={}))


def test_the_terms_of_other_laws_are_found():
    assert pairs(laws()["outer_power"]) == {("N", "A", "alpha_N"), ("D", "B", "alpha_D")}
    assert ("S", "B", "alpha_S") in pairs(laws()["kaplan_steps"])
    assert {("N", "A", "alpha_N"), ("D", "B", None)} == pairs(laws()["data_constrained"])
    assert {("N", "A", None), ("D", "B", None)} == pairs(laws()["moe"])


def pooled(name, coefficient, factor):
    """A fit of published constants whose second group has another coefficient."""
    published = next(iter(models()[name].published))
    fit = constant_fit(name, published)
    alone = fit.posterior[coefficient]
    both = xr.concat([alone, factor * alone], "optimizer").assign_coords(optimizer=["a", "b"])
    tree = fit.tree.copy()
    tree["posterior"] = xr.DataTree(fit.posterior.assign({f"{coefficient}_by_optimizer": both}))
    return bs.Fit(tree, fit.model)


@pytest.mark.parametrize(
    ("name", "coefficient", "symbol"),
    [
        ("outer_power", "B", "D"),
        ("nonembedding", "A", "N"),
        ("kaplan", "A", "N"),
    ],
)
def test_so_much_more_of_an_input_makes_up_for_a_worse_coefficient(name, coefficient, symbol):
    fit = pooled(name, coefficient, 1.05)
    rho = bs.savings(fit, "optimizer", baseline="a")[f"rho_{symbol}"]
    assert np.all(rho.sel(optimizer="a") == 1.0)
    worth = float(rho.sel(optimizer="b").mean())
    assert worth < 1.0
    law, values = fit.model.law, {n: float(v.mean()) for n, v in fit.parameters.items()}
    more = [1 / worth if letter == symbol else 1.0 for letter in law.inputs]
    worse = law.loss(*more, **{**values, coefficient: 1.05 * values[coefficient]})
    assert worse == pytest.approx(law.loss(*np.ones(len(more)), **values), rel=2e-3)


def test_a_law_without_terms_says_so():
    fit = constant_fit("compute_frontier", "besiroglu2024")
    with pytest.raises(bs.FitError, match="has no term that falls in an input"):
        bs.savings(fit, "optimizer", baseline="a")
