"""Every answer of a fit whose law bends takes the bending along."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import bayescale as bs
from bayescale.planning.arguments import limits_of
from bayescale.planning.optimising import best_splits
from bayescale.planning.surface import surface_of
from tests.fits import synthetic_fit
from tests.pages import GOOD, Page


@pytest.fixture(scope="module")
def bending():
    return synthetic_fit(bends=True)


@pytest.fixture(scope="module")
def straight(bending):
    """The same draws, none of which bends."""
    tree, posterior = bending.tree.copy(), bending.posterior
    tree["posterior"] = xr.DataTree(posterior.assign(bend_shape=0 * posterior["bend_shape"]))
    return replace(bending, tree=tree)


def test_without_a_shape_the_surface_is_that_of_the_law(straight):
    columns = {"params": 7e10, "tokens": 1.4e12}
    expected = straight.model.predict_at(columns, straight.reference, straight.parameters)
    xr.testing.assert_allclose(bs.predict(straight, **columns).isel(target=0, drop=True), expected)
    plain = bs.allocate(synthetic_fit(), flops=1e22).committed["params"]
    searched = bs.allocate(straight, flops=1e22).committed["params"]
    np.testing.assert_allclose(searched, plain, rtol=0.02)


@pytest.mark.parametrize(
    "answer",
    [
        lambda fit: bs.predict(fit, params=7e10, tokens=1.4e12),
        lambda fit: bs.allocate(fit, flops=1e23).optimum["params"],
        lambda fit: bs.reach(fit, target_loss=2.1).flops,
        lambda fit: bs.next_runs(fit, budget=1e21, target=1e24).ranking["regret"],
        lambda fit: bs.returns(fit, least_gain=0.01, start=1e21, doublings=4)["loss"],
        lambda fit: bs.allocate({"a": fit, "b": synthetic_fit()}, flops=1e23).outcome["loss"].max(),
    ],
    ids=["predict", "allocate", "reach", "next runs", "returns", "average"],
)
def test_answers_differ_from_those_of_the_law_alone(answer, bending, straight):
    found, alone = (answer(fit).to_numpy() for fit in (bending, straight))
    assert np.isfinite(found).mean() > 0.5
    assert np.median(np.abs(found / alone - 1)[np.isfinite(found / alone)]) > 1e-3


def test_the_losses_of_a_plan_are_those_that_predict_gives(bending):
    fits, within, _ = limits_of(bending, {"flops": 1e23})
    surface = surface_of(fits)
    best = best_splits(surface, within)
    losses = surface.losses(within, best.params, best.flops)[:, 0]
    for draw in (0, 7, 451):
        params = float(best.params[draw, 0])
        one = bs.predict(bending, params=params, flops=1e23).to_numpy().reshape(-1)
        assert losses[draw] == pytest.approx(one[draw], rel=1e-9)


def test_what_is_assumed_of_repetition_keeps_the_bend(bending):
    repeated = bs.assume(bending, "data_constrained")
    assert repeated.model.bent_columns == ("params", "tokens")
    fresh = {"params": 7e10, "tokens": 1.4e12}
    found = bs.predict(repeated, unique_tokens=1.4e12, **fresh)
    # The richer law takes a model too large for its data to be a little worse than the law did.
    np.testing.assert_allclose(found, bs.predict(bending, **fresh), rtol=1e-3)
    assert np.isfinite(
        bs.allocate(repeated, flops=1e22, unique_tokens=1e11).optimum["params"]
    ).all()


def test_the_summary_and_figures_of_parameters_leave_the_modes_out(bending):
    from bayescale.posterior.intervals import parameter_table

    table = parameter_table(bending.posterior)
    assert "bend" in table.index
    assert not any("bend_shape" in name for name in table.index)
    assert bs.plot_parameters(bending)
    assert bs.plot_prediction(bending)


def test_a_report_says_what_the_discrepancy_is(bending, tmp_path):
    bs.report(bending, to=tmp_path / "report.html", flops=1e22, checks=GOOD)
    text = Page(tmp_path / "report.html").text
    assert "is trusted to bend by about 2% a decade" in text
    assert "by how much the truth bends away from the law over a decade" in text
    assert "bend_shape" not in text


def test_a_fit_with_the_wrong_modes_is_refused(bending, tmp_path):
    tree = bending.tree.copy()
    tree["constant_data"] = xr.DataTree(
        bending.tree["constant_data"].to_dataset().drop_vars("bend_grid")
    )
    replace(bending, tree=tree).save(tmp_path / "fit.nc")
    with pytest.raises(bs.FitError, match="not a whole fit"):
        bs.load(tmp_path / "fit.nc")


def test_draws_that_are_no_numbers_are_refused(bending):
    tree, posterior = bending.tree.copy(), bending.posterior
    tree["posterior"] = xr.DataTree(posterior.assign(bend_shape=posterior["bend_shape"] * np.nan))
    with pytest.raises(bs.FitError, match="bend_shape that are no numbers"):
        bs.predict(replace(bending, tree=tree), params=1e9, tokens=1e10)


def test_groups_of_runs_share_how_the_law_bends():
    sizes, ratios = np.geomspace(1e8, 4e9, 5), np.geomspace(5, 100, 4)
    table = pd.DataFrame({"params": np.repeat(sizes, 4), "recipe": ["old", "new"] * 10})
    table["tokens"] = table["params"] * np.tile(ratios, 5)
    drawn = bs.simulate("chinchilla", table, values="besiroglu2024").table
    drawn["loss"] *= np.where(drawn["recipe"] == "new", 0.97, 1.0)
    runs = bs.load_runs(drawn, groups=["recipe"], simulated=True)
    settings = {"random_seed": 1, "draws": 150, "tune": 300, "chains": 2}
    fit = bs.fit(runs, pool={"E": "recipe"}, **settings)
    groups = [fit.group(recipe=name) for name in ("old", "new")]
    columns = {"params": 1e11, "tokens": 2e12}
    old, new = (group.bending.at(columns, np.arange(group.samples)) for group in groups)
    np.testing.assert_allclose(old, new)
    richer = bs.assume(groups[0], "data_constrained")
    np.testing.assert_allclose(richer.bending.at(columns, np.arange(richer.samples)), old)
    losses = [float(bs.predict(group, **columns).median()) for group in groups]
    assert losses[1] < losses[0]
