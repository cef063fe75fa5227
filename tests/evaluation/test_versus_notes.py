import numpy as np
import pandas as pd
import xarray as xr

import bayescale as bs
from bayescale.evaluation.versus_notes import found_in
from bayescale.runs.table import Runs
from tests.evaluation.recipes import certain, of_size, with_loss


def codes(found):
    return [note.code for note in found.notes]


def test_what_was_found_is_finite_and_positive():
    assert found_in(xr.DataArray([0.0, 1.5, np.inf, np.nan])).to_numpy().tolist() == [
        False,
        True,
        False,
        False,
    ]


def test_seeds_are_set_beside_the_noise_that_is_taken():
    fit = certain(sigma=0.004)
    runs = of_size(fit, 1.2)
    again = Runs(runs.table.assign(loss=runs.loss * np.exp(0.002)).set_axis(range(5, 10)))
    together = Runs(pd.concat([runs.table, again.table]), source="a recipe of ours")
    (note,) = [n for n in bs.versus(fit, together).notes if n.code == "seed_noise"]
    assert "Seeds scatter by 0.14% in the new runs (5 repeats)" in note.sentence
    assert "a noise of 0.40% for each run" in note.sentence
    assert "seed_noise" not in codes(bs.versus(fit, runs))


def test_a_constant_difference_is_no_recipe():
    fit = certain(sigma=0.003)
    runs = of_size(fit, params=np.geomspace(3e7, 3e9, 8))
    shifted = with_loss(runs, runs.loss + 0.2)
    (note,) = [n for n in bs.versus(fit, shifted).notes if n.code == "comparable"]
    assert note.sentence.startswith("A constant difference of 0.2 explains the losses better than")
    assert "comparable" not in codes(bs.versus(fit, of_size(fit, 2.0, np.geomspace(3e7, 3e9, 8))))


def test_few_or_close_runs_do_not_tell_an_intercept():
    fit = certain(sigma=0.003)
    runs = of_size(fit, params=np.geomspace(3e7, 3e9, 3))
    assert "comparable" not in codes(bs.versus(fit, with_loss(runs, runs.loss + 0.2)))
